"""Orders and conversions: what exchanges have done, which no call of the API creates."""

import sqlite3
from typing import Any

from aiohttp import web

from payments_async.sandbox import wire
from payments_async.sandbox.store import number
from payments_async.sandbox.times import stamp
from payments_async.sandbox.v3 import checks
from payments_async.sandbox.v3.filters import Keys, compared, matched
from payments_async.sandbox.v3.lists import NEWEST_ADJUSTMENT, Listing, page, read_page_request
from payments_async.sandbox.v3.providers import known_connector, provider_word
from payments_async.sandbox.world import WORLD


def order_view(row: sqlite3.Row, *, adjustments: bool = True) -> str:
    """JSON of a stored order; members without a value are absent, but for those that the server always has."""
    optional = {
        "limitPrice": _amount(row["limit_price"]),
        "stopPrice": _amount(row["stop_price"]),
    }
    further = {
        "expiresAt": stamp(row["expires_at"]) if row["expires_at"] is not None else None,
        "quoteAmount": _amount(row["quote_amount"]),
        "quoteAsset": row["quote_asset"],
        "fee": _amount(row["fee"]),
        "feeAsset": row["fee_asset"],
        "averageFillPrice": _amount(row["average_fill_price"]),
        "priceAsset": row["price_asset"],
    }
    members = {
        **_identity(row),
        **_there({"clientOrderID": row["client_order_id"]}),
        **_times(row),
        "direction": row["direction"],
        "sourceAsset": row["source_asset"],
        "destinationAsset": row["destination_asset"],
        "type": row["type"],
        "status": row["status"],
        "baseQuantityOrdered": number(row["base_quantity_ordered"]),
        "baseQuantityFilled": _amount(row["base_quantity_filled"]),
        **_there(optional),
        "timeInForce": row["time_in_force"],
        **_there(further),
        **_accounts(row),
    }
    shown = row["adjustments"] if adjustments else None
    return wire.splice(members, metadata=row["metadata"] or "{}", adjustments=shown)


def listed_order_view(row: sqlite3.Row) -> str:
    """JSON of an order in a list, which has no adjustments."""
    return order_view(row, adjustments=False)


def conversion_view(row: sqlite3.Row) -> str:
    """JSON of a stored conversion; members without a value are absent."""
    optional = {
        "destinationAmount": _amount(row["destination_amount"]),
        "fee": _amount(row["fee"]),
        "feeAsset": row["fee_asset"],
    }
    members = {
        **_identity(row),
        **_times(row),
        "sourceAsset": row["source_asset"],
        "destinationAsset": row["destination_asset"],
        "sourceAmount": number(row["source_amount"]),
        **_there(optional),
        "status": row["status"],
        **_accounts(row),
    }
    return wire.splice(members, metadata=row["metadata"] or "{}", raw=row["raw"] or "{}")


ORDER_KEYS = Keys(
    what="orders",
    by_name={
        **matched("reference", "id", "connector_id", "direction", "source_asset", "destination_asset"),
        **matched("type", "status", "time_in_force"),
        **compared("base_quantity_ordered", "base_quantity_filled", "limit_price", "fee", number=True),
    },
    metadata="orders.metadata",
)
ORDERS = Listing(table="orders", view=listed_order_view, keys=ORDER_KEYS, lookup=NEWEST_ADJUSTMENT)
CONVERSION_KEYS = Keys(
    what="conversions",
    by_name={
        **matched("reference", "id", "connector_id", "source_asset", "destination_asset", "status"),
        **matched("source_account_id", "destination_account_id"),
        **compared("source_amount", "destination_amount", number=True),
    },
    metadata="conversion.metadata",
)
CONVERSIONS = Listing(table="conversion", view=conversion_view, keys=CONVERSION_KEYS)


async def list_orders(request: web.Request) -> web.Response:
    """GET /v3/orders."""
    return page(request.app[WORLD], ORDERS, await read_page_request(request, ORDERS))


async def get_order(request: web.Request) -> web.Response:
    """GET /v3/orders/{orderID}."""
    identity = checks.account_id(request.match_info["orderID"])
    row = request.app[WORLD].store.one("SELECT * FROM orders WHERE id = ?", identity)
    if row is None:
        raise wire.not_found("cannot get order: not found")
    return wire.data(order_view(row))


async def list_conversions(request: web.Request) -> web.Response:
    """GET /v3/conversions."""
    return page(request.app[WORLD], CONVERSIONS, await read_page_request(request, CONVERSIONS))


async def get_conversion(request: web.Request) -> web.Response:
    """GET /v3/conversions/{conversionID}."""
    identity = checks.account_id(request.match_info["conversionID"])
    row = request.app[WORLD].store.one("SELECT * FROM conversion WHERE id = ?", identity)
    if row is None:
        raise wire.not_found("cannot get conversion: not found")
    return wire.data(conversion_view(row))


def _identity(row: sqlite3.Row) -> dict[str, Any]:
    return {
        "id": row["id"],
        "connectorID": row["connector_id"],
        "provider": provider_word(known_connector(row["connector_id"]).provider),
        "reference": row["reference"],
    }


def _times(row: sqlite3.Row) -> dict[str, Any]:
    return {"createdAt": stamp(row["created_at"]), "updatedAt": stamp(row["updated_at"])}


def _accounts(row: sqlite3.Row) -> dict[str, Any]:
    return {"sourceAccountID": row["source_account_id"], "destinationAccountID": row["destination_account_id"]}


def _amount(text: str | None) -> int | None:
    return None if text is None else number(text)


def _there(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}
