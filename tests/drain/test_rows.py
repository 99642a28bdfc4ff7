"""Rows: plain values by the names of their model's fields, exact and in UTC."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum
from typing import Any, get_args

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments_async.drain.resources import FAN_OUTS, LISTINGS, FanOut, Listing
from payments_async.drain.rows import columns, identity, plain, plain_value, time_text
from payments_async.models import (
    Account,
    AccountBalance,
    Payment,
    PaymentAdjustment,
    PaymentScheme,
    PaymentStatus,
    Pool,
    Task,
    TransferInitiation,
)

AT = datetime(2024, 5, 6, 7, 8, 9, 123456, tzinfo=UTC)


def payment(**changes: Any) -> Payment:
    given: dict[str, Any] = {
        "id": "p",
        "reference": "r",
        "source_account_id": "",
        "destination_account_id": "",
        "connector_id": "c",
        "type": "PAY-IN",
        "status": PaymentStatus.SUCCEEDED,
        "initial_amount": 1,
        "amount": 1,
        "scheme": PaymentScheme.VISA,
        "asset": "EUR/2",
        "created_at": AT,
        **changes,
    }
    return Payment(**given)


def test_columns_are_the_models_fields_in_order() -> None:
    assert columns(AccountBalance) == {
        "account_id": "text",
        "created_at": "time",
        "last_updated_at": "time",
        "currency": "text",
        "asset": "text",
        "balance": "integer",
    }
    kinds = columns(Payment)
    assert list(kinds) == [each.name for each in attrs.fields(Payment)]
    assert {name for name, kind in kinds.items() if kind == "json"} == {"raw", "adjustments", "metadata"}
    assert {name for name, kind in kinds.items() if kind == "integer"} == {"amount", "initial_amount"}
    assert kinds["provider"] == kinds["status"] == kinds["scheme"] == "text"
    assert columns(Pool)["accounts"] == "json"
    assert columns(TransferInitiation)["scheduled_at"] == "time"


def test_every_resource_has_columns_and_its_identity_among_them() -> None:
    every: list[Listing | FanOut] = [*LISTINGS.values(), *FAN_OUTS.values()]
    for each in every:
        assert set(each.identity) <= set(columns(each.model)), each.name


def test_tasks_of_all_connectors_have_the_same_columns() -> None:
    wanted = columns(FAN_OUTS["tasks"].model)
    assert len(get_args(Task)) == 12
    assert all(wanted.keys() <= columns(kind).keys() for kind in get_args(Task))


def test_booleans_are_booleans() -> None:
    connectors = columns(LISTINGS["connectors"].model)
    assert "boolean" in connectors.values()


def test_models_inside_are_rows_inside() -> None:
    adjustment = PaymentAdjustment(
        reference="a", created_at=AT, status=PaymentStatus.PENDING, amount=-(10**40), raw={"x": [1, None]}
    )
    row = plain(payment(adjustments=[adjustment], metadata={"k": "é"}, raw=[{"n": 10**40}]))
    assert row["adjustments"] == [
        {
            "reference": "a",
            "created_at": "2024-05-06T07:08:09.123456Z",
            "status": "PENDING",
            "amount": -(10**40),
            "raw": {"x": [1, None]},
        }
    ]
    assert row["raw"] == [{"n": 10**40}]
    assert row["metadata"] == {"k": "é"}


def test_enums_are_their_text_whether_known_or_not() -> None:
    row = plain(payment(status=PaymentStatus("NOT_YET_INVENTED"), scheme=PaymentScheme.VISA))
    assert (row["status"], row["scheme"]) == ("NOT_YET_INVENTED", "visa")
    assert type(row["status"]) is type(row["scheme"]) is str


@given(st.integers() | st.integers(-(10**60), 10**60))
def test_integers_are_exact(amount: int) -> None:
    assert plain(payment(amount=amount))["amount"] == amount


def test_asked_for_columns_come_alone_and_in_order() -> None:
    assert list(plain(payment(), ["reference", "id"]).items()) == [("reference", "r"), ("id", "p")]
    assert plain(payment(), ["status"]) == {"status": "SUCCEEDED"}
    assert plain(payment(), iter(["id"])) == {"id": "p"}
    assert plain(payment(), []) == plain(payment())


class Colour(Enum):
    RED = 3


class Level(IntEnum):
    HIGH = 5


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (True, True),
        (1.5, 1.5),
        (Decimal("1.00000000000000000001"), Decimal("1.00000000000000000001")),
        ("\x00\n\u2028'\"", "\x00\n\u2028'\""),
        ([], []),
        ({}, {}),
        ({"a": [AT, Colour.RED]}, {"a": ["2024-05-06T07:08:09.123456Z", 3]}),
        (Level.HIGH, 5),
    ],
)
def test_plain_values(value: Any, expected: Any) -> None:
    assert plain_value(value) == expected
    assert type(plain_value(value)) is type(expected)


FIRST, LAST = datetime(1, 1, 3), datetime(9999, 12, 29)  # noqa: DTZ001  # hypothesis adds the time zone
OFFSETS = st.integers(-24 * 60 + 1, 24 * 60 - 1).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.datetimes(FIRST, LAST, timezones=OFFSETS))
def test_times_are_rfc_3339_in_utc_and_sort_as_they_follow(time: datetime) -> None:
    text = time_text(time)
    assert text.endswith("Z")
    assert len(text) == len("2024-05-06T07:08:09.123456Z")
    assert datetime.fromisoformat(text) == time
    assert (text < time_text(AT)) == (time < AT)


@pytest.mark.parametrize(
    ("time", "text"),
    [
        (datetime(2024, 1, 1, 1, 30, tzinfo=timezone(timedelta(hours=2))), "2023-12-31T23:30:00.000000Z"),
        (datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00.000000Z"),
        (datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=2))), "0001-01-01T21:59:00.000000+23:59"),
        (datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-2))), "9999-12-31T01:01:00.000000-23:59"),
    ],
)
def test_times_at_the_ends(time: datetime, text: str) -> None:
    assert time_text(time) == text


def test_times_of_a_class_of_ones_own_are_times() -> None:
    class Instant(datetime):
        pass

    assert time_text(Instant(2024, 5, 6, 7, 8, 9, tzinfo=UTC)) == "2024-05-06T07:08:09.000000Z"


def test_free_json_is_that_of_the_model() -> None:
    raw = {"a": [{"b": None}]}
    model = payment(raw=raw, metadata={"k": "v"})
    assert plain(model)["raw"] is raw
    assert plain(model)["metadata"] is model.metadata


def test_an_identity_is_made_of_the_fields_that_are_asked_for() -> None:
    balance = AccountBalance(
        account_id="a", created_at=AT, last_updated_at=AT, currency="EUR", asset="EUR/2", balance=1
    )
    same = attrs.evolve(balance, balance=2, created_at=AT.astimezone(timezone(timedelta(hours=3))))
    key = ("account_id", "asset", "created_at")
    assert identity(balance, key) == identity(same, key)
    for other in ({"account_id": "b"}, {"asset": "USD/2"}, {"created_at": AT + timedelta(microseconds=1)}):
        assert identity(attrs.evolve(balance, **other), key) != identity(balance, key)


def test_rows_are_json() -> None:
    row = plain(payment(amount=10**40, raw={"a": [1.5, None, True]}))
    assert json.loads(json.dumps(row)) == row
    assert plain(Account(**_account())) | {"pools": ["x"]} == plain(Account(**_account(pools=["x"])))


def _account(**changes: Any) -> dict[str, Any]:
    texts = ("id", "reference", "connector_id", "default_currency", "default_asset", "account_name", "type")
    return {**dict.fromkeys(texts, "t"), "created_at": AT, **changes}
