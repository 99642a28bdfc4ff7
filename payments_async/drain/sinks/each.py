"""A sink that hands rows to a function of the caller's."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, BinaryIO, ClassVar, TypeVar, cast

from payments_async.drain.checkpoint import CheckpointFile, Identity, Ledger
from payments_async.drain.errors import DrainError
from payments_async.drain.partition import Step
from payments_async.drain.sinks.locks import lock
from payments_async.drain.sinks.sink import Opening, Sink, called, goes_on, undisturbed

T = TypeVar("T")


class Each(Sink):
    """Calls a function with the rows of each commit, then keeps the checkpoint.

    A break between the two makes the rows come again: at least once, in other words. A function that recognizes rows
    which it has had makes that exactly once.

    Args:
        function: Takes a list of model instances; what it raises ends the drain.
        checkpoint: The file that keeps the checkpoint, with its lock in `FILE.lock`; without one, a drain cannot be
            resumed.
    """

    format: ClassVar[str] = "each"
    remembers: ClassVar[bool] = False

    def __init__(
        self, function: Callable[[list[Any]], Awaitable[object]], checkpoint: str | os.PathLike[str] | None = None
    ) -> None:
        if not callable(function):
            raise TypeError(f"the function is {function!r}: give one that takes a list of rows")
        self._function = function
        self._file = None if checkpoint is None else CheckpointFile(checkpoint)
        self._lock: BinaryIO
        self._identity: Identity
        self._ledger: Ledger

    async def open(self, opening: Opening) -> Ledger:
        """Read the checkpoint, if there is one to resume."""
        self._identity, self._ledger = opening.identity, Ledger()
        if (file := self._file) is not None:
            self._ledger = await self._done(lambda: self._open(file, opening))
        return self._ledger

    def _open(self, file: CheckpointFile, opening: Opening) -> Ledger:
        # The file itself is another one after each commit.
        self._lock = lock(file.path.with_name(file.path.name + ".lock").open("ab"))
        ledger = Ledger()
        if goes_on(file.path, file.path, opening):
            ledger, _ = file.load(opening.identity)
        return ledger

    async def commit(self, steps: Sequence[Step]) -> None:
        """Hand the rows of these steps over, then move the checkpoint."""
        ledger = self._ledger.moved(steps)
        if rows := [row for step in steps for row in step.rows]:
            taking = self._function(rows)
            if not isinstance(cast("object", taking), Awaitable):
                raise TypeError("the function of the sink is not async, and so was not waited for")
            await called(taking, "the function of the sink")
        if (file := self._file) is not None:
            await self._done(lambda: file.save(self._identity, ledger))
        self._ledger = ledger

    async def aclose(self) -> None:
        """Let go of the checkpoint."""
        if hasattr(self, "_lock"):
            self._lock.close()

    async def _done(self, work: Callable[[], T]) -> T:
        try:
            return await undisturbed(work)
        except OSError as error:
            path = cast("CheckpointFile", self._file).path
            raise DrainError(f"{path} cannot be written ({error.strerror or error})") from error
