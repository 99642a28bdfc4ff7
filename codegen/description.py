"""Reads a description, and follows its references."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeGuard

import yaml

Json = dict[str, Any]

SCHEMAS = "#/components/schemas/"
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


class DescriptionError(Exception):
    """A description has errors; the message says where and how to correct them."""


def load(path: Path) -> Json:
    """Read a description from a YAML file."""
    try:
        content: object = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise DescriptionError(f"{path.name} cannot be read: {error}") from error
    if not is_node(content) or "components" not in content or "paths" not in content:
        raise DescriptionError(f"{path.name} is not an OpenAPI description: it needs `paths` and `components`")
    return content


def is_node(value: object) -> TypeGuard[Json]:
    """Whether a value is an object."""
    return isinstance(value, dict)


def is_list(value: object) -> TypeGuard[list[Any]]:
    """Whether a value is a list."""
    return isinstance(value, list)


def parts_of(value: object) -> Iterator[tuple[str, Any]]:
    """The members of an object or the items of a list, by key or index; none of any other value."""
    if is_node(value):
        yield from value.items()
    elif is_list(value):
        yield from ((str(index), part) for index, part in enumerate(value))


def schemas_of(description: Json) -> Json:
    """The named schemas."""
    schemas: Json = description["components"].get("schemas", {})
    return schemas


def operations_of(description: Json) -> Iterator[tuple[str, str, Json]]:
    """Path, HTTP method and operation, in the order of the description; with the parameters of the path included."""
    for path, item in description["paths"].items():
        shared = item.get("parameters", [])
        for method, operation in item.items():
            if method in METHODS:
                yield path, method.upper(), {**operation, "parameters": [*shared, *operation.get("parameters", [])]}


def reference(node: Json) -> str | None:
    """The `$ref` of a node, or of the only member of its `allOf`."""
    match node:
        case {"$ref": str(pointer)} | {"allOf": [{"$ref": str(pointer)}]}:
            return pointer
        case _:
            return None


def model_name(pointer: str) -> str:
    """The name of the schema to which a reference refers."""
    return pointer.removeprefix(SCHEMAS)


def resolved(description: Json, node: Json) -> Json:
    """The node itself, or the one to which it refers."""
    pointer = reference(node)
    while pointer:
        node = _at(description, pointer)
        pointer = node.get("$ref")
    return node


def _at(description: Json, pointer: str) -> Json:
    place: Any = description
    for part in pointer.removeprefix("#/").split("/"):
        place = place.get(part) if is_node(place) else None
    if not is_node(place):
        raise DescriptionError(f"{pointer}: nothing is there; add it to the description or correct the reference")
    return place
