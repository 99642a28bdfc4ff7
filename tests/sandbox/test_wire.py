"""Times, durations, amounts and bodies, as Go reads and writes them."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest

from payments_async.sandbox.store import number, sortable
from payments_async.sandbox.times import duration, microseconds, parse_duration, parse_time, stamp

from .conftest import Answer, Api, payment_request

BAD_BODY = (400, "MISSING_OR_INVALID_BODY")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2025-01-02T03:04:05Z", "2025-01-02T03:04:05Z"),
        ("2025-01-02T03:04:05.123456789+05:30", "2025-01-02T03:04:05.123456789+05:30"),
        ("2025-01-02T03:04:05.1200Z", "2025-01-02T03:04:05.12Z"),
        ("2025-01-02T03:04:05.000-00:00", "2025-01-02T03:04:05Z"),
        ("2025-01-02T03:04:05-11:00", "2025-01-02T03:04:05-11:00"),
        ("1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.5Z"),
        ("0001-01-01T00:00:01Z", "0001-01-01T00:00:01Z"),
        # Not RFC 3339, and taken all the same.
        ("2025-01-02T03:04:05,5Z", "2025-01-02T03:04:05.5Z"),
        ("2025-01-02T1:04:05Z", "2025-01-02T01:04:05Z"),
        ("2025-01-02T03:04:05.1234567890123Z", "2025-01-02T03:04:05.123456789Z"),
        ("2025-01-02T03:04:05+05:60", "2025-01-02T03:04:05+06:00"),
        ("0000-02-29T03:04:05Z", "0000-02-29T03:04:05Z"),
    ],
)
def test_a_time_is_echoed_with_its_offset(text: str, shown: str) -> None:
    assert str(parse_time(text)) == shown


@pytest.mark.parametrize(
    "text",
    [
        "2025-01-02",
        "2025-01-02 03:04:05Z",
        "2025-01-02t03:04:05Z",
        "2025-01-02T03:04:05z",
        "2025-01-02T03:04:05",
        "2025-01-02T03:04:05+0200",
        "2025-01-02T03:04:05.Z",
        "2025-13-02T03:04:05Z",
        "2025-02-30T03:04:05Z",
        "2025-01-02T24:00:00Z",
        "2025-01-02T03:04:60Z",
        "2025-01-02T03:04:05+25:00",
        "2025-01-02T03:04:05+05:61",
        "2025-1-02T03:04:05Z",
        "",
    ],
)
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(ValueError, match="time"):
        parse_time(text)


def test_a_zone_of_a_whole_day_is_read_and_not_written() -> None:
    instant = parse_time("2025-01-02T03:04:05+24:00")
    assert instant is not None
    assert stamp(instant.microseconds) == "2025-01-01T03:04:05Z"
    with pytest.raises(ValueError, match="timezone hour"):
        str(instant)


def test_the_zero_time_is_none() -> None:
    assert parse_time("0001-01-01T00:00:00Z") is None
    assert stamp(None) == "0001-01-01T00:00:00Z"


def test_stored_times_have_six_digits_at_most() -> None:
    instant = parse_time("2025-01-02T03:04:05.123456789+05:00")
    assert instant is not None
    assert stamp(instant.microseconds) == "2025-01-01T22:04:05.123456Z"
    assert stamp(microseconds(datetime(2025, 1, 1, 10, 0, 0, 500_000, tzinfo=UTC))) == "2025-01-01T10:00:00.5Z"
    assert stamp(microseconds(datetime(2025, 1, 1, 10, tzinfo=UTC))) == "2025-01-01T10:00:00Z"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("120s", "2m0s"),
        ("2m", "2m0s"),
        ("90s", "1m30s"),
        ("1h30m", "1h30m0s"),
        ("1.5s", "1.5s"),
        ("10s", "10s"),
        ("25h", "25h0m0s"),
        ("1h0.5s", "1h0m0.5s"),
        ("-90s", "-1m30s"),
        ("+1m", "1m0s"),
        ("300ms", "300ms"),
        ("1.5ms", "1.5ms"),
        ("1500us", "1.5ms"),
        ("7µs", "7µs"),
        ("9ns", "9ns"),
        (".5s", "500ms"),
        ("1.s", "1s"),
        ("0", "0s"),
        ("0s", "0s"),
    ],
)
def test_durations_are_normalised(text: str, shown: str) -> None:
    assert duration(parse_duration(text)) == shown


@pytest.mark.parametrize("text", ["", "1d", "120", "s", "1m 30s", "1 s", ".s", "1m-30s", "--1s"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="duration"):
        parse_duration(text)


def test_sortable_text_sorts_as_its_number() -> None:
    numbers = [-(10**40), -(10**30) - 1, -(10**30), -100, -99, -10, -9, -1, 0, 1, 9, 10, 99, 100, 10**30, 10**40]
    assert sorted(map(sortable, reversed(numbers))) == list(map(sortable, numbers))
    assert [number(sortable(each)) for each in numbers] == numbers


async def create(api: Api, **members: Any) -> Answer:
    return await api.post("/payments", payment_request(await api.connector("STRIPE")) | members)


@pytest.mark.parametrize("amount", [0, -1, 10**39 + 7, -(10**39) - 7, 2**63])
async def test_amounts_are_exact(api: Api, amount: int) -> None:
    created = (await create(api, amount=amount)).data
    stored = (await api.get(f"/payments/{created['id']}")).data
    for shown in (created, stored):
        assert shown["amount"] == shown["initialAmount"] == shown["raw"]["amount"] == amount


@pytest.mark.parametrize("literal", ['"5"', "1.0", "1e3", "true", "[1]", "{}"])
async def test_amounts_are_integer_literals(api: Api, literal: str) -> None:
    body = json.dumps(payment_request(await api.connector("STRIPE"))).replace("1050", literal)
    assert (await api.post("/payments", body)).code == BAD_BODY


async def test_minus_zero_is_an_integer(api: Api) -> None:
    body = json.dumps(payment_request(await api.connector("STRIPE"))).replace("1050", "-0")
    assert (await api.post("/payments", body)).data["amount"] == 0


@pytest.mark.parametrize(
    "body",
    [
        *("", " ", "{", "[]", "5", '"x"', "nope", "[" * 100_000, "\xff"),
        *('{"reference":5}', '{"createdAt":"yesterday"}', '{"createdAt":5}', '{"amount":NaN}'),
    ],
)
async def test_bodies_that_cannot_be_read(api: Api, body: str) -> None:
    assert (await api.post("/payments", body)).code == BAD_BODY


async def test_bodies_are_read_as_go_reads_them(api: Api) -> None:
    request = payment_request(await api.connector("STRIPE"))
    shouted = {name.upper(): value for name, value in request.items()}
    body = "\n " + json.dumps(shouted | {"unknown": [1]}) + " and what follows"
    answer = await api.call("POST", "/payments", body, headers={"Content-Type": "text/plain"})
    assert (answer.status, answer.data["reference"]) == (200, "payment-1")


async def test_a_wrong_type_is_found_before_anything_is_judged(api: Api) -> None:
    assert (await create(api, type="NOPE", destinationAccountID=5)).code == BAD_BODY


@pytest.mark.parametrize(
    ("created_at", "code"),
    [
        ("2025-01-02T03:04:05,5Z", (200, "")),
        ("2025-01-02T03:04:05+24:00", (400, "VALIDATION")),
        ("0000-01-01T00:00:00Z", (500, "INTERNAL")),
    ],
)
async def test_odd_times(api: Api, created_at: str, code: tuple[int, str]) -> None:
    assert (await create(api, createdAt=created_at)).code == code
    account = {"reference": "a", "connectorID": await api.connector("WISE"), "accountName": "n", "type": "INTERNAL"}
    assert (await api.post("/accounts", {**account, "createdAt": created_at})).code == code
    transfer = await api.transfer_request() | {"scheduledAt": created_at}
    assert (await api.post("/transfer-initiations", transfer)).code == code


async def test_nul_is_dropped_from_texts_and_spelled_out_in_documents(api: Api) -> None:
    payment = (await create(api, reference="p\0ay", asset="E\0UR/2")).data
    assert (payment["reference"], payment["asset"]) == ("p\0ay", "E\0UR/2")
    path = f"/payments/{payment['id']}"
    assert (await api.call("PATCH", f"{path}/metadata", {"k\0": "v\0"})).status == 204
    stored = (await api.get(path)).data
    assert (stored["reference"], stored["asset"], stored["metadata"]) == ("pay", "EUR/2", {"k": "v"})

    account = {"reference": "a\0", "accountName": "\0n", "type": "INTERNAL", "metadata": {"k\0": "v\0"}}
    account |= {"connectorID": await api.connector("WISE"), "createdAt": "2025-01-01T00:00:00Z"}
    created = (await api.post("/accounts", account)).data
    stored = (await api.get(f"/accounts/{created['id']}")).data
    assert (stored["reference"], stored["accountName"]) == ("a", "n")
    assert stored["metadata"] == {r"k\u0000": r"v\u0000"}

    bank_account = {"name": "b\0", "country": "\0DE", "iban": "DE89370400440532\0", "metadata": {"k": "\0"}}
    created = (await api.post("/bank-accounts", bank_account)).data
    assert created["name"] == "b\0"
    stored = (await api.get(f"/bank-accounts/{created['id']}")).data
    assert (stored["name"], stored["country"], stored["metadata"]) == ("b", "DE", {"k": r"\u0000"})
    assert stored["iban"] == "DE89********0532"

    pool = (await api.post("/pools", {"name": "p\0", "accountIDs": [await api.account()]})).data
    assert (pool["name"], (await api.get(f"/pools/{pool['id']}")).data["name"]) == ("p\0", "p")
    transfer = await api.transfer(description="d\0")
    assert (await api.get(f"/transfer-initiations/{transfer}")).data["description"] == "d"


@pytest.mark.parametrize("reference", [r"\ud800", r"x\udc00y", "\xff", "é\xc3"])
async def test_what_is_no_character_becomes_the_replacement_character(api: Api, reference: str) -> None:
    body = json.dumps(payment_request(await api.connector("STRIPE"))).replace("payment-1", reference)
    created = (await api.post("/payments", body.encode("latin-1"))).data
    expected = {r"\ud800": "\ufffd", r"x\udc00y": "x\ufffdy", "\xff": "\ufffd", "é\xc3": "\ufffd\ufffd"}[reference]
    assert created["reference"] == expected
    assert (await api.get(f"/payments/{created['id']}")).data["reference"] == expected


PYTHON = re.compile(r"codec|Expecting|Invalid control|line \d+ column|int\(\)|NoneType|Traceback|literal for")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/payments", b"\xff"),
        ("POST", "/payments", b'{"reference":"\xff'),
        ("POST", "/payments", b'{"reference":"a\nb"}'),
        ("POST", "/payments", b'{"reference":"\\x"}'),
        ("POST", "/payments", b"{'a':1}"),
        ("POST", "/payments", b'{"amount":' + b"9" * 5_000 + b"}"),
        ("POST", "/payments", b"[" * 100_000),
        ("POST", "/payments", b'{"createdAt":"yesterday"}'),
        ("POST", "/payments", b'{"createdAt":"2025-02-30T00:00:00Z"}'),
        ("GET", "/payments?query=%7B%ff", None),
        ("GET", "/payments?query=nope", None),
        ("GET", "/payments?cursor=_w", None),
        ("GET", "/payments?cursor=A", None),
        ("GET", "/payments?cursor=bm9wZQ", None),
        ("GET", "/payments/A", None),
        ("GET", "/payments/_w", None),
        ("GET", "/payments/%C3%A9", None),
        ("GET", "/pools/x", None),
        ("GET", "/pools/00000000-0000-0000-0000-000000000000/balances?at=x", None),
        ("GET", "/accounts/e30/balances?limit=" + "9" * 5_000, None),
        ("GET", "/accounts/e30/balances?from=2025-02-30T00:00:00Z", None),
        ("POST", "/connectors/WISE", b'{"apiKey":"k","pollingPeriod":{"duration":1e400}}'),
    ],
)
async def test_refusals_are_not_told_in_pythons_words(api: Api, method: str, path: str, body: bytes | None) -> None:
    answer = await api.call(method, path, body)
    assert 400 <= answer.status < 500
    message = answer.json["errorMessage"]
    assert message
    assert not PYTHON.search(message)


async def test_chunked_bodies_are_read(api: Api) -> None:
    async def chunks() -> Any:
        yield json.dumps(payment_request(await api.connector("STRIPE"))).encode()

    url = f"{api.sandbox.url}/api/payments/payments"
    async with api.session.post(url, data=chunks()) as response:
        assert response.status == 200
