"""A process that drains payments and can be killed: `python drained.py TARGET API`, told by the environment where from.

It prints a line for each commit.
"""

import asyncio
import sys
from typing import Any

from payments_async import PaymentsClient
from payments_async.drain import Drain, Parquet, sink_for

Parquet.batch = 300  # small parts, so that there is much to break off


async def main(target: str, api: str) -> None:
    async with PaymentsClient.from_env() as client:
        source: Any = client.v3 if api == "v3" else client
        drain: Drain = Drain(
            source,
            "payments",
            sink_for(target),
            partitions=4,
            page_size=100 if api == "v3" else 40,
            on_progress=lambda report: print(report.items, flush=True),
        )
        await drain.run(resume=True)


asyncio.run(main(*sys.argv[1:]))
