"""What is counted: run by `benchmarks.instructions` under callgrind, which starts a count of its own at each mark.

`python -m benchmarks.counted URL` drains the lists of the page server at this URL. Nothing depends on time, and the
collector is off, so that the counts are the same every time.
"""

import asyncio
import gc
import os
import sys
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import cast

import aiohttp

from benchmarks.contestants import limit, limit_v3, ours, ours_v3
from benchmarks.decode import PAGES, SIZE, decoders
from benchmarks.goals import V3
from benchmarks.layers import POOL, URL_OF_API, Session, bare_call
from payments_async import ClientCredentials, PaymentsClient

PAYMENTS = PAGES * SIZE
CALLS = 200
WARMED_UP = 3

MARK = "getloadavg"
"""The C function that `mark` calls and nothing else does."""

COUNTS = {
    "decode": ("payment", PAYMENTS),
    "decode v3": ("payment", PAYMENTS),
    "call": ("call", CALLS),
    "drain": ("payment", PAYMENTS),
    "drain v3": ("payment", PAYMENTS),
}
"""What is counted twice, ours first and then the limit's; of what, and of how many."""


def mark() -> None:
    os.getloadavg()


async def main(url: str) -> None:
    session = cast("aiohttp.ClientSession", Session())
    async with (
        PaymentsClient(URL_OF_API, auth=ClientCredentials("bench", "bench"), session=session) as client,
        AsyncExitStack() as stack,
    ):
        decodings = *decoders(), *decoders(V3)
        contestants = [await stack.enter_async_context(each.opened(url)) for each in (ours, limit, ours_v3, limit_v3)]
        calls = (
            _repeated(lambda: client.pools.delete_pool(POOL)),
            _repeated(bare_call(session)),
            *(contestant.drain for contestant in contestants),
        )
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
    asyncio.run(main(sys.argv[1]))
