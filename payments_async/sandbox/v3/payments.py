"""Payments and their adjustments."""

import sqlite3
from typing import Any

from aiohttp import web

from payments_async.sandbox import jsontext, wire
from payments_async.sandbox.bodies import Body, as_object, read_body, read_value, text_map
from payments_async.sandbox.ids import PaymentID, to_base64url
from payments_async.sandbox.store import document, kept, number, numeral, sortable
from payments_async.sandbox.times import echoed, parse_time, stamp
from payments_async.sandbox.v3 import checks
from payments_async.sandbox.v3.accounts import owner
from payments_async.sandbox.v3.enums import PAYMENT_STATUSES, PAYMENT_TYPES, SCHEMES
from payments_async.sandbox.v3.filters import Key, Keys, compared, matched
from payments_async.sandbox.v3.lists import NEWEST_ADJUSTMENT, Listing, page, read_page_request
from payments_async.sandbox.v3.providers import CREATE_PAYMENT, check_capability, known_connector, provider_word
from payments_async.sandbox.world import WORLD, World

Adjustment = dict[str, Any]
"""An adjustment as a payment shows it; its `amount` is an integer of any size."""


def view(row: sqlite3.Row, *, adjustments: bool = True) -> str:
    """JSON of a stored payment; formatted by hand, because each page of a drain has up to a thousand of them."""
    source, destination = row["source_account_id"], row["destination_account_id"]
    of_a_user = f"{wire.encode(members)[1:-1]}," if (members := owner(row)) else ""
    return (
        f'{{"id":"{row["id"]}","connectorID":"{row["connector_id"]}",'
        f'"provider":"{provider_word(known_connector(row["connector_id"]).provider)}",'
        f'"reference":{wire.encode_text(row["reference"])},"createdAt":"{stamp(row["created_at"])}","type":"{row["type"]}",'
        f'"initialAmount":{numeral(row["initial_amount"])},"amount":{numeral(row["amount"])},'
        f'"asset":{wire.encode_text(row["asset"])},"scheme":"{row["scheme"]}","status":"{row["status"]}",'
        f'"sourceAccountID":{_id(source)},"destinationAccountID":{_id(destination)},'
        f'{of_a_user}"metadata":{row["metadata"] or "{}"},'
        f'"adjustments":{row["adjustments"] if adjustments else "null"}}}'
    )


def _id(text: str | None) -> str:
    return "null" if text is None else f'"{text}"'


def listed_view(row: sqlite3.Row) -> str:
    """JSON of a payment in a list, which has no adjustments."""
    return view(row, adjustments=False)


KEYS = Keys(
    what="payments",
    by_name={
        **matched("reference", "id", "connector_id", "type", "asset", "scheme", "status"),
        **matched("source_account_id", "destination_account_id", "open_banking_connection_id"),
        "psu_id": Key("psu_id", uuid=True),
        **compared("amount", "initial_amount", number=True),
    },
    metadata="payment.metadata",
)
LISTING = Listing(table="payment", view=listed_view, keys=KEYS, lookup=NEWEST_ADJUSTMENT)


async def list_payments(request: web.Request) -> web.Response:
    """GET /v3/payments."""
    return page(request.app[WORLD], LISTING, await read_page_request(request, LISTING))


async def get_payment(request: web.Request) -> web.Response:
    """GET /v3/payments/{paymentID}."""
    row = request.app[WORLD].store.one("SELECT * FROM payment WHERE id = ?", payment_id(request))
    if row is None:
        raise wire.not_found("cannot get payment: not found")
    return wire.data(view(row))


async def create_payment(request: web.Request) -> web.Response:
    """POST /v3/payments: one of the same connector, reference and type only gets the adjustments that it has not.

    The answer repeats the request, and its status is always UNKNOWN.
    """
    world, body = request.app[WORLD], await read_body(request)
    members, adjustments = read_payment(world, body)
    store_payment(world, members, adjustments)
    return wire.data(_echo(members, adjustments, body), status=201)


def read_payment(world: World, body: Body) -> tuple[dict[str, Any], list[Adjustment]]:
    """Check a request, and return the columns of its payment and its adjustments."""
    created_at, metadata, given = body.time("createdAt"), body.text_map("metadata"), body.array("adjustments") or []
    amount, initial_amount = body.integer("amount"), body.integer("initialAmount")
    body.text("scheme")
    adjustments = [as_object(each) for each in given]
    for each in adjustments:
        for read, name in (each.time, "createdAt"), (each.integer, "amount"), (each.text_map, "metadata"):
            read(name)
    reference, connector = checks.reference(body), checks.connector(body)
    moment = checks.past(world, created_at)
    kind = checks.one_of(body, "type", PAYMENT_TYPES)
    checks.required(body, "amount", "asset")
    asset, scheme = checks.asset(body.text("asset")), checks.one_of(body, "scheme", SCHEMES)
    source, destination = (checks.account(body, name) for name in ("sourceAccountID", "destinationAccountID"))
    if not adjustments:
        raise wire.validation("Adjustments must contain at least 1 item")
    payment = PaymentID(connector, reference, kind)
    made = [_read_adjustment(world, payment, each) for each in adjustments]
    check_capability(connector.provider, CREATE_PAYMENT)
    if initial_amount is None:
        message = 'null value in column "initial_amount" of relation "payments" violates not-null constraint'
        raise wire.validation(f"{message}: validation error")
    checks.installed(world, connector)
    members: dict[str, Any] = {
        "id": str(payment),
        "connector_id": str(connector),
        "created_at": moment,
        "reference": kept(reference),
        "type": kind,
        "initial_amount": initial_amount,
        "amount": amount,
        "asset": kept(asset),
        "scheme": scheme,
        "source_account_id": source,
        "destination_account_id": destination,
        "metadata": document(metadata or {}),
    }
    return members, made


def _read_adjustment(world: World, payment: PaymentID, body: Body) -> Adjustment:
    checks.required(body, "reference")
    created_at = checks.past(world, body.time("createdAt"))
    status = checks.one_of(body, "status", PAYMENT_STATUSES)
    checks.required(body, "asset")
    sent: dict[str, Any] = {
        "reference": body.text("reference"),
        "createdAt": echoed(created_at),
        "status": status,
        "amount": body.integer("amount"),
        "asset": checks.asset(body.text("asset")),
        "metadata": body.text_map("metadata"),
    }
    return adjustment(payment, **sent, raw=sent)


def adjustment(payment: PaymentID, *, reference: str, createdAt: str, status: str, **members: Any) -> Adjustment:  # noqa: N803 - a name of the API
    """An adjustment with its id, as a payment shows it."""
    identity = wire.encode({"Reference": reference, "Status": status})
    return {
        "id": to_base64url(f'{{"CreatedAt":"{createdAt}","PaymentID":{payment.json},{identity[1:]}'.encode()),
        "reference": reference,
        "createdAt": createdAt,
        "status": status,
        **members,
    }


def store_payment(world: World, members: dict[str, Any], adjustments: list[Adjustment]) -> None:
    """Add a payment, or the adjustments that it has not yet; these change its status, and some of them its amounts."""
    store = world.store
    row = store.one("SELECT * FROM payment WHERE id = ?", members["id"])
    amount, initial_amount, known = members["amount"], members["initial_amount"], list[Adjustment]()
    if row is not None:
        amount, initial_amount = number(row["amount"]), number(row["initial_amount"])
        known = jsontext.decode(row["adjustments"])
    for each in adjustments:
        if each["id"] in (other["id"] for other in known):
            continue
        known.insert(0, each | {"createdAt": stamp(moment(each) // 1_000), "metadata": each["metadata"] or {}})
        amount += MOVES.get(each["status"], 0) * (each["amount"] or 0)
        if each["status"] == "AMOUNT_ADJUSTEMENT" and each["amount"] is not None:
            initial_amount = each["amount"]
    known.sort(key=moment, reverse=True)
    changed = {
        "amount": sortable(amount),
        "initial_amount": sortable(initial_amount),
        "status": known[0]["status"],
        "adjustments": wire.encode(known),
    }
    if row is None:
        store.insert("payment", **members | changed | {"created_at": members["created_at"].microseconds})
    else:
        store.write(UPDATE, id=members["id"], **changed)


MOVES = {"REFUNDED": -1, "CAPTURE": 1, "REFUND_REVERSED": 1}
"""How the amount of an adjustment changes that of its payment."""
UPDATE = """
UPDATE payment SET amount = :amount, initial_amount = :initial_amount, status = :status, adjustments = :adjustments
WHERE id = :id
"""


def moment(adjustment: Adjustment) -> int:
    """When an adjustment was made, in nanoseconds since 1970."""
    instant = parse_time(adjustment["createdAt"])
    return instant.nanoseconds if instant else 0


def _echo(members: dict[str, Any], adjustments: list[Adjustment], body: Body) -> str:
    return wire.encode(
        {
            "id": members["id"],
            "connectorID": members["connector_id"],
            "provider": known_connector(members["connector_id"]).provider,
            "reference": members["reference"],
            "createdAt": echoed(members["created_at"]),
            "type": members["type"],
            "initialAmount": members["initial_amount"],
            "amount": members["amount"],
            "asset": members["asset"],
            "scheme": members["scheme"],
            "status": "UNKNOWN",
            "sourceAccountID": members["source_account_id"],
            "destinationAccountID": members["destination_account_id"],
            "metadata": body.text_map("metadata"),
            "adjustments": adjustments,
        }
    )


async def update_payment_metadata(request: web.Request) -> web.Response:
    """PATCH /v3/payments/{paymentID}/metadata: merges the bare map, never deletes."""
    identity = payment_id(request)
    try:
        value = await read_value(request)
        changes = {} if value is None else text_map(value)
    except wire.RefusedError as error:
        raise wire.validation(error.message) from error
    if not changes:
        raise wire.validation("metadata must be provided")
    store = request.app[WORLD].store
    row = store.one("SELECT metadata FROM payment WHERE id = ?", identity)
    if row is None:
        raise wire.not_found("cannot update payment metadata: not found")
    merged = jsontext.decode(row["metadata"] or "{}") | changes
    store.run("UPDATE payment SET metadata = ? WHERE id = ?", document(merged), identity)
    return wire.nothing()


def payment_id(request: web.Request) -> str:
    """The id of the payment in the path."""
    try:
        return str(PaymentID.parse(request.match_info["paymentID"]))
    except ValueError as error:
        raise wire.invalid_id(str(error)) from error
