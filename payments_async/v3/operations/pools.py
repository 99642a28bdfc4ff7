"""Pools: sets of accounts whose balances are summed up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from payments_async.filters import Filter
from payments_async.operations.base import checked, filter_text, filter_value
from payments_async.v3.models import Account, CreatePoolRequest, Pool, PoolBalance, UpdatePoolQueryRequest
from payments_async.v3.operations.base import Operations
from payments_async.wire.call import Call
from payments_async.wire.codec import nothing, one, page_of
from payments_async.wire.pages import Pages


class Pools(Operations):
    """Pools: sets of accounts whose balances are summed up.

    A static pool has the accounts that it is given, a dynamic one those that its filter finds at any time.
    """

    def list_pools(
        self,
        *,
        page_size: int | None = None,
        cursor: str | None = None,
        query: Filter[Pool] | str | Mapping[str, Any] | None = None,
    ) -> Pages[Pool]:
        """List pools, newest first, following the cursor to the end.

        Args:
            page_size: Items a page, 15 unless given; the server caps it at 100.
            cursor: Where to go on: the `next` of a page; excludes the other arguments.
            query: A filter, such as `filters.pools.name.match("Treasury")`; or the server's own language.

        Raises:
            ValueError: arguments that the server would misunderstand.
            PaymentsError: while walking; its `cursor` says where to go on.

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
            ValueError: the id is of another kind.
            NotFoundError: there is none.
            PaymentsError: the call failed otherwise.

        Route: `GET /v3/pools/{poolID}`
        """
        return await self._run(Call("get_pool", "GET", "/v3/pools/{poolID}", one(Pool), ids={"poolID": pool_id}))

    async def create_pool(self, request: CreatePoolRequest) -> str:
        """Create a pool, of accounts that are named or of those that a filter finds; gives its id, a UUID.

        Args:
            request: Has `account_ids`, or a `query` such as `filters.accounts.type.match("INTERNAL").expression`.

        Raises:
            ValueError: it has both, of which the server would ignore one, or neither; an id is of another kind.
            ConflictError: there is a pool of this name.
            NotFoundError: there is no such account.
            ValidationError: the server refuses it, such as for an external account.
            OutcomeUnknownError: it may have been created; list the pools of this name to see.
            PaymentsError: the call failed otherwise.

        Route: `POST /v3/pools`
        """
        given = checked(CreatePoolRequest, request)
        if (given.account_ids is None) is (given.query is None):
            raise ValueError("a pool has either account_ids or a query: give one of them")
        return await self._run(Call("create_pool", "POST", "/v3/pools", one(str), body=given))

    async def delete_pool(self, pool_id: str) -> None:
        """Delete a pool; one that is not there counts as deleted.

        Raises:
            ValueError: the id is of another kind.
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
            ValueError: it filters something else than accounts, or the id is of another kind.
            NotFoundError: there is no such pool.
            ValidationError: the pool is static, or the server does not know a key.
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
        """Sum up the balances of a pool's accounts at a time, per asset, in no order.

        A time after the last poll of the provider gives nothing: `get_pool_balances_latest` has what was seen last.

        Args:
            pool_id: The pool.
            at: The time, with a time zone, not in the future.

        Raises:
            ValueError: the time has no time zone, or the id is of another kind.
            NotFoundError: there is no such pool.
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
        """Sum up the latest balances of a pool's accounts, per asset, in no order.

        Raises:
            ValueError: the id is of another kind.
            NotFoundError: there is no such pool.
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
        """Add an account to a static pool; one that is in it already counts as added.

        Raises:
            ValueError: an id is of another kind.
            NotFoundError: there is no such pool or account.
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
        """Remove an account from a static pool; one that is not in it counts as removed.

        Raises:
            ValueError: an id is of another kind.
            NotFoundError: there is no such pool or account.
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
