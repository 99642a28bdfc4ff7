"""Accounts and pools by the earlier routes."""

import sqlite3

from aiohttp import web

from payments_async.sandbox import wire
from payments_async.sandbox.bodies import read_body
from payments_async.sandbox.parameters import first, parameters
from payments_async.sandbox.store import number
from payments_async.sandbox.times import stamp
from payments_async.sandbox.v3 import accounts, checks, pools
from payments_async.sandbox.v3.lists import Listing, page, read_page_request
from payments_async.sandbox.v3.providers import earlier_word, known_connector
from payments_async.sandbox.world import WORLD, World


def view(row: sqlite3.Row) -> str:
    """JSON of a stored account."""
    asset = row["default_currency"] or ""
    return wire.splice(
        {
            "id": row["id"],
            "reference": row["reference"],
            "createdAt": stamp(row["created_at"]),
            "connectorID": row["connector_id"],
            "provider": earlier_word(known_connector(row["connector_id"]).provider),
            "defaultCurrency": asset,
            "defaultAsset": asset,
            "accountName": row["account_name"] or "",
            "type": row["type"],
        },
        metadata=row["metadata"] or "{}",
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


LISTING = Listing(table="account", view=view, keys=accounts.KEYS)
BALANCES = Listing(table="balance", view=balance_view, read_options=accounts.read_balance_options)


async def list_accounts(request: web.Request) -> web.Response:
    """GET /accounts."""
    return page(request.app[WORLD], LISTING, await read_page_request(request, LISTING))


async def get_account(request: web.Request) -> web.Response:
    """GET /accounts/{accountId}."""
    account_id = checks.account_id(request.match_info["accountId"])
    row = request.app[WORLD].store.one("SELECT * FROM account WHERE id = ?", account_id)
    if row is None:
        raise wire.not_found("cannot get account: not found")
    return wire.data(view(row))


async def create_account(request: web.Request) -> web.Response:
    """POST /accounts: repeats the request, though an account that is there stays as it is."""
    account_id, sent = accounts.insert_account(request.app[WORLD], await read_body(request))
    answer = {
        "id": account_id,
        **sent,
        "provider": earlier_word(known_connector(sent["connectorID"]).provider),
        "defaultCurrency": sent["defaultAsset"],
        "raw": sent,
    }
    return wire.data(wire.encode(answer))


async def get_account_balances(request: web.Request) -> web.Response:
    """GET /accounts/{accountId}/balances."""
    return await accounts.balances_page(request, BALANCES, "accountId")


def pool_listing(world: World) -> Listing:
    """How pools are listed."""

    def pool_view(row: sqlite3.Row) -> str:
        """JSON of a stored pool."""
        return wire.encode({"id": row["id"], "name": row["name"], "accounts": pools.members_of(world, row)})

    return Listing(table="pool", view=pool_view, keys=pools.KEYS)


async def list_pools(request: web.Request) -> web.Response:
    """GET /pools."""
    shown = pool_listing(request.app[WORLD])
    return page(request.app[WORLD], shown, await read_page_request(request, shown))


async def get_pool(request: web.Request) -> web.Response:
    """GET /pools/{poolID}."""
    world = request.app[WORLD]
    return wire.data(pool_listing(world).view(pools.find(world, request)))


async def create_pool(request: web.Request) -> web.Response:
    """POST /pools."""
    world = request.app[WORLD]
    pool_id = pools.insert_pool(world, await read_body(request))
    rows = world.store.all("SELECT * FROM pool WHERE id = ?", pool_id)
    return wire.data(pool_listing(world).view(rows[0]))


async def add_account_to_pool(request: web.Request) -> web.Response:
    """POST /pools/{poolID}/accounts: 204 for a member too."""
    body = await read_body(request)
    account_id = checks.account(body, "accountID")
    if account_id is None:
        raise wire.validation("AccountID is a required field")
    pools.add_member(request.app[WORLD], pools.static(request, "add"), account_id)
    return wire.nothing()


async def get_pool_balances(request: web.Request) -> web.Response:
    """GET /pools/{poolID}/balances."""
    world = request.app[WORLD]
    checks.uuid(request.match_info["poolID"])
    moment = pools.read_moment(world, first(parameters(request), "at"))
    return wire.data(wire.encode({"balances": pools.balances_of(world, pools.find(world, request), moment)}))


async def get_pool_balances_latest(request: web.Request) -> web.Response:
    """GET /pools/{poolID}/balances/latest."""
    world = request.app[WORLD]
    return wire.data(wire.encode({"balances": pools.balances_of(world, pools.find(world, request), None)}))
