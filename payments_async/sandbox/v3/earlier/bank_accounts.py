"""Bank accounts by the earlier routes."""

import sqlite3
from typing import Any

from aiohttp import web

from payments_async.sandbox import wire
from payments_async.sandbox.bodies import read_body
from payments_async.sandbox.ids import AccountID
from payments_async.sandbox.v3 import bank_accounts, checks, forwarding
from payments_async.sandbox.v3.earlier.waiting import finish
from payments_async.sandbox.v3.lists import Listing, page, read_page_request
from payments_async.sandbox.v3.providers import earlier_word
from payments_async.sandbox.world import WORLD


def members(row: sqlite3.Row, *, numbers: bool) -> dict[str, Any]:
    """A stored bank account; what it has not is absent.

    Args:
        row: as `bank_accounts.SELECT` has it.
        numbers: whether its numbers are shown, masked.
    """
    shown = bank_accounts.members(row, numbers=numbers)
    optional = {name: shown[name] for name in ("iban", "accountNumber", "swiftBicCode", "metadata")}
    related = [_related(each) for each in shown["relatedAccounts"]]
    return {
        "id": shown["id"],
        "name": shown["name"],
        "createdAt": shown["createdAt"],
        "country": shown["country"] or "",
        **{name: value for name, value in {**optional, "relatedAccounts": related}.items() if value},
    }


def _related(each: dict[str, str]) -> dict[str, str]:
    connector = AccountID.parse(each["accountID"]).connector
    return {
        "id": "",
        "createdAt": each["createdAt"],
        "accountID": each["accountID"],
        "connectorID": str(connector),
        "provider": earlier_word(connector.provider),
    }


LISTING = Listing(
    table="bank_account",
    view=lambda row: wire.encode(members(row, numbers=False)),
    keys=bank_accounts.KEYS,
    select=bank_accounts.SELECT,
)


async def list_bank_accounts(request: web.Request) -> web.Response:
    """GET /bank-accounts."""
    return page(request.app[WORLD], LISTING, await read_page_request(request, LISTING))


async def get_bank_account(request: web.Request) -> web.Response:
    """GET /bank-accounts/{bankAccountID}."""
    return _answer(request, checks.uuid(request.match_info["bankAccountID"]))


async def create_bank_account(request: web.Request) -> web.Response:
    """POST /bank-accounts: with a connector, waits until the account is forwarded to it."""
    world, body = request.app[WORLD], await read_body(request)
    connector = checks.connector(body) if body.text("connectorID") else None
    bank_account_id = bank_accounts.insert_bank_account(world, body)
    if connector is not None:
        await finish(request, lambda worker: forwarding.forward(world, worker, bank_account_id, connector))
    return _answer(request, bank_account_id)


async def forward_bank_account(request: web.Request) -> web.Response:
    """POST /bank-accounts/{bankAccountID}/forward: waits until it is done."""
    world, bank_account_id = request.app[WORLD], checks.uuid(request.match_info["bankAccountID"])
    connector = checks.connector(await read_body(request))
    await finish(request, lambda worker: forwarding.forward(world, worker, bank_account_id, connector))
    return _answer(request, bank_account_id)


def _answer(request: web.Request, bank_account_id: str) -> web.Response:
    row = bank_accounts.find(request.app[WORLD], bank_account_id)
    return wire.data(wire.encode(members(row, numbers=True)))
