# pyright: strict, reportUnnecessaryTypeIgnoreComment=true
"""What type checkers say about models as JSON, tests and raw responses; checked, never run."""

from typing import Any, assert_type

from payments_async import Page, PaymentsClient, Response
from payments_async.integrations.fastapi import Paging
from payments_async.integrations.opentelemetry import telemetry
from payments_async.models import Payment, PaymentRequest
from payments_async.testing import canned, example, mocked


def models_as_json(payment: Payment) -> None:
    assert_type(payment.to_dict(names="python", amounts="text", hidden=True), dict[str, Any])
    assert_type(Payment.from_json(payment.to_json()), Payment)
    payment.to_dict(names="camel")  # type: ignore[arg-type]
    payment.to_json(amounts="float")  # type: ignore[arg-type]


def examples() -> None:
    assert_type(example(PaymentRequest, amount=5), PaymentRequest)
    example(int)  # type: ignore[type-var]
    PaymentsClient("https://a.example", transport=canned({"get_payment": example(Payment)}))
    PaymentsClient("https://a.example", **telemetry())


def mocks() -> None:
    with mocked() as exchanges:
        exchanges.get("https://payments.example/api/payments/_info", payload={"version": "3.0"})
        exchanges.post(1)  # type: ignore[arg-type]


async def raw_and_plain(client: PaymentsClient) -> None:
    assert_type(await client.request("GET", "/payments", raw=True), Response)


async def pages(client: PaymentsClient, paging: Paging) -> None:
    assert_type(await paging.page(client.payments.list_payments), Page[Payment])
