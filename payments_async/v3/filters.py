"""Filters of the lists of `client.v3`.

    query = filters.payments.status.match("SUCCEEDED") & filters.payments.amount.gte(1000)
    client.v3.payments.list_payments(query=query)

The keys of each list are under its name: those of `list_payments` are in `filters.payments`.
"""

from payments_async.filters import Filter, Key, Metadata, OrderedKey
from payments_async.v3.models.generated import filters as _keys
from payments_async.v3.models.generated.filters import *  # noqa: F403 - it lists its names

__all__ = ["Filter", "Key", "Metadata", "OrderedKey"]
__all__ += _keys.__all__
