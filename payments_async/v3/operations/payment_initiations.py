"""Payment initiations: transfers and payouts that the server asks providers to make."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

import attrs

from payments_async.filters import Filter
from payments_async.operations.base import checked, filter_text
from payments_async.operations.ensure import NOT_SCHEDULED, ensured, includes, or_none
from payments_async.operations.ids import referenced_id
from payments_async.v3.errors import task_failed
from payments_async.v3.models import (
    InitiatePaymentRequest,
    PaymentInitiation,
    PaymentInitiationStatus,
    PaymentInitiationType,
    ReversePaymentInitiationRequest,
    StartedPaymentInitiation,
    StartedPaymentInitiationReversal,
    StartedTask,
    TaskStatus,
)
from payments_async.v3.operations.payment_initiation_results import PaymentInitiationResults
from payments_async.v3.operations.tasks import Tasks
from payments_async.v3.operations.waiting import deadline_after, polled, task_ended
from payments_async.wire.call import Call
from payments_async.wire.codec import nothing, one, page_of
from payments_async.wire.pages import Pages

R = TypeVar("R", InitiatePaymentRequest, ReversePaymentInitiationRequest)

_FAILED = {PaymentInitiationStatus.FAILED, PaymentInitiationStatus.REVERSE_FAILED}
_ENDED = {
    *_FAILED,
    PaymentInitiationStatus.PROCESSED,
    PaymentInitiationStatus.REJECTED,
    PaymentInitiationStatus.REVERSED,
}


class PaymentInitiations(PaymentInitiationResults):
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

    async def ensure_payment_initiation(self, request: InitiatePaymentRequest) -> PaymentInitiation:
        """Ask for a transfer or a payout unless it exists already; safe to call again after any failure.

        The id follows from the request. The method fetches the payment initiation by that id, creates it if it does not
        exist, fetches it again and compares. It does not compare the status, which changes with time. A payment
        initiation that it creates waits for approval: call `approve_payment_initiation` if the status says so.

        Args:
            request: As that of `initiate_payment`.

        Raises:
            ValueError: the server would refuse the request, or `connector_id` is not a valid id.
            ConflictError: the connector has a different one with this reference; `fields` names the differences.
            PaymentsError: a call failed. Calling again is safe.

        Routes: `GET /v3/payment-initiations/{paymentInitiationID}`, `POST /v3/payment-initiations`
        """
        payment_initiation_id = referenced_id(_payable(InitiatePaymentRequest, request).connector_id, request.reference)
        return await ensured(
            "ensure_payment_initiation",
            request.reference,
            find=lambda: or_none(self.get_payment_initiation(payment_initiation_id)),
            create=lambda: self.initiate_payment(request),
            fields=lambda found: (
                ("type", request.type, found.type),
                ("amount", request.amount, found.amount),
                ("asset", request.asset, found.asset),
                ("source_account_id", request.source_account_id or None, found.source_account_id),
                ("destination_account_id", request.destination_account_id, found.destination_account_id),
                ("description", request.description or "", found.description),
                ("scheduled_at", request.scheduled_at or NOT_SCHEDULED, found.scheduled_at),
                ("metadata", True, includes(found.metadata, request.metadata)),
            ),
        )

    async def wait_for(
        self, payment_initiation_id: str, *, task_id: str | None = None, timeout: float = 60
    ) -> PaymentInitiation:
        """Wait until a payment initiation is processed, reversed, rejected or failed, and return it: see its `status`.

        The method waits until the task has ended, if there is one, then until the payment initiation has one of these
        states. Each of the two alone misleads: a task may succeed though the provider makes no payment, and may fail
        before the payment initiation shows anything. Without the task, a state from before a retry or a reversal counts
        as well.

        It can be called any number of times, in other processes too: it changes nothing on the server.

        Args:
            payment_initiation_id: The payment initiation.
            task_id: The task that makes, retries or reverses it, as the call that started it returned it.
            timeout: Seconds after which it gives up. A scheduled payment is made at its time only.

        Raises:
            ValueError: an id belongs to another kind of resource, or the timeout is not valid.
            TaskFailedError: the task failed before the payment initiation was `FAILED` or `REVERSE_FAILED`, such as for
                an account that does not exist; see its `task` and its `initiation`.
            DeadlineExceededError: it has not ended in time; call again with the same id and the error's `task_id`.
            NotFoundError: it does not exist.
            PaymentsError: a call failed otherwise. Calling again is safe.

        Routes: `GET /v3/tasks/{taskID}`, `GET /v3/payment-initiations/{paymentInitiationID}`
        """
        deadline = deadline_after(timeout)
        if task_id:
            task = await task_ended(Tasks(self._pipeline).get_task, task_id, deadline)
            if task.status == TaskStatus.FAILED:
                initiation = await self.get_payment_initiation(payment_initiation_id)
                if initiation.status not in _FAILED:
                    raise task_failed(task, initiation)
                return initiation
        return await polled(
            lambda: self.get_payment_initiation(payment_initiation_id),
            lambda initiation: initiation.status in _ENDED,
            deadline=deadline,
            late=_not_ended,
            task_id=task_id or None,
        )

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


def _payable(kind: type[R], request: R) -> R:
    """The request, which must be of this class and have an amount of at least 1."""
    amount = cast("object", checked(kind, request).amount)
    if isinstance(amount, int) and amount < 1:
        raise ValueError(f"amount is {amount}: give 1 or more, in the asset's minor unit")
    return request


def _not_ended(initiation: PaymentInitiation | None) -> str:
    """Why a wait ended too early, and what to do next."""
    if initiation is None:
        return "the server did not say in time what has become of the payment initiation: wait for it again"
    told = f"the payment initiation is still {initiation.status.value}"
    if initiation.status != PaymentInitiationStatus.WAITING_FOR_VALIDATION:
        return f"{told}: wait for it again"
    if initiation.type == PaymentInitiationType.UNKNOWN:
        return f"{told}, and one of type UNKNOWN is never made: reject it"
    return f"{told}: approve it, and wait for it again with the id of the task"
