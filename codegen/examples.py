"""Writes an example of each class, as JSON values, from the examples in the description."""

from typing import Any

from codegen.description import Json, is_node, resolved, schemas_of
from codegen.formatting import formatted
from codegen.shapes import all_properties, is_class, is_enum, is_union, members_of, model_schemas

_HEAD = '''"""An example of each class, as JSON values."""

from typing import Any

EXAMPLES: dict[str, dict[str, Any]] = '''

_BY_FORMAT = {"date-time": "2024-03-01T12:00:00Z", "uuid": "2d9c8b7a-6f5e-4d3c-8b2a-1f0e9d8c7b6a"}
_BY_TYPE: dict[str, object] = {"string": "text", "integer": 1, "number": 0.5, "boolean": True}


def examples_source(description: Json) -> str:
    """The module with the examples."""
    classes = {name: schema for name, schema in model_schemas(description).items() if is_class(schema)}
    examples = {name: example(description, schema) for name, schema in sorted(classes.items())}
    return formatted(f"{_HEAD}{examples!r}\n")


def example(description: Json, node: Json) -> Any:
    """An example of a schema: its own, or one composed of those of its parts."""
    schema = resolved(description, node)
    for own in (node.get("example"), schema.get("example"), schema.get("default")):
        if own is not None:
            return own
    if is_enum(schema):
        return next(value for value in schema["enum"] if value != "UNKNOWN")  # requests cannot have it
    if is_union(schema):
        return example(description, schemas_of(description)[members_of(schema)[0]])
    if is_class(schema):
        return {wire: example(description, part) for wire, part in all_properties(description, schema).items()}
    return _plain(description, schema)


def _plain(description: Json, schema: Json) -> Any:
    if is_node(schema.get("items")):
        return [example(description, schema["items"])]
    if is_node(schema.get("additionalProperties")):
        return {"key": example(description, schema["additionalProperties"])}
    if schema.get("type") == "array":
        return []
    return _BY_FORMAT.get(schema.get("format", ""), _BY_TYPE.get(schema.get("type", ""), {}))
