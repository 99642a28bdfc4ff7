"""Cancelling a call, at whichever point it waits, ends it and leaves nothing behind."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, TypeAlias

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments_async import (
    ClientCredentials,
    DeadlineExceededError,
    Page,
    PaymentsClient,
    PaymentsError,
    RetryPolicy,
    Timeout,
)
from payments_async.sandbox import Sandbox
from payments_async.wire.pages import Pages
from tests.properties import examples
from tests.waiting import PATIENCE
from tests.wire.scripted import (
    Peer,
    Scripted,
    Step,
    acquired,
    answer,
    at_once,
    calling,
    hangs_after,
    http,
    never_answers,
    plays,
    self_signed,
    sends_and_hangs_up,
    sends_and_resets,
)

TURNS_TO_TIDY_UP = 5
"""Turns of the loop that closing sockets and cancelled tasks may take."""


async def turns(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def cancelled_after(count: int, doing: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
    """The call's task, cancelled after so many turns of the loop, once it has ended."""
    task = asyncio.ensure_future(doing)
    for _ in range(count):
        if task.done():
            break
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait((task,))
    return task


Play: TypeAlias = Callable[
    [], AbstractAsyncContextManager[tuple[PaymentsClient, Callable[[], set[asyncio.Task[None]]]]]
]
"""A fresh client, and what gives the tasks that are the server's."""


def plays_to(*steps: Step, **options: Any) -> Play:
    @asynccontextmanager
    async def scene() -> AsyncIterator[tuple[PaymentsClient, Callable[[], set[asyncio.Task[None]]]]]:
        async with Scripted(*steps) as server, calling(server.url, **options) as client:
            yield client, lambda: server.tasks

    return scene


async def in_parts(peer: Peer) -> None:
    data = http(200, {"data": "x" * 200})
    for start in range(0, len(data), 60):
        await peer.send(data[start : start + 60])
        await turns(2)


@asynccontextmanager
async def with_a_token() -> AsyncIterator[tuple[PaymentsClient, Callable[[], set[asyncio.Task[None]]]]]:
    token = answer(200, {"access_token": "t", "token_type": "Bearer", "expires_in": 3600})
    async with Scripted(token) as tokens, Scripted(answer(200, {})) as server:
        auth = ClientCredentials("id", "secret", token_url=tokens.url)
        async with calling(server.url, auth=auth) as client:
            yield client, lambda: tokens.tasks | server.tasks


@asynccontextmanager
async def over_tls() -> AsyncIterator[tuple[PaymentsClient, Callable[[], set[asyncio.Task[None]]]]]:
    session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=False))
    async with Scripted(answer(200, {}), tls=TLS) as server, calling(server.url, session) as client:
        yield client, lambda: server.tasks


TLS = self_signed()
REPEATING = RetryPolicy(attempts=5, base=0)
SCENES: dict[str, Play] = {
    "a new connection": plays_to(answer(200, {})),
    "a body in parts": plays_to(plays(in_parts)),
    "repetitions": plays_to(answer(503), sends_and_resets(), sends_and_hangs_up(), answer(200, {}), retry=REPEATING),
    "a token": with_a_token,
    "TLS": over_tls,
}


@pytest.mark.parametrize("body", [None, {"a": "x" * 300_000}], ids=["without a body", "with a body"])
@pytest.mark.parametrize("scene", [pytest.param(scene, id=what) for what, scene in SCENES.items()])
async def test_a_call_can_be_cancelled_at_every_turn_of_the_loop(scene: Play, body: Any) -> None:
    method = "GET" if body is None else "DELETE"
    before = asyncio.all_tasks()
    cancelled = 0
    while True:
        async with scene() as (client, servers_own):
            task = await cancelled_after(cancelled, client.request(method, "/things", body=body))
            await turns(TURNS_TO_TIDY_UP)
            left = {task for task in asyncio.all_tasks() - before - servers_own() if task.get_name() != "token renewal"}
            assert not left
            if task.cancelled():
                # The client goes on working, and nothing was taken from its pool.
                assert await client.request(method, "/things", body=body) is not None
            assert acquired(client) == 0
        if not task.cancelled():
            break
        cancelled += 1
    assert task.result() is not None
    assert cancelled > 3
    assert asyncio.all_tasks() == before


@pytest.mark.parametrize("kept", [False, True])
async def test_cancelled_calls_wear_out_no_pool(kept: bool) -> None:
    connector = aiohttp.TCPConnector(limit=1, force_close=not kept)
    async with (
        Scripted(answer(200, {})) as server,
        calling(server.url, aiohttp.ClientSession(connector=connector)) as client,
    ):
        for count in range(60):
            await cancelled_after(count % 20, client.request("GET", "/things"))
        assert acquired(client) == 0
        async with asyncio.timeout(PATIENCE):
            assert await client.request("GET", "/things") == {}


@pytest.mark.parametrize("turn", range(12))
async def test_a_call_that_waits_for_a_connection_can_be_cancelled(turn: int) -> None:
    go = asyncio.Event()
    async with (
        Scripted(answer(200, {"n": 1}, after=go), answer(200, {"n": 2})) as server,
        calling(server.url, aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=1))) as client,
    ):
        first = asyncio.ensure_future(client.request("GET", "/first"))
        await server.arrived(1)
        second = asyncio.ensure_future(client.request("GET", "/second"))
        third = asyncio.ensure_future(client.request("GET", "/third"))
        await turns(3)
        go.set()
        await turns(turn)  # from waiting on, through the moment when its turn has come, to the answer
        second.cancel()
        await asyncio.wait((second,))
        async with asyncio.timeout(PATIENCE):
            assert [await first, await third] == [{"n": 1}, {"n": 2}]
        assert acquired(client) == 0


async def test_cancelling_some_of_many_calls_leaves_the_others_alone() -> None:
    async with (
        Scripted(answer(200, {})) as server,
        calling(server.url, aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=3))) as client,
    ):
        calls = [asyncio.ensure_future(client.request("GET", "/things")) for _ in range(60)]
        for call in calls[::2]:
            await asyncio.sleep(0)
            call.cancel()
        async with asyncio.timeout(PATIENCE):
            results = await asyncio.gather(*calls, return_exceptions=True)
        assert results[1::2] == [{}] * 30
        assert all(isinstance(result, asyncio.CancelledError) or result == {} for result in results[::2])
        assert acquired(client) == 0


@pytest.mark.parametrize(
    "step", [never_answers, hangs_after(http(200, {"a": 1})[:20]), hangs_after(http(200, {"a": 1})[:-2])]
)
async def test_a_hung_call_that_is_cancelled_closes_its_connection(step: Step) -> None:
    async with Scripted(step) as server, calling(server.url) as client:
        call = asyncio.ensure_future(client.request("GET", "/things"))
        await server.arrived(1)
        await asyncio.sleep(0.005)
        call.cancel()
        await asyncio.wait((call,))
        assert call.cancelled()
        assert acquired(client) == 0
        async with asyncio.timeout(PATIENCE):
            await server.left()


async def test_a_call_that_waits_for_its_repetition_can_be_cancelled() -> None:
    retry = RetryPolicy(attempts=2, base=50, cap=50, random=lambda: 1.0)
    async with Scripted(answer(503)) as server, calling(server.url, retry=retry) as client:
        call = asyncio.ensure_future(client.request("GET", "/things"))
        await server.arrived(1)
        await asyncio.sleep(0.01)
        call.cancel()
        await asyncio.wait((call,))
        assert call.cancelled()
        assert server.begun == 1


async def test_a_time_limit_of_ones_own_is_not_taken_for_the_deadline() -> None:
    async with Scripted(never_answers) as server, calling(server.url, retry=REPEATING) as client:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.03):
                await client.request("POST", "/things")
        this = asyncio.current_task()
        assert this is not None
        assert this.cancelling() == 0
        assert server.begun == 1


@pytest.mark.parametrize("margin", [-1.0, -1e-9, 0.0, 1e-9, 1.0])
@pytest.mark.parametrize("timeout", [Timeout(total=7), Timeout(attempt=7), Timeout(connect=7)])
def test_a_cancellation_is_not_lost_to_a_deadline_at_the_same_time(margin: float, timeout: Timeout) -> None:
    async def scenario() -> None:
        async with Scripted(never_answers) as server:
            scheme = "https" if timeout.connect == 7 else "http"
            async with calling(f"{scheme}://127.0.0.1:{server.port}", timeout=timeout) as client:
                call = asyncio.ensure_future(client.request("GET", "/things"))
                took_effect = list[bool]()
                asyncio.get_running_loop().call_later(7 + margin, lambda: took_effect.append(call.cancel()))
                await asyncio.wait((call,))
                await asyncio.sleep(2)
                assert call.cancelled() or (took_effect == [False] and isinstance(call.exception(), PaymentsError))
                assert acquired(client) == 0

    at_once(scenario())


async def test_a_call_cancelled_before_it_began_sends_nothing() -> None:
    async with Scripted(answer(200, {})) as server, calling(server.url) as client:
        task = await cancelled_after(0, client.request("GET", "/things"))
        assert task.cancelled()
        assert server.connections == 0


async def test_a_cancelled_call_that_is_caught_can_be_made_again_in_the_same_task() -> None:
    async def stubborn(client: PaymentsClient) -> Any:
        try:
            await client.request("GET", "/things")
        except asyncio.CancelledError:
            return await client.request("GET", "/things")

    async with Scripted(never_answers, answer(200, {"a": 1})) as server, calling(server.url) as client:
        call = asyncio.ensure_future(stubborn(client))
        await server.arrived(1)
        call.cancel()
        assert await call == {"a": 1}


async def test_a_deadline_met_in_a_task_that_was_cancelled_before_is_a_deadline() -> None:
    async def stubborn(client: PaymentsClient) -> Any:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return await client.request("GET", "/things")

    async with Scripted(never_answers) as server, calling(server.url, timeout=Timeout(total=0.03)) as client:
        call = asyncio.ensure_future(stubborn(client))
        await turns(1)
        call.cancel()
        with pytest.raises(DeadlineExceededError):
            await call


# Walks through a list

PAGES = 5
SIZE = 3


class Listing:
    """Pages that take some turns of the loop each, with a record of those that were fetched to the end."""

    def __init__(self, patience: int = 2) -> None:
        self.fetched = list[int]()
        self._patience = patience

    async def fetch(self, cursor: str | None) -> Page[int]:
        page = int(cursor or 0)
        await turns(self._patience)
        self.fetched.append(page)
        following = str(page + 1) if page + 1 < PAGES else None
        return Page(data=list(range(page * SIZE, (page + 1) * SIZE)), next=following, has_more=following is not None)

    def pages(self) -> Pages[int]:
        return Pages(self.fetch, cursor=None, operation="list_things")


@pytest.mark.parametrize("patience", [0, 1, 2, 5])
@pytest.mark.parametrize("prefetch", [0, 1])
async def test_a_walk_goes_on_after_steps_that_were_cancelled_at_every_turn(prefetch: int, patience: int) -> None:
    for count in range(patience + 8):
        listing = Listing(patience)
        items = listing.pages().items(prefetch=prefetch)
        assert await all_of(items, [count]) == list(range(PAGES * SIZE))
        assert listing.fetched == list(range(PAGES)), f"a fetched page was lost when cancelled after {count} turns"


async def all_of(walk: AsyncIterator[Any], patience: list[int]) -> list[Any]:
    """What a walk gives whose every step is cancelled once, after that many turns of the loop, and then taken again."""
    given = list[Any]()
    for count in itertools.cycle(patience):
        task = await cancelled_after(count, _step(walk))
        if task.cancelled():
            task = await cancelled_after(10_000, _step(walk))
        if (got := task.result()) is None:
            break
        given += got
    return given


async def _step(walk: AsyncIterator[Any]) -> list[Any] | None:
    try:
        return [await anext(walk)]
    except StopAsyncIteration:
        return None


@examples(60)
@given(
    prefetch=st.sampled_from([0, 1]),
    patience=st.integers(0, 4),
    counts=st.lists(st.integers(0, 10), min_size=1, max_size=20),
)
async def test_a_walk_by_page_gives_every_page_once_however_it_is_cancelled(
    prefetch: int, patience: int, counts: list[int]
) -> None:
    listing = Listing(patience)
    pages = await all_of(listing.pages().by_page(prefetch=prefetch), counts)
    assert [page.data[0] // SIZE for page in pages] == list(range(PAGES))
    assert listing.fetched == list(range(PAGES))


@pytest.mark.parametrize("count", range(8))
async def test_a_cancelled_step_leaves_no_task_even_while_its_traceback_lives(count: int) -> None:
    before = asyncio.all_tasks()
    walk = Listing(patience=5).pages().by_page(prefetch=1)
    task = await cancelled_after(count, _step(walk))
    await turns(1)
    assert task.cancelled() is (count < 7)
    assert (asyncio.all_tasks() == before) is task.cancelled()
    await walk.aclose()


async def test_a_page_that_comes_as_its_step_is_cancelled_is_kept() -> None:
    go = asyncio.Event()

    async def fetch(cursor: str | None) -> Page[str | None]:
        asked.append(cursor)
        if cursor is not None:
            await go.wait()
        return Page(data=[cursor], next="1", has_more=cursor is None)

    asked = list[str | None]()
    walk = Pages(fetch, cursor=None, operation="list_things").by_page(prefetch=1)
    await anext(walk)
    task = asyncio.ensure_future(_step(walk))
    await turns(1)
    go.set()
    await turns(1)  # the page has come, and the step has not run since
    task.cancel()
    await asyncio.wait((task,))
    assert task.cancelled()
    assert (await anext(walk)).data == ["1"]
    assert asked == [None, "1"]


async def test_a_step_cancelled_while_the_page_ahead_is_on_its_way_leaves_no_task() -> None:
    before = asyncio.all_tasks()
    walk = Listing(patience=50).pages().by_page(prefetch=1)
    await anext(walk)
    task = await cancelled_after(3, _step(walk))
    assert task.cancelled()
    assert asyncio.all_tasks() == before
    assert (await anext(walk)).data == [3, 4, 5]
    await walk.aclose()
    assert asyncio.all_tasks() == before


@pytest.mark.parametrize("prefetch", [0, 1])
async def test_a_walk_over_sockets_gives_every_item_once_however_it_is_cancelled(prefetch: int) -> None:
    async with Sandbox(payments=25, seed=7) as sandbox:
        auth = ClientCredentials(sandbox.client_id, sandbox.client_secret)
        async with PaymentsClient(sandbox.url, auth=auth) as client:
            pages = client.payments.list_payments(page_size=5, sort="created_at:asc")
            expected = [payment.id async for payment in pages]
            assert len(set(expected)) == 25
            for count in range(0, 40, 3):
                got = await all_of(pages.by_page(prefetch=prefetch), [count])
                assert [payment.id for page in got for payment in page.data] == expected
            assert acquired(client) == 0
