"""Transfer initiations: transfers and payouts that the server asks providers to make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
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
from payments_async.operations.ensure import UNSETTLED, ensured, includes, or_none
from payments_async.operations.ids import referenced_id
from payments_async.wire.call import Call
from payments_async.wire.codec import nothing, one, page_of
from payments_async.wire.errors import ServerError
from payments_async.wire.pages import Pages

_NOT_SCHEDULED = datetime(1, 1, 1, tzinfo=UTC)
"""How the server shows that no time was asked for."""


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
        """List transfer initiations, newest first, following the cursor to the end.

        Args:
            page_size: Items a page, 15 unless given; the server caps it at 100.
            cursor: Where to go on: the `next` of a page; excludes the other arguments.
            sort: `asc("created_at")`, `desc("amount")`, one or several; or `column:asc`, as the server has it.
            query: A filter, such as `filters.transfer_initiations.source_account_id.match("…")`; or the server's own
                language, in which any but `$match` of the source or the destination account is a `ServerError`.

        Raises:
            ValueError: arguments that the server would misunderstand.
            PaymentsError: while walking; its `cursor` says where to go on.

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
            NotFoundError: there is none.
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
        """Ask for a transfer or a payout.

        With `validated` it goes to the provider at once, and the call lasts until the provider has answered unless
        `scheduled_at` is set. An error at that point leaves it in place: the same reference is then a conflict.

        Args:
            request: `amount` is in the asset's minor unit; name a `connector_id`, or a `provider` that has one
                connector.

        Raises:
            ConflictError: there is one of this reference on this connector.
            NotFoundError: the source or the destination account is unknown.
            ValidationError: the server refuses it.
            OutcomeUnknownError: it may have been made; `ensure_transfer_initiation` finds out.
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
            )
        )

    async def ensure_transfer_initiation(self, request: TransferInitiationRequest) -> TransferInitiation:
        """Ask for a transfer or a payout unless it was asked for already; safe to call again after any failure.

        Looks for it by the id that it has or will have, creates it if there is none, reads it back and compares. The
        status is not compared: it goes its own way, so that what is returned is recorded, not necessarily done.

        Args:
            request: Needs a `connector_id`, from which the id is computed.

        Raises:
            ValueError: `connector_id` is missing, or no id.
            ConflictError: there is one of this reference on this connector that differs; `fields` says in what.
            ServerError, ValidationError: the provider refused a `validated` one, which is recorded all the same.
            PaymentsError: a call failed. Calling again is safe.

        Routes: `GET /transfer-initiations/{transferId}`, `POST /transfer-initiations`
        """
        transfer_id = referenced_id(request.connector_id or "", request.reference)
        return await ensured(
            "ensure_transfer_initiation",
            request.reference,
            find=lambda: or_none(self.get_transfer_initiation(transfer_id)),
            create=lambda: self.create_transfer_initiation(request),
            fields=lambda there: (
                ("type", request.type, there.type),
                ("amount", request.amount, there.initial_amount),
                ("asset", request.asset, there.asset),
                ("source_account_id", request.source_account_id or "", there.source_account_id),
                ("destination_account_id", request.destination_account_id, there.destination_account_id),
                ("description", request.description or "", there.description),
                ("scheduled_at", request.scheduled_at or _NOT_SCHEDULED, there.scheduled_at),
                ("metadata", True, includes(there.metadata, request.metadata)),
            ),
            # A validated one is there even if its provider refused it, which the caller must hear.
            unsettled=UNSETTLED if request.validated else (*UNSETTLED, ServerError),
        )

    async def delete_transfer_initiation(self, transfer_id: str) -> None:
        """Delete a transfer initiation that waits for validation.

        Raises:
            NotFoundError: there is none.
            ValidationError: it waits no longer.
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
        """Validate or reject a transfer initiation that waits for validation; validating hands it to the provider.

        Args:
            transfer_id: The transfer initiation.
            status: `VALIDATED` or `REJECTED`; the server refuses most others.

        Raises:
            NotFoundError: there is none.
            ValidationError: the status is refused, or it waits no longer.
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
            )
        )

    async def retry_transfer_initiation(self, transfer_id: str) -> None:
        """Hand a failed transfer initiation to the provider once more.

        Raises:
            NotFoundError: there is none.
            ValidationError: it has not failed.
            OutcomeUnknownError: it may have been handed over; fetch it to see.
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
            )
        )

    async def reverse_transfer_initiation(self, transfer_id: str, request: ReverseTransferInitiationRequest) -> None:
        """Take back all or part of a processed transfer; only Stripe can.

        Only one reversal of a transfer can succeed on this server, even if it took back a part.

        Args:
            transfer_id: The transfer initiation.
            request: `amount` is in the asset's minor unit, at most what is left of the transfer.

        Raises:
            ConflictError: there is a reversal of this reference on the connector.
            NotFoundError: there is no such transfer initiation.
            ValidationError: the server refuses it.
            OutcomeUnknownError: it may have been made; fetch the transfer initiation to see.
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
            )
        )
