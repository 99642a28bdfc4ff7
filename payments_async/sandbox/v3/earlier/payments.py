"""Payments by the earlier routes."""

import sqlite3
from typing import Any

from aiohttp import web

from payments_async.sandbox import jsontext, wire
from payments_async.sandbox.bodies import read_body
from payments_async.sandbox.ids import PaymentID
from payments_async.sandbox.store import document, kept, number
from payments_async.sandbox.times import echoed, stamp
from payments_async.sandbox.v3 import checks, payments
from payments_async.sandbox.v3.enums import PAYMENT_STATUSES, PAYMENT_TYPES
from payments_async.sandbox.v3.lists import NEWEST_ADJUSTMENT, Listing, page, read_page_request
from payments_async.sandbox.v3.providers import CREATE_PAYMENT, check_capability, earlier_word, known_connector
from payments_async.sandbox.world import WORLD

SCHEMES = {
    "visa": "CARD_VISA",
    "mastercard": "CARD_MASTERCARD",
    "amex": "CARD_AMEX",
    "diners": "CARD_DINERS",
    "discover": "CARD_DISCOVER",
    "jcb": "CARD_JCB",
    "unionpay": "CARD_UNION_PAY",
    "alipay": "CARD_ALIPAY",
    "cup": "CARD_CUP",
    "sepa debit": "SEPA_DEBIT",
    "sepa credit": "SEPA_CREDIT",
    "sepa": "SEPA",
    "google pay": "GOOGLE_PAY",
    "apple pay": "APPLE_PAY",
    "doku": "DOKU",
    "dragonpay": "DRAGON_PAY",
    "maestro": "MAESTRO",
    "molpay": "MOL_PAY",
    "a2a": "A2A",
    "ach debit": "ACH_DEBIT",
    "ach": "ACH",
    "rtp": "RTP",
    "other": "OTHER",
    "unknown": "UNKNOWN",
}
_WORDS = {scheme: word for word, scheme in SCHEMES.items()}


def view(row: sqlite3.Row, *, adjustments: bool = True) -> str:
    """JSON of a stored payment, which has no `raw` of its own."""
    history: list[payments.Adjustment] = jsontext.decode(row["adjustments"]) if adjustments else []
    return wire.splice(
        {
            "id": row["id"],
            "reference": row["reference"],
            "sourceAccountID": row["source_account_id"] or "",
            "destinationAccountID": row["destination_account_id"] or "",
            "type": row["type"],
            "provider": earlier_word(known_connector(row["connector_id"]).provider),
            "connectorID": row["connector_id"],
            "status": row["status"],
            "initialAmount": number(row["initial_amount"]),
            "amount": number(row["amount"]),
            "scheme": _WORDS.get(row["scheme"], row["scheme"].lower()),
            "asset": row["asset"],
            "createdAt": stamp(row["created_at"]),
            "raw": None,
            "adjustments": [_shown(each) for each in history],
        },
        metadata=row["metadata"] or "{}",
    )


def _shown(adjustment: payments.Adjustment) -> dict[str, Any]:
    return {name: adjustment[name] for name in ("reference", "createdAt", "status", "amount", "raw")}


LISTING = Listing(
    table="payment",
    view=lambda row: view(row, adjustments=False),
    keys=payments.KEYS,
    lookup=NEWEST_ADJUSTMENT,
)


async def list_payments(request: web.Request) -> web.Response:
    """GET /payments."""
    return page(request.app[WORLD], LISTING, await read_page_request(request, LISTING))


async def get_payment(request: web.Request) -> web.Response:
    """GET /payments/{paymentID}."""
    row = request.app[WORLD].store.one("SELECT * FROM payment WHERE id = ?", payments.payment_id(request))
    if row is None:
        raise wire.not_found("cannot get payment: not found")
    return wire.data(view(row))


async def create_payment(request: web.Request) -> web.Response:
    """POST /payments: adds a payment with one adjustment, or that adjustment; repeats the request in either case."""
    world, body = request.app[WORLD], await read_body(request)
    created_at, amount, metadata = body.time("createdAt"), body.integer("amount"), body.text_map("metadata")
    reference, connector = checks.reference(body), checks.connector(body)
    moment = checks.past(world, created_at)
    kind = checks.one_of(body, "type", PAYMENT_TYPES)
    checks.required(body, "amount", "asset")
    asset = checks.asset(body.text("asset"))
    scheme, status = checks.one_of(body, "scheme", SCHEMES), checks.one_of(body, "status", PAYMENT_STATUSES)
    source, destination = (checks.account(body, name) for name in ("sourceAccountID", "destinationAccountID"))
    check_capability(connector.provider, CREATE_PAYMENT)
    checks.installed(world, connector)
    payment = PaymentID(connector, reference, kind)
    sent = {
        "reference": reference,
        "connectorID": str(connector),
        "createdAt": echoed(moment),
        "amount": amount,
        "type": kind,
        "status": status,
        "scheme": scheme,
        "asset": asset,
        "sourceAccountID": source,
        "destinationAccountID": destination,
        "metadata": metadata,
    }
    money = {"amount": amount, "asset": asset, "metadata": metadata, "raw": sent}
    made = payments.adjustment(payment, reference=reference, createdAt=echoed(moment), status=status, **money)
    members: dict[str, Any] = {
        "id": str(payment),
        "connector_id": str(connector),
        "created_at": moment,
        "reference": kept(reference),
        "type": kind,
        "initial_amount": amount,
        "amount": amount,
        "asset": kept(asset),
        "scheme": SCHEMES[scheme],
        "source_account_id": source,
        "destination_account_id": destination,
        "metadata": document(metadata or {}),
    }
    payments.store_payment(world, members, [made])
    answer = {
        "id": str(payment),
        **sent,
        "sourceAccountID": source or "",
        "destinationAccountID": destination or "",
        "provider": earlier_word(connector.provider),
        "initialAmount": amount,
        "raw": None,
        "adjustments": [_shown(made)],
    }
    return wire.data(wire.encode(answer))
