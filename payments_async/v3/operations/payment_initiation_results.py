"""What has become of payment initiations: their states over time, and the payments that were made for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from payments_async.filters import Filter
from payments_async.operations.base import filter_text
from payments_async.v3.models import Payment, PaymentInitiationAdjustment
from payments_async.v3.operations.base import Operations
from payments_async.wire.call import Call
from payments_async.wire.codec import page_of
from payments_async.wire.pages import Pages


class PaymentInitiationResults(Operations):
    """The operations on what has become of payment initiations."""

    __slots__ = ()

    def list_payment_initiation_adjustments(
        self,
        payment_initiation_id: str,
        *,
        page_size: int | None = None,
        cursor: str | None = None,
        query: Filter[PaymentInitiationAdjustment] | str | Mapping[str, Any] | None = None,
    ) -> Pages[PaymentInitiationAdjustment]:
        """List the states of a payment initiation over time, newest first; the list is empty for an unknown one.

        Args:
            payment_initiation_id: The payment initiation.
            page_size: Items per page, 15 by default; the server limits it to 100.
            cursor: The `next` of an earlier page, to continue after it; not allowed with other arguments.
            query: A filter, such as `filters.payment_initiation_adjustments.status.match("FAILED")`; or the server's
                own language.

        Raises:
            ValueError: the server would misunderstand an argument.
            PaymentsError: while iterating, a page could not be fetched; resume from its `cursor`.

        Route: `GET /v3/payment-initiations/{paymentInitiationID}/adjustments`
        """
        return self._pages(
            Call(
                "list_payment_initiation_adjustments",
                "GET",
                "/v3/payment-initiations/{paymentInitiationID}/adjustments",
                page_of(PaymentInitiationAdjustment),
                ids={"paymentInitiationID": payment_initiation_id},
                query={
                    "pageSize": page_size,
                    "cursor": cursor,
                    "query": filter_text(query, PaymentInitiationAdjustment),
                },
            )
        )

    def list_payment_initiation_related_payments(
        self, payment_initiation_id: str, *, page_size: int | None = None, cursor: str | None = None
    ) -> Pages[Payment]:
        """List the payments made for a payment initiation, newest first; the list is empty for an unknown one.

        The server ignores filters here.

        Args:
            payment_initiation_id: The payment initiation.
            page_size: Items per page, 15 by default; the server limits it to 100.
            cursor: The `next` of an earlier page, to continue after it; not allowed with `page_size`.

        Raises:
            ValueError: the server would misunderstand an argument.
            PaymentsError: while iterating, a page could not be fetched; resume from its `cursor`.

        Route: `GET /v3/payment-initiations/{paymentInitiationID}/payments`
        """
        return self._pages(
            Call(
                "list_payment_initiation_related_payments",
                "GET",
                "/v3/payment-initiations/{paymentInitiationID}/payments",
                page_of(Payment),
                ids={"paymentInitiationID": payment_initiation_id},
                query={"pageSize": page_size, "cursor": cursor},
            )
        )
