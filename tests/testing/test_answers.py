import json
import sys
from importlib import import_module
from typing import Any

import attrs
import pytest

from payments_async import (
    AuthenticationError,
    ClientCredentials,
    ConnectionFailedError,
    NotFoundError,
    Outcome,
    Page,
    PaymentsClient,
    Request,
    Response,
    ServerError,
)
from payments_async.models import InstalledConnector, Payment, PaymentRequest, PaymentStatus, Pool, ServerInfo
from payments_async.models.model import Model
from payments_async.testing import canned, example, mocked, without_pauses
from payments_async.v3 import models as v3_models
from tests.models.test_model import of_each_model

URL = "https://payments.example"


@of_each_model
def test_each_model_has_an_example_with_members_of_ones_own(model: type[Model], example: dict[str, Any]) -> None:
    from payments_async.testing import example as make

    made: Any = make(model)
    assert made == make(model) == model.from_json(json.dumps(example))
    assert made is not make(model)
    assert make(model, **attrs.asdict(made, recurse=False)) == made


def test_what_is_no_model_or_no_member_of_one_is_refused() -> None:
    assert example(Payment, amount=10**30, status=PaymentStatus.FAILED).amount == 10**30
    for wrong in (PaymentStatus, int, Page):
        with pytest.raises(TypeError, match="is not a model: give a class such as"):
            example(wrong)  # type: ignore[type-var]
    with pytest.raises(TypeError, match="amuont"):
        example(Payment, amuont=1)


async def test_an_answer_is_put_into_the_envelope_of_its_operation() -> None:
    payment, pool = example(Payment), example(Pool)
    connector = example(InstalledConnector)
    answers = {
        "get_payment": payment,
        "list_payments": [payment],
        "list_pools": Page(data=[pool], next="c", has_more=True, page_size=1),
        "list_all_connectors": [connector],
        "get_server_info": ServerInfo(version="3"),
        "delete_pool": None,
        "request": {"any": "thing"},
        "v3.get_payment": example(v3_models.Payment),
        "v3.list_payments": [example(v3_models.Payment)],
    }
    async with PaymentsClient(URL, transport=canned(answers)) as client:
        assert await client.payments.get_payment("p") == payment
        assert [each async for each in client.payments.list_payments()] == [payment]
        assert await client.pools.list_pools() == answers["list_pools"]
        assert await client.connectors.list_all_connectors() == [connector]
        assert (await client.server.get_server_info()).version == "3"
        await client.pools.delete_pool(pool.id)
        assert await client.request("GET", "/new") == {"any": "thing"}
        assert await client.v3.payments.get_payment(example(v3_models.Payment).id) == answers["v3.get_payment"]
        assert [each async for each in client.v3.payments.list_payments()] == answers["v3.list_payments"]


async def test_a_created_payment_has_the_reference_of_its_request() -> None:
    transport = canned({"create_payment": example(Payment)})
    async with PaymentsClient(URL, transport=transport) as client:
        request = example(PaymentRequest, reference="mine")
        assert (await client.payments.create_payment(request)).reference == "mine"
    (sent,) = transport.requests
    assert json.loads(sent.body or b"")["reference"] == "mine"


async def test_errors_come_through_the_layers_of_the_client() -> None:
    turns = iter([(503, {}), example(Payment)])
    answers = {
        "get_payment": lambda _: next(turns),
        "get_pool": (404, {"errorCode": "NOT_FOUND", "errorMessage": "no such pool"}),
        "get_account": ConnectionFailedError("gone", outcome=Outcome.NOT_SENT),
        "list_pools": lambda request: Response(request=request, status=500, headers={"Retry-After": "99"}, body=b""),
    }
    transport = canned(answers)
    async with PaymentsClient(URL, transport=transport, retry=without_pauses(attempts=2)) as client:
        assert (await client.payments.get_payment("p")).id
        with pytest.raises(NotFoundError, match="no such pool"):
            await client.pools.get_pool("p")
        with pytest.raises(ConnectionFailedError, match="gone"):
            await client.accounts.get_account("a")
        with pytest.raises(ServerError):
            await client.pools.list_pools()
    assert [request.operation for request in transport.requests].count("get_account") == 2


def test_without_its_extra_mocked_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "aioresponses", None)
    with pytest.raises(
        ImportError, match=r"aioresponses is missing; install what the extra `testing` needs: pip install aioresponses"
    ):
        mocked()


async def test_requests_for_tokens_are_answered_too() -> None:
    def signed(request: Request) -> Payment:
        assert request.headers["Authorization"] == "Bearer canned"
        return example(Payment)

    transport = canned({"get_payment": signed})
    async with PaymentsClient(URL, auth=ClientCredentials("id", "secret"), transport=transport) as client:
        derived = client.with_options(headers={"X": "y"})
        assert await derived.payments.get_payment("p") == example(Payment)
    assert [request.operation for request in transport.requests] == ["get_payment"]


async def test_a_refused_token_is_an_error() -> None:
    transport = canned({"get_token": (401, {"error": "invalid_client"}), "get_payment": example(Payment)})
    async with PaymentsClient(URL, auth=ClientCredentials("id", "secret"), transport=transport) as client:
        with pytest.raises(AuthenticationError, match="invalid_client"):
            await client.payments.get_payment("p")


async def test_an_operation_without_an_answer_says_what_to_add() -> None:
    async with PaymentsClient(URL, transport=canned({})) as client:
        with pytest.raises(LookupError, match=r"no answer is prepared for list_pools: add it to those of canned\(\)"):
            await client.pools.list_pools()


def test_examples_are_those_of_the_descriptions() -> None:
    for door in ("payments_async", "payments_async.v3"):
        examples = import_module(f"{door}.models.generated.examples").EXAMPLES
        assert example(import_module(f"{door}.models").Pool).name == examples["Pool"]["name"]
