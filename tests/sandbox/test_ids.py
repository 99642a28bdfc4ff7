"""Ids as the server makes and reads them."""

import base64
import json
from typing import Any

import pytest

from payments_async.sandbox.ids import AccountID, ConnectorID, PaymentID, parse_uuid

from .conftest import Api

UUID = "0b2cf1a6-6ff8-4f46-a4d4-4a1b5d8a3c11"
STRIPE = ConnectorID("STRIPE", UUID)


def wrap(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def unwrap(text: str) -> str:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()


def test_ids_are_base64url_of_canonical_json() -> None:
    connector = f'{{"Provider":"STRIPE","Reference":"{UUID}"}}'
    assert unwrap(str(STRIPE)) == connector
    assert unwrap(str(AccountID(STRIPE, "acc"))) == f'{{"ConnectorID":{connector},"Reference":"acc"}}'
    payment = str(PaymentID(STRIPE, "pi", "PAY-IN"))
    assert unwrap(payment) == f'{{"ConnectorID":{connector},"Reference":"pi","Type":"PAY-IN"}}'
    assert "=" not in payment


@pytest.mark.parametrize(
    ("reference", "escaped"),
    [
        ("a<b>&/é\u2028\x7f", "a<b>&/é\u2028\x7f"),
        ('"\\\b\t\n\f\r', r"\"\\\b\t\n\f\r"),
        ("\x0b\x1f", r"\u000B\u001F"),
        ("\\u001f", r"\\u001f"),
    ],
)
def test_strings_are_escaped_sparingly_and_with_upper_case_hex(reference: str, escaped: str) -> None:
    assert unwrap(str(AccountID(STRIPE, reference))).endswith(f'"Reference":"{escaped}"}}')
    assert AccountID.parse(str(AccountID(STRIPE, reference))).reference == reference


@pytest.mark.parametrize(
    "text",
    [
        '{"provider":"STRIPE","REFERENCE":"' + UUID.upper() + '"}',
        ' {"Provider" : "STRIPE", "Reference": "' + UUID + '", "extra": 1} ',
        '{"Provider":"STRIPE","Reference":"{' + UUID + '}"}',
        '{"Provider":"STRIPE","Reference":"urn:uuid:' + UUID + '"}',
    ],
)
def test_decoding_is_lenient(text: str) -> None:
    assert ConnectorID.parse(wrap(text)) == STRIPE


def test_the_empty_object_is_an_id_that_nothing_has() -> None:
    nothing = AccountID(ConnectorID("", "00000000-0000-0000-0000-000000000000"), "")
    assert AccountID.parse(wrap("{}")) == nothing
    assert PaymentID.parse(wrap('{"ConnectorID":null,"Type":null}')) == PaymentID(*nothing, "")


@pytest.mark.parametrize(
    "text",
    [
        str(STRIPE) + "=",
        wrap("[]"),
        wrap('"x"'),
        wrap("{"),
        wrap('{"Reference":"not-a-uuid"}'),
        wrap('{"Reference":5}'),
        "a+b/",
        "A",
        "é",
        base64.urlsafe_b64encode(b"\xff\xfe").decode().rstrip("="),
    ],
)
def test_what_cannot_be_decoded(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        ConnectorID.parse(text)


def test_members_of_a_wrong_type_cannot_be_decoded() -> None:
    with pytest.raises(ValueError, match="connectorid"):
        AccountID.parse(wrap('{"ConnectorID":[]}'))


@pytest.mark.parametrize("text", [UUID, UUID.upper(), f"{{{UUID}}}", f"urn:uuid:{UUID}", UUID.replace("-", "")])
def test_uuids_may_be_written_in_other_ways(text: str) -> None:
    assert parse_uuid(text) == UUID


@pytest.mark.parametrize("text", ["", "x", UUID[:-1], f"{UUID}0", f"{{{UUID}", "0b2c-f1a66ff84f46a4d44a1b5d8a3c11-000"])
def test_what_is_no_uuid(text: str) -> None:
    with pytest.raises(ValueError, match="UUID"):
        parse_uuid(text)


async def test_ids_of_what_is_created(api: Api) -> None:
    connector = await api.connector("STRIPE")
    decoded: dict[str, Any] = json.loads(unwrap(connector))
    assert decoded["Provider"] == "STRIPE"
    payment = await api.payment(reference="pi <1>")
    assert json.loads(unwrap(payment["id"])) == {"ConnectorID": decoded, "Reference": "pi <1>", "Type": "PAY-IN"}
    assert (await api.get(f"/payments/{payment['id']}")).data["reference"] == "pi <1>"
    # An id written in another way means the same payment, and is not found all the same.
    other = wrap(json.dumps({"type": "PAY-IN", "x": 1, "connectorid": decoded, "reference": "pi <1>"}, indent=1))
    assert (await api.call("PATCH", f"/payments/{other}/metadata", {"k": "v"})).status == 204
    assert (await api.get(f"/payments/{payment['id']}")).data["metadata"] == {"k": "v"}
    assert (await api.get(f"/payments/{other}")).code == (404, "NOT_FOUND")


async def test_a_transfer_and_an_account_of_one_reference_share_their_id(api: Api) -> None:
    transfer = await api.transfer(reference="account-1")
    account = AccountID(ConnectorID.parse(await api.connector("STRIPE")), "account-1")
    assert transfer == str(account)
