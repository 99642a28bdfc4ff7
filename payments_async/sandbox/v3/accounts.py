"""Accounts and their balances."""

import sqlite3
from typing import Any

from aiohttp import web

from payments_async.sandbox import wire
from payments_async.sandbox.bodies import Body, read_body
from payments_async.sandbox.filters import Fragment
from payments_async.sandbox.ids import AccountID
from payments_async.sandbox.parameters import first, parameters
from payments_async.sandbox.store import document, kept, number
from payments_async.sandbox.times import ZERO_TIME, Instant, echoed, parse_time, stamp
from payments_async.sandbox.v3 import checks
from payments_async.sandbox.v3.enums import ACCOUNT_TYPES
from payments_async.sandbox.v3.filters import Key, Keys, compared
from payments_async.sandbox.v3.lists import Listing, Options, page, read_page_request
from payments_async.sandbox.v3.providers import check_capability, known_connector, provider_word
from payments_async.sandbox.world import WORLD, World

INSERT = """
INSERT INTO account (id, connector_id, created_at, reference, type, default_currency, account_name, metadata, raw)
VALUES (:id, :connector_id, :created_at, :reference, :type, :default_currency, :account_name, :metadata, :raw)
ON CONFLICT (id) DO NOTHING
"""


def owner(row: sqlite3.Row) -> dict[str, str]:
    """Whom a row of a user's connection belongs to; nothing for others."""
    members = {"psuID": row["psu_id"], "openBankingConnectionID": row["open_banking_connection_id"]}
    return {name: value for name, value in members.items() if value}


def view(row: sqlite3.Row) -> str:
    """JSON of a stored account."""
    connector = known_connector(row["connector_id"])
    return wire.splice(
        {
            "id": row["id"],
            "connectorID": row["connector_id"],
            "connector": {
                "id": row["connector_id"],
                "reference": connector.reference,
                "name": row["connector_name"],
                "createdAt": stamp(row["connector_created_at"]),
                "provider": provider_word(connector.provider),
            },
            "provider": provider_word(connector.provider),
            "reference": row["reference"],
            "createdAt": stamp(row["created_at"]),
            "type": row["type"],
            "name": row["account_name"],
            "defaultAsset": row["default_currency"],
            **owner(row),
        },
        metadata=row["metadata"] or "{}",
        raw=row["raw"],
    )


def balance_view(row: sqlite3.Row) -> str:
    """JSON of one interval during which an account held an amount."""
    return wire.encode(
        {
            "accountID": row["account_id"],
            "createdAt": stamp(row["created_at"]),
            "lastUpdatedAt": stamp(row["last_updated_at"]),
            "asset": row["currency"],
            "balance": number(row["balance"]),
            "psuID": "",
            **owner(row),
        }
    )


SELECT = """
*, (SELECT name FROM connector WHERE id = connector_id) AS connector_name,
(SELECT created_at FROM connector WHERE id = connector_id) AS connector_created_at
"""
KEYS = Keys(
    what="accounts",
    by_name={
        **compared("id", "reference", "connector_id", "type", "open_banking_connection_id"),
        "default_asset": Key("default_currency", compared=True),
        "name": Key("account_name", compared=True),
        "psu_id": Key("psu_id", compared=True, uuid=True),
    },
    metadata="account.metadata",
)
LISTING = Listing(table="account", view=view, keys=KEYS, select=SELECT)


def read_balance_options(members: Body) -> Options:
    """The conditions on balances that a cursor holds; an error if they have the wrong types."""
    given = members.any("AccountID")
    account = None if given is None else AccountID.of(members.object("AccountID").members)
    since, until = members.time("From"), members.time("To")
    return _options(account, members.text("Asset"), since, until)


BALANCES = Listing(table="balance", view=balance_view, read_options=read_balance_options)


async def list_accounts(request: web.Request) -> web.Response:
    """GET /v3/accounts."""
    return page(request.app[WORLD], LISTING, await read_page_request(request, LISTING))


async def get_account(request: web.Request) -> web.Response:
    """GET /v3/accounts/{accountID}."""
    text = _find(request.app[WORLD], checks.account_id(request.match_info["accountID"]))
    if text is None:
        raise wire.not_found("cannot get account: not found")
    return wire.data(text)


async def create_account(request: web.Request) -> web.Response:
    """POST /v3/accounts: an account of the same connector and reference is answered as it is stored."""
    world = request.app[WORLD]
    account_id, _ = insert_account(world, await read_body(request))
    return wire.data(_find(world, account_id) or "", status=201)


def insert_account(world: World, body: Body, types: tuple[str, ...] = ACCOUNT_TYPES) -> tuple[str, dict[str, Any]]:
    """Check and add an account unless it is there; returns its id and the request as the server understood it."""
    asset, metadata, created_at = body.text("defaultAsset"), body.text_map("metadata"), body.time("createdAt")
    reference, connector = checks.reference(body), checks.connector(body)
    moment = checks.past(world, created_at)
    checks.required(body, "accountName")
    kind = checks.one_of(body, "type", types)
    if asset:
        checks.asset(asset, "DefaultAsset")
    check_capability(connector.provider, "ALLOW_FORMANCE_ACCOUNT_CREATION")
    checks.installed(world, connector)
    account_id = str(AccountID(connector, reference))
    sent: dict[str, Any] = {
        "reference": reference,
        "connectorID": str(connector),
        "createdAt": echoed(moment),
        "defaultAsset": asset,
        "accountName": body.text("accountName"),
        "type": kind,
        "metadata": metadata,
    }
    world.store.write(
        INSERT,
        id=account_id,
        connector_id=str(connector),
        created_at=moment.microseconds,
        reference=kept(reference),
        type=kind,
        default_currency=kept(asset),
        account_name=kept(sent["accountName"]),
        metadata=document(metadata),
        raw=wire.encode(sent),
    )
    return account_id, sent


async def get_account_balances(request: web.Request) -> web.Response:
    """GET /v3/accounts/{accountID}/balances: an unknown account has none."""
    return await balances_page(request, BALANCES, "accountID")


async def balances_page(request: web.Request, listing: Listing, name: str) -> web.Response:
    """A page of the balances of the account in the path; this is the only list whose undecodable id is a VALIDATION."""
    world, query = request.app[WORLD], parameters(request)
    try:
        account = AccountID.parse(request.match_info[name])
    except ValueError as error:
        raise wire.validation(str(error)) from error
    since, until = (_time(each, first(query, each)) for each in ("from", "to"))
    options = _options(account, first(query, "asset"), since, until or world.now())
    wanted = await read_page_request(request, listing, options=options)
    return page(world, listing, wanted, _scope(wanted.options))


def _options(account: AccountID | None, asset: str, since: Instant | None, until: Instant | None) -> Options:
    encoded = None
    if account:
        connector = {"Reference": account.connector.reference, "Provider": account.connector.provider}
        encoded = {"Reference": account.reference, "ConnectorID": connector}
    return {
        "AccountID": encoded,
        "Asset": asset,
        "From": echoed(since) if since else ZERO_TIME,
        "To": echoed(until) if until else ZERO_TIME,
    }


def _scope(options: Options) -> Fragment:
    """The SQL of the conditions on balances; without an account, they are those of all accounts."""
    conditions: dict[str, Any] = {}
    if options["AccountID"] is not None:
        conditions["account_id = ?"] = str(AccountID.of(options["AccountID"]))
    if options["Asset"]:
        conditions["currency = ?"] = kept(options["Asset"])
    if since := parse_time(options["From"]):
        conditions["last_updated_at >= ?"] = since.microseconds
    if until := parse_time(options["To"]):
        conditions["created_at <= ?"] = until.microseconds
    return " AND ".join(conditions) or "1", list(conditions.values())


def _find(world: World, account_id: str) -> str | None:
    row = world.store.one(f"SELECT {SELECT} FROM account WHERE id = ?", account_id)  # noqa: S608 - fixed texts
    return None if row is None else view(row)


def _time(name: str, text: str) -> Instant | None:
    try:
        return parse_time(text) if text else None
    except ValueError as error:
        raise wire.validation(f"invalid {name}: {error}") from error
