# pyright: strict, reportUnnecessaryTypeIgnoreComment=true
"""What type checkers say about filters and orders of lists; checked, never run.

Each `type: ignore` names an error that mypy and pyright both have to find: where one does not, it calls the comment
unnecessary.
"""

from typing import assert_type

from payments_async import Page, Pages, PaymentsClient, filters
from payments_async.filters import Filter, PaymentColumn, Sort, asc, desc
from payments_async.models import Account, Payment, PaymentStatus, PaymentType, TransferInitiation


def filters_that_are_right(client: PaymentsClient) -> None:
    keys = filters.payments
    joined = keys.status.match(PaymentStatus.SUCCEEDED) & keys.type.match("PAY-IN") | ~keys.amount.gte(10**30)
    assert_type(joined, Filter[Payment])
    assert_type(keys.metadata["order"].match("A-1") & keys.reference.lt("b"), Filter[Payment])
    assert_type(filters.accounts.metadata["team"].match("treasury"), Filter[Account])
    assert_type(filters.transfer_initiations.source_account_id.match("a"), Filter[TransferInitiation])
    assert_type(client.payments.list_payments(query=joined), Pages[Payment])
    client.payments.list_payments(query={"$match": {"status": "SUCCEEDED"}})
    client.payments.list_payments(query='{"$match":{"status":"SUCCEEDED"}}')
    client.accounts.list_accounts(query=filters.accounts.reference.gt(""))
    client.transfer_initiations.list_transfer_initiations(
        query=filters.transfer_initiations.destination_account_id.match("a")
    )
    client.pools.list_pools(query={"$match": {"name": "x"}})


def operators_that_a_key_does_not_have() -> None:
    filters.payments.status.gt("SUCCEEDED")  # type: ignore[attr-defined]
    filters.payments.metadata["order"].lte("A-1")  # type: ignore[attr-defined]
    filters.transfer_initiations.source_account_id.lt("a")  # type: ignore[attr-defined]
    filters.payments.metadata.match("A-1")  # type: ignore[attr-defined]


def keys_that_a_list_does_not_have() -> None:
    filters.payments.created_at.match("2024")  # type: ignore[attr-defined]
    filters.accounts.type.match("INTERNAL")  # type: ignore[attr-defined]
    filters.pools.name.match("x")  # type: ignore[attr-defined]


def values_that_a_key_does_not_take() -> None:
    filters.payments.amount.gte("1000")  # type: ignore[arg-type]
    filters.payments.amount.match(10.5)  # type: ignore[arg-type]
    filters.payments.reference.match(5)  # type: ignore[arg-type]
    filters.payments.type.match(None)  # type: ignore[arg-type]
    filters.accounts.metadata[5].match("x")  # type: ignore[index]


def filters_of_two_lists(client: PaymentsClient) -> None:
    payment, account = filters.payments.type.match(PaymentType.PAYOUT), filters.accounts.reference.match("a")
    assert_type(payment & account, Filter[Payment])  # type: ignore[operator]
    assert_type(account | payment, Filter[Account])  # type: ignore[operator]
    client.payments.list_payments(query=account)  # type: ignore[arg-type]
    client.accounts.list_accounts(query=payment)  # type: ignore[arg-type]
    client.transfer_initiations.list_transfer_initiations(query=payment)  # type: ignore[arg-type]
    client.pools.list_pools(query=payment)  # type: ignore[arg-type]
    client.payments.list_payments(query=filters.payments.amount)  # type: ignore[arg-type]


def orders_that_are_right(client: PaymentsClient) -> None:
    by_amount = desc("amount")
    client.payments.list_payments(sort=by_amount)
    client.payments.list_payments(sort=asc("connector.name"))
    client.payments.list_payments(sort=[by_amount, asc("id")])
    client.payments.list_payments(sort=(by_amount, "sort_id:asc"))
    client.transfer_initiations.list_transfer_initiations(sort=by_amount)
    client.accounts.list_accounts(sort=asc("account_name"))
    client.accounts.get_account_balances("a", sort=[asc("created_at"), asc("currency")])
    client.bank_accounts.list_bank_accounts(sort=asc("country"))
    client.pools.list_pools(sort=[asc("name")])
    oldest_first = (asc("created_at"), asc("id"))
    client.payments.list_payments(sort=oldest_first)
    several: list[Sort[PaymentColumn]] = [asc("created_at"), asc("id")]
    client.payments.list_payments(sort=several)
    client.payments.list_payments(sort=["created_at:asc", "id:asc"])


def columns_that_a_list_does_not_have(client: PaymentsClient) -> None:
    asc("createdAt")  # type: ignore[type-var]
    by_amount = desc("amount")
    client.accounts.list_accounts(sort=by_amount)  # type: ignore[arg-type]
    client.accounts.get_account_balances("a", sort=asc("id"))  # type: ignore[arg-type]
    client.bank_accounts.list_bank_accounts(sort=asc("reference"))  # type: ignore[arg-type]
    client.pools.list_pools(sort=by_amount)  # type: ignore[arg-type]
    client.transfer_initiations.list_transfer_initiations(sort=desc("status"))  # type: ignore[arg-type]
    client.payments.list_payments(sort=desc("country"))  # type: ignore[arg-type]
    client.payments.list_payments(sort=[asc("id"), desc("country")])  # type: ignore[arg-type]
    client.payments.list_payments(sort=5)  # type: ignore[arg-type]


async def pages_that_are_right(client: PaymentsClient) -> None:
    assert_type(await client.payments.list_payments(), Page[Payment])
    async for payment in client.payments.list_payments():
        assert_type(payment, Payment)


def pages_that_are_wrong(client: PaymentsClient) -> None:
    for _ in client.payments.list_payments():  # type: ignore[attr-defined]
        pass
