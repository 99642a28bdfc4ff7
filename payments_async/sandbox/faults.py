"""Faults: what can go wrong on purpose, and what it does to an answer."""

import json
import socket
import struct
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Self

from aiohttp import web

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


def _status(fault: Fault, _request: web.Request) -> web.Response:
    headers = {"Retry-After": fault.retry_after} if fault.retry_after is not None else {}
    return web.Response(status=fault.status, headers=headers)


def _reset(_fault: Fault, request: web.Request) -> web.Response:
    return _cut(request)


def _refused(_fault: Fault, _request: web.Request) -> web.Response:
    return web.Response(status=401)


def _redirect(fault: Fault, _request: web.Request) -> web.Response:
    return web.Response(status=307, headers={"Location": fault.location})


INSTEAD: dict[FaultKind, Callable[[Fault, web.Request], web.Response]] = {
    FaultKind.STATUS: _status,
    FaultKind.RESET: _reset,
    FaultKind.REFUSED_TOKEN: _refused,
    FaultKind.EXPIRED_TOKEN: _refused,
    FaultKind.REVOKED_TOKENS: _refused,
    FaultKind.REDIRECT: _redirect,
}
"""The answers of faults that strike before the request is handled."""


@dataclass(frozen=True)
class Done:
    """A request that has been handled, and the answer that a fault changes."""

    fault: Fault
    request: web.Request
    answer: web.StreamResponse
    body: bytes
    wait: Callable[[float], Awaitable[None]]

    @property
    def status_with_body(self) -> int:
        """The status of the answer, 200 instead of one that forbids a body."""
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


async def _stall(done: Done) -> web.StreamResponse:
    slow = web.StreamResponse(status=done.answer.status, headers=done.answer.headers)
    slow.content_length = len(done.body)
    await slow.prepare(done.request)
    half = len(done.body) // 2
    await slow.write(done.body[:half])
    await done.wait(done.fault.seconds)
    await slow.write(done.body[half:])
    return slow


async def _status_after(done: Done) -> web.StreamResponse:
    return _status(done.fault, done.request)


async def _reset_after(done: Done) -> web.StreamResponse:
    return _cut(done.request)


async def _reset_in_headers(done: Done) -> web.StreamResponse:
    return _cut(done.request, done.head(len(done.body))[:-20])


async def _reset_in_body(done: Done) -> web.StreamResponse:
    at = len(done.body) // 2 if done.fault.at is None else done.fault.at
    # Content-Length is one byte more, so that the body is incomplete even if it is sent to its end.
    return _cut(done.request, done.head(len(done.body) + 1) + done.body[:at])


async def _wrong_length(done: Done) -> web.StreamResponse:
    if done.request.transport is not None:
        done.request.transport.write(done.head(len(done.body) + 10) + done.body)
        done.request.transport.close()
    return web.Response(status=0)


async def _gzip_bomb(done: Done) -> web.StreamResponse:
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


async def _endless_body(done: Done) -> web.StreamResponse:
    endless = web.StreamResponse(status=done.status_with_body, headers=done.answer.headers)
    await endless.prepare(done.request)
    for _ in range(_ENDLESS // 2**16):
        await endless.write(b" " * 2**16)
    return endless


async def _wrong_type(done: Done) -> web.StreamResponse:
    return web.Response(status=done.status_with_body, text="<html>Sign in</html>", content_type="text/html")


async def _invalid_json(done: Done) -> web.StreamResponse:
    return web.Response(status=done.status_with_body, body=done.body[:-3] or b"{", content_type="application/json")


async def _wrong_shape(done: Done) -> web.StreamResponse:
    return web.json_response({"data": [5], "cursor": []}, status=done.status_with_body)


async def _repeated_cursor(done: Done) -> web.StreamResponse:
    page = done.page_with_successor()
    if page is None or "cursor" not in done.request.query:
        return done.answer
    return web.json_response({"cursor": {**page, "next": done.request.query["cursor"]}})


def _token(cursor: str) -> dict[str, Any]:
    token: dict[str, Any] = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    return token


async def _empty_page(done: Done) -> web.StreamResponse:
    page = done.page_with_successor()
    if page is None or _token(done.request.query.get("cursor", "e30")).get("empty"):
        return done.answer
    token = _token(page["next"])
    # The same page with a cursor that differs: the server ignores members that it does not know.
    token |= {"offset": max(0, token["offset"] - page["pageSize"]), "empty": True}
    again = urlsafe_b64encode(json.dumps(token).encode()).decode().rstrip("=")
    return web.json_response({"cursor": {**page, "next": again, "data": []}})


AFTER: dict[FaultKind, Callable[[Done], Awaitable[web.StreamResponse]]] = {
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
