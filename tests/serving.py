"""Applications under uvicorn, in the process of the test."""

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, nullcontext
from typing import Any

import aiohttp
import uvicorn
from fastapi import FastAPI


class Server(uvicorn.Server):
    """A server that leaves signals to the tests."""

    def capture_signals(self) -> Any:
        return nullcontext()


@asynccontextmanager
async def serving(app: FastAPI) -> AsyncGenerator[aiohttp.ClientSession]:
    """A session with an application on a free port of its own."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = Server(uvicorn.Config(app, log_level="critical", lifespan="on"))
    running = asyncio.create_task(server.serve([listening]))
    try:
        async with aiohttp.ClientSession(f"http://127.0.0.1:{listening.getsockname()[1]}") as session:
            yield session
    finally:
        server.should_exit = True
        await running
        listening.close()
