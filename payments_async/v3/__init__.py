"""The current API of a stack, below `/v3`: what `client.v3` is.

Its models are in `payments_async.v3.models`, the keys of its filters in `payments_async.v3.filters`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from payments_async.v3.layers import naming_old_servers, refusing_long_urls
from payments_async.v3.operations.accounts import Accounts
from payments_async.wire.pipeline import stack

if TYPE_CHECKING:
    from payments_async.client import PaymentsClient

__all__ = ["V3"]


class V3:
    """The operations of Payments 3.0 and later.

    It shares the client's session, token, layers and options. It can be used before the client is entered.

    Attributes:
        client: The client that it belongs to.
        accounts: The operations on accounts.
    """

    def __init__(self, client: PaymentsClient) -> None:
        self.client = client
        own = client._pipeline  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # one client, two generations
        pipeline = attrs.evolve(own, send=stack(own.send, [refusing_long_urls, naming_old_servers]))
        self.accounts = Accounts(pipeline)

    def __repr__(self) -> str:
        return f"{self.client!r}.v3"
