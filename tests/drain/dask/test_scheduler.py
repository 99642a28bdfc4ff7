"""The budget and the token that the scheduler keeps for a stack, on a clock of the tests' own."""

from __future__ import annotations

import asyncio

import pytest

from payments_async.drain.dask.scheduler import RateBudget, TokenOffice


class Clock:
    """A clock that waits for nobody."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.sleep(0)


async def test_requests_are_admitted_at_the_rate_and_not_many_at_once() -> None:
    clock = Clock()
    budget = RateBudget(clock, clock.sleep)
    budget.begin(180.0)
    admitted = list[tuple[float, int]]()
    while clock.now < 110.0:
        count = await budget.admit(1000)
        admitted.append((clock.now, count))
    assert {count for _, count in admitted} == {9}
    for start, _ in admitted:
        assert sum(count for at, count in admitted if start <= at < start + 1) <= 180 + 9 + 9
    assert sum(count for _, count in admitted) == pytest.approx(1800, abs=30)


async def test_a_slow_rate_admits_one_at_a_time() -> None:
    clock = Clock()
    budget = RateBudget(clock, clock.sleep)
    budget.begin(0.5)
    times = list[float]()
    for _ in range(3):
        assert await budget.admit(16) == 1
        times.append(clock.now)
    assert times == pytest.approx([100.0, 102.0, 104.0], abs=0.1)


async def test_without_a_rate_nobody_waits() -> None:
    clock = Clock()
    budget = RateBudget(clock, clock.sleep)
    assert [await budget.admit(16) for _ in range(3)] == [16, 16, 16]
    assert clock.now == 100.0


async def test_a_pause_holds_everybody_also_those_who_wait_already() -> None:
    clock = Clock()
    budget = RateBudget(clock, clock.sleep)
    budget.begin(20.0)
    await budget.admit(1)
    budget.pause(30.0)
    await budget.admit(1)
    assert clock.now == pytest.approx(130.0)
    await budget.admit(1)
    assert clock.now == pytest.approx(130.05, abs=0.06)


async def test_one_worker_fetches_a_token_and_the_others_wait_for_it() -> None:
    clock = Clock()
    office = TokenOffice(clock)
    assert await office.lend(None) is None
    others = [asyncio.create_task(office.lend(None)) for _ in range(3)]
    await asyncio.sleep(0)
    office.keep("token", 60.0)
    assert await asyncio.gather(*others) == [("token", 60.0)] * 3
    clock.now += 59.0
    assert await office.lend(None) == ("token", 1.0)
    clock.now += 1.0
    assert await office.lend(None) is None


async def test_a_refused_token_is_fetched_anew_by_one_worker() -> None:
    office = TokenOffice(Clock())
    await office.lend(None)
    office.keep("old", 60.0)
    assert await office.lend("old") is None
    waiting = asyncio.create_task(office.lend("old"))
    await asyncio.sleep(0)
    assert not waiting.done()
    office.keep("new", 60.0)
    assert await waiting == ("new", 60.0)
    assert await office.lend("older") == ("new", 60.0)


async def test_a_worker_that_fails_to_fetch_a_token_or_dies_leaves_it_to_another() -> None:
    clock = Clock()
    office = TokenOffice(clock)
    assert await office.lend(None) is None
    waiting = asyncio.create_task(office.lend(None))
    await asyncio.sleep(0)
    office.keep(None, 0.0)
    assert await waiting is None
    clock.now += 15.0  # the one that was asked last has died
    assert await office.lend(None) is None


async def test_the_token_is_not_shown() -> None:
    office = TokenOffice(Clock())
    office.keep("canary", 60.0)
    assert "canary" not in repr(vars(office))
