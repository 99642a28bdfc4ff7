"""What workers share through the scheduler: the requests that a stack takes in a second, and its token."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from typing import Protocol, final

from payments_async.wire.auth import ClientCredentialsSource
from payments_async.wire.call import Request, Response, Send
from payments_async.wire.errors import RateLimitedError
from payments_async.wire.hidden import Hidden, hidden

_MOST_AT_ONCE = 16
"""The most requests that a worker asks for at once."""
_PAUSE = 1.0
"""Seconds that all workers pause after a 429 that does not say how long."""
_LONGEST_PAUSE = 30.0
"""The most seconds that they pause. Waiting calls must not miss their deadlines."""


class Office(Protocol):
    """What the scheduler does for the workers, for one stack."""

    async def admit(self, count: int) -> int:
        """Wait until requests may be sent, and tell how many of so many."""
        ...

    async def pause(self, seconds: float) -> None:
        """Admit no request for so long."""
        ...

    async def lend(self, refused: str | None) -> tuple[str, float] | None:
        """The token and the seconds that it may be used; `None` asks the caller to fetch it."""
        ...

    async def keep(self, token: str | None, seconds: float) -> None:
        """Take a token that was fetched, `None` if that has failed."""
        ...


class SharedBudget:
    """Lets a request pass when the scheduler admits it, and tells it of a server that asks to wait.

    Requests that wait at the same time are asked for together, so that there are few messages, and none is admitted
    that is not sent at once.

    Args:
        office: The scheduler.
    """

    def __init__(self, office: Office) -> None:
        self._office = office
        self._waiting = deque[asyncio.Future[None]]()
        self._asking: asyncio.Task[None] | None = None

    def attempts(self, send: Send) -> Send:
        """The layer around each attempt of a call."""

        async def send_in_budget(request: Request) -> Response:
            await self._admitted()
            try:
                return await send(request)
            except RateLimitedError as error:
                asked = _PAUSE if error.retry_after is None else error.retry_after
                await self._office.pause(min(asked, _LONGEST_PAUSE))
                raise

        return send_in_budget

    async def _admitted(self) -> None:
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask())
        await waiter

    async def _ask(self) -> None:
        while self._waiting:
            try:
                admitted = await self._some()
            except BaseException as error:
                # Whoever waits must learn of it; later ones ask again.
                while self._waiting:
                    waiter = self._waiting.popleft()
                    if not waiter.done():
                        waiter.set_exception(ConnectionError(f"the scheduler cannot be asked: {type(error).__name__}"))
                if not isinstance(error, Exception):
                    raise
                return
            while admitted and self._waiting:
                waiter = self._waiting.popleft()
                if not waiter.done():
                    waiter.set_result(None)
                    admitted -= 1

    async def _some(self) -> int:
        admitted = await self._office.admit(min(len(self._waiting), _MOST_AT_ONCE))
        if not admitted:  # a scheduler that was started again does not know this package
            raise ConnectionError("the scheduler admits no requests")
        return admitted

    async def aclose(self) -> None:
        """End a question to the scheduler."""
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.wait((self._asking,))


@final
class SharedToken:
    """A `TokenSource` whose token all workers share: one of them fetches it, and the scheduler lends it to the others.

    Args:
        own: The source that fetches it, when it is this worker's turn.
        office: The scheduler.
    """

    def __init__(self, own: ClientCredentialsSource, office: Office) -> None:
        self._own = own
        self._office = office
        self._token: Hidden | None = None
        self._until = 0.0
        self._fetched: Hidden | None = None
        self._refused: str | None = None
        self._turn = asyncio.Lock()

    async def acquire(self) -> str:
        """The shared token.

        Raises:
            PaymentsError: it is this worker's turn to fetch it, and the token endpoint failed.
        """
        async with self._turn:
            if self._token is None or time.monotonic() >= self._until:
                self._token, seconds = await self._borrowed()
                self._until = time.monotonic() + seconds
            return self._token

    def invalidate(self, token: str) -> None:
        """Drops the token if it is still the shared one."""
        if self._token == token:
            self._refused, self._token = self._token, None

    async def _borrowed(self) -> tuple[Hidden, float]:
        lent = await self._office.lend(self._refused)
        if lent is not None:
            return hidden(lent[0]), lent[1]
        if self._fetched is not None:
            self._own.invalidate(self._fetched)
        try:
            token = self._fetched = hidden(await self._own.acquire())
        except BaseException:
            await self._office.keep(None, 0.0)
            raise
        seconds = self._own.remaining
        await self._office.keep(token, seconds)
        return token, seconds
