"""A sink that creates a Parquet file from parts, which are committed one by one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from payments_async.drain.checkpoint import CheckpointFile, Identity, Ledger, replacing
from payments_async.drain.errors import DrainError
from payments_async.drain.partition import Step
from payments_async.drain.rows import Kind, columns, json_of, microseconds, reader, time_of, time_text
from payments_async.drain.sinks.locks import is_current, lock
from payments_async.drain.sinks.sink import Opening, Sink, continues, converting, run_in_thread
from payments_async.wire.hidden import without_frames

T = TypeVar("T")

_DIGITS = 38
"""The most digits of a decimal that every Parquet reader supports."""


class Parquet(Sink):
    """Stores rows in a Parquet file; needs the extra `parquet`.

    Integers are `decimal(38, 0)`, or text in a column that contains a longer one; times are in UTC, to the microsecond;
    lists and maps are JSON text. Until the drain is done, its rows are in `FILE.parts`, and `FILE.checkpoint` contains
    the number of committed parts.

    Args:
        path: The file.
    """

    format: str = "parquet"
    batch: int = 5_000
    endless: bool = False

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path: Path = Path(path)
        self.checkpoint: CheckpointFile = CheckpointFile(self.path.with_name(self.path.name + ".checkpoint"))
        self.parts: Path = self.path.with_name(self.path.name + ".parts")
        self._lock: BinaryIO
        self._identity: Identity
        self._key: tuple[str, ...]
        self._model: type
        self._columns: dict[str, Kind]
        self._ledger: Ledger
        self._count: int
        self._started = False

    async def open(self, opening: Opening) -> Ledger:
        """Create the folder of parts, or check the existing parts."""
        return await run_in_thread(lambda: self._open(opening))

    def _open(self, opening: Opening) -> Ledger:
        _arrow("pyarrow.parquet")  # here, in a thread, because importing it takes long
        self._identity, self._key = opening.identity, opening.key
        self._model, self._columns = opening.model, columns(opening.model)
        self._ledger, self._count = Ledger(), 0
        try:
            continues(self.path, self.checkpoint.path, opening)  # creates nothing if the file is refused
            self.parts.mkdir(mode=0o700, exist_ok=True)
            if self.parts.is_symlink():
                raise DrainError(f"{self.parts} is a symbolic link: remove it")
            self._lock = lock(self.parts / "lock", "ab")
            # Check again: before the lock was taken, another drain may have started or continued the file.
            self._started = continues(self.path, self.checkpoint.path, opening)
            if self._started:
                self._ledger, self._count = self.checkpoint.load(opening.identity)
                self._check()
        except OSError as error:
            raise self._unusable(error) from error
        return self._ledger

    def _check(self) -> None:
        """Refuse to continue if a committed part is missing; a finished file needs no parts."""
        if self._finished():
            return
        for part in self._paths():
            if not part.exists() or part.read_bytes()[-4:] != b"PAR1":
                raise DrainError(f"{part} is missing or damaged: restore a copy, or replace {self.path}")

    def _finished(self) -> bool:
        """Whether this drain has finished the file already.

        Raises:
            DrainError: the path leads to another file.
        """
        if not self.path.exists():
            return False
        with suppress(OSError, ValueError):
            rows = _arrow("pyarrow.parquet").read_metadata(self.path).num_rows
            if self._ledger.done and rows == sum(each.items for each in self._ledger):
                return True
        raise DrainError(f"{self.path} exists and is not from this drain: move it and resume, or replace it")

    async def prepared(self, step: Step) -> Step:
        """The step with its rows as tables, which need less memory while they wait for a part."""
        return await converting(step, self._table, key=self._key)

    def _table(self, rows: Sequence[Any]) -> Any:
        columns = {name: _array(kind, [*map(reader(self._model, name), rows)]) for name, kind in self._columns.items()}
        return _arrow("pyarrow").table(columns)

    async def commit(self, steps: Sequence[Step]) -> None:
        """Write the rows of these steps as one more part, and move the checkpoint."""
        await run_in_thread(lambda: self._commit(steps))

    def _commit(self, steps: Sequence[Step]) -> None:
        ledger = self._ledger.moved(steps)
        rows = any(step.rows for step in steps)
        try:
            if not is_current(self._lock):
                raise DrainError(f"{self.parts} was moved or removed; what was committed is in the former folder")
            if not self._started:
                self._started = True
                self.path.unlink(missing_ok=True)
                self.checkpoint.save(self._identity, Ledger())
            if rows:
                self._store([table for step in steps for table in step.rows])
            self.checkpoint.save(self._identity, ledger, self._count + rows)
        except OSError as error:
            raise self._unusable(error) from without_frames(error)
        self._ledger, self._count = ledger, self._count + rows

    def _store(self, tables: list[Any]) -> None:
        """Write the next part."""
        schema = self._schema(table.schema for table in tables)
        part = _arrow("pyarrow").concat_tables([table.cast(schema) for table in tables])
        _write(self._paths(self._count + 1)[-1], schema, [part])

    def _schema(self, schemas: Iterable[Any]) -> Any:
        """The schema of tables with these ones: a column that is text in one of them is text in all."""
        pyarrow = _arrow("pyarrow")
        long = {field.name for schema in schemas for field in schema if field.type == pyarrow.string()}
        return pyarrow.schema([(name, _type(kind, long=name in long)) for name, kind in self._columns.items()])

    async def recall(self, names: Sequence[str], take: Callable[[tuple[str, ...]], None]) -> None:
        """Call `take` with these columns of each row of the parts."""

        def texts(name: str, column: Any) -> list[str]:
            if self._columns[name] == "time":  # as numbers, because Python cannot represent all of them in UTC
                return [time_text(time_of(each)) for each in column.cast("int64").to_pylist()]
            return [str(each) for each in column.to_pylist()]

        def read() -> None:
            for path in self._paths():
                table = self._read(path, lambda part: part.read(columns=[*names], use_threads=False))
                for row in zip(*(texts(name, table[name]) for name in names), strict=True):
                    take(row)

        await run_in_thread(read)

    async def finish(self) -> None:
        """Combine the parts into one file, and remove them."""
        await run_in_thread(self._finish)

    def _finish(self) -> None:
        if not self._finished():
            schema = self._schema(self._read(path, lambda part: part.schema_arrow) for path in self._paths())
            tables = (self._read(path, lambda part: _table(part, schema)) for path in self._paths())
            try:
                _write(self.path, schema, tables)
            except OSError as error:
                raise self._unusable(error) from without_frames(error)
        with suppress(OSError):
            for part in self.parts.glob("*.parquet*"):
                part.unlink()
        # The lock is removed last: without it, another drain may use the folder.
        shutil.rmtree(self.parts, ignore_errors=True)

    async def aclose(self) -> None:
        """Release the lock, and remove the folder if it contains no parts."""
        if hasattr(self, "_lock") and not self._lock.closed:
            await run_in_thread(self._close)

    def _close(self) -> None:
        with self._lock:
            if is_current(self._lock) and len([*self.parts.iterdir()]) == 1:
                shutil.rmtree(self.parts, ignore_errors=True)

    def _paths(self, count: int | None = None) -> list[Path]:
        numbers = range(1, (self._count if count is None else count) + 1)
        return [self.parts / f"{number:06}.parquet" for number in numbers]

    def _read(self, path: Path, read: Callable[[Any], T]) -> T:
        """What `read` returns for the Parquet file of a part."""
        try:
            # Not `read_table`, whose memory use grows from file to file.
            return read(_arrow("pyarrow.parquet").ParquetFile(path, pre_buffer=False))
        except (OSError, ValueError) as error:
            raise DrainError(f"{path} is damaged: restore a copy, or replace {self.path}") from error

    def _unusable(self, error: OSError) -> DrainError:
        return DrainError(f"{self.path} cannot be written ({error.strerror or error}); what was committed is kept")


def _write(path: Path, schema: Any, tables: Iterable[Any]) -> None:
    """Write a file atomically: it appears complete or not at all."""
    with replacing(path) as file, _arrow("pyarrow.parquet").ParquetWriter(file, schema) as writer:
        for table in tables:
            writer.write_table(table)
            del table
            _release_unused()


def _table(part: Any, schema: Any) -> Any:
    """The rows of a part, read column by column: reading all columns at once needs several times their memory."""
    columns = list[Any]()
    for field in schema:
        columns.append(part.read([field.name], use_threads=False).column(0).cast(field.type))
        _release_unused()
    return _arrow("pyarrow").table(columns, schema=schema)


def _release_unused() -> None:
    """Let the allocator return memory: it keeps several times what is in use."""
    _arrow("pyarrow").default_memory_pool().release_unused()


def _array(kind: Kind, values: list[Any]) -> Any:
    long = kind == "integer" and any(abs(value) >= 10**_DIGITS for value in values if value is not None)
    if long or kind in {"text", "json"}:
        values = [value if value is None or isinstance(value, str) else json_of(value).decode() for value in values]
    elif kind == "time":
        values = [None if value is None else microseconds(value) for value in values]
    pyarrow = _arrow("pyarrow")
    # The default pool takes four times as much memory while arrays grow.
    return pyarrow.array(values, _type(kind, long=long), memory_pool=pyarrow.system_memory_pool())


def _type(kind: Kind, *, long: bool) -> Any:
    pyarrow = _arrow("pyarrow")
    match kind:
        case "integer" if not long:
            return pyarrow.decimal128(_DIGITS, 0)
        case "boolean":
            return pyarrow.bool_()
        case "time":
            return pyarrow.timestamp("us", tz="UTC")
        case _:
            return pyarrow.string()


def _arrow(name: str) -> Any:
    """A module of pyarrow, as `Any` because pyarrow has no type hints.

    Raises:
        DrainError: it is not installed.
    """
    try:
        return import_module(name)
    except ModuleNotFoundError:
        raise DrainError(f"{name} is missing; install what the extra `parquet` needs: pip install pyarrow") from None
