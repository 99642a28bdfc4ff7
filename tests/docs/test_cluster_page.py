"""The page on clusters, run as it is written: certificates by openssl, a scheduler and a worker in TLS, the program."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from payments_async.sandbox import Sandbox
from payments_async.settings import naming
from tests.docs.blocks import blocks, needs_cluster
from tests.judges import cannot_run
from tests.postgresql import Server
from tests.waiting import PATIENCE

PAGE = Path(__file__).parents[2] / "docs" / "cluster.md"


@pytest.mark.dask
async def test_the_program_of_the_page_drains_on_a_cluster_in_tls(
    sandbox: Sandbox, dsn: str, server: Server, tmp_path: Path
) -> None:
    if shutil.which("openssl") is None:
        cannot_run("openssl is not installed (Debian and Ubuntu: apt install openssl)")
    (program,) = filter(needs_cluster, blocks(PAGE))
    certificates, settings, commands = (
        next(each.code for each in blocks(PAGE, "sh") if word in each.code)
        for word in ("openssl req", "export DASK", "dask scheduler")
    )
    scheduler, worker = commands.splitlines()
    environment = {
        **os.environ,
        **naming(sandbox.url, sandbox.client_id, sandbox.client_secret),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PGPASSWORD": server.password,
    }

    async def start(code: str, *arguments: str) -> Process:
        return await asyncio.create_subprocess_exec(
            *("sh", "-eu", "-c", code, *arguments),
            cwd=tmp_path,
            env=environment,
            stdout=PIPE if arguments else DEVNULL,
            stderr=PIPE if arguments else DEVNULL,
        )

    @asynccontextmanager
    async def running(command: str) -> AsyncIterator[None]:
        process = await start(f"{settings}\nexec {command}")
        try:
            yield
        finally:
            process.terminate()
            await process.wait()

    assert await (await start(certificates)).wait() == 0
    security = import_module("distributed").Security(
        require_encryption=True,
        tls_ca_file=str(tmp_path / "ca.pem"),
        tls_client_cert=str(tmp_path / "dask.pem"),
        tls_client_key=str(tmp_path / "dask.key"),
    )
    found = tmp_path / "scheduler.json"
    here = scheduler.replace("10.0.0.10", "127.0.0.1").replace("--port 8786", f"--port 0 --scheduler-file {found}")
    assert here != scheduler
    async with asyncio.timeout(PATIENCE), running(here):
        while not found.exists():  # noqa: ASYNC110  # the scheduler tells nobody else
            await asyncio.sleep(0.05)
        client: Any = import_module("distributed").Client(
            scheduler_file=str(found), security=security, asynchronous=True
        )
        async with client:
            address = client.scheduler.address
            here = worker.replace("tls://10.0.0.10:8786", address).replace("10.0.0.11", "127.0.0.1")
            async with running(here.replace("--nworkers 4", "--nworkers 1")):
                await client.wait_for_workers(1)
                code = program.code.replace("tls://scheduler:8786", address)
                code = code.replace(
                    "postgresql://loader@db.example/exports?sslmode=verify-full", dsn.replace(f":{server.password}", "")
                )
                process = await start('"$0" -c "$1"', sys.executable, code)
                printed, errors = (text.decode() for text in await process.communicate())
    assert (process.returncode, errors) == (0, "")
    assert printed == program.prints
