"""The package's sandbox in a process of its own, in memory: `python -m benchmarks.sandbox PAYMENTS LATENCY`.

It prints its URL once it has that many payments, delays each answer by so many seconds, and ends when its standard
input is closed.
"""

import asyncio
import sys

from payments_async.sandbox import Fault, FaultKind, Sandbox


async def main(payments: int, latency: float) -> None:
    faults = [Fault(kind=FaultKind.DELAY, seconds=latency)] if latency else []
    async with Sandbox(payments=payments, client_id="bench", client_secret="bench", faults=faults) as sandbox:
        print(sandbox.url, flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), float(sys.argv[2])))
