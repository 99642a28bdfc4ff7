"""Bank accounts: kept here, and forwarded to providers that take them."""

import sqlite3
from typing import Any

from aiohttp import web

from payments_async.sandbox import wire
from payments_async.sandbox.bodies import read_body
from payments_async.sandbox.cursors import Listing, page, parameters, read_page_request
from payments_async.sandbox.ids import AccountID, ConnectorID, new_uuid, parse_uuid
from payments_async.sandbox.providers import PROVIDERS
from payments_async.sandbox.times import Instant, stamp
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


def members(row: sqlite3.Row, created_at: Instant | None = None, connector_id: str | None = None) -> dict[str, Any]:
    """A bank account without its numbers.

    Args:
        row: as `SELECT` has it.
        created_at: the time with all its digits, in the answer to the request that set it.
        connector_id: what the request said; otherwise the connector that has had the account longest.
    """
    related = [each | {"createdAt": stamp(each["createdAt"])} for each in wire.decode(row["related"])]
    first: dict[str, str] = related[0] if related else {}
    optional = {
        "provider": first.get("provider"),
        "accountID": first.get("accountID"),
        "relatedAccounts": related,
        "metadata": wire.decode(row["metadata"] or "{}"),
    }
    return {
        "id": row["id"],
        "name": row["name"],
        "createdAt": str(created_at or stamp(row["created_at"])),
        "country": row["country"],
        "connectorID": first.get("connectorID", "") if connector_id is None else connector_id,
        **{name: value for name, value in optional.items() if value},
    }


LISTING = Listing(
    table="bank_account",
    view=lambda row: wire.encode(members(row)),
    select=SELECT,
    columns={name: name for name in ("id", "created_at", "name", "country", "metadata")},
)


async def list_bank_accounts(request: web.Request) -> web.Response:
    """GET /bank-accounts."""
    wanted = await read_page_request(request, parameters(request))
    return page(request.app[WORLD], LISTING, wanted)


async def get_bank_account(request: web.Request) -> web.Response:
    """GET /bank-accounts/{bankAccountId}: the only answer with numbers, masked."""
    row = _found(request.app[WORLD], _bank_account_id(request))
    iban, account_number = row["iban"], row["account_number"]
    if 0 < len(iban) < 8 or 0 < len(account_number) < 5:
        raise wire.internal()
    numbers = {
        "iban": _masked(iban, 4, 4),
        "accountNumber": _masked(account_number, 2, 3),
        "swiftBicCode": row["swift_bic_code"],
    }
    shown = members(row) | {name: value for name, value in numbers.items() if value}
    return wire.data(wire.encode(shown))


async def create_bank_account(request: web.Request) -> web.Response:
    """POST /bank-accounts: the row stays when its connector's provider turns out to take none."""
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
        name=name,
        country=country,
        iban=iban,
        account_number=account_number,
        swift_bic_code=swift,
        metadata=wire.encode(metadata) if metadata else None,
    )
    if connector:
        _hand_over(world, bank_account_id, name, connector)
    return wire.data(wire.encode(members(_found(world, bank_account_id), now, connector_text)))


async def forward_bank_account(request: web.Request) -> web.Response:
    """POST /bank-accounts/{bankAccountId}/forward."""
    world = request.app[WORLD]
    connector_text = (await read_body(request)).text("connectorID")
    if not connector_text:
        raise wire.validation("connectorID is required")
    bank_account_id = _bank_account_id(request)
    connector = world.installed(connector_text)
    row = _found(world, bank_account_id)
    if connector_text in (each["connectorID"] for each in wire.decode(row["related"])):
        raise wire.validation("bank account already forwarded to connector")
    _hand_over(world, bank_account_id, row["name"], connector)
    return wire.data(wire.encode(members(_found(world, bank_account_id), connector_id=connector_text)))


async def update_bank_account_metadata(request: web.Request) -> web.Response:
    """PATCH /bank-accounts/{bankAccountId}/metadata: merges, never deletes."""
    world = request.app[WORLD]
    changes = (await read_body(request)).text_map("metadata")
    if not changes:
        raise wire.validation("metadata must be provided")
    bank_account_id = _bank_account_id(request)
    merged = wire.decode(_found(world, bank_account_id)["metadata"] or "{}") | changes
    world.store.run("UPDATE bank_account SET metadata = ? WHERE id = ?", wire.encode(merged), bank_account_id)
    return wire.nothing()


def _hand_over(world: World, bank_account_id: str, name: str, connector: ConnectorID) -> None:
    """What the pretended provider does: it opens an account at once, and the two are linked."""
    if not PROVIDERS[connector.provider].creates_bank_accounts:
        raise wire.validation("connector does not support bank account creation")
    now = world.now().microseconds
    reference = f"ba_{new_uuid()}"
    account = str(AccountID(connector, reference))
    with world.store.transaction():
        world.store.insert(
            "account",
            id=account,
            connector_id=str(connector),
            created_at=now,
            reference=reference,
            type="EXTERNAL",
            default_currency="",
            account_name=name,
            raw="{}",
        )
        world.store.insert(
            "related_account",
            id=new_uuid(),
            created_at=now,
            bank_account_id=bank_account_id,
            connector_id=str(connector),
            account_id=account,
        )


def _found(world: World, bank_account_id: str) -> sqlite3.Row:
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


def _masked(text: str, head: int, tail: int) -> str:
    return text[:head] + "*" * (len(text) - head - tail) + text[-tail:]
