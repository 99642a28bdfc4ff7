"""Plain HTTP against a sandbox, and a clock that stands still until it is moved."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from multidict import CIMultiDict

from payments_async.sandbox import Sandbox

NOON = datetime(2026, 1, 1, 12, 0, 0, 123456, tzinfo=UTC)


@dataclass
class Clock:
    """Wall clock and monotonic clock of a sandbox."""

    now: datetime = NOON
    ticks: float = 0.0

    def time(self) -> datetime:
        return self.now

    def monotonic(self) -> float:
        return self.ticks

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        self.ticks += seconds


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def data(self) -> Any:
        return self.json["data"]

    @property
    def page(self) -> Any:
        return self.json["cursor"]

    @property
    def code(self) -> tuple[int, str]:
        """Status and error code, empty where there is no envelope."""
        return self.status, self.json.get("errorCode", "") if self.text.startswith("{") else ""


@dataclass
class Api:
    """One sandbox over a real socket."""

    sandbox: Sandbox
    session: aiohttp.ClientSession
    clock: Clock
    made: int = field(default=0)

    async def call(self, method: str, path: str, body: Any = None, **options: Any) -> Answer:
        """Call a path of the API; a body of str or bytes goes out as it is, anything else as JSON."""
        content = body if body is None or isinstance(body, str | bytes) else json.dumps(body)
        url = f"{self.sandbox.url}/api/payments{path}"
        async with self.session.request(method, url, data=content, allow_redirects=False, **options) as response:
            return Answer(response.status, response.headers, await response.text())

    async def verbatim(self, method: str, path: str, headers: str = "") -> Answer:
        """Send a request line as it is, which clients would write in another way or not at all."""
        host, _, port = self.sandbox.url.removeprefix("http://").rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        request = f"{method} /api/payments{path} HTTP/1.1\r\nHost: sandbox\r\nConnection: close\r\n{headers}\r\n"
        writer.write(request.encode())
        head, _, body = (await reader.read()).decode().partition("\r\n\r\n")
        writer.close()
        await writer.wait_closed()
        line, *fields = head.splitlines()
        parts = (field.partition(": ") for field in fields)
        return Answer(int(line.split()[1]), CIMultiDict((name, value) for name, _, value in parts), body)

    async def get(self, path: str, **parameters: Any) -> Answer:
        return await self.call("GET", path, params=parameters)

    async def post(self, path: str, body: Any = None) -> Answer:
        return await self.call("POST", path, body)

    async def connector(self, provider: str) -> str:
        """The id of the installed connector of a provider."""
        listed = (await self.get("/connectors")).data
        return next(str(each["connectorID"]) for each in listed if each["provider"] == provider)

    async def account(self, provider: str = "STRIPE", kind: str = "INTERNAL") -> str:
        """A new account of that provider."""
        self.made += 1
        request = {
            "reference": f"account-{self.made}",
            "connectorID": await self.connector(provider),
            "createdAt": "2025-01-01T00:00:00Z",
            "accountName": "Northwind Trading",
            "type": kind,
        }
        return str((await self.post("/accounts", request)).data["id"])

    async def payment(self, **members: Any) -> dict[str, Any]:
        """A new payment as the API shows it after creation."""
        self.made += 1
        answer = await self.post("/payments", payment_request(await self.connector("STRIPE"), self.made) | members)
        assert answer.status == 200, answer.text
        return dict(answer.data)

    async def transfer(self, provider: str = "STRIPE", **members: Any) -> str:
        """A new transfer initiation's id."""
        request = await self.transfer_request(provider)
        answer = await self.post("/transfer-initiations", request | members)
        assert answer.status == 200, answer.text
        return str(answer.data["id"])

    async def transfer_request(self, provider: str = "STRIPE", kind: str = "TRANSFER") -> dict[str, Any]:
        self.made += 1
        return {
            "reference": f"transfer-{self.made}",
            "description": "settlement",
            "sourceAccountID": await self.account(provider),
            "destinationAccountID": await self.account(provider, "INTERNAL" if kind == "TRANSFER" else "EXTERNAL"),
            "connectorID": await self.connector(provider),
            "type": kind,
            "amount": 1000,
            "asset": "EUR/2",
        }

    async def states(self, transfer_id: str) -> list[str]:
        """All states of a transfer initiation, oldest first."""
        found = (await self.get(f"/transfer-initiations/{transfer_id}")).data
        return [each["status"] for each in reversed(found["relatedAdjustments"])]


def payment_request(connector_id: str, number: int = 1) -> dict[str, Any]:
    return {
        "reference": f"payment-{number}",
        "connectorID": connector_id,
        "createdAt": "2025-06-01T10:00:00Z",
        "amount": 1050,
        "type": "PAY-IN",
        "status": "SUCCEEDED",
        "scheme": "visa",
        "asset": "USD/2",
    }


Start = Callable[..., Awaitable[Api]]


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    """Starts sandboxes that last as long as the test."""
    clock = Clock()
    running: list[Api] = []

    async def begin(**options: Any) -> Api:
        settings: dict[str, Any] = {"auth": False, "clock": clock.time, "ticks": clock.monotonic} | options
        sandbox = Sandbox(**settings)
        api = Api(sandbox, aiohttp.ClientSession(), clock)
        running.append(api)
        await sandbox.start()
        return api

    yield begin
    for api in running:
        await api.session.close()
        await api.sandbox.stop()


@pytest.fixture
async def api(start: Start) -> Api:
    """One connector of each provider, and nothing else; open to all."""
    return await start(connectors=11, tasks=0)


@pytest.fixture
async def full(start: Start) -> Api:
    """Three hundred payments and all that goes with them; open to all."""
    return await start(payments=300, pools=5, awkward=True)
