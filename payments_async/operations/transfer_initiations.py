"""Transfer initiations: transfers and payouts that the server asks providers to make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from payments_async.filters import Filter, Sort, TransferInitiationColumn
from payments_async.models import (
    ReverseTransferInitiationRequest,
    TransferInitiation,
    TransferInitiationRequest,
    TransferInitiationStatus,
    UpdateTransferInitiationStatusRequest,
)
from payments_async.operations.base import Operations, checked, filter_text, sort_texts
from payments_async.operations.ensure import NOT_SCHEDULED, ensured, includes, or_none
from payments_async.operations.ids import referenced_id
from payments_async.wire.call import Call
from payments_async.wire.codec import nothing, one, page_of
from payments_async.wire.errors import ServerError, ValidationError
from payments_async.wire.pages import Pages


class TransferInitiations(Operations):
    """Transfer initiations: transfers and payouts that the server asks providers to make."""

    def list_transfer_initiations(
        self,
        *,
        page_size: int | None = None,
        cursor: str | None = None,
        sort: Sort[TransferInitiationColumn] | str | Sequence[Sort[TransferInitiationColumn] | str] | None = None,
        query: Filter[TransferInitiation] | str | Mapping[str, Any] | None = None,
    ) -> Pages[TransferInitiation]:
        """List transfer initiations, newest first; iteration follows the cursor to the end.

        Args:
            page_size: Items per page, 15 by default; the server limits it to 100.
            cursor: The `next` of an earlier page, to continue after it; not allowed with other arguments.
            sort: `asc("created_at")`, `desc("amount")`, or several of them; or the server's own `column:asc`.
            query: A filter, such as `filters.transfer_initiations.source_account_id.match("…")`; or the server's own
                language, in which anything but `$match` on the source or destination account is a `ServerError`.

        Raises:
            ValueError: the server would misunderstand an argument.
            PaymentsError: while iterating, a page could not be fetched; resume from its `cursor`.

        Route: `GET /transfer-initiations`
        """
        return self._pages(
            Call(
                "list_transfer_initiations",
                "GET",
                "/transfer-initiations",
                page_of(TransferInitiation),
                query={
                    "pageSize": page_size,
                    "cursor": cursor,
                    "sort": sort_texts(sort, TransferInitiationColumn),
                    "query": filter_text(query, TransferInitiation),
                },
            )
        )

    async def get_transfer_initiation(self, transfer_id: str) -> TransferInitiation:
        """Fetch one transfer initiation with its payments and adjustments.

        Raises:
            NotFoundError: it does not exist.
            PaymentsError: the call failed otherwise.

        Route: `GET /transfer-initiations/{transferId}`
        """
        return await self._run(
            Call(
                "get_transfer_initiation",
                "GET",
                "/transfer-initiations/{transferId}",
                one(TransferInitiation),
                ids={"transferId": transfer_id},
            )
        )

    async def create_transfer_initiation(self, request: TransferInitiationRequest) -> TransferInitiation:
        """Request a transfer or a payout.

        With `validated`, the server sends it to the provider at once. Then the call lasts until the provider has
        answered, unless `scheduled_at` is set. If the provider fails, the transfer initiation remains, and another call
        with the same reference is a conflict.

        Args:
            request: `amount` is in the asset's minor unit. Give a `connector_id`, or a `provider` that has exactly one
                connector.

        Raises:
            ConflictError: the connector has a transfer initiation with this reference.
            NotFoundError: the source or the destination account does not exist.
            ValidationError: the server refused the request.
            OutcomeUnknownError: it may have been created; `ensure_transfer_initiation` finds out.
            PaymentsError: the call failed otherwise.

        Route: `POST /transfer-initiations`
        """
        return await self._run(
            Call(
                "create_transfer_initiation",
                "POST",
                "/transfer-initiations",
                one(TransferInitiation),
                body=checked(TransferInitiationRequest, request),
                atomic=not request.validated,
            )
        )

    async def ensure_transfer_initiation(self, request: TransferInitiationRequest) -> TransferInitiation:
        """Request a transfer or a payout unless it was requested already; safe to call again after any failure.

        The id follows from the request. The method fetches the transfer initiation by that id, creates it if it does
        not exist, fetches it again and compares. It does not compare the status, which changes with time: the result is
        recorded, but not necessarily executed.

        Args:
            request: Needs a `connector_id`, from which the id is computed.

        Raises:
            ValueError: `connector_id` is missing or not a valid id.
            ConflictError: the connector has a different one with this reference; `fields` names the differences.
            ServerError, ValidationError: the provider refused a `validated` one, which is nevertheless recorded.
            PaymentsError: a call failed. Calling again is safe.

        Routes: `GET /transfer-initiations/{transferId}`, `POST /transfer-initiations`
        """
        transfer_id = referenced_id(request.connector_id or "", request.reference)
        return await ensured(
            "ensure_transfer_initiation",
            request.reference,
            find=lambda: or_none(self.get_transfer_initiation(transfer_id)),
            create=lambda: self.create_transfer_initiation(request),
            fields=lambda found: (
                ("type", request.type, found.type),
                ("amount", request.amount, found.initial_amount),
                ("asset", request.asset, found.asset),
                ("source_account_id", request.source_account_id or "", found.source_account_id),
                ("destination_account_id", request.destination_account_id, found.destination_account_id),
                ("description", request.description or "", found.description),
                ("scheduled_at", request.scheduled_at or NOT_SCHEDULED, found.scheduled_at),
                ("metadata", True, includes(found.metadata, request.metadata)),
            ),
            # A validated one exists even if the provider refused it, and the caller must get that error.
            final=(ServerError, ValidationError) if request.validated else (),
        )

    async def delete_transfer_initiation(self, transfer_id: str) -> None:
        """Delete a transfer initiation that waits for validation.

        Raises:
            NotFoundError: it does not exist.
            ValidationError: it does not wait for validation any more.
            PaymentsError: the call failed otherwise.

        Route: `DELETE /transfer-initiations/{transferId}`
        """
        await self._run(
            Call(
                "delete_transfer_initiation",
                "DELETE",
                "/transfer-initiations/{transferId}",
                nothing,
                ids={"transferId": transfer_id},
            )
        )

    async def update_transfer_initiation_status(self, transfer_id: str, status: TransferInitiationStatus | str) -> None:
        """Validate or reject a transfer initiation that waits for validation; validating sends it to the provider.

        Args:
            transfer_id: The transfer initiation.
            status: `VALIDATED` or `REJECTED`; the server refuses most others.

        Raises:
            NotFoundError: it does not exist.
            ValidationError: the status is refused, or it does not wait for validation any more.
            OutcomeUnknownError: it may have taken effect; fetch it to see.
            PaymentsError: the call failed otherwise.

        Route: `POST /transfer-initiations/{transferId}/status`
        """
        await self._run(
            Call(
                "update_transfer_initiation_status",
                "POST",
                "/transfer-initiations/{transferId}/status",
                nothing,
                ids={"transferId": transfer_id},
                body=UpdateTransferInitiationStatusRequest(status=TransferInitiationStatus(status)),
                atomic=False,
            )
        )

    async def retry_transfer_initiation(self, transfer_id: str) -> None:
        """Send a failed transfer initiation to the provider once more.

        Raises:
            NotFoundError: it does not exist.
            ValidationError: it has not failed.
            OutcomeUnknownError: it may have been sent to the provider; fetch it to see.
            PaymentsError: the call failed otherwise.

        Route: `POST /transfer-initiations/{transferId}/retry`
        """
        await self._run(
            Call(
                "retry_transfer_initiation",
                "POST",
                "/transfer-initiations/{transferId}/retry",
                nothing,
                ids={"transferId": transfer_id},
                atomic=False,
            )
        )

    async def reverse_transfer_initiation(self, transfer_id: str, request: ReverseTransferInitiationRequest) -> None:
        """Reverse all or part of a processed transfer; only Stripe supports this.

        On this server, only one reversal of a transfer can succeed, even if it reverses only a part.

        Args:
            transfer_id: The transfer initiation.
            request: `amount` is in the asset's minor unit, and at most what is left of the transfer.

        Raises:
            ConflictError: the connector has a reversal with this reference.
            NotFoundError: there is no such transfer initiation.
            ValidationError: the server refused the request.
            OutcomeUnknownError: it may have been created; fetch the transfer initiation to see.
            PaymentsError: the call failed otherwise.

        Route: `POST /transfer-initiations/{transferId}/reverse`
        """
        await self._run(
            Call(
                "reverse_transfer_initiation",
                "POST",
                "/transfer-initiations/{transferId}/reverse",
                nothing,
                ids={"transferId": transfer_id},
                body=checked(ReverseTransferInitiationRequest, request),
                atomic=False,
            )
        )
