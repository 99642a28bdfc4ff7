"""Reads resources: all items of a list, or one item by its id."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import Any

from payments_async import DecodeError, NotFoundError, Pages, PaymentsClient, PaymentsError
from payments_async.cli.options import Api, Resource
from payments_async.cli.where import Selection
from payments_async.filters import asc, desc
from payments_async.models import AccountBalance, InstalledConnector, Task

_PAGE = 100
"""The most items that the server puts on a page."""
_NEWEST_FIRST = (desc("created_at"), desc("id"))
"""The server's default order, made unique by the id."""


async def read_list(
    client: PaymentsClient, selection: Selection, limit: int | None = None, page_size: int | None = None
) -> AsyncGenerator[Any]:
    """The items of a list as models, each one once, newest first unless the selection has another order.

    Args:
        client: The client to use.
        selection: The list, and the conditions on its items.
        limit: How many items the caller needs. Pages are not larger than necessary, but more items may come.
        page_size: How many items a page has at most, instead.

    Raises:
        PaymentsError: a page could not be fetched.
    """
    items: AsyncGenerator[Any]
    page_size = page_size or min(_PAGE, (limit or _PAGE) + 1)
    match selection.resource:
        case _ if selection.api == "v3":
            from payments_async.cli import v3  # loads the models of that API

            items = v3.read_list(client, selection, page_size)
        case "balances":
            items = _balances(client, **selection.scope)
        case "tasks":
            items = _tasks(client, **selection.scope)
        case "connectors":
            items = _connectors(client)
        case _:
            items = each_once(_pages(client, selection, page_size))
    async with aclosing(items):
        async for item in items:
            yield item


async def fetch(client: PaymentsClient, resource: Resource, item_id: str, api: Api = "v1") -> Any:
    """One item by its id, as a model.

    Raises:
        NotFoundError: there is no such item.
        PaymentsError: a call failed otherwise.
    """
    match resource:
        case _ if api == "v3":
            from payments_async.cli import v3  # loads the models of that API

            return await v3.fetch(client, resource, item_id)
        case "tasks":
            return await _task(client, item_id)
        case "connectors":
            (connector,) = await _installed(client, item_id)
            return connector
        case _:
            by_id: dict[Resource, Callable[[str], Awaitable[Any]]] = {
                "payments": client.payments.get_payment,
                "accounts": client.accounts.get_account,
                "bank-accounts": client.bank_accounts.get_bank_account,
                "pools": client.pools.get_pool,
                "transfer-initiations": client.transfer_initiations.get_transfer_initiation,
            }
            return await by_id[resource](item_id)


def _pages(client: PaymentsClient, selection: Selection, page_size: int) -> Pages[Any]:
    lists: dict[Resource, Callable[..., Pages[Any]]] = {
        "payments": client.payments.list_payments,
        "accounts": client.accounts.list_accounts,
        "bank-accounts": client.bank_accounts.list_bank_accounts,
        "pools": client.pools.list_pools,
        "transfer-initiations": client.transfer_initiations.list_transfer_initiations,
    }
    filtered = {} if selection.query is None else {"query": selection.query}
    return lists[selection.resource](page_size=page_size, sort=selection.sort or _NEWEST_FIRST, **filtered)


async def each_once(pages: Pages[Any]) -> AsyncGenerator[Any]:
    """The items of a list without those that come again."""
    # Items that are added meanwhile shift others to the next page.
    seen = set[str]()
    async for item in pages:
        if item.id not in seen:
            seen.add(item.id)
            yield item


async def _balances(
    client: PaymentsClient, account_id: str | None = None, asset: str | None = None
) -> AsyncGenerator[AccountBalance]:
    order = (desc("created_at"), asc("currency"))
    async with aclosing(_account_ids(client, account_id)) as account_ids:
        async for each in account_ids:
            async for balance in client.accounts.get_account_balances(each, asset=asset, page_size=_PAGE, sort=order):
                yield balance


async def _account_ids(client: PaymentsClient, account_id: str | None) -> AsyncGenerator[str]:
    if account_id is not None:
        yield account_id
        return
    async with aclosing(read_list(client, Selection("accounts"))) as accounts:
        async for account in accounts:
            yield account.id


async def _tasks(client: PaymentsClient, connector_id: str | None = None) -> AsyncGenerator[Task]:
    for connector in await _installed(client, connector_id):
        async for task in client.connectors.list_connector_tasks_v1(
            connector.provider, connector.connector_id, page_size=_PAGE
        ):
            yield task


async def _connectors(client: PaymentsClient) -> AsyncGenerator[InstalledConnector]:
    for connector in await _installed(client):
        yield connector


async def _installed(client: PaymentsClient, connector_id: str | None = None) -> list[InstalledConnector]:
    """All installed connectors, or only the one with this id."""
    connectors = await client.connectors.list_all_connectors()
    if connector_id is None:
        return connectors
    if found := [each for each in connectors if each.connector_id == connector_id]:
        return found
    raise NotFoundError("no connector of this id is installed")


async def _task(client: PaymentsClient, task_id: str) -> Task:
    missed: PaymentsError = NotFoundError("no installed connector has a task of this id")
    for connector in await _installed(client):
        try:
            task = await client.connectors.get_connector_task_v1(connector.provider, connector.connector_id, task_id)
        except NotFoundError:
            continue
        except DecodeError as error:
            missed = error
            continue
        # The server returns a task under every connector's path, where it may be read as another provider's model.
        if task.connector_id == connector.connector_id:
            return task
    raise missed
