"""What worker processes of a cluster gain where each request takes a while on the way.

`python -m benchmarks.cluster URL DSN WORKERS` is one drain of all payments by so many worker processes, in a fresh
process; starting them does not count.
"""

import asyncio
import json
import os
import sys
import time
from importlib import import_module
from typing import Any

from benchmarks.comparison import Measurements
from benchmarks.partitions import LATENCY
from benchmarks.processes import printed, sandboxing
from benchmarks.sizes import Sizes
from payments_async.settings import naming
from tests import postgresql

WORKERS = (1, 2, 4)
TASKS = 4
"""How many tasks a worker process runs at the same time."""
PAGE_SIZE = 100
ON_CLUSTER = "drain on a cluster at 20 ms"
"""The name of what is measured: the payments a second with each number of workers."""


def cluster(sizes: Sizes) -> Measurements:
    """The payments a second of a drain by so many worker processes, into a database."""
    if postgresql.programs() is None:
        print("PostgreSQL is not installed: drains on a cluster are not measured", flush=True)
        return {}
    with sandboxing(sizes.far, LATENCY) as url, postgresql.serving() as server:
        os.environ["PGPASSWORD"] = server.password
        dsn = server.dsn().replace(f":{server.password}", "")
        return {
            ON_CLUSTER: [
                sizes.far / printed("-m", "benchmarks.cluster", url, dsn, str(count))["seconds"]
                for count in WORKERS[: sizes.clusters]
            ]
        }


async def main(url: str, dsn: str, workers: int) -> None:
    # Here, because whoever only shows what was measured needs no Dask.
    from payments_async.drain.dask import Stack, Tables, by_resource, drain_on

    distributed: Any = import_module("distributed")  # it has no types

    async with (
        distributed.LocalCluster(
            n_workers=workers,
            threads_per_worker=TASKS,
            asynchronous=True,
            scheduler_kwargs={"dashboard": False, "dashboard_address": "127.0.0.1:0"},
            env=naming(url, "bench", "bench"),
        ) as here,
        distributed.Client(here, asynchronous=True) as client,
    ):
        plan = by_resource(Stack(), "payments", page_size=PAGE_SIZE)
        started = time.perf_counter()
        await drain_on(client, plan, sink=Tables(dsn), replace=True)
        print(json.dumps({"seconds": time.perf_counter() - started}), flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
