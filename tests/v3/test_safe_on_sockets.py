"""Waiting and ensuring against a sandbox of version 3.4, whose tasks end, fail and get stuck as those of the server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from payments_async import (
    ClientCredentials,
    ConflictError,
    DeadlineExceededError,
    NotFoundError,
    OutcomeUnknownError,
    PaymentsClient,
    RetryPolicy,
    ServerError,
    ValidationError,
)
from payments_async.operations.ids import referenced_id
from payments_async.sandbox import Fault, FaultKind, Sandbox
from payments_async.v3 import V3, filters
from payments_async.v3.errors import TaskFailedError
from payments_async.v3.models import (
    AccountType,
    CreateBankAccountRequest,
    CreatePoolRequest,
    GenericConfig,
    PaymentInitiationType,
    ReversePaymentInitiationRequest,
)
from tests.v3.requests import account, initiation, payment, reversal
from tests.waiting import until
from tests.wire.scripted import at_once

CONFIG = GenericConfig(name="psp", api_key="sk_canary", endpoint="https://psp.example.com", polling_period="1h30m")


def a_sandbox() -> Sandbox:
    """One connector of each provider and nothing else; its tasks are worked off when a test says so."""
    return Sandbox(version="3.4", connectors=23, tasks=0, task_delay=None)


def a_client(sandbox: Sandbox) -> PaymentsClient:
    auth = ClientCredentials(sandbox.client_id, sandbox.client_secret)
    return PaymentsClient(sandbox.url, auth=auth, retry=RetryPolicy(base=0))


def in_no_time(scenario: Callable[[Sandbox, V3], Awaitable[None]]) -> Callable[[], None]:
    """A test on a clock that jumps over every wait: time runs out only where nothing happens."""

    async def run() -> None:
        async with a_sandbox() as sandbox, a_client(sandbox) as client:
            await scenario(sandbox, client.v3)

    def test() -> None:
        at_once(run())

    return test


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with a_sandbox() as running:
        yield running


@pytest.fixture
async def v3(sandbox: Sandbox) -> AsyncIterator[V3]:
    async with a_client(sandbox) as client:
        yield client.v3


async def generic(v3: V3) -> str:
    """The id of the generic connector."""
    page = await v3.connectors.list_connectors(query=filters.connectors.provider.match("generic"))
    return page.data[0].id


@pytest.fixture
async def connector_id(v3: V3) -> str:
    return await generic(v3)


Initiate = Callable[..., Awaitable[str]]


async def two_accounts(v3: V3, connector_id: str) -> dict[str, str]:
    """The accounts of a payment initiation."""
    return {
        f"{name}_account_id": (
            await v3.accounts.ensure_account(account(reference=name, connector_id=connector_id, type=kind))
        ).id
        for name, kind in (("source", AccountType.INTERNAL), ("destination", AccountType.EXTERNAL))
    }


async def asking(v3: V3) -> Initiate:
    """What asks for a payout, and returns its id."""
    connector_id = await generic(v3)
    ids = await two_accounts(v3, connector_id)

    async def ask(**changes: Any) -> str:
        request = initiation(**{"connector_id": connector_id, **ids, **changes})
        return (await v3.payment_initiations.ensure_payment_initiation(request)).id

    return ask


@pytest.fixture
async def ids(v3: V3, connector_id: str) -> dict[str, str]:
    return await two_accounts(v3, connector_id)


@pytest.fixture
async def asked(v3: V3) -> Initiate:
    return await asking(v3)


async def test_created_approved_and_awaited_it_shows_what_it_paid(sandbox: Sandbox, v3: V3, asked: Initiate) -> None:
    api, initiation_id = v3.payment_initiations, await asked()
    task_id = await api.approve_payment_initiation(initiation_id)
    waiting = asyncio.create_task(api.wait_for(initiation_id, task_id=task_id))
    await until(lambda: sandbox.requests["GET", "/v3/tasks/{taskID}", 200])
    sandbox.work_tasks()
    assert (await waiting).status == "PROCESSED"
    (paid,) = await _paid(v3, initiation_id)
    assert (paid.amount, (await v3.tasks.wait_for(task_id)).created_object_id) == (5, paid.id)


async def _paid(v3: V3, initiation_id: str) -> list[Any]:
    return (await v3.payment_initiations.list_payment_initiation_related_payments(initiation_id)).data


async def test_an_approval_sent_twice_makes_one_payment(sandbox: Sandbox, v3: V3, asked: Initiate) -> None:
    api, initiation_id = v3.payment_initiations, await asked()
    task_ids = {await api.approve_payment_initiation(initiation_id) for _ in range(2)}
    assert len(task_ids) == 1
    sandbox.work_tasks()
    assert (await api.wait_for(initiation_id, task_id=task_ids.pop())).status == "PROCESSED"
    assert len(await _paid(v3, initiation_id)) == 1
    with pytest.raises(ValidationError):
        await api.approve_payment_initiation(initiation_id)


async def test_a_task_that_succeeded_with_a_payment_that_failed(sandbox: Sandbox, v3: V3, asked: Initiate) -> None:
    api, initiation_id = v3.payment_initiations, await asked(amount=113)
    task_id = await api.approve_payment_initiation(initiation_id)
    sandbox.work_tasks()
    assert (await v3.tasks.wait_for(task_id)).status == "SUCCEEDED"
    assert (await api.wait_for(initiation_id, task_id=task_id)).status == "FAILED"


@in_no_time
async def test_a_payment_that_stays_open_runs_out_of_time(sandbox: Sandbox, v3: V3) -> None:
    asked = await asking(v3)
    api, initiation_id = v3.payment_initiations, await asked(amount=150)
    task_id = await api.approve_payment_initiation(initiation_id)
    sandbox.work_tasks()
    with pytest.raises(DeadlineExceededError, match="still PROCESSING: wait for it again") as late:
        await api.wait_for(initiation_id, task_id=task_id, timeout=7)
    assert late.value.task_id == task_id


async def test_a_task_that_failed_with_a_payment_initiation_that_still_waits(
    sandbox: Sandbox, v3: V3, asked: Initiate, connector_id: str
) -> None:
    nobody = referenced_id(connector_id, "nobody")
    api, initiation_id = v3.payment_initiations, await asked(reference="to nobody", destination_account_id=nobody)
    task_id = await api.approve_payment_initiation(initiation_id)
    sandbox.work_tasks()
    with pytest.raises(TaskFailedError) as failed:
        await api.wait_for(initiation_id, task_id=task_id)
    assert failed.value.task.status == "FAILED"
    assert failed.value.initiation is not None
    assert failed.value.initiation.status == "WAITING_FOR_VALIDATION"


@in_no_time
async def test_a_server_that_stops_answering_ends_the_wait_in_time(sandbox: Sandbox, v3: V3) -> None:
    task_id = await v3.connectors.reset_connector(await generic(v3))
    sandbox.faults.append(Fault(kind=FaultKind.STALL, method="GET", seconds=600))
    with pytest.raises(DeadlineExceededError, match="did not say in time") as late:
        await v3.tasks.wait_for(task_id, timeout=7)
    assert late.value.task_id == task_id


@in_no_time
async def test_a_retry_is_awaited_though_the_state_from_before_it_has_ended(sandbox: Sandbox, v3: V3) -> None:
    asked = await asking(v3)
    api, initiation_id = v3.payment_initiations, await asked()
    sandbox.refuse_tasks()
    task_id = await api.approve_payment_initiation(initiation_id)
    sandbox.work_tasks()
    assert (await api.wait_for(initiation_id, task_id=task_id)).status == "FAILED"
    retried = await api.retry_payment_initiation(initiation_id)
    assert (await api.wait_for(initiation_id)).status == "FAILED"
    with pytest.raises(DeadlineExceededError):
        await api.wait_for(initiation_id, task_id=retried, timeout=7)
    sandbox.work_tasks()
    assert (await api.wait_for(initiation_id, task_id=retried)).status == "PROCESSED"


@in_no_time
async def test_one_of_type_unknown_is_never_started(sandbox: Sandbox, v3: V3) -> None:
    request = initiation(connector_id=await generic(v3), type=PaymentInitiationType.UNKNOWN)
    started = await v3.payment_initiations.initiate_payment(request, no_validation=True)
    assert started.task_id is None
    assert sandbox.waiting_tasks() == []
    with pytest.raises(DeadlineExceededError, match="one of type UNKNOWN is never made: reject it"):
        await v3.payment_initiations.wait_for(started.payment_initiation_id, task_id=started.task_id, timeout=7)
    await v3.payment_initiations.reject_payment_initiation(started.payment_initiation_id)
    assert (await v3.payment_initiations.wait_for(started.payment_initiation_id)).status == "REJECTED"


async def test_a_bank_account_forwarded_twice_reopens_its_task(sandbox: Sandbox, v3: V3) -> None:
    page = await v3.connectors.list_connectors(query=filters.connectors.provider.match("dummypay"))
    connector_id = page.data[0].id
    bank_account_id = await v3.bank_accounts.create_bank_account(
        CreateBankAccountRequest(name="Main", account_number="12345678")
    )
    task_id = await v3.bank_accounts.forward_bank_account(bank_account_id, connector_id)
    sandbox.work_tasks()
    created = (await v3.tasks.wait_for(task_id)).created_object_id
    assert await v3.bank_accounts.forward_bank_account(bank_account_id, connector_id) == task_id
    assert sandbox.work_tasks() == 0
    stuck = await v3.tasks.wait_for(task_id)
    assert (stuck.status, stuck.created_object_id) == ("PROCESSING", created)


@in_no_time
async def test_a_reversal_that_failed_and_was_sent_again_runs_out_of_time(sandbox: Sandbox, v3: V3) -> None:
    asked = await asking(v3)
    api, initiation_id = v3.payment_initiations, await asked()
    await api.approve_payment_initiation(initiation_id)
    sandbox.work_tasks()
    too_much: ReversePaymentInitiationRequest = reversal(amount=6)
    task_id = (await api.reverse_payment_initiation(initiation_id, too_much)).task_id
    sandbox.work_tasks()
    with pytest.raises(TaskFailedError) as failed:
        await v3.tasks.wait_for(task_id)
    assert failed.value.task.error
    assert (await api.reverse_payment_initiation(initiation_id, too_much)).task_id == task_id
    with pytest.raises(DeadlineExceededError, match="may never end, so look at what it was to do"):
        await v3.tasks.wait_for(task_id, timeout=7)


async def test_the_new_id_of_a_connector_that_was_reset_is_that_of_its_task(
    sandbox: Sandbox, v3: V3, connector_id: str
) -> None:
    task_id = await v3.connectors.reset_connector(connector_id)
    sandbox.work_tasks()
    new = (await v3.tasks.wait_for(task_id)).created_object_id
    assert new == await generic(v3) != connector_id


async def test_a_connector_that_is_being_uninstalled_is_not_ensured(sandbox: Sandbox, v3: V3) -> None:
    installed = await v3.connectors.ensure_connector("generic", CONFIG)
    task_id = await v3.connectors.uninstall_connector(installed.id)
    with pytest.raises(ConflictError) as refused:
        await v3.connectors.ensure_connector("generic", CONFIG)
    assert refused.value.fields == ("scheduled_for_deletion",)
    sandbox.work_tasks()
    await v3.tasks.wait_for(task_id)
    assert (await v3.connectors.ensure_connector("generic", CONFIG)).id != installed.id


# Each `ensure_*` through faults on sockets

ROUTES = {
    "account": "/v3/accounts",
    "payment": "/v3/payments",
    "payment initiation": "/v3/payment-initiations",
    "pool": "/v3/pools",
    "connector": "/v3/connectors/install/{connector}",
}


@pytest.fixture(params=ROUTES)
def case(
    request: pytest.FixtureRequest, v3: V3, connector_id: str, ids: dict[str, str]
) -> tuple[str, Callable[[], Awaitable[Any]]]:
    """The route of a create, and how to ensure it."""
    ensures: dict[str, Callable[[], Awaitable[Any]]] = {
        "account": lambda: v3.accounts.ensure_account(account(reference="é/<&>", connector_id=connector_id)),
        "payment": lambda: v3.payments.ensure_payment(payment(connector_id=connector_id, metadata={"k": "v"})),
        "payment initiation": lambda: v3.payment_initiations.ensure_payment_initiation(
            initiation(connector_id=connector_id, **ids)
        ),
        "pool": lambda: v3.pools.ensure_pool(CreatePoolRequest(name="P", account_ids=[ids["source_account_id"]])),
        "connector": lambda: v3.connectors.ensure_connector("generic", CONFIG),
    }
    return ROUTES[request.param], ensures[request.param]


async def test_it_is_created_once_and_found_again(
    sandbox: Sandbox, case: tuple[str, Callable[[], Awaitable[Any]]]
) -> None:
    route, ensure = case
    before = sandbox.processed["POST", route]
    assert await ensure() == await ensure()
    assert sandbox.processed["POST", route] == before + 1


@pytest.mark.parametrize(
    "kind", [FaultKind.RESET_AFTER, FaultKind.STATUS_AFTER, FaultKind.WRONG_SHAPE, FaultKind.RESET_IN_BODY]
)
async def test_a_lost_answer_is_looked_up(
    sandbox: Sandbox, case: tuple[str, Callable[[], Awaitable[Any]]], kind: FaultKind
) -> None:
    route, ensure = case
    before = sandbox.processed["POST", route]
    sandbox.faults.append(Fault(kind=kind, method="POST", route=route, status=500))
    await ensure()
    assert sandbox.processed["POST", route] == before + 1


@pytest.mark.parametrize(("kind", "error"), [(FaultKind.RESET, OutcomeUnknownError), (FaultKind.STATUS, ServerError)])
async def test_what_did_not_happen_is_told_and_can_be_called_again(
    sandbox: Sandbox, case: tuple[str, Callable[[], Awaitable[Any]]], kind: FaultKind, error: type[Exception]
) -> None:
    route, ensure = case
    before = sandbox.processed["POST", route]
    sandbox.faults.append(Fault(kind=kind, method="POST", route=route))
    with pytest.raises(error):
        await ensure()
    sandbox.faults.clear()
    await ensure()
    assert sandbox.processed["POST", route] == before + 1


async def test_absence_needs_the_word_of_the_api(
    sandbox: Sandbox, case: tuple[str, Callable[[], Awaitable[Any]]]
) -> None:
    route, ensure = case
    await ensure()
    before = sandbox.processed["POST", route]
    sandbox.faults.append(Fault(kind=FaultKind.STATUS, method="GET", status=404, times=1))
    with pytest.raises(NotFoundError) as failed:
        await ensure()
    assert failed.value.foreign
    assert sandbox.processed["POST", route] == before
