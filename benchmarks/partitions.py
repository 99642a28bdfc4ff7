"""What partitions gain where each request takes a while on the way.

`python -m benchmarks.partitions URL PARTITIONS PAGE_SIZE` is one drain of all payments in a fresh process.
"""

import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.comparison import Measurements
from benchmarks.processes import printed, sandboxing
from benchmarks.sizes import Sizes
from payments_async import ClientCredentials, PaymentsClient
from payments_async.drain import Drain, JSONLines

LATENCY = 0.02
"""Seconds that each answer is delayed."""

PARTITIONS = (1, 4, 8)
PAGE_SIZES = (100, 1_000)


def partitions(sizes: Sizes) -> Measurements:
    """The payments a second of a drain with so many partitions, for each page size."""
    measured: Measurements = {}
    with sandboxing(sizes.far, LATENCY) as url:
        for page_size in PAGE_SIZES:
            measured[named(page_size)] = [
                sizes.far / printed("-m", "benchmarks.partitions", url, str(count), str(page_size))["seconds"]
                for count in PARTITIONS
            ]
    return measured


def named(page_size: int) -> str:
    """The name of what is measured with this page size."""
    return f"drain at 20 ms, {page_size} a page"


async def main(url: str, count: int, page_size: int) -> None:
    async with PaymentsClient(url, auth=ClientCredentials("bench", "bench")) as client:
        with tempfile.TemporaryDirectory() as folder:
            sink = JSONLines(Path(folder, "payments.jsonl"))
            started = time.perf_counter()
            await Drain(client, "payments", sink, partitions=count, page_size=page_size).run()
            print(json.dumps({"seconds": time.perf_counter() - started}))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
