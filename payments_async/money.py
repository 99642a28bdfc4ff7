"""Exact amounts: integers in an asset's minor unit, as in the API, and decimals in its main unit."""

from __future__ import annotations

import re
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, Decimal
from typing import cast

import attrs

LARGEST_EXPONENT = 255
"""No asset has more decimals: token contracts store their number in one byte. This limits the size of amounts."""

_NOTATION = re.compile(r"(?P<code>[^/]*)(?:/(?P<exponent>[+-]?[0-9]+))?")
# Decimal arithmetic rounds to the precision of its context, 28 digits by default. This context never rounds.
_EXACT = Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN)


@attrs.frozen
class Asset:
    """A currency and the number of its decimals, in the API's notation `USD/2`.

    Attributes:
        code: The currency, such as `USD`.
        exponent: How many decimals its main unit has: 1050 of `USD/2` is 10.50. `None` if it is unknown, to the server
            too: connectors write a bare code for currencies without decimals and for those that they do not know.

    Raises:
        ValueError: the code or the exponent is not valid.
    """

    code: str
    exponent: int | None = None

    def __attrs_post_init__(self) -> None:
        exponent = cast("object", self.exponent)
        if not isinstance(cast("object", self.code), str) or "/" in self.code or (not self.code and exponent is None):
            raise ValueError(f"the code of an asset is text without a slash, such as 'USD', not {self.code!r}")
        if exponent is not None and (type(exponent) is not int or abs(exponent) > LARGEST_EXPONENT):
            raise ValueError(
                f"the exponent of an asset is a whole number of decimals, {LARGEST_EXPONENT} at most, not {exponent!r}"
            )

    def __str__(self) -> str:
        return self.code if self.exponent is None else f"{self.code}/{self.exponent}"


def parse_asset(text: str) -> Asset:
    """Parse an asset such as `USD/2`, or a bare code such as `JPY`, whose exponent is unknown.

    It accepts all that the server accepts as the asset of a payment, including `usd/-1`, `/2`, and `USD/02`, which
    equals `USD/2`.

    Raises:
        ValueError: there is more than one slash, no whole number after it, or more decimals than any asset has.
    """
    match = _NOTATION.fullmatch(text)
    if match is None:
        raise ValueError(
            f"{text!r} is not an asset: give a code and a number of decimals, such as 'USD/2', or a bare code"
        )
    exponent = match["exponent"]
    return Asset(match["code"], None if exponent is None else int(exponent))


def to_decimal(amount: int, asset: Asset | str) -> Decimal:
    """The amount in the asset's main unit, exact at any size: 1050 of `USD/2` is `Decimal("10.50")`.

    Arithmetic with decimals rounds to 28 digits by default, so add up integers and convert only their sum.

    Raises:
        ValueError: the amount is not an integer, or the asset is not valid or has an unknown exponent.
    """
    if type(amount) is not int:
        raise ValueError(f"an amount is an int of the minor unit, not {amount!r}")
    return Decimal(amount).scaleb(-_exponent(asset), _EXACT)


def from_decimal(value: Decimal, asset: Asset | str) -> int:
    """The amount in the asset's minor unit, as the API expects it: `Decimal("10.50")` of `USD/2` is 1050.

    Raises:
        ValueError: the value is not a finite `Decimal`, or has a fraction of the minor unit; or the asset is not valid
            or has an unknown exponent.
    """
    if not isinstance(cast("object", value), Decimal) or not value.is_finite():
        raise ValueError(f"a value is a finite Decimal, such as Decimal('10.50'), not {value!r}")
    exponent = _exponent(asset)
    parts = value.as_tuple()
    power = cast("int", parts.exponent)
    if value and power > LARGEST_EXPONENT:
        raise ValueError(f"{value} is larger than any amount")
    surplus_digits = -(power + exponent)
    if surplus_digits > 0 and any(parts.digits[-surplus_digits:]):
        raise ValueError(f"{value} has a fraction of the minor unit of {asset}: round it first, in the way you need")
    return int(value.scaleb(exponent, _EXACT))


def _exponent(asset: Asset | str) -> int:
    parsed = asset if isinstance(asset, Asset) else parse_asset(asset)
    if parsed.exponent is None:
        raise ValueError(
            f"how many decimals {parsed} has is unknown: if you know, say so, as in Asset({parsed.code!r}, 0)"
        )
    return parsed.exponent
