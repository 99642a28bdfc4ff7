"""Models as flat rows: plain values by the names that the models' fields have in Python."""

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
"""What a column holds; models, lists, maps and free JSON are `json`."""

_KINDS: dict[Any, Kind] = {int: "integer", bool: "boolean", datetime: "time"}
_AS_THEY_ARE = {str, int, bool, float, type(None)}


@cache
def columns(model: type) -> dict[str, Kind]:
    """What each column of a model's rows holds, by name, in order. Any of them may hold nothing."""
    return {name: column(without_none(kind)) for name, kind in field_types(model).items()}


def plain(model: Any, names: Iterable[str] | None = None) -> dict[str, Any]:
    """A model as a row: enums as text, times as text in RFC 3339 and UTC, integers exact, models inside as rows.

    Args:
        model: The model's instance.
        names: The columns to take; all of the model's own unless given.
    """
    return {name: plain_value(getattr(model, name)) for name in names or columns(cast("Any", type(model)))}


def identity(model: Any, names: Sequence[str]) -> str:
    """What tells a row from all others, as one text."""
    return identity_text(str(plain_value(getattr(model, name))) for name in names)


def identity_text(values: Iterable[str]) -> str:
    """The identity that these plain values of a row make together."""
    return "\x1f".join(values)


def time_text(time: datetime) -> str:
    """A time in RFC 3339 and UTC, with microseconds."""
    with suppress(OverflowError):  # in the first or the last hours that Python knows, and in another offset
        time = time.astimezone(UTC)
    return time.isoformat(timespec="microseconds").replace("+00:00", "Z")


def column(kind: Any) -> Kind:
    """What a column of this type holds."""
    if isinstance(kind, type) and issubclass(kind, str):
        return "text"
    return _KINDS.get(kind, "json")


def plain_value(value: Any) -> Any:
    """A field's value as it stands in a row."""
    kind: type[Any] = cast("Any", type(value))
    if kind in _AS_THEY_ARE:
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
