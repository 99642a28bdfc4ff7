"""Prism finds no fault with any request of `client.v3`, and its answers are understood."""

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
from payments_async.v3.models.generated.operations import OPERATIONS
from tests.interop.calls_v3 import CALLS, CALLS_WITH_CURSOR
from tests.interop.prism import exceptions_to, made

pytestmark = pytest.mark.interop

FORMATS = ('must match format "byte"', 'must match format "url"')
"""Published formats that the server does not keep to, nor Prism itself."""

NO_TELLING_APART = "configurations are published as exactly one of kinds, of which several fit"
PUBLISHED_OTHERWISE = {
    "update_payment_metadata": ("request.body", "the bare map was published as a member of an object"),
    "install_connector": ("request.body", NO_TELLING_APART),
    "update_connector_config": ("request.body", NO_TELLING_APART),
    "get_connector_config": ("response.body", NO_TELLING_APART),
    "get_payment_service_user_link_attempt_from_connector_id": ("response.body", "published without its envelope"),
}
"""What the published description is wrong about: who takes exception to it, and why."""


def test_each_operation_is_called() -> None:
    assert set(CALLS) == {operation.name for operation in OPERATIONS}
    assert set(CALLS_WITH_CURSOR) == {operation.name for operation in OPERATIONS if operation.paginated}
    assert len(CALLS) == 64


async def test_prism_does_take_exception(v3_prism: str) -> None:
    too_many = await exceptions_to(lambda client: client.v3.payments.list_payments(page_size=101), v3_prism)
    assert too_many == ["request.query.pagesize: Request query parameter pagesize must be <= 100"]
    no_name = await exceptions_to(lambda client: client.request("POST", "/v3/pools", body={"accountIDs": []}), v3_prism)
    assert no_name == ["request.body: Request body must have required property 'name'"]


@pytest.mark.parametrize("prefer", ["dynamic=false", "dynamic=true"])
@pytest.mark.parametrize("name", CALLS)
async def test_calls_by_our_description(name: str, prefer: str, v3_prism: str) -> None:
    for call in (CALLS[name], CALLS_WITH_CURSOR.get(name, CALLS[name])):
        assert await exceptions_to(call, v3_prism, prefer=prefer) == []


@pytest.mark.parametrize("name", CALLS)
async def test_errors_by_our_description(name: str, v3_prism: str) -> None:
    async with PaymentsClient(v3_prism, auth=BearerToken("any"), api_path="", retry=RetryPolicy(attempts=1)) as client:
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
async def test_calls_by_the_published_description(name: str, published_v3_prism: str) -> None:
    for call in (CALLS[name], CALLS_WITH_CURSOR.get(name, CALLS[name])):
        taken = await exceptions_to(call, published_v3_prism)
        if name in PUBLISHED_OTHERWISE:
            by, _ = PUBLISHED_OTHERWISE[name]
            assert taken
            assert all(each.startswith(by) for each in taken)
        else:
            assert [each for each in taken if not each.endswith(FORMATS)] == []
