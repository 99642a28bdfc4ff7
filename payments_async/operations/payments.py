"""Payments: money that came in, went out or moved at a provider."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from payments_async.filters import Filter, PaymentColumn, Sort
from payments_async.models import Payment, PaymentRequest
from payments_async.operations.base import Operations, checked, checked_metadata, filter_text, sort_texts
from payments_async.operations.ensure import check_reference, ensured
from payments_async.operations.server import Server
from payments_async.wire.call import Call
from payments_async.wire.codec import nothing, one, page_of
from payments_async.wire.errors import (
    APIError,
    AuthenticationError,
    PermissionDeniedError,
    ProtocolError,
    RateLimitedError,
    ServerError,
)
from payments_async.wire.pages import Pages
from payments_async.wire.pipeline import Pipeline

_SAYS_NO_VERSION_YET = (AuthenticationError, PermissionDeniedError, RateLimitedError, ServerError)


class Payments(Operations):
    """Payments: money that came in, went out or moved at a provider."""

    __slots__ = ("_version",)

    def __init__(self, pipeline: Pipeline) -> None:
        super().__init__(pipeline)
        self._version: str | None = None

    def list_payments(
        self,
        *,
        page_size: int | None = None,
        cursor: str | None = None,
        sort: Sort[PaymentColumn] | str | Sequence[Sort[PaymentColumn] | str] | None = None,
        query: Filter[Payment] | str | Mapping[str, Any] | None = None,
    ) -> Pages[Payment]:
        """List payments, newest first; iteration follows the cursor to the end.

        Args:
            page_size: Items per page, 15 by default; the server limits it to 100.
            cursor: The `next` of an earlier page, to continue after it; not allowed with other arguments.
            sort: `asc("created_at")`, `desc("amount")`, or several of them; or the server's own `column:asc`.
            query: A filter, such as `filters.payments.status.match("SUCCEEDED")`; or the server's own language.

        Raises:
            ValueError: the server would misunderstand an argument.
            PaymentsError: while iterating, a page could not be fetched; resume from its `cursor`.

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
            NotFoundError: it does not exist.
            PaymentsError: the call failed otherwise.

        Route: `GET /payments/{paymentId}`
        """
        return await self._run(
            Call("get_payment", "GET", "/payments/{paymentId}", one(Payment), ids={"paymentId": payment_id})
        )

    async def create_payment(self, request: PaymentRequest) -> Payment:
        """Record a payment. A payment with the same `reference`, on any connector, is overwritten.

        Args:
            request: `amount` is in the minor unit of `asset`, such as `USD/2`; `created_at` needs a time zone.

        Raises:
            ValidationError: the server refused the request.
            OutcomeUnknownError: it may have been recorded; `ensure_payment` finds out.
            PaymentsError: the call failed otherwise.

        Route: `POST /payments`
        """
        return await self._run(
            Call("create_payment", "POST", "/payments", one(Payment), body=checked(PaymentRequest, request))
        )

    async def ensure_payment(self, request: PaymentRequest) -> Payment:
        """Record a payment unless it exists already; safe to call again after any failure.

        The method looks for a payment with this `reference`, `connector_id` and `type`, records the payment if there is
        none, fetches it again and compares. A server before version 3.0 keeps one payment of each reference: if someone
        else records one between the two steps, it overwrites that payment without an error.

        Raises:
            ConflictError: there is a different payment; `fields` names the differences. A payment that has changed
                since, by a refund or a dispute, is also different. On a server before version 3.0, or of a version
                that cannot be read, a payment of another connector or type is different too.
            PaymentsError: a call failed. Calling again is safe.

        Routes: `GET /payments`, `POST /payments`, and `GET /_info` if there are only payments of others
        """

        async def find() -> Payment | None:
            other = None
            async for payment in self.list_payments(page_size=100, query={"$match": {"reference": request.reference}}):
                check_reference(payment, request.reference, "ensure_payment")
                if (payment.connector_id, payment.type) == (request.connector_id, request.type):
                    return payment
                other = payment
            return None if other is None or await self._keeps_payments_apart() else other

        return await ensured(
            "ensure_payment",
            request.reference,
            find=find,
            create=lambda: self.create_payment(request),
            fields=lambda found: (
                ("connector_id", request.connector_id, found.connector_id),
                ("created_at", request.created_at, found.created_at),
                ("amount", request.amount, found.amount),
                ("asset", request.asset, found.asset),
                ("type", request.type, found.type),
                ("status", request.status, found.status),
                ("scheme", request.scheme, found.scheme),
                ("source_account_id", request.source_account_id or "", found.source_account_id),
                ("destination_account_id", request.destination_account_id or "", found.destination_account_id),
            ),
        )

    async def _keeps_payments_apart(self) -> bool:
        """Whether the server keeps payments of one reference apart by connector and type, as it does from 3.0 on."""
        if self._version is None:
            try:
                self._version = (await Server(self._pipeline).get_server_info()).version
            except (APIError, ProtocolError) as error:
                if isinstance(error, _SAYS_NO_VERSION_YET):
                    raise
                return False
        major = re.match(r"v?(\d{1,9})\.", self._version)
        return major is not None and int(major[1]) >= 3

    async def update_metadata(self, payment_id: str, metadata: Mapping[str, str]) -> None:
        """Merge metadata into that of a payment; other entries stay as they are.

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
