"""The stand-in of the process that works off tasks: in the order in which they were started, each after a delay."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Never

from aiohttp import web

from payments_async.sandbox.times import SECOND, Instant
from payments_async.sandbox.world import World


class TaskError(Exception):
    """Why a task fails, in the words of its `error`."""


@dataclass(frozen=True)
class Pause:
    """What a job returns that goes on later.

    Args:
        until: when it goes on.
        job: what is done then.
    """

    until: Instant
    job: "Job"


@dataclass(frozen=True)
class Job:
    """The work of a task.

    Args:
        run: does it, and returns the id of the object that it created; raises TaskError if it fails.
        fail: records that a provider refuses it; None if there is nothing to record.
    """

    run: Callable[[], "str | Pause"]
    fail: Callable[[str], None] | None = None


@dataclass
class _Waiting:
    job: Job
    until: Instant
    timer: asyncio.TimerHandle | None = None


class Worker:
    """Works off tasks.

    Args:
        world: where they are.
        delay: seconds from the start of a task to its work; None to work only when `work` is called.
    """

    def __init__(self, world: World, delay: float | None) -> None:
        self._world = world
        self._delay = delay
        self._waiting: dict[str, _Waiting] = {}
        self._ended: dict[str, list[asyncio.Future[None]]] = {}
        self.refusals: list[str] = []
        """Errors of the next tasks, which fail instead of being worked off."""

    @property
    def waiting(self) -> list[str]:
        """The ids of the tasks that wait for their work, the oldest first."""
        return list(self._waiting)

    def start(self, task_id: str, connector_id: str | None, job: Job) -> None:
        """Open a task.

        One that is open stays as it is. One that has ended is opened again, and nothing will end it: as on a server,
        its work is not repeated.
        """
        now = self._world.now()
        known = self._world.store.one("SELECT 1 FROM task WHERE id = ?", task_id)
        if known is not None:
            reopen = "UPDATE task SET status = 'PROCESSING', error = NULL, updated_at = ? WHERE id = ?"
            if task_id not in self._waiting:
                self._world.store.run(reopen, now.microseconds, task_id)
            return
        self._world.store.insert(
            "task",
            id=task_id,
            connector_id=connector_id,
            created_at=now.microseconds,
            updated_at=now.microseconds,
            status="PROCESSING",
        )
        self._wait(task_id, job, now)

    def work(self, count: int | None = None) -> int:
        """Work off tasks that are due, the oldest first, and return how many.

        Args:
            count: at most how many; None for all, with those that they lead to.
        """
        worked = 0
        while count is None or worked < count:
            now = self._world.now()
            due = (each for each, waiting in self._waiting.items() if waiting.until.nanoseconds <= now.nanoseconds)
            task_id = next(due, None)
            if task_id is None:
                break
            self._run(task_id)
            worked += 1
        return worked

    async def ended(self, task_id: str) -> None:
        """Wait until a task has ended; returns at once for one that no work will end."""
        if task_id in self._waiting:
            future = asyncio.get_running_loop().create_future()
            self._ended.setdefault(task_id, []).append(future)
            await future

    def stop(self) -> None:
        """Leave all open tasks as they are."""
        for waiting in self._waiting.values():
            if waiting.timer is not None:
                waiting.timer.cancel()
        self._waiting.clear()
        for future in (each for futures in self._ended.values() for each in futures):
            future.cancel()
        self._ended.clear()

    def _wait(self, task_id: str, job: Job, until: Instant) -> None:
        waiting = self._waiting[task_id] = _Waiting(job, until)
        if self._delay is not None:
            left = (until.nanoseconds - self._world.now().nanoseconds) / SECOND
            waiting.timer = asyncio.get_running_loop().call_later(max(self._delay, left), self._run, task_id)

    def _run(self, task_id: str) -> None:
        waiting = self._waiting.pop(task_id)
        if waiting.timer is not None:
            waiting.timer.cancel()
        created, error = None, None
        try:
            done = self._refuse(waiting.job) if self.refusals else waiting.job.run()
        except TaskError as failure:
            error = str(failure)
        else:
            if isinstance(done, Pause):
                self._wait(task_id, done.job, done.until)
                return
            created = done
        self._world.store.run(END, "FAILED" if error else "SUCCEEDED", created, error, self._now(), task_id)
        for future in self._ended.pop(task_id, []):
            if not future.done():
                future.set_result(None)

    def _refuse(self, job: Job) -> Never:
        refusal = self.refusals.pop(0)
        if job.fail is not None:
            job.fail(refusal)
        raise TaskError(refusal)

    def _now(self) -> int:
        return self._world.now().microseconds


END = "UPDATE task SET status = ?, created_object_id = ?, error = ?, updated_at = ? WHERE id = ?"
WORKER = web.AppKey("worker", Worker)
