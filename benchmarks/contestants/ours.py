"""This package's client as its users write it: token, repetition, deadline, checks, item by item."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import aiohttp

from benchmarks.contestants.answering import answer, resident
from benchmarks.pages import PAYMENT_ID
from payments_async import ClientCredentials, PaymentsClient
from payments_async.models import Payment, PaymentRequest, PaymentScheme, PaymentStatus, PaymentType


class Ours:
    def __init__(self, client: PaymentsClient) -> None:
        self._payments = client.payments

    async def drain(self, page_size: int = 100, prefetch: int = 0) -> int:
        count = 0
        async for _ in self._payments.list_payments(page_size=page_size).items(prefetch=prefetch):
            count += 1
        return count

    async def memory(self, every: int) -> list[int]:
        """Drain, and note the process's memory in KiB at every so many items."""
        count = 0
        noted = []
        async for _ in self._payments.list_payments(page_size=100):
            count += 1
            if count % every == 0:
                noted.append(resident())
        return noted

    async def keep(self) -> int:
        """Drain, and keep every item until the end."""
        return len([payment async for payment in self._payments.list_payments(page_size=100)])

    async def walk(self, prefetch: int, work: float, busy: bool) -> int:
        """Walk page by page with `work` seconds of the consumer's own on each, `busy` or awaiting."""
        count = 0
        async for page in self._payments.list_payments(page_size=100).by_page(prefetch=prefetch):
            end = time.perf_counter() + work
            if busy:
                while time.perf_counter() < end:
                    pass
            else:
                await asyncio.sleep(work)
            count += len(page.data)
        return count

    async def get(self) -> Payment:
        return await self._payments.get_payment(PAYMENT_ID)

    async def create(self) -> Payment:
        return await self._payments.create_payment(
            PaymentRequest(
                reference="pi_0000000",
                connector_id="eyJQcm92aWRlciI6IlNUUklQRSIsIlJlZmVyZW5jZSI6IjEifQ",
                created_at=datetime(2024, 3, 1, 12, tzinfo=UTC),
                amount=10**20,
                type=PaymentType.PAY_IN,
                status=PaymentStatus.SUCCEEDED,
                scheme=PaymentScheme.VISA,
                asset="USD/2",
                destination_account_id="eyJDb25uZWN0b3JJRCI6eyJQcm92aWRlciI6IlNUUklQRSJ9LCJSZWZlcmVuY2UiOiJhY2N0XzEifQ",
            )
        )


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Ours]:
    async with PaymentsClient(url, auth=ClientCredentials("bench", "bench")) as client:
        yield Ours(client)


def main() -> None:
    """With `--uvloop` on that loop, with `--isal` with that library for gzip."""
    loop_factory = None
    if "--uvloop" in sys.argv:
        import uvloop

        loop_factory = uvloop.new_event_loop
    if "--isal" in sys.argv:
        from isal import isal_zlib

        backend: Any = isal_zlib  # pyright finds it to differ from zlib in what it calls its arguments
        aiohttp.set_zlib_backend(backend)
    answer(opened, loop_factory)


if __name__ == "__main__":
    main()
