"""Cells that spreadsheets show as they are: no formulas, no numbers that lose digits."""

from __future__ import annotations

import re
from collections.abc import Collection
from contextlib import suppress

from payments_async.money import to_decimal

BYTE_ORDER_MARK = "\ufeff"
"""Spreadsheets read a file that starts with it as UTF-8."""

_AMOUNTS = ("amount", "initial_amount", "balance")
_DIGITS = 15
"""Spreadsheets round numbers of more digits."""

# Spreadsheets run what starts with such a sign as a formula. A tab is among them, so that `unmarked` is exact.
_FORMULA = re.compile(r"[=+\-@＝＋－＠\t\r\n]")  # noqa: RUF001
# Spreadsheets read these as numbers, dates or times, and drop leading zeros.
_NUMBER = re.compile(r"[.,:/%eE +-]*+[0-9][0-9.,:/%eE +-]*+")
_MARK = "\t"


def main_unit_column(name: str) -> str:
    """The name of the column that has an amount in the main unit of its asset."""
    return f"{name}_main_unit"


def amounts(names: Collection[str]) -> list[str]:
    """Those columns that are amounts of the column `asset`."""
    return [name for name in _AMOUNTS if name in names] if "asset" in names else []


def main_unit(amount: int | None, asset: str | None) -> str:
    """An amount in the main unit of its asset, such as `10.50`; empty if the asset's decimals are not known."""
    if amount is not None and asset is not None:
        with suppress(ValueError):
            return number(f"{to_decimal(amount, asset):f}")
    return ""


def number(text: str) -> str:
    """A number as a cell, which is a text if a spreadsheet would round it."""
    return text if sum(each.isdigit() for each in text) <= _DIGITS else _MARK + text


def marked(text: str) -> str:
    """A text as a cell, with a leading tab if a spreadsheet would take it for something else."""
    return _MARK + text if _FORMULA.match(text) or _NUMBER.fullmatch(text) else text


def unmarked(cell: str) -> str:
    """The text of a cell."""
    return cell.removeprefix(_MARK)
