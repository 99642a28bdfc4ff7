"""The hand-written operations, held against the table that is generated from the description."""

from __future__ import annotations

import inspect
import warnings
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import pytest

from payments_async import Page, Pages, PaymentsClient, models
from payments_async.models import StripeConfig, TaskStripe
from payments_async.models.generated.operations import OPERATIONS, Operation
from payments_async.operations.base import Operations
from tests.tables import Recording, Table, choices

CLIENT = PaymentsClient("https://acme.example.com")
ATTRIBUTES = {
    name: type(operations)
    for name, value in vars(PaymentsClient).items()
    if isinstance(value, cached_property) and isinstance(operations := getattr(CLIENT, name), Operations)
}

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

TABLE = Table(
    operations=OPERATIONS,
    attributes=ATTRIBUTES,
    models=models,
    unions={"ConnectorConfig": StripeConfig, "Task": TaskStripe},
    arguments=ARGUMENTS | {name: f"{name}-1" for name in IDS},
)

each_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=[operation.name for operation in OPERATIONS])


def test_none_is_missing_none_is_extra_and_each_is_there_once() -> None:
    names = [name for _, name in TABLE.methods]
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
    calls, _ = await TABLE.recorded(operation)
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
    calls, _ = await TABLE.recorded(operation)
    given = dict(
        TABLE.arguments, **{"from": ARGUMENTS["from_"], "pageSize": 7, "query": '{"$match":{"reference":"x"}}'}
    )
    for call in calls:
        for name, value in call.ids.items():
            assert value == given[TABLE.argument_of(name)]
        for name, parameter in call.query.items():
            assert parameter in (None, given[name])


@each_operation
async def test_the_body_is_the_one_in_the_table(operation: Operation) -> None:
    calls, _ = await TABLE.recorded(operation)
    for call in calls:
        if operation.request is None:
            assert call.body is None
        else:
            assert isinstance(call.body, TABLE.kinds(operation.request))


@each_operation
async def test_the_answer_is_the_one_in_the_table(operation: Operation) -> None:
    _, result = await TABLE.recorded(operation)
    if operation.name == "install_connector":
        assert result == "text"
    elif operation.response is None:
        assert result is None
    elif operation.envelope == "cursor":
        assert isinstance(result, Page)
        assert [type(item) in TABLE.kinds(operation.response) for item in result.data] == [True]
    else:
        held: Any = result
        for key in {None: (), "list": (0,), "map": ("k",), "map of maps": ("k", "f")}[operation.collection]:
            held = held[key]
        assert type(held) in TABLE.kinds(operation.response)


@each_operation
def test_lists_are_pages_and_the_rest_is_awaited(operation: Operation) -> None:
    assert inspect.iscoroutinefunction(inspect.unwrap(TABLE.method_of(operation))) is not operation.paginated


@each_operation
async def test_the_deprecated_ones_warn_and_are_marked(operation: Operation) -> None:
    method = TABLE.method_of(operation)
    assert hasattr(method, "__deprecated__") is operation.deprecated
    recording = Recording(TABLE.answer_of(operation))
    operations = TABLE.owner_of(operation)(recording)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    (arguments, *_) = choices(TABLE.arguments_of(operation))
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
    doc = inspect.getdoc(TABLE.method_of(operation)) or ""
    assert f"Route: `{operation.method} {operation.path}`" in doc
