"""The layers that stand around each call of this API, outside of the client's own."""

from __future__ import annotations

from payments_async.wire.call import Request, Response, Send
from payments_async.wire.errors import NotFoundError

LONGEST_URL = 8_000
"""Bytes: servers and proxies on the way take no longer ones, or drop what is behind."""


def refusing_long_urls(send: Send) -> Send:
    """Refuses URLs that may not arrive whole: a filter that is cut off would give other items.

    Raises:
        ValueError: the URL is too long.
    """

    async def send_refusing(request: Request) -> Response:
        if len(request.url) > LONGEST_URL:
            raise ValueError(
                f"{request.operation}: the URL has {len(request.url):,} bytes, which is more than the"
                f" {LONGEST_URL:,} that surely arrive: split the filter, and walk a list for each part"
            )
        return await send(request)

    return send_refusing


def naming_old_servers(send: Send) -> Send:
    """Says of a route that is not there that the server may be too old for it."""

    async def send_naming(request: Request) -> Response:
        try:
            return await send(request)
        except NotFoundError as error:
            # Of a resource that it does not have, the API says so by a code.
            if error.error_code is None:
                hint = "if the client's api_path is right, this server has no /v3 routes; it is older than 3.0"
                error.args = (f"{error.message}; {hint}",)
            raise

    return send_naming
