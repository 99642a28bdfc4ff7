"""The server itself."""

from __future__ import annotations

from payments_async.models import ServerInfo
from payments_async.operations.base import Operations
from payments_async.wire.call import Call
from payments_async.wire.codec import bare


class Server(Operations):
    """The server itself."""

    async def get_server_info(self) -> ServerInfo:
        """Fetch the server's version.

        Raises:
            PaymentsError: the call failed.

        Route: `GET /_info`
        """
        return await self._run(Call("get_server_info", "GET", "/_info", bare(ServerInfo)))
