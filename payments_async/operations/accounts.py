"""Accounts held at payment providers, and their balances."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from payments_async.models import Account, AccountBalance, AccountRequest
from payments_async.operations.base import Operations, filter_text
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
        sort: str | Sequence[str] | None = None,
        query: str | Mapping[str, Any] | None = None,
    ) -> Pages[Account]:
        """List accounts, newest first, following the cursor to the end.

        Args:
            page_size: Items a page, 15 unless given; the server caps it at 100.
            cursor: Where to go on: the `next` of a page; excludes the other arguments.
            sort: `column:asc` or `column:desc`, one or several, such as `created_at:asc`.
            query: A filter, such as `{"$match": {"reference": "acct_1"}}`.

        Raises:
            ValueError: arguments that the server would misunderstand.
            PaymentsError: while walking; its `cursor` says where to go on.

        Route: `GET /accounts`
        """
        return self._pages(
            Call(
                "list_accounts",
                "GET",
                "/accounts",
                page_of(Account),
                query={"pageSize": page_size, "cursor": cursor, "sort": sort, "query": filter_text(query)},
            )
        )

    async def get_account(self, account_id: str) -> Account:
        """Fetch one account.

        Raises:
            NotFoundError: there is none.
            PaymentsError: the call failed otherwise.

        Route: `GET /accounts/{accountId}`
        """
        return await self._run(
            Call("get_account", "GET", "/accounts/{accountId}", one(Account), ids={"accountId": account_id})
        )

    async def create_account(self, request: AccountRequest) -> Account:
        """Record an account; one that has this `reference` on this connector already is updated.

        Args:
            request: The server needs an `account_name` too; `created_at` has a time zone.

        Raises:
            ValidationError: the server refuses it.
            OutcomeUnknownError: it may have been recorded; `ensure_account` finds out.
            PaymentsError: the call failed otherwise.

        Route: `POST /accounts`
        """
        return await self._run(Call("create_account", "POST", "/accounts", one(Account), body=request))

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
        sort: str | Sequence[str] | None = None,
    ) -> Pages[AccountBalance]:
        """List an account's balances over time, newest first; an unknown account has none.

        Args:
            account_id: The account.
            asset: Only this asset, such as `USD/2`.
            from_: Only balances that were last seen at this time or later.
            to: Only balances that were first seen at this time or earlier; now unless given.
            limit: Items a page in place of `page_size`, without the server's cap of 100.
            page_size: Items a page, 15 unless given; the server caps it at 100.
            cursor: Where to go on: the `next` of a page; excludes the other filters.
            sort: `column:asc` or `column:desc`, one or several, such as `created_at:asc`.

        Raises:
            ValueError: arguments that the server would misunderstand, such as a time without a time zone.
            PaymentsError: while walking; its `cursor` says where to go on.

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
                    "sort": sort,
                },
            )
        )
