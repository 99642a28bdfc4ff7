"""The query language: what it finds, what is refused and how."""

import base64
import json
from typing import Any

import pytest

from .conftest import Api, Start, payment_request

REFUSED = (400, "VALIDATION")
FAILED = (500, "INTERNAL")


@pytest.fixture
async def api(start: Start) -> Api:
    """Payments a to e with amounts around the awkward numbers, and two accounts."""
    api = await start(connectors=11, tasks=0)
    connector = await api.connector("STRIPE")
    amounts = {"a": -5, "b": 0, "c": 100, "d": 2**53 + 1, "e": 10**30}
    for reference, amount in amounts.items():
        request = payment_request(connector) | {"reference": reference, "amount": amount}
        answer = await api.post("/payments", request | {"asset": "JPY/0" if reference == "b" else "EUR/2"})
        await api.call(
            "PATCH", f"/payments/{answer.data['id']}/metadata", {"k": reference, "all": "x", "a]b": reference}
        )
    for reference, metadata in (("one", {"k": "v", "n": "1"}), ("two", None), ("three", {})):
        request = {"reference": reference, "connectorID": connector, "createdAt": "2025-01-01T00:00:00Z"}
        request |= {"type": "INTERNAL", "accountName": "n"}
        await api.post("/accounts", {**request, "metadata": metadata})
    return api


async def found(api: Api, path: str, query: Any) -> list[str]:
    text = query if isinstance(query, str) else json.dumps(query)
    answer = await api.get(path, query=text, sort="reference:asc")
    assert answer.status == 200, answer.text
    return [row["reference"] for row in answer.page["data"]]


@pytest.mark.parametrize(
    ("query", "references"),
    [
        ({}, "abcde"),
        ("null", "abcde"),
        ({"$match": {"reference": "c"}}, "c"),
        ({"$gt": {"reference": "c"}}, "de"),
        ({"$gte": {"reference": "c"}}, "cde"),
        ({"$lt": {"reference": "c"}}, "ab"),
        ({"$lte": {"reference": "c"}}, "abc"),
        ({"$match": {"reference": None}}, ""),
        # Lists and objects reach the database as their JSON text.
        ({"$match": {"reference": ["c"]}}, ""),
        ({"$match": {"reference": {"c": 1}}}, ""),
        ({"$lt": {"reference": ["c"]}}, ""),
        ({"$gt": {"reference": ["c"]}}, "abcde"),
        # NUL characters are left out on the way to the database.
        ({"$match": {"reference": "\0c\0"}}, "c"),
        ({"$and": [{"$gt": {"reference": "a"}}, {"$lt": {"reference": "d"}}]}, "bc"),
        ({"$or": [{"$match": {"reference": "a"}}, {"$match": {"reference": "e"}}]}, "ae"),
        ({"$not": {"$match": {"reference": "a"}}}, "bcde"),
        ({"$and": []}, "abcde"),
        ({"$or": []}, "abcde"),
        ({"$match": {"type": "PAY-IN"}}, "abcde"),
        ({"$match": {"status": "FAILED"}}, ""),
        ({"$match": {"status": None}}, ""),
        ({"$match": {"asset": "JPY/0"}}, "b"),
        ({"$match": {"asset": "jpy/0"}}, ""),
        ({"$match": {"amount": 100}}, "c"),
        ({"$match": {"amount": "100"}}, "c"),
        ({"$match": {"amount": " 1e2 "}}, "c"),
        ({"$gt": {"amount": 0}}, "cde"),
        ({"$lt": {"amount": 0}}, "a"),
        ({"$gte": {"initialAmount": "-5"}}, "abcde"),
        ({"$gt": {"amount": "1000000000000000000000000000000"}}, ""),
        ({"$gte": {"amount": 1e30}}, "e"),
        ({"$match": {"amount": str(2**53 + 1)}}, "d"),
        # A JSON number has been a 64-bit float on its way.
        ({"$match": {"amount": 2**53 + 1}}, ""),
        ({"$gt": {"amount": 99.5}}, "cde"),
        ({"$gte": {"amount": "99.5"}}, "cde"),
        ({"$lt": {"amount": 100.5}}, "abc"),
        ({"$lte": {"amount": "100.5"}}, "abc"),
        ({"$lt": {"amount": "-4.5"}}, "a"),
        ({"$match": {"amount": 99.5}}, ""),
        ({"$match": {"amount": None}}, ""),
        ({"$match": {"metadata[k]": "c"}}, "c"),
        ({"$match": {"xmetadata[k]y": "c"}}, "c"),
        ({"$match": {"metadata[a]b]": "d"}}, "d"),
        ({"$and": [{"$gt": {"amount": 0}}, {"$match": {"metadata[k]": "c"}}]}, "c"),
        # Metadata conditions are taken out of the tree, and one row of metadata has to meet all of them.
        ({"$or": [{"$gt": {"amount": 100}}, {"$match": {"metadata[k]": "c"}}]}, ""),
        ({"$or": [{"$gt": {"amount": 0}}, {"$match": {"metadata[k]": "c"}}]}, "c"),
        (
            {
                "$and": [
                    {"$match": {"type": "PAY-IN"}},
                    {"$match": {"metadata[k]": "c"}},
                    {"$match": {"metadata[all]": "x"}},
                ]
            },
            "",
        ),
    ],
)
async def test_payments_found(api: Api, query: Any, references: str) -> None:
    assert await found(api, "/payments", query) == list(references)


@pytest.mark.parametrize(("depth", "references"), [(199, "abde"), (200, "c")])
async def test_negations_of_negations(api: Api, depth: int, references: str) -> None:
    text = '{"$not":' * depth + '{"$match":{"reference":"c"}}' + "}" * depth
    assert await found(api, "/payments", text) == list(references)
    assert await found(api, "/accounts", text) == ([] if depth == 200 else ["one", "three", "two"])


async def test_of_metadata_given_twice_the_last_counts(api: Api) -> None:
    terms = [{"$match": {"metadata[k]": "a"}}, {"$match": {"metadata[k]": "b"}}, {"$match": {"type": "PAY-IN"}}]
    assert await found(api, "/payments", {"$and": terms}) == ["b"]


async def test_payments_of_a_connector(api: Api) -> None:
    assert len(await found(api, "/payments", {"$match": {"connectorID": await api.connector("STRIPE")}})) == 5
    assert await found(api, "/payments", {"$match": {"connectorID": await api.connector("WISE")}}) == []


SYNTAX = ["[]", "5", '"x"', "{", " ", '{"$and":[],"$or":[]}', '{"$xor":[]}', '{"$and":{}}', '{"$match":[]}', "{} x"]
SYNTAX += ['{"$match":{}}', '{"$match":{"a":1,"b":2}}', '{"$not":{}}', '{"$and":[null]}', '{"$match":{"a":NaN}}']


@pytest.mark.parametrize("path", ["/payments", "/accounts", "/pools", "/bank-accounts", "/transfer-initiations"])
@pytest.mark.parametrize("query", SYNTAX)
async def test_bad_syntax_is_refused_everywhere(api: Api, path: str, query: str) -> None:
    assert (await api.get(path, query=query)).code == REFUSED
    assert (await api.call("GET", path, query)).code == REFUSED


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"$match": {"reference": 5}}, FAILED),
        ({"$match": {"reference": True}}, FAILED),
        ({"$exists": {"reference": True}}, FAILED),
        ({"$exists": {"amount": True}}, FAILED),
        ({"$exists": {"asset": True}}, REFUSED),
        ({"$exists": {"metadata[k]": True}}, REFUSED),
        ({"$match": {"type": "NOPE"}}, FAILED),
        ({"$match": {"type": "pay-in"}}, FAILED),
        ({"$match": {"status": "NOPE"}}, FAILED),
        ({"$gt": {"type": "PAY-IN"}}, REFUSED),
        ({"$gt": {"asset": "USD/2"}}, REFUSED),
        ({"$lt": {"connectorID": "x"}}, REFUSED),
        ({"$match": {"amount": "abc"}}, FAILED),
        ({"$match": {"amount": ""}}, FAILED),
        ({"$match": {"amount": True}}, FAILED),
        ({"$match": {"amount": 10**400}}, REFUSED),
        ({"$gt": {"metadata[k]": "v"}}, REFUSED),
        ({"$match": {"metadata[k]": 5}}, REFUSED),
        ({"$match": {"metadata[]": "v"}}, REFUSED),
        ({"$match": {"metadata[a\nb]": "v"}}, REFUSED),
        ({"$match": {"createdAt": "2025-01-01T00:00:00Z"}}, REFUSED),
        ({"$match": {"id": "x"}}, REFUSED),
        ({"$match": {"provider": "STRIPE"}}, REFUSED),
        ({"$match": {"connector_id": "x"}}, REFUSED),
        ({"$not": {"$match": {"metadata[k]": "v"}}}, FAILED),
        ({"$not": {"$not": {"$match": {"metadata[k]": "v"}}}}, FAILED),
        ({"$and": [{"$match": {"metadata[k]": "v"}}]}, FAILED),
        ({"$or": [{"$match": {"metadata[k]": "v"}}, {"$match": {"metadata[k]": "w"}}]}, FAILED),
        # What the server refuses comes before what the database refuses.
        ({"$and": [{"$match": {"reference": 5}}, {"$match": {"nope": 1}}]}, REFUSED),
    ],
)
async def test_payments_refused(api: Api, query: Any, code: tuple[int, str]) -> None:
    assert (await api.get("/payments", query=json.dumps(query))).code == code


@pytest.mark.parametrize("operator", ["$or", "$and"])
@pytest.mark.parametrize("key", ["reference", "metadata[{}]"])
async def test_a_filter_may_have_many_conditions(api: Api, operator: str, key: str) -> None:
    parts = [{"$match": {key.format(number): f"r{number}"}} for number in range(1_000)]
    parts.append({"$match": {"reference": "one"}})
    assert (await api.call("GET", "/payments", json.dumps({operator: parts}))).status == 200


@pytest.mark.parametrize(
    ("query", "references"),
    [
        ({"$match": {"reference": "one"}}, ["one"]),
        ({"$gt": {"reference": "one"}}, ["three", "two"]),
        ({"$match": {"reference": None}}, []),
        ({"$match": {"metadata[k]": "v"}}, ["one"]),
        ({"$match": {"metadata[n]": 1}}, []),
        ({"$and": [{"$match": {"metadata[k]": "v"}}, {"$match": {"metadata[n]": "1"}}]}, ["one"]),
        ({"$or": [{"$match": {"metadata[k]": "v"}}, {"$match": {"reference": "two"}}]}, ["one", "two"]),
        ({"$match": {"reference": "o\0ne"}}, ["one"]),
        ({"$not": {"$match": {"metadata[k]": "v"}}}, ["three", "two"]),
        ({"$and": []}, ["one", "three", "two"]),
    ],
)
async def test_accounts_found(api: Api, query: Any, references: list[str]) -> None:
    assert await found(api, "/accounts", query) == references


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"$match": {"reference": 5}}, FAILED),
        ({"$exists": {"reference": True}}, FAILED),
        ({"$gt": {"metadata[k]": "v"}}, REFUSED),
        ({"$match": {"type": "INTERNAL"}}, REFUSED),
    ],
)
async def test_accounts_refused(api: Api, query: Any, code: tuple[int, str]) -> None:
    assert (await api.get("/accounts", query=json.dumps(query))).code == code


async def test_transfers_filter_by_their_accounts_and_panic_over_all_else(api: Api) -> None:
    wanted = await api.transfer()
    await api.transfer()
    transfer = (await api.get(f"/transfer-initiations/{wanted}")).data
    source = {"$match": {"source_account_id": transfer["sourceAccountID"]}}
    destination = {"$match": {"destination_account_id": transfer["destinationAccountID"]}}
    for query in (source, {"$and": [source, destination]}, {"$or": [source, destination]}):
        listed = (await api.get("/transfer-initiations", query=json.dumps(query))).page["data"]
        assert [row["id"] for row in listed] == [wanted]
    others = (await api.get("/transfer-initiations", query=json.dumps({"$not": source}))).page["data"]
    assert wanted not in [row["id"] for row in others]
    assert len((await api.get("/transfer-initiations", query='{"$and":[]}')).page["data"]) == 2
    # What is shown as an empty text is nothing in the database.
    nowhere = await api.transfer(sourceAccountID="")
    assert (await api.get(f"/transfer-initiations/{nowhere}")).data["sourceAccountID"] == ""
    empty = json.dumps({"$match": {"source_account_id": ""}})
    assert (await api.get("/transfer-initiations", query=empty)).page["data"] == []
    for query in (
        {"$match": {"reference": "x"}},
        {"$gt": {"source_account_id": "x"}},
        {"$match": {"source_account_id": 5}},
    ):
        answer = await api.get("/transfer-initiations", query=json.dumps(query))
        assert answer.json == {"errorCode": "INTERNAL", "errorMessage": "Internal Server Error"}


@pytest.mark.parametrize("path", ["/pools", "/bank-accounts"])
async def test_other_lists_check_a_filter_and_ignore_it(full: Api, path: str) -> None:
    plain = (await full.get(path)).page["data"]
    assert (await full.get(path, query='{"$gt":{"anything":[1]}}')).page["data"] == plain


async def test_a_filter_may_not_be_nested_without_end(api: Api) -> None:
    assert (await api.call("GET", "/payments", '{"$not":' * 100_000)).code == REFUSED


async def test_a_body_wins_over_the_query(api: Api) -> None:
    body = {"$match": {"reference": "c"}}
    answer = await api.call("GET", "/payments", body, params={"query": "[not even parsed"})
    assert [row["reference"] for row in answer.page["data"]] == ["c"]
    everything = await api.call("GET", "/payments", "{}", params={"query": json.dumps(body)})
    assert len(everything.page["data"]) == 5


async def test_the_filter_travels_in_the_cursor(api: Api) -> None:
    query = json.dumps({"$gt": {"amount": "0"}})
    page = (await api.get("/payments", query=query, sort="amount:asc", pageSize="2")).page
    rest = (await api.get("/payments", cursor=page["next"])).page
    assert [row["reference"] for row in page["data"] + rest["data"]] == ["c", "d", "e"]


async def test_a_server_without_keys_matches_references_of_payments_and_compares_none(start: Start) -> None:
    api = await start(payments=30, keyset=False)
    row = (await api.get("/payments", pageSize="1")).page["data"][0]
    matched = {"$match": {"reference": row["reference"]}}
    assert await found(api, "/payments", matched) == [row["reference"]]
    assert await found(api, "/payments", {"$and": [matched, {"$gte": {"amount": str(row["amount"])}}]})
    for operator in ("$gt", "$gte", "$lt", "$lte", "$exists"):
        compared = {operator: {"reference": "a"}}
        for query in (compared, {"$not": compared}, {"$or": [matched, compared]}):
            assert (await api.get("/payments", query=json.dumps(query))).code == REFUSED
    assert (await api.get("/payments", cursor=cursor_of({"$gt": {"reference": "a"}}))).code == REFUSED
    assert len(await found(api, "/accounts", {"$gt": {"reference": "a"}})) > 1


def cursor_of(query: Any) -> str:
    token = json.dumps({"pageSize": 5, "filters": {"qb": query}})
    return base64.urlsafe_b64encode(token.encode()).decode().rstrip("=")
