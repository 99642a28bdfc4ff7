"""Each fault does what its name says, strikes what it is told to, and is counted."""

import asyncio
import json
import zlib
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from payments_async.sandbox import Fault, FaultKind, Sandbox

PAYMENTS = "/api/payments/payments"


@pytest.fixture
async def running() -> AsyncIterator[Sandbox]:
    async with Sandbox(payments=40, auth=False) as sandbox:
        yield sandbox


@pytest.fixture
async def session(running: Sandbox) -> AsyncIterator[aiohttp.ClientSession]:
    # No retries behind the test's back: every connection is used once.
    connector = aiohttp.TCPConnector(force_close=True)
    async with aiohttp.ClientSession(running.url, connector=connector, auto_decompress=False) as session:
        yield session


async def listed(session: aiohttp.ClientSession, **parameters: str) -> tuple[int, bytes]:
    async with session.get(PAYMENTS, params=parameters, allow_redirects=False) as answer:
        return answer.status, await answer.read()


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (Fault(kind=FaultKind.STATUS, status=503), 503),
        (Fault(kind=FaultKind.STATUS, status=429, retry_after="3"), 429),
        (Fault(kind=FaultKind.REFUSED_TOKEN), 401),
        (Fault(kind=FaultKind.EXPIRED_TOKEN), 401),
        (Fault(kind=FaultKind.REVOKED_TOKENS), 401),
        (Fault(kind=FaultKind.REDIRECT, location="http://127.0.0.1:9/x"), 307),
    ],
    ids=lambda value: value.kind.name if isinstance(value, Fault) else None,
)
async def test_answered_instead(running: Sandbox, session: aiohttp.ClientSession, fault: Fault, status: int) -> None:
    running.faults.append(fault)
    async with session.get(PAYMENTS, allow_redirects=False) as answer:
        assert (answer.status, await answer.read()) == (status, b"")
        assert answer.headers.get("Retry-After") == fault.retry_after
        assert answer.headers.get("Location") == (fault.location if status == 307 else None)
    assert not running.processed
    assert running.requests == {("GET", "/payments", status): 1}


@pytest.mark.parametrize(
    ("kind", "done"),
    [
        (FaultKind.RESET, False),
        (FaultKind.RESET_AFTER, True),
        (FaultKind.RESET_IN_HEADERS, True),
        (FaultKind.RESET_IN_BODY, True),
        (FaultKind.WRONG_LENGTH, True),
    ],
)
async def test_cut(running: Sandbox, session: aiohttp.ClientSession, kind: FaultKind, *, done: bool) -> None:
    running.faults.append(Fault(kind=kind))
    with pytest.raises((aiohttp.ClientConnectionError, aiohttp.ClientPayloadError)):
        await listed(session)
    # aiohttp asks once more by itself after some of these.
    assert bool(running.processed["GET", "/payments"]) is done
    assert set(running.requests) == {("GET", "/payments", 0)}


async def test_reset_at_a_byte_of_the_body(running: Sandbox, session: aiohttp.ClientSession) -> None:
    _, whole = await listed(session)
    running.faults.append(Fault(kind=FaultKind.RESET_IN_BODY, at=7))
    got = b""
    async with session.get(PAYMENTS) as answer:
        with pytest.raises((aiohttp.ClientConnectionError, aiohttp.ClientPayloadError)):  # noqa: PT012  # keeps what came
            async for chunk in answer.content.iter_any():
                got += chunk
    assert whole.startswith(got)
    assert len(got) <= 7


async def test_delay_and_stall_pass_the_answer_on(running: Sandbox, session: aiohttp.ClientSession) -> None:
    _, whole = await listed(session)
    running.faults.append(Fault(kind=FaultKind.DELAY, seconds=0.01, times=1))
    running.faults.append(Fault(kind=FaultKind.STALL, seconds=0.01, times=1))
    assert (await listed(session))[1] == whole
    assert (await listed(session))[1] == whole
    assert not running.faults


async def test_delays_that_end_together_let_the_loop_take_requests_in_between() -> None:
    loop, seen = asyncio.get_running_loop(), list[str]()

    async def answer(_: web.Request) -> web.StreamResponse:
        seen.append("answered")
        loop.call_soon(seen.append, "taken")  # as the loop takes a request that came meanwhile
        return web.Response()

    fault, request = Fault(kind=FaultKind.DELAY, seconds=0), make_mocked_request("GET", PAYMENTS)
    async with Sandbox(payments=0) as sandbox:
        faults = sandbox._faults
        await asyncio.gather(*(faults.strike(fault, request, answer) for _ in range(3)))
    assert seen == ["answered", "taken"] * 3


@pytest.mark.parametrize("kind", [FaultKind.STALL, FaultKind.DELAY])
async def test_a_slow_answer_is_slow(running: Sandbox, session: aiohttp.ClientSession, kind: FaultKind) -> None:
    running.faults.append(Fault(kind=kind, seconds=60))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.03):
            await listed(session)


async def test_unreadable_answers_come_after_the_work(running: Sandbox, session: aiohttp.ClientSession) -> None:
    running.faults.append(Fault(kind=FaultKind.WRONG_TYPE, times=1))
    running.faults.append(Fault(kind=FaultKind.INVALID_JSON, times=1))
    running.faults.append(Fault(kind=FaultKind.WRONG_SHAPE, times=1))
    running.faults.append(Fault(kind=FaultKind.STATUS_AFTER, status=504, times=1))
    async with session.get(PAYMENTS) as answer:
        assert (answer.status, answer.content_type) == (200, "text/html")
    with pytest.raises(ValueError, match=r"line 1 column"):
        json.loads((await listed(session))[1])
    assert json.loads((await listed(session))[1]) == {"data": [5], "cursor": []}
    assert await listed(session) == (504, b"")
    assert running.processed == {("GET", "/payments"): 4}


@pytest.mark.parametrize("kind", [FaultKind.GZIP_BOMB, FaultKind.ENDLESS_BODY])
async def test_a_body_that_goes_on_ends_with_the_client(
    running: Sandbox, session: aiohttp.ClientSession, kind: FaultKind
) -> None:
    running.faults.append(Fault(kind=kind))
    async with session.get(PAYMENTS) as answer:
        first = await answer.content.readany()
        assert first
        if kind is FaultKind.GZIP_BOMB:
            assert answer.headers["Content-Encoding"] == "gzip"
            assert zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(first, 100) == bytes(100)
        answer.close()
    await running.stop()
    # Compressed, a gigabyte may fit into the sockets' buffers.
    assert set(running.requests) <= {("GET", "/payments", 0), ("GET", "/payments", 200)}
    assert running.requests.total() == 1


async def test_a_repeated_cursor(running: Sandbox, session: aiohttp.ClientSession) -> None:
    second = json.loads((await listed(session, pageSize="10"))[1])["cursor"]["next"]
    running.faults.append(Fault(kind=FaultKind.REPEATED_CURSOR))
    assert json.loads((await listed(session, cursor=second))[1])["cursor"]["next"] == second


async def test_an_empty_page_hides_nothing(running: Sandbox, session: aiohttp.ClientSession) -> None:
    whole = json.loads((await listed(session, pageSize="10"))[1])["cursor"]
    running.faults.append(Fault(kind=FaultKind.EMPTY_PAGE, times=1))
    empty = json.loads((await listed(session, pageSize="10"))[1])["cursor"]
    assert (empty["data"], empty["hasMore"]) == ([], True)
    after = json.loads((await listed(session, cursor=empty["next"]))[1])["cursor"]
    assert after["data"] == whole["data"]


async def test_a_fault_strikes_what_it_names_as_often_as_it_says(
    running: Sandbox, session: aiohttp.ClientSession
) -> None:
    running.faults.append(Fault(kind=FaultKind.STATUS, method="GET", route="/accounts", times=2))
    assert (await listed(session))[0] == 200
    statuses: list[int] = []
    for _ in range(3):
        async with session.get("/api/payments/accounts") as answer:
            statuses.append(answer.status)
    assert statuses == [503, 503, 200]


async def test_a_share_is_drawn_by_the_seed() -> None:
    async def statuses(seed: int) -> list[int]:
        faults = [Fault(kind=FaultKind.STATUS, share=0.5)]
        async with (
            Sandbox(auth=False, seed=seed, faults=faults) as sandbox,
            aiohttp.ClientSession(sandbox.url) as session,
        ):
            return [(await listed(session))[0] for _ in range(20)]

    assert await statuses(1) == await statuses(1)
    assert set(await statuses(1)) == {200, 503}


async def test_tokens_are_struck_by_name_only() -> None:
    faults = [Fault(kind=FaultKind.STATUS), Fault(kind=FaultKind.STATUS, status=500, route="/api/auth/oauth/token")]
    async with Sandbox(faults=faults) as sandbox, aiohttp.ClientSession(sandbox.url) as session:
        answer = await session.post("/api/auth/oauth/token")
        assert answer.status == 500
        answer.release()


async def test_the_control_endpoint(running: Sandbox, session: aiohttp.ClientSession) -> None:
    async def control(method: str, body: Any = None) -> tuple[int, Any]:
        async with session.request(method, "/_faults", json=body) as answer:
            return answer.status, await answer.json() if answer.content_type == "application/json" else None

    status, in_force = await control("POST", [{"kind": "status", "status": 418, "times": 1}])
    assert (status, in_force[0]["status"]) == (200, 418)
    assert running.faults == [Fault(kind=FaultKind.STATUS, status=418, times=1)]
    assert (await listed(session))[0] == 418
    assert await control("GET") == (200, [])
    await control("POST", [{"kind": "delay"}, {"kind": "reset"}])
    assert len(running.faults) == 2
    assert await control("DELETE") == (200, [])
    for wrong in ([{"kind": "nonsense"}], [{"status": 500}], [{"kind": "status", "color": 1}], 5, [5]):
        assert (await control("POST", wrong))[0] == 400
    assert (await control("PUT"))[0] == 405


async def test_the_counts_are_served_and_do_not_count_themselves(
    running: Sandbox, session: aiohttp.ClientSession
) -> None:
    await listed(session)
    async with session.get("/_requests") as answer:
        counts = await answer.json()
    assert counts == [{"method": "GET", "route": "/payments", "status": 200, "count": 1}]
    async with session.get("/_rows-read") as answer:
        assert await answer.json() == {"rows_read": running.rows_read}
    assert running.requests == {("GET", "/payments", 200): 1}


@pytest.mark.parametrize(
    ("kind", "others"),
    [(FaultKind.REFUSED_TOKEN, 200), (FaultKind.EXPIRED_TOKEN, 200), (FaultKind.REVOKED_TOKENS, 401)],
)
async def test_tokens_are_refused_once_expired_alone_or_revoked_all(kind: FaultKind, others: int) -> None:
    async with Sandbox(payments=10) as sandbox, aiohttp.ClientSession(sandbox.url) as session:
        tokens: list[str] = []
        form = {"grant_type": "client_credentials", "client_id": sandbox.client_id}
        for _ in range(2):
            async with session.post(
                "/api/auth/oauth/token", data={**form, "client_secret": sandbox.client_secret}
            ) as answer:
                tokens.append((await answer.json())["access_token"])

        async def status(token: str) -> int:
            async with session.get(PAYMENTS, headers={"Authorization": f"Bearer {token}"}) as answer:
                return answer.status

        sandbox.faults.append(Fault(kind=kind, times=1))
        assert await status(tokens[0]) == 401
        assert await status(tokens[0]) == (200 if kind is FaultKind.REFUSED_TOKEN else 401)
        assert await status(tokens[1]) == others


@pytest.mark.parametrize("members", [{"times": 0}, {"times": "1"}, {"seconds": "x"}, {"status": None}, {"share": "1"}])
async def test_the_control_endpoint_refuses_what_a_fault_cannot_have(
    running: Sandbox, session: aiohttp.ClientSession, members: dict[str, Any]
) -> None:
    async with session.post("/_faults", json=[{"kind": "delay", **members}]) as answer:
        assert answer.status == 400
    assert not running.faults


async def test_empty_pages_before_every_page_still_come_to_an_end(
    running: Sandbox, session: aiohttp.ClientSession
) -> None:
    running.faults.append(Fault(kind=FaultKind.EMPTY_PAGE))
    cursor, items = "", 0
    for _ in range(20):
        page = json.loads((await listed(session, **({"cursor": cursor} if cursor else {"pageSize": "10"})))[1])[
            "cursor"
        ]
        items += len(page["data"])
        if not page["hasMore"]:
            break
        cursor = page["next"]
    assert items == 40


async def test_an_answer_without_a_body_is_cut_off_too(running: Sandbox, session: aiohttp.ClientSession) -> None:
    running.faults.append(Fault(kind=FaultKind.WRONG_LENGTH))
    with pytest.raises((aiohttp.ClientConnectionError, aiohttp.ClientPayloadError)):
        async with session.delete("/api/payments/pools/00000000-0000-0000-0000-000000000000") as answer:
            await answer.read()
