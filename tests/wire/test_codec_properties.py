"""The codec under any input: models make a round trip, bodies make a model or an error of ours."""

from __future__ import annotations

import json
import re
import typing
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from functools import cache
from typing import Any

import attrs
from hypothesis import example, given
from hypothesis import strategies as st

from payments_async import APIError, DecodeError, PaymentsError, ProtocolError, models
from payments_async.models import ConfigField, InstalledConnector, OpenEnum, Payment, TransferInitiation
from payments_async.v3 import models as v3
from payments_async.wire.call import Call, Page, Request, Response
from payments_async.wire.codec import anything, bare, encode, nothing, one, page_of
from payments_async.wire.errors import checking, retry_after_seconds
from tests.properties import examples

CLASSES = [value for door in (models, v3) for name in door.__all__ if isinstance(value := getattr(door, name), type)]
MODELS: list[Any] = [each for each in CLASSES if attrs.has(each)]
ENUMS: list[type[OpenEnum]] = [each for each in CLASSES if issubclass(each, OpenEnum) and each is not OpenEnum]

texts = st.text(max_size=8)
integers = st.one_of(st.integers(), st.integers(min_value=-(10**40), max_value=10**40))
times = st.datetimes(
    timezones=st.integers(-23 * 60 - 59, 23 * 60 + 59).map(lambda minutes: timezone(timedelta(minutes=minutes)))
)
scalars = st.one_of(st.none(), st.booleans(), integers, st.floats(allow_nan=False, allow_infinity=False), texts)
json_values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3), max_leaves=6
)


numbers = st.from_regex(
    re.compile(r"-?(0|[1-9][0-9]{0,40})(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,24})?", re.ASCII), fullmatch=True
)
"""Numbers as JSON writes them (RFC 8259, 6)."""


def wire_name(field: attrs.Attribute[Any]) -> str:
    name: str = field.metadata.get("wire", field.name)
    return name


@cache
def values(kind: Any) -> st.SearchStrategy[Any]:
    """Any value of a field's type."""
    arguments = typing.get_args(kind)
    if type(None) in arguments:
        return st.none() | values(next(part for part in arguments if part is not type(None)))
    if attrs.has(kind):
        return instances(kind)
    if isinstance(kind, type) and issubclass(kind, OpenEnum):
        return st.sampled_from(list(kind)) | texts.map(kind)
    makers: dict[Any, Callable[[], st.SearchStrategy[Any]]] = {
        Any: lambda: json_values,
        str: lambda: texts,
        int: lambda: integers,
        bool: st.booleans,
        datetime: lambda: times,
        list: lambda: st.lists(values(arguments[0]), max_size=2),
        dict: lambda: st.dictionaries(texts, values(arguments[1]), max_size=2),
    }
    return makers[typing.get_origin(kind) or kind]()


@cache
def instances(model: Any) -> st.SearchStrategy[Any]:
    """Any instance of a model."""
    declared = {wire_name(field) for field in attrs.fields(model)}
    members: dict[str, st.SearchStrategy[Any]] = {
        field.name: st.dictionaries(texts.filter(lambda name: name not in declared), json_values, max_size=2)
        if "rest" in field.metadata
        else values(field.type)
        for field in attrs.fields(model)
    }
    return st.builds(model, **members)


def as_json(instance: Any) -> bytes:
    call = Call("post_thing", "POST", "/things", nothing, body=instance)
    body = encode(call, base="https://a", headers={}, deadline=0).body
    assert body is not None
    return body


def answer(body: bytes, *, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    request = Request(operation="get_thing", method="GET", path="/things", url="https://a/things", deadline=0)
    return Response(
        request=request, status=status, headers={"Content-Type": "application/json", **(headers or {})}, body=body
    )


@examples(100)
@given(model=st.sampled_from(MODELS), data=st.data())
def test_any_instance_makes_a_round_trip(model: Any, data: st.DataObject) -> None:
    instance = data.draw(instances(model))
    text = as_json(instance)
    again = bare(model)(answer(text))
    assert again == instance
    assert as_json(again) == text
    members = json.loads(text)
    for field in attrs.fields(model):
        assert type(getattr(again, field.name)) is type(getattr(instance, field.name)), field.name
        if "rest" not in field.metadata and getattr(instance, field.name) is None:
            # A member that has no default is null; every other one is not there at all.
            assert members.get(wire_name(field), ...) is (None if field.default is attrs.NOTHING else ...)


@examples(100)
@given(enum=st.sampled_from(ENUMS), text=texts)
def test_any_text_of_an_enum_makes_a_round_trip(enum: type[OpenEnum], text: str) -> None:
    value = bare(enum)(answer(json.dumps(text).encode()))
    assert isinstance(value, enum)
    assert json.loads(as_json([value])) == [text]


READERS: dict[str, Any] = {
    "one": one(Payment),
    "one list": one(list[InstalledConnector]),
    "one map": one(dict[str, dict[str, ConfigField]]),
    "page_of": page_of(TransferInitiation),
    "bare": bare(Payment),
    "anything": anything,
    "nothing": nothing,
}
RESULTS: dict[str, Any] = {"one": Payment, "one list": list, "one map": dict, "page_of": Page, "bare": Payment}


def takes(name: str, response: Response) -> None:
    """A reader gives what it promises or raises an error of ours, which then tells nobody what came."""
    try:
        result = READERS[name](response)
    except ProtocolError as error:
        assert error.operation == "get_thing"
        assert error.__cause__ is None
        assert error.__context__ is None
    else:
        assert isinstance(result, RESULTS.get(name, object))


@examples(50)
@given(body=st.binary(max_size=60), status=st.sampled_from([200, 201, 204]))
def test_any_bytes_are_read_or_refused(body: bytes, status: int) -> None:
    for name in READERS:
        takes(name, answer(body, status=status))


@examples(50)
@given(value=json_values)
def test_any_json_is_read_or_refused(value: Any) -> None:
    for body in (value, {"data": value}, {"cursor": value}, {"cursor": {"hasMore": False, "data": value}}):
        for name in READERS:
            takes(name, answer(json.dumps(body).encode()))


@examples(50)
@given(number=numbers)
@example(number="1e400")
@example(number="1e99999999999999999999")
def test_any_number_is_read_or_refused(number: str) -> None:
    for text in (number, f'{{"data":{number}}}', f'{{"cursor":{number}}}', f'{{"raw":[{number}]}}'):
        for name in READERS:
            takes(name, answer(text.encode()))


@examples(50)
@given(data=st.data())
def test_a_model_with_any_one_member_is_read_or_refused(data: st.DataObject) -> None:
    given_members = json.loads(as_json(data.draw(instances(Payment))))
    given_members[data.draw(st.sampled_from(sorted(given_members)))] = data.draw(json_values)
    for body in (given_members, {"data": given_members}, {"cursor": {"hasMore": True, "data": [given_members]}}):
        for name in READERS:
            takes(name, answer(json.dumps(body).encode()))


@examples(50)
@given(number=st.integers(-(10**60), 10**60))
def test_any_integer_is_exact_both_ways(number: int) -> None:
    value = anything(answer(str(number).encode()))
    assert type(value) is int
    assert value == number
    assert as_json([number]) == f"[{number}]".encode()


@examples(50)
@given(number=numbers.filter(lambda number: not re.search(r"[eE][+-]?[0-9]{10}", number)))
@example(number="100e-2")
@example(number="1.10e1")
@example(number="1e100000")
def test_an_integer_is_read_exactly_where_the_value_is_one(number: str) -> None:
    exact = Decimal(number)
    try:
        value = bare(int)(answer(number.encode()))
    except DecodeError:
        # Fractions, and what has more digits than are read.
        assert exact.adjusted() >= 100_000 or exact != exact.to_integral_value()
    else:
        assert type(value) is int
        assert value == exact


async def checked(response: Response) -> PaymentsError | None:
    async def send(_: Request) -> Response:
        return response

    try:
        assert await checking(send)(response.request) is response
    except PaymentsError as error:
        assert error.operation == "get_thing"
        return error
    return None


def drive(step: Any) -> Any:
    """The result of a coroutine that waits for nothing."""
    try:
        step.send(None)
    except StopIteration as end:
        return end.value
    raise AssertionError("it waits for something")


bodies = st.one_of(
    st.binary(max_size=40),
    json_values.map(lambda value: json.dumps(value).encode()),
    st.fixed_dictionaries(
        {}, optional={"errorCode": json_values, "errorMessage": json_values, "details": json_values}
    ).map(lambda value: json.dumps(value).encode()),
)
header_texts = st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=30)

dates = st.from_regex(r"\A[A-Z][a-z]{2}, [0-9]{1,2} [A-Z][a-z]{2} [0-9]{1,5} [0-9:]{1,8} \S{1,6}\Z")


@examples(50)
@given(
    status=st.integers(200, 599),
    body=bodies,
    headers=st.fixed_dictionaries({}, optional={"Retry-After": header_texts, "Location": header_texts}),
)
def test_any_answer_passes_or_is_an_error_of_ours(status: int, body: bytes, headers: dict[str, str]) -> None:
    error = drive(checked(answer(body, status=status, headers=headers)))
    if status < 300:
        assert error is None
    elif status < 400:
        assert isinstance(error, ProtocolError)
    else:
        assert isinstance(error, APIError)
        assert error.status == status
        assert error.error_code is None or isinstance(error.error_code, str)


@examples(50)
@given(value=header_texts | dates)
def test_any_retry_after_is_seconds_or_nothing(value: str) -> None:
    seconds = retry_after_seconds({"Retry-After": value})
    assert seconds is None or 0 <= seconds < float("inf")
