"""Sinks that append to one file and keep its checkpoint in a second file."""

from __future__ import annotations

import csv
import io
import os
import re
from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO, cast

from payments_async.drain.checkpoint import CheckpointFile, Identity, Ledger
from payments_async.drain.errors import DrainError
from payments_async.drain.partition import Step
from payments_async.drain.rows import columns, json_of, plain, text_of
from payments_async.drain.sinks import spreadsheet
from payments_async.drain.sinks.locks import is_current, lock
from payments_async.drain.sinks.sink import Opening, Sink, continues, converting, run_in_thread
from payments_async.wire.hidden import HiddenBytes, without_frames
from payments_async.wire.jsontext import UNREADABLE, integer_text, value_in

_END = 256
"""How many of the first and of the last committed bytes are compared at each commit."""

_FIELD = re.compile(r'(?:"((?:[^"]++|"")*+)"|([^",]*+))(,|\Z)')
"""A field of a CSV record, in quotes or not, and the comma after it."""


class FileSink(Sink):
    """Stores rows in a file, and the checkpoint in `FILE.checkpoint`.

    A commit appends the rows and syncs them to disk, then replaces the checkpoint, which contains the file's length.
    Data after that length was not committed; the next run cuts it off.

    Args:
        path: The file.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path: Path = Path(path)
        self.checkpoint: CheckpointFile = CheckpointFile(self.path.with_name(self.path.name + ".checkpoint"))
        self._file: BinaryIO
        self._identity: Identity
        self._key: tuple[str, ...]
        self._names: tuple[str, ...]
        # Whether `open` created the file; whether its head and first checkpoint are written.
        self._created = self._started = False
        self._offset: int
        self._ends: tuple[bytes, bytes]
        self._ledger: Ledger

    async def open(self, opening: Opening) -> Ledger:
        """Open the file."""
        return await run_in_thread(lambda: self._open(opening))

    def _open(self, opening: Opening) -> Ledger:
        self._identity, self._key, self._names = opening.identity, opening.key, tuple(columns(opening.model))
        self._ledger, self._offset, self._ends = Ledger(), 0, (b"", b"")
        try:
            continues(self.path, self.checkpoint.path, opening)  # before opening: a pipe, for example, would block
            self._created = not self.path.exists()
            self._file = lock(self.path, "x+b" if self._created else "r+b")
            # Check again: before the lock was taken, another drain may have started or continued the file.
            self._started = continues(self.path, self.checkpoint.path, opening) and self._resumed()
        except OSError as error:
            raise self._unusable(error) from error
        return self._ledger

    def _resumed(self) -> bool:
        """Load the checkpoint and cut the file off after it; tell whether the file has its head already."""
        ledger, offset = self.checkpoint.load(self._identity)
        size = self._file.seek(0, os.SEEK_END)
        if size < offset:
            raise DrainError(
                f"{self.path} has {size} bytes and its checkpoint says {offset}: restore a copy, or replace it"
            )
        head = self.head()
        self._file.seek(0)
        if offset and self._file.read(len(head)) != head:
            raise DrainError(
                f"{self.path} has other columns than the rows of this drain: replace it, or give another file"
            )
        if not ledger.done:  # after a finished drain, the user may have appended data
            self._file.truncate(offset)
        self._ledger, self._offset = ledger, offset
        self._ends = self._both_ends()
        return offset > 0 or not head

    def _start(self) -> None:
        # The checkpoint is written first: it marks the present content of the file as not committed.
        self.checkpoint.save(self._identity, Ledger())
        self._append(self.head())
        self._offset = self._file.tell()
        self._ends = self._both_ends()
        self.checkpoint.save(self._identity, Ledger(), self._offset)
        self._started = True

    async def prepared(self, step: Step) -> Step:
        """The step with its rows as bytes to append."""
        return await converting(step, self._encoded, key=self._key)

    async def commit(self, steps: Sequence[Step]) -> None:
        """Append the rows of these steps and move the checkpoint."""
        ledger = self._ledger.moved(steps)
        data = HiddenBytes(b"".join([encoded for step in steps for encoded in step.rows]))
        await run_in_thread(lambda: self._commit(data, ledger))

    def _commit(self, data: bytes, ledger: Ledger) -> None:
        try:
            end = self._store(data)
            self.checkpoint.save(self._identity, ledger, end)
        except OSError as error:
            raise self._unusable(error) from without_frames(error)
        self._ledger, self._offset = ledger, end
        self._ends = self._both_ends()

    def _store(self, data: bytes) -> int:
        """Append these rows; return the length of the file with them."""
        self._check_unchanged()
        if not self._started:
            self._start()
        self._append(data)
        self._check_unchanged()  # again: a file that was cut before the write has a gap now
        return self._offset + len(data)

    async def finish(self) -> None:
        """Check that the file still is what was committed."""
        await run_in_thread(self._check_unchanged)

    def _check_unchanged(self) -> None:
        """Check at each commit what opening the file checked.

        Raises:
            DrainError: somebody else has replaced, moved, removed, cut or overwritten the file meanwhile.
        """
        if not is_current(self._file):
            raise DrainError(f"{self.path} was replaced, moved or removed; what was committed is in the former file")
        size = self._file.seek(0, os.SEEK_END)
        if size < self._offset:
            raise DrainError(
                f"{self.path} was cut to {size} bytes although {self._offset} were committed: "
                "restore a copy and resume, or replace it"
            )
        if self._both_ends() != self._ends:
            raise DrainError(
                f"{self.path} was overwritten before byte {self._offset}, up to which it was committed: "
                "restore a copy and resume, or replace it"
            )

    def _both_ends(self) -> tuple[bytes, bytes]:
        """The first and the last bytes that were committed, which show that a file was cut or overwritten."""
        length = min(self._offset, _END)
        self._file.seek(0)
        first = self._file.read(length)
        self._file.seek(self._offset - length)
        return first, self._file.read(length)

    def _encoded(self, rows: Sequence[Any]) -> HiddenBytes:
        return HiddenBytes(self.encoded([plain(row, self._names) for row in rows]))

    def _append(self, data: bytes) -> None:
        """Write all of these bytes after the committed ones, in place of any others; or none of them."""
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

        def read() -> bool:
            with suppress(*UNREADABLE, KeyError, TypeError, ValueError), self.path.open("rb") as file:
                for row in self.decoded(file):
                    take(tuple(text_of(row[name]) for name in names))
                return True
            return False

        # Raised here, because the first error and its frames hold rows.
        if not await run_in_thread(read):
            raise DrainError(f"{self.path} is damaged: restore a copy, or start again with another target")

    async def aclose(self) -> None:
        """Close the file, and remove it if `open` created it and nothing was committed."""
        if hasattr(self, "_file") and not self._file.closed:
            await run_in_thread(self._close)

    def _close(self) -> None:
        with self._file:
            if self._created and not self.checkpoint.path.exists() and is_current(self._file):
                self.path.unlink()

    @abstractmethod
    def head(self) -> bytes:
        """The bytes that the file starts with."""

    @abstractmethod
    def encoded(self, rows: list[dict[str, Any]]) -> bytes:
        """The rows as bytes to append."""

    @abstractmethod
    def decoded(self, file: BinaryIO) -> Iterator[dict[str, Any]]:
        """The rows of a file."""


class JSONLines(FileSink):
    """One JSON object per line: exact integers, times as RFC 3339 in UTC, lists and maps as JSON."""

    format: str = "jsonl"

    def head(self) -> bytes:
        """No bytes."""
        return b""

    def encoded(self, rows: list[dict[str, Any]]) -> bytes:
        """One line per row."""
        return b"".join(json_of(row) + b"\n" for row in rows)

    def decoded(self, file: BinaryIO) -> Iterator[dict[str, Any]]:
        """One row per line."""
        return map(value_in, file)


class CSV(FileSink):
    """Comma-separated values (RFC 4180) with a header line: exact integers, times as RFC 3339 in UTC.

    Lists and maps are JSON text; `None` is an empty field.

    Args:
        path: The file.
        spreadsheet: Whether people open the file in a spreadsheet. It then starts with a byte order mark. A cell that
            the spreadsheet would run as a formula or read as another value starts with a tab: texts that start with
            `=`, `+`, `-` or `@`, texts of digits, and amounts of more than 15 digits. After each amount comes a column
            with the same amount in the main unit of its asset, such as `amount_main_unit`; it is empty where the
            decimals of the asset are not known.
    """

    format: str = "csv"

    def __init__(self, path: str | os.PathLike[str], *, spreadsheet: bool = False) -> None:
        super().__init__(path)
        self.spreadsheet = spreadsheet

    def head(self) -> bytes:
        """The header line: the names of the columns."""
        if not self.spreadsheet:
            return _csv([self._names])
        amounts = spreadsheet.amounts(self._names)
        names = [[name, spreadsheet.main_unit_column(name)] if name in amounts else [name] for name in self._names]
        return spreadsheet.BYTE_ORDER_MARK.encode() + _csv([[*chain(*names)]])

    def encoded(self, rows: list[dict[str, Any]]) -> bytes:
        """One record per row."""
        if self.spreadsheet:
            return _csv(map(_spreadsheet_cells, rows))
        return _csv([[_cell(value) for value in row.values()] for row in rows])

    def decoded(self, file: BinaryIO) -> Iterator[dict[str, Any]]:
        """One row per record."""
        with io.TextIOWrapper(file, encoding="utf-8-sig" if self.spreadsheet else "utf-8", newline="") as text:
            records = _records(text)
            names = next(records, list[str]())
            for record in records:
                cells = map(spreadsheet.unmarked, record) if self.spreadsheet else record
                yield dict(zip(names, cells, strict=True))


def _spreadsheet_cells(row: dict[str, Any]) -> Iterator[Any]:
    amounts = spreadsheet.amounts(row)
    for name, value in row.items():
        cell = _cell(value)
        match value:
            case bool() | None:
                yield cell
            case int():
                yield spreadsheet.number(cell)
            case _:
                yield spreadsheet.marked(str(cell))
        if name in amounts:
            yield spreadsheet.main_unit(value, row["asset"])


def _records(lines: Iterable[str]) -> Iterator[list[str]]:
    """The records of CSV text in the form in which `_csv` writes it.

    Not `csv.reader`: data of a provider may be longer than its limit for a field, which is one for the whole process.

    Raises:
        ValueError: a record is not in this form.
    """
    record: list[str] = []
    in_quotes = False
    for line in lines:
        record.append(line)
        in_quotes ^= line.count('"') % 2 == 1
        if not in_quotes:
            yield _fields("".join(record).removesuffix("\r\n"))
            record.clear()
    if record:
        raise ValueError("a record is not complete")


def _fields(record: str) -> list[str]:
    fields: list[str] = []
    comma, end = ",", 0
    while comma:
        match = _FIELD.match(record, end)
        if match is None:
            raise ValueError("a field is not quoted correctly")
        quoted, bare, comma = match.groups()
        fields.append(bare if quoted is None else quoted.replace('""', '"'))
        end = match.end()
    return fields


def _csv(records: Iterable[Iterable[Any]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(records)
    return text.getvalue().encode()


def _cell(value: Any) -> Any:
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return integer_text(value)
        case dict() | list():
            return json_of(cast("Any", value)).decode()
        case _:
            return value
