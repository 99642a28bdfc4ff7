"""Exact amounts: integers in the minor unit of an asset, as the API has them, and decimals in its main unit."""

from __future__ import annotations

import re
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, Decimal
from typing import cast

import attrs

LARGEST_EXPONENT = 255
"""No asset has more decimals: token contracts keep their number in a byte. It bounds what amounts can grow to."""

_NOTATION = re.compile(r"(?P<code>[^/]*)(?:/(?P<exponent>[+-]?[0-9]+))?")
# Decimal arithmetic rounds to the digits of a context, 28 unless told otherwise: this one has room for all.
_EXACT = Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN)


@attrs.frozen
class Asset:
    """A currency and the number of its decimals, in the API's notation `USD/2`.

    Attributes:
        code: The currency, such as `USD`.
        exponent: How many decimals its main unit has: 1050 of `USD/2` is 10.50. `None` where the server knows it as
            little as we do: connectors write currencies that have no decimals, and those they do not know, bare.

    Raises:
        ValueError: nothing like it can be written as an asset.
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
    """Read the notation of assets: `USD/2`, or a bare code such as `JPY`, whose exponent is unknown.

    Whatever the server takes as the asset of a payment is one, so are `usd/-1`, `USD/02`, which is `USD/2`, and `/2`.

    Raises:
        ValueError: more than one slash, no whole number behind it, or more decimals than any asset has.
    """
    found = _NOTATION.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no asset: give a code and a number of decimals, such as 'USD/2', or a bare code")
    exponent = found["exponent"]
    return Asset(found["code"], None if exponent is None else int(exponent))


def to_decimal(amount: int, asset: Asset | str) -> Decimal:
    """The amount in the asset's main unit, exact at any size: 1050 of `USD/2` is `Decimal("10.50")`.

    Arithmetic with decimals rounds to 28 digits: sum up the integers, and make a decimal of the sum.

    Raises:
        ValueError: the amount is no integer; the asset is none, or has an unknown exponent.
    """
    if type(amount) is not int:
        raise ValueError(f"an amount is an int of the minor unit, not {amount!r}")
    return Decimal(amount).scaleb(-_exponent(asset), _EXACT)


def from_decimal(value: Decimal, asset: Asset | str) -> int:
    """The amount in the asset's minor unit, as the API takes it: `Decimal("10.50")` of `USD/2` is 1050.

    Raises:
        ValueError: the value is no finite `Decimal`, or has a fraction of the minor unit; the asset is none, or has an
            unknown exponent.
    """
    if not isinstance(cast("object", value), Decimal) or not value.is_finite():
        raise ValueError(f"a value is a finite Decimal, such as Decimal('10.50'), not {value!r}")
    exponent = _exponent(asset)
    parts = value.as_tuple()
    power = cast("int", parts.exponent)
    if value and power > LARGEST_EXPONENT:
        raise ValueError(f"{value} is larger than any amount")
    behind = -(power + exponent)
    if behind > 0 and any(parts.digits[-behind:]):
        raise ValueError(f"{value} has a fraction of the minor unit of {asset}: round it first, in the way you need")
    return int(value.scaleb(exponent, _EXACT))


def _exponent(asset: Asset | str) -> int:
    known = asset if isinstance(asset, Asset) else parse_asset(asset)
    if known.exponent is None:
        raise ValueError(
            f"how many decimals {known} has is unknown: if you know, say so, as in Asset({known.code!r}, 0)"
        )
    return known.exponent
