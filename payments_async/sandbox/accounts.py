"""Accounts and their balances."""

import re
import sqlite3
from dataclasses import replace
from typing import Any

from aiohttp import web

from payments_async.sandbox import filters, wire
from payments_async.sandbox.bodies import Body, read_body
from payments_async.sandbox.collation import Column
from payments_async.sandbox.cursors import Options, PageRequest
from payments_async.sandbox.enums import ACCOUNT_TYPES
from payments_async.sandbox.filters import Fragment
from payments_async.sandbox.ids import AccountID
from payments_async.sandbox.lists import Listing, page, read_page_request
from payments_async.sandbox.parameters import first, parameters
from payments_async.sandbox.store import document, kept, number
from payments_async.sandbox.times import ZERO_TIME, Instant, echoed, parse_time, stamp
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
LISTING = Listing(
    table="account",
    view=view,
    select=SELECT,
    compile=filters.accounts,
    columns={
        **{name: Column(name, text=True) for name in ("id", "reference", "default_currency", "account_name")},
        "connector_id": Column("connector_id", text=True),
        "created_at": Column("created_at"),
        "type": Column("type", ranks=ACCOUNT_TYPES),
        "metadata": Column("metadata", document=True),
    },
)


def read_balance_options(members: Body) -> Options:
    """The conditions on balances that a cursor holds; VALIDATION or another error if they have the wrong types."""
    given = members.any("AccountID")
    account = None if given is None else AccountID.of(members.object("AccountID").members)
    since, until = members.time("From"), members.time("To")
    return {
        "AccountID": _encoded(account) if account else None,
        "Currency": members.text("Currency"),
        "From": echoed(since) if since else ZERO_TIME,
        "To": echoed(until) if until else ZERO_TIME,
    }


BALANCES = Listing(
    table="balance",
    view=balance_view,
    columns={
        **{name: Column(name) for name in ("created_at", "balance", "last_updated_at")},
        **{name: Column(name, text=True) for name in ("account_id", "currency")},
    },
    read_options=read_balance_options,
    # As the index of the table has them.
    ties=("created_at", "currency"),
)


async def list_accounts(request: web.Request) -> web.Response:
    """GET /accounts."""
    wanted = await read_page_request(request, parameters(request), LISTING)
    return page(request.app[WORLD], LISTING, wanted)


async def get_account(request: web.Request) -> web.Response:
    """GET /accounts/{accountId}: compares the text of the id, not its content."""
    account_id = request.match_info["accountId"]
    parse_account(account_id)
    sql = f"SELECT {SELECT} FROM account WHERE id = ?"  # noqa: S608 - fixed texts
    row = request.app[WORLD].store.one(sql, account_id)
    if row is None:
        raise wire.not_found()
    return wire.data(view(row))


async def create_account(request: web.Request) -> web.Response:
    """POST /accounts: adds an account, or changes the connector's account with this reference."""
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
        "createdAt": echoed(created_at),
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
        reference=kept(reference),
        type=kind,
        default_currency=kept(asset),
        account_name=kept(name),
        metadata=document(metadata),
        raw=wire.encode(sent),
    )
    pools = world.store.all("SELECT pool_id FROM pool_account WHERE account_id = ?", account_id)
    answer: dict[str, Any] = {
        "id": account_id,
        **sent,
        "connectorID": str(connector),
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
    since, until = _time("from", first(query, "from")), _time("to", first(query, "to"))
    wanted = _limited(await read_page_request(request, query, BALANCES), first(query, "limit"))
    if not first(query, "cursor"):
        options = {
            "AccountID": _encoded(account),
            "Currency": first(query, "asset"),
            "From": echoed(since) if since else ZERO_TIME,
            "To": echoed(until or world.now()),
        }
        wanted = replace(wanted, options=options)
    return page(world, BALANCES, wanted, _scope(wanted.options))


def parse_account(text: str) -> AccountID:
    """Decode an account id of a path or body; VALIDATION if that cannot be done."""
    try:
        return AccountID.parse(text)
    except ValueError as error:
        raise wire.validation(f"invalid account id: {error}") from error


def _limited(wanted: PageRequest, limit: str) -> PageRequest:
    """Apply the `limit` of balances, which has no maximum."""
    if not limit:
        return wanted
    if not INTEGER.fullmatch(limit) or not -(2**63) <= int(limit) < 2**63:
        raise wire.validation(f'strconv.ParseInt: parsing "{limit}": invalid syntax')
    return wanted.sized(int(limit)) if int(limit) > 0 else wanted


INTEGER = re.compile(r"[+-]?\d{1,4000}", re.ASCII)


def _scope(options: Options) -> Fragment:
    """The SQL of the conditions on balances; without an account, they are those of all accounts."""
    conditions: dict[str, Any] = {}
    if options["AccountID"] is not None:
        conditions["account_id = ?"] = str(AccountID.of(options["AccountID"]))
    if options["Currency"]:
        conditions["currency = ?"] = kept(options["Currency"])
    if since := parse_time(options["From"]):
        conditions["last_updated_at >= ?"] = since.microseconds
    if until := parse_time(options["To"]):
        conditions["created_at <= ?"] = until.microseconds
    return " AND ".join(conditions) or "1", list(conditions.values())


def _encoded(account: AccountID) -> dict[str, Any]:
    """An account as cursors encode it."""
    connector = {"Reference": account.connector.reference, "Provider": account.connector.provider}
    return {"Reference": account.reference, "ConnectorID": connector}


def _time(name: str, text: str) -> Instant | None:
    if not text:
        return None
    try:
        return parse_time(text)
    except ValueError as error:
        raise wire.validation(f"invalid '{name}' query param: {error}") from error
