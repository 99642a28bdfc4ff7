"""Pools: sets of accounts whose balances are added up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from payments_async.filters import Filter
from payments_async.operations.base import checked, filter_text, filter_value
from payments_async.operations.ensure import ensured, with_name
from payments_async.v3.models import Account, CreatePoolRequest, Pool, PoolBalance, PoolType, UpdatePoolQueryRequest
from payments_async.v3.operations.base import Operations
from payments_async.wire.call import Call
from payments_async.wire.codec import nothing, one, page_of
from payments_async.wire.pages import Pages


class Pools(Operations):
    """Pools: sets of accounts whose balances are added up.

    A static pool contains the accounts added to it; a dynamic one the accounts that match its filter at the time.
    """

    def list_pools(
        self,
        *,
        page_size: int | None = None,
        cursor: str | None = None,
        query: Filter[Pool] | str | Mapping[str, Any] | None = None,
    ) -> Pages[Pool]:
        """List pools, newest first; iteration follows the cursor to the end.

        Args:
            page_size: Items per page, 15 by default; the server limits it to 100.
            cursor: The `next` of an earlier page, to continue after it; not allowed with other arguments.
            query: A filter, such as `filters.pools.name.match("Treasury")`; or the server's own language.

        Raises:
            ValueError: the server would misunderstand an argument.
            PaymentsError: while iterating, a page could not be fetched; resume from its `cursor`.

        Route: `GET /v3/pools`
        """
        return self._pages(
            Call(
                "list_pools",
                "GET",
                "/v3/pools",
                page_of(Pool),
                query={"pageSize": page_size, "cursor": cursor, "query": filter_text(query, Pool)},
            )
        )

    async def get_pool(self, pool_id: str) -> Pool:
        """Fetch one pool.

        Raises:
            ValueError: the id belongs to another kind of resource.
            NotFoundError: it does not exist.
            PaymentsError: the call failed otherwise.

        Route: `GET /v3/pools/{poolID}`
        """
        return await self._run(Call("get_pool", "GET", "/v3/pools/{poolID}", one(Pool), ids={"poolID": pool_id}))

    async def create_pool(self, request: CreatePoolRequest) -> str:
        """Create a static pool of given accounts or a dynamic pool of those matching a filter; return its id, a UUID.

        Args:
            request: Has either `account_ids`, or a `query` such as
                `filters.accounts.type.match("INTERNAL").expression`.

        Raises:
            ValueError: it has both (the server would ignore one) or neither, or an id belongs to another kind of
                resource.
            ConflictError: a pool with this name exists already.
            NotFoundError: an account does not exist.
            ValidationError: the server refused the request, such as for an external account.
            OutcomeUnknownError: it may have been created; `ensure_pool` finds out.
            PaymentsError: the call failed otherwise.

        Route: `POST /v3/pools`
        """
        return await self._run(Call("create_pool", "POST", "/v3/pools", one(str), body=_creatable(request)))

    async def ensure_pool(self, request: CreatePoolRequest) -> Pool:
        """Create a pool unless it exists already; safe to call again after any failure.

        Names are unique. The method looks for a pool with this name, creates it if there is none, looks again and
        compares.

        Args:
            request: As that of `create_pool`.

        Raises:
            ValueError: the server would refuse the request.
            ConflictError: there is a different pool with this name; `fields` names the differences.
            PaymentsError: a call failed. Calling again is safe.

        Routes: `GET /v3/pools`, `POST /v3/pools`
        """
        # The accounts of a dynamic pool are those that match its filter at the time.
        accounts = None if _creatable(request).query else {*(request.account_ids or ())}
        named = self.list_pools(page_size=100, query={"$match": {"name": request.name}})
        return await ensured(
            "ensure_pool",
            request.name,
            find=lambda: with_name(named, request.name),
            create=lambda: self.create_pool(request),
            fields=lambda found: (
                ("query", request.query or {}, found.query),
                ("account_ids", accounts, None if found.type == PoolType.DYNAMIC else {*found.pool_accounts}),
            ),
        )

    async def delete_pool(self, pool_id: str) -> None:
        """Delete a pool; nothing happens if it does not exist.

        Raises:
            ValueError: the id belongs to another kind of resource.
            PaymentsError: the call failed.

        Route: `DELETE /v3/pools/{poolID}`
        """
        await self._run(Call("delete_pool", "DELETE", "/v3/pools/{poolID}", nothing, ids={"poolID": pool_id}))

    async def update_pool_query(self, pool_id: str, query: Filter[Account] | Mapping[str, Any]) -> None:
        """Replace the filter of a dynamic pool.

        Args:
            pool_id: The pool.
            query: A filter of accounts, such as `filters.accounts.type.match("INTERNAL")`; or the server's own
                language.

        Raises:
            ValueError: the filter is not one of accounts, or the id belongs to another kind of resource.
            NotFoundError: the pool does not exist.
            ValidationError: the pool is static, or a key is unknown to the server.
            PaymentsError: the call failed otherwise.

        Route: `PATCH /v3/pools/{poolID}/query`
        """
        await self._run(
            Call(
                "update_pool_query",
                "PATCH",
                "/v3/pools/{poolID}/query",
                nothing,
                ids={"poolID": pool_id},
                body=UpdatePoolQueryRequest(query=filter_value(query, Account)),
                idempotent=True,
            )
        )

    async def get_pool_balances(self, pool_id: str, at: datetime) -> list[PoolBalance]:
        """Add up the balances of a pool's accounts at a time, per asset, in no particular order.

        The list is empty for a time after the provider was last polled: use `get_pool_balances_latest` for the latest.

        Args:
            pool_id: The pool.
            at: The time, with a time zone, not in the future.

        Raises:
            ValueError: the time has no time zone, or the id belongs to another kind of resource.
            NotFoundError: the pool does not exist.
            ValidationError: the time is in the future.
            PaymentsError: the call failed otherwise.

        Route: `GET /v3/pools/{poolID}/balances`
        """
        return await self._run(
            Call(
                "get_pool_balances",
                "GET",
                "/v3/pools/{poolID}/balances",
                one(list[PoolBalance]),
                ids={"poolID": pool_id},
                query={"at": at},
            )
        )

    async def get_pool_balances_latest(self, pool_id: str) -> list[PoolBalance]:
        """Add up the latest balances of a pool's accounts, per asset, in no particular order.

        Raises:
            ValueError: the id belongs to another kind of resource.
            NotFoundError: the pool does not exist.
            PaymentsError: the call failed otherwise.

        Route: `GET /v3/pools/{poolID}/balances/latest`
        """
        return await self._run(
            Call(
                "get_pool_balances_latest",
                "GET",
                "/v3/pools/{poolID}/balances/latest",
                one(list[PoolBalance]),
                ids={"poolID": pool_id},
            )
        )

    async def add_account_to_pool(self, pool_id: str, account_id: str) -> None:
        """Add an account to a static pool; nothing happens if it is in it already.

        Raises:
            ValueError: an id belongs to another kind of resource.
            NotFoundError: the pool or the account does not exist.
            ValidationError: the pool is dynamic, or the account is external.
            OutcomeUnknownError: it may have been added; calling again is safe.
            PaymentsError: the call failed otherwise.

        Route: `POST /v3/pools/{poolID}/accounts/{accountID}`
        """
        await self._run(
            Call(
                "add_account_to_pool",
                "POST",
                "/v3/pools/{poolID}/accounts/{accountID}",
                nothing,
                ids={"poolID": pool_id, "accountID": account_id},
            )
        )

    async def remove_account_from_pool(self, pool_id: str, account_id: str) -> None:
        """Remove an account from a static pool; nothing happens if it is not in it.

        Raises:
            ValueError: an id belongs to another kind of resource.
            NotFoundError: the pool or the account does not exist.
            ValidationError: the pool is dynamic.
            PaymentsError: the call failed otherwise.

        Route: `DELETE /v3/pools/{poolID}/accounts/{accountID}`
        """
        await self._run(
            Call(
                "remove_account_from_pool",
                "DELETE",
                "/v3/pools/{poolID}/accounts/{accountID}",
                nothing,
                ids={"poolID": pool_id, "accountID": account_id},
            )
        )


def _creatable(request: CreatePoolRequest) -> CreatePoolRequest:
    """The request, which must be of this class and be for one kind of pool."""
    given = checked(CreatePoolRequest, request)
    if (given.account_ids is None) is (given.query is None):
        raise ValueError("a pool has either account_ids or a query: give one of them")
    return given
