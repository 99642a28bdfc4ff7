"""Runs that break: what was read is kept, the error is the plain one, nothing goes on, and a resume completes."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import weakref
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import attrs
import pytest

from payments_async import ConnectionFailedError, PaymentsError, ServerError, ValidationError
from payments_async.drain import (
    CSV,
    Drain,
    DrainError,
    Each,
    JSONLines,
    Parquet,
    PartitionLostError,
    Report,
    SQLite,
    Step,
)
from tests.drain.lists import Asked, Lists, Memory, Refusal, connected, drained, numbered
from tests.sealed import assert_sealed
from tests.waiting import PATIENCE

PAGE = 10


class Breaking:
    """Breaks with an error before the answer to the page after a key, each time that it is asked for."""

    def __init__(self, after: str, error: Exception) -> None:
        self.after = after
        self.error: Exception | None = error

    async def __call__(self, asked: Asked) -> None:
        if self.error is not None and asked.size == PAGE and f"'{self.after}'" in str(asked.filter):
            raise self.error


ERRORS = [
    (Refusal(500, "INTERNAL"), ServerError),
    (Refusal(400), ValidationError),
    (ConnectionFailedError("the connection was lost"), ConnectionFailedError),
]


@pytest.mark.parametrize(("failure", "kind"), ERRORS, ids=lambda each: getattr(each, "__name__", ""))
async def test_an_error_in_the_midst_is_raised_plain_and_what_was_read_is_kept(
    failure: Exception, kind: type[PaymentsError]
) -> None:
    # Each page begins with the last row of the one before it: ten rows, then nine more each.
    breaking, sink = Breaking("0045", failure), Memory()
    lists = Lists(payments=numbered(100), meanwhile=breaking)
    with pytest.raises(kind) as caught:
        await drained(lists, "payments", sink, page_size=PAGE)
    assert type(caught.value) is kind
    assert [row.reference for row in sink.rows] == [f"{number:04}" for number in range(46)]
    assert sink.closed == 1
    assert sink.finished == 0
    breaking.error = None
    report = await drained(lists, "payments", sink, page_size=PAGE, resume=True)
    assert sorted(row.reference for row in sink.rows) == [f"{number:04}" for number in range(100)]
    assert (report.items, report.done) == (100, True)


async def test_an_error_in_the_midst_shows_no_row(tmp_path: Path) -> None:
    rows = [{**each, "asset": "canary"} for each in numbered(100)]
    async with connected(Lists(payments=rows, meanwhile=Breaking("0045", Refusal(500, "INTERNAL")))) as client:
        with pytest.raises(ServerError) as caught:
            await Drain(client, "payments", JSONLines(tmp_path / "out.jsonl"), page_size=PAGE).run()
    assert_sealed(caught.value, "canary")


async def test_an_error_of_one_partition_ends_all_and_all_that_was_read_is_kept() -> None:
    asked_for = 0

    async def break_late(asked: Asked) -> None:
        nonlocal asked_for
        asked_for += asked.size == PAGE
        if asked_for == 15:
            raise Refusal(500, "INTERNAL")

    lists, sink = Lists(payments=numbered(400), meanwhile=break_late), Memory()
    with pytest.raises(ServerError):
        await drained(lists, "payments", sink, page_size=PAGE, partitions=4)
    # The first two pages were a trial.
    assert 120 < sum(each.items for each in sink.ledger) == len(sink.rows) < 400
    lists.meanwhile = None
    report = await drained(lists, "payments", sink, page_size=PAGE, partitions=4, resume=True)
    assert report.items == len(sink.rows) == 400


# Cancelling


async def cancelled(task: asyncio.Task[Any]) -> None:
    """Cancel a task, and hold it to ending so."""
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert task.cancelled()


@pytest.mark.parametrize("turns", range(0, 120, 3))
async def test_a_run_can_be_cancelled_at_any_moment_and_gone_on_with(turns: int) -> None:
    lists, sink = Lists(payments=numbered(200)), Memory()
    async with connected(lists) as client:
        task = asyncio.create_task(Drain(client, "payments", sink, partitions=3, page_size=PAGE).run())
        for _ in range(turns):
            await asyncio.sleep(0)
        if not task.done():
            await cancelled(task)
            assert sink.closed == (1 if turns else 0)
        report = await Drain(client, "payments", sink, partitions=3, page_size=PAGE).run(resume=True)
    assert report.items == len(sink.rows) == 200


class Gated(Memory):
    """A sink whose commits of rows wait for a gate."""

    def __init__(self) -> None:
        super().__init__()
        self.begun = asyncio.Event()
        self.gate = asyncio.Event()
        self.during = self._wait

    async def _wait(self, steps: Sequence[Step]) -> None:
        if any(step.rows for step in steps):
            self.begun.set()
            await self.gate.wait()


async def turn(times: int = 200) -> None:
    """Let all others have their turns."""
    for _ in range(times):
        await asyncio.sleep(0)


async def test_cancelled_in_the_midst_of_a_commit_that_and_what_has_been_read_since_are_kept() -> None:
    lists, sink = Lists(payments=numbered(100)), Gated()
    async with connected(lists) as client:
        task = asyncio.create_task(Drain(client, "payments", sink, page_size=PAGE).run())
        await sink.begun.wait()
        await turn()
        task.cancel()
        await turn()
        assert not task.done(), "it waits for the commit"
        sink.gate.set()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert len(sink.rows) == 100
    assert sink.commits == [0, 10, 90]


async def test_cancelled_again_and_again_a_commit_is_still_not_left_half_done() -> None:
    lists, sink = Lists(payments=numbered(100)), Gated()
    async with connected(lists) as client:
        task = asyncio.create_task(Drain(client, "payments", sink, page_size=PAGE).run())
        await sink.begun.wait()
        for _ in range(5):
            task.cancel()
            await turn()
        sink.gate.set()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert len(sink.rows) == sum(sink.commits) > 0
    assert [each.items for each in sink.ledger if each.partition.number] == [len(sink.rows)]


async def test_a_worker_that_fails_in_the_midst_of_a_commit_leaves_the_rest_committed() -> None:
    breaking, sink = Breaking("0045", Refusal(500, "INTERNAL")), Gated()
    lists = Lists(payments=numbered(100), meanwhile=breaking)
    task = asyncio.create_task(drained(lists, "payments", sink, page_size=PAGE))
    await sink.begun.wait()
    await turn()
    sink.gate.set()
    with pytest.raises(ServerError):
        await task
    assert len(sink.rows) == 46
    assert [each.key for each in sink.ledger if each.partition.number] == ["0045"]


async def test_cancelled_in_the_midst_of_a_commit_that_fails_its_error_is_raised_and_no_other() -> None:
    lists, sink = Lists(payments=numbered(100)), Gated()

    async def fail(steps: Sequence[Step]) -> None:
        await sink._wait(steps)
        if any(step.rows for step in steps):
            raise DrainError("the disk is full")

    sink.during = fail
    async with connected(lists) as client:
        task = asyncio.create_task(Drain(client, "payments", sink, page_size=PAGE).run())
        await sink.begun.wait()
        await turn()
        task.cancel()
        sink.gate.set()
        with pytest.raises(DrainError, match="the disk is full"):
            await task
    assert sink.rows == []
    assert sink.closed == 1


async def test_cancelled_while_the_disk_works_the_file_and_its_checkpoint_agree(tmp_path: Path) -> None:
    lists, sink = Lists(payments=numbered(100)), JSONLines(tmp_path / "out.jsonl")
    begun, gate = asyncio.Event(), threading.Event()
    loop, append = asyncio.get_running_loop(), sink._append

    def append_late(data: bytes) -> None:
        if data:
            loop.call_soon_threadsafe(begun.set)
            gate.wait()
        append(data)

    sink._append = append_late  # type: ignore[method-assign]  # the moment in which it is cancelled
    async with connected(lists) as client:
        task = asyncio.create_task(Drain(client, "payments", sink, page_size=PAGE).run())
        await begun.wait()
        await turn()
        task.cancel()
        await turn()
        gate.set()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert _lines(sink) == 100
        report = await Drain(client, "payments", JSONLines(sink.path), page_size=PAGE).run(resume=True)
    assert (report.items, _lines(sink)) == (100, 100)


def _lines(sink: JSONLines) -> int:
    return sink.path.read_bytes().count(b"\n")


async def test_cancelled_while_a_function_takes_rows_it_is_not_interrupted(tmp_path: Path) -> None:
    begun, gate = asyncio.Event(), asyncio.Event()
    taken = list[str]()

    async def take(rows: list[Any]) -> None:
        begun.set()
        await gate.wait()
        taken.extend(row.reference for row in rows)

    async with connected(Lists(payments=numbered(100))) as client:
        drain = Drain(client, "payments", Each(take, tmp_path / "c"), page_size=PAGE)
        task = asyncio.create_task(drain.run())
        await begun.wait()
        await turn()
        task.cancel()
        await turn()
        gate.set()
        with pytest.raises(asyncio.CancelledError):
            await task
        await drain.run(resume=True)
    assert taken == [f"{number:04}" for number in range(100)]


async def test_steps_are_prepared_while_earlier_ones_are_committed() -> None:
    class Preparing(Memory):
        steps = 0

        async def prepared(self, step: Step) -> Step:
            self.steps += 1
            more.set()
            return attrs.evolve(step, rows=[attrs.evolve(row, asset="prepared") for row in step.rows])

    async def wait_for_another(steps: Sequence[Step]) -> None:
        if any(each.rows for each in steps) and not sink.rows:
            more.clear()
            await asyncio.wait_for(more.wait(), PATIENCE)

    more, sink = asyncio.Event(), Preparing(during=wait_for_another)
    await drained(Lists(payments=numbered(100)), "payments", sink, page_size=PAGE)
    assert [row.asset for row in sink.rows] == ["prepared"] * 100
    assert sink.steps > 1


# Sinks that fail


async def test_what_a_sink_raises_ends_the_run_and_keeps_its_cause() -> None:
    lists, sink = Lists(payments=numbered(1000)), Memory()

    async def fail(_: Sequence[Step]) -> None:
        if sink.rows:
            raise DrainError("out.jsonl cannot be written") from OSError(28, "No space left on device")

    sink.during = fail
    with pytest.raises(DrainError, match=r"out.jsonl cannot be written") as caught:
        await drained(lists, "payments", sink, page_size=PAGE, partitions=2)
    assert isinstance(caught.value.__cause__, OSError)
    assert sink.closed == 1
    sink.during = None
    await drained(lists, "payments", sink, page_size=PAGE, resume=True)
    assert len(sink.rows) == 1000


@pytest.mark.parametrize("partitions", [1, 4])
async def test_a_slow_sink_holds_up_the_reading(partitions: int) -> None:
    # 6,000 rows must not wait in memory: no more than some do.
    lists, sink = Lists(payments=numbered(6000)), Gated()
    task = asyncio.create_task(drained(lists, "payments", sink, page_size=100, partitions=partitions))
    await sink.begun.wait()
    await turn(2000)
    read = sum(asked.size for asked in lists.asked if asked.size == 100)
    sink.gate.set()
    await task
    assert read < 2500 + 100 * partitions
    assert len(sink.rows) == 6000


async def test_committed_rows_are_not_kept_while_the_next_are_read() -> None:
    class Forgetting(Memory):
        batch = 20

        async def commit(self, steps: Sequence[Step]) -> None:
            self.ledger = self.ledger.moved(steps)
            committed.extend(weakref.ref(row) for step in steps for row in step.rows)

    async def count(_: Asked) -> None:
        for _turn in range(50):  # until a commit that is under way has ended
            await asyncio.sleep(0)
        kept.append(sum(row() is not None for row in committed))

    committed, kept = list[weakref.ref[Any]](), list[int]()
    await drained(Lists(payments=numbered(100), meanwhile=count), "payments", Forgetting(), page_size=PAGE)
    assert len(committed) == 100
    assert max(kept) <= PAGE  # the reader has the last page


async def test_what_is_wrong_with_the_target_is_said_before_anything_is_asked() -> None:
    lists, sink = Lists(payments=numbered(10)), Memory()
    await drained(lists, "payments", sink)
    asked = len(lists.asked)
    with pytest.raises(DrainError, match="it is there already"):
        await drained(lists, "payments", sink)
    assert len(lists.asked) == asked
    assert sink.closed == 2


async def test_resume_and_replace_exclude_each_other() -> None:
    sink = Memory()
    async with connected(Lists()) as client:
        with pytest.raises(ValueError, match="resume and replace exclude each other"):
            await Drain(client, "payments", sink).run(resume=True, replace=True)
    assert sink.opened == 0


async def test_a_done_drain_resumed_asks_for_nothing_and_is_done() -> None:
    lists, sink = Lists(payments=numbered(30)), Memory()
    await drained(lists, "payments", sink, page_size=PAGE)
    asked = len(lists.asked)
    report = await drained(lists, "payments", sink, page_size=PAGE, resume=True)
    assert (report.items, report.done, report.requests, len(lists.asked)) == (30, True, 0, asked)
    assert sink.finished == 2


@pytest.mark.parametrize("begins_at", [1, 2, 10, 40])
async def test_two_drains_of_one_database_end_with_one_winner_and_each_row_once(tmp_path: Path, begins_at: int) -> None:
    """The second drain begins when the first has sent some requests, and the first then waits until it reads too."""

    async def wait_for_the_second(_: Asked) -> None:
        if len(lists.asked) >= begins_at:
            first_waits.set()
            await second_reads.wait()

    async def release_the_first(_: Asked) -> None:
        second_reads.set()

    path, first_waits, second_reads = tmp_path / "out.db", asyncio.Event(), asyncio.Event()
    lists = Lists(payments=numbered(500), meanwhile=wait_for_the_second)
    same = Lists(payments=numbered(500), meanwhile=release_the_first)
    async with connected(lists) as client, connected(same) as other:
        drains = [Drain(each, "payments", SQLite(path), page_size=PAGE, partitions=2) for each in (client, other)]
        first = asyncio.create_task(drains[0].run())
        await first_waits.wait()
        outcomes = await asyncio.gather(first, drains[1].run(resume=True), return_exceptions=True)
        assert any(isinstance(each, PartitionLostError) for each in outcomes)
        assert all(isinstance(each, PartitionLostError | Report) for each in outcomes)
        report = await Drain(client, "payments", SQLite(path), page_size=PAGE).run(resume=True)
    assert report.items == 500
    assert references(path) == [f"{number:04}" for number in range(500)]


def references(path: Path) -> list[str]:
    """The references in a database."""
    with closing(sqlite3.connect(path)) as database:
        return [reference for (reference,) in database.execute("SELECT reference FROM payments ORDER BY reference")]


@pytest.mark.parametrize("make", [JSONLines, CSV, SQLite, Parquet], ids=lambda make: make.__name__)
async def test_one_drain_object_drains_again_and_again(tmp_path: Path, make: Any) -> None:
    lists = Lists(payments=numbered(30))
    async with connected(lists) as client:
        drain = Drain(client, "payments", make(tmp_path / "out"), page_size=PAGE)
        for count in (30, 35):
            report = await drain.run(replace=True)
            assert (report.items, report is drain.report) == (count, True)
            lists.payments += numbered(5, first=count)
        with pytest.raises(DrainError, match="already"):
            await drain.run()
        report = await drain.run(resume=True)
        assert (report.items, report.requests) == (35, 0)


@pytest.mark.parametrize("partitions", [1, 3])
@pytest.mark.parametrize("make", [JSONLines, CSV, SQLite, Parquet], ids=lambda make: make.__name__)
async def test_nothing_is_left_running_after_an_error(tmp_path: Path, make: Any, partitions: int) -> None:
    async def break_late(_: Asked) -> None:
        if len(lists.asked) > 20:
            raise Refusal(500, "INTERNAL")

    lists, before = Lists(payments=numbered(300), meanwhile=break_late), asyncio.all_tasks()
    async with connected(lists) as client:
        with pytest.raises(ServerError):
            await Drain(client, "payments", make(tmp_path / "out"), page_size=PAGE, partitions=partitions).run()
        assert asyncio.all_tasks() == before
        assert not [path for path in open_files() if path.is_relative_to(tmp_path)]


def open_files() -> list[Path]:
    return [link.readlink() for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
