"""Installing, updating, resetting and uninstalling connectors."""

from functools import partial

from aiohttp import web

from payments_async.sandbox import jsontext, wire
from payments_async.sandbox.ids import ConnectorID, new_uuid
from payments_async.sandbox.store import kept
from payments_async.sandbox.v3 import checks
from payments_async.sandbox.v3.configs import Config, read_config
from payments_async.sandbox.v3.connectors import find
from payments_async.sandbox.v3.providers import PROVIDERS
from payments_async.sandbox.v3.schedules import run_rows, schedule_rows
from payments_async.sandbox.v3.tasks import NOT_FOUND, accepted, task_id_of
from payments_async.sandbox.v3.worker import WORKER, Job, TaskError, Worker
from payments_async.sandbox.world import WORLD, World


async def install_connector(request: web.Request) -> web.Response:
    """POST /v3/connectors/install/{connector}: the name of the provider may be in any case."""
    name = request.match_info["connector"].lower()
    if name not in PROVIDERS:
        raise wire.validation(f"invalid provider: {name}: validation error: validation error")
    connector = install(request.app[WORLD], name, read_config(name, await request.read()))
    return wire.data(wire.encode(str(connector)), status=202)


def install(world: World, provider: str, config: Config) -> ConnectorID:
    """Add a connector with what it fetches; CONFLICT if its name is taken."""
    connector, now = ConnectorID(provider, new_uuid()), world.now().microseconds
    world.store.insert(
        "connector",
        id=str(connector),
        provider=provider,
        name=kept(config["name"]),
        created_at=now,
        updated_at=now,
        config=wire.encode(config),
    )
    fetched = list(schedule_rows(connector, now))
    world.store.insert_all("schedule", fetched)
    world.store.insert_all("instance", run_rows(fetched))
    return connector


async def update_connector_config(request: web.Request) -> web.Response:
    """PATCH /v3/connectors/{connectorID}/config: replaces the whole config in spite of its method."""
    await update(request)
    return wire.nothing()


async def update(request: web.Request) -> None:
    """Replace the config of the connector in the path, its name included."""
    world = request.app[WORLD]
    row = find(world, request, "connector not found: not found")
    config = read_config(row["provider"], await request.read())
    sql = "UPDATE connector SET config = ?, name = ?, updated_at = ? WHERE id = ?"
    world.store.run(sql, wire.encode(config), kept(config["name"]), world.now().microseconds, row["id"])


async def uninstall_connector(request: web.Request) -> web.Response:
    """DELETE /v3/connectors/{connectorID}."""
    world = request.app[WORLD]
    row = find(world, request, "cannot get connector: not found")
    return accepted(uninstall(world, request.app[WORKER], ConnectorID.parse(row["id"])))


def uninstall(world: World, worker: Worker, connector: ConnectorID) -> str:
    """Mark a connector as about to be removed, and start the task that removes it."""
    _mark(world, connector)
    task_id = task_id_of(connector, "uninstall")
    worker.start(task_id, None, Job(partial(_remove, world, str(connector))))
    return task_id


async def reset_connector(request: web.Request) -> web.Response:
    """POST /v3/connectors/{connectorID}/reset: of an unknown connector, a task that fails."""
    world, connector = request.app[WORLD], checks.connector_id(request.match_info["connectorID"])
    return wire.data(wire.encode(reset(world, request.app[WORKER], connector)), status=202)


def reset(world: World, worker: Worker, connector: ConnectorID) -> str:
    """Start the task that replaces a connector by a fresh one, and return its id."""
    _mark(world, connector)
    task_id = task_id_of(connector, "reset")
    worker.start(task_id, None, Job(partial(_replace, world, connector)))
    return task_id


def _mark(world: World, connector: ConnectorID) -> None:
    world.store.run("UPDATE connector SET scheduled_for_deletion = 1 WHERE id = ?", str(connector))


def _remove(world: World, connector_id: str) -> str:
    world.store.run("DELETE FROM connector WHERE id = ?", connector_id)
    return connector_id


def _replace(world: World, connector: ConnectorID) -> str:
    row = world.store.one("SELECT config FROM connector WHERE id = ?", str(connector))
    if row is None:
        raise TaskError(NOT_FOUND)
    with world.store.transaction():
        _remove(world, str(connector))
        return str(install(world, connector.provider, jsontext.decode(row["config"])))
