"""Schedules, by which connectors fetch, and their runs."""

import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any

from aiohttp import web

from payments_async.sandbox import wire
from payments_async.sandbox.filters import Fragment
from payments_async.sandbox.ids import ConnectorID
from payments_async.sandbox.times import stamp
from payments_async.sandbox.v3 import checks
from payments_async.sandbox.v3.filters import Keys, matched
from payments_async.sandbox.v3.lists import Listing, page, read_page_request
from payments_async.sandbox.v3.providers import PROVIDERS
from payments_async.sandbox.world import WORLD

STACK = "sandbox"
"""The name of the stack in ids of schedules and tasks."""


def schedule_id(connector: ConnectorID, capability: str, reference: str = "") -> str:
    """The id of what fetches one thing, such as the balances of an account."""
    return "-".join(filter(None, (STACK, str(connector), capability, reference)))


def schedule_rows(connector: ConnectorID, created_at: int) -> Iterator[dict[str, Any]]:
    """What a connector fetches when it is installed; balances follow with its accounts."""
    for capability in PROVIDERS[connector.provider].capabilities:
        if capability.startswith("FETCH_") and capability != "FETCH_BALANCES":
            identity = schedule_id(connector, capability)
            yield {"id": identity, "connector_id": str(connector), "created_at": created_at}


def run_rows(schedules: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The first run of each schedule: those that fetch balances are running, the others have ended."""
    for schedule in schedules:
        created_at = schedule["created_at"]
        yield {
            "id": f"{schedule['id']}-{stamp(created_at // 1_000_000 * 1_000_000)}",
            "schedule_id": schedule["id"],
            "connector_id": schedule["connector_id"],
            "created_at": created_at,
            "updated_at": created_at,
            "terminated_at": None if "FETCH_BALANCES" in schedule["id"] else created_at,
        }


def view(row: sqlite3.Row) -> str:
    """JSON of a stored schedule."""
    return wire.encode({"id": row["id"], "connectorID": row["connector_id"], "createdAt": stamp(row["created_at"])})


def instance_view(row: sqlite3.Row) -> str:
    """JSON of a stored run."""
    ended = row["terminated_at"]
    return wire.encode(
        {
            "id": row["id"],
            "scheduleID": row["schedule_id"],
            "connectorID": row["connector_id"],
            "createdAt": stamp(row["created_at"]),
            "updatedAt": stamp(row["updated_at"]),
            "terminated": ended is not None,
            **({} if ended is None else {"terminatedAt": stamp(ended)}),
        }
    )


KEYS = Keys(what="schedules", by_name=matched("id", "connector_id"))
LISTING = Listing(table="schedule", view=view, keys=KEYS)
INSTANCES = Listing(table="instance", view=instance_view)


async def list_schedules(request: web.Request) -> web.Response:
    """GET /v3/connectors/{connectorID}/schedules: none of an unknown connector."""
    connector = str(checks.connector_id(request.match_info["connectorID"]))
    own = {"$match": {"connector_id": connector}}
    return page(request.app[WORLD], LISTING, await read_page_request(request, LISTING, both=own))


async def get_schedule(request: web.Request) -> web.Response:
    """GET /v3/connectors/{connectorID}/schedules/{scheduleID}."""
    row = request.app[WORLD].store.one("SELECT * FROM schedule WHERE id = ? AND connector_id = ?", *_path(request))
    if row is None:
        raise wire.not_found("cannot get schedule: not found")
    return wire.data(view(row))


async def list_instances(request: web.Request) -> web.Response:
    """GET /v3/connectors/{connectorID}/schedules/{scheduleID}/instances: none of an unknown schedule."""
    scope: Fragment = "schedule_id = ? AND connector_id = ?", list(_path(request))
    return page(request.app[WORLD], INSTANCES, await read_page_request(request, INSTANCES), scope)


def _path(request: web.Request) -> tuple[str, str]:
    return request.match_info["scheduleID"], str(checks.connector_id(request.match_info["connectorID"]))
