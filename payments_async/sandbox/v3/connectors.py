"""Connectors: their configs, what they can do, and installing, resetting and uninstalling them."""

import hashlib
import sqlite3
from typing import Any

from aiohttp import web

from payments_async.sandbox import jsontext, wire
from payments_async.sandbox.times import stamp
from payments_async.sandbox.v3 import checks
from payments_async.sandbox.v3.configs import show_config
from payments_async.sandbox.v3.filters import Key, Keys
from payments_async.sandbox.v3.lists import Listing, page, read_page_request
from payments_async.sandbox.v3.providers import PROVIDERS, capabilities, known_connector, provider_word
from payments_async.sandbox.world import WORLD, World


def view(row: sqlite3.Row) -> str:
    """JSON of a stored connector, whose config has its secrets in clear."""
    return wire.encode(
        {
            "id": row["id"],
            "reference": known_connector(row["id"]).reference,
            "name": row["name"],
            "createdAt": stamp(row["created_at"]),
            "provider": row["provider"],
            "config": jsontext.decode(row["config"]),
            "scheduledForDeletion": bool(row["scheduled_for_deletion"]),
            "capabilities": capabilities(row["provider"]),
            **({"updatedAt": stamp(row["updated_at"])} if row["updated_at"] is not None else {}),
        }
    )


def _provider(value: Any) -> str:
    if not isinstance(value, str):
        message = "cannot list connectors: expected string type for provider, got another one: validation error"
        raise wire.validation(message)
    return provider_word(value)


KEYS = Keys(
    what="connectors",
    by_name={
        "provider": Key("provider", compared=True, read=_provider),
        "name": Key("name", compared=True),
        "id": Key("id", compared=True),
    },
)
LISTING = Listing(table="connector", view=view, keys=KEYS)
_CAPABILITIES = wire.encode({name: each.capabilities for name, each in PROVIDERS.items() if each.listed})
_ETAG = f'"{hashlib.sha256(_CAPABILITIES.encode()).hexdigest()}"'


async def list_connectors(request: web.Request) -> web.Response:
    """GET /v3/connectors."""
    return page(request.app[WORLD], LISTING, await read_page_request(request, LISTING))


async def list_connector_configs(_request: web.Request) -> web.Response:
    """GET /v3/connectors/configs."""
    return wire.data(wire.encode({name: each.config() for name, each in PROVIDERS.items() if each.listed}))


async def list_connector_capabilities(request: web.Request) -> web.Response:
    """GET /v3/connectors/capabilities: the only answer that may be cached."""
    headers = {"ETag": _ETAG, "Cache-Control": "public, max-age=3600, must-revalidate"}
    if request.headers.get("If-None-Match") == _ETAG:
        return web.Response(status=304, headers=headers)
    response = wire.data(_CAPABILITIES)
    response.headers.update(headers)
    return response


async def get_connector_config(request: web.Request) -> web.Response:
    """GET /v3/connectors/{connectorID}/config: with its secrets in clear."""
    row = find(request.app[WORLD], request, "get connector: not found")
    return wire.data(wire.encode(show_config(row["provider"], jsontext.decode(row["config"]))))


async def get_connector_capabilities(request: web.Request) -> web.Response:
    """GET /v3/connectors/{connectorID}/capabilities."""
    row = find(request.app[WORLD], request, "get connector: not found")
    return wire.data(wire.encode(capabilities(row["provider"])))


def find(world: World, request: web.Request, message: str) -> sqlite3.Row:
    """The connector of the path."""
    connector = checks.connector_id(request.match_info["connectorID"])
    row = world.store.one("SELECT * FROM connector WHERE id = ?", str(connector))
    if row is None:
        raise wire.not_found(message)
    return row
