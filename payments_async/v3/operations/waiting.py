"""Waiting for what the server does in the background: look, pause, look again."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator
from typing import TypeVar, cast

from payments_async.v3.models import Task, TaskStatus
from payments_async.wire.errors import DeadlineExceededError

T = TypeVar("T")

_FIRST = 0.5
_GROWTH = 1.5
_LONGEST = 10.0
_LAST = 0.9
"""When to look for the last time, as a share of the time that is left."""


def deadline_after(timeout: float) -> float:
    """When a wait of so many seconds ends, on the running loop's clock.

    Raises:
        ValueError: it is not a positive, finite number.
    """
    if not isinstance(cast("object", timeout), int | float) or not 0 < timeout < float("inf"):
        raise ValueError(f"timeout is {timeout!r}: give a positive, finite number of seconds")
    return asyncio.get_running_loop().time() + timeout


def pauses(deadline: float, jitter: Callable[[], float] = random.random) -> Iterator[float]:
    """The seconds to wait before each look: none, then from about half a second to ten, and once before the end.

    Args:
        deadline: When the wait ends, on the running loop's clock.
        jitter: Returns a number from 0 to 1; 0 halves a pause. So many waits that begin together spread out.
    """
    loop, pause = asyncio.get_running_loop(), _FIRST
    yield 0.0
    while (next_pause := pause * (1 + jitter()) / 2) < deadline - loop.time():
        yield next_pause
        pause = min(_LONGEST, pause * _GROWTH)
    yield (deadline - loop.time()) * _LAST


async def polled(
    look: Callable[[], Awaitable[T]],
    ended: Callable[[T], bool],
    *,
    deadline: float,
    late: Callable[[T | None], str],
    task_id: str | None,
) -> T:
    """What a look gives once it has ended.

    Args:
        look: Fetches the current state.
        ended: Whether a state is the one to wait for.
        deadline: When to give up, on the running loop's clock.
        late: What the error says then, given the last state; `None` if there was no answer.
        task_id: The task to wait for again.

    Raises:
        DeadlineExceededError: it did not end in time; with the task's id.
        PaymentsError: a look failed otherwise.
    """
    seen: T | None = None
    try:
        async with asyncio.timeout_at(deadline):
            for pause in pauses(deadline):
                await asyncio.sleep(pause)
                seen = await look()
                if ended(seen):
                    return seen
    except DeadlineExceededError as error:
        error.task_id = task_id
        raise
    except TimeoutError:
        pass
    failure = DeadlineExceededError(late(seen), operation="wait_for")
    failure.task_id = task_id
    raise failure


async def task_ended(fetch: Callable[[str], Awaitable[Task]], task_id: str, deadline: float) -> Task:
    """A task that has succeeded or failed.

    A repeated request sets a task back to `PROCESSING` without starting it again. Only the id of the created object
    tells then that it has succeeded before.

    Raises:
        DeadlineExceededError: it did not end in time.
        PaymentsError: it could not be fetched.
    """
    return await polled(
        lambda: fetch(task_id),
        lambda task: task.status in (TaskStatus.SUCCEEDED, TaskStatus.FAILED) or bool(task.created_object_id),
        deadline=deadline,
        late=_not_ended,
        task_id=task_id,
    )


def _not_ended(task: Task | None) -> str:
    """Why a wait ended too early, and what to do next."""
    if task is None:
        return "the server did not say in time whether the task has ended: wait for it again with its task_id"
    return (
        f"the task is still {task.status.value}: wait for it again with its task_id; if its request was sent twice, it "
        "may never end, so look at what it was to do"
    )
