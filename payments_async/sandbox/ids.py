"""Ids: UUIDs, and base64url of canonical JSON with connector, reference and type."""

import base64
import binascii
import re
import uuid
from typing import Any, NamedTuple, Self, cast

from payments_async.sandbox import jsontext
from payments_async.sandbox.wire import encode

NIL = str(uuid.UUID(int=0))
BASE64URL = re.compile(r"[A-Za-z0-9_-]*")
UUID = re.compile(
    r"(?:urn:uuid:)?([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})|\{([0-9a-f-]{36})\}|([0-9a-f]{32})", re.IGNORECASE
)
ESCAPE = re.compile(r"\\(?:u00([0-9a-f]{2})|.)")


class ConnectorID(NamedTuple):
    """An installed connector."""

    provider: str = ""
    reference: str = NIL
    """A UUID."""

    @property
    def json(self) -> str:
        """Its canonical JSON."""
        return f'{{"Provider":{_quote(self.provider)},"Reference":"{self.reference}"}}'

    def __str__(self) -> str:
        return _wrap(self.json)

    @classmethod
    def of(cls, members: dict[str, Any]) -> Self:
        """Build from decoded members; ValueError if one has the wrong type."""
        folded = _folded(members)
        return cls(_text(folded, "provider"), parse_uuid(_text(folded, "reference", NIL)))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Decode leniently; ValueError unless it is base64url of `null` or of a JSON object that fits."""
        return cls.of(_unwrap(text))


class AccountID(NamedTuple):
    """An account of a connector; its text is empty without a reference. Transfer initiations have such ids too."""

    connector: ConnectorID
    reference: str

    @property
    def json(self) -> str:
        """Its canonical JSON."""
        return f'{{"ConnectorID":{self.connector.json},"Reference":{_quote(self.reference)}}}'

    def __str__(self) -> str:
        return _wrap(self.json) if self.reference else ""

    @classmethod
    def of(cls, members: dict[str, Any]) -> Self:
        """Build from decoded members; ValueError if one has the wrong type."""
        folded = _folded(members)
        return cls(ConnectorID.of(_object(folded, "connectorid")), _text(folded, "reference"))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Decode leniently; ValueError unless it is base64url of `null` or of a JSON object that fits."""
        return cls.of(_unwrap(text))


class PaymentID(NamedTuple):
    """A payment; its type is part of the id."""

    connector: ConnectorID
    reference: str
    type: str

    @property
    def json(self) -> str:
        """Its canonical JSON."""
        connector, reference, kind = self.connector.json, _quote(self.reference), _quote(self.type)
        return f'{{"ConnectorID":{connector},"Reference":{reference},"Type":{kind}}}'

    def __str__(self) -> str:
        return _wrap(self.json)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Decode leniently; ValueError unless it is base64url of `null` or of a JSON object that fits."""
        members = _folded(_unwrap(text))
        return cls(ConnectorID.of(_object(members, "connectorid")), _text(members, "reference"), _text(members, "type"))


def parse_uuid(text: str) -> str:
    """The lower-case form of a UUID written plainly, in braces, as a URN or without hyphens; ValueError otherwise."""
    found = UUID.fullmatch(text)
    if found is None:
        raise ValueError(f'invalid UUID format: "{text}"')
    return str(uuid.UUID("".join(group for group in found.groups() if group)))


def new_uuid() -> str:
    """A fresh version 4 UUID."""
    return str(uuid.uuid4())


def to_base64url(content: bytes) -> str:
    """Encode as base64url without padding."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes:
    """Decode base64url; ValueError for padding and for the standard alphabet."""
    whole = BASE64URL.match(text)
    legal = whole.end() if whole else 0
    if legal < len(text):
        raise ValueError(f"illegal base64 data at input byte {legal}")
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as error:
        raise ValueError(f"illegal base64 data at input byte {len(text)}") from error


def _wrap(canonical: str) -> str:
    return to_base64url(canonical.encode())


def _unwrap(text: str) -> dict[str, Any]:
    decoded = jsontext.decode(jsontext.text(from_base64url(text)))
    match decoded:
        case None:
            return {}
        case dict():
            return cast("dict[str, Any]", decoded)
        case _:
            raise ValueError("json: cannot unmarshal value into Go value of type models.ID")


def _folded(members: dict[str, Any]) -> dict[str, Any]:
    return {name.lower(): value for name, value in members.items()}


def _text(members: dict[str, Any], name: str, default: str = "") -> str:
    match members.get(name):
        case None:
            return default
        case str() as text:
            return text
        case _:
            raise ValueError(f"json: cannot unmarshal value into Go struct field {name} of type string")


def _object(members: dict[str, Any], name: str) -> dict[str, Any]:
    value = members.get(name)
    match value:
        case None:
            return {}
        case dict():
            return cast("dict[str, Any]", value)
        case _:
            raise ValueError(f"json: cannot unmarshal value into Go struct field {name} of type models.ConnectorID")


def _quote(text: str) -> str:
    """A canonical JSON string: that of `json.dumps`, but with upper-case hex digits in escapes."""
    quoted = encode(text)
    if "\\" not in quoted:
        return quoted
    return ESCAPE.sub(lambda found: f"\\u00{found[1].upper()}" if found[1] else found[0], quoted)
