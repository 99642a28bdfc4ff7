"""One deadline covers all of a call, wherever it hangs. The loop's clock jumps over every wait, so times are exact."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, TypeAlias

import aiohttp
import pytest

from payments_async import (
    ClientCredentials,
    ConnectionFailedError,
    DeadlineExceededError,
    Outcome,
    OutcomeUnknownError,
    PaymentsClient,
    PaymentsError,
    RateLimitedError,
    Request,
    Response,
    RetryPolicy,
    Send,
    ServerError,
    Timeout,
    TransportError,
)
from tests.wire.scripted import (
    Peer,
    Resolver,
    Scripted,
    Step,
    acquired,
    answer,
    at_once,
    calling,
    hangs_after,
    http,
    never_answers,
    never_reads,
    now,
    plays,
    sends_and_resets,
)

WHOLE = http(200, {"data": "x" * 100})
NO_PAUSE = RetryPolicy(attempts=1_000, base=0)


class HungSource:
    """A token source that gives the first tokens and then none."""

    def __init__(self, given: int = 0) -> None:
        self._given = given

    async def acquire(self) -> str:
        if self._given == 0:
            await asyncio.Event().wait()
        self._given -= 1
        return f"token-{self._given}"

    def invalidate(self, token: str) -> None:
        pass


async def met(doing: Awaitable[object]) -> tuple[PaymentsError, float]:
    """The error that a call ends with, and the seconds that it took."""
    start = now()
    with pytest.raises(PaymentsError) as error:
        await doing
    return error.value, now() - start


async def drip(peer: Peer) -> None:
    """One byte a second, of a body that would take a year."""
    await peer.send(http(200, b"", length=30_000_000))
    while not peer.gone:
        await asyncio.sleep(1)
        await peer.send(b"x")


async def drip_headers(peer: Peer) -> None:
    await peer.send(b"HTTP/1.1 200 OK\r\n")
    while not peer.gone:
        await asyncio.sleep(1)
        await peer.send(b"X-More: of it\r\n")


Place: TypeAlias = Callable[[], AbstractAsyncContextManager[PaymentsClient]]


def at_a_server_that(step: Step, **options: Any) -> Place:
    @asynccontextmanager
    async def place() -> AsyncIterator[PaymentsClient]:
        async with Scripted(step) as server, calling(server.url, timeout=Timeout(total=7), **options) as client:
            yield client

    return place


@asynccontextmanager
async def at_a_hung_token_endpoint() -> AsyncIterator[PaymentsClient]:
    async with Scripted(never_answers) as tokens, Scripted(answer(200, {})) as server:
        auth = ClientCredentials("id", "secret", token_url=tokens.url)
        async with calling(server.url, auth=auth) as client:  # a renewal has all of the client's own time
            yield client.with_options(timeout=Timeout(total=7))
        assert server.begun == 0


@asynccontextmanager
async def at_a_hung_token_source() -> AsyncIterator[PaymentsClient]:
    async with Scripted(answer(200, {})) as server:
        async with calling(server.url, auth=HungSource(), timeout=Timeout(total=7)) as client:
            yield client
        assert server.begun == 0


@asynccontextmanager
async def at_a_hung_second_token() -> AsyncIterator[PaymentsClient]:
    async with Scripted(answer(401)) as server:
        async with calling(server.url, auth=HungSource(given=1), timeout=Timeout(total=7)) as client:
            yield client
        assert server.begun == 1


@asynccontextmanager
async def at_a_full_queue() -> AsyncIterator[PaymentsClient]:
    async with (
        Scripted(never_answers) as server,
        calling(server.url, aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=1))) as client,
    ):
        hung = asyncio.ensure_future(client.request("GET", "/hung"))
        await server.arrived(1)
        yield client.with_options(timeout=Timeout(total=7))
        hung.cancel()
        await asyncio.wait((hung,))


@asynccontextmanager
async def at_a_full_pool() -> AsyncIterator[PaymentsClient]:
    session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=1))
    async with Scripted(never_answers) as server:
        hung = asyncio.ensure_future(session.get(server.url))
        await server.arrived(1)
        async with calling(server.url, session, timeout=Timeout(total=7)) as client:
            yield client
            hung.cancel()
            await asyncio.wait((hung,))


@asynccontextmanager
async def at_a_hung_resolver() -> AsyncIterator[PaymentsClient]:
    session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(resolver=Resolver(hangs=True)))
    async with calling("https://payments.invalid", session, timeout=Timeout(total=7)) as client:
        yield client


@asynccontextmanager
async def at_a_hung_handshake() -> AsyncIterator[PaymentsClient]:
    async with (
        Scripted(never_reads) as server,
        calling(f"https://127.0.0.1:{server.port}", timeout=Timeout(total=7)) as client,
    ):
        yield client


NOT_SENT: list[Place] = [
    at_a_hung_token_endpoint,
    at_a_hung_token_source,
    at_a_hung_second_token,
    at_a_full_queue,
    at_a_full_pool,
    at_a_hung_resolver,
    at_a_hung_handshake,
]
UNKNOWN: dict[str, Place] = {
    "waiting for the answer": at_a_server_that(never_answers),
    "in the status line": at_a_server_that(hangs_after(WHOLE[:5])),
    "in the headers": at_a_server_that(hangs_after(WHOLE[:40])),
    "in slow headers": at_a_server_that(plays(drip_headers)),
    "before the body": at_a_server_that(hangs_after(WHOLE[:-111])),
    "in the body": at_a_server_that(hangs_after(WHOLE[:-5])),
    "in a slow body": at_a_server_that(plays(drip)),
    "in a chunked body": at_a_server_that(hangs_after(http(200, b"1\r\n{\r\n", {"Transfer-Encoding": "chunked"}))),
}


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("repeating", [False, True])
@pytest.mark.parametrize("place", NOT_SENT)
def test_a_call_that_hangs_before_it_was_sent_ends_at_its_deadline(place: Place, method: str, repeating: bool) -> None:
    async def scenario() -> None:
        async with place() as client:
            calling = client.with_options(retry=NO_PAUSE) if repeating else client
            error, took = await met(calling.request(method, "/things", body={"a": 1} if method == "POST" else None))
            assert type(error) is DeadlineExceededError
            assert error.outcome is Outcome.NOT_SENT
            assert error.operation == "request"
            assert took == pytest.approx(7, abs=1e-3)

    at_once(scenario())


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("place", [pytest.param(place, id=where) for where, place in UNKNOWN.items()])
def test_a_call_that_hangs_after_it_was_sent_ends_at_its_deadline(place: Place, method: str) -> None:
    async def scenario() -> None:
        async with place() as client:
            error, took = await met(client.request(method, "/things"))
            assert isinstance(error, DeadlineExceededError if method == "GET" else OutcomeUnknownError)
            assert error.outcome is Outcome.UNKNOWN
            assert took == pytest.approx(7, abs=1e-3)
            assert acquired(client) == 0

    at_once(scenario())


def test_a_call_that_hangs_while_it_is_sent_ends_at_its_deadline() -> None:
    def narrow(_: Any) -> socket.socket:
        connection = socket.socket()
        connection.setblocking(False)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        return connection

    async def scenario() -> None:
        session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(socket_factory=narrow))
        async with Scripted(never_reads) as server, calling(server.url, session, timeout=Timeout(total=7)) as client:
            error, took = await met(client.request("POST", "/things", body={"much": "x" * 1_000_000}))
            assert isinstance(error, OutcomeUnknownError)
            assert isinstance(error.__cause__, DeadlineExceededError)
            assert took == pytest.approx(7, abs=1e-3)
            assert (server.begun, acquired(client)) == (1, 0)

    at_once(scenario())


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("connected", [False, True])
def test_a_call_whose_time_is_up_before_it_begins_sends_nothing(method: str, connected: bool) -> None:
    def slow(send: Send) -> Send:
        async def send_late(request: Request) -> Response:
            if request.url.endswith("/late"):
                await asyncio.sleep(7)
            return await send(request)

        return send_late

    async def scenario() -> None:
        async with (
            Scripted(answer(200, {})) as server,
            calling(server.url, layers=[slow], retry=NO_PAUSE, timeout=Timeout(total=7)) as client,
        ):
            if connected:
                await client.request("GET", "/things")
            error, took = await met(client.request(method, "/late"))
            assert type(error) is DeadlineExceededError
            assert error.outcome is Outcome.NOT_SENT
            assert took == 7
            assert [request.target for request in server.requests] == ["/things"] * connected

    at_once(scenario())


# What an attempt, a connection and a pause may take out of it


def test_attempts_share_the_deadline() -> None:
    async def scenario() -> None:
        async with (
            Scripted(never_answers) as server,
            calling(server.url, timeout=Timeout(total=60, attempt=7), retry=NO_PAUSE) as client,
        ):
            error, took = await met(client.request("GET", "/things"))
            assert type(error) is DeadlineExceededError
            assert took == pytest.approx(60, abs=1e-3)
            assert server.begun == 9  # eight of 7 s, and what was left

    at_once(scenario())


def test_connecting_shares_the_deadline() -> None:
    async def scenario() -> None:
        async with (
            Scripted(never_reads) as server,
            calling(
                f"https://127.0.0.1:{server.port}", timeout=Timeout(total=25, connect=10), retry=NO_PAUSE
            ) as client,
        ):
            error, took = await met(client.request("POST", "/things"))
            assert type(error) is DeadlineExceededError
            assert error.outcome is Outcome.NOT_SENT
            assert took == pytest.approx(25, abs=1e-3)
            assert server.connections == 3

    at_once(scenario())


@pytest.mark.parametrize("seconds", [0.4, 5.3, 10.4])
def test_the_time_to_connect_is_not_rounded_up(seconds: float) -> None:
    async def scenario() -> None:
        async with (
            Scripted(never_reads) as server,
            calling(f"https://127.0.0.1:{server.port}", timeout=Timeout(connect=seconds)) as client,
        ):
            error, took = await met(client.request("POST", "/things"))
            assert type(error) is ConnectionFailedError
            assert f"no connection within {seconds} s" in str(error)
            assert took == pytest.approx(seconds, abs=1e-3)

    at_once(scenario())


@pytest.mark.parametrize("total", [0.4, 5.3, 60.0, 86_400.5])
def test_the_deadline_is_not_rounded_up(total: float) -> None:
    async def scenario() -> None:
        async with Scripted(never_answers) as server, calling(server.url, timeout=Timeout(total=total)) as client:
            _, took = await met(client.request("GET", "/things"))
            assert took == pytest.approx(total, abs=1e-3)

    at_once(scenario())


def test_a_call_has_sixty_seconds_and_ten_to_connect_unless_told_otherwise() -> None:
    async def scenario() -> None:
        async with Scripted(never_answers) as server:
            async with calling(server.url) as client:
                assert (await met(client.request("GET", "/things")))[1] == pytest.approx(60, abs=1e-3)
            async with calling(f"https://127.0.0.1:{server.port}") as client:
                assert (await met(client.request("GET", "/things")))[1] == pytest.approx(10, abs=1e-3)

    at_once(scenario())


def test_a_hung_token_endpoint_is_left_for_another_attempt() -> None:
    async def scenario() -> None:
        token = answer(200, {"access_token": "t", "token_type": "Bearer", "expires_in": 3600})
        async with Scripted(never_answers, token) as tokens, Scripted(answer(200, {})) as server:
            auth = ClientCredentials("id", "secret", token_url=tokens.url)
            retry = RetryPolicy(attempts=2, base=0)
            async with calling(server.url, auth=auth, retry=retry) as client:
                assert await client.request("POST", "/things") == {}
                assert now() == pytest.approx(10, abs=1e-3)
                assert (tokens.begun, server.begun) == (2, 1)

    at_once(scenario())


def test_pauses_share_the_deadline_and_none_goes_past_it() -> None:
    async def scenario() -> None:
        retry = RetryPolicy(attempts=1_000, base=8, random=lambda: 1.0)
        async with Scripted(answer(503)) as server, calling(server.url, retry=retry) as client:
            error, took = await met(client.request("GET", "/things"))
            assert isinstance(error, ServerError)
            assert "not sent again: the pause of 8.00 s goes past the call's deadline" in str(error)
            assert took == pytest.approx(56, abs=1e-3)
            assert server.begun == 8

    at_once(scenario())


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_retry_after_past_the_deadline_fails_at_once(method: str) -> None:
    async def scenario() -> None:
        async with (
            Scripted(answer(429, headers={"Retry-After": "61"})) as server,
            calling(server.url, retry=NO_PAUSE) as client,
        ):
            error, took = await met(client.request(method, "/things"))
            assert isinstance(error, RateLimitedError)
            assert error.retry_after == 61
            assert "not sent again: the pause of 61.00 s goes past the call's deadline" in str(error)
            assert took == 0
            assert server.begun == 1

    at_once(scenario())


def test_a_retry_after_is_waited_for_within_the_same_deadline() -> None:
    async def scenario() -> None:
        async with (
            Scripted(answer(429, headers={"Retry-After": "55"}), never_answers) as server,
            calling(server.url, retry=NO_PAUSE) as client,
        ):
            error, took = await met(client.request("POST", "/things"))
            assert isinstance(error, OutcomeUnknownError)
            assert took == pytest.approx(60, abs=1e-3)
            assert server.begun == 2

    at_once(scenario())


def test_token_connection_attempts_pauses_and_body_share_one_deadline() -> None:
    class Slow(HungSource):
        async def acquire(self) -> str:
            await asyncio.sleep(2)
            return "token"

    async def scenario() -> None:
        async def late(peer: Peer) -> None:
            await asyncio.sleep(5)
            await peer.send(http(503))

        steps = [plays(late), sends_and_resets(), answer(503, headers={"Retry-After": "20"}), hangs_after(WHOLE[:-5])]
        async with (
            Scripted(*steps) as server,
            calling(server.url, auth=Slow(), retry=NO_PAUSE, timeout=Timeout(total=40)) as client,
        ):
            error, took = await met(client.request("GET", "/things"))
            assert isinstance(error, TransportError)
            assert took == pytest.approx(40, abs=1e-3)
            assert server.begun == 4

    at_once(scenario())


def test_an_attempt_as_long_as_the_call_ends_as_the_call_does() -> None:
    async def scenario() -> None:
        timeout = Timeout(total=7, connect=7, attempt=7)
        async with Scripted(never_answers) as server:
            for url in (server.url, f"https://127.0.0.1:{server.port}"):
                async with calling(url, timeout=timeout, retry=NO_PAUSE) as client:
                    error, took = await met(client.request("GET", "/things"))
                    assert type(error) is DeadlineExceededError
                    assert took == pytest.approx(7, abs=1e-3)

    at_once(scenario())


def test_each_call_has_a_deadline_of_its_own() -> None:
    async def scenario() -> None:
        async def late(peer: Peer) -> None:
            await asyncio.sleep(40)
            await peer.send(http(200, {}))

        async with Scripted(plays(late)) as server, calling(server.url) as client:
            for _ in range(3):
                assert await client.request("GET", "/things") == {}
            assert now() == pytest.approx(120, abs=1e-3)
            error, took = await met(client.with_options(timeout=Timeout(total=7)).request("GET", "/things"))
            assert isinstance(error, DeadlineExceededError)
            assert took == pytest.approx(7, abs=1e-3)

    at_once(scenario())


@pytest.mark.parametrize("option", ["total", "connect", "attempt"])
@pytest.mark.parametrize("value", [0, -1, float("nan"), float("inf"), -float("inf")])
def test_a_time_that_makes_no_sense_is_refused(option: str, value: float) -> None:
    with pytest.raises(ValueError, match=rf"Timeout\.{option} is"):
        Timeout(**{option: value})
