"""The lists of `client.v3` that can be drained."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from payments_async.client import PaymentsClient
from payments_async.drain.resources import FanOut, Listing
from payments_async.v3.models import (
    Account,
    Balance,
    BankAccount,
    Connector,
    Conversion,
    Order,
    Payment,
    PaymentInitiation,
    PaymentServiceUser,
    Pool,
)
from payments_async.wire.call import Page
from payments_async.wire.pages import Pages


def without_configs(client: PaymentsClient) -> Callable[..., Pages[Connector]]:
    """The list of connectors without their configurations, which contain secrets."""

    def pages(**given: Any) -> Pages[Connector]:
        async def page(cursor: str | None) -> Page[Connector]:
            arguments: dict[str, Any] = given if cursor is None else {"cursor": cursor}
            page = await client.v3.connectors.list_connectors(**arguments).first()
            for connector in page.data:
                connector.config.clear()
            return page

        return Pages(page, cursor=given.get("cursor"), operation="list_connectors")

    return pages


# These lists have no `sort`: newest first is the only order. Some have a column to compare.
_list = partial(Listing, order=None, newest_first=None, filtered=True)

LISTINGS = {
    each.name: each
    for each in (
        _list(
            name="payments",
            model=Payment,
            pages=lambda client: client.v3.payments.list_payments,
            column="initial_amount",
            finer=("type", "connector_id", "asset", "scheme"),
        ),
        _list(name="accounts", model=Account, pages=lambda client: client.v3.accounts.list_accounts, column="id"),
        _list(name="bank_accounts", model=BankAccount, pages=lambda client: client.v3.bank_accounts.list_bank_accounts),
        _list(name="connectors", model=Connector, pages=without_configs, column="id"),
        _list(
            name="conversions",
            model=Conversion,
            pages=lambda client: client.v3.conversions.list_conversions,
            column="source_amount",
            finer=("connector_id", "source_asset", "destination_asset"),
        ),
        _list(
            name="orders",
            model=Order,
            pages=lambda client: client.v3.orders.list_orders,
            column="base_quantity_ordered",
            finer=("connector_id", "direction", "type"),
        ),
        _list(
            name="payment_initiations",
            model=PaymentInitiation,
            pages=lambda client: client.v3.payment_initiations.list_payment_initiations,
            column="amount",
            finer=("type", "connector_id", "asset"),
        ),
        _list(
            name="payment_service_users",
            model=PaymentServiceUser,
            pages=lambda client: client.v3.payment_service_users.list_payment_service_users,
        ),
        _list(name="pools", model=Pool, pages=lambda client: client.v3.pools.list_pools),
    )
}
"""The lists of `client.v3`, by name."""


def _balances(client: PaymentsClient, account: Account) -> Pages[Balance]:
    return client.v3.accounts.get_account_balances(account.id, page_size=100)


RESOURCES: Mapping[str, Listing | FanOut] = {
    **LISTINGS,
    "balances": FanOut(
        name="balances",
        of="accounts",
        call=_balances,
        model=Balance,
        identity=("account_id", "asset", "created_at"),
    ),
}
"""All resources of `client.v3`, by name."""
