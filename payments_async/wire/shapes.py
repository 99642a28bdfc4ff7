"""What the codec needs to know of a type: whether it is a model, and how its fields are called on the wire."""

from __future__ import annotations

from types import UnionType
from typing import Any, Union, cast, get_args, get_origin, get_type_hints

import attrs


def origin(kind: Any) -> Any:
    """`list` of `list[int]`, `Page` of `Page[Payment]`; a plain class as it is."""
    return get_origin(kind) or kind


def is_list(kind: Any) -> bool:
    """Whether it is a list type."""
    return origin(kind) is list


def is_map(kind: Any) -> bool:
    """Whether it is a dict type."""
    return origin(kind) is dict


def is_model(kind: Any) -> bool:
    """Whether it is an attrs class."""
    return attrs.has(origin(kind))


def some(kind: Any) -> Any:
    """`str` of `str | None`; any other type as it is."""
    match get_args(kind):
        case (inner, none) if none is type(None) and get_origin(kind) in {Union, UnionType}:
            return inner
        case _:
            return kind


def fields(model: Any) -> tuple[attrs.Attribute[Any], ...]:
    """The fields of a model, in order."""
    return tuple(attrs.fields(origin(model)))


def types(model: Any) -> dict[str, Any]:
    """The types of a model's fields by name, with the type arguments of a generic model in place."""
    hints = get_type_hints(origin(model))
    arguments = dict(zip(getattr(origin(model), "__parameters__", ()), get_args(model), strict=False))

    def filled(hint: Any) -> Any:
        parameters = getattr(hint, "__parameters__", ())
        return hint[tuple(arguments[each] for each in parameters)] if parameters else arguments.get(hint, hint)

    return {field.name: filled(hints[field.name]) for field in fields(model)}


def wire_name(field: attrs.Attribute[Any]) -> str:
    """The name that a field has on the wire."""
    return cast(str, field.metadata.get("wire", field.name))


def rest(model: Any) -> str | None:
    """The name of the field that keeps the members the model does not declare, if it has one."""
    return next((field.name for field in fields(model) if "rest" in field.metadata), None)


def default(field: attrs.Attribute[Any]) -> Any:
    """The value of a field that is not given; `attrs.NOTHING` where it has to be, or depends on others."""
    given: Any = field.default
    if not isinstance(given, cast("Any", attrs.Factory)):
        return given
    return attrs.NOTHING if given.takes_self else given.factory()
