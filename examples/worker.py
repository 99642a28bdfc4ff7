"""A worker that copies all payments into a file, and goes on where it was stopped.

Run: FORMANCE_URL=… FORMANCE_CLIENT_ID=… FORMANCE_CLIENT_SECRET=… python examples/worker.py payments.csv

Killed at any moment and started again, it goes on from `payments.csv.checkpoint` and writes each payment once. The
file may be `.jsonl`, `.csv`, `.db` or `.parquet`.
"""

import asyncio
import sys

from payments_async import PaymentsClient
from payments_async.drain import Drain, Report, sink_for


def tell(report: Report) -> None:
    """Say how far it has come, after each commit."""
    print(f"{report.items} payments, {report.rate:.0f} a second", flush=True)


async def main(target: str) -> None:
    async with PaymentsClient.from_env() as client:
        drain = Drain(client, "payments", sink_for(target), partitions=4, on_progress=tell)
        report = await drain.run(resume=True)
    print(f"{target} is complete: {report.items} payments with {report.requests} requests")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
