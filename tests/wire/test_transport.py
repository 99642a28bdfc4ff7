"""What a client refuses to send, to follow, to read and to take for an answer; and whose client it is."""

from __future__ import annotations

import asyncio
import gc
import gzip
import inspect
import tracemalloc
from collections.abc import Mapping
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments_async import (
    ClientCredentials,
    ConfigurationError,
    ConnectionFailedError,
    DecodeError,
    OutcomeUnknownError,
    PaymentsClient,
    PaymentsError,
    ProtocolError,
    ResponseTooLargeError,
    RetryPolicy,
    ServerError,
)
from payments_async.wire.transport import MAX_BODY
from tests.properties import examples
from tests.waiting import PATIENCE
from tests.wire.scripted import (
    Peer,
    Scripted,
    acquired,
    answer,
    calling,
    endless,
    http,
    never_answers,
    plays,
    sends,
    sends_and_hangs_up,
)

REPEATING = RetryPolicy(attempts=3, base=0)


async def failing(client: PaymentsClient, method: str = "GET", path: str = "/things", **options: Any) -> PaymentsError:
    with pytest.raises(PaymentsError) as error:
        await client.request(method, path, **options)
    assert acquired(client) == 0
    return error.value


# Redirects


@pytest.mark.parametrize("own", [True, False], ids=["own session", "session passed in"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
@pytest.mark.parametrize("status", [300, 301, 302, 303, 304, 305, 307, 308])
async def test_a_redirect_is_never_followed(status: int, method: str, own: bool) -> None:
    async with Scripted(answer(200, {})) as target:
        location = f"http://user:canary@127.0.0.1:{target.port}/canary/path?canary=query#canary"
        session = None if own else aiohttp.ClientSession()
        async with (
            Scripted(answer(status, headers={"Location": location})) as server,
            calling(server.url, session, retry=REPEATING) as client,
        ):
            error = await failing(client, method)
            assert type(error) is ProtocolError
            assert f"a redirect to http://127.0.0.1:{target.port};" in str(error)
            assert "canary" not in str(error)
            assert server.begun == 1
        assert target.connections == 0


@pytest.mark.parametrize(
    ("location", "named"),
    [
        (None, "answered 302, as the API never does;"),
        ("", "the same origin"),
        ("/canary", "the same origin"),
        ("?canary", "the same origin"),
        ("//elsewhere.example.com/canary", "://elsewhere.example.com;"),
        ("https://elsewhere.example.com:8443/canary", "https://elsewhere.example.com:8443;"),
        ("http://[::1/canary", "an unreadable address"),
        ("http://[canary]/canary", ""),
    ],
)
async def test_a_redirect_names_the_origin_of_its_target_only(location: str | None, named: str) -> None:
    headers = {} if location is None else {"Location": location}
    async with Scripted(answer(302, headers=headers)) as server, calling(server.url) as client:
        error = await failing(client)
        assert type(error) is ProtocolError
        assert named in str(error)
        assert "/canary" not in str(error)
        assert "?canary" not in str(error)


# Bodies that are too large

CAP = 100_000
SLACK = 2**20
"""Bytes that may be under way, in the buffers of both ends, when the client has seen enough."""

BOMB = gzip.compress(bytes(2**26))
HUGE: dict[str, tuple[bytes, bytes]] = {
    "a Content-Length": (http(200, b"", length=2**40), b"x" * 2**14),
    "chunks": (http(200, b"", {"Transfer-Encoding": "chunked"}), b"4000\r\n" + b"x" * 2**14 + b"\r\n"),
    "no end at all": (b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n", b"x" * 2**14),
    "compressed data": (
        http(200, b"", {"Transfer-Encoding": "chunked", "Content-Encoding": "gzip"}),
        f"{len(BOMB):x}\r\n".encode() + BOMB + b"\r\n",
    ),
}


async def test_an_error_is_its_status_however_large_its_body_is() -> None:
    counted = list[int]()
    endless_error = endless(http(500, b"", length=2**40), b"x" * 2**14, counted)
    async with Scripted(endless_error) as server, calling(server.url, max_body=CAP, retry=REPEATING) as client:
        error = await failing(client, "POST")
        assert type(error) is ServerError
        assert error.status == 500
        assert server.begun == 1


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(("head", "chunk"), [pytest.param(*parts, id=what) for what, parts in HUGE.items()])
async def test_an_answer_that_is_too_large_is_left_at_once(head: bytes, chunk: bytes, method: str) -> None:
    counted = list[int]()
    async with (
        Scripted(endless(head, chunk, counted)) as server,
        calling(server.url, max_body=CAP, retry=REPEATING) as client,
    ):
        tracemalloc.start()
        try:
            error = await failing(client, method)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert type(error) is ResponseTooLargeError
        assert f"larger than {CAP} bytes" in str(error)
        assert peak < 8 * 2**20
        async with asyncio.timeout(PATIENCE):
            await server.left()
        assert sum(counted) < CAP + 8 * SLACK
        assert server.begun == 1


@pytest.mark.parametrize("compressed", [False, True])
async def test_an_answer_of_just_the_size_is_read_and_one_more_byte_is_not(compressed: bool) -> None:
    fits, does_not = (http(200, b'"' + b"x" * (CAP - 2 + more) + b'"', compressed=compressed) for more in (0, 1))
    async with Scripted(sends(fits), sends(does_not)) as server, calling(server.url, max_body=CAP) as client:
        assert await client.request("GET", "/things") == "x" * (CAP - 2)
        assert "larger than" in str(await failing(client))


def test_an_answer_may_have_64_mib_unless_told_otherwise() -> None:
    assert MAX_BODY == 64 * 2**20
    assert inspect.signature(PaymentsClient).parameters["max_body"].default == MAX_BODY


# Answers that are none


@pytest.mark.parametrize(
    "data",
    [
        b"garbage",
        b"garbage\r\n\r\n",
        b"\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"HTTP/1.1\r\n\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/1.1 20000 OK\r\n\r\n",
        b"HTTP/9.9 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA: \x00\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 5_000 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nA: " + b"b" * 100_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 " + b"OK" * 50_000 + b"\r\n\r\n",
        http(200, b"{}", {"Content-Length": "-1", "Transfer-Encoding": "x"}),
        http(200, b"{}", {"Transfer-Encoding": "chunked", "X": "y"}).replace(b"X: y", b"Content-Length: 2"),
        http(200, b"{}", {"X": "y"}).replace(b"X: y", b"Content-Length: 1"),
        http(200, b"zz\r\n", {"Transfer-Encoding": "chunked"}),
    ],
)
async def test_what_is_not_http_is_an_error_of_ours(data: bytes) -> None:
    async with Scripted(sends_and_hangs_up(data)) as server, calling(server.url) as client:
        error = await failing(client)
        assert isinstance(error, ProtocolError | ConnectionFailedError)
        assert error.__context__ is None
        assert error.__cause__ is None
        assert isinstance(await failing(client, "POST"), OutcomeUnknownError)


async def test_compressed_data_that_is_none_is_a_lost_answer() -> None:
    data = http(200, b"not compressed", {"Content-Encoding": "gzip"})
    async with Scripted(sends_and_hangs_up(data)) as server, calling(server.url) as client:
        assert isinstance(await failing(client), ConnectionFailedError)


HEADERS = st.sampled_from(
    [
        b"Content-Type: application/json",
        b"Content-Length: 2",
        b"Content-Length: 99999999999999999999",
        b"Content-Length: x",
        b"Transfer-Encoding: chunked",
        b"Transfer-Encoding: gzip, chunked",
        b"Content-Encoding: gzip",
        b"Content-Encoding: deflate",
        b"Content-Encoding: br",
        b"Content-Encoding: zstd",
        b"Content-Encoding: nonsense",
        b"Connection: upgrade",
        b"Upgrade: websocket",
        b"Connection: close",
        b"Location: http://[",
        b"Set-Cookie: \xff=\xfe; expires=never",
        b"Retry-After: -1e999",
        b"Content-Type: \xff/\x80; charset=nonsense",
        b"\xff: \xff",
        b": empty",
        b" folded",
    ]
)
ANYTHING = st.one_of(
    st.binary(max_size=300),
    st.builds(
        lambda version, status, reason, headers, body: (
            b" ".join((version, status, reason)) + b"\r\n" + b"".join(each + b"\r\n" for each in headers) + body
        ),
        st.sampled_from([b"HTTP/1.1", b"HTTP/1.0", b"HTTP/0.9", b"http/1.1", b"ICY"]),
        st.one_of(st.integers(0, 999).map(lambda status: str(status).encode()), st.binary(max_size=4)),
        st.one_of(st.just(b"OK"), st.binary(max_size=10)),
        st.lists(st.one_of(HEADERS, st.binary(max_size=20)), max_size=5),
        st.one_of(
            st.binary(max_size=40).map(lambda body: b"\r\n" + body),
            st.sampled_from([b"\r\n{}", b"\r\n2\r\n{}\r\n0\r\n\r\n", b"\r\n" + gzip.compress(b"{}"), b""]),
        ),
    ),
)


@examples(75)
@given(data=ANYTHING, method=st.sampled_from(["GET", "POST"]))
async def test_whatever_is_answered_only_errors_of_ours_come_out(data: bytes, method: str) -> None:
    async with (
        Scripted(sends_and_hangs_up(data)) as server,
        calling(server.url, retry=RetryPolicy(attempts=2, base=0)) as client,
    ):
        try:
            await client.request(method, "/things")
        except PaymentsError as error:
            assert error.operation == "request"
        assert acquired(client) == 0
        assert server.begun <= 2


# Answers to other questions


async def test_an_answer_that_nobody_asked_for_is_not_taken_for_the_next_one() -> None:
    steps = [sends(http(200, {"n": 1}) + http(200, {"n": "smuggled"})), answer(200, {"n": 2})]
    async with Scripted(*steps) as server, calling(server.url) as client:
        assert await client.request("GET", "/first") == {"n": 1}
        assert await client.request("GET", "/second") == {"n": 2}


async def test_bytes_beyond_the_content_length_are_not_taken_for_the_next_answer() -> None:
    steps = [sends(http(200, b'{"n": 1}' + http(200, {"n": "smuggled"}), length=8)), answer(200, {"n": 2})]
    async with Scripted(*steps) as server, calling(server.url) as client:
        assert await client.request("GET", "/first") == {"n": 1}
        assert await client.request("GET", "/second") == {"n": 2}


async def test_a_content_length_that_is_too_short_is_a_broken_answer() -> None:
    async def in_two_parts(peer: Peer) -> None:
        await peer.send(http(200, {"n": 1}, length=4)[:-4])
        await asyncio.sleep(0.005)
        await peer.send(b": 1}")

    steps = [sends(http(200, {"n": 1}, length=4)), plays(in_two_parts)]
    async with Scripted(*steps) as server, calling(server.url) as client:
        assert type(await failing(client)) is ProtocolError
        assert type(await failing(client)) is DecodeError


@pytest.mark.parametrize("interim", [b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"])
async def test_an_interim_answer_is_not_the_answer(interim: bytes) -> None:
    async with Scripted(sends(interim + http(200, {"n": 1}))) as server, calling(server.url) as client:
        assert await client.request("GET", "/things") == {"n": 1}


async def test_a_cookie_is_not_sent_back() -> None:
    step = answer(200, {}, {"Set-Cookie": "who=me; Path=/"})
    async with Scripted(step) as server, calling(server.url.replace("127.0.0.1", "localhost")) as client:
        for _ in range(2):
            await client.request("GET", "/things")
        assert not any("cookie" in request.headers for request in server.requests)


# Clear text


@pytest.mark.parametrize(
    "url",
    [
        "http://acme.example.com",
        "http://10.0.0.1",
        "http://0.0.0.0",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
        "http://[2001:db8::1]",
        "HTTP://ACME.example.com",
        "http://127.0.0.1@acme.example.com",
    ],
)
def test_clear_text_to_another_host_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError):
        PaymentsClient(url)
    with pytest.raises(ConfigurationError):
        PaymentsClient("https://acme.example.com", auth=ClientCredentials("id", "secret", token_url=url))


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080", "http://127.1.2.3", "http://localhost:1", "http://[::1]:80"])
def test_clear_text_to_this_host_is_allowed(url: str) -> None:
    PaymentsClient(url, auth=ClientCredentials("id", "secret"))


def test_clear_text_is_allowed_to_who_insists() -> None:
    auth = ClientCredentials("id", "secret", token_url="http://tokens.example.com/token")
    PaymentsClient("http://acme.example.com", auth=auth, allow_http=True)


@pytest.mark.parametrize("url", ["ftp://acme.example.com", "acme.example.com", "https://", "", "//acme.example.com"])
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError):
        PaymentsClient(url)


# Headers


@pytest.mark.parametrize(
    "headers",
    [
        {"X-A": "b\r\nAuthorization: Bearer canary"},
        {"X-A": "b\ncanary"},
        {"X-A": "b\rcanary"},
        {"X-A": "canary\x00"},
        {"X-A": "canary\x7f"},
        {"X-A\r\nX-Canary": "b"},
        {"X A": "b"},
        {"X-A:": "b"},
        {"": "b"},
        {"X-Ä": "b"},
        {"Authorization": "Bearer canary"},
        {"HOST": "elsewhere"},
        {"content-length": "5"},
        {"Transfer-Encoding": "chunked"},
    ],
)
def test_a_header_that_would_change_the_request_is_refused(headers: Mapping[str, str]) -> None:
    with pytest.raises(ConfigurationError) as refused:
        PaymentsClient("https://acme.example.com", headers=headers)
    with pytest.raises(ConfigurationError) as refused_later:
        PaymentsClient("https://acme.example.com").with_options(headers=headers)
    assert "Bearer" not in f"{refused.value} {refused_later.value}"


async def test_arguments_cannot_break_out_of_the_request_line() -> None:
    evil = "a/../b?c=d#e HTTP/1.1\r\nX-Evil: 1\r\n\r\n"
    async with Scripted(answer(204)) as server, calling(server.url) as client:
        await client.pools.remove_account_from_pool(evil, evil)
        (request,) = server.requests
        assert request.target.count("/") == 4
        assert request.target.startswith("/pools/a%2F..%2Fb%3Fc%3Dd%23e%20HTTP%2F1.1%0D%0A")
        assert "x-evil" not in request.headers
        with pytest.raises(ValueError, match="path"):
            await client.request("GET", "/a HTTP/1.1\r\nX-Evil: 1")
        with pytest.raises(ValueError, match="method"):
            await client.request("GET / HTTP/1.1\r\n", "/a")
        await client.request("GET", "/a", query={"b\r\nc": evil})
        assert "x-evil" not in server.requests[1].headers


# Whose client it is


def test_a_client_works_in_the_loop_that_first_used_it_and_says_so_in_another() -> None:
    async def start() -> tuple[PaymentsClient, Scripted, asyncio.Task[Any]]:
        server = await Scripted(answer(200, {}), never_answers).__aenter__()
        client = PaymentsClient(server.url, api_path="")
        assert await client.request("GET", "/things") == {}
        waiting = asyncio.create_task(client.request("GET", "/things"))
        await server.arrived(2)
        return client, server, waiting

    async def fail(client: PaymentsClient) -> None:
        for mine in (client, client.with_options()):
            with pytest.raises(ConfigurationError, match="another event loop") as error:
                await mine.request("GET", "/things")
            assert error.value.operation == "request"
            with pytest.raises(ConfigurationError, match="another event loop"):
                await anext(mine.payments.list_payments().items())
        with pytest.raises(ConfigurationError, match="another event loop"):
            await client.__aenter__()

    async def end(client: PaymentsClient, server: Scripted, waiting: asyncio.Task[Any]) -> None:
        assert not waiting.done()
        waiting.cancel()
        await asyncio.wait((waiting,))
        await client.aclose()
        await server.__aexit__(None, None, None)

    with asyncio.Runner() as first, asyncio.Runner() as second:
        client, server, waiting = first.run(start())
        second.run(fail(client))
        first.run(end(client, server, waiting))


async def test_a_closed_client_says_so_at_once() -> None:
    async with Scripted(answer(200, {})) as server:
        client = PaymentsClient(server.url, api_path="")
        derived = client.with_options()
        await client.request("GET", "/things")
        for _ in range(3):
            await client.aclose()
        for closed in (client, derived):
            with pytest.raises(ConfigurationError, match="closed") as error:
                await closed.request("GET", "/things")
            assert error.value.operation == "request"
        with pytest.raises(ConfigurationError, match="closed"):
            await client.__aenter__()
        assert server.begun == 1


async def test_closing_a_derived_client_closes_nothing() -> None:
    async with Scripted(answer(200, {})) as server, calling(server.url) as client:
        async with client.with_options() as derived:
            await derived.request("GET", "/things")
        assert await client.request("GET", "/things") == {}
        assert server.connections == 1


async def test_a_session_passed_in_that_is_closed_is_said_to_be() -> None:
    session = aiohttp.ClientSession()
    async with Scripted(answer(200, {})) as server, PaymentsClient(server.url, session=session) as client:
        await session.close()
        with pytest.raises(ConfigurationError, match="session that was passed"):
            await client.request("GET", "/things")


@pytest.mark.parametrize(
    ("method", "kind"), [("GET", ConfigurationError), ("DELETE", OutcomeUnknownError), ("POST", OutcomeUnknownError)]
)
async def test_closing_ends_calls_that_wait_for_an_answer(method: str, kind: type[PaymentsError]) -> None:
    before = asyncio.all_tasks()
    patient = RetryPolicy(attempts=5, base=50, cap=50, random=lambda: 1.0)
    async with Scripted(never_answers) as server:
        client = PaymentsClient(server.url, api_path="", retry=patient)
        calls = [asyncio.ensure_future(client.request(method, "/things")) for _ in range(3)]
        await server.arrived(3)
        await client.aclose()
        async with asyncio.timeout(PATIENCE):
            ended = await asyncio.gather(*calls, return_exceptions=True)
        assert [type(error) for error in ended] == [kind] * 3
        assert server.begun == 3
    assert asyncio.all_tasks() == before


async def test_closing_ends_calls_that_wait_for_their_turn() -> None:
    async with Scripted(never_answers) as server:
        client = PaymentsClient(server.url, api_path="")
        calls = [asyncio.ensure_future(client.request("POST", "/things")) for _ in range(150)]
        await server.arrived(100)
        await client.aclose()
        async with asyncio.timeout(PATIENCE):
            ended = await asyncio.gather(*calls, return_exceptions=True)
        kinds = [type(error) for error in ended]
        assert kinds == [OutcomeUnknownError] * 100 + [ConfigurationError] * 50
        assert server.begun == 100


async def test_closing_a_session_ends_calls_that_wait_for_its_pool() -> None:
    session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=1))
    patient = RetryPolicy(attempts=5, base=50, cap=50, random=lambda: 1.0)
    async with Scripted(never_answers) as server:
        hung = asyncio.ensure_future(session.get(server.url))
        await server.arrived(1)
        client = PaymentsClient(server.url, session=session, retry=patient)
        call = asyncio.ensure_future(client.request("POST", "/things"))
        for _ in range(5):
            await asyncio.sleep(0)
        await session.close()
        async with asyncio.timeout(PATIENCE):
            ended = await asyncio.gather(hung, call, return_exceptions=True)
        assert type(ended[1]) is ConfigurationError
        assert server.begun == 1


async def test_an_unclosed_client_warns_with_where_it_was_made() -> None:
    clients = [PaymentsClient("http://127.0.0.1:9")]
    line = test_an_unclosed_client_warns_with_where_it_was_made.__code__.co_firstlineno + 1
    await clients[0].__aenter__()
    session = clients[0]._connection.session()

    def forget() -> None:
        clients.clear()
        gc.collect()

    with pytest.warns(ResourceWarning, match="never closed") as warned:
        forget()
    assert [f"made at {__file__}:{line} was" in str(warning.message) for warning in warned] == [True]
    await session.close()


@pytest.mark.parametrize("left", ["never used", "closed", "session passed in"])
async def test_a_client_that_holds_nothing_open_warns_of_nothing(left: str, recwarn: pytest.WarningsRecorder) -> None:
    session = aiohttp.ClientSession()
    client = PaymentsClient("http://127.0.0.1:9", session=session if left == "session passed in" else None)
    if left != "never used":
        await client.__aenter__()
    if left == "closed":
        await client.aclose()
    del client
    gc.collect()
    assert list(recwarn) == []
    await session.close()


# Bytes that nobody asked for, on an idle connection

OURS, FOREIGN = http(200, {"data": "ours"}), http(200, {"data": "another's"})


async def test_a_second_response_behind_the_first_is_not_the_next_calls() -> None:
    async with Scripted(sends(OURS + FOREIGN), answer(200, {"data": "ours"})) as server:
        async with calling(server.url) as client:
            assert [await client.request("GET", "/a") for _ in range(2)] == [{"data": "ours"}] * 2
        assert (server.connections, len(server.requests)) == (2, 2)


@pytest.mark.parametrize(
    ("data", "read"), [(FOREIGN, True), (FOREIGN, False), (b"garbage\r\n\r\n", True), (b"H", False)]
)
async def test_a_connection_on_which_anything_arrived_while_it_was_idle_is_not_used_again(
    data: bytes, read: bool
) -> None:
    peers: list[Peer] = []

    async def play(peer: Peer) -> None:
        peers.append(peer)
        await peer.send(OURS)

    async with Scripted(plays(play)) as server:
        async with calling(server.url) as client:
            for _ in range(3):
                assert await client.request("GET", "/a") == {"data": "ours"}
            assert server.connections == 1
            await peers[-1].send(data)
            if read:  # by the event loop, before the next call
                async with asyncio.timeout(PATIENCE):
                    while idle(client):  # noqa: ASYNC110  # aiohttp tells nobody
                        await asyncio.sleep(0)
            assert await client.request("GET", "/a") == {"data": "ours"}
        assert (server.connections, len(server.requests)) == (2, 4)


def idle(client: PaymentsClient) -> bool:
    """Whether nothing has arrived on the only connection since it has been idle."""
    connector = client._connection.session().connector
    assert connector is not None
    ((protocol, _),) = next(iter(connector._conns.values()))
    return protocol.is_connected() and not protocol.should_close
