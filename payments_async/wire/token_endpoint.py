"""What a token endpoint answers (RFC 6749, 5): a token, or an error."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, quote_plus

import attrs

from payments_async.wire.call import Layer, Request, Response, Send
from payments_async.wire.errors import (
    AuthenticationError,
    ConfigurationError,
    ProtocolError,
    api_error,
    json_object,
    redacted,
)
from payments_async.wire.hidden import Hidden

MAX_TOKEN_BODY = 2**16
"""The most bytes that a response of a token endpoint may have."""

TOKEN = re.compile(r"[\x21-\x7e]+")
"""Visible ASCII: all that a header field can carry."""


def observing(layers: Sequence[Layer]) -> Layer:
    """Lets layers see that a token is requested, and how that ended, but neither the credentials nor the token.

    Raises:
        ConfigurationError: a layer answered in place of the token endpoint.
    """

    def layer(send: Send) -> Send:
        async def send_observed(request: Request) -> Response:
            received: Response | None = None

            async def exchange(seen: Request) -> Response:
                nonlocal received
                received = await send(request)
                return Response(request=seen, status=received.status, headers={}, body=b"")

            observed: Send = exchange
            for each in reversed(layers):
                observed = each(observed)
            await observed(attrs.evolve(request, headers={}, body=None))
            if received is None:
                raise ConfigurationError("a token layer did not send the request: it can only observe it")
            return received

        return send_observed

    return layer


def checked_token(send: Send) -> Send:
    """Raises an error for each response of a token endpoint that is not a success (RFC 6749, 5.2)."""

    async def send_checked(request: Request) -> Response:
        try:
            response = await send(request)
        except ProtocolError as unusable:
            reason, *_ = unusable.message.split(";")  # what follows is advice for calls of the API
            unusable.args = (f"the token endpoint's response cannot be used: {reason}; check token_url",)
            raise
        status = response.status
        if status < 300:
            return response
        if status in (400, 401, 403):
            raise _refusal(response)
        if status in (408, 429) or status >= 500:
            # Without the body: callers would take its error code for one of the API.
            error = api_error(attrs.evolve(response, body=b""))
            error.args = (f"the token endpoint answered {status}",)
            raise error
        what = " with a redirect" if status < 400 else ""
        raise ProtocolError(f"the token endpoint answered {status}{what}; check token_url", operation=request.operation)

    return send_checked


def _refusal(response: Response) -> AuthenticationError:
    """The error for refused credentials, with the endpoint's message; an echoed secret is removed from it."""
    content = json_object(response.body)
    secret = dict(parse_qsl((response.request.body or b"").decode())).get("client_secret", "")
    secrets = tuple(filter(None, (secret, quote_plus(secret))))

    def text_of(name: str) -> str | None:
        words = content.get(name)
        return redacted(words, secrets) if isinstance(words, str) and words else None

    code, words = text_of("error"), text_of("error_description")
    reason = ": ".join(part for part in (code, words) if part) or "no reason given"
    return AuthenticationError(
        f"the token endpoint refused the credentials ({reason}); check the client id, the secret and the scopes",
        operation=response.request.operation,
        status=response.status,
        error_code=code,
        error_message=words,
    )


def read_token(response: Response) -> tuple[Hidden, float]:
    """The access token in a token endpoint's response, and its lifetime in seconds, infinite if not given.

    Raises:
        ProtocolError: the response holds no usable bearer token.
    """
    token, problem, lifetime = _token_in(json_object(response.body))
    if problem:
        raise ProtocolError(f"the token endpoint {problem}", operation=response.request.operation)
    return token, lifetime


def _token_in(content: Mapping[str, Any]) -> tuple[Hidden, str, float]:
    """The token, or what is wrong with it, and its lifetime in seconds."""
    token, kind = content.get("access_token"), content.get("token_type", "Bearer")
    if not isinstance(token, str) or not TOKEN.fullmatch(token):
        return Hidden(), "gave no usable access_token; check token_url", 0.0
    if not isinstance(kind, str) or kind.lower() != "bearer":
        return Hidden(), "gave a token of another type than Bearer", 0.0
    return Hidden(token), "", _lifetime(content)


def _lifetime(content: Mapping[str, Any]) -> float:
    """`expires_in` in seconds: 0 if it is negative, infinite if it is missing or not a number."""
    try:
        seconds = float(content["expires_in"])
    except (KeyError, TypeError, ValueError, OverflowError):
        return math.inf
    return math.inf if math.isnan(seconds) else max(0.0, seconds)
