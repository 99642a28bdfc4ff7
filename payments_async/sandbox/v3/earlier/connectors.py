"""Connectors by the earlier routes, and their tasks, which have become schedules."""

import sqlite3

from aiohttp import web

from payments_async.sandbox import jsontext, wire
from payments_async.sandbox.ids import ConnectorID
from payments_async.sandbox.times import stamp
from payments_async.sandbox.v3 import checks, connectors, installs, schedules
from payments_async.sandbox.v3.configs import read_config
from payments_async.sandbox.v3.lists import Listing, page, read_page_request
from payments_async.sandbox.v3.providers import PROVIDERS, earlier_word, provider_word
from payments_async.sandbox.v3.worker import WORKER
from payments_async.sandbox.world import WORLD


def task_view(row: sqlite3.Row) -> str:
    """JSON of a schedule in the form of a task."""
    moment = stamp(row["created_at"] // 1_000_000 * 1_000_000)
    return wire.encode(
        {
            "id": row["id"],
            "connectorID": row["connector_id"],
            "createdAt": moment,
            "updatedAt": moment,
            "descriptor": jsontext.decode(schedules.view(row)),
            "status": "ACTIVE",
            "state": None,
            "error": "",
        }
    )


TASKS = Listing(table="schedule", view=task_view)


async def list_all_connectors(request: web.Request) -> web.Response:
    """GET /connectors: all connectors, without pages."""
    rows = request.app[WORLD].store.all("SELECT * FROM connector ORDER BY created_at DESC, rowid DESC")
    listed = [
        {
            "provider": earlier_word(row["provider"]),
            "connectorID": row["id"],
            "name": row["name"],
            "enabled": True,
            "scheduledForDeletion": bool(row["scheduled_for_deletion"]),
        }
        for row in rows
    ]
    return wire.data(wire.encode(listed))


async def install_connector(request: web.Request) -> web.Response:
    """POST /connectors/{connector}."""
    name = provider_word(request.match_info["connector"])
    if name not in PROVIDERS:
        raise wire.validation(f"invalid provider: {name}: validation error: validation error")
    connector = installs.install(request.app[WORLD], name, read_config(name, await request.read()))
    return wire.data(wire.encode({"connectorID": str(connector)}), status=201)


async def update_connector_config(request: web.Request) -> web.Response:
    """POST /connectors/{connector}/{connectorID}/config: replaces the whole config."""
    await installs.update(request)
    return wire.nothing()


async def uninstall_connector(request: web.Request) -> web.Response:
    """DELETE /connectors/{connector}/{connectorID}: answers at once, and is done later."""
    world = request.app[WORLD]
    row = connectors.find(world, request, "cannot get connector: not found")
    installs.uninstall(world, request.app[WORKER], ConnectorID.parse(row["id"]))
    return wire.nothing()


async def reset_connector(request: web.Request) -> web.Response:
    """POST /connectors/{connector}/{connectorID}/reset: answers at once, and is done later."""
    world = request.app[WORLD]
    row = connectors.find(world, request, "cannot get connector: not found")
    installs.reset(world, request.app[WORKER], ConnectorID.parse(row["id"]))
    return wire.nothing()


async def list_connector_tasks(request: web.Request) -> web.Response:
    """GET /connectors/{connector}/{connectorID}/tasks: the schedules of all connectors."""
    checks.connector_id(request.match_info["connectorID"])
    return page(request.app[WORLD], TASKS, await read_page_request(request, TASKS))


async def get_connector_task(request: web.Request) -> web.Response:
    """GET /connectors/{connector}/{connectorID}/tasks/{taskId}."""
    connector, task_id = checks.connector_id(request.match_info["connectorID"]), request.match_info["taskId"]
    sql = "SELECT * FROM schedule WHERE id = ? AND connector_id = ?"
    row = request.app[WORLD].store.one(sql, task_id, str(connector))
    if row is None:
        raise wire.not_found("cannot get schedule: not found")
    return wire.data(task_view(row))
