"""Whole drains on a cluster of two worker processes, which die, stop and are cut off."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import pytest

from payments_async.sandbox import Fault, FaultKind, Sandbox
from tests.postgresql import Server, connected
from tests.waiting import PATIENCE

psutil: Any = import_module("psutil")  # a dependency of Dask, without types

pytestmark = pytest.mark.dask

ROWS = 100_000
RATE_LIMIT = 200
RATE = 180.0
PROGRAM = Path(__file__).with_name("driven.py")
TOKENS = ("POST", "/api/auth/oauth/token", 200)


@dataclass
class Driven:
    """A running driver with its cluster.

    Attributes:
        process: Its process, which leads a group with those of the workers.
        log: Where it writes its standard error.
    """

    process: asyncio.subprocess.Process
    log: Path

    async def report(self) -> dict[str, Any]:
        """The next report; empty when the process has ended."""
        assert self.process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            report: dict[str, Any] = json.loads(await self.process.stdout.readline() or "{}")
        return report

    async def reached(self, items: int) -> dict[str, Any]:
        """The first report of so many rows."""
        while (report := await self.report())["items"] < items:
            pass
        return report

    async def ended(self) -> dict[str, Any]:
        """The last report, once the process has ended well."""
        last = dict[str, Any]()
        while report := await self.report():
            last = report
        async with asyncio.timeout(PATIENCE):
            assert await self.process.wait() == 0, self.log.read_text()
        assert last["done"]
        return last

    def workers(self) -> list[Any]:
        """The processes of the workers."""
        children = psutil.Process(self.process.pid).children(recursive=True)
        return [each for each in children if {"spawn_main", "dask_worker"} & _words(each)]


def _words(process: Any) -> set[str]:
    try:
        line = " ".join(process.cmdline())
    except psutil.Error:
        return set()
    return {word for word in ("spawn_main", "dask_worker") if word in line}


@asynccontextmanager
async def driven(sandbox: Sandbox, server: Server, dsn: str, api: str, **options: Any) -> AsyncIterator[Driven]:
    environment = {
        **os.environ,
        "FORMANCE_URL": sandbox.url,
        "FORMANCE_CLIENT_ID": sandbox.client_id,
        "FORMANCE_CLIENT_SECRET": sandbox.client_secret,
        "PGPASSWORD": server.password,
        "DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": "3s",
    }
    given = {"dsn": dsn.replace(f":{server.password}@", "@"), "api": api, "rate": RATE, **options}
    with TemporaryDirectory() as folder, (log := Path(folder, "log")).open("wb") as said:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(PROGRAM),
            json.dumps(given),
            env=environment,
            stdout=PIPE,
            stderr=said,
            start_new_session=True,
        )
        try:
            yield Driven(process, log)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.communicate()


def sandboxed(api: Literal["v1", "v3"], **options: Any) -> Sandbox:
    return Sandbox(
        payments=ROWS,
        version="3.4" if api == "v3" else "2.0.9",
        rate_limit=RATE_LIMIT,
        faults=[Fault(kind=FaultKind.DELAY, seconds=0.02)],
        **options,
    )


async def judge(sandbox: Sandbox, dsn: str) -> None:
    """Hold the table to what there was: each row, written once; and the requests to the rate."""
    async with connected(dsn) as database:
        assert await database.fetchval("SELECT count(*) FROM payments") == ROWS
        assert await database.fetchval("SELECT count(DISTINCT reference) FROM payments") == ROWS
        assert await database.fetchval("SELECT count(*) FROM payments WHERE xmax <> 0") == 0, "written twice"
    assert not [key for key in sandbox.requests if key[2] == 429], "more requests than the budget allows"


def listed(sandbox: Sandbox) -> int:
    """How many requests there were for payments."""
    return sum(count for (_, path, _), count in sandbox.requests.items() if path.endswith("/payments"))


@pytest.mark.parametrize(("api", "revoked"), [("v3", 0), ("v1", 2)])
async def test_each_row_is_written_once_within_the_rate_and_with_one_token_at_a_time(
    server: Server, dsn: str, api: Literal["v1", "v3"], revoked: int
) -> None:
    async with sandboxed(api) as sandbox:
        async with driven(sandbox, server, dsn, api) as running:
            for each in range(revoked):
                await running.reached((each + 1) * ROWS // 4)
                sandbox.revoke_tokens()
            report = await running.ended()
            said = running.log.read_text()
        assert not [secret for secret in (sandbox.client_secret, server.password) if secret in said]
        assert report["items"] == ROWS
        assert revoked or report["requests"] == listed(sandbox)
        assert sandbox.requests[TOKENS] == 1 + revoked, "one worker fetches it for all of them"
        await judge(sandbox, dsn)


async def test_workers_that_are_killed_lose_and_double_nothing(server: Server, dsn: str) -> None:
    async with sandboxed("v1") as sandbox:
        async with driven(sandbox, server, dsn, "v1") as running:
            for share in (0.2, 0.4, 0.6):
                await running.reached(int(share * ROWS))
                running.workers()[0].kill()
            await running.ended()
        await judge(sandbox, dsn)


async def test_a_driver_a_scheduler_and_workers_that_are_killed_lose_and_double_nothing(
    server: Server, dsn: str
) -> None:
    async with sandboxed("v1") as sandbox:
        async with driven(sandbox, server, dsn, "v1") as running:
            await running.reached(ROWS // 2)
            os.killpg(running.process.pid, signal.SIGKILL)
        async with driven(sandbox, server, dsn, "v1") as running:
            report = await running.ended()
        assert report["items"] == ROWS
        # A page is 100 rows; cuts, and pages that were under way or not committed, are some more requests.
        assert listed(sandbox) < 1.35 * ROWS / 100, "it does not begin anew"
        await judge(sandbox, dsn)


async def test_a_worker_that_is_paused_beyond_patience_doubles_nothing_when_it_goes_on(
    server: Server, dsn: str
) -> None:
    async with sandboxed("v1") as sandbox:
        async with driven(sandbox, server, dsn, "v1", watched=False) as running:
            await running.reached(ROWS // 5)
            paused = running.workers()[0]
            paused.suspend()
            # The other worker drains what the paused one has held.
            await running.reached(ROWS // 2)
            paused.resume()
            await running.ended()
        assert not paused.is_running(), "it learns that it was given up, and ends"
        await judge(sandbox, dsn)
