"""`Until` ends what it should end, when it should, and nothing else; held against `asyncio.timeout_at`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest

from payments_async import Timeout
from payments_async.wire.deadline import Deadlines
from tests.wire.scripted import Scripted, answer, at_once, calling, now

Timer = Callable[[float], AbstractAsyncContextManager[object]]


@asynccontextmanager
async def until(when: float) -> AsyncIterator[None]:
    with Deadlines().until(when):
        yield


both = pytest.mark.parametrize("timer", [until, asyncio.timeout_at])


@both
def test_what_is_done_in_time_is_left_alone(timer: Timer) -> None:
    async def scenario() -> None:
        async with timer(5):
            await asyncio.sleep(4)
        await asyncio.sleep(10)
        assert now() == 14

    at_once(scenario())


@both
@pytest.mark.parametrize("when", [5, 0, -5])
def test_what_takes_too_long_ends_then(timer: Timer, when: float) -> None:
    async def scenario() -> None:
        with pytest.raises(TimeoutError):
            async with timer(when):
                await asyncio.sleep(100)
        assert now() == max(0, when)
        task = asyncio.current_task()
        assert task is not None
        assert task.cancelling() == 0
        await asyncio.sleep(1)

    at_once(scenario())


@both
def test_an_error_from_within_stays_what_it_is(timer: Timer) -> None:
    async def scenario() -> None:
        with pytest.raises(KeyError):
            async with timer(5):
                raise KeyError
        with pytest.raises(KeyError):
            async with timer(5):
                await another_error()

    async def another_error() -> None:
        try:
            await asyncio.sleep(100)
        except asyncio.CancelledError:
            raise KeyError from None

    at_once(scenario())


@both
@pytest.mark.parametrize("cancelled_at", [3, 5, 7])
def test_a_task_that_is_cancelled_stays_cancelled(timer: Timer, cancelled_at: float) -> None:
    async def wait() -> None:
        async with timer(5):
            try:
                await asyncio.sleep(100)
            finally:
                await asyncio.sleep(10)  # so that both can happen

    async def scenario() -> None:
        task = asyncio.create_task(wait())
        asyncio.get_running_loop().call_at(cancelled_at, task.cancel)
        await asyncio.wait((task,))
        assert task.cancelled()

    at_once(scenario())


@both
def test_the_inner_one_of_two_ends_first_and_alone(timer: Timer) -> None:
    async def scenario() -> None:
        async with timer(50):
            with pytest.raises(TimeoutError):
                async with timer(5):
                    await asyncio.sleep(100)
            await asyncio.sleep(1)
        with pytest.raises(TimeoutError):
            async with timer(10), timer(50):
                await asyncio.sleep(100)
        assert now() == 10

    at_once(scenario())


def test_one_timer_serves_all_deadlines_in_whatever_order_they_come() -> None:
    ended: dict[float, float] = {}

    class Noting:
        def __init__(self, when: float) -> None:
            self.when = when

        def expire(self) -> None:
            ended[self.when] = now()

    async def scenario() -> None:
        deadlines = Deadlines()
        noting = {when: Noting(when) for when in (30, 10, 20, 10.5, 40)}
        for when, each in noting.items():
            deadlines.add(each, when)
        deadlines.remove(noting[20])
        await asyncio.sleep(15)
        assert ended == {10: 10, 10.5: 10.5}
        deadlines.add(late := Noting(1), 1)  # its time is up
        await asyncio.sleep(1)
        assert ended.pop(1) == 15
        deadlines.remove(late)
        await asyncio.sleep(100)
        assert ended == {10: 10, 10.5: 10.5, 30: 30, 40: 40}

    at_once(scenario())


def test_many_calls_set_few_timers(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        loop = asyncio.get_running_loop()
        set_at: list[float] = []
        call_at = loop.call_at

        def noted(when: float, *rest: Any, **more: Any) -> asyncio.TimerHandle:
            set_at.append(when)
            return call_at(when, *rest, **more)

        monkeypatch.setattr(loop, "call_at", noted)
        deadlines = Deadlines()
        for _ in range(100):
            with deadlines.until(now() + 60):
                await asyncio.sleep(1)
        # One a second is the sleep's own.
        assert len(set_at) - 100 == 2

    at_once(scenario())


def timers() -> list[asyncio.TimerHandle]:
    """The timers of deadlines that the running loop has."""
    scheduled: list[asyncio.TimerHandle] = asyncio.get_running_loop()._scheduled  # type: ignore[attr-defined]
    return [each for each in scheduled if not each.cancelled() and "Deadlines" in repr(each)]


async def test_clients_with_other_timeouts_leave_no_timers() -> None:
    async with Scripted(answer(200, {"version": "v"})) as server, calling(server.url) as client:
        for number in range(100):
            await client.with_options(timeout=Timeout(total=3600 + number)).server.get_server_info()
        assert len(timers()) == 1
    assert not timers()
