"""What can be drained: lists of the API, and calls that are made for each item of a list."""

from __future__ import annotations

from collections.abc import AsyncIterable, Awaitable, Callable, Mapping
from typing import Any, Literal, TypeAlias

import attrs

from payments_async.client import PaymentsClient
from payments_async.drain.rows import column
from payments_async.models import (
    Account,
    AccountBalance,
    BankAccount,
    InstalledConnector,
    Payment,
    Pool,
    Task,
    TaskStripe,
    TransferInitiation,
)
from payments_async.wire.call import Page
from payments_async.wire.pages import Pages
from payments_async.wire.shapes import field_types, without_none

ResourceName: TypeAlias = Literal[
    "payments",
    "accounts",
    "balances",
    "bank_accounts",
    "pools",
    "transfer_initiations",
    "tasks",
    "connectors",
    "conversions",
    "orders",
    "payment_initiations",
    "payment_service_users",
]
"""The names of the resources of both APIs; each API has some of them."""


@attrs.frozen(kw_only=True)
class Listing:
    """A list of the API.

    Attributes:
        name: The resource's name.
        model: The model of its items.
        pages: The method of a client that lists it.
        identity: The fields that identify an item.
        key: The field by which items can be filtered and sorted to read from any value on; `None` if there is none.
        unique: Whether no two items have the same key.
        column: The field by whose values items can be filtered, but not sorted; `None` if there is none.
        finer: Further fields that are never missing, by which items of one value of `column` can be told apart.
        order: The order in which offsets move least.
        newest_first: The order that begins with the newest item; `None` if the server has no other.
        filtered: Whether the server applies filters to this list.
        dated: Whether it can be sorted by creation time.
    """

    name: str
    model: type
    pages: Callable[[PaymentsClient], Callable[..., Pages[Any]]]
    identity: tuple[str, ...] = ("id",)
    key: str | None = None
    unique: bool = True
    column: str | None = None
    finer: tuple[str, ...] = ()
    order: tuple[str, ...] | None = ("created_at:asc", "id:asc")
    newest_first: tuple[str, ...] | None = ("created_at:desc", "id:desc")
    filtered: bool = False
    dated: bool = True


@attrs.frozen(kw_only=True)
class FanOut:
    """A call for each item of a list, such as the balances of each account.

    Attributes:
        name: The name of the drain in reports and checkpoints.
        of: The list for whose items the calls are made, such as `accounts`.
        call: Called with a `PaymentsClient` and an item. Returns the item's rows: the `Pages` of a list method, or a
            coroutine whose result is one row or several.
        model: The attrs class of the rows.
        identity: The fields that identify a row: texts, integers or times, never `None`.

    Raises:
        ValueError: such fields cannot identify the rows.
    """

    name: str
    of: str
    call: Callable[[PaymentsClient, Any], AsyncIterable[Any] | Awaitable[Any]]
    model: type
    identity: tuple[str, ...] = ("id",)

    def __attrs_post_init__(self) -> None:
        known = field_types(self.model)
        for name in self.identity:
            kind = known.get(name)
            # Formats write other values, such as `None`, in different ways: a resumed drain could not compare them.
            if kind is None or without_none(kind) is not kind or column(kind) not in {"text", "integer", "time"}:
                raise ValueError(
                    f"{name!r} does not tell rows of {self.model.__name__} apart: name fields of it that are texts, "
                    "integers or times, and never None"
                )


def _connectors(client: PaymentsClient) -> Callable[..., Pages[InstalledConnector]]:
    async def only_page(_: str | None) -> Page[InstalledConnector]:
        return Page(data=await client.connectors.list_all_connectors(), has_more=False)

    def pages(**_: Any) -> Pages[InstalledConnector]:
        return Pages(only_page, cursor=None, operation="list_all_connectors")

    return pages


LISTINGS = {
    each.name: each
    for each in (
        Listing(
            name="payments",
            model=Payment,
            pages=lambda client: client.payments.list_payments,
            key="reference",
            filtered=True,
        ),
        Listing(
            name="accounts",
            model=Account,
            pages=lambda client: client.accounts.list_accounts,
            key="reference",
            unique=False,
            filtered=True,
        ),
        Listing(name="bank_accounts", model=BankAccount, pages=lambda client: client.bank_accounts.list_bank_accounts),
        Listing(name="pools", model=Pool, pages=lambda client: client.pools.list_pools, dated=False),
        Listing(
            name="transfer_initiations",
            model=TransferInitiation,
            pages=lambda client: client.transfer_initiations.list_transfer_initiations,
            filtered=True,
        ),
        Listing(
            name="connectors",
            model=InstalledConnector,
            pages=_connectors,
            identity=("connector_id",),
            order=None,
            dated=False,
        ),
    )
}
"""The lists of the API, by name."""


def _balances(client: PaymentsClient, account: Account) -> Pages[AccountBalance]:
    # Also by currency, because one poll of the server creates balances of all currencies with the same time.
    return client.accounts.get_account_balances(account.id, page_size=100, sort=["created_at:asc", "currency:asc"])


def _tasks(client: PaymentsClient, connector: InstalledConnector) -> Pages[Task]:
    return client.connectors.list_connector_tasks_v1(connector.provider, connector.connector_id, page_size=100)


FAN_OUTS = {
    each.name: each
    for each in (
        FanOut(
            name="balances",
            of="accounts",
            call=_balances,
            model=AccountBalance,
            identity=("account_id", "asset", "created_at"),
        ),
        # Any connector's task class will do: they differ only in `descriptor`.
        FanOut(name="tasks", of="connectors", call=_tasks, model=TaskStripe),
    )
}
"""The resources that need a call for each item of another list, by name."""

RESOURCES: Mapping[str, Listing | FanOut] = {**LISTINGS, **FAN_OUTS}
"""All resources, by name."""


def resource_named(resource: str | FanOut, known: Mapping[str, Listing | FanOut] = RESOURCES) -> Listing | FanOut:
    """The resource with a name, among those of an API; a fan-out is returned as it is.

    Raises:
        ValueError: there is no such resource.
    """
    if isinstance(resource, FanOut):
        listing_named(resource.of, known)
        return resource
    name = resource.replace("-", "_")
    if name not in known:
        raise ValueError(f"there is no resource {resource!r}: give one of {', '.join(known)}, or a FanOut")
    return known[name]


def listing_named(name: str, known: Mapping[str, Listing | FanOut] = RESOURCES) -> Listing:
    """The list with a name, among the resources of an API.

    Raises:
        ValueError: there is no such list.
    """
    lists = {name: each for name, each in known.items() if isinstance(each, Listing)}
    found = lists.get(name.replace("-", "_"))
    if found is None:
        raise ValueError(f"there is no list {name!r}: give one of {', '.join(lists)}")
    return found
