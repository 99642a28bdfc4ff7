"""The order of a list: by the columns that it has, in both directions."""

from collections.abc import Callable
from typing import Any, get_args

import pytest

from payments_async import Pages, PaymentsClient, ServerError, filters
from payments_async.filters import Sort, asc, desc
from payments_async.models.generated.operations import OPERATIONS
from payments_async.operations.base import sort_texts
from payments_async.sandbox.enums import PAYMENT_TYPES
from payments_async.sandbox.ids import AccountID, ConnectorID

ACCOUNT = str(AccountID(ConnectorID("STRIPE"), "nobody"))
COLUMNS = {
    "list_payments": filters.PaymentColumn,
    "list_accounts": filters.AccountColumn,
    "get_account_balances": filters.BalanceColumn,
    "list_bank_accounts": filters.BankAccountColumn,
    "list_pools": filters.PoolColumn,
    "list_transfer_initiations": filters.TransferInitiationColumn,
}
LISTS: dict[str, Callable[[PaymentsClient], Callable[..., Pages[Any]]]] = {
    "list_payments": lambda client: client.payments.list_payments,
    "list_accounts": lambda client: client.accounts.list_accounts,
    "get_account_balances": lambda client: lambda **order: client.accounts.get_account_balances(ACCOUNT, **order),
    "list_bank_accounts": lambda client: client.bank_accounts.list_bank_accounts,
    "list_pools": lambda client: client.pools.list_pools,
    "list_transfer_initiations": lambda client: client.transfer_initiations.list_transfer_initiations,
}


def test_columns_are_those_of_the_description() -> None:
    described = {each.name: each.sort_columns for each in OPERATIONS if each.sort_columns}
    assert {name: get_args(columns) for name, columns in COLUMNS.items()} == described


@pytest.mark.parametrize(
    ("sort", "texts"),
    [
        (None, None),
        (asc("amount"), ["amount:asc"]),
        (desc("connector.name"), ["connector.name:desc"]),
        ([desc("amount"), asc("id")], ["amount:desc", "id:asc"]),
        ((desc("amount"), "new:asc"), ["amount:desc", "new:asc"]),
        # What the server is to judge passes as it is.
        ("date", "date"),
        (["a:up", "b"], ["a:up", "b"]),
        ([], []),
    ],
    ids=str,
)
def test_an_order_is_sent_in_the_words_of_the_server(sort: Any, texts: Any) -> None:
    assert sort_texts(sort, filters.PaymentColumn) == texts


async def test_a_list_is_sorted_as_it_says(client: PaymentsClient) -> None:
    found = [each async for each in client.payments.list_payments(page_size=100, sort=[desc("type"), asc("amount")])]
    by_amount = sorted(found, key=lambda payment: payment.amount)
    # Types sort as the database lists them, and not by their letters.
    assert found == sorted(by_amount, key=lambda payment: PAYMENT_TYPES.index(payment.type), reverse=True)
    assert len(found) == 250


@pytest.mark.parametrize("name", LISTS)
async def test_a_list_refuses_columns_that_it_does_not_have(client: PaymentsClient, name: str) -> None:
    listing = LISTS[name](client)
    foreign = next(
        each for columns in COLUMNS.values() for each in get_args(columns) if each not in get_args(COLUMNS[name])
    )
    for sort in (asc(foreign), [asc("created_at"), desc(foreign)]):
        with pytest.raises(ValueError, match=f"\\('{foreign}'\\), but this list has the columns .*created_at"):
            listing(sort=sort)
    with pytest.raises(ServerError):
        await listing(sort=f"{foreign}:asc").first()


def test_an_order_is_a_value_that_shows_as_it_is_written() -> None:
    assert asc("amount") == Sort("amount", "asc") != desc("amount")
    assert {asc("amount"), asc("amount")} == {asc("amount")}
    assert repr(desc("connector.name")) == "desc('connector.name')"
