"""Pools: named sets of accounts."""

import sqlite3

from aiohttp import web

from payments_async.sandbox import wire
from payments_async.sandbox.accounts import parse_account
from payments_async.sandbox.bodies import read_body
from payments_async.sandbox.collation import Column
from payments_async.sandbox.ids import new_uuid, parse_uuid
from payments_async.sandbox.lists import Listing, page, read_page_request
from payments_async.sandbox.parameters import first, parameters
from payments_async.sandbox.store import kept, number
from payments_async.sandbox.times import parse_time
from payments_async.sandbox.world import WORLD


def view(row: sqlite3.Row) -> str:
    """JSON of a stored pool."""
    return wire.splice({"id": row["id"], "name": row["name"]}, accounts=row["accounts"])


SELECT = "*, (SELECT json_group_array(account_id) FROM pool_account WHERE pool_id = pool.id) AS accounts"
LISTING = Listing(
    table="pool",
    view=view,
    select=SELECT,
    columns={"id": Column("id"), "created_at": Column("created_at"), "name": Column("name", text=True)},
)


async def list_pools(request: web.Request) -> web.Response:
    """GET /pools."""
    wanted = await read_page_request(request, parameters(request), LISTING)
    return page(request.app[WORLD], LISTING, wanted)


async def get_pool(request: web.Request) -> web.Response:
    """GET /pools/{poolId}."""
    sql = f"SELECT {SELECT} FROM pool WHERE id = ?"  # noqa: S608 - fixed texts
    row = request.app[WORLD].store.one(sql, _pool_id(request))
    if row is None:
        raise wire.not_found()
    return wire.data(view(row))


async def create_pool(request: web.Request) -> web.Response:
    """POST /pools: if its accounts are refused, the pool stays without any."""
    world = request.app[WORLD]
    body = await read_body(request)
    name, account_ids = body.text("name"), body.texts("accountIDs")
    if not name:
        raise wire.validation("name is required")
    if not account_ids:
        raise wire.validation("one or more account id required")
    pool_id = new_uuid()
    world.store.insert("pool", id=pool_id, name=kept(name), created_at=world.now().microseconds)
    accounts = [str(parse_account(text)) for text in account_ids]
    with world.store.transaction():
        world.store.insert_all("pool_account", ({"pool_id": pool_id, "account_id": each} for each in accounts))
    return wire.data(wire.encode({"id": pool_id, "name": name, "accounts": accounts}))


async def delete_pool(request: web.Request) -> web.Response:
    """DELETE /pools/{poolId}: 204 for an unknown pool too."""
    request.app[WORLD].store.run("DELETE FROM pool WHERE id = ?", _pool_id(request))
    return wire.nothing()


async def add_account_to_pool(request: web.Request) -> web.Response:
    """POST /pools/{poolId}/accounts."""
    body = await read_body(request)
    account = body.text("accountID")
    if not account:
        raise wire.validation("accountID is required")
    member = {"pool_id": _pool_id(request), "account_id": str(parse_account(account))}
    request.app[WORLD].store.insert("pool_account", **member)
    return wire.nothing()


async def remove_account_from_pool(request: web.Request) -> web.Response:
    """DELETE /pools/{poolId}/accounts/{accountId}: 204 for an account that is no member too."""
    store = request.app[WORLD].store
    pool_id, account = _pool_id(request), parse_account(request.match_info["accountId"])
    if store.one("SELECT 1 FROM pool WHERE id = ?", pool_id) is None:
        raise wire.not_found()
    store.run("DELETE FROM pool_account WHERE pool_id = ? AND account_id = ?", pool_id, str(account))
    return wire.nothing()


async def get_pool_balances(request: web.Request) -> web.Response:
    """GET /pools/{poolId}/balances: sums of the balances whose interval contains the time asked for."""
    store = request.app[WORLD].store
    at = first(parameters(request), "at")
    if not at:
        raise wire.validation("missing 'at' query param")
    pool_id = _pool_id(request)
    try:
        instant = parse_time(at)
    except ValueError as error:
        raise wire.validation(f"invalid 'at' query param: {error}") from error
    if store.one("SELECT 1 FROM pool WHERE id = ?", pool_id) is None:
        raise wire.not_found()
    rows = store.all(BALANCES_AT, pool_id, *([instant.microseconds] * 2 if instant else [None, None]))
    newest = {(row["account_id"], row["currency"]): number(row["balance"]) for row in rows}
    totals: dict[str, int] = {}
    for (_, asset), amount in newest.items():
        totals[asset] = totals.get(asset, 0) + amount
    balances = [{"amount": amount, "asset": asset} for asset, amount in totals.items()]
    return wire.data(wire.encode({"balances": balances}))


BALANCES_AT = """
SELECT balance.account_id, currency, balance FROM balance JOIN pool_account USING (account_id)
WHERE pool_id = ? AND created_at <= ? AND last_updated_at >= ? ORDER BY created_at
"""


def _pool_id(request: web.Request) -> str:
    try:
        return parse_uuid(request.match_info["poolId"])
    except ValueError as error:
        raise wire.validation(str(error)) from error
