"""Requests beyond the number of connections wait before they are signed, first come, first served."""

import asyncio
from typing import Any

import aiohttp
import pytest

from payments_async import DeadlineExceededError, Outcome, PaymentsClient, Request, Response, Timeout
from payments_async.sandbox import Fault, FaultKind, Sandbox
from payments_async.wire.deadline import Deadlines
from payments_async.wire.queue import Turns, queueing
from tests.wire.scripted import at_once, now


def request(name: str = "get_payment", *, within: float = 60.0) -> Request:
    deadline = asyncio.get_running_loop().time() + within
    return Request(operation=name, method="GET", path="/", url="http://127.0.0.1/", deadline=deadline)


class Gate:
    """A `Send` that answers when told to."""

    def __init__(self) -> None:
        self.inside: list[str] = []
        self.answers: asyncio.Queue[None] = asyncio.Queue()

    async def __call__(self, request: Request) -> Response:
        self.inside.append(request.operation)
        await self.answers.get()
        return Response(request=request, status=200, headers={}, body=b"")


async def test_as_many_at_once_as_there_are_connections_in_their_order() -> None:
    gate, turns = Gate(), Turns(2, Deadlines())
    send = queueing(lambda: turns)(gate)
    calls = [asyncio.ensure_future(send(request(str(number)))) for number in range(4)]
    await asyncio.sleep(0)
    assert gate.inside == ["0", "1"]
    for _ in calls:
        gate.answers.put_nowait(None)
    await asyncio.gather(*calls)
    assert gate.inside == ["0", "1", "2", "3"]
    assert turns.take()


async def test_without_a_limit_nobody_waits() -> None:
    gate = Gate()
    calls = [asyncio.ensure_future(queueing(lambda: None)(gate)(request())) for _ in range(3)]
    await asyncio.sleep(0)
    assert len(gate.inside) == 3
    for call in calls:
        call.cancel()
    await asyncio.gather(*calls, return_exceptions=True)


async def test_a_turn_that_never_comes_is_not_sent() -> None:
    gate, turns = Gate(), Turns(0, Deadlines())
    with pytest.raises(DeadlineExceededError) as failed:
        await queueing(lambda: turns)(gate)(request(within=0.01))
    assert failed.value.outcome is Outcome.NOT_SENT
    assert failed.value.operation == "get_payment"
    assert not gate.inside


async def test_a_cancelled_or_failed_request_gives_its_turn_back() -> None:
    gate, turns = Gate(), Turns(1, Deadlines())
    send = queueing(lambda: turns)(gate)
    inside, waiting = asyncio.ensure_future(send(request("inside"))), asyncio.ensure_future(send(request("waiting")))
    await asyncio.sleep(0)
    waiting.cancel()
    inside.cancel()
    await asyncio.gather(inside, waiting, return_exceptions=True)
    assert turns.take()
    assert gate.inside == ["inside"]


class Counting:
    """A token source that counts how often it is asked."""

    def __init__(self) -> None:
        self.acquired = 0

    async def acquire(self) -> str:
        self.acquired += 1
        return "token"

    def invalidate(self, token: str) -> None:
        raise AssertionError(token)


@pytest.mark.parametrize("options", [{"limit": 1}, {"limit_per_host": 1}])
async def test_a_token_is_acquired_when_the_turn_has_come(options: dict[str, Any]) -> None:
    tokens = Counting()
    async with (
        Sandbox(auth=False, faults=[Fault(kind=FaultKind.DELAY, seconds=60, times=1)]) as sandbox,
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(**options)) as session,
        PaymentsClient(sandbox.url, auth=tokens, session=session) as client,
    ):
        hung = asyncio.create_task(client.server.get_server_info())
        queued = asyncio.create_task(client.server.get_server_info())
        await asyncio.sleep(0)
        with pytest.raises(DeadlineExceededError) as failed:
            await client.with_options(timeout=Timeout(total=0.03)).server.get_server_info()
        assert failed.value.outcome is Outcome.NOT_SENT
        assert tokens.acquired == 1
        hung.cancel()
        assert (await queued).version
        assert tokens.acquired == 2


def test_turns_go_to_those_who_wait_still_in_their_order() -> None:
    async def scenario() -> None:
        turns = Turns(1, Deadlines())
        assert turns.take()
        assert not turns.take()
        waiting = [asyncio.create_task(turns.wait(until)) for until in (100, 1, 100, 100)]
        await asyncio.sleep(2)
        assert waiting[1].done()
        assert not waiting[1].result()
        waiting[0].cancel()
        await asyncio.sleep(0)
        turns.give_back()
        await asyncio.sleep(0)
        assert [each.done() for each in waiting] == [True, True, True, False]
        assert waiting[2].result()
        turns.give_back()
        assert await waiting[3]
        assert now() == 2
        turns.give_back()
        assert turns.take()
        assert not turns.take()

    at_once(scenario())


def test_a_turn_that_comes_as_its_waiter_is_cancelled_goes_to_the_next() -> None:
    async def scenario() -> None:
        turns = Turns(1, Deadlines())
        assert turns.take()
        first, second = (asyncio.create_task(turns.wait(100)) for _ in range(2))
        await asyncio.sleep(0)
        turns.give_back()
        first.cancel()
        assert await second
        assert first.cancelled()
        turns.give_back()
        assert turns.take()

    at_once(scenario())


def test_a_turn_that_comes_as_its_time_is_up_is_not_lost() -> None:
    async def scenario() -> None:
        turns = Turns(1, Deadlines())
        assert turns.take()
        waiting = asyncio.create_task(turns.wait(5))
        loop = asyncio.get_running_loop()
        loop.call_at(5, turns.give_back)
        taken = await waiting
        assert turns.take() is not taken

    at_once(scenario())


def test_cancelled_waiters_leave_nothing() -> None:
    async def scenario() -> None:
        deadlines = Deadlines()
        turns = Turns(1, deadlines)
        assert turns.take()
        waiting = [asyncio.create_task(turns.wait(1_000_000)) for _ in range(10_000)]
        await asyncio.sleep(0)
        assert len(turns._waiting) == len(deadlines._pending) == 10_000
        for each in waiting:
            each.cancel()
        await asyncio.wait(waiting)
        assert not turns._waiting
        assert not deadlines._pending

    at_once(scenario())
