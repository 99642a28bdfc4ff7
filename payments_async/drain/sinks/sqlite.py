"""A sink that stores rows and checkpoints in a SQLite database, in one transaction."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import attrs

from payments_async.drain.checkpoint import Ledger, partition_lost
from payments_async.drain.errors import DrainError, PartitionLostError
from payments_async.drain.partition import Checkpoint, Step
from payments_async.drain.private import private
from payments_async.drain.rows import Kind, columns, json_of, plain
from payments_async.drain.sinks.sink import Opening, Sink, converting, run_in_thread
from payments_async.wire.hidden import without_frames

T = TypeVar("T")

_TABLES = """
CREATE TABLE IF NOT EXISTS drain (name TEXT PRIMARY KEY, identity TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS drain_checkpoint (
    drain TEXT NOT NULL REFERENCES drain, number INTEGER NOT NULL, checkpoint TEXT NOT NULL,
    PRIMARY KEY (drain, number)
);
"""


class SQLite(Sink):
    """Stores rows in a table of a SQLite database, named after the resource.

    A row with the same key replaces the stored one. Integers are text, because SQLite has none of more than 64 bits;
    times are text as RFC 3339 in UTC; lists and maps are JSON text.

    Args:
        path: The database; it may contain other tables and other drains.
    """

    format: str = "sqlite"

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path: Path = Path(path)
        self._database: sqlite3.Connection
        self._file: os.stat_result
        self._opening: Opening
        self._started: bool

    async def open(self, opening: Opening) -> Ledger:
        """Open the database, and read the checkpoints of this drain."""
        return await self._run(lambda: self._open(opening))

    def _open(self, opening: Opening) -> Ledger:
        self._opening = opening
        # Several threads use the connection, one after the other.
        try:
            open(self.path, "xb", opener=private).close()
        except FileExistsError:
            if not self.path.exists():
                raise DrainError(f"{self.path} is a symbolic link to nothing: remove it") from None
        except OSError:
            pass  # SQLite itself says better what is wrong
        database = self._database = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        # Long enough to wait for another drain's commit.
        database.execute("PRAGMA busy_timeout = 30000")
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        with self._transaction():
            for statement in _TABLES.split(";"):
                database.execute(statement)
            ledger = self._load(opening)
        self._file = self.path.stat()
        return ledger

    @contextmanager
    def _transaction(self) -> Generator[None]:
        """Commit all statements of the block, or none of them."""
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._database.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):  # when the disk is full, SQLite has rolled back by itself
                self._database.execute("ROLLBACK")
            raise

    def _load(self, opening: Opening) -> Ledger:
        """The checkpoints that earlier runs have committed."""
        name, database = opening.identity.resource, self._database
        if name.lower() in {"drain", "drain_checkpoint"} or name.lower().startswith("sqlite_"):
            raise DrainError(f"a drain cannot create a table named {name}: give the fan-out another name")
        exists = self._table_exists(name)
        drain = database.execute("SELECT identity FROM drain WHERE name = ?", (name,)).fetchone()
        self._started = exists and not opening.replace
        if not self._started:
            return Ledger()
        if not opening.resume:
            raise DrainError(f"{self.path} has a table {name} already: resume it, replace it, or give another file")
        if not drain:
            raise DrainError(f"the table {name} of {self.path} is not from a drain: replace it, or give another file")
        stored = database.execute("SELECT name, type FROM pragma_table_info(?)", (name,))
        if [f'"{column}" {kind}' for column, kind in stored] != _declared(opening):
            raise DrainError(
                f"the table {name} of {self.path} has other columns than the rows of this drain: "
                "replace it, or give another file"
            )
        rows = database.execute("SELECT checkpoint FROM drain_checkpoint WHERE drain = ?", (name,))
        try:
            opening.identity.check(json.loads(drain[0]), str(self.path))
            return Ledger(Checkpoint.from_json(json.loads(text)) for (text,) in rows)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise DrainError(f"the checkpoint of {name} in {self.path} is damaged: replace the table") from error

    def _table_exists(self, name: str) -> bool:
        query = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ? COLLATE NOCASE"
        return self._database.execute(query, (name,)).fetchone() is not None

    async def prepared(self, step: Step) -> Step:
        """The step with its rows as the table has them."""
        kinds = columns(self._opening.model)
        names = [*kinds]

        def stored(rows: Sequence[Any]) -> list[tuple[Any, ...]]:
            return [tuple(map(_stored, plain(row, names).values(), kinds.values())) for row in rows]

        return await converting(step, stored, key=self._opening.key)

    async def commit(self, steps: Sequence[Step]) -> None:
        """Store the rows of these steps and move the checkpoints, in one transaction."""
        await self._run(lambda: self._commit(steps))

    def _commit(self, steps: Sequence[Step]) -> None:
        name, names, database = self._opening.identity.resource, [*columns(self._opening.model)], self._database
        listed, marks = ", ".join(f'"{column}"' for column in names), ", ".join("?" * len(names))
        insert = f'INSERT OR REPLACE INTO "{name}" ({listed}) VALUES ({marks})'  # noqa: S608 - names of models' fields
        with self._transaction():
            self._check_unchanged()
            if not self._started:
                self._start(self._opening)
            holder = database.execute("SELECT identity FROM drain WHERE name = ?", (name,)).fetchone()
            if holder != (_identity_text(self._opening),):
                raise PartitionLostError(f"another drain has replaced the table {name} of {self.path}")
            for step in steps:
                self._move(name, step)
                self._insert(insert, step)
        self._started = True

    def _check_unchanged(self) -> None:
        """Check at each commit that the path still leads to the open database; SQLite would go on writing to it."""
        try:
            unchanged = os.path.samestat(self._file, self.path.stat())
        except FileNotFoundError:
            unchanged = False
        if not unchanged:
            raise DrainError(f"{self.path} was replaced, moved or removed; what was committed is in the former file")

    def _insert(self, statement: str, step: Step) -> None:
        # A function of its own, so that no rows are in a frame that raises an error of this package.
        for rows in step.rows:
            self._database.executemany(statement, rows)

    def _start(self, opening: Opening) -> None:
        """Create the table; replace an existing one if requested."""
        name, database = opening.identity.resource, self._database
        if opening.replace:
            database.execute(f'DROP TABLE IF EXISTS "{name}"')
        elif self._table_exists(name):
            raise PartitionLostError(f"another drain has created the table {name} of {self.path}")
        key = ", ".join(f'"{column}"' for column in opening.key)
        database.execute(f'CREATE TABLE "{name}" ({", ".join(_declared(opening))}, PRIMARY KEY ({key}))')
        database.execute("INSERT OR REPLACE INTO drain VALUES (?, ?)", (name, _identity_text(opening)))
        database.execute("DELETE FROM drain_checkpoint WHERE drain = ?", (name,))

    def _move(self, name: str, step: Step) -> None:
        """Replace the checkpoint that a step starts from by its new ones."""
        database = self._database
        if step.before is not None:
            number, before = step.before.partition.number, _text(step.before)
            deleted = database.execute(
                "DELETE FROM drain_checkpoint WHERE drain = ? AND number = ? AND checkpoint = ?",
                (name, number, before),
            )
            if deleted.rowcount != 1:
                raise partition_lost(step.before)
        for after in step.after:
            row = (name, after.partition.number, _text(after))
            if database.execute("INSERT OR IGNORE INTO drain_checkpoint VALUES (?, ?, ?)", row).rowcount != 1:
                raise partition_lost(after)

    async def recall(self, names: Sequence[str], take: Callable[[tuple[str, ...]], None]) -> None:
        """Call `take` with these columns of each row."""
        listed = ", ".join(f'"{column}"' for column in names)

        def read() -> None:
            rows = self._database.execute(f'SELECT {listed} FROM "{self._opening.identity.resource}"')  # noqa: S608
            for row in rows:
                take(tuple(map(str, row)))

        await self._run(read)

    async def aclose(self) -> None:
        """Close the database."""
        if hasattr(self, "_database"):
            await run_in_thread(self._database.close)

    async def _run(self, work: Callable[[], T]) -> T:
        try:
            return await run_in_thread(work)
        except sqlite3.Error as error:
            raise DrainError(f"{self.path}: {error}; what was committed is kept") from without_frames(error)


def _identity_text(opening: Opening) -> str:
    return json.dumps(attrs.asdict(opening.identity))


def _text(checkpoint: Checkpoint) -> str:
    return json.dumps(checkpoint.to_json())


def _stored(value: Any, kind: Kind) -> Any:
    """A plain value as the table has it; raises `ValueError` if it is a text that is not Unicode."""
    if value is None or kind == "boolean":
        return value
    text = value if isinstance(value, str) else json_of(value).decode()
    if not text.isascii():
        text.encode()
    return text


def _declared(opening: Opening) -> list[str]:
    """The columns of a drain's table, as they are created."""
    kinds = columns(opening.model).items()
    return [f'"{name}" {"INTEGER" if kind == "boolean" else "TEXT"}' for name, kind in kinds]
