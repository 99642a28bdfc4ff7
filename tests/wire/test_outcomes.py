"""What becomes of calls whose answer never came, on real sockets, with the requests on the wire counted."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from typing import Any, TypeAlias

import aiohttp
import attrs
import pytest
from aiohttp.client_middlewares import ClientHandlerType

from payments_async import (
    APIError,
    AuthenticationError,
    ConfigurationError,
    ConnectionFailedError,
    DeadlineExceededError,
    NotFoundError,
    Outcome,
    OutcomeUnknownError,
    PaymentsClient,
    PaymentsError,
    ProtocolError,
    RetryPolicy,
    ServerError,
    Timeout,
    TransportError,
)
from payments_async.models import PaymentRequest, PaymentScheme, PaymentStatus, PaymentType
from tests.wire.scripted import (
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
    resets_unread,
    self_signed,
    sends,
    sends_and_hangs_up,
    sends_and_resets,
)

PAYMENT = PaymentRequest(
    reference="ref-1",
    connector_id="c",
    created_at=datetime(2024, 5, 6, tzinfo=UTC),
    amount=1,
    type=PaymentType.PAY_IN,
    status=PaymentStatus.SUCCEEDED,
    scheme=PaymentScheme.OTHER,
    asset="USD/2",
)


class Counted:
    """The attempts that failed, counted where the policy decides about each of them."""

    def __init__(self) -> None:
        self.failures = 0

    def __call__(self) -> float:
        self.failures += 1
        return 0.0

    def policy(self, attempts: int = 3) -> RetryPolicy:
        return RetryPolicy(attempts=attempts, base=0, random=self)


async def read(client: PaymentsClient) -> Any:
    return await client.request("GET", "/things")


async def delete(client: PaymentsClient) -> Any:
    return await client.pools.delete_pool("p")


async def merge(client: PaymentsClient) -> Any:
    return await client.payments.update_metadata("p", {"k": "v"})


async def write(client: PaymentsClient) -> Any:
    return await client.payments.create_payment(PAYMENT)


Doing: TypeAlias = Callable[[PaymentsClient], Any]

METHODS = [
    pytest.param(read, True, id="GET"),
    pytest.param(delete, True, id="DELETE"),
    pytest.param(merge, True, id="PATCH"),
    pytest.param(write, False, id="POST"),
]
OWN_OR_PASSED_IN = pytest.mark.parametrize("passed_in", [False, True], ids=["own session", "session passed in"])

WHOLE = http(200, {"data": {"id": "a payment", "padding": "x" * 200}})
BODY_AT = WHOLE.index(b"\r\n\r\n") + 4
CHUNKED = http(200, b'5\r\n{"a":\r\n', {"Transfer-Encoding": "chunked"})
ZIPPED = http(200, {"data": "x" * 10_000}, compressed=True)

LOST: dict[str, Step] = {
    "reset before the request is read": resets_unread,
    "reset after the request": sends_and_resets(),
    "end after the request": sends_and_hangs_up(),
    "reset in the status line": sends_and_resets(WHOLE[:7]),
    "end in the status line": sends_and_hangs_up(WHOLE[:7]),
    "reset in the headers": sends_and_resets(WHOLE[:40]),
    "end in the headers": sends_and_hangs_up(WHOLE[:40]),
    "end after a header": sends_and_hangs_up(WHOLE[: BODY_AT - 2]),
    "reset before the body": sends_and_resets(WHOLE[:BODY_AT]),
    "end before the body": sends_and_hangs_up(WHOLE[:BODY_AT]),
    "reset in the body": sends_and_resets(WHOLE[: BODY_AT + 17]),
    "end in the body": sends_and_hangs_up(WHOLE[: BODY_AT + 17]),
    "end before the last byte": sends_and_hangs_up(WHOLE[:-1]),
    "a Content-Length that is too long": sends_and_hangs_up(http(200, {"a": 1}, length=500)),
    "end between chunks": sends_and_hangs_up(CHUNKED),
    "end in a chunk": sends_and_hangs_up(CHUNKED[:-4]),
    "end in a compressed body": sends_and_hangs_up(ZIPPED[:-20]),
}
MAY_PASS = {f"{code}": answer(code) for code in (408, 500, 502, 503, 504)}
FINAL = {f"{code}": answer(code) for code in (400, 401, 403, 404, 409, 422, 501)}


async def caught(doing: Doing, client: PaymentsClient) -> PaymentsError:
    with pytest.raises(PaymentsError) as error:
        await doing(client)
    assert acquired(client) == 0
    return error.value


# As many requests on the wire as attempts that the policy counted


@OWN_OR_PASSED_IN
@pytest.mark.parametrize(("doing", "idempotent"), METHODS)
@pytest.mark.parametrize(
    ("step", "idempotent_again", "post_again"),
    [pytest.param(answer(429), True, True, id="429")]
    + [pytest.param(step, True, False, id=what) for what, step in (LOST | MAY_PASS).items()]
    + [pytest.param(step, False, False, id=what) for what, step in FINAL.items()],
)
async def test_the_wire_carries_each_attempt_once(
    *, step: Step, idempotent_again: bool, post_again: bool, doing: Doing, idempotent: bool, passed_in: bool
) -> None:
    counted = Counted()
    session = aiohttp.ClientSession() if passed_in else None
    async with Scripted(step) as server, calling(server.url, session, retry=counted.policy()) as client:
        await caught(doing, client)
        attempts = 3 if (idempotent_again if idempotent else post_again) else 1
        assert (server.begun, counted.failures) == (attempts, attempts)


@OWN_OR_PASSED_IN
@pytest.mark.parametrize(("doing", "idempotent"), METHODS)
async def test_an_attempt_that_timed_out_is_on_the_wire_once(doing: Doing, idempotent: bool, passed_in: bool) -> None:
    counted = Counted()
    session = aiohttp.ClientSession() if passed_in else None
    options = {"retry": counted.policy(2), "timeout": Timeout(attempt=0.15)}
    async with Scripted(never_answers) as server, calling(server.url, session, **options) as client:
        error = await caught(doing, client)
        assert isinstance(error, ConnectionFailedError if doing is read else OutcomeUnknownError)
        assert "no response within 0.15 s" in str(error)
        assert server.begun == counted.failures == (2 if idempotent else 1)


@OWN_OR_PASSED_IN
@pytest.mark.parametrize(("doing", "idempotent"), METHODS)
@pytest.mark.parametrize("loss", [resets_unread, sends_and_hangs_up(), sends_and_resets(WHOLE[:40])])
async def test_a_kept_connection_that_is_dropped_costs_one_attempt(
    loss: Step, doing: Doing, idempotent: bool, passed_in: bool
) -> None:
    counted = Counted()
    session = aiohttp.ClientSession() if passed_in else None
    async with (
        Scripted(answer(200, {}), loss) as server,
        calling(server.url, session, retry=counted.policy()) as client,
    ):
        await read(client)
        await caught(doing, client)
        attempts = 3 if idempotent else 1
        assert (server.begun - 1, counted.failures) == (attempts, attempts)
        assert server.connections == attempts  # the first attempt went over the connection that was kept


@OWN_OR_PASSED_IN
async def test_a_kept_connection_that_the_server_ended_while_idle_is_replaced(passed_in: bool) -> None:
    counted = Counted()
    session = aiohttp.ClientSession() if passed_in else None
    async with (
        Scripted(sends_and_hangs_up(http(200, {}))) as server,
        calling(server.url, session, retry=counted.policy()) as client,
    ):
        for _ in range(3):
            await client.request("POST", "/things")
            await server.left()
            await asyncio.sleep(0.01)  # the end of the connection is on its way through the kernel
        assert (server.begun, server.connections, counted.failures) == (3, 3, 0)


async def test_aiohttp_itself_would_have_sent_it_twice() -> None:
    async with Scripted(sends_and_hangs_up()) as server, aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await session.get(server.url)
        assert server.begun == 2, "aiohttp no longer sends again by itself: the transport's guard can go"


async def test_a_middleware_of_the_session_runs_and_cannot_send_again_either() -> None:
    counted = Counted()

    async def stubborn(request: aiohttp.ClientRequest, handler: ClientHandlerType) -> aiohttp.ClientResponse:
        request.headers["X-From"] = "middleware"
        response = await handler(request)
        if response.status == 503:
            response.release()
            response = await handler(request)
        return response

    session = aiohttp.ClientSession(middlewares=(stubborn,))
    async with Scripted(answer(503)) as server, calling(server.url, session, retry=counted.policy()) as client:
        await caught(read, client)
        assert server.begun == counted.failures == 3
        assert {request.headers["x-from"] for request in server.requests} == {"middleware"}


async def test_a_session_passed_in_keeps_its_options_out_of_it_and_is_not_closed() -> None:
    session = aiohttp.ClientSession(
        raise_for_status=True, timeout=aiohttp.ClientTimeout(total=0.001), headers={"X-Own": "kept"}
    )
    async with Scripted(answer(500), answer(200, {"a": 1})) as server:
        client = PaymentsClient(server.url, api_path="", session=session, retry=Counted().policy())
        async with client:
            assert await read(client) == {"a": 1}
        assert not session.closed
        assert server.requests[0].headers["x-own"] == "kept"
        await session.close()


@pytest.mark.parametrize(("doing", "idempotent"), METHODS)
async def test_each_attempt_sends_the_same_bytes_with_their_length(doing: Doing, idempotent: bool) -> None:
    async with Scripted(answer(429)) as server, calling(server.url, retry=Counted().policy()) as client:
        await caught(doing, client)
        first, *others = [attrs_of(request) for request in server.requests]
        assert others == [first, first]
        assert server.requests[0].headers.get("content-length", "0") == str(len(server.requests[0].body))
        assert bool(server.requests[0].body) is (doing in (merge, write))
        assert idempotent is (doing is not write)


def attrs_of(received: Any) -> tuple[Any, ...]:
    return (received.method, received.target, received.headers, received.body)


async def test_a_post_is_sent_again_where_the_server_did_nothing() -> None:
    async with (
        Scripted(answer(429, headers={"Retry-After": "0"}), answer(200, {"a": 1})) as server,
        calling(server.url, retry=Counted().policy()) as client,
    ):
        assert await client.request("POST", "/things", body={"b": 2}) == {"a": 1}
        assert [request.body for request in server.requests] == [b'{"b":2}'] * 2


@attrs.define
class Renewing:
    """A token source with another token after each refusal."""

    refused: list[str] = attrs.field(factory=list)

    async def acquire(self) -> str:
        return f"token-{len(self.refused)}"

    def invalidate(self, token: str) -> None:
        self.refused.append(token)


async def test_a_post_is_sent_again_with_another_token_after_401_and_only_once() -> None:
    counted = Counted()
    async with (
        Scripted(answer(401), answer(200, {}), answer(401)) as server,
        calling(server.url, auth=Renewing(), retry=counted.policy()) as client,
    ):
        assert await client.request("POST", "/things") == {}
        assert [request.headers["authorization"] for request in server.requests] == ["Bearer token-0", "Bearer token-1"]
        with pytest.raises(AuthenticationError):
            await client.request("POST", "/things")
        assert server.begun == 4
        assert counted.failures == 1


# A lost write


@pytest.mark.parametrize("step", [pytest.param(step, id=what) for what, step in LOST.items()])
async def test_a_lost_post_is_an_unknown_outcome_and_goes_out_once(step: Step) -> None:
    async with Scripted(step) as server, calling(server.url, retry=Counted().policy()) as client:
        error = await caught(write, client)
        assert isinstance(error, OutcomeUnknownError)
        assert (error.operation, error.reference, error.outcome) == ("create_payment", "ref-1", Outcome.UNKNOWN)
        assert "(reference 'ref-1')" in str(error)
        assert "look whether it did before you call again" in str(error)
        assert isinstance(error.__cause__, ConnectionFailedError)
        assert server.begun == 1


@pytest.mark.parametrize("doing", [write, delete, merge])
@pytest.mark.parametrize("data", [b"garbage\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"a: b" * 5_000 + b"\r\n\r\n"])
async def test_an_answer_to_a_write_that_is_not_http_leaves_its_outcome_unknown(doing: Doing, data: bytes) -> None:
    async with Scripted(sends(data)) as server, calling(server.url, retry=Counted().policy()) as client:
        assert isinstance(await caught(doing, client), OutcomeUnknownError)
        assert server.begun == (1 if doing is write else 3)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_a_post_that_the_server_failed_is_a_server_error_and_goes_out_once(status: int) -> None:
    async with Scripted(answer(status)) as server, calling(server.url, retry=Counted().policy()) as client:
        error = await caught(write, client)
        assert isinstance(error, ServerError)
        assert (error.status, error.operation, server.begun) == (status, "create_payment", 1)


NOT_FOUND = answer(404, {"errorCode": "NOT_FOUND"})
BY_A_GATEWAY = [answer(code) for code in (408, 500, 502, 503, 504)]
BY_THE_API = [answer(code, {"errorCode": "INTERNAL"}) for code in (408, 500, 503)]


@pytest.mark.parametrize("loss", [step for what, step in LOST.items() if "reset" in what] + BY_A_GATEWAY)
async def test_a_delete_whose_answer_was_lost_has_succeeded_when_it_meets_404(loss: Step) -> None:
    async with Scripted(loss, NOT_FOUND) as server, calling(server.url, retry=Counted().policy()) as client:
        await delete(client)
        assert server.begun == 2


@pytest.mark.parametrize("before", [[], [answer(429)], *([step] for step in BY_THE_API)])
async def test_a_delete_that_meets_404_otherwise_found_nothing(before: list[Step]) -> None:
    async with Scripted(*before, NOT_FOUND) as server, calling(server.url, retry=Counted().policy()) as client:
        assert isinstance(await caught(delete, client), NotFoundError)
        assert server.begun == len(before) + 1


async def test_what_was_lost_and_then_answered_has_the_answer() -> None:
    async with (
        Scripted(sends_and_resets(), answer(503), answer(200, {"a": 1})) as server,
        calling(server.url, retry=Counted().policy()) as client,
    ):
        assert await read(client) == {"a": 1}
        assert server.begun == 3


async def test_a_write_that_may_have_happened_is_not_called_refused_by_a_later_attempt() -> None:
    async with (
        Scripted(sends_and_resets(), answer(429)) as server,
        calling(server.url, retry=Counted().policy()) as client,
    ):
        error = await caught(delete, client)
        assert isinstance(error, OutcomeUnknownError)
        assert isinstance(error.__cause__, APIError)
        assert server.begun == 3


# Every TransportError says whether anything was sent

Place: TypeAlias = Callable[[], AbstractAsyncContextManager[tuple[PaymentsClient, Callable[[], int]]]]
"""A client at a place where calls fail, and what counts the attempts there."""

ATTEMPTS = 2


def session_with(resolver: Resolver, limit: int = 100) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(resolver=resolver, use_dns_cache=False, limit=limit, happy_eyeballs_delay=None)
    )


@asynccontextmanager
async def at_no_name() -> AsyncIterator[tuple[PaymentsClient, Callable[[], int]]]:
    resolver = Resolver(fails=True)
    options = {"retry": Counted().policy(ATTEMPTS)}
    async with calling("https://payments.invalid", session_with(resolver), **options) as client:
        yield client, lambda: resolver.asked


@asynccontextmanager
async def at_a_closed_port() -> AsyncIterator[tuple[PaymentsClient, Callable[[], int]]]:
    resolver = Resolver()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # taken, but nobody listens
        url = f"http://payments.invalid:{taken.getsockname()[1]}"
        async with calling(url, session_with(resolver), retry=Counted().policy(ATTEMPTS)) as client:
            yield client, lambda: resolver.asked


@asynccontextmanager
async def at_an_untrusted_server() -> AsyncIterator[tuple[PaymentsClient, Callable[[], int]]]:
    resolver = Resolver()
    async with Scripted(answer(200, {}), tls=self_signed()) as server:
        url = f"https://payments.invalid:{server.port}"
        async with calling(url, session_with(resolver), retry=Counted().policy(ATTEMPTS)) as client:
            yield client, lambda: resolver.asked
        assert server.begun == 0


@asynccontextmanager
async def at_a_server_without_tls() -> AsyncIterator[tuple[PaymentsClient, Callable[[], int]]]:
    async with Scripted(Step(sends(b"HTTP/1.1 400 Bad Request\r\n\r\n").play, reads=False)) as server:
        url = f"https://127.0.0.1:{server.port}"
        async with calling(url, retry=Counted().policy(ATTEMPTS)) as client:
            yield client, lambda: server.connections


@asynccontextmanager
async def at_a_full_pool() -> AsyncIterator[tuple[PaymentsClient, Callable[[], int]]]:
    counted = Counted()
    session = session_with(Resolver(), limit=1)
    async with Scripted(never_answers) as server:
        # Somebody else's request, so that the client does not know of it and waits in the pool itself.
        hung = asyncio.ensure_future(session.get(server.url))
        await server.arrived(1)
        options = {"retry": counted.policy(ATTEMPTS), "timeout": Timeout(connect=0.02)}
        async with calling(server.url, session, **options) as client:
            yield client, lambda: counted.failures
            hung.cancel()
            await asyncio.wait((hung,))
        assert server.begun == 1


@asynccontextmanager
async def at_a_resolver_that_hangs() -> AsyncIterator[tuple[PaymentsClient, Callable[[], int]]]:
    resolver = Resolver(hangs=True)
    options = {"retry": Counted().policy(ATTEMPTS), "timeout": Timeout(connect=0.02)}
    async with calling("https://payments.invalid", session_with(resolver), **options) as client:
        yield client, lambda: resolver.asked


@asynccontextmanager
async def at_a_handshake_that_hangs(
    timeout: Timeout = Timeout(connect=0.02),  # noqa: B008  # frozen
) -> AsyncIterator[tuple[PaymentsClient, Callable[[], int]]]:
    async with Scripted(never_reads) as server:
        url = f"https://127.0.0.1:{server.port}"
        async with calling(url, retry=Counted().policy(ATTEMPTS), timeout=timeout) as client:
            yield client, lambda: server.connections


def at_a_handshake_longer_than_an_attempt() -> AbstractAsyncContextManager[tuple[PaymentsClient, Callable[[], int]]]:
    return at_a_handshake_that_hangs(Timeout(attempt=0.15))


NOT_SENT: list[Place] = [
    at_no_name,
    at_a_closed_port,
    at_an_untrusted_server,
    at_a_server_without_tls,
    at_a_full_pool,
    at_a_resolver_that_hangs,
    at_a_handshake_that_hangs,
    at_a_handshake_longer_than_an_attempt,
]


@pytest.mark.parametrize(("doing", "idempotent"), METHODS)
@pytest.mark.parametrize("place", NOT_SENT)
def test_without_a_connection_nothing_was_sent_and_every_method_is_tried_again(
    place: Place, doing: Doing, idempotent: bool
) -> None:
    async def scenario() -> None:
        async with place() as (client, attempts):
            with pytest.raises(ConnectionFailedError) as error:
                await doing(client)
            assert error.value.outcome is Outcome.NOT_SENT
            assert "nothing was sent" in str(error.value)
            assert attempts() == ATTEMPTS, f"idempotent: {idempotent}"

    at_once(scenario())


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize(("doing", "idempotent"), METHODS)
def test_a_deadline_says_whether_anything_was_sent(scheme: str, doing: Doing, idempotent: bool) -> None:
    """To a server that never answers: a request is sent, but no handshake of TLS comes to its end."""

    async def scenario() -> None:
        async with (
            Scripted(never_answers) as server,
            calling(
                f"{scheme}://127.0.0.1:{server.port}", timeout=Timeout(total=7), retry=Counted().policy()
            ) as client,
        ):
            error = await caught(doing, client)
            assert isinstance(error, TransportError)
            if scheme == "https":
                assert isinstance(error, DeadlineExceededError)
                assert error.outcome is Outcome.NOT_SENT
            else:
                assert isinstance(error, DeadlineExceededError if doing is read else OutcomeUnknownError)
                assert error.outcome is Outcome.UNKNOWN
            assert server.connections == 1, f"idempotent: {idempotent}"

    at_once(scenario())


@pytest.mark.parametrize("step", [pytest.param(step, id=what) for what, step in LOST.items()])
async def test_a_lost_answer_to_a_read_is_a_lost_connection_of_unknown_outcome(step: Step) -> None:
    async with Scripted(step) as server, calling(server.url) as client:
        error = await caught(read, client)
        assert type(error) is ConnectionFailedError
        assert error.outcome is Outcome.UNKNOWN
        assert error.operation == "request"
        assert error.__cause__ is None
        assert error.__context__ is None


@pytest.mark.parametrize("at", [BODY_AT, BODY_AT + 1, len(WHOLE) - 1])
def test_a_deadline_in_the_body_is_of_unknown_outcome(at: int) -> None:
    async def scenario() -> None:
        async with (
            Scripted(hangs_after(WHOLE[:at])) as server,
            calling(server.url, timeout=Timeout(total=7)) as client,
        ):
            error = await caught(read, client)
            assert isinstance(error, DeadlineExceededError)
            assert error.outcome is Outcome.UNKNOWN

    at_once(scenario())


async def test_an_answer_to_a_read_that_is_not_http_is_a_protocol_error() -> None:
    async with Scripted(sends(b"garbage\r\n\r\n")) as server, calling(server.url, retry=Counted().policy()) as client:
        error = await caught(read, client)
        assert type(error) is ProtocolError
        assert server.begun == 1


async def test_an_address_that_cannot_be_is_a_matter_of_configuration() -> None:
    counted = Counted()
    async with calling(f"https://{'a' * 70}.invalid", retry=counted.policy(ATTEMPTS)) as client:
        with pytest.raises(ConfigurationError, match="cannot be sent"):
            await client.request("POST", "/things")
    assert counted.failures <= 1
