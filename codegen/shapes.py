"""Tells what a schema is: a class, an enum, a union, an envelope, or a plain type that needs no name in Python."""

from collections.abc import Iterator
from typing import Literal

from codegen.description import Json, model_name, resolved, schemas_of

Envelope = Literal["data", "cursor", "bare"]
Collection = Literal["list", "map", "map of lists", "map of maps"]

ENVELOPES: dict[str, Envelope] = {"data": "data", "cursor": "cursor"}


def is_enum(schema: Json) -> bool:
    """Whether this is a list of strings."""
    return "enum" in schema


def is_union(schema: Json) -> bool:
    """Whether this is one of several classes."""
    return "anyOf" in schema or "oneOf" in schema


def is_map(schema: Json) -> bool:
    """Whether this is an object that declares only the type of its values."""
    return "properties" not in schema and "allOf" not in schema and bool(schema.get("additionalProperties"))


def is_class(schema: Json) -> bool:
    """Whether this is an object that declares its members."""
    return not is_map(schema) and ("properties" in schema or "allOf" in schema or schema.get("type") == "object")


def is_model(schema: Json) -> bool:
    """Whether this has a name in Python."""
    return is_class(schema) or is_enum(schema) or is_union(schema)


def is_open(schema: Json) -> bool:
    """Whether this is a class that keeps undeclared members."""
    return any(part.get("additionalProperties") for part in own_parts(schema))


def envelope_of(schema: Json) -> Envelope | None:
    """`data` or `cursor` if it is the schema's only member."""
    members = list(schema.get("properties", {}))
    return ENVELOPES.get(members[0]) if len(members) == 1 else None


def members_of(union: Json) -> list[str]:
    """The names of a union's members, the class for unknown connectors last."""
    members = [model_name(part["$ref"]) for part in union.get("anyOf") or union["oneOf"]]
    unknown = union.get("x-unknown-connector")
    return members if unknown is None or unknown in members else [*members, unknown]


def bases_of(schema: Json) -> list[str]:
    """The names of the classes a class extends."""
    return [model_name(part["$ref"]) for part in schema.get("allOf", []) if "$ref" in part]


def own_parts(schema: Json) -> Iterator[Json]:
    """The parts of a class that declare its own members: itself, and the inline members of its `allOf`."""
    yield schema
    yield from (part for part in schema.get("allOf", []) if "$ref" not in part)


def own_properties(schema: Json) -> Json:
    """The members that a class declares itself."""
    return {wire: node for part in own_parts(schema) for wire, node in part.get("properties", {}).items()}


def all_properties(description: Json, schema: Json) -> Json:
    """Inherited members first, then the class's own."""
    inherited: Json = {}
    for part in schema.get("allOf", []):
        if "$ref" in part:
            inherited |= all_properties(description, resolved(description, part))
    return inherited | own_properties(schema)


def model_schemas(description: Json) -> Json:
    """The named schemas that become Python classes: all but envelopes, pages and their bases, and plain types."""
    schemas = schemas_of(description)
    wrappers = {name for name, schema in schemas.items() if envelope_of(schema)}
    pages = {
        model_name(schemas[name]["properties"]["cursor"].get("$ref", ""))
        for name in wrappers
        if envelope_of(schemas[name]) == "cursor"
    }
    bases = {base for page in pages for base in bases_of(schemas.get(page, {}))}
    hidden = wrappers | pages | bases
    return {name: schema for name, schema in schemas.items() if name not in hidden and is_model(schema)}
