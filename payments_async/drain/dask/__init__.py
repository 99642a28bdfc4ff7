"""Drains on a cluster of Dask: the partitions of one machine, spread over the workers of many. Needs the extra `dask`.

    plan = by_resource(Stack("europe", rate=180), "payments", "accounts")
    reports = await drain_on(cluster, plan, sink=Tables("postgresql://loader@db/exports"), resume=True)

Dask places the partitions and restarts what is lost; the database keeps the rows and, in the same transactions, how far
each partition has come. A `Folder` keeps both without a database. Workers take their credentials from their own
environment.
"""

from importlib.util import find_spec

if find_spec("distributed") is None:
    raise ImportError("distributed is missing; install what the extra `dask` needs: pip install distributed")

from payments_async.drain.dask.driver import drain_on
from payments_async.drain.dask.plans import Job, Stack, by_account, by_resource, by_stack
from payments_async.drain.dask.targets import Folder, Tables

__all__ = ["Folder", "Job", "Stack", "Tables", "by_account", "by_resource", "by_stack", "drain_on"]
