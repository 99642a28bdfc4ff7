"""Pools: made, changed, summed up, and told apart from what the server refuses."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from payments_async import ConflictError, PaymentsClient
from payments_async.models import Pool, PoolBalances
from payments_async.sandbox import Sandbox
from payments_async.sandbox.ids import NIL

from .conftest import AT, BAD_BODY, INTERNAL, NO_ACCOUNT, NOT_FOUND, REFUSED, Refusal, account, both_duplicates, refused


@pytest.fixture
async def account_ids(client: PaymentsClient) -> list[str]:
    return [each.id async for each in client.accounts.list_accounts(page_size=100, sort="created_at:asc")]


async def listed(client: PaymentsClient) -> list[Pool]:
    return [each async for each in client.pools.list_pools()]


async def named(client: PaymentsClient, name: str) -> Pool:
    (found,) = [each for each in await listed(client) if each.name == name]
    return found


async def test_a_pool_holds_the_accounts_it_was_made_of(client: PaymentsClient, account_ids: list[str]) -> None:
    name = 'Europe & <Söhne> "1" \u2028 \U0001f4b6'
    created = await client.pools.create_pool(name, (each for each in account_ids[:3]))
    assert created == Pool(id=created.id, name=name, accounts=account_ids[:3])
    found = await client.pools.get_pool(created.id)
    assert (found.name, sorted(found.accounts)) == (name, sorted(account_ids[:3]))
    assert (await listed(client))[0] == found
    for account_id in account_ids[:4]:
        pools = (await client.accounts.get_account(account_id)).pools
        assert (created.id in pools) is (account_id != account_ids[3])


async def test_accounts_come_and_go(client: PaymentsClient, account_ids: list[str]) -> None:
    pool = await client.pools.create_pool("Europe", account_ids[:1])
    await client.pools.add_account_to_pool(pool.id, account_ids[1])
    assert sorted((await client.pools.get_pool(pool.id)).accounts) == sorted(account_ids[:2])
    # An account that is not in the pool counts as removed, and so does one that does not exist.
    for account_id in (account_ids[0], account_ids[0], account_ids[2], NO_ACCOUNT):
        await client.pools.remove_account_from_pool(pool.id, account_id)
    assert (await client.pools.get_pool(pool.id)).accounts == [account_ids[1]]
    await client.pools.remove_account_from_pool(pool.id, account_ids[1])
    assert await client.pools.get_pool(pool.id) == Pool(id=pool.id, name="Europe", accounts=[])


async def test_a_deleted_pool_is_gone_and_its_name_free(client: PaymentsClient, account_ids: list[str]) -> None:
    pool = await client.pools.create_pool("Europe", account_ids[:1])
    before = await listed(client)
    await client.pools.delete_pool(pool.id)
    assert await refused(client.pools.get_pool, pool.id) == NOT_FOUND
    assert await listed(client) == before[1:]
    assert pool.id not in (await client.accounts.get_account(account_ids[0])).pools
    # What is not there is deleted already.
    await client.pools.delete_pool(pool.id)
    assert (await client.pools.create_pool("Europe", account_ids[:1])).id != pool.id


@both_duplicates
async def test_a_name_is_used_once(client: PaymentsClient, account_ids: list[str], duplicate: Refusal) -> None:
    created = await client.pools.create_pool("Europe", account_ids[:1])
    assert await refused(client.pools.create_pool, "Europe", account_ids[1:2]) == duplicate
    assert await named(client, "Europe") == created


@both_duplicates
async def test_an_account_is_in_a_pool_once(client: PaymentsClient, account_ids: list[str], duplicate: Refusal) -> None:
    created = await client.pools.create_pool("Europe", account_ids[:1])
    assert await refused(client.pools.add_account_to_pool, created.id, account_ids[0]) == duplicate
    assert await client.pools.get_pool(created.id) == created


@both_duplicates
async def test_an_account_that_is_named_twice_leaves_an_empty_pool(
    client: PaymentsClient, account_ids: list[str], duplicate: Refusal
) -> None:
    assert await refused(client.pools.create_pool, "Europe", account_ids[:1] * 2) == duplicate
    assert (await named(client, "Europe")).accounts == []


@pytest.mark.parametrize(("account_id", "refusal"), [("!", REFUSED), (NO_ACCOUNT, INTERNAL)], ids=str)
async def test_a_refused_account_leaves_an_empty_pool_that_must_be_deleted(
    client: PaymentsClient, account_ids: list[str], account_id: str, refusal: Refusal
) -> None:
    assert await refused(client.pools.create_pool, "Europe", [account_ids[0], account_id]) == refusal
    with pytest.raises(ConflictError, match="duplicate key"):
        await client.pools.create_pool("Europe", account_ids[:1])
    left = await named(client, "Europe")
    assert left.accounts == []
    await client.pools.delete_pool(left.id)
    assert (await client.pools.create_pool("Europe", account_ids[:1])).accounts == account_ids[:1]


@pytest.mark.parametrize(("name", "members"), [("", [NO_ACCOUNT]), ("Europe", [])])
async def test_pools_that_are_refused_leave_nothing(client: PaymentsClient, name: str, members: Sequence[str]) -> None:
    before = await listed(client)
    assert await refused(client.pools.create_pool, name, members) == REFUSED
    assert await listed(client) == before


@pytest.mark.parametrize(
    ("path", "body", "refusal"),
    [
        ("/pools", None, BAD_BODY),
        ("/pools", [], BAD_BODY),
        ("/pools", {"name": 5}, BAD_BODY),
        ("/pools", {"accountIDs": "x"}, BAD_BODY),
        ("/pools", {"accountIDs": [5]}, BAD_BODY),
        ("/pools", {}, REFUSED),
        (f"/pools/{NIL}/accounts", None, BAD_BODY),
        (f"/pools/{NIL}/accounts", {"accountID": 5}, BAD_BODY),
        (f"/pools/{NIL}/accounts", {}, REFUSED),
    ],
    ids=str,
)
async def test_bodies_that_are_refused(client: PaymentsClient, path: str, body: Any, refusal: Refusal) -> None:
    assert await refused(client.request, "POST", path, body=body) == refusal


@pytest.mark.parametrize("pool_id", ["!", NIL[:-1], "1"])
async def test_ids_that_are_none(client: PaymentsClient, account_ids: list[str], pool_id: str) -> None:
    api = client.pools
    assert await refused(api.get_pool, pool_id) == REFUSED
    assert await refused(api.delete_pool, pool_id) == REFUSED
    assert await refused(api.add_account_to_pool, pool_id, account_ids[0]) == REFUSED
    assert await refused(api.remove_account_from_pool, pool_id, account_ids[0]) == REFUSED
    assert await refused(api.get_pool_balances, pool_id, AT) == REFUSED


async def test_pools_and_accounts_that_are_not_there(client: PaymentsClient, account_ids: list[str]) -> None:
    api, account_id = client.pools, account_ids[0]
    assert await refused(api.get_pool, NIL) == NOT_FOUND
    assert await refused(api.add_account_to_pool, NIL, account_id) == INTERNAL
    assert await refused(api.remove_account_from_pool, NIL, account_id) == NOT_FOUND
    assert await refused(api.get_pool_balances, NIL, AT) == NOT_FOUND
    pool = await api.create_pool("Europe", [account_id])
    assert await refused(api.add_account_to_pool, pool.id, NO_ACCOUNT) == INTERNAL
    for wrong in ("!", "e30x"):
        assert await refused(api.add_account_to_pool, pool.id, wrong) == REFUSED
        assert await refused(api.remove_account_from_pool, pool.id, wrong) == REFUSED
    assert await refused(api.add_account_to_pool, pool.id, "") == REFUSED
    assert await api.get_pool(pool.id) == pool


async def test_an_id_may_be_written_in_capitals(client: PaymentsClient, account_ids: list[str]) -> None:
    pool = await client.pools.create_pool("Europe", account_ids[:1])
    assert await client.pools.get_pool(pool.id.upper()) == pool


async def summed(client: PaymentsClient, account_ids: list[str], at: datetime) -> dict[str, int]:
    """What a pool of these accounts must have at a time, out of each account's own balances."""
    sums: Counter[str] = Counter()
    for account_id in account_ids:
        async for each in client.accounts.get_account_balances(account_id):
            if each.created_at <= at <= each.last_updated_at:
                sums[each.asset] += each.balance
    return dict(sums)


def by_asset(balances: PoolBalances) -> dict[str, int]:
    found = {each.asset: each.amount for each in balances.balances}
    assert len(found) == len(balances.balances)
    return found


FIRST = datetime.fromisoformat("2024-01-08T09:30:00Z")
"""When the made-up balances begin; each of an account's holds for a day less a second."""
INDIA = timezone(timedelta(hours=5, minutes=30))


@pytest.mark.parametrize(
    "at",
    [
        FIRST,
        FIRST.astimezone(INDIA),
        FIRST + timedelta(hours=12, microseconds=1),
        FIRST + timedelta(days=1, seconds=-1),
        FIRST + timedelta(days=1),
        (FIRST + timedelta(days=2)).astimezone(INDIA),
    ],
    ids=str,
)
async def test_balances_are_sums_at_a_time(client: PaymentsClient, account_ids: list[str], at: datetime) -> None:
    pool = await client.pools.create_pool("Europe", account_ids)
    balances = by_asset(await client.pools.get_pool_balances(pool.id, at))
    assert balances == await summed(client, account_ids, at)
    # Six currencies on thirteen accounts that have balances: some of them add up.
    assert len(balances) == 6


@pytest.mark.parametrize(
    "at", [FIRST - timedelta(microseconds=1), FIRST + timedelta(days=1, microseconds=-1), AT + timedelta(days=400)]
)
async def test_between_and_after_polls_there_are_no_balances(
    client: PaymentsClient, account_ids: list[str], at: datetime
) -> None:
    pool = await client.pools.create_pool("Europe", account_ids)
    assert (await client.pools.get_pool_balances(pool.id, at)).balances == []


async def test_an_account_that_was_never_polled_adds_nothing(
    client: PaymentsClient, connectors: dict[str, str], account_ids: list[str]
) -> None:
    new = await client.accounts.create_account(account(connectors["STRIPE"]))
    pool = await client.pools.create_pool("Europe", [new.id])
    assert (await client.pools.get_pool_balances(pool.id, FIRST)).balances == []
    await client.pools.add_account_to_pool(pool.id, account_ids[0])
    found = by_asset(await client.pools.get_pool_balances(pool.id, FIRST))
    assert found == await summed(client, account_ids[:1], FIRST) != {}


@pytest.mark.parametrize("query", [{}, {"at": "now"}, {"at": "2024-05-06"}], ids=str)
async def test_times_that_are_none(client: PaymentsClient, query: dict[str, str]) -> None:
    pool = (await listed(client))[0]
    assert await refused(client.request, "GET", f"/pools/{pool.id}/balances", query=query) == REFUSED


async def test_a_time_without_a_zone_is_not_even_sent(sandbox: Sandbox, client: PaymentsClient) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        await client.pools.get_pool_balances(NIL, AT.replace(tzinfo=None))
    assert sandbox.requests.total() == 0


async def test_the_accounts_of_an_uninstalled_connector_leave_their_pools(
    client: PaymentsClient, connectors: dict[str, str]
) -> None:
    ours = await client.accounts.create_account(account(connectors["STRIPE"]))
    other = await client.accounts.create_account(account(connectors["WISE"]))
    pool = await client.pools.create_pool("Europe", [ours.id, other.id])
    await client.connectors.uninstall_connector_v1("STRIPE", connectors["STRIPE"])
    assert (await client.pools.get_pool(pool.id)).accounts == [other.id]


async def test_pools_that_are_read_first_are_all_deleted(client: PaymentsClient, account_ids: list[str]) -> None:
    for number in range(45):
        await client.pools.create_pool(f"old {number}", account_ids[:1])
    async for each in client.pools.list_pools():
        await client.pools.delete_pool(each.id)
    assert len(await listed(client)) > 15  # each deletion moved the rest forward
    for each in [each async for each in client.pools.list_pools()]:
        await client.pools.delete_pool(each.id)
    assert await listed(client) == []
