"""Payments: money that came in, went out or moved at a provider."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from payments_async.filters import Filter
from payments_async.operations.base import checked, checked_metadata, filter_text
from payments_async.v3.models import CreatePaymentRequest, Payment
from payments_async.v3.operations.base import Operations
from payments_async.wire.call import Call
from payments_async.wire.codec import nothing, one, page_of
from payments_async.wire.pages import Pages


class Payments(Operations):
    """Payments: money that came in, went out or moved at a provider."""

    def list_payments(
        self,
        *,
        page_size: int | None = None,
        cursor: str | None = None,
        query: Filter[Payment] | str | Mapping[str, Any] | None = None,
    ) -> Pages[Payment]:
        """List payments, newest first, following the cursor to the end; adjustments are not in it.

        Args:
            page_size: Items a page, 15 unless given; the server caps it at 100.
            cursor: Where to go on: the `next` of a page; excludes the other arguments.
            query: A filter, such as `filters.payments.status.match("SUCCEEDED")`; or the server's own language.

        Raises:
            ValueError: arguments that the server would misunderstand.
            PaymentsError: while walking; its `cursor` says where to go on.

        Route: `GET /v3/payments`
        """
        return self._pages(
            Call(
                "list_payments",
                "GET",
                "/v3/payments",
                page_of(Payment),
                query={"pageSize": page_size, "cursor": cursor, "query": filter_text(query, Payment)},
            )
        )

    async def get_payment(self, payment_id: str) -> Payment:
        """Fetch one payment with its adjustments.

        Raises:
            ValueError: the id is of another kind.
            NotFoundError: there is none.
            PaymentsError: the call failed otherwise.

        Route: `GET /v3/payments/{paymentID}`
        """
        return await self._run(
            Call("get_payment", "GET", "/v3/payments/{paymentID}", one(Payment), ids={"paymentID": payment_id})
        )

    async def create_payment(self, request: CreatePaymentRequest) -> Payment:
        """Record a payment, or add adjustments to the one that has this connector, `reference` and `type` already.

        The status is that of the latest adjustment, but the answer says `UNKNOWN`: fetch the payment to see it.

        Args:
            request: `amount` is in the asset's minor unit, `asset` such as `USD/2`; there is at least one adjustment;
                times have a zone.

        Raises:
            ValueError: there is no adjustment, an id is of another kind, an asset has no exponent, a time no zone.
            ValidationError: the server refuses it, such as for a connector that takes no payments.
            OutcomeUnknownError: it may have been recorded; calling again with the same request is safe.
            PaymentsError: the call failed otherwise.

        Route: `POST /v3/payments`
        """
        if not checked(CreatePaymentRequest, request).adjustments:
            raise ValueError("adjustments is empty: give at least one, which says the status of the payment")
        return await self._run(Call("create_payment", "POST", "/v3/payments", one(Payment), body=request))

    async def update_payment_metadata(self, payment_id: str, metadata: Mapping[str, str]) -> None:
        """Merge metadata into a payment's; names that are not given stay.

        Raises:
            ValueError: the metadata is empty, or the id is of another kind.
            NotFoundError: there is no such payment.
            PaymentsError: the call failed otherwise.

        Route: `PATCH /v3/payments/{paymentID}/metadata`
        """
        await self._run(
            Call(
                "update_payment_metadata",
                "PATCH",
                "/v3/payments/{paymentID}/metadata",
                nothing,
                ids={"paymentID": payment_id},
                body=checked_metadata(metadata),
                idempotent=True,
            )
        )
