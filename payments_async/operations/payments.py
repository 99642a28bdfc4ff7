"""Payments: money that came in, went out or moved at a provider."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from payments_async.filters import Filter, PaymentColumn, Sort
from payments_async.models import Payment, PaymentRequest
from payments_async.operations.base import Operations, checked, checked_metadata, filter_text, sort_texts
from payments_async.operations.ensure import ensured
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
        sort: Sort[PaymentColumn] | str | Sequence[Sort[PaymentColumn] | str] | None = None,
        query: Filter[Payment] | str | Mapping[str, Any] | None = None,
    ) -> Pages[Payment]:
        """List payments, newest first, following the cursor to the end.

        Args:
            page_size: Items a page, 15 unless given; the server caps it at 100.
            cursor: Where to go on: the `next` of a page; excludes the other arguments.
            sort: `asc("created_at")`, `desc("amount")`, one or several; or `column:asc`, as the server has it.
            query: A filter, such as `filters.payments.status.match("SUCCEEDED")`; or the server's own language.

        Raises:
            ValueError: arguments that the server would misunderstand.
            PaymentsError: while walking; its `cursor` says where to go on.

        Route: `GET /payments`
        """
        return self._pages(
            Call(
                "list_payments",
                "GET",
                "/payments",
                page_of(Payment),
                query={
                    "pageSize": page_size,
                    "cursor": cursor,
                    "sort": sort_texts(sort, PaymentColumn),
                    "query": filter_text(query, Payment),
                },
            )
        )

    async def get_payment(self, payment_id: str) -> Payment:
        """Fetch one payment.

        Raises:
            NotFoundError: there is none.
            PaymentsError: the call failed otherwise.

        Route: `GET /payments/{paymentId}`
        """
        return await self._run(
            Call("get_payment", "GET", "/payments/{paymentId}", one(Payment), ids={"paymentId": payment_id})
        )

    async def create_payment(self, request: PaymentRequest) -> Payment:
        """Record a payment; one that has this `reference` already, on any connector, is overwritten.

        Args:
            request: `amount` is in the asset's minor unit, `asset` such as `USD/2`, `created_at` has a time zone.

        Raises:
            ValidationError: the server refuses it.
            OutcomeUnknownError: it may have been recorded; `ensure_payment` finds out.
            PaymentsError: the call failed otherwise.

        Route: `POST /payments`
        """
        return await self._run(
            Call("create_payment", "POST", "/payments", one(Payment), body=checked(PaymentRequest, request))
        )

    async def ensure_payment(self, request: PaymentRequest) -> Payment:
        """Record a payment unless it is there already; safe to call again after any failure.

        Looks for the `reference`, records the payment if there is none, reads it back and compares. Between the look
        and the record, somebody else may record another payment of this reference, which the server overwrites without
        a word.

        Raises:
            ConflictError: there is a payment of this reference that differs; `fields` says in what. One that has moved
                on since, by a refund or a dispute, differs too.
            PaymentsError: a call failed. Calling again is safe.

        Routes: `GET /payments`, `POST /payments`
        """

        async def find() -> Payment | None:
            page = await self.list_payments(page_size=1, query={"$match": {"reference": request.reference}}).first()
            return next(iter(page.data), None)

        return await ensured(
            "ensure_payment",
            request.reference,
            find=find,
            create=lambda: self.create_payment(request),
            fields=lambda there: (
                ("connector_id", request.connector_id, there.connector_id),
                ("created_at", request.created_at, there.created_at),
                ("amount", request.amount, there.amount),
                ("asset", request.asset, there.asset),
                ("type", request.type, there.type),
                ("status", request.status, there.status),
                ("scheme", request.scheme, there.scheme),
                ("source_account_id", request.source_account_id or "", there.source_account_id),
                ("destination_account_id", request.destination_account_id or "", there.destination_account_id),
            ),
        )

    async def update_metadata(self, payment_id: str, metadata: Mapping[str, str]) -> None:
        """Merge metadata into a payment's; names that are not given stay.

        Raises:
            ValueError: the metadata is empty.
            PaymentsError: the call failed. An unknown payment is a `ServerError`.

        Route: `PATCH /payments/{paymentId}/metadata`
        """
        await self._run(
            Call(
                "update_metadata",
                "PATCH",
                "/payments/{paymentId}/metadata",
                nothing,
                ids={"paymentId": payment_id},
                body=checked_metadata(metadata),
                idempotent=True,
            )
        )
