"""`PaymentsClient`: opens the session, stacks the layers and offers the operations."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from importlib import import_module
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self, cast, overload

import aiohttp

from payments_async.settings import from_environment, show_logs
from payments_async.version import VERSION
from payments_async.wire.auth import ClientCredentials, ClientCredentialsSource, TokenSource, authorizing
from payments_async.wire.call import Call, Layer, QueryValue, Response, Send, Timeout
from payments_async.wire.codec import Encoded, anything
from payments_async.wire.connection import Connection
from payments_async.wire.errors import ConfigurationError, checking, origin
from payments_async.wire.hidden import hidden, hidden_values
from payments_async.wire.options import checked_headers, checked_url, framed_by_client, merged
from payments_async.wire.parts import with_parts
from payments_async.wire.pipeline import Pipeline, stack
from payments_async.wire.queue import queueing
from payments_async.wire.retry import RetryPolicy, retrying
from payments_async.wire.token_endpoint import MAX_TOKEN_BODY, checked_token, observing
from payments_async.wire.transport import MAX_BODY
from payments_async.wire.transport import transport as aiohttp_transport

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
"""Seconds that one attempt at the token endpoint may take; after that, it is retried."""

_PATH = re.compile(r"(/(?!(\.|%2[Ee]){0,2}(/|$))([\w.~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})+)+", re.ASCII)
"""An absolute path (RFC 3986) whose segments are not empty and not `.` or `..`, even percent-encoded."""

_USER_AGENT = f"payments-async/{VERSION}"

_LOADED_ON_ENTRY = ("payments", "accounts", "bank_accounts", "pools", "transfer_initiations", "server")
"""Operations that are loaded with their models when a client is entered, so that no call waits for an import.

Two imports are left until their first use: the operations on connectors, with half of all models, and `wire.plain`,
with cattrs, which handles responses that do not fit the models.
"""


@with_parts
class PaymentsClient:
    """The Formance Payments API.

    Use it as an async context manager, or call `aclose()` when done. One client serves any number of concurrent calls
    on one event loop; they share its connections and its token.

    Args:
        base_url: The root URL of the stack, such as `https://acme.example.com`.
        auth: `ClientCredentials`, a `BearerToken` or any `TokenSource`; `None` if the server needs no token.
        api_path: The path of the API below `base_url`; empty for a Payments service without a gateway.
        session: Your own session, used instead of a new one; the client never closes it. A middleware of this session
            must not send a request more than once.
        timeout: How long a call may take.
        retry: How failed requests are retried.
        layers: Your own layers around each call, the first one outermost; they see no token.
        attempt_layers: Your own layers around each attempt of a call; every retry passes through them again.
        token_layers: Your own layers around each request for a token, retries included; they can only observe it.
        headers: Header fields to send with every request.
        max_body: The maximum size of a response, in bytes after decompression; 67,108,864 (64 MiB) by default.
        allow_http: Allows sending credentials and data to another host in clear text.
        transport: Answers all requests, those for tokens too, in place of the network: for tests, such as
            `payments_async.testing.canned`.

    Raises:
        ConfigurationError: an argument is not valid.
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
        token_layers: Sequence[Layer] = (),
        headers: Mapping[str, str] | None = None,
        max_body: int = MAX_BODY,
        allow_http: bool = False,
        transport: Send | None = None,
    ) -> None:
        show_logs()
        # No frame shows them when one is refused.
        base_url, headers = hidden(base_url), hidden_values(headers or {})
        auth = (
            auth if auth is None or isinstance(cast("object", auth), ClientCredentials | TokenSource) else hidden(auth)
        )
        root = checked_url(base_url, "base_url", allow_http=allow_http)
        if api_path and not _PATH.fullmatch(api_path.rstrip("/")):
            raise ConfigurationError("api_path is not a path: give one such as '/api/payments', or ''")
        self._base = root + api_path.rstrip("/")
        self._layers = tuple(layers)
        self._attempt_layers = tuple(attempt_layers)
        self._max_body = max_body
        self._connection = Connection(session)
        self._transport = transport
        self._owner = True
        self._source = self._token_source(auth, root, timeout, retry, token_layers, allow_http=allow_http)
        self._assemble(timeout, retry, checked_headers(headers))

    @classmethod
    def from_env(cls, **options: Any) -> Self:
        """A client for the server and credentials that the environment variables name.

        Reads `FORMANCE_URL`, `FORMANCE_CLIENT_ID`, `FORMANCE_CLIENT_SECRET`, and, if set, `FORMANCE_TOKEN_URL` and
        `FORMANCE_API_PATH`. The options are those of `PaymentsClient`. With an empty `FORMANCE_API_PATH` and without a
        client id and secret, the client sends no token, which fits a Payments service without a gateway.

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
        """A client with other options, which shares this client's session, connections and token.

        It is cheap to create and need not be closed: closing it does nothing. Its headers are added to this client's
        headers, and its layers go inside this client's layers.
        """
        headers = hidden_values(headers or {})
        derived = object.__new__(type(self))
        derived._base = self._base
        derived._layers = (*self._layers, *layers)
        derived._attempt_layers = (*self._attempt_layers, *attempt_layers)
        derived._max_body = self._max_body
        derived._connection = self._connection
        derived._transport = self._transport
        derived._owner = False
        derived._source = self._source
        derived._assemble(
            timeout or self._timeout, retry or self._retry, merged(self._headers, checked_headers(headers))
        )
        return derived

    @property
    def token_source(self) -> TokenSource | None:
        """What the client takes its tokens from, `None` if it needs none."""
        return self._source

    def signed_by(self, source: TokenSource | None) -> Self:
        """A client that takes its tokens from elsewhere, and shares this client's session and options."""
        derived = self.with_options()
        derived._source = source  # noqa: SLF001  # of the same class
        derived._assemble(self._timeout, self._retry, self._headers)  # noqa: SLF001
        return derived

    @property
    def url(self) -> str:
        """The URL of the API, without a trailing slash."""
        return self._base

    # The operations and their models take longer to import than the rest of the package. So they are imported when the
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

    @overload
    async def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, QueryValue] | None = None,
        body: Any = None,
        raw: Literal[False] = False,
    ) -> Any: ...

    @overload
    async def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, QueryValue] | None = None,
        body: Any = None,
        raw: Literal[True],
    ) -> Response: ...

    async def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, QueryValue] | None = None,
        body: Any = None,
        raw: bool = False,
    ) -> Any:
        """Call a route that this package does not know, with plain JSON values and through the same layers.

        Args:
            method: HTTP method, such as `GET`.
            path: The path below `api_path`, percent-encoded, such as `/payments/abc`.
            query: Query parameters; parameters that are `None` are left out.
            body: JSON values; `None` sends no body.
            raw: Whether to return the response with its status, headers and bytes instead.

        Returns:
            The JSON of the response, including the envelope; `None` if it has no body.

        Raises:
            ValueError: the method or the path is not valid.
            PaymentsError: the call failed.
        """
        read = _response if raw else anything
        call = Call("request", method, "/{path}", read, ids={"path": Encoded(path[1:])}, query=query or {}, body=body)
        del body  # the call hides it
        if not re.fullmatch(r"[A-Z]+", method):
            raise ValueError(f"the method is {method!r}: give one such as 'GET'")
        if not _PATH.fullmatch(path):
            raise ValueError(
                f"the path is {path!r}: give one such as '/payments/abc', percent-encoded, without a query"
            )
        return await self._pipeline.run(call)

    async def aclose(self) -> None:
        """Close the session, unless you passed it in, and end a token renewal; may be called any number of times.

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
        layers: Sequence[Layer],
        *,
        allow_http: bool,
    ) -> TokenSource | None:
        if not isinstance(auth, ClientCredentials):
            if auth is not None and (isinstance(auth, type) or not isinstance(cast("object", auth), TokenSource)):
                raise ConfigurationError("auth is not a token source: give ClientCredentials or BearerToken")
            return auth
        send = self._transport or aiohttp_transport(
            self._connection.session,
            Timeout(total=timeout.total, connect=timeout.connect, attempt=_TOKEN_ATTEMPT),
            self._connection.deadlines,
            max_body=MAX_TOKEN_BODY,
        )
        send = stack(send, [observing(tuple(layers)), retrying(retry), checked_token])
        source = ClientCredentialsSource(auth, send, base_url=root, timeout=timeout.total)
        checked_url(source.token_url, "token_url", allow_http=allow_http)
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
        # Whatever a user's layer returns is checked too: it may be a canned response with an error status.
        layers = [*_checked(self._layers), connection.checking_use, retrying(retry)]
        layers += [*_checked(self._attempt_layers), checking, queueing(lambda: connection.turns)]
        if self._source is not None:
            layers.append(authorizing(self._source, origin(self._base)))
        if self._layers or self._attempt_layers:
            layers.append(framed_by_client)
        send = self._transport or aiohttp_transport(
            connection.session, timeout, connection.deadlines, max_body=self._max_body
        )
        self._pipeline = Pipeline(
            send=stack(send, layers),
            base=self._base,
            timeout=timeout,
            headers=merged({"User-Agent": _USER_AGENT}, headers),
        )


def _response(response: Response) -> Response:
    """Leaves a response as it is."""
    return response


def _checked(layers: Sequence[Layer]) -> Sequence[Layer]:
    """A user's layers, with the check of statuses around them if there are any."""
    return (checking, *layers) if layers else ()
