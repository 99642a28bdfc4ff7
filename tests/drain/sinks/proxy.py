"""A proxy in front of a database that cuts a connection, or falls silent, at a message of the client's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Literal


class Proxy:
    """Forwards connections to a server.

    Attributes:
        port: Where it listens on loopback.
        cut: At which of the client's next messages it acts, counted from 0; `None` is never.
        moment: What it does then: it keeps the message to itself and cuts the connection; it cuts when the server has
            answered, and keeps the answer to itself; or it says nothing any more.
        connections: How many connections there were.
    """

    def __init__(self, server: int) -> None:
        self._server = server
        self._tasks = set[asyncio.Task[None]]()
        self.port = 0
        self.cut: int | None = None
        self.moment: Literal["before", "after", "silent"] = "before"
        self.connections = 0

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[Proxy]:
        """Listen until the end of the block."""
        listener = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = listener.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            listener.close()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        from_server, to_server = await asyncio.open_connection("127.0.0.1", self._server)
        answers = asyncio.create_task(self._forward(from_server, writer))
        try:
            while data := await reader.read(1 << 20):
                if self.cut is not None:
                    self.cut -= 1
                if self.cut == -1:
                    self.cut = None
                    if self.moment == "after":
                        answers.cancel()
                        to_server.write(data)
                        await from_server.read(1 << 20)
                    if self.moment == "silent":
                        answers.cancel()
                        await reader.read()
                    break
                to_server.write(data)
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            answers.cancel()
            for each in (writer, to_server):
                each.transport.abort()
            with suppress(asyncio.CancelledError):
                await answers
            self._tasks.discard(task)

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(1 << 20):
                writer.write(data)
        writer.transport.abort()
