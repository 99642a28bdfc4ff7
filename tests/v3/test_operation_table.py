"""The hand-written operations of `client.v3`, held against the table that is generated from the description."""

from __future__ import annotations

import inspect
from datetime import UTC, datetime
from typing import Any

import pytest

from payments_async import Page, PaymentsClient
from payments_async.models.generated.operations import Operation
from payments_async.operations.base import Operations
from payments_async.v3 import models
from payments_async.v3.models import CreatePoolRequest, OtherConfig, StripeConfig
from payments_async.v3.models.generated.operations import OPERATIONS
from payments_async.wire import codec
from tests.interop.calls_v3 import CALLS
from tests.interop.prism import made
from tests.tables import Table, snake_case

from .conftest import Canned

V3 = PaymentsClient("https://acme.example.com").v3
ATTRIBUTES = {name: type(value) for name in dir(V3) if isinstance(value := getattr(V3, name), Operations)}

ARGUMENTS: dict[str, Any] = {
    "application_name": "Shop",
    "asset": "USD/2",
    "at": datetime(2024, 5, 6, tzinfo=UTC),
    "client_redirect_url": "https://shop.example.com/linked",
    "config": StripeConfig(name="stripe", api_key="sk"),
    "connector": "stripe",
    "cursor": "cursor-1",
    "from_": datetime(2024, 5, 6, tzinfo=UTC),
    "idempotency_key": "9a8b7c6d-5e4f-4a3b-9c2d-1e0f9a8b7c6d",
    "metadata": {"key": "value"},
    "no_validation": True,
    "page_size": 7,
    "query": {"$match": {"reference": "x"}},
    "to": datetime(2024, 5, 7, tzinfo=UTC),
}
IDS = (
    *("account_id", "attempt_id", "bank_account_id", "connection_id", "connector_id", "conversion_id", "order_id"),
    *("payment_id", "payment_initiation_id", "pool_id", "schedule_id", "task_id", "user_id"),
)

TABLE = Table(
    operations=OPERATIONS,
    attributes=ATTRIBUTES,
    models=models,
    unions={"ConnectorConfig": OtherConfig},
    arguments=ARGUMENTS | {name: f"{name}-1" for name in IDS},
    requests={"create_pool": CreatePoolRequest(name="Treasury", account_ids=["account_id-1"])},
    renamed={"paymentServiceUserID": "user_id"},
)

ARGUMENT_OF = {
    "from": "from_",
    "pageSize": "page_size",
    "noValidation": "no_validation",
    "Idempotency-Key": "idempotency_key",
}
"""The arguments of query parameters that are called otherwise on the wire."""

TASKS = {"StartedTask", "StartedPaymentInitiation", "StartedPaymentInitiationReversal"}
"""The answers that name a task."""

each_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=[operation.name for operation in OPERATIONS])


def test_none_is_missing_none_is_extra_and_each_is_there_once() -> None:
    names = [name for _, name in TABLE.methods]
    assert len(names) == len(OPERATIONS) == 64
    assert sorted(names) == sorted(operation.name for operation in OPERATIONS)
    assert len({operation.operation_id for operation in OPERATIONS}) == 64


@each_operation
def test_the_name_is_the_operation_id_in_snake_case_without_the_version(operation: Operation) -> None:
    assert operation.operation_id.startswith("v3")
    assert f"_{operation.name}" == snake_case(operation.operation_id.removeprefix("v3"))


@each_operation
async def test_the_call_is_the_one_in_the_table(operation: Operation) -> None:
    calls, _ = await TABLE.recorded(operation)
    for call in calls:
        assert (call.operation, call.method, call.path) == (operation.name, operation.method, operation.path)
        assert tuple(call.ids) == operation.path_parameters
        assert all(f"{{{name}}}" in operation.path for name in call.ids)
        starts_task = operation.response in TASKS or operation.name == "reset_connector"
        assert call.idempotent is (operation.method != "POST" and not starts_task)
    names = {name for call in calls for name, value in call.query.items() if value is not None}
    assert names == set(operation.query_parameters)
    assert len(calls) == (2 if operation.paginated else 1)


@each_operation
async def test_arguments_arrive_under_their_own_names(operation: Operation) -> None:
    calls, _ = await TABLE.recorded(operation)
    given = {**TABLE.arguments, "query": '{"$match":{"reference":"x"}}'}
    for call in calls:
        for name, value in call.ids.items():
            assert value == given[TABLE.argument_of(name)]
        for name, parameter in call.query.items():
            assert parameter in (None, given[ARGUMENT_OF.get(name, name)])


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
    if operation.response is None:
        assert result is None
    elif operation.envelope == "cursor":
        assert isinstance(result, Page)
        assert [type(item) in TABLE.kinds(operation.response) for item in result.data] == [True]
    elif operation.response == "StartedTask":
        assert result == "text"
    else:
        held: Any = result
        path = {None: (), "list": (0,), "map of lists": ("k", 0), "map of maps": ("k", "f")}
        for key in path[operation.collection]:
            held = held[key]
        assert type(held) in TABLE.kinds(operation.response)


@each_operation
def test_lists_are_pages_and_the_rest_is_awaited(operation: Operation) -> None:
    assert inspect.iscoroutinefunction(TABLE.method_of(operation)) is not operation.paginated


@each_operation
def test_the_docstring_names_the_route(operation: Operation) -> None:
    doc = inspect.getdoc(TABLE.method_of(operation)) or ""
    assert f"Route: `{operation.method} {operation.path}`" in doc


@pytest.mark.parametrize("name", CALLS)
async def test_no_request_needs_the_slow_path(
    client: PaymentsClient, canned: Canned, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(codec, "_plain", lambda **_: pytest.fail("the fast path did not do"))
    (operation,) = [each for each in OPERATIONS if each.name == name]
    canned.will_answer_with(TABLE.answer_of(operation))
    if operation.response != "ConnectorConfig":  # here one of a provider that is not known, which keeps what it has
        await made(CALLS[name], client)
