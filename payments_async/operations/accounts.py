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
        """List accounts, newest first, following the cursor to the end.

        Args:
            page_size: Items a page, 15 unless given; the server caps it at 100.
            cursor: Where to go on: the `next` of a page; excludes the other arguments.
            sort: `asc("created_at")`, `desc("account_name")`, one or several; or `column:asc`, as the server has it.
            query: A filter, such as `filters.accounts.reference.match("acct_1")`; or the server's own language.

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
        return await self._run(
            Call("create_account", "POST", "/accounts", one(Account), body=checked(AccountRequest, request))
        )

    async def ensure_account(self, request: AccountRequest) -> Account:
        """Record an account unless it is there already; safe to call again after any failure.

        Looks for the account by the id that it has or will have, records it if there is none, reads it back and
        compares.

        Raises:
            ValueError: `connector_id` is no id.
            ConflictError: there is an account of this reference on this connector that differs; `fields` says in what.
            PaymentsError: a call failed. Calling again is safe.

        Routes: `GET /accounts/{accountId}`, `POST /accounts`
        """
        account_id = referenced_id(request.connector_id, request.reference)
        # The server shows this type of account as another when it is fetched.
        kind = AccountType.EXTERNAL if request.type == AccountType.EXTERNAL_FORMANCE else request.type
        return await ensured(
            "ensure_account",
            request.reference,
            find=lambda: or_none(self.get_account(account_id)),
            create=lambda: self.create_account(request),
            fields=lambda there: (
                ("created_at", request.created_at, there.created_at),
                ("type", kind, there.type),
                ("account_name", request.account_name, there.account_name),
                ("default_asset", request.default_asset or "", there.default_asset),
                ("metadata", request.metadata or {}, there.metadata),
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
        """List an account's balances over time, newest first; an unknown account has none.

        Args:
            account_id: The account.
            asset: Only this asset, such as `USD/2`.
            from_: Only balances that were last seen at this time or later.
            to: Only balances that were first seen at this time or earlier; now unless given.
            limit: Items a page in place of `page_size`, without the server's cap of 100.
            page_size: Items a page, 15 unless given; the server caps it at 100.
            cursor: Where to go on: the `next` of a page; excludes the other filters.
            sort: `asc("created_at")`, `desc("balance")`, one or several; or `column:asc`, as the server has it.

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
                    "sort": sort_texts(sort, BalanceColumn),
                },
            )
        )
