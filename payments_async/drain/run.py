"""One run of a drain: workers that read partitions, and a writer that commits the rows they read."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from contextlib import aclosing, suppress
from datetime import datetime
from typing import Any, cast

import attrs

from payments_async.drain.checkpoint import Ledger
from payments_async.drain.cutting import Slice, halved
from payments_async.drain.errors import DrainError
from payments_async.drain.keyset import by_key
from payments_async.drain.overlap import Place, Shown
from payments_async.drain.partition import Checkpoint, Partition, Step
from payments_async.drain.planning import Plan, first_checkpoints
from payments_async.drain.rows import identity as identity_of
from payments_async.drain.rows import identity_text, time_text
from payments_async.drain.slices import Piece, cut
from payments_async.drain.walks import Batch, Batches, Position, by_cursor, by_time, call_for_each, earlier
from payments_async.drain.writing import Writer
from payments_async.wire.call import Page
from payments_async.wire.errors import RateLimitedError, ServerError, TransportError

log: logging.Logger = logging.getLogger(__name__)

_MIN_PAGES_TO_SPLIT = 4
"""How many pages a partition must have left to be split in two."""


@attrs.define(eq=False)
class OpenPartition(Position):
    """A partition that is not done.

    Attributes:
        shown: The rows that it has shown, where it is read by offset.
        split_requested: Whether an idle worker waits for a part of it.
        unsplittable: Whether there is no key to split it at.
    """

    shown: Shown
    split_requested: bool = False
    unsplittable: bool = False

    @property
    def rows_left(self) -> int:
        """About how many items it has left; 0 if that is not known."""
        return max(0, (self.checkpoint.partition.rows or 0) - self.checkpoint.listed)


class Run:
    """One run of a drain.

    Args:
        plan: What to do.
        ledger: The checkpoints that earlier runs have committed.
        stopping: Set when the run is to end after what it has read.
    """

    def __init__(self, plan: Plan, ledger: Ledger, stopping: asyncio.Event) -> None:
        self._plan = plan
        self._source = plan.source
        self._stopping = stopping
        self._waiting = deque[OpenPartition]()
        self._active = set[OpenPartition]()
        self._progressed = asyncio.Event()
        self._writer = Writer(plan, ledger)
        self._call_limit = asyncio.Semaphore(plan.concurrency)
        self._seen_rows = set[str]()
        self._of_all_slices = set[str]()
        self._recent_items = dict[str, datetime]()
        self._arrivals: Position | None = None
        self._last_number = 0

    async def __call__(self) -> None:
        """Drain all rows that are not drained yet."""
        plan, report, writer = self._plan, self._plan.report, self._writer
        if not [*writer.committed]:
            first = Step(before=None, after=tuple(await first_checkpoints(plan)))
            await plan.sink.commit([first])
            writer.committed = writer.committed.moved([first])
        await self._load([*writer.committed])
        writer.report()
        told = {"resource": report.resource, "strategy": report.strategy, "partitions": report.partitions}
        log.info("%s: draining by %s, partitions: %d", *told.values(), extra=told)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(writer.prepare())
                writing = group.create_task(writer())
                workers = [group.create_task(self._work()) for _ in range(plan.workers)]
                for worker in workers:
                    await worker
                if self._arrivals is not None:
                    await self._take_arrivals(self._arrivals)
                await writer.end()
                await writing
        except BaseExceptionGroup as errors:
            error = errors.exceptions[0]
            raise error from error.__cause__
        report.done = all(each.done for each in writer.committed if each.partition.strategy != "arrivals")
        if report.done:
            await plan.sink.finish()
        writer.report()

    async def _load(self, checkpoints: list[Checkpoint]) -> None:
        """Queue the partitions that are not done, and load what is needed to recognize their rows."""
        plan = self._plan
        report, strategies = plan.report, {each.partition.strategy for each in checkpoints}
        report.strategy = next(iter(strategies - {"arrivals"}), "")
        if plan.strategy not in {None, report.strategy}:
            raise DrainError(
                f"the drain was started with strategy={report.strategy!r}: leave it out, or start a new drain"
            )
        self._last_number = self._writer.committed.last_number
        for each in checkpoints:
            if each.partition.strategy == "arrivals":
                if plan.follow or plan.catch_up or not each.done:
                    self._arrivals = Position(each)
            elif not each.done:
                self._waiting.append(OpenPartition(each, self._shown(each)))
        if any(each.items for each in checkpoints):
            await self._recall()

    def _shown(self, checkpoint: Checkpoint) -> Shown:
        by_offset = checkpoint.partition.strategy != "keyset" and checkpoint.key is not None
        return Shown(self._source.listing, Place.read(checkpoint.key or "") if by_offset else None)

    async def _recall(self) -> None:
        """Load the identities of committed rows from the sink, for strategies that need them to drop repeats."""
        plan = self._plan
        by_offset = [each.shown for each in self._waiting if each.checkpoint.partition.strategy != "keyset"]
        if plan.fan_out is not None:
            if by_offset:
                await plan.sink.recall(plan.key, lambda row: self._seen_rows.add(identity_text(row)))
            return
        timed = self._source.listing.dated
        names = (*plan.key, "created_at") if timed else plan.key
        since = None if self._arrivals is None else self._recent_since(self._arrivals)

        def remember(row: tuple[str, ...]) -> None:
            name, time = identity_text(row[: len(plan.key)]), row[-1] if timed else None
            for shown in by_offset:
                shown.remember(name, time)
            if plan.report.strategy == "slices":
                self._of_all_slices.add(name)
            if since is not None and time is not None and time >= since:
                self._recent_items[name] = datetime.fromisoformat(time)

        if by_offset or since is not None:
            await plan.sink.recall(names, remember)

    def _recent_since(self, arrivals: Position) -> str:
        return time_text(earlier(datetime.fromisoformat(cast("str", arrivals.checkpoint.key)), self._plan.slack))

    # Reading

    async def _work(self) -> None:
        """Drain partitions until none is left; when none waits, request a part of an active one."""
        while not self._stopping.is_set():
            if self._waiting:
                partition = self._waiting.popleft()
                self._active.add(partition)
                await self._drain(partition)
                self._active.discard(partition)
                if partition.checkpoint.done:
                    told = {"resource": self._plan.report.resource, "partition": partition.checkpoint.partition.number}
                    log.info("%s: partition %d is done", *told.values(), extra=told)
                self._notify()
            elif self._active:
                self._request_split()
                await self._progressed.wait()
            else:
                return

    async def _drain(self, partition: OpenPartition) -> None:
        at, first = partition.checkpoint, None
        if at.partition.strategy == "slices" and at.key is None and not at.finished:
            piece = Piece.read(at.partition.where, at.partition.rows)
            pieces, first = await cut(self._source, piece)
            if pieces:
                await self._replace(partition, pieces)
                return
        async with aclosing(self._batches(partition, first)) as batches:
            async for batch in batches:
                await self._hand_over(partition, batch)
                if self._stopping.is_set():
                    return
                if partition.split_requested and not partition.checkpoint.finished:
                    await self._split(partition)
                    partition.split_requested = False
                self._notify()  # idle workers look again, because each page tells more about how much is left

    def _batches(self, partition: OpenPartition, first: Page[Any] | None) -> Batches:
        source, fan_out, strategy = self._source, self._plan.fan_out, partition.checkpoint.partition.strategy
        if strategy == "keyset":
            batches = by_key(source, partition)
        else:
            elsewhere = self._of_all_slices if strategy == "slices" else None
            batches = by_cursor(source, partition, partition.shown, elsewhere=elsewhere, first=first)
        if fan_out is None:
            return batches
        return call_for_each(fan_out, source, batches, partition, seen=self._seen_rows, limit=self._call_limit)

    async def _hand_over(self, position: Position, batch: Batch) -> None:
        """Pass a batch to the writer, and move the position to its checkpoint."""
        self._plan.report.pages += 1
        self._plan.report.repeats += batch.repeats
        before, position.checkpoint = position.checkpoint, batch.checkpoint
        if self._arrivals is not None and position is not self._arrivals:
            since = datetime.fromisoformat(self._recent_since(self._arrivals))
            new = {identity_of(row, self._plan.key): row.created_at for row in batch.rows if row.created_at >= since}
            self._recent_items |= new
        if batch.rows or before != batch.checkpoint:
            await self._writer.put(Step(before=before, after=(batch.checkpoint,), rows=batch.rows))

    def _request_split(self) -> None:
        """Request a part of the active partition that has the most left."""
        splittable = [
            each for each in self._active if each.checkpoint.partition.strategy == "keyset" and not each.unsplittable
        ]
        longest = max(splittable, key=lambda each: each.rows_left, default=None)
        if longest is not None and longest.rows_left >= _MIN_PAGES_TO_SPLIT * self._source.limit:
            longest.split_requested = True

    async def _split(self, partition: OpenPartition) -> None:
        """Split the rest of a partition in two, and leave the second half to another worker."""
        at = partition.checkpoint
        if at.done or at.key is None:
            return
        halves = await halved(self._source, Slice(after=at.key, to=at.partition.to, rows=partition.rows_left))
        if halves is None:
            partition.unsplittable = True
            return
        self._last_number += 1
        first, second = halves
        rest = Partition(
            number=self._last_number, strategy="keyset", after=second.after, to=second.to, rows=second.rows
        )
        new = OpenPartition(Checkpoint(partition=rest), self._shown(Checkpoint(partition=rest)))
        shortened = attrs.evolve(at.partition, to=first.to, rows=at.listed + (first.rows or 0))
        partition.checkpoint = attrs.evolve(at, partition=shortened)
        # The writer must get the new partition's first checkpoint before another worker drains it.
        await self._writer.put(Step(before=at, after=(partition.checkpoint, new.checkpoint)))
        self._waiting.append(new)

    async def _replace(self, partition: OpenPartition, pieces: list[Piece]) -> None:
        """Put pieces in the place of a slice that is too long."""
        checkpoints = list[Checkpoint]()
        for piece in pieces:
            self._last_number += 1
            slice_ = Partition(number=self._last_number, strategy="slices", rows=piece.weight, where=piece.text)
            checkpoints.append(Checkpoint(partition=slice_))
        await self._writer.put(Step(before=partition.checkpoint, after=tuple(checkpoints)))
        # In front, so that few slices are open at a time.
        self._waiting.extendleft(OpenPartition(each, self._shown(each)) for each in reversed(checkpoints))

    def _notify(self) -> None:
        self._progressed.set()
        self._progressed.clear()

    # What is new

    async def _take_arrivals(self, arrivals: Position) -> None:
        """Look for new items: once, or again and again with `follow`."""
        plan = self._plan
        while not self._stopping.is_set():
            try:
                await self._look(arrivals)
            except (TransportError, ServerError, RateLimitedError) as error:
                if not plan.follow:
                    raise
                # A drain that follows must survive a server that is unavailable for a while.
                told = {"resource": plan.report.resource, "pause": plan.every, "error": type(error).__name__}
                log.warning("%s: looking again in %g s, because %s", *told.values(), extra=told)
            if not plan.follow:
                return
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), plan.every)

    async def _look(self, arrivals: Position) -> None:
        async with aclosing(by_time(self._source, arrivals, self._recent_items, self._plan.slack)) as batches:
            async for batch in batches:
                # A drain that follows never has all there is, so a plain resume looks again.
                at = batch.checkpoint
                at = attrs.evolve(at, done=at.done and not self._plan.follow)
                await self._hand_over(arrivals, attrs.evolve(batch, checkpoint=at))
