"""JSON text and plain JSON values, without losing a digit: integers of any size, fractions exactly as written."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn, cast

import msgspec

from payments_async.wire.times import time_out

UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError, InvalidOperation)
"""The errors of reading: the text is not JSON, is nested too deeply, has another type, or a number out of range."""

MOST_DIGITS = 100_000
"""The most digits that an integer may have, spelled out or by its exponent."""

_FEW_DIGITS = sys.int_info.str_digits_check_threshold
"""`int` and `str` convert so many digits whatever limit the process has set for them (`sys.set_int_max_str_digits`)."""
FEW_BITS = 2_000
"""An integer of so many bits has no more digits than that: msgspec writes it too."""


def _number(digits: str) -> float | Decimal:
    """A JSON number with a fraction or an exponent: a float if it keeps all digits, otherwise a `Decimal`."""
    number = float(digits)
    # A float keeps any fifteen digits, and sixteen characters with a point or an `e` among them hold no more.
    if len(digits) <= 16 and 1e-290 < number < 1e290:
        return number
    exact = Decimal(digits)
    return number if math.isfinite(number) and Decimal(repr(number)) == exact else exact


def media_type(headers: Mapping[str, str]) -> str:
    """The media type of a content, in lower case and without parameters; empty if there is none."""
    return headers.get("Content-Type", "").partition(";")[0].strip().lower()


def is_json(headers: Mapping[str, str]) -> bool:
    """Whether the content type is `application/json`, that of the API."""
    return headers.get("Content-Type") == "application/json" or media_type(headers) == "application/json"


def reader(kind: Any) -> Callable[[bytes], Any]:
    """A function that reads JSON text as a type that msgspec knows; it raises one of `UNREADABLE`."""
    return msgspec.json.Decoder(kind, float_hook=_number).decode


_value_in = reader(Any)


def value_in(body: bytes) -> Any:
    """The plain JSON value in a text; an integer may have up to `MOST_DIGITS` digits.

    Raises:
        ValueError, or one of `UNREADABLE`: the text is not JSON, or a number is too long.
    """
    try:
        return _value_in(body)
    except msgspec.ValidationError:  # an integer that is too long for msgspec: no other value could fail here
        return json.loads(body, parse_int=integer_in, parse_float=_number, parse_constant=_no_json)


def integer_by_value(number: object) -> int:
    """The integer that a number from JSON is by its value, however it was written: `100`, `100.0` or `1e2`.

    Raises:
        ValueError: it is not an integer, or has more than `MOST_DIGITS` digits.
    """
    if isinstance(number, int) and not isinstance(number, bool):
        return number
    if isinstance(number, float | Decimal) and Decimal(number).is_finite():
        exact = Decimal(repr(number)) if isinstance(number, float) else number
        if not exact:
            return 0
        if exact.adjusted() < MOST_DIGITS and exact == exact.to_integral_value():
            sign, digits, exponent = exact.as_tuple()
            text = "".join(map(str, digits))
            # `int` for type checkers: only numbers that are not finite have other exponents.
            shift = int(exponent)
            whole = integer_in(text) * 10**shift if shift > 0 else integer_in(text[: len(text) + shift])
            return -whole if sign else whole
    raise ValueError("not an integer, or one of too many digits")


def integer_text(number: int) -> str:
    """The digits of an integer.

    Raises:
        ValueError: it has more than `MOST_DIGITS` digits.
    """
    if number.bit_length() <= FEW_BITS:
        return str(number)
    count = number.bit_length() * 30_103 // 100_000 + 1  # or one less: a bit is log10(2) digits
    text = _digits(abs(number), count).lstrip("0") if count <= MOST_DIGITS + 1 else ""
    if not 0 < len(text) <= MOST_DIGITS:
        raise ValueError(f"an integer has more than {MOST_DIGITS:,} digits")
    return text if number > 0 else f"-{text}"


def integer_in(text: str) -> int:
    """The integer whose digits these are, in ASCII and with a minus sign in front of a negative one.

    Raises:
        ValueError: it has more than `MOST_DIGITS` digits.
    """
    digits = text.removeprefix("-")
    if len(digits) > MOST_DIGITS:
        raise ValueError(f"an integer has more than {MOST_DIGITS:,} digits")
    return _integer(digits) if digits is text else -_integer(digits)


def _integer(digits: str) -> int:
    # In halves, because the time that `int` takes grows with the square of the length.
    if len(digits) <= _FEW_DIGITS:
        return int(digits)
    half = len(digits) // 2
    shift: int = 10**half
    return _integer(digits[:-half]) * shift + _integer(digits[-half:])


def _digits(number: int, count: int) -> str:
    """The last digits of a natural number, with zeros in front of a shorter one."""
    if count <= _FEW_DIGITS:
        return str(number).rjust(count, "0")
    half = count // 2
    high, low = divmod(number, 10**half)
    return _digits(high, count - half) + _digits(low, half)


def _no_json(text: str) -> NoReturn:
    raise ValueError(f"{text} is no JSON")


NO_CHARACTER = "half of a surrogate pair in a text has no place in JSON"
"""Why UTF-8 cannot have a text."""

json_bytes: Callable[[Any], bytes] = msgspec.json.Encoder(decimal_format="number").encode
"""A plain JSON value, or a text enum, as compact JSON text in UTF-8."""


def json_value(value: Any) -> Any:
    """The value converted to plain JSON values, times as RFC 3339, very long integers as raw JSON text.

    Raises:
        ValueError: JSON cannot represent the value.
    """
    match value:
        case int() if value.bit_length() > FEW_BITS:
            return msgspec.Raw(integer_text(value).encode())
        case None | str() | int():
            return value
        case float() | Decimal() if Decimal(value).is_finite():
            return value
        case datetime():
            return time_out(value)
        case list() | tuple():
            return [json_value(each) for each in cast("list[Any]", value)]
        case Mapping():
            members: list[tuple[Any, Any]] = [*value.items()]
            if not all(isinstance(name, str) for name, _ in members):
                raise ValueError("an object's member has a name that is no text: JSON has only texts")
            return {name: json_value(member) for name, member in members}
        case _:
            what = "a number that is not finite" if isinstance(value, float | Decimal) else f"a {type(value).__name__}"
            raise ValueError(f"{what} has no place in JSON")


def json_text(value: Any) -> str:
    """A value as compact JSON text.

    Raises:
        ValueError: JSON cannot represent the value.
    """
    try:
        return json_bytes(json_value(value)).decode()
    except UnicodeEncodeError:
        raise ValueError(NO_CHARACTER) from None
