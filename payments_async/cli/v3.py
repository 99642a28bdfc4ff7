"""Reads the resources of `--api v3`: all items of a list, or one item by its id."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing
from typing import Any

from payments_async import NotFoundError, PaymentsClient
from payments_async.cli.options import Resource
from payments_async.cli.reading import each_once
from payments_async.cli.where import Selection
from payments_async.drain.v3 import LISTINGS, without_configs
from payments_async.v3.models import Balance, Connector


async def read_list(client: PaymentsClient, selection: Selection, page_size: int) -> AsyncGenerator[Any]:
    """The items of a list as models, each one once, newest first; connectors without their configurations."""
    if selection.resource == "balances":
        items: AsyncGenerator[Any] = _balances(client, **selection.scope)
    else:
        filtered = {} if selection.query is None else {"query": selection.query}
        listing = LISTINGS[selection.resource.replace("-", "_")]
        items = each_once(listing.pages(client)(page_size=page_size, **filtered))
    async with aclosing(items):
        async for item in items:
            yield item


async def fetch(client: PaymentsClient, resource: Resource, item_id: str) -> Any:
    """One item by its id, as a model; a connector without its configuration.

    Raises:
        NotFoundError: there is no such item.
        PaymentsError: a call failed otherwise.
    """
    by_id: Mapping[Resource, Callable[[str], Awaitable[Any]]] = {
        "payments": client.v3.payments.get_payment,
        "accounts": client.v3.accounts.get_account,
        "bank-accounts": client.v3.bank_accounts.get_bank_account,
        "pools": client.v3.pools.get_pool,
        "payment-initiations": client.v3.payment_initiations.get_payment_initiation,
        "payment-service-users": client.v3.payment_service_users.get_payment_service_user,
        "orders": client.v3.orders.get_order,
        "conversions": client.v3.conversions.get_conversion,
        "tasks": client.v3.tasks.get_task,
        "connectors": lambda connector_id: _connector(client, connector_id),
    }
    return await by_id[resource](item_id)


async def _connector(client: PaymentsClient, connector_id: str) -> Connector:
    async for connector in without_configs(client)(query={"$match": {"id": connector_id}}):
        return connector
    raise NotFoundError("no connector of this id is installed")


async def _balances(
    client: PaymentsClient, account_id: str | None = None, asset: str | None = None
) -> AsyncGenerator[Balance]:
    if account_id is not None:
        async for balance in client.v3.accounts.get_account_balances(account_id, asset=asset, page_size=100):
            yield balance
        return
    async with aclosing(read_list(client, Selection("accounts"), 100)) as accounts:
        async for account in accounts:
            async with aclosing(_balances(client, account.id, asset)) as balances:
                async for balance in balances:
                    yield balance
