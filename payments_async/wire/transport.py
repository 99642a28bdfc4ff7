"""The end of the line: puts a request on the wire through aiohttp and reads the answer to its end."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable

import aiohttp
from aiohttp.client_middlewares import ClientHandlerType
from yarl import URL

from payments_async.wire.call import Request, Response, Send, Timeout
from payments_async.wire.deadline import Deadlines
from payments_async.wire.errors import (
    ConfigurationError,
    ConnectionFailedError,
    DeadlineExceededError,
    Outcome,
    PaymentsError,
    ProtocolError,
)

log = logging.getLogger(__name__)

MAX_BODY = 64 * 2**20
"""The most bytes that an answer may have after decompression, unless the client is told otherwise."""

_NEVER_SENT = (
    aiohttp.ConnectionTimeoutError,
    aiohttp.ClientConnectorError,
    aiohttp.ServerFingerprintMismatch,
    ValueError,  # an address that aiohttp or the resolver refuses
)

# aiohttp rounds long time-outs up to whole seconds, which would let a call outlive its deadline.
_NO_ROUNDING = float("inf")


class _Attempt:
    """A middleware that stops aiohttp from sending a request again by itself, and knows whether it went out at all."""

    __slots__ = ("_request",)

    def __init__(self) -> None:
        self._request: aiohttp.ClientRequest | None = None

    async def __call__(self, request: aiohttp.ClientRequest, handler: ClientHandlerType) -> aiohttp.ClientResponse:
        if self._request is not None:
            raise aiohttp.ServerDisconnectedError  # sending again is the policy's business
        self._request = request
        try:
            return await handler(request)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            # Closing the session cancels what waits for a connection; nobody has cancelled the call.
            raise aiohttp.ClientConnectionError from None

    def sent(self, error: Exception) -> bool:
        """Whether any byte of the request may have left before this error."""
        if self._request is None:
            return not isinstance(error, _NEVER_SENT)
        # aiohttp makes the response when it writes the request to a connection, and not before.
        return getattr(self._request, "response", self) is not None


def open_session() -> aiohttp.ClientSession:
    """A session of the kind that a client opens for itself: no cookies, no time limits of its own."""
    return aiohttp.ClientSession(
        cookie_jar=aiohttp.DummyCookieJar(), timeout=aiohttp.ClientTimeout(total=None, sock_connect=None)
    )


def transport(session: Callable[[str], aiohttp.ClientSession], timeout: Timeout, *, max_body: int = MAX_BODY) -> Send:
    """A `Send` over an aiohttp session.

    Redirects are not followed, an answer above `max_body` bytes is refused, and each request goes out at most once.

    Raises:
        ConfigurationError: the session is closed.
        ConnectionFailedError: no connection, or one that was lost; of a write also an answer that is not HTTP.
        DeadlineExceededError: the call's time was up.
        ProtocolError: an answer that is not HTTP, or too large.
    """
    limits = aiohttp.ClientTimeout(total=None, connect=timeout.connect, ceil_threshold=_NO_ROUNDING)
    deadlines = Deadlines()

    async def send(request: Request) -> Response:
        loop = asyncio.get_running_loop()
        started = loop.time()
        time_left = request.deadline - started
        if time_left <= 0:
            raise DeadlineExceededError(
                "the call's time was up before the request was sent",
                operation=request.operation,
                outcome=Outcome.NOT_SENT,
            )
        client, attempt = session(request.operation), _Attempt()
        failure: PaymentsError
        try:
            until = request.deadline if timeout.attempt is None else min(request.deadline, started + timeout.attempt)
            with deadlines.until(until):
                async with client.request(
                    request.method,
                    URL(request.url, encoded=True),
                    data=request.body,
                    headers=request.headers,
                    allow_redirects=False,
                    raise_for_status=False,
                    auto_decompress=True,
                    timeout=limits,
                    # A request's own middlewares replace the session's, which a session passed in may have.
                    middlewares=(*getattr(client, "_middlewares", ()), attempt),
                ) as answer:
                    body = await _body(answer, request, max_body)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            sent = attempt.sent(error)
            if isinstance(error, ValueError) and not isinstance(error, aiohttp.ClientError) and not sent:
                failure = ConfigurationError(
                    f"the request cannot be sent ({type(error).__name__}): check the session and the headers",
                    operation=request.operation,
                )
            elif client.closed and (request.safe or not sent):
                failure = ConfigurationError("the client was closed before the answer", operation=request.operation)
            else:
                failure = _failure(error, request, timeout, time_left, sent=sent)
            failure.exhausted = client.closed
        else:
            log.debug("%s %s: %d in %.3f s", request.method, request.path, answer.status, loop.time() - started)
            return Response(request=request, status=answer.status, headers=answer.headers, body=body)
        log.debug("%s %s: %s in %.3f s", request.method, request.path, type(failure).__name__, loop.time() - started)
        # Raised out of the handler, so that it carries no context: aiohttp's errors quote headers and bytes.
        raise failure

    return send


async def _body(answer: aiohttp.ClientResponse, request: Request, max_body: int) -> bytes:
    content = answer.content
    chunks: list[bytes] = []
    size = 0
    while not content.at_eof():
        chunk = await content.readany()
        size += len(chunk)
        if size > max_body:
            if answer.status >= 400:  # the status says enough
                return b""
            raise ProtocolError(
                f"the answer is larger than {max_body} bytes; ask for smaller pages, or raise the client's max_body",
                operation=request.operation,
            )
        chunks.append(chunk)
    return b"".join(chunks)


def _failure(error: Exception, request: Request, timeout: Timeout, time_left: float, *, sent: bool) -> PaymentsError:
    """What an exception of aiohttp means for the call. Its own text is left out: it can quote what was received."""
    what = type(error).__name__
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        what += ": its certificate is not one to trust"
    elif isinstance(error, aiohttp.ClientSSLError):  # whose number is not the system's
        what += ": it does not speak TLS as this client does, or at all"
    elif isinstance(error, OSError) and error.errno is not None and error.errno > 0:
        what += f", {os.strerror(error.errno)}"
    operation = request.operation
    outcome = Outcome.UNKNOWN if sent else Outcome.NOT_SENT
    if isinstance(error, TimeoutError):
        missing = "no answer" if sent else "nothing was sent: no connection"
        limit = min(timeout.attempt or time_left, time_left if sent else timeout.connect)
        if limit < time_left:
            return ConnectionFailedError(f"{missing} within {limit:g} s", operation=operation, outcome=outcome)
        return DeadlineExceededError(f"{missing} before the call's time was up", operation=operation, outcome=outcome)
    if not sent:
        return ConnectionFailedError(
            f"no connection to the server ({what}); nothing was sent", operation=operation, outcome=outcome
        )
    if isinstance(error, aiohttp.ClientResponseError | ValueError) and request.safe:
        return ProtocolError(f"the answer is not readable as HTTP ({what})", operation=operation)
    return ConnectionFailedError(f"the connection was lost before the answer was whole ({what})", operation=operation)
