"""One run of a drain: workers that walk through partitions, and a writer that commits what they find."""

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
from payments_async.drain.cutting import Slice, halved, heeds_keys, sliced, whole
from payments_async.drain.errors import DrainError, DrainWarning
from payments_async.drain.partition import Checkpoint, Partition, Step, Strategy, share
from payments_async.drain.report import Report
from payments_async.drain.resources import FanOut
from payments_async.drain.rows import identity as identity_of
from payments_async.drain.rows import identity_text, time_text
from payments_async.drain.sinks.sink import Sink, to_its_end
from payments_async.drain.walks import Found, Place, Source, Walk, behind, by_cursor, by_key, by_time, fanned_out
from payments_async.wire.errors import RateLimitedError, ServerError, TransportError, ValidationError

log = logging.getLogger(__name__)

_QUEUED = 16
"""Pages that may wait to be committed, beyond one for each partition: the commits are as large as the disk is slow."""
_WORTH_CUTTING = 4
"""Pages that a partition should have left to be cut in two."""
_NEARLY = 0.99
"""The most that an estimate of what is done may say."""
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
"""What counts as the newest time of a list that has nothing in it."""


@attrs.frozen(kw_only=True)
class Plan:
    """What a run is to do; the attributes are the arguments of `Drain`, or follow from them."""

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
class Open(Place):
    """A partition that is not done.

    Attributes:
        low: A key at its beginning, or before it.
        high: A key at its end, or behind it; `None` where keys do not matter.
        cut_wanted: Whether an idle worker waits for a part of it.
        uncut: Whether there is no place to cut it at.
    """

    low: str = ""
    high: str | None = None
    cut_wanted: bool = False
    uncut: bool = False

    @property
    def done(self) -> float:
        """The part of it that is done, from 0 to 1, as if keys were spread evenly."""
        at = self.checkpoint
        return 0.0 if at.key is None or self.high is None else share(at.key, self.low, self.high)


class Run:
    """One run of a drain.

    Args:
        plan: What to do.
        ledger: What earlier runs have committed.
    """

    def __init__(self, plan: Plan, ledger: Ledger) -> None:
        self._plan = plan
        self._source = plan.source
        self._committed = ledger
        self._waiting = deque[Open]()
        self._active = set[Open]()
        self._changed = asyncio.Event()
        self._queue = asyncio.Queue[Step | None](_QUEUED + plan.partitions)
        self._turns = asyncio.Semaphore(plan.concurrency)
        self._seen = set[str]()
        self._given = set[str]()
        self._recent = dict[str, datetime]()
        self._slices = dict[int, Slice]()
        self._arrivals: Place | None = None
        self._started = time.monotonic()
        self._before = 0
        self._numbered = 0

    async def __call__(self) -> None:
        """Drain what is not drained yet."""
        plan, report = self._plan, self._plan.report
        if not [*self._committed]:
            first = Step(before=None, after=tuple(await self._planned()))
            await plan.sink.commit([first])
            self._committed = self._committed.moved([first])
        await self._enter(self._committed)
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

    async def _planned(self) -> list[Checkpoint]:
        """The partitions of a drain that has not begun."""
        source, planned = self._source, list[Checkpoint]()
        if self._plan.follow:
            # Before anything is drained: what comes from now on is found by its time.
            newest = await source.pages(sort=("created_at:desc",), page_size=1).first()
            since = min(newest.data[0].created_at, datetime.now(UTC)) if newest.data else _BEGINNING
            planned.append(Checkpoint(partition=Partition(number=0, strategy="arrivals"), key=time_text(since)))
        if await self._strategy() == "cursor":
            return [*planned, Checkpoint(partition=Partition(number=1, strategy="cursor"))]
        for number, each in enumerate(await sliced(source, self._plan.partitions) or [Slice()], 1):
            self._slices[number] = each
            partition = Partition(number=number, strategy="keyset", after=each.after, to=each.to)
            planned.append(Checkpoint(partition=partition))
        return planned

    async def _strategy(self) -> Strategy:
        """The strategy that was asked for, or the best that the server has."""
        plan, name = self._plan, self._source.listing.name
        if plan.strategy == "cursor" or self._source.listing.key is None:
            return "cursor"
        try:
            heeded = await heeds_keys(self._source)
        except (ValidationError, ServerError) as error:
            # What a server says that knows no such filter, or no such column.
            if plan.strategy is not None or error.status not in (400, 500):
                raise
            await self._source.pages().first()  # unless it fails whatever it is asked for
            heeded = False
        if heeded:
            return "keyset"
        lacking = f"the server does not list {name} by {self._source.key}"
        if plan.strategy is not None:
            raise DrainError(f"{lacking}: drain with strategy='cursor'")
        told = f"{lacking}; following its cursor instead, one page after the other, which may skip rows that move"
        log.warning("%s", told)
        warnings.warn(told, DrainWarning, stacklevel=2)
        return "cursor"

    async def _enter(self, ledger: Ledger) -> None:
        """Take up the partitions of a ledger, and what is to be known of what they have given."""
        plan, checkpoints = self._plan, [*ledger]
        strategies = {each.partition.strategy for each in checkpoints}
        plan.report.strategy = next(iter(strategies - {"arrivals"}), "")
        if plan.strategy not in {None, plan.report.strategy}:
            raise DrainError(f"the drain has begun by {plan.report.strategy}: leave the strategy out, or begin anew")
        if plan.follow and "arrivals" not in strategies:
            raise DrainError("the drain has begun without follow, so what came meanwhile is not known: begin it anew")
        self._before = sum(each.items for each in checkpoints)
        self._numbered = max(each.partition.number for each in checkpoints)
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
            at = each.partition
            if at.strategy == "arrivals":
                if plan.follow:
                    self._arrivals = Place(each)
            elif at.strategy == "cursor":
                self._waiting.append(Open(each))
            else:
                self._waiting.append(Open(each, low=self._slices[at.number].first, high=self._slices[at.number].last))
        if self._before and plan.sink.remembers:
            await self._recall(by_identity="cursor" in {at.partition.strategy for at in undone})

    async def _recall(self, *, by_identity: bool) -> None:
        """Learn from the sink which rows have been committed, where a walk has to know."""
        plan = self._plan
        if by_identity:
            seen = self._seen if plan.fan_out is None else self._given
            await plan.sink.recall(plan.key, lambda row: seen.add(identity_text(row)))
        if self._arrivals is not None:
            since = self._horizon()

            def remember(row: tuple[str, ...]) -> None:
                if row[-1] >= since:
                    self._recent[identity_text(row[:-1])] = datetime.fromisoformat(row[-1])

            await plan.sink.recall((*plan.key, "created_at"), remember)

    def _horizon(self) -> str:
        assert self._arrivals is not None  # noqa: S101  # asked for only where there is one
        return time_text(behind(datetime.fromisoformat(cast("str", self._arrivals.checkpoint.key)), self._plan.slack))

    # Walking

    async def _work(self) -> None:
        """Drain partitions as long as there are any, or parts of others."""
        while True:
            if self._waiting:
                place = self._waiting.popleft()
                self._active.add(place)
                await self._drain(place)
                self._active.discard(place)
                log.info("%s: partition %d is done", self._plan.report.resource, place.checkpoint.partition.number)
                self._notify()
            elif self._active:
                self._want_a_part()
                await self._changed.wait()
            else:
                return

    async def _drain(self, place: Open) -> None:
        async with aclosing(self._walk(place)) as walk:
            async for found in walk:
                await self._put(place, found)
                if place.cut_wanted and not place.checkpoint.finished:
                    await self._cut(place)
                    place.cut_wanted = False
                self._notify()  # with each page it shows better how much there is left for others

    def _walk(self, place: Open) -> Walk:
        at = place.checkpoint.partition
        walk = by_key(self._source, place) if at.strategy == "keyset" else by_cursor(self._source, place, self._seen)
        if self._plan.fan_out is None:
            return walk
        return fanned_out(self._plan.fan_out, self._source, walk, place, seen=self._given, turns=self._turns)

    async def _put(self, place: Place, found: Found) -> None:
        """Hand what was found to the writer, and go on from there."""
        self._plan.report.pages += 1
        self._plan.report.repeats += found.repeats
        before, place.checkpoint = place.checkpoint, found.checkpoint
        if self._arrivals is not None and place is not self._arrivals:
            since = datetime.fromisoformat(self._horizon())
            new = {identity_of(row, self._plan.key): row.created_at for row in found.rows if row.created_at >= since}
            self._recent |= new
        if found.rows or before != found.checkpoint:
            await self._queue.put(Step(before=before, after=(found.checkpoint,), rows=found.rows))

    def _want_a_part(self) -> None:
        """Ask the partition that has most before it for a part."""
        least = _WORTH_CUTTING * self._source.page_size

        def left(place: Open) -> float:
            return place.checkpoint.items / place.done * (1 - place.done) if place.done else 0.0

        able = [place for place in self._active if place.high is not None and not place.uncut]
        if able and left(longest := max(able, key=left)) >= least:
            longest.cut_wanted = True

    async def _cut(self, place: Open) -> None:
        """Leave the second half of what is left of a partition to another worker."""
        at = place.checkpoint
        if at.done or at.key is None or place.high is None:
            return
        halves = await halved(self._source, Slice(after=at.key, to=at.partition.to, first=at.key, last=place.high))
        if halves is None:
            place.uncut = True
        else:
            self._numbered += 1
            near, far = halves
            rest = Partition(number=self._numbered, strategy="keyset", after=far.after, to=far.to)
            part = Open(Checkpoint(partition=rest), low=far.first, high=far.last)
            place.checkpoint = attrs.evolve(at, partition=attrs.evolve(at.partition, to=near.to))
            place.high = near.last
            # The part is anybody's only when its beginning is on its way.
            await self._queue.put(Step(before=at, after=(place.checkpoint, part.checkpoint)))
            self._waiting.append(part)

    def _notify(self) -> None:
        self._changed.set()
        self._changed.clear()

    async def _follow(self, place: Place) -> None:
        """Look for what is new, again and again."""
        while True:
            try:
                async with aclosing(by_time(self._source, place, self._recent, self._plan.slack)) as walk:
                    async for found in walk:
                        await self._put(place, found)
            except (TransportError, ServerError, RateLimitedError) as error:
                # A worker that never stops outlives a server that is away for a while.
                log.warning(
                    "%s: looking again in %g s, because %s", self._plan.report.resource, self._plan.every, error
                )
            await asyncio.sleep(self._plan.every)

    # Writing

    async def _write(self) -> None:
        """Commit what the workers hand over, all that is there at a time; what is left, too, when the run is ended."""
        going_on = True
        steps = list[Step]()
        try:
            while going_on:
                step = await self._queue.get()
                while step is not None:
                    steps.append(step)
                    if self._queue.empty():
                        break
                    step = self._queue.get_nowait()
                going_on = step is not None
                if sum(len(each.rows) for each in steps) >= self._plan.sink.batch or not going_on:
                    ready, steps = steps, []
                    await to_its_end(self._commit(ready))
        except asyncio.CancelledError:
            while not self._queue.empty():
                if (step := self._queue.get_nowait()) is not None:
                    steps.append(step)
            await to_its_end(self._commit(steps))
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
        report.rate = (report.items - self._before) / report.seconds if report.seconds else 0.0
        report.share = 1.0 if report.done else self._share()
        log.debug("%s: %d rows in %d pages", report.resource, report.items, report.pages)
        if self._plan.on_progress is not None:
            self._plan.on_progress(report)

    def _share(self) -> float | None:
        """The part of all rows that is done: partitions that have not begun are thought to be as long as the others."""
        places = [*self._waiting, *self._active]
        if any(place.high is None for place in places):
            return None
        began = [place.checkpoint.items / place.done for place in places if place.done and place.checkpoint.items]
        ended = [each.items for each in self._committed if each.done]
        lengths = [*began, *ended]
        if not lengths:
            return self._plan.report.share
        total = sum(lengths) + (len(places) - len(began)) * sum(lengths) / len(lengths)
        # An estimate that falls back tells nobody anything.
        return max(self._plan.report.share or 0.0, min(_NEARLY, self._plan.report.items / total)) if total else None
