"""Accounts held at payment providers, and their balances."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from payments_async.filters import AccountColumn, BalanceColumn, Filter, Sort
from payments_async.models import Account, AccountBalance, AccountRequest, AccountType
from payments_async.operations.base import Operations, checked, filter_text, sort_texts
from payments_async.operations.ensure import ensured, or_none
from payments_async.operations.ids import referenced_id
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
        sort: Sort[AccountColumn] | str | Sequence[Sort[AccountColumn] | str] | None = None,
        query: Filter[Account] | str | Mapping[str, Any] | None = None,
    ) -> Pages[Account]:
        """List accounts, newest first; iteration follows the cursor to the end.

        Args:
            page_size: Items per page, 15 by default; the server limits it to 100.
            cursor: The `next` of an earlier page, to continue after it; not allowed with other arguments.
            sort: `asc("created_at")`, `desc("account_name")`, or several of them; or the server's own `column:asc`.
            query: A filter, such as `filters.accounts.reference.match("acct_1")`; or the server's own language.

        Raises:
            ValueError: the server would misunderstand an argument.
            PaymentsError: while iterating, a page could not be fetched; resume from its `cursor`.

        Route: `GET /accounts`
        """
        return self._pages(
            Call(
                "list_accounts",
                "GET",
                "/accounts",
                page_of(Account),
                query={
                    "pageSize": page_size,
                    "cursor": cursor,
                    "sort": sort_texts(sort, AccountColumn),
                    "query": filter_text(query, Account),
                },
            )
        )

    async def get_account(self, account_id: str) -> Account:
        """Fetch one account.

        Raises:
            NotFoundError: it does not exist.
            PaymentsError: the call failed otherwise.

        Route: `GET /accounts/{accountId}`
        """
        return await self._run(
            Call("get_account", "GET", "/accounts/{accountId}", one(Account), ids={"accountId": account_id})
        )

    async def create_account(self, request: AccountRequest) -> Account:
        """Record an account. If the connector already has an account with this `reference`, it is updated.

        Args:
            request: The server also needs an `account_name`; `created_at` needs a time zone.

        Raises:
            ValidationError: the server refused the request.
            OutcomeUnknownError: it may have been recorded; `ensure_account` finds out.
            PaymentsError: the call failed otherwise.

        Route: `POST /accounts`
        """
        return await self._run(
            Call("create_account", "POST", "/accounts", one(Account), body=checked(AccountRequest, request))
        )

    async def ensure_account(self, request: AccountRequest) -> Account:
        """Record an account unless it exists already; safe to call again after any failure.

        The account's id follows from the request. The method fetches the account by that id, records the account if it
        does not exist, fetches it again and compares.

        Raises:
            ValueError: `connector_id` is not a valid id.
            ConflictError: the connector has a different account with this reference; `fields` names the differences.
            PaymentsError: a call failed. Calling again is safe.

        Routes: `GET /accounts/{accountId}`, `POST /accounts`
        """
        account_id = referenced_id(request.connector_id, request.reference)
        # The server returns accounts of this type with another type.
        kind = AccountType.EXTERNAL if request.type == AccountType.EXTERNAL_FORMANCE else request.type
        return await ensured(
            "ensure_account",
            request.reference,
            find=lambda: or_none(self.get_account(account_id)),
            create=lambda: self.create_account(request),
            fields=lambda found: (
                ("created_at", request.created_at, found.created_at),
                ("type", kind, found.type),
                ("account_name", request.account_name, found.account_name),
                ("default_asset", request.default_asset or "", found.default_asset),
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
        limit: int | None = None,
        page_size: int | None = None,
        cursor: str | None = None,
        sort: Sort[BalanceColumn] | str | Sequence[Sort[BalanceColumn] | str] | None = None,
    ) -> Pages[AccountBalance]:
        """List an account's balances over time, newest first; the list is empty for an unknown account.

        Args:
            account_id: The account.
            asset: Only this asset, such as `USD/2`.
            from_: Only balances that were last seen at this time or later.
            to: Only balances that were first seen at this time or earlier; now by default.
            limit: Items per page, instead of `page_size` and without its limit of 100.
            page_size: Items per page, 15 by default; the server limits it to 100.
            cursor: The `next` of an earlier page, to continue after it; not allowed with other filters.
            sort: `asc("created_at")`, `desc("balance")`, or several of them; or the server's own `column:asc`.

        Raises:
            ValueError: the server would misunderstand an argument, such as a time without a time zone.
            PaymentsError: while iterating, a page could not be fetched; resume from its `cursor`.

        Route: `GET /accounts/{accountId}/balances`
        """
        return self._pages(
            Call(
                "get_account_balances",
                "GET",
                "/accounts/{accountId}/balances",
                page_of(AccountBalance),
                ids={"accountId": account_id},
                query={
                    "limit": limit,
                    "asset": asset,
                    "from": from_,
                    "to": to,
                    "pageSize": page_size,
                    "cursor": cursor,
                    "sort": sort_texts(sort, BalanceColumn),
                },
            )
        )
