"""Waiting for the work of tasks, as the earlier routes do."""

from collections.abc import Callable

from aiohttp import web

from payments_async.sandbox import wire
from payments_async.sandbox.v3.worker import WORKER, Worker
from payments_async.sandbox.world import WORLD


async def finish(request: web.Request, start: Callable[[Worker], str]) -> None:
    """Start a task and wait until it has ended; INTERNAL if it fails.

    Args:
        request: what it is for.
        start: starts it and returns its id; empty if there is nothing to do.
    """
    worker = request.app[WORKER]
    task_id = start(worker)
    await worker.ended(task_id)
    row = request.app[WORLD].store.one("SELECT error FROM task WHERE id = ? AND status = 'FAILED'", task_id)
    if row is not None:
        raise wire.internal(row["error"])
