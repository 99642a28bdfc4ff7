"""Accounts and their balances."""

import sqlite3
from dataclasses import replace
from typing import Any

from aiohttp import web

from payments_async.sandbox import filters, wire
from payments_async.sandbox.bodies import read_body
from payments_async.sandbox.cursors import Listing, PageRequest, limited, page, parameters, read_page_request
from payments_async.sandbox.filters import Fragment
from payments_async.sandbox.ids import AccountID
from payments_async.sandbox.store import number
from payments_async.sandbox.times import ZERO_TIME, Instant, parse_time, stamp
from payments_async.sandbox.world import WORLD

TYPES = ("INTERNAL", "EXTERNAL", "EXTERNAL_FORMANCE")
UPSERT = """
INSERT INTO account (id, connector_id, created_at, reference, type, default_currency, account_name, metadata, raw)
VALUES (:id, :connector_id, :created_at, :reference, :type, :default_currency, :account_name, :metadata, :raw)
ON CONFLICT (id) DO UPDATE SET
    default_currency = excluded.default_currency, account_name = excluded.account_name,
    metadata = excluded.metadata, raw = excluded.raw
"""


def view(row: sqlite3.Row) -> str:
    """JSON of a stored account."""
    shown_type = row["type"]
    return wire.splice(
        {
            "id": row["id"],
            "reference": row["reference"],
            "createdAt": stamp(row["created_at"]),
            "connectorID": row["connector_id"],
            "provider": row["provider"],
            "defaultCurrency": row["default_currency"],
            "defaultAsset": row["default_currency"],
            "accountName": row["account_name"],
            "type": "EXTERNAL" if shown_type == "EXTERNAL_FORMANCE" else shown_type,
        },
        metadata=row["metadata"],
        pools=row["pools"],
        raw=row["raw"],
    )


def balance_view(row: sqlite3.Row) -> str:
    """JSON of one interval during which an account held an amount."""
    return wire.encode(
        {
            "accountId": row["account_id"],
            "createdAt": stamp(row["created_at"]),
            "lastUpdatedAt": stamp(row["last_updated_at"]),
            "currency": row["currency"],
            "asset": row["currency"],
            "balance": number(row["balance"]),
        }
    )


SELECT = """
*, (SELECT provider FROM connector WHERE id = connector_id) AS provider,
(SELECT json_group_array(pool_id) FROM pool_account WHERE account_id = account.id) AS pools
"""
COLUMNS = ("id", "created_at", "reference", "type", "default_currency", "account_name", "connector_id", "metadata")
LISTING = Listing(
    table="account",
    view=view,
    select=SELECT,
    compile=filters.accounts,
    columns={name: name for name in COLUMNS},
)
BALANCES = Listing(
    table="balance",
    view=balance_view,
    columns={name: name for name in ("created_at", "account_id", "currency", "balance", "last_updated_at")},
)


async def list_accounts(request: web.Request) -> web.Response:
    """GET /accounts."""
    wanted = await read_page_request(request, parameters(request))
    return page(request.app[WORLD], LISTING, wanted)


async def get_account(request: web.Request) -> web.Response:
    """GET /accounts/{accountId}."""
    account = parse_account(request.match_info["accountId"])
    sql = f"SELECT {SELECT} FROM account WHERE id = ?"  # noqa: S608 - fixed texts
    row = request.app[WORLD].store.one(sql, str(account))
    if row is None:
        raise wire.not_found()
    return wire.data(view(row))


async def create_account(request: web.Request) -> web.Response:
    """POST /accounts: adds an account, or changes the connector's account of this reference."""
    world = request.app[WORLD]
    body = await read_body(request)
    names = ("reference", "connectorID", "type", "defaultAsset", "accountName")
    reference, connector_text, kind, asset, name = (body.text(each) for each in names)
    created_at, metadata = body.time("createdAt"), body.text_map("metadata")
    for label, value in (("reference", reference), ("connectorID", connector_text)):
        if not value:
            raise wire.validation(f"{label} is required")
    if created_at is None or created_at.nanoseconds > world.now().nanoseconds:
        raise wire.validation("createdAt is empty or in the future")
    if not name:
        raise wire.validation("accountName is required")
    if kind not in TYPES:
        raise wire.validation(f"invalid type: {kind}")
    connector = world.installed(connector_text)
    account_id = str(AccountID(connector, reference))
    sent = {
        "reference": reference,
        "connectorID": connector_text,
        "createdAt": str(created_at),
        "defaultAsset": asset,
        "accountName": name,
        "type": kind,
        "metadata": metadata,
    }
    world.store.write(
        UPSERT,
        id=account_id,
        connector_id=str(connector),
        created_at=created_at.microseconds,
        reference=reference,
        type=kind,
        default_currency=asset,
        account_name=name,
        metadata=None if metadata is None else wire.encode(metadata),
        raw=wire.encode(sent),
    )
    pools = world.store.all("SELECT pool_id FROM pool_account WHERE account_id = ?", account_id)
    answer: dict[str, Any] = {
        "id": account_id,
        **sent,
        "provider": connector.provider,
        "defaultCurrency": asset,
        "pools": [row["pool_id"] for row in pools],
        "raw": sent,
    }
    return wire.data(wire.encode(answer))


async def get_account_balances(request: web.Request) -> web.Response:
    """GET /accounts/{accountId}/balances: an unknown account has none."""
    world = request.app[WORLD]
    account = parse_account(request.match_info["accountId"])
    query = parameters(request)
    first = {name: values[0] for name, values in query.items()}
    since, until = _time("from", first.get("from", "")), _time("to", first.get("to", ""))
    wanted = limited(await read_page_request(request, query), first.get("limit", ""))
    if not first.get("cursor"):
        options = {
            "AccountID": {"Reference": account.reference, "ConnectorID": _parts(account)},
            "Currency": first.get("asset", ""),
            "From": str(since or ZERO_TIME),
            "To": str(until or world.now()),
        }
        wanted = replace(wanted, options=options)
    return page(world, BALANCES, wanted, _scope(wanted))


def parse_account(text: str) -> AccountID:
    """Decode an account id of a path or body; VALIDATION if that cannot be done."""
    try:
        return AccountID.parse(text)
    except ValueError as error:
        raise wire.validation(f"invalid account id: {error}") from error


def _scope(wanted: PageRequest) -> Fragment:
    """Which balances the options of a cursor mean; the cursor of another resource means those of no account."""
    options = wanted.options
    try:
        account = AccountID.of(options["AccountID"])
        since, until = parse_time(options["From"]), parse_time(options["To"])
    except (KeyError, TypeError, ValueError, AttributeError):
        return "0", []
    conditions: dict[str, Any] = {"account_id = ?": str(account)}
    if options.get("Currency"):
        conditions["currency = ?"] = options["Currency"]
    if since:
        conditions["last_updated_at >= ?"] = since.microseconds
    if until:
        conditions["created_at <= ?"] = until.microseconds
    return " AND ".join(conditions), list(conditions.values())


def _parts(account: AccountID) -> dict[str, str]:
    return {"Reference": account.connector.reference, "Provider": account.connector.provider}


def _time(name: str, text: str) -> Instant | None:
    if not text:
        return None
    try:
        return parse_time(text)
    except ValueError as error:
        raise wire.validation(f"invalid '{name}' query param: {error}") from error
