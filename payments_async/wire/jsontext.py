"""JSON text and plain JSON values, without losing a digit: integers of any size, fractions exactly as written."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, cast

import msgspec

from payments_async.wire.times import time_out

UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError, InvalidOperation)
"""The errors of reading: the text is not JSON, is nested too deeply, has another type, or a number out of range."""


def _number(digits: str) -> float | Decimal:
    """A JSON number with a fraction or an exponent: a float if it keeps all digits, otherwise a `Decimal`."""
    number = float(digits)
    # A float keeps any fifteen digits, and sixteen characters with a point or an `e` among them hold no more.
    if len(digits) <= 16 and 1e-290 < number < 1e290:
        return number
    exact = Decimal(digits)
    return number if math.isfinite(number) and Decimal(repr(number)) == exact else exact


def reader(kind: Any) -> Callable[[bytes], Any]:
    """A function that reads JSON text as a type that msgspec knows; it raises one of `UNREADABLE`."""
    return msgspec.json.Decoder(kind, float_hook=_number).decode


json_bytes = msgspec.json.Encoder(decimal_format="number").encode
"""A plain JSON value, or a text enum, as compact JSON text in UTF-8."""


def json_value(value: Any) -> Any:
    """The value converted to plain JSON values, times as RFC 3339.

    Raises:
        ValueError: JSON cannot represent the value.
    """
    match value:
        case None | str() | int():
            return value
        case float() if math.isfinite(value):
            return value
        case Decimal() if value.is_finite():
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
    return json_bytes(json_value(value)).decode()
