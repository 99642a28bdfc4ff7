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
"""The methods of the API that are idempotent on every route (RFC 9110, 9.2.2)."""


@attrs.frozen(kw_only=True)
class Timeout:
    """How long a call may take.

    Attributes:
        total: Seconds for the whole call: token, connection pool, sending, retries, pauses and response body.
        connect: Seconds for one attempt to get a connection, from the pool or new, TLS included. When all connections
            of the session are busy, a call waits in a queue first; only `total` limits that wait.
        attempt: Seconds for one attempt, without the wait in the queue; `None` sets no limit besides `total`.
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
        read: Turns the response into the call's result; raises `ProtocolError`.
        ids: The values of the template's placeholders, by their names.
        query: Query parameters by wire name; parameters that are `None` are left out.
        body: A request model or plain JSON; `None` sends no body.
        idempotent: Whether sending it twice has the same effect as sending it once.
        atomic: Whether the server has done nothing when the API refuses it.
    """

    operation: str
    method: str
    path: str
    read: Callable[[Response], T]
    ids: Mapping[str, str] = attrs.field(default=_EMPTY, kw_only=True)
    query: Mapping[str, QueryValue] = attrs.field(default=_EMPTY, kw_only=True)
    body: Any = attrs.field(default=None, kw_only=True, repr=False)
    idempotent: bool = attrs.field(
        default=attrs.Factory(lambda self: self.method in IDEMPOTENT, takes_self=True), kw_only=True
    )
    atomic: bool = attrs.field(default=True, kw_only=True)


@attrs.frozen(kw_only=True)
class Request:
    """One HTTP request as it is sent.

    Attributes:
        operation: The operation's name, snake_case.
        method: HTTP method.
        path: The path template. Logs show it instead of `url`, which contains ids.
        url: Absolute and percent-encoded.
        headers: Header fields by name.
        body: The bytes to send; `None` sends no body.
        deadline: When the whole call must have ended, on the running loop's clock (`loop.time()`).
        safe: Whether the request changes nothing on the server.
        idempotent: Whether sending it twice has the same effect as sending it once.
        atomic: Whether the server has done nothing when the API refuses it.
        reference: The caller's own reference in the body, if the body has one.
        secrets: Texts in the body that no error may show, even if the server echoes them.
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
    atomic: bool = True
    reference: str | None = None
    secrets: tuple[str, ...] = attrs.field(default=(), repr=False)

    def with_headers(self, headers: Mapping[str, str]) -> Request:
        """The same request with other header fields. Faster than `attrs.evolve`, which looks up all fields."""
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
            atomic=self.atomic,
            reference=self.reference,
            secrets=self.secrets,
        )


@attrs.frozen(kw_only=True)
class Response:
    """One HTTP response with its complete body.

    Attributes:
        request: The request that it answers.
        status: HTTP status code.
        headers: Header fields; their names are case-insensitive.
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
        data: The page's items; may be empty even if more pages follow.
        next: Cursor of the next page, `None` on the last one.
        previous: Cursor of the previous page, `None` on the first one.
        has_more: Whether more pages follow.
        page_size: The size that the server used, not the number of items.
    """

    data: list[T]
    next: str | None = None
    previous: str | None = None
    has_more: bool = attrs.field(metadata={"wire": "hasMore"})
    page_size: int = attrs.field(default=0, metadata={"wire": "pageSize"})

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        from payments_async.wire.schema import core_schema_of  # noqa: PLC0415  # pydantic is optional

        return core_schema_of(source, handler)

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: Any, handler: Any) -> dict[str, Any]:
        from payments_async.wire.schema import json_schema_of  # noqa: PLC0415

        return json_schema_of(cls, core_schema, handler)


Send: TypeAlias = Callable[[Request], Awaitable[Response]]
"""Sends one request and returns its response; raises `PaymentsError`."""

Layer: TypeAlias = Callable[[Send], Send]
"""Wraps one `Send` in another, which acts before or after the inner one."""
