"""What partitions gain where each request takes a while on the way.

`python -m benchmarks.partitions URL PARTITIONS PAGE_SIZE [DSN]` is one drain of all payments in a fresh process, into a
database or into a file.
"""

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from benchmarks.comparison import Measurements
from benchmarks.processes import printed, sandboxing
from benchmarks.sizes import Sizes
from payments_async import ClientCredentials, PaymentsClient
from payments_async.drain import Drain, JSONLines, PostgreSQL
from tests import postgresql

LATENCY = 0.02
"""Seconds that each answer is delayed."""

PARTITIONS = (1, 4, 8)
PAGE_SIZES = (100, 1_000)
FILE, DATABASE = "JSON Lines", "PostgreSQL"


def partitions(sizes: Sizes) -> Measurements:
    """The payments a second of a drain with so many partitions, for each sink and page size: medians of some drains."""
    measured: Measurements = {}
    with sandboxing(sizes.far, LATENCY) as url, targets() as sinks:
        for sink, target in sinks.items():
            for page_size in PAGE_SIZES:
                given = str(page_size), *target
                rounds = [
                    [rate(sizes.far, url, str(each), *given) for each in PARTITIONS] for _ in range(sizes.long_drains)
                ]
                measured[named(sink, page_size)] = [median(rates) for rates in zip(*rounds, strict=True)]
    return measured


def rate(rows: int, *arguments: str) -> float:
    """The payments a second of one drain of so many."""
    seconds: float = printed("-m", "benchmarks.partitions", *arguments)["seconds"]
    return rows / seconds


@contextmanager
def targets() -> Iterator[dict[str, list[str]]]:
    """The sinks, and the further argument that each takes; without a database where PostgreSQL is not installed."""
    if postgresql.programs() is None:
        print(f"{DATABASE} is not installed: drains into it are not measured", flush=True)
        yield {FILE: []}
        return
    with postgresql.serving() as server:
        yield {FILE: [], DATABASE: [server.dsn()]}


def named(sink: str, page_size: int) -> str:
    """The name of what is measured with this sink and this page size."""
    return f"drain to {sink} at 20 ms, {page_size} a page"


async def main(url: str, count: int, page_size: int, dsn: str | None = None) -> None:
    async with PaymentsClient(url, auth=ClientCredentials("bench", "bench")) as client:
        with tempfile.TemporaryDirectory() as folder:
            sink = PostgreSQL(dsn) if dsn else JSONLines(Path(folder, "payments.jsonl"))
            started = time.perf_counter()
            await Drain(client, "payments", sink, partitions=count, page_size=page_size).run(replace=True)
            print(json.dumps({"seconds": time.perf_counter() - started}))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:]))
