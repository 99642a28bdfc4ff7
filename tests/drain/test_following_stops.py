"""Followers that stop, by being cancelled or by an error, and go on: no row is lost, and none comes twice."""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments_async import ConnectionFailedError, PermissionDeniedError
from payments_async.drain import DrainError, Each, JSONLines, Report, SQLite, Step
from tests.drain.follower import EVERY, NEWEST_FIRST, PAGE, START, dated, following, in_turn, looks, names, taken
from tests.drain.lists import Asked, Lists, Memory, Refusal, drained
from tests.drain.sinks.targets import references
from tests.properties import examples
from tests.wire.scripted import at_once, now

Arrival: TypeAlias = tuple[float, float]
"""When a payment comes, and how late."""


@examples(100)
@given(
    st.lists(st.tuples(st.floats(0, 100), st.floats(0, 55)), max_size=60),
    st.lists(st.tuples(st.floats(0, 12), st.integers(0, 40)), max_size=8),
    st.integers(1, 3),
    st.integers(1, 6),
    st.sampled_from(["keyset", "cursor"]),
)
def test_whenever_it_is_stopped_and_gone_on_with_each_comes_once(
    arrivals: list[Arrival], stops: list[tuple[float, int]], partitions: int, page_size: int, strategy: Any
) -> None:
    async def run() -> None:
        lists, sink = Lists(payments=in_turn(12)), Memory()
        ends = itertools.count(100)

        async def arrive() -> None:
            for at, late in sorted(arrivals):
                await asyncio.sleep(at - now())
                # The newest item is at most as new as the clock, so none is later than the slack.
                lists.payments.append(dated(f"{next(ends) % 7}.{len(lists.payments)}", 12 + at - late))

        coming = asyncio.create_task(arrive())
        options: dict[str, Any] = {"partitions": partitions, "page_size": page_size, "strategy": strategy}
        for seconds, turns in stops:
            async with following(lists, sink, **options):
                await asyncio.sleep(seconds)
                for _ in range(turns):
                    await asyncio.sleep(0)
        await coming
        async with following(lists, sink, **options):
            await asyncio.sleep(2 * EVERY)
        assert taken(sink) == names(lists.payments)
        assert sum(each.items for each in sink.ledger) == len(sink.rows)

    at_once(run())


class Prompted:
    """Lets a follower look only when it is to have more rows, so that threads which keep them have the processor."""

    def __init__(self) -> None:
        self._items = 0
        self._wanted = asyncio.Event()
        self._news = asyncio.Event()

    async def before(self, asked: Asked) -> None:
        if asked.sort == NEWEST_FIRST and not asked.cursor:
            await self._wanted.wait()
            self._wanted.clear()

    def on_progress(self, report: Report) -> None:
        self._items = report.items
        self._news.set()

    async def has(self, count: int) -> None:
        """Wait until so many rows are committed."""
        self._wanted.set()
        while self._items < count:
            self._news.clear()
            await self._news.wait()


@asynccontextmanager
async def prompted(lists: Lists, sink: Any, **options: Any) -> AsyncIterator[Prompted]:
    """A follower that is told when to look."""
    prompts = Prompted()
    lists.meanwhile = prompts.before
    async with following(lists, sink, every=0.01, on_progress=prompts.on_progress, **options):
        yield prompts


@pytest.mark.parametrize("make", [JSONLines, SQLite], ids=lambda make: make.__name__)
async def test_a_file_has_each_row_once_after_stops_and_resumes(tmp_path: Path, make: Callable[[Path], Any]) -> None:
    lists, path = Lists(payments=in_turn(25)), tmp_path / ("out.jsonl" if make is JSONLines else "out.db")
    for stop in range(4):
        async with prompted(lists, make(path), partitions=2) as follower:
            await follower.has(len(lists.payments))
            # Of the newest time, a new one, and a late one.
            newest = 24 + stop
            lists.payments += [dated(f"{stop} {at}", at) for at in (newest, newest + 1, newest - 20)]
            await follower.has(len(lists.payments))
        lists.payments.append(dated(f"{stop} between", newest - 10))
    async with prompted(lists, make(path)) as follower:
        await follower.has(len(lists.payments))
    assert sorted(references(path)) == names(lists.payments)


async def test_a_function_has_each_row_and_again_only_those_of_the_slack(tmp_path: Path) -> None:
    lists, given = Lists(payments=in_turn(100)), Counter[str]()

    async def take(rows: list[Any]) -> None:
        given.update(row.reference for row in rows)

    slack = timedelta(seconds=20)
    async with prompted(lists, Each(take, tmp_path / "c"), slack=slack) as follower:
        await follower.has(100)
        lists.payments += in_turn(30, first=100)
        await follower.has(130)
    assert set(given.values()) == {1}
    lists.payments += in_turn(5, first=130)
    async with prompted(lists, Each(take, tmp_path / "c"), slack=slack) as follower:
        await follower.has(130 + 21 + 5)
    assert sorted(given) == names(lists.payments)
    assert sorted(name for name, times in given.items() if times > 1) == [f"{number:04}" for number in range(109, 130)]
    assert max(given.values()) == 2


def test_a_run_that_does_not_follow_looks_once_and_a_later_one_goes_on_following() -> None:
    async def run() -> None:
        lists, sink = Lists(payments=in_turn(25)), Memory()
        async with following(lists, sink):
            await asyncio.sleep(EVERY)
        lists.payments += in_turn(5, first=25)
        report = await drained(lists, "payments", sink, page_size=PAGE, resume=True)
        assert (report.items, report.done) == (30, True)
        lists.payments += in_turn(5, first=30)
        async with following(lists, sink):
            await asyncio.sleep(EVERY)
        assert taken(sink) == names(lists.payments)

    at_once(run())


def test_a_follower_that_is_cancelled_commits_what_it_has_read() -> None:
    async def run() -> None:
        lists, sink, gate, begun = Lists(payments=in_turn(5)), Memory(), asyncio.Event(), asyncio.Event()

        async def wait(steps: Sequence[Step]) -> None:
            if any(row.created_at > START + timedelta(seconds=4) for step in steps for row in step.rows):
                begun.set()
                await gate.wait()

        sink.during = wait
        async with following(lists, sink):
            await asyncio.sleep(EVERY)
            lists.payments += in_turn(60, first=5)
            await begun.wait()
            await asyncio.sleep(1)  # the first page is being committed, the others wait for it
            assert len(sink.rows) == 5
            asyncio.get_running_loop().call_later(1, gate.set)
        assert taken(sink) == names(lists.payments)
        assert sink.commits[-2:] == [10, 50]

    at_once(run())


# Errors


def test_a_look_that_fails_ends_the_run_and_a_later_one_misses_nothing() -> None:
    async def run() -> None:
        lists, sink = Lists(payments=in_turn(25)), Memory()

        async def fail_late(asked: Asked) -> None:
            if asked.sort == NEWEST_FIRST and asked.offset > 10:
                raise Refusal(403, "FORBIDDEN")
            if len(looks(lists)) == 3 and not asked.cursor:
                lists.payments.extend(in_turn(40, first=25))

        lists.meanwhile = fail_late
        with pytest.raises(PermissionDeniedError) as caught:
            await drained(lists, "payments", sink, page_size=PAGE, follow=True, slack=timedelta())
        assert type(caught.value) is PermissionDeniedError
        # The newest twenty are there, and those before them are still to come.
        assert len(sink.rows) == 45
        assert sink.closed == 1
        lists.meanwhile = None
        async with following(lists, sink, slack=timedelta()):
            await asyncio.sleep(EVERY)
        assert taken(sink) == names(lists.payments)

    at_once(run())


@pytest.mark.parametrize(
    "failure", [Refusal(503), Refusal(429), ConnectionFailedError("the connection was lost")], ids=str
)
def test_a_server_that_is_away_for_a_while_is_looked_at_again(
    failure: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    async def run() -> None:
        lists, sink, away = Lists(payments=in_turn(25)), Memory(), False

        async def fail(asked: Asked) -> None:
            if away and asked.sort == NEWEST_FIRST and asked.offset > 10:
                raise failure

        lists.meanwhile = fail
        async with following(lists, sink, slack=timedelta()):
            await asyncio.sleep(EVERY)
            lists.payments += in_turn(40, first=25)
            away = True
            await asyncio.sleep(3 * EVERY)
            assert len(sink.rows) == 45
            away = False
            await asyncio.sleep(EVERY)
            assert taken(sink) == names(lists.payments)
        told = [each for each in caplog.records if each.levelname == "WARNING"]
        assert len(told) == 3
        error = told[0].__dict__["error"]
        assert all(each.getMessage() == f"payments: looking again in 5 s, because {error}" for each in told)
        assert [(each.__dict__["resource"], each.__dict__["pause"]) for each in told] == [("payments", 5.0)] * 3
        assert error in {"ServerError", "RateLimitedError", "ConnectionFailedError"}

    at_once(run())


def test_a_sink_that_fails_ends_a_look() -> None:
    async def run() -> None:
        lists, sink = Lists(payments=in_turn(5)), Memory()

        async def fail_later(_: Sequence[Step]) -> None:
            if sink.rows:
                raise DrainError("the disk is full")

        async def arrive(_: Asked) -> None:
            if len(looks(lists)) == 3:
                lists.payments.append(dated("more", 10))

        sink.during, lists.meanwhile = fail_later, arrive
        with pytest.raises(DrainError, match="the disk is full"):
            await drained(lists, "payments", sink, page_size=PAGE, follow=True)
        assert len(sink.rows) == 5

    at_once(run())
