"""A stream without end under uvicorn, in a process of its own that is told to end."""

import asyncio
import os
import re
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path

import aiohttp
import pytest

from payments_async.sandbox import Sandbox
from tests.waiting import PATIENCE

PROGRAM = """
from fastapi import FastAPI
from payments_async.integrations.fastapi import NDJSONResponse, lifespan

app = FastAPI(lifespan=lifespan())

async def rows():
    try:
        while True:
            yield ["x" * 10_000] * 10
    finally:
        print("the rows are closed", flush=True)

@app.get("/")
async def stream() -> NDJSONResponse:
    return NDJSONResponse(rows())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="SIGTERM ends a process at once on Windows")
async def test_a_reader_that_does_not_read_is_left_when_the_time_to_end_is_over(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    (tmp_path / "endless.py").write_text(PROGRAM)
    names = {"URL": sandbox.url, "CLIENT_ID": sandbox.client_id, "CLIENT_SECRET": sandbox.client_secret}
    options = ("--app-dir", str(tmp_path), "--port", "0", "--timeout-graceful-shutdown", "1")
    server = await asyncio.create_subprocess_exec(
        *(sys.executable, "-W", "always", "-m", "uvicorn", *options, "endless:app"),
        env={**os.environ, **{f"FORMANCE_{name}": value for name, value in names.items()}},
        stdout=PIPE,
        stderr=STDOUT,
    )
    try:
        async with asyncio.timeout(PATIENCE):
            assert server.stdout is not None
            while not (running := re.search(rb"running on (\S+)", await server.stdout.readline())):
                assert not server.stdout.at_eof()
            async with aiohttp.ClientSession() as reader, reader.get(running[1].decode()) as answer:
                assert await answer.content.readline()
                server.send_signal(signal.SIGTERM)
                printed = (await server.communicate())[0].decode()
    finally:
        if server.returncode is None:
            server.kill()
            await server.communicate()
    assert "timeout graceful shutdown exceeded" in printed
    assert "the rows are closed" in printed
    assert "Application shutdown complete" in printed
    assert not re.search("Warning|never retrieved|never awaited", printed)
