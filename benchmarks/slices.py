"""What a drain of `client.v3` costs the server's database, in slices and by cursor.

The unit is a row that a range scans. A row before or on a page costs 85 of them, because its newest adjustment is
looked up: as measured on a server of 3.4 with 300,000 payments.

`python -m benchmarks.slices PAYMENTS EQUAL` is one drain in a fresh process, EQUAL of whose payments have one amount.
"""

import asyncio
import json
import sys
from base64 import urlsafe_b64decode
from typing import Any, Self

import attrs
from yarl import URL

from benchmarks.comparison import Measurements
from benchmarks.listing import Payments
from benchmarks.processes import printed
from benchmarks.sizes import Sizes
from payments_async import PaymentsClient, Request, Response, Send
from payments_async.drain import Drain
from payments_async.drain.partition import Strategy

LOOK_UP = 85
PAGE_SIZE = 1_000

CURSOR = "cursor"
SPREADS = {"slices, all amounts distinct": 0.0, "slices, a quarter equal": 0.25, "slices, all amounts equal": 1.0}
"""The share of payments that have one amount."""


@attrs.define
class Cost:
    """What the requests of a drain cost a database with so many payments."""

    payments: int
    units: int = 0
    requests: int = 0

    @classmethod
    def of_cursor(cls, payments: int) -> Self:
        """What a drain by cursor costs: a walk of a million would take hours on a server.

        It asks for the newest payment, and then for pages of 1,000 more rows each.
        """
        ends = [1, *range(PAGE_SIZE, payments, PAGE_SIZE), payments]
        return cls(payments, LOOK_UP * sum(ends), len(ends))

    def counting(self, send: Send) -> Send:
        """The layer that counts."""

        async def send_counted(request: Request) -> Response:
            response = await send(request)
            query = URL(request.url).query
            cursor = query.get("cursor")
            token = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))) if cursor else {}
            shown = len(json.loads(response.body)["cursor"]["data"])
            self.requests += 1
            self.units += LOOK_UP * min(self.payments, token.get("offset", 0) + shown)
            self.units += self.payments if "query" in query or token.get("filters", {}).get("qb") else 0
            return response

        return send_counted


async def cost(url: str, payments: int, strategy: Strategy, page_size: int, transport: Send | None = None) -> Cost:
    """What a drain of all payments costs."""
    counted = Cost(payments)
    async with PaymentsClient(url, layers=[counted.counting], transport=transport) as client:
        drain = Drain(client.v3, "payments", strategy=strategy, page_size=page_size)
        rows = 0
        async with drain.batches() as batches:
            async for batch in batches:
                rows += len(batch)
    assert rows == payments, f"{strategy} has drained {rows} payments of {payments}"
    return counted


def slices(sizes: Sizes) -> Measurements:
    """What a drain costs by cursor and in slices, a value for each length."""
    measured: Measurements = {}

    def add(name: str, took: dict[str, Any]) -> None:
        for what, value in took.items():
            measured.setdefault(f"{name}: {what}", []).append(value)

    for payments in sizes.sliced:
        add(CURSOR, attrs.asdict(Cost.of_cursor(payments)))
        for name, share in SPREADS.items():
            add(name, printed("-m", "benchmarks.slices", str(payments), str(int(share * payments))))
    return measured


async def main(payments: int, equal: int) -> None:
    took = await cost("https://payments.test", payments, "slices", PAGE_SIZE, Payments.made(payments, equal))
    print(json.dumps(attrs.asdict(took)))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
