"""Accounts held at payment providers, and their balances."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from payments_async.filters import Filter
from payments_async.operations.base import checked, filter_text
from payments_async.operations.ensure import ensured, or_none
from payments_async.operations.ids import referenced_id
from payments_async.v3.models import Account, Balance, CreateAccountRequest
from payments_async.v3.operations.base import Operations
from payments_async.wire.call import Call
from payments_async.wire.codec import one, page_of
from payments_async.wire.pages import Pages


class Accounts(Operations):
    """Accounts held at payment providers, and their balances."""

    def list_accounts(
        self,
        *,
        page_size: int | None = None,
        cursor: str | None = None,
        query: Filter[Account] | str | Mapping[str, Any] | None = None,
    ) -> Pages[Account]:
        """List accounts, newest first; iteration follows the cursor to the end.

        Args:
            page_size: Items per page, 15 by default; the server limits it to 100.
            cursor: The `next` of an earlier page, to continue after it; not allowed with other arguments.
            query: A filter, such as `filters.accounts.reference.match("acct_1")`; or the server's own language.

        Raises:
            ValueError: the server would misunderstand an argument.
            PaymentsError: while iterating, a page could not be fetched; resume from its `cursor`.

        Route: `GET /v3/accounts`
        """
        return self._pages(
            Call(
                "list_accounts",
                "GET",
                "/v3/accounts",
                page_of(Account),
                query={"pageSize": page_size, "cursor": cursor, "query": filter_text(query, Account)},
            )
        )

    async def get_account(self, account_id: str) -> Account:
        """Fetch one account.

        Raises:
            ValueError: the id belongs to another kind of resource.
            NotFoundError: it does not exist.
            PaymentsError: the call failed otherwise.

        Route: `GET /v3/accounts/{accountID}`
        """
        return await self._run(
            Call("get_account", "GET", "/v3/accounts/{accountID}", one(Account), ids={"accountID": account_id})
        )

    async def create_account(self, request: CreateAccountRequest) -> Account:
        """Record an account; nothing changes if the connector has one with this `reference` already.

        Args:
            request: `created_at` has a time zone; `default_asset` has its exponent, as in `USD/2`.

        Returns:
            The stored account, which may differ from the request.

        Raises:
            ValueError: an id belongs to another kind of resource, an asset has no exponent, or a time has no time zone.
            ValidationError: the server refused the request, such as for a connector that does not accept accounts.
            OutcomeUnknownError: it may have been recorded; calling again is safe.
            PaymentsError: the call failed otherwise.

        Route: `POST /v3/accounts`
        """
        return await self._run(
            Call("create_account", "POST", "/v3/accounts", one(Account), body=checked(CreateAccountRequest, request))
        )

    async def ensure_account(self, request: CreateAccountRequest) -> Account:
        """Record an account unless it exists already; safe to call again after any failure.

        The account's id follows from the request. The method fetches the account by that id, records the account if it
        does not exist, fetches it again and compares.

        Raises:
            ValueError: the server would refuse the request, or `connector_id` is not a valid id.
            ConflictError: the connector has a different account with this reference; `fields` names the differences.
            PaymentsError: a call failed. Calling again is safe.

        Routes: `GET /v3/accounts/{accountID}`, `POST /v3/accounts`
        """
        account_id = referenced_id(checked(CreateAccountRequest, request).connector_id, request.reference)
        return await ensured(
            "ensure_account",
            request.reference,
            find=lambda: or_none(self.get_account(account_id)),
            create=lambda: self.create_account(request),
            fields=lambda found: (
                ("created_at", request.created_at, found.created_at),
                ("type", request.type, found.type),
                ("account_name", request.account_name, found.name),
                ("default_asset", request.default_asset or "", found.default_asset or ""),
                ("metadata", request.metadata or {}, found.metadata),
            ),
        )

    def get_account_balances(
        self,
        account_id: str,
        *,
        asset: str | None = None,
        from_: datetime | None = None,
        to: datetime | None = None,
        page_size: int | None = None,
        cursor: str | None = None,
    ) -> Pages[Balance]:
        """List an account's balances over time, newest first; the list is empty for an unknown account.

        Args:
            account_id: The account.
            asset: Only this asset, such as `USD/2`.
            from_: Only balances that were last seen at this time or later.
            to: Only balances that were first seen at this time or earlier; now by default.
            page_size: Items per page, 15 by default; the server limits it to 100.
            cursor: The `next` of an earlier page, to continue after it; not allowed with other arguments.

        Raises:
            ValueError: the server would misunderstand an argument, such as a time without a time zone.
            PaymentsError: while iterating, a page could not be fetched; resume from its `cursor`.

        Route: `GET /v3/accounts/{accountID}/balances`
        """
        return self._pages(
            Call(
                "get_account_balances",
                "GET",
                "/v3/accounts/{accountID}/balances",
                page_of(Balance),
                ids={"accountID": account_id},
                query={"asset": asset, "from": from_, "to": to, "pageSize": page_size, "cursor": cursor},
            )
        )
