"""Tasks, the answers of operations that end later."""

import sqlite3

from aiohttp import web

from payments_async.sandbox import wire
from payments_async.sandbox.ids import AccountID, ConnectorID
from payments_async.sandbox.times import stamp
from payments_async.sandbox.v3 import checks
from payments_async.sandbox.v3.schedules import STACK
from payments_async.sandbox.world import WORLD

NOT_FOUND = "not found (type: fundamental, retryable: true)"
"""The error of a task whose object does not exist."""


def view(row: sqlite3.Row) -> str:
    """JSON of a stored task; what it has not is absent."""
    members = {
        "id": row["id"],
        "connectorID": row["connector_id"],
        "status": row["status"],
        "createdAt": stamp(row["created_at"]),
        "updatedAt": stamp(row["updated_at"]),
        "createdObjectID": row["created_object_id"],
        "error": row["error"],
    }
    return wire.encode({name: value for name, value in members.items() if value is not None})


async def get_task(request: web.Request) -> web.Response:
    """GET /v3/tasks/{taskID}."""
    task_id = checks.account_id(request.match_info["taskID"])
    row = request.app[WORLD].store.one("SELECT * FROM task WHERE id = ?", task_id)
    if row is None:
        raise wire.not_found("cannot get task: not found")
    return wire.data(view(row))


def task_id_of(connector: ConnectorID, what: str, *parts: str, attempt: int | None = None) -> str:
    """The id of a task, the same for the same object: asking again opens it again.

    Args:
        connector: whose task it is.
        what: what it does.
        parts: the ids of what it does this to.
        attempt: which one it is, of tasks that can be repeated.
    """
    number = () if attempt is None else (str(attempt),)
    whose = (connector.provider, connector.reference) if connector.provider else ()
    return str(AccountID(connector, "-".join((what, STACK, *number, *whose, *parts))))


def accepted(task_id: str) -> web.Response:
    """Send 202 with the id of a task."""
    return wire.data(wire.encode({"taskID": task_id}), status=202)
