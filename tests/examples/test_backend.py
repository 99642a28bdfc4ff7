"""`examples/backend.py` under uvicorn, on real sockets."""

import asyncio
import json
import runpy
import signal
import sys
from collections.abc import AsyncIterator

import aiohttp
import pytest

from payments_async import PaymentsClient
from payments_async.models import TransferInitiation, TransferInitiationStatus
from payments_async.sandbox import Fault, FaultKind, Sandbox
from tests.examples.program import ROOT, Program, Start
from tests.serving import serving
from tests.waiting import PATIENCE

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C cannot be sent to one process on Windows")

TRANSFER = "/transfer-initiations/{transferId}"
APPROVAL = "/transfer-initiations/{transferId}/status"


SERVER = ["-m", "uvicorn", "--app-dir", "examples", "--port", "0", "backend:app"]


async def url(server: Program) -> str:
    return (await server.line_with("Uvicorn running on ")).split(" on ")[1].split()[0]


@pytest.fixture
async def backend(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[aiohttp.ClientSession]:
    """A browser, so to speak, on the backend as uvicorn serves it."""
    for name in ("url", "client_id", "client_secret"):
        monkeypatch.setenv(f"FORMANCE_{name.upper()}", getattr(sandbox, name))
    async with serving(runpy.run_path(str(ROOT / "examples" / "backend.py"))["app"]) as browser:
        yield browser


async def test_requests_and_streams_that_run_when_it_is_told_to_end_are_answered_whole(
    start: Start, sandbox: Sandbox, waiting: TransferInitiation, client: PaymentsClient
) -> None:
    server = await start(*SERVER)
    listed = len([payment async for payment in client.payments.list_payments(page_size=100)])
    assert listed > 100, "a stream asks for further pages after the signal"
    async with aiohttp.ClientSession(await url(server)) as browser:
        assert await answered(browser, f"/transfers/{waiting.id}") == 200
        for route in (TRANSFER, "/payments"):
            sandbox.faults.append(Fault(kind=FaultKind.DELAY, route=route, times=20, seconds=1))
        asked = [asyncio.create_task(answered(browser, f"/transfers/{waiting.id}")) for _ in range(20)]
        streams = [asyncio.create_task(rows(browser)) for _ in range(20)]
        async with asyncio.timeout(PATIENCE):
            while sandbox.faults:  # noqa: ASYNC110  # the sandbox has no event for it
                await asyncio.sleep(0.01)
        server.process.send_signal(signal.SIGTERM)
        assert await asyncio.gather(*asked) == [200] * 20
        assert await asyncio.gather(*streams) == [listed] * 20
    printed, _ = await server.process.communicate()
    assert "Application shutdown complete" in printed.decode()
    assert "Warning" not in printed.decode()


async def rows(browser: aiohttp.ClientSession) -> int:
    async with browser.get("/payments.ndjson") as answer:
        return len([line async for line in answer.content])


async def answered(browser: aiohttp.ClientSession, path: str) -> int:
    async with browser.get(path) as answer:
        await answer.read()
        return answer.status


@pytest.fixture
async def waiting(client: PaymentsClient) -> TransferInitiation:
    """A transfer that waits for approval."""
    async for transfer in client.transfer_initiations.list_transfer_initiations(page_size=100):
        if transfer.status == TransferInitiationStatus.WAITING_FOR_VALIDATION:
            return transfer
    pytest.fail("no transfer waits")


async def status_of(transfer: TransferInitiation, client: PaymentsClient) -> str:
    return (await client.transfer_initiations.get_transfer_initiation(transfer.id)).status


async def test_it_is_ready(backend: aiohttp.ClientSession, client: PaymentsClient) -> None:
    async with backend.get("/ready") as answer:
        assert (answer.status, await answer.json()) == (200, (await client.server.get_server_info()).to_dict())


async def test_a_transfer_is_shown(
    backend: aiohttp.ClientSession, waiting: TransferInitiation, client: PaymentsClient
) -> None:
    async with backend.get(f"/transfers/{waiting.id}") as answer:
        assert answer.status == 200
        assert await answer.json() == (await client.transfer_initiations.get_transfer_initiation(waiting.id)).to_dict()


async def test_payments_are_listed_page_by_page(backend: aiohttp.ClientSession, client: PaymentsClient) -> None:
    listed: list[str] = []
    query = {"page_size": "90"}
    while True:
        async with backend.get("/payments", params=query) as answer:
            page = await answer.json()
        listed += [payment["id"] for payment in page["data"]]
        if not page["hasMore"]:
            break
        query = {"cursor": page["next"]}
    assert listed == [payment.id async for payment in client.payments.list_payments(page_size=100)]


async def test_all_payments_are_streamed(backend: aiohttp.ClientSession, client: PaymentsClient) -> None:
    async with backend.get("/payments.ndjson") as answer:
        assert answer.content_type == "application/x-ndjson"
        rows = [json.loads(line) async for line in answer.content]
    assert rows == [payment.to_dict() async for payment in client.payments.list_payments(page_size=100)]


async def test_a_transfer_is_approved_once(
    backend: aiohttp.ClientSession, waiting: TransferInitiation, client: PaymentsClient
) -> None:
    async with backend.post(f"/transfers/{waiting.id}/approval") as answer:
        assert answer.status == 204
    assert await status_of(waiting, client) != "WAITING_FOR_VALIDATION"
    async with backend.post(f"/transfers/{waiting.id}/approval") as again:
        assert again.status == 422


async def test_all_requests_share_one_token(
    backend: aiohttp.ClientSession, waiting: TransferInitiation, sandbox: Sandbox
) -> None:
    issued = sandbox.tokens_issued
    for _ in range(3):
        async with backend.get(f"/transfers/{waiting.id}") as answer:
            assert answer.status == 200
    assert sandbox.tokens_issued == issued + 1


async def test_ids_that_lead_nowhere(backend: aiohttp.ClientSession, client: PaymentsClient, sandbox: Sandbox) -> None:
    payment = (await client.payments.list_payments(page_size=1).first()).data[0]
    asked = sandbox.requests["GET", TRANSFER, 404]
    for transfer_id, status in ((payment.id, 404), ("undecodable", 422), ("a%20b", 422)):
        async with backend.get(f"/transfers/{transfer_id}") as answer:
            assert answer.status == status
            assert (await answer.json())["detail"]
    assert sandbox.requests["GET", TRANSFER, 404] == asked + 1


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (Fault(kind=FaultKind.STATUS, status=429, retry_after="30"), 429),
        (Fault(kind=FaultKind.STATUS, status=500), 502),
        (Fault(kind=FaultKind.WRONG_TYPE), 502),
        (Fault(kind=FaultKind.REFUSED_TOKEN), 502),
    ],
    ids=lambda given: given.kind if isinstance(given, Fault) else None,
)
async def test_failures_of_the_service_behind(
    backend: aiohttp.ClientSession, sandbox: Sandbox, waiting: TransferInitiation, fault: Fault, status: int
) -> None:
    sandbox.faults.append(fault)
    async with backend.get(f"/transfers/{waiting.id}") as answer:
        assert answer.status == status
        assert answer.headers.get("Retry-After") == fault.retry_after


async def test_a_lost_approval_is_not_said_to_have_failed(
    backend: aiohttp.ClientSession, sandbox: Sandbox, waiting: TransferInitiation, client: PaymentsClient
) -> None:
    sandbox.faults.append(Fault(kind=FaultKind.RESET_AFTER, method="POST", route=APPROVAL))
    async with backend.post(f"/transfers/{waiting.id}/approval") as answer:
        assert answer.status == 504
        assert "may have been done" in (await answer.json())["detail"]
    assert await status_of(waiting, client) != "WAITING_FOR_VALIDATION"


async def test_no_connection(backend: aiohttp.ClientSession, sandbox: Sandbox) -> None:
    await sandbox.stop()
    async with backend.get("/transfers/any") as answer:
        assert answer.status == 503
