"""A process that drains payments on a cluster of its own: `python driven.py OPTIONS`.

The environment tells it where from. It prints a line of JSON whenever a task has ended. The scheduler runs in this
process, the workers in others.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from importlib import import_module
from typing import Any

import attrs

from payments_async.drain import Report
from payments_async.drain.dask import Stack, Tables, by_resource, drain_on

distributed: Any = import_module("distributed")  # its functions have no types


@asynccontextmanager
async def cluster(workers: int, *, watched: bool) -> AsyncIterator[Any]:
    """A cluster on this machine; workers that die are started again if they are watched."""
    settings: dict[str, Any] = {
        "scheduler_kwargs": {"dashboard": False, "dashboard_address": "127.0.0.1:0"},
        "asynchronous": True,
        "threads_per_worker": 4,
    }
    settings["n_workers"] = workers if watched else 0
    async with AsyncExitStack() as stack:
        local = await stack.enter_async_context(distributed.LocalCluster(**settings))
        for _ in range(0 if watched else workers):
            command = ("-m", "distributed.cli.dask_worker", local.scheduler_address, "--no-nanny", "--nthreads=4")
            process = await asyncio.create_subprocess_exec(sys.executable, *command, "--no-dashboard")
            stack.push_async_callback(process.wait)
            stack.callback(kill, process)
        client = await stack.enter_async_context(distributed.Client(local, asynchronous=True))
        await client.wait_for_workers(workers)
        yield client


def kill(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.kill()


def told(report: Report) -> None:
    print(json.dumps(attrs.asdict(report)), flush=True)


async def main(*, dsn: str, api: Any, rate: float, workers: int = 2, watched: bool = True) -> None:
    plan = by_resource(Stack("sandbox", rate=rate), "payments", api=api, page_size=100)
    async with cluster(workers, watched=watched) as client:
        await drain_on(client, plan, sink=Tables(dsn), resume=True, on_progress=told)


if __name__ == "__main__":
    asyncio.run(main(**json.loads(sys.argv[1])))
