"""Each operation of the table is called once through the client, and reaches its own route with its own status."""

from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from functools import partial
from typing import Any

import attrs
import pytest

from payments_async import APIError, Pages, PaymentsClient
from payments_async.models import (
    BankAccountRequest,
    Connector,
    ReverseTransferInitiationRequest,
    StripeConfig,
    TransferInitiationRequest,
    TransferRequest,
)
from payments_async.models.generated.operations import OPERATIONS, Operation
from payments_async.sandbox import Sandbox
from payments_async.sandbox.routes import NO_ROUTE
from payments_async.wire import codec

from .conftest import AT, account, answer, payment, transfer

STRIPE = Connector.STRIPE
CONFIG = StripeConfig(name="another", api_key="k")
BANK_ACCOUNT = BankAccountRequest(name="Main", country="DE", iban="DE89370400440532013000")
REVERSAL = ReverseTransferInitiationRequest(reference="reversal", amount=1, asset="EUR/2")


@attrs.frozen(kw_only=True)
class Scene:
    """A client, and one of everything that its operations are called for."""

    client: PaymentsClient
    stripe: str
    atlar: str
    payment_id: str
    account_id: str
    bank_account_id: str
    pool_id: str
    task_id: str
    request: TransferInitiationRequest
    waiting: str
    processed: str
    failed: str


@pytest.fixture
async def scene(sandbox: Sandbox, client: PaymentsClient, connectors: dict[str, str]) -> Scene:
    stripe = connectors["STRIPE"]
    request = await transfer(client, stripe)
    requests = [attrs.evolve(request, reference=each, validated=each == "moved") for each in ("new", "moved", "failed")]
    transfers = [(await client.transfer_initiations.create_transfer_initiation(each)).id for each in requests]
    sandbox.fail_transfer(transfers[2])
    return Scene(
        client=client,
        stripe=stripe,
        atlar=connectors["ATLAR"],
        payment_id=(await client.payments.create_payment(payment(stripe, reference="there"))).id,
        account_id=request.destination_account_id,
        bank_account_id=(await client.bank_accounts.create_bank_account(BANK_ACCOUNT)).id,
        pool_id=(await client.pools.create_pool("There", [request.source_account_id or ""])).id,
        task_id=(await client.connectors.list_connector_tasks_v1(STRIPE, stripe).first()).data[0].id,
        request=request,
        waiting=transfers[0],
        processed=transfers[1],
        failed=transfers[2],
    )


CALLS: dict[str, Callable[[Scene], Awaitable[Any] | Pages[Any]]] = {
    "get_server_info": lambda at: at.client.server.get_server_info(),
    # payments
    "list_payments": lambda at: at.client.payments.list_payments(),
    "get_payment": lambda at: at.client.payments.get_payment(at.payment_id),
    "create_payment": lambda at: at.client.payments.create_payment(payment(at.stripe)),
    "update_metadata": lambda at: at.client.payments.update_metadata(at.payment_id, {"k": "v"}),
    # accounts
    "list_accounts": lambda at: at.client.accounts.list_accounts(),
    "get_account": lambda at: at.client.accounts.get_account(at.account_id),
    "create_account": lambda at: at.client.accounts.create_account(account(at.stripe)),
    "get_account_balances": lambda at: at.client.accounts.get_account_balances(at.account_id),
    # bank accounts
    "list_bank_accounts": lambda at: at.client.bank_accounts.list_bank_accounts(),
    "get_bank_account": lambda at: at.client.bank_accounts.get_bank_account(at.bank_account_id),
    "create_bank_account": lambda at: at.client.bank_accounts.create_bank_account(BANK_ACCOUNT),
    "forward_bank_account": lambda at: at.client.bank_accounts.forward_bank_account(at.bank_account_id, at.atlar),
    "update_bank_account_metadata": lambda at: at.client.bank_accounts.update_bank_account_metadata(
        at.bank_account_id, {"k": "v"}
    ),
    # pools
    "list_pools": lambda at: at.client.pools.list_pools(),
    "get_pool": lambda at: at.client.pools.get_pool(at.pool_id),
    "create_pool": lambda at: at.client.pools.create_pool("Europe", [at.account_id]),
    "delete_pool": lambda at: at.client.pools.delete_pool(at.pool_id),
    "add_account_to_pool": lambda at: at.client.pools.add_account_to_pool(at.pool_id, at.account_id),
    "remove_account_from_pool": lambda at: at.client.pools.remove_account_from_pool(at.pool_id, at.account_id),
    "get_pool_balances": lambda at: at.client.pools.get_pool_balances(at.pool_id, AT),
    # transfer initiations
    "list_transfer_initiations": lambda at: at.client.transfer_initiations.list_transfer_initiations(),
    "get_transfer_initiation": lambda at: at.client.transfer_initiations.get_transfer_initiation(at.failed),
    "create_transfer_initiation": lambda at: at.client.transfer_initiations.create_transfer_initiation(at.request),
    "delete_transfer_initiation": lambda at: at.client.transfer_initiations.delete_transfer_initiation(at.waiting),
    "update_transfer_initiation_status": lambda at: at.client.transfer_initiations.update_transfer_initiation_status(
        at.waiting, "VALIDATED"
    ),
    "retry_transfer_initiation": lambda at: at.client.transfer_initiations.retry_transfer_initiation(at.failed),
    "reverse_transfer_initiation": lambda at: at.client.transfer_initiations.reverse_transfer_initiation(
        at.processed, REVERSAL
    ),
    # connectors
    "list_all_connectors": lambda at: at.client.connectors.list_all_connectors(),
    "list_configs_available_connectors": lambda at: at.client.connectors.list_configs_available_connectors(),
    "install_connector": lambda at: at.client.connectors.install_connector(STRIPE, CONFIG),
    "connectors_transfer": lambda at: at.client.connectors.connectors_transfer(
        STRIPE, TransferRequest(amount=1, asset="EUR/2", destination="acct_1")
    ),
    "read_connector_config_v1": lambda at: at.client.connectors.read_connector_config_v1(STRIPE, at.stripe),
    "update_connector_config_v1": lambda at: at.client.connectors.update_connector_config_v1(STRIPE, at.stripe, CONFIG),
    "reset_connector_v1": lambda at: at.client.connectors.reset_connector_v1(STRIPE, at.stripe),
    "uninstall_connector_v1": lambda at: at.client.connectors.uninstall_connector_v1(STRIPE, at.stripe),
    "list_connector_tasks_v1": lambda at: at.client.connectors.list_connector_tasks_v1(STRIPE, at.stripe),
    "get_connector_task_v1": lambda at: at.client.connectors.get_connector_task_v1(STRIPE, at.stripe, at.task_id),
    # deprecated
    "read_connector_config": lambda at: at.client.connectors.read_connector_config(STRIPE),
    "reset_connector": lambda at: at.client.connectors.reset_connector(STRIPE),
    "uninstall_connector": lambda at: at.client.connectors.uninstall_connector(STRIPE),
    "list_connector_tasks": lambda at: at.client.connectors.list_connector_tasks(STRIPE),
    "get_connector_task": lambda at: at.client.connectors.get_connector_task(STRIPE, at.task_id),
}


@pytest.mark.parametrize("operation", OPERATIONS, ids=[operation.name for operation in OPERATIONS])
async def test_the_operation_reaches_its_route(sandbox: Sandbox, scene: Scene, operation: Operation) -> None:
    assert operation.name in CALLS, f"say in CALLS how {operation.name} is called"
    before = sandbox.requests.copy()
    warned = (
        pytest.warns(DeprecationWarning, match=f"use {operation.name}_v1") if operation.deprecated else nullcontext()
    )
    with warned:
        called = CALLS[operation.name](scene)
    made: tuple[str, str, int]
    if operation.name == "connectors_transfer":
        # The server describes it and has no route for it.
        with pytest.raises(APIError, match="405"):
            await answer(called)
        made = operation.method, NO_ROUTE, 405
    else:
        given = await answer(called)
        assert (given is None) is (operation.response is None)
        made = operation.method, operation.path, operation.status
    assert sandbox.requests - before == {made: 1}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("name", sorted(CALLS.keys() - {"connectors_transfer"}))
async def test_no_answer_and_no_request_needs_the_slow_path(
    scene: Scene, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(codec, "_plain", lambda **_: pytest.fail("the fast path did not do"))
    await answer(CALLS[name](scene))


def test_nothing_is_called_that_is_no_operation() -> None:
    assert len(OPERATIONS) == 43
    assert CALLS.keys() == {operation.name for operation in OPERATIONS}


@pytest.mark.parametrize(
    ("call", "wanted"),
    [
        (lambda client: client.payments.create_payment, "PaymentRequest"),
        (lambda client: client.accounts.create_account, "AccountRequest"),
        (lambda client: client.bank_accounts.create_bank_account, "BankAccountRequest"),
        (lambda client: client.transfer_initiations.create_transfer_initiation, "TransferInitiationRequest"),
        (
            lambda client: partial(client.transfer_initiations.reverse_transfer_initiation, "id"),
            "ReverseTransferInitiationRequest",
        ),
        (lambda client: partial(client.connectors.connectors_transfer, STRIPE), "TransferRequest"),
    ],
)
@pytest.mark.parametrize("given", [{"amount": 12.5}, StripeConfig(name="another", api_key="k"), None], ids=str)
async def test_a_request_of_another_class_is_refused_before_anything_is_sent(
    client: PaymentsClient, sandbox: Sandbox, call: Any, wanted: str, given: Any
) -> None:
    with pytest.raises(TypeError, match=f"the request is a {type(given).__name__}: give a {wanted}"):
        await call(client)(given)
    assert not sandbox.requests
