"""What version 3.4 refuses in requests; each function raises VALIDATION unless its text says otherwise."""

import re
from collections.abc import Collection
from typing import Any

from payments_async.sandbox import wire
from payments_async.sandbox.bodies import Body
from payments_async.sandbox.ids import AccountID, ConnectorID, parse_uuid
from payments_async.sandbox.times import Instant
from payments_async.sandbox.v3.places import COUNTRIES, CURRENCIES
from payments_async.sandbox.world import World

LOCALE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", re.ASCII)
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
PHONE = re.compile(r"\+?\d{6,15}", re.ASCII)
URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s/?#]+\S*")
ALPHANUMERIC = re.compile(r"[A-Za-z0-9]+", re.ASCII)


def required(body: Body, *names: str) -> None:
    """Members that are there, and neither `null` nor empty."""
    for name in names:
        if body.any(name) in (None, ""):
            raise wire.validation(f"{name[0].upper()}{name[1:]} is a required field")


def reference(body: Body) -> str:
    """The reference of an object: 3 to 1,000 characters."""
    required(body, "reference")
    text = body.text("reference")
    if not 3 <= len(text) <= 1_000:
        limit = "at least 3" if len(text) < 3 else "a maximum of 1,000"
        raise wire.validation(f"Reference must be {limit} characters in length")
    return text


def connector(body: Body) -> ConnectorID:
    """The connector of an object, which need not be installed."""
    required(body, "connectorID")
    try:
        return ConnectorID.parse(body.text("connectorID"))
    except ValueError as error:
        raise wire.validation("ConnectorID is invalid") from error


def installed(world: World, connector_id: ConnectorID) -> None:
    """A connector that is installed."""
    if world.store.one("SELECT 1 FROM connector WHERE id = ?", str(connector_id)) is None:
        raise wire.validation("connector_id: value not found")


def past(world: World, moment: Instant | None, name: str = "CreatedAt") -> Instant:
    """A time that is not in the future."""
    if moment is None:
        raise wire.validation(f"{name} is a required field")
    if moment.nanoseconds > world.now().nanoseconds:
        raise wire.validation(f"{name} must be less than or equal to the current Date & Time")
    return moment


def one_of(body: Body, name: str, words: Collection[str]) -> str:
    """A word of an enum."""
    required(body, name)
    word = body.text(name)
    if word not in words:
        raise wire.validation(f"{name[0].upper()}{name[1:]} is invalid")
    return word


def asset(text: str, name: str = "Asset") -> str:
    """A currency that the server knows, in any case, and whatever follows its slash."""
    currency, slash, rest = text.partition("/")
    if not slash or "/" in rest or currency.upper() not in CURRENCIES:
        raise wire.validation(f"{name} is invalid")
    return text


def account(body: Body, name: str) -> str | None:
    """The id of an account that need not exist; None if there is none."""
    text = body.text(name)
    if not text:
        return None
    try:
        return str(AccountID.parse(text))
    except ValueError as error:
        raise wire.validation(f"{name[0].upper()}{name[1:]} is invalid") from error


def amount(body: Body) -> int:
    """An amount above zero."""
    required(body, "amount")
    number = body.integer("amount") or 0
    if number <= 0:
        raise wire.validation("Amount must be greater than 0")
    return number


def country(text: str, where: str) -> None:
    """The code of a country in upper case."""
    if text not in COUNTRIES:
        raise wire.validation(
            f"Key: '{where}.Country' Error:Field validation for 'Country' failed on the 'country_code' tag"
        )


def matching(pattern: re.Pattern[str], value: Any, message: str) -> None:
    """A text of this form, if there is one."""
    if value is not None and not pattern.fullmatch(value):
        raise wire.validation(message)


def uuid(text: str) -> str:
    """A UUID of a path; INVALID_ID otherwise."""
    try:
        return parse_uuid(text)
    except ValueError as error:
        raise wire.invalid_id(f"invalid UUID length: {len(text)}") from error


def account_id(text: str) -> str:
    """The id of an account, or of another object with such an id, of a path; INVALID_ID otherwise."""
    try:
        return str(AccountID.parse(text))
    except ValueError as error:
        raise wire.invalid_id(str(error)) from error


def connector_id(text: str) -> ConnectorID:
    """The id of a connector of a path; INVALID_ID otherwise."""
    try:
        return ConnectorID.parse(text)
    except ValueError as error:
        raise wire.invalid_id(str(error)) from error
