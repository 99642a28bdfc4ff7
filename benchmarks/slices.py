"""What a drain of `client.v3` costs the server's database, in slices and by cursor: `python -m benchmarks.slices`.

The unit is a row that a range scans. A row before or on a page costs 85 of them, because its newest adjustment is
looked up: as measured on a server of 3.4 with 300,000 payments.
"""

import asyncio
import json
import sys
from base64 import urlsafe_b64decode

import attrs
from yarl import URL

from payments_async import PaymentsClient, Request, Response, Send
from payments_async.drain import Drain
from payments_async.drain.partition import Strategy
from payments_async.sandbox import Sandbox

LOOK_UP = 85
SIZES = (1_000, 10_000, 30_000)


@attrs.define
class Cost:
    """What the requests of a drain cost a database with so many payments."""

    payments: int
    units: int = 0
    requests: int = 0

    def counting(self, send: Send) -> Send:
        """The layer that counts."""

        async def send_counted(request: Request) -> Response:
            response = await send(request)
            cursor = URL(request.url).query.get("cursor")
            token = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))) if cursor else {}
            shown = len(json.loads(response.body)["cursor"]["data"])
            self.requests += 1
            self.units += LOOK_UP * min(self.payments, token.get("offset", 0) + shown)
            self.units += self.payments if token.get("filters", {}).get("qb") else 0
            return response

        return send_counted


async def cost(sandbox: Sandbox, payments: int, strategy: Strategy, page_size: int) -> Cost:
    """What a drain of all payments costs."""
    counted = Cost(payments)
    async with PaymentsClient(sandbox.url, layers=[counted.counting]) as client:
        drain = Drain(client.v3, "payments", strategy=strategy, page_size=page_size)
        rows = 0
        async with drain.batches() as batches:
            async for batch in batches:
                rows += len(batch)
    assert rows == payments, f"{strategy} has drained {rows} payments of {payments}"
    return counted


async def main() -> None:
    """Print the table."""
    print("| payments | equal amounts | page size | strategy | requests | database, in rows scanned |")
    print("| --- | --- | --- | --- | --- | --- |")
    for payments in map(int, sys.argv[1:]) if sys.argv[1:] else SIZES:
        for equal in (0, payments // 4, payments):
            async with Sandbox(payments=payments - equal, connectors=3, auth=False, version="3.4") as sandbox:
                await add_equal(sandbox, equal)
                for page_size in (100, 1_000):
                    for strategy in ("cursor", "slices"):
                        took = await cost(sandbox, payments, strategy, page_size)
                        print(f"| {payments:,} | {equal:,} | {page_size:,} | {strategy} ", end="")
                        print(f"| {took.requests:,} | {took.units:,} |", flush=True)


async def add_equal(sandbox: Sandbox, count: int) -> None:
    """Add payments of one amount."""
    async with PaymentsClient(sandbox.url) as client:
        connectors = [each.id async for each in client.v3.connectors.list_connectors()]
    for number in range(count):
        sandbox.add_payment(connectors[number % 3], f"equal {number}", amount=999, asset="EUR/2")


if __name__ == "__main__":
    asyncio.run(main())
