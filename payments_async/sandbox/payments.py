"""Payments."""

import sqlite3
from typing import Any

from aiohttp import web

from payments_async.sandbox import jsontext, wire
from payments_async.sandbox.bodies import Body, read_body, read_value, text_map
from payments_async.sandbox.collation import Column
from payments_async.sandbox.currencies import plausible_asset
from payments_async.sandbox.enums import PAYMENT_STATUSES, PAYMENT_TYPES, PROVIDERS
from payments_async.sandbox.filters import PaymentFilter
from payments_async.sandbox.ids import AccountID, PaymentID
from payments_async.sandbox.lists import Listing, page, read_page_request
from payments_async.sandbox.parameters import parameters
from payments_async.sandbox.store import kept, numeral, sortable
from payments_async.sandbox.times import Instant, echoed, stamp
from payments_async.sandbox.world import WORLD, World

CREATABLE_SCHEMES = (
    "unknown",
    "other",
    "visa",
    "mastercard",
    "amex",
    "diners",
    "discover",
    "jcb",
    "unionpay",
    "sepa debit",
    "sepa credit",
    "sepa",
    "apple pay",
    "google pay",
    "a2a",
    "ach debit",
    "ach",
    "rtp",
)
UPSERT = """
INSERT INTO payment (
    id, connector_id, created_at, reference, type, status, amount, initial_amount, scheme, asset,
    source_account_id, destination_account_id, raw
) VALUES (
    :id, :connector_id, :created_at, :reference, :type, :status, :amount, :amount, :scheme, :asset,
    :source_account_id, :destination_account_id, :raw
)
ON CONFLICT (reference) DO UPDATE SET
    amount = excluded.amount, type = excluded.type, status = excluded.status, raw = excluded.raw,
    scheme = excluded.scheme, asset = excluded.asset, source_account_id = excluded.source_account_id,
    destination_account_id = excluded.destination_account_id
"""


SELECT = """
id, reference, source_account_id, destination_account_id, type,
(SELECT provider FROM connector WHERE id = connector_id) AS provider,
connector_id, status, initial_amount, amount, scheme, asset, created_at, raw, adjustments, metadata
"""


def view(row: sqlite3.Row) -> str:
    """JSON of a stored payment; formatted by hand, because each page of a drain has a hundred of them."""
    (
        payment_id,
        reference,
        source,
        destination,
        kind,
        provider,
        connector_id,
        status,
        initial_amount,
        amount,
        scheme,
        asset,
        created_at,
        raw,
        adjustments,
        metadata,
    ) = row
    return (
        f'{{"id":"{payment_id}","reference":{wire.encode_text(reference)},"sourceAccountID":"{source or ""}",'
        f'"destinationAccountID":"{destination or ""}","type":"{kind}","provider":"{provider}",'
        f'"connectorID":"{connector_id}","status":"{status}","initialAmount":{numeral(initial_amount)},'
        f'"amount":{numeral(amount)},"scheme":{wire.encode_text(scheme)},"asset":{wire.encode_text(asset)},'
        f'"createdAt":"{stamp(created_at)}","raw":{raw or "null"},"adjustments":{adjustments},'
        f'"metadata":{metadata or "null"}}}'
    )


CONNECTOR = "(SELECT {} FROM connector WHERE id = connector_id)"
NAME = Column(CONNECTOR.format("name"), text=True)
PROVIDER = Column(CONNECTOR.format("provider"), ranks=PROVIDERS)
LISTING = Listing(
    table="payment",
    view=view,
    select=SELECT,
    compile=PaymentFilter.compile,
    columns={
        **{name: Column(name) for name in ("created_at", "amount", "initial_amount")},
        **{name: Column(name, text=True) for name in ("id", "connector_id", "reference", "scheme", "asset")},
        **{name: Column(name, text=True, nullable=True) for name in ("source_account_id", "destination_account_id")},
        "type": Column("type", ranks=PAYMENT_TYPES),
        "status": Column("status", ranks=PAYMENT_STATUSES),
        # The server's list joins connectors, so their columns can be named too.
        **dict.fromkeys(("name", "connector.name"), NAME),
        **dict.fromkeys(("provider", "connector.provider"), PROVIDER),
    },
)


async def list_payments(request: web.Request) -> web.Response:
    """GET /payments."""
    wanted = await read_page_request(request, parameters(request), LISTING)
    return page(request.app[WORLD], LISTING, wanted)


async def get_payment(request: web.Request) -> web.Response:
    """GET /payments/{paymentId}: compares the text of the id, not its content."""
    payment_id = request.match_info["paymentId"]
    try:
        payment = PaymentID.parse(payment_id)
    except ValueError as error:
        raise wire.validation(str(error)) from error
    # By the reference, which has an index.
    sql = f"SELECT {SELECT} FROM payment WHERE reference = ? AND id = ?"  # noqa: S608 - fixed texts
    row = request.app[WORLD].store.one(sql, kept(payment.reference), payment_id)
    if row is None:
        raise wire.not_found()
    return wire.data(view(row))


async def create_payment(request: web.Request) -> web.Response:
    """POST /payments: adds a payment, or changes the one with this reference, of any connector."""
    world = request.app[WORLD]
    body = await read_body(request)
    asked = {name: body.text(name) for name in ("reference", "connectorID", "type", "status", "scheme", "asset")}
    accounts = {name: body.text(name) for name in ("sourceAccountID", "destinationAccountID")}
    created_at, amount = _checked(body, asked, world)
    connector = world.installed(asked["connectorID"])
    # The server reads both ids before its database looks for the accounts.
    source, destination = [
        _known_account(world, account) for account in [_account_id(text) for text in accounts.values()]
    ]
    sent = {
        "reference": asked["reference"],
        "connectorID": asked["connectorID"],
        "createdAt": echoed(created_at),
        "amount": amount,
        **{name: asked[name] for name in ("type", "status", "scheme", "asset")},
        **accounts,
    }
    payment_id = str(PaymentID(connector, asked["reference"], asked["type"]))
    world.store.write(
        UPSERT,
        id=payment_id,
        connector_id=str(connector),
        created_at=created_at.microseconds,
        reference=kept(asked["reference"]),
        type=asked["type"],
        status=asked["status"],
        amount=sortable(amount),
        scheme=asked["scheme"],
        asset=kept(asked["asset"]),
        source_account_id=source,
        destination_account_id=destination,
        raw=wire.encode(sent),
    )
    answer: dict[str, Any] = {
        "id": payment_id,
        **sent,
        "connectorID": str(connector),
        "sourceAccountID": source or "",
        "destinationAccountID": destination or "",
        "provider": connector.provider,
        "initialAmount": amount,
        "raw": sent,
        "adjustments": [],
        "metadata": None,
    }
    return wire.data(wire.encode(answer))


async def update_metadata(request: web.Request) -> web.Response:
    """PATCH /payments/{paymentId}/metadata: merges, never deletes."""
    try:
        payment = PaymentID.parse(request.match_info["paymentId"])
    except ValueError as error:
        raise wire.invalid_id(str(error)) from error
    value = await read_value(request)
    changes = text_map({} if value is None else value)
    if not changes:
        raise wire.internal('pq: syntax error at end of input: "payments"."metadata"')
    if "" in changes:
        raise wire.internal('pq: new row for relation "metadata" violates check constraint')
    store, reference = request.app[WORLD].store, kept(payment.reference)
    row = store.one("SELECT metadata FROM payment WHERE reference = ? AND id = ?", reference, str(payment))
    if row is None:
        raise wire.internal('pq: insert on table "metadata" violates foreign key constraint "metadata_payment"')
    merged = jsontext.decode(row["metadata"] or "{}") | {kept(name): kept(value) for name, value in changes.items()}
    store.run("UPDATE payment SET metadata = ? WHERE reference = ?", wire.encode(merged), reference)
    return wire.nothing()


def _checked(body: Body, asked: dict[str, str], world: World) -> tuple[Instant, int]:
    created_at, amount = body.time("createdAt"), body.integer("amount")
    for name in ("reference", "connectorID"):
        if not asked[name]:
            raise wire.validation(f"{name} is required")
    if created_at is None or created_at.nanoseconds > world.now().nanoseconds:
        raise wire.validation("createdAt is empty or in the future")
    if amount is None:
        raise wire.validation("amount is required")
    if asked["type"] not in PAYMENT_TYPES:
        raise wire.validation(f"invalid type: {asked['type']}")
    if asked["status"] not in PAYMENT_STATUSES:
        raise wire.validation(f"invalid status: {asked['status']}")
    if asked["scheme"].lower() not in CREATABLE_SCHEMES:
        raise wire.validation(f"invalid scheme: {asked['scheme']}")
    if not plausible_asset(asked["asset"]):
        raise wire.validation(f"invalid asset: {asked['asset']}")
    return created_at, amount


def _account_id(text: str) -> str | None:
    if not text:
        return None
    try:
        return str(AccountID.parse(text))
    except ValueError as error:
        raise wire.validation(str(error)) from error


def _known_account(world: World, account: str | None) -> str | None:
    if account is None:
        return None
    if world.store.one("SELECT 1 FROM account WHERE id = ?", account) is None:
        raise wire.internal('pq: insert or update on table "payment" violates foreign key constraint "payment_account"')
    return account
