"""Pools: sets of accounts whose balances are summed up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from payments_async.filters import PoolColumn, Sort
from payments_async.models import AddAccountToPoolRequest, Pool, PoolBalances, PoolRequest
from payments_async.operations.base import Operations, filter_text, sort_texts
from payments_async.wire.call import Call
from payments_async.wire.codec import nothing, one, page_of
from payments_async.wire.pages import Pages


class Pools(Operations):
    """Pools: sets of accounts whose balances are summed up."""

    def list_pools(
        self,
        *,
        page_size: int | None = None,
        cursor: str | None = None,
        sort: Sort[PoolColumn] | str | Sequence[Sort[PoolColumn] | str] | None = None,
        query: str | Mapping[str, Any] | None = None,
    ) -> Pages[Pool]:
        """List pools, newest first; iteration follows the cursor to the end.

        Args:
            page_size: Items per page, 15 by default; the server limits it to 100.
            cursor: The `next` of an earlier page, to continue after it; not allowed with other arguments.
            sort: `asc("created_at")`, `desc("name")`, or several of them; or the server's own `column:asc`.
            query: A filter; the server checks its syntax but ignores it.

        Raises:
            ValueError: the server would misunderstand an argument.
            PaymentsError: while iterating, a page could not be fetched; resume from its `cursor`.

        Route: `GET /pools`
        """
        return self._pages(
            Call(
                "list_pools",
                "GET",
                "/pools",
                page_of(Pool),
                query={
                    "pageSize": page_size,
                    "cursor": cursor,
                    "sort": sort_texts(sort, PoolColumn),
                    "query": filter_text(query, Pool),
                },
            )
        )

    async def get_pool(self, pool_id: str) -> Pool:
        """Fetch one pool.

        Raises:
            NotFoundError: it does not exist.
            PaymentsError: the call failed otherwise.

        Route: `GET /pools/{poolId}`
        """
        return await self._run(Call("get_pool", "GET", "/pools/{poolId}", one(Pool), ids={"poolId": pool_id}))

    async def create_pool(self, name: str, account_ids: Iterable[str]) -> Pool:
        """Create a pool of at least one account.

        If the server refuses an account, an empty pool with this name remains: find it in the list and delete it before
        you try again.

        Raises:
            ConflictError: there is a pool with this name, or an account is given twice.
            ValidationError: the server refused the request.
            OutcomeUnknownError: it may have been created.
            PaymentsError: the call failed otherwise. An unknown account is a `ServerError`.

        Route: `POST /pools`
        """
        request = PoolRequest(name=name, account_ids=_id_list(account_ids))
        return await self._run(Call("create_pool", "POST", "/pools", one(Pool), body=request, atomic=False))

    async def delete_pool(self, pool_id: str) -> None:
        """Delete a pool; it is no error if the pool does not exist.

        Raises:
            PaymentsError: the call failed.

        Route: `DELETE /pools/{poolId}`
        """
        await self._run(Call("delete_pool", "DELETE", "/pools/{poolId}", nothing, ids={"poolId": pool_id}))

    async def add_account_to_pool(self, pool_id: str, account_id: str) -> None:
        """Add an account to a pool.

        Raises:
            ConflictError: it is in the pool already.
            PaymentsError: the call failed otherwise. An unknown pool or account is a `ServerError`.

        Route: `POST /pools/{poolId}/accounts`
        """
        await self._run(
            Call(
                "add_account_to_pool",
                "POST",
                "/pools/{poolId}/accounts",
                nothing,
                ids={"poolId": pool_id},
                body=AddAccountToPoolRequest(account_id=account_id),
            )
        )

    async def remove_account_from_pool(self, pool_id: str, account_id: str) -> None:
        """Remove an account from a pool; it is no error if the account is not in the pool.

        Raises:
            NotFoundError: there is no such pool.
            PaymentsError: the call failed otherwise.

        Route: `DELETE /pools/{poolId}/accounts/{accountId}`
        """
        await self._run(
            Call(
                "remove_account_from_pool",
                "DELETE",
                "/pools/{poolId}/accounts/{accountId}",
                nothing,
                ids={"poolId": pool_id, "accountId": account_id},
            )
        )

    async def get_pool_balances(self, pool_id: str, at: datetime) -> PoolBalances:
        """Add up the balances of a pool's accounts at a time, per asset, in no particular order.

        A balance counts only from the first to the last time that the server saw it at the provider. So a time after
        the server's last poll of the provider gives no balances.

        Args:
            pool_id: The pool.
            at: The time, with a time zone.

        Raises:
            ValueError: the time has no time zone.
            NotFoundError: there is no such pool.
            PaymentsError: the call failed otherwise.

        Route: `GET /pools/{poolId}/balances`
        """
        return await self._run(
            Call(
                "get_pool_balances",
                "GET",
                "/pools/{poolId}/balances",
                one(PoolBalances),
                ids={"poolId": pool_id},
                query={"at": at},
            )
        )


def _id_list(account_ids: Iterable[str]) -> list[str]:
    if isinstance(account_ids, str):
        raise TypeError("account_ids is one string: give a list of account ids")
    return list(account_ids)
