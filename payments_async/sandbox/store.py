"""The database: SQLite in memory or in a file, with a table per kind of row and the cascades of the server's schema."""

import sqlite3
from bisect import bisect_left
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar, cast

from payments_async.sandbox.collation import document_key, text_key
from payments_async.sandbox.wire import encode

TABLES = """
CREATE TABLE connector (
    id TEXT PRIMARY KEY, provider TEXT NOT NULL, name TEXT NOT NULL UNIQUE, created_at INTEGER NOT NULL,
    config TEXT NOT NULL
);
CREATE TABLE task (
    id TEXT PRIMARY KEY, connector_id TEXT NOT NULL REFERENCES connector ON DELETE CASCADE, created_at INTEGER NOT NULL,
    descriptor TEXT NOT NULL, status TEXT NOT NULL, state TEXT, error TEXT NOT NULL
);
CREATE TABLE account (
    id TEXT PRIMARY KEY, connector_id TEXT NOT NULL REFERENCES connector ON DELETE CASCADE, created_at INTEGER NOT NULL,
    reference TEXT NOT NULL, type TEXT NOT NULL, default_currency TEXT NOT NULL, account_name TEXT NOT NULL,
    metadata TEXT, raw TEXT
);
CREATE TABLE balance (
    account_id TEXT NOT NULL REFERENCES account ON DELETE CASCADE, created_at INTEGER NOT NULL,
    last_updated_at INTEGER NOT NULL, currency TEXT NOT NULL, balance TEXT NOT NULL
);
CREATE TABLE payment (
    id TEXT NOT NULL, connector_id TEXT NOT NULL REFERENCES connector ON DELETE CASCADE, created_at INTEGER NOT NULL,
    reference TEXT NOT NULL, type TEXT NOT NULL, status TEXT NOT NULL, amount TEXT NOT NULL,
    initial_amount TEXT NOT NULL, scheme TEXT NOT NULL, asset TEXT NOT NULL,
    source_account_id TEXT, destination_account_id TEXT, raw TEXT, adjustments TEXT NOT NULL DEFAULT '[]', metadata TEXT
);
CREATE TABLE pool (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, created_at INTEGER NOT NULL);
CREATE TABLE pool_account (
    pool_id TEXT NOT NULL REFERENCES pool ON DELETE CASCADE,
    account_id TEXT NOT NULL REFERENCES account ON DELETE CASCADE,
    PRIMARY KEY (pool_id, account_id)
);
CREATE TABLE bank_account (
    id TEXT PRIMARY KEY, created_at INTEGER NOT NULL, name TEXT NOT NULL, country TEXT NOT NULL,
    iban TEXT NOT NULL, account_number TEXT NOT NULL, swift_bic_code TEXT NOT NULL, metadata TEXT
);
CREATE TABLE related_account (
    id TEXT PRIMARY KEY, created_at INTEGER NOT NULL,
    bank_account_id TEXT NOT NULL REFERENCES bank_account ON DELETE CASCADE,
    connector_id TEXT NOT NULL REFERENCES connector ON DELETE CASCADE,
    account_id TEXT NOT NULL REFERENCES account ON DELETE CASCADE
);
CREATE TABLE transfer_initiation (
    id TEXT PRIMARY KEY, connector_id TEXT NOT NULL REFERENCES connector ON DELETE CASCADE, provider TEXT NOT NULL,
    created_at INTEGER NOT NULL, scheduled_at INTEGER, reference TEXT NOT NULL, description TEXT NOT NULL,
    type TEXT NOT NULL,
    source_account_id TEXT REFERENCES account ON DELETE CASCADE,
    destination_account_id TEXT NOT NULL REFERENCES account ON DELETE CASCADE,
    amount TEXT NOT NULL CHECK (amount >= '1'), initial_amount TEXT NOT NULL, asset TEXT NOT NULL, metadata TEXT
);
CREATE TABLE transfer_adjustment (
    id TEXT PRIMARY KEY, transfer_id TEXT NOT NULL REFERENCES transfer_initiation ON DELETE CASCADE,
    created_at INTEGER NOT NULL, status TEXT NOT NULL, error TEXT NOT NULL, metadata TEXT
);
CREATE TABLE transfer_payment (
    transfer_id TEXT NOT NULL REFERENCES transfer_initiation ON DELETE CASCADE, payment_id TEXT NOT NULL,
    created_at INTEGER NOT NULL, status TEXT NOT NULL, error TEXT NOT NULL
);
CREATE TABLE transfer_reversal (
    transfer_id TEXT NOT NULL REFERENCES transfer_initiation ON DELETE CASCADE, connector_id TEXT NOT NULL,
    reference TEXT NOT NULL, processed INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (connector_id, reference)
);
"""
INDICES = """
CREATE INDEX task_connector ON task (connector_id, created_at);
CREATE INDEX account_created ON account (created_at);
CREATE INDEX account_reference ON account (reference, id);
CREATE UNIQUE INDEX balance_account ON balance (account_id, created_at, currency);
CREATE UNIQUE INDEX payment_reference ON payment (reference);
CREATE INDEX payment_created ON payment (created_at);
CREATE INDEX pool_account_account ON pool_account (account_id);
CREATE INDEX related_account_bank_account ON related_account (bank_account_id);
CREATE INDEX related_account_account ON related_account (account_id);
CREATE INDEX transfer_initiation_source ON transfer_initiation (source_account_id);
CREATE INDEX transfer_initiation_destination ON transfer_initiation (destination_account_id);
CREATE INDEX transfer_adjustment_transfer ON transfer_adjustment (transfer_id, created_at);
CREATE INDEX transfer_payment_transfer ON transfer_payment (transfer_id, created_at);
CREATE INDEX transfer_reversal_transfer ON transfer_reversal (transfer_id);
"""
LINGUISTIC_INDICES = """
CREATE INDEX IF NOT EXISTS account_reference_linguistic ON account (text_key(reference), id);
CREATE INDEX IF NOT EXISTS payment_reference_linguistic ON payment (text_key(reference));
"""


@dataclass(frozen=True)
class Schema:
    """The tables of one version of the server.

    Args:
        version: a number that is stored in files, so that no other version opens them.
        tables: statements of SQL that create them.
        indices: statements that create their indices.
    """

    version: int
    tables: str
    indices: str


SCHEMA = Schema(version=1, tables=TABLES, indices=INDICES)
"""The tables of v2.0.9."""

_Read = TypeVar("_Read")
_OWN = "own_"
"""Begins the names of indices that the server does not have: they save time here, and no rows read."""


class Store:
    """Rows of the sandbox.

    Each statement outside of `transaction()` is a transaction of its own, as on the server, where the first step stays
    if the second one is refused.

    Args:
        path: file of the database, created if absent; None keeps everything in memory.
        schema: its tables.

    Raises:
        ValueError: the file has the tables of another version of the server.
    """

    def __init__(self, path: Path | None = None, schema: Schema = SCHEMA) -> None:
        self._schema = schema
        self._connection = sqlite3.connect(path or ":memory:", isolation_level=None, cached_statements=256)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA synchronous = OFF")
        self._connection.execute("PRAGMA foreign_keys = ON")
        self._connection.create_function("count_row", 0, self._count_row)
        self._connection.create_function("text_key", 1, text_key, deterministic=True)
        self._connection.create_function("document_key", 2, document_key, deterministic=True)
        self._answers = dict[str, tuple[int, Any]]()
        self.rows_read: int = 0
        """The number of rows that `listed` has read, without those that subqueries read."""
        version = self._connection.execute("PRAGMA user_version").fetchone()[0]
        self.fresh: bool = version == 0
        """Whether the database had no tables when it was opened."""
        if version not in (0, schema.version):
            self.close()
            raise ValueError(f"{path} was made by a sandbox of another version: give another file")

    def create_tables(self) -> None:
        """Create the tables; call it in the transaction that fills them, so that a file is never half filled."""
        for statement in self._schema.tables.split(";"):
            self._connection.execute(statement)

    def create_indices(self) -> None:
        """Create the indices, which the database needs before it is used."""
        for statement in self._schema.indices.split(";"):
            self._connection.execute(statement)
        self._connection.execute(f"PRAGMA user_version = {self._schema.version}")

    def create_linguistic_indices(self) -> None:
        """Create the indices by which lists are read in linguistic order, if they do not exist."""
        for statement in LINGUISTIC_INDICES.split(";"):
            self._connection.execute(statement)

    def all(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        """All rows of a query."""
        return self._connection.execute(sql, values).fetchall()

    def one(self, sql: str, *values: Any) -> sqlite3.Row | None:
        """The first row of a query."""
        row: sqlite3.Row | None = self._connection.execute(sql, values).fetchone()
        return row

    def listed(
        self,
        table: str,
        *,
        select: str,
        where: str,
        values: Sequence[Any],
        order: str,
        limit: int,
        offset: int,
        lookup: int = 0,
    ) -> list[sqlite3.Row]:
        """Rows of a table from an offset on; the rows read for it are counted in `rows_read`.

        Args:
            table: its name.
            select: columns in SQL.
            where: condition in SQL; empty for all rows.
            values: values of its placeholders.
            order: SQL expressions to sort by.
            limit: the maximum number of rows; below zero for all.
            offset: how many rows to skip.
            lookup: what each skipped and each returned row costs besides, in rows.
        """
        sql = f"SELECT {select} FROM {table} {{}} ORDER BY {order} LIMIT ? OFFSET ?"  # noqa: S608 - fixed texts
        if where and any(_OWN in step for step in self._plan(sql.format(f"WHERE {where}"), *values)):
            found = f"SELECT rowid FROM {table} WHERE {where} ORDER BY {order} LIMIT ? OFFSET ?"  # noqa: S608 - fixed texts
            placed = f"{select}, created_at AS last_time, rowid AS last_row"
            # Only the rows of the page are read whole, and not all that are sorted.
            page = f"SELECT {placed} FROM {table} WHERE rowid IN ({found}) ORDER BY {order}"  # noqa: S608 - fixed texts
            rows = self.all(page, *values, limit, offset)
            self.rows_read += self._scanned(table, rows, limit) + lookup * (offset + len(rows) if rows else 0)
            return rows
        if where or any("TEMP B-TREE" in step for step in self._plan(sql.format(""))):
            rows = self.all(sql.format(f"WHERE count_row() AND ({where or 1})"), *values, limit, offset)
            self.rows_read += lookup * (offset + len(rows) if rows else 0)
            return rows
        # Only the skipped and the returned rows are read; counting them one by one would take five times as long.
        rows = self.all(sql.format(""), limit, offset)
        read = offset + len(rows) if rows else self._length(table)
        self.rows_read += read * (1 + lookup)
        return rows

    def run(self, sql: str, *values: Any) -> int:
        """Run a statement, and return the number of rows that it changed."""
        return self._connection.execute(sql, values).rowcount

    def write(self, sql: str, **values: Any) -> None:
        """Run a statement with named placeholders."""
        self._connection.execute(sql, values)

    def insert(self, table: str, **members: Any) -> None:
        """Add a row."""
        self.insert_all(table, [members])

    def insert_all(self, table: str, rows: Iterable[dict[str, Any]]) -> None:
        """Add rows that all have the members of the first one."""
        remaining = iter(rows)
        for first in remaining:
            names = ", ".join(first)
            marks = ", ".join(f":{name}" for name in first)
            sql = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 - names are the sandbox's own
            self._connection.executemany(sql, chain([first], remaining))

    def insert_rows(self, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
        """Add rows whose values are in the order of these columns."""
        names, marks = ", ".join(columns), ", ".join("?" * len(columns))
        self._connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)  # noqa: S608 - names are the sandbox's own

    @contextmanager
    def transaction(self) -> Generator[None]:
        """Commit all statements inside, or none of them."""
        self._connection.execute("BEGIN")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def _plan(self, sql: str, *values: Any) -> list[str]:
        """The steps that the database takes for a page: which index it uses, and whether it has to sort."""
        return [step["detail"] for step in self.all(f"EXPLAIN QUERY PLAN {sql}", *values, 0, 0)]

    def _scanned(self, table: str, rows: list[sqlite3.Row], limit: int) -> int:
        """How many rows a server scans for these, newest first, that lacks an index of the sandbox's own."""
        if not 0 < limit == len(rows):
            return self._length(table)
        time, row = rows[-1]["last_time"], rows[-1]["last_row"]
        in_order = f"SELECT created_at FROM {table} ORDER BY created_at"  # noqa: S608 - fixed texts
        times = self._cached(in_order, lambda rows: [row[0] for row in rows])
        before = self.all(f"SELECT count(*) FROM {table} WHERE created_at = ? AND rowid < ?", time, row)[0][0]  # noqa: S608 - fixed texts
        return len(times) - bisect_left(times, time) - int(before)

    def _length(self, table: str) -> int:
        return self._cached(f"SELECT count(*) FROM {table}", lambda rows: int(rows[0][0]))  # noqa: S608 - fixed texts

    def _cached(self, sql: str, read: Callable[[list[sqlite3.Row]], _Read]) -> _Read:
        """What a query's rows are read as; asked again only after something was written."""
        written = self._connection.total_changes
        if self._answers.get(sql, (-1, None))[0] != written:
            self._answers[sql] = written, read(self.all(sql))
        return cast("_Read", self._answers[sql][1])

    def _count_row(self) -> bool:
        self.rows_read += 1
        return True

    def close(self) -> None:
        """Close the database."""
        self._connection.close()


def kept(text: str) -> str:
    """A text as the database stores it: without NUL, which the server removes from its SQL."""
    return text.replace("\0", "")


def kept_in_json(text: str) -> str:
    """A text as the database stores it in JSON: the server turns NUL into the six characters of its escape."""
    return text.replace("\0", r"\u0000")


def document(members: Mapping[str, str] | None) -> str | None:
    """Metadata as the database stores it in JSON; None for none."""
    if members is None:
        return None
    return encode({kept_in_json(name): kept_in_json(value) for name, value in members.items()})


def sortable(number: int) -> str:
    """Encode an integer of any size as text that sorts as the number does.

    The first character is the sign, the next four are the number of digits; of a negative number, all digits are
    complemented.
    """
    digits = str(abs(number))
    if number >= 0:
        return f"1{len(digits):04}{digits}"
    return f"0{9999 - len(digits):04}{digits.translate(_COMPLEMENT)}"


def numeral(text: str) -> str:
    """Decode to the digits of the number, with its sign if it is negative."""
    return text[5:] if text[0] == "1" else f"-{text[5:].translate(_COMPLEMENT)}"


def number(text: str) -> int:
    """Decode what `sortable` has encoded."""
    return int(numeral(text))


_COMPLEMENT = str.maketrans("0123456789", "9876543210")
