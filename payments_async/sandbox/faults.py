"""Faults: what can go wrong on purpose, for which requests, and how."""

import asyncio
import contextlib
import json
import random
import socket
import struct
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from typing import Any, Self, cast

from aiohttp import web

from payments_async.sandbox import jsontext
from payments_async.sandbox.tokens import Tokens

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_ENDLESS = 256 * 2**20
"""The bytes after which an endless body ends, so that no test runs endlessly."""


class FaultKind(StrEnum):
    """What goes wrong."""

    DELAY = "delay"
    """The request is handled after `seconds`."""
    STALL = "stall"
    """The request is handled, and the answer pauses for `seconds` in the middle of its body."""
    STATUS = "status"
    """The request is not handled; the answer is `status`, with `retry_after` if given."""
    STATUS_AFTER = "status after"
    """The request is handled, and the answer is `status` all the same."""
    RESET = "reset"
    """The connection is reset before the request is read."""
    RESET_AFTER = "reset after"
    """The request is handled, and the connection is reset without an answer."""
    RESET_IN_HEADERS = "reset in headers"
    """The request is handled, and the connection is reset in the middle of the answer's headers."""
    RESET_IN_BODY = "reset in body"
    """The request is handled, and the connection is reset at byte `at` of the answer's body, half-way if not given."""
    WRONG_LENGTH = "wrong length"
    """The request is handled, and the answer's Content-Length is larger than its body."""
    GZIP_BOMB = "gzip bomb"
    """The request is handled, and the answer is gzip that inflates to a gigabyte."""
    ENDLESS_BODY = "endless body"
    """The request is handled, and the answer's body does not end."""
    WRONG_TYPE = "wrong type"
    """The request is handled, and the answer is HTML."""
    INVALID_JSON = "invalid json"
    """The request is handled, and the answer's JSON is cut off."""
    WRONG_SHAPE = "wrong shape"
    """The request is handled, and the answer is JSON of another shape."""
    REFUSED_TOKEN = "refused token"  # noqa: S105  # a name
    """The request is not handled; its token is refused once."""
    EXPIRED_TOKEN = "expired token"  # noqa: S105  # a name
    """The request is not handled; its token expires."""
    REVOKED_TOKENS = "revoked tokens"
    """The request is not handled; all tokens issued so far are refused from now on."""
    REDIRECT = "redirect"
    """The request is not handled; the answer redirects to `location`."""
    REPEATED_CURSOR = "repeated cursor"
    """A page that has a next one names its own cursor as that of the next."""
    EMPTY_PAGE = "empty page"
    """An empty page comes before the one that was asked for."""


_TYPES: dict[str, Any] = {
    "kind": str,
    "times": int | None,
    "share": int | float,
    "seconds": int | float,
    "status": int,
    "at": int | None,
    "location": str,
}
"""The types of a fault's members in JSON; those of the others are text or null."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A fault that strikes some requests.

    Args:
        kind: what goes wrong.
        method: only with this HTTP method.
        route: only on this route, as in the API's description, such as `/payments/{paymentId}`; the token endpoint is
            `/api/auth/oauth/token`. Without it, all routes of the API but not the token endpoint.
        times: how often, None for always.
        share: the share of matching requests, from 0 to 1; the sandbox's seed decides which.
        seconds: how long a delay or a stall lasts.
        status: the status of the answer.
        retry_after: the answer's Retry-After header.
        at: the byte of the body at which the connection is reset.
        location: where a redirect points.
    """

    kind: FaultKind
    method: str | None = None
    route: str | None = None
    times: int | None = None
    share: float = 1.0
    seconds: float = 0.05
    status: int = 503
    retry_after: str | None = None
    at: int | None = None
    location: str = "http://127.0.0.1:9/elsewhere"

    @classmethod
    def from_json(cls, members: dict[str, Any]) -> Self:
        """Make a fault of a JSON object with the members above.

        Raises:
            ValueError: there is no such kind or member.
        """
        unknown = members.keys() - {field.name for field in fields(cls)}
        if unknown or "kind" not in members:
            raise ValueError(f"unknown members: {sorted(unknown)}" if unknown else "kind is missing")
        for name, value in members.items():
            if not isinstance(value, _TYPES.get(name, str | None)):
                raise ValueError(f"{name} has a value of the wrong type")  # noqa: TRY004 - as for all other members
        if members["kind"] not in [kind.value for kind in FaultKind]:
            raise ValueError(f"there is no kind of fault {members['kind']!r}")
        values: dict[str, Any] = {**members, "kind": FaultKind(members["kind"])}
        return cls(**values)

    def __post_init__(self) -> None:
        if self.times is not None and self.times < 1:
            raise ValueError("times is below 1: such a fault never strikes")


class Faults:
    """The active faults, and how they strike.

    Args:
        faults: active from the start; the first one that matches a request strikes it.
        seed: decides which requests are struck where only a share of them is.
        token_route: the route that is struck only by faults which name it.
        tokens: the tokens that some faults refuse or expire.
    """

    def __init__(self, faults: Iterable[Fault], *, seed: int, token_route: str, tokens: Tokens) -> None:
        self.in_force: list[Fault] = list(faults)
        self._random = random.Random(seed)
        self._token_route = token_route
        self._tokens = tokens
        self._over = asyncio.Event()
        self._turns = asyncio.Lock()
        self._waiting: set[asyncio.Task[Any]] = set()

    def pick(self, method: str, route: str) -> Fault | None:
        """The fault that strikes a request, or None; if its `times` are limited, they become one less."""
        for index, fault in enumerate(self.in_force):
            matches = fault.method in (None, method) and (
                fault.route == route or (fault.route is None and route != self._token_route)
            )
            if matches and (fault.share >= 1 or self._random.random() < fault.share):
                if fault.times is not None:
                    left = [replace(fault, times=fault.times - 1)] if fault.times > 1 else []
                    self.in_force[index : index + 1] = left
                return fault
        return None

    async def strike(self, fault: Fault, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer a request with a fault."""
        if fault.kind is FaultKind.DELAY:
            await self._wait(fault.seconds)
            await self._turn()
            return await handler(request)
        if fault.kind is FaultKind.EXPIRED_TOKEN:
            self._tokens.expire(request.headers.get("Authorization", ""))
        if fault.kind is FaultKind.REVOKED_TOKENS:
            self._tokens.revoke()
        if (instead := _INSTEAD.get(fault.kind)) is not None:
            return instead(fault, request)
        answer = await handler(request)
        body = answer.body if isinstance(answer, web.Response) else None
        try:
            done = _Done(fault, request, answer, body if isinstance(body, bytes) else b"", self._wait)
            return await _AFTER[fault.kind](done)
        except ConnectionError:
            # The client has closed the connection.
            return web.Response(status=0)

    async def end(self) -> None:
        """End all delays: a server handles requests to the end even if their clients have left."""
        self._over.set()
        if self._waiting:
            await asyncio.wait(self._waiting)
        self._over.clear()

    async def _wait(self, seconds: float) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101  # a coroutine that runs is in a task
        self._waiting.add(task)
        task.add_done_callback(self._waiting.discard)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._over.wait()

    async def _turn(self) -> None:
        """Wait for a turn of the event loop for each delay that ended before this one.

        In between, the loop takes the requests that have come meanwhile, so that their delays begin when they come and
        not all at once, after a burst of answers: on a network, a busy server makes nothing longer on the way.
        """
        async with self._turns:
            await asyncio.sleep(0)

    async def control(self, request: web.Request) -> web.Response:
        """Handle the control route: GET the active faults, POST a list of more, DELETE them all."""
        if request.method == "POST":
            try:
                added = _faults(jsontext.decode(jsontext.text(await request.read())))
            except ValueError as error:
                return web.json_response({"error": str(error)}, status=400)
            self.in_force += added
        elif request.method == "DELETE":
            self.in_force.clear()
        elif request.method != "GET":
            return web.Response(status=405)
        return web.json_response([asdict(fault) for fault in self.in_force])


def _faults(given: Any) -> list[Fault]:
    listed = cast("list[Any]", given)
    if not isinstance(given, list) or not all(isinstance(each, dict) for each in listed):
        raise ValueError("expected a list of faults")
    return [Fault.from_json(each) for each in listed]


def _status(fault: Fault, _request: web.Request) -> web.Response:
    headers = {"Retry-After": fault.retry_after} if fault.retry_after is not None else {}
    return web.Response(status=fault.status, headers=headers)


def _reset(_fault: Fault, request: web.Request) -> web.Response:
    return _cut(request)


def _refused(_fault: Fault, _request: web.Request) -> web.Response:
    return web.Response(status=401)


def _redirect(fault: Fault, _request: web.Request) -> web.Response:
    return web.Response(status=307, headers={"Location": fault.location})


_INSTEAD: dict[FaultKind, Callable[[Fault, web.Request], web.Response]] = {
    FaultKind.STATUS: _status,
    FaultKind.RESET: _reset,
    FaultKind.REFUSED_TOKEN: _refused,
    FaultKind.EXPIRED_TOKEN: _refused,
    FaultKind.REVOKED_TOKENS: _refused,
    FaultKind.REDIRECT: _redirect,
}
"""The answers of faults that strike before the request is handled."""


@dataclass(frozen=True)
class _Done:
    """A request that has been handled, and the answer that a fault changes."""

    fault: Fault
    request: web.Request
    answer: web.StreamResponse
    body: bytes
    wait: Callable[[float], Awaitable[None]]

    @property
    def status_with_body(self) -> int:
        return 200 if self.answer.status == 204 else self.answer.status

    def page_with_successor(self) -> dict[str, Any] | None:
        """The page in the answer, if it is one that has a next page."""
        listed: dict[str, Any] = json.loads(self.body) if self.answer.status == 200 else {}
        page: dict[str, Any] = listed.get("cursor", {})
        return page if "next" in page else None

    def head(self, length: int) -> bytes:
        """Status line and headers of an answer with this Content-Length."""
        line = f"HTTP/1.1 {self.status_with_body} Answered"
        return f"{line}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n".encode()


def _cut(request: web.Request, first: bytes = b"") -> web.Response:
    """Send the first bytes and reset the connection; counted with status 0."""
    transport = request.transport
    if transport is not None and not transport.is_closing():
        transport.write(first)
        connection = transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    return web.Response(status=0)


async def _stall(done: _Done) -> web.StreamResponse:
    slow = web.StreamResponse(status=done.answer.status, headers=done.answer.headers)
    slow.content_length = len(done.body)
    await slow.prepare(done.request)
    half = len(done.body) // 2
    await slow.write(done.body[:half])
    await done.wait(done.fault.seconds)
    await slow.write(done.body[half:])
    return slow


async def _status_after(done: _Done) -> web.StreamResponse:
    return _status(done.fault, done.request)


async def _reset_after(done: _Done) -> web.StreamResponse:
    return _cut(done.request)


async def _reset_in_headers(done: _Done) -> web.StreamResponse:
    return _cut(done.request, done.head(len(done.body))[:-20])


async def _reset_in_body(done: _Done) -> web.StreamResponse:
    at = len(done.body) // 2 if done.fault.at is None else done.fault.at
    # Content-Length is one byte more, so that the body is incomplete even if it is sent to its end.
    return _cut(done.request, done.head(len(done.body) + 1) + done.body[:at])


async def _wrong_length(done: _Done) -> web.StreamResponse:
    if done.request.transport is not None:
        done.request.transport.write(done.head(len(done.body) + 10) + done.body)
        done.request.transport.close()
    return web.Response(status=0)


async def _gzip_bomb(done: _Done) -> web.StreamResponse:
    deflate = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    start = deflate.compress(bytes(2**20)) + deflate.flush(zlib.Z_FULL_FLUSH)
    # After a full flush, output does not depend on earlier input, so the same bytes can be sent many times.
    again = deflate.compress(bytes(2**20)) + deflate.flush(zlib.Z_FULL_FLUSH)
    headers = {**done.answer.headers, "Content-Encoding": "gzip"}
    bomb = web.StreamResponse(status=done.status_with_body, headers=headers)
    await bomb.prepare(done.request)
    await bomb.write(start)
    for _ in range(1023):
        await bomb.write(again)
    return bomb


async def _endless_body(done: _Done) -> web.StreamResponse:
    endless = web.StreamResponse(status=done.status_with_body, headers=done.answer.headers)
    await endless.prepare(done.request)
    for _ in range(_ENDLESS // 2**16):
        await endless.write(b" " * 2**16)
    return endless


async def _wrong_type(done: _Done) -> web.StreamResponse:
    return web.Response(status=done.status_with_body, text="<html>Sign in</html>", content_type="text/html")


async def _invalid_json(done: _Done) -> web.StreamResponse:
    return web.Response(status=done.status_with_body, body=done.body[:-3] or b"{", content_type="application/json")


async def _wrong_shape(done: _Done) -> web.StreamResponse:
    return web.json_response({"data": [5], "cursor": []}, status=done.status_with_body)


async def _repeated_cursor(done: _Done) -> web.StreamResponse:
    page = done.page_with_successor()
    if page is None or "cursor" not in done.request.query:
        return done.answer
    return web.json_response({"cursor": {**page, "next": done.request.query["cursor"]}})


def _token(cursor: str) -> dict[str, Any]:
    token: dict[str, Any] = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    return token


async def _empty_page(done: _Done) -> web.StreamResponse:
    page = done.page_with_successor()
    if page is None or _token(done.request.query.get("cursor", "e30")).get("empty"):
        return done.answer
    token = _token(page["next"])
    # The same page with a cursor that differs: the server ignores members that it does not know.
    token |= {"offset": max(0, token["offset"] - page["pageSize"]), "empty": True}
    again = urlsafe_b64encode(json.dumps(token).encode()).decode().rstrip("=")
    return web.json_response({"cursor": {**page, "next": again, "data": []}})


_AFTER: dict[FaultKind, Callable[[_Done], Awaitable[web.StreamResponse]]] = {
    FaultKind.STALL: _stall,
    FaultKind.STATUS_AFTER: _status_after,
    FaultKind.RESET_AFTER: _reset_after,
    FaultKind.RESET_IN_HEADERS: _reset_in_headers,
    FaultKind.RESET_IN_BODY: _reset_in_body,
    FaultKind.WRONG_LENGTH: _wrong_length,
    FaultKind.GZIP_BOMB: _gzip_bomb,
    FaultKind.ENDLESS_BODY: _endless_body,
    FaultKind.WRONG_TYPE: _wrong_type,
    FaultKind.INVALID_JSON: _invalid_json,
    FaultKind.WRONG_SHAPE: _wrong_shape,
    FaultKind.REPEATED_CURSOR: _repeated_cursor,
    FaultKind.EMPTY_PAGE: _empty_page,
}
"""What faults do to the answer once the request is handled."""
