"""The limit: aiohttp and msgspec as one writes them by hand for this very API, and nothing else."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import aiohttp
import msgspec

from benchmarks.contestants.answering import answer, resident
from benchmarks.pages import PAYMENT_ID, PAYMENTS
from payments_async.models import Connector, PaymentScheme, PaymentStatus, PaymentType

# ruff: noqa: N815  # the members are named as on the wire


class Adjustment(msgspec.Struct):
    reference: str
    createdAt: datetime
    status: PaymentStatus
    amount: int
    raw: Any = None


class Payment(msgspec.Struct):
    id: str
    reference: str
    sourceAccountID: str
    destinationAccountID: str
    connectorID: str
    type: PaymentType
    status: PaymentStatus
    initialAmount: int
    amount: int
    scheme: PaymentScheme
    asset: str
    createdAt: datetime
    provider: Connector | None = None
    raw: Any = None
    adjustments: list[Adjustment] = []  # msgspec copies it
    metadata: dict[str, str] | None = None


class Page(msgspec.Struct):
    data: list[Payment]
    hasMore: bool
    pageSize: int = 0
    next: str | None = None
    previous: str | None = None


class PageAnswer(msgspec.Struct):
    cursor: Page


class PaymentAnswer(msgspec.Struct):
    data: Payment


class PaymentRequest(msgspec.Struct, omit_defaults=True):
    reference: str
    connectorID: str
    createdAt: datetime
    amount: int
    type: PaymentType
    status: PaymentStatus
    scheme: PaymentScheme
    asset: str
    sourceAccountID: str | None = None
    destinationAccountID: str | None = None


read_page = msgspec.json.Decoder(PageAnswer).decode
read_payment = msgspec.json.Decoder(PaymentAnswer).decode


class Limit:
    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = f"{url}{PAYMENTS}"

    async def drain(self) -> int:
        count = 0
        async for page in self._pages():
            for _ in page.data:
                count += 1
        return count

    async def memory(self, every: int) -> list[int]:
        """Drain, and note the process's memory in KiB at every so many items."""
        count = 0
        noted = []
        async for page in self._pages():
            for _ in page.data:
                count += 1
                if count % every == 0:
                    noted.append(resident())
        return noted

    async def _pages(self) -> AsyncIterator[Page]:
        query = "pageSize=100"
        while query:
            async with self._session.get(f"{self._url}?{query}") as answer:
                page = read_page(await answer.read()).cursor
            yield page
            query = f"cursor={page.next}" if page.next else ""

    async def read(self) -> int:
        """Walk without decoding anything but the cursor; gives the number of bytes."""
        size = 0
        query = b"pageSize=100"
        while query:
            async with self._session.get(f"{self._url}?{query.decode()}") as answer:
                body = await answer.read()
            size += len(body)
            _, there, rest = body[:1000].partition(b'"next":"')
            query = b"cursor=" + rest.partition(b'"')[0] if there else b""
        return size

    async def get(self) -> Payment:
        async with self._session.get(f"{self._url}/{PAYMENT_ID}") as answer:
            return read_payment(await answer.read()).data

    async def create(self) -> Payment:
        request = PaymentRequest(
            reference="pi_0000000",
            connectorID="eyJQcm92aWRlciI6IlNUUklQRSIsIlJlZmVyZW5jZSI6IjEifQ",
            createdAt=datetime(2024, 3, 1, 12, tzinfo=UTC),
            amount=10**20,
            type=PaymentType.PAY_IN,
            status=PaymentStatus.SUCCEEDED,
            scheme=PaymentScheme.VISA,
            asset="USD/2",
            destinationAccountID="eyJDb25uZWN0b3JJRCI6eyJQcm92aWRlciI6IlNUUklQRSJ9LCJSZWZlcmVuY2UiOiJhY2N0XzEifQ",
        )
        body = msgspec.json.encode(request)
        headers = {"Content-Type": "application/json"}
        async with self._session.post(self._url, data=body, headers=headers) as answer:
            return read_payment(await answer.read()).data


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Limit]:
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {'a' * 600}"}) as session:
        yield Limit(session, url)


if __name__ == "__main__":
    answer(opened)
