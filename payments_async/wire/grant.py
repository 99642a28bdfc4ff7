"""The token request of the client-credentials grant (RFC 6749, 4.4), built by authlib."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_token_request

from payments_async.wire.call import Request


def token_request(client_id: str, client_secret: str, scopes: Sequence[str], *, url: str, deadline: float) -> Request:
    """The request that asks the token endpoint at `url` for a token; `deadline` is on the running loop's clock."""
    form = prepare_token_request("client_credentials", scope=scopes)
    client: Any = ClientAuth(client_id, client_secret, "client_secret_post")
    headers = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}
    url, headers, body = client.prepare("POST", url, headers, form)
    return Request(
        operation="get_token",
        method="POST",
        path="(token endpoint)",
        url=url,
        headers=headers,
        body=body.encode(),
        deadline=deadline,
        safe=True,  # one more token changes nothing visible
    )
