"""A sink that passes rows to the user's own function."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Sequence
from typing import BinaryIO, TypeVar, cast

from payments_async.drain.checkpoint import CheckpointFile, Identity, Ledger
from payments_async.drain.errors import DrainError
from payments_async.drain.partition import Step
from payments_async.drain.sinks.locks import is_current, lock
from payments_async.drain.sinks.sink import Opening, Row_contra, Sink, continues, result_of, run_in_thread

T = TypeVar("T")


class Each(Sink[Row_contra]):
    """Calls a function with the rows of each commit, then saves the checkpoint.

    After an interruption between the two, the function gets the rows again: delivery is at least once. A function that
    recognizes rows that it got before makes it exactly once.

    Args:
        function: An async function that takes a list of model instances; an exception that it raises ends the drain.
        checkpoint: The file for the checkpoint, with its lock in `FILE.lock`; without it, a drain cannot be resumed.
    """

    format: str = "each"
    remembers: bool = False

    def __init__(
        self,
        function: Callable[[list[Row_contra]], Awaitable[object]],
        checkpoint: str | os.PathLike[str] | None = None,
    ) -> None:
        if not callable(function):
            raise TypeError(f"the function is {function!r}: give one that takes a list of rows")
        self._function = function
        self._file = None if checkpoint is None else CheckpointFile(checkpoint)
        self._lock: BinaryIO
        self._identity: Identity
        self._ledger: Ledger

    async def open(self, opening: Opening) -> Ledger:
        """Read the checkpoint, if there is one to resume from."""
        self._identity, self._ledger = opening.identity, Ledger()
        if (file := self._file) is not None:
            self._ledger = await self._run(lambda: self._open(file, opening))
        return self._ledger

    def _open(self, file: CheckpointFile, opening: Opening) -> Ledger:
        # A lock on the checkpoint file itself would be lost: each commit replaces the file.
        self._lock = lock(file.path.with_name(file.path.name + ".lock"), "ab")
        ledger = Ledger()
        if continues(file.path, file.path, opening):
            ledger, _ = file.load(opening.identity)
        return ledger

    async def commit(self, steps: Sequence[Step]) -> None:
        """Pass the rows of these steps to the function, then move the checkpoint."""
        ledger = self._ledger.moved(steps)
        if self._file is not None and not await self._run(lambda: is_current(self._lock)):
            raise DrainError(f"{self._lock.name} was moved or removed, so another drain may have started: start again")
        if rows := [row for step in steps for row in step.rows]:
            call = self._function(rows)
            if not isinstance(cast("object", call), Awaitable):
                raise TypeError("the function of the sink is not async, so it cannot be awaited")
            await result_of(call, "the function of the sink")
        if (file := self._file) is not None:
            await self._run(lambda: file.save(self._identity, ledger))
        self._ledger = ledger

    async def aclose(self) -> None:
        """Release the lock."""
        if hasattr(self, "_lock"):
            self._lock.close()

    async def _run(self, work: Callable[[], T]) -> T:
        try:
            return await run_in_thread(work)
        except OSError as error:
            path = cast("CheckpointFile", self._file).path
            raise DrainError(f"{path} cannot be written ({error.strerror or error})") from error
