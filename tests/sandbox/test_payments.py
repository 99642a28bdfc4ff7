"""Payments: shapes, upserts, metadata, and what is refused."""

import gzip
import json
from typing import Any

import pytest

from payments_async.sandbox.ids import AccountID, ConnectorID, PaymentID

from .conftest import Api, payment_request

REFUSED = (400, "VALIDATION")
UNDECODABLE = "not-an-id!"


async def code(api: Api, **members: Any) -> tuple[int, str]:
    request = payment_request(await api.connector("STRIPE")) | members
    answer = await api.post("/payments", {name: value for name, value in request.items() if value is not ...})
    return answer.code


async def test_a_created_payment(api: Api) -> None:
    account = await api.account()
    connector = await api.connector("STRIPE")
    sent = payment_request(connector) | {
        "createdAt": "2025-06-01T12:00:00.123456789+02:00",
        "scheme": "VISA",
        "destinationAccountID": account,
    }
    created = (await api.post("/payments", sent)).data
    assert created == {
        "id": created["id"],
        "reference": "payment-1",
        "connectorID": connector,
        "provider": "STRIPE",
        "createdAt": "2025-06-01T12:00:00.123456789+02:00",
        "amount": 1050,
        "initialAmount": 1050,
        "type": "PAY-IN",
        "status": "SUCCEEDED",
        "scheme": "VISA",
        "asset": "USD/2",
        "sourceAccountID": "",
        "destinationAccountID": account,
        "raw": sent | {"sourceAccountID": ""},
        "adjustments": [],
        "metadata": None,
    }
    stored = (await api.get(f"/payments/{created['id']}")).data
    # Read back, the time is the database's: UTC, microseconds.
    assert stored == created | {"createdAt": "2025-06-01T10:00:00.123456Z"}
    assert (await api.get("/payments")).page["data"] == [stored]


@pytest.mark.parametrize(
    "members",
    [{name: ...} for name in ("reference", "connectorID", "createdAt", "amount", "type", "status", "scheme", "asset")]
    + [
        {"createdAt": "0001-01-01T00:00:00Z"},
        {"createdAt": None},
        {"createdAt": "2026-01-01T12:00:01Z"},
        {"amount": None},
        {"type": "pay-in"},
        {"type": "UNKNOWN"},
        {"status": "succeeded"},
        {"connectorID": UNDECODABLE},
        {"connectorID": str(ConnectorID("STRIPE"))},
        {"sourceAccountID": UNDECODABLE},
        {"destinationAccountID": UNDECODABLE},
    ]
    + [{"scheme": scheme} for scheme in ("alipay", "cup", "doku", "dragonpay", "maestro", "molpay", "cash")]
    + [{"asset": asset} for asset in ("USD", "USD/", "A/B/2", "USD/x", "USD/ 2")],
)
async def test_what_is_refused(api: Api, members: dict[str, Any]) -> None:
    assert await code(api, **members) == REFUSED


@pytest.mark.parametrize("asset", ["/2", "usd/-1", "USD/02", "DOGE/8"])
async def test_odd_assets_pass(api: Api, asset: str) -> None:
    assert await code(api, asset=asset) == (200, "")


@pytest.mark.parametrize("scheme", ["Sepa Credit", "GOOGLE PAY", "rtp", "unknown"])
async def test_schemes_are_matched_in_any_case_and_kept(api: Api, scheme: str) -> None:
    payment = await api.payment(scheme=scheme)
    assert (await api.get(f"/payments/{payment['id']}")).data["scheme"] == scheme


async def test_a_null_body_lacks_everything(api: Api) -> None:
    assert (await api.post("/payments", "null")).code == REFUSED


async def test_an_unknown_account_breaks_the_foreign_key(api: Api) -> None:
    unknown = str(AccountID(ConnectorID.parse(await api.connector("STRIPE")), "nobody"))
    assert await code(api, sourceAccountID=unknown) == (500, "INTERNAL")
    assert (await api.get("/payments")).page["data"] == []


async def test_a_reference_is_unique_across_connectors_and_types(api: Api) -> None:
    first = await api.payment(reference="same")
    changes = {"amount": 7, "type": "PAYOUT", "status": "FAILED", "scheme": "ach", "asset": "EUR/2"}
    request = payment_request(await api.connector("WISE")) | changes
    request |= {"reference": "same", "createdAt": "2025-07-01T00:00:00Z"}
    second = (await api.post("/payments", request)).data
    assert second["id"] != first["id"]
    assert (await api.get(f"/payments/{second['id']}")).code == (404, "NOT_FOUND")
    stored = (await api.get(f"/payments/{first['id']}")).data
    assert stored == first | changes | {"raw": second["raw"]}
    assert stored["initialAmount"] == 1050
    assert len((await api.get("/payments")).page["data"]) == 1


@pytest.mark.parametrize(
    ("payment_id", "expected"),
    [(UNDECODABLE, REFUSED), ("e30=", REFUSED), ("e30", (404, "NOT_FOUND"))],
)
async def test_getting_what_is_not_there(api: Api, payment_id: str, expected: tuple[int, str]) -> None:
    assert (await api.get(f"/payments/{payment_id}")).code == expected


async def test_metadata_are_merged(api: Api) -> None:
    path = f"/payments/{(await api.payment())['id']}"
    assert (await api.call("PATCH", f"{path}/metadata", {"a": "1", "b": "2"})).status == 204
    assert (await api.call("PATCH", f"{path}/metadata", {"b": None, "c": "<3>"})).status == 204
    assert (await api.get(path)).data["metadata"] == {"a": "1", "b": "", "c": "<3>"}
    # A repeated create leaves them alone.
    await api.payment(reference="payment-1")
    assert (await api.get(path)).data["metadata"] == {"a": "1", "b": "", "c": "<3>"}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (None, (400, "MISSING_OR_INVALID_BODY")),
        ('{"k":5}', (400, "MISSING_OR_INVALID_BODY")),
        ("[]", (400, "MISSING_OR_INVALID_BODY")),
        ("{}", (500, "INTERNAL")),
        ("null", (500, "INTERNAL")),
        ('{"":"x"}', (500, "INTERNAL")),
    ],
)
async def test_metadata_that_are_refused(api: Api, body: str | None, expected: tuple[int, str]) -> None:
    path = f"/payments/{(await api.payment())['id']}/metadata"
    assert (await api.call("PATCH", path, body)).code == expected


async def test_metadata_of_unknown_payments(api: Api) -> None:
    assert (await api.call("PATCH", f"/payments/{UNDECODABLE}/metadata")).code == (400, "INVALID_ID")
    unknown = PaymentID(ConnectorID("STRIPE"), "x", "PAY-IN")
    assert (await api.call("PATCH", f"/payments/{unknown}/metadata", {"k": "v"})).code == (500, "INTERNAL")


async def test_a_body_is_read_as_it_comes(api: Api) -> None:
    body = gzip.compress(json.dumps(payment_request(await api.connector("STRIPE"))).encode())
    for content in (body, b"{}"):
        answered = await api.call("POST", "/payments", content, headers={"Content-Encoding": "gzip"})
        assert answered.code == (400, "MISSING_OR_INVALID_BODY" if content == body else "VALIDATION")


async def test_ids_are_read_before_accounts_are_looked_for(api: Api) -> None:
    connector = await api.connector("STRIPE")
    unknown = api.sandbox.add_account(connector, "gone")
    api.sandbox.remove_accounts([unknown])
    members = {"sourceAccountID": unknown, "destinationAccountID": "nonsense"}
    assert (await api.post("/payments", payment_request(connector) | members)).code == (400, "VALIDATION")
