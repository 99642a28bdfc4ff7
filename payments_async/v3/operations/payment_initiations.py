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

    Where the server starts a task, the call returns the id of the task, and the payment initiation shows the result.
    The client never retries such a call; fetch the payment initiation before you repeat it yourself.
    """

    async def initiate_payment(
        self, request: InitiatePaymentRequest, *, no_validation: bool = False
    ) -> StartedPaymentInitiation:
        """Ask for a transfer or a payout, which waits for approval by default.

        The server checks whether the accounts exist only when it makes the payment.

        Args:
            request: `amount` is in the asset's minor unit, `asset` such as `USD/2`.
            no_validation: Whether to skip the approval.

        Returns:
            The id of the payment initiation, and the id of the task that makes it, if one was started.

        Raises:
            ValueError: the amount is below 1, an id belongs to another kind of resource, an asset has no exponent, or a
                time has no time zone.
            ConflictError: one with this `reference` exists already on this connector.
            ValidationError: the server refused the request.
            OutcomeUnknownError: it may have been created; list those with this `reference` to find out.
            PaymentsError: the call failed otherwise.

        Route: `POST /v3/payment-initiations`
        """
        started = await self._run(
            Call(
                "initiate_payment",
                "POST",
                "/v3/payment-initiations",
                one(StartedPaymentInitiation),
                # The server treats anything but `true` as false.
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
        """List payment initiations, newest first; iteration follows the cursor to the end.

        Args:
            page_size: Items per page, 15 by default; the server limits it to 100.
            cursor: The `next` of an earlier page, to continue after it; not allowed with other arguments.
            query: A filter, such as `filters.payment_initiations.status.match("FAILED")`; or the server's own language.

        Raises:
            ValueError: the server would misunderstand an argument.
            PaymentsError: while iterating, a page could not be fetched; resume from its `cursor`.

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
            ValueError: the id belongs to another kind of resource.
            NotFoundError: it does not exist.
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
        """Delete a payment initiation that is waiting for approval.

        Raises:
            ValueError: the id belongs to another kind of resource.
            ValidationError: it is no longer waiting for approval.
            PaymentsError: the call failed otherwise. If it does not exist, that is a `ServerError`.

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
        """Approve a payment initiation; return the id of the task that makes it.

        Raises:
            ValueError: the id belongs to another kind of resource.
            ValidationError: it is no longer waiting for approval.
            OutcomeUnknownError: it may have been approved; fetch it to find out.
            PaymentsError: the call failed otherwise. If it does not exist, that is a `ServerError`.

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
        """Reject a payment initiation for good.

        Raises:
            ValueError: the id belongs to another kind of resource.
            ValidationError: it is no longer waiting for approval.
            OutcomeUnknownError: it may have been rejected; fetch it to find out.
            PaymentsError: the call failed otherwise. If it does not exist, that is a `ServerError`.

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
        """Try a failed payment initiation again; return the id of the task that does it.

        The server never answers for one that has more than 50 adjustments.

        Raises:
            ValueError: the id belongs to another kind of resource.
            ValidationError: it has not failed.
            OutcomeUnknownError: it may have been started; fetch it to find out.
            PaymentsError: the call failed otherwise. If it does not exist, that is a `ServerError`.

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
        """Reverse all or part of a processed payment initiation.

        Call it once per `reference`: a second call returns the same task, which the server then never finishes. If the
        reversal is impossible, the task fails.

        Args:
            payment_initiation_id: The payment initiation.
            request: `amount` is in the asset's minor unit, at most what is left to reverse; `asset` is that of
                the payment initiation.

        Returns:
            The id of the reversal, which no operation can fetch, and the id of the task that makes it.

        Raises:
            ValueError: the amount is below 1, the id belongs to another kind of resource, or the asset has no exponent.
            NotFoundError: the payment initiation does not exist.
            ValidationError: the server refused the request, such as one in another asset.
            OutcomeUnknownError: it may have been started; fetch the payment initiation to find out.
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


def _payable(kind: type[R], request: R) -> R:
    """The request, which must be of this class and have an amount of at least 1."""
    amount = cast("object", checked(kind, request).amount)
    if isinstance(amount, int) and amount < 1:
        raise ValueError(f"amount is {amount}: give 1 or more, in the asset's minor unit")
    return request
