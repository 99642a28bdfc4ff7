"""The end of what a call waits for."""

from __future__ import annotations

import asyncio
from types import TracebackType


class Until:
    """Ends what the task waits for within, at a time on the running loop's clock, with a `TimeoutError`.

    What `asyncio.timeout_at` does for half its cost: it cannot be moved, and needs no state to refuse that. Each call
    passes through it once or twice.
    """

    __slots__ = ("_cancelling", "_expired", "_handle", "_task", "_when")

    def __init__(self, when: float) -> None:
        self._when = when

    def __enter__(self) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101  # whoever awaits is a task
        self._task = task
        self._cancelling = task.cancelling()
        self._expired = False
        self._handle = task.get_loop().call_at(self._when, self._expire)

    def _expire(self) -> None:
        self._expired = True
        self._task.cancel()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._handle.cancel()
        # Where somebody else has cancelled the task too, that goes on.
        if self._expired and self._task.uncancel() <= self._cancelling and kind is asyncio.CancelledError:
            raise TimeoutError from error
