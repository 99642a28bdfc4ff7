"""Payment initiations: transfers and payouts that the server asks providers to make."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

import attrs

from payments_async.filters import Filter
from payments_async.operations.base import checked, filter_text
from payments_async.v3.models import (
    InitiatePaymentRequest,
    Payment,
    PaymentInitiation,
    PaymentInitiationAdjustment,
    ReversePaymentInitiationRequest,
    StartedPaymentInitiation,
    StartedPaymentInitiationReversal,
    StartedTask,
)
from payments_async.v3.operations.base import Operations
from payments_async.wire.call import Call
from payments_async.wire.codec import nothing, one, page_of
from payments_async.wire.pages import Pages

R = TypeVar("R", InitiatePaymentRequest, ReversePaymentInitiationRequest)


class PaymentInitiations(Operations):
    """Payment initiations: transfers and payouts that the server asks providers to make.

    Where a task does what was asked, the call gives its id, and what came of it shows in the payment initiation. Such
    calls are made once: look at the payment initiation before you make one again.
    """

    async def initiate_payment(
        self, request: InitiatePaymentRequest, *, no_validation: bool = False
    ) -> StartedPaymentInitiation:
        """Ask for a transfer or a payout, which waits to be approved unless told otherwise.

        Whether the accounts exist is found out when it is made, not here.

        Args:
            request: `amount` is in the asset's minor unit, `asset` such as `USD/2`.
            no_validation: Whether to make it without waiting for approval.

        Returns:
            The id of the payment initiation, and that of the task that makes it; `None` while none does.

        Raises:
            ValueError: the amount is below 1, an id is of another kind, an asset has no exponent, a time no zone.
            ConflictError: there is one of this reference on this connector.
            ValidationError: the server refuses it.
            OutcomeUnknownError: it may have been asked for; list those of this reference to see.
            PaymentsError: the call failed otherwise.

        Route: `POST /v3/payment-initiations`
        """
        started = await self._run(
            Call(
                "initiate_payment",
                "POST",
                "/v3/payment-initiations",
                one(StartedPaymentInitiation),
                # Anything but `true` counts as false.
                query={"noValidation": True if no_validation else None},
                body=_payable(InitiatePaymentRequest, request),
            )
        )
        return attrs.evolve(started, task_id=started.task_id or None)

    def list_payment_initiations(
        self,
        *,
        page_size: int | None = None,
        cursor: str | None = None,
        query: Filter[PaymentInitiation] | str | Mapping[str, Any] | None = None,
    ) -> Pages[PaymentInitiation]:
        """List payment initiations, newest first, following the cursor to the end.

        Args:
            page_size: Items a page, 15 unless given; the server caps it at 100.
            cursor: Where to go on: the `next` of a page; excludes the other arguments.
            query: A filter, such as `filters.payment_initiations.status.match("FAILED")`; or the server's own language.

        Raises:
            ValueError: arguments that the server would misunderstand.
            PaymentsError: while walking; its `cursor` says where to go on.

        Route: `GET /v3/payment-initiations`
        """
        return self._pages(
            Call(
                "list_payment_initiations",
                "GET",
                "/v3/payment-initiations",
                page_of(PaymentInitiation),
                query={"pageSize": page_size, "cursor": cursor, "query": filter_text(query, PaymentInitiation)},
            )
        )

    async def get_payment_initiation(self, payment_initiation_id: str) -> PaymentInitiation:
        """Fetch one payment initiation.

        Raises:
            ValueError: the id is of another kind.
            NotFoundError: there is none.
            PaymentsError: the call failed otherwise.

        Route: `GET /v3/payment-initiations/{paymentInitiationID}`
        """
        return await self._run(
            Call(
                "get_payment_initiation",
                "GET",
                "/v3/payment-initiations/{paymentInitiationID}",
                one(PaymentInitiation),
                ids={"paymentInitiationID": payment_initiation_id},
            )
        )

    async def delete_payment_initiation(self, payment_initiation_id: str) -> None:
        """Delete a payment initiation that waits for approval.

        Raises:
            ValueError: the id is of another kind.
            ValidationError: it waits no longer.
            PaymentsError: the call failed otherwise. An unknown one is a `ServerError`.

        Route: `DELETE /v3/payment-initiations/{paymentInitiationID}`
        """
        await self._run(
            Call(
                "delete_payment_initiation",
                "DELETE",
                "/v3/payment-initiations/{paymentInitiationID}",
                nothing,
                ids={"paymentInitiationID": payment_initiation_id},
            )
        )

    async def approve_payment_initiation(self, payment_initiation_id: str) -> str:
        """Approve a payment initiation that waits for it; gives the id of the task that makes it.

        Raises:
            ValueError: the id is of another kind.
            ValidationError: it waits no longer.
            OutcomeUnknownError: it may have been approved; fetch it to see.
            PaymentsError: the call failed otherwise. An unknown one is a `ServerError`.

        Route: `POST /v3/payment-initiations/{paymentInitiationID}/approve`
        """
        started = await self._run(
            Call(
                "approve_payment_initiation",
                "POST",
                "/v3/payment-initiations/{paymentInitiationID}/approve",
                one(StartedTask),
                ids={"paymentInitiationID": payment_initiation_id},
            )
        )
        return started.task_id

    async def reject_payment_initiation(self, payment_initiation_id: str) -> None:
        """Reject a payment initiation that waits for approval, for good.

        Raises:
            ValueError: the id is of another kind.
            ValidationError: it waits no longer.
            OutcomeUnknownError: it may have been rejected; fetch it to see.
            PaymentsError: the call failed otherwise. An unknown one is a `ServerError`.

        Route: `POST /v3/payment-initiations/{paymentInitiationID}/reject`
        """
        await self._run(
            Call(
                "reject_payment_initiation",
                "POST",
                "/v3/payment-initiations/{paymentInitiationID}/reject",
                nothing,
                ids={"paymentInitiationID": payment_initiation_id},
            )
        )

    async def retry_payment_initiation(self, payment_initiation_id: str) -> str:
        """Try a failed payment initiation again; gives the id of the task that does it.

        With more than 50 adjustments, the server never answers.

        Raises:
            ValueError: the id is of another kind.
            ValidationError: it has not failed.
            OutcomeUnknownError: it may have been started; fetch it to see.
            PaymentsError: the call failed otherwise. An unknown one is a `ServerError`.

        Route: `POST /v3/payment-initiations/{paymentInitiationID}/retry`
        """
        started = await self._run(
            Call(
                "retry_payment_initiation",
                "POST",
                "/v3/payment-initiations/{paymentInitiationID}/retry",
                one(StartedTask),
                ids={"paymentInitiationID": payment_initiation_id},
            )
        )
        return started.task_id

    async def reverse_payment_initiation(
        self, payment_initiation_id: str, request: ReversePaymentInitiationRequest
    ) -> StartedPaymentInitiationReversal:
        """Take back all or part of a processed payment initiation.

        Call it once for each reference: a repetition gives the same task, which the server then never ends. Whether it
        was possible at all, the task says.

        Args:
            payment_initiation_id: The payment initiation.
            request: `amount` is in the asset's minor unit, at most what is left; `asset` is the payment initiation's.

        Returns:
            The id of the reversal, which no route shows, and that of the task that makes it.

        Raises:
            ValueError: the amount is below 1, the id is of another kind, the asset has no exponent.
            NotFoundError: there is no such payment initiation.
            ValidationError: the server refuses it, such as in another asset.
            OutcomeUnknownError: it may have been started; fetch the payment initiation to see.
            PaymentsError: the call failed otherwise.

        Route: `POST /v3/payment-initiations/{paymentInitiationID}/reverse`
        """
        return await self._run(
            Call(
                "reverse_payment_initiation",
                "POST",
                "/v3/payment-initiations/{paymentInitiationID}/reverse",
                one(StartedPaymentInitiationReversal),
                ids={"paymentInitiationID": payment_initiation_id},
                body=_payable(ReversePaymentInitiationRequest, request),
            )
        )

    def list_payment_initiation_adjustments(
        self,
        payment_initiation_id: str,
        *,
        page_size: int | None = None,
        cursor: str | None = None,
        query: Filter[PaymentInitiationAdjustment] | str | Mapping[str, Any] | None = None,
    ) -> Pages[PaymentInitiationAdjustment]:
        """List the states that a payment initiation has been in, newest first; an unknown one has none.

        Args:
            payment_initiation_id: The payment initiation.
            page_size: Items a page, 15 unless given; the server caps it at 100.
            cursor: Where to go on: the `next` of a page; excludes the other arguments.
            query: A filter, such as `filters.payment_initiation_adjustments.status.match("FAILED")`; or the server's
                own language.

        Raises:
            ValueError: arguments that the server would misunderstand.
            PaymentsError: while walking; its `cursor` says where to go on.

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
        """List the payments that a payment initiation has led to, newest first; an unknown one has none.

        The server ignores filters here.

        Args:
            payment_initiation_id: The payment initiation.
            page_size: Items a page, 15 unless given; the server caps it at 100.
            cursor: Where to go on: the `next` of a page; excludes `page_size`.

        Raises:
            ValueError: arguments that the server would misunderstand.
            PaymentsError: while walking; its `cursor` says where to go on.

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


def _payable(kind: type[R], request: R) -> R:
    """A request to move money, which has to be of this class and of more than nothing."""
    amount = cast("object", checked(kind, request).amount)
    if isinstance(amount, int) and amount < 1:
        raise ValueError(f"amount is {amount}: give 1 or more, in the asset's minor unit")
    return request
