"""The layers around each call of this API, outside of the client's own."""

from __future__ import annotations

from payments_async.wire.call import Request, Response, Send
from payments_async.wire.errors import NotFoundError, Outcome, ProtocolError

LONGEST_URL = 8_000
"""In bytes; servers and proxies refuse longer URLs, or cut them off."""


def refusing_long_urls(send: Send) -> Send:
    """Refuse URLs so long that the server may not receive all of them; a filter cut short would find other items.

    Raises:
        ValueError: the URL is too long.
        ProtocolError: the URL of a further page is too long, because the server's cursor contains the filter.
    """

    async def send_refusing(request: Request) -> Response:
        if len(request.url) > LONGEST_URL:
            why = (
                f"the URL has {len(request.url):,} bytes, more than the {LONGEST_URL:,} that are sure to arrive:"
                " split the filter, and fetch a list for each part"
            )
            if "?cursor=" in request.url or "&cursor=" in request.url:
                raise ProtocolError(
                    f"the server's cursor contains the filter; {why}",
                    operation=request.operation,
                    outcome=Outcome.NOT_SENT,
                )
            raise ValueError(f"{request.operation}: {why}")
        return await send(request)

    return send_refusing


def naming_old_servers(send: Send) -> Send:
    """Add to the error for a missing route that the server may be too old for it."""

    async def send_naming(request: Request) -> Response:
        try:
            return await send(request)
        except NotFoundError as error:
            # The API's own answer for a missing resource has an error code.
            if error.error_code is None:
                hint = "if the client's api_path is right, this server has no /v3 routes; it is older than 3.0"
                error.args = (f"{error.message}; {hint}",)
            raise

    return send_naming
