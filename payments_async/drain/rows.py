"""Models as flat rows: plain values by the Python names of the models' fields."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from enum import Enum
from functools import cache
from operator import attrgetter
from typing import Any, Literal, TypeAlias, get_args

import attrs
import msgspec

from payments_async.wire.jsontext import integer_text, json_bytes, json_value
from payments_async.wire.shapes import field_types, without_none

Kind: TypeAlias = Literal["text", "integer", "boolean", "time", "json"]
"""The kind of a column's values; models, lists, maps and free JSON are `json`."""

_KINDS: dict[Any, Kind] = {int: "integer", bool: "boolean", datetime: "time"}
_UNCHANGED = {str, int, bool, float, type(None)}

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_OTHER_ZONES = [timezone(sign * timedelta(hours=23, minutes=59)) for sign in (-1, 1)]
"""The offsets that are furthest from UTC: between them, they reach all times that a `datetime` can be."""


@cache
def columns(model: type) -> dict[str, Kind]:
    """The columns of a model's rows, by name and in order; values of any column may be `None`."""
    return {name: column(without_none(kind)) for name, kind in field_types(model).items()}


def plain(model: Any, names: Iterable[str] | None = None) -> dict[str, Any]:
    """A model as a row: enums as text, times as RFC 3339 in UTC, exact integers, nested models as rows.

    Texts, numbers and free JSON are those of the model itself.

    Args:
        model: The model's instance.
        names: The columns of the row; by default, all of the model.
    """
    chosen = _chosen(model.__class__, tuple(names or ()))
    row = dict(zip(chosen.names, chosen.values_of(model), strict=True))
    for name in chosen.converted:
        row[name] = plain_value(row[name])
    return row


@attrs.frozen
class _Chosen:
    """The columns of a row.

    Attributes:
        names: Their names, in order.
        values_of: Gives their values.
        converted: Those whose values may have to be converted.
    """

    names: tuple[str, ...]
    values_of: Callable[[Any], tuple[Any, ...]]
    converted: list[str]


@cache
def _chosen(model: type, names: tuple[str, ...]) -> _Chosen:
    chosen = names or tuple(columns(model))
    converted = [name for name in chosen if name not in unconverted(model)]
    return _Chosen(names=chosen, values_of=values_of(chosen), converted=converted)


def values_of(names: Sequence[str]) -> Callable[[Any], tuple[Any, ...]]:
    """What reads these fields of a model, all at once: one by one would take as long as all else."""
    read = attrgetter(*names)
    return read if len(names) > 1 else lambda row: (read(row),)


@cache
def unconverted(model: type) -> frozenset[str]:
    """The columns whose values are plain already, as they are decoded."""
    return frozenset(name for name, kind in field_types(model).items() if _is_plain(kind))


def _is_plain(kind: Any) -> bool:
    """Whether all values of a type are plain, those inside included; free JSON is."""
    return kind in _UNCHANGED or kind is Any or (bool(get_args(kind)) and all(map(_is_plain, get_args(kind))))


@cache
def reader(model: type, name: str) -> Callable[[Any], Any]:
    """What reads a column of a row: the plain value, but a time as it is."""
    read = attrgetter(name)
    if name in unconverted(model) or columns(model)[name] == "time":
        return read
    return lambda row: plain_value(read(row))


def text_of(value: Any) -> str:
    """A plain value of a column as text."""
    return integer_text(value) if type(value) is int else str(value)


def json_of(value: Any) -> bytes:
    """A plain value as compact JSON text in UTF-8."""
    try:
        return json_bytes(value)
    except ValueError:  # an integer that is too long for msgspec
        return json_bytes(json_value(value))


def identity(model: Any, names: Sequence[str]) -> str:
    """The identity of a row as one text."""
    return identity_text(text_of(plain_value(getattr(model, name))) for name in names)


def identity_text(values: Iterable[str]) -> str:
    """The identity made of these plain values of a row."""
    return "\x1f".join(values)


def time_text(time: datetime) -> str:
    """A time as RFC 3339 in UTC, with microseconds; in another offset if its year in UTC is not in 1 to 9999."""
    try:
        time = time.astimezone(UTC)
    except OverflowError:
        time = time_of(microseconds(time))
    if type(time) is datetime and time.tzinfo is UTC:
        text: str = msgspec.to_builtins(time)  # ten times as fast as `isoformat`
        return text if time.microsecond else f"{text[:-1]}.000000Z"
    return time.isoformat(timespec="microseconds").replace("+00:00", "Z")


def microseconds(time: datetime) -> int:
    """The microseconds from 1970 in UTC to a time."""
    return (time - _EPOCH) // _MICROSECOND


def time_of(microseconds: int) -> datetime:
    """The time so many microseconds after 1970: in UTC, or in another offset if its year in UTC is not in range."""
    since = microseconds * _MICROSECOND
    for zone in (UTC, *_OTHER_ZONES):
        with suppress(OverflowError):
            return (_EPOCH.astimezone(zone).replace(tzinfo=None) + since).replace(tzinfo=zone)
    raise OverflowError(microseconds)


def column(kind: Any) -> Kind:
    """The kind of a column whose values have this type."""
    if isinstance(kind, type) and issubclass(kind, str):
        return "text"
    return _KINDS.get(kind, "json")


def plain_value(value: Any) -> Any:
    """The value of a field, as it is stored in a row."""
    kind = value.__class__
    return value if kind in _UNCHANGED else _converter(kind)(value)


@cache
def _converter(kind: Any) -> Callable[[Any], Any]:
    """What turns the values of a type into plain ones."""
    if issubclass(kind, datetime):
        return time_text
    if issubclass(kind, Enum):
        return attrgetter("_value_")  # `value` itself is a property that looks for this one
    if issubclass(kind, list | dict):
        return _plain_collection
    return plain if attrs.has(kind) else lambda value: value


def _plain_collection(value: Any) -> Any:
    """A list or map with all values inside converted; without recursion, because providers' data may nest deeply."""
    whole = value.copy()
    copies: list[Any] = [whole] if whole else []
    while copies:
        copied = copies.pop()
        for place, inner in _places(copied):
            if isinstance(inner, list | dict):
                copied[place] = inner.copy()
                copies.append(copied[place])
            else:
                copied[place] = plain_value(inner)
    return whole


def _places(collection: dict[Any, Any] | list[Any]) -> Iterable[tuple[Any, Any]]:
    """The values of a list or map, each after its place, at which another may be put meanwhile."""
    return collection.items() if isinstance(collection, dict) else enumerate(collection)
