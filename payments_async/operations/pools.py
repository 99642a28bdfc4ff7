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
        """List pools, newest first, following the cursor to the end.

        Args:
            page_size: Items a page, 15 unless given; the server caps it at 100.
            cursor: Where to go on: the `next` of a page; excludes the other arguments.
            sort: `asc("created_at")`, `desc("name")`, one or several; or `column:asc`, as the server has it.
            query: A filter; the server checks its form and otherwise ignores it.

        Raises:
            ValueError: arguments that the server would misunderstand.
            PaymentsError: while walking; its `cursor` says where to go on.

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
            NotFoundError: there is none.
            PaymentsError: the call failed otherwise.

        Route: `GET /pools/{poolId}`
        """
        return await self._run(Call("get_pool", "GET", "/pools/{poolId}", one(Pool), ids={"poolId": pool_id}))

    async def create_pool(self, name: str, account_ids: Iterable[str]) -> Pool:
        """Create a pool of at least one account.

        A refused account leaves an empty pool that owns the name: find it in the list and delete it before trying
        again.

        Raises:
            ConflictError: there is a pool of this name, or an account is named twice.
            ValidationError: the server refuses it.
            OutcomeUnknownError: it may have been created.
            PaymentsError: the call failed otherwise. An unknown account is a `ServerError`.

        Route: `POST /pools`
        """
        request = PoolRequest(name=name, account_ids=_several(account_ids))
        return await self._run(Call("create_pool", "POST", "/pools", one(Pool), body=request))

    async def delete_pool(self, pool_id: str) -> None:
        """Delete a pool; one that is not there counts as deleted.

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
        """Remove an account from a pool; one that is not in it counts as removed.

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
        """Sum up the balances of a pool's accounts at a time, per asset, in no order.

        An account counts only from the first to the last time that its balance was seen, so a time after the last poll
        of the provider gives nothing.

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


def _several(account_ids: Iterable[str]) -> list[str]:
    if isinstance(account_ids, str):
        raise TypeError("account_ids is one string: give a list of account ids")
    return list(account_ids)
