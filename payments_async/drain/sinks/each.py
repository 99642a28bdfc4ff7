"""A sink that hands rows to a function of the caller's."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, ClassVar

from payments_async.drain.checkpoint import CheckpointFile, Identity, Ledger
from payments_async.drain.errors import DrainError
from payments_async.drain.partition import Step
from payments_async.drain.sinks.sink import Opening, Sink, undisturbed


class Each(Sink):
    """Calls a function with the rows of each commit, then keeps the checkpoint.

    A break between the two makes the rows come again: at least once, in other words. A function that recognizes rows
    which it has had makes that exactly once.

    Args:
        function: Takes a list of model instances; what it raises ends the drain.
        checkpoint: The file that keeps the checkpoint; without one, a drain cannot be resumed.
    """

    format: ClassVar[str] = "each"
    remembers: ClassVar[bool] = False

    def __init__(
        self, function: Callable[[list[Any]], Awaitable[object]], checkpoint: str | os.PathLike[str] | None = None
    ) -> None:
        self._function = function
        self._file = None if checkpoint is None else CheckpointFile(checkpoint)
        self._ledger = Ledger()
        self._identity: Identity

    async def open(self, opening: Opening) -> Ledger:
        """Read the checkpoint, if there is one to resume."""
        self._identity = opening.identity
        if (file := self._file) is not None and not opening.replace and file.path.exists():
            if not opening.resume:
                raise DrainError(f"{file.path} is there already: resume it, replace it, or give another file")
            self._ledger, _ = await undisturbed(lambda: file.load(opening.identity))
        await self._save(self._ledger)
        return self._ledger

    async def commit(self, steps: Sequence[Step]) -> None:
        """Hand the rows of these steps over, then move the checkpoint."""
        ledger = self._ledger.moved(steps)
        if rows := [row for step in steps for row in step.rows]:
            await self._function(rows)
        await self._save(ledger)
        self._ledger = ledger

    async def _save(self, ledger: Ledger) -> None:
        if (file := self._file) is not None:
            try:
                await undisturbed(lambda: file.save(self._identity, ledger))
            except OSError as error:
                raise DrainError(f"{file.path} cannot be written ({error.strerror or error})") from error
