"""Tables for people to read: the columns of each resource, and how they fit into a terminal."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from collections.abc import Sequence
from typing import Any, TypeAlias, cast

from rich.cells import cell_len
from rich.table import Table

from payments_async.cli.messages import one_line
from payments_async.cli.options import Api, Resource
from payments_async.money import to_decimal

Row: TypeAlias = dict[str, Any]

COLUMNS: dict[Resource, tuple[str, ...]] = {
    "payments": ("created_at", "reference", "amount", "asset", "status", "type", "scheme", "provider", "id"),
    "accounts": ("created_at", "reference", "account_name", "type", "default_asset", "provider", "id"),
    "balances": ("account", "balance", "asset", "created_at", "last_updated_at", "account_id"),
    "bank-accounts": ("id", "name", "country", "created_at", "provider"),
    "pools": ("id", "name", "accounts"),
    "transfer-initiations": (
        *("created_at", "reference", "amount", "asset", "status"),
        *("type", "provider", "description", "error", "id"),
    ),
    "tasks": ("id", "provider", "status", "created_at", "task", "error"),
    "connectors": ("provider", "name", "connector_id"),
}
"""The columns of each resource. If the terminal is too narrow, the last ones are left out."""

V3_COLUMNS: dict[Resource, tuple[str, ...]] = {
    "payments": COLUMNS["payments"],
    "accounts": ("created_at", "reference", "name", "type", "default_asset", "provider", "id"),
    "balances": COLUMNS["balances"],
    "bank-accounts": ("id", "name", "country", "created_at"),
    "pools": ("id", "name", "type", "pool_accounts", "created_at"),
    "payment-initiations": COLUMNS["transfer-initiations"],
    "payment-service-users": ("id", "name", "created_at", "bank_account_ids"),
    "orders": (
        *("created_at", "reference", "direction", "source_asset", "destination_asset", "status", "type"),
        *("base_quantity_ordered", "base_quantity_filled", "provider", "id"),
    ),
    "conversions": (
        *("created_at", "reference", "source_amount", "source_asset", "destination_amount", "destination_asset"),
        *("status", "provider", "id"),
    ),
    "tasks": ("id", "status", "created_at", "updated_at", "created_object_id", "error"),
    "connectors": ("provider", "name", "created_at", "scheduled_for_deletion", "id"),
}
"""The columns of each resource of `--api v3`."""

AMOUNTS = {
    **dict.fromkeys(("amount", "balance", "initial_amount", "total"), "asset"),
    "source_amount": "source_asset",
    "destination_amount": "destination_asset",
}
"""Fields in the minor unit of an asset, with the field of the asset."""
_NUMERIC = {*AMOUNTS, "accounts", "bank_account_ids", "base_quantity_filled", "base_quantity_ordered", "pool_accounts"}
_FREE_TEXTS = {"account", "account_name", "description", "error", "name", "reference", "task"}
"""Columns that are shortened before any column is left out."""
_SHORTEST = 18
"""The minimum width of a shortened column, in characters."""
GAP = 2
"""Spaces between two columns."""


def amount_text(amount: int, asset: str) -> str:
    """The amount in the asset's main unit: 1050 of `USD/2` is 10.50; unchanged if the decimals are unknown."""
    try:
        return f"{to_decimal(amount, asset):,f}"
    except ValueError:
        return f"{amount:,}"


def cell(row: Row, column: str) -> str:
    """The text of one cell: a column of a row."""
    value = row.get(column)
    if column == "account":
        text = _part_of(row["account_id"], "Reference")
    elif column == "provider" and column not in row:
        text = _part_of(row["connector_id"], "Provider")
    elif column == "task":
        descriptor = row["descriptor"]
        named = cast("Row", descriptor) if isinstance(descriptor, dict) else {}
        text = str(named.get("name") or named.get("key") or "")
    elif column in AMOUNTS and value is not None:
        text = amount_text(value, row[AMOUNTS[column]])
    elif column.endswith("_at"):
        text = str(value)[:19].replace("T", " ")
    elif isinstance(value, list):
        text = f"{len(row[column]):,}"
    else:
        text = "" if value is None else str(value)
    return one_line(text)


def table(resource: Resource, rows: Sequence[Row], width: int, api: Api = "v1") -> Table:
    """A table of a resource's rows that fits into a width in characters."""
    columns = (V3_COLUMNS if api == "v3" else COLUMNS)[resource]
    texts = [[cell(row, column) for column in columns] for row in rows]
    widths = fitted(columns, [max(map(cell_len, each)) for each in zip(columns, *texts, strict=True)], width)
    made = plain_table()
    for column, room in zip(columns, widths, strict=False):
        made.add_column(
            column,
            width=room,
            justify="right" if column in _NUMERIC else "left",
            no_wrap=True,
            overflow="ellipsis" if column in _FREE_TEXTS else "fold",
        )
    for each in texts:
        made.add_row(*each[: len(widths)])
    return made


def plain_table(*, head: bool = True) -> Table:
    """A table without borders."""
    return Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), show_header=head, header_style="bold")


def fitted(columns: Sequence[str], wanted: Sequence[int], width: int) -> list[int]:
    """The widths of as many columns as fit, from the first on; free texts are shortened.

    Args:
        columns: The names of all columns.
        wanted: The full width of each column.
        width: The total width, including gaps.
    """
    least = [
        min(each, _SHORTEST) if column in _FREE_TEXTS else each for column, each in zip(columns, wanted, strict=True)
    ]
    count = len(columns)
    while count > 1 and sum(least[:count]) + GAP * (count - 1) > width:
        count -= 1
    widths = list(wanted[:count])
    while sum(widths) + GAP * (count - 1) > width and widths != least[:count]:
        longest = max(range(count), key=lambda each: widths[each] - least[each])
        widths[longest] -= 1
    return widths


def _part_of(id_: str, name: str) -> str:
    """A member of a connector's or an account's id, which is JSON in base64url; the id itself if it is not."""
    try:
        return str(json.loads(urlsafe_b64decode(id_ + "=="))[name])
    except (ValueError, KeyError, TypeError):
        return id_
