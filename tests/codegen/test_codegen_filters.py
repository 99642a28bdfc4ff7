import re
from types import ModuleType
from typing import Any

import pytest

from codegen.check import check
from codegen.description import DescriptionError, Json
from codegen.filters import filters_sources
from payments_async.filters.key import Key, Metadata, OrderedKey

from .conftest import loaded

MATCH = ["$match"]
ORDER = ["$match", "$gt", "$gte", "$lt", "$lte"]


@pytest.fixture
def filtering(description: Json) -> Json:
    """The small description, which filters pools by keys of every kind."""
    description["x-codegen"]["filters"] = True
    description["paths"]["/pools"]["get"] |= {
        "x-filters": {
            "id": MATCH,
            "kind": MATCH,
            "iban": ORDER,
            "amount": ORDER,
            "account_id": MATCH,
            "metadata[key]": MATCH,
        },
        "x-filters-types": {"account_id": {"type": "string"}},
        "x-filters-optional": ["iban", "metadata[key]"],
        "x-filters-apart": {"kind": ["amount", "metadata[key]"]},
    }
    return description


def checked(description: Json) -> dict[str, str]:
    check(description)
    return filters_sources(description)


def generated(description: Json) -> str:
    return checked(description)["filters.py"]


def keys(description: Json) -> dict[str, str]:
    """The lines of the class, by key."""
    lines = generated(description).partition("__slots__ = ()\n\n")[2].partition("\n\n\n")[0]
    joined = re.sub(r' """.*?"""', "", " ".join(lines.split())).replace("( ", "(").replace(" )", ")")
    parts = [part.split(" = ", 1) for part in joined.replace(") ", ")\n").splitlines()]
    return {annotated.partition(":")[0]: made for annotated, made in parts}


def refusal(description: Json) -> str:
    with pytest.raises(DescriptionError) as stop:
        checked(description)
    return str(stop.value)


def test_nothing_is_written_where_nothing_is_asked_for(description: Json) -> None:
    assert filters_sources(description) == {}
    check(description)  # with filters by members that there are none of


def test_a_key_takes_what_its_member_holds(filtering: Json) -> None:
    assert keys(filtering) == {
        "id": 'Key(Pool, "pools.id", "id", uuids)',
        "kind": 'Key(Pool, "pools.kind", "kind", one_of(PoolKind), apart=("amount", "metadata"))',
        "iban": 'OrderedKey(Pool, "pools.iban", "iban", texts, optional=True)',
        "amount": 'OrderedKey(Pool, "pools.amount", "amount", amounts, sent=int)',
        "account_id": 'Key(Pool, "pools.account_id", "account_id", ids)',
        "metadata": 'Metadata(Pool, "pools.metadata", optional=True)',
    }


def test_a_key_says_in_an_editor_what_it_is_and_takes(filtering: Json) -> None:
    filtering["components"]["schemas"]["Pool"]["properties"]["amount"]["description"] = "In the minor unit."
    written = generated(filtering)
    assert 'id: ClassVar[Key[Pool, str]] = Key(Pool, "pools.id", "id", uuids)\n    """' in written
    assert re.search(r'amount: ClassVar\[OrderedKey\[Pool, int\]\] = .*\n    """In the minor unit."""\n', written)
    assert "metadata: ClassVar[Metadata[Pool]] = " in written


def test_the_keys_can_be_used(filtering: Json, models: ModuleType) -> None:
    source = generated(filtering).replace("payments_async.models.generated.models", models.__name__)
    for module in loaded({"filters.py": source}, "filters"):
        pools: Any = module.pools
        assert module.__all__ == ["pools"]
        kinds = [type(getattr(pools, name)) for name in ("id", "iban", "metadata")]
        assert kinds == [Key, OrderedKey, Metadata]
        assert pools.amount.gt(10**30).expression == {"$gt": {"amount": 10**30}}
        assert pools.amount.resource is models.Pool


def test_lists_of_the_same_items_share_their_keys(filtering: Json) -> None:
    pools = filtering["paths"]["/pools"]["get"]
    archived = {**pools, "operationId": "listArchivedPools"}
    filtering["paths"]["/archive"] = {"get": archived}
    source = generated(filtering)
    assert "pools: PoolKeys = PoolKeys()\narchived_pools: PoolKeys = pools\n" in source
    assert source.count("class ") == 1
    archived["x-filters-optional"] = []
    assert refusal(filtering) == "GET /archive: filters Pool by other keys than list_pools does"


@pytest.mark.parametrize(
    ("member", "value", "message"),
    [
        ("x-filters-types", {}, "account_id is no member of Pool; add its schema to x-filters-types"),
        ("x-filters-optional", ["share"], "share is not in x-filters; add it there"),
        ("x-filters-apart", {"share": ["id"]}, "share is not in x-filters; add it there"),
        ("x-filters-apart", {"id": ["share"]}, "share is not in x-filters; add it there"),
        (
            "x-filters-types",
            {"account_id": {"type": "array", "items": {"type": "string"}}},
            "account_id has values that cannot be in a filter; add a schema to x-filters-types",
        ),
    ],
)
def test_what_does_not_fit_together_stops(filtering: Json, member: str, value: object, message: str) -> None:
    filtering["paths"]["/pools"]["get"][member] = value
    assert refusal(filtering) == f"GET /pools: {message}"
