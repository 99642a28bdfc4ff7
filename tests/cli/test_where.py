import re
from typing import Any

import pytest

from payments_async import filters
from payments_async.cli.options import Api, Resource
from payments_async.cli.where import selected
from payments_async.filters import Filter

payments = filters.payments


def query_of(resource: Resource, *conditions: str) -> Any:
    query = selected(resource, conditions).query
    return query.expression if isinstance(query, Filter) else query


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("status=SUCCEEDED", payments.status.match("SUCCEEDED")),
        ("status!=FAILED", ~payments.status.match("FAILED")),
        ("type = PAY-IN", payments.type.match("PAY-IN")),
        ("asset=USD/2", payments.asset.match("USD/2")),
        ("connector_id=abc", payments.connector_id.match("abc")),
        ("reference>A", payments.reference.gt("A")),
        ("reference=100", payments.reference.match("100")),
        ("reference=", payments.reference.match("")),
        ("reference=a>=b", payments.reference.match("a>=b")),
        ("amount>=100000", payments.amount.gte(100_000)),
        ("amount<-5", payments.amount.lt(-5)),
        ("amount=9007199254740993", payments.amount.match(2**53 + 1)),
        ("initial_amount<=0", payments.initial_amount.lte(0)),
        ("metadata[order]=A-1", payments.metadata["order"].match("A-1")),
        ("metadata[a=b]=c=d", payments.metadata["a=b"].match("c=d")),
        ("metadata[a]b]=c", payments.metadata["a]b"].match("c")),
        ("metadata[a b]= ", payments.metadata["a b"].match("")),
    ],
)
def test_a_condition_is_the_filter_that_it_reads_as(condition: str, expected: Filter[Any]) -> None:
    assert query_of("payments", condition) == expected.expression


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("amount>=12.50USD/2", payments.amount.gte(1250)),
        ("amount!=-7JPY/0", ~payments.amount.match(-7)),
        ("initial_amount<0.005 KWD/3", payments.initial_amount.lt(5)),
    ],
)
def test_an_amount_in_the_main_unit_is_one_of_its_asset_only(condition: str, expected: Filter[Any]) -> None:
    asset = re.sub(r".*?([A-Z]+/\d)$", r"\1", condition)
    assert query_of("payments", condition) == (expected & payments.asset.match(asset)).expression


@pytest.mark.parametrize(
    ("given", "order"),
    [
        ((), ()),
        (("amount:desc",), ("amount:desc", "id:desc")),
        (("status", "id:asc"), ("status:asc", "id:asc")),
    ],
)
def test_an_order_is_unique_by_the_id(given: tuple[str, ...], order: tuple[str, ...]) -> None:
    assert selected("payments", (), sort=given).sort == order


@pytest.mark.parametrize(
    ("resource", "api", "sort", "said"),
    [
        ("payments", "v1", "amout", "--sort amout: give id, connector_id, "),
        ("payments", "v1", "amount:down", "--sort amount:down: give id, "),
        ("balances", "v1", "created_at", "balances cannot be sorted"),
        ("tasks", "v1", "created_at", "tasks cannot be sorted"),
        ("payments", "v3", "amount", "one order, newest first: leave out --sort"),
    ],
)
def test_an_order_that_a_list_does_not_have_is_refused(resource: Resource, api: Api, sort: str, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        selected(resource, (), api, [sort])


def test_other_lists_have_keys_of_their_own() -> None:
    assert query_of("accounts", "metadata[team]!=a") == (~filters.accounts.metadata["team"].match("a")).expression
    destination = filters.transfer_initiations.destination_account_id.match("x")
    assert query_of("transfer-initiations", "destination_account_id=x") == destination.expression


def test_several_conditions_are_all_met() -> None:
    both = payments.status.match("SUCCEEDED") & payments.amount.gte(5)
    assert query_of("payments", "status=SUCCEEDED", "amount>=5") == both.expression
    assert query_of("payments") is None


def test_the_servers_own_json_passes_alone_and_beside_conditions() -> None:
    raw = '{"$match":{"reference":"a"}}'
    assert query_of("pools", raw) == {"$match": {"reference": "a"}}
    assert query_of("payments", raw, "amount>=5") == {
        "$and": [{"$match": {"reference": "a"}}, {"$gte": {"amount": "5"}}]
    }


def test_balances_and_tasks_are_those_of_what_is_named() -> None:
    assert selected("balances", ["account_id=abc", "asset=USD/2"]).scope == {"account_id": "abc", "asset": "USD/2"}
    assert selected("tasks", ["connector_id=abc"]).scope == {"connector_id": "abc"}


@pytest.mark.parametrize(
    ("resource", "conditions", "said"),
    [
        ("payments", ["created_at>2024"], "payments take reference = != > >= < <=; type = !=; "),
        ("payments", ["created_at>2024"], "metadata[NAME] ="),
        ("payments", ["status"], "--where status: payments take"),
        ("payments", ["status>FAILED"], "--where status>FAILED: payments take"),
        ("payments", ["metadata=a"], "--where metadata=a: payments take"),
        ("payments", ["status[a]=b"], "--where status[a]=b: payments take"),
        ("payments", ["metadata[a]!=b"], "--where metadata[a]!=b: payments take"),
        ("payments", ["status=PAID"], "--where status=PAID: status takes one of PENDING, SUCCEEDED"),
        ("transfer-initiations", ["source_account_id="], "source_account_id takes an id, not ''"),
        (
            "payments",
            ["amount>=10.50"],
            "'10.50' is not a whole number of the minor unit, or an amount such as 12.50USD",
        ),
        ("payments", ["amount>=12.505USD/2"], "12.505 has a fraction of the minor unit of USD/2"),
        ("payments", ["amount>=12.50USD"], "'12.50USD' is not a whole number"),
        ("payments", ["metadata[a]=1", "metadata[b]=2"], "cannot be in one filter"),
        ("payments", ['{"$match"'], "not JSON"),
        ("accounts", ["status=FAILED"], "accounts take reference = != > >= < <=; metadata[NAME] = !="),
        ("transfer-initiations", ["source_account_id!=x"], "source_account_id =; destination_account_id = !="),
        ("pools", ["name=a"], "pools take only the server's own JSON"),
        ("bank-accounts", ["{}"], "bank-accounts cannot be filtered"),
        ("connectors", ["name=a"], "connectors cannot be filtered"),
        ("balances", ["balance>5"], "balances take account_id =; asset ="),
        ("balances", ["asset=A", "asset=B"], "give exactly one asset for balances"),
        ("tasks", ["connector_id="], "give exactly one connector_id for tasks"),
        ("tasks", ["{}"], "tasks take connector_id ="),
    ],
)
def test_what_a_list_does_not_take_is_refused_with_what_it_takes(
    resource: Resource, conditions: list[str], said: str
) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        selected(resource, conditions)
