"""Payments and accounts that come and go while the sandbox serves."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from payments_async.sandbox import Sandbox

from .conftest import Api, Start


async def listed(api: Api, name: str = "payments") -> list[Any]:
    return list((await api.get(f"/{name}?cursor=e30")).page["data"])


async def test_added_payments_are_listed_under_their_references(full: Api) -> None:
    before = full.sandbox.references()
    assert before == {row["reference"] for row in await listed(full)}
    added = full.sandbox.add_payments(150)
    rows = await listed(full)
    assert full.sandbox.references() == before | set(added) == {row["reference"] for row in rows}
    assert len(rows) == 300 + 150
    by_reference = {row["reference"]: row for row in rows}
    for row in (by_reference[reference] for reference in added[:20]):
        assert (await full.get(f"/payments/{row['id']}")).data == row
        assert row["provider"] in {each["provider"] for each in (await full.get("/connectors")).data}
    accounts = {row["id"] for row in await listed(full, "accounts")}
    ends = {by_reference[reference][end] for reference in added for end in ("sourceAccountID", "destinationAccountID")}
    assert "" in ends
    assert ends <= accounts | {""}


async def test_added_payments_sort_anywhere_by_reference_and_by_time(full: Api) -> None:
    added = set(full.sandbox.add_payments(40))
    for sort in ("reference:asc", "created_at:asc"):
        rows = (await full.call("GET", f"/payments?pageSize=100&sort={sort}")).page["data"]
        assert 2 < sum(row["reference"] in added for row in rows) < 38
    assert all(row["createdAt"] <= full.clock.now.isoformat() for row in await listed(full))


async def test_the_newest_are_later_than_all_others(full: Api) -> None:
    first, second = (full.sandbox.add_payments(3, newest=True) for _ in range(2))
    rows = (await full.get("/payments", pageSize="6")).page["data"]
    assert {row["reference"] for row in rows[:3]} == set(second)
    assert {row["reference"] for row in rows[3:]} == set(first)
    assert rows[-1]["createdAt"][:19] == full.clock.now.isoformat()[:19]


async def test_removed_payments_are_gone(full: Api) -> None:
    payment = await full.payment()
    before = full.sandbox.references()
    gone = [payment["reference"], *full.sandbox.add_payments(5)]
    assert full.sandbox.remove_payments([*gone, "unknown"]) == 6
    assert full.sandbox.remove_payments(gone) == 0
    assert full.sandbox.references() == before - set(gone)
    assert (await full.get(f"/payments/{payment['id']}")).code == (404, "NOT_FOUND")


async def test_what_arrives_depends_on_the_seed_and_what_arrived_before(start: Start) -> None:
    async def arrivals(seed: int) -> tuple[list[Any], list[str], list[str]]:
        api = await start(payments=20, seed=seed)
        api.sandbox.add_payments(10)
        accounts = api.sandbox.add_accounts(3)
        last = api.sandbox.add_payments(1)
        return await listed(api), accounts, last

    assert await arrivals(3) == await arrivals(3)
    assert (await arrivals(3))[1:] != (await arrivals(4))[1:]


async def test_after_a_restart_others_arrive(start: Start, tmp_path: Path) -> None:
    file = tmp_path / "sandbox.db"
    api = await start(payments=5, database=file)
    payments, accounts = api.sandbox.add_payments(5), api.sandbox.add_accounts(5)
    await api.sandbox.stop()
    again = (await start(database=file)).sandbox
    assert set(again.add_payments(5)).isdisjoint(payments)
    assert set(again.add_accounts(5)).isdisjoint(accounts)
    assert (len(again.references()), len(again.account_ids())) == (15, 22 + 10)


async def test_accounts_come_and_go_with_what_names_them(full: Api) -> None:
    before = full.sandbox.account_ids()
    assert before == {row["id"] for row in await listed(full, "accounts")}
    added = full.sandbox.add_accounts(30)
    newest = full.sandbox.add_accounts(1, newest=True)
    assert (await full.get("/accounts", pageSize="1")).page["data"][0]["id"] == newest[0]
    assert full.sandbox.account_ids() == before | {*added, *newest}
    assert full.sandbox.remove_accounts([*added, *newest]) == 31
    assert full.sandbox.account_ids() == before

    some = {row["sourceAccountID"] for row in await listed(full)} - {""}
    assert full.sandbox.remove_accounts(some) == len(some)
    rows = await listed(full)
    assert rows
    assert not any(row[end] in some for row in rows for end in ("sourceAccountID", "destinationAccountID"))
    assert not any(row["sourceAccountID"] in some for row in await listed(full, "transfer-initiations"))


async def test_nothing_and_less_than_nothing(start: Start) -> None:
    api = await start()
    assert api.sandbox.add_payments(0) == api.sandbox.add_accounts(0) == []
    for add in (api.sandbox.add_payments, api.sandbox.add_accounts):
        with pytest.raises(ValueError, match="install one first"):
            add(1)
        with pytest.raises(ValueError, match="count is -1"):
            add(-1)
    assert api.sandbox.references() == api.sandbox.account_ids() == set()


async def test_payments_without_accounts_arrive_from_nowhere(api: Api) -> None:
    api.sandbox.add_payments(20, newest=True)
    assert {row["sourceAccountID"] for row in await listed(api)} == {""}


def test_nothing_comes_or_goes_in_a_sandbox_that_is_not_started() -> None:
    sandbox = Sandbox(payments=1)
    for act in (sandbox.references, sandbox.account_ids, lambda: sandbox.add_payments(1)):
        with pytest.raises(RuntimeError, match="not started"):
            act()


async def test_rows_come_and_go_between_the_pages_of_a_drain(full: Api) -> None:
    """Those that are there throughout are met once each by keyset pages."""
    stay = full.sandbox.references()

    async def change() -> None:
        for _ in range(30):
            added = full.sandbox.add_payments(7)
            await asyncio.sleep(0)
            full.sandbox.remove_payments(added[:5])

    changing = asyncio.create_task(change())
    seen: list[str] = []
    last = " "
    while True:
        query = f'{{"$gt":{{"reference":"{last}"}}}}'
        rows = (await full.get("/payments", query=query, sort="reference:asc", pageSize="20")).page["data"]
        if not rows:
            break
        seen += [row["reference"] for row in rows]
        last = seen[-1]
    await changing
    assert len(set(seen)) == len(seen)
    assert stay <= set(seen)


@pytest.mark.parametrize("kind", ["payments", "accounts"])
async def test_the_control_routes(start: Start, kind: str) -> None:
    """From another process, without a token, uncounted and out of the reach of faults."""
    api = await start(payments=30, auth=True)

    async def control(method: str, body: Any = None) -> tuple[int, Any]:
        async with api.session.request(method, f"{api.sandbox.url}/_{kind}", json=body) as answer:
            return answer.status, await answer.json() if answer.content_type == "application/json" else None

    exist = api.sandbox.references if kind == "payments" else api.sandbox.account_ids
    assert await control("GET") == (200, sorted(exist()))
    status, added = await control("POST", {"count": 4})
    assert (status, len(added)) == (200, 4)
    status, newest = await control("POST", {"count": 1, "newest": True})
    assert set(added + newest) <= exist()
    assert await control("DELETE", [*added, "unknown"]) == (200, {"removed": 4})
    assert exist().isdisjoint(added)
    for wrong in (
        4,
        {},
        {"count": "4"},
        {"count": 1.5},
        {"count": -1},
        {"count": 1, "newest": 2},
        {"count": 1, "x": 1},
    ):
        status, answer = await control("POST", wrong)
        assert (status, set(answer)) == (400, {"error"})
    for other in ("pi_1", {"pi_1": 1}, [1], None):
        assert (await control("DELETE", other))[0] == 400
    assert (await control("PUT", []))[0] == 405
    assert not api.sandbox.requests
