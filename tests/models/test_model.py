import json
from datetime import UTC, datetime, timedelta, timezone
from importlib import import_module
from typing import Any

import attrs
import pytest

from payments_async import models
from payments_async.models import OtherConfig, Payment, PaymentStatus, StripeConfig
from payments_async.models.model import Model
from payments_async.v3 import models as v3_models
from payments_async.wire.members import members_of

BOTH = [
    pytest.param(getattr(door, name), example, id=f"{door.__name__}.{name}")
    for door in (models, v3_models)
    for name, example in import_module(f"{door.__name__}.generated.examples").EXAMPLES.items()
]
of_each_model = pytest.mark.parametrize(("model", "example"), BOTH)
in_each_form = pytest.mark.parametrize("amounts", ["number", "text"])
by_each_name = pytest.mark.parametrize("names", ["wire", "python"])
EXACT = 10**30 + 1


@pytest.fixture
def payment() -> Payment:
    return Payment.from_json(json.dumps(EXAMPLE))


EXAMPLE: dict[str, Any] = import_module("payments_async.models.generated.examples").EXAMPLES["Payment"]


@of_each_model
def test_a_model_comes_back_from_each_of_its_texts(model: type[Model], example: dict[str, Any]) -> None:
    made = model.from_json(json.dumps(example))
    assert type(made) is model
    assert made.to_dict(hidden=True).items() >= example.items()
    for names in ("wire", "python"):
        for amounts in ("number", "text"):
            assert model.from_json(made.to_json(names=names, amounts=amounts, hidden=True), names=names) == made


@of_each_model
def test_no_two_members_of_a_model_have_one_name(model: Any, example: dict[str, Any]) -> None:
    members = [member for member in members_of(model) if not member.rest]
    assert len({member.wire for member in members}) == len({member.field for member in members}) == len(members)
    assert set(example) <= {member.wire for member in members}


@of_each_model
def test_a_model_has_slots_and_cannot_be_hashed(model: type[Model], example: dict[str, Any]) -> None:
    made = model.from_json(json.dumps(example))
    assert not hasattr(made, "__dict__")
    assert model.__setattr__ is object.__setattr__, "reading would call `__init__`, which takes longer"
    with pytest.raises(TypeError, match="unhashable"):
        hash(made)


def test_a_dict_has_plain_values_by_the_names_of_the_wire(payment: Payment) -> None:
    plain = payment.to_dict()
    assert plain == {name: value for name, value in EXAMPLE.items() if name != "raw"} | {
        "adjustments": [{name: value for name, value in EXAMPLE["adjustments"][0].items() if name != "raw"}]
    }
    assert json.loads(payment.to_json()) == plain
    assert {type(value) for value in plain.values()} == {str, int, list, dict}


def test_a_dict_has_the_names_of_the_fields_if_it_is_asked_for_them(payment: Payment) -> None:
    plain = payment.to_dict(names="python", hidden=True)
    assert list(plain) == [field.name for field in attrs.fields(Payment)]
    assert plain["adjustments"][0]["created_at"] == "2024-03-01T12:00:00Z"


@in_each_form
@pytest.mark.parametrize(
    "amount", [0, -1, 2**53 + 1, EXACT, 10**5000], ids=["0", "-1", "2**53+1", "10**30+1", "10**5000"]
)
def test_amounts_are_exact_at_any_size(payment: Payment, amount: int, amounts: Any) -> None:
    payment.amount = payment.adjustments[0].amount = amount
    text = payment.to_json(amounts=amounts, hidden=True)
    assert Payment.from_json(text) == payment
    assert type(payment.to_dict(amounts=amounts)["amount"]) is {"number": int, "text": str}[amounts]


def test_integers_in_free_json_stay_numbers(payment: Payment) -> None:
    payment.raw = {"amount": EXACT, "list": [EXACT]}
    assert payment.to_dict(amounts="text", hidden=True)["raw"] == payment.raw
    assert Payment.from_json(payment.to_json(amounts="text", hidden=True)) == payment


def test_free_json_may_nest_deeply(payment: Payment) -> None:
    payment.raw = json.loads("[" * 600 + "]" * 600)
    assert Payment.from_json(payment.to_json(hidden=True)) == payment


def test_times_are_rfc_3339_with_their_own_offset(payment: Payment) -> None:
    payment.created_at = datetime(2024, 3, 1, 12, 0, 0, 123456, timezone(timedelta(hours=2)))
    assert payment.to_dict()["createdAt"] == "2024-03-01T12:00:00.123456+02:00"
    payment.created_at = datetime(2024, 3, 1)  # noqa: DTZ001
    with pytest.raises(ValueError, match="has no time zone"):
        payment.to_dict()


@by_each_name
def test_unlisted_values_of_enums_are_kept(payment: Payment, names: Any) -> None:
    payment.status = PaymentStatus("LATER")
    assert payment.to_dict()["status"] == "LATER"
    assert Payment.from_json(payment.to_json(names=names, hidden=True), names=names) == payment


def test_hidden_members_are_left_out_unless_asked_for() -> None:
    config = StripeConfig(api_key="sk_live", name="s")
    assert "sk_live" not in config.to_json()
    assert config.to_dict(hidden=True)["apiKey"] == "sk_live"
    with pytest.raises(ValueError, match=r"^the text has no .* for a StripeConfig$"):
        StripeConfig.from_json(config.to_json())


def test_members_that_are_not_declared_are_hidden_too_and_come_back() -> None:
    config = OtherConfig(name="x", extra={"apiKey": "secret", "pageSize": 5})
    assert config.to_dict() == {"name": "x"}
    assert OtherConfig.from_json(config.to_json(hidden=True)) == config


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"amount": "12.5"}, r"int at \$\.amount"),
        ({"amount": True}, r"int at \$\.amount"),
        ({"createdAt": 1709294400}, r"RFC 3339 time at \$\.createdAt"),
        ({"adjustments": [{"reference": 5}]}, r"at \$\.adjustments\[0\]"),
    ],
)
def test_a_text_that_does_not_fit_is_an_error_that_names_the_place(change: dict[str, Any], place: str) -> None:
    with pytest.raises(ValueError, match=rf"^the text has no .*{place}.* for a Payment$") as caught:
        Payment.from_json(json.dumps({**EXAMPLE, **change}))
    assert "12.5" not in str(caught.value)


def test_a_text_that_is_no_json_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"^the text has no JSON at \$ for a Payment$"):
        Payment.from_json(b"\xff")
    with pytest.raises(ValueError, match=r"^the text has no JSON at \$ for a Payment$"):
        Payment.from_json('{"id": "\ud800"}')


@pytest.mark.parametrize("option", [{"names": "camel"}, {"amounts": "float"}])
def test_an_unknown_option_is_refused(payment: Payment, option: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"^(names|amounts) is '(camel|float)': give '"):
        payment.to_dict(**option)


def test_unknown_names_are_refused_in_reading_too() -> None:
    unknown: Any = "camel"
    with pytest.raises(ValueError, match=r"^names is 'camel': give 'wire' or 'python'$"):
        Payment.from_json(json.dumps(EXAMPLE), names=unknown)


def test_a_value_that_json_does_not_have_is_refused(payment: Payment) -> None:
    payment.raw = {"set": {1}}
    with pytest.raises(ValueError, match="a set has no place in JSON"):
        payment.to_json(hidden=True)
    payment.reference = "\ud800"
    with pytest.raises(ValueError, match=r"^half of a surrogate pair in a text has no place in JSON$"):
        payment.to_json()


def test_a_copy_with_changes_is_made_by_attrs(payment: Payment) -> None:
    later = attrs.evolve(payment, created_at=datetime(2025, 1, 1, tzinfo=UTC))
    assert later != payment
    assert attrs.evolve(later, created_at=payment.created_at) == payment
