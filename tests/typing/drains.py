# pyright: strict, reportUnnecessaryTypeIgnoreComment=true
"""What type checkers say about drains; checked, never run.

Each `type: ignore` names an error that mypy and pyright both have to find.
"""

from typing import Any, assert_type

from payments_async import PaymentsClient
from payments_async.drain import Drain, Each, FanOut, JSONLines, Report, Sink
from payments_async.models import Account, Payment
from payments_async.v3.models import Payment as CurrentPayment


async def take_payments(_: list[Payment]) -> None: ...


async def take_current_payments(_: list[CurrentPayment]) -> None: ...


async def drains_that_are_right(client: PaymentsClient, fan_out: FanOut, own: Sink) -> None:
    drain = Drain(client, "payments", JSONLines("payments.jsonl"))
    assert_type(drain, Drain[Payment])
    assert_type(await drain.run(resume=True), Report)
    Drain(client, "payments", Each(take_payments))
    Drain(client, "tasks", own)
    Drain(client, fan_out, JSONLines("rows.jsonl"), partitions=2)
    Drain(client.v3, "payments", Each(take_current_payments))
    Drain(client.v3, "payment_initiations", JSONLines("initiations.jsonl"), strategy="slices")
    async with Drain(client, "accounts").batches() as batches:
        async for rows in batches:
            assert_type(rows, list[Account])
    async with Drain(client, fan_out).batches() as others:
        async for some in others:
            assert_type(some, list[Any])


def drains_that_are_wrong(client: PaymentsClient) -> None:
    Drain(client, "paymnts", JSONLines("payments.jsonl"))  # type: ignore[call-overload]
    Drain(client, "accounts", Each(take_payments))  # type: ignore[call-overload]
    Drain(client, "payments", "payments.jsonl")  # type: ignore[call-overload]
    Drain(client, "payments", JSONLines("payments.jsonl"), strategy="offset")  # type: ignore[call-overload]
    Drain(client, "payments", JSONLines("payments.jsonl"), pages=100)  # type: ignore[call-overload]
    Drain(client.payments, "payments", JSONLines("payments.jsonl"))  # type: ignore[call-overload]
    Drain(client, "orders", JSONLines("orders.jsonl"))  # type: ignore[call-overload]
    Drain(client.v3, "tasks", JSONLines("tasks.jsonl"))  # type: ignore[call-overload]
    Drain(client.v3, "paymnts", JSONLines("payments.jsonl"))  # type: ignore[call-overload]
    Drain(client.v3, "payments", Each(take_payments))  # type: ignore[call-overload]
