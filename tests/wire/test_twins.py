"""The fast path of the codec against plain cattrs: whatever comes, both make equal values, or both none."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, cast

import attrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from payments_async.models import (
    ConfigField,
    InstalledConnector,
    Payment,
    Pool,
    ServerInfo,
    TransferInitiationRequest,
    TransferInitiationType,
    UpdateTransferInitiationStatusRequest,
)
from payments_async.wire import codec, twins
from payments_async.wire.call import Page
from payments_async.wire.jsontext import UNREADABLE, reader
from payments_async.wire.plain import Plain
from payments_async.wire.times import time_in
from tests.properties import examples
from tests.waiting import PATIENCE
from tests.wire.test_codec_properties import MODELS, instances, json_values, numbers, texts, wire_name

SINGLE = (codec._single, Plain(time_in))
PAGED = (codec._paged, Plain(codec._page_time_in))
both_times = pytest.mark.parametrize(("fast", "plain"), [SINGLE, PAGED], ids=["single", "paged"])

KINDS: list[Any] = [
    *MODELS,
    Page[Payment],
    Page[Pool],
    list[InstalledConnector],
    dict[str, dict[str, ConfigField]],
    dict[str, list[ServerInfo]],
    list[datetime],
    datetime | None,
    Any,
]
WITHOUT_TWIN = {"OtherConfig", "OtherTask"}


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal in type too, however deep."""
    if type(one) is not type(other):
        return False
    if attrs.has(type(one)):
        return all(same(getattr(one, field.name), getattr(other, field.name)) for field in attrs.fields(type(one)))
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[name], other[name]) for name in one)
    if isinstance(one, datetime):
        return bool(one == other and one.utcoffset() == other.utcoffset())
    equal: bool = one == other
    return equal


def agree(fast: twins.Twins, plain: Plain, kind: Any, body: bytes) -> bool:
    """Hold the fast path against the plain one; whether it has read the body."""
    read = fast.reader(kind)
    assert read is not None
    try:
        value = read(body)
    except (*UNREADABLE, ValueError):
        return False  # the plain path decides alone
    mismatch, expected = plain.read(body, kind)
    assert mismatch is None
    assert same(value, expected)
    return True


def written(kind: Any, data: st.DataObject) -> Any:
    """JSON values of any instance of a model."""
    return SINGLE[1].write(data.draw(instances(kind)))


with_twin = st.sampled_from([model for model in MODELS if model.__name__ not in WITHOUT_TWIN])


@pytest.mark.parametrize("model", [model for model in MODELS if model.__name__ in WITHOUT_TWIN])
def test_a_model_that_keeps_what_it_does_not_declare_has_no_twin(model: Any) -> None:
    for kind in (model, Page[model], list[model], dict[str, model]):
        assert codec._single.reader(kind) is None
        assert twins.writer(model) is None


@both_times
@examples(50)
@given(model=with_twin, data=st.data())
def test_what_is_as_the_model_says_is_read(fast: twins.Twins, plain: Plain, model: Any, data: st.DataObject) -> None:
    value = written(model, data)
    unknown = data.draw(st.dictionaries(texts.map(lambda name: f"new {name}"), json_values, max_size=2))
    nulls = {wire_name(field): None for field in attrs.fields(model) if field.default not in (attrs.NOTHING, "")}
    for body in (value, {**value, **unknown}, {**nulls, **value}):
        assert agree(fast, plain, model, json.dumps(body).encode())


@both_times
@examples(50)
@given(model=with_twin, data=st.data())
def test_what_is_not_as_the_model_says(fast: twins.Twins, plain: Plain, model: Any, data: st.DataObject) -> None:
    value = written(model, data)
    names = st.sampled_from([wire_name(field) for field in attrs.fields(model)])
    agree(fast, plain, model, json.dumps({**value, data.draw(names): data.draw(json_values)}).encode())
    missing = data.draw(names)
    agree(fast, plain, model, json.dumps({name: value[name] for name in value if name != missing}).encode())
    # Of a member that comes twice, the last one counts.
    twice = f"{{{json.dumps(data.draw(names))}:{json.dumps(data.draw(json_values))},{json.dumps(value)[1:]}"
    agree(fast, plain, model, twice.encode())


@both_times
@examples(75)
@given(kind=st.sampled_from(KINDS), value=json_values)
def test_any_json(fast: twins.Twins, plain: Plain, kind: Any, value: Any) -> None:
    if getattr(kind, "__name__", None) not in WITHOUT_TWIN:
        for body in (value, [value], {"data": [value], "hasMore": True}):
            agree(fast, plain, kind, json.dumps(body).encode())


@examples(50)
@given(data=st.data(), more=st.booleans())
def test_pages(data: st.DataObject, more: bool) -> None:
    items = [written(Payment, data) for _ in range(3)]
    body = {"cursor": {"pageSize": 3, "hasMore": more, "next": "n", "data": items}}
    assert agree(*PAGED, codec._Cursor[Payment], json.dumps(body).encode())


fractions = st.text("0123456789", max_size=12).map(lambda digits: f".{digits}" if digits else "")
signs = st.sampled_from(["Z", "z", "+00:00", "-00:00", "+0100", "+01:00", "-23:59", "+24:00", "+01", "", " "])
day = st.sampled_from(["2024-02-29", "2023-02-29", "0001-01-01", "0000-01-01", "9999-12-31", "2024-W19-1", "20240506"])
hour = st.sampled_from(["00:00:00", "23:59:59", "24:00:00", "12:60:00", "12:00:60", "12:00", "120000"])
moments = st.builds("".join, st.tuples(day, st.sampled_from("Tt _"), hour, fractions, signs))


@both_times
@examples(100)
@given(text=moments)
@example(text="2024-05-06T12:00:00.9999999Z")
@example(text="9999-12-31T23:59:59.9999999Z")
def test_times(fast: twins.Twins, plain: Plain, text: str) -> None:
    agree(fast, plain, datetime, json.dumps(text).encode())


@both_times
@pytest.mark.parametrize(
    ("text", "paged"),
    [
        ("2024-05-06T12:00:00Z", True),
        ("2024-05-06t12:00:00.1z", True),
        ("2024-05-06T12:00:00.123456-03:30", True),
        ("2024-05-06 12:00:00Z", True),
        ("2024-05-06T12:00:00+0200", True),
        ("2024-05-06T12:00:00", False),
        ("2024-05-06", False),
        ("2024-05-06T12:00Z", False),
        ("2024-05-06_12:00:00Z", False),
        ("2024-W19-1T12:00:00Z", False),
        ("2024-05-06T12:00:00,5Z", False),
        ("2024-05-06T24:00:00Z", False),
        ("2024-05-06T12:00:00+24:00", False),
        ("2024-02-30T12:00:00Z", False),
        ("0000-01-01T00:00:00Z", False),
    ],
)
def test_what_is_a_time_in_a_page(fast: twins.Twins, plain: Plain, text: str, paged: bool) -> None:
    read = agree(fast, plain, datetime, json.dumps(text).encode())
    assert read is (paged and (fast is codec._paged or (" " not in text and "+0200" not in text)))


@examples(100)
@given(text=moments)
def test_a_page_has_the_times_that_single_answers_have(text: str) -> None:
    body = json.dumps(text).encode()
    mismatch, single = SINGLE[1].read(body, datetime)
    if mismatch is None and not re.search(r"\.\d{7}", text):
        read = codec._paged.reader(datetime)
        assert read is not None
        assert same(read(body), single)


@both_times
@examples(100)
@given(number=numbers)
@example(number="0.1")
@example(number="0.1234567890123456")
@example(number="123456789012345.6")
@example(number="0.30000000000000004")
@example(number="1e-400")
@example(number="-0.0")
@example(number="5e-324")
@example(number="4.9e-324")
@example(number="1e400")
def test_numbers(fast: twins.Twins, plain: Plain, number: str) -> None:
    for kind in (Any, int, dict[str, Any]):
        agree(fast, plain, kind, number.encode())
        agree(fast, plain, kind, f'{{"a":{number}}}'.encode())


@examples(100)
@given(number=numbers)
@example(number="0.10000000000000000000001")
@example(number="9007199254740993.0")
@example(number="900719925474099.3")
@example(number="0.00000000000001")
@example(number="1e-320")
def test_a_number_is_the_one_that_is_written(number: str) -> None:
    try:
        value = reader(Any)(number.encode())
    except UNREADABLE:
        return
    assert Decimal(repr(value) if isinstance(value, float) else value) == Decimal(number)


@both_times
@examples(75)
@given(data=st.data())
def test_damaged_bytes(fast: twins.Twins, plain: Plain, data: st.DataObject) -> None:
    text = json.dumps({"data": [{**written_payment(), "raw": {"näme": "Zürich"}, "new": "Ö"}]}, ensure_ascii=False)
    body = bytearray(text.encode())
    for _ in range(data.draw(st.integers(1, 3))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    agree(fast, plain, dict[str, list[Payment]], bytes(body))


@pytest.mark.parametrize("ignored", [b"1e400", b"1e99999999999999999999", b"1" * 5000, b"[1e400]"])
def test_of_what_is_ignored_only_the_syntax_counts(ignored: bytes) -> None:
    read = codec._single.reader(ServerInfo)
    assert read is not None
    assert read(b'{"version":"v","new":' + ignored + b"}") == ServerInfo(version="v")
    with pytest.raises(UNREADABLE):
        read(b'{"version":"v","new":' + ignored + b",}")


def test_models_share_no_list_and_no_map() -> None:
    read = codec._paged.reader(list[Payment])
    assert read is not None
    value = {**written_payment(), "adjustments": None, "metadata": None}
    first, second = read(json.dumps([value, value]).encode())
    first.metadata["k"] = "v"
    first.adjustments.append(None)
    assert (second.metadata, second.adjustments) == ({}, [])


def written_payment() -> dict[str, Any]:
    texts = ("id", "reference", "sourceAccountID", "destinationAccountID", "connectorID", "asset", "scheme")
    return {
        **{name: name for name in texts},
        "type": "PAY-IN",
        "status": "NEW",
        "initialAmount": 1,
        "amount": 10**40,
        "createdAt": "2024-05-06T12:00:00Z",
    }


class Upper(str):
    __slots__ = ()


@attrs.frozen
class Frozen:
    name: str
    parts: list[str] = attrs.field(factory=list)


@attrs.define
class Converted:
    name: str = attrs.field(converter=Upper)


@attrs.define
class Counted:
    name: str
    length: int = 0

    def __attrs_post_init__(self) -> None:
        self.length = len(self.name)


@pytest.mark.parametrize(
    ("model", "expected"), [(Frozen, Frozen("ab")), (Converted, Converted("ab")), (Counted, Counted("ab"))]
)
def test_a_class_with_a_say_in_its_making_is_made_by_itself(model: Any, expected: Any) -> None:
    read = codec._single.reader(model)
    assert read is not None
    assert same(read(b'{"name":"ab"}'), expected)


# Requests


@examples(75)
@given(model=st.sampled_from(MODELS), data=st.data())
def test_requests_are_written_the_same(model: Any, data: st.DataObject) -> None:
    write = twins.writer(model)
    if write is None:
        return
    instance = data.draw(instances(model))
    plain = SINGLE[1].write(instance)
    assert list(write(instance)) == list(plain)
    assert write(instance) == plain
    name = data.draw(st.sampled_from([field.name for field in attrs.fields(model)]))
    setattr(instance, name, data.draw(json_values | st.just(Upper("text")) | st.datetimes()))
    attempts = [attempt(write, instance), attempt(SINGLE[1].write, instance)]
    assert attempts[0] in (None, attempts[1])


def attempt(write: Callable[[Any], Any], instance: Any) -> Any:
    try:
        return write(instance)
    except (ValueError, TypeError):
        return None


@pytest.mark.parametrize("model", [model for model in MODELS if model.__name__.endswith("Request")])
def test_every_request_has_a_fast_writer(model: Any) -> None:
    assert twins.writer(model) is not None


def test_a_request_that_the_fast_writer_refuses_is_written_by_the_plain_one() -> None:
    class Moment(datetime):
        """As libraries for tests and data frames have them."""

    request = UpdateTransferInitiationStatusRequest(status=cast("Any", "VALIDATED"))
    assert codec._members(request) == {"status": "VALIDATED"}
    at = Moment(2024, 5, 6, tzinfo=UTC)
    transfer = TransferInitiationRequest(
        reference="r",
        scheduled_at=at,
        destination_account_id="d",
        type=TransferInitiationType.PAYOUT,
        amount=1,
        asset="A",
    )
    assert codec._members(transfer)["scheduledAt"] == "2024-05-06T00:00:00Z"
    transfer.asset = cast("Any", 5)
    with pytest.raises(ValueError, match=r"TransferInitiationRequest\.asset "):
        codec._members(transfer)


@attrs.define
class Tree:
    name: str
    trees: list[Tree] = attrs.field(factory=list["Tree"])


@attrs.define
class Named:
    name: str
    upper: str = attrs.field(default=attrs.Factory(lambda self: self.name.upper(), takes_self=True))


@attrs.define
class Filled:
    parts: list[str] = attrs.field(factory=lambda: ["a"])


@attrs.frozen
class Private:
    _name: str


def test_a_model_of_an_unusual_kind_is_read_right_or_has_no_twin() -> None:
    assert codec._single.reader(Tree) is None
    assert codec._single.reader(Filled) is None
    assert agree(*SINGLE, Named, b'{"name":"a","upper":"B"}')
    assert not agree(*SINGLE, Named, b'{"name":"a"}')
    assert agree(*SINGLE, Private, b'{"_name":"a"}')


def test_threads_make_readers_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    # While msgspec makes one reader, another one of the same twins would see half of what it needs.
    inside, go_on = threading.Event(), threading.Event()

    def slow(kind: Any) -> Any:
        inside.set()
        assert go_on.wait(PATIENCE)
        return reader(kind)

    several = twins.Twins(str, time_in)
    monkeypatch.setattr(twins, "reader", slow)
    first, second = (threading.Thread(target=several.reader, args=(kind,)) for kind in (Page[Payment], Page[Pool]))
    first.start()
    assert inside.wait(PATIENCE)
    inside.clear()
    second.start()
    second.join(0.05)
    assert second.is_alive()
    assert not inside.is_set()
    go_on.set()
    for each in (first, second):
        each.join()
    assert inside.is_set()
