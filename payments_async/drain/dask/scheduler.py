"""What runs in the scheduler: for each stack, the rate of all workers' requests, and the token that they share."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

from payments_async.wire.hidden import Hidden, hidden

if TYPE_CHECKING:
    SchedulerPlugin = object
else:
    from distributed import SchedulerPlugin

PREFIX = "payments_async_"
"""Begins the names of the scheduler's operations that workers call."""

_SHARE = 20
"""A worker is admitted at most this part of a second's requests at once."""
_LATE = 0.05
"""Seconds that admissions may be late and be made up for: timers are not exact."""
_FETCHING = 15.0
"""Seconds after which another worker fetches the token: the one that was asked to may be dead.

Calls that wait for a token must still have time left then.
"""


class RateBudget:
    """Admits requests at a steady rate, in the order in which they are asked for.

    Args:
        clock: A monotonic clock in seconds.
        sleep: Waits for so many seconds.
    """

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._rate: float | None = None
        self._clock = clock
        self._sleep = sleep
        self._next = 0.0
        self._turn = asyncio.Lock()

    def begin(self, rate: float | None) -> None:
        """Admit so many requests a second from now on, any number without a rate; a pause ends."""
        self._rate, self._next = rate, 0.0

    async def admit(self, count: int) -> int:
        """Wait until requests may be sent, and tell how many of so many."""
        async with self._turn:
            while (wait := self._next - self._clock()) > 0:
                await self._sleep(wait)
            if self._rate is None:
                return count
            admitted = min(count, max(1, int(self._rate / _SHARE)))
            self._next = max(self._next, self._clock() - _LATE) + admitted / self._rate
            return admitted

    def pause(self, seconds: float) -> None:
        """Admit no request for so long."""
        self._next = max(self._next, self._clock() + seconds)


class TokenOffice:
    """Lends a token to workers, and asks one of them to fetch it when there is none.

    Args:
        clock: A monotonic clock in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._token: Hidden | None = None
        self._until = 0.0
        self._fetched_before = 0.0
        self._changed = asyncio.Event()

    async def lend(self, refused: str | None) -> tuple[str, float] | None:
        """The token and the seconds that it may be used; `None` asks the caller to fetch it."""
        while True:
            now = self._clock()
            if self._token is not None and now < self._until and self._token != refused:
                return str(self._token), self._until - now
            if now >= self._fetched_before:
                self._fetched_before = now + _FETCHING
                return None
            try:
                await asyncio.wait_for(self._changed.wait(), self._fetched_before - now)
            except TimeoutError:
                continue

    def keep(self, token: str | None, seconds: float) -> None:
        """Take a token that was fetched, `None` if that has failed: then the next caller is asked."""
        if token is not None:
            self._token, self._until = hidden(token), self._clock() + seconds
        self._fetched_before = 0.0
        self._changed.set()
        self._changed = asyncio.Event()


class Offices(SchedulerPlugin):
    """Serves the budgets and the tokens of stacks to the workers, for as long as the scheduler lives."""

    name = "payments_async"
    idempotent = True

    async def start(self, scheduler: Any) -> None:
        """Answer the workers."""
        budgets = dict[str, RateBudget]()
        tokens = dict[str, TokenOffice]()

        async def serve(rates: Mapping[str, float | None]) -> None:
            for stack, rate in rates.items():
                budgets.setdefault(stack, RateBudget()).begin(rate)

        async def admit(stack: str, count: int) -> int:
            return await budgets[stack].admit(count)

        async def pause(stack: str, seconds: float) -> None:
            budgets[stack].pause(seconds)

        async def lend(audience: str, refused: str | None) -> tuple[str, float] | None:
            return await tokens.setdefault(audience, TokenOffice()).lend(refused)

        async def keep(audience: str, token: str | None, seconds: float) -> None:
            tokens.setdefault(audience, TokenOffice()).keep(token, seconds)

        scheduler.handlers |= {PREFIX + each.__name__: each for each in (serve, admit, pause, lend, keep)}
