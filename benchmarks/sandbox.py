"""The package's sandbox in a process of its own, in memory: `python -m benchmarks.sandbox PAYMENTS`.

It prints its URL once it has that many payments, and ends when its standard input is closed.
"""

import asyncio
import sys

from payments_async.sandbox import Sandbox


async def main(payments: int) -> None:
    async with Sandbox(payments=payments, client_id="bench", client_secret="bench") as sandbox:
        print(sandbox.url, flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
