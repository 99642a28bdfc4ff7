"""One drain of all payments in a fresh process: how many there were, what it took, and the most memory that it had.

`python -m benchmarks.draining URL WAY FORMAT`
"""

import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import attrs
from yarl import URL

from payments_async import ClientCredentials, PaymentsClient, Request, Response, Send
from payments_async.drain import Drain, sink_for

OFFSET, KEYSET, PARTITIONED = "offset", "keyset", "keyset, 8 partitions"

WAYS: dict[str, dict[str, Any]] = {
    OFFSET: {"strategy": "cursor"},
    KEYSET: {"strategy": "keyset"},
    PARTITIONED: {"strategy": "keyset", "partitions": 8},
}
"""The ways to drain, as `Drain` takes them, so that nothing but the way from page to page is different."""


def unsorted(send: Send) -> Send:
    """Leaves the order to the server: offsets at their cheapest.

    A drain by cursor asks for the oldest first, and for ids where times are equal. No index of the sandbox has that
    order: it would sort the rows that it leaves out, which takes seventy times as long as stepping over them.
    """

    async def send_unsorted(request: Request) -> Response:
        return await send(attrs.evolve(request, url=str(URL(request.url).without_query_params("sort"))))

    return send_unsorted


async def main(url: str, way: str, sink: str) -> None:
    layers = [unsorted] if way == OFFSET else []
    async with PaymentsClient(url, auth=ClientCredentials("bench", "bench"), layers=layers) as client:
        with tempfile.TemporaryDirectory() as folder:
            drain = Drain(client, "payments", sink_for(Path(folder, "payments"), sink), **WAYS[way])
            started = time.perf_counter()
            report = await drain.run()
            seconds = time.perf_counter() - started
    print(json.dumps({"payments": report.items, "seconds": seconds, "MiB": peak()}))


def peak() -> float:
    """The most memory that the process has had, in MiB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    _, _, rest = status.partition("VmHWM:")
    return int(rest.split()[0]) / 1024


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
