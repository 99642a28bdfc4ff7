"""Finds what would give bad code in a description; each message says where and how to correct it."""

from collections import defaultdict
from collections.abc import Iterator

from codegen import names
from codegen.description import (
    DescriptionError,
    Json,
    is_node,
    operations_of,
    parts_of,
    reference,
    resolved,
    schemas_of,
)
from codegen.filters import keys_of
from codegen.operations import read_operation
from codegen.settings import settings_of
from codegen.shapes import (
    all_properties,
    is_class,
    is_enum,
    is_open,
    is_union,
    members_of,
    model_schemas,
    own_parts,
    own_properties,
)

# The formats with a known Python type: date-time is a datetime, all others are the type of their `type`.
FORMATS = {"int32", "int64", "bigint", "date-time", "uuid"}

_COMBINED = ("allOf", "anyOf", "oneOf")


def check(description: Json) -> None:
    """Refuse a description with errors.

    Raises:
        DescriptionError: the description has errors; the message has one line for each.
    """
    # Schemas can be checked only if all references are valid, and names and operations only if all schemas are valid.
    for find in (_broken_references, _bad_schemas, _bad_names_and_operations):
        if problems := dict.fromkeys(find(description)):
            raise DescriptionError("\n".join(problems))


def _broken_references(description: Json) -> Iterator[str]:
    def walk(node: object) -> Iterator[str]:
        if is_node(node) and isinstance(node.get("$ref"), str):
            try:
                resolved(description, node)
            except DescriptionError as error:
                yield str(error)
        for _, part in parts_of(node):
            yield from walk(part)

    yield from walk(description)


def _bad_schemas(description: Json) -> Iterator[str]:
    for where, schema, named in _all_schemas(description):
        if not named and (kind := _anonymous(schema)):
            yield f"{where}: {kind} without a name; move it to components.schemas and put a $ref here"
        if schema.get("format", "int64") not in FORMATS:
            yield f"{where}: unknown format {schema['format']!r}; add it to FORMATS in codegen/check.py, or drop it"
        if is_enum(schema) and not all(isinstance(value, str) for value in schema["enum"]):
            yield f"{where}: an enum lists texts only; put quotes around its values"


def _anonymous(schema: Json) -> str | None:
    if reference(schema):
        return None
    combined = [key for key in _COMBINED if key in schema]
    if combined:
        return combined[0]
    if is_enum(schema):
        return "enum"
    return "object (a map says additionalProperties)" if is_class(schema) else None


def _all_schemas(description: Json) -> Iterator[tuple[str, Json, bool]]:
    """Every schema at every depth: its place, the schema, whether it has a name."""
    for name, schema in schemas_of(description).items():
        yield from _within(f"components.schemas.{name}", schema, named=True)
    others = {key: part for key, part in description["components"].items() if key != "schemas"}
    for where, schema in _used({"paths": description["paths"], "components": others}):
        yield from _within(where, schema, named=False)


def _used(node: object, where: str = "") -> Iterator[tuple[str, Json]]:
    """The schemas of parameters, bodies and answers, with their places."""
    for key, part in parts_of(node):
        there = f"{where}.{key}".removeprefix(".")
        if key == "schema" and is_node(part):
            yield there, part
        else:
            yield from _used(part, there)


def _within(where: str, schema: Json, *, named: bool) -> Iterator[tuple[str, Json, bool]]:
    yield where, schema, named
    for wire, node in schema.get("properties", {}).items():
        yield from _within(f"{where}.properties.{wire}", node, named=False)
    for key in ("items", "additionalProperties"):
        if is_node(schema.get(key)):
            yield from _within(f"{where}.{key}", schema[key], named=False)
    for key in _COMBINED:
        for index, part in enumerate(schema.get(key, [])):
            # An inline part of an allOf belongs to the class of the allOf.
            belongs = key == "allOf" and not any(inner in part for inner in _COMBINED)
            yield from _within(f"{where}.{key}.{index}", part, named=belongs)


def _bad_names_and_operations(description: Json) -> Iterator[str]:
    for name, schema in model_schemas(description).items():
        where = f"components.schemas.{name}"
        if names.is_bad_class(name):
            yield f"{where}: bad class name; rename the schema, without a number at its end"
        if is_enum(schema):
            yield from _bad_members(where, schema)
        elif is_union(schema):
            yield from _bad_union(where, schema, description)
        else:
            yield from _bad_fields(where, schema, description)
    yield from _bad_operations(description)


def _bad_members(where: str, schema: Json) -> Iterator[str]:
    if "x-enum-varnames" in schema:
        if len(schema["x-enum-varnames"]) != len(schema["enum"]):
            yield f"{where}: x-enum-varnames needs one name for each value"
        return
    values: dict[str, list[str]] = defaultdict(list)
    for value in schema["enum"]:
        values[names.member_name(value)].append(value)
    for member, same in values.items():
        if names.is_bad_member(member) or len(same) > 1:
            told = " and ".join(map(repr, same))
            yield f"{where}: {told} would get the bad name {member!r}; add x-enum-varnames, a name for each value"


def _bad_fields(where: str, schema: Json, description: Json) -> Iterator[str]:
    declared = all_properties(description, schema)
    wires: dict[str, list[str]] = defaultdict(list)
    for wire in declared:
        wires[names.field_name(wire)].append(wire)
    for wire in (wire for part in own_parts(schema) for wire in part.get("required", [])):
        if wire not in declared:
            yield f"{where}: requires {wire}, which it does not declare; add it to the properties"
    for wire in own_properties(schema):
        if names.is_bad_field(wire):
            name = names.field_name(wire)
            yield f"{where}: {wire} would get the bad name {name!r}; add it to ALIASES in codegen/names.py"
    if is_open(schema):
        wires["extra"].append("(members not declared)")
    for name, same in wires.items():
        if len(same) > 1:
            told = " and ".join(same)
            yield f"{where}: {told} would both get the name {name!r}; add one of them to ALIASES in codegen/names.py"


def _bad_union(where: str, schema: Json, description: Json) -> Iterator[str]:
    if "x-by-connector" not in schema:
        return
    by_connector, members = schema["x-by-connector"], members_of(schema)
    enum = settings_of(description).connectors
    connectors = schemas_of(description).get(enum, {}).get("enum", [])
    for connector in connectors:
        if connector not in by_connector:
            yield f"{where}: x-by-connector lacks {connector}; add its class, as every value of {enum} has one"
    for connector, name in by_connector.items():
        if connector not in connectors:
            yield f"{where}: x-by-connector names {connector}; add it to the enum components.schemas.{enum}"
        if name not in members:
            yield f"{where}: x-by-connector names the schema {name}; add it to the union's members"
    unknown = schema.get("x-unknown-connector")
    if unknown not in model_schemas(description):
        yield f"{where}: x-unknown-connector names {unknown}; add a schema for connectors which the SDK does not know"


def _bad_operations(description: Json) -> Iterator[str]:
    owners: dict[str, list[str]] = defaultdict(list)
    for path, method, operation in operations_of(description):
        where = f"{method} {path}"
        if "operationId" not in operation:
            yield f"{where}: add an operationId"
            continue
        try:
            name = read_operation(description, path, method, operation).name
            if settings_of(description).filters and "x-filters" in operation:
                keys_of(description, path, method, operation, name)
        except DescriptionError as error:
            yield str(error)
            continue
        owners[name].append(where)
        if names.is_bad_method(name):
            yield f"{where}: would get the bad name {name!r}; add x-method-name to the operation"
    for name, same in owners.items():
        if len(same) > 1:
            yield f"{' and '.join(same)}: both would get the name {name!r}; add x-method-name to one of them"
