"""Changes of version 3.4 that no call of the API makes: the work of tasks, and what exchanges have done."""

from datetime import datetime
from typing import Any

from payments_async.sandbox.arrivals import Arrivals
from payments_async.sandbox.ids import AccountID
from payments_async.sandbox.store import kept, sortable
from payments_async.sandbox.v3.movements import REFUSAL
from payments_async.sandbox.v3.worker import Worker


class CurrentArrivals(Arrivals):
    """The methods of a sandbox that only version 3.4 has.

    Each raises RuntimeError if the sandbox is not started, or is of another version.
    """

    def __init__(self) -> None:
        super().__init__()
        self._worker: Worker | None = None

    def waiting_tasks(self) -> list[str]:
        """The ids of the tasks that are still to be worked off, the oldest first; without those that are stuck."""
        return self._working().waiting

    def work_tasks(self, count: int | None = None) -> int:
        """Work off tasks now, the oldest first, and return how many.

        Payments scheduled for later than the sandbox's clock are left.

        Args:
            count: at most how many; None for all.
        """
        return self._working().work(count)

    def refuse_tasks(self, count: int = 1, error: str = REFUSAL) -> None:
        """Let the next tasks fail, as if their provider refused what they ask for.

        Args:
            count: how many.
            error: what these tasks, and their payment initiations, say about it.
        """
        self._working().refusals.extend([error] * count)

    def add_order(
        self,
        connector_id: str,
        reference: str,
        *,
        source_asset: str,
        destination_asset: str,
        quantity: int,
        direction: str = "BUY",
        status: str = "OPEN",
        created_at: datetime | None = None,
    ) -> str:
        """Add an order to sell or buy at the market, as if its connector had fetched it.

        Args:
            connector_id: its connector.
            reference: no other order of the connector may have it.
            source_asset: any text.
            destination_asset: any text.
            quantity: what was ordered, in the minor unit; of any size.
            direction: `BUY` or `SELL`.
            status: one of the API's statuses of orders.
            created_at: with time zone; now if not given.

        Returns:
            The id of the order.

        Raises:
            KeyError: there is no such connector.
            ValueError: the reference is taken, or a time has no zone.
        """
        further = {
            "direction": direction,
            "type": "MARKET",
            "base_quantity_ordered": sortable(quantity),
            "time_in_force": "GOOD_UNTIL_CANCELLED",
        }
        assets = {"source_asset": source_asset, "destination_asset": destination_asset}
        return self._add_trade("orders", connector_id, reference, created_at, status=status, **assets, **further)

    def add_conversion(
        self,
        connector_id: str,
        reference: str,
        *,
        source_asset: str,
        destination_asset: str,
        amount: int,
        status: str = "COMPLETED",
        created_at: datetime | None = None,
    ) -> str:
        """Add a conversion of one asset into another, as if its connector had fetched it.

        Args:
            connector_id: its connector.
            reference: no other conversion of the connector may have it.
            source_asset: any text.
            destination_asset: any text.
            amount: what was converted, in the minor unit of the source; of any size.
            status: one of the API's statuses of conversions.
            created_at: with time zone; now if not given.

        Returns:
            The id of the conversion.

        Raises:
            KeyError: there is no such connector.
            ValueError: the reference is taken, or a time has no zone.
        """
        members = {"source_asset": source_asset, "destination_asset": destination_asset}
        members["source_amount"] = sortable(amount)
        return self._add_trade("conversion", connector_id, reference, created_at, status=status, **members)

    def _add_trade(
        self, table: str, connector_id: str, reference: str, created_at: datetime | None, **members: Any
    ) -> str:
        self._working()
        world, connector = self._world_with(connector_id)
        identity, moment = str(AccountID(connector, reference)), self._moment(created_at)
        times = {"created_at": moment, "updated_at": moment}
        with self._refusing_duplicates(table):
            row = {"id": identity, "connector_id": connector_id, "reference": kept(reference)}
            world.store.insert(table, **row, **times, **members)
        return identity

    def _working(self) -> Worker:
        if self._worker is None:
            raise RuntimeError("only a started sandbox of version 3.4 has tasks, orders and conversions")
        return self._worker
