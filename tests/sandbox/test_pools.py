"""Pools, and the balances of their accounts."""

from typing import Any

import pytest

from payments_async.sandbox.ids import NIL, AccountID, ConnectorID

from .conftest import Api, Start

REFUSED = (400, "VALIDATION")
FAILED = (500, "INTERNAL")
UNKNOWN_ACCOUNT = str(AccountID(ConnectorID("WISE"), "x"))


async def new_pool(api: Api, name: str = "treasury") -> dict[str, Any]:
    accounts = [await api.account(), await api.account()]
    return dict((await api.post("/pools", {"name": name, "accountIDs": accounts})).data)


async def test_a_pool(api: Api) -> None:
    created = await new_pool(api)
    assert list(created) == ["id", "name", "accounts"]
    stored = (await api.get(f"/pools/{created['id'].upper()}")).data
    assert sorted(stored.pop("accounts")) == sorted(created.pop("accounts"))
    assert stored == created


async def test_accounts_come_and_go(api: Api) -> None:
    pool = await new_pool(api)
    path = f"/pools/{pool['id']}/accounts"
    for account in pool["accounts"] * 2:
        assert (await api.call("DELETE", f"{path}/{account}")).status == 204
    assert (await api.get(f"/pools/{pool['id']}")).data["accounts"] == []
    assert (await api.post(path, {"accountID": pool["accounts"][0]})).status == 204
    assert (await api.get(f"/pools/{pool['id']}")).data["accounts"] == pool["accounts"][:1]
    assert (await api.call("DELETE", f"/pools/{pool['id']}")).status == 204
    assert (await api.get(f"/pools/{pool['id']}")).code == (404, "NOT_FOUND")


@pytest.mark.parametrize("body", [{}, {"name": "p"}, {"name": "p", "accountIDs": []}, {"accountIDs": ["x"]}])
async def test_what_is_refused_before_anything_is_done(api: Api, body: dict[str, Any]) -> None:
    assert (await api.post("/pools", body)).code == REFUSED
    assert (await api.get("/pools")).page["data"] == []


@pytest.mark.parametrize(
    ("accounts", "code"), [(["!"], REFUSED), (["own", "own"], FAILED), (["own", UNKNOWN_ACCOUNT], FAILED)]
)
async def test_a_refused_list_of_accounts_leaves_an_empty_pool(
    api: Api, accounts: list[str], code: tuple[int, str]
) -> None:
    own = await api.account()
    body = {"name": "p", "accountIDs": [own if each == "own" else each for each in accounts]}
    assert (await api.post("/pools", body)).code == code
    left = (await api.get("/pools")).page["data"]
    assert [(pool["name"], pool["accounts"]) for pool in left] == [("p", [])]
    # From now on the name is taken.
    answer = await api.post("/pools", {"name": "p", "accountIDs": [own]})
    assert answer.code == FAILED
    assert "duplicate key value violates unique constraint" in answer.json["errorMessage"]


async def test_duplicates_can_be_conflicts(start: Start) -> None:
    api = await start(connectors=11, conflict_as_400=True)
    pool = await new_pool(api)
    assert (await api.post("/pools", {"name": "treasury", "accountIDs": ["x"]})).code == (400, "CONFLICT")
    member = {"accountID": pool["accounts"][0]}
    assert (await api.post(f"/pools/{pool['id']}/accounts", member)).code == (400, "CONFLICT")
    assert (await api.post(f"/pools/{pool['id']}/accounts", {"accountID": UNKNOWN_ACCOUNT})).code == FAILED


@pytest.mark.parametrize(
    ("method", "path", "body", "code"),
    [
        ("POST", "/pools", "", (400, "MISSING_OR_INVALID_BODY")),
        ("POST", "/pools", '{"accountIDs":"x"}', (400, "MISSING_OR_INVALID_BODY")),
        ("POST", "/pools", '{"accountIDs":[1]}', (400, "MISSING_OR_INVALID_BODY")),
        ("GET", "/pools/x", None, REFUSED),
        ("GET", f"/pools/{NIL}", None, (404, "NOT_FOUND")),
        ("DELETE", "/pools/x", None, REFUSED),
        ("DELETE", f"/pools/{NIL}", None, (204, "")),
        ("POST", f"/pools/{NIL}/accounts", "", (400, "MISSING_OR_INVALID_BODY")),
        ("POST", f"/pools/{NIL}/accounts", "{}", REFUSED),
        ("POST", f"/pools/{NIL}/accounts", '{"accountID":"!"}', REFUSED),
        ("POST", "/pools/x/accounts", f'{{"accountID":"{UNKNOWN_ACCOUNT}"}}', REFUSED),
        ("POST", f"/pools/{NIL}/accounts", f'{{"accountID":"{UNKNOWN_ACCOUNT}"}}', FAILED),
        ("DELETE", f"/pools/x/accounts/{UNKNOWN_ACCOUNT}", None, REFUSED),
        ("DELETE", f"/pools/{NIL}/accounts/!", None, REFUSED),
        ("DELETE", f"/pools/{NIL}/accounts/{UNKNOWN_ACCOUNT}", None, (404, "NOT_FOUND")),
        ("GET", "/pools/x/balances", None, REFUSED),
        ("GET", "/pools/x/balances?at=", None, REFUSED),
        ("GET", "/pools/x/balances?at=2025-01-01T00:00:00Z", None, REFUSED),
        ("GET", f"/pools/{NIL}/balances?at=today", None, REFUSED),
        # An unescaped plus is a space.
        ("GET", f"/pools/{NIL}/balances?at=2025-01-01T00:00:00+01:00", None, REFUSED),
        ("GET", f"/pools/{NIL}/balances?at=2025-01-01T00:00:00%2B01:00", None, (404, "NOT_FOUND")),
    ],
)
async def test_refusals(api: Api, method: str, path: str, body: str | None, code: tuple[int, str]) -> None:
    assert (await api.call(method, path, body)).code == code


async def test_balances_are_sums_at_a_moment(start: Start) -> None:
    api = await start(connectors=1, accounts=13, balances=14, tasks=0, pools=0, awkward=True)
    accounts = (await api.get("/accounts")).page["data"]
    internal = [each["id"] for each in accounts if each["type"] == "INTERNAL"]
    pool = (await api.post("/pools", {"name": "p", "accountIDs": internal})).data["id"]
    at = "2024-01-08T20:00:00Z"
    expected: dict[str, int] = {}
    for account in internal:
        for row in (await api.get(f"/accounts/{account}/balances", to=at)).page["data"]:
            expected[row["asset"]] = expected.get(row["asset"], 0) + row["balance"]
    assert any(amount > 10**29 for amount in expected.values())
    balances = (await api.get(f"/pools/{pool}/balances", at=at)).data["balances"]
    assert {each["asset"]: each["amount"] for each in balances} == expected
    # After the last poll nobody knows.
    assert (await api.get(f"/pools/{pool}/balances", at="2025-12-31T00:00:00Z")).data == {"balances": []}
    assert (await api.get(f"/pools/{pool}/balances", at="0001-01-01T00:00:00Z")).data == {"balances": []}
