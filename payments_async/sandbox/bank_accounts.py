"""Bank accounts, and forwarding them to providers."""

import sqlite3
from typing import Any

from aiohttp import web

from payments_async.sandbox import jsontext, wire
from payments_async.sandbox.bodies import read_body
from payments_async.sandbox.collation import Column
from payments_async.sandbox.ids import new_uuid, parse_uuid
from payments_async.sandbox.lists import Listing, page, read_page_request
from payments_async.sandbox.parameters import parameters
from payments_async.sandbox.simulation import open_account
from payments_async.sandbox.store import document, kept
from payments_async.sandbox.times import stamp
from payments_async.sandbox.world import WORLD, World

SELECT = """
*, (
    SELECT json_group_array(json_object(
        'id', related.id, 'createdAt', related.created_at, 'provider', connector.provider,
        'connectorID', related.connector_id, 'accountID', related.account_id
    )) FROM (SELECT * FROM related_account WHERE bank_account_id = bank_account.id ORDER BY rowid) AS related
    JOIN connector ON connector.id = related.connector_id
) AS related
"""


def members(row: sqlite3.Row, **echoed: Any) -> dict[str, Any]:
    """A bank account without its numbers.

    Args:
        row: as `SELECT` has it.
        echoed: members that the answer repeats from its request; without them, the connector is the first one that the
            account was forwarded to.
    """
    related = [each | {"createdAt": stamp(each["createdAt"])} for each in jsontext.decode(row["related"])]
    first: dict[str, str] = related[0] if related else {}
    optional = {
        "provider": first.get("provider"),
        "accountID": first.get("accountID"),
        "relatedAccounts": related,
        "metadata": echoed.pop("metadata", None) or jsontext.decode(row["metadata"] or "{}"),
    }
    return {
        "id": row["id"],
        "name": row["name"],
        "createdAt": stamp(row["created_at"]),
        "country": row["country"],
        "connectorID": first.get("connectorID", ""),
        **echoed,
        **{name: value for name, value in optional.items() if value},
    }


LISTING = Listing(
    table="bank_account",
    view=lambda row: wire.encode(members(row)),
    select=SELECT,
    columns={
        **{name: Column(name) for name in ("id", "created_at")},
        **{name: Column(name, text=True) for name in ("name", "country")},
        # The server sorts these by their encrypted values, which is a random order.
        **{name: Column(name) for name in ("iban", "account_number", "swift_bic_code")},
        "metadata": Column("metadata", document=True),
    },
)


async def list_bank_accounts(request: web.Request) -> web.Response:
    """GET /bank-accounts."""
    wanted = await read_page_request(request, parameters(request), LISTING)
    return page(request.app[WORLD], LISTING, wanted)


async def get_bank_account(request: web.Request) -> web.Response:
    """GET /bank-accounts/{bankAccountId}: the only answer with account numbers, masked."""
    row = _find(request.app[WORLD], _bank_account_id(request))
    iban, account_number = row["iban"].encode(), row["account_number"].encode()
    if 0 < len(iban) < 8 or 0 < len(account_number) < 5:
        raise wire.internal("IBAN or account number is not valid")
    numbers = {
        "iban": _masked(iban, 4, 4),
        "accountNumber": _masked(account_number, 2, 3),
        "swiftBicCode": row["swift_bic_code"],
    }
    shown = members(row) | {name: value for name, value in numbers.items() if value}
    return wire.data(wire.encode(shown))


async def create_bank_account(request: web.Request) -> web.Response:
    """POST /bank-accounts: the row stays if the provider of its connector takes no bank accounts."""
    world = request.app[WORLD]
    body = await read_body(request)
    names = ("name", "country", "iban", "accountNumber", "swiftBicCode", "connectorID")
    name, country, iban, account_number, swift, connector_text = (body.text(each) for each in names)
    metadata = body.text_map("metadata")
    if not iban and not account_number:
        raise wire.validation("either iban or accountNumber must be provided")
    if not name or not country:
        raise wire.validation("name and country are required")
    connector = world.installed(connector_text) if connector_text else None
    bank_account_id, now = new_uuid(), world.now()
    world.store.insert(
        "bank_account",
        id=bank_account_id,
        created_at=now.microseconds,
        name=kept(name),
        country=kept(country),
        iban=kept(iban),
        account_number=kept(account_number),
        swift_bic_code=kept(swift),
        metadata=document(metadata),
    )
    if connector:
        open_account(world, bank_account_id, kept(name), connector)
    echoed = {"name": name, "createdAt": str(now), "country": country, "connectorID": connector_text}
    return wire.data(wire.encode(members(_find(world, bank_account_id), **echoed, metadata=metadata)))


async def forward_bank_account(request: web.Request) -> web.Response:
    """POST /bank-accounts/{bankAccountId}/forward."""
    world = request.app[WORLD]
    connector_text = (await read_body(request)).text("connectorID")
    if not connector_text:
        raise wire.validation("connectorID is required")
    bank_account_id = _bank_account_id(request)
    connector = world.installed(connector_text)
    row = _find(world, bank_account_id)
    if connector_text in (each["connectorID"] for each in jsontext.decode(row["related"])):
        raise wire.validation("bank account already forwarded to connector")
    open_account(world, bank_account_id, row["name"], connector)
    return wire.data(wire.encode(members(_find(world, bank_account_id), connectorID=connector_text)))


async def update_bank_account_metadata(request: web.Request) -> web.Response:
    """PATCH /bank-accounts/{bankAccountId}/metadata: merges, never deletes."""
    world = request.app[WORLD]
    changes = (await read_body(request)).text_map("metadata")
    if not changes:
        raise wire.validation("metadata must be provided")
    bank_account_id = _bank_account_id(request)
    merged = jsontext.decode(_find(world, bank_account_id)["metadata"] or "{}") | changes
    world.store.run("UPDATE bank_account SET metadata = ? WHERE id = ?", document(merged), bank_account_id)
    return wire.nothing()


def _find(world: World, bank_account_id: str) -> sqlite3.Row:
    sql = f"SELECT {SELECT} FROM bank_account WHERE id = ?"  # noqa: S608 - fixed texts
    row = world.store.one(sql, bank_account_id)
    if row is None:
        raise wire.not_found()
    return row


def _bank_account_id(request: web.Request) -> str:
    try:
        return parse_uuid(request.match_info["bankAccountId"])
    except ValueError as error:
        raise wire.invalid_id(str(error)) from error


def _masked(text: bytes, head: int, tail: int) -> str:
    """The text with all bytes but those at its ends masked, which may cut characters."""
    return jsontext.text(text[:head] + b"*" * (len(text) - head - tail) + text[-tail:])
