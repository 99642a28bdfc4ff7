"""Filters of lists, and the columns to sort lists by.

    query = filters.payments.status.match("SUCCEEDED") & filters.payments.amount.gte(1000)
    client.payments.list_payments(query=query, sort=[filters.desc("amount"), filters.asc("id")])

The server's filter language allows filters that the server cannot answer: it fails on some, and returns wrong items for
others, without an error. Here such a filter is a `ValueError` before anything is sent. Where types can tell, it is also
an error of the type checker.
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
