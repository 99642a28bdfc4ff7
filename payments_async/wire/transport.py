"""The end of the line: puts a request on the wire through aiohttp and reads the answer to its end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import aiohttp
from aiohttp.client_middlewares import ClientHandlerType
from yarl import URL

from payments_async.wire.call import Request, Response, Send, Timeout
from payments_async.wire.errors import (
    ConnectionFailedError,
    DeadlineExceededError,
    Outcome,
    ProtocolError,
    TransportError,
)

log = logging.getLogger(__name__)

MAX_BODY = 64 * 2**20
"""The most bytes that an answer may have after decompression, unless the client is told otherwise."""

_NEVER_CONNECTED = (
    aiohttp.ConnectionTimeoutError,
    aiohttp.ClientConnectorError,
    aiohttp.ServerFingerprintMismatch,
    aiohttp.InvalidURL,
)

# aiohttp rounds long time-outs up to whole seconds, which would let a call outlive its deadline.
_NO_ROUNDING = float("inf")


class _Once:
    """A middleware that stops aiohttp from sending a request again by itself: that is the policy's business."""

    __slots__ = ("_used",)

    def __init__(self) -> None:
        self._used = False

    async def __call__(self, request: aiohttp.ClientRequest, handler: ClientHandlerType) -> aiohttp.ClientResponse:
        if self._used:
            raise aiohttp.ServerDisconnectedError
        self._used = True
        return await handler(request)


def open_session() -> aiohttp.ClientSession:
    """A session of the kind that a client opens for itself: no cookies, no time limits of its own."""
    return aiohttp.ClientSession(
        cookie_jar=aiohttp.DummyCookieJar(), timeout=aiohttp.ClientTimeout(total=None, sock_connect=None)
    )


def transport(session: Callable[[], aiohttp.ClientSession], timeout: Timeout, *, max_body: int = MAX_BODY) -> Send:
    """A `Send` over an aiohttp session.

    Redirects are not followed, an answer above `max_body` bytes is refused, and each request goes out at most once.

    Raises:
        ConnectionFailedError: no connection, or one that was lost.
        DeadlineExceededError: the call's time was up.
        ProtocolError: an answer that is not HTTP, or too large.
    """

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
        try:
            response = await _exchange(session(), request, timeout, time_left, max_body)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            failure = _failure(error, request, timeout, time_left)
        else:
            log.debug("%s %s: %d in %.3f s", request.method, request.path, response.status, loop.time() - started)
            return response
        log.debug("%s %s: %s in %.3f s", request.method, request.path, type(failure).__name__, loop.time() - started)
        # Raised out of the handler, so that it carries no context: aiohttp's errors quote headers and bytes.
        raise failure

    return send


async def _exchange(
    session: aiohttp.ClientSession, request: Request, timeout: Timeout, time_left: float, max_body: int
) -> Response:
    # All but the last millisecond, so that a deadline met while connecting shows as such: nothing was sent.
    connect = min(timeout.connect, max(time_left - 0.001, 0.001))
    limit = time_left if timeout.attempt is None else min(timeout.attempt, time_left)
    async with (
        asyncio.timeout(limit),
        session.request(
            request.method,
            URL(request.url, encoded=True),
            data=request.body,
            headers=request.headers,
            allow_redirects=False,
            raise_for_status=False,
            timeout=aiohttp.ClientTimeout(total=None, connect=connect, ceil_threshold=_NO_ROUNDING),
            # A request's own middlewares replace the session's, which a session passed in may have.
            middlewares=(*getattr(session, "_middlewares", ()), _Once()),
        ) as answer,
    ):
        return Response(
            request=request,
            status=answer.status,
            headers=answer.headers,
            body=await _body(answer, request, max_body),
        )


async def _body(answer: aiohttp.ClientResponse, request: Request, max_body: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    async for chunk in answer.content.iter_any():
        size += len(chunk)
        if size > max_body:
            answer.close()
            raise ProtocolError(
                f"the answer is larger than {max_body} bytes; ask for smaller pages, or raise the client's max_body",
                operation=request.operation,
            )
        chunks.append(chunk)
    return b"".join(chunks)


def _failure(error: Exception, request: Request, timeout: Timeout, time_left: float) -> TransportError | ProtocolError:
    """What an exception of aiohttp means for the call. Its own text is left out: it can quote what was received."""
    what = type(error).__name__
    if isinstance(error, OSError) and error.strerror:
        what += f", {error.strerror}"
    operation = request.operation
    if isinstance(error, _NEVER_CONNECTED):
        if isinstance(error, aiohttp.ConnectionTimeoutError) and time_left <= timeout.connect:
            return DeadlineExceededError(
                f"no connection within the {time_left:.3g} s that the call had left; nothing was sent",
                operation=operation,
                outcome=Outcome.NOT_SENT,
            )
        return ConnectionFailedError(
            f"no connection to the server ({what}); nothing was sent", operation=operation, outcome=Outcome.NOT_SENT
        )
    if isinstance(error, TimeoutError):
        if timeout.attempt is not None and timeout.attempt < time_left:
            return ConnectionFailedError(
                f"no answer within the {timeout.attempt:g} s of one attempt", operation=operation
            )
        return DeadlineExceededError("no answer before the call's time was up", operation=operation)
    if isinstance(error, aiohttp.ClientResponseError):
        return ProtocolError(f"the answer is not readable as HTTP ({what})", operation=operation)
    return ConnectionFailedError(f"the connection was lost before the answer was whole ({what})", operation=operation)
