"""Times: read from and written as RFC 3339."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import cast

_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt](?:[01]\d|2[0-3]):\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:[0-5]\d)", re.ASCII)


def time_in(text: object) -> datetime:
    """A time read from RFC 3339; digits beyond microseconds are cut off, as in the server's database.

    Raises:
        ValueError: the text is not RFC 3339.
    """
    # `fromisoformat` alone accepts more than RFC 3339.
    if type(text) is str and _RFC_3339.fullmatch(text):
        return datetime.fromisoformat(text if text[-1] != "z" else text.upper())
    raise ValueError("not RFC 3339")


def time_out(value: datetime) -> str:
    """A time as RFC 3339, with its own UTC offset, or in UTC if that offset has seconds.

    Raises:
        ValueError: the value has no time zone, or is not a datetime.
    """
    if not isinstance(cast("object", value), datetime):
        raise ValueError(f"a time is a {type(value).__name__}: give an aware datetime")  # noqa: TRY004  # bad input
    offset = value.utcoffset()
    if offset is None:
        raise ValueError(
            f"the time {value.isoformat()} has no time zone: give an aware datetime, e.g. datetime.now(UTC)"
        )
    if offset.total_seconds() % 60:
        try:
            value = value.astimezone(UTC)
        except OverflowError:
            raise ValueError(f"the time {value.isoformat()} is before the year 1 in UTC") from None
    return value.isoformat().replace("+00:00", "Z")
