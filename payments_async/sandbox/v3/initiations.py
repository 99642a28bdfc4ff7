"""Payment initiations: reading them, their history and the payments that they made."""

import sqlite3

from aiohttp import web

from payments_async.sandbox import wire
from payments_async.sandbox.ids import AccountID, to_base64url
from payments_async.sandbox.store import numeral
from payments_async.sandbox.times import stamp
from payments_async.sandbox.v3 import checks, payments
from payments_async.sandbox.v3.filters import Keys, compared, matched
from payments_async.sandbox.v3.lists import NEWEST_ADJUSTMENT, Listing, page, read_page_request
from payments_async.sandbox.v3.providers import known_connector, provider_word
from payments_async.sandbox.world import WORLD, World


def view(row: sqlite3.Row) -> str:
    """JSON of a stored payment initiation; accounts and errors that it has not are absent."""
    accounts = {"sourceAccountID": row["source_account_id"], "destinationAccountID": row["destination_account_id"]}
    return wire.splice(
        {
            "id": row["id"],
            "connectorID": row["connector_id"],
            "provider": provider_word(known_connector(row["connector_id"]).provider),
            "reference": row["reference"],
            "createdAt": stamp(row["created_at"]),
            "scheduledAt": stamp(row["scheduled_at"]),
            "description": row["description"],
            "type": row["type"],
            **{name: account for name, account in accounts.items() if account},
        },
        amount=numeral(row["amount"]),
        asset=wire.encode(row["asset"]),
        metadata=row["metadata"] or "{}",
        status=wire.encode(row["status"]),
        **({"error": wire.encode(row["error"])} if row["error"] else {}),
    )


def adjustment_view(row: sqlite3.Row) -> str:
    """JSON of one status in the history of a payment initiation; what it has not is absent."""
    optional = {
        "amount": row["amount"] and numeral(row["amount"]),
        "asset": row["asset"] and wire.encode(row["asset"]),
        "error": row["error"] and wire.encode(row["error"]),
    }
    return wire.splice(
        {"id": row["id"], "createdAt": stamp(row["created_at"]), "status": row["status"]},
        **{name: text for name, text in optional.items() if text},
        metadata=row["metadata"] or "{}",
    )


KEYS = Keys(
    what="payment initiations",
    by_name={
        **matched("reference", "id", "connector_id", "type", "asset", "status"),
        **matched("source_account_id", "destination_account_id"),
        **compared("amount", number=True),
    },
    metadata="initiation.metadata",
    apart=frozenset(("asset", "amount", "id", "metadata")),
)
LISTING = Listing(table="initiation", view=view, keys=KEYS, lookup=NEWEST_ADJUSTMENT)
ADJUSTMENTS = Listing(
    table="initiation_adjustment",
    view=adjustment_view,
    keys=Keys(
        what="payment initiation adjustments",
        by_name=matched("status"),
        metadata="initiation_adjustment.metadata",
    ),
)
RELATED = Listing(table="payment", view=payments.view)


async def list_initiations(request: web.Request) -> web.Response:
    """GET /v3/payment-initiations."""
    return page(request.app[WORLD], LISTING, await read_page_request(request, LISTING))


async def get_initiation(request: web.Request) -> web.Response:
    """GET /v3/payment-initiations/{paymentInitiationID}."""
    row = find(request.app[WORLD], initiation_id(request))
    if row is None:
        raise wire.not_found("cannot get payment initiation: not found")
    return wire.data(view(row))


async def list_adjustments(request: web.Request) -> web.Response:
    """GET /v3/payment-initiations/{paymentInitiationID}/adjustments: none of an unknown one."""
    scope = "initiation_id = ?", [initiation_id(request)]
    return page(request.app[WORLD], ADJUSTMENTS, await read_page_request(request, ADJUSTMENTS), scope)


async def list_related_payments(request: web.Request) -> web.Response:
    """GET /v3/payment-initiations/{paymentInitiationID}/payments: none of an unknown one."""
    scope = "id IN (SELECT payment_id FROM initiation_payment WHERE initiation_id = ?)", [initiation_id(request)]
    return page(request.app[WORLD], RELATED, await read_page_request(request, RELATED), scope)


def adjustment_id(initiation: AccountID, created_at: str, status: str) -> str:
    """The id of a status that a payment initiation took at a time."""
    content = f'{{"CreatedAt":"{created_at}","PaymentInitiationID":{initiation.json},"Status":"{status}"}}'
    return to_base64url(content.encode())


def find(world: World, identity: str) -> sqlite3.Row | None:
    """The payment initiation of an id, if there is one."""
    return world.store.one("SELECT * FROM initiation WHERE id = ?", identity)


def initiation_id(request: web.Request) -> str:
    """The id of the payment initiation in the path."""
    return checks.account_id(request.match_info["paymentInitiationID"])
