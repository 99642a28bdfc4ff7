# pyright: strict, reportUnnecessaryTypeIgnoreComment=true
"""What type checkers say about drains; checked, never run.

Each `type: ignore` names an error that mypy and pyright both have to find.
"""

from typing import Any, assert_type

from payments_async import PaymentsClient
from payments_async.drain import Drain, JSONLines, Report


async def drains_that_are_right(client: PaymentsClient) -> None:
    drain = Drain(client, "payments", JSONLines("payments.jsonl"))
    assert_type(await drain.run(resume=True), Report)
    Drain(client.v3, "payment_initiations", JSONLines("initiations.jsonl"), strategy="slices")
    async with Drain(client, "accounts").batches() as batches:
        async for rows in batches:
            assert_type(rows, list[Any])


def drains_that_are_wrong(client: PaymentsClient) -> None:
    Drain(client, "paymnts", JSONLines("payments.jsonl"))  # type: ignore[arg-type]
    Drain(client, "payments", "payments.jsonl")  # type: ignore[arg-type]
    Drain(client, "payments", JSONLines("payments.jsonl"), strategy="offset")  # type: ignore[arg-type]
    Drain(client.payments, "payments", JSONLines("payments.jsonl"))  # type: ignore[arg-type]
