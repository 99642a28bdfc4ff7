"""How a command ended, in this process or in one of its own."""

import asyncio
from asyncio.subprocess import Process
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from tests.waiting import PATIENCE

COMMAND = "import sys; from payments_async.cli import main; sys.argv[0] = 'payments-async'; main()"


class Ran(NamedTuple):
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str


Command = Callable[..., Awaitable[Ran]]
"""Runs a command in this process."""
Spawn = Callable[..., Awaitable[Process]]
"""Starts a command in a process of its own."""


async def finished(process: Process, typed: str | None = None) -> Ran:
    """How a process ends by itself, and what it has printed."""
    async with asyncio.timeout(PATIENCE):
        out, err = await process.communicate(None if typed is None else typed.encode())
    assert process.returncode is not None
    return Ran(process.returncode, (out or b"").decode(), (err or b"").decode())
