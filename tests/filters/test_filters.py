"""Filters as values: what they say to the server, how they show, and what none can be made of."""

import operator
import pickle
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given

from payments_async import filters
from payments_async.filters import Filter, Metadata, desc
from payments_async.models import (
    Account,
    Connector,
    Payment,
    PaymentScheme,
    PaymentStatus,
    PaymentType,
    Pool,
    TransferInitiation,
)
from payments_async.models.generated.operations import OPERATIONS
from payments_async.operations.base import filter_text
from tests.properties import examples

from .meant import OPERATORS, Meant, on_payments

payments, accounts, transfers = filters.payments, filters.accounts, filters.transfer_initiations

PAYMENT = Payment(
    id="p",
    reference="it's",
    source_account_id="",
    destination_account_id="",
    connector_id="c",
    type=PaymentType.PAY_IN,
    provider=Connector.STRIPE,
    status=PaymentStatus.SUCCEEDED,
    initial_amount=10**30,
    amount=-5,
    scheme=PaymentScheme.VISA,
    asset="USD/2",
    created_at=datetime(2024, 5, 6, tzinfo=UTC),
    raw=None,
    adjustments=[],
    metadata={"o'r]d\"er": "\\"},
)
SUCCEEDED = payments.status.match("SUCCEEDED")
LARGE = payments.amount.gte(1000)
EURO = payments.asset.match("EUR/2")
WEB = payments.metadata["channel"].match("web")
ORDER = payments.metadata["order"].match("A-000001")
SOURCE = transfers.source_account_id.match("a")
DESTINATION = transfers.destination_account_id.match("b")


def test_keys_and_operators_are_those_of_the_description() -> None:
    described = {each.name: dict(each.filters) for each in OPERATIONS if each.filters}
    assert described.keys() == {"list_payments", "list_accounts", "list_transfer_initiations"}
    for name, keys in described.items():
        ours: dict[str, tuple[str, ...]] = {}
        group = getattr(filters, name.removeprefix("list_"))
        for attribute in [each for each in dir(group) if not each.startswith("_")]:
            key = getattr(group, attribute)
            wire_name, key = ("metadata[key]", key["key"]) if isinstance(key, Metadata) else (key.name, key)
            ours[wire_name] = tuple(f"${each}" for each in OPERATORS if hasattr(key, each))
        assert ours == keys


@pytest.mark.parametrize(
    ("made", "expression"),
    [
        (SUCCEEDED, {"$match": {"status": "SUCCEEDED"}}),
        (payments.status.match(PaymentStatus.SUCCEEDED), {"$match": {"status": "SUCCEEDED"}}),
        (payments.type.match(PaymentType.PAY_IN), {"$match": {"type": "PAY-IN"}}),
        (payments.reference.lt("é\n"), {"$lt": {"reference": "é\n"}}),
        (payments.connector_id.match("c"), {"$match": {"connectorID": "c"}}),
        (payments.amount.match(-5), {"$match": {"amount": "-5"}}),
        (payments.initial_amount.lte(2**53 + 1), {"$lte": {"initialAmount": "9007199254740993"}}),
        (payments.amount.gt(10**4300 + 1), {"$gt": {"amount": f"1{'0' * 4299}1"}}),
        (payments.amount.gt(10**4000), {"$gt": {"amount": f"1{'0' * 4000}"}}),
        (WEB, {"$match": {"metadata[channel]": "web"}}),
        (accounts.metadata["a]b[ c"].match(""), {"$match": {"metadata[a]b[ c]": ""}}),
        (SOURCE, {"$match": {"source_account_id": "a"}}),
        (~LARGE, {"$not": {"$gte": {"amount": "1000"}}}),
        (SUCCEEDED | LARGE, {"$or": [SUCCEEDED.expression, LARGE.expression]}),
        # Whatever the brackets in Python, what is joined by one word is one list.
        (SUCCEEDED & (LARGE & EURO), {"$and": [SUCCEEDED.expression, LARGE.expression, EURO.expression]}),
        ((WEB & LARGE) & EURO, {"$and": [WEB.expression, LARGE.expression, EURO.expression]}),
        (SUCCEEDED & (LARGE | EURO), {"$and": [SUCCEEDED.expression, {"$or": [LARGE.expression, EURO.expression]}]}),
        (~(SUCCEEDED & LARGE) & WEB, {"$and": [(~(SUCCEEDED & LARGE)).expression, WEB.expression]}),
    ],
    ids=str,
)
def test_a_filter_says_what_it_means_in_the_language_of_the_server(made: Filter[Any], expression: Any) -> None:
    assert made.expression == expression


def test_a_filter_is_sent_as_compact_text_in_the_order_it_was_written() -> None:
    assert filter_text(WEB & LARGE & payments.reference.gt("é"), Payment) == (
        '{"$and":[{"$match":{"metadata[channel]":"web"}},{"$gte":{"amount":"1000"}},{"$gt":{"reference":"é"}}]}'
    )


def test_the_language_of_the_server_passes_as_it_is() -> None:
    assert filter_text(None, Payment) is None
    assert filter_text('{"$new":  {"a":1}}', Payment) == '{"$new":  {"a":1}}'
    assert filter_text({"$new": {"a": 1}}, Payment) == '{"$new":{"a":1}}'


@examples()
@given(on_payments([PAYMENT]))
def test_a_filter_shows_as_it_is_written(meant: Meant[Payment]) -> None:
    assert eval(repr(meant.filter), {"filters": filters}) == meant.filter


def test_a_filter_travels_between_processes_and_is_a_key_of_dicts() -> None:
    made = (SUCCEEDED | ~LARGE) & WEB
    again = pickle.loads(pickle.dumps(made))
    assert again == made
    assert hash(again) == hash(made)
    assert again & EURO == made & EURO


def test_brackets_show_where_they_are_needed() -> None:
    shown = repr(~(SUCCEEDED | ~LARGE) & WEB)
    assert shown == (
        "~(filters.payments.status.match('SUCCEEDED') | ~filters.payments.amount.gte(1000))"
        " & filters.payments.metadata['channel'].match('web')"
    )


@pytest.mark.parametrize(
    ("value", "member"), [(SUCCEEDED, "value"), (payments.amount, "name"), (payments, "amount"), (desc("id"), "column")]
)
def test_values_do_not_change(value: Any, member: str) -> None:
    with pytest.raises(AttributeError):
        setattr(value, member, getattr(value, member))


@pytest.mark.parametrize("name", ["gt", "gte", "lt", "lte"])
@pytest.mark.parametrize(
    "key",
    [
        payments.type,
        payments.status,
        payments.asset,
        payments.connector_id,
        payments.metadata["k"],
        transfers.source_account_id,
    ],
    ids=str,
)
def test_a_key_has_the_operators_of_the_server_alone(key: Any, name: str) -> None:
    with pytest.raises(AttributeError):
        getattr(key, name)


def test_an_enum_takes_what_the_server_knows() -> None:
    assert [payments.status.match(each) for each in PaymentStatus] == [
        payments.status.match(str(each)) for each in PaymentStatus
    ]
    unknown: Any
    for unknown in ("NOPE", "succeeded", "", PaymentStatus("NOPE"), PaymentType.PAY_IN, None, 5):
        with pytest.raises(
            ValueError, match=r"filters.payments.status.match takes one of PENDING, SUCCEEDED, .*OTHER, not"
        ):
            payments.status.match(unknown)
    with pytest.raises(ValueError, match="takes one of PAY-IN, PAYOUT, TRANSFER, OTHER, not 'PAYIN'"):
        payments.type.match("PAYIN")


@pytest.mark.parametrize("value", [True, 1.0, "1000", None])
def test_an_amount_is_an_integer(value: Any) -> None:
    for name in OPERATORS:
        with pytest.raises(
            ValueError, match=f"filters.payments.amount.{name} takes an int, in the minor unit, not {value!r}"
        ):
            getattr(payments.amount, name)(value)


@pytest.mark.parametrize("value", ["a\0b", 5, None, b"a"])
def test_a_text_is_text_that_the_database_can_hold(value: Any) -> None:
    keys: list[Any] = [
        payments.reference,
        payments.asset,
        payments.metadata["k"],
        accounts.reference,
        transfers.source_account_id,
    ]
    for key in keys:
        with pytest.raises(
            ValueError, match=re.escape(f"{key!r}.match takes text without NUL characters, not {value!r}")
        ):
            key.match(value)


@pytest.mark.parametrize(
    "key", [transfers.source_account_id, transfers.destination_account_id, payments.connector_id], ids=repr
)
def test_no_item_is_found_by_a_missing_id(key: Any) -> None:
    with pytest.raises(ValueError, match=re.escape(f"{key!r}.match takes an id, not ''")):
        key.match("")


@pytest.mark.parametrize("name", ["", "a\nb", "a\0b", 5, None])
def test_a_name_in_metadata_is_one_line(name: Any) -> None:
    for metadata in (payments.metadata, accounts.metadata):
        with pytest.raises(ValueError, match=re.escape(repr(metadata))):
            metadata[name]


@pytest.mark.parametrize("made", [WEB, WEB & LARGE, LARGE & EURO & WEB, (LARGE | EURO) & WEB, ~LARGE & WEB], ids=str)
def test_metadata_of_payments_stands_alone_or_is_joined_by_and(made: Filter[Payment]) -> None:
    assert WEB in (made, *getattr(made, "parts", ()))


@pytest.mark.parametrize(
    "two", [lambda: WEB & ORDER, lambda: WEB & WEB, lambda: (WEB & LARGE) & ORDER, lambda: (WEB & LARGE) & (EURO & WEB)]
)
def test_two_conditions_on_metadata_of_payments_are_refused(two: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"^filters.payments.metadata.* cannot be in one filter: .* Filter by one"):
        two()


@pytest.mark.parametrize("either", [lambda: WEB | LARGE, lambda: LARGE | (EURO & WEB), lambda: WEB | ORDER])
def test_metadata_of_payments_is_refused_in_an_or(either: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"metadata\['channel'\].* cannot be a part of \|: .* Read one list for each"):
        either()


@pytest.mark.parametrize("opposite", [lambda: ~WEB, lambda: ~(LARGE & WEB), lambda: ~(~LARGE & (EURO & WEB))])
def test_metadata_of_payments_is_refused_under_a_negation(opposite: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"metadata\['channel'\].* cannot be used under ~: .* Leave it out, and check"):
        opposite()


def test_metadata_of_accounts_stands_anywhere() -> None:
    one, other = (accounts.metadata[each].match("x") for each in "ab")
    assert (~(one & other) | one).expression == {
        "$or": [{"$not": {"$and": [one.expression, other.expression]}}, one.expression]
    }


def test_a_source_account_stands_anywhere_but_under_a_negation() -> None:
    assert (~DESTINATION & (SOURCE | DESTINATION)).expression == {
        "$and": [{"$not": DESTINATION.expression}, {"$or": [SOURCE.expression, DESTINATION.expression]}]
    }


@pytest.mark.parametrize(
    "opposite", [lambda: ~SOURCE, lambda: ~(DESTINATION | SOURCE), lambda: ~(~DESTINATION & SOURCE)]
)
def test_a_source_account_is_refused_under_a_negation(opposite: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"would leave out each TransferInitiation that has none\. Leave it out"):
        opposite()


@pytest.mark.parametrize("combine", [operator.and_, operator.or_])
def test_filters_of_two_lists_do_not_mix(combine: Callable[[object, object], object]) -> None:
    with pytest.raises(ValueError, match="on Payment and one on Account cannot be combined: no list holds both"):
        combine(LARGE, accounts.reference.match("a"))


@pytest.mark.parametrize("resource", [Account, TransferInitiation, Pool])
def test_a_list_refuses_the_filter_of_another(resource: type[Any]) -> None:
    with pytest.raises(ValueError, match=f"query filters Payment, but this is a list of {resource.__name__}"):
        filter_text(LARGE, resource)


@pytest.mark.parametrize("query", [False, 5, payments.status, [LARGE], b"{}"])
def test_what_is_no_filter_is_refused(query: Any) -> None:
    with pytest.raises(ValueError, match="give a filter"):
        filter_text(query, Payment)


@pytest.mark.parametrize("combine", [operator.and_, operator.or_])
@pytest.mark.parametrize("other", [None, True, {"$match": {"asset": "EUR/2"}}], ids=str)
def test_a_filter_is_combined_with_filters_alone(combine: Callable[[object, object], object], other: object) -> None:
    with pytest.raises(TypeError, match="unsupported operand"):
        combine(LARGE, other)


def test_filters_are_not_combined_by_the_words_of_python() -> None:
    with pytest.raises(TypeError, match=r"combine filters by &, \| and ~, not by and, or and not"):
        bool(LARGE)
