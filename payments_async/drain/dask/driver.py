"""The driver: has a plan drained on a cluster, task by task."""

from __future__ import annotations

import asyncio
import logging
import math
import secrets
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent import futures
from contextlib import suppress
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import attrs
from distributed.scheduler import KilledWorker

from payments_async.drain.dask.plans import Job, Stack
from payments_async.drain.dask.scheduler import PREFIX, Offices
from payments_async.drain.dask.targets import Folder, MadeByFunction, Tables, Target
from payments_async.drain.dask.worker import (
    AT_ONCE,
    Session,
    TaskResult,
    Turn,
    begin,
    check,
    drain_share,
    together,
    versions,
)
from payments_async.drain.errors import DrainError, PartitionLostError, TargetLostError
from payments_async.drain.partition import Checkpoint
from payments_async.drain.report import Report
from payments_async.drain.writing import share_of
from payments_async.wire.errors import PaymentsError, RateLimitedError, ServerError, TransportError
from payments_async.wire.options import is_loopback

log: logging.Logger = logging.getLogger(__name__)

_Task: TypeAlias = Callable[..., Awaitable[TaskResult]]

_TURN = 2.0
"""Seconds that a task drains: then what is left is spread over the workers again."""
_TURN_OF_CALLS = 10.0
"""The same of a fan-out: calls that are under way at the end are made again."""
_CUT_FOR_EACH = 4
"""How many partitions a drain begins with, for each task that runs at the same time."""
_BLOCK = 1_000
"""How many numbers a task has for partitions that it cuts."""
_TRIES = 20
"""How often a task is repeated, for reasons that may pass."""
_TRIES_TO_LOOK = 3
"""The same of a task that only looks what is left: a target that is not there should show soon."""
_LONGEST_PAUSE = 10.0
"""The most seconds before a task is repeated."""
_LONGEST_WAIT = 2.0
"""Seconds that a request may wait for the rate limit. More waiting requests only fill the workers."""
_MAY_PASS = (
    KilledWorker,
    TransportError,
    ServerError,
    RateLimitedError,
    PartitionLostError,
    TargetLostError,
    OSError,
)
"""Failures of a task after which it is repeated."""


async def drain_on(
    cluster: Any,
    plan: Sequence[Job],
    *,
    sink: Tables | Folder | str,
    resume: bool = False,
    replace: bool = False,
    on_progress: Callable[[Report], object] | None = None,
    allow_plain: bool = False,
) -> list[Report]:
    """Drain a plan on a cluster of Dask, each row once, and continue after any interruption.

    A drain that was stopped, or whose cluster is gone, continues with `resume=True`, on this cluster or another one, or
    as a `Drain` on one machine. A worker that dies, or is cut off, loses what it has read and not committed: another
    one reads it again.

    Args:
        cluster: A client of Dask distributed that was created with `asynchronous=True`.
        plan: What to drain, as `by_resource`, `by_stack` and `by_account` give it.
        sink: `Tables`, `Folder`, or the import path of a function on the workers that returns a sink of its own for a
            `Job`. Such a sink must compare checkpoints before it moves them, and all workers must reach its target.
        resume: Continue from the checkpoints of each target; start where there is no target.
        replace: Replace existing targets.
        on_progress: Called with the report of a job each time that a task of it has ended.
        allow_plain: Allows a cluster that can be reached by others and is not encrypted.

    Returns:
        The report of each job.

    Raises:
        ValueError: arguments exclude each other, or the plan has two jobs for one target.
        DrainError: the cluster is not encrypted, has no workers, or a worker cannot take part; a target exists already,
            belongs to another drain, or cannot be written to.
        PaymentsError: a call failed even after retries; committed rows are kept. A note names the worker.
    """
    if resume and replace:
        raise ValueError("resume and replace exclude each other")
    jobs = list(plan)
    if len({job.table for job in jobs}) < len(jobs):
        raise ValueError(
            "two jobs of the plan have the same table: use by_stack for several stacks, or drain one after the other"
        )
    rates = _rates(jobs)
    target: Target = MadeByFunction(sink) if isinstance(sink, str) else sink
    _check_private(cluster.scheduler.address, allow_plain=allow_plain)
    slots = await _prepare(cluster, jobs, target, rates)
    return await _Drains(cluster, jobs, target, slots, on_progress)(resume=resume, replace=replace)


def _rates(jobs: Iterable[Job]) -> dict[str, float | None]:
    stacks = {job.stack for job in jobs}
    rates = {stack.name: stack.rate for stack in stacks}
    if len(rates) < len(stacks):
        raise ValueError("two stacks of the plan have the same name: a stack has one rate and one token")
    return rates


def _check_private(address: str, *, allow_plain: bool) -> None:
    """Refuse a cluster whose messages, tokens and rows among them, others can read.

    Raises:
        DrainError: they can.
    """
    parts = urlsplit(address)
    if allow_plain or parts.scheme in {"tls", "inproc"} or is_loopback(parts.hostname or ""):
        return
    raise DrainError(
        f"{address} is not encrypted: whoever reaches it can read tokens and run code on the workers; give the cluster "
        "TLS (distributed.security.Security), or allow_plain=True if nobody else can reach it"
    )


async def _prepare(cluster: Any, jobs: list[Job], target: Target, rates: dict[str, float | None]) -> int:
    """Install what the scheduler and the workers need, and tell how many tasks run at the same time.

    Raises:
        DrainError: the scheduler or a worker cannot take part; the error names it.
    """
    try:
        await cluster.register_plugin(Offices())
        await getattr(cluster.scheduler, PREFIX + "serve")(rates=rates)
    except Exception as error:
        raise DrainError(f"the scheduler {cluster.scheduler.address} cannot take part: {_reason(error)}") from error
    workers = (await cluster.scheduler.identity(n_workers=-1))["workers"]
    if not workers:
        raise DrainError(f"the cluster of {cluster.scheduler.address} has no workers: start some")
    ours = versions()
    for address, found in (await cluster.run(check, jobs, target, on_error="return")).items():
        if isinstance(found, Exception):
            raise DrainError(f"the worker {address} cannot take part: {_reason(found)}") from found
        for name, theirs in found.items():
            if theirs != ours[name]:
                raise DrainError(
                    f"the worker {address} has {name} {theirs}, not {ours[name]} as here: install the same versions"
                )
    await cluster.register_plugin(Session())
    return sum(worker["nthreads"] for worker in workers.values())


def _reason(error: Exception) -> str:
    if isinstance(error, ModuleNotFoundError):
        return f"{error}; install payments_async and the extra `dask` there"
    return str(error) if isinstance(error, PaymentsError) else f"{type(error).__name__}: {error}"


@attrs.define(eq=False)
class _Job:
    """A job, and how far it has come.

    Attributes:
        job: The job.
        report: Its report.
        open: The partitions that are left, by their numbers.
        waiting: The numbers of those that no task drains.
        done: All others, as if they were one.
        running: How many tasks drain it.
        last_number: The number that the numbers of further partitions come after.
        items_before: How many rows there were before this run.
    """

    job: Job
    report: Report
    open: dict[int, Checkpoint] = attrs.field(factory=dict[int, Checkpoint])
    waiting: list[int] = attrs.field(factory=list[int])
    done: Checkpoint = attrs.field(factory=lambda: together([]))
    running: int = 0
    last_number: int = 0
    items_before: int | None = None

    @property
    def most(self) -> int:
        """How many tasks of its stack may run at the same time, so that none waits too long for the rate limit."""
        rate, at_once = self.job.stack.rate, self.job.concurrency if self.job.calls else AT_ONCE
        return 2**31 if rate is None else max(1, int(rate * _LONGEST_WAIT / at_once))

    def found(self, result: TaskResult) -> None:
        """Take what is left from a look at all partitions."""
        self.open, self.done, self.report.partitions = {}, together([]), 0
        self.last_number = max(self.last_number, result.last_number)
        self._add(result)
        if self.items_before is None:
            self.items_before = self.report.items
        self.report.done = result.report.done

    def drained(self, numbers: Iterable[int], result: TaskResult) -> None:
        """Take what a task has left of these partitions."""
        for number in numbers:
            del self.open[number]
            self.report.partitions -= 1
        self._add(result)

    def _add(self, result: TaskResult) -> None:
        self.open |= {each.partition.number: each for each in result.open}
        self.waiting += [each.partition.number for each in result.open]
        self.done = together([self.done, result.done])
        report, new = self.report, result.report
        report.strategy, report.latency = new.strategy, new.latency or report.latency
        report.partitions += new.partitions
        report.pages += new.pages
        report.repeats += new.repeats
        report.requests += new.requests
        report.retries += new.retries
        report.items = self.done.items + sum(each.items for each in self.open.values())
        share = 1.0 if new.done and not self.open else share_of([self.done, *self.open.values()])
        # An estimate that goes down would confuse users.
        report.share = share if share is None else max(share, report.share or 0.0)


class _Drains:
    """The drains of a plan.

    Args:
        cluster: The client of the cluster.
        jobs: The plan.
        target: Where the rows go.
        slots: How many tasks run at the same time.
        on_progress: Called with reports.
    """

    def __init__(
        self,
        cluster: Any,
        jobs: Iterable[Job],
        target: Target,
        slots: int,
        on_progress: Callable[[Report], object] | None,
    ) -> None:
        self._cluster = cluster
        self._jobs = [_Job(each, Report(resource=each.resource)) for each in jobs]
        self._target = target
        self._slots = slots
        self._on_progress = on_progress
        self._run = secrets.token_hex(4)
        self._tasks = 0
        self._progressed = asyncio.Event()
        self._started = time.monotonic()

    async def __call__(self, *, resume: bool, replace: bool) -> list[Report]:
        """Drain all that is left, and tell how that went."""
        try:
            await self._look(resume=resume, replace=replace)
            while any(each.open for each in self._jobs):
                async with asyncio.TaskGroup() as group:
                    for _ in range(self._slots):
                        group.create_task(self._work())
                # What a lost driver, or a task that was taken for lost, has cut is known to the target alone.
                await self._look(resume=True, replace=False)
        except BaseExceptionGroup as errors:
            error = errors.exceptions[0]
            raise error from error.__cause__
        return [each.report for each in self._jobs]

    async def _look(self, *, resume: bool, replace: bool) -> None:
        """Find out what is left of each job; cut those that are new, and complete those that are done."""
        partitions = self._slots * _CUT_FOR_EACH

        async def look(each: _Job) -> None:
            given = (each.job, self._target, partitions)
            # Repeated without either, it would refuse what it has itself begun.
            tries = _TRIES_TO_LOOK if resume or replace else 0
            each.found(await self._result(each, tries, begin, *given, resume=resume, replace=replace))
            self._tell(each)

        async with asyncio.TaskGroup() as group:
            for each in self._jobs:
                if not each.report.done:
                    group.create_task(look(each))

    async def _work(self) -> None:
        """Have partitions drained until none is left."""
        while any(each.open for each in self._jobs):
            ready = [each for each in self._jobs if each.waiting and self._running(each.job.stack) < each.most]
            if not ready:
                await self._progressed.wait()
                continue
            each = min(ready, key=lambda each: each.running)
            count = math.ceil(len(each.waiting) / self._slots)
            numbers, each.waiting = tuple(each.waiting[:count]), each.waiting[count:]
            first = each.last_number + 1
            each.last_number += _BLOCK
            seconds = _TURN_OF_CALLS if each.job.calls else _TURN
            turn = Turn(numbers=numbers, block=range(first, first + _BLOCK), seconds=seconds)
            each.running += 1
            result = await self._result(each, _TRIES, drain_share, each.job, self._target, turn)
            each.running -= 1
            each.drained(numbers, result)
            self._tell(each)
            self._progressed.set()
            self._progressed.clear()

    def _running(self, stack: Stack) -> int:
        return sum(each.running for each in self._jobs if each.job.stack == stack)

    async def _result(self, each: _Job, tries: int, task: _Task, *given: Any, **options: Any) -> TaskResult:
        """The result of a task; it is repeated where its failure may pass."""
        failures = 0
        while True:
            try:
                return await self._submit(each, task, *given, **options)
            except Exception as error:
                if failures == tries and isinstance(error, KilledWorker):
                    raise DrainError(
                        f"workers have died again and again while they drained {each.job.resource}: look at their "
                        "logs; what was committed is kept"
                    ) from None
                if failures == tries or not isinstance(error, _MAY_PASS):
                    raise
                told = {"resource": each.job.resource, "error": type(error).__name__}
                log.warning("%s: a task is repeated, because of %s", *told.values(), extra=told)
            await asyncio.sleep(min(_LONGEST_PAUSE, 0.1 * 2**failures))
            failures += 1

    async def _submit(self, each: _Job, task: _Task, *given: Any, **options: Any) -> TaskResult:
        self._tasks += 1
        key = f"payments_async-{each.job.table}-{self._run}-{self._tasks}"
        future = self._cluster.submit(task, *given, **options, key=key, pure=False)
        try:
            result: TaskResult = await future
        except asyncio.CancelledError:
            with suppress(Exception):  # the cluster may be gone
                await future.cancel()
            raise
        except futures.CancelledError:
            raise DrainError(
                "the cluster has given up a task: its scheduler is gone, or somebody has cancelled it; what was "
                "committed is kept"
            ) from None
        return result

    def _tell(self, each: _Job) -> None:
        """Bring a report up to date, and pass it to the user's function."""
        report = each.report
        report.seconds = time.monotonic() - self._started
        report.rate = (report.items - (each.items_before or 0)) / report.seconds if report.seconds else 0.0
        if self._on_progress is not None:
            self._on_progress(report)
