"""The connections of payment service users to banks, and the links with which users make and repair them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from payments_async.filters import Filter
from payments_async.operations.base import filter_text
from payments_async.v3.models import (
    Link,
    PaymentServiceUserConnection,
    PaymentServiceUserCreateLinkRequest,
    PaymentServiceUserLinkAttempt,
    PaymentServiceUserUpdateLinkRequest,
    StartedTask,
)
from payments_async.v3.operations.base import Operations
from payments_async.wire.call import Call
from payments_async.wire.codec import bare, one, page_of
from payments_async.wire.pages import Pages


class PaymentServiceUserConnections(Operations):
    """The operations on the connections of payment service users to banks."""

    __slots__ = ()

    def list_payment_service_user_connections(
        self,
        user_id: str,
        *,
        page_size: int | None = None,
        cursor: str | None = None,
        query: Filter[PaymentServiceUserConnection] | str | Mapping[str, Any] | None = None,
    ) -> Pages[PaymentServiceUserConnection]:
        """List a user's connections to banks, newest first.

        Args:
            user_id: The user.
            page_size: Items per page, 15 by default; the server limits it to 100.
            cursor: The `next` of an earlier page, to continue after it; not allowed with other arguments.
            query: A filter, such as `filters.payment_service_user_connections.status.match("ERROR")`; or the
                server's own language.

        Raises:
            ValueError: the server would misunderstand an argument.
            PaymentsError: while iterating, a page could not be fetched; resume from its `cursor`.

        Route: `GET /v3/payment-service-users/{paymentServiceUserID}/connections`
        """
        return self._pages(
            Call(
                "list_payment_service_user_connections",
                "GET",
                "/v3/payment-service-users/{paymentServiceUserID}/connections",
                page_of(PaymentServiceUserConnection),
                ids={"paymentServiceUserID": user_id},
                query={
                    "pageSize": page_size,
                    "cursor": cursor,
                    "query": filter_text(query, PaymentServiceUserConnection),
                },
            )
        )

    async def delete_payment_service_user_connector(self, user_id: str, connector_id: str) -> str:
        """Remove a user from a connector's provider; return the id of the task that does it.

        Raises:
            ValueError: an id belongs to another kind of resource.
            OutcomeUnknownError: it may have been started; list the user's connections to find out.
            PaymentsError: the call failed otherwise. If there is nothing to remove, the task fails.

        Route: `DELETE /v3/payment-service-users/{paymentServiceUserID}/connectors/{connectorID}`
        """
        started = await self._run(
            Call(
                "delete_payment_service_user_connector",
                "DELETE",
                "/v3/payment-service-users/{paymentServiceUserID}/connectors/{connectorID}",
                one(StartedTask),
                ids={"paymentServiceUserID": user_id, "connectorID": connector_id},
                idempotent=False,
            )
        )
        return started.task_id

    async def create_link_for_payment_service_user(
        self,
        user_id: str,
        connector_id: str,
        client_redirect_url: str,
        *,
        application_name: str | None = None,
        idempotency_key: str | None = None,
    ) -> Link:
        """Create a link with which a user connects a bank.

        Args:
            user_id: The user, who has been forwarded to the connector's provider.
            connector_id: The connector.
            client_redirect_url: Where the user is sent at the end.
            application_name: The name to show to the user.
            idempotency_key: A UUID that becomes the id of the attempt. A second call with it continues the same
                attempt, with a new link and the redirect URL of the first call.

        Raises:
            ValueError: an id belongs to another kind of resource.
            NotFoundError: the user has not been forwarded.
            ValidationError: the server refused the request, such as a key that is not a UUID.
            OutcomeUnknownError: it may have been created; calling again with the same key is safe.
            PaymentsError: the call failed otherwise.

        Route: `POST /v3/payment-service-users/{paymentServiceUserID}/connectors/{connectorID}/create-link`
        """
        return await self._run(
            Call(
                "create_link_for_payment_service_user",
                "POST",
                "/v3/payment-service-users/{paymentServiceUserID}/connectors/{connectorID}/create-link",
                bare(Link),
                ids={"paymentServiceUserID": user_id, "connectorID": connector_id},
                query={"Idempotency-Key": idempotency_key},
                body=PaymentServiceUserCreateLinkRequest(
                    application_name=application_name, client_redirect_url=client_redirect_url
                ),
            )
        )

    def list_payment_service_user_connections_from_connector_id(
        self,
        user_id: str,
        connector_id: str,
        *,
        page_size: int | None = None,
        cursor: str | None = None,
        query: Filter[PaymentServiceUserConnection] | str | Mapping[str, Any] | None = None,
    ) -> Pages[PaymentServiceUserConnection]:
        """List a user's connections through one connector, newest first.

        Args:
            user_id: The user.
            connector_id: The connector.
            page_size: Items per page, 15 by default; the server limits it to 100.
            cursor: The `next` of an earlier page, to continue after it; not allowed with other arguments.
            query: A filter, such as `filters.payment_service_user_connections.status.match("ERROR")`; or the
                server's own language.

        Raises:
            ValueError: the server would misunderstand an argument.
            PaymentsError: while iterating, a page could not be fetched; resume from its `cursor`.

        Route: `GET /v3/payment-service-users/{paymentServiceUserID}/connectors/{connectorID}/connections`
        """
        return self._pages(
            Call(
                "list_payment_service_user_connections_from_connector_id",
                "GET",
                "/v3/payment-service-users/{paymentServiceUserID}/connectors/{connectorID}/connections",
                page_of(PaymentServiceUserConnection),
                ids={"paymentServiceUserID": user_id, "connectorID": connector_id},
                query={
                    "pageSize": page_size,
                    "cursor": cursor,
                    "query": filter_text(query, PaymentServiceUserConnection),
                },
            )
        )

    def list_payment_service_user_link_attempts_from_connector_id(
        self,
        user_id: str,
        connector_id: str,
        *,
        page_size: int | None = None,
        cursor: str | None = None,
        query: Filter[PaymentServiceUserLinkAttempt] | str | Mapping[str, Any] | None = None,
    ) -> Pages[PaymentServiceUserLinkAttempt]:
        """List a user's attempts to connect through one connector, newest first.

        Args:
            user_id: The user.
            connector_id: The connector.
            page_size: Items per page, 15 by default; the server limits it to 100.
            cursor: The `next` of an earlier page, to continue after it; not allowed with other arguments.
            query: A filter, such as
                `filters.payment_service_user_link_attempts_from_connector_id.status.match("exited")`; or the server's
                own language.

        Raises:
            ValueError: the server would misunderstand an argument.
            PaymentsError: while iterating, a page could not be fetched; resume from its `cursor`.

        Route: `GET /v3/payment-service-users/{paymentServiceUserID}/connectors/{connectorID}/link-attempts`
        """
        return self._pages(
            Call(
                "list_payment_service_user_link_attempts_from_connector_id",
                "GET",
                "/v3/payment-service-users/{paymentServiceUserID}/connectors/{connectorID}/link-attempts",
                page_of(PaymentServiceUserLinkAttempt),
                ids={"paymentServiceUserID": user_id, "connectorID": connector_id},
                query={
                    "pageSize": page_size,
                    "cursor": cursor,
                    "query": filter_text(query, PaymentServiceUserLinkAttempt),
                },
            )
        )

    async def get_payment_service_user_link_attempt_from_connector_id(
        self, user_id: str, connector_id: str, attempt_id: str
    ) -> PaymentServiceUserLinkAttempt:
        """Fetch one attempt to connect, even if it is another user's.

        Raises:
            ValueError: an id belongs to another kind of resource.
            NotFoundError: it does not exist.
            PaymentsError: the call failed otherwise.

        Route: `GET /v3/payment-service-users/{paymentServiceUserID}/connectors/{connectorID}/link-attempts/{attemptID}`
        """
        return await self._run(
            Call(
                "get_payment_service_user_link_attempt_from_connector_id",
                "GET",
                "/v3/payment-service-users/{paymentServiceUserID}/connectors/{connectorID}/link-attempts/{attemptID}",
                one(PaymentServiceUserLinkAttempt),
                ids={"paymentServiceUserID": user_id, "connectorID": connector_id, "attemptID": attempt_id},
            )
        )

    async def delete_payment_service_user_connection_from_connector_id(
        self, user_id: str, connector_id: str, connection_id: str
    ) -> str:
        """Remove a user's connection to a bank; return the id of the task that does it.

        Raises:
            ValueError: an id belongs to another kind of resource.
            OutcomeUnknownError: it may have been started; list the user's connections to find out.
            PaymentsError: the call failed otherwise. If there is nothing to remove, the task fails.

        Route: `DELETE /v3/payment-service-users/{paymentServiceUserID}/connectors/{connectorID}/connections/{connectionID}`
        """  # noqa: E501 - a path stands as it is
        started = await self._run(
            Call(
                "delete_payment_service_user_connection_from_connector_id",
                "DELETE",
                "/v3/payment-service-users/{paymentServiceUserID}/connectors/{connectorID}/connections/{connectionID}",
                one(StartedTask),
                ids={"paymentServiceUserID": user_id, "connectorID": connector_id, "connectionID": connection_id},
                idempotent=False,
            )
        )
        return started.task_id

    async def update_link_for_payment_service_user_on_connector(
        self,
        user_id: str,
        connector_id: str,
        connection_id: str,
        client_redirect_url: str,
        *,
        application_name: str | None = None,
        idempotency_key: str | None = None,
    ) -> Link:
        """Create a link with which a user repairs a connection.

        The arguments are those of `create_link_for_payment_service_user`, plus the id of the connection.

        Raises:
            ValueError: an id belongs to another kind of resource.
            ValidationError: the server refused the request, such as a key that is not a UUID.
            OutcomeUnknownError: it may have been created; calling again with the same key is safe.
            PaymentsError: the call failed otherwise.

        Route: `POST /v3/payment-service-users/{paymentServiceUserID}/connectors/{connectorID}/connections/{connectionID}/update-link`
        """  # noqa: E501 - a path stands as it is
        return await self._run(
            Call(
                "update_link_for_payment_service_user_on_connector",
                "POST",
                "/v3/payment-service-users/{paymentServiceUserID}/connectors/{connectorID}/connections/{connectionID}/update-link",
                bare(Link),
                ids={"paymentServiceUserID": user_id, "connectorID": connector_id, "connectionID": connection_id},
                query={"Idempotency-Key": idempotency_key},
                body=PaymentServiceUserUpdateLinkRequest(
                    application_name=application_name, client_redirect_url=client_redirect_url
                ),
            )
        )
