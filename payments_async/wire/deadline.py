"""Deadlines of all running calls, with a single timer."""

from __future__ import annotations

import asyncio
import math
from types import TracebackType
from typing import Protocol


class Expiring(Protocol):
    """Something that has a deadline."""

    def expire(self) -> None:
        """Called when the deadline has passed."""


def is_cancelled() -> bool:
    """Whether the current task is being cancelled. If not, a `CancelledError` is a failure of what the task awaits."""
    task = asyncio.current_task()
    return task is None or task.cancelling() > 0


class Deadlines:
    """Expires each item that is not removed before its deadline.

    Nearly all items are removed long before. One loop timer per call would cost more than a layer does, so all items
    share one timer: it is set again when it fires, or when an item with an earlier deadline is added.
    """

    def __init__(self) -> None:
        self._pending: dict[Expiring, float] = {}
        self._fires_at = math.inf
        self._timer: asyncio.TimerHandle | None = None

    def add(self, item: Expiring, when: float) -> None:
        """Expire an item at a time on the running loop's clock, unless it is removed before."""
        self._pending[item] = when
        if when < self._fires_at:
            self._set(when)

    def remove(self, item: Expiring) -> None:
        """Remove an item; does nothing if it has expired already."""
        self._pending.pop(item, None)

    def stop(self) -> None:
        """Cancel the timer if nothing is pending, so that it does not outlive its owner until a late deadline."""
        if self._timer is not None and not self._pending:
            self._timer.cancel()
            self._timer, self._fires_at = None, math.inf

    def until(self, when: float) -> Until:
        """A context manager that cancels its block at a time on the running loop's clock, and raises `TimeoutError`."""
        return Until(self, when)

    def _set(self, when: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._fires_at = when
        self._timer = asyncio.get_running_loop().call_at(when, self._fire)

    def _fire(self) -> None:
        self._timer, self._fires_at = None, math.inf
        now = asyncio.get_running_loop().time()
        due = [item for item, when in self._pending.items() if when <= now]
        for item in due:
            del self._pending[item]
            item.expire()
        if self._pending:
            self._set(min(self._pending.values()))


class Until:
    """Like `asyncio.timeout_at`, but its time cannot be changed."""

    __slots__ = ("_cancelling", "_deadlines", "_expired", "_task", "_when")

    def __init__(self, deadlines: Deadlines, when: float) -> None:
        self._deadlines = deadlines
        self._when = when

    def __enter__(self) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101  # only tasks can await
        self._task = task
        self._cancelling = task.cancelling()
        self._expired = False
        self._deadlines.add(self, self._when)

    def expire(self) -> None:
        """Cancel the task's current wait."""
        self._expired = True
        self._task.cancel()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._deadlines.remove(self)
        # If the task was also cancelled from elsewhere, that cancellation continues.
        if self._expired and self._task.uncancel() <= self._cancelling and isinstance(error, asyncio.CancelledError):
            raise TimeoutError from error
