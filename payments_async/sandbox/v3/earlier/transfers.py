"""Transfer initiations by the earlier routes: the payment initiations of version 3.4."""

import sqlite3
from typing import Any

from aiohttp import web

from payments_async.sandbox import wire
from payments_async.sandbox.bodies import read_body
from payments_async.sandbox.store import number
from payments_async.sandbox.times import ZERO_TIME, stamp
from payments_async.sandbox.v3 import checks, initiations, transfers
from payments_async.sandbox.v3.earlier.waiting import finish
from payments_async.sandbox.v3.lists import NEWEST_ADJUSTMENT, Listing, page, read_page_request
from payments_async.sandbox.v3.providers import earlier_word, known_connector
from payments_async.sandbox.v3.worker import WORKER
from payments_async.sandbox.world import WORLD, World

SCHEDULED = "SCHEDULED_FOR_PROCESSING"


def members(row: sqlite3.Row) -> dict[str, Any]:
    """A stored transfer initiation without its history."""
    return {
        "id": row["id"],
        "reference": row["reference"],
        "createdAt": stamp(row["created_at"]),
        "scheduledAt": stamp(row["scheduled_at"]),
        "description": row["description"],
        "sourceAccountID": row["source_account_id"] or "",
        "destinationAccountID": row["destination_account_id"] or "",
        "connectorID": row["connector_id"],
        "provider": earlier_word(known_connector(row["connector_id"]).provider),
        "type": row["type"],
        "amount": number(row["amount"]),
        "initialAmount": number(row["amount"]),
        "asset": row["asset"],
        "status": row["status"],
        "error": row["error"] or "",
    }


def listed_view(row: sqlite3.Row) -> str:
    """JSON of a transfer initiation in a list, which calls scheduled ones PROCESSING."""
    shown = members(row)
    if shown["status"] == SCHEDULED:
        shown["status"] = "PROCESSING"
    return wire.splice(shown, metadata=row["metadata"] or "{}")


LISTING = Listing(table="initiation", view=listed_view, keys=initiations.KEYS, lookup=NEWEST_ADJUSTMENT)
RELATED = """
SELECT payment.* FROM payment JOIN initiation_payment ON payment_id = payment.id WHERE initiation_id = ?
ORDER BY created_at DESC, payment.rowid DESC
"""
HISTORY = "SELECT * FROM initiation_adjustment WHERE initiation_id = ? ORDER BY created_at DESC, rowid DESC"


async def list_transfer_initiations(request: web.Request) -> web.Response:
    """GET /transfer-initiations."""
    return page(request.app[WORLD], LISTING, await read_page_request(request, LISTING))


async def get_transfer_initiation(request: web.Request) -> web.Response:
    """GET /transfer-initiations/{transferId}: with its history."""
    world, identity = request.app[WORLD], _transfer_id(request)
    row = initiations.find(world, identity)
    if row is None:
        raise wire.not_found("cannot get payment initiation: not found")
    payments = [
        {"paymentID": each["id"], "createdAt": stamp(each["created_at"]), "status": each["status"]}
        for each in world.store.all(RELATED, identity)
    ]
    history = [_adjustment(each) for each in world.store.all(HISTORY, identity)]
    text = wire.splice(
        members(row),
        metadata=row["metadata"] or "{}",
        relatedPayments=wire.encode(payments),
        relatedAdjustments=wire.encode(history),
    )
    return wire.data(text)


def _adjustment(row: sqlite3.Row) -> dict[str, Any]:
    """One status of the history; the server has an empty element for one that was scheduled."""
    if row["status"] == SCHEDULED:
        return {"adjustmentID": "", "createdAt": ZERO_TIME, "status": "", "error": "", "metadata": None}
    return {
        "adjustmentID": row["id"],
        "createdAt": stamp(row["created_at"]),
        "status": row["status"],
        "error": row["error"] or "",
        "metadata": {},
    }


async def create_transfer_initiation(request: web.Request) -> web.Response:
    """POST /transfer-initiations: a validated one waits until it is carried out, which may be days later."""
    world, body = request.app[WORLD], await read_body(request)
    validated = body.flag("validated")
    if body.text("type") == "UNKNOWN":
        raise wire.validation("Type is invalid")
    identity = transfers.insert_initiation(world, body)
    if validated:
        await finish(request, lambda worker: transfers.approve(world, worker, _row(world, identity)))
    row = _row(world, identity)
    return wire.data(wire.splice(members(row), metadata=row["metadata"] or "{}"))


async def delete_transfer_initiation(request: web.Request) -> web.Response:
    """DELETE /transfer-initiations/{transferId}: while it waits for validation."""
    transfers.delete(request.app[WORLD], _transfer_id(request))
    return wire.nothing()


async def update_transfer_initiation_status(request: web.Request) -> web.Response:
    """POST /transfer-initiations/{transferId}/status: waits until a validated one is carried out or scheduled."""
    world, identity = request.app[WORLD], _transfer_id(request)
    status = (await read_body(request)).text("status")
    if status not in ("VALIDATED", "REJECTED"):
        raise wire.validation("invalid status")
    if status == "REJECTED":
        transfers.reject(world, identity)
        return wire.nothing()
    row = transfers.waiting(world, identity, "approve")
    if row["scheduled_at"] is not None:
        transfers.approve(world, request.app[WORKER], row)
        return wire.nothing()
    await finish(request, lambda worker: transfers.approve(world, worker, row))
    return wire.nothing()


async def retry_transfer_initiation(request: web.Request) -> web.Response:
    """POST /transfer-initiations/{transferId}/retry: waits until it is carried out."""
    world, identity = request.app[WORLD], _transfer_id(request)
    await finish(request, lambda worker: transfers.retry(world, worker, identity))
    return wire.nothing()


async def reverse_transfer_initiation(request: web.Request) -> web.Response:
    """POST /transfer-initiations/{transferId}/reverse: waits until it is reversed."""
    world, identity, body = request.app[WORLD], _transfer_id(request), await read_body(request)
    await finish(request, lambda worker: str(transfers.reverse(world, worker, identity, body)["taskID"]))
    return wire.nothing()


def _row(world: World, identity: str) -> sqlite3.Row:
    return world.store.all("SELECT * FROM initiation WHERE id = ?", identity)[0]


def _transfer_id(request: web.Request) -> str:
    return checks.account_id(request.match_info["transferId"])
