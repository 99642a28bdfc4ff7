"""The creates of a storm on each version of the server: how one is asked for, and which of them the server has."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime

import attrs

from payments_async import Pages, PaymentsClient
from payments_async.models import Payment, PaymentRequest, PaymentScheme, PaymentStatus, PaymentType
from payments_async.v3 import models as v3

AT = datetime(2024, 1, 1, tzinfo=UTC)


@attrs.frozen
class Create:
    """One kind of create.

    Attributes:
        route: Its path, as the sandbox counts it.
        ask: Creates one under a reference, with a connector and an account of it.
        present: The references of all that the server has.
        settle: Creates or finds one whose answer was lost; `None` if nothing does that.
    """

    route: str
    ask: Callable[[PaymentsClient, str, str, str], Awaitable[object]]
    present: Callable[[PaymentsClient], AsyncIterator[str]]
    settle: Callable[[PaymentsClient, str, str], Awaitable[Payment]] | None = None


def request(reference: str, connector_id: str) -> PaymentRequest:
    """What is created under a reference, the same whenever it is asked for."""
    return PaymentRequest(
        reference=reference,
        connector_id=connector_id,
        created_at=AT,
        amount=1_000 + len(reference),
        type=PaymentType.PAY_IN,
        status=PaymentStatus.SUCCEEDED,
        scheme=PaymentScheme.OTHER,
        asset="EUR/2",
    )


async def _references(pages: Pages[Payment]) -> AsyncIterator[str]:
    async for payment in pages:
        yield payment.reference


async def _payments(client: PaymentsClient) -> AsyncIterator[str]:
    async for payment in client.v3.payments.list_payments(page_size=100):
        yield payment.reference


async def _accounts(client: PaymentsClient) -> AsyncIterator[str]:
    async for account in client.v3.accounts.list_accounts(page_size=100):
        yield account.reference


async def _initiations(client: PaymentsClient) -> AsyncIterator[str]:
    async for initiation in client.v3.payment_initiations.list_payment_initiations(page_size=100):
        yield initiation.reference


async def _pools(client: PaymentsClient) -> AsyncIterator[str]:
    async for pool in client.v3.pools.list_pools(page_size=100):
        yield pool.name


async def _users(client: PaymentsClient) -> AsyncIterator[str]:
    async for user in client.v3.payment_service_users.list_payment_service_users(page_size=100):
        yield user.name or ""


def _payment(client: PaymentsClient, reference: str, connector_id: str, _: str) -> Awaitable[object]:
    adjustment = v3.CreatePaymentAdjustmentRequest(
        reference="first", created_at=AT, status=v3.PaymentStatus.SUCCEEDED, amount=1_000, asset="EUR/2"
    )
    return client.v3.payments.create_payment(
        v3.CreatePaymentRequest(
            reference=reference,
            connector_id=connector_id,
            created_at=AT,
            type=v3.PaymentType.PAY_IN,
            scheme=v3.PaymentScheme.OTHER,
            initial_amount=1_000,
            amount=1_000,
            asset="EUR/2",
            adjustments=[adjustment],
        )
    )


def _account(client: PaymentsClient, reference: str, connector_id: str, _: str) -> Awaitable[object]:
    return client.v3.accounts.create_account(
        v3.CreateAccountRequest(
            reference=reference,
            connector_id=connector_id,
            created_at=AT,
            type=v3.AccountType.INTERNAL,
            account_name="Main",
        )
    )


def _initiation(client: PaymentsClient, reference: str, connector_id: str, account_id: str) -> Awaitable[object]:
    return client.v3.payment_initiations.initiate_payment(
        v3.InitiatePaymentRequest(
            reference=reference,
            connector_id=connector_id,
            description="storm",
            type=v3.PaymentInitiationType.PAYOUT,
            amount=1_000,
            asset="EUR/2",
            destination_account_id=account_id,
        )
    )


def _pool(client: PaymentsClient, reference: str, _: str, account_id: str) -> Awaitable[object]:
    return client.v3.pools.create_pool(v3.CreatePoolRequest(name=reference, account_ids=[account_id]))


def _user(client: PaymentsClient, reference: str, _connector_id: str, _account_id: str) -> Awaitable[object]:
    return client.v3.payment_service_users.create_payment_service_user(
        v3.CreatePaymentServiceUserRequest(name=reference)
    )


CREATES: dict[str, tuple[Create, ...]] = {
    "2.0.9": (
        Create(
            "/payments",
            lambda client, reference, connector_id, _: client.payments.create_payment(request(reference, connector_id)),
            lambda client: _references(client.payments.list_payments(page_size=100, sort="reference:asc")),
            lambda client, reference, connector_id: client.payments.ensure_payment(request(reference, connector_id)),
        ),
    ),
    "3.4": (
        Create("/v3/payments", _payment, _payments),
        Create("/v3/accounts", _account, _accounts),
        Create("/v3/payment-initiations", _initiation, _initiations),
        Create("/v3/pools", _pool, _pools),
        Create("/v3/payment-service-users", _user, _users),
    ),
}
"""By the version of the server."""
