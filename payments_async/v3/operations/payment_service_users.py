"""Payment service users: people and companies whose accounts at banks are read through open banking."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from payments_async.filters import Filter
from payments_async.operations.base import checked, filter_text
from payments_async.v3.models import (
    CreatePaymentServiceUserRequest,
    ForwardPaymentServiceUserBankAccountRequest,
    PaymentServiceUser,
    StartedTask,
)
from payments_async.v3.operations.payment_service_user_connections import PaymentServiceUserConnections
from payments_async.wire.call import Call
from payments_async.wire.codec import nothing, one, page_of
from payments_async.wire.pages import Pages


class PaymentServiceUsers(PaymentServiceUserConnections):
    """Payment service users: people and companies whose accounts at banks are read through open banking.

    A user is created, forwarded to a connector's provider, and given a link by which they connect a bank. Tasks remove
    users and connections and forward bank accounts; the calls give their ids. Make such a call once: a repetition gives
    the same task, which the server then never ends.
    """

    async def create_payment_service_user(self, request: CreatePaymentServiceUserRequest) -> str:
        """Create a payment service user; gives their id, a UUID.

        Raises:
            ValueError: an id is of another kind.
            NotFoundError: there is no such bank account; nothing is created.
            ValidationError: the server refuses it.
            OutcomeUnknownError: they may have been created; a second call would create another.
            PaymentsError: the call failed otherwise.

        Route: `POST /v3/payment-service-users`
        """
        return await self._run(
            Call(
                "create_payment_service_user",
                "POST",
                "/v3/payment-service-users",
                one(str),
                body=checked(CreatePaymentServiceUserRequest, request),
            )
        )

    def list_payment_service_users(
        self,
        *,
        page_size: int | None = None,
        cursor: str | None = None,
        query: Filter[PaymentServiceUser] | str | Mapping[str, Any] | None = None,
    ) -> Pages[PaymentServiceUser]:
        """List payment service users, newest first, following the cursor to the end.

        Args:
            page_size: Items a page, 15 unless given; the server caps it at 100.
            cursor: Where to go on: the `next` of a page; excludes the other arguments.
            query: A filter, such as `filters.payment_service_users.metadata["team"].match("a")`; or the
                server's own language.

        Raises:
            ValueError: arguments that the server would misunderstand.
            PaymentsError: while walking; its `cursor` says where to go on.

        Route: `GET /v3/payment-service-users`
        """
        return self._pages(
            Call(
                "list_payment_service_users",
                "GET",
                "/v3/payment-service-users",
                page_of(PaymentServiceUser),
                query={
                    "pageSize": page_size,
                    "cursor": cursor,
                    "query": filter_text(query, PaymentServiceUser),
                },
            )
        )

    async def get_payment_service_user(self, user_id: str) -> PaymentServiceUser:
        """Fetch one payment service user.

        Raises:
            ValueError: the id is of another kind.
            NotFoundError: there is none.
            PaymentsError: the call failed otherwise.

        Route: `GET /v3/payment-service-users/{paymentServiceUserID}`
        """
        return await self._run(
            Call(
                "get_payment_service_user",
                "GET",
                "/v3/payment-service-users/{paymentServiceUserID}",
                one(PaymentServiceUser),
                ids={"paymentServiceUserID": user_id},
            )
        )

    async def delete_payment_service_user(self, user_id: str) -> str:
        """Delete a payment service user; gives the id of the task that does it.

        Raises:
            ValueError: the id is of another kind.
            NotFoundError: there is none.
            OutcomeUnknownError: it may have been started; fetch the user to see.
            PaymentsError: the call failed otherwise.

        Route: `DELETE /v3/payment-service-users/{paymentServiceUserID}`
        """
        started = await self._run(
            Call(
                "delete_payment_service_user",
                "DELETE",
                "/v3/payment-service-users/{paymentServiceUserID}",
                one(StartedTask),
                ids={"paymentServiceUserID": user_id},
                idempotent=False,
            )
        )
        return started.task_id

    async def forward_payment_service_user_to_provider(self, user_id: str, connector_id: str) -> None:
        """Create a user at a connector's provider.

        Raises:
            ValueError: an id is of another kind.
            NotFoundError: there is no such user or connector.
            ValidationError: the user is there already.
            OutcomeUnknownError: it may have happened; calling again is safe.
            PaymentsError: the call failed otherwise. A provider without open banking is a `ServerError`.

        Route: `POST /v3/payment-service-users/{paymentServiceUserID}/connectors/{connectorID}/forward`
        """
        await self._run(
            Call(
                "forward_payment_service_user_to_provider",
                "POST",
                "/v3/payment-service-users/{paymentServiceUserID}/connectors/{connectorID}/forward",
                nothing,
                ids={"paymentServiceUserID": user_id, "connectorID": connector_id},
            )
        )

    async def add_bank_account_to_payment_service_user(self, user_id: str, bank_account_id: str) -> None:
        """Make a bank account a user's; one that is another user's is taken from that user.

        Raises:
            ValueError: an id is of another kind.
            NotFoundError: there is no such bank account.
            ValidationError: there is no such user.
            OutcomeUnknownError: it may have happened; calling again is safe.
            PaymentsError: the call failed otherwise.

        Route: `POST /v3/payment-service-users/{paymentServiceUserID}/bank-accounts/{bankAccountID}`
        """
        await self._run(
            Call(
                "add_bank_account_to_payment_service_user",
                "POST",
                "/v3/payment-service-users/{paymentServiceUserID}/bank-accounts/{bankAccountID}",
                nothing,
                ids={"paymentServiceUserID": user_id, "bankAccountID": bank_account_id},
            )
        )

    async def forward_payment_service_user_bank_account(
        self, user_id: str, bank_account_id: str, connector_id: str
    ) -> str:
        """Create a user's bank account at a connector's provider; gives the id of the task that does it.

        Raises:
            ValueError: an id is of another kind.
            NotFoundError: there is no such user, bank account or connector.
            OutcomeUnknownError: it may have been started; fetch the bank account to see.
            PaymentsError: the call failed otherwise. That the provider takes none, the task says.

        Route: `POST /v3/payment-service-users/{paymentServiceUserID}/bank-accounts/{bankAccountID}/forward`
        """
        started = await self._run(
            Call(
                "forward_payment_service_user_bank_account",
                "POST",
                "/v3/payment-service-users/{paymentServiceUserID}/bank-accounts/{bankAccountID}/forward",
                one(StartedTask),
                ids={"paymentServiceUserID": user_id, "bankAccountID": bank_account_id},
                body=ForwardPaymentServiceUserBankAccountRequest(connector_id=connector_id),
            )
        )
        return started.task_id
