"""The limit on v3: aiohttp and msgspec as one writes them by hand for this very list, and nothing else."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import aiohttp
import msgspec

from benchmarks.contestants.answering import answer
from benchmarks.pages import PAYMENTS_V3
from payments_async.v3.models import PaymentScheme, PaymentStatus, PaymentType, Provider

# ruff: noqa: N815  # the members are named as on the wire


class Adjustment(msgspec.Struct):
    id: str
    reference: str
    createdAt: datetime
    status: PaymentStatus
    amount: int | None = None
    asset: str | None = None
    metadata: dict[str, str] | None = None
    raw: Any = None


class Payment(msgspec.Struct):
    id: str
    connectorID: str
    provider: Provider
    reference: str
    createdAt: datetime
    type: PaymentType
    initialAmount: int
    amount: int
    asset: str
    scheme: PaymentScheme
    status: PaymentStatus
    sourceAccountID: str | None = None
    destinationAccountID: str | None = None
    metadata: dict[str, str] | None = None
    adjustments: list[Adjustment] | None = None
    psuID: str | None = None
    openBankingConnectionID: str | None = None


class Page(msgspec.Struct):
    data: list[Payment]
    hasMore: bool
    pageSize: int = 0
    next: str | None = None
    previous: str | None = None


class PageAnswer(msgspec.Struct):
    cursor: Page


read_page = msgspec.json.Decoder(PageAnswer).decode


class Limit:
    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = f"{url}{PAYMENTS_V3}"

    async def drain(self) -> int:
        count = 0
        query = "pageSize=100"
        while query:
            async with self._session.get(f"{self._url}?{query}") as answer:
                page = read_page(await answer.read()).cursor
            for _ in page.data:
                count += 1
            query = f"cursor={page.next}" if page.next else ""
        return count


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Limit]:
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {'a' * 600}"}) as session:
        yield Limit(session, url)


if __name__ == "__main__":
    answer(opened)
