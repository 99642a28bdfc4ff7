"""What a list is asked for: filters of its items, and columns to sort them by.

    query = filters.payments.status.match("SUCCEEDED") & filters.payments.amount.gte(1000)
    client.payments.list_payments(query=query, sort=[filters.desc("amount"), filters.asc("id")])

The server's language can say more than the server can answer: over some filters it fails, for others it finds the wrong
items without a word. Here those are a `ValueError` before anything is sent, and a type error where types can tell.
"""

from payments_async.filters.expression import Filter
from payments_async.filters.key import Key, Metadata, OrderedKey
from payments_async.filters.keys import accounts, payments, transfer_initiations
from payments_async.filters.sort import (
    AccountColumn,
    BalanceColumn,
    BankAccountColumn,
    PaymentColumn,
    PoolColumn,
    Sort,
    TransferInitiationColumn,
    asc,
    desc,
)

__all__ = [
    "AccountColumn",
    "BalanceColumn",
    "BankAccountColumn",
    "Filter",
    "Key",
    "Metadata",
    "OrderedKey",
    "PaymentColumn",
    "PoolColumn",
    "Sort",
    "TransferInitiationColumn",
    "accounts",
    "asc",
    "desc",
    "payments",
    "transfer_initiations",
]
