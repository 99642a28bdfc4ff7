"""A sink that stores rows and checkpoints in a PostgreSQL database, in one transaction."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, NoReturn, TypeVar

import attrs

from payments_async.drain.checkpoint import Ledger, left_by, numbers_of, partition_lost
from payments_async.drain.errors import DrainError, PartitionLostError, TargetLostError
from payments_async.drain.partition import Checkpoint, Step
from payments_async.drain.rows import columns
from payments_async.drain.sinks.dsn import name_of
from payments_async.drain.sinks.postgresql_driver import asyncpg_module, connect, explained, is_lost
from payments_async.drain.sinks.postgresql_values import (
    NULL,
    TYPES,
    Records,
    check_name,
    declared,
    quoted,
    recording,
    text_stored,
    time_out,
)
from payments_async.drain.sinks.sink import Opening, Sink, converting, run_in_thread
from payments_async.wire.hidden import hidden

T = TypeVar("T")

_DRAINS, _CHECKPOINTS = "payments_async_drain", "payments_async_checkpoint"
_STAGING = "payments_async_staging"
_PAUSES = (0.0, 0.5, 1.0, 2.0, 4.0)
"""Seconds before each attempt to connect again after a commit has lost its connection."""

# A worker that is cut off must not keep others waiting for longer than they have patience. A plan that suits an empty
# table must not be kept while it grows.
_SESSION = f"""
SET idle_in_transaction_session_timeout = '10s';
SELECT set_config(name, 'force_custom_plan', false) FROM pg_settings WHERE name = 'plan_cache_mode';
CREATE TEMPORARY TABLE {_STAGING} ({{columns}}) ON COMMIT DELETE ROWS;
"""  # noqa: S608  # names of this module


class PostgreSQL(Sink):
    """Stores rows in a table of a PostgreSQL database; needs the extra `postgres`.

    A row with the same key replaces the stored one. Integers are `numeric`, times `timestamptz`, lists and maps `json`.
    The first commit creates what is missing: the schema, the table, and two tables for the checkpoints of all drains
    into this schema. The password and TLS are set as for libpq: in the DSN, or by `PGPASSWORD`, `PGPASSFILE`,
    `PGSSLMODE` and so on.

    Args:
        dsn: The database, such as `postgresql://user@host:5432/database?sslmode=verify-full`.
        table: The table; by default, it is named after the resource.
        schema: The schema of the table.

    Raises:
        ValueError: the DSN is not one, or a name has more than 63 bytes.
    """

    format: str = "postgresql"

    def __init__(self, dsn: str, *, table: str | None = None, schema: str = "public") -> None:
        dsn = hidden(dsn)  # in this frame too
        self._dsn = dsn
        self.database: str = name_of(dsn)
        """The database without its password, as messages name it."""
        for name in (schema, table):
            if name is not None:
                check_name(name)
        self.schema: str = schema
        self.table: str | None = table
        self._opening: Opening
        self._name: str
        self._connection: Any = None
        self._started: bool
        self._oid: int | None

    def __reduce__(self) -> NoReturn:
        raise TypeError("a PostgreSQL sink is not pickled, because its DSN may contain a password: create it anew")

    @property
    def _where(self) -> str:
        return f"the table {self.schema}.{self._name} of {self.database}"

    @property
    def _columns(self) -> dict[str, str]:
        """The type of each column."""
        return {name: TYPES[kind] for name, kind in columns(self._opening.model).items()}

    def _in_schema(self, table: str) -> str:
        return f"{quoted(self.schema)}.{quoted(table)}"

    # Opening

    async def open(self, opening: Opening) -> Ledger:
        """Connect, and read the checkpoints of this drain."""
        self._opening = opening
        self._name = self.table or opening.identity.resource
        check_name(self._name)
        if self._name in {_DRAINS, _CHECKPOINTS}:
            raise DrainError(f"a drain keeps its checkpoints in {self._name}: give another table")
        await run_in_thread(asyncpg_module)  # importing it takes long
        return await self._run(self._open)

    async def _open(self) -> Ledger:
        async with self._transaction() as database:
            return await self._load(database)

    async def _load(self, database: Any) -> Ledger:
        """The checkpoints that earlier runs have committed."""
        opening, where = self._opening, self._where
        oids = await self._oids(database)
        self._oid = oids.get(self._name)
        self._started = self._oid is not None and not opening.replace
        if not self._started:
            return Ledger()
        if not opening.resume:
            raise DrainError(f"{where} exists already: resume it, replace it, or give another table")
        identity = await self._identity(database, oids)
        if identity is None:
            raise DrainError(f"{where} is not from a drain: replace it, or give another table")
        await self._check_columns(database)
        try:
            opening.identity.check(json.loads(identity), where)
            return Ledger(await self._checkpoints(database, opening.numbers))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise DrainError(f"the checkpoint of {where} is damaged: replace the table") from None

    async def _check_columns(self, database: Any) -> None:
        rows = await database.fetch(
            "SELECT attname, format_type(atttypid, atttypmod), attnotnull FROM pg_attribute"
            " WHERE attrelid = $1 AND attnum > 0 AND NOT attisdropped",
            self._oid,
        )
        found, wanted = {name: kind for name, kind, _ in rows}, self._columns
        for name in {**wanted, **found}:
            has, needs = found.get(name, "not there"), wanted.get(name, "not there")
            if has != needs:
                raise DrainError(
                    f"{self._where} has other columns than the rows of this drain: {name} is {has} instead of {needs}; "
                    "replace the table, or give another one"
                )
        if nullable := {name for name, _, required in rows if not required}.intersection(self._opening.key):
            raise DrainError(
                f"{self._where} may have rows without {nullable.pop()}, which identifies them: make it the primary key "
                "again, or replace the table"
            )

    async def _oids(self, database: Any) -> dict[str, int]:
        """What identifies those of the tables that exist, by name: no other table of the same name has it."""
        # Not `to_regclass`: after waiting for a lock, it may not see yet what others have committed.
        query = (
            "SELECT relname, pg_class.oid FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace"
            " WHERE nspname = $1 AND relname = ANY($2)"
        )
        return dict(await database.fetch(query, self.schema, [self._name, _DRAINS, _CHECKPOINTS]))

    async def _identity(self, database: Any, oids: Mapping[str, int]) -> str | None:
        """The identity of the drain that fills the table, as JSON text."""
        if _DRAINS not in oids:
            return None
        query = f"SELECT identity FROM {self._in_schema(_DRAINS)} WHERE name = $1"  # noqa: S608  # quoted
        identity: str | None = await database.fetchval(query, self._name)
        return identity

    async def _checkpoints(self, database: Any, numbers: Iterable[range] | None) -> list[Checkpoint]:
        """The stored checkpoints, of all partitions or of those with these numbers."""
        stored = f"SELECT checkpoint FROM {self._in_schema(_CHECKPOINTS)} WHERE drain = $1"  # noqa: S608  # quoted
        if numbers is None:
            rows = await database.fetch(stored, self._name)
        else:
            # By the index, a range after the other: of a long drain, it has many.
            wanted = "unnest($2::bigint[], $3::bigint[]) AS wanted (first, after)"
            each = f"LATERAL ({stored} AND number >= first AND number < after OFFSET 0) AS each"
            firsts, afters = [each.start for each in numbers], [each.stop for each in numbers]
            rows = await database.fetch(f"SELECT checkpoint FROM {wanted}, {each}", self._name, firsts, afters)  # noqa: S608
        return [Checkpoint.from_json(json.loads(text)) for (text,) in rows]

    # Committing

    async def prepared(self, step: Step) -> Step:
        """The step with its rows as the database takes them."""
        key = self._opening.key
        return await converting(step, recording(self._opening.model, key), key=key)

    async def commit(self, steps: Sequence[Step]) -> None:
        """Store the rows of these steps and move the checkpoints, in one transaction.

        If the connection is lost, connect again, and read from the checkpoints whether the transaction was committed.
        """
        records = Records()
        for step in steps:
            for each in step.rows:
                records |= each  # in place of an earlier row of the same key
        attempts = 0

        async def work() -> None:
            nonlocal attempts
            attempts += 1
            await self._commit(steps, records, again=attempts > 1)

        await self._run(work, pauses=_PAUSES)

    async def _commit(self, steps: Sequence[Step], records: Records, *, again: bool) -> None:
        async with self._transaction() as database:
            # First what takes long: a worker that is cut off here keeps nobody from committing.
            if records:
                lines = memoryview(b"".join(records.values()))  # asyncpg would take bytes for a path
                names = [*self._columns]
                await database.copy_to_table(_STAGING, schema_name="pg_temp", columns=names, source=lines, null=NULL)
            # Many may write to a table at once, but none while it is created or replaced.
            lock = "pg_advisory_xact_lock_shared" if self._started else "pg_advisory_xact_lock"
            await database.execute(f"SELECT {lock}(hashtextextended($1, 0))", self._in_schema(self._name))
            oids = await self._oids(database)
            oid = oids.get(self._name)
            mine = oid is not None and await self._identity(database, oids) == self._identity_text
            if again and mine and await self._has(database, steps):
                pass
            elif self._started and not (mine and oid == self._oid):
                raise PartitionLostError(f"{self._where} was replaced or removed while this drain was writing to it")
            else:
                if not self._started:
                    oid = await self._start(database, oids)
                await self._move(database, steps)
                if records:
                    await self._insert(database)
        self._started, self._oid = True, oid

    @property
    def _identity_text(self) -> str:
        return json.dumps(attrs.asdict(self._opening.identity))

    async def _start(self, database: Any, oids: Mapping[str, int]) -> int:
        """Create the table; replace an existing one if requested, but none that has come since this drain began."""
        exists = self._name in oids
        if exists and not (self._opening.replace and oids[self._name] == self._oid):
            raise PartitionLostError(f"another drain has created {self._where}")
        # Of two drains into one schema, only one may create it.
        await database.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", quoted(self.schema))
        if not await database.fetchval("SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1)", self.schema):
            await database.execute(f"CREATE SCHEMA {quoted(self.schema)}")
        drains, checkpoints, table = map(self._in_schema, (_DRAINS, _CHECKPOINTS, self._name))
        if _CHECKPOINTS not in await self._oids(database):
            await database.execute(
                f"CREATE TABLE {drains} (name text PRIMARY KEY, identity text NOT NULL);"
                f"CREATE TABLE {checkpoints} (drain text REFERENCES {drains}, number bigint, checkpoint text NOT NULL,"
                " PRIMARY KEY (drain, number))"
            )
        if exists:
            await database.execute(f"DROP TABLE {table}")
        key = ", ".join(map(quoted, self._opening.key))
        await database.execute(
            f"CREATE TABLE {table} ({declared(self._columns, self._opening.key)}, PRIMARY KEY ({key}))"
        )
        await database.execute(f"DELETE FROM {checkpoints} WHERE drain = $1", self._name)  # noqa: S608  # quoted
        await database.execute(
            f"INSERT INTO {drains} VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET identity = EXCLUDED.identity",  # noqa: S608
            self._name,
            self._identity_text,
        )
        return (await self._oids(database))[self._name]

    async def _has(self, database: Any, steps: Sequence[Step]) -> bool:
        """Whether these steps are committed already."""
        return left_by(steps) <= set(await self._locked(database, steps))

    async def _move(self, database: Any, steps: Sequence[Step]) -> None:
        """Compare the stored checkpoints with those that the steps start from, and replace them."""
        before = Ledger(await self._locked(database, steps))
        after = before.moved(steps)
        old = {each.partition.number for each in set(before) - set(after)}
        new = {each.partition.number: json.dumps(each.to_json()) for each in set(after) - set(before)}
        table = self._in_schema(_CHECKPOINTS)
        if gone := old - new.keys():
            await database.execute(f"DELETE FROM {table} WHERE drain = $1 AND number = ANY($2)", self._name, [*gone])  # noqa: S608  # quoted
        added = await database.fetch(
            f"INSERT INTO {table} AS stored SELECT $1, number, checkpoint"  # noqa: S608  # quoted
            " FROM unnest($2::bigint[], $3::text[]) AS new (number, checkpoint) ORDER BY number"
            " ON CONFLICT (drain, number) DO UPDATE SET checkpoint = EXCLUDED.checkpoint"
            " WHERE stored.number = ANY($4::bigint[]) RETURNING number",
            self._name,
            [*new],
            [*new.values()],
            [*old],
        )
        if taken := new.keys() - {number for (number,) in added}:
            # Another transaction has just added it, where a driver was started again while old tasks go on.
            raise partition_lost(next(each for each in after if each.partition.number in taken))

    async def _locked(self, database: Any, steps: Sequence[Step]) -> list[Checkpoint]:
        """The stored checkpoints of these steps, which nobody else moves until the end of the transaction.

        Another transaction that moves them, even one whose connection was lost, ends first.
        """
        numbers = numbers_of(steps)
        moved = f"{self._in_schema(_CHECKPOINTS)} WHERE drain = $1 AND number = ANY($2)"
        firsts = [each.start for each in numbers]
        await database.execute(f"SELECT FROM {moved} ORDER BY number FOR UPDATE", self._name, firsts)  # quoted
        # Another statement, which sees what that transaction has committed.
        return await self._checkpoints(database, numbers)

    async def _insert(self, database: Any) -> None:
        names, key = [*self._columns], ", ".join(map(quoted, self._opening.key))
        listed = ", ".join(map(quoted, names))
        replaced = ", ".join(f"{quoted(name)} = EXCLUDED.{quoted(name)}" for name in names)
        await database.execute(
            # In the order of the key, so that two transactions with the same rows do not wait for each other.
            f"INSERT INTO {self._in_schema(self._name)} ({listed}) SELECT {listed} FROM pg_temp.{_STAGING}"  # noqa: S608
            f" ORDER BY {key} ON CONFLICT ({key}) DO UPDATE SET {replaced}"
        )

    # The rest

    async def recall(self, names: Sequence[str], take: Callable[[tuple[str, ...]], None]) -> None:
        """Call `take` with these columns of each row."""
        listed = ", ".join(map(quoted, names))

        async def read() -> None:
            async with self._transaction() as database:
                query = f"SELECT {listed} FROM {self._in_schema(self._name)}"  # noqa: S608  # quoted
                async for row in database.cursor(query, prefetch=1_000):
                    take(tuple(map(text_stored, row)))

        await self._run(read)

    async def aclose(self) -> None:
        """Close the connection."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(Exception):  # it may be lost, and everything is committed or given up
                await connection.close(timeout=5)

    @asynccontextmanager
    async def _transaction(self) -> AsyncGenerator[Any]:
        """Commit all statements of the block, or none of them; connect first if there is no connection."""
        if self._connection is None:
            self._connection = await self._connected()
        async with self._connection.transaction(isolation="read_committed"):
            yield self._connection

    async def _connected(self) -> Any:
        connection = await connect(self._dsn)
        try:
            await self._prepare(connection)
        except BaseException:
            connection.terminate()
            raise
        return connection

    async def _prepare(self, connection: Any) -> None:
        encoding = connection.get_settings().server_encoding
        if encoding != "UTF8":
            raise DrainError(f"{self.database} has the encoding {encoding}: give a database with UTF8")
        # Times are read as they are stored; rows are sent as text, so no time is encoded.
        await connection.set_type_codec(
            "timestamptz", schema="pg_catalog", encoder=str, decoder=time_out, format="tuple"
        )
        await connection.execute(_SESSION.format(columns=declared(self._columns, self._opening.key)))

    async def _run(self, work: Callable[[], Awaitable[T]], *, pauses: Iterable[float] = ()) -> T:
        """The result of some work; if it loses the connection, do it again after each pause.

        Raises:
            DrainError: the server refuses it or cannot be reached. It has no cause or context: their frames and details
                would hold the password and rows.
        """
        waits = iter(pauses)
        while True:
            problem, lost = "", False
            try:
                return await work()
            except DrainError:
                raise
            except Exception as error:  # noqa: BLE001  # see above: none of asyncpg may pass
                problem, lost = explained(error), is_lost(error, self._connection)
            if lost:
                self._terminate()
                if (pause := next(waits, None)) is not None:
                    await asyncio.sleep(pause)
                    continue
            kind = TargetLostError if lost else DrainError
            raise kind(f"{self.database}: {problem}; what was committed is kept")

    def _terminate(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()
