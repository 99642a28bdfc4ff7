"""Token sources, and the layer that signs requests with their tokens."""

from __future__ import annotations

import asyncio
import contextvars
import copy
import hashlib
import logging
import math
import re
import time
from collections.abc import Callable, Iterable
from typing import Protocol, final, runtime_checkable
from urllib.parse import urlsplit

import attrs

from payments_async.wire.call import Layer, Request, Response, Send
from payments_async.wire.deadline import is_cancelled
from payments_async.wire.errors import (
    AuthenticationError,
    ConfigurationError,
    ConnectionFailedError,
    DeadlineExceededError,
    Outcome,
    PaymentsError,
    ProtocolError,
    TransportError,
    origin,
)
from payments_async.wire.hidden import Hidden, hidden
from payments_async.wire.token_endpoint import TOKEN, read_token

log: logging.Logger = logging.getLogger(__name__)


@runtime_checkable
class TokenSource(Protocol):
    """Gives bearer tokens, and is told when the server refuses one."""

    async def acquire(self) -> str:
        """A token to sign the next request with."""
        ...

    def invalidate(self, token: str) -> None:
        """Called when the server has refused this token; a newer token stays valid."""
        ...


def _not_empty(_: object, attribute: attrs.Attribute[str], value: object) -> None:
    if not isinstance(value, str) or not value.strip():
        raise ConfigurationError(f"{attribute.name} is missing: give a non-empty string")


def _is_token(_: object, attribute: attrs.Attribute[str], value: object) -> None:
    if not isinstance(value, str) or not TOKEN.fullmatch(value):
        raise ConfigurationError(f"{attribute.name} is not valid: give visible ASCII without spaces and line breaks")


def _without_user(url: str) -> str:
    """The repr of a URL; what stands before an `@` is not shown, because it may be a password."""
    return repr(re.sub(r".*@", "…@", url))


def _scopes(given: Iterable[str]) -> tuple[str, ...]:
    if isinstance(given, str):
        raise ConfigurationError("scopes is a single text: give a tuple of texts")
    return tuple(given)


@final
@attrs.frozen(init=False)
class BearerToken:
    """A `TokenSource` with one fixed token, which it cannot renew.

    Attributes:
        token: The token.
    """

    token: str = attrs.field(repr=False, validator=_is_token)

    def __init__(self, token: str) -> None:
        token = hidden(token)  # so that no frame shows it when it is refused
        # pyright does not know the method that attrs adds.
        self.__attrs_init__(token)  # pyright: ignore[reportUnknownMemberType, reportAttributeAccessIssue]

    async def acquire(self) -> str:
        """The token."""
        return self.token

    def ready(self) -> str:
        """The token."""
        return self.token

    def invalidate(self, token: str) -> None:
        """Does nothing: there is no other token, so the call fails after a 401."""


@attrs.frozen(init=False)
class ClientCredentials:
    """Credentials for the OAuth2 client-credentials grant (RFC 6749, 4.4), sent in the form (`client_secret_post`).

    Attributes:
        client_id: The client's id.
        client_secret: The client's secret.
        token_url: The token endpoint; a relative URL is joined to the client's `base_url`.
        scopes: The scopes to ask for, such as `payments:read`; if empty, the server's default for this client.
    """

    client_id: str = attrs.field(validator=_not_empty)
    client_secret: str = attrs.field(repr=False, validator=_not_empty)
    token_url: str = attrs.field(
        default="/api/auth/oauth/token", kw_only=True, validator=_not_empty, repr=_without_user
    )
    scopes: tuple[str, ...] = attrs.field(default=(), kw_only=True, converter=_scopes)

    def __init__(
        self,
        client_id: str,
        client_secret: str,
        *,
        token_url: str = "/api/auth/oauth/token",  # noqa: S107  # a path
        scopes: Iterable[str] = (),
    ) -> None:
        client_secret = hidden(client_secret)  # so that no frame shows it when something is refused
        scopes = hidden(scopes) if isinstance(scopes, str) else scopes
        # pyright does not know the method that attrs adds.
        self.__attrs_init__(client_id, client_secret, token_url=token_url, scopes=scopes)  # pyright: ignore[reportUnknownMemberType, reportAttributeAccessIssue]


@attrs.frozen
class _Lease:
    """A token, and the times on the source's clock when its renewal starts and when its use ends."""

    token: str = attrs.field(repr=False)
    renew_at: float
    end_at: float


@final
class ClientCredentialsSource:
    """A `TokenSource` that fetches one token, shares it among all callers and renews it.

    All callers share one request for a token. In the last fifth of the token's lifetime (300 s at most), the token is
    renewed in the background while callers still use it. In the last twentieth (30 s at most), callers wait for the
    new token. The request runs in its own task, so cancelling one caller does not affect the others.

    Args:
        credentials: The client's credentials.
        send: Sends the request to the token endpoint; raises for an error status as `checked_token` does.
        base_url: The URL that a relative token URL is joined to.
        timeout: Seconds that one renewal may take, including retries.
        clock: A monotonic clock in seconds.
    """

    def __init__(
        self,
        credentials: ClientCredentials,
        send: Send,
        *,
        base_url: str,
        timeout: float = 60.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.token_url: str = credentials.token_url
        if not urlsplit(self.token_url).scheme:
            self.token_url = f"{base_url.rstrip('/')}/{self.token_url.lstrip('/')}"
        self._credentials = credentials
        self._send = send
        self._timeout = timeout
        self._clock = clock
        self._lease: _Lease | None = None
        self._renewal: asyncio.Task[_Lease] | None = None
        self._no_renewal_before = -math.inf
        self._closed = False

    async def acquire(self) -> str:
        """The shared token, fetched or renewed if necessary.

        Raises:
            AuthenticationError: the token endpoint refused the credentials.
            ConfigurationError: the source was closed.
            PaymentsError: the token endpoint failed otherwise.
        """
        if (token := self.ready()) is not None:
            return token
        renewal = self._renew()
        # Unlike `await renewal`, this does not cancel the renewal when the caller is cancelled.
        await asyncio.wait((renewal,))
        if renewal.cancelled():
            raise ConfigurationError("the client was closed while a token was on its way")
        return renewal.result().token

    def ready(self) -> str | None:
        """The shared token, or `None` if callers must wait for one; starts a background renewal if it expires soon."""
        lease, now = self._lease, self._clock()
        if lease is None or now >= lease.end_at:
            return None
        if now >= lease.renew_at and now >= self._no_renewal_before and not self._closed:
            self._renew()
        return lease.token

    @property
    def audience(self) -> str:
        """Tells its tokens from those of other credentials and servers, and shows neither."""
        named = (self.token_url, self._credentials.client_id, *self._credentials.scopes)
        return hashlib.sha256("\0".join(named).encode()).hexdigest()

    @property
    def remaining(self) -> float:
        """Seconds that the shared token may still be used, 0 if there is none."""
        return 0.0 if self._lease is None else max(0.0, self._lease.end_at - self._clock())

    def invalidate(self, token: str) -> None:
        """Drops the token if it is still the shared one."""
        if self._lease is not None and self._lease.token == token:
            self._lease = None

    async def aclose(self) -> None:
        """Cancels a running renewal; no other one is started afterwards."""
        self._closed = True
        renewal = self._renewal
        if renewal is not None and not renewal.get_loop().is_closed():
            renewal.cancel()
            await asyncio.wait((renewal,))

    def _renew(self) -> asyncio.Task[_Lease]:
        if self._closed:
            raise ConfigurationError("the client is closed: make another one")
        if self._renewal is None:
            # An empty context: the renewal, its log records and its spans belong to no single caller.
            self._renewal = asyncio.create_task(self._fetch(), name="token renewal", context=contextvars.Context())
            self._renewal.add_done_callback(self._renewed)
        return self._renewal

    def _renewed(self, renewal: asyncio.Task[_Lease]) -> None:
        self._renewal = None
        if renewal.cancelled() or (error := renewal.exception()) is None:
            return
        where, what = origin(self.token_url), type(error).__name__
        log.warning("no token from %s: %s", where, what, extra={"origin": where, "error": what})
        if self._lease is not None:
            # The current token is still valid, so there is time for a pause before the next attempt.
            self._no_renewal_before = self._clock() + (self._lease.end_at - self._lease.renew_at) / 10

    async def _fetch(self) -> _Lease:
        # Imported here because authlib takes long to import, and is needed only about once an hour.
        from payments_async.wire.grant import token_request  # noqa: PLC0415

        requested_at = self._clock()
        credentials = self._credentials
        request = token_request(
            credentials.client_id,
            credentials.client_secret,
            credentials.scopes,
            url=self.token_url,
            deadline=asyncio.get_running_loop().time() + self._timeout,
        )
        response = await self._send(request)
        token, lifetime = read_token(response)
        self._lease = lease = _Lease(
            token,
            renew_at=requested_at + lifetime - min(lifetime * 0.2, 300.0),
            end_at=requested_at + lifetime - min(lifetime * 0.05, 30.0),
        )
        return lease  # and not the token: asyncio's debug mode logs what a task returns


def authorizing(source: TokenSource, api: str) -> Layer:
    """Signs each request with the source's token; after a 401, gets a new token and sends the request once more.

    Args:
        source: The token source.
        api: The API's origin, the only one that a token is sent to.

    Raises:
        PaymentsError: the source gave no token; nothing was sent.
    """
    prefix = f"{api}/"
    # A token is nearly always ready. Taking it this way needs no coroutine and no timer.
    ready = source.ready if isinstance(source, BearerToken | ClientCredentialsSource) else lambda: None

    def layer(send: Send) -> Send:
        async def send_signed(request: Request) -> Response:
            if not request.url.startswith(prefix):
                raise ConfigurationError(f"a token is sent to {api} only", operation=request.operation)
            token = ready() or await _token_for(request, source)  # hidden, like each token below
            response = await send(_signed(request, token))
            if response.status == 401:
                new_token = await _token_for(request, source, refused=token)
                if new_token != token:
                    token = new_token
                    response = await send(_signed(request, token))
            return _unsigned(response, request, token)

        return send_signed

    return layer


async def _token_for(request: Request, source: TokenSource, *, refused: str | None = None) -> str:
    failure: PaymentsError
    limit = asyncio.timeout_at(request.deadline)
    try:
        if refused is not None:
            source.invalidate(refused)
        async with limit:
            token = hidden(await source.acquire())
    except (ConfigurationError, AuthenticationError, ProtocolError) as error:
        # All waiting callers share this error, so each raises its own copy, which names its own operation.
        failure = copy.copy(error)
        failure.outcome = Outcome.NOT_SENT
    except PaymentsError as error:
        kind = type(error) if isinstance(error, ConnectionFailedError | DeadlineExceededError) else TransportError
        reason = error.message.removesuffix("; nothing was sent")
        failure = kind(f"no token: {reason}; nothing was sent", outcome=Outcome.NOT_SENT)
    except (Exception, asyncio.CancelledError) as error:  # a user's source may raise anything; nothing was sent
        if isinstance(error, asyncio.CancelledError) and is_cancelled():
            raise
        if limit.expired():
            failure = DeadlineExceededError(
                "no token before the call's deadline; nothing was sent", outcome=Outcome.NOT_SENT
            )
        else:
            failure = TransportError(
                f"no token: the source raised {type(error).__name__}; nothing was sent", outcome=Outcome.NOT_SENT
            )
    else:
        if isinstance(token, Hidden) and TOKEN.fullmatch(token):
            return token
        failure = ConfigurationError("the token source returned a value that cannot be a token")
    failure.operation = request.operation
    failure.exhausted = True
    raise failure


def _signed(request: Request, token: str) -> Request:
    return request.with_headers({**request.headers, "Authorization": f"Bearer {token}"})


def _unsigned(response: Response, request: Request, token: str) -> Response:
    """The response for the outer layers, without the token: not in its request, nor echoed in an error."""
    headers, body = response.headers, response.body
    if response.status >= 300:
        body = body.replace(token.encode(), b"[redacted]")
        if any(token in value for value in headers.values()):
            headers = {name: value for name, value in headers.items() if token not in value}
    return Response(request=request, status=response.status, headers=headers, body=body)
