"""Models as flat rows: plain values by the Python names of the models' fields."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from typing import Any, Literal, TypeAlias, cast

import attrs

from payments_async.wire.shapes import field_types, without_none

Kind: TypeAlias = Literal["text", "integer", "boolean", "time", "json"]
"""The kind of a column's values; models, lists, maps and free JSON are `json`."""

_KINDS: dict[Any, Kind] = {int: "integer", bool: "boolean", datetime: "time"}
_UNCHANGED = {str, int, bool, float, type(None)}


@cache
def columns(model: type) -> dict[str, Kind]:
    """The columns of a model's rows, by name and in order; values of any column may be `None`."""
    return {name: column(without_none(kind)) for name, kind in field_types(model).items()}


def plain(model: Any, names: Iterable[str] | None = None) -> dict[str, Any]:
    """A model as a row: enums as text, times as RFC 3339 in UTC, exact integers, nested models as rows.

    Args:
        model: The model's instance.
        names: The columns of the row; by default, all of the model.
    """
    return {name: plain_value(getattr(model, name)) for name in names or columns(cast("Any", type(model)))}


def identity(model: Any, names: Sequence[str]) -> str:
    """The identity of a row as one text."""
    return identity_text(str(plain_value(getattr(model, name))) for name in names)


def identity_text(values: Iterable[str]) -> str:
    """The identity made of these plain values of a row."""
    return "\x1f".join(values)


def time_text(time: datetime) -> str:
    """A time as RFC 3339 in UTC, with microseconds."""
    with suppress(OverflowError):  # the time in UTC would be outside the range of `datetime`
        time = time.astimezone(UTC)
    return time.isoformat(timespec="microseconds").replace("+00:00", "Z")


def column(kind: Any) -> Kind:
    """The kind of a column whose values have this type."""
    if isinstance(kind, type) and issubclass(kind, str):
        return "text"
    return _KINDS.get(kind, "json")


def plain_value(value: Any) -> Any:
    """The value of a field, as it is stored in a row."""
    kind: type[Any] = cast("Any", type(value))
    if kind in _UNCHANGED:
        return value
    if issubclass(kind, datetime):
        return time_text(value)
    if issubclass(kind, Enum):
        return value.value
    if issubclass(kind, list):
        return [plain_value(each) for each in value]
    if issubclass(kind, dict):
        return {name: plain_value(each) for name, each in value.items()}
    return plain(value) if attrs.has(kind) else value
