"""What there is: pages of the rows of a table, for people."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from payments_async.sandbox.store import Store, numeral
from payments_async.sandbox.times import stamp

SIZE = 50
"""Rows of a page."""

Show = Callable[[Any], str]


@dataclass(frozen=True)
class Column:
    """A column of a page.

    Args:
        title: its head.
        sql: what is selected.
        show: turns the value into text.
        number: whether it is aligned as numbers are.
    """

    title: str
    sql: str
    show: Show = str
    number: bool = False


@dataclass(frozen=True)
class Table:
    """A kind of rows.

    Args:
        title: its name.
        name: of the table in the database.
        columns: what is shown.
    """

    title: str
    name: str
    columns: Sequence[Column]


@dataclass(frozen=True)
class Rows:
    """A page of rows.

    Args:
        total: how many rows meet the condition.
        page: the number of this page, from 1 on.
        pages: how many pages there are.
        texts: the rows' values, as texts.
    """

    total: int
    page: int
    pages: int
    texts: list[list[str]]


def _optional(value: Any) -> str:
    return "" if value is None else str(value)


_CREATED = Column("Created", "created_at", stamp)
_ID = Column("Id", "id")
_REFERENCE = Column("Reference", "reference")
_TYPE = Column("Type", "type")
_STATUS = Column("Status", "status")
_AMOUNT = Column("Amount", "amount", numeral, number=True)
_ASSET = Column("Asset", "asset")
_ACCOUNT = (_CREATED, _REFERENCE, _TYPE, Column("Name", "account_name", _optional), _ID)
_PAYMENT = (_CREATED, _REFERENCE, _TYPE, _STATUS, _AMOUNT, _ASSET, Column("Scheme", "scheme"), _ID)
_CONNECTOR = (_CREATED, Column("Name", "name"), Column("Provider", "provider"), _ID)
_LATEST = (
    "(SELECT status FROM transfer_adjustment WHERE transfer_id = transfer_initiation.id "
    "ORDER BY created_at DESC LIMIT 1)"
)
_ERROR = Column("Error", "error", _optional)

_PAYMENTS = Table("Payments", "payment", _PAYMENT)
_ACCOUNTS = Table("Accounts", "account", _ACCOUNT)
_CONNECTORS = Table("Connectors", "connector", _CONNECTOR)
_TRANSFER = (_CREATED, _REFERENCE, _TYPE, Column("Status", _LATEST, _optional), _AMOUNT, _ASSET, _ID)
_INITIATION = (_CREATED, _REFERENCE, _TYPE, _STATUS, _AMOUNT, _ASSET, _ERROR, _ID)

TABLES = {
    "payments": _PAYMENTS,
    "accounts": _ACCOUNTS,
    "transfers": Table("Transfers", "transfer_initiation", _TRANSFER),
    "tasks": Table("Tasks", "task", (_CREATED, _STATUS, Column("Descriptor", "descriptor"), _ERROR, _ID)),
    "connectors": _CONNECTORS,
}
"""The tables of version 2.0.9, by the last segment of their pages' paths."""
CURRENT_TABLES = {
    "payments": _PAYMENTS,
    "accounts": _ACCOUNTS,
    "initiations": Table("Initiations", "initiation", _INITIATION),
    "tasks": Table(
        "Tasks", "task", (_CREATED, _STATUS, Column("Created", "created_object_id", _optional), _ERROR, _ID)
    ),
    "connectors": _CONNECTORS,
}
"""Those of version 3.4."""


def read(store: Store, table: Table, *, having: str, page: int) -> Rows:
    """A page of rows, the latest first.

    Args:
        store: where they are.
        table: their kind.
        having: a text that one of the columns contains, whatever its case; empty for all rows.
        page: its number, from 1 on; beyond the last one, the last one.
    """
    columns = ", ".join(column.sql for column in table.columns)
    texts = [column.sql for column in table.columns if column.show in (str, _optional)]
    where = " OR ".join(f"instr(lower({text}), lower(?))" for text in texts) if having else "1"
    values = [having] * len(texts) if having else []
    # The names are the sandbox's own.
    total = int(store.all(f"SELECT COUNT(*) FROM {table.name} WHERE {where}", *values)[0][0])  # noqa: S608
    pages = max(1, -(-total // SIZE))
    page = min(max(1, page), pages)
    order = "ORDER BY created_at DESC, id LIMIT ? OFFSET ?"
    sql = f"SELECT {columns} FROM {table.name} WHERE {where} {order}"  # noqa: S608
    rows = store.all(sql, *values, SIZE, (page - 1) * SIZE)
    shown = [[column.show(value) for column, value in zip(table.columns, row, strict=True)] for row in rows]
    return Rows(total, page, pages, shown)
