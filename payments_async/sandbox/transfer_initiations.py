"""Transfer initiations and what becomes of them."""

import sqlite3
from typing import Any

from aiohttp import web

from payments_async.sandbox import filters, wire
from payments_async.sandbox.accounts import parse_account
from payments_async.sandbox.bodies import read_body
from payments_async.sandbox.currencies import takes
from payments_async.sandbox.cursors import Listing, page, parameters, read_page_request
from payments_async.sandbox.ids import AccountID, ConnectorID, PaymentID, new_uuid
from payments_async.sandbox.providers import PROVIDERS
from payments_async.sandbox.store import number, sortable
from payments_async.sandbox.times import ZERO_TIME, stamp
from payments_async.sandbox.world import WORLD, World

TYPES = ("TRANSFER", "PAYOUT")
DESTINATIONS = {"TRANSFER": ("INTERNAL",), "PAYOUT": ("EXTERNAL", "EXTERNAL_FORMANCE")}
SETTABLE = [
    "VALIDATED",
    "REJECTED",
    "ASK_RETRIED",
    "ASK_REVERSED",
    "REVERSE_PROCESSING",
    "REVERSE_FAILED",
    "PARTIALLY_REVERSED",
    "REVERSED",
]
"""States that the status route takes; more than its description says."""
NEWEST = """
FROM transfer_adjustment WHERE transfer_id = transfer_initiation.id ORDER BY created_at DESC, rowid DESC LIMIT 1
"""
SELECT = f"*, (SELECT status {NEWEST}) AS status, (SELECT error {NEWEST}) AS error"


def summary(row: sqlite3.Row, **further: str | None) -> str:
    """JSON of a stored transfer initiation, and of further members that are JSON text."""
    return wire.splice(
        {
            "id": row["id"],
            "reference": row["reference"],
            "createdAt": stamp(row["created_at"]),
            "scheduledAt": stamp(row["scheduled_at"]),
            "description": row["description"],
            "sourceAccountID": row["source_account_id"] or "",
            "destinationAccountID": row["destination_account_id"],
            "connectorID": row["connector_id"],
            "provider": row["provider"],
            "type": row["type"],
            "status": row["status"],
            "error": row["error"],
            "amount": number(row["amount"]),
            "initialAmount": number(row["initial_amount"]),
            "asset": row["asset"],
        },
        metadata=row["metadata"],
        **further,
    )


COLUMNS = """
id created_at scheduled_at description type source_account_id destination_account_id provider amount initial_amount
asset connector_id metadata
"""
LISTING = Listing(
    table="transfer_initiation",
    view=summary,
    select=SELECT,
    compile=filters.transfer_initiations,
    columns={name: name for name in COLUMNS.split()},
)


async def list_transfer_initiations(request: web.Request) -> web.Response:
    """GET /transfer-initiations."""
    wanted = await read_page_request(request, parameters(request))
    return page(request.app[WORLD], LISTING, wanted)


async def get_transfer_initiation(request: web.Request) -> web.Response:
    """GET /transfer-initiations/{transferId}: with its history."""
    store = request.app[WORLD].store
    row = _found(request.app[WORLD], _transfer_id(request))
    payments = [
        wire.encode(
            {
                "paymentID": each["payment_id"],
                "createdAt": stamp(each["created_at"]),
                "status": each["status"],
                "error": each["error"],
            }
        )
        for each in store.all(HISTORY.format("transfer_payment"), row["id"])
    ]
    adjustments = [
        wire.splice(
            {
                "adjustmentID": each["id"],
                "createdAt": stamp(each["created_at"]),
                "status": each["status"],
                "error": each["error"],
            },
            metadata=each["metadata"],
        )
        for each in store.all(HISTORY.format("transfer_adjustment"), row["id"])
    ]
    text = summary(
        row,
        relatedPayments=wire.array(payments) if payments else None,
        relatedAdjustments=wire.array(adjustments) if adjustments else None,
    )
    return wire.data(text)


HISTORY = "SELECT * FROM {} WHERE transfer_id = ? ORDER BY created_at DESC, rowid DESC"


async def create_transfer_initiation(request: web.Request) -> web.Response:
    """POST /transfer-initiations: the row stays when the provider refuses it."""
    world = request.app[WORLD]
    body = await read_body(request, null_panics=True)
    names = ("reference", "description", "type", "asset", "connectorID", "provider")
    reference, description, kind, asset, connector_text, provider = (body.text(name) for name in names)
    source_text, destination_text = body.text("sourceAccountID"), body.text("destinationAccountID")
    scheduled_at, amount, metadata = body.time("scheduledAt"), body.integer("amount"), body.text_map("metadata")
    validated = body.flag("validated")
    if not reference:
        raise wire.validation("reference is required")
    source = str(parse_account(source_text)) if source_text else None
    destination = str(parse_account(destination_text))
    if kind not in TYPES:
        raise wire.validation(f"invalid type: {kind}")
    if amount is None or not asset:
        raise wire.validation("amount and asset are required")
    connector = world.installed(connector_text) if connector_text else _only_connector(world, provider)
    _check_accounts(world, source, destination, kind)
    now, transfer_id = world.now(), str(AccountID(connector, reference))
    status = "VALIDATED" if validated else "WAITING_FOR_VALIDATION"
    with world.store.transaction():
        world.store.insert(
            "transfer_initiation",
            id=transfer_id,
            connector_id=str(connector),
            provider=connector.provider,
            created_at=now.microseconds,
            scheduled_at=scheduled_at.microseconds if scheduled_at else None,
            reference=reference,
            description=description,
            type=kind,
            source_account_id=source,
            destination_account_id=destination,
            amount=sortable(amount),
            initial_amount=sortable(amount),
            asset=asset,
            metadata=wire.encode(metadata) if metadata else None,
        )
        record(world, transfer_id, status)
    if validated:
        _initiate(world, transfer_id)
    answer: dict[str, Any] = {
        "id": transfer_id,
        "reference": reference,
        "createdAt": str(now),
        "scheduledAt": str(scheduled_at or ZERO_TIME),
        "description": description,
        "sourceAccountID": source or "",
        "destinationAccountID": destination,
        "connectorID": str(connector),
        "type": kind,
        "status": status,
        "error": "",
        "amount": amount,
        "initialAmount": amount,
        "asset": asset,
        "metadata": metadata or None,
    }
    return wire.data(wire.encode(answer))


async def delete_transfer_initiation(request: web.Request) -> web.Response:
    """DELETE /transfer-initiations/{transferId}: while it waits for validation."""
    world = request.app[WORLD]
    row = _waiting(world, _transfer_id(request))
    world.store.run("DELETE FROM transfer_initiation WHERE id = ?", row["id"])
    return wire.nothing()


async def update_transfer_initiation_status(request: web.Request) -> web.Response:
    """POST /transfer-initiations/{transferId}/status: validates or rejects, and sets states it should not."""
    world = request.app[WORLD]
    status = (await read_body(request, null_panics=True)).text("status")
    if status not in SETTABLE:
        raise wire.validation(f"invalid status: {status!r}")
    row = _waiting(world, _transfer_id(request))
    record(world, row["id"], status)
    if status == "VALIDATED":
        _initiate(world, row["id"])
    return wire.nothing()


async def retry_transfer_initiation(request: web.Request) -> web.Response:
    """POST /transfer-initiations/{transferId}/retry: after a failure."""
    world = request.app[WORLD]
    row = _found(world, _transfer_id(request))
    if row["status"] != "FAILED":
        raise wire.validation("only failed transfer initiation can be retried")
    record(world, row["id"], "ASK_RETRIED", metadata={})
    _initiate(world, row["id"])
    return wire.nothing()


async def reverse_transfer_initiation(request: web.Request) -> web.Response:
    """POST /transfer-initiations/{transferId}/reverse: takes all or part of it back, once."""
    world = request.app[WORLD]
    body = await read_body(request, null_panics=True)
    reference, asset, amount = body.text("reference"), body.text("asset"), body.integer("amount")
    body.text("description")
    metadata = body.text_map("metadata")
    if not reference or amount is None or not asset:
        raise wire.validation("reference, amount and asset are required")
    row = _found(world, _transfer_id(request))
    transfer_id, remaining = row["id"], number(row["amount"]) - amount
    if row["type"] != "TRANSFER":
        raise wire.validation("payouts cannot be reversed")
    processed = "SELECT 1 FROM transfer_adjustment WHERE transfer_id = ? AND status = 'PROCESSED'"
    if world.store.one(processed, transfer_id) is None:
        raise wire.validation("only processed transfer initiation can be reversed")
    if remaining < 0:
        raise wire.validation("amount is greater than what is left of the transfer initiation")
    reversal = {"transfer_id": transfer_id, "connector_id": row["connector_id"], "reference": reference}
    world.store.insert("transfer_reversal", **reversal)
    record(world, transfer_id, "ASK_REVERSED", metadata=metadata)
    if not PROVIDERS[row["provider"]].reverses:
        raise wire.internal("not implemented")
    if not takes(row["provider"], asset):
        raise wire.validation(f"unsupported asset: {asset}")
    _reverse(world, row, reference, remaining, metadata)
    return wire.nothing()


def record(
    world: World, transfer_id: str, status: str, *, error: str = "", metadata: dict[str, str] | None = None
) -> None:
    """Add a state to the history of a transfer initiation; the newest one is its state."""
    world.store.insert(
        "transfer_adjustment",
        id=new_uuid(),
        transfer_id=transfer_id,
        created_at=world.now().microseconds,
        status=status,
        error=error,
        metadata=None if metadata is None else wire.encode(metadata),
    )


def fail(world: World, transfer_id: str, error: str) -> None:
    """Let a transfer initiation and its payments end FAILED; KeyError if there is none of this id."""
    if world.store.one("SELECT 1 FROM transfer_initiation WHERE id = ?", transfer_id) is None:
        raise KeyError(transfer_id)
    failed = "UPDATE transfer_payment SET status = 'FAILED', error = ? WHERE transfer_id = ?"
    world.store.run(failed, error, transfer_id)
    record(world, transfer_id, "FAILED", error=error)


def _initiate(world: World, transfer_id: str) -> None:
    """What the pretended provider does: it moves the money at once, or the call says why it never will."""
    row = _found(world, transfer_id)
    provider = row["provider"]
    if row["type"] not in PROVIDERS[provider].initiates:
        raise wire.internal("not implemented")
    if not takes(provider, row["asset"]):
        raise wire.validation(f"unsupported asset: {row['asset']}")
    record(world, transfer_id, "PROCESSING")
    prefix = PROVIDERS[provider].references[-1]
    payment = PaymentID(ConnectorID.parse(row["connector_id"]), f"{prefix}{new_uuid()}", row["type"])
    world.store.insert(
        "transfer_payment",
        transfer_id=transfer_id,
        payment_id=str(payment),
        created_at=world.now().microseconds,
        status="PROCESSED",
        error="",
    )
    if provider == "STRIPE":
        metadata = wire.decode(row["metadata"] or "{}") | {"transfer_id": payment.reference}
        world.store.run("UPDATE transfer_initiation SET metadata = ? WHERE id = ?", wire.encode(metadata), transfer_id)
    record(world, transfer_id, "PROCESSED")


def _reverse(world: World, row: sqlite3.Row, reference: str, remaining: int, metadata: dict[str, str] | None) -> None:
    processed = "SELECT 1 FROM transfer_reversal WHERE transfer_id = ? AND processed"
    if world.store.one(processed, row["id"]) is not None:
        # The server's index allows one processed reversal per transfer, whatever the provider did.
        error = "duplicate key value violates unique constraint"
        record(world, row["id"], "REVERSE_FAILED", error=error, metadata=metadata)
        return
    world.store.run(
        "UPDATE transfer_reversal SET processed = 1 WHERE connector_id = ? AND reference = ?",
        row["connector_id"],
        reference,
    )
    world.store.run("UPDATE transfer_initiation SET amount = ? WHERE id = ?", sortable(remaining), row["id"])
    record(world, row["id"], "PARTIALLY_REVERSED" if remaining else "REVERSED", metadata=metadata)


def _only_connector(world: World, provider: str) -> ConnectorID:
    if provider not in PROVIDERS:
        raise wire.validation(f"unknown provider: {provider}")
    rows = world.store.all("SELECT id FROM connector WHERE provider = ?", provider)
    if len(rows) != 1:
        raise wire.validation(f"{len(rows)} connectors of provider {provider} installed, expected one")
    return ConnectorID.parse(rows[0]["id"])


def _check_accounts(world: World, source: str | None, destination: str, kind: str) -> None:
    rows = world.store.all("SELECT id, type FROM account WHERE id IN (?, ?)", source, destination)
    types = {row["id"]: row["type"] for row in rows}
    if (source and source not in types) or destination not in types:
        raise wire.not_found("account not found")
    if types[destination] not in DESTINATIONS[kind]:
        raise wire.validation(f"destination account of a {kind} is not {DESTINATIONS[kind][0]}")


def _found(world: World, transfer_id: str) -> sqlite3.Row:
    sql = f"SELECT {SELECT} FROM transfer_initiation WHERE id = ?"  # noqa: S608 - fixed texts
    row = world.store.one(sql, transfer_id)
    if row is None:
        raise wire.not_found()
    return row


def _waiting(world: World, transfer_id: str) -> sqlite3.Row:
    row = _found(world, transfer_id)
    if row["status"] != "WAITING_FOR_VALIDATION":
        raise wire.validation("transfer initiation is not waiting for validation")
    return row


def _transfer_id(request: web.Request) -> str:
    try:
        return str(AccountID.parse(request.match_info["transferId"]))
    except ValueError as error:
        raise wire.invalid_id(str(error)) from error
