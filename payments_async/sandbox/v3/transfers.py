"""Payment initiations: starting, approving, rejecting, retrying, reversing and deleting them."""

import sqlite3
from functools import partial
from typing import Any

from aiohttp import web

from payments_async.sandbox import wire
from payments_async.sandbox.bodies import Body, read_body
from payments_async.sandbox.ids import AccountID
from payments_async.sandbox.parameters import first, parameters
from payments_async.sandbox.store import document, kept, sortable
from payments_async.sandbox.times import Instant
from payments_async.sandbox.v3 import checks, movements
from payments_async.sandbox.v3.enums import INITIATION_TYPES
from payments_async.sandbox.v3.initiations import find, initiation_id
from payments_async.sandbox.v3.movements import attempts, record
from payments_async.sandbox.v3.providers import known_connector
from payments_async.sandbox.v3.tasks import accepted, task_id_of
from payments_async.sandbox.v3.worker import WORKER, Job, Pause, Worker
from payments_async.sandbox.world import WORLD, World


async def initiate_payment(request: web.Request) -> web.Response:
    """POST /v3/payment-initiations: is approved at once with exactly `noValidation=true`."""
    world, body = request.app[WORLD], await read_body(request)
    identity = insert_initiation(world, body)
    approved = first(parameters(request), "noValidation") == "true"
    task_id = approve(world, request.app[WORKER], _existing(world, identity)) if approved else ""
    answer = {"paymentInitiationID": identity, "taskID": task_id}
    return wire.data(wire.encode(answer), status=202)


def insert_initiation(world: World, body: Body) -> str:
    """Check and add a payment initiation, and return its id."""
    scheduled_at, metadata, description = body.time("scheduledAt"), body.text_map("metadata"), body.text("description")
    body.integer("amount")
    reference, now = checks.reference(body), world.now()
    if scheduled_at is not None and scheduled_at.nanoseconds <= now.nanoseconds:
        raise wire.validation("ScheduledAt must be greater than the current Date & Time")
    connector = checks.connector(body)
    kind = checks.one_of(body, "type", INITIATION_TYPES)
    amount = checks.amount(body)
    checks.required(body, "asset")
    asset = checks.asset(body.text("asset"))
    source = checks.account(body, "sourceAccountID")
    checks.required(body, "destinationAccountID")
    destination = checks.account(body, "destinationAccountID")
    checks.installed(world, connector)
    identity = AccountID(connector, reference)
    with world.store.transaction():
        world.store.insert(
            "initiation",
            id=str(identity),
            connector_id=str(connector),
            created_at=now.microseconds,
            scheduled_at=scheduled_at.microseconds if scheduled_at else None,
            reference=kept(reference),
            description=kept(description),
            type=kind,
            source_account_id=source,
            destination_account_id=destination,
            amount=sortable(amount),
            asset=kept(asset),
            metadata=document(metadata or {}),
            status="WAITING_FOR_VALIDATION",
        )
        record(world, str(identity), "WAITING_FOR_VALIDATION")
    return str(identity)


def approve(world: World, worker: Worker, row: sqlite3.Row, attempt: int = 1) -> str:
    """Start the task that makes the payment, and return its id; nothing is started for one of type UNKNOWN."""
    if row["type"] == "UNKNOWN":
        return ""
    connector = known_connector(row["connector_id"])
    task_id = task_id_of(connector, f"create-{row['type'].lower()}", row["id"], attempt=attempt)
    run = partial(_begin, world, row["id"])
    worker.start(task_id, row["connector_id"], Job(run, partial(movements.refuse, world, row["id"])))
    return task_id


def _begin(world: World, identity: str) -> str | Pause:
    row = movements.there(world, identity)
    scheduled_at = row["scheduled_at"]
    if scheduled_at is None or scheduled_at <= world.now().microseconds:
        return movements.make(world, identity)
    record(world, identity, "SCHEDULED_FOR_PROCESSING")
    job = Job(partial(movements.make, world, identity), partial(movements.refuse, world, identity))
    return Pause(Instant(scheduled_at * 1_000), job)


async def approve_initiation(request: web.Request) -> web.Response:
    """POST /v3/payment-initiations/{paymentInitiationID}/approve: again too, until its task is worked off."""
    world = request.app[WORLD]
    row = waiting(world, initiation_id(request), "approve")
    return accepted(approve(world, request.app[WORKER], row))


async def reject_initiation(request: web.Request) -> web.Response:
    """POST /v3/payment-initiations/{paymentInitiationID}/reject."""
    world = request.app[WORLD]
    reject(world, initiation_id(request))
    return wire.nothing()


def reject(world: World, identity: str) -> None:
    """Reject a payment initiation for good."""
    row = waiting(world, identity, "reject")
    record(world, row["id"], "REJECTED", amount=None, asset=None)


async def delete_initiation(request: web.Request) -> web.Response:
    """DELETE /v3/payment-initiations/{paymentInitiationID}: while it waits for validation."""
    world = request.app[WORLD]
    delete(world, initiation_id(request))
    return wire.nothing()


def delete(world: World, identity: str) -> None:
    """Delete a payment initiation that waits for validation."""
    row = waiting(world, identity, "delete")
    world.store.run("DELETE FROM initiation WHERE id = ?", row["id"])


async def retry_initiation(request: web.Request) -> web.Response:
    """POST /v3/payment-initiations/{paymentInitiationID}/retry: after a failure."""
    world = request.app[WORLD]
    return accepted(retry(world, request.app[WORKER], initiation_id(request)))


def retry(world: World, worker: Worker, identity: str) -> str:
    """Start another attempt, and return the id of its task."""
    row = _existing(world, identity)
    if row["status"] != "FAILED":
        raise wire.validation("cannot retry a payment initiation that is not failed: validation error")
    return approve(world, worker, row, attempts(world, identity) + 1)


async def reverse_initiation(request: web.Request) -> web.Response:
    """POST /v3/payment-initiations/{paymentInitiationID}/reverse: what cannot be reversed is a task that fails."""
    world, body = request.app[WORLD], await read_body(request)
    answer = reverse(world, request.app[WORKER], initiation_id(request), body)
    return wire.data(wire.encode(answer), status=202)


def reverse(world: World, worker: Worker, identity: str, body: Body) -> dict[str, Any]:
    """Check a reversal and start its task; returns the ids of both."""
    for read, name in (body.text, "description"), (body.text_map, "metadata"), (body.integer, "amount"):
        read(name)
    reference, amount = checks.reference(body), checks.amount(body)
    checks.required(body, "asset")
    asset = checks.asset(body.text("asset"))
    row = find(world, identity)
    if row is None:
        raise wire.not_found("cannot get payment initiation: not found")
    if asset != row["asset"]:
        raise wire.validation("invalid asset for payment initiation reversal: validation error")
    connector = known_connector(row["connector_id"])
    reversal_id = str(AccountID(connector, reference))
    task_id = task_id_of(connector, f"reverse-{row['type'].lower()}", reversal_id)
    run = partial(movements.take_back, world, identity, reference, amount)
    worker.start(task_id, row["connector_id"], Job(run))
    return {"paymentInitiationReversalID": reversal_id, "taskID": task_id}


def _existing(world: World, identity: str) -> sqlite3.Row:
    """The payment initiation of an id; INTERNAL if there is none, as these operations answer it."""
    row = find(world, identity)
    if row is None:
        raise wire.internal()
    return row


def waiting(world: World, identity: str, verb: str) -> sqlite3.Row:
    """The payment initiation of an id, if it waits for validation."""
    row = _existing(world, identity)
    if row["status"] != "WAITING_FOR_VALIDATION":
        raise wire.validation(f"cannot {verb} an already approved payment initiation: validation error")
    return row
