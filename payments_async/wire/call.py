"""The values that travel through the layers of a call, and the shape that every layer has."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, Generic, TypeAlias, TypeVar, cast

import attrs

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

QueryValue: TypeAlias = str | int | bool | datetime | Sequence[str] | None

_EMPTY: Mapping[str, Any] = MappingProxyType({})

IDEMPOTENT = frozenset({"GET", "DELETE"})
"""The methods of the API whose repetition changes nothing, whatever the route (RFC 9110, 9.2.2)."""


@attrs.frozen(kw_only=True)
class Timeout:
    """How long a call may take.

    Attributes:
        total: Seconds for the whole call: token, connection pool, sending, retries, pauses and body.
        connect: Seconds for one attempt to get a connection, out of the pool or new, TLS included. A call that waits
            for its turn, because as many are under way as the session has connections, waits as long as `total` lets
            it.
        attempt: Seconds for one attempt, from its turn to its end; `None` leaves it all the time that the call has.
    """

    total: float = 60.0
    connect: float = 10.0
    attempt: float | None = None

    def __attrs_post_init__(self) -> None:
        limits = {"total": self.total, "connect": self.connect}
        if self.attempt is not None:
            limits["attempt"] = self.attempt
        for name, seconds in limits.items():
            if not isinstance(cast("object", seconds), int | float) or not 0 < seconds < float("inf"):
                raise ValueError(f"Timeout.{name} is {seconds!r}: give a positive, finite number of seconds")


@attrs.frozen
class Call(Generic[T]):
    """One operation with its arguments, before it is put on the wire.

    Attributes:
        operation: The operation's name, snake_case.
        method: HTTP method.
        path: Path template exactly as in the API's description, such as `/accounts/{accountId}`.
        read: Makes the answer's value; raises `ProtocolError`.
        ids: The values of the template's placeholders, by their names.
        query: Query parameters by wire name; those that are `None` are left out.
        body: A request model or plain JSON; `None` sends no body.
        idempotent: Whether sending it twice leaves the server as sending it once does.
    """

    operation: str
    method: str
    path: str
    read: Callable[[Response], T]
    ids: Mapping[str, str] = attrs.field(default=_EMPTY, kw_only=True)
    query: Mapping[str, QueryValue] = attrs.field(default=_EMPTY, kw_only=True)
    body: Any = attrs.field(default=None, kw_only=True)
    idempotent: bool = attrs.field(
        default=attrs.Factory(lambda self: self.method in IDEMPOTENT, takes_self=True), kw_only=True
    )


@attrs.frozen(kw_only=True)
class Request:
    """One HTTP request as it is sent.

    Attributes:
        operation: The operation's name, snake_case.
        method: HTTP method.
        path: The path template: what logs may show in place of `url`, which holds ids.
        url: Absolute and percent-encoded.
        headers: Header fields by name.
        body: The bytes to send; `None` sends no body.
        deadline: When the whole call must have ended, on the running loop's clock (`loop.time()`).
        safe: Whether it changes nothing on the server.
        idempotent: Whether sending it twice leaves the server as sending it once does.
        reference: The caller's own reference in the body, if the body has one.
        secrets: What of the body no error may show, though the server may echo it.
    """

    operation: str
    method: str
    path: str
    url: str
    headers: Mapping[str, str] = attrs.field(factory=dict[str, str], repr=False)
    body: bytes | None = attrs.field(default=None, repr=False)
    deadline: float
    safe: bool = attrs.field(default=attrs.Factory(lambda self: self.method == "GET", takes_self=True))
    idempotent: bool = attrs.field(default=attrs.Factory(lambda self: self.safe, takes_self=True))
    reference: str | None = None
    secrets: tuple[str, ...] = attrs.field(default=(), repr=False)

    def with_headers(self, headers: Mapping[str, str]) -> Request:
        """The same request with other header fields; as `attrs.evolve`, without looking the fields up each time."""
        return Request(
            operation=self.operation,
            method=self.method,
            path=self.path,
            url=self.url,
            headers=headers,
            body=self.body,
            deadline=self.deadline,
            safe=self.safe,
            idempotent=self.idempotent,
            reference=self.reference,
            secrets=self.secrets,
        )


@attrs.frozen(kw_only=True)
class Response:
    """One HTTP answer, read to its end.

    Attributes:
        request: What it answers.
        status: HTTP status code.
        headers: Header fields; names compare without regard to case.
        body: The decompressed bytes.
    """

    request: Request
    status: int
    headers: Mapping[str, str] = attrs.field(repr=False)
    body: bytes = attrs.field(repr=False)


@attrs.frozen(kw_only=True)
class Page(Generic[T]):
    """One page of a list.

    Attributes:
        data: The page's items; may be empty although more pages follow.
        next: Cursor of the next page, `None` on the last one.
        previous: Cursor of the page before, `None` on the first one.
        has_more: Whether more pages follow.
        page_size: The size that the server used, not the number of items.
    """

    data: list[T]
    next: str | None = None
    previous: str | None = None
    has_more: bool = attrs.field(metadata={"wire": "hasMore"})
    page_size: int = attrs.field(default=0, metadata={"wire": "pageSize"})


Send: TypeAlias = Callable[[Request], Awaitable[Response]]
"""Sends one request and gives its answer; raises `PaymentsError`."""

Layer: TypeAlias = Callable[[Send], Send]
"""Wraps a `Send` in another: does its one thing before, after or around it."""
