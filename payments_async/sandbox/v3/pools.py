"""Pools: named sets of accounts, listed one by one or found by a query."""

import sqlite3
from collections.abc import Iterable
from typing import Any

from aiohttp import web

from payments_async.sandbox import jsontext, wire
from payments_async.sandbox.bodies import Body, read_body
from payments_async.sandbox.ids import AccountID, new_uuid
from payments_async.sandbox.parameters import first, parameters
from payments_async.sandbox.store import kept, number
from payments_async.sandbox.times import Instant, parse_time, stamp
from payments_async.sandbox.v3 import accounts, checks
from payments_async.sandbox.v3.filters import Key, Keys, compile_filter, matched, read_expression
from payments_async.sandbox.v3.lists import Listing, page, read_page_request
from payments_async.sandbox.world import WORLD, World

MEMBERS = "SELECT account_id FROM pool_account WHERE pool_id = ? ORDER BY rowid"
KEYS = Keys(
    what="pools",
    by_name=matched(
        "name",
        id=Key("id", uuid=True),
        account_id=Key(condition="id IN (SELECT pool_id FROM pool_account WHERE account_id = ?)"),
    ),
)


def members_of(world: World, row: sqlite3.Row) -> list[str]:
    """The ids of the accounts in a pool; those of a query are the newest first."""
    if row["query"] is None:
        return [each["account_id"] for each in world.store.all(MEMBERS, row["id"])]
    query = read_expression(jsontext.decode(row["query"]))
    sql, values = ("1", []) if query is None else compile_filter(query, accounts.KEYS, world.rules.collation)
    found = f"SELECT id FROM account WHERE ({sql}) ORDER BY created_at DESC, rowid DESC"  # noqa: S608 - compiled
    return [each["id"] for each in world.store.all(found, *values)]


def listing(world: World) -> Listing:
    """How pools are listed."""

    def view(row: sqlite3.Row) -> str:
        """JSON of a stored pool."""
        members: dict[str, Any] = {
            "id": row["id"],
            "name": row["name"],
            "createdAt": stamp(row["created_at"]),
            "type": "STATIC" if row["query"] is None else "DYNAMIC",
        }
        if row["query"] is not None:
            members["query"] = jsontext.decode(row["query"])
        return wire.encode(members | {"poolAccounts": members_of(world, row)})

    return Listing(table="pool", view=view, keys=KEYS)


async def list_pools(request: web.Request) -> web.Response:
    """GET /v3/pools."""
    shown = listing(request.app[WORLD])
    return page(request.app[WORLD], shown, await read_page_request(request, shown))


async def get_pool(request: web.Request) -> web.Response:
    """GET /v3/pools/{poolID}."""
    world = request.app[WORLD]
    return wire.data(listing(world).view(find(world, request)))


async def create_pool(request: web.Request) -> web.Response:
    """POST /v3/pools."""
    return wire.data(wire.encode(insert_pool(request.app[WORLD], await read_body(request))), status=201)


def insert_pool(world: World, body: Body) -> str:
    """Check and add a pool, and return its id; a query counts more than a list of accounts."""
    name, account_ids = body.text("name"), body.texts("accountIDs")
    query = _query(world, body)
    checks.required(body, "name")
    if body.any("query") is None and body.any("accountIDs") is None:
        raise wire.validation("Query is a required field")
    listed = [] if query else [_account(text, index) for index, text in enumerate(account_ids)]
    check_members(world, listed)
    pool_id = new_uuid()
    with world.store.transaction():
        world.store.insert(
            "pool",
            id=pool_id,
            name=kept(name),
            created_at=world.now().microseconds,
            query=wire.encode(query) if query else None,
        )
        rows = [{"pool_id": pool_id, "account_id": each} for each in dict.fromkeys(listed)]
        world.store.insert_all("pool_account", rows)
    return pool_id


def check_members(world: World, account_ids: Iterable[str]) -> None:
    """Refuse accounts that do not exist, and those of others."""
    for each in account_ids:
        row = world.store.one("SELECT type FROM account WHERE id = ?", each)
        if row is None:
            raise wire.not_found()
        if row["type"] != "INTERNAL":
            raise wire.validation(f"account {each} is not an internal account: validation error")


async def update_pool_query(request: web.Request) -> web.Response:
    """PATCH /v3/pools/{poolID}/query."""
    world, body = request.app[WORLD], await read_body(request)
    checks.uuid(request.match_info["poolID"])
    checks.required(body, "query")
    query = _query(world, body)
    row = find(world, request, "not found")
    if row["query"] is None:
        advice = "use the pool account addition or deletion endpoints: validation error"
        raise wire.validation(f"pool {row['id']} is a static pool, {advice}: validation error")
    world.store.run("UPDATE pool SET query = ? WHERE id = ?", wire.encode(query or {}), row["id"])
    return wire.nothing()


async def delete_pool(request: web.Request) -> web.Response:
    """DELETE /v3/pools/{poolID}: 204 for an unknown pool too."""
    request.app[WORLD].store.run("DELETE FROM pool WHERE id = ?", checks.uuid(request.match_info["poolID"]))
    return wire.nothing()


async def add_account_to_pool(request: web.Request) -> web.Response:
    """POST /v3/pools/{poolID}/accounts/{accountID}: 204 for a member too."""
    account_id = checks.account_id(request.match_info["accountID"])
    add_member(request.app[WORLD], static(request, "add"), account_id)
    return wire.nothing()


async def remove_account_from_pool(request: web.Request) -> web.Response:
    """DELETE /v3/pools/{poolID}/accounts/{accountID}: 204 for an account that is no member too."""
    world, account_id = request.app[WORLD], checks.account_id(request.match_info["accountID"])
    pool_id = static(request, "remove")
    if world.store.one("SELECT 1 FROM account WHERE id = ?", account_id) is None:
        raise wire.not_found()
    world.store.run("DELETE FROM pool_account WHERE pool_id = ? AND account_id = ?", pool_id, account_id)
    return wire.nothing()


def add_member(world: World, pool_id: str, account_id: str) -> None:
    """Add an account to a pool unless it is a member."""
    check_members(world, [account_id])
    world.store.run("INSERT OR IGNORE INTO pool_account VALUES (?, ?)", pool_id, account_id)


def static(request: web.Request, verb: str) -> str:
    """The id of the pool in the path, whose members are listed one by one."""
    row = find(request.app[WORLD], request, "not found")
    if row["query"] is not None:
        advice = f"use the pool query update endpoint to {verb} an account: validation error"
        raise wire.validation(f"pool {row['id']} is a dynamic pool, {advice}: validation error")
    return str(row["id"])


async def get_pool_balances(request: web.Request) -> web.Response:
    """GET /v3/pools/{poolID}/balances: sums of the balances whose interval contains the time asked for."""
    world, text = request.app[WORLD], first(parameters(request), "at")
    checks.uuid(request.match_info["poolID"])
    moment = read_moment(world, text)
    return wire.data(wire.encode(balances_of(world, find(world, request), moment)))


async def get_pool_balances_latest(request: web.Request) -> web.Response:
    """GET /v3/pools/{poolID}/balances/latest: sums of the newest balances."""
    world = request.app[WORLD]
    return wire.data(wire.encode(balances_of(world, find(world, request), None)))


def read_moment(world: World, text: str) -> Instant:
    """The time that is asked for, which is not in the future."""
    if not text:
        raise wire.validation("query param 'at' is missing")
    try:
        moment = parse_time(text) or Instant(0)
    except ValueError as error:
        raise wire.validation(f"invalid atTime: {error}") from error
    if moment.nanoseconds > world.now().nanoseconds:
        raise wire.validation("query param 'at' cannot be in the future")
    return moment


def balances_of(world: World, row: sqlite3.Row, moment: Instant | None) -> list[dict[str, Any]]:
    """The balances of a pool by asset, each with the accounts that it sums."""
    totals: dict[str, dict[str, Any]] = {}
    for account_id in members_of(world, row):
        newest: dict[str, int] = {}
        for balance in world.store.all(BALANCES, account_id):
            held = moment is None or balance["created_at"] <= moment.microseconds <= balance["last_updated_at"]
            if held:
                newest[balance["currency"]] = number(balance["balance"])
        for asset, amount in newest.items():
            total = totals.setdefault(asset, {"asset": asset, "amount": 0, "relatedAccounts": []})
            total["amount"] += amount
            total["relatedAccounts"].append(account_id)
    return [totals[asset] for asset in sorted(totals)]


BALANCES = "SELECT * FROM balance WHERE account_id = ? ORDER BY created_at"


def find(world: World, request: web.Request, message: str = "cannot get pool: not found") -> sqlite3.Row:
    """The pool of the path."""
    pool_id = checks.uuid(request.match_info["poolID"])
    row = world.store.one("SELECT * FROM pool WHERE id = ?", pool_id)
    if row is None:
        raise wire.not_found(message)
    return row


def _account(text: str, index: int) -> str:
    try:
        return str(AccountID.parse(text))
    except ValueError as error:
        raise wire.validation(f"AccountIDs[{index}] is invalid") from error


def _query(world: World, body: Body) -> Any:
    """The query of a request, None if there is none or it is empty; INTERNAL if it is malformed."""
    given = body.any("query")
    try:
        query = read_expression(given)
    except wire.RefusedError as error:
        raise wire.internal(error.message) from error
    if query is not None:
        compile_filter(query, accounts.KEYS, world.rules.collation)
    return query
