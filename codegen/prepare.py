"""Rewrites the named schemas so that the model generator has nothing to decide.

The result contains only types, names and docstrings. Every property is required, so that fields keep their order. Its
`nullable` says whether its type includes None, and its `x-assigned` is the source of the field's value.
"""

import json
import textwrap

from codegen import names
from codegen.description import SCHEMAS, Json, is_node, reference, resolved
from codegen.shapes import (
    bases_of,
    is_enum,
    is_model,
    is_open,
    is_union,
    members_of,
    model_schemas,
    own_parts,
    own_properties,
)

# Not `list` and `dict`, which type checkers cannot check here; nor `list[str]`, which is eight times slower.
_NEUTRAL = {"array": "factory=lambda: []", "object": "factory=lambda: {}"}

_EXTRA: Json = {
    "type": "object",
    "additionalProperties": True,
    "description": "Members which the description does not declare, as plain JSON values.",
    "x-assigned": f'attrs.field({_NEUTRAL["object"]}, repr=False, metadata={{"rest": True}})',
}


def prepared(description: Json) -> Json:
    """A description that contains only the models."""
    schemas = {name: _model(description, name, schema) for name, schema in model_schemas(description).items()}
    kept: Json = {key: description[key] for key in ("info", "x-codegen") if key in description}
    return {"openapi": "3.0.3", **kept, "paths": {}, "components": {"schemas": schemas}}


def _model(description: Json, name: str, schema: Json) -> Json:
    if is_enum(schema):
        return _described(schema, _enum(schema))
    if is_union(schema):
        return _described(schema, _union(schema))
    return _described(schema, _class(description, name, schema))


def _enum(schema: Json) -> Json:
    members = schema.get("x-enum-varnames") or [names.member_name(value) for value in schema["enum"]]
    return {"type": "string", "enum": schema["enum"], "x-enum-varnames": members}


def _union(schema: Json) -> Json:
    union: Json = {"anyOf": [{"$ref": SCHEMAS + member} for member in members_of(schema)]}
    return {**union, "x-by-connector": schema["x-by-connector"]} if "x-by-connector" in schema else union


def _class(description: Json, name: str, schema: Json) -> Json:
    required = {wire for part in own_parts(schema) for wire in part.get("required", [])}
    properties = {
        wire: _field(wire, _inlined(description, node), required=wire in required, sent=name.endswith("Request"))
        for wire, node in own_properties(schema).items()
    }
    if is_open(schema):
        properties["extra"] = _EXTRA
    own: Json = {"type": "object", "required": list(properties), "properties": properties}
    bases = [{"$ref": SCHEMAS + base} for base in bases_of(schema)]
    return {"allOf": [*bases, own]} if bases else own


def _inlined(description: Json, node: Json) -> Json:
    """The node, with references to plain types replaced by them; references to models stay."""
    pointer = reference(node)
    if pointer:
        remarks = {key: value for key, value in node.items() if key not in ("$ref", "allOf")}
        target = resolved(description, node)
        node = {"$ref": pointer, **remarks} if is_model(target) else {**target, **remarks}
    return {**node, **{key: _inlined(description, inner) for key, inner in _inner(node).items()}}


def _inner(node: Json) -> Json:
    """The schemas of the items of a list, or of the values of a map."""
    return {key: node[key] for key in ("items", "additionalProperties") if is_node(node.get(key))}


def _field(wire: str, schema: Json, *, required: bool, sent: bool) -> Json:
    free = "$ref" not in schema and "type" not in schema
    # What a server leaves out is the neutral value, and so is null for a list or map; what is sent tells "none" from
    # "empty".
    neutral = None if sent else _neutral(schema)
    default = neutral or ("default=None" if free or not required else None)
    said: Json = {
        "nullable": not neutral and not free and (not required or schema.get("nullable", False)),
        "description": _remarks(schema),
        "x-assigned": _assigned(wire, default, sensitive=schema.get("x-sensitive", False)),
    }
    # Even with `nullable: false` beside a $ref, the generator would write the class twice.
    return _type(schema) | {key: value for key, value in said.items() if value}


def _neutral(schema: Json) -> str | None:
    """What a field is assigned if it must not be None: its own neutral value, or an empty list or map."""
    if "x-neutral" in schema:
        return f"default={json.dumps(schema['x-neutral'])}"
    return _NEUTRAL.get(schema.get("type", ""))


def _type(schema: Json) -> Json:
    """The part of a schema that determines its Python type, except whether it is nullable."""
    kept: Json = {key: schema[key] for key in ("$ref", "type", "additionalProperties") if key in schema}
    if schema.get("format") == "date-time":
        kept["format"] = "date-time"
    for key, inner in _inner(schema).items():
        kept[key] = _type(inner) | ({"nullable": True} if inner.get("nullable") else {})
    return kept


def _assigned(wire: str, default: str | None, *, sensitive: bool) -> str | None:
    metadata = None if names.field_name(wire) == wire else f'metadata={{"wire": {json.dumps(wire)}}}'
    arguments = [argument for argument in (default, "repr=False" if sensitive else None, metadata) if argument]
    if len(arguments) == 1 and arguments[0].startswith("default="):
        return arguments[0].removeprefix("default=")
    return f"attrs.field({', '.join(arguments)})" if arguments else None


def _remarks(schema: Json) -> str:
    remarks = [" ".join(schema.get("description", "").split())]
    if schema.get("deprecated"):
        remarks.append("Deprecated.")
    if "default" in schema:
        remarks.append(f"Server default: {schema['default']!r}.")
    return " ".join(filter(None, remarks))


def _described(schema: Json, model: Json) -> Json:
    """The model with its description; the templates wrap its lines, except for unions, which have no template."""
    paragraphs = [" ".join(text.split()) for text in schema.get("description", "").split("\n\n")]
    if is_union(schema):
        paragraphs = [textwrap.fill(text, 120) for text in paragraphs]
    text = "\n\n".join(filter(None, paragraphs))
    return {**model, "description": text} if text else model
