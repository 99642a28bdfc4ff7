"""Tables for people to read: the columns of each resource, and how they fit into a terminal."""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Sequence
from hashlib import sha256
from importlib import import_module
from typing import Any, TypeAlias, cast

from rich.cells import cell_len
from rich.table import Table

from payments_async.cli.messages import one_line
from payments_async.cli.options import Api, Resource
from payments_async.drain.rows import columns as columns_of
from payments_async.money import to_decimal

Row: TypeAlias = dict[str, Any]

COLUMNS: dict[Resource, tuple[str, ...]] = {
    "payments": (
        *("created_at", "reference", "amount", "asset", "status"),
        *("type", "scheme", "provider", "short_id", "id"),
    ),
    "accounts": ("created_at", "reference", "account_name", "type", "default_asset", "provider", "short_id", "id"),
    "balances": ("account", "balance", "asset", "created_at", "last_updated_at", "account_id"),
    "bank-accounts": ("id", "name", "country", "created_at", "provider"),
    "pools": ("id", "name", "accounts"),
    "transfer-initiations": (
        *("created_at", "reference", "amount", "asset", "status"),
        *("type", "provider", "description", "short_id", "error", "id"),
    ),
    "tasks": ("id", "provider", "status", "created_at", "task", "error"),
    "connectors": ("provider", "name", "connector_id"),
}
"""The columns of each resource. If the terminal is too narrow, the last ones are left out."""

V3_COLUMNS: dict[Resource, tuple[str, ...]] = {
    "payments": COLUMNS["payments"],
    "accounts": ("created_at", "reference", "name", "type", "default_asset", "provider", "short_id", "id"),
    "balances": COLUMNS["balances"],
    "bank-accounts": ("id", "name", "country", "created_at"),
    "pools": ("id", "name", "type", "pool_accounts", "created_at"),
    "payment-initiations": COLUMNS["transfer-initiations"],
    "payment-service-users": ("id", "name", "created_at", "bank_account_ids"),
    "orders": (
        *("created_at", "reference", "direction", "source_asset", "destination_asset", "status", "type"),
        *("base_quantity_ordered", "base_quantity_filled", "provider", "short_id", "id"),
    ),
    "conversions": (
        *("created_at", "reference", "source_amount", "source_asset", "destination_amount", "destination_asset"),
        *("status", "provider", "short_id", "id"),
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
    if column == "short_id":
        text = short_id(row["id"] if "id" in row else row["connector_id"])
    elif column == "account":
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


def fields(resource: Resource, api: Api) -> dict[str, str]:
    """The fields of the items of a list, with the kinds of their values; none if the resource has no list."""
    known: Any = import_module("payments_async.drain.v3" if api == "v3" else "payments_async.drain.resources")
    found = known.RESOURCES.get(resource.replace("-", "_"))
    return dict(columns_of(found.model)) if found else {}


def checked_columns(resource: Resource, names: Sequence[str], api: Api) -> tuple[str, ...]:
    """The columns that a user has chosen, separated by commas.

    Raises:
        ValueError: the list has no such column.
    """
    chosen = tuple(column.strip() for each in names for column in each.split(","))
    known = dict.fromkeys((*_default_columns(resource, api), *fields(resource, api)))
    if resource != "balances":
        known |= {"short_id": None}
    for column in chosen:
        if column not in known:
            raise ValueError(f"--columns {column}: {resource} have {', '.join(known)}")
    return chosen


def _default_columns(resource: Resource, api: Api) -> tuple[str, ...]:
    return (V3_COLUMNS if api == "v3" else COLUMNS)[resource]


def table(resource: Resource, rows: Sequence[Row], width: int, api: Api = "v1", chosen: Sequence[str] = ()) -> Table:
    """A table of a resource's rows.

    Args:
        resource: The resource.
        rows: The rows.
        width: The characters into which the table has to fit, unless columns are chosen.
        api: The API that has the resource.
        chosen: The columns to show, each one whole; by default, as many as fit.
    """
    columns = tuple(chosen) or _default_columns(resource, api)
    texts = [[cell(row, column) for column in columns] for row in rows]
    wanted = [max(map(cell_len, each)) for each in zip(columns, *texts, strict=True)]
    widths = wanted if chosen else fitted(columns, wanted, width)
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


_SHORT_ID = re.compile(r"[0-9a-f]{10}")


def short_id(item_id: str) -> str:
    """A short form of an id, for tables: ten hexadecimal digits of its hash."""
    return sha256(item_id.encode()).hexdigest()[:10]


def is_short_id(text: str) -> bool:
    """Whether a text is a short form of an id; no id of the server looks like one."""
    return _SHORT_ID.fullmatch(text) is not None


def id_of(item: Any) -> str:
    """The id of a model."""
    return str(item.id if hasattr(item, "id") else item.connector_id)


def _part_of(id_: str, name: str) -> str:
    """A member of a connector's or an account's id, which is JSON in base64url; the id itself if it is not."""
    try:
        return str(json.loads(urlsafe_b64decode(id_ + "=="))[name])
    except (ValueError, KeyError, TypeError):
        return id_
