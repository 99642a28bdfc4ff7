"""Accounts and their balances."""

from __future__ import annotations

from datetime import UTC, datetime

from payments_async import PaymentsClient
from tests.v3.conftest import Canned
from tests.v3.ids import OTHER_ACCOUNT


async def test_balances_are_asked_for_by_the_names_that_the_server_reads(
    client: PaymentsClient, canned: Canned
) -> None:
    canned.will_answer(200, {"cursor": {"pageSize": 5, "hasMore": False, "data": []}})
    since, until = (datetime(2026, 3, day, tzinfo=UTC) for day in (1, 2))
    balances = client.v3.accounts.get_account_balances(OTHER_ACCOUNT, asset="EUR/2", from_=since, to=until, page_size=5)
    assert (await balances.first()).page_size == 5
    assert canned.path == f"/v3/accounts/{OTHER_ACCOUNT}/balances"
    assert canned.query == {
        "asset": "EUR/2",
        "from": "2026-03-01T00:00:00Z",
        "to": "2026-03-02T00:00:00Z",
        "pageSize": "5",
    }


async def test_a_list_follows_its_cursor(client: PaymentsClient, canned: Canned) -> None:
    canned.will_answer(200, {"cursor": {"pageSize": 15, "hasMore": True, "next": "abc", "data": []}})
    walk = client.v3.accounts.list_accounts(page_size=5).by_page()
    await anext(walk)
    canned.will_answer(200, {"cursor": {"pageSize": 15, "hasMore": False, "data": []}})
    assert [page.data async for page in walk] == [[]]
    assert canned.query == {"cursor": "abc"}
