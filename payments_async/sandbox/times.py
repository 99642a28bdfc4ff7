"""Instants and durations as Go writes them: RFC 3339 with up to nine fraction digits, and `1h30m0s`."""

import re
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ZERO_TIME = "0001-01-01T00:00:00Z"
RFC3339 = re.compile(
    r"(\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):\d\d:\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])([01]\d|2[0-3]):([0-5]\d))", re.ASCII
)
SECOND = 1_000_000_000
UNITS = {"ns": 1, "us": 1_000, "µs": 1_000, "ms": 1_000_000, "s": SECOND, "m": 60 * SECOND, "h": 3600 * SECOND}
DURATION_PART = re.compile(rf"(\d+(?:\.\d*)?|\.\d+)({'|'.join(UNITS)})", re.ASCII)


class Instant(NamedTuple):
    """A moment with the offset it was written in."""

    nanoseconds: int
    """Since 1970 in UTC."""
    offset: int = 0
    """Minutes east of UTC."""

    @property
    def microseconds(self) -> int:
        """What the database keeps: the last three digits are cut off."""
        return self.nanoseconds // 1000

    def __str__(self) -> str:
        seconds, fraction = divmod(self.nanoseconds, SECOND)
        local = EPOCH + timedelta(seconds=seconds, minutes=self.offset)
        digits = f".{fraction:09}".rstrip("0").rstrip(".")
        hours, minutes = divmod(abs(self.offset), 60)
        zone = f"{'-' if self.offset < 0 else '+'}{hours:02}:{minutes:02}" if self.offset else "Z"
        return local.isoformat()[:19] + digits + zone


def parse_time(text: str) -> Instant | None:
    """Read a full RFC 3339 date-time with `Z` or `±hh:mm`; None for the zero time, ValueError for all else."""
    found = RFC3339.fullmatch(text)
    if found is None:
        raise ValueError(f'parsing time "{text}" as RFC 3339')
    clock, fraction, sign, hours, minutes = found.groups()
    offset = 0 if sign is None else int(f"{sign}1") * (int(hours) * 60 + int(minutes))
    try:
        moment = datetime.fromisoformat(clock).replace(tzinfo=UTC) - timedelta(minutes=offset)
    except (ValueError, OverflowError) as error:
        raise ValueError(f'parsing time "{text}": out of range') from error
    seconds = (moment - EPOCH) // timedelta(seconds=1)
    instant = Instant(seconds * SECOND + int((fraction or "").ljust(9, "0")), offset)
    return None if instant.nanoseconds == _ZERO_NANOSECONDS else instant


def microseconds(moment: datetime) -> int:
    """Microseconds since 1970."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def stamp(microseconds: int | None) -> str:
    """A stored moment as the server shows it: UTC, trailing zeros of the fraction trimmed, year 1 for none."""
    if microseconds is None:
        return ZERO_TIME
    text = (_EPOCH_IN_UTC + timedelta(microseconds=microseconds)).isoformat()
    return (text.rstrip("0") if "." in text else text) + "Z"


def parse_duration(text: str) -> int:
    """Nanoseconds of a duration such as `1h30m` or `1.5s`; ValueError for `1d`, bare numbers and the empty string."""
    sign, body = (-1, text[1:]) if text.startswith("-") else (1, text.removeprefix("+"))
    if body == "0":
        return 0
    parts = DURATION_PART.findall(body)
    if not parts or "".join(amount + unit for amount, unit in parts) != body:
        raise ValueError(f'time: invalid duration "{text}"')
    return sign * sum(_nanoseconds(amount, UNITS[unit]) for amount, unit in parts)


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


# Without a time zone, which takes as long to write as the rest.
_EPOCH_IN_UTC = EPOCH.replace(tzinfo=None)
_ZERO_NANOSECONDS = -62_135_596_800 * SECOND
