"""Links, by which users connect their accounts at banks: attempts, the redirect that ends them, and connections."""

import sqlite3
from functools import partial
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from payments_async.sandbox import jsontext, wire
from payments_async.sandbox.bodies import Body, read_body
from payments_async.sandbox.filters import Fragment
from payments_async.sandbox.ids import ConnectorID, from_base64url, new_uuid, parse_uuid, to_base64url
from payments_async.sandbox.parameters import first, parameters
from payments_async.sandbox.times import stamp
from payments_async.sandbox.v3 import checks, users
from payments_async.sandbox.v3.filters import Key, Keys, matched
from payments_async.sandbox.v3.lists import Listing, page, read_page_request
from payments_async.sandbox.v3.providers import PROVIDERS, provider_word
from payments_async.sandbox.v3.tasks import NOT_FOUND, accepted, task_id_of
from payments_async.sandbox.v3.worker import WORKER, Job, TaskError
from payments_async.sandbox.world import WORLD, World

NO_USER = "cannot get payment service user: not found"
NIL_CONNECTOR = ConnectorID()


def connection_view(row: sqlite3.Row) -> str:
    """JSON of a stored connection."""
    return wire.splice(
        {
            "connectionID": row["id"],
            "connectorID": row["connector_id"],
            "createdAt": stamp(row["created_at"]),
            "dataUpdatedAt": stamp(row["data_updated_at"]),
            "status": row["status"],
            "updatedAt": stamp(row["updated_at"]),
            "error": row["error"],
        },
        metadata=row["metadata"],
    )


def attempt_view(row: sqlite3.Row) -> str:
    """JSON of a stored attempt."""
    return wire.encode(
        {
            "id": row["id"],
            "psuID": row["user_id"],
            "connectorID": row["connector_id"],
            "createdAt": stamp(row["created_at"]),
            "status": row["status"],
            "clientRedirectURL": row["redirect_url"],
            "error": row["error"],
        }
    )


CONNECTIONS = Listing(
    table="connection",
    view=connection_view,
    keys=Keys(
        what="open banking connections",
        by_name=matched("status", connection_id=Key("id")),
        metadata="connection.metadata",
    ),
)
ATTEMPTS = Listing(
    table="attempt",
    view=attempt_view,
    keys=Keys(what="payment service users link attempts", by_name=matched("status", id=Key("id", uuid=True))),
)


async def list_connections(request: web.Request) -> web.Response:
    """GET …/{paymentServiceUserID}/connections: none of an unknown user."""
    scope: Fragment = "user_id = ?", [_user_id(request)]
    return page(request.app[WORLD], CONNECTIONS, await read_page_request(request, CONNECTIONS), scope)


async def list_connections_of_connector(request: web.Request) -> web.Response:
    """GET …/{paymentServiceUserID}/connectors/{connectorID}/connections."""
    wanted = await read_page_request(request, CONNECTIONS)
    return page(request.app[WORLD], CONNECTIONS, wanted, _scope(request))


async def list_attempts(request: web.Request) -> web.Response:
    """GET …/{paymentServiceUserID}/connectors/{connectorID}/link-attempts."""
    scope = _scope(request)
    users.find(request.app[WORLD], request, NO_USER)
    return page(request.app[WORLD], ATTEMPTS, await read_page_request(request, ATTEMPTS), scope)


async def get_attempt(request: web.Request) -> web.Response:
    """GET …/{paymentServiceUserID}/connectors/{connectorID}/link-attempts/{attemptID}: of other users too."""
    _scope(request)
    attempt_id = checks.uuid(request.match_info["attemptID"])
    row = request.app[WORLD].store.one("SELECT * FROM attempt WHERE id = ?", attempt_id)
    if row is None:
        raise wire.not_found("cannot get payment service user link attempt: not found")
    return wire.data(attempt_view(row))


async def forward_user(request: web.Request) -> web.Response:
    """POST …/{paymentServiceUserID}/connectors/{connectorID}/forward: once."""
    world, connector = request.app[WORLD], checks.connector_id(request.match_info["connectorID"])
    row = users.find(world, request, NO_USER)
    if world.store.one("SELECT 1 FROM connector WHERE id = ?", str(connector)) is None:
        raise wire.not_found("connector not found: not found")
    if not PROVIDERS[provider_word(connector.provider)].open_banking:
        raise wire.internal("not implemented")
    if _forwarded(world, row["id"], connector):
        raise wire.validation("user already exists on this connector: validation error")
    world.store.insert("user_connector", user_id=row["id"], connector_id=str(connector))
    return wire.nothing()


async def create_link(request: web.Request) -> web.Response:
    """POST …/{paymentServiceUserID}/connectors/{connectorID}/create-link."""
    return await _link(request, None)


async def update_link(request: web.Request) -> web.Response:
    """POST …/{paymentServiceUserID}/connectors/{connectorID}/connections/{connectionID}/update-link."""
    return await _link(request, request.match_info["connectionID"])


async def _link(request: web.Request, connection_id: str | None) -> web.Response:
    """Start an attempt, or give a new link for one of the same `Idempotency-Key`, a parameter of the query."""
    world, user_id = request.app[WORLD], _user_id(request)
    connector, body = checks.connector_id(request.match_info["connectorID"]), await read_body(request)
    url = _redirect_url(body)
    key = _idempotency_key(request, connection_id)
    if not _forwarded(world, user_id, connector):
        raise wire.not_found()
    if connection_id is not None and _connection(world, user_id, connector, connection_id) is None:
        raise wire.not_found("failed to get connection: not found")
    state = {"attemptID": key, "randomized": new_uuid()}
    token = to_base64url(wire.encode(state).encode())
    known = world.store.run("UPDATE attempt SET state = ? WHERE id = ?", token, key)
    if not known:
        world.store.insert(
            "attempt",
            id=key,
            user_id=user_id,
            connector_id=str(connector),
            created_at=world.now().microseconds,
            status="pending",
            redirect_url=url,
            state=token,
            connection_id=connection_id,
        )
    at_once = {"noRedirect": "true"} if connector.provider == "dummypay" else {}
    query = urlencode({**at_once, "state": token, "status": "success", "user_id": user_id})
    root = f"{request.scheme}://{request.host}{request.path[: request.path.index('/v3/')]}"
    link = f"{root}/v3/connectors/open-banking/{connector}/redirect?{query}"
    # Unlike all other answers, this one does not escape what is special to HTML.
    text = wire.encode({"attemptID": key, "link": link})
    return web.Response(body=f"{text}\n".encode(), status=201, headers={"Content-Type": "application/json"})


async def redirect(request: web.Request) -> web.Response:
    """GET /v3/connectors/open-banking/{connectorID}/redirect: where a bank sends its customer back to; public."""
    world, query = request.app[WORLD], parameters(request)
    row = world.store.one("SELECT * FROM attempt WHERE id = ?", _attempt_id(first(query, "state")))
    if row is None or row["connector_id"] != str(checks.connector_id(request.match_info["connectorID"])):
        raise wire.internal()
    _complete(world, row, first(query, "status") or "success")
    if first(query, "noRedirect") == "true" or not row["redirect_url"]:
        return wire.nothing()
    return web.Response(status=307, headers={"Location": row["redirect_url"]})


def _complete(world: World, row: sqlite3.Row, status: str) -> None:
    """End an attempt: it is exited unless it was a success, after which its connection is active."""
    now = world.now().microseconds
    end = "UPDATE attempt SET status = ?, error = ? WHERE id = ?"
    if status != "success":
        world.store.run(end, "exited", status, row["id"])
        return
    world.store.run(end, "completed", None, row["id"])
    if row["connection_id"] is not None:
        active = "UPDATE connection SET status = 'ACTIVE', error = NULL, updated_at = ? WHERE user_id = ? AND id = ?"
        world.store.run(active, now, row["user_id"], row["connection_id"])
        return
    world.store.insert(
        "connection",
        id=new_uuid(),
        user_id=row["user_id"],
        connector_id=row["connector_id"],
        created_at=now,
        updated_at=now,
        status="ACTIVE",
    )


async def delete_user(request: web.Request) -> web.Response:
    """DELETE /v3/payment-service-users/{paymentServiceUserID}: keeps its bank accounts."""
    world = request.app[WORLD]
    user_id = users.find(world, request, NO_USER)["id"]

    def run() -> str:
        world.store.run("DELETE FROM user WHERE id = ?", user_id)
        return str(user_id)

    task_id = task_id_of(NIL_CONNECTOR, "delete-user", user_id)
    request.app[WORKER].start(task_id, None, Job(run))
    return accepted(task_id)


async def delete_user_connector(request: web.Request) -> web.Response:
    """DELETE …/{paymentServiceUserID}/connectors/{connectorID}: of an unknown user, a task that fails."""
    return _delete(request, "delete-user-connector", _remove_connector)


async def delete_connection(request: web.Request) -> web.Response:
    """DELETE …/connectors/{connectorID}/connections/{connectionID}: of an unknown one, a task that fails."""
    return _delete(request, "delete-user-connection", partial(_remove_connection, request.match_info["connectionID"]))


def _delete(request: web.Request, what: str, remove: Any) -> web.Response:
    world, user_id = request.app[WORLD], _user_id(request)
    connector = checks.connector_id(request.match_info["connectorID"])
    task_id = task_id_of(connector, what, user_id)

    def run() -> str:
        if not remove(world, user_id, str(connector)):
            raise TaskError(NOT_FOUND)
        return user_id

    request.app[WORKER].start(task_id, str(connector), Job(run))
    return accepted(task_id)


def _remove_connector(world: World, user_id: str, connector_id: str) -> int:
    known = world.store.run("DELETE FROM user_connector WHERE user_id = ? AND connector_id = ?", user_id, connector_id)
    if known:
        world.store.run("DELETE FROM connection WHERE user_id = ? AND connector_id = ?", user_id, connector_id)
    return known


def _remove_connection(connection_id: str, world: World, user_id: str, connector_id: str) -> int:
    sql = "DELETE FROM connection WHERE id = ? AND user_id = ? AND connector_id = ?"
    return world.store.run(sql, connection_id, user_id, connector_id)


def _forwarded(world: World, user_id: str, connector: ConnectorID) -> bool:
    sql = "SELECT 1 FROM user_connector WHERE user_id = ? AND connector_id = ?"
    return world.store.one(sql, user_id, str(connector)) is not None


def _connection(world: World, user_id: str, connector: ConnectorID, connection_id: str) -> sqlite3.Row | None:
    sql = "SELECT * FROM connection WHERE user_id = ? AND connector_id = ? AND id = ?"
    return world.store.one(sql, user_id, str(connector), connection_id)


def _redirect_url(body: Body) -> str:
    body.text("applicationName")
    url = body.text("clientRedirectURL")
    checks.required(body, "clientRedirectURL")
    checks.matching(checks.URL, url, "ClientRedirectURL must be a valid URL")
    return url


def _idempotency_key(request: web.Request, connection_id: str | None) -> str:
    query = parameters(request)
    key = first(query, "Idempotency-Key")
    if not key and not (connection_id is not None and "Idempotency-Key" in query):
        return new_uuid()
    try:
        return parse_uuid(key)
    except ValueError as error:
        raise wire.invalid_id(f"parsing idempotency key (need uuid): invalid UUID length: {len(key)}") from error


def _attempt_id(state: str) -> str:
    """The attempt that a state names; INTERNAL if it names none."""
    try:
        decoded = jsontext.decode(jsontext.text(from_base64url(state)))
        return str(decoded["attemptID"])
    except (ValueError, TypeError, KeyError) as error:
        raise wire.internal() from error


def _user_id(request: web.Request) -> str:
    return checks.uuid(request.match_info["paymentServiceUserID"])


def _scope(request: web.Request) -> Fragment:
    connector = checks.connector_id(request.match_info["connectorID"])
    return "user_id = ? AND connector_id = ?", [_user_id(request), str(connector)]
