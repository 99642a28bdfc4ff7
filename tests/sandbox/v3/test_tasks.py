"""Tasks of version 3.4: when they end, how, and which of them never do."""

from datetime import timedelta
from typing import Any

import pytest

from payments_async.sandbox import Sandbox
from tests.sandbox.conftest import Start

from .conftest import Current

WAITING = "WAITING_FOR_VALIDATION"
NOT_FOUND = "not found (type: fundamental, retryable: true)"


async def test_an_approved_payment_is_made_when_its_task_is_worked_off(current: Current) -> None:
    initiation, none = await current.initiation()
    assert none == ""
    task = (await current.post(f"/payment-initiations/{initiation}/approve")).data["taskID"]
    assert await current.status(initiation) == (WAITING, None)
    assert await current.task(task) == ("PROCESSING", None, None)
    assert current.api.sandbox.waiting_tasks() == [task]
    assert current.api.sandbox.work_tasks() == 1
    status, payment, error = await current.task(task)
    assert (status, error) == ("SUCCEEDED", None)
    assert await current.history(initiation) == [WAITING, "PROCESSING", "PROCESSED"]
    related = (await current.get(f"/payment-initiations/{initiation}/payments")).page["data"]
    assert [(each["id"], each["amount"], len(each["adjustments"])) for each in related] == [(payment, 1_000, 1)]


async def test_a_second_approve_is_accepted_until_the_first_is_worked_off_and_one_payment_is_made(
    current: Current,
) -> None:
    initiation, _ = await current.initiation()
    tasks = {(await current.post(f"/payment-initiations/{initiation}/approve")).data["taskID"] for _ in range(2)}
    assert len(tasks) == 1
    assert current.api.sandbox.work_tasks() == 1
    assert (await current.post(f"/payment-initiations/{initiation}/approve")).code == (400, "VALIDATION")
    assert len((await current.get(f"/payment-initiations/{initiation}/payments")).page["data"]) == 1


@pytest.mark.parametrize(
    ("changes", "task", "status"),
    [
        ({"amount": 113}, ("SUCCEEDED", None), ("FAILED", None)),
        ({"amount": 150}, ("SUCCEEDED", None), ("PROCESSING", None)),
        ({"amount": 199}, ("FAILED", "unexpected status code"), ("FAILED", "unexpected status code")),
        ({"sourceAccountID": None}, ("FAILED", "source account is required"), ("FAILED", "source account is required")),
        ({"destinationAccountID": "e30"}, ("FAILED", NOT_FOUND), (WAITING, None)),
    ],
)
async def test_neither_the_task_nor_the_initiation_alone_tells_what_became_of_a_payment(
    current: Current, changes: dict[str, Any], task: tuple[str, Any], status: tuple[str, Any]
) -> None:
    if "destinationAccountID" in changes:
        unknown = current.account()
        current.api.sandbox.remove_accounts([unknown])
        changes = {"destinationAccountID": unknown}
    initiation, task_id = await current.initiation(approved=True, **changes)
    current.api.sandbox.work_tasks()
    ended, _, error = await current.task(task_id)
    assert ((ended, error), await current.status(initiation)) == (task, status)


async def test_a_payment_of_type_unknown_is_never_started(current: Current) -> None:
    initiation, task = await current.initiation(approved=True, type="UNKNOWN")
    assert (task, current.api.sandbox.work_tasks(), await current.status(initiation)) == ("", 0, (WAITING, None))


async def test_a_failed_payment_is_tried_again_by_a_task_of_its_own(current: Current) -> None:
    initiation, first = await current.initiation(approved=True, amount=113)
    current.api.sandbox.work_tasks()
    second = (await current.post(f"/payment-initiations/{initiation}/retry")).data["taskID"]
    assert second != first
    current.api.sandbox.work_tasks()
    assert await current.history(initiation) == [WAITING, "PROCESSING", "FAILED", "PROCESSING", "FAILED"]
    payments = (await current.get(f"/payment-initiations/{initiation}/payments")).page["data"]
    assert [len(each["adjustments"]) for each in payments] == [2]


async def test_a_scheduled_payment_waits_until_its_time(current: Current) -> None:
    later = current.api.clock.now + timedelta(days=1)
    initiation, task = await current.initiation(approved=True, scheduledAt=later.isoformat())
    assert current.api.sandbox.work_tasks() == 1
    assert await current.status(initiation) == ("SCHEDULED_FOR_PROCESSING", None)
    assert (await current.task(task))[0] == "PROCESSING"
    assert (await current.delete(f"/payment-initiations/{initiation}")).code == (400, "VALIDATION")
    current.api.clock.advance(86_401)
    assert current.api.sandbox.work_tasks() == 1
    assert await current.status(initiation) == ("PROCESSED", None)


async def test_a_partial_reversal_is_a_refund_and_what_is_left_can_be_reversed(current: Current) -> None:
    initiation, _ = await current.initiation("dummypay", approved=True)
    current.api.sandbox.work_tasks()
    outcomes = []
    for reference, amount in ("first", 400), ("second", 700), ("third", 600):
        body = {"reference": reference, "description": "back", "amount": amount, "asset": "USD/2"}
        task = (await current.post(f"/payment-initiations/{initiation}/reverse", body)).data["taskID"]
        current.api.sandbox.work_tasks()
        status, _, error = await current.task(task)
        outcomes.append((status, error))
    assert outcomes == [("SUCCEEDED", None), ("FAILED", "cannot reverse more than the amount"), ("SUCCEEDED", None)]
    payments = (await current.get(f"/payment-initiations/{initiation}/payments")).page["data"]
    refunds = [(each["initialAmount"], each["amount"]) for each in payments if each["status"] == "REFUNDED"]
    assert sorted(refunds) == [(400, 0), (600, 0)]
    assert (await current.status(initiation))[0] == "REVERSED"


async def test_a_provider_that_cannot_reverse_fails_the_task_and_the_reversal(current: Current) -> None:
    initiation, _ = await current.initiation(approved=True)
    current.api.sandbox.work_tasks()
    body = {"reference": "refund", "description": "back", "amount": 1, "asset": "USD/2"}
    task = (await current.post(f"/payment-initiations/{initiation}/reverse", body)).data["taskID"]
    current.api.sandbox.work_tasks()
    assert await current.task(task) == ("FAILED", None, "not implemented")
    assert (await current.status(initiation))[0] == "REVERSE_FAILED"


async def test_a_task_that_is_asked_for_again_after_its_end_never_ends(current: Current) -> None:
    bank = (await current.post("/bank-accounts", {"name": "Main", "accountNumber": "0532013000"})).data
    body = {"connectorID": current.connectors["dummypay"]}
    task = (await current.post(f"/bank-accounts/{bank}/forward", body)).data["taskID"]
    current.api.sandbox.work_tasks()
    status, account, _ = await current.task(task)
    assert status == "SUCCEEDED"
    assert account is not None
    assert (await current.post(f"/bank-accounts/{bank}/forward", body)).data["taskID"] == task
    assert current.api.sandbox.waiting_tasks() == []
    assert current.api.sandbox.work_tasks() == 0
    assert await current.task(task) == ("PROCESSING", account, None)
    related = (await current.get(f"/bank-accounts/{bank}")).data["relatedAccounts"]
    assert [each["accountID"] for each in related] == [account]


async def test_a_provider_that_takes_no_bank_accounts_fails_the_task(current: Current) -> None:
    bank = (await current.post("/bank-accounts", {"name": "Main", "accountNumber": "0532013000"})).data
    body = {"connectorID": current.connectors["generic"]}
    task = (await current.post(f"/bank-accounts/{bank}/forward", body)).data["taskID"]
    current.api.sandbox.work_tasks()
    assert await current.task(task) == ("FAILED", None, "not implemented")


async def test_a_reset_gives_a_new_connector_whose_id_only_the_task_tells(current: Current) -> None:
    old, account = current.connectors["dummypay"], current.account("dummypay")
    task = (await current.post(f"/connectors/{old}/reset")).data
    assert (await current.post(f"/connectors/{old}/reset")).data == task
    listed = (await current.get("/connectors", pageSize="100")).page["data"]
    assert [each["id"] for each in listed if each["scheduledForDeletion"]] == [old]
    assert current.api.sandbox.work_tasks() == 1
    status, fresh, _ = await current.task(task)
    assert (status, fresh == old) == ("SUCCEEDED", False)
    assert (await current.get(f"/connectors/{old}/config")).code == (404, "NOT_FOUND")
    assert (await current.get(f"/connectors/{fresh}/config")).data["name"] == "dummypay"
    assert (await current.get(f"/accounts/{account}")).code == (404, "NOT_FOUND")


async def test_a_reset_of_an_unknown_connector_is_a_task_that_fails(current: Current) -> None:
    gone = current.connectors["stripe"]
    task = (await current.delete(f"/connectors/{gone}")).data["taskID"]
    current.api.sandbox.work_tasks()
    assert await current.task(task) == ("SUCCEEDED", gone, None)
    assert (await current.delete(f"/connectors/{gone}")).code == (404, "NOT_FOUND")
    task = (await current.post(f"/connectors/{gone}/reset")).data
    current.api.sandbox.work_tasks()
    assert await current.task(task) == ("FAILED", None, NOT_FOUND)


async def test_tasks_fail_on_request_as_if_their_provider_refused(current: Current) -> None:
    current.api.sandbox.refuse_tasks(error="no funds")
    first, task = await current.initiation(approved=True)
    second, _ = await current.initiation(approved=True)
    assert current.api.sandbox.work_tasks(1) == 1
    assert await current.task(task) == ("FAILED", None, "no funds")
    assert [await current.status(each) for each in (first, second)] == [("FAILED", "no funds"), (WAITING, None)]
    current.api.sandbox.work_tasks()
    assert await current.status(second) == ("PROCESSED", None)


async def test_tasks_are_worked_off_after_a_delay_for_which_the_earlier_routes_wait(start: Start) -> None:
    api = await start(version="3.4", connectors=2, task_delay=0.01)
    connector = (await api.get("/v3/connectors")).page["data"][0]
    body = {"name": "Main", "accountNumber": "0532013000", "country": "DE", "connectorID": connector["id"]}
    related = (await api.post("/bank-accounts", body)).data["relatedAccounts"]
    assert [each["provider"] for each in related] == ["DUMMY-PAY"]
    assert api.sandbox.waiting_tasks() == []


async def test_only_a_started_sandbox_of_this_version_has_tasks(start: Start) -> None:
    for sandbox in Sandbox(version="3.4"), (await start()).sandbox:
        with pytest.raises(RuntimeError, match=r"version 3\.4"):
            sandbox.work_tasks()
    with pytest.raises(ValueError, match=r"from version 3\.4 on"):
        Sandbox(users=3)
    with pytest.raises(ValueError, match=r"expected one of 2\.0\.9, 3\.4"):
        Sandbox(version="3.5")  # type: ignore[arg-type]  # what a user may write
