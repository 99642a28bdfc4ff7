"""Pages, cursors, sorting: the rules that all lists share."""

import base64
import json
from typing import Any

import pytest

from payments_async.sandbox import enums

from .conftest import Api, Start

LISTS = ["/payments", "/accounts", "/pools", "/bank-accounts", "/transfer-initiations"]


def token(**members: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(members).encode()).rstrip(b"=").decode()


def read(cursor: str) -> Any:
    assert "=" not in cursor
    return json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))


@pytest.mark.parametrize("path", [*LISTS, "/connectors/stripe/tasks"])
async def test_following_next_visits_every_row_once_newest_first(full: Api, path: str) -> None:
    parameters = {"pageSize": "2"}
    rows: list[Any] = []
    while True:
        page = (await full.get(path, **parameters)).page
        rows += page["data"]
        assert page["pageSize"] == 2
        assert page["hasMore"] is ("next" in page)
        assert ("previous" in page) is (len(rows) > 2)
        if not page["hasMore"] or len(rows) > 40:
            break
        parameters = {"cursor": page["next"]}
    assert len({row["id"] for row in rows}) == len(rows) > 2
    if path != "/pools":
        created = [row["createdAt"] for row in rows]
        assert [text[:19] for text in created] == sorted((text[:19] for text in created), reverse=True)


async def test_an_empty_list_is_an_empty_array(api: Api) -> None:
    answer = await api.get("/payments")
    assert answer.text == '{"cursor":{"pageSize":15,"hasMore":false,"data":[]}}\n'


async def test_a_cursor_is_base64url_of_an_offset_and_the_filters(full: Api) -> None:
    query = {"$match": {"type": "PAY-IN"}}
    page = (await full.get("/payments", pageSize="3", sort="amount:dsc", query=json.dumps(query))).page
    filters = {"qb": query, "Sorter": [{"column": "amount", "order": "desc"}], "pageSize": 3, "options": {}}
    assert read(page["next"]) == {"offset": 3, "order": 0, "pageSize": 3, "filters": filters}
    plain = (await full.get("/payments", pageSize="3")).page
    assert read(plain["next"])["filters"] == {"qb": None, "Sorter": None, "pageSize": 3, "options": {}}


async def test_previous_goes_back_and_not_below_zero(full: Api) -> None:
    page = (await full.get("/payments", cursor=token(offset=3, pageSize=5))).page
    assert read(page["previous"])["offset"] == 0
    assert read(page["next"])["offset"] == 8
    back = (await full.get("/payments", cursor=page["previous"])).page
    assert "previous" not in back


async def test_a_cursor_wins_over_everything_else(full: Api) -> None:
    cursor = (await full.get("/payments", pageSize="2")).page["next"]
    alone = await full.get("/payments", cursor=cursor)
    crowded = await full.call("GET", "/payments", "[]", params={"cursor": cursor, "pageSize": "x", "sort": "x:y"})
    assert crowded.text == alone.text


async def test_the_empty_cursor_is_the_whole_table(full: Api) -> None:
    page = (await full.get("/payments", cursor=token())).page
    assert len(page["data"]) == 300
    assert "pageSize" not in page
    assert page["hasMore"] is False


async def test_null_is_an_empty_cursor(full: Api) -> None:
    assert (await full.get("/payments", cursor="bnVsbA")).text == (await full.get("/payments", cursor=token())).text


async def test_a_cursor_is_read_in_any_case_and_goes_on_as_it_came(full: Api) -> None:
    query = {"$gt": {"amount": 100.0}}
    filters = {"QB": query, "sorter": [{"COLUMN": "amount", "Order": "ASC"}], "PAGESIZE": 250, "OPTIONS": None}
    page = (await full.get("/payments", cursor=token(OFFSET=2, Order=7, pagesize=4, FILTERS=filters))).page
    amounts = [row["amount"] for row in page["data"]]
    assert amounts == sorted(amounts)
    assert len(amounts) == 4
    kept = {"qb": {"$gt": {"amount": 100}}, "Sorter": [{"column": "amount", "order": "ASC"}], "pageSize": 250}
    assert read(page["next"]) == {"offset": 6, "order": 7, "pageSize": 4, "filters": kept | {"options": {}}}
    assert '"amount":100}' in base64.urlsafe_b64decode(page["next"] + "==").decode()


@pytest.mark.parametrize("operator", ["$and", "$or"])
async def test_an_empty_junction_does_not_survive_its_own_cursor(full: Api, operator: str) -> None:
    page = (await full.get("/payments", pageSize="2", query=json.dumps({"$not": {"$not": {operator: []}}}))).page
    assert len(page["data"]) == 2
    assert read(page["next"])["filters"]["qb"] == {"$not": {"$not": {operator: None}}}
    assert (await full.get("/payments", cursor=page["next"])).code == (400, "VALIDATION")


@pytest.mark.parametrize("order", ["", "up"])
async def test_a_cursor_with_an_order_that_is_none_fails_in_the_database(full: Api, order: str) -> None:
    cursor = token(pageSize=5, filters={"Sorter": [{"column": "amount", "order": order}]})
    assert (await full.get("/payments", cursor=cursor)).code == (500, "INTERNAL")


@pytest.mark.parametrize("offset", [2**31, 2**63 - 1, 2**64 - 1])
async def test_an_offset_beyond_the_databases_own_is_none(full: Api, offset: int) -> None:
    first = (await full.get("/payments", pageSize="3")).page["data"]
    assert (await full.get("/payments", cursor=token(offset=offset, pageSize=3))).page["data"] == first


async def test_cursor_page_sizes_are_not_capped(full: Api) -> None:
    assert len((await full.get("/payments", cursor=token(pageSize=250))).page["data"]) == 250


async def test_a_cursor_of_another_resource_is_taken(full: Api) -> None:
    cursor = (await full.get("/accounts", pageSize="3")).page["next"]
    assert len((await full.get("/payments", cursor=cursor)).page["data"]) == 3


@pytest.mark.parametrize(
    "cursor",
    [
        "!!!",
        token(offset=1) + "=",
        "e30=",
        "A",
        base64.urlsafe_b64encode(b"[]").decode().rstrip("="),
        base64.urlsafe_b64encode(b"{").decode().rstrip("="),
        base64.urlsafe_b64encode(b"\xff").decode().rstrip("="),
        token(offset=-1),
        token(offset="1"),
        token(pageSize=True),
        token(filters={"qb": {"$nope": {}}}),
        token(filters={"Sorter": [1]}),
    ],
)
@pytest.mark.parametrize("path", ["/payments", "/connectors/stripe/tasks"])
async def test_a_bad_cursor_is_refused(full: Api, path: str, cursor: str) -> None:
    assert (await full.get(path, cursor=cursor)).code == (400, "VALIDATION")


@pytest.mark.parametrize(
    ("asked", "used"),
    [("", 15), ("0", 15), ("1", 1), ("100", 100), ("101", 100), ("1000", 100), ("4294967295", 100)],
)
async def test_page_size(full: Api, asked: str, used: int) -> None:
    page = (await full.get("/payments", pageSize=asked)).page
    assert (page["pageSize"], len(page["data"])) == (used, used)


@pytest.mark.parametrize("asked", ["abc", "-1", "1.5", "4294967296", "+5", "٣", " 5"])
async def test_a_bad_page_size_is_refused(full: Api, asked: str) -> None:
    assert (await full.get("/payments", pageSize=asked)).code == (400, "VALIDATION")


async def test_of_repeated_parameters_the_first_counts(full: Api) -> None:
    assert (await full.call("GET", "/payments?pageSize=3&pageSize=x")).page["pageSize"] == 3


@pytest.mark.parametrize("query", ["cursor=%%%", "cursor=a;b", "pageSize=%zz", "&&", "nothing"])
async def test_a_pair_that_cannot_be_parsed_does_not_exist(full: Api, query: str) -> None:
    async with full.session.get(_verbatim(f"{full.sandbox.url}/api/payments/payments?{query}")) as response:
        assert response.status == 200
        assert (await response.json())["cursor"]["pageSize"] == 15


def _verbatim(url: str) -> Any:
    from yarl import URL

    return URL(url, encoded=True)


@pytest.mark.parametrize(
    ("path", "columns"),
    [
        (
            "/payments",
            """
            id connector_id created_at reference type status amount initial_amount scheme asset source_account_id
            destination_account_id connector.name provider name payment.id connector.provider payment.created_at
            """,
        ),
        ("/accounts", "id created_at reference type default_currency account_name connector_id metadata"),
        ("/bank-accounts", "id created_at name country metadata iban account_number swift_bic_code"),
        ("/pools", "id name created_at"),
        (
            "/transfer-initiations",
            """
            id created_at scheduled_at description type source_account_id destination_account_id provider amount
            initial_amount asset connector_id metadata
            """,
        ),
    ],
)
async def test_sort_takes_the_columns_of_the_table(full: Api, path: str, columns: str) -> None:
    for column in columns.split():
        up = (await full.get(path, sort=f"{column}:asc", pageSize="100")).page
        down = (await full.get(path, sort=f"{column}:desc", pageSize="100")).page
        assert up["data"], column
        assert down["data"], column


@pytest.mark.parametrize(
    ("sort", "member"),
    [("reference:asc", "reference"), ("amount:ASC", "amount"), ("initial_amount:asc", "initialAmount")],
)
async def test_sorted_rows_are_in_order(full: Api, sort: str, member: str) -> None:
    up = [row[member] for row in (await full.get("/payments", sort=sort, pageSize="100")).page["data"]]
    assert up == sorted(up)
    assert len(set(up)) > 90


async def test_amounts_sort_as_numbers(full: Api) -> None:
    down = [row["amount"] for row in (await full.get("/payments", sort="amount:desc", pageSize="100")).page["data"]]
    assert down[0] > 10**29
    up = [row["amount"] for row in (await full.get("/payments", sort="amount:asc", pageSize="100")).page["data"]]
    assert up[0] < 0 < up[-1]


@pytest.mark.parametrize(
    ("path", "column", "member", "ranks"),
    [
        ("/payments", "type", "type", enums.PAYMENT_TYPES),
        ("/payments", "status", "status", enums.PAYMENT_STATUSES),
        ("/payments", "provider", "provider", enums.PROVIDERS),
        ("/accounts", "type", "type", enums.ACCOUNT_TYPES),
        ("/transfer-initiations", "type", "type", enums.TRANSFER_TYPES),
        ("/transfer-initiations", "provider", "provider", enums.PROVIDERS),
    ],
)
async def test_enums_sort_in_their_own_order(full: Api, path: str, column: str, member: str, ranks: Any) -> None:
    cursors = [token(filters={"Sorter": [{"column": column, "order": order}]}) for order in ("asc", "desc")]
    up, down = [[row[member] for row in (await full.get(path, cursor=each)).page["data"]] for each in cursors]
    assert up == down[::-1] == sorted(up, key=ranks.index)
    assert up != sorted(up)


@pytest.mark.parametrize(
    ("path", "column", "member", "none"),
    [
        ("/payments", "source_account_id", "sourceAccountID", ""),
        ("/payments", "destination_account_id", "destinationAccountID", ""),
        ("/transfer-initiations", "source_account_id", "sourceAccountID", ""),
        ("/transfer-initiations", "scheduled_at", "scheduledAt", "0001-01-01T00:00:00Z"),
    ],
)
async def test_what_is_missing_sorts_last(full: Api, path: str, column: str, member: str, none: str) -> None:
    cursors = [token(filters={"Sorter": [{"column": column, "order": order}]}) for order in ("asc", "desc")]
    up, down = [[row[member] for row in (await full.get(path, cursor=each)).page["data"]] for each in cursors]
    missing = up.count(none)
    assert missing
    assert up[-missing:] == down[:missing] == [none] * missing
    assert up[:-missing] == sorted(up[:-missing])


async def test_metadata_sort_by_their_number_and_then_member_by_member(api: Api) -> None:
    # Of several members, that with the shortest name is the first.
    in_order: list[Any] = [None, {}, {"aa": "0"}, {"b": "2"}, {"b": "3"}, {"aa": "1", "b": "1"}, {"aa": "0", "b": "2"}]
    connector = await api.connector("STRIPE")
    for index, metadata in enumerate(reversed(in_order)):
        request = {"reference": str(index), "connectorID": connector, "createdAt": "2025-01-01T00:00:00Z"}
        await api.post("/accounts", {**request, "type": "INTERNAL", "accountName": "n", "metadata": metadata})
    rows = (await api.get("/accounts", sort="metadata:asc")).page["data"]
    assert [row["metadata"] for row in rows] == in_order


async def test_sort_is_repeatable_and_applied_in_order(full: Api) -> None:
    answer = await full.call("GET", "/payments?sort=type:asc&sort=reference:DSC&pageSize=100")
    keys = [(row["type"], row["reference"]) for row in answer.page["data"]]
    expected = sorted(sorted(keys, key=lambda key: key[1], reverse=True), key=lambda key: key[0])
    assert keys == expected


@pytest.mark.parametrize(
    ("sort", "code"),
    [
        ("created_at:up", (400, "VALIDATION")),
        ("created_at:", (400, "VALIDATION")),
        ("nothing:Asc", (400, "VALIDATION")),
        ("created_at", (500, "INTERNAL")),
        ("", (500, "INTERNAL")),
        ("createdAt:asc", (500, "INTERNAL")),
        ("date:asc", (500, "INTERNAL")),
        ("raw_data:asc", (500, "INTERNAL")),
    ],
)
async def test_sort_that_is_refused(full: Api, sort: str, code: tuple[int, str]) -> None:
    assert (await full.get("/payments", sort=sort)).code == code


async def test_transfers_do_not_sort_by_status(full: Api) -> None:
    assert (await full.get("/transfer-initiations", sort="status:asc")).code == (500, "INTERNAL")


async def test_tasks_ignore_sort_and_query(full: Api) -> None:
    plain = await full.get("/connectors/stripe/tasks")
    assert (await full.get("/connectors/stripe/tasks", sort="x", query="[")).text == plain.text
    assert (await full.get("/connectors/stripe/tasks", pageSize="x")).code == (400, "VALIDATION")


async def test_inserts_between_pages_repeat_rows(api: Api) -> None:
    for day in range(1, 5):
        await api.payment(createdAt=f"2025-01-0{day}T00:00:00Z")
    first = (await api.get("/payments", pageSize="2")).page
    await api.payment(createdAt="2025-01-09T00:00:00Z")
    second = (await api.get("/payments", cursor=first["next"])).page
    assert first["data"][1]["id"] == second["data"][0]["id"]


async def drained(api: Api, *sorters: str) -> list[str]:
    """References of all payments in the order of the pages that the cursor leads through."""
    sort = "".join(f"&sort={sorter}" for sorter in sorters)
    page = (await api.call("GET", f"/payments?pageSize=7{sort}")).page
    rows = page["data"]
    while "next" in page:
        page = (await api.get("/payments", cursor=page["next"])).page
        rows += page["data"]
    return [row["reference"] for row in rows]


@pytest.mark.parametrize("sorters", [(), ("created_at:asc",), ("type:desc",)])
async def test_shuffled_ties_change_places_from_page_to_page(start: Start, sorters: tuple[str, ...]) -> None:
    api = await start(payments=300, shuffle_ties=True)
    seen = await drained(api, *sorters)
    assert len(seen) == 300
    assert len(set(seen)) < 300
    assert set(seen) < api.sandbox.references()
    assert await drained(await start(payments=300, shuffle_ties=True), *sorters) == seen


@pytest.mark.parametrize("sorters", [("reference:asc",), ("created_at:desc", "id:asc")])
async def test_an_order_without_ties_stays_what_it_is(start: Start, sorters: tuple[str, ...]) -> None:
    seen = await drained(await start(payments=300, shuffle_ties=True), *sorters)
    assert len(set(seen)) == len(seen) == 300
    assert await drained(await start(payments=300), *sorters) == seen
