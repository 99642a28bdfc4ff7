"""A process that drains payments and can be killed: `python drained.py TARGET`, told by the environment where from.

It prints a line for each commit.
"""

import asyncio
import sys

from payments_async import PaymentsClient
from payments_async.drain import Drain, Parquet, sink_for

Parquet.batch = 300  # small parts, so that there is much to break off


async def main(target: str) -> None:
    async with PaymentsClient.from_env() as client:
        drain = Drain(
            client,
            "payments",
            sink_for(target),
            partitions=4,
            page_size=40,
            on_progress=lambda report: print(report.items, flush=True),
        )
        await drain.run(resume=True)


asyncio.run(main(sys.argv[1]))
