"""Payments: money that came in, went out or was transferred at a provider."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC
from typing import Any

from payments_async.filters import Filter
from payments_async.operations.base import checked, checked_metadata, filter_text
from payments_async.operations.ensure import Field, ensured, includes, or_none
from payments_async.operations.ids import referenced_id
from payments_async.v3.models import (
    CreatePaymentAdjustmentRequest,
    CreatePaymentRequest,
    Payment,
    PaymentAdjustment,
    PaymentStatus,
)
from payments_async.v3.operations.base import Operations
from payments_async.wire.call import Call
from payments_async.wire.codec import nothing, one, page_of
from payments_async.wire.pages import Pages


class Payments(Operations):
    """Payments: money that came in, went out or was transferred at a provider."""

    def list_payments(
        self,
        *,
        page_size: int | None = None,
        cursor: str | None = None,
        query: Filter[Payment] | str | Mapping[str, Any] | None = None,
    ) -> Pages[Payment]:
        """List payments, newest first, without their adjustments; iteration follows the cursor to the end.

        Args:
            page_size: Items per page, 15 by default; the server limits it to 100.
            cursor: The `next` of an earlier page, to continue after it; not allowed with other arguments.
            query: A filter, such as `filters.payments.status.match("SUCCEEDED")`; or the server's own language.

        Raises:
            ValueError: the server would misunderstand an argument.
            PaymentsError: while iterating, a page could not be fetched; resume from its `cursor`.

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
            ValueError: the id belongs to another kind of resource.
            NotFoundError: it does not exist.
            PaymentsError: the call failed otherwise.

        Route: `GET /v3/payments/{paymentID}`
        """
        return await self._run(
            Call("get_payment", "GET", "/v3/payments/{paymentID}", one(Payment), ids={"paymentID": payment_id})
        )

    async def create_payment(self, request: CreatePaymentRequest) -> Payment:
        """Record a payment, or add adjustments to the one with the same connector, `reference` and `type`.

        Its status is that of the latest adjustment; the answer always says `UNKNOWN`, so fetch the payment to see it.

        Args:
            request: `amount` is in the asset's minor unit, `asset` such as `USD/2`; there is at least one adjustment;
                times have a time zone.

        Raises:
            ValueError: there is no adjustment, an id belongs to another kind of resource, an asset has no exponent, or
                a time has no time zone.
            ValidationError: the server refused the request, such as for a connector that does not accept payments.
            OutcomeUnknownError: it may have been recorded; `ensure_payment` finds out.
            PaymentsError: the call failed otherwise.

        Route: `POST /v3/payments`
        """
        return await self._run(Call("create_payment", "POST", "/v3/payments", one(Payment), body=_recordable(request)))

    async def ensure_payment(self, request: CreatePaymentRequest) -> Payment:
        """Record a payment unless it exists already; safe to call again after any failure.

        The payment's id follows from the connector, the reference and the type. The method fetches the payment by that
        id, records the payment if it does not exist, fetches it again and compares. The payment may have more
        adjustments and more metadata than the request. `amount` is not compared, because adjustments change it.

        Raises:
            ValueError: the server would refuse the request, or `connector_id` is not a valid id.
            ConflictError: there is a different payment; `fields` names the differences. If `adjustments` is among them,
                the payment lacks one of the request: `create_payment` adds it.
            PaymentsError: a call failed. Calling again is safe.

        Routes: `GET /v3/payments/{paymentID}`, `POST /v3/payments`
        """
        payment_id = referenced_id(_recordable(request).connector_id, request.reference, Type=request.type.value)
        return await ensured(
            "ensure_payment",
            request.reference,
            find=lambda: or_none(self.get_payment(payment_id)),
            create=lambda: self.create_payment(request),
            fields=lambda found: _fields(request, found),
        )

    async def update_payment_metadata(self, payment_id: str, metadata: Mapping[str, str]) -> None:
        """Merge metadata into a payment's; other entries stay as they are.

        Raises:
            ValueError: the metadata is empty, or the id belongs to another kind of resource.
            NotFoundError: the payment does not exist.
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


def _recordable(request: CreatePaymentRequest) -> CreatePaymentRequest:
    """The request, which must be of this class and have an adjustment."""
    if not checked(CreatePaymentRequest, request).adjustments:
        raise ValueError("adjustments is empty: give at least one, which says the status of the payment")
    return request


def _fields(request: CreatePaymentRequest, found: Payment) -> Iterable[Field]:
    """The fields of a request and of the payment that was recorded, to compare."""
    yield "created_at", request.created_at, found.created_at
    # Such an adjustment replaces the initial amount.
    if not any(each.status == PaymentStatus.AMOUNT_ADJUSTEMENT for each in found.adjustments):
        yield "initial_amount", request.initial_amount, found.initial_amount
    yield "asset", request.asset, found.asset
    yield "scheme", request.scheme, found.scheme
    yield "source_account_id", request.source_account_id or None, found.source_account_id
    yield "destination_account_id", request.destination_account_id or None, found.destination_account_id
    yield "adjustments", True, {*map(_content, request.adjustments)} <= {*map(_content, found.adjustments)}
    yield "metadata", True, includes(found.metadata, request.metadata)


def _content(adjustment: CreatePaymentAdjustmentRequest | PaymentAdjustment) -> tuple[object, ...]:
    at = adjustment.created_at.astimezone(UTC)
    return adjustment.reference, at, adjustment.status, adjustment.amount, adjustment.asset
