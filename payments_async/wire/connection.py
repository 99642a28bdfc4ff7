"""The aiohttp session that all calls of a client share, and the event loop that it belongs to."""

from __future__ import annotations

import asyncio
import sys
import warnings
from collections.abc import Awaitable

import aiohttp

from payments_async.wire.call import Request, Response, Send
from payments_async.wire.deadline import Deadlines
from payments_async.wire.errors import ConfigurationError
from payments_async.wire.options import check_framing
from payments_async.wire.queue import Turns
from payments_async.wire.transport import open_session


class Connection:
    """The session of a client and of the clients derived from it. It belongs to the event loop that first uses it.

    Args:
        session: The caller's own session, which is never closed; `None` opens a session at the first use.

    Raises:
        ConfigurationError: the session adds a header field to each request that only the client may set.
    """

    def __init__(self, session: aiohttp.ClientSession | None) -> None:
        self._session = session
        self._owned = session is None
        self._closed = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self.deadlines: Deadlines = Deadlines()
        """The deadlines of all calls of this client and those derived from it, with one timer."""
        self.turns: Turns | None = None
        """One turn per connection of the session; `None` if connections are not limited, or before the first use."""
        self._created_at = _caller()
        if session is not None:
            check_framing(session.headers, "the session")

    def session(self, operation: str | None = None) -> aiohttp.ClientSession:
        """The session, opened at the first use.

        Raises:
            ConfigurationError: it is closed, or belongs to another event loop.
        """
        self.check_loop(operation)
        if self._closed:
            raise ConfigurationError("the client is closed: make another one", operation=operation)
        if self._loop is None:
            self._bind()
        if self._session is None or self._session.closed:
            raise ConfigurationError("the session that was passed to the client is closed", operation=operation)
        return self._session

    def check_loop(self, operation: str | None = None, *, closing: bool = False) -> None:
        """Refuse to run in another event loop than the session's; closing is allowed if that loop is closed."""
        # aiohttp has no public name for the loop of a session that was passed in.
        loop: asyncio.AbstractEventLoop | None = self._loop or getattr(self._session, "_loop", None)
        if loop not in (None, asyncio.get_running_loop()) and not (closing and loop.is_closed()):
            raise ConfigurationError("the client belongs to another event loop: make one for each", operation=operation)

    def checking_use(self, send: Send) -> Send:
        """The layer that refuses calls on a closed client or from another event loop, before anything is awaited."""

        def send_checked(request: Request) -> Awaitable[Response]:
            self.session(request.operation)
            return send(request)

        return send_checked

    def _bind(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._session = self._session or open_session()
        if (connector := self._session.connector) is not None:
            limits = [limit for limit in (connector.limit, connector.limit_per_host) if limit]
            self.turns = Turns(min(limits), self.deadlines) if limits else None

    async def aclose(self) -> None:
        """Close the session, unless the caller passed it in."""
        self._closed = True
        self.deadlines.stop()
        if self._owned and self._session is not None:
            await self._session.close()

    def __del__(self) -> None:
        if self._owned and self._session is not None and not self._closed:
            warnings.warn(
                f"the PaymentsClient made at {self._created_at} was never closed: use 'async with' or aclose()",
                ResourceWarning,
                source=self,
                stacklevel=2,
            )


def _caller() -> str:
    """The file and line, outside this package, that created the client."""
    frame = sys._getframe(1)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # a documented function
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith("payments_async."):
        frame = frame.f_back
    return f"{frame.f_code.co_filename}:{frame.f_lineno}"
