"""Payment service users: people and companies whose bank accounts are read through open banking."""

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
    """Payment service users: people and companies whose bank accounts are read through open banking.

    Create a user, forward them to a connector's provider, and give them a link with which they connect a bank. Deleting
    users, removing connections and forwarding bank accounts start tasks, whose ids the calls return. Make such a call
    once: a second call returns the same task, which the server then never finishes.
    """

    async def create_payment_service_user(self, request: CreatePaymentServiceUserRequest) -> str:
        """Create a payment service user; return their id, a UUID.

        Raises:
            ValueError: an id belongs to another kind of resource.
            NotFoundError: a bank account does not exist; nothing was created.
            ValidationError: the server refused the request.
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
        """List payment service users, newest first; iteration follows the cursor to the end.

        Args:
            page_size: Items per page, 15 by default; the server limits it to 100.
            cursor: The `next` of an earlier page, to continue after it; not allowed with other arguments.
            query: A filter, such as `filters.payment_service_users.metadata["team"].match("a")`; or the
                server's own language.

        Raises:
            ValueError: the server would misunderstand an argument.
            PaymentsError: while iterating, a page could not be fetched; resume from its `cursor`.

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
            ValueError: the id belongs to another kind of resource.
            NotFoundError: it does not exist.
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
        """Delete a payment service user; return the id of the task that does it.

        Raises:
            ValueError: the id belongs to another kind of resource.
            NotFoundError: it does not exist.
            OutcomeUnknownError: it may have been started; fetch the user to find out.
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
            ValueError: an id belongs to another kind of resource.
            NotFoundError: the user or the connector does not exist.
            ValidationError: the provider has the user already.
            OutcomeUnknownError: it may have happened; calling again is safe.
            PaymentsError: the call failed otherwise. If the provider has no open banking, that is a
                `ServerError`.

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
        """Give a bank account to a user; it is taken from its user, if it has one.

        Raises:
            ValueError: an id belongs to another kind of resource.
            NotFoundError: the bank account does not exist.
            ValidationError: the user does not exist.
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
        """Create a user's bank account at a connector's provider; return the id of the task that does it.

        Raises:
            ValueError: an id belongs to another kind of resource.
            NotFoundError: the user, the bank account or the connector does not exist.
            OutcomeUnknownError: it may have been started; fetch the bank account to find out.
            PaymentsError: the call failed otherwise. If the provider does not accept bank accounts, the task fails.

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
