"""`PaymentsClient`: opens the session, stacks the layers, hangs up the operations."""

from __future__ import annotations

import asyncio
import ipaddress
import re
import sys
import warnings
from collections.abc import Awaitable, Mapping, Sequence
from functools import cached_property
from importlib import import_module
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, cast
from urllib.parse import urlsplit

import aiohttp

from payments_async.settings import from_environment
from payments_async.version import VERSION
from payments_async.wire.auth import ClientCredentials, ClientCredentialsSource, TokenSource, authorizing, checked_token
from payments_async.wire.call import Call, Layer, QueryValue, Request, Response, Send, Timeout
from payments_async.wire.codec import Encoded, anything
from payments_async.wire.errors import ConfigurationError, checking, origin
from payments_async.wire.pipeline import Pipeline, stack
from payments_async.wire.queue import Turns, queueing
from payments_async.wire.retry import RetryPolicy, retrying
from payments_async.wire.transport import MAX_BODY, open_session, transport

if TYPE_CHECKING:
    from payments_async.operations.accounts import Accounts
    from payments_async.operations.bank_accounts import BankAccounts
    from payments_async.operations.connectors import Connectors
    from payments_async.operations.payments import Payments
    from payments_async.operations.pools import Pools
    from payments_async.operations.server import Server
    from payments_async.operations.transfer_initiations import TransferInitiations
    from payments_async.v3 import V3

_TOKEN_ATTEMPT = 10.0
"""Seconds that one attempt at the token endpoint may take: a hung one is left for another attempt."""

_PATH = re.compile(r"(/(?!(\.|%2[Ee]){0,2}(/|$))([\w.~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})+)+", re.ASCII)
"""An absolute path of whole segments (RFC 3986), none of them `.` or `..`, percent-encoded or not."""

_RESERVED_HEADERS = frozenset({"authorization", "content-length", "content-type", "host", "transfer-encoding"})


_LOADED_ON_ENTRY = ("payments", "accounts", "bank_accounts", "pools", "transfer_initiations", "server")
"""Operations that entering a client loads, with their models, so that no call waits for them.

Left to their first use are the operations on connectors, with half of all models, and `wire.plain` with cattrs, which
reads answers that are not as they should be.
"""


class PaymentsClient:
    """The Formance Payments API.

    Use it as an async context manager, or call `aclose()` when done. One client serves any number of concurrent calls
    of one event loop; they share its connections and its token.

    Args:
        base_url: The stack's root, such as `https://acme.example.com`.
        auth: `ClientCredentials`, a `BearerToken` or any `TokenSource`; `None` for a server that asks for none.
        api_path: Where the API is below `base_url`; empty for a bare Payments service without a gateway.
        session: A session to use instead of one of the client's own; it is never closed. Middlewares of its may send
            each request once only.
        timeout: How long a call may take.
        retry: Which failures are repeated.
        layers: Layers of your own around each call, the first outermost; they see no token.
        attempt_layers: The same around each attempt of a call: a call that is repeated passes them again.
        headers: Header fields to send with every request.
        max_body: The most bytes that an answer may have after decompression.
        allow_http: Lets credentials and data go to another host in clear text.

    Raises:
        ConfigurationError: something of this cannot work.
    """

    def __init__(
        self,
        base_url: str,
        *,
        auth: ClientCredentials | TokenSource | None = None,
        api_path: str = "/api/payments",
        session: aiohttp.ClientSession | None = None,
        timeout: Timeout = Timeout(),  # noqa: B008  # frozen
        retry: RetryPolicy = RetryPolicy(),  # noqa: B008  # frozen
        layers: Sequence[Layer] = (),
        attempt_layers: Sequence[Layer] = (),
        headers: Mapping[str, str] | None = None,
        max_body: int = MAX_BODY,
        allow_http: bool = False,
    ) -> None:
        root = _checked_url(base_url, "base_url", allow_http=allow_http)
        if api_path and not _PATH.fullmatch(api_path.rstrip("/")):
            raise ConfigurationError(f"api_path is {api_path!r}: give a path such as '/api/payments', or ''")
        self._base = root + api_path.rstrip("/")
        self._layers = tuple(layers)
        self._attempt_layers = tuple(attempt_layers)
        self._max_body = max_body
        self._connection = _Connection(session)
        self._owner = True
        self._source = self._token_source(auth, root, timeout, retry, allow_http=allow_http)
        self._assemble(timeout, retry, _checked_headers(headers or {}))

    @classmethod
    def from_env(cls, **options: Any) -> Self:
        """A client of what the environment names.

        Reads `FORMANCE_URL`, `FORMANCE_CLIENT_ID`, `FORMANCE_CLIENT_SECRET`, and if set `FORMANCE_TOKEN_URL` and
        `FORMANCE_API_PATH`. The options are those of `PaymentsClient`.

        Raises:
            ConfigurationError: a variable is missing.
        """
        settings = from_environment()
        if settings.api_path is not None:
            options.setdefault("api_path", settings.api_path)
        return cls(settings.base_url, auth=settings.auth, **options)

    def with_options(
        self,
        *,
        timeout: Timeout | None = None,
        retry: RetryPolicy | None = None,
        layers: Sequence[Layer] = (),
        attempt_layers: Sequence[Layer] = (),
        headers: Mapping[str, str] | None = None,
    ) -> Self:
        """A client with other options that shares this one's session, connections and token.

        It is cheap to make and needs no closing: closing it does nothing. Headers are added to this client's, and
        layers go inside of this client's.
        """
        derived = object.__new__(type(self))
        derived._base = self._base
        derived._layers = (*self._layers, *layers)
        derived._attempt_layers = (*self._attempt_layers, *attempt_layers)
        derived._max_body = self._max_body
        derived._connection = self._connection
        derived._owner = False
        derived._source = self._source
        derived._assemble(
            timeout or self._timeout, retry or self._retry, _merged(self._headers, _checked_headers(headers or {}))
        )
        return derived

    @property
    def url(self) -> str:
        """The URL of the API, without a slash at its end."""
        return self._base

    # What follows, and the models with it, takes longer to import than the rest of the package: it is imported when the
    # client is entered, or at the first use.

    @cached_property
    def payments(self) -> Payments:
        """The operations on payments."""
        from payments_async.operations.payments import Payments  # noqa: PLC0415

        return Payments(self._pipeline)

    @cached_property
    def accounts(self) -> Accounts:
        """The operations on accounts."""
        from payments_async.operations.accounts import Accounts  # noqa: PLC0415

        return Accounts(self._pipeline)

    @cached_property
    def bank_accounts(self) -> BankAccounts:
        """The operations on bank accounts."""
        from payments_async.operations.bank_accounts import BankAccounts  # noqa: PLC0415

        return BankAccounts(self._pipeline)

    @cached_property
    def pools(self) -> Pools:
        """The operations on pools."""
        from payments_async.operations.pools import Pools  # noqa: PLC0415

        return Pools(self._pipeline)

    @cached_property
    def transfer_initiations(self) -> TransferInitiations:
        """The operations on transfer initiations."""
        from payments_async.operations.transfer_initiations import TransferInitiations  # noqa: PLC0415

        return TransferInitiations(self._pipeline)

    @cached_property
    def connectors(self) -> Connectors:
        """The operations on connectors."""
        from payments_async.operations.connectors import Connectors  # noqa: PLC0415

        return Connectors(self._pipeline)

    @cached_property
    def server(self) -> Server:
        """The operations on the server itself."""
        from payments_async.operations.server import Server  # noqa: PLC0415

        return Server(self._pipeline)

    @cached_property
    def v3(self) -> V3:
        """The operations of Payments 3.0 and later, under `/v3`."""
        from payments_async.v3 import V3  # noqa: PLC0415

        return V3(self)

    async def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, QueryValue] | None = None,
        body: Any = None,
    ) -> Any:
        """Reach a route that this package does not know, through the same layers, as plain JSON values.

        Args:
            method: HTTP method, such as `GET`.
            path: The path below `api_path`, percent-encoded, such as `/payments/abc`.
            query: Query parameters; those that are `None` are left out.
            body: JSON values; `None` sends no body.

        Returns:
            The answer's JSON, envelope included; `None` where it has no body.

        Raises:
            ValueError: the path is not one.
            PaymentsError: the call failed.
        """
        if not re.fullmatch(r"[A-Z]+", method):
            raise ValueError(f"the method is {method!r}: give one such as 'GET'")
        if not _PATH.fullmatch(path):
            raise ValueError(
                f"the path is {path!r}: give one such as '/payments/abc', percent-encoded, without a query"
            )
        ids = {"path": Encoded(path[1:])}
        return await self._pipeline.run(
            Call("request", method, "/{path}", anything, ids=ids, query=query or {}, body=body)
        )

    async def aclose(self) -> None:
        """Close the session, unless it was passed in, and end what is under way; may be called any number of times.

        Raises:
            ConfigurationError: the client belongs to another event loop.
        """
        if self._owner:
            self._connection.check_loop(closing=True)
            try:
                if isinstance(self._source, ClientCredentialsSource):
                    await self._source.aclose()
            finally:
                await self._connection.aclose()

    async def __aenter__(self) -> Self:
        for name in _LOADED_ON_ENTRY:
            getattr(self, name)
        if isinstance(self._source, ClientCredentialsSource):
            import_module("payments_async.wire.grant")
        self._connection.session()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"PaymentsClient({self._base!r})"

    def _token_source(
        self,
        auth: ClientCredentials | TokenSource | None,
        root: str,
        timeout: Timeout,
        retry: RetryPolicy,
        *,
        allow_http: bool,
    ) -> TokenSource | None:
        if not isinstance(auth, ClientCredentials):
            if auth is not None and (isinstance(auth, type) or not isinstance(cast("object", auth), TokenSource)):
                raise ConfigurationError("auth is no token source: give ClientCredentials or BearerToken")
            return auth
        send = transport(
            self._connection.session,
            Timeout(total=timeout.total, connect=timeout.connect, attempt=_TOKEN_ATTEMPT),
            max_body=self._max_body,
        )
        source = ClientCredentialsSource(
            auth, stack(send, [retrying(retry), checked_token]), base_url=root, timeout=timeout.total
        )
        _checked_url(source.token_url, "token_url", allow_http=allow_http)
        return source

    def _assemble(self, timeout: Timeout, retry: RetryPolicy, headers: Mapping[str, str]) -> None:
        for name, given, kind, example in (
            ("timeout", timeout, Timeout, "Timeout(total=30)"),
            ("retry", retry, RetryPolicy, "RetryPolicy(attempts=4)"),
        ):
            if not isinstance(cast("object", given), kind):
                raise ConfigurationError(f"{name} is {given!r}: give a {kind.__name__}, such as {example}")
        self._timeout, self._retry, self._headers = timeout, retry, headers
        connection = self._connection
        layers = [*self._layers, connection.checking_use, retrying(retry), *self._attempt_layers]
        layers += [checking, queueing(lambda: connection.turns)]
        if self._source is not None:
            layers.append(authorizing(self._source, origin(self._base)))
        self._pipeline = Pipeline(
            send=stack(transport(connection.session, timeout, max_body=self._max_body), layers),
            base=self._base,
            timeout=timeout,
            headers=_merged({"User-Agent": _USER_AGENT}, headers),
        )


class _Connection:
    """The session that a client and those derived from it share, bound to the event loop that first used it."""

    def __init__(self, session: aiohttp.ClientSession | None) -> None:
        self._session = session
        self._own = session is None
        self._closed = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self.turns: Turns | None = None
        """Counts the connections that the session may have; `None` where there is no limit, or no session yet."""
        self._made_at = _caller()

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
        """Refuses to go on in another event loop than the session's; closing goes on where that loop is gone."""
        # aiohttp has no public name for the loop of a session that was passed in.
        loop: asyncio.AbstractEventLoop | None = self._loop or getattr(self._session, "_loop", None)
        if loop not in (None, asyncio.get_running_loop()) and not (closing and loop.is_closed()):
            raise ConfigurationError("the client belongs to another event loop: make one for each", operation=operation)

    def checking_use(self, send: Send) -> Send:
        """The layer that refuses a call on a closed client or from another event loop before anything is awaited."""

        def send_checked(request: Request) -> Awaitable[Response]:
            self.session(request.operation)
            return send(request)

        return send_checked

    def _bind(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._session = self._session or open_session()
        if (connector := self._session.connector) is not None:
            limits = [limit for limit in (connector.limit, connector.limit_per_host) if limit]
            self.turns = Turns(min(limits)) if limits else None

    async def aclose(self) -> None:
        """Close the session if it is the client's own."""
        self._closed = True
        if self._own and self._session is not None:
            await self._session.close()

    def __del__(self) -> None:
        if self._own and self._session is not None and not self._closed:
            warnings.warn(
                f"the PaymentsClient made at {self._made_at} was never closed: use 'async with' or aclose()",
                ResourceWarning,
                source=self,
                stacklevel=2,
            )


_USER_AGENT = f"payments-async/{VERSION}"


def _caller() -> str:
    """File and line outside of this package which the client is made at."""
    frame = sys._getframe(1)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # a documented function
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith("payments_async."):
        frame = frame.f_back
    return f"{frame.f_code.co_filename}:{frame.f_lineno}"


def _checked_url(url: str, name: str, *, allow_http: bool) -> str:
    """The URL without a slash at its end.

    Raises:
        ConfigurationError: it is none, or would send credentials in clear text to another host.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    else:
        if host and parts.scheme in ("http", "https") and not re.search(r"[\s?#@\\]", url):
            if parts.scheme == "http" and not allow_http and not _is_loopback(host):
                raise ConfigurationError(
                    f"{name} would send data to {host} in clear text: use https, or allow_http=True if you must"
                )
            return f"{parts.scheme}{url[len(parts.scheme) :]}".rstrip("/")  # the scheme in lower case
    raise ConfigurationError(
        f"{name} is not an http(s) URL without credentials and query, e.g. https://acme.example.com"
    )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _merged(headers: Mapping[str, str], others: Mapping[str, str]) -> Mapping[str, str]:
    """Both; of two names that differ in case alone, the other's."""
    names = {name.lower() for name in others}
    return {**{name: value for name, value in headers.items() if name.lower() not in names}, **others}


def _checked_headers(headers: Mapping[str, str]) -> Mapping[str, str]:
    for name, value in headers.items():
        if name.lower() in _RESERVED_HEADERS:
            raise ConfigurationError(f"the header {name} is the client's own to set; for a token use auth")
        if not re.fullmatch(r"[\w!#$%&'*+.^`|~-]+", name, re.ASCII) or re.search(r"[\x00-\x08\x0a-\x1f\x7f]", value):
            raise ConfigurationError(f"the header {name!r} has characters that a header cannot have")
    return dict(headers)
