"""What is counted: run by `benchmarks.instructions` under callgrind, which starts a count of its own at each mark.

Nothing of it depends on time, and the collector is off, so that the counts are the same every time.
"""

import asyncio
import gc
import os
from collections.abc import Awaitable, Callable
from typing import cast

import aiohttp

from benchmarks.decode import PAGES, SIZE, decoders
from benchmarks.goals import V3
from benchmarks.layers import POOL, URL_OF_API, Session, bare_call
from payments_async import ClientCredentials, PaymentsClient

PAYMENTS = PAGES * SIZE
CALLS = 200
WARMED_UP = 3

MARK = "getloadavg"
"""The C function that `mark` calls and nothing else does."""

COUNTS = {"decode": ("payment", PAYMENTS), "decode v3": ("payment", PAYMENTS), "call": ("call", CALLS)}
"""What is counted twice, ours first and then the limit's; of what, and of how many."""


def mark() -> None:
    os.getloadavg()


async def main() -> None:
    session = cast("aiohttp.ClientSession", Session())
    async with PaymentsClient(URL_OF_API, auth=ClientCredentials("bench", "bench"), session=session) as client:
        decodings = *decoders(), *decoders(V3)
        calls = _repeated(lambda: client.pools.delete_pool(POOL)), _repeated(bare_call(session))
        # The interpreter adapts its code to what it meets, and decoders are made when they are first needed.
        for _ in range(WARMED_UP):
            for decode in decodings:
                decode()
            for call in calls:
                await call()
        gc.collect()
        gc.disable()
        mark()
        for decode in decodings:
            decode()
            mark()
        for call in calls:
            await call()
            mark()


def _repeated(call: Callable[[], Awaitable[object]]) -> Callable[[], Awaitable[None]]:
    async def calls() -> None:
        for _ in range(CALLS):
            await call()

    return calls


if __name__ == "__main__":
    asyncio.run(main())
