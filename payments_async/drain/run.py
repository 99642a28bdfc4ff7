"""One run of a drain: workers that read partitions, and a writer that commits the rows they read."""

from __future__ import annotations

import asyncio
import logging
import time
import warnings
from collections import deque
from collections.abc import Callable
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from typing import cast

import attrs

from payments_async.drain.checkpoint import Ledger
from payments_async.drain.cutting import Slice, halved, sliced, sorts_and_filters_by_key, whole
from payments_async.drain.errors import DrainError, DrainWarning
from payments_async.drain.keyset import by_key
from payments_async.drain.partition import Checkpoint, Partition, Step, Strategy, share
from payments_async.drain.report import Report
from payments_async.drain.resources import FanOut
from payments_async.drain.rows import identity as identity_of
from payments_async.drain.rows import identity_text, time_text
from payments_async.drain.sinks.sink import Sink, run_to_end
from payments_async.drain.walks import Batch, Batches, Position, Source, by_cursor, by_time, call_for_each, earlier
from payments_async.wire.errors import RateLimitedError, ServerError, TransportError, ValidationError

log = logging.getLogger(__name__)

_QUEUED = 16
"""How many pages may wait for the writer, besides one per partition. On a slow disk, more pages share a commit."""
_MIN_PAGES_TO_SPLIT = 4
"""How many pages a partition must have left to be split in two."""
_MAX_ESTIMATE = 0.99
"""The largest estimate of the done share while a drain is running."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""The newest time of an empty list."""


@attrs.frozen(kw_only=True)
class Plan:
    """What a run has to do. The attributes are the arguments of `Drain`, or follow from them."""

    source: Source
    fan_out: FanOut | None
    sink: Sink
    key: tuple[str, ...]
    strategy: Strategy | None
    partitions: int
    workers: int
    concurrency: int
    follow: bool
    every: float
    slack: timedelta
    report: Report
    on_progress: Callable[[Report], object] | None


@attrs.define(eq=False)
class OpenPartition(Position):
    """A partition that is not done.

    Attributes:
        low: A key at the partition's beginning, or before it.
        high: A key at the partition's end, or after it; `None` if it is not read by key.
        split_requested: Whether an idle worker waits for a part of it.
        unsplittable: Whether there is no key to split it at.
    """

    low: str = ""
    high: str | None = None
    split_requested: bool = False
    unsplittable: bool = False

    @property
    def share_done(self) -> float:
        """The share of the partition that is done, from 0 to 1, if keys are spread evenly."""
        at = self.checkpoint
        return 0.0 if at.key is None or self.high is None else share(at.key, self.low, self.high)


class Run:
    """One run of a drain.

    Args:
        plan: What to do.
        ledger: The checkpoints that earlier runs have committed.
    """

    def __init__(self, plan: Plan, ledger: Ledger) -> None:
        self._plan = plan
        self._source = plan.source
        self._committed = ledger
        self._waiting = deque[OpenPartition]()
        self._active = set[OpenPartition]()
        self._progressed = asyncio.Event()
        self._queue = asyncio.Queue[Step | None](_QUEUED + plan.partitions)
        self._call_limit = asyncio.Semaphore(plan.concurrency)
        self._seen_items = set[str]()
        self._seen_rows = set[str]()
        self._recent_items = dict[str, datetime]()
        self._slices = dict[int, Slice]()
        self._arrivals: Position | None = None
        self._started = time.monotonic()
        self._items_before = 0
        self._last_number = 0

    async def __call__(self) -> None:
        """Drain all rows that are not drained yet."""
        plan, report = self._plan, self._plan.report
        if not [*self._committed]:
            first = Step(before=None, after=tuple(await self._first_checkpoints()))
            await plan.sink.commit([first])
            self._committed = self._committed.moved([first])
        await self._load(self._committed)
        self._report()
        log.info("%s: draining %d partitions by %s", report.resource, report.partitions, report.strategy)
        try:
            async with asyncio.TaskGroup() as group:
                writer = group.create_task(self._write())
                workers = [group.create_task(self._work()) for _ in range(plan.workers)]
                for worker in workers:
                    await worker
                if self._arrivals is not None:
                    await self._follow(self._arrivals)
                await self._queue.put(None)
                await writer
        except BaseExceptionGroup as errors:
            error = errors.exceptions[0]
            raise error from error.__cause__
        await plan.sink.finish()
        report.done = True
        self._report()

    # Planning

    async def _first_checkpoints(self) -> list[Checkpoint]:
        """The first checkpoints of the partitions of a new drain."""
        source, planned = self._source, list[Checkpoint]()
        if self._plan.follow:
            # Determined before anything is drained: items that are added from now on are found by their time.
            newest = await source.pages(sort=("created_at:desc",), page_size=1).first()
            since = min(newest.data[0].created_at, datetime.now(UTC)) if newest.data else _EPOCH
            planned.append(Checkpoint(partition=Partition(number=0, strategy="arrivals"), key=time_text(since)))
        if await self._strategy() == "cursor":
            return [*planned, Checkpoint(partition=Partition(number=1, strategy="cursor"))]
        for number, each in enumerate(await sliced(source, self._plan.partitions) or [Slice()], 1):
            self._slices[number] = each
            partition = Partition(number=number, strategy="keyset", after=each.after, to=each.to)
            planned.append(Checkpoint(partition=partition))
        return planned

    async def _strategy(self) -> Strategy:
        """The requested strategy, or the best one that the server supports."""
        plan, name = self._plan, self._source.listing.name
        if plan.strategy == "cursor" or self._source.listing.key is None:
            return "cursor"
        try:
            supported = await sorts_and_filters_by_key(self._source)
        except (ValidationError, ServerError) as error:
            # The answer of a server that does not support this filter or this column.
            if plan.strategy is not None or error.status not in (400, 500):
                raise
            await self._source.pages().first()  # raises if the server fails on every request
            supported = False
        if supported:
            return "keyset"
        missing = f"the server does not list {name} by {self._source.key}"
        if plan.strategy is not None:
            raise DrainError(f"{missing}: drain with strategy='cursor'")
        message = f"{missing}; following its cursor instead, one page after the other, which may skip rows that move"
        log.warning("%s", message)
        warnings.warn(message, DrainWarning, stacklevel=2)
        return "cursor"

    async def _load(self, ledger: Ledger) -> None:
        """Queue the partitions of a ledger that are not done, and load what is needed to recognize their rows."""
        plan, checkpoints = self._plan, [*ledger]
        strategies = {each.partition.strategy for each in checkpoints}
        plan.report.strategy = next(iter(strategies - {"arrivals"}), "")
        if plan.strategy not in {None, plan.report.strategy}:
            raise DrainError(
                f"the drain was started with strategy={plan.report.strategy!r}: leave it out, or start a new drain"
            )
        if plan.follow and "arrivals" not in strategies:
            raise DrainError(
                "the drain was started without follow, so items added since then are not known: start a new drain"
            )
        self._items_before = sum(each.items for each in checkpoints)
        self._last_number = max(each.partition.number for each in checkpoints)
        undone = [each for each in checkpoints if not each.done]
        if not self._slices and any(each.partition.strategy == "keyset" for each in undone):
            ends = await whole(self._source) or Slice()
            self._slices = {
                each.partition.number: Slice(
                    first=each.partition.after or ends.first, last=each.partition.to or ends.last
                )
                for each in undone
            }
        for each in undone:
            if each.partition.strategy == "arrivals":
                if plan.follow:
                    self._arrivals = Position(each)
            elif each.partition.strategy == "cursor":
                self._waiting.append(OpenPartition(each))
            else:
                keys = self._slices[each.partition.number]
                self._waiting.append(OpenPartition(each, low=keys.first, high=keys.last))
        if self._items_before and plan.sink.remembers:
            await self._recall(by_identity="cursor" in {each.partition.strategy for each in undone})

    async def _recall(self, *, by_identity: bool) -> None:
        """Load the identities of committed rows from the sink, for strategies that need them to drop repeats."""
        plan = self._plan
        if by_identity:
            seen = self._seen_items if plan.fan_out is None else self._seen_rows
            await plan.sink.recall(plan.key, lambda row: seen.add(identity_text(row)))
        if self._arrivals is not None:
            since = self._recent_since()

            def remember(row: tuple[str, ...]) -> None:
                if row[-1] >= since:
                    self._recent_items[identity_text(row[:-1])] = datetime.fromisoformat(row[-1])

            await plan.sink.recall((*plan.key, "created_at"), remember)

    def _recent_since(self) -> str:
        assert self._arrivals is not None  # noqa: S101  # used only by drains that follow
        return time_text(earlier(datetime.fromisoformat(cast("str", self._arrivals.checkpoint.key)), self._plan.slack))

    # Reading

    async def _work(self) -> None:
        """Drain partitions until none is left; when none waits, request a part of an active one."""
        while True:
            if self._waiting:
                partition = self._waiting.popleft()
                self._active.add(partition)
                await self._drain(partition)
                self._active.discard(partition)
                log.info("%s: partition %d is done", self._plan.report.resource, partition.checkpoint.partition.number)
                self._notify()
            elif self._active:
                self._request_split()
                await self._progressed.wait()
            else:
                return

    async def _drain(self, partition: OpenPartition) -> None:
        async with aclosing(self._batches(partition)) as batches:
            async for batch in batches:
                await self._hand_over(partition, batch)
                if partition.split_requested and not partition.checkpoint.finished:
                    await self._split(partition)
                    partition.split_requested = False
                self._notify()  # idle workers look again, because each page tells more about how much is left

    def _batches(self, partition: OpenPartition) -> Batches:
        source, fan_out = self._source, self._plan.fan_out
        if partition.checkpoint.partition.strategy == "keyset":
            batches = by_key(source, partition)
        else:
            batches = by_cursor(source, partition, self._seen_items)
        if fan_out is None:
            return batches
        return call_for_each(fan_out, source, batches, partition, seen=self._seen_rows, limit=self._call_limit)

    async def _hand_over(self, position: Position, batch: Batch) -> None:
        """Pass a batch to the writer, and move the position to its checkpoint."""
        self._plan.report.pages += 1
        self._plan.report.repeats += batch.repeats
        before, position.checkpoint = position.checkpoint, batch.checkpoint
        if self._arrivals is not None and position is not self._arrivals:
            since = datetime.fromisoformat(self._recent_since())
            new = {identity_of(row, self._plan.key): row.created_at for row in batch.rows if row.created_at >= since}
            self._recent_items |= new
        if batch.rows or before != batch.checkpoint:
            await self._queue.put(Step(before=before, after=(batch.checkpoint,), rows=batch.rows))

    def _request_split(self) -> None:
        """Request a part of the active partition that has the most left."""
        least = _MIN_PAGES_TO_SPLIT * self._source.page_size

        def left(partition: OpenPartition) -> float:
            done = partition.share_done
            return partition.checkpoint.items / done * (1 - done) if done else 0.0

        splittable = [each for each in self._active if each.high is not None and not each.unsplittable]
        if splittable and left(longest := max(splittable, key=left)) >= least:
            longest.split_requested = True

    async def _split(self, partition: OpenPartition) -> None:
        """Split the rest of a partition in two, and leave the second half to another worker."""
        at = partition.checkpoint
        if at.done or at.key is None or partition.high is None:
            return
        halves = await halved(self._source, Slice(after=at.key, to=at.partition.to, first=at.key, last=partition.high))
        if halves is None:
            partition.unsplittable = True
        else:
            self._last_number += 1
            first, second = halves
            rest = Partition(number=self._last_number, strategy="keyset", after=second.after, to=second.to)
            new = OpenPartition(Checkpoint(partition=rest), low=second.first, high=second.last)
            partition.checkpoint = attrs.evolve(at, partition=attrs.evolve(at.partition, to=first.to))
            partition.high = first.last
            # The writer must get the new partition's first checkpoint before another worker drains it.
            await self._queue.put(Step(before=at, after=(partition.checkpoint, new.checkpoint)))
            self._waiting.append(new)

    def _notify(self) -> None:
        self._progressed.set()
        self._progressed.clear()

    async def _follow(self, position: Position) -> None:
        """Look for new items again and again, until cancelled."""
        while True:
            try:
                async with aclosing(by_time(self._source, position, self._recent_items, self._plan.slack)) as batches:
                    async for batch in batches:
                        await self._hand_over(position, batch)
            except (TransportError, ServerError, RateLimitedError) as error:
                # A drain that follows must survive a server that is unavailable for a while.
                log.warning(
                    "%s: looking again in %g s, because %s", self._plan.report.resource, self._plan.every, error
                )
            await asyncio.sleep(self._plan.every)

    # Writing

    async def _write(self) -> None:
        """Commit the workers' steps, as many at once as are waiting; when cancelled, commit the rest first."""
        more_to_come = True
        steps = list[Step]()
        try:
            while more_to_come:
                step = await self._queue.get()
                while step is not None:
                    steps.append(step)
                    if self._queue.empty():
                        break
                    step = self._queue.get_nowait()
                more_to_come = step is not None
                if sum(len(each.rows) for each in steps) >= self._plan.sink.batch or not more_to_come:
                    ready, steps = steps, []
                    await run_to_end(self._commit(ready))
        except asyncio.CancelledError:
            while not self._queue.empty():
                if (step := self._queue.get_nowait()) is not None:
                    steps.append(step)
            await run_to_end(self._commit(steps))
            raise

    async def _commit(self, steps: list[Step]) -> None:
        if not steps:
            return
        await self._plan.sink.commit(steps)
        self._committed = self._committed.moved(steps)
        self._plan.report.last_key = steps[-1].after[0].key or self._plan.report.last_key
        self._report()

    def _report(self) -> None:
        report, checkpoints = self._plan.report, [*self._committed]
        report.partitions = sum(each.partition.strategy != "arrivals" for each in checkpoints)
        report.items = sum(each.items for each in checkpoints)
        report.seconds = time.monotonic() - self._started
        report.rate = (report.items - self._items_before) / report.seconds if report.seconds else 0.0
        report.share = 1.0 if report.done else self._share()
        log.debug("%s: %d rows in %d pages", report.resource, report.items, report.pages)
        if self._plan.on_progress is not None:
            self._plan.on_progress(report)

    def _share(self) -> float | None:
        """The estimated share of all rows that is done. A partition that has not started counts like an average one."""
        report, partitions = self._plan.report, [*self._waiting, *self._active]
        if any(each.high is None for each in partitions):
            return None
        started = [each for each in partitions if each.share_done and each.checkpoint.items]
        done = [each.items for each in self._committed if each.done]
        lengths = [*(each.checkpoint.items / each.share_done for each in started), *done]
        if not lengths:
            return report.share
        total = sum(lengths) + (len(partitions) - len(started)) * sum(lengths) / len(lengths)
        # An estimate that goes down would confuse users.
        return max(report.share or 0.0, min(_MAX_ESTIMATE, report.items / total)) if total else None
