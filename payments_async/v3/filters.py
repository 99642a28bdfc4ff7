"""What a list of `client.v3` is asked for: filters of its items.

    query = filters.payments.status.match("SUCCEEDED") & filters.payments.amount.gte(1000)
    client.v3.payments.list_payments(query=query)

Each list has its keys under its own name: those of `list_payments` are `filters.payments`.
"""

from payments_async.filters import Filter, Key, Metadata, OrderedKey
from payments_async.v3.models.generated import filters as _keys
from payments_async.v3.models.generated.filters import *  # noqa: F403 - it lists its names

__all__ = ["Filter", "Key", "Metadata", "OrderedKey"]
__all__ += _keys.__all__
