"""Accounts and balances."""

import base64
import json
from typing import Any

import pytest

from payments_async.sandbox.ids import AccountID, ConnectorID

from .conftest import NOON, Api, Start

REFUSED = (400, "VALIDATION")


async def request(api: Api, **members: Any) -> dict[str, Any]:
    whole = {
        "reference": "acc",
        "connectorID": await api.connector("STRIPE"),
        "createdAt": "2025-01-01T00:00:00.123456789+01:00",
        "accountName": "Northwind Trading",
        "type": "INTERNAL",
        "defaultAsset": "EUR/2",
        "metadata": {"k": "v"},
    } | members
    return {name: value for name, value in whole.items() if value is not ...}


async def test_a_created_account(api: Api) -> None:
    sent = await request(api)
    created = (await api.post("/accounts", sent)).data
    assert created == sent | {
        "id": created["id"],
        "provider": "STRIPE",
        "defaultCurrency": "EUR/2",
        "pools": [],
        "raw": sent,
    }
    stored = (await api.get(f"/accounts/{created['id']}")).data
    assert stored == created | {"createdAt": "2024-12-31T23:00:00.123456Z"}
    assert (await api.get("/accounts")).page["data"] == [stored]


async def test_formance_accounts_are_shown_as_external_once_stored(api: Api) -> None:
    created = (await api.post("/accounts", await request(api, type="EXTERNAL_FORMANCE"))).data
    assert created["type"] == "EXTERNAL_FORMANCE"
    assert (await api.get(f"/accounts/{created['id']}")).data["type"] == "EXTERNAL"


async def test_the_same_reference_changes_the_account(api: Api) -> None:
    first = (await api.post("/accounts", await request(api))).data
    changes: dict[str, Any] = {"type": "EXTERNAL", "createdAt": "2025-02-02T00:00:00Z", "accountName": "Contoso"}
    second = (await api.post("/accounts", await request(api, **changes, defaultAsset="", metadata=...))).data
    assert (second["id"], second["type"], second["createdAt"]) == (first["id"], "EXTERNAL", "2025-02-02T00:00:00Z")
    stored = (await api.get(f"/accounts/{first['id']}")).data
    assert (stored["type"], stored["createdAt"]) == ("INTERNAL", "2024-12-31T23:00:00.123456Z")
    assert (stored["accountName"], stored["defaultAsset"], stored["metadata"]) == ("Contoso", "", None)
    assert stored["raw"] == second["raw"]


async def test_empty_metadata_stay_empty(api: Api) -> None:
    created = (await api.post("/accounts", await request(api, metadata={}))).data
    assert (await api.get(f"/accounts/{created['id']}")).data["metadata"] == {}


@pytest.mark.parametrize(
    "members",
    [{name: ...} for name in ("reference", "connectorID", "createdAt", "accountName", "type")]
    + [
        {"createdAt": "2027-01-01T00:00:00Z"},
        {"type": "UNKNOWN"},
        {"type": "internal"},
        {"connectorID": "!"},
        {"connectorID": str(ConnectorID("WISE"))},
    ],
)
async def test_what_is_refused(api: Api, members: dict[str, Any]) -> None:
    assert (await api.post("/accounts", await request(api, **members))).code == REFUSED


@pytest.mark.parametrize("body", ["", '{"metadata":{"k":1}}', '{"metadata":[]}', '{"accountName":1}'])
async def test_bodies_that_cannot_be_read(api: Api, body: str) -> None:
    assert (await api.post("/accounts", body)).code == (400, "MISSING_OR_INVALID_BODY")


async def test_getting_what_is_not_there(api: Api) -> None:
    assert (await api.get("/accounts/!")).code == REFUSED
    assert (await api.get(f"/accounts/{AccountID(ConnectorID('WISE'), 'x')}")).code == (404, "NOT_FOUND")


async def test_pools_of_an_account(api: Api) -> None:
    account = await api.account()
    pool = (await api.post("/pools", {"name": "p", "accountIDs": [account]})).data["id"]
    assert (await api.get(f"/accounts/{account}")).data["pools"] == [pool]
    again = await request(api, reference="account-1")
    assert (await api.post("/accounts", again)).data["pools"] == [pool]


@pytest.fixture
async def held(start: Start) -> tuple[Api, str]:
    """An account with ten balances, one a day from 2024-01-08T09:30 on, each until a second before the next."""
    api = await start(connectors=1, accounts=1, balances=10, tasks=0, awkward=True)
    return api, (await api.get("/accounts")).page["data"][0]["id"]


async def test_balances_are_intervals(held: tuple[Api, str]) -> None:
    api, account = held
    rows = (await api.get(f"/accounts/{account}/balances")).page["data"]
    assert len(rows) == 10
    assert list(rows[0]) == ["accountId", "createdAt", "lastUpdatedAt", "currency", "asset", "balance"]
    assert (rows[-1]["createdAt"], rows[-1]["lastUpdatedAt"]) == ("2024-01-08T09:30:00Z", "2024-01-09T09:29:59Z")
    assert rows[-1]["asset"] == rows[-1]["currency"]
    assert rows[-2]["balance"] > 10**29


@pytest.mark.parametrize(
    ("parameters", "count"),
    [
        ({"from": "2024-01-09T09:29:59Z"}, 10),
        ({"from": "2024-01-09T09:30:00Z"}, 9),
        ({"to": "2024-01-08T09:30:00Z"}, 1),
        ({"to": "2024-01-08T10:29:59+01:00"}, 0),
        ({"from": "2024-01-10T09:30:00Z", "to": "2024-01-11T09:30:00Z"}, 2),
        ({"asset": "EUR/2"}, 10),
        ({"asset": "eur/2"}, 0),
        ({"limit": "3"}, 3),
        ({"limit": "0"}, 10),
        ({"limit": "-1", "pageSize": "4"}, 4),
        ({"limit": "500", "pageSize": "4"}, 10),
    ],
)
async def test_balances_between(held: tuple[Api, str], parameters: dict[str, str], count: int) -> None:
    api, account = held
    page = (await api.get(f"/accounts/{account}/balances", **parameters)).page
    assert len(page["data"]) == count


async def test_limit_knows_no_cap(held: tuple[Api, str]) -> None:
    api, account = held
    assert (await api.get(f"/accounts/{account}/balances", limit="500")).page["pageSize"] == 500


@pytest.mark.parametrize(
    "parameters", [{"from": "yesterday"}, {"to": "2024-01-08"}, {"limit": "x"}, {"limit": "1.5"}, {"limit": "1_0"}]
)
async def test_bad_parameters_are_refused_cursor_or_not(held: tuple[Api, str], parameters: dict[str, str]) -> None:
    api, account = held
    path = f"/accounts/{account}/balances"
    cursor = (await api.get(path, pageSize="2")).page["next"]
    assert (await api.get(path, **parameters)).code == REFUSED
    assert (await api.get(path, **parameters, cursor=cursor)).code == REFUSED


async def test_the_cursor_carries_account_and_period(held: tuple[Api, str]) -> None:
    api, account = held
    path = f"/accounts/{account}/balances"
    page = (await api.get(path, pageSize="3", asset="EUR/2")).page
    token = json.loads(base64.urlsafe_b64decode(page["next"] + "=="))
    decoded = AccountID.parse(account)
    assert token["filters"]["options"] == {
        "AccountID": {
            "Reference": decoded.reference,
            "ConnectorID": {"Reference": decoded.connector.reference, "Provider": "STRIPE"},
        },
        "Currency": "EUR/2",
        "From": "0001-01-01T00:00:00Z",
        "To": f"{NOON:%Y-%m-%dT%H:%M:%S.%f}789Z",
    }
    # The cursor's own values win over path and parameters; only `limit` counts.
    other = AccountID(ConnectorID("WISE"), "other")
    next_page = (await api.get(f"/accounts/{other}/balances", cursor=page["next"], asset="GBP/2", limit="5")).page
    assert [row["accountId"] for row in next_page["data"]] == [account] * 5
    assert next_page["pageSize"] == 5


async def test_balances_of_what_is_not_there(api: Api) -> None:
    assert (await api.get("/accounts/!/balances")).code == REFUSED
    unknown = await api.get(f"/accounts/{AccountID(ConnectorID('WISE'), 'x')}/balances")
    assert unknown.page == {"pageSize": 15, "hasMore": False, "data": []}
    foreign = (await api.get("/accounts", cursor="e30")).status
    assert foreign == 200
    assert (await api.get(f"/accounts/{await api.account()}/balances", cursor="e30")).page["data"] == []
