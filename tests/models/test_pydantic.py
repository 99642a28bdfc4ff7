import json
import subprocess
import sys
from importlib import import_module
from typing import Annotated, Any, get_args

import pytest
from fastapi import Body, FastAPI
from openapi_spec_validator import validate
from pydantic import BaseModel, TypeAdapter, ValidationError

from payments_async import Page, models
from payments_async.models import ConnectorConfig, OtherConfig, Payment, PaymentRequest, PaymentStatus, StripeConfig
from payments_async.v3 import models as v3_models
from tests.models.test_model import of_each_model

EXAMPLES: dict[str, Any] = import_module("payments_async.models.generated.examples").EXAMPLES
EXAMPLE: dict[str, Any] = EXAMPLES["Payment"]


@pytest.fixture
def payment() -> Payment:
    return Payment.from_json(json.dumps(EXAMPLE))


class Order(BaseModel):
    payment: Payment
    status: PaymentStatus = PaymentStatus.PENDING


@of_each_model
def test_pydantic_reads_and_writes_each_model_as_the_model_does(model: type[Any], example: dict[str, Any]) -> None:
    adapter = TypeAdapter(model)
    made = model.from_json(json.dumps(example))
    assert adapter.validate_python(example) == adapter.validate_json(json.dumps(example)) == made
    assert adapter.validate_python(made) is made
    assert json.loads(adapter.dump_json(made)) == adapter.dump_python(made, mode="json") == made.to_dict()


@of_each_model
def test_the_schema_of_each_model_shows_what_is_read_and_what_is_written(
    model: type[Any], example: dict[str, Any]
) -> None:
    read, written = (TypeAdapter(model).json_schema(mode=mode) for mode in ("validation", "serialization"))
    made = model.from_json(json.dumps(example))
    assert set(written.get("properties", {})) == set(made.to_dict())
    assert set(read.get("properties", {})) == set(made.to_dict(hidden=True))
    assert read["examples"] == [example]
    assert written["examples"][0].items() <= made.to_dict().items()
    assert read["title"] == model.__name__
    assert read["description"]


def test_the_schema_says_what_each_kind_of_member_is() -> None:
    members = TypeAdapter(Payment).json_schema()["properties"]
    assert members["amount"]["type"] == "integer"
    assert members["createdAt"]["format"] == "date-time"
    assert members["metadata"] == {
        "title": "Metadata",
        "description": "Metadata of a payment, text by key. Null when there is none.",
        "type": "object",
        "additionalProperties": {"type": "string"},
    }
    listed, other = members["status"]["anyOf"]
    assert listed["enum"] == [each.value for each in PaymentStatus]
    assert other == {"type": "string"}


@pytest.mark.parametrize("amount", [2**53 + 1, -(10**100)])
def test_integers_are_exact(payment: Payment, amount: int) -> None:
    payment.amount = amount
    adapter = TypeAdapter(Payment)
    text = adapter.dump_json(payment)
    assert json.loads(text)["amount"] == amount
    assert adapter.validate_json(text).amount == amount


@pytest.mark.parametrize(
    ("member", "value"),
    [("amount", "1050"), ("amount", 10.5), ("amount", True), ("createdAt", 1709294400), ("createdAt", "2024-03-01")],
)
def test_what_is_not_of_the_type_is_refused_with_its_place(member: str, value: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(Payment).validate_python({**EXAMPLE, member: value})
    assert [error["loc"] for error in caught.value.errors()] == [(member,)]


def test_a_model_is_a_field_of_a_users_own_model(payment: Payment) -> None:
    order = Order(payment=payment)
    assert order.payment is payment
    assert Order.model_validate_json(order.model_dump_json()).payment.to_dict() == payment.to_dict()


def test_unlisted_values_are_read_in_models_and_refused_by_themselves(payment: Payment) -> None:
    assert TypeAdapter(Payment).validate_python({**EXAMPLE, "status": "LATER"}).status == "LATER"
    assert Order(payment=payment, status=PaymentStatus("LATER")).model_dump(mode="json")["status"] == "LATER"
    assert Order.model_validate({"payment": EXAMPLE, "status": "FAILED"}).status is PaymentStatus.FAILED
    with pytest.raises(ValidationError, match="Input should be 'PENDING', 'SUCCEEDED'"):
        Order.model_validate({"payment": EXAMPLE, "status": "LATER"})


def test_secrets_are_read_and_not_written() -> None:
    adapter = TypeAdapter(StripeConfig)
    config = adapter.validate_python({"name": "s", "apiKey": "sk_live"})
    assert config.api_key == "sk_live"
    assert "apiKey" not in adapter.dump_python(config)
    assert "apiKey" in adapter.json_schema()["required"]
    assert "apiKey" not in adapter.json_schema(mode="serialization")["properties"]


def test_errors_quote_no_secret() -> None:
    class Body(BaseModel):
        config: StripeConfig
        user: v3_models.CreatePaymentServiceUserRequest

    user = {"contactDetails": {"email": ["sk_live"]}}
    for config in ({"apiKey": "sk_live"}, {"name": 1, "apiKey": ["sk_live"]}, ["sk_live"]):
        with pytest.raises(ValidationError) as caught:
            Body.model_validate_json(json.dumps({"config": config, "user": user}))
        assert "sk_live" not in f"{caught.value} {caught.value.errors()} {caught.value.json()}"
    with pytest.raises(ValidationError, match="input_value='1050'"):
        TypeAdapter(Payment).validate_python({**EXAMPLE, "amount": "1050"})


def test_members_that_are_not_declared_are_kept() -> None:
    assert TypeAdapter(OtherConfig).validate_python({"name": "x", "own": 1}) == OtherConfig(name="x", extra={"own": 1})


def test_a_page_is_written_as_the_api_writes_it(payment: Payment) -> None:
    page = Page(data=[payment], next="c", has_more=True, page_size=1)
    adapter = TypeAdapter(Page[Payment])
    assert adapter.dump_python(page, mode="json") == {
        "data": [payment.to_dict()],
        "next": "c",
        "previous": None,
        "hasMore": True,
        "pageSize": 1,
    }
    assert adapter.validate_python({"data": [EXAMPLE], "hasMore": False}).data == [payment]
    assert TypeAdapter(Page).dump_python(Page(data=[1], has_more=False))["data"] == [1]


def test_an_instance_of_a_union_stays_what_it_is() -> None:
    adapter: TypeAdapter[Any] = TypeAdapter(ConnectorConfig)
    for member in get_args(ConnectorConfig):
        config = member.from_json(json.dumps(EXAMPLES[member.__name__]))
        assert adapter.validate_python(config) is config


def test_the_description_of_an_application_of_both_apis_is_valid() -> None:
    app = FastAPI()

    @app.get("/payments")
    async def listed(status: PaymentStatus | None = None) -> Page[Payment]:
        raise NotImplementedError

    @app.get("/later")
    async def later() -> list[v3_models.Payment]:
        raise NotImplementedError

    @app.post("/payments")
    async def create(request: Annotated[PaymentRequest, Body()]) -> Payment:
        raise NotImplementedError

    described = app.openapi()
    validate(described)
    body = described["paths"]["/payments"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert body == {"$ref": "#/components/schemas/PaymentRequest"}
    (parameter,) = described["paths"]["/payments"]["get"]["parameters"]
    assert parameter["schema"]["anyOf"][0]["enum"] == [each.value for each in PaymentStatus]
    assert len([name for name in described["components"]["schemas"] if name.endswith("__Payment")]) == 2
    assert "Page_Payment_" in described["components"]["schemas"]


def test_models_load_no_pydantic_and_no_examples() -> None:
    program = f"import sys; from {models.__name__} import Payment, StripeConfig; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout.split()
    absent = {"pydantic", "pydantic_core", "payments_async.models.generated.examples", "payments_async.wire.schema"}
    assert absent.isdisjoint(loaded)
