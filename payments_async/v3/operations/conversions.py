"""Exchanges of one asset for another, gathered from providers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from payments_async.filters import Filter
from payments_async.operations.base import filter_text
from payments_async.v3.models import Conversion
from payments_async.v3.operations.base import Operations
from payments_async.wire.call import Call
from payments_async.wire.codec import one, page_of
from payments_async.wire.pages import Pages


class Conversions(Operations):
    """Exchanges of one asset for another, gathered from providers."""

    def list_conversions(
        self,
        *,
        page_size: int | None = None,
        cursor: str | None = None,
        query: Filter[Conversion] | str | Mapping[str, Any] | None = None,
    ) -> Pages[Conversion]:
        """List conversions, newest first; iteration follows the cursor to the end.

        Args:
            page_size: Items per page, 15 by default; the server limits it to 100.
            cursor: The `next` of an earlier page, to continue after it; not allowed with other arguments.
            query: A filter, such as `filters.conversions.status.match("PENDING")`; or the server's own language.

        Raises:
            ValueError: the server would misunderstand an argument.
            PaymentsError: while iterating, a page could not be fetched; resume from its `cursor`.

        Route: `GET /v3/conversions`
        """
        return self._pages(
            Call(
                "list_conversions",
                "GET",
                "/v3/conversions",
                page_of(Conversion),
                query={"pageSize": page_size, "cursor": cursor, "query": filter_text(query, Conversion)},
            )
        )

    async def get_conversion(self, conversion_id: str) -> Conversion:
        """Fetch one conversion.

        Raises:
            ValueError: the id belongs to another kind of resource.
            NotFoundError: it does not exist.
            PaymentsError: the call failed otherwise.

        Route: `GET /v3/conversions/{conversionID}`
        """
        return await self._run(
            Call(
                "get_conversion",
                "GET",
                "/v3/conversions/{conversionID}",
                one(Conversion),
                ids={"conversionID": conversion_id},
            )
        )
