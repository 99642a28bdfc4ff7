"""The writer of a run: commits the steps that workers hand over, and reports the progress."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque

from payments_async.drain.checkpoint import Ledger
from payments_async.drain.partition import Checkpoint, Step
from payments_async.drain.planning import Plan
from payments_async.drain.sinks.sink import run_to_end

log: logging.Logger = logging.getLogger(__name__)

_QUEUED = 1000
"""How many rows may wait for the writer. On a slow disk, more pages share a commit."""
_MAX_ESTIMATE = 0.99
"""The largest estimate of the done share while a drain is running."""


class Writer:
    """Commits the steps of a run, as many at once as are ready, and prepares others meanwhile.

    Args:
        plan: What the run has to do.
        ledger: The checkpoints that earlier runs have committed.
    """

    def __init__(self, plan: Plan, ledger: Ledger) -> None:
        self._plan = plan
        self.committed: Ledger = ledger
        self._waiting = deque[Step]()
        self._ready = list[Step]()
        # How many rows were handed over and not taken for a commit; how many of them are ready.
        self._rows = self._rows_ready = 0
        self._changed = asyncio.Condition()
        self._ended = False
        self._started = time.monotonic()
        self._items_before = sum(each.items for each in ledger)

    async def put(self, step: Step) -> None:
        """Hand over a step; waits while many rows are waiting."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._rows < _QUEUED)
            self._waiting.append(step)
            self._rows += len(step.rows)
            self._changed.notify_all()

    async def end(self) -> None:
        """Tell that no more steps will come."""
        async with self._changed:
            self._ended = True
            self._changed.notify_all()

    async def prepare(self) -> None:
        """Prepare steps until there are no more."""
        while True:
            async with self._changed:
                await self._changed.wait_for(lambda: self._waiting or self._ended)
            if not self._waiting:
                return
            await self._prepare_first()
            async with self._changed:
                self._changed.notify_all()

    async def _prepare_first(self) -> None:
        step = self._waiting[0]
        prepared = await self._plan.sink.prepared(step)
        self._ready.append(prepared)
        self._rows_ready += len(step.rows)
        self._waiting.popleft()  # not before: when this is cancelled, the step is prepared for the last commit

    async def __call__(self) -> None:
        """Commit until there are no more steps; when cancelled, commit the rest first."""
        least = self._plan.sink.batch
        steps, rows = list[Step](), 0
        try:
            more_to_come = True
            while more_to_come:
                async with self._changed:
                    await self._changed.wait_for(lambda: self._ready or (self._ended and not self._waiting))
                    rows += self._rows_ready
                    steps += self._taken()
                    self._changed.notify_all()
                    more_to_come = bool(self._waiting) or not self._ended
                if rows >= least or not more_to_come:
                    ready, steps, rows = steps, [], 0
                    await run_to_end(self.commit(ready))
                    del ready  # which would keep its rows while the next ones are read
        except asyncio.CancelledError:
            await run_to_end(self._commit_rest(steps))
            raise

    def _taken(self) -> list[Step]:
        steps, self._ready = self._ready, []
        self._rows -= self._rows_ready
        self._rows_ready = 0
        return steps

    async def _commit_rest(self, steps: list[Step]) -> None:
        try:
            while self._waiting:
                await self._prepare_first()
        finally:
            await self.commit([*steps, *self._taken()])

    async def commit(self, steps: list[Step]) -> None:
        """Commit steps, and report it."""
        if not steps:
            return
        await self._plan.sink.commit(steps)
        self.committed = self.committed.moved(steps)
        self._plan.report.last_key = steps[-1].after[0].key or self._plan.report.last_key
        self.report()

    def report(self) -> None:
        """Bring the report up to date, and pass it to the user's function."""
        report, checkpoints = self._plan.report, [*self.committed]
        drained = [each for each in checkpoints if each.partition.strategy != "arrivals"]
        report.partitions = len(drained)
        report.items = sum(each.items for each in checkpoints)
        report.seconds = time.monotonic() - self._started
        report.rate = (report.items - self._items_before) / report.seconds if report.seconds else 0.0
        share = 1.0 if report.done else share_of(drained)
        # An estimate that goes down would confuse users.
        report.share = share if share is None else max(share, report.share or 0.0)
        told = {"resource": report.resource, "rows": report.items, "pages": report.pages}
        log.debug("%s: %d rows in %d pages", *told.values(), extra=told)
        if (look := self._plan.on_progress) is not None:
            try:
                look(report)
            except Exception as error:
                error.add_note(f"raised by on_progress, {look!r}; what was committed is kept")
                raise


def share_of(checkpoints: list[Checkpoint]) -> float | None:
    """The share of the items that have been read, `None` if it is not known how many there are."""
    if any(each.partition.strategy == "slices" for each in checkpoints):
        return _share_of_slices(checkpoints)
    total = 0
    for each in checkpoints:
        if each.done:
            total += each.listed
        elif each.partition.rows is None:
            return None
        else:
            total += max(each.partition.rows, each.listed)
    return min(_MAX_ESTIMATE, sum(each.listed for each in checkpoints) / total) if total else None


def _share_of_slices(checkpoints: list[Checkpoint]) -> float | None:
    """The estimated share, from the weights of the slices and the lengths of those that are done."""
    done = [each for each in checkpoints if each.done]
    weight, listed = sum(each.partition.rows or 0 for each in done), sum(each.listed for each in done)
    if not weight or not listed:
        return None
    share = float(weight)
    for each in checkpoints:
        if not each.done and (expected := (each.partition.rows or 0) * listed / weight):
            share += (each.partition.rows or 0) * min(1.0, each.listed / expected)
    return min(_MAX_ESTIMATE, share / sum(each.partition.rows or 0 for each in checkpoints))
