"""Prism, which knows an API by its description alone, finds no fault with a request, and its answers are understood."""

import pytest

from payments_async import (
    AuthenticationError,
    BearerToken,
    NotFoundError,
    PaymentsClient,
    RetryPolicy,
    ServerError,
    ValidationError,
)
from payments_async.models.generated.operations import OPERATIONS
from tests.interop.calls import CALLS, CALLS_BEYOND_THE_PUBLISHED, CALLS_WITH_CURSOR
from tests.interop.prism import exceptions_to, made

pytestmark = [pytest.mark.interop, pytest.mark.filterwarnings("ignore:use .*_v1:DeprecationWarning")]

NO_TELLING_APART = "tasks are published as one of kinds that cannot be told apart: Prism refuses an answer of its own"
PUBLISHED_OTHERWISE = {
    "list_connector_tasks": ("response.body", NO_TELLING_APART),
    "list_connector_tasks_v1": ("response.body", NO_TELLING_APART),
    "get_connector_task": ("response.body", NO_TELLING_APART),
    "get_connector_task_v1": ("response.body", NO_TELLING_APART),
}
"""The answers that the published description is wrong about: who takes exception to them, and why."""


def test_each_operation_is_called() -> None:
    assert set(CALLS) == {operation.name for operation in OPERATIONS}
    assert set(CALLS_WITH_CURSOR) == {operation.name for operation in OPERATIONS if operation.paginated}


async def test_prism_does_take_exception(prism: str) -> None:
    too_many = await exceptions_to(lambda client: client.payments.list_payments(page_size=101), prism)
    assert too_many == ["request.query.pagesize: Request query parameter pagesize must be <= 100"]
    no_name = await exceptions_to(lambda client: client.request("POST", "/pools", body={"accountIDs": []}), prism)
    assert no_name == ["request.body: Request body must have required property 'name'"]


@pytest.mark.parametrize("prefer", ["dynamic=false", "dynamic=true"])
@pytest.mark.parametrize("name", CALLS)
async def test_calls_by_our_description(name: str, prefer: str, prism: str) -> None:
    for call in (CALLS[name], CALLS_WITH_CURSOR.get(name, CALLS[name])):
        assert await exceptions_to(call, prism, prefer=prefer) == []


@pytest.mark.parametrize("name", CALLS)
async def test_errors_by_our_description(name: str, prism: str) -> None:
    async with PaymentsClient(prism, auth=BearerToken("any"), api_path="", retry=RetryPolicy(attempts=1)) as client:
        for kind, status in (
            (ValidationError, 400),
            (AuthenticationError, 401),
            (NotFoundError, 404),
            (ServerError, 500),
        ):
            with pytest.raises(kind) as caught:
                await made(CALLS[name], client.with_options(headers={"Prefer": f"code={status}"}))
            assert caught.value.error_code == (None if status == 401 else "INTERNAL")


@pytest.mark.parametrize("name", CALLS)
async def test_calls_by_the_published_description(name: str, published_prism: str) -> None:
    for call in (CALLS[name], CALLS_WITH_CURSOR.get(name, CALLS[name])):
        taken = await exceptions_to(call, published_prism)
        if name in PUBLISHED_OTHERWISE:
            by, _ = PUBLISHED_OTHERWISE[name]
            assert taken
            assert all(each.startswith(by) for each in taken)
        else:
            assert taken == []


@pytest.mark.parametrize("what", CALLS_BEYOND_THE_PUBLISHED)
async def test_calls_beyond_the_published_description(what: str, prism: str, published_prism: str) -> None:
    call = CALLS_BEYOND_THE_PUBLISHED[what]
    assert await exceptions_to(call, prism) == []
    taken = await exceptions_to(call, published_prism)
    assert taken
    assert all(each.startswith("request.body") for each in taken)
