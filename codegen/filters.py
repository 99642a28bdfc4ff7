"""Writes the keys by which lists can be filtered, if the settings of the description ask for it.

The members of an operation that describe its keys, by name:

- `x-filters`: the operators of the key.
- `x-filters-types`: the schema of its values, if it differs from that of the item's member with the same name.
- `x-filters-optional`: the keys of optional members.
- `x-filters-apart`: the keys that cannot be in one filter with it.
"""

import textwrap

from codegen import names
from codegen.description import DescriptionError, Json, model_name, operations_of, reference, resolved, schemas_of
from codegen.formatting import formatted
from codegen.operations import read_operation
from codegen.settings import settings_of
from codegen.shapes import all_properties, is_enum, model_schemas

METADATA = "metadata[key]"

_HEAD = '''"""The keys by which each list can be filtered, with their operators and values."""

from typing import ClassVar

from payments_async.filters.key import Key, Metadata, OrderedKey, amounts, ids, one_of, texts, uuids
from {package}.generated.models import {models}
'''
_CLASS = '''class {name}:
    """The keys by which `list_{group}` can be filtered."""

    __slots__ = ()

    {keys}
'''


def filters_sources(description: Json) -> dict[str, str]:
    """The module with the keys of all lists, by file name; none if the settings do not ask for it.

    Raises:
        DescriptionError: the keys of an operation contradict each other, or those of another list of the same items.
    """
    settings = settings_of(description)
    if not settings.filters:
        return {}
    # Lists of the same items share their keys, whose reprs have the name of the first list.
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
        groups[group] = f"{group}: {name} = {f'{name}()' if group == first else first}"
    assigned = "\n".join(groups.values())
    exported = f"__all__ = {sorted(groups)!r}"
    head = _HEAD.format(package=settings.package, models=", ".join(model_schemas(description)))
    return {"filters.py": formatted("\n\n".join([head, *classes.values(), f"{assigned}\n\n{exported}\n"]))}


def keys_of(description: Json, path: str, method: str, operation: Json, group: str) -> list[str]:
    """The source of a list's keys: assignments in the class of the group.

    Raises:
        DescriptionError: the values of a key have an unknown type, or a key is not in `x-filters`.
    """
    where = f"{method} {path}"
    row = read_operation(description, path, method, operation)
    types, optional, apart = (operation.get(f"x-filters-{each}", {}) for each in ("types", "optional", "apart"))
    for name in (*types, *optional, *apart, *(other for others in apart.values() for other in others)):
        if name not in row.filters:
            raise DescriptionError(f"{where}: {name} is not in x-filters; add it there")
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
        options = ["optional=True"] if name in optional else []
        if name in apart:
            options.append(f"apart={tuple(other.partition('[')[0] for other in apart[name])!r}")
        values = [] if name == METADATA else ["int" if "amounts" in str(arguments[-1]) else "str"]
        annotation = f"ClassVar[{kind}[{', '.join([str(row.response), *values])}]]"
        keys.append(f"{attribute}: {annotation} = {kind}({', '.join(map(str, [*arguments, *options]))})")
        keys.append(_docstring(description, attribute, schemas.get(name, {})))
    return keys


def _docstring(description: Json, name: str, schema: Json) -> str:
    """What the description says of the values of a key, which editors show."""
    told = schema.get("description") or resolved(description, schema).get("description") or f"The {name} of an item."
    return textwrap.fill(f'"""{" ".join(told.split())}"""', 115, subsequent_indent="    ", break_long_words=False)


def _values(description: Json, where: str, name: str, schema: Json) -> str:
    """The source of the check of a key's values, and of their conversion if they are not sent as text."""
    target = resolved(description, schema)
    if is_enum(target):
        return f"one_of({model_name(reference(schema) or '')})"
    match target:
        case {"type": "integer"}:
            return "amounts, sent=int"
        case {"type": "string", "format": "uuid"}:
            return "uuids"
        case {"type": "string"}:
            return "ids" if name == "id" or name.endswith("_id") else "texts"
        case _:
            raise DescriptionError(
                f"{where}: {name} has values that cannot be in a filter; add a schema to x-filters-types"
            )
