"""Times and durations as Go reads and writes them: RFC 3339 with up to nine fraction digits, and `1h30m0s`."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import msgspec

from payments_async.sandbox.wire import internal, validation

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ZERO_TIME = "0001-01-01T00:00:00Z"
# Go also accepts an hour of one digit, a comma before the fraction, and any number of digits in it.
RFC3339 = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d?):(\d\d):(\d\d)(?:[.,](\d+))?(?:Z|([+-])(\d\d):(\d\d))", re.ASCII)
SECOND = 1_000_000_000
DAY = 86_400
YEARS_OF_THE_CALENDAR = 400
DAYS_OF_THE_CALENDAR = 146_097
"""The calendar repeats after 400 years."""
UNITS = {"ns": 1, "us": 1_000, "µs": 1_000, "ms": 1_000_000, "s": SECOND, "m": 60 * SECOND, "h": 3600 * SECOND}
DURATION_PART = re.compile(rf"(\d+(?:\.\d*)?|\.\d+)({'|'.join(UNITS)})", re.ASCII)


class Instant(NamedTuple):
    """A time with the offset in which it was written."""

    nanoseconds: int
    """Since 1970 in UTC."""
    offset: int = 0
    """Minutes east of UTC."""

    @property
    def microseconds(self) -> int:
        """What the database stores, without the last three digits; INTERNAL before the year 1, which it refuses."""
        if not _FIRST <= self.nanoseconds < _END:
            raise internal("pq: date/time field value out of range")
        return self.nanoseconds // 1000

    def __str__(self) -> str:
        """RFC 3339; ValueError for an offset of a day or more, which Go reads but does not write."""
        if abs(self.offset) >= DAY // 60:
            raise ValueError("Time.MarshalJSON: timezone hour outside of range [0,23]")
        seconds, fraction = divmod(self.nanoseconds, SECOND)
        local = seconds + self.offset * 60
        before = local < _FIRST // SECOND
        moment = EPOCH + timedelta(days=DAYS_OF_THE_CALENDAR if before else 0, seconds=local)
        date = f"0000{moment.isoformat()[4:19]}" if before else moment.isoformat()[:19]
        digits = f".{fraction:09}".rstrip("0").rstrip(".")
        hours, minutes = divmod(abs(self.offset), 60)
        zone = f"{'-' if self.offset < 0 else '+'}{hours:02}:{minutes:02}" if self.offset else "Z"
        return date + digits + zone


def parse_time(text: str) -> Instant | None:
    """Parse a date-time with `Z` or `±hh:mm` as Go does; None for the zero time, ValueError if it is none."""
    found = RFC3339.fullmatch(text)
    if found is None:
        raise ValueError(f'parsing time "{text}" as "2006-01-02T15:04:05Z07:00": cannot parse')
    *date, fraction, sign, hours, minutes = found.groups()
    if sign and (int(hours) > 24 or int(minutes) > 60):
        raise ValueError(f'parsing time "{text}": time zone offset out of range')
    offset = int(f"{sign}1") * (int(hours) * 60 + int(minutes)) if sign else 0
    try:
        seconds = _seconds([int(each) for each in date]) - offset * 60
    except ValueError:
        raise ValueError(f'parsing time "{text}": out of range') from None
    instant = Instant(seconds * SECOND + int((fraction or "").ljust(9, "0")[:9]), offset)
    return None if instant.nanoseconds == _ZERO_NANOSECONDS else instant


def echoed(instant: Instant) -> str:
    """A time of a request as its answer repeats it; VALIDATION if Go does not write it."""
    try:
        return str(instant)
    except ValueError as error:
        raise validation(str(error)) from error


def microseconds(moment: datetime) -> int:
    """Microseconds since 1970."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def stamp(microseconds: int | None) -> str:
    """A stored time as the server shows it: in UTC, without trailing zeros of the fraction; year 1 for None."""
    if microseconds is None:
        return ZERO_TIME
    text: str = msgspec.to_builtins(_EPOCH_IN_UTC + timedelta(0, 0, microseconds))  # faster than `isoformat`
    return (text.rstrip("0") if "." in text else text) + "Z"


def parse_duration(text: str) -> int:
    """Nanoseconds of a duration such as `1h30m` or `1.5s`; ValueError for `1d`, bare numbers and the empty string."""
    sign, body = (-1, text[1:]) if text.startswith("-") else (1, text.removeprefix("+"))
    if body == "0":
        return 0
    parts = DURATION_PART.findall(body)
    whole = bool(parts) and "".join(amount + unit for amount, unit in parts) == body
    # Longer ones exceed 64 bits, unless they have a thousand zeros.
    total = sum(_nanoseconds(amount, UNITS[unit]) for amount, unit in parts) if whole and len(body) < 1_000 else -1
    if not 0 <= total < 2**63:
        raise ValueError(f'time: invalid duration "{text}"')
    return sign * total


def duration(nanoseconds: int) -> str:
    """The normal form of a duration: `2m0s`, `1h30m0s`, `1.5s`, `300ms`, `0s`."""
    if nanoseconds < 0:
        return "-" + duration(-nanoseconds)
    if nanoseconds < SECOND:
        for unit in ("ms", "µs", "ns"):
            if nanoseconds >= UNITS[unit]:
                return _decimal(nanoseconds, UNITS[unit]) + unit
        return "0s"
    minutes, rest = divmod(nanoseconds, 60 * SECOND)
    hours, minutes = divmod(minutes, 60)
    seconds = _decimal(rest, SECOND) + "s"
    if hours:
        return f"{hours}h{minutes}m{seconds}"
    return f"{minutes}m{seconds}" if minutes else seconds


def _nanoseconds(amount: str, unit: int) -> int:
    whole, _, fraction = amount.partition(".")
    return int(whole or "0") * unit + int(fraction or "0") * unit // int("1" + "0" * len(fraction))


def _decimal(nanoseconds: int, unit: int) -> str:
    whole, rest = divmod(nanoseconds, unit)
    return f"{whole}.{rest:0{len(str(unit)) - 1}}".rstrip("0").rstrip(".") if rest else str(whole)


def _seconds(date: Sequence[int]) -> int:
    """Seconds since 1970 of year, month, day, hour, minute and second.

    Python's calendar begins with the year 1, and the one of RFC 3339 with the year 0.
    """
    year, month, day, hour, minute, second = date
    cycles = 0 if year else 1
    moment = datetime(year + cycles * YEARS_OF_THE_CALENDAR, month, day, hour, minute, second, tzinfo=UTC)
    return (moment - EPOCH) // timedelta(seconds=1) - cycles * DAYS_OF_THE_CALENDAR * DAY


# Without a time zone, which takes as long to format as all the rest.
_EPOCH_IN_UTC = EPOCH.replace(tzinfo=None)
_ZERO_NANOSECONDS = _FIRST = _seconds((1, 1, 1, 0, 0, 0)) * SECOND
_END = (_seconds((9999, 12, 31, 0, 0, 0)) + DAY) * SECOND
