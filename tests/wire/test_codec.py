"""The codec: what goes out is what was meant, what comes in is a model or an error that tells where."""

from __future__ import annotations

import contextlib
import copy
import json
import pickle
import sys
import traceback
import typing
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import attrs
import pytest
import yaml

from payments_async import DecodeError, Outcome, ProtocolError, models
from payments_async.models import (
    CONFIG_BY_CONNECTOR,
    TASK_BY_CONNECTOR,
    Account,
    AccountRequest,
    AccountType,
    BankAccount,
    ConfigField,
    Connector,
    InstalledConnector,
    OpenEnum,
    OtherConfig,
    OtherTask,
    Payment,
    PaymentAdjustment,
    PaymentRequest,
    PaymentScheme,
    PaymentStatus,
    PaymentType,
    PoolBalance,
    ServerInfo,
    TaskStatus,
    TransferInitiation,
    TransferInitiationRequest,
    TransferInitiationStatus,
    TransferInitiationType,
)
from payments_async.operations.connectors import Connectors
from payments_async.wire.call import Call, Page, Request, Response
from payments_async.wire.codec import anything, bare, encode, nothing, one, page_of

DESCRIPTION = Path(__file__).resolve().parents[2] / "openapi" / "payments.yaml"
CANARY = "canary-DE89370400440532013000"

NOON = datetime(2024, 5, 6, 12, 0, 0, tzinfo=UTC)

MODELS: list[Any] = [
    value for name in models.__all__ if isinstance(value := getattr(models, name), type) and attrs.has(value)
]
ANSWERS = [model for model in MODELS if not model.__name__.endswith("Request")]


def answer(body: bytes, *, status: int = 200, content_type: str | None = "application/json") -> Response:
    request = Request(operation="get_thing", method="GET", path="/things/{id}", url="https://a/things/1", deadline=0)
    return Response(
        request=request, status=status, headers={"Content-Type": content_type} if content_type else {}, body=body
    )


def read(kind: Any, value: Any) -> Any:
    """What the codec makes of a JSON value."""
    return bare(kind)(answer(json.dumps(value).encode()))


def read_text(kind: Any, text: str) -> Any:
    return bare(kind)(answer(text.encode()))


def sent_text(body: Any) -> str:
    call = Call("post_thing", "POST", "/things", nothing, body=body)
    encoded = encode(call, base="https://a", headers={}, deadline=0).body
    assert encoded is not None
    return encoded.decode()


def sent(body: Any) -> Any:
    """What goes on the wire, as the standard library reads it."""
    return json.loads(sent_text(body), parse_float=lambda digits: pytest.fail(f"the float {digits} was sent"))


def url_of(path: str = "/things", **parts: Any) -> str:
    call = Call("get_thing", "GET", path, nothing, **parts)
    return encode(call, base="https://a", headers={}, deadline=0).url


def wire_name(field: attrs.Attribute[Any]) -> str:
    name: str = field.metadata.get("wire", field.name)
    return name


def declared(model: Any) -> list[attrs.Attribute[Any]]:
    return [field for field in attrs.fields(model) if "rest" not in field.metadata]


def inner(kind: Any) -> Any:
    """`str` of `str | None`, `list` of `list[str]`."""
    some = [part for part in typing.get_args(kind) if part is not type(None)]
    if type(None) in typing.get_args(kind):
        kind = some[0]
    return typing.get_origin(kind) or kind


def is_optional(field: attrs.Attribute[Any]) -> bool:
    return field.default is not attrs.NOTHING


def example(kind: Any) -> Any:
    """The smallest JSON that stands for a type."""
    kind = inner(kind)
    if attrs.has(kind):
        return {wire_name(field): example(field.type) for field in declared(kind) if not is_optional(field)}
    if issubclass(kind, OpenEnum):
        return "BRAND NEW"
    return {str: "text", int: 7, bool: True, datetime: "2024-05-06T12:00:00Z", list: [], dict: {}}[kind]


def wrong(kind: Any) -> list[Any]:
    """JSON of other types, each with the canary in it where it can have one."""
    kind = inner(kind)
    if kind in (str, datetime) or (isinstance(kind, type) and issubclass(kind, OpenEnum)):
        return [5, 1.5, True, [CANARY], {CANARY: CANARY}, *([CANARY, ""] if kind is datetime else [])]
    if kind is int:
        return [1.5, 1e-300, True, "5", CANARY, [CANARY], {CANARY: 1}]
    if kind is bool:
        return [0, 1, "true", CANARY, [CANARY]]
    if kind is list:
        return [CANARY, "", 5, False, {CANARY: CANARY}, {}]
    return [CANARY, "", 5, False, [[CANARY, CANARY]], []]


EXPECTED: dict[Any, str] = {
    str: "str",
    int: "int",
    bool: "bool",
    datetime: "RFC 3339 time",
    list: "list",
    dict: "object",
}


def expected_of(kind: Any) -> str:
    kind = inner(kind)
    name: str = kind.__name__
    return "object" if attrs.has(kind) else EXPECTED.get(kind, name)


def chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def everything_said(error: BaseException) -> str:
    """All texts in which an error may show what it knows."""
    said = ["".join(traceback.format_exception(error)), repr(pickle.dumps(error))]
    for each in chain(error):
        said += [str(each), repr(each), repr(each.args), repr(each.__dict__), repr(getattr(each, "__notes__", []))]
    return "\n".join(said)


def refused(kind: Any, value: Any) -> DecodeError:
    with pytest.raises(DecodeError) as caught:
        read(kind, value)
    assert caught.value.operation == "get_thing"
    assert CANARY not in everything_said(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    return caught.value


# Integers

INTEGERS = [0, 1, -5, 2**53 + 1, 2**63, -(2**63) - 1, 2**64, 2**64 + 1, 10**30, -(10**30), int("9" * 400)]


@pytest.mark.parametrize("amount", INTEGERS)
def test_integers_come_in_exactly(amount: int) -> None:
    balance = read_text(PoolBalance, f'{{"amount":{amount},"asset":"USD/2"}}')
    assert type(balance.amount) is int
    assert balance.amount == amount


@pytest.mark.parametrize("amount", INTEGERS)
def test_integers_go_out_exactly(amount: int) -> None:
    assert f'"amount":{amount},' in sent_text(payment_request(amount=amount))


BY_VALUE = {
    "1336520646e12": 1336520646 * 10**12,
    "1.336520646e+21": 1336520646 * 10**12,
    "1e3": 1000,
    "1E2": 100,
    "100.0": 100,
    "-15.00e0": -15,
    "-1.5e1": -15,
    "1500e-2": 15,
    "-0.0": 0,
    "0e999999999": 0,
    "12345678901234567890.0": 12345678901234567890,
    "1e23": 10**23,  # which no float is
    "1e99999": 10**99_999,
    "9" * 4301: 10**4301 - 1,
    "-" + "9" * 100_000: 1 - 10**100_000,
}


@pytest.mark.parametrize(("text", "amount"), BY_VALUE.items(), ids=[text[:20] for text in BY_VALUE])
def test_an_integer_is_one_by_its_value_however_it_is_written(text: str, amount: int) -> None:
    balance = f'{{"amount":{text},"asset":"USD/2"}}'
    page = f'{{"cursor":{{"hasMore":false,"data":[{balance}]}}}}'
    values = [
        one(PoolBalance)(answer(f'{{"data":{balance}}}'.encode())).amount,
        page_of(PoolBalance)(answer(page.encode())).data[0].amount,
    ]
    assert values == [amount, amount]
    assert all(type(value) is int for value in values)


@pytest.mark.parametrize("limit", [640, 4300, 0])
def test_long_integers_go_both_ways_whatever_limit_the_process_has(limit: int) -> None:
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(limit)
    try:
        for digits in (640, 641, 4300, 4301, 99_999, 100_000):
            text = "-" + "123456789" * (digits // 9) + "7" * (digits % 9)
            amount = read_text(PoolBalance, f'{{"amount":{text},"asset":"USD/2"}}').amount
            assert f'"amount":{text},' in sent_text(payment_request(amount=amount))
            assert anything(answer(f"[{text}]".encode())) == [amount]
        assert sys.get_int_max_str_digits() == limit
    finally:
        sys.set_int_max_str_digits(before)


@pytest.mark.parametrize("amount", [10**100_000, -(10**100_000), 10**200_000], ids=["just", "negative", "far"])
def test_an_integer_of_more_digits_than_any_is_not_sent(amount: int) -> None:
    with pytest.raises(ValueError, match="100,000 digits"):
        sent_text(payment_request(amount=amount))


NO_INTEGERS = ["1.5", "1e-1", "10e-2", "0.99999999999999999999", '"5"', "true", "null", "[]", "{}", "1e100000"]


@pytest.mark.parametrize("text", [*NO_INTEGERS, "1e999999999", "-1e999999999"])
def test_what_is_no_integer_is_refused_for_one(text: str) -> None:
    with pytest.raises(DecodeError) as caught:
        one(PoolBalance)(answer(f'{{"data":{{"amount":{text},"asset":"USD/2"}}}}'.encode()))
    assert (caught.value.path, caught.value.expected) == ("$.data.amount", "int")


@pytest.mark.parametrize("text", ["1" * 100_001, "1e99999999999999999999"], ids=["digits", "exponent"])
def test_a_number_beyond_all_is_an_error_at_once(text: str) -> None:
    for body in (f'{{"data":{{"amount":{text},"asset":"USD/2"}}}}', f'{{"data":{{"raw":[{text}]}}}}'):
        with pytest.raises(DecodeError):
            one(PoolBalance)(answer(body.encode()))


@pytest.mark.parametrize("amount", [1.0, 1.5, float("nan"), "5", True, None, Decimal(5), [5]])
def test_what_is_no_integer_is_not_sent_for_one(amount: Any) -> None:
    with pytest.raises(ValueError, match=r"PaymentRequest\.amount .* int"):
        sent_text(payment_request(amount=amount))


def test_optional_integers_are_held_to_their_type_too() -> None:
    assert sent(models.StripeConfig(api_key="k", page_size=2**70)) == {"apiKey": "k", "pageSize": 2**70}
    for size in (10.0, "10", True):
        with pytest.raises(ValueError, match="StripeConfig"):
            sent_text(models.StripeConfig(api_key="k", page_size=typing.cast(int, size)))
    for size in (10.5, "10", True):
        assert refused(models.StripeConfig, {"apiKey": "k", "pageSize": size}).path == "$.pageSize"


# Open enums


@pytest.mark.parametrize(
    ("model", "member"),
    [
        (Payment, "status"),
        (Payment, "scheme"),
        (Payment, "type"),
        (Payment, "provider"),
        (InstalledConnector, "provider"),
        (Account, "type"),
        (TransferInitiation, "status"),
        (TransferInitiation, "type"),
        (models.TaskStripe, "status"),
        (OtherTask, "status"),
    ],
)
def test_an_unlisted_text_of_an_enum_makes_a_round_trip(model: Any, member: str) -> None:
    for text in ("BRAND_NEW", "Visa", "", "näive ünicode", "name", "mro"):
        instance = read(model, {**example(model), member: text})
        value = getattr(instance, member)
        assert isinstance(value, OpenEnum)
        assert (value, value.value) == (text, text)
        assert sent(instance)[member] == text


@pytest.mark.parametrize("enum", [PaymentStatus, PaymentScheme, PaymentType, TaskStatus, Connector, AccountType])
def test_a_listed_text_of_an_enum_is_its_member(enum: type[OpenEnum]) -> None:
    for member in enum:
        assert read(enum, member.value) is member


@pytest.mark.parametrize("value", [None, 5, True, 1.5, [], {}])
def test_what_is_no_text_is_refused_for_an_enum(value: Any) -> None:
    error = refused(Payment, {**example(Payment), "status": value})
    assert (error.path, error.expected) == ("$.status", "PaymentStatus")
    assert refused(PaymentStatus, value).expected == "PaymentStatus"


# Models: what is missing, null, unknown or of another type


def neutral(field: attrs.Attribute[Any]) -> Any:
    """What stands for a member that is absent: nothing, or an empty text, list or map."""
    values: dict[Any, Any] = {list: [], dict: {}} | ({str: ""} if field.type is str else {})
    return values.get(inner(field.type)) if field.type is not Any else None


@pytest.mark.parametrize("model", ANSWERS)
def test_what_the_server_leaves_out_is_neutral(model: Any) -> None:
    instance = read(model, example(model))
    for field in attrs.fields(model):
        if is_optional(field):
            assert getattr(instance, field.name) == neutral(field), field.name


@pytest.mark.parametrize("model", ANSWERS)
def test_null_is_neutral_where_there_is_a_neutral_value(model: Any) -> None:
    nulls = {wire_name(field): None for field in declared(model) if is_optional(field) and field.type is not str}
    assert read(model, {**example(model), **nulls}) == read(model, example(model))


def test_what_servers_from_3_0_on_leave_out_is_neutral() -> None:
    bank_account = {"id": "b", "name": "n", "createdAt": "2026-11-28T06:53:21.080461Z", "country": "FR"}
    assert read(BankAccount, bank_account).connector_id == ""
    related = {"paymentID": "p", "createdAt": "2026-11-28T06:50:18Z", "status": "SUCCEEDED"}
    transfer = read(TransferInitiation, {**example(TransferInitiation), "relatedPayments": [related]})
    assert [each.error for each in transfer.related_payments] == [""]
    # Tasks are schedules there.
    descriptor = {"id": "s", "connectorID": "c", "createdAt": "2026-11-28T06:53:33.418563Z"}
    schedule = {**descriptor, "updatedAt": "2026-11-28T06:53:33Z", "status": "ACTIVE", "state": None, "error": ""}
    for kind in TASK_BY_CONNECTOR.values():
        task = read(kind, {**schedule, "descriptor": descriptor})
        assert (task.id, task.descriptor.name, task.descriptor.key) == ("s", "", "")
    assert read(ConfigField, {"dataType": "string", "required": True}).default_value == ""


def test_null_is_neutral_whatever_was_read_before() -> None:
    kinds = [Payment, Account, BankAccount, TransferInitiation]
    for model in [*kinds, *kinds]:
        assert read(model, {**example(model), "metadata": None}).metadata == {}


def test_null_is_no_list_item_and_no_map_value() -> None:
    assert refused(models.Pool, {"id": "p", "name": "n", "accounts": ["a", None]}).path == "$.accounts[1]"
    assert refused(Payment, {**example(Payment), "metadata": {CANARY: None}}).path == "$.metadata[*]"


@pytest.mark.parametrize("model", [model for model in ANSWERS if not model.__name__.startswith("Other")])
def test_unknown_members_are_ignored(model: Any) -> None:
    assert read(model, {**example(model), "newInV4": {"deep": [1]}, "_x": None, "": 1}) == read(model, example(model))


def test_members_go_by_their_wire_names_only() -> None:
    assert refused(PaymentAdjustment, {**example(PaymentAdjustment), "createdAt": CANARY}).path == "$.createdAt"
    by_field_name = {**example(PaymentAdjustment), "created_at": "2024-05-06T12:00:00Z"}
    del by_field_name["createdAt"]
    assert refused(PaymentAdjustment, by_field_name).path == "$.createdAt"


@pytest.mark.parametrize("model", ANSWERS)
def test_a_missing_member_is_an_error_that_names_it(model: Any) -> None:
    for field in declared(model):
        if is_optional(field):
            continue
        given = {**example(model), "other": CANARY, wire_name(field): CANARY}
        del given[wire_name(field)]
        error = refused(model, given)
        assert error.path == f"$.{wire_name(field)}"
        assert error.expected in {inner(field.type).__name__, expected_of(field.type)}, field.name
        assert error.path in str(error)
        assert error.expected in str(error)


@pytest.mark.parametrize("model", ANSWERS)
def test_a_wrong_type_is_an_error_that_says_where_and_what(model: Any) -> None:
    for field in declared(model):
        if field.type is Any:
            continue
        for value in wrong(field.type) if is_optional(field) else [*wrong(field.type), None]:
            if value is None and inner(field.type) in (list, dict):
                continue
            error = refused(model, {**example(model), wire_name(field): value})
            assert (error.path, error.expected) == (f"$.{wire_name(field)}", expected_of(field.type)), value


@pytest.mark.parametrize("value", [CANARY, 5, None, True, [], [CANARY]])
@pytest.mark.parametrize("model", [Payment, ServerInfo, OtherConfig, OtherTask])
def test_what_is_no_object_is_refused_for_a_model(model: Any, value: Any) -> None:
    error = refused(model, value)
    assert (error.path, error.expected) == ("$", "object")


def test_the_path_leads_through_envelopes_lists_and_wire_names() -> None:
    payment = example(Payment)
    adjustment = {**example(PaymentAdjustment), "amount": CANARY}
    page = {"hasMore": False, "data": [payment, {**payment, "adjustments": [example(PaymentAdjustment), adjustment]}]}
    with pytest.raises(DecodeError) as caught:
        page_of(Payment)(answer(json.dumps({"cursor": page}).encode()))
    assert caught.value.path == "$.cursor.data[1].adjustments[1].amount"
    assert caught.value.expected == "int"
    assert CANARY not in everything_said(caught.value)


def test_the_keys_of_maps_are_not_shown() -> None:
    with pytest.raises(DecodeError) as caught:
        one(dict[str, dict[str, ConfigField]])(
            answer(json.dumps({"data": {CANARY: {CANARY: {"dataType": CANARY, "required": CANARY}}}}).encode())
        )
    assert caught.value.path == "$.data[*][*].required"
    assert CANARY not in everything_said(caught.value)


def test_a_decode_error_pickles_and_copies() -> None:
    error = refused(Payment, {**example(Payment), "amount": CANARY})
    for again in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert type(again) is DecodeError
        assert (str(again), again.path, again.expected, again.operation) == (
            str(error),
            "$.amount",
            "int",
            "get_thing",
        )


# Free JSON


@pytest.mark.parametrize(
    "text",
    ["null", "true", "5", "-5", f"{10**30}", "1.5", '"text"', "[]", "{}", f'{{"a":[{{"b":{2**64}}},null,{10**30}]}}'],
)
def test_raw_is_any_json_and_exact(text: str) -> None:
    payment = read_text(Payment, json.dumps(example(Payment))[:-1] + f', "raw": {text}}}')
    assert payment.raw == json.loads(text)
    assert type(payment.raw) is type(json.loads(text))


def test_numbers_beyond_floats_keep_their_value() -> None:
    assert anything(answer(b'{"a": [1e400, -1e400]}')) == {"a": [Decimal("1e400"), Decimal("-1e400")]}


@pytest.mark.parametrize("text", ["1e400", "-1.5e+999"])
def test_numbers_beyond_floats_go_out_as_numbers(text: str) -> None:
    config = read_text(OtherConfig, f'{{"limit": {text}}}')
    again = json.loads(sent_text(config), parse_float=Decimal)
    assert type(again["limit"]) is Decimal
    assert again["limit"] == Decimal(text)


@pytest.mark.parametrize("text", ["1e99999999999999999999", "-1e99999999999999999999", "1" * 5000, "[" * 100_000])
def test_numbers_and_depths_beyond_python_are_no_crash(text: str) -> None:
    for kind in (Any, Payment):
        with contextlib.suppress(DecodeError):
            bare(kind)(answer(text.encode()))


# Times

FRACTIONS = ["", *(f".{'123456789'[:digits]}" for digits in range(1, 10))]


@pytest.mark.parametrize("offset", ["Z", "z", "+00:00", "-00:00", "+01:00", "-03:30", "+14:00", "+23:59", "-23:59"])
def test_times_come_in_cut_to_microseconds_with_their_offset(offset: str) -> None:
    hours, minutes = (0, 0) if offset in "Zz" else (int(offset[1:3]), int(offset[4:]))
    for fraction in FRACTIONS:
        time = read(datetime, f"2024-05-06T12:34:56{fraction}{offset}")
        assert time.replace(tzinfo=None) == datetime(2024, 5, 6, 12, 34, 56, int(fraction[1:7].ljust(6, "0")))  # noqa: DTZ001
        assert time.utcoffset() == timedelta(hours=hours, minutes=minutes) * (-1 if offset[0] == "-" else 1)


def test_the_fraction_is_cut_and_not_rounded() -> None:
    assert read(datetime, "2024-12-31T23:59:59.999999999Z") == datetime(2024, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("0001-01-01T00:00:00Z", datetime(1, 1, 1, tzinfo=UTC)),
        ("9999-12-31T23:59:59.999999999Z", datetime.max.replace(tzinfo=UTC)),
        ("2024-02-29t00:00:00z", datetime(2024, 2, 29, tzinfo=UTC)),
        ("0001-01-01T00:00:00+01:00", datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=1)))),
    ],
)
def test_times_at_the_edges_come_in(text: str, time: datetime) -> None:
    assert read(TransferInitiation, {**example(TransferInitiation), "scheduledAt": text}).scheduled_at == time


@pytest.mark.parametrize(
    "text",
    [
        "",
        CANARY,
        "2024-05-06",
        "2024-05-06T12:00:00",
        "2024-05-06 12:00:00Z",
        "2024-05-06T12:00Z",
        "20240506T120000Z",
        "2024-W19-1T12:00:00Z",
        "2024-05-06T12:00:00,5Z",
        "2024-05-06T12:00:00.Z",
        "2024-05-06T12:00:00+0200",
        "2024-05-06T12:00:00+02",
        "2024-05-06T12:00:00+02:00:00",
        "2024-05-06T12:00:00+24:00",
        "2024-05-06T12:00:00+05:60",
        "2024-05-06T24:00:00Z",
        "2024-05-06T12:60:00Z",
        "2024-02-30T12:00:00Z",
        "2024-13-01T12:00:00Z",
        "0000-01-01T00:00:00Z",
        "12024-05-06T12:00:00Z",
        " 2024-05-06T12:00:00Z",
        "2024-05-06T12:00:00Z\n",
        "٢٠٢٤-05-06T12:00:00Z",
    ],
)
def test_what_is_not_rfc_3339_is_refused(text: str) -> None:
    error = refused(Payment, {**example(Payment), "createdAt": text})
    assert (error.path, error.expected) == ("$.createdAt", "RFC 3339 time")


@pytest.mark.parametrize(
    ("time", "text"),
    [
        (NOON, "2024-05-06T12:00:00Z"),
        (NOON.replace(microsecond=120), "2024-05-06T12:00:00.000120Z"),
        (NOON.astimezone(timezone(timedelta(hours=-3.5))), "2024-05-06T08:30:00-03:30"),
        (NOON.astimezone(timezone(timedelta(hours=1, seconds=7))), "2024-05-06T12:00:00Z"),
        (datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00Z"),
        (datetime.max.replace(tzinfo=UTC), "9999-12-31T23:59:59.999999Z"),
    ],
)
def test_times_go_out_in_rfc_3339(time: datetime, text: str) -> None:
    assert sent(payment_request(created_at=time))["createdAt"] == text
    assert url_of(query={"at": time}).endswith("?at=" + text.replace(":", "%3A"))


def test_a_plus_in_a_time_of_a_query_arrives_as_one() -> None:
    time = NOON.astimezone(timezone(timedelta(hours=2)))
    assert url_of(query={"at": time}).endswith("14%3A00%3A00%2B02%3A00")


NAIVE = NOON.replace(tzinfo=None)


@pytest.mark.parametrize(
    "body",
    [
        lambda: payment_request(created_at=NAIVE),
        lambda: AccountRequest(
            reference="r", connector_id="c", created_at=NAIVE, type=AccountType.INTERNAL, account_name="n"
        ),
        lambda: TransferInitiationRequest(
            reference="r",
            scheduled_at=NAIVE,
            destination_account_id="d",
            type=TransferInitiationType.PAYOUT,
            amount=1,
            asset="USD/2",
        ),
        lambda: OtherConfig(extra={"since": {"first": [NAIVE]}}),
        lambda: {"since": NAIVE},
    ],
)
def test_times_without_a_zone_are_not_sent(body: Callable[[], Any]) -> None:
    with pytest.raises(ValueError, match="time zone"):
        sent_text(body())


def test_times_without_a_zone_are_not_sent_in_a_query() -> None:
    with pytest.raises(ValueError, match="time zone"):
        url_of(query={"at": NAIVE})


@pytest.mark.parametrize("time", ["2024-05-06T12:00:00Z", None, 5, date(2024, 5, 6)])
def test_what_is_no_time_is_not_sent_for_one(time: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        sent_text(payment_request(created_at=time))


def test_a_time_that_no_text_can_hold_is_not_sent() -> None:
    with pytest.raises(ValueError, match="time"):
        sent_text(payment_request(created_at=datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=1, seconds=1)))))


# Requests


def payment_request(**changes: Any) -> PaymentRequest:
    return PaymentRequest(
        **{
            "reference": "ref-1",
            "connector_id": "conn-1",
            "created_at": NOON,
            "amount": 100,
            "type": PaymentType.PAYOUT,
            "status": PaymentStatus.SUCCEEDED,
            "scheme": PaymentScheme.VISA,
            "asset": "USD/2",
            **changes,
        }
    )


def test_a_request_goes_out_by_wire_names_without_what_is_not_set() -> None:
    assert sent(payment_request()) == {
        "reference": "ref-1",
        "connectorID": "conn-1",
        "createdAt": "2024-05-06T12:00:00Z",
        "amount": 100,
        "type": "PAYOUT",
        "status": "SUCCEEDED",
        "scheme": "visa",
        "asset": "USD/2",
    }


@pytest.mark.parametrize("model", [model for model in MODELS if model.__name__.endswith(("Request", "Config"))])
def test_none_is_left_out_of_requests(model: Any) -> None:
    request = read(model, example(model))
    assert set(sent(request)) == {wire_name(field) for field in declared(model) if not is_optional(field)}


def test_what_is_set_is_sent_though_it_is_empty_or_false() -> None:
    request = TransferInitiationRequest(
        reference="",
        description="",
        destination_account_id="d",
        type=TransferInitiationType.PAYOUT,
        amount=0,
        asset="USD/2",
        validated=False,
        metadata={},
    )
    assert {"description": "", "amount": 0, "validated": False, "metadata": {}}.items() <= sent(request).items()


@pytest.mark.parametrize("status", [*TransferInitiationStatus, "BRAND_NEW"])
def test_an_enum_is_sent_as_its_text(status: str) -> None:
    request = models.UpdateTransferInitiationStatusRequest(status=TransferInitiationStatus(status))
    assert sent(request) == {"status": str(status)}


@pytest.mark.parametrize(
    ("member", "value"),
    [("reference", 5), ("reference", None), ("reference", b"r"), ("asset", ["USD/2"]), ("type", 5), ("status", None)],
)
def test_a_member_of_another_type_is_not_sent(member: str, value: Any) -> None:
    with pytest.raises(ValueError, match=rf"PaymentRequest\.{member} "):
        sent_text(payment_request(**{member: value}))


@pytest.mark.parametrize("metadata", [{"k": 5}, {"k": None}, ["k"], "k", 5])
def test_metadata_that_is_no_map_of_texts_is_not_sent(metadata: Any) -> None:
    request = models.BankAccountRequest(country="FR", name="n", iban=CANARY, metadata=metadata)
    with pytest.raises((ValueError, TypeError)) as caught:
        sent_text(request)
    assert CANARY not in everything_said(caught.value)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize("wrapped", [lambda value: {"a": [value]}, lambda value: OtherConfig(extra={"a": value})])
def test_numbers_that_json_does_not_have_are_not_sent_as_null(wrapped: Callable[[float], Any], value: float) -> None:
    with pytest.raises((ValueError, TypeError)):
        sent_text(wrapped(value))


def test_unicode_and_signs_arrive_as_they_are() -> None:
    text = 'ü "\\" <>&   \U0001f600 \x00 \x7f'
    assert sent(payment_request(reference=text))["reference"] == text
    assert read_text(ServerInfo, json.dumps({"version": text})).version == text
    assert read_text(ServerInfo, json.dumps({"version": text}, ensure_ascii=False)).version == text


# Paths and queries


@pytest.mark.parametrize("value", ["", ".", ".."])
def test_an_id_that_leads_elsewhere_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="thingId"):
        url_of("/things/{thingId}", ids={"thingId": value})


@pytest.mark.parametrize("value", [None, 5, b"a", ["a"]])
def test_an_id_that_is_no_text_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="thingId"):
        url_of("/things/{thingId}", ids={"thingId": value})


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a/b", "a%2Fb"),
        ("a b", "a%20b"),
        ("ü?#%", "%C3%BC%3F%23%25"),
        ("...", "..."),
        ("{x}", "%7Bx%7D"),
        ("a+b", "a%2Bb"),
        ("../..", "..%2F.."),
        (Connector.DUMMY_PAY, "DUMMY-PAY"),
    ],
)
def test_an_id_is_percent_encoded(value: str, text: str) -> None:
    assert url_of("/things/{thingId}/parts", ids={"thingId": value}) == f"https://a/things/{text}/parts"


def test_queries_leave_out_none_and_repeat_lists() -> None:
    assert url_of(query={}) == "https://a/things"
    assert url_of(query={"a": None}) == "https://a/things"
    query: dict[str, Any] = {"sort": ["a:asc", "b:desc"], "n": 10**30, "yes": True, "no": False, "q": '{"a": "+ &"}'}
    assert url_of(query=query) == (
        "https://a/things?sort=a%3Aasc&sort=b%3Adesc&n=1000000000000000000000000000000&yes=true&no=false"
        "&q=%7B%22a%22%3A%20%22%2B%20%26%22%7D"
    )


@pytest.mark.parametrize("value", ["", ["a", ""]])
def test_an_empty_query_parameter_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="sort"):
        url_of(query={"sort": value})


def test_a_request_without_a_body_says_nothing_of_one() -> None:
    request = encode(Call("op", "POST", "/x", nothing), base="https://a", headers={"X-A": "1"}, deadline=5)
    assert request.body is None
    assert dict(request.headers) == {"Accept": "application/json", "X-A": "1"}
    assert (request.url, request.path, request.method, request.deadline) == ("https://a/x", "/x", "POST", 5)


def test_a_request_carries_its_own_reference() -> None:
    call = Call("op", "POST", "/x", nothing, body=payment_request(reference="mine"))
    request = encode(call, base="https://a", headers={}, deadline=5)
    assert request.reference == "mine"
    assert request.headers["Content-Type"] == "application/json"
    assert encode(attrs.evolve(call, body={"a": 1}), base="https://a", headers={}, deadline=5).reference is None


# Readers


def test_the_readers_take_their_envelopes_off() -> None:
    info = {"version": "v2.0.9"}
    assert one(ServerInfo)(answer(json.dumps({"data": info}).encode())) == ServerInfo(version="v2.0.9")
    assert one(list[ServerInfo])(answer(json.dumps({"data": [info]}).encode())) == [ServerInfo(version="v2.0.9")]
    assert one(list[ServerInfo])(answer(b'{"data":null}')) == []
    assert one(dict[str, ServerInfo])(answer(b'{"data":null}')) == {}
    assert bare(ServerInfo)(answer(json.dumps(info).encode())) == ServerInfo(version="v2.0.9")
    assert anything(answer(b'{"data":[1]}')) == {"data": [1]}


def test_a_page_is_read_with_its_cursors() -> None:
    page = page_of(ServerInfo)(
        answer(b'{"cursor":{"pageSize":2,"hasMore":true,"previous":"p","next":"n","data":[{"version":"1"}]}}')
    )
    assert page == Page(data=[ServerInfo(version="1")], next="n", previous="p", has_more=True, page_size=2)


@pytest.mark.parametrize("data", ["[]", "null"])
def test_an_empty_page_is_read(data: str) -> None:
    page = page_of(ServerInfo)(answer(f'{{"cursor":{{"hasMore":false,"data":{data}}}}}'.encode()))
    assert page == Page(data=[], next=None, previous=None, has_more=False, page_size=0)


@pytest.mark.parametrize(
    ("reader", "body", "path"),
    [
        (one(ServerInfo), b"{}", "$.data"),
        (one(ServerInfo), b'{"cursor":{}}', "$.data"),
        (one(ServerInfo), b'{"data":null}', "$.data"),
        (one(ServerInfo), b"[]", "$"),
        (page_of(ServerInfo), b'{"data":[]}', "$.cursor"),
        (page_of(ServerInfo), b'{"cursor":{"data":[]}}', "$.cursor.hasMore"),
        (page_of(ServerInfo), b'{"cursor":{"hasMore":false}}', "$.cursor.data"),
        (page_of(ServerInfo), b'{"cursor":{"hasMore":1,"data":[]}}', "$.cursor.hasMore"),
        (page_of(ServerInfo), b'{"cursor":{"hasMore":true,"next":5,"data":[]}}', "$.cursor.next"),
        (one(list[ServerInfo]), b'{"data":{}}', "$.data"),
        (one(dict[str, ServerInfo]), b'{"data":[]}', "$.data"),
    ],
)
def test_a_wrong_envelope_is_an_error_that_says_where(reader: Any, body: bytes, path: str) -> None:
    with pytest.raises(DecodeError) as caught:
        reader(answer(body))
    assert caught.value.path == path


READERS = [one(ServerInfo), page_of(ServerInfo), bare(ServerInfo), anything, nothing]


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    "body", [b"{", b"{} {}", b"nonsense", b"\xff\xfe", b'"\xff"', b'"\\ud800"', b"NaN", b"[1,]", b"01", b"'a'", b" "]
)
def test_what_is_no_json_is_refused(reader: Any, body: bytes) -> None:
    with pytest.raises(DecodeError) as caught:
        reader(answer(body))
    assert (caught.value.path, caught.value.expected) == ("$", "JSON")
    assert caught.value.__context__ is None


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("content_type", ["text/html; charset=utf-8", "text/plain", "", None, "application/jsonp"])
def test_another_content_type_is_refused_with_a_word_on_the_address(reader: Any, content_type: str | None) -> None:
    with pytest.raises(ProtocolError, match="base_url") as caught:
        reader(answer(f"<html>{CANARY}</html>".encode(), content_type=content_type))
    assert not isinstance(caught.value, DecodeError)
    assert CANARY not in everything_said(caught.value)


@pytest.mark.parametrize(
    "content_type", ["application/json", "APPLICATION/JSON", "application/json;charset=utf-8", "application/x+json"]
)
def test_json_is_taken_by_any_of_its_names(content_type: str) -> None:
    assert bare(ServerInfo)(answer(b'{"version":"1"}\n', content_type=content_type)) == ServerInfo(version="1")


@pytest.mark.parametrize("reader", [one(ServerInfo), page_of(ServerInfo), bare(ServerInfo)])
@pytest.mark.parametrize("status", [200, 204])
def test_an_answer_without_a_body_is_refused_where_one_is_promised(reader: Any, status: int) -> None:
    for content_type in ("application/json", None):
        with pytest.raises(ProtocolError):
            reader(answer(b"", status=status, content_type=content_type))


def test_nothing_takes_an_answer_that_says_nothing() -> None:
    nothing(answer(b"", status=204, content_type=None))
    nothing(answer(b"", status=204))
    nothing(answer(b"", status=200))
    nothing(answer(b'{"data":{"id":"x"}}', status=200))
    assert anything(answer(b"", status=204, content_type=None)) is None


@pytest.mark.parametrize("reader", [nothing, anything])
@pytest.mark.parametrize("content_type", [None, "text/html"])
def test_an_empty_answer_that_is_not_the_apis_is_no_success(reader: Any, content_type: str | None) -> None:
    with pytest.raises(ProtocolError, match="instead of JSON") as refused:
        reader(answer(b"", status=200, content_type=content_type))
    assert refused.value.outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("content_type", "outcome"), [("application/json", "DONE"), ("application/problem+json", "UNKNOWN")]
)
def test_only_the_apis_own_type_says_that_it_acted(content_type: str, outcome: str) -> None:
    with pytest.raises(DecodeError) as refused:
        one(ServerInfo)(answer(b'{"title":"no"}', status=200, content_type=content_type))
    assert refused.value.outcome is Outcome[outcome]


def test_nothing_refuses_the_page_of_a_portal() -> None:
    with pytest.raises(ProtocolError, match="text/html"):
        nothing(answer(b"<html>Sign in</html>", status=200, content_type="text/html"))


# Configurations and tasks by connector


def answering(value: Any) -> Connectors:
    """The connectors' operations on a server that gives one answer to everything."""

    async def run(call: Call[Any]) -> Any:
        return call.read(answer(json.dumps(value).encode()))

    return Connectors(SimpleNamespace(run=run))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def test_every_connector_has_its_configuration_and_its_task() -> None:
    assert set(CONFIG_BY_CONNECTOR) == set(TASK_BY_CONNECTOR) == set(Connector)
    assert len({*CONFIG_BY_CONNECTOR.values()}) == len({*TASK_BY_CONNECTOR.values()}) == 11


@pytest.mark.parametrize("connector", Connector)
async def test_a_configuration_is_read_by_the_connector_in_the_path(connector: Connector) -> None:
    kind: Any = CONFIG_BY_CONNECTOR[connector]
    value = {wire_name(field): example(field.type) for field in attrs.fields(kind)}
    for name in (connector, connector.value, connector.value.lower()):
        config = await answering({"data": value}).read_connector_config_v1(name, "id")
        assert type(config) is kind
        assert sent(config) == value


@pytest.mark.parametrize("connector", Connector)
async def test_a_task_is_read_by_the_connector_in_the_path(connector: Connector) -> None:
    kind: Any = TASK_BY_CONNECTOR[connector]
    task = {**example(kind), "state": {"n": 10**30}}
    read_task = await answering({"data": task}).get_connector_task_v1(connector.lower(), "id", "task")
    assert type(read_task) is kind
    assert type(read_task.descriptor).__name__ == f"{kind.__name__}Descriptor"
    assert sent(read_task) == task
    page = (
        await answering({"cursor": {"hasMore": False, "data": [task]}}).list_connector_tasks_v1(connector, "id").first()
    )
    assert page.data == [read_task]


async def test_an_unknown_connectors_configuration_keeps_every_member() -> None:
    value = {"name": "mine", "apiKey": CANARY, "big": 10**30, "deep": {"a": [None, True, {"b": 2**64}]}, "none": None}
    config = await answering({"data": value}).read_connector_config_v1("SOON-PAY", "id")
    assert isinstance(config, OtherConfig)
    assert config.name == "mine"
    assert config.extra == {name: member for name, member in value.items() if name != "name"}
    assert sent(config) == value
    assert CANARY not in repr(config)


async def test_an_unknown_connectors_task_keeps_every_member() -> None:
    value = {**example(OtherTask), "descriptor": {"key": CANARY}, "state": [2**64], "priority": None, "more": [10**30]}
    task = await answering({"data": value}).get_connector_task_v1("SOON-PAY", "id", "task")
    assert isinstance(task, OtherTask)
    assert (task.descriptor, task.state, task.extra) == ({"key": CANARY}, [2**64], {"priority": None, "more": [10**30]})
    assert sent(task) == value
    assert CANARY not in repr(task)


async def test_a_configuration_of_another_connector_is_refused() -> None:
    connectors = answering({"data": {"connectorID": "id"}})
    wise = models.WiseConfig(api_key=CANARY)
    for refused_call in (
        lambda: connectors.install_connector(Connector.STRIPE, wise),
        lambda: connectors.install_connector("SOON-PAY", wise),
        lambda: connectors.update_connector_config_v1(Connector.STRIPE, "id", wise),
    ):
        with pytest.raises(ValueError, match="WiseConfig") as caught:
            await refused_call()
        assert CANARY not in everything_said(caught.value)
    assert await connectors.install_connector("wise", wise) == "id"
    assert await connectors.install_connector("SOON-PAY", OtherConfig(extra={"a": 1})) == "id"


# Secrets


def schemas() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(DESCRIPTION.read_text(encoding="utf-8"))["components"]["schemas"]
    return loaded


def sensitive_members() -> list[tuple[str, str]]:
    return [
        (name, member)
        for name, schema in schemas().items()
        for member, content in schema.get("properties", {}).items()
        if content.get("x-sensitive")
    ]


@pytest.mark.parametrize(("name", "member"), sensitive_members())
def test_what_the_description_marks_sensitive_is_hidden_in_reprs(name: str, member: str) -> None:
    model = getattr(models, name)
    given = {field.name: CANARY if wire_name(field) == member else "shown" for field in attrs.fields(model)}
    assert CANARY in given.values()
    shown = repr(model(**given))
    assert CANARY not in shown
    assert shown.startswith(f"{name}(")
    assert CANARY not in str([model(**given)])


SECRETS = {
    "StripeConfig": {"apiKey"},
    "DummyPayConfig": set(),
    "WiseConfig": {"apiKey"},
    "ModulrConfig": {"apiKey", "apiSecret"},
    "CurrencyCloudConfig": {"apiKey"},
    "BankingCircleConfig": {"password", "userCertificate", "userCertificateKey"},
    "MangoPayConfig": {"apiKey"},
    "MoneycorpConfig": {"apiKey"},
    "AtlarConfig": {"secret"},
    "AdyenConfig": {"apiKey", "hmacKey"},
    "GenericConfig": {"apiKey"},
}


@pytest.mark.parametrize("kind", CONFIG_BY_CONNECTOR.values())
def test_the_secrets_of_every_configuration_are_hidden_and_nothing_else(kind: Any) -> None:
    assert {wire_name(field) for field in attrs.fields(kind) if not field.repr} == SECRETS[kind.__name__]
    values = {field.name: f"{CANARY}-{field.name}" for field in attrs.fields(kind) if not field.repr}
    values |= {field.name: "shown" for field in attrs.fields(kind) if field.repr}
    assert CANARY not in repr(kind(**values))


def test_the_numbers_of_a_bank_account_are_hidden() -> None:
    account = read(BankAccount, {**example(BankAccount), "iban": CANARY, "accountNumber": CANARY})
    assert account.iban == CANARY
    assert CANARY not in repr(account)
