"""This package's client on v3, as its users write it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from benchmarks.contestants.answering import answer
from payments_async import ClientCredentials, PaymentsClient
from payments_async.v3 import V3


class Ours:
    def __init__(self, v3: V3) -> None:
        self._payments = v3.payments

    async def drain(self) -> int:
        count = 0
        async for _ in self._payments.list_payments(page_size=100):
            count += 1
        return count


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Ours]:
    async with PaymentsClient(url, auth=ClientCredentials("bench", "bench")) as client:
        yield Ours(client.v3)


if __name__ == "__main__":
    answer(opened)
