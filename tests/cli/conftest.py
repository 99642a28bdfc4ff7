import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest

from payments_async.cli import main
from payments_async.sandbox import Sandbox
from tests.cli.running import COMMAND, Command, Ran, Spawn


@pytest.fixture
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment that names no server, and no wish how things should look."""
    looks = {"COLUMNS", "FORCE_COLOR", "GITHUB_ACTIONS", "NO_COLOR", "PY_COLORS", "TERMINAL_WIDTH"}
    for name in list(os.environ):
        if name.startswith("FORMANCE_") or name in looks:
            monkeypatch.delenv(name)


@pytest.fixture
def named(_nothing_set: None, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """A sandbox that the environment names."""
    monkeypatch.setenv("FORMANCE_URL", sandbox.url)
    monkeypatch.setenv("FORMANCE_CLIENT_ID", sandbox.client_id)
    monkeypatch.setenv("FORMANCE_CLIENT_SECRET", sandbox.client_secret)
    return sandbox


@pytest.fixture
def command(_nothing_set: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs a command in a thread, so that a sandbox goes on serving on this loop."""

    def run(*arguments: str) -> int:
        monkeypatch.setattr(sys, "argv", ["payments-async", *arguments])
        with pytest.raises(SystemExit) as exited:
            main()
        return int(exited.value.code or 0)

    async def beside(*arguments: str) -> Ran:
        capsys.readouterr()
        code = await asyncio.to_thread(run, *arguments)
        printed = capsys.readouterr()
        return Ran(code, printed.out, printed.err)

    return beside


@pytest.fixture
async def spawn(_nothing_set: None) -> AsyncIterator[Spawn]:
    """Starts a command in a process of its own, which is gone after the test."""

    async def start(*arguments: str, **options: Any) -> Process:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-W", "error", "-c", COMMAND, *arguments),
            **{"stdin": PIPE, "stdout": PIPE, "stderr": PIPE, **options},
        )
        running.push_async_callback(gone, process)
        return process

    async with AsyncExitStack() as running:
        yield start


async def gone(process: Process) -> None:
    if process.returncode is None:
        process.kill()
    await process.communicate()
