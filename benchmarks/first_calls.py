"""The milliseconds of a client's first two calls, the first with all that is put off until then.

`python -m benchmarks.first_calls URL`
"""

import asyncio
import json
import sys
import time

from payments_async import ClientCredentials, PaymentsClient


async def main(url: str) -> None:
    client = PaymentsClient(url, auth=ClientCredentials("bench", "bench"))
    started = time.perf_counter()
    async with client:
        await client.payments.list_payments(page_size=100).first()
        between = time.perf_counter()
        await client.payments.list_payments(page_size=100).first()
        ended = time.perf_counter()
    print(json.dumps([(between - started) * 1e3, (ended - between) * 1e3]))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
