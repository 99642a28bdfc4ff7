"""What a page costs the database, in rows that it reads."""

import base64
import json
from typing import Any

import pytest

from payments_async.sandbox.collation import text_key

from .conftest import Api, Start

PAYMENTS, ACCOUNTS = 3_000, 2_000


@pytest.fixture
async def large(start: Start) -> Api:
    return await start(payments=PAYMENTS, accounts=ACCOUNTS, balances=0, pools=0)


@pytest.fixture(params=["bytes", "linguistic"])
async def sorted_by(start: Start, request: pytest.FixtureRequest) -> tuple[Api, Any]:
    """Its rows, and the key by which their references sort."""
    api = await start(payments=PAYMENTS, accounts=ACCOUNTS, balances=0, pools=0, collation=request.param)
    return api, text_key if request.param == "linguistic" else str.encode


def after(reference: str, *, to: str = "~", **matches: str) -> dict[str, str]:
    """Parameters of the keyset page behind a reference."""
    terms: list[Any] = [{"$gt": {"reference": reference}}, {"$lte": {"reference": to}}]
    terms += [{"$match": {key: value}} for key, value in matches.items()]
    return {"query": json.dumps({"$and": terms}), "sort": "reference:asc", "pageSize": "100"}


def cursor(offset: int, **members: Any) -> str:
    return (
        base64.urlsafe_b64encode(json.dumps({"offset": offset, "pageSize": 100} | members).encode())
        .decode()
        .rstrip("=")
    )


async def read(api: Api, path: str, **parameters: str) -> tuple[int, list[Any]]:
    """How many rows a page has the database read, and what is on the page."""
    before = api.sandbox.rows_read
    rows = (await api.get(path, **parameters)).page["data"]
    return api.sandbox.rows_read - before, rows


@pytest.mark.parametrize("path", ["/payments", "/accounts"])
async def test_a_keyset_page_reads_its_own_rows_wherever_it_is(sorted_by: tuple[Api, Any], path: str) -> None:
    large, key = sorted_by
    whole = (await large.get(path, cursor="e30")).page["data"]
    references = sorted((row["reference"] for row in whole), key=key)
    for start in (0, len(references) // 2, len(references) * 9 // 10):
        count, rows = await read(large, path, **after(references[start], to=references[-2]))
        assert [row["reference"] for row in rows] == references[start + 1 : start + 101]
        assert count in (101, 102)
    count, rows = await read(large, path, **after(references[-4], to=references[-2]))
    assert (count, [row["reference"] for row in rows]) == (2, references[-3:-1])


async def test_a_keyset_page_of_accounts_reads_no_more_for_a_tie_broken_by_id(sorted_by: tuple[Api, Any]) -> None:
    parameters = after("acct_8", to="zzz")
    path = f"/accounts?sort={parameters.pop('sort')}&sort=id:asc"
    count, rows = await read(sorted_by[0], path, **parameters)
    assert len(rows) == 100
    assert count in (101, 102)


@pytest.mark.parametrize(("path", "bound"), [("/payments", "pi_8"), ("/accounts", "acct_8")])
async def test_the_ends_of_a_range_cost_one_row_and_a_look_ahead(large: Api, path: str, bound: str) -> None:
    below, above = ({operator: {"reference": bound}} for operator in ("$lte", "$gt"))
    for query, order in ((below, "desc"), (above, "asc")):
        count, rows = await read(large, path, query=json.dumps(query), sort=f"reference:{order}", pageSize="1")
        assert len(rows) == 1
        assert count in (2, 3)


async def test_of_a_keyset_page_with_further_terms_only_rows_that_these_refuse_are_read_besides(large: Api) -> None:
    whole = sorted((await large.get("/payments", cursor="e30")).page["data"], key=lambda row: str(row["reference"]))
    for key, member in (("status", "status"), ("connectorID", "connectorID")):
        value = whole[0][member]
        matching = [index for index, row in enumerate(whole) if row[member] == value]
        wanted = min(100, len(matching) - 1)
        count, rows = await read(large, "/payments", **after(" ", **{key: value}) | {"pageSize": str(wanted)})
        assert [row["id"] for row in rows] == [whole[index]["id"] for index in matching[:wanted]]
        assert count == matching[wanted] + 1


@pytest.mark.parametrize("sorter", ["created_at:asc", "created_at:desc", "reference:asc", None])
async def test_an_offset_page_reads_all_before_it(large: Api, sorter: str | None) -> None:
    column, _, order = (sorter or "").partition(":")
    filters = {"Sorter": [{"column": column, "order": order.upper()}]} if sorter else {}
    for offset, expected in (
        (0, 101),
        (1_700, 1_801),
        (PAYMENTS - 100, PAYMENTS),
        (PAYMENTS, PAYMENTS),
        (9_999, PAYMENTS),
    ):
        count, rows = await read(large, "/payments", cursor=cursor(offset, filters=filters))
        assert count == expected
        assert len(rows) == min(100, max(0, PAYMENTS - offset))


async def test_an_order_without_an_index_reads_the_whole_table(large: Api) -> None:
    assert (await read(large, "/payments", sort="amount:asc"))[0] == PAYMENTS
    query = json.dumps({"$gt": {"reference": "pi_"}})
    matching = [row for row in (await large.get("/payments", cursor="e30")).page["data"] if row["reference"] > "pi_"]
    assert (await read(large, "/payments", sort="amount:asc", query=query))[0] == len(matching)


async def test_a_drain_by_keyset_costs_its_rows(sorted_by: tuple[Api, Any]) -> None:
    large, _ = sorted_by
    pages, last, before = 0, " ", large.sandbox.rows_read
    while rows := (await large.get("/payments", **after(last, to="zzz"))).page["data"]:
        pages, last = pages + 1, rows[-1]["reference"]
    assert (pages, large.sandbox.rows_read - before) == (30, PAYMENTS + 29)


async def test_a_drain_by_offset_costs_the_square_of_its_rows(large: Api) -> None:
    before, page = large.sandbox.rows_read, (await large.get("/payments", pageSize="100")).page
    while "next" in page:
        page = (await large.get("/payments", cursor=page["next"])).page
    assert large.sandbox.rows_read - before == sum(range(100, PAYMENTS + 1, 100)) + 29


async def test_other_calls_and_unknown_rows_are_not_counted(full: Api) -> None:
    payment = (await full.get("/payments", pageSize="1")).page["data"][0]
    before = full.sandbox.rows_read
    await full.get(f"/payments/{payment['id']}")
    assert (await full.get("/payments", query='{"$match":{"reference":"none"}}')).page["data"] == []
    assert full.sandbox.rows_read == before


async def test_the_count_outlives_the_sandbox_as_that_of_requests_does(full: Api) -> None:
    await full.get("/payments", pageSize="10")
    await full.sandbox.stop()
    assert full.sandbox.rows_read == 11
    await full.sandbox.start()
    await full.get("/payments", pageSize="10")
    assert full.sandbox.rows_read == 22
