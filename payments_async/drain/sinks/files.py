"""Sinks that append to one file, whose checkpoint stands beside it."""

from __future__ import annotations

import csv
import io
import os
from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, ClassVar

from payments_async.drain.checkpoint import CheckpointFile, Identity, Ledger
from payments_async.drain.errors import DrainError
from payments_async.drain.partition import Step
from payments_async.drain.rows import columns, plain
from payments_async.drain.sinks.locks import lock, stands
from payments_async.drain.sinks.sink import Opening, Sink, goes_on, undisturbed
from payments_async.wire.jsontext import UNREADABLE, json_bytes, reader

_LONGEST = 2**31 - 1
"""Characters that a field of CSV may have: what a provider sent may be long."""


class FileSink(Sink):
    """Rows in one file, and `FILE.checkpoint` beside it.

    A commit appends the rows and makes sure of them, then replaces the checkpoint, which holds the length of the file.
    What is behind that length was not committed, and is cut off by the next run.

    Args:
        path: The file.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self.checkpoint = CheckpointFile(self.path.with_name(self.path.name + ".checkpoint"))
        self._file: BinaryIO
        self._identity: Identity
        self._names: tuple[str, ...]
        # Whether the file is there only because it was opened; whether it has what a commit appends to.
        self._made = self._begun = False
        self._offset: int
        self._ledger: Ledger

    async def open(self, opening: Opening) -> Ledger:
        """Open the file for the rows to come."""
        return await undisturbed(lambda: self._open(opening))

    def _open(self, opening: Opening) -> Ledger:
        self._identity, self._names = opening.identity, tuple(columns(opening.model))
        self._ledger, self._offset = Ledger(), 0
        try:
            goes_on(self.path, self.checkpoint.path, opening)  # a pipe, say, waits for others when it is opened
            self._made = not self.path.exists()
            self._file = lock(self.path.open("x+b" if self._made else "r+b", buffering=0))
            # Until it was locked, another drain may have begun it, or gone on.
            self._begun = goes_on(self.path, self.checkpoint.path, opening) and self._resumed()
        except OSError as error:
            raise self._unusable(error) from error
        return self._ledger

    def _resumed(self) -> bool:
        """Whether there is something to go on from, behind which the file is cut off."""
        ledger, offset = self.checkpoint.load(self._identity)
        size = self._file.seek(0, os.SEEK_END)
        if size < offset:
            raise DrainError(
                f"{self.path} has {size} bytes and its checkpoint says {offset}: put a copy back, or replace it"
            )
        head = self.head()
        self._file.seek(0)
        if offset and self._file.read(len(head)) != head:
            raise DrainError(
                f"{self.path} begins with other columns than its rows would have: replace it, or give another file"
            )
        if not ledger.done:  # what is behind a finished drain is not its own
            self._file.truncate(offset)
        self._ledger, self._offset = ledger, offset
        return offset > 0 or not head

    def _begin(self) -> None:
        # The checkpoint comes first: from then on, what is in the file is not kept.
        self.checkpoint.save(self._identity, Ledger())
        self._append(self.head())
        self._offset = self._file.tell()
        self.checkpoint.save(self._identity, Ledger(), self._offset)
        self._begun = True

    async def commit(self, steps: Sequence[Step]) -> None:
        """Append the rows of these steps and move the checkpoint."""
        await undisturbed(lambda: self._commit(steps))

    def _commit(self, steps: Sequence[Step]) -> None:
        ledger = self._ledger.moved(steps)
        try:
            if not stands(self._file):
                raise DrainError(f"{self.path} has become another file; what was committed is in the former one")
            if not self._begun:
                self._begin()
            self._append(self.encoded([plain(row, self._names) for step in steps for row in step.rows]))
            self.checkpoint.save(self._identity, ledger, self._file.tell())
        except OSError as error:
            raise self._unusable(error) from error
        self._ledger, self._offset = ledger, self._file.tell()

    def _append(self, data: bytes) -> None:
        """Put these bytes behind those that count, in place of whatever is there; all of them, or none."""
        self._file.seek(self._offset)
        try:
            rest = memoryview(data)
            while rest:
                rest = rest[self._file.write(rest) :]
            self._file.truncate()
            os.fsync(self._file.fileno())
        except OSError:
            with suppress(OSError):
                self._file.truncate(self._offset)
            raise

    def _unusable(self, error: OSError) -> DrainError:
        kept = "what was committed is kept" if self._offset else "nothing was written"
        return DrainError(f"{self.path} cannot be written ({error.strerror or error}); {kept}")

    async def recall(self, names: Sequence[str], take: Callable[[tuple[str, ...]], None]) -> None:
        """Call `take` with these columns of each committed row."""

        def read() -> None:
            try:
                with self.path.open("rb") as file:
                    for row in self.decoded(file):
                        take(tuple(str(row[name]) for name in names))
            except (*UNREADABLE, KeyError, csv.Error) as error:
                raise DrainError(f"{self.path} is damaged: put a copy back, or begin again elsewhere") from error

        await undisturbed(read)

    async def aclose(self) -> None:
        """Close the file, and take it away again if nothing came of it."""
        if hasattr(self, "_file") and not self._file.closed:
            await undisturbed(self._close)

    def _close(self) -> None:
        with self._file:
            if self._made and not self.checkpoint.path.exists() and stands(self._file):
                self.path.unlink()

    @abstractmethod
    def head(self) -> bytes:
        """What the file begins with."""

    @abstractmethod
    def encoded(self, rows: list[dict[str, Any]]) -> bytes:
        """Rows as they are appended."""

    @abstractmethod
    def decoded(self, file: BinaryIO) -> Iterator[dict[str, Any]]:
        """The rows of a file."""


class JSONLines(FileSink):
    """One JSON object a line: integers exact, times in RFC 3339 and UTC, lists and maps as they are."""

    format: ClassVar[str] = "jsonl"

    def head(self) -> bytes:
        """Nothing."""
        return b""

    def encoded(self, rows: list[dict[str, Any]]) -> bytes:
        """A line each."""
        return b"".join(json_bytes(row) + b"\n" for row in rows)

    def decoded(self, file: BinaryIO) -> Iterator[dict[str, Any]]:
        """A row of each line."""
        return map(reader(dict[str, Any]), file)


class CSV(FileSink):
    """Comma-separated values (RFC 4180) under a line of names: integers exact, times in RFC 3339 and UTC.

    Lists and maps are JSON text; what is not there is empty.
    """

    format: ClassVar[str] = "csv"

    def head(self) -> bytes:
        """The names of the columns."""
        return _csv([self._names])

    def encoded(self, rows: list[dict[str, Any]]) -> bytes:
        """A record each."""
        return _csv([[_cell(value) for value in row.values()] for row in rows])

    def decoded(self, file: BinaryIO) -> Iterator[dict[str, Any]]:
        """A row of each record."""
        limit = csv.field_size_limit(_LONGEST)
        try:
            with io.TextIOWrapper(file, encoding="utf-8", newline="") as text:
                yield from csv.DictReader(text)
        finally:
            csv.field_size_limit(limit)


def _csv(records: Sequence[Sequence[Any]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(records)
    return text.getvalue().encode()


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return json_bytes(value).decode() if isinstance(value, dict | list) else value
