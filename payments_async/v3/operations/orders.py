"""Orders to trade one asset for another, gathered from exchanges."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from payments_async.filters import Filter
from payments_async.operations.base import filter_text
from payments_async.v3.models import Order
from payments_async.v3.operations.base import Operations
from payments_async.wire.call import Call
from payments_async.wire.codec import one, page_of
from payments_async.wire.pages import Pages


class Orders(Operations):
    """Orders to trade one asset for another, gathered from exchanges."""

    def list_orders(
        self,
        *,
        page_size: int | None = None,
        cursor: str | None = None,
        query: Filter[Order] | str | Mapping[str, Any] | None = None,
    ) -> Pages[Order]:
        """List orders, newest first, without their adjustments; iteration follows the cursor to the end.

        Args:
            page_size: Items per page, 15 by default; the server limits it to 100.
            cursor: The `next` of an earlier page, to continue after it; not allowed with other arguments.
            query: A filter, such as `filters.orders.status.match("OPEN")`; or the server's own language.

        Raises:
            ValueError: the server would misunderstand an argument.
            PaymentsError: while iterating, a page could not be fetched; resume from its `cursor`.

        Route: `GET /v3/orders`
        """
        return self._pages(
            Call(
                "list_orders",
                "GET",
                "/v3/orders",
                page_of(Order),
                query={"pageSize": page_size, "cursor": cursor, "query": filter_text(query, Order)},
            )
        )

    async def get_order(self, order_id: str) -> Order:
        """Fetch one order with its adjustments.

        Raises:
            ValueError: the id belongs to another kind of resource.
            NotFoundError: it does not exist.
            PaymentsError: the call failed otherwise.

        Route: `GET /v3/orders/{orderID}`
        """
        return await self._run(Call("get_order", "GET", "/v3/orders/{orderID}", one(Order), ids={"orderID": order_id}))
