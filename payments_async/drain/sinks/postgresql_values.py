"""Names, columns and rows as PostgreSQL takes them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from payments_async.drain.rows import Kind, json_of, microseconds, plain_value, text_of, time_of, time_text
from payments_async.drain.sinks.sink import NotWritableError

TYPES: dict[Kind, str] = {
    "text": "text",
    "integer": "numeric",
    "boolean": "boolean",
    "time": "timestamp with time zone",
    "json": "json",  # not jsonb, which refuses \u0000 and changes numbers
}
"""The type of the columns of each kind."""
_LONGEST_NAME = 63
"""The most bytes of a name: the server cuts a longer one, and might find another table by it."""
_EPOCH = 946_684_800_000_000
"""The microseconds from 1970 to 2000, from which the server counts."""


class Records(dict[tuple[Any, ...], tuple[Any, ...]]):
    """Rows as the database takes them, by their keys; no repr shows them."""

    def __repr__(self) -> str:
        return object.__repr__(self)


def storing(name: str, kind: Kind, *, plain: bool) -> Callable[[Any], Any]:
    """What turns the values of a column into those that the database takes; it raises `NotWritableError`.

    Args:
        name: The column.
        kind: The kind of its values.
        plain: Whether those that are JSON are plain already.
    """

    def text(value: Any) -> str:
        text = str(value)
        if "\0" in text:
            raise NotWritableError(f"{name} contains U+0000, which no text of PostgreSQL can")
        if not text.isascii():
            text.encode()  # raises if it is not Unicode
        return text

    def json(value: Any) -> str:
        return json_of(value if plain else plain_value(value)).decode()

    match kind:
        case "time":
            return microseconds
        case "integer":
            return lambda value: Decimal(text_of(value))
        case "boolean":
            return bool
        case "json":
            return json
        case _:
            return text


def time_in(microseconds: int) -> tuple[int]:
    """A time, from the microseconds since 1970."""
    return (microseconds - _EPOCH,)


def time_out(value: tuple[int]) -> str:
    """The text of a stored time."""
    return time_text(time_of(value[0] + _EPOCH))


def text_stored(value: Any) -> str:
    """The text of a stored value."""
    return text_of(int(value)) if isinstance(value, Decimal) else str(value)


def quoted(name: str) -> str:
    """A name as SQL has it, whatever its characters."""
    return '"{}"'.format(name.replace('"', '""'))


def declared(types: dict[str, str]) -> str:
    """Columns as SQL creates them, from their types."""
    return ", ".join(f"{quoted(name)} {kind}" for name, kind in types.items())


def check_name(name: str) -> None:
    """Refuse what cannot name a table or a schema.

    Raises:
        ValueError: the name is empty, contains U+0000, or has more than 63 bytes.
    """
    if not 0 < len(name.encode()) <= _LONGEST_NAME or "\0" in name:
        raise ValueError(f"{name!r} cannot name a table or a schema: give 1 to {_LONGEST_NAME} bytes of text")
