"""Payment service users and their bank accounts."""

import sqlite3

from aiohttp import web

from payments_async.sandbox import wire
from payments_async.sandbox.bodies import Body, read_body
from payments_async.sandbox.ids import new_uuid, parse_uuid
from payments_async.sandbox.store import document, kept
from payments_async.sandbox.times import stamp
from payments_async.sandbox.v3 import checks
from payments_async.sandbox.v3.filters import Key, Keys
from payments_async.sandbox.v3.lists import Listing, page, read_page_request
from payments_async.sandbox.world import WORLD, World

CONTACT = ("email", "phoneNumber", "locale")
ADDRESS = ("streetName", "streetNumber", "city", "region", "postalCode", "country")
SELECT = """
*, (
    SELECT json_group_array(id) FROM (SELECT id FROM bank_account WHERE psu_id = user.id ORDER BY rowid)
) AS bank_accounts
"""


def view(row: sqlite3.Row) -> str:
    """JSON of a stored user."""
    return wire.splice(
        {"id": row["id"], "name": row["name"], "createdAt": stamp(row["created_at"])},
        contactDetails=row["contact_details"],
        address=row["address"],
        bankAccountIDs=None if row["bank_accounts"] == "[]" else row["bank_accounts"],
        metadata=row["metadata"],
    )


KEYS = Keys(what="payment service users", by_name={"id": Key("id", uuid=True)}, metadata="user.metadata")
LISTING = Listing(table="user", view=view, keys=KEYS, select=SELECT)


async def list_users(request: web.Request) -> web.Response:
    """GET /v3/payment-service-users."""
    return page(request.app[WORLD], LISTING, await read_page_request(request, LISTING))


async def get_user(request: web.Request) -> web.Response:
    """GET /v3/payment-service-users/{paymentServiceUserID}."""
    return wire.data(view(find(request.app[WORLD], request, "cannot get payment service user: not found")))


async def create_user(request: web.Request) -> web.Response:
    """POST /v3/payment-service-users: nothing is created if one of its bank accounts does not exist."""
    world, body = request.app[WORLD], await read_body(request)
    contact, address = (
        _texts(body.object(name), names) for name, names in (("contactDetails", CONTACT), ("address", ADDRESS))
    )
    metadata, texts = body.text_map("metadata"), body.texts("bankAccountIDs")
    checks.required(body, "name")
    _check_contact(contact)
    _check_address(address)
    bank_accounts = [_uuid(text, index) for index, text in enumerate(texts)]
    for each in bank_accounts:
        if world.store.one("SELECT 1 FROM bank_account WHERE id = ?", each) is None:
            raise wire.not_found("cannot create payment service user: bank account: not found")
    user_id = new_uuid()
    with world.store.transaction():
        world.store.insert(
            "user",
            id=user_id,
            name=kept(body.text("name")),
            created_at=world.now().microseconds,
            contact_details=wire.encode(contact) if contact else None,
            address=wire.encode(address) if address else None,
            metadata=document(metadata),
        )
        for each in bank_accounts:
            world.store.run("UPDATE bank_account SET psu_id = ? WHERE id = ?", user_id, each)
    return wire.data(wire.encode(user_id), status=201)


async def add_bank_account(request: web.Request) -> web.Response:
    """POST …/{paymentServiceUserID}/bank-accounts/{bankAccountID}: takes it from another user."""
    store, user_id = request.app[WORLD].store, checks.uuid(request.match_info["paymentServiceUserID"])
    bank_account_id = checks.uuid(request.match_info["bankAccountID"])
    if store.one("SELECT 1 FROM bank_account WHERE id = ?", bank_account_id) is None:
        raise wire.not_found("failed to add bank account to payment service user: not found")
    if store.one("SELECT 1 FROM user WHERE id = ?", user_id) is None:
        raise wire.validation("failed to add bank account to payment service user: value not found")
    store.run("UPDATE bank_account SET psu_id = ? WHERE id = ?", user_id, bank_account_id)
    return wire.nothing()


def find(world: World, request: web.Request, message: str) -> sqlite3.Row:
    """The user of the path."""
    user_id = checks.uuid(request.match_info["paymentServiceUserID"])
    row = world.store.one(f"SELECT {SELECT} FROM user WHERE id = ?", user_id)  # noqa: S608 - fixed texts
    if row is None:
        raise wire.not_found(message)
    return row


def _texts(body: Body, names: tuple[str, ...]) -> dict[str, str]:
    """The members that are there."""
    return {name: body.text(name) for name in names if body.any(name) is not None}


def _check_contact(contact: dict[str, str]) -> None:
    checks.matching(checks.EMAIL, contact.get("email"), "Email must be a valid email address")
    checks.matching(checks.PHONE, contact.get("phoneNumber"), "PhoneNumber is invalid")
    checks.matching(checks.LOCALE, contact.get("locale"), "Locale is invalid")


def _check_address(address: dict[str, str]) -> None:
    number = address.get("streetNumber")
    checks.matching(checks.ALPHANUMERIC, number, "StreetNumber can only contain alphanumeric characters")
    if "country" in address:
        checks.country(address["country"], "PaymentServiceUsersCreateRequest.Address")


def _uuid(text: str, index: int) -> str:
    try:
        return parse_uuid(text)
    except ValueError as error:
        raise wire.validation(f"BankAccountIDs[{index}] must be a valid UUID") from error
