"""The innermost `Send`: sends a request through aiohttp and reads the complete response."""

from __future__ import annotations

import asyncio
import logging
import os
import select
import socket
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from functools import partial
from weakref import WeakKeyDictionary

import aiohttp
from aiohttp.client_middlewares import ClientHandlerType, ClientMiddlewareType
from aiohttp.connector import Connection
from aiohttp.tracing import Trace
from yarl import URL

from payments_async.wire.call import Request, Response, Send, Timeout
from payments_async.wire.deadline import Deadlines, is_cancelled
from payments_async.wire.errors import (
    MAX_ERROR_BODY,
    ConfigurationError,
    ConnectionFailedError,
    DeadlineExceededError,
    Outcome,
    PaymentsError,
    ProtocolError,
    ResponseTooLargeError,
    TransportError,
)
from payments_async.wire.hidden import without_frames
from payments_async.wire.jsontext import is_json

log: logging.Logger = logging.getLogger(__name__)

MAX_BODY = 64 * 2**20
"""The default limit for the size of a response, in bytes after decompression."""

_NEVER_SENT = (
    aiohttp.ConnectionTimeoutError,
    aiohttp.ClientConnectorError,
    aiohttp.ServerFingerprintMismatch,
    ValueError,  # aiohttp or the resolver refuses the address
)

# aiohttp rounds long timeouts up to whole seconds, so a call would run past its deadline.
_NO_ROUNDING = float("inf")


class _Attempt:
    """A middleware that stops aiohttp from resending a request by itself, and knows whether any byte was sent.

    Args:
        others: The middlewares around it: those of the session, which may send requests too.
    """

    __slots__ = ("_others", "_request")

    def __init__(self, others: Sequence[ClientMiddlewareType]) -> None:
        self._others = others
        self._request: aiohttp.ClientRequest | None = None

    async def __call__(self, request: aiohttp.ClientRequest, handler: ClientHandlerType) -> aiohttp.ClientResponse:
        if self._request is not None:
            raise aiohttp.ServerDisconnectedError  # only the retry policy may send it again
        self._request = request
        try:
            return await handler(request)
        except asyncio.CancelledError:
            if is_cancelled():
                raise
            # Closing the session cancels requests that wait for a connection; the call itself was not cancelled.
            raise aiohttp.ClientConnectionError from None

    def sent(self, error: BaseException) -> bool:
        """Whether any byte of the request may have been sent before this error."""
        if self._request is None:
            possible = bool(self._others) or isinstance(error, aiohttp.ClientError | OSError)
            return possible and not isinstance(error, _NEVER_SENT)
        # aiohttp sets the response when it writes the request to a connection, not earlier.
        return getattr(self._request, "response", self) is not None


class _Connector(aiohttp.TCPConnector):
    """Uses no connection again on which anything arrived while it was idle.

    aiohttp would take these bytes for the response to the next request.
    """

    def __init__(self) -> None:
        super().__init__()  # pyright: ignore[reportUnknownMemberType]  # one of its arguments has no full type
        self._arrivals = WeakKeyDictionary[object, Callable[[], object]]()

    async def connect(
        self, req: aiohttp.ClientRequest, traces: list[Trace], timeout: aiohttp.ClientTimeout
    ) -> Connection:
        """A connection for a request, new or used before."""
        while True:
            connection = await super().connect(req, traces, timeout)
            protocol = connection.protocol
            assert protocol is not None  # noqa: S101  # it is released later
            arrived = self._arrivals.get(protocol)
            if arrived is None:
                self._arrivals[protocol] = _arrivals(connection.transport)
                return connection
            if not (protocol.should_close or arrived()):
                return connection
            connection.close()


def _arrivals(transport: asyncio.Transport | None) -> Callable[[], object]:
    """A function that tells whether bytes, or the connection's end, have arrived that the loop has not read yet."""
    peer: socket.socket | None = None if transport is None else transport.get_extra_info("socket")
    if peer is None:
        return lambda: False
    if not hasattr(select, "poll"):  # Windows
        return lambda: select.select([peer], [], [], 0)[0]
    poll = select.poll()
    poll.register(peer, select.POLLIN)
    return partial(poll.poll, 0)


def open_session() -> aiohttp.ClientSession:
    """A session as a client opens it by default: without cookies and without timeouts."""
    return aiohttp.ClientSession(
        connector=_Connector(),
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),
    )


def transport(
    session: Callable[[str], aiohttp.ClientSession], timeout: Timeout, deadlines: Deadlines, *, max_body: int = MAX_BODY
) -> Send:
    """A `Send` over an aiohttp session.

    It does not follow redirects, refuses responses of more than `max_body` bytes, and sends each request at most once.

    Raises:
        ConfigurationError: the session is closed.
        ConnectionFailedError: no connection was made, or it was lost; for a write, also: the response is not HTTP.
        DeadlineExceededError: the call's deadline passed.
        ProtocolError: the response is too large, or is not HTTP.
    """
    limits = aiohttp.ClientTimeout(total=None, connect=timeout.connect, ceil_threshold=_NO_ROUNDING)

    async def send(request: Request) -> Response:
        loop = asyncio.get_running_loop()
        started = loop.time()
        time_left = request.deadline - started
        if time_left <= 0:
            raise DeadlineExceededError(
                "the call's deadline passed before the request was sent",
                operation=request.operation,
                outcome=Outcome.NOT_SENT,
            )
        client = session(request.operation)
        others: tuple[ClientMiddlewareType, ...] = getattr(client, "_middlewares", ())
        attempt = _Attempt(others)
        failure: PaymentsError
        try:
            until = request.deadline if timeout.attempt is None else min(request.deadline, started + timeout.attempt)
            with deadlines.until(until):
                sending = client.request(
                    request.method,
                    URL(request.url, encoded=True),
                    data=request.body,
                    headers=request.headers,
                    allow_redirects=False,
                    raise_for_status=False,
                    auto_decompress=True,
                    timeout=limits,
                    # These replace the middlewares of the session; a session that was passed in may have some.
                    middlewares=(*others, attempt),
                )
                received = await _received(sending, request, max_body)
        except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001  # traces and middlewares may raise any
            if isinstance(error, asyncio.CancelledError) and is_cancelled():
                raise without_frames(error)  # noqa: B904  # aiohttp's frames show headers and what was received
            sent = attempt.sent(error)
            if client.closed and (request.safe or not sent):
                failure = ConfigurationError(
                    "the client was closed before the response",
                    operation=request.operation,
                    outcome=Outcome.UNKNOWN if sent else Outcome.NOT_SENT,
                )
            elif isinstance(error, aiohttp.ClientError | OSError):
                failure = _failure(error, request, timeout, time_left, sent=sent)
            else:
                failure = _foreign_failure(error, request, sent=sent)
            failure.exhausted = failure.exhausted or client.closed
        else:
            if isinstance(received, Response):
                _log(request, loop.time() - started, status=received.status)
                return received
            failure = received
        _log(request, loop.time() - started, error=type(failure).__name__)
        # Raised outside the handler, so that it has no context: aiohttp's errors quote headers and bytes.
        raise failure

    return send


def _log(request: Request, seconds: float, **end: str | int) -> None:
    """Log that a request has ended, with its status or the class of its error; the record has the values by name."""
    if log.isEnabledFor(logging.DEBUG):
        told = {"operation": request.operation, "method": request.method, "path": request.path, "seconds": seconds}
        what = "%s %s: %s in %.3f s"
        log.debug(what, request.method, request.path, *end.values(), seconds, extra={**told, **end}, stacklevel=2)


async def _received(
    sending: AbstractAsyncContextManager[aiohttp.ClientResponse], request: Request, max_body: int
) -> Response | ProtocolError:
    """Sends a request and reads the response to its end; returns an error if the response is too large.

    A function of its own, so that nothing that was received is in a frame that raises an error of this package.
    """
    async with sending as response:
        content = response.content
        most = min(max_body, MAX_ERROR_BODY) if response.status >= 400 else max_body
        chunks: list[bytes] = []
        size = 0
        while not content.at_eof():
            chunks.append(await content.readany())
            size += len(chunks[-1])
            if size > most:
                if response.status >= 400:  # the status is enough
                    chunks.clear()
                    break
                return ResponseTooLargeError(
                    f"the response is larger than {max_body} bytes; ask for smaller pages, or raise the client's "
                    "max_body",
                    operation=request.operation,
                    outcome=Outcome.DONE if is_json(response.headers) else Outcome.UNKNOWN,
                )
        return Response(request=request, status=response.status, headers=response.headers, body=b"".join(chunks))


def _foreign_failure(error: BaseException, request: Request, *, sent: bool) -> PaymentsError:
    """The error for an exception that is not one of aiohttp or the network; sending again would not help."""
    what = f"{type(error).__name__} was raised inside the session"
    failure: PaymentsError
    if sent:
        failure = TransportError(
            f"{what} after the request was sent: check its traces and middlewares", operation=request.operation
        )
    else:
        failure = ConfigurationError(
            f"the request cannot be sent, {what}: check its traces, middlewares and resolver, and the headers",
            operation=request.operation,
        )
    failure.exhausted = True
    return failure


def _failure(error: Exception, request: Request, timeout: Timeout, time_left: float, *, sent: bool) -> PaymentsError:
    """The error that an exception of aiohttp means for the call, without its text, which may quote received data."""
    what = type(error).__name__
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        what += ": its certificate is not trusted"
    elif isinstance(error, aiohttp.ClientSSLError):  # its errno is not one of the system
        what += ": it does not speak TLS, or no TLS version that this client accepts"
    elif isinstance(error, OSError) and error.errno is not None and error.errno > 0:
        what += f", {os.strerror(error.errno)}"
    operation = request.operation
    outcome = Outcome.UNKNOWN if sent else Outcome.NOT_SENT
    if isinstance(error, TimeoutError):
        missing = "no response" if sent else "nothing was sent: no connection"
        limit = min(timeout.attempt or time_left, time_left if sent else timeout.connect)
        if limit < time_left:
            return ConnectionFailedError(f"{missing} within {limit:g} s", operation=operation, outcome=outcome)
        return DeadlineExceededError(f"{missing} before the call's deadline", operation=operation, outcome=outcome)
    if not sent:
        return ConnectionFailedError(
            f"no connection to the server ({what}); nothing was sent", operation=operation, outcome=outcome
        )
    if isinstance(error, aiohttp.ClientResponseError) and request.safe:
        return ProtocolError(f"the response is not readable as HTTP ({what})", operation=operation)
    return ConnectionFailedError(
        f"the connection was lost before the response was complete ({what})", operation=operation
    )
