"""A sink of files in a folder that several machines reach: rows in files, and a log of commits beside them."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import secrets
import shutil
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from glob import escape
from pathlib import Path
from typing import Any, Self, TypeVar

import attrs

from payments_async.drain.checkpoint import Ledger, numbers_of, sealed, synced, unsealed
from payments_async.drain.errors import DrainError, PartitionLostError
from payments_async.drain.partition import Checkpoint, Step
from payments_async.drain.private import private
from payments_async.drain.rows import columns, json_of, plain
from payments_async.drain.sinks.sink import Opening, Sink, converting, run_in_thread
from payments_async.wire.hidden import without_frames

T = TypeVar("T")

_COMPLETE_EVERY = 50
"""One of so many records is complete, so that no worker has to read the whole log."""
_NO_LINKS = {errno.EPERM, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK}
"""What file systems say that have no hard links."""


@attrs.frozen(kw_only=True)
class Record:
    """A commit, as the log has it.

    Attributes:
        commit: Tells it from all other commits.
        previous: The commit before it.
        file: The name of the file with its rows; `None` if it has none.
        moved: The numbers of the partitions that it has moved.
        checkpoints: Those that these partitions have left; of a complete record, those of all partitions.
        run: Names the drain in the names of its files; in complete records only.
        drain: The identity of the drain; in complete records only.
    """

    commit: str
    previous: str | None
    file: str | None
    moved: frozenset[int]
    checkpoints: tuple[Checkpoint, ...] = attrs.field(repr=False)
    run: str | None = None
    drain: Mapping[str, Any] | None = None

    @property
    def text(self) -> bytes:
        """The record as it is stored."""
        return sealed({**attrs.asdict(self), "moved": sorted(self.moved)})

    @classmethod
    def read(cls, text: bytes) -> Self:
        """The record with this text; raises `ValueError`, `KeyError`, `TypeError` or `AttributeError` for any other."""
        content = unsealed(text)
        content["moved"] = frozenset(content["moved"])
        content["checkpoints"] = tuple(map(Checkpoint.from_json, content["checkpoints"]))
        return cls(**content)

    def on(self, ledger: Ledger) -> Ledger:
        """The ledger after this commit."""
        kept = [each for each in ledger if each.partition.number not in self.moved]
        return Ledger([*kept, *self.checkpoints])


class FolderSink(Sink):
    """Stores rows as JSON Lines in files of a folder that all workers reach, and the log of commits in `_commits`.

    A commit writes its rows into a file without a name, then appends a record to the log. The name of a record is its
    number, and only one worker can create it: another one reads it, and stops if its own partitions have moved. Then
    the file gets its name: of the run, of the last row's partition, and a digest of how far that has come. If the
    worker is lost before that, the next one that reads the record names the file. So each file `*.jsonl` is committed,
    complete, and does not change any more; the folder has all of them, and nothing that was not committed, once the
    drain is done.

    A row is in one file. Only a row that moves in its list while it is drained may be in two.

    Args:
        path: The folder, in a folder that exists.
    """

    format: str = "folder"
    batch: int = 2_000
    remembers: bool = False

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path: Path = Path(path)
        self.log: Path = self.path / "_commits"
        self._opening: Opening
        self._columns: tuple[str, ...]
        self._started: bool
        self._run: str
        self._number: int
        self._replaced: str | None
        self._last_commit: str | None
        self._ledger: Ledger
        self._unnamed: list[tuple[Path, Path]]

    # Opening

    async def open(self, opening: Opening) -> Ledger:
        """Read the log, from its last complete record on."""
        return await self._in_thread(lambda: self._open(opening))

    def _open(self, opening: Opening) -> Ledger:
        self._opening, self._columns = opening, tuple(columns(opening.model))
        self._number, self._last_commit, self._ledger, self._unnamed = -1, None, Ledger(), []
        if not self.path.parent.is_dir():
            raise DrainError(f"there is no folder {self.path.parent}: create it, or mount it on every machine")
        exists = self._exists()
        self._started = exists and not opening.replace
        if self._started:
            if not opening.resume:
                raise DrainError(f"{self.path} exists already: resume it, replace it, or give another folder")
            self._number = self._last_complete() - 1
            self._read_on()
        self._replaced = self._first_commit() if opening.replace else None
        return self._ledger

    def _first_commit(self) -> str | None:
        first = self._read(0)
        return None if first is None else first.commit

    def _exists(self) -> bool:
        """Whether there is a log.

        Raises:
            DrainError: something else is there.
        """
        exists = self._path(0).exists()
        free = exists or not self.path.exists() or (self.path.is_dir() and not any(self.path.iterdir()))
        if self.path.is_symlink() or not free:
            raise DrainError(f"{self.path} is not from a drain: move it away, or give another folder")
        return exists

    def _path(self, number: int) -> Path:
        return self.log / f"{number:08}.json"

    def _last_complete(self) -> int:
        """The number of the last complete record."""
        count = 1
        while self._path(count * _COMPLETE_EVERY).exists():
            count *= 2
        missing = bisect_left(range(count), True, key=lambda each: not self._path(each * _COMPLETE_EVERY).exists())
        return (missing - 1) * _COMPLETE_EVERY

    def _read(self, number: int) -> Record | None:
        """A record of the log, `None` if there is none with this number."""
        path = self._path(number)
        try:
            return Record.read(path.read_bytes())
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError, AttributeError):
            raise DrainError(f"{path} is damaged: restore a copy, or replace {self.path}") from None

    def _read_on(self) -> None:
        """Take what was committed since the last record that was read."""
        while (record := self._read(self._number + 1)) is not None:
            if self._last_commit not in {None, record.previous}:
                raise self._lost()
            if record.drain is not None:
                self._opening.identity.check(record.drain, str(self.log))
            self._take(record)

    def _take(self, record: Record) -> None:
        self._number, self._last_commit, self._ledger = self._number + 1, record.commit, record.on(self._ledger)
        self._run = record.run or self._run
        if record.file is not None:
            self._unnamed.append((self._new(record.commit), self.path / record.file))

    def _new(self, commit: str) -> Path:
        """Where the rows of a commit are until it is in the log."""
        return self.path / f"{commit}.new"

    def _lost(self) -> PartitionLostError:
        return PartitionLostError(f"{self.path} was replaced or removed while this drain was writing to it")

    # Committing

    async def prepared(self, step: Step) -> Step:
        """The step with its rows as lines of JSON."""

        def encoded(rows: Sequence[Any]) -> bytes:
            return b"".join(json_of(plain(row, self._columns)) + b"\n" for row in rows)

        return await converting(step, encoded, key=self._opening.key)

    async def commit(self, steps: Sequence[Step]) -> None:
        """Write the rows of these steps into a file, and append a record to the log."""
        await self._in_thread(lambda: self._commit(steps))

    def _commit(self, steps: Sequence[Step]) -> None:
        if not self._started:
            self._begin()
        self._read_on()
        ledger = self._ledger.moved(steps)  # before anything is written: a worker that was cut off leaves nothing
        commit = secrets.token_hex(8)
        file = self._write(steps, commit)
        while not self._append(record := self._record(commit, ledger, file, numbers_of(steps))):
            self._read_on()
            ledger = self._ledger.moved(steps)
        self._take(record)
        self._name_files()

    def _begin(self) -> None:
        """Create the folder with the first record, and move away the one that it replaces."""
        self._run = secrets.token_hex(4)
        new, old = self._aside("new"), self._aside("old")
        record = self._record(secrets.token_hex(8), Ledger())
        try:
            for folder in (new, new / self.log.name):
                folder.mkdir(mode=0o700)
            _create(new / self.log.name / self._path(0).name, record.text)
            for folder in (new / self.log.name, new):
                synced(folder)
            if self._opening.replace and self._exists():
                self._move_to(old)
            new.rename(self.path)
        except Exception as error:
            shutil.rmtree(new, ignore_errors=True)
            with suppress(OSError):  # it was not moved away, or another drain has begun in its place
                old.rename(self.path)
            if isinstance(error, OSError) and error.errno in {errno.EEXIST, errno.ENOTEMPTY}:
                raise self._not_first() from None
            raise
        synced(self.path.parent)
        self._started = True
        self._take(record)
        shutil.rmtree(old, ignore_errors=True)

    def _move_to(self, old: Path) -> None:
        """Move the folder away that is to be replaced, but none that has come since this drain began."""
        if self._first_commit() != self._replaced:
            raise self._not_first()
        self.path.rename(old)

    def _not_first(self) -> PartitionLostError:
        return PartitionLostError(f"another drain has begun to write to {self.path}")

    def _aside(self, what: str) -> Path:
        return self.path.with_name(f".{self.path.name}.{self._run}.{what}")

    def _write(self, steps: Sequence[Step], commit: str) -> str | None:
        """Write the rows of these steps; return the name that the file will have, which tells no key."""
        after = [step.after[0] for step in steps if step.rows]
        if not after:
            return None
        _create(self._new(commit), b"".join(lines for step in steps for lines in step.rows))
        digest = hashlib.sha256(json.dumps(after[-1].to_json()).encode()).hexdigest()
        return f"{self._run}-{after[-1].partition.number:06}-{digest[:16]}.jsonl"

    def _record(self, commit: str, ledger: Ledger, file: str | None = None, numbers: Iterable[range] = ()) -> Record:
        """The next record: of a commit that moves the partitions with these numbers, and leaves this ledger."""
        moved = frozenset(each.start for each in numbers)
        complete = (self._number + 1) % _COMPLETE_EVERY == 0
        return Record(
            commit=commit,
            previous=self._last_commit,
            file=file,
            moved=moved,
            checkpoints=tuple(each for each in ledger if complete or each.partition.number in moved),
            run=self._run if complete else None,
            drain=attrs.asdict(self._opening.identity) if complete else None,
        )

    def _append(self, record: Record) -> bool:
        """Append a record to the log; `False` if another worker was first.

        Raises:
            PartitionLostError: this is not the log any more that was read.
        """
        self._name_files()  # now, because the records before a complete one are not read again
        synced(self.path)
        path, new = self._path(self._number + 1), self.log / f"{record.commit}.new"
        _create(new, record.text)
        try:
            # After `new` was created: if the folder is replaced from now on, `new` is not there to be linked.
            self._check_current()
            self._link(new, path)
            synced(self.log)
        except FileExistsError:
            return False
        finally:
            with suppress(OSError):
                new.unlink()
        return True

    def _check_current(self) -> None:
        found = self._read(self._number)
        if found is None or found.commit != self._last_commit:
            raise self._lost()

    def _link(self, new: Path, path: Path) -> None:
        """Give a record its name.

        Raises:
            FileExistsError: there is another record of this name.
            PartitionLostError: the folder was replaced or removed.
            DrainError: the file system has no hard links.
        """
        try:
            os.link(new, path)
        except FileExistsError:
            # A file system on a network may repeat a request, and say this of what it has just done itself.
            if not path.samefile(new):
                raise
        except FileNotFoundError:
            raise self._lost() from None
        except OSError as error:
            if error.errno in _NO_LINKS:
                raise DrainError(
                    f"{self.path} is on a file system without hard links ({error.strerror}): give another folder"
                ) from None
            raise

    def _name_files(self) -> None:
        """Give the files of commits that were read their names, in case that their worker was lost before."""
        while self._unnamed:
            new, path = self._unnamed[-1]
            with suppress(FileNotFoundError):  # it has its name already
                new.replace(path)
            self._unnamed.pop()

    # The rest

    async def finish(self) -> None:
        """Name all files that are committed, and remove what was not committed."""
        await self._in_thread(self._finish)

    def _finish(self) -> None:
        self._read_on()
        self._name_files()
        left = [*self.path.glob("*.new"), *self.log.glob("*.new")]
        self._check_current()  # after looking: what was found is not that of a drain that has replaced this one
        for path in left:
            path.unlink(missing_ok=True)
        synced(self.path)
        for what in ("new", "old"):  # of drains that were lost when they began
            for folder in self.path.parent.glob(f".{escape(self.path.name)}.*.{what}"):
                shutil.rmtree(folder, ignore_errors=True)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        try:
            return await run_in_thread(work)
        except OSError as error:
            why = error.strerror or error
            raise DrainError(
                f"{self.path} cannot be read or written ({why}); what was committed is kept"
            ) from without_frames(error)


def _create(path: Path, data: bytes) -> None:
    """Create a file and sync it to disk, or leave none."""
    try:
        with open(path, "xb", opener=private) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except Exception:
        with suppress(OSError):  # it takes up space on a full disk
            path.unlink(missing_ok=True)
        raise
