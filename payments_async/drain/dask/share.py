"""The share of a sink that one task drains: some partitions, and those that it cuts from them."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from typing import Any

import attrs

from payments_async.drain.checkpoint import Ledger
from payments_async.drain.errors import DrainError
from payments_async.drain.partition import Step
from payments_async.drain.sinks import Opening, Sink


class Whole(Sink[Any]):
    """A sink whose checkpoints can be looked at.

    Args:
        sink: The sink of the target.
    """

    remembers: bool = False  # a list of all rows for each task would take longer than the task

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self.format: str = sink.format
        self.batch: int = sink.batch
        self.endless: bool = sink.endless
        self.ledger: Ledger = Ledger()
        """What is committed, as far as it was asked for."""

    async def open(self, opening: Opening) -> Ledger:
        """Open the target."""
        self.ledger = await self._sink.open(opening)
        return self.ledger

    async def prepared(self, step: Step) -> Step:
        """The step as the target takes it."""
        return await self._sink.prepared(step)

    async def commit(self, steps: Sequence[Step]) -> None:
        """Commit into the target."""
        await self._sink.commit(steps)
        self.ledger = self.ledger.moved(steps)

    async def finish(self) -> None:
        """Complete the target."""
        await self._sink.finish()

    async def aclose(self) -> None:
        """Release the target."""
        await self._sink.aclose()


class Share(Whole):
    """Some partitions of a target, which a task takes over when it opens it.

    Taking over changes their checkpoints, so that a task that drained them before cannot commit any more: a worker that
    was cut off goes on, but in vain.

    Args:
        sink: The sink of the target.
        numbers: The numbers of the partitions.
        block: The numbers of those that are cut from them, by this task or by one that was lost.
    """

    def __init__(self, sink: Sink, numbers: Collection[int], block: range) -> None:
        super().__init__(sink)
        self._numbers = frozenset(numbers)
        self._block = block

    async def open(self, opening: Opening) -> Ledger:
        """Open the target, and take the partitions over.

        Raises:
            DrainError: the target has none of them.
        """
        needed = (*(range(number, number + 1) for number in sorted(self._numbers)), self._block)
        found = await self._sink.open(attrs.evolve(opening, numbers=needed))
        number_of = [(each.partition.number, each) for each in found]
        mine = [each for number, each in number_of if number in self._numbers or number in self._block]
        if not mine:  # a run would begin the drain again
            raise DrainError(
                "the target does not have the partitions that were begun in it: it was removed meanwhile, or is not the"
                " same one for all workers"
            )
        holder = secrets.token_hex(8)
        steps = [Step(before=each, after=(attrs.evolve(each, holder=holder),)) for each in mine if not each.done]
        if steps:
            await self._sink.commit(steps)
        self.ledger: Ledger = Ledger(mine, after=self._block.start - 1).moved(steps)
        return self.ledger

    async def finish(self) -> None:
        """Leave the target as it is: other tasks drain other partitions."""
