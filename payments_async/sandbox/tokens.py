"""The OAuth2 token endpoint, client credentials only.

Tokens look like the server's: JWTs with the same claims. They are signed with HMAC instead of RS256, because the
standard library has no RSA and only the sandbox checks them, by looking them up among those that it has issued.
"""

import binascii
import hashlib
import hmac
import math
import secrets
from base64 import b64decode
from collections.abc import Callable
from datetime import datetime
from urllib.parse import parse_qsl, unquote_plus

from aiohttp import web

from payments_async.sandbox import wire
from payments_async.sandbox.ids import new_uuid, to_base64url
from payments_async.sandbox.parameters import parameters

SCOPES = ("payments:read", "payments:write")


class Tokens:
    """Issues tokens and recognises them.

    Args:
        client_id: the only client.
        client_secret: its secret.
        issuer: `iss` of the tokens, a function because the port is known late.
        lifetime: seconds.
        opaque: issue random strings instead of JWTs.
        clock: the time shown in tokens.
        ticks: seconds of a monotonic clock; decides about expiry.
    """

    def __init__(
        self,
        *,
        client_id: str,
        client_secret: str,
        issuer: Callable[[], str],
        lifetime: float,
        opaque: bool,
        clock: Callable[[], datetime],
        ticks: Callable[[], float],
    ) -> None:
        self.issued: int = 0
        """How many tokens were issued."""
        self._client = (client_id, client_secret)
        self._issuer = issuer
        self._lifetime = lifetime
        self._opaque = opaque
        self._clock = clock
        self._ticks = ticks
        self._expiries: dict[str, float] = {}
        self._key = secrets.token_bytes(32)

    def accept(self, authorization: str) -> bool:
        """Whether the header carries a token that was issued, is not revoked and has not expired."""
        scheme, _, token = authorization.partition(" ")
        return scheme in ("Bearer", "bearer") and self._ticks() < self._expiries.get(token, -math.inf)

    def expire(self, authorization: str) -> None:
        """Expire the token in the header."""
        self._expiries.pop(authorization.partition(" ")[2], None)

    def revoke(self) -> None:
        """Refuse all tokens issued so far."""
        self._expiries.clear()

    async def issue(self, request: web.Request) -> web.Response:
        """Answer a token request, with parameters in form or query, and credentials there or in HTTP Basic."""
        form = {name: values[0] for name, values in parameters(request).items()}
        if request.content_type == "application/x-www-form-urlencoded":
            form |= dict(reversed(parse_qsl((await request.read()).decode(errors="replace"), keep_blank_values=True)))
        grant = form.get("grant_type", "")
        if not grant:
            return _refusal(400, "invalid_request", "grant_type missing")
        if grant != "client_credentials":
            return _refusal(400, "unsupported_grant_type", f"{grant} not supported")
        client = _basic(request.headers.get("Authorization", "")) or (
            form.get("client_id", ""),
            form.get("client_secret", ""),
        )
        if client != self._client:
            return _refusal(401, "invalid_client")
        asked = form.get("scope", "").split()
        token = self._new_token(" ".join(scope for scope in asked if scope in SCOPES))
        remaining = max(0, math.ceil(self._lifetime) - 1)
        return wire.answer(wire.encode({"access_token": token, "token_type": "Bearer", "expires_in": remaining}))

    def _new_token(self, scope: str) -> str:
        now = self._ticks()
        self._expiries = {token: expiry for token, expiry in self._expiries.items() if expiry > now}
        token = secrets.token_urlsafe(32) if self._opaque else self._jwt(scope)
        self._expiries[token] = now + self._lifetime
        self.issued += 1
        return token

    def _jwt(self, scope: str) -> str:
        seconds = int(self._clock().timestamp())
        claims = {
            "iss": self._issuer(),
            "aud": [self._client[0]],
            "exp": seconds + math.ceil(self._lifetime),
            "iat": seconds,
            "nbf": seconds,
            "jti": new_uuid(),
            "scope": scope,
        }
        parts = ({"alg": "HS256", "typ": "JWT"}, claims)
        signed = ".".join(to_base64url(wire.encode(part).encode()) for part in parts)
        return f"{signed}.{to_base64url(hmac.digest(self._key, signed.encode(), hashlib.sha256))}"


def _basic(authorization: str) -> tuple[str, str] | None:
    scheme, _, credentials = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, colon, password = b64decode(credentials, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (unquote_plus(name), unquote_plus(password)) if colon else None


def _refusal(status: int, error: str, description: str | None = None) -> web.Response:
    body = {"error": error} | ({"error_description": description} if description else {})
    return wire.answer(wire.encode(body), status=status)
