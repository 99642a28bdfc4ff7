"""What the examples are run by: programs of their own, in the environment of a user of the sandbox."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from payments_async.sandbox import Sandbox
from tests.examples.program import ROOT, Program, Start


@pytest.fixture
async def start(sandbox: Sandbox) -> AsyncIterator[Start]:
    """Starts Python with the arguments given, at the root of the project; what runs after the test is killed."""
    started: list[Program] = []

    async def start(*arguments: str | Path) -> Program:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-W", "always::ResourceWarning", *arguments),
            cwd=ROOT,
            env={
                **os.environ,
                "FORMANCE_URL": sandbox.url,
                "FORMANCE_CLIENT_ID": sandbox.client_id,
                "FORMANCE_CLIENT_SECRET": sandbox.client_secret,
            },
            stdout=PIPE,
            stderr=STDOUT,
        )
        started.append(Program(process))
        return started[-1]

    yield start
    for program in started:
        if program.process.returncode is None:
            await program.kill()
