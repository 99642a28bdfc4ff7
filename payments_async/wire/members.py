"""Models as dicts of their members, by the names and in the forms that the caller chooses, and back."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any, Literal, TypeAlias, cast, get_args

import attrs

from payments_async.wire.jsontext import integer_in, integer_text, json_bytes, json_text
from payments_async.wire.shapes import field_types, fields, is_list, is_map, is_model, wire_name, without_none
from payments_async.wire.times import time_out

Names: TypeAlias = Literal["wire", "python"]
"""Whether members have the names that the API gives them, or those of the models' fields."""
Amounts: TypeAlias = Literal["number", "text"]
"""Whether integers are numbers or text."""

_DIGITS = re.compile(r"-?[0-9]+")


@attrs.frozen(kw_only=True)
class Member:
    """One member of a model.

    Attributes:
        field: The name of the model's field.
        wire: The name on the wire.
        kind: The type of the value, without `None`.
        hidden: Whether the model's repr hides it.
        rest: Whether the field keeps all members which the model does not declare.
    """

    field: str
    wire: str
    kind: Any
    hidden: bool
    rest: bool


@cache
def members_of(model: Any) -> tuple[Member, ...]:
    """The members of a model, in the order of its fields."""
    hints = field_types(model)
    return tuple(
        Member(
            field=each.name,
            wire=wire_name(each),
            kind=without_none(hints[each.name]),
            hidden=not each.repr,
            rest="rest" in each.metadata,
        )
        for each in fields(model)
    )


def members(model: Any, *, names: Names = "wire", amounts: Amounts = "number", hidden: bool = False) -> dict[str, Any]:
    """A model as plain JSON values.

    Args:
        model: The model's instance.
        names: The names of the members.
        amounts: The form of integers in members of that type; free JSON stays as it is.
        hidden: Whether to include the members that reprs hide.

    Raises:
        ValueError: an option is unknown, or a time has no time zone.
    """
    known("names", names, Names)
    known("amounts", amounts, Amounts)
    return _Form(names, amounts, hidden).model(model)


def known(option: str, given: object, choices: Any) -> None:
    """Refuse an option that is not among its two choices.

    Raises:
        ValueError: it is unknown.
    """
    first, second = get_args(choices)
    if given not in (first, second):
        raise ValueError(f"{option} is {given!r}: give {first!r} or {second!r}")


@attrs.frozen
class _Form:
    """Writes values in the form that the arguments of `members` describe."""

    names: Names
    amounts: Amounts
    hidden: bool

    def model(self, model: Any) -> dict[str, Any]:
        written: dict[str, Any] = {}
        for member in members_of(model.__class__):
            value = getattr(model, member.field)
            if member.hidden and not self.hidden:
                continue
            if member.rest:
                written |= value
            else:
                written[member.wire if self.names == "wire" else member.field] = self.value(value, member.kind)
        return written

    def value(self, value: Any, kind: Any) -> Any:
        match value:
            case Enum():
                return value.value
            case datetime():
                return time_out(value)
            case int() if kind is int and self.amounts == "text":
                return integer_text(value)
            case list() if is_list(kind):
                return [self.value(each, _inner(kind)) for each in _items(value)]
            case dict() if is_map(kind):
                return {name: self.value(each, _inner(kind)) for name, each in _entries(value)}
            case _:
                return self.model(value) if is_model(type(value)) else value


def json_of(plain: dict[str, Any]) -> str:
    """Plain JSON values as compact JSON text.

    Raises:
        ValueError: JSON cannot represent a value.
    """
    try:
        return json_text(plain)
    except RecursionError:  # free JSON that nests deeply, which msgspec writes without recursion in Python
        return json_bytes(plain).decode()


def on_the_wire(value: Any, kind: Any, names: Names) -> Any:
    """Plain JSON values that `members` gave, as the wire has them: by its names, with integers as numbers."""
    kind = without_none(kind)
    match value:
        case str() if kind is int and _DIGITS.fullmatch(value):
            return integer_in(value)
        case list() if is_list(kind):
            return [on_the_wire(each, _inner(kind), names) for each in _items(value)]
        case dict() if is_map(kind):
            return {name: on_the_wire(each, _inner(kind), names) for name, each in _entries(value)}
        case dict() if is_model(kind):
            declared = {member.wire if names == "wire" else member.field: member for member in members_of(kind)}
            return {
                declared[name].wire if name in declared else name: (
                    on_the_wire(each, declared[name].kind, names) if name in declared else each
                )
                for name, each in _entries(value)
            }
        case _:
            return value


def _items(value: Any) -> Iterable[Any]:
    return cast("Iterable[Any]", value)


def _entries(value: Any) -> Iterable[tuple[str, Any]]:
    return cast("dict[str, Any]", value).items()


def _inner(kind: Any) -> Any:
    """The type of a list's items or of a map's values."""
    return (Any, *get_args(kind))[-1]
