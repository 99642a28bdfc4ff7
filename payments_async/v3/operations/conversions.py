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
        """List conversions, newest first, following the cursor to the end.

        Args:
            page_size: Items a page, 15 unless given; the server caps it at 100.
            cursor: Where to go on: the `next` of a page; excludes the other arguments.
            query: A filter, such as `filters.conversions.status.match("PENDING")`; or the server's own language.

        Raises:
            ValueError: arguments that the server would misunderstand.
            PaymentsError: while walking; its `cursor` says where to go on.

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
            ValueError: the id is of another kind.
            NotFoundError: there is none.
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
