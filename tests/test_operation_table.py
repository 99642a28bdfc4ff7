"""The hand-written operations, held against the table that is generated from the description."""

from __future__ import annotations

import inspect
import json
import typing
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, get_type_hints

import attrs
import pytest

from payments_async import Page, Pages, PaymentsClient, models
from payments_async.models import ConnectorConfig, OpenEnum, StripeConfig, Task, TaskStripe
from payments_async.models.generated.operations import OPERATIONS, Operation
from payments_async.operations.base import Operations
from payments_async.wire.call import Call, Request, Response

CLIENT = PaymentsClient("https://acme.example.com")
ATTRIBUTES = {
    name: type(operations)
    for name, value in vars(PaymentsClient).items()
    if isinstance(value, cached_property) and isinstance(operations := getattr(CLIENT, name), Operations)
}
METHODS = [
    (attribute, name)
    for attribute, kind in ATTRIBUTES.items()
    for name, value in vars(kind).items()
    if callable(value) and not name.startswith(("_", "ensure_"))
]

ARGUMENTS: dict[str, Any] = {
    "asset": "USD/2",
    "at": datetime(2024, 5, 6, tzinfo=UTC),
    "config": StripeConfig(api_key="sk"),
    "connector": "STRIPE",
    "cursor": "cursor-1",
    "from_": datetime(2024, 5, 6, tzinfo=UTC),
    "limit": 5,
    "metadata": {"key": "value"},
    "name": "name-1",
    "account_ids": ["account-1"],
    "page_size": 7,
    "query": {"$match": {"reference": "x"}},
    "sort": "created_at:asc",
    "status": "VALIDATED",
    "to": datetime(2024, 5, 7, tzinfo=UTC),
}
IDS = ("account_id", "bank_account_id", "connector_id", "payment_id", "pool_id", "task_id", "transfer_id")
ARGUMENTS |= {name: f"{name}-1" for name in IDS}


def inner(kind: Any) -> Any:
    some = [part for part in typing.get_args(kind) if part is not type(None)]
    if type(None) in typing.get_args(kind):
        kind = some[0]
    return typing.get_origin(kind) or kind


def wire_name(field: attrs.Attribute[Any]) -> str:
    name: str = field.metadata.get("wire", field.name)
    return name


def example(kind: Any) -> Any:
    """The smallest JSON that stands for a type."""
    kind = inner(kind)
    if attrs.has(kind):
        return {wire_name(field): example(field.type) for field in attrs.fields(kind) if field.default is attrs.NOTHING}
    if issubclass(kind, OpenEnum):
        return "NEW"
    return {str: "text", int: 7, bool: True, datetime: "2024-05-06T00:00:00Z", list: [], dict: {}}[kind]


def instance(model: Any) -> Any:
    """The smallest request of a model."""
    values = {str: "text", int: 7, datetime: datetime(2024, 5, 6, tzinfo=UTC)}
    given = {field.name: inner(field.type) for field in attrs.fields(model) if field.default is attrs.NOTHING}
    return model(**{name: kind("NEW") if issubclass(kind, OpenEnum) else values[kind] for name, kind in given.items()})


class Recording:
    """Takes the pipeline's place: notes each call, and answers as the table says."""

    def __init__(self, operation: Operation) -> None:
        self.operation = operation
        self.calls: list[Call[Any]] = []

    async def run(self, call: Call[Any]) -> Any:
        self.calls.append(call)
        return call.read(answer_of(self.operation))


def answer_of(operation: Operation) -> Response:
    """The answer that the table promises."""
    request = Request(operation=operation.name, method=operation.method, path=operation.path, url="", deadline=0)
    if operation.response is None:
        return Response(request=request, status=operation.status, headers={}, body=b"")
    known = {"Task": TaskStripe, "ConnectorConfig": StripeConfig}
    item = example(known.get(operation.response) or getattr(models, operation.response))
    held = {None: item, "list": [item], "map": {"k": item}, "map of maps": {"k": {"f": item}}}[operation.collection]
    body = {
        "bare": held,
        "data": {"data": held},
        "cursor": {"cursor": {"pageSize": 1, "hasMore": False, "data": held}},
        None: None,
    }[operation.envelope]
    return Response(
        request=request,
        status=operation.status,
        headers={"Content-Type": "application/json"},
        body=json.dumps(body).encode(),
    )


def kinds(name: str) -> tuple[type, ...]:
    """The classes that a name of the table stands for."""
    if name in {"ConnectorConfig", "Task"}:
        return typing.get_args(ConnectorConfig if name == "ConnectorConfig" else Task)
    return (dict,) if name.startswith("dict[") else (getattr(models, name),)


def attribute_of(operation: Operation) -> str:
    (attribute,) = [attribute for attribute, name in METHODS if name == operation.name]
    return attribute


def arguments_of(method: Any) -> dict[str, Any]:
    hints = get_type_hints(method)
    return {
        name: instance(hints[name]) if name == "request" else ARGUMENTS[name]
        for name in inspect.signature(method).parameters
        if name != "self"
    }


def choices(arguments: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All arguments at once; a cursor excludes the other parameters of a list."""
    yield {name: value for name, value in arguments.items() if name != "cursor"}
    if "cursor" in arguments:
        excluded = {"asset", "from_", "to", "limit", "page_size", "sort", "query"}
        yield {name: value for name, value in arguments.items() if name not in excluded}


async def recorded(operation: Operation) -> tuple[list[Call[Any]], Any]:
    """The calls that the operation's method makes with every argument, and what it gives."""
    method = getattr(ATTRIBUTES[attribute_of(operation)], operation.name)
    recording = Recording(operation)
    operations = ATTRIBUTES[attribute_of(operation)](recording)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    result: Any = None
    for arguments in choices(arguments_of(method)):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            answer = getattr(operations, operation.name)(**arguments)
        result = await answer.first() if isinstance(answer, Pages) else await answer
    return recording.calls, result


each_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=[operation.name for operation in OPERATIONS])


def test_none_is_missing_none_is_extra_and_each_is_there_once() -> None:
    names = [name for _, name in METHODS]
    assert len(names) == len(OPERATIONS) == 43
    assert sorted(names) == sorted(operation.name for operation in OPERATIONS)
    assert len({operation.operation_id for operation in OPERATIONS}) == 43


def test_every_client_has_every_attribute() -> None:
    client = PaymentsClient("https://acme.example.com")
    for each in (client, client.with_options()):
        assert {name: type(getattr(each, name)) for name in ATTRIBUTES} == ATTRIBUTES
    assert sum(issubclass(kind, Operations) for kind in ATTRIBUTES.values()) == 7


@each_operation
def test_the_name_is_the_operation_id_in_snake_case(operation: Operation) -> None:
    published = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in operation.operation_id)
    if operation.operation_id == "udpateTransferInitiationStatus":
        published = "update_transfer_initiation_status"
    assert operation.name == published


@each_operation
async def test_the_call_is_the_one_in_the_table(operation: Operation) -> None:
    calls, _ = await recorded(operation)
    for call in calls:
        assert (call.operation, call.method, call.path) == (operation.name, operation.method, operation.path)
        assert tuple(call.ids) == operation.path_parameters
        assert all(f"{{{name}}}" in operation.path for name in call.ids)
        assert call.idempotent is (operation.method != "POST")
    names = {name for call in calls for name, value in call.query.items() if value is not None}
    assert names == set(operation.query_parameters)
    assert len(calls) == (2 if operation.paginated else 1)


@each_operation
async def test_arguments_arrive_under_their_own_names(operation: Operation) -> None:
    calls, _ = await recorded(operation)
    given = dict(ARGUMENTS, **{"from": ARGUMENTS["from_"], "pageSize": 7, "query": '{"$match":{"reference":"x"}}'})
    for call in calls:
        for name, value in call.ids.items():
            snake = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
            assert value == given[snake]
        for name, parameter in call.query.items():
            assert parameter in (None, given[name])


@each_operation
async def test_the_body_is_the_one_in_the_table(operation: Operation) -> None:
    calls, _ = await recorded(operation)
    for call in calls:
        if operation.request is None:
            assert call.body is None
        else:
            assert isinstance(call.body, kinds(operation.request))


@each_operation
async def test_the_answer_is_the_one_in_the_table(operation: Operation) -> None:
    _, result = await recorded(operation)
    if operation.name == "install_connector":
        assert result == "text"
    elif operation.response is None:
        assert result is None
    elif operation.envelope == "cursor":
        assert isinstance(result, Page)
        assert [type(item) in kinds(operation.response) for item in result.data] == [True]
    else:
        held: Any = result
        for key in {None: (), "list": (0,), "map": ("k",), "map of maps": ("k", "f")}[operation.collection]:
            held = held[key]
        assert type(held) in kinds(operation.response)


@each_operation
def test_lists_are_pages_and_the_rest_is_awaited(operation: Operation) -> None:
    method = getattr(ATTRIBUTES[attribute_of(operation)], operation.name)
    assert inspect.iscoroutinefunction(inspect.unwrap(method)) is not operation.paginated


@each_operation
async def test_the_deprecated_ones_warn_and_are_marked(operation: Operation) -> None:
    method = getattr(ATTRIBUTES[attribute_of(operation)], operation.name)
    assert hasattr(method, "__deprecated__") is operation.deprecated
    operations = ATTRIBUTES[attribute_of(operation)](Recording(operation))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    (arguments, *_) = choices(arguments_of(method))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        answer = getattr(operations, operation.name)(**arguments)
    await (answer.first() if isinstance(answer, Pages) else answer)
    assert [warning.category for warning in caught] == [DeprecationWarning] * operation.deprecated
    for warning in caught:
        assert warning.filename == __file__
        assert str(warning.message) == method.__deprecated__
        assert f"{operation.name}_v1" in str(warning.message)


@each_operation
def test_the_docstring_names_the_route(operation: Operation) -> None:
    doc = inspect.getdoc(getattr(ATTRIBUTES[attribute_of(operation)], operation.name)) or ""
    assert f"Route: `{operation.method} {operation.path}`" in doc
