"""A program that runs beside the test."""

import asyncio
import signal
from asyncio.subprocess import Process
from collections.abc import Awaitable, Callable
from pathlib import Path

import attrs

from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[2]


@attrs.frozen
class Program:
    """A program that was started, and what it prints."""

    process: Process

    async def line(self) -> str:
        """Its next line, empty when it has ended."""
        assert self.process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            return (await self.process.stdout.readline()).decode()

    async def line_with(self, text: str) -> str:
        """Its next line that holds the text."""
        while text not in (line := await self.line()):
            assert line, f"it ended before it printed {text!r}"
        return line

    async def end(self, by: signal.Signals | None = None) -> str:
        """What it prints until it has ended well, by itself or by a signal."""
        printed = await self._rest(by)
        assert self.process.returncode == 0, printed
        assert "Warning" not in printed
        return printed

    async def kill(self) -> None:
        """End it in whatever it is doing."""
        self.process.kill()
        await self._rest(None)

    async def _rest(self, by: signal.Signals | None) -> str:
        if by is not None:
            self.process.send_signal(by)
        async with asyncio.timeout(PATIENCE):
            printed, _ = await self.process.communicate()
        return printed.decode()


Start = Callable[..., Awaitable[Program]]
