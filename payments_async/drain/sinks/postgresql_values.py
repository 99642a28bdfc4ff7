"""Names, columns and rows as PostgreSQL takes them."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from payments_async.drain.rows import (
    Kind,
    columns,
    json_of,
    plain_value,
    text_of,
    time_of,
    time_text,
    unconverted,
    values_of,
)
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
NULL: str = secrets.token_hex(8)
"""The text for no value; nobody can know it, so no text of a row is the same."""
_ESCAPED = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
"""What `COPY` takes for the characters that have a meaning in its text format."""
_FOUR_CENTURIES = timedelta(days=146_097)
"""After them, the calendar repeats itself."""
_EPOCH = 946_684_800_000_000
"""The microseconds from 1970 to 2000, from which the server counts."""


class Records(dict[tuple[str, ...], bytes]):
    """Rows as lines of `COPY`, by the texts of their keys; no repr shows them."""

    def __repr__(self) -> str:
        return object.__repr__(self)


@cache
def recording(model: type, key: tuple[str, ...]) -> Callable[[Iterable[Any]], Records]:
    """What makes records of rows; it raises `ValueError` where the database cannot store one.

    Args:
        model: The model of the rows.
        key: The columns that identify a row.
    """
    names = [*columns(model)]
    read, places = values_of(names), [names.index(name) for name in key]
    stores = [_storing(kind, plain=name in unconverted(model)) for name, kind in columns(model).items()]

    def records(rows: Iterable[Any]) -> Records:
        made = Records()
        for row in rows:
            found = zip(stores, read(row), strict=True)
            texts = [NULL if value is None else store(value) for store, value in found]
            identity = tuple([texts[place] for place in places])
            if NULL in identity:
                raise NotWritableError(f"{key[identity.index(NULL)]} identifies rows, and has no value")
            made[identity] = _line(names, texts)  # in place of an earlier row of this key
        return made

    return records


def _storing(kind: Kind, *, plain: bool) -> Callable[[Any], str]:
    """What turns the values of a column into the text that the database reads.

    Args:
        kind: The kind of its values.
        plain: Whether those that are JSON are plain already.
    """
    match kind:
        case "time":
            return _time
        case "json":
            return lambda value: json_of(value if plain or not value else plain_value(value)).decode()
        case _:
            return text_of


def _time(time: datetime) -> str:
    """A time as the database reads it."""
    text = time_text(time)
    if text.endswith("Z"):
        return text
    # Its year in UTC is 10000 or 1 BC, and the database reads no offset as large as that of `time_text`.
    if time.year > 1:
        return f"10000{time_text(time - _FOUR_CENTURIES)[4:]}"
    return f"0001{time_text(time + _FOUR_CENTURIES)[4:]} BC"


def _line(names: Iterable[str], texts: Iterable[str]) -> bytes:
    """A row as a line of `COPY`, from the texts of its columns.

    Raises:
        ValueError: a text contains U+0000, or is not Unicode.
    """
    # Most rows have nothing to escape, and looking at all texts at once is much faster than at each.
    together = "".join(texts)
    if "\0" in together:
        name = next(name for name, text in zip(names, texts, strict=True) if "\0" in text)
        raise NotWritableError(f"{name} contains U+0000, which no text of PostgreSQL can")
    if "\\" in together or "\t" in together or "\n" in together or "\r" in together:
        texts = [text.translate(_ESCAPED) for text in texts]
    return ("\t".join(texts) + "\n").encode()


def time_out(value: tuple[int]) -> str:
    """The text of a stored time."""
    return time_text(time_of(value[0] + _EPOCH))


def text_stored(value: Any) -> str:
    """The text of a stored value."""
    return text_of(int(value)) if isinstance(value, Decimal) else str(value)


def quoted(name: str) -> str:
    """A name as SQL has it, whatever its characters."""
    return '"{}"'.format(name.replace('"', '""'))


def declared(types: dict[str, str], key: Collection[str]) -> str:
    """Columns as SQL creates them, from their types; those of the key are compared by their bytes."""
    # This takes much less time than by a language, and an index stays right when the rules of a language change.
    bytewise = {name: ' COLLATE "C"' for name in key if types[name] == TYPES["text"]}
    return ", ".join(f"{quoted(name)} {kind}{bytewise.get(name, '')}" for name, kind in types.items())


def check_name(name: str) -> None:
    """Refuse what cannot name a table or a schema.

    Raises:
        ValueError: the name is empty, contains U+0000, or has more than 63 bytes.
    """
    if not 0 < len(name.encode()) <= _LONGEST_NAME or "\0" in name:
        raise ValueError(f"{name!r} cannot name a table or a schema: give 1 to {_LONGEST_NAME} bytes of text")
