"""The ends of what calls wait for, with one timer for all of them."""

from __future__ import annotations

import asyncio
import math
from types import TracebackType
from typing import Protocol


class Expiring(Protocol):
    """What has a deadline."""

    def expire(self) -> None:
        """Ends it; its deadline is past."""


class Deadlines:
    """Ends what is not done by its deadline.

    Nearly everything is done long before, and a timer of the loop's for each call would cost more than a layer does.
    The one timer here is set anew when it rings, or for a deadline that comes before it.
    """

    def __init__(self) -> None:
        self._open: dict[Expiring, float] = {}
        self._rings_at = math.inf
        self._timer: asyncio.TimerHandle | None = None

    def add(self, what: Expiring, when: float) -> None:
        """End something at a time on the running loop's clock, unless it is removed before."""
        self._open[what] = when
        if when < self._rings_at:
            self._set(when)

    def remove(self, what: Expiring) -> None:
        """Something is done; or has been ended already."""
        self._open.pop(what, None)

    def until(self, when: float) -> Until:
        """Ends what the task waits for within, at a time on the running loop's clock, with a `TimeoutError`."""
        return Until(self, when)

    def _set(self, when: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._rings_at = when
        self._timer = asyncio.get_running_loop().call_at(when, self._ring)

    def _ring(self) -> None:
        self._timer, self._rings_at = None, math.inf
        now = asyncio.get_running_loop().time()
        due = [what for what, when in self._open.items() if when <= now]
        for what in due:
            del self._open[what]
            what.expire()
        if self._open:
            self._set(min(self._open.values()))


class Until:
    """As `asyncio.timeout_at`, but that it cannot be moved."""

    __slots__ = ("_cancelling", "_deadlines", "_expired", "_task", "_when")

    def __init__(self, deadlines: Deadlines, when: float) -> None:
        self._deadlines = deadlines
        self._when = when

    def __enter__(self) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101  # whoever awaits is a task
        self._task = task
        self._cancelling = task.cancelling()
        self._expired = False
        self._deadlines.add(self, self._when)

    def expire(self) -> None:
        """Cancels what the task waits for."""
        self._expired = True
        self._task.cancel()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._deadlines.remove(self)
        # Where somebody else has cancelled the task too, that goes on.
        if self._expired and self._task.uncancel() <= self._cancelling and isinstance(error, asyncio.CancelledError):
            raise TimeoutError from error
