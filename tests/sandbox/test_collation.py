"""How texts and documents are sorted and compared, which depends on a server's database."""

import json
import random
from pathlib import Path
from typing import Any

import pytest

from payments_async.sandbox import Sandbox
from payments_async.sandbox.collation import document_key, text_key

from .conftest import Api, Start

LINGUISTIC = [
    *("", " ", "-", "0", "1", "10", "2", "a", "A", "á", "Á", "a-b", "a_b", "ab", "aB", "AB", "áb", "ac", "Ac-d"),
    *("acde", "B", "c", "e", "é", "E-1", "f", "pi_1", "pi_10", "Pi_10", "pi_2", "straße", "strasse-n", "z", "я", "Я"),
]
BY_BYTES = sorted(LINGUISTIC, key=str.encode)


def test_letters_come_first_then_accents_then_case_then_punctuation() -> None:
    shuffled = random.Random(5).sample(LINGUISTIC, len(LINGUISTIC))
    assert sorted(shuffled, key=lambda text: text_key(text) or b"") == LINGUISTIC


def test_only_the_same_text_sorts_the_same() -> None:
    texts = [*LINGUISTIC, "e\u0301", "\u00e9", "\u212b", "\u00c5", "a\0", "a", "--", "ß", "ss", "\ufb01", "fi"]
    assert len({text_key(text) for text in set(texts)}) == len(set(texts))
    assert text_key(None) is None


@pytest.mark.parametrize("linguistic", [0, 1])
def test_documents_are_compared_by_the_members_that_the_database_keeps_first(linguistic: int) -> None:
    in_order = [None, {}, {"k": ""}, {"k": "v"}, {"k": "vv"}, {"k": "", "long": ""}, {"k": "a", "long": "z"}]
    assert sorted(map(keyed(linguistic), reversed(in_order))) == list(map(keyed(linguistic), in_order))


def test_texts_in_documents_follow_the_collation() -> None:
    lower, upper = {"k": "a"}, {"k": "B"}
    assert keyed(1)(lower) < keyed(1)(upper)
    assert keyed(0)(lower) > keyed(0)(upper)


def keyed(linguistic: int) -> Any:
    return lambda members: document_key(None if members is None else json.dumps(members), linguistic)


ORDERS = {"bytes": BY_BYTES, "linguistic": LINGUISTIC}


@pytest.fixture(params=ORDERS)
def collation(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def api(start: Start, collation: str) -> Api:
    """Payments and accounts of those references."""
    api = await start(connectors=1, tasks=0, collation=collation)
    connector = await api.connector("STRIPE")
    for reference in random.Random(5).sample(LINGUISTIC, len(LINGUISTIC)):
        api.sandbox.add_payment(connector, reference, amount=1, asset="EUR/2")
        if reference:
            api.sandbox.add_account(connector, reference, name=reference, metadata={"k": reference})
    return api


async def listed(api: Api, path: str, sort: str, query: Any = None) -> list[str]:
    page = (await api.get(path, sort=sort, pageSize="100", query=json.dumps(query))).page
    return [row["reference"] for row in page["data"]]


@pytest.mark.parametrize(
    ("path", "column"),
    [("/payments", "reference"), ("/accounts", "reference"), ("/accounts", "account_name"), ("/accounts", "metadata")],
)
async def test_texts_sort_by_the_collation(api: Api, collation: str, path: str, column: str) -> None:
    in_order = [each for each in ORDERS[collation] if each or path == "/payments"]
    assert await listed(api, path, f"{column}:asc") == in_order
    assert await listed(api, path, f"{column}:desc") == in_order[::-1]


async def test_comparisons_agree_with_the_order_and_equality_is_exact(api: Api, collation: str) -> None:
    in_order = ORDERS[collation]
    for place, reference in enumerate(in_order):
        for operator, expected in (
            ("$lt", in_order[:place]),
            ("$lte", in_order[: place + 1]),
            ("$match", [reference]),
            ("$gte", in_order[place:]),
            ("$gt", in_order[place + 1 :]),
        ):
            query = {operator: {"reference": reference}}
            assert await listed(api, "/payments", "reference:asc", query) == expected, query


@pytest.mark.parametrize("path", ["/payments", "/accounts"])
async def test_bounds_need_not_exist(api: Api, collation: str, path: str) -> None:
    within = {"$and": [{"$gt": {"reference": "E"}}, {"$lte": {"reference": "É"}}]}
    between = {"bytes": BY_BYTES[BY_BYTES.index("E-1") : BY_BYTES.index("á")], "linguistic": ["é"]}
    assert await listed(api, path, "reference:asc", within) == between[collation]
    assert await listed(api, path, "reference:asc", {"$match": {"reference": "E"}}) == []


async def test_a_database_is_opened_under_another_collation(start: Start, tmp_path: Path) -> None:
    file = tmp_path / "sandbox.db"
    orders: list[list[str]] = []
    for collation in ("bytes", "linguistic", "bytes", "linguistic"):
        api = await start(payments=50, database=file, collation=collation)
        orders.append(await listed(api, "/payments", "reference:asc"))
        await api.sandbox.stop()
    assert orders[:2] == orders[2:]
    assert sorted(orders[0]) == orders[0] != orders[1]


def test_a_collation_that_there_is_not() -> None:
    options: dict[str, Any] = {"collation": "icu"}
    with pytest.raises(ValueError, match="icu"):
        Sandbox(**options)
