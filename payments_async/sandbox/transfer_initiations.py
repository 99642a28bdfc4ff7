"""Transfer initiations: creating, listing, validating, retrying and reversing them."""

import sqlite3
from typing import Any

from aiohttp import web

from payments_async.sandbox import enums, filters, wire
from payments_async.sandbox.accounts import parse_account
from payments_async.sandbox.bodies import read_body
from payments_async.sandbox.collation import Column
from payments_async.sandbox.enums import TRANSFER_TYPES
from payments_async.sandbox.ids import AccountID, ConnectorID
from payments_async.sandbox.lists import Listing, page, read_page_request
from payments_async.sandbox.parameters import parameters
from payments_async.sandbox.providers import PROVIDERS
from payments_async.sandbox.simulation import initiate, reverse
from payments_async.sandbox.store import document, kept, number, sortable
from payments_async.sandbox.times import ZERO_TIME, echoed, stamp
from payments_async.sandbox.transfers import SELECT, find, record
from payments_async.sandbox.world import WORLD, World

DESTINATIONS: dict[str, tuple[str, ...]] = {"TRANSFER": ("INTERNAL",), "PAYOUT": ("EXTERNAL", "EXTERNAL_FORMANCE")}
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
"""Statuses that the status route accepts; some are not in its description."""


def summary(row: sqlite3.Row, **further: str | None) -> str:
    """JSON of a stored transfer initiation, with further members that are JSON text."""
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


LISTING = Listing(
    table="transfer_initiation",
    view=summary,
    select=SELECT,
    compile=filters.transfer_initiations,
    columns={
        **{name: Column(name) for name in ("created_at", "amount", "initial_amount")},
        **{name: Column(name, text=True) for name in ("id", "description", "asset", "connector_id")},
        "scheduled_at": Column("scheduled_at", nullable=True),
        "source_account_id": Column("source_account_id", text=True, nullable=True),
        "destination_account_id": Column("destination_account_id", text=True),
        "type": Column("type", ranks=TRANSFER_TYPES),
        "provider": Column("provider", ranks=enums.PROVIDERS),
        "metadata": Column("metadata", document=True),
    },
)


async def list_transfer_initiations(request: web.Request) -> web.Response:
    """GET /transfer-initiations."""
    wanted = await read_page_request(request, parameters(request), LISTING)
    return page(request.app[WORLD], LISTING, wanted)


async def get_transfer_initiation(request: web.Request) -> web.Response:
    """GET /transfer-initiations/{transferId}: with its history."""
    store = request.app[WORLD].store
    row = find(request.app[WORLD], _transfer_id(request))
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
    """POST /transfer-initiations: the row stays if the provider refuses the transfer."""
    world = request.app[WORLD]
    body = await read_body(request, null_panics=True)
    names = ("reference", "description", "type", "asset", "connectorID", "provider")
    reference, description, kind, asset, connector_text, provider = (body.text(name) for name in names)
    source_text, destination_text = body.text("sourceAccountID"), body.text("destinationAccountID")
    scheduled_at, amount, metadata = body.time("scheduledAt"), body.integer("amount"), body.text_map("metadata")
    validated = body.flag("validated")
    if not reference:
        raise wire.validation("reference is required")
    if source_text:
        parse_account(source_text)
    parse_account(destination_text)
    if kind not in TRANSFER_TYPES:
        raise wire.validation(f"invalid type: {kind}")
    if amount is None or not asset:
        raise wire.validation("amount and asset are required")
    connector = world.installed(connector_text) if connector_text else _only_connector(world, provider)
    _check_accounts(world, source_text, destination_text, kind)
    now, transfer_id = world.now(), str(AccountID(connector, reference))
    scheduled = echoed(scheduled_at) if scheduled_at else ZERO_TIME
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
            description=kept(description),
            type=kind,
            source_account_id=source_text or None,
            destination_account_id=destination_text,
            amount=sortable(amount),
            initial_amount=sortable(amount),
            asset=kept(asset),
            metadata=document(metadata),
        )
        record(world, transfer_id, status)
    if validated:
        initiate(world, transfer_id)
    answer: dict[str, Any] = {
        "id": transfer_id,
        "reference": reference,
        "createdAt": str(now),
        "scheduledAt": scheduled,
        "description": description,
        "sourceAccountID": source_text,
        "destinationAccountID": destination_text,
        "connectorID": str(connector),
        "type": kind,
        "status": status,
        "error": "",
        "amount": amount,
        "initialAmount": amount,
        "asset": asset,
        "metadata": metadata,
    }
    return wire.data(wire.encode(answer))


async def delete_transfer_initiation(request: web.Request) -> web.Response:
    """DELETE /transfer-initiations/{transferId}: while it waits for validation."""
    world = request.app[WORLD]
    row = _waiting(world, _transfer_id(request))
    world.store.run("DELETE FROM transfer_initiation WHERE id = ?", row["id"])
    return wire.nothing()


async def update_transfer_initiation_status(request: web.Request) -> web.Response:
    """POST /transfer-initiations/{transferId}/status: validates or rejects, and sets other statuses too."""
    world = request.app[WORLD]
    status = (await read_body(request, null_panics=True)).text("status")
    if status not in SETTABLE:
        raise wire.validation(f"invalid status: {status!r}")
    row = _waiting(world, _transfer_id(request))
    record(world, row["id"], status)
    if status == "VALIDATED":
        initiate(world, row["id"])
    return wire.nothing()


async def retry_transfer_initiation(request: web.Request) -> web.Response:
    """POST /transfer-initiations/{transferId}/retry: after a failure."""
    world = request.app[WORLD]
    row = find(world, _transfer_id(request))
    if row["status"] != "FAILED":
        raise wire.validation("only failed transfer initiation can be retried")
    record(world, row["id"], "ASK_RETRIED", metadata={})
    initiate(world, row["id"])
    return wire.nothing()


async def reverse_transfer_initiation(request: web.Request) -> web.Response:
    """POST /transfer-initiations/{transferId}/reverse: reverses all or part of it, once."""
    world = request.app[WORLD]
    body = await read_body(request, null_panics=True)
    reference, asset, amount = body.text("reference"), body.text("asset"), body.integer("amount")
    body.text("description")
    metadata = body.text_map("metadata")
    if not reference or amount is None or not asset:
        raise wire.validation("reference, amount and asset are required")
    row = find(world, _transfer_id(request))
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
    reverse(world, row, reference=reference, asset=asset, remaining=remaining, metadata=metadata)
    return wire.nothing()


def _only_connector(world: World, provider: str) -> ConnectorID:
    if provider not in PROVIDERS:
        raise wire.validation(f"unknown provider: {provider}")
    rows = world.store.all("SELECT id FROM connector WHERE provider = ?", provider)
    if len(rows) != 1:
        raise wire.validation(f"{len(rows)} connectors of provider {provider} installed, expected one")
    return ConnectorID.parse(rows[0]["id"])


def _check_accounts(world: World, source: str, destination: str, kind: str) -> None:
    """Check that the accounts exist, by the text of their ids, and that their types fit."""
    rows = world.store.all("SELECT id, type FROM account WHERE id IN (?, ?)", source, destination)
    types = {row["id"]: row["type"] for row in rows}
    if (source and source not in types) or destination not in types:
        raise wire.not_found("account not found")
    if types[destination] not in DESTINATIONS[kind]:
        raise wire.validation(f"destination account of a {kind} is not {DESTINATIONS[kind][0]}")


def _waiting(world: World, transfer_id: str) -> sqlite3.Row:
    row = find(world, transfer_id)
    if row["status"] != "WAITING_FOR_VALIDATION":
        raise wire.validation("transfer initiation is not waiting for validation")
    return row


def _transfer_id(request: web.Request) -> str:
    try:
        return str(AccountID.parse(request.match_info["transferId"]))
    except ValueError as error:
        raise wire.invalid_id(str(error)) from error
