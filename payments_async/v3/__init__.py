"""The current API of a stack, under `/v3`: `client.v3`.

Its models are in `payments_async.v3.models`, the keys of its filters are in `payments_async.v3.filters`.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import attrs

from payments_async.v3.layers import naming_old_servers, refusing_long_urls
from payments_async.v3.operations.accounts import Accounts
from payments_async.v3.operations.bank_accounts import BankAccounts
from payments_async.v3.operations.conversions import Conversions
from payments_async.v3.operations.orders import Orders
from payments_async.v3.operations.payment_initiations import PaymentInitiations
from payments_async.v3.operations.payment_service_users import PaymentServiceUsers
from payments_async.v3.operations.payments import Payments
from payments_async.v3.operations.pools import Pools
from payments_async.v3.operations.tasks import Tasks
from payments_async.wire.pipeline import stack

if TYPE_CHECKING:
    from payments_async.client import PaymentsClient
    from payments_async.v3.operations.connectors import Connectors

__all__ = ["V3"]


class V3:
    """The operations of Payments 3.0 and later.

    It uses the session, the token, the layers and the options of its client.

    Attributes:
        client: The client to which it belongs.
        accounts: The operations on accounts.
        bank_accounts: The operations on bank accounts.
        conversions: The operations on conversions.
        orders: The operations on orders.
        payment_initiations: The operations on payment initiations.
        payment_service_users: The operations on payment service users.
        payments: The operations on payments.
        pools: The operations on pools.
        tasks: The operations on tasks.
    """

    def __init__(self, client: PaymentsClient) -> None:
        self.client = client
        own = client._pipeline  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # one client, two generations
        self._pipeline = attrs.evolve(own, send=stack(own.send, [refusing_long_urls, naming_old_servers]))
        self.accounts: Accounts = Accounts(self._pipeline)
        self.bank_accounts: BankAccounts = BankAccounts(self._pipeline)
        self.conversions: Conversions = Conversions(self._pipeline)
        self.orders: Orders = Orders(self._pipeline)
        self.payment_initiations: PaymentInitiations = PaymentInitiations(self._pipeline)
        self.payment_service_users: PaymentServiceUsers = PaymentServiceUsers(self._pipeline)
        self.payments: Payments = Payments(self._pipeline)
        self.pools: Pools = Pools(self._pipeline)
        self.tasks: Tasks = Tasks(self._pipeline)

    @cached_property
    def connectors(self) -> Connectors:
        """The operations on connectors; loaded on first use, with the configurations of all providers."""
        from payments_async.v3.operations.connectors import Connectors  # noqa: PLC0415

        return Connectors(self._pipeline)

    def __repr__(self) -> str:
        return f"{self.client!r}.v3"
