"""Waiting for tasks and payment initiations: what ends a wait, what does not, and what it costs."""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import pytest

from payments_async import (
    ConnectionFailedError,
    DeadlineExceededError,
    NotFoundError,
    Outcome,
    OutcomeUnknownError,
    ServerError,
)
from payments_async.v3 import V3
from payments_async.v3.errors import TaskFailedError
from payments_async.v3.operations.waiting import pauses
from payments_async.wire.call import Request, Response
from tests.drain.lists import connected
from tests.tables import answer_to
from tests.v3.ids import ACCOUNT, CONNECTOR, INITIATION, PAYMENT, TASK, UUID
from tests.wire.scripted import at_once

from .scripted import NOT_FOUND, Scripted, initiation, task

T = TypeVar("T")

GET_TASK = f"GET /v3/tasks/{TASK}"
GET_INITIATION = f"GET /v3/payment-initiations/{INITIATION}"
ERROR = "account GB82WEST12345698765432 of Bearer sk_canary_1 was refused"


def run(server: Scripted, use: Callable[[V3], Awaitable[T]], **options: Any) -> T:
    """Use a client of the server, on a clock that jumps over every wait."""

    async def main() -> T:
        async with connected(server, **options) as client:
            return await use(client.v3)

    return at_once(main())


def wait_for_task(timeout: float = 60) -> Callable[[V3], Awaitable[Any]]:
    return lambda v3: v3.tasks.wait_for(TASK, timeout=timeout)


def wait_for_initiation(task_id: str | None = None, timeout: float = 60) -> Callable[[V3], Awaitable[Any]]:
    return lambda v3: v3.payment_initiations.wait_for(INITIATION, task_id=task_id, timeout=timeout)


# Tasks


def test_a_task_is_awaited_until_it_has_succeeded() -> None:
    server = Scripted({GET_TASK: [task(), task(), task(), task("SUCCEEDED", createdObjectID=PAYMENT)]})
    done = run(server, wait_for_task())
    assert (done.status, done.created_object_id) == ("SUCCEEDED", PAYMENT)
    assert server.asked == [GET_TASK] * 4


def test_a_task_that_has_ended_costs_one_request_and_no_pause() -> None:
    server = Scripted({GET_TASK: [task("SUCCEEDED")]})
    run(server, wait_for_task())
    assert (len(server.asked), server.times) == (1, [0.0])


def test_a_failed_task_is_an_error_with_the_task_and_without_secrets() -> None:
    server = Scripted({GET_TASK: [task(), task("FAILED", error=ERROR)]})
    with pytest.raises(TaskFailedError, match=r"the task failed .account .redacted. of .redacted. was") as failed:
        run(server, wait_for_task())
    assert (failed.value.task.id, failed.value.task.status, failed.value.initiation) == (TASK, "FAILED", None)
    assert (failed.value.operation, failed.value.outcome) == ("wait_for", Outcome.UNKNOWN)
    copy = pickle.loads(pickle.dumps(failed.value))
    assert (str(copy), copy.task, copy.operation) == (str(failed.value), failed.value.task, "wait_for")
    for shown in (str(failed.value), repr(failed.value), repr(failed.value.task), str(pickle.dumps(failed.value))):
        assert "canary" not in shown
        assert "GB82" not in shown


def test_a_reopened_task_that_never_ends_has_succeeded_if_it_has_created_something() -> None:
    server = Scripted({GET_TASK: [task("PROCESSING", createdObjectID=ACCOUNT)]})
    done = run(server, wait_for_task())
    assert (done.status, done.created_object_id) == ("PROCESSING", ACCOUNT)
    assert len(server.asked) == 1


def test_a_reopened_task_that_had_failed_runs_out_of_time_and_the_error_says_where_to_look() -> None:
    server = Scripted({GET_TASK: [task("PROCESSING")]})
    with pytest.raises(DeadlineExceededError, match=r"still PROCESSING.*may never end, so look at what it") as late:
        run(server, wait_for_task())
    assert (late.value.task_id, late.value.operation) == (TASK, "wait_for")


def test_a_wait_that_ran_out_of_time_goes_on_in_another_process_with_the_id_alone() -> None:
    server = Scripted({GET_TASK: [task("PROCESSING")]})
    with pytest.raises(DeadlineExceededError) as late:
        run(server, wait_for_task(timeout=5))
    task_id = pickle.loads(pickle.dumps(late.value)).task_id
    later = Scripted({GET_TASK: [task(), task("SUCCEEDED")]})
    assert run(later, lambda v3: v3.tasks.wait_for(task_id)).status == "SUCCEEDED"


def test_the_id_of_a_connector_after_a_reset_is_in_its_task_alone() -> None:
    new = CONNECTOR[:-4] + "AAAA"
    server = Scripted(
        {
            f"POST /v3/connectors/{CONNECTOR}/reset": [(202, {"data": TASK})],
            GET_TASK: [task(connectorID=None), task("SUCCEEDED", createdObjectID=new)],
        }
    )

    async def reset(v3: V3) -> str | None:
        return (await v3.tasks.wait_for(await v3.connectors.reset_connector(CONNECTOR))).created_object_id

    assert run(server, reset) == new


# What a wait costs


def test_pauses_grow_up_to_ten_seconds_and_end_before_the_deadline() -> None:
    async def given(timeout: float, jitter: float) -> list[float]:
        loop = asyncio.get_running_loop()
        waits = list[float]()
        for wait in pauses(loop.time() + timeout, lambda: jitter):
            waits.append(wait)
            await asyncio.sleep(wait)
        return waits

    for jitter in (0, 0.5, 1):
        first, *pausing, last = at_once(given(300, jitter))
        assert first == 0
        assert pausing == sorted(pausing)
        assert 0.25 <= pausing[0] <= 0.5
        assert pausing[-1] == pytest.approx(5 + 5 * jitter)
        assert 299 <= sum(pausing) + last < 300
    assert at_once(given(0.2, 1)) == pytest.approx([0, 0.18])


def test_a_minute_costs_few_requests_and_the_last_one_comes_shortly_before_its_end() -> None:
    server = Scripted({GET_TASK: [task()]})
    with pytest.raises(DeadlineExceededError):
        run(server, wait_for_task(timeout=60))
    assert 10 <= len(server.asked) <= 20
    assert 58 < server.times[-1] < 60


def test_waits_that_begin_together_spread_out() -> None:
    server = Scripted({GET_TASK: [task()]})

    async def many(v3: V3) -> None:
        await asyncio.gather(*(v3.tasks.wait_for(TASK, timeout=3) for _ in range(20)), return_exceptions=True)

    run(server, many)
    assert len(set(server.times[20:])) > 30


@pytest.mark.parametrize("timeout", [0, -1, float("inf"), float("nan"), "60", None])
def test_a_timeout_is_a_number_of_seconds(timeout: Any) -> None:
    server = Scripted({})
    for wait in (wait_for_task(timeout), wait_for_initiation(timeout=timeout)):
        with pytest.raises(ValueError, match="timeout is"):
            run(server, wait)
    assert server.asked == []


def test_a_server_that_does_not_answer_ends_the_wait_in_time() -> None:
    async def never(_: Request) -> Response:
        await asyncio.sleep(1e9)
        raise AssertionError

    server = Scripted({GET_TASK: [never]})

    async def waited(v3: V3) -> float:
        with pytest.raises(DeadlineExceededError, match="did not say in time") as late:
            await v3.tasks.wait_for(TASK, timeout=7)
        assert late.value.task_id == TASK
        return asyncio.get_running_loop().time()

    assert run(server, waited) == 7


def test_a_request_that_misses_its_own_deadline_tells_the_task_as_well() -> None:
    server = Scripted({GET_TASK: [task(), DeadlineExceededError("too late", operation="get_task")]})
    with pytest.raises(DeadlineExceededError, match="too late") as late:
        run(server, wait_for_task())
    assert late.value.task_id == TASK


async def test_a_cancelled_wait_ends_at_once_and_leaves_nothing() -> None:
    server = Scripted({GET_TASK: [task()]})
    async with connected(server) as client:
        before = asyncio.all_tasks()
        waiting = asyncio.create_task(client.v3.tasks.wait_for(TASK))
        await server.arrived.wait()
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert asyncio.all_tasks() == before
        assert len(server.asked) == 1


def test_a_failing_look_is_repeated_as_the_policy_says_and_then_told() -> None:
    down = (503, {"errorCode": "INTERNAL", "errorMessage": "no"})
    server = Scripted({GET_TASK: [down, task(), down, task("SUCCEEDED")]})
    assert run(server, wait_for_task(), attempts=2).status == "SUCCEEDED"
    with pytest.raises(ServerError):
        run(Scripted({GET_TASK: [down]}), wait_for_task(), attempts=2)
    with pytest.raises(NotFoundError):
        run(Scripted({GET_TASK: [NOT_FOUND]}), wait_for_task())


# Payment initiations


@pytest.mark.parametrize("status", ["PROCESSED", "FAILED", "REJECTED", "REVERSED", "REVERSE_FAILED"])
def test_a_payment_initiation_that_has_ended_is_returned_however_it_ended(status: str) -> None:
    server = Scripted({GET_INITIATION: [initiation("PROCESSING"), initiation(status)]})
    assert run(server, wait_for_initiation()).status == status


@pytest.mark.parametrize(
    "status",
    ["WAITING_FOR_VALIDATION", "SCHEDULED_FOR_PROCESSING", "PROCESSING", "REVERSE_PROCESSING", "UNKNOWN", "NEW"],
)
def test_a_payment_initiation_that_has_not_ended_is_awaited(status: str) -> None:
    server = Scripted({GET_INITIATION: [initiation(status), initiation("PROCESSED")]})
    assert run(server, wait_for_initiation()).status == "PROCESSED"
    assert len(server.asked) == 2


def test_the_task_is_awaited_first_because_the_state_may_be_that_of_before_a_retry() -> None:
    server = Scripted(
        {GET_TASK: [task(), task("SUCCEEDED")], GET_INITIATION: [initiation("PROCESSING"), initiation("PROCESSED")]}
    )
    assert run(server, wait_for_initiation(TASK)).status == "PROCESSED"
    assert server.asked == [GET_TASK, GET_TASK, GET_INITIATION, GET_INITIATION]


def test_a_task_that_succeeded_does_not_hide_that_the_payment_failed() -> None:
    server = Scripted({GET_TASK: [task("SUCCEEDED")], GET_INITIATION: [initiation("FAILED")]})
    assert run(server, wait_for_initiation(TASK)).status == "FAILED"


@pytest.mark.parametrize("status", ["WAITING_FOR_VALIDATION", "PROCESSED"])
def test_a_task_that_failed_is_told_although_the_payment_initiation_does_not_show_it(status: str) -> None:
    failed_task = task("FAILED", error="not found (type: fundamental, retryable: true)")
    server = Scripted({GET_TASK: [failed_task], GET_INITIATION: [initiation(status, error=ERROR)]})
    with pytest.raises(TaskFailedError, match=f"not found .*the payment initiation is {status}") as failed:
        run(server, wait_for_initiation(TASK))
    assert failed.value.task.id == TASK
    assert failed.value.initiation is not None
    assert (failed.value.initiation.id, failed.value.initiation.status) == (INITIATION, status)
    copy = pickle.loads(pickle.dumps(failed.value))
    assert copy.initiation == failed.value.initiation
    assert "canary" not in str(pickle.dumps(failed.value))


@pytest.mark.parametrize("status", ["FAILED", "REVERSE_FAILED"])
def test_a_task_that_failed_is_no_error_where_the_payment_initiation_shows_it(status: str) -> None:
    server = Scripted({GET_TASK: [task("FAILED")], GET_INITIATION: [initiation(status, error="refused")]})
    found = run(server, wait_for_initiation(TASK))
    assert (found.status, found.error) == (status, "refused")


@pytest.mark.parametrize("task_id", [None, ""])
def test_without_a_task_only_the_payment_initiation_is_looked_at(task_id: str | None) -> None:
    server = Scripted({GET_INITIATION: [initiation("PROCESSED")]})
    assert run(server, wait_for_initiation(task_id)).status == "PROCESSED"
    assert server.asked == [GET_INITIATION]


def test_a_reopened_task_does_not_keep_a_reversal_from_being_seen() -> None:
    server = Scripted(
        {GET_TASK: [task("PROCESSING", createdObjectID=PAYMENT)], GET_INITIATION: [initiation("REVERSED")]}
    )
    assert run(server, wait_for_initiation(TASK)).status == "REVERSED"


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (initiation("PROCESSING"), "still PROCESSING: wait for it again"),
        (initiation("WAITING_FOR_VALIDATION"), "approve it"),
        (initiation("WAITING_FOR_VALIDATION", type="UNKNOWN"), "one of type UNKNOWN is never made: reject it"),
    ],
)
def test_a_payment_initiation_that_does_not_end_runs_out_of_time_with_advice(state: dict[str, Any], words: str) -> None:
    server = Scripted({GET_TASK: [task("SUCCEEDED")], GET_INITIATION: [state]})
    with pytest.raises(DeadlineExceededError, match=words) as late:
        run(server, wait_for_initiation(TASK, timeout=5))
    assert late.value.task_id == TASK
    with pytest.raises(DeadlineExceededError) as without:
        run(server, wait_for_initiation(timeout=5))
    assert without.value.task_id is None


def test_task_and_payment_initiation_share_the_time() -> None:
    server = Scripted({GET_TASK: [task()] * 6 + [task("SUCCEEDED")], GET_INITIATION: [initiation()]})
    with pytest.raises(DeadlineExceededError):
        run(server, wait_for_initiation(TASK, timeout=20))
    assert GET_INITIATION in server.asked
    assert server.times[-1] < 20


def test_an_approval_that_is_sent_twice_is_one_task() -> None:
    approve = f"POST /v3/payment-initiations/{INITIATION}/approve"
    server = Scripted(
        {
            approve: [(202, {"data": {"taskID": TASK}})],
            GET_TASK: [task(), task("SUCCEEDED")],
            GET_INITIATION: [initiation("PROCESSED")],
        }
    )

    async def approved_twice(v3: V3) -> list[Any]:
        api = v3.payment_initiations
        task_ids = [await api.approve_payment_initiation(INITIATION) for _ in range(2)]
        return [await api.wait_for(INITIATION, task_id=each) for each in task_ids]

    assert [each.status for each in run(server, approved_twice)] == ["PROCESSED", "PROCESSED"]
    assert server.asked.count(approve) == 2


# What starts a task is sent once


STARTING: dict[str, Callable[[V3], Awaitable[Any]]] = {
    "approve": lambda v3: v3.payment_initiations.approve_payment_initiation(INITIATION),
    "retry": lambda v3: v3.payment_initiations.retry_payment_initiation(INITIATION),
    "forward": lambda v3: v3.bank_accounts.forward_bank_account(UUID, CONNECTOR),
    "reset": lambda v3: v3.connectors.reset_connector(CONNECTOR),
    "uninstall": lambda v3: v3.connectors.uninstall_connector(CONNECTOR),
    "delete user": lambda v3: v3.payment_service_users.delete_payment_service_user(UUID),
    "delete connector": lambda v3: v3.payment_service_users.delete_payment_service_user_connector(UUID, CONNECTOR),
    "delete connection": lambda v3: v3.payment_service_users.delete_payment_service_user_connection_from_connector_id(
        UUID, CONNECTOR, "c-1"
    ),
}


@pytest.mark.parametrize("name", STARTING)
@pytest.mark.parametrize("failure", ["lost", 500, 502, 503, 504])
def test_what_starts_a_task_is_never_repeated_once_it_may_have_arrived(name: str, failure: str | int) -> None:
    sent = list[Request]()

    async def failing(request: Request) -> Response:
        sent.append(request)
        if failure == "lost":
            raise ConnectionFailedError("lost", operation=request.operation)
        if len(sent) > 1:
            return answer_to(request, *NOT_FOUND)
        return answer_to(request, int(failure), None)

    async def call() -> None:
        async with connected(failing, attempts=4) as client:
            with pytest.raises((OutcomeUnknownError, ServerError)) as told:
                await STARTING[name](client.v3)
            assert told.value.outcome is Outcome.UNKNOWN

    at_once(call())
    assert len(sent) == 1
