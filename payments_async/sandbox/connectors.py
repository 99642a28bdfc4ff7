"""Connectors, their configs and their tasks; deprecated routes have no id and mean the only connector of a provider."""

import sqlite3

from aiohttp import web

from payments_async.sandbox import jsontext, wire
from payments_async.sandbox.bodies import Body, read_body
from payments_async.sandbox.collation import Column
from payments_async.sandbox.configs import Config, complete_config, read_config, show_config
from payments_async.sandbox.ids import ConnectorID, new_uuid, parse_uuid
from payments_async.sandbox.lists import Listing, page, read_page_request
from payments_async.sandbox.parameters import parameters
from payments_async.sandbox.providers import PROVIDERS, ConfigField
from payments_async.sandbox.simulation import start_connector
from payments_async.sandbox.store import kept
from payments_async.sandbox.times import stamp
from payments_async.sandbox.world import WORLD, World


def task_view(row: sqlite3.Row) -> str:
    """JSON of a stored task."""
    created_at = stamp(row["created_at"])
    members = {
        "id": row["id"],
        "connectorID": row["connector_id"],
        "createdAt": created_at,
        "updatedAt": created_at,
        "status": row["status"],
        "error": row["error"],
    }
    return wire.splice(members, descriptor=row["descriptor"], state=row["state"])


TASKS = Listing(table="task", view=task_view, columns={"created_at": Column("created_at")})


async def list_all_connectors(request: web.Request) -> web.Response:
    """GET /connectors: all connectors, without pages."""
    rows = request.app[WORLD].store.all("SELECT * FROM connector")
    return wire.data(
        wire.encode(
            [
                {"provider": row["provider"], "connectorID": row["id"], "name": row["name"], "enabled": True}
                for row in rows
            ]
        )
    )


async def list_configs_available_connectors(_request: web.Request) -> web.Response:
    """GET /connectors/configs."""
    configs = {
        name: {field: config.listed() for field, config in provider.fields().items()}
        | {"name": ConfigField(default=name).listed()}
        for name, provider in PROVIDERS.items()
    }
    return wire.data(wire.encode(configs))


async def install_connector(request: web.Request) -> web.Response:
    """POST /connectors/{connector}."""
    world = request.app[WORLD]
    provider = _provider(request)
    config = read_config(provider, await _config_body(request))
    name = kept(config["name"])
    if world.store.one("SELECT 1 FROM connector WHERE name = ?", name) is not None:
        raise wire.validation("already installed")
    connector = _install(world, provider, name, complete_config(provider, config))
    return wire.data(wire.encode({"connectorID": str(connector)}), status=201)


async def uninstall_connector(request: web.Request) -> web.Response:
    """DELETE /connectors/{connector} and /connectors/{connector}/{connectorId}."""
    world = request.app[WORLD]
    _uninstall(world, _own(request)["id"])
    return wire.nothing()


async def reset_connector(request: web.Request) -> web.Response:
    """POST /connectors/{connector}/reset and …/{connectorId}/reset: deletes its rows and gives it a new id."""
    world = request.app[WORLD]
    row = _own(request)
    _uninstall(world, row["id"])
    _install(world, row["provider"], row["name"], jsontext.decode(row["config"]))
    return wire.nothing()


async def read_connector_config(request: web.Request) -> web.Response:
    """GET /connectors/{connector}/config and …/{connectorId}/config: with the members of the provider in the path."""
    row = _addressed(request)
    return wire.data(wire.encode(show_config(_provider(request), jsontext.decode(row["config"]))))


async def update_connector_config(request: web.Request) -> web.Response:
    """POST /connectors/{connector}/{connectorId}/config: replaces the whole config."""
    row = _own(request)
    config = complete_config(row["provider"], read_config(row["provider"], await _config_body(request)))
    request.app[WORLD].store.run("UPDATE connector SET config = ? WHERE id = ?", wire.encode(config), row["id"])
    return wire.nothing()


async def list_connector_tasks(request: web.Request) -> web.Response:
    """GET /connectors/{connector}/tasks and …/{connectorId}/tasks."""
    row = _addressed(request)
    wanted = await read_page_request(request, parameters(request), TASKS, plain=True)
    _check_tasks(request, row)
    return page(request.app[WORLD], TASKS, wanted, ("connector_id = ?", [row["id"]]))


async def get_connector_task(request: web.Request) -> web.Response:
    """GET /connectors/{connector}/tasks/{taskId} and …/{connectorId}/tasks/{taskId}: finds tasks of any connector."""
    addressed = _addressed(request)
    try:
        task_id = parse_uuid(request.match_info["taskId"])
    except ValueError as error:
        raise wire.invalid_id(str(error)) from error
    _check_tasks(request, addressed)
    row = request.app[WORLD].store.one("SELECT * FROM task WHERE id = ?", task_id)
    if row is None:
        raise wire.not_found()
    return wire.data(task_view(row))


def _install(world: World, provider: str, name: str, config: Config) -> ConnectorID:
    """Add a connector and start it; it stays if starting fails."""
    connector = ConnectorID(provider, new_uuid())
    world.store.insert(
        "connector",
        id=str(connector),
        provider=provider,
        name=name,
        created_at=world.now().microseconds,
        config=wire.encode(config),
    )
    start_connector(world, connector, config)
    return connector


def _uninstall(world: World, connector_id: str) -> None:
    """Remove a connector with all its rows, and the payments of other connectors that name its accounts."""
    accounts = "(SELECT id FROM account WHERE connector_id = ?)"
    named = f"source_account_id IN {accounts} OR destination_account_id IN {accounts}"
    world.store.run(f"DELETE FROM payment WHERE {named}", connector_id, connector_id)  # noqa: S608 - fixed texts
    world.store.run("DELETE FROM connector WHERE id = ?", connector_id)


def _provider(request: web.Request) -> str:
    return request.match_info["connector"].upper()


def _addressed(request: web.Request) -> sqlite3.Row:
    """The connector that a request means, of any provider."""
    world = request.app[WORLD]
    if "connectorId" not in request.match_info:
        return _only(world, _provider(request))
    try:
        connector = ConnectorID.parse(request.match_info["connectorId"])
    except ValueError as error:
        raise wire.invalid_id(str(error)) from error
    row = world.store.one("SELECT * FROM connector WHERE id = ?", str(connector))
    if row is None:
        raise wire.validation("connector not installed")
    return row


def _own(request: web.Request) -> sqlite3.Row:
    """The connector that a request means, which must be of the provider in the path."""
    row = _addressed(request)
    if row["provider"] != _provider(request):
        raise wire.validation("connector not installed")
    return row


def _check_tasks(request: web.Request, row: sqlite3.Row) -> None:
    """Refuse to look for tasks under another provider than that of their connector."""
    if row["provider"] != _provider(request):
        raise wire.validation("connector not found")


def _only(world: World, provider: str) -> sqlite3.Row:
    rows = world.store.all("SELECT * FROM connector WHERE provider = ?", provider)
    if not rows:
        raise wire.invalid_id("no connectors installed")
    if len(rows) > 1:
        raise wire.invalid_id("more than one connector installed")
    return rows[0]


async def _config_body(request: web.Request) -> Body:
    """Read a config; the server ignores a body without Content-Length."""
    return await read_body(request) if request.content_length else Body({})
