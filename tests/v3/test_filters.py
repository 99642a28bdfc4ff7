"""Filters of v3's lists: what the server answered rightly can be said, and what it did not cannot."""

from __future__ import annotations

import json
import operator
from collections.abc import Callable
from functools import reduce
from pathlib import Path
from typing import Any

import pytest

from payments_async import PaymentsClient
from payments_async import filters as filters_v1
from payments_async.filters import Filter
from payments_async.operations.base import filter_text
from payments_async.v3 import filters, models
from payments_async.v3.filters import Metadata
from payments_async.v3.models import Payment, PaymentInitiation, PaymentInitiationStatus
from payments_async.v3.models.generated.operations import OPERATIONS

from .conftest import Canned

LISTS = {operation.name: operation for operation in OPERATIONS if operation.filters}
OPERATORS = ("match", "gt", "gte", "lt", "lte")
RECORDED = [json.loads(line) for line in (Path(__file__).parent / "recorded_filters.jsonl").read_text().splitlines()]
UUID = "6e5d4c3b-7f8e-4a9b-8c0d-2e3f4a5b6c7d"

initiations = filters.payment_initiations
STATUS = initiations.status.match("PROCESSED")
SUCCEEDED = filters.payments.status.match("SUCCEEDED")


def group_of(name: str) -> Any:
    """The keys of a list, by the name of its method."""
    return getattr(filters, name.removeprefix("list_"))


def made(expression: dict[str, Any], group: Any) -> Filter[Any]:
    """A filter made of a list's keys that says this to the server.

    Raises:
        AttributeError, ValueError: none does.
    """
    ((word, inside),) = expression.items()
    match word:
        case "$and" | "$or":
            parts = [made(part, group) for part in inside]
            return reduce(operator.and_ if word == "$and" else operator.or_, parts)
        case "$not":
            return ~made(inside, group)
        case _:
            ((name, value),) = inside.items()
            entry = name.partition("[")[2].rstrip("]")
            key = getattr(group, "metadata")[entry] if entry else getattr(group, name)  # noqa: B009  # any group
            condition: Filter[Any] = getattr(key, word.removeprefix("$"))(value)
            return condition


def test_keys_and_operators_are_those_of_the_description() -> None:
    assert len(LISTS) == 14
    for name, operation in LISTS.items():
        ours: dict[str, tuple[str, ...]] = {}
        group = group_of(name)
        for attribute in [each for each in dir(group) if not each.startswith("_")]:
            key = getattr(group, attribute)
            wire, key = ("metadata[key]", key["key"]) if isinstance(key, Metadata) else (key.name, key)
            ours[wire] = tuple(f"${each}" for each in OPERATORS if hasattr(key, each))
            assert key.resource is getattr(models, operation.response or "")
        assert ours == dict(operation.filters), name


def test_every_list_that_takes_a_filter_has_keys_under_its_own_name() -> None:
    taking = {operation.name for operation in OPERATIONS if "query" in operation.query_parameters}
    assert taking == set(LISTS)
    assert {f"list_{name}" for name in filters.__all__ if name.islower()} == taking


NOTHING_FOUND = "the server finds nothing, without a word"
AS_TEXT = "amounts are sent as numbers"
NOT_SAYABLE = {
    '{"$match":{"type":"nope"}}': NOTHING_FOUND,
    '{"$match":{"name":null}}': NOTHING_FOUND,
    '{"$match":{"reference":5}}': NOTHING_FOUND,
    '{"$match":{"status":"NOPE"}}': NOTHING_FOUND,
    '{"$match":{"amount":"1000000000000000000000000000000"}}': AS_TEXT,
    "{}": "no filter is no filter",
}
"""What the server answered, and no key can say."""


@pytest.mark.parametrize("recorded", RECORDED, ids=lambda each: json.dumps(each["filter"]))
def test_what_the_server_answered_can_be_said_and_nothing_else(recorded: dict[str, Any]) -> None:
    name = next(each.name for each in OPERATIONS if each.operation_id == recorded["operation"])
    text = json.dumps(recorded["filter"], separators=(",", ":"))
    if recorded["status"] == 200 and name in LISTS and text not in NOT_SAYABLE:
        assert made(recorded["filter"], group_of(name)).expression == recorded["filter"]
    else:
        assert recorded["status"] != 200 or name not in LISTS or recorded["items"] in (0, 1)
        with pytest.raises((AttributeError, ValueError, TypeError)):
            made(recorded["filter"], group_of(name))


def test_amounts_are_sent_as_numbers_of_any_size() -> None:
    assert filter_text(filters.payments.amount.gte(10**30), Payment) == f'{{"$gte":{{"amount":{10**30}}}}}'


@pytest.mark.parametrize("name", ["amount", "initial_amount"])
@pytest.mark.parametrize("value", [1.0, True, "7", None])
def test_an_amount_is_an_integer(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=rf"filters\.payments\.{name}\.gt takes an int"):
        getattr(filters.payments, name).gt(value)


@pytest.mark.parametrize(
    "key",
    [
        *(filters.accounts.psu_id, filters.payments.psu_id, filters.bank_accounts.psu_id, filters.bank_accounts.id),
        *(filters.pools.id, filters.payment_service_users.id),
        filters.payment_service_user_link_attempts_from_connector_id.id,
    ],
    ids=str,
)
def test_what_the_server_keeps_as_a_uuid_is_compared_with_uuids(key: Any) -> None:
    assert key.match(UUID).expression == {"$match": {key.name: UUID}}
    with pytest.raises(ValueError, match="takes a UUID, not 'x'"):
        key.match("x")


def test_an_enum_takes_what_the_server_knows() -> None:
    assert [initiations.status.match(each) for each in PaymentInitiationStatus]
    with pytest.raises(ValueError, match=r"takes one of UNKNOWN, PENDING, .* the server knows no other"):
        filters.payments.status.match("SUCEEDED")
    # Of connectors the server compares the text, and knows the names of the earlier API.
    assert filters.connectors.provider.match("DUMMY-PAY").expression == {"$match": {"provider": "DUMMY-PAY"}}


@pytest.mark.parametrize(
    ("other", "shown"),
    [
        (initiations.asset.match("USD/2"), "asset"),
        (initiations.amount.gt(3), "amount"),
        (initiations.id.match("a"), "id"),
        (initiations.metadata["a"].match("b"), "metadata"),
    ],
    ids=str,
)
@pytest.mark.parametrize("join", [operator.and_, operator.or_])
def test_a_status_of_initiations_stands_apart_from_what_the_server_cannot_take_beside_it(
    other: Filter[PaymentInitiation], shown: str, join: Callable[..., object]
) -> None:
    reference = initiations.reference.match("r")
    combinations: list[Callable[[], object]] = [
        lambda: join(STATUS, other),
        lambda: join(other, STATUS),
        lambda: join(~STATUS, other),
        lambda: join(STATUS & reference, other),
        lambda: join(STATUS, reference | other),
    ]
    for combine in combinations:
        with pytest.raises(
            ValueError, match=rf"{shown}.*cannot be in one filter: the server would fail\. Filter by one"
        ):
            combine()
    assert isinstance(join(other, reference), Filter)


def test_a_status_of_initiations_stands_beside_the_rest() -> None:
    query = (STATUS | initiations.status.match("FAILED")) & initiations.connector_id.match("c")
    query &= initiations.type.match("PAYOUT") & initiations.source_account_id.match("a")
    assert query.expression["$and"][0]["$or"]
    assert (~STATUS).expression == {"$not": STATUS.expression}


@pytest.mark.parametrize(
    "condition",
    [
        *(filters.payments.source_account_id.match("a"), filters.payments.psu_id.match(UUID)),
        *(filters.accounts.name.match("a"), filters.accounts.default_asset.match("USD/2")),
        *(
            filters.orders.fee.gt(0),
            filters.conversions.destination_amount.lt(5),
            filters.bank_accounts.country.match("FR"),
        ),
        *(filters.pools.account_id.match("a"), filters.payment_service_users.metadata["a"].match("b")),
    ],
    ids=str,
)
def test_what_an_item_may_be_without_stands_under_no_negation(condition: Filter[Any]) -> None:
    assert (condition & condition).expression
    with pytest.raises(ValueError, match=r"cannot be used under ~: the server would leave out each \w+ that has none"):
        operator.invert(condition)


def test_metadata_of_payments_and_accounts_is_a_condition_like_all_others() -> None:
    both: tuple[Any, ...] = (filters.payments, filters.accounts)
    for keys in both:
        one, other = (keys.metadata[name].match("x") for name in "ab")
        assert (~(one & other) | one).expression == {
            "$or": [{"$not": {"$and": [one.expression, other.expression]}}, one.expression]
        }


def test_a_filter_shows_as_it_is_written() -> None:
    for query in (STATUS | ~initiations.reference.match("r"), filters.payments.amount.gte(10**30), SUCCEEDED):
        assert eval(repr(query), {"filters": filters}) == query


async def test_a_filter_goes_out_as_query_and_nothing_as_body(client: PaymentsClient, canned: Canned) -> None:
    canned.will_answer(200, {"cursor": {"pageSize": 15, "hasMore": False, "data": []}})
    await client.v3.payments.list_payments(query=SUCCEEDED & filters.payments.amount.gte(2**70)).first()
    assert canned.path == "/v3/payments"
    assert canned.query == {
        "query": f'{{"$and":[{{"$match":{{"status":"SUCCEEDED"}}}},{{"$gte":{{"amount":{2**70}}}}}]}}'
    }
    assert canned.requests[0].body is None


@pytest.mark.parametrize("name", LISTS)
def test_a_list_refuses_the_filter_of_another(client: PaymentsClient, name: str) -> None:
    resource = getattr(models, LISTS[name].response or "")
    (owner,) = [each for each in vars(client.v3).values() if hasattr(each, name)] or [client.v3.connectors]
    ids = [UUID] * len(LISTS[name].path_parameters) if "user" in name else ["id-1"] * len(LISTS[name].path_parameters)
    if "connector_id" in name:
        ids[-1] = "connector-1"
    foreign = SUCCEEDED if resource is not Payment else STATUS
    with pytest.raises(ValueError, match=f"but this is a list of {resource.__name__}"):
        getattr(owner, name)(*ids, query=foreign)


async def test_a_pool_is_given_a_filter_of_accounts_alone(client: PaymentsClient, canned: Canned) -> None:
    await client.v3.pools.update_pool_query(UUID, filters.accounts.metadata["tier"].match("gold"))
    assert canned.requests[0].body == b'{"query":{"$match":{"metadata[tier]":"gold"}}}'
    wrong: Any = SUCCEEDED
    with pytest.raises(ValueError, match="query filters Payment, but this is a list of Account"):
        await client.v3.pools.update_pool_query(UUID, wrong)
    assert len(canned.requests) == 1


async def test_models_of_one_name_are_told_apart_by_their_packages(client: PaymentsClient) -> None:
    of_v1: Any = filters_v1.payments.status.match("SUCCEEDED")
    of_v3: Any = filters.payments.status.match("SUCCEEDED")
    v1, v3 = "payments_async.models.Payment", "payments_async.v3.models.Payment"
    with pytest.raises(ValueError, match=f"query filters {v1}, but this is a list of {v3}:"):
        client.v3.payments.list_payments(query=of_v1)
    with pytest.raises(ValueError, match=f"query filters {v3}, but this is a list of {v1}:"):
        client.payments.list_payments(query=of_v3)
    with pytest.raises(ValueError, match=f"a filter on {v1} and one on {v3} cannot be combined"):
        _ = of_v1 & of_v3


@pytest.mark.parametrize(
    "key", [filters.payments.connector_id, filters.accounts.id, filters.payments.source_account_id]
)
def test_no_item_is_found_by_a_missing_id(key: Any) -> None:
    with pytest.raises(ValueError, match="takes an id, not ''"):
        key.match("")
