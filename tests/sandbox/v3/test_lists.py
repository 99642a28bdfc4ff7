"""The lists of version 3.4: their order, pages, cursors and filters, and what they cost."""

import base64
import json
from typing import Any

import pytest

from tests.sandbox.conftest import Answer, Api, Start

LISTS = (
    "accounts",
    "bank-accounts",
    "connectors",
    "conversions",
    "orders",
    "payment-initiations",
    "payment-service-users",
    "payments",
    "pools",
)
INTERNAL = (500, "INTERNAL")
VALIDATION = (400, "VALIDATION")


def decoded(token: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))


def encoded(content: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


async def filtered(api: Api, name: str, query: Any, **parameters: Any) -> Answer:
    return await api.get(f"/v3/{name}", query=json.dumps(query), **parameters)


@pytest.mark.parametrize("name", LISTS)
async def test_pages_of_every_list_hold_each_row_once_the_newest_first(full: Api, name: str) -> None:
    whole = (await full.get(f"/v3/{name}", cursor="e30")).page
    assert set(whole) == {"hasMore", "data"}
    assert len(whole["data"]) > 4
    times = [row["createdAt"] for row in whole["data"]]
    assert times == sorted(times, reverse=True)
    rows, page = [], (await full.get(f"/v3/{name}", pageSize="4")).page
    while page["hasMore"]:
        rows += page["data"]
        page = (await full.get(f"/v3/{name}", cursor=page["next"])).page
    assert [*rows, *page["data"]] == whole["data"]
    assert "next" not in page
    assert decoded(page["previous"])["pageSize"] == 4


async def test_a_cursor_holds_offset_sizes_and_the_filter_in_an_and(full: Api) -> None:
    query = {"$gt": {"initial_amount": 2**70 + 1}}
    page = (await filtered(full, "payments", query, pageSize="1")).page
    filters = {"qb": {"$and": [query]}, "pageSize": 1, "options": {}}
    assert decoded(page["next"]) == {"offset": 1, "order": 0, "pageSize": 1, "filters": filters}
    second = (await full.get("/v3/payments", cursor=page["next"])).page
    assert decoded(second["previous"]) == {"offset": 0, "order": 0, "pageSize": 1, "filters": filters}


async def test_a_page_has_at_most_a_hundred_rows_unless_a_cursor_asks_for_more(full: Api) -> None:
    for size, shown in ("1000", 100), ("101", 100), ("0", 15), ("", 15), ("7", 7):
        page = (await full.get("/v3/payments", pageSize=size)).page
        assert (page["pageSize"], len(page["data"])) == (shown, shown)
    cursor = encoded({"offset": 10, "pageSize": 250, "filters": {"pageSize": 15}})
    page = (await full.get("/v3/payments", cursor=cursor, pageSize="3", query="ignored")).page
    assert (page["pageSize"], len(page["data"]), decoded(page["next"])["offset"]) == (250, 250, 260)


async def test_a_filter_comes_in_the_body_or_in_the_query_and_the_body_counts_more(full: Api) -> None:
    first, second = (await full.get("/v3/payments", pageSize="2")).page["data"]
    by_body = {"$match": {"reference": first["reference"]}}
    by_query = json.dumps({"$match": {"reference": second["reference"]}})
    answer = await full.call("GET", "/v3/payments", by_body, params={"query": by_query})
    assert [row["id"] for row in answer.page["data"]] == [first["id"]]
    assert [row["id"] for row in (await full.get("/v3/payments", query=by_query)).page["data"]] == [second["id"]]


async def test_a_sort_is_ignored(full: Api) -> None:
    whole = (await full.get("/v3/payments", cursor="e30")).page["data"]
    assert (await full.get("/v3/payments", sort="nonsense:asc", pageSize="5")).page["data"] == whole[:5]


@pytest.mark.parametrize(
    ("name", "query", "code"),
    [
        ("accounts", [], VALIDATION),
        ("accounts", {"$match": {"a": 1, "b": 2}}, VALIDATION),
        ("accounts", {"$match": {"metadata": "x"}}, VALIDATION),
        ("accounts", {"$match": {"psu_id": "x"}}, VALIDATION),
        ("accounts", {"$in": {"reference": ["a", "b"]}}, INTERNAL),
        ("accounts", {"$exists": {"name": True}}, INTERNAL),
        ("payments", {"$like": {"amount": 1}}, INTERNAL),
        ("payments", {"$in": {"reference": ["a"]}}, VALIDATION),
        ("payments", {"$gt": {"reference": "a"}}, VALIDATION),
        ("payments", {"$match": {"connectorID": "x"}}, VALIDATION),
        ("payments", {"$match": {"created_at": "x"}}, VALIDATION),
        ("payments", {"$match": {"amount": "x"}}, VALIDATION),
        ("payments", {"$gt": {"amount": 1.5}}, VALIDATION),
        ("payments", {"$gt": {"metadata[batch]": "1"}}, VALIDATION),
        ("pools", {"$match": {"id": "x"}}, VALIDATION),
        ("connectors", {"$match": {"provider": 3}}, VALIDATION),
        ("orders", {"$match": {"source_account_id": "x"}}, VALIDATION),
        ("payment-initiations", {"$match": {"description": "d"}}, VALIDATION),
        *(
            (
                "payment-initiations",
                {"$or": [{"$not": {"$match": {"status": "PROCESSED"}}}, {"$match": other}]},
                INTERNAL,
            )
            for other in ({"asset": "EUR/2"}, {"amount": 3}, {"id": "x"}, {"metadata[batch]": "b"})
        ),
    ],
)
async def test_a_filter_that_the_server_cannot_do_is_refused_as_it_refuses_it(
    api: Api, name: str, query: Any, code: tuple[int, str]
) -> None:
    assert (await filtered(api, name, query)).code == code


async def test_filters_find_what_they_say(full: Api) -> None:
    whole = (await full.get("/v3/payments", cursor="e30")).page["data"]
    some = whole[3]
    amounts = sorted({row["amount"] for row in whole})
    queries: list[tuple[Any, Any]] = [
        ({"$match": {"status": some["status"]}}, lambda row: row["status"] == some["status"]),
        ({"$not": {"$match": {"type": "PAYOUT"}}}, lambda row: row["type"] != "PAYOUT"),
        ({"$gte": {"amount": amounts[-3]}}, lambda row: row["amount"] >= amounts[-3]),
        ({"$lt": {"amount": str(amounts[9])}}, lambda row: row["amount"] < amounts[9]),
        ({"$match": {"source_account_id": some["sourceAccountID"]}}, lambda _: False),
        ({"$match": {"metadata[batch]": "1"}}, lambda row: row["metadata"].get("batch") == "1"),
        (
            {"$or": [{"$match": {"metadata[batch]": "1"}}, {"$match": {"asset": "EUR/2"}}]},
            lambda row: row["metadata"].get("batch") == "1" or row["asset"] == "EUR/2",
        ),
        ({"$match": {"scheme": "NOPE"}}, lambda _: False),
        ({"$match": {"metadata[batch]": 1}}, lambda _: False),
    ]
    if some["sourceAccountID"]:
        queries[4] = (queries[4][0], lambda row: row["sourceAccountID"] == some["sourceAccountID"])
    for query, wanted in queries:
        found = (await filtered(full, "payments", query, pageSize="100")).page
        assert found["data"] == list(filter(wanted, whole))[:100], query


async def test_connectors_are_found_by_the_earlier_names_of_their_providers(api: Api) -> None:
    for name, provider in ("GENERIC", "generic"), ("DUMMY-PAY", "dummypay"), ("stripe", "stripe"):
        found = (await filtered(api, "connectors", {"$match": {"provider": name}})).page["data"]
        assert [each["provider"] for each in found] == [provider]


@pytest.mark.parametrize(
    "parameters", [{"pageSize": "abc"}, {"pageSize": "-1"}, {"cursor": "%%%"}, {"cursor": "e30="}, {"query": " "}]
)
async def test_what_is_no_page_size_cursor_or_filter_is_refused(api: Api, parameters: dict[str, str]) -> None:
    assert (await api.get("/v3/accounts", **parameters)).code == VALIDATION


async def test_a_row_costs_one_to_scan_and_85_if_its_newest_adjustment_is_looked_up(start: Start) -> None:
    large = await start(version="3.4", payments=2_000, pools=0, balances=0)

    async def cost(path: str, **parameters: str) -> int:
        before = large.sandbox.rows_read
        await large.get(path, **parameters)
        return large.sandbox.rows_read - before

    assert await cost("/v3/payments", pageSize="100") == 85 * 101
    assert await cost("/v3/payments", cursor=encoded({"offset": 1_000, "pageSize": 100})) == 85 * 1_101
    amounts = sorted(row["initialAmount"] for row in (await large.get("/v3/payments", cursor="e30")).page["data"])
    query = {"$and": [{"$gte": {"initial_amount": amounts[-50]}}, {"$lt": {"initial_amount": amounts[-1]}}]}
    rows = sum(amounts[-50] <= amount < amounts[-1] for amount in amounts)
    assert await cost("/v3/payments", query=json.dumps(query), pageSize="100") == 2_000 + 84 * rows
    every = {"$gte": {"initial_amount": amounts[0]}}
    assert await cost("/v3/payments", query=json.dumps(every), pageSize="100") == 85 * 101, "it ends with the page"
    assert await cost("/v3/accounts", pageSize="100") == 101


async def test_payments_and_accounts_arrive_and_go_as_in_the_earlier_version(full: Api) -> None:
    added = full.sandbox.add_payments(5, newest=True)
    newest = (await full.get("/v3/payments", pageSize="5")).page["data"]
    assert [row["reference"] for row in newest] == added[::-1]
    assert all(row["adjustments"] for row in [(await full.get(f"/v3/payments/{newest[0]['id']}")).data])
    assert full.sandbox.remove_payments(added) == 5
    assert full.sandbox.references() == {
        row["reference"] for row in (await full.get("/v3/payments", cursor="e30")).page["data"]
    }
    accounts = full.sandbox.add_accounts(3)
    assert full.sandbox.remove_accounts(accounts) == 3
