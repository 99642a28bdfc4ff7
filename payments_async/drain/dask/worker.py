"""What runs on the workers: one client per stack and process, and the tasks that drain partitions with it."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Iterable
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

import attrs

from payments_async.client import PaymentsClient
from payments_async.drain.checkpoint import Ledger
from payments_async.drain.dask.leases import SharedBudget, SharedToken
from payments_async.drain.dask.plans import Job, Stack
from payments_async.drain.dask.scheduler import PREFIX
from payments_async.drain.dask.share import Share, Whole
from payments_async.drain.dask.targets import Target
from payments_async.drain.drain import Drain
from payments_async.drain.partition import Checkpoint, Partition
from payments_async.drain.report import Report
from payments_async.drain.sinks import Sink
from payments_async.version import VERSION
from payments_async.wire.auth import ClientCredentialsSource
from payments_async.wire.hidden import without_frames

if TYPE_CHECKING:
    WorkerPlugin = object
else:
    from distributed import WorkerPlugin

AT_ONCE = 2
"""How many partitions a task drains at once; a task with one partition cuts it in two for that."""


@attrs.frozen(kw_only=True)
class Turn:
    """What a task drains.

    Attributes:
        numbers: The numbers of the partitions.
        block: The numbers of those that are cut from them.
        seconds: How long it takes, about.
    """

    numbers: tuple[int, ...]
    block: range
    seconds: float


@attrs.frozen(kw_only=True)
class TaskResult:
    """What a task has done. It shows numbers of rows and no keys.

    Attributes:
        open: The checkpoints of the partitions that are left, without their keys.
        done: All partitions that are done, as if they were one.
        last_number: The number that the numbers of further partitions come after.
        report: The report of the task's run.
    """

    open: tuple[Checkpoint, ...]
    done: Checkpoint
    last_number: int
    report: Report


class _Office:
    """The scheduler, as a worker calls it for a stack.

    Args:
        worker: The worker.
        stack: The stack's name, by which its requests are admitted.
        audience: What the stack's token is for; it is lent to nobody else.
    """

    def __init__(self, worker: Any, stack: str, audience: str) -> None:
        self._scheduler = worker.scheduler
        self._stack = stack
        self._audience = audience

    async def admit(self, count: int) -> int:
        return cast("int", await self._call("admit", stack=self._stack, count=count))

    async def pause(self, seconds: float) -> None:
        await self._call("pause", stack=self._stack, seconds=seconds)

    async def lend(self, refused: str | None) -> tuple[str, float] | None:
        return cast("tuple[str, float] | None", await self._call("lend", audience=self._audience, refused=refused))

    async def keep(self, token: str | None, seconds: float) -> None:
        await self._call("keep", audience=self._audience, token=token, seconds=seconds)

    async def _call(self, operation: str, **given: Any) -> Any:
        return await getattr(self._scheduler, PREFIX + operation)(**given)


class Session(WorkerPlugin):
    """Keeps one client per stack for all tasks of a worker process, and closes them with it."""

    name = "payments_async"
    idempotent = True

    def setup(self, worker: Any) -> None:
        """Begin without a client: the first task of a stack creates it."""
        self._worker = worker
        self._open = dict[Stack, tuple[PaymentsClient, SharedBudget, PaymentsClient]]()
        self._opening = asyncio.Lock()

    async def teardown(self, worker: Any) -> None:  # noqa: ARG002  # Dask passes it by its name
        """Close the clients."""
        for root, budget, _ in self._open.values():
            await budget.aclose()
            await root.aclose()
        self._open.clear()

    async def client(self, stack: Stack) -> PaymentsClient:
        """The client of a stack, whose requests are admitted and signed through the scheduler."""
        async with self._opening:
            if stack not in self._open:
                root = await stack.connect().__aenter__()
                source = root.token_source
                office = _Office(self._worker, stack.name, f"{root.url} {getattr(source, 'audience', '')}")
                budget = SharedBudget(office)
                if isinstance(source, ClientCredentialsSource):
                    source = SharedToken(source, office)
                used = root.signed_by(source).with_options(attempt_layers=[budget.attempts])
                self._open[stack] = root, budget, used
            return self._open[stack][2]


async def check(jobs: Iterable[Job], target: Target) -> dict[str, str]:
    """What must be the same on all workers; raises what keeps this one from draining these jobs."""
    for stack in {job.stack for job in jobs}:
        await stack.connect().aclose()
    for job in jobs:
        target.sink(job)
    return versions()


def versions() -> dict[str, str]:
    """The versions on which it depends whether two processes understand each other."""
    return {
        "Python": "{}.{}".format(*sys.version_info),
        "payments_async": VERSION,
        "distributed": import_module("distributed").__version__,
    }


async def begin(job: Job, target: Target, partitions: int, *, resume: bool, replace: bool) -> TaskResult:
    """A task: what is left of a job, which is cut into so many partitions if it is new, and completed if it is done."""

    async def work(session: Session) -> TaskResult:
        whole = Whole(target.sink(job))
        client = await session.client(job.stack)
        drain = _drain(client, job, whole, partitions=partitions, on_progress=lambda _: drain.stop())
        report = await drain.run(resume=resume, replace=replace)
        return _result_of(whole.ledger, report)

    return await _on_this_worker(work)


async def drain_share(job: Job, target: Target, turn: Turn) -> TaskResult:
    """A task: drain some partitions for some time, as far as that goes."""

    async def work(session: Session) -> TaskResult:
        share = Share(target.sink(job), turn.numbers, turn.block)
        client = await session.client(job.stack)
        ends = list[asyncio.TimerHandle]()

        def begin_time(_: Report) -> None:
            if not ends:  # with the first report, so that each task comes at least a page further
                ends.append(asyncio.get_running_loop().call_later(turn.seconds, drain.stop))

        drain = _drain(client, job, share, partitions=AT_ONCE, on_progress=begin_time)
        try:
            report = await drain.run(resume=True)
        finally:
            for end in ends:
                end.cancel()
        return _result_of(share.ledger, report)

    return await _on_this_worker(work)


async def _on_this_worker(work: Callable[[Session], Awaitable[TaskResult]]) -> TaskResult:
    """The result of some work; an error names the worker, and travels without those that led to it."""
    worker = import_module("distributed").get_worker()
    try:
        return await work(worker.plugins[Session.name])
    except Exception as error:  # noqa: BLE001  # it is raised below
        error.add_note(f"on the worker {worker.address}")
        failure = without_frames(error)
    raise failure


def _drain(
    client: PaymentsClient, job: Job, sink: Sink, *, partitions: int, on_progress: Callable[[Report], object]
) -> Drain[Any]:
    source: Any = client.v3 if job.api == "v3" else client
    return Drain(
        source,
        cast("Any", job.resource),
        sink,
        query=None if job.query is None else json.loads(job.query),
        strategy=job.strategy,
        partitions=partitions,
        concurrency=job.concurrency,
        page_size=job.page_size,
        on_progress=on_progress,
    )


def _result_of(ledger: Ledger, report: Report) -> TaskResult:
    drained = [each for each in ledger if each.partition.strategy != "arrivals"]
    return TaskResult(
        open=tuple(_without_keys(each) for each in drained if not each.done),
        done=together(each for each in drained if each.done),
        last_number=ledger.last_number,
        report=attrs.evolve(report, last_key=None),
    )


def _without_keys(checkpoint: Checkpoint) -> Checkpoint:
    partition = attrs.evolve(checkpoint.partition, after=None, to=None, where=None)
    return attrs.evolve(checkpoint, partition=partition, key=None, finished=(), holder=None)


def together(checkpoints: Iterable[Checkpoint]) -> Checkpoint:
    """Partitions that are done, as if they were one, which counts the same."""
    found = list(checkpoints)
    strategy = found[0].partition.strategy if found else "cursor"
    rows = sum(each.partition.rows or 0 for each in found)
    return Checkpoint(
        partition=Partition(number=0, strategy=strategy, rows=rows),
        done=True,
        items=sum(each.items for each in found),
        listed=sum(each.listed for each in found),
    )
