"""Writes the keys that lists are filtered by, where a description asks for them.

What an operation says of its keys, each by its name:

- `x-filters`: the operators that it takes.
- `x-filters-types`: the schema of its values, where that is not the schema of the items' member of this name.
- `x-filters-optional`: which of them an item may be without.
- `x-filters-apart`: which others it cannot be in one filter with.
"""

from codegen import names
from codegen.description import DescriptionError, Json, model_name, operations_of, reference, resolved, schemas_of
from codegen.formatting import formatted
from codegen.operations import read_operation
from codegen.settings import settings_of
from codegen.shapes import all_properties, is_enum, model_schemas

METADATA = "metadata[key]"

_HEAD = '''"""The keys that each list can be filtered by, and the values that they take."""

from payments_async.filters.key import Key, Metadata, OrderedKey, amounts, one_of, texts, uuids
from {package}.generated.models import {models}
'''
_CLASS = '''class {name}:
    """What `list_{group}` can be filtered by."""

    __slots__ = ()

    {keys}
'''


def filters_sources(description: Json) -> dict[str, str]:
    """The module with the keys of all lists, by file name; none where the description asks for none.

    Raises:
        DescriptionError: what an operation says of its keys does not fit together.
    """
    settings = settings_of(description)
    if not settings.filters:
        return {}
    # Lists of the same items share their keys, which show the name of the first.
    firsts: dict[str, str] = {}
    classes: dict[str, str] = {}
    groups: dict[str, str] = {}
    for path, method, operation in operations_of(description):
        if "x-filters" not in operation:
            continue
        row = read_operation(description, path, method, operation)
        group, name = row.name.removeprefix("list_"), f"{row.response}Keys"
        first = firsts.setdefault(name, group)
        keys = keys_of(description, path, method, operation, first)
        written = _CLASS.format(name=name, group=first, keys="\n    ".join(keys))
        if classes.setdefault(name, written) != written:
            raise DescriptionError(f"{method} {path}: filters {row.response} by other keys than list_{first} does")
        groups[group] = f"{name}()" if group == first else first
    assigned = "\n".join(f"{group} = {value}" for group, value in groups.items())
    exported = f"__all__ = {sorted(groups)!r}"
    head = _HEAD.format(package=settings.package, models=", ".join(model_schemas(description)))
    return {"filters.py": formatted("\n\n".join([head, *classes.values(), f"{assigned}\n\n{exported}\n"]))}


def keys_of(description: Json, path: str, method: str, operation: Json, group: str) -> list[str]:
    """The keys of a list, as assignments in the class of the group.

    Raises:
        DescriptionError: a key has values of no known type, or is told of and not there.
    """
    where = f"{method} {path}"
    row = read_operation(description, path, method, operation)
    types, optional, apart = (operation.get(f"x-filters-{each}", {}) for each in ("types", "optional", "apart"))
    for name in (*types, *optional, *apart, *(other for others in apart.values() for other in others)):
        if name not in row.filters:
            raise DescriptionError(f"{where}: {name} is told of and not there; add it to x-filters")
    item = schemas_of(description).get(row.response or "", {})
    schemas = {names.field_name(wire): node for wire, node in all_properties(description, item).items()} | types
    keys: list[str] = []
    for name, operators in row.filters.items():
        if name != METADATA and name not in schemas:
            raise DescriptionError(f"{where}: {name} is no member of {row.response}; add its schema to x-filters-types")
        kind = "Metadata" if name == METADATA else "Key" if operators == ("$match",) else "OrderedKey"
        attribute = name.partition("[")[0]
        arguments = [row.response, repr(f"{group}.{attribute}")]
        if name != METADATA:
            arguments += [repr(name), _values(description, where, name, schemas[name])]
        if name in optional:
            arguments.append("optional=True")
        if name in apart:
            arguments.append(f"apart={tuple(other.partition('[')[0] for other in apart[name])!r}")
        keys.append(f"{attribute} = {kind}({', '.join(map(str, arguments))})")
    return keys


def _values(description: Json, where: str, name: str, schema: Json) -> str:
    """What checks the values of a key, and sends them otherwise than as text."""
    target = resolved(description, schema)
    if is_enum(target):
        return f"one_of({model_name(reference(schema) or '')})"
    match target:
        case {"type": "integer"}:
            return "amounts, sent=int"
        case {"type": "string", "format": "uuid"}:
            return "uuids"
        case {"type": "string"}:
            return "texts"
        case _:
            raise DescriptionError(
                f"{where}: {name} has values that no filter can hold; add a schema to x-filters-types"
            )
