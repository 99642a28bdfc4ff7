"""What the codec needs to know about a type: whether it is a model, and the names of its fields on the wire."""

from __future__ import annotations

from types import UnionType
from typing import Any, Union, cast, get_args, get_origin, get_type_hints

import attrs


def origin(kind: Any) -> Any:
    """`list` for `list[int]`, `Page` for `Page[Payment]`; a plain class unchanged."""
    return get_origin(kind) or kind


def is_list(kind: Any) -> bool:
    """Whether the type is a list."""
    return origin(kind) is list


def is_map(kind: Any) -> bool:
    """Whether the type is a dict."""
    return origin(kind) is dict


def is_model(kind: Any) -> bool:
    """Whether the type is an attrs class."""
    return attrs.has(origin(kind))


def without_none(kind: Any) -> Any:
    """`str` for `str | None`; any other type unchanged."""
    match get_args(kind):
        case (inner, none) if none is type(None) and get_origin(kind) in {Union, UnionType}:
            return inner
        case _:
            return kind


def fields(model: Any) -> tuple[attrs.Attribute[Any], ...]:
    """The fields of a model, in order."""
    return tuple(attrs.fields(origin(model)))


def field_types(model: Any) -> dict[str, Any]:
    """The types of a model's fields by name, with the type arguments of a generic model filled in."""
    hints = get_type_hints(origin(model))
    arguments = dict(zip(getattr(origin(model), "__parameters__", ()), get_args(model), strict=False))

    def filled(hint: Any) -> Any:
        parameters = getattr(hint, "__parameters__", ())
        return hint[tuple(arguments.get(each, Any) for each in parameters)] if parameters else arguments.get(hint, hint)

    return {field.name: filled(hints[field.name]) for field in fields(model)}


def wire_name(field: attrs.Attribute[Any]) -> str:
    """The name of a field on the wire."""
    return cast(str, field.metadata.get("wire", field.name))


def rest_field(model: Any) -> str | None:
    """The name of the field that keeps all members which the model does not declare, if there is such a field."""
    return next((field.name for field in fields(model) if "rest" in field.metadata), None)


def default(field: attrs.Attribute[Any]) -> Any:
    """The default value of a field; `attrs.NOTHING` if it has none, or if it depends on other fields."""
    value: Any = field.default
    if not isinstance(value, cast("Any", attrs.Factory)):
        return value
    return attrs.NOTHING if value.takes_self else value.factory()
