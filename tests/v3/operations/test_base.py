"""What every operation refuses before anything is sent: ids of another kind, and assets without an exponent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import pytest

from payments_async import Pages, PaymentsClient
from payments_async.v3 import V3
from payments_async.v3.models import CreatePaymentServiceUserRequest, CreatePoolRequest
from payments_async.v3.models.generated.operations import OPERATIONS
from payments_async.v3.operations.ids import kind_of
from tests.v3.conftest import Canned
from tests.v3.ids import ACCOUNT, ADJUSTMENT, CONNECTOR, INITIATION, OTHER_ACCOUNT, OTHER_UUID, PAYMENT, TASK, UUID
from tests.v3.requests import account, initiation, payment, reversal
from tests.v3.test_operation_table import TABLE

Call = Callable[[V3], Awaitable[Any] | Pages[Any]]


async def made(called: Awaitable[Any] | Pages[Any]) -> Any:
    return await (called.first() if isinstance(called, Pages) else called)


WRONG_IDS: dict[str, Call] = {
    "accountID is a UUID: give the id of an account": lambda v3: v3.accounts.get_account(UUID),
    "accountID is the id of a payment: give": lambda v3: v3.accounts.get_account_balances(PAYMENT),
    "paymentID is the id of an account, .*: give the id of a payment": lambda v3: v3.payments.get_payment(ACCOUNT),
    "bankAccountID is the id of a connector: give a UUID": lambda v3: v3.bank_accounts.get_bank_account(CONNECTOR),
    "connectorID is the id of a payment: give": lambda v3: v3.connectors.uninstall_connector(PAYMENT),
    "connectorID is a UUID: give the id of a": lambda v3: v3.bank_accounts.forward_bank_account(OTHER_UUID, UUID),
    "poolID is the id of an account": lambda v3: v3.pools.get_pool(ACCOUNT),
    "taskID is a UUID: give the id of .* task": lambda v3: v3.tasks.get_task(UUID),
    "paymentInitiationID is a UUID": lambda v3: v3.payment_initiations.approve_payment_initiation(UUID),
    "paymentServiceUserID is the id of": lambda v3: v3.payment_service_users.get_payment_service_user(CONNECTOR),
    "orderID is the id of a connector": lambda v3: v3.orders.get_order(CONNECTOR),
    "conversionID is a UUID": lambda v3: v3.conversions.get_conversion(UUID),
    "connectorID is the id of an account": lambda v3: v3.accounts.create_account(account(connector_id=ACCOUNT)),
    "sourceAccountID is the id of a payment": lambda v3: v3.payments.create_payment(payment(source_account_id=PAYMENT)),
    "destinationAccountID is a UUID": lambda v3: v3.payment_initiations.initiate_payment(
        initiation(destination_account_id=UUID)
    ),
    "accountIDs is the id of a connector": lambda v3: v3.pools.create_pool(
        CreatePoolRequest(name="p", account_ids=[ACCOUNT, CONNECTOR])
    ),
    "bankAccountIDs is the id of an account": lambda v3: v3.payment_service_users.create_payment_service_user(
        CreatePaymentServiceUserRequest(name="u", bank_account_ids=[ACCOUNT])
    ),
}


@pytest.mark.parametrize("refusal", WRONG_IDS)
async def test_an_id_that_shows_itself_to_be_of_another_kind_is_refused(
    client: PaymentsClient, canned: Canned, refusal: str
) -> None:
    with pytest.raises(ValueError, match=refusal):
        await made(WRONG_IDS[refusal](client.v3))
    assert canned.requests == []


def test_ids_show_their_kind_as_far_as_they_do() -> None:
    shown = [kind_of(each) for each in (UUID, UUID.upper(), CONNECTOR, PAYMENT)]
    assert shown == ["a UUID", "a UUID", "the id of a connector", "the id of a payment"]
    alike = {kind_of(each) for each in (ACCOUNT, OTHER_ACCOUNT, INITIATION, TASK)}
    assert alike == {"the id of an account, an order, a conversion, a payment initiation or a task"}
    for each in ("", "pay_1", "e30", "W10", "bnVsbA", "ÿ", "x" * 5_000, ADJUSTMENT, "[" * 100_000):
        assert kind_of(each) is None


@pytest.mark.parametrize("operation", OPERATIONS, ids=[each.name for each in OPERATIONS])
async def test_an_id_that_does_not_show_its_kind_is_sent_as_it_is(
    client: PaymentsClient, canned: Canned, operation: Any
) -> None:
    response = TABLE.answer_of(operation)
    canned.will_answer_with(response)
    method = getattr(getattr(client.v3, TABLE.attribute_of(operation)), operation.name)
    arguments = {name: value for name, value in TABLE.arguments_of(operation).items() if name != "cursor"}
    await made(method(**arguments))
    given = [f"{TABLE.argument_of(name)}-1" for name in operation.path_parameters if name != "connector"]
    assert all(each in canned.path.split("/") for each in given)


WITHOUT_EXPONENT: dict[str, Call] = {
    "defaultAsset": lambda v3: v3.accounts.create_account(account(default_asset="USD")),
    "asset": lambda v3: v3.payments.create_payment(payment(asset="USD")),
    "asset of an adjustment": lambda v3: v3.payments.create_payment(payment(adjusted="USD")),
    "asset of an initiation": lambda v3: v3.payment_initiations.initiate_payment(initiation(asset="USD")),
    "asset of a reversal": lambda v3: v3.payment_initiations.reverse_payment_initiation(
        INITIATION, reversal(asset="USD")
    ),
}


@pytest.mark.parametrize("name", WITHOUT_EXPONENT)
async def test_an_asset_without_an_exponent_is_refused(client: PaymentsClient, canned: Canned, name: str) -> None:
    with pytest.raises(
        ValueError, match=f"{name.split(maxsplit=1)[0]} is 'USD': give a currency with its exponent, such as 'USD/2'"
    ):
        await made(WITHOUT_EXPONENT[name](client.v3))
    assert canned.requests == []


async def test_which_currencies_there_are_is_for_the_server_to_say(client: PaymentsClient, canned: Canned) -> None:
    answered = TABLE.answer_of(next(each for each in OPERATIONS if each.name == "create_account"))
    canned.will_answer_with(answered)
    for asset in ("ZZZ/2", "JPY/0", "BTC/8", "", None):
        await client.v3.accounts.create_account(account(default_asset=asset))
    assert len(canned.requests) == 5


@pytest.mark.parametrize(
    "call",
    [
        lambda v3, at: v3.accounts.create_account(account(created_at=at)),
        lambda v3, at: v3.accounts.get_account_balances(ACCOUNT, from_=at),
        lambda v3, at: v3.payments.create_payment(payment(created_at=at)),
        lambda v3, at: v3.payment_initiations.initiate_payment(initiation(scheduled_at=at)),
        lambda v3, at: v3.pools.get_pool_balances(UUID, at),
    ],
)
async def test_a_time_without_a_zone_is_refused(client: PaymentsClient, canned: Canned, call: Any) -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        await made(call(client.v3, datetime(2026, 3, 1)))  # noqa: DTZ001  # on purpose
    assert canned.requests == []


@pytest.mark.parametrize("operation", [each for each in OPERATIONS if each.paginated], ids=lambda each: str(each.name))
@pytest.mark.parametrize("page_size", [0, -1])
def test_a_page_has_one_item_or_more(client: PaymentsClient, operation: Any, page_size: int) -> None:
    method = getattr(getattr(client.v3, TABLE.attribute_of(operation)), operation.name)
    ids = [f"{TABLE.argument_of(name)}-1" for name in operation.path_parameters]
    with pytest.raises(ValueError, match=f"page_size is {page_size}: give a whole number of items, 1 or more"):
        method(*ids, page_size=page_size)


@pytest.mark.parametrize("operation", [each for each in OPERATIONS if each.paginated], ids=lambda each: str(each.name))
def test_a_cursor_stands_alone(client: PaymentsClient, operation: Any) -> None:
    method = getattr(getattr(client.v3, TABLE.attribute_of(operation)), operation.name)
    ids = [f"{TABLE.argument_of(name)}-1" for name in operation.path_parameters]
    with pytest.raises(ValueError, match="cursor and pageSize cannot be given together"):
        method(*ids, page_size=5, cursor="c")
    with pytest.raises(TypeError):
        method(*ids, sort="created_at:asc")


@pytest.mark.parametrize("given", ["", ".", "..", 5])
async def test_an_id_that_would_lead_elsewhere_is_refused(client: PaymentsClient, canned: Canned, given: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        await client.v3.accounts.get_account(given)
    assert canned.requests == []


@pytest.mark.parametrize(
    "call",
    [
        lambda v3, request: v3.accounts.create_account(request),
        lambda v3, request: v3.bank_accounts.create_bank_account(request),
        lambda v3, request: v3.payments.create_payment(request),
        lambda v3, request: v3.payment_initiations.initiate_payment(request),
        lambda v3, request: v3.payment_initiations.reverse_payment_initiation(INITIATION, request),
        lambda v3, request: v3.payment_service_users.create_payment_service_user(request),
        lambda v3, request: v3.pools.create_pool(request),
    ],
)
@pytest.mark.parametrize("given", [{"amount": 1}, None], ids=str)
async def test_a_request_of_another_class_is_refused(
    client: PaymentsClient, canned: Canned, call: Any, given: Any
) -> None:
    with pytest.raises(TypeError, match=f"the request is a {type(given).__name__}: give a "):
        await call(client.v3, given)
    assert canned.requests == []


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (
            lambda v3: v3.payment_service_users.create_payment_service_user(
                CreatePaymentServiceUserRequest(name="u", contact_details=wrong({"email": "ada@example.com"}))
            ),
            r"CreatePaymentServiceUserRequest\.contactDetails is not of its type: give object",
        ),
        (
            lambda v3: v3.payments.create_payment(payment(adjustments=[{"reference": "a"}])),
            r"CreatePaymentRequest\.adjustments\[0\] is not of its type: give object",
        ),
        (
            lambda v3: v3.payments.create_payment(payment(adjustments="many")),
            r"CreatePaymentRequest\.adjustments is not of its type: give list",
        ),
        (
            lambda v3: v3.pools.create_pool(CreatePoolRequest(name="p", query=wrong("{}"))),
            r"CreatePoolRequest\.query is not of its type: give object",
        ),
        (
            lambda v3: v3.pools.update_pool_query(UUID, {"$match": {"name": object()}}),
            "has no place in JSON",
        ),
    ],
)
async def test_a_part_of_a_request_that_is_not_of_its_type_is_named_and_not_shown(
    client: PaymentsClient, canned: Canned, call: Call, told: str
) -> None:
    with pytest.raises(ValueError, match=told) as raised:
        await made(call(client.v3))
    assert "ada@" not in str(raised.value)
    assert canned.requests == []


def wrong(value: Any) -> Any:
    """A value that types would not let through."""
    return value
