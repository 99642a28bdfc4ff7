"""Pools: static or dynamic, and their balances."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from payments_async import PaymentsClient
from payments_async.v3 import filters
from payments_async.v3.models import CreatePoolRequest
from tests.v3.conftest import Canned
from tests.v3.ids import ACCOUNT, OTHER_ACCOUNT, UUID

GOLD = filters.accounts.metadata["tier"].match("gold").expression


@pytest.mark.parametrize(
    ("request_", "sent"),
    [
        (CreatePoolRequest(name="p", account_ids=[ACCOUNT]), f'{{"name":"p","accountIDs":["{ACCOUNT}"]}}'),
        (CreatePoolRequest(name="p", account_ids=[]), '{"name":"p","accountIDs":[]}'),
        (CreatePoolRequest(name="p", query=GOLD), '{"name":"p","query":{"$match":{"metadata[tier]":"gold"}}}'),
        (CreatePoolRequest(name="p", query={}), '{"name":"p","query":{}}'),
    ],
    ids=repr,
)
async def test_a_pool_is_known_by_its_id(
    client: PaymentsClient, canned: Canned, request_: CreatePoolRequest, sent: str
) -> None:
    canned.will_answer(201, {"data": UUID})
    assert await client.v3.pools.create_pool(request_) == UUID
    assert canned.requests[0].body == sent.encode()


@pytest.mark.parametrize("given", [{}, {"account_ids": [ACCOUNT], "query": GOLD}], ids=str)
async def test_a_pool_is_either_static_or_dynamic(client: PaymentsClient, canned: Canned, given: Any) -> None:
    with pytest.raises(ValueError, match="a pool has either account_ids or a query: give one of them"):
        await client.v3.pools.create_pool(CreatePoolRequest(name="p", **given))
    assert canned.requests == []


async def test_balances_at_a_time_need_the_time(client: PaymentsClient, canned: Canned) -> None:
    canned.will_answer(200, {"data": [{"asset": "EUR/2", "amount": -115, "relatedAccounts": [ACCOUNT]}]})
    at = datetime(2026, 3, 1, tzinfo=UTC)
    (balance,) = await client.v3.pools.get_pool_balances(UUID, at)
    assert (balance.asset, balance.amount, balance.related_accounts) == ("EUR/2", -115, [ACCOUNT])
    assert canned.query == {"at": "2026-03-01T00:00:00Z"}
    assert await client.v3.pools.get_pool_balances_latest(UUID) == [balance]
    assert (canned.path, canned.query) == (f"/v3/pools/{UUID}/balances/latest", {})
    without: Any = client.v3.pools.get_pool_balances
    with pytest.raises(TypeError):
        await without(UUID)
    for time in (None, "2026-03-01T00:00:00Z"):
        with pytest.raises(ValueError, match="give a time with a time zone"):
            await without(UUID, time)
    assert len(canned.requests) == 2


@pytest.mark.parametrize("verb", ["POST", "DELETE"])
async def test_an_account_stands_in_the_path(client: PaymentsClient, canned: Canned, verb: str) -> None:
    pools = client.v3.pools
    await (pools.add_account_to_pool if verb == "POST" else pools.remove_account_from_pool)(UUID, OTHER_ACCOUNT)
    assert (canned.requests[0].method, canned.path) == (verb, f"/v3/pools/{UUID}/accounts/{OTHER_ACCOUNT}")
    assert canned.requests[0].body is None
