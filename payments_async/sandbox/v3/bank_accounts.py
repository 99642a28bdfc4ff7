"""Bank accounts, which may belong to users and be forwarded to connectors."""

import re
import sqlite3
from typing import Any

from aiohttp import web

from payments_async.sandbox import jsontext, wire
from payments_async.sandbox.bodies import Body, read_body
from payments_async.sandbox.ids import new_uuid
from payments_async.sandbox.store import document, kept
from payments_async.sandbox.times import stamp
from payments_async.sandbox.v3 import checks
from payments_async.sandbox.v3.filters import Key, Keys, matched
from payments_async.sandbox.v3.lists import Listing, page, read_page_request
from payments_async.sandbox.world import WORLD, World

IBAN = re.compile(r"[A-Za-z0-9]{15,31}", re.ASCII)
SWIFT = re.compile(r"[A-Za-z0-9]{8,11}", re.ASCII)
SELECT = """
*, (
    SELECT json_group_array(json_array(account_id, created_at))
    FROM (SELECT * FROM related_account WHERE bank_account_id = bank_account.id ORDER BY rowid)
) AS related
"""
KEYS = Keys(
    what="bank accounts",
    by_name=matched("name", "country", id=Key("id", uuid=True), psu_id=Key("psu_id", uuid=True)),
    metadata="bank_account.metadata",
)


def members(row: sqlite3.Row, *, numbers: bool) -> dict[str, Any]:
    """A stored bank account.

    Args:
        row: as `SELECT` has it.
        numbers: whether its numbers are shown, masked; otherwise they are `null`.
    """
    iban, account_number, swift = row["iban"], row["account_number"], row["swift_bic_code"]
    return {
        "id": row["id"],
        "createdAt": stamp(row["created_at"]),
        "name": row["name"],
        "accountNumber": masked(account_number, 2, 3) if numbers else None,
        "iban": masked(iban, 4, 4) if numbers else None,
        "swiftBicCode": swift if numbers else None,
        "country": row["country"],
        "metadata": jsontext.decode(row["metadata"] or "{}"),
        "relatedAccounts": [
            {"accountID": account_id, "createdAt": stamp(created_at)}
            for account_id, created_at in jsontext.decode(row["related"])
        ],
    }


def masked(text: str | None, head: int, tail: int) -> str | None:
    """A number with all characters but those at its ends masked; a short one wholly."""
    if text is None:
        return None
    if len(text) < head + tail:
        return "*" * len(text)
    return text[:head] + "*" * (len(text) - head - tail) + text[-tail:]


LISTING = Listing(
    table="bank_account", view=lambda row: wire.encode(members(row, numbers=False)), keys=KEYS, select=SELECT
)


async def list_bank_accounts(request: web.Request) -> web.Response:
    """GET /v3/bank-accounts."""
    return page(request.app[WORLD], LISTING, await read_page_request(request, LISTING))


async def get_bank_account(request: web.Request) -> web.Response:
    """GET /v3/bank-accounts/{bankAccountID}."""
    row = find(request.app[WORLD], checks.uuid(request.match_info["bankAccountID"]))
    return wire.data(wire.encode(members(row, numbers=True)))


async def create_bank_account(request: web.Request) -> web.Response:
    """POST /v3/bank-accounts."""
    return wire.data(wire.encode(insert_bank_account(request.app[WORLD], await read_body(request))), status=201)


def insert_bank_account(world: World, body: Body) -> str:
    """Check and add a bank account, and return its id."""
    texts = {name: body.text(name) for name in ("name", "iban", "accountNumber", "swiftBicCode", "country")}
    metadata = body.text_map("metadata")
    checks.required(body, "name")
    if body.any("iban") is None and body.any("accountNumber") is None:
        raise wire.validation("AccountNumber is a required field if IBAN is not provided")
    checks.matching(
        checks.ALPHANUMERIC, body.any("accountNumber"), "AccountNumber can only contain alphanumeric characters"
    )
    checks.matching(IBAN, body.any("iban"), "IBAN must be 15 to 31 alphanumeric characters")
    checks.matching(SWIFT, body.any("swiftBicCode"), "SwiftBicCode must be 8 to 11 alphanumeric characters")
    if body.any("country") is not None:
        checks.country(texts["country"], "BankAccountsCreateRequest")
    bank_account_id = new_uuid()
    world.store.insert(
        "bank_account",
        id=bank_account_id,
        created_at=world.now().microseconds,
        name=kept(texts["name"]),
        country=texts["country"] or None,
        iban=texts["iban"] or None,
        account_number=texts["accountNumber"] or None,
        swift_bic_code=texts["swiftBicCode"] or None,
        metadata=document(metadata or {}),
    )
    return bank_account_id


async def update_bank_account_metadata(request: web.Request) -> web.Response:
    """PATCH /v3/bank-accounts/{bankAccountID}/metadata: merges, never deletes."""
    world, bank_account_id = request.app[WORLD], checks.uuid(request.match_info["bankAccountID"])
    try:
        changes = (await read_body(request)).text_map("metadata")
    except wire.RefusedError as error:
        raise wire.validation(error.message) from error
    if not changes:
        raise wire.validation("metadata must be provided")
    row = find(world, bank_account_id, "cannot update bank account metadata: not found")
    merged = jsontext.decode(row["metadata"] or "{}") | changes
    world.store.run("UPDATE bank_account SET metadata = ? WHERE id = ?", document(merged), bank_account_id)
    return wire.nothing()


def find(world: World, bank_account_id: str, message: str = "failed to get bank account: not found") -> sqlite3.Row:
    """The bank account of an id."""
    row = world.store.one(f"SELECT {SELECT} FROM bank_account WHERE id = ?", bank_account_id)  # noqa: S608 - fixed texts
    if row is None:
        raise wire.not_found(message)
    return row
