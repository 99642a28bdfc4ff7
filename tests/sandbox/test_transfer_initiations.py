"""Transfer initiations: shapes, states, refusals."""

from typing import Any

import pytest

from payments_async.sandbox.ids import AccountID, ConnectorID

from .conftest import Api

REFUSED = (400, "VALIDATION")
FAILED = (500, "INTERNAL")
UNDECODABLE = (400, "INVALID_ID")
BAD_BODY = (400, "MISSING_OR_INVALID_BODY")
UNKNOWN = str(AccountID(ConnectorID("STRIPE"), "x"))
DONE = ["VALIDATED", "PROCESSING", "PROCESSED"]


async def set_status(api: Api, transfer: str, status: str) -> tuple[int, str]:
    return (await api.post(f"/transfer-initiations/{transfer}/status", {"status": status})).code


async def reverse(api: Api, transfer: str, reference: str = "rev", **members: Any) -> tuple[int, str]:
    body = {"reference": reference, "amount": 400, "asset": "EUR/2"} | members
    body = {name: value for name, value in body.items() if value is not ...}
    return (await api.post(f"/transfer-initiations/{transfer}/reverse", body)).code


async def test_a_created_transfer(api: Api) -> None:
    request = await api.transfer_request()
    sent = request | {"scheduledAt": "2025-01-01T00:00:00.123456789+02:00", "metadata": {"k": "v"}}
    created = (await api.post("/transfer-initiations", sent)).data
    assert created == sent | {
        "id": created["id"],
        "createdAt": "2026-01-01T12:00:00.123456789Z",
        "initialAmount": 1000,
        "status": "WAITING_FOR_VALIDATION",
        "error": "",
    }
    listed = created | {
        "createdAt": "2026-01-01T12:00:00.123456Z",
        "scheduledAt": "2024-12-31T22:00:00.123456Z",
        "provider": "STRIPE",
    }
    assert (await api.get("/transfer-initiations")).page["data"] == [listed]
    stored = (await api.get(f"/transfer-initiations/{created['id']}")).data
    (adjustment,) = stored["relatedAdjustments"]
    assert stored == listed | {"relatedPayments": None, "relatedAdjustments": [adjustment]}
    assert adjustment == {
        "adjustmentID": adjustment["adjustmentID"],
        "createdAt": "2026-01-01T12:00:00.123456Z",
        "status": "WAITING_FOR_VALIDATION",
        "error": "",
        "metadata": None,
    }


async def test_metadata_without_members_stay_an_object(api: Api) -> None:
    transfer = await api.transfer(metadata={})
    assert (await api.get(f"/transfer-initiations/{transfer}")).data["metadata"] == {}
    (listed,) = (await api.get("/transfer-initiations")).page["data"]
    assert listed["metadata"] == {}


async def test_what_may_be_left_out(api: Api) -> None:
    request = await api.transfer_request()
    for name in ("description", "sourceAccountID", "connectorID"):
        request.pop(name)
    created = (await api.post("/transfer-initiations", request | {"provider": "STRIPE", "amount": 0})).data
    assert created["connectorID"] == await api.connector("STRIPE")
    assert (created["sourceAccountID"], created["scheduledAt"]) == ("", "0001-01-01T00:00:00Z")
    assert created["metadata"] is None
    stored = (await api.get(f"/transfer-initiations/{created['id']}")).data
    assert (stored["sourceAccountID"], stored["scheduledAt"]) == ("", "0001-01-01T00:00:00Z")


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"reference": ""}, REFUSED),
        ({"sourceAccountID": "!"}, REFUSED),
        ({"destinationAccountID": "!"}, REFUSED),
        ({"destinationAccountID": ""}, REFUSED),
        ({"type": "transfer"}, REFUSED),
        ({"type": ""}, REFUSED),
        ({"amount": None}, REFUSED),
        ({"asset": ""}, REFUSED),
        ({"connectorID": "!"}, REFUSED),
        ({"connectorID": str(ConnectorID("STRIPE"))}, REFUSED),
        ({"connectorID": ""}, REFUSED),
        ({"connectorID": "", "provider": "stripe"}, REFUSED),
        ({"type": "PAYOUT"}, REFUSED),
        ({"sourceAccountID": UNKNOWN}, (404, "NOT_FOUND")),
        ({"destinationAccountID": UNKNOWN}, (404, "NOT_FOUND")),
        ({"amount": -1}, FAILED),
        ({"amount": "1"}, BAD_BODY),
        ({"validated": "true"}, BAD_BODY),
        ({"scheduledAt": "soon"}, BAD_BODY),
    ],
)
async def test_what_is_refused_leaves_nothing(api: Api, members: dict[str, Any], code: tuple[int, str]) -> None:
    request = await api.transfer_request()
    assert (await api.post("/transfer-initiations", request | members)).code == code
    assert (await api.get("/transfer-initiations")).page["data"] == []


async def test_a_provider_stands_for_its_only_connector(api: Api) -> None:
    request = await api.transfer_request() | {"connectorID": "", "provider": "WISE"}
    assert (await api.post("/transfer-initiations", request)).status == 200
    await api.post("/connectors/WISE", {"name": "second", "apiKey": "k"})
    assert (await api.post("/transfer-initiations", request | {"reference": "other"})).code == REFUSED
    await api.call("DELETE", f"/connectors/ADYEN/{await api.connector('ADYEN')}")
    assert (await api.post("/transfer-initiations", request | {"provider": "ADYEN"})).code == REFUSED


async def test_a_reference_is_used_once_per_connector(api: Api) -> None:
    await api.transfer(reference="same")
    again = await api.transfer_request() | {"reference": "same"}
    answer = await api.post("/transfer-initiations", again)
    assert answer.code == FAILED
    assert "duplicate key" in answer.json["errorMessage"]
    assert (await api.post("/transfer-initiations", again | {"connectorID": await api.connector("WISE")})).status == 200


@pytest.mark.parametrize("path", ["", "/x/status", "/x/reverse"])
async def test_a_null_body_is_a_panic(api: Api, path: str) -> None:
    answer = await api.post(f"/transfer-initiations{path}", "null")
    assert (answer.status, answer.text) == (500, "")
    assert (await api.post(f"/transfer-initiations{path}", "")).code == BAD_BODY


@pytest.mark.parametrize(
    ("provider", "kind"),
    [(provider, "TRANSFER") for provider in ("BANKING-CIRCLE", "CURRENCY-CLOUD", "MANGOPAY", "MODULR", "MONEYCORP")]
    + [("STRIPE", "TRANSFER"), ("WISE", "TRANSFER"), ("WISE", "PAYOUT"), ("ATLAR", "PAYOUT")],
)
async def test_validated_at_once_is_carried_out_at_once(api: Api, provider: str, kind: str) -> None:
    answer = await api.post("/transfer-initiations", await api.transfer_request(provider, kind) | {"validated": True})
    assert answer.data["status"] == "VALIDATED"
    assert await api.states(answer.data["id"]) == DONE
    stored = (await api.get(f"/transfer-initiations/{answer.data['id']}")).data
    (payment,) = stored["relatedPayments"]
    assert list(payment) == ["paymentID", "createdAt", "status", "error"]
    assert payment["status"] == stored["status"] == "PROCESSED"
    assert (stored["metadata"] is not None) is (provider == "STRIPE")


@pytest.mark.parametrize(
    ("provider", "kind"),
    [("ADYEN", "TRANSFER"), ("DUMMY-PAY", "TRANSFER"), ("GENERIC", "PAYOUT"), ("ATLAR", "TRANSFER")],
)
async def test_a_provider_that_moves_nothing_leaves_a_validated_transfer(api: Api, provider: str, kind: str) -> None:
    request = await api.transfer_request(provider, kind) | {"validated": True}
    assert (await api.post("/transfer-initiations", request)).code == FAILED
    (left,) = (await api.get("/transfer-initiations")).page["data"]
    assert left["status"] == "VALIDATED"
    assert (await api.post("/transfer-initiations", request)).code == FAILED


@pytest.mark.parametrize(
    ("provider", "asset", "taken"),
    [
        ("STRIPE", "EUR/2", True),
        ("STRIPE", "EUR/3", False),
        ("STRIPE", "EUR", False),
        ("STRIPE", "JPY", False),
        ("STRIPE", "JPY/0", True),
        ("STRIPE", "DOGE/8", False),
        ("STRIPE", "HUF/2", True),
        ("CURRENCY-CLOUD", "HUF/0", True),
        ("CURRENCY-CLOUD", "HUF/2", False),
        ("CURRENCY-CLOUD", "KWD/2", True),
        ("MONEYCORP", "KWD/3", True),
    ],
)
async def test_the_asset_is_looked_at_when_it_is_handed_over(api: Api, provider: str, asset: str, taken: bool) -> None:
    transfer = await api.transfer(provider, asset=asset)
    assert await set_status(api, transfer, "VALIDATED") == ((204, "") if taken else REFUSED)
    assert await api.states(transfer) == ["WAITING_FOR_VALIDATION", *(DONE if taken else DONE[:1])]


async def unreachable(api: Api) -> str:
    """A connector whose provider does not answer."""
    config = {"name": "unreachable", "apiKey": "k", "endpoint": "http://127.0.0.1:9", "clientID": "c"}
    return str((await api.post("/connectors/MONEYCORP", config)).data["connectorID"])


async def test_what_a_provider_refuses_is_a_500_with_a_failed_transfer_behind_it(api: Api) -> None:
    request = await api.transfer_request() | {"connectorID": await unreachable(api)}
    refused = await api.post("/transfer-initiations", request | {"validated": True})
    assert refused.code == FAILED
    (left,) = (await api.get("/transfer-initiations")).page["data"]
    assert await api.states(left["id"]) == ["VALIDATED", "PROCESSING", "FAILED"]
    assert left["error"]
    assert left["error"] in refused.json["errorMessage"]
    assert (await api.post(f"/transfer-initiations/{left['id']}/retry")).code == FAILED
    assert (await api.states(left["id"]))[3:] == ["ASK_RETRIED", "PROCESSING", "FAILED"]
    waiting = (await api.post("/transfer-initiations", request | {"reference": "waiting"})).data["id"]
    assert await set_status(api, waiting, "VALIDATED") == FAILED
    assert (await api.states(waiting))[-1] == "FAILED"


async def test_nobody_waits_for_a_scheduled_transfer(api: Api) -> None:
    request = await api.transfer_request() | {"connectorID": await unreachable(api)}
    request |= {"validated": True, "scheduledAt": "2025-01-01T00:00:00Z"}
    answer = await api.post("/transfer-initiations", request)
    assert (answer.status, answer.data["status"]) == (200, "VALIDATED")
    assert await api.states(answer.data["id"]) == ["VALIDATED", "PROCESSING", "FAILED"]


@pytest.mark.parametrize("source", ["", "EXTERNAL"])
async def test_modulr_pays_from_internal_accounts_alone(api: Api, source: str) -> None:
    request = await api.transfer_request("MODULR")
    request |= {"sourceAccountID": source and await api.account("MODULR", source), "validated": True}
    refused = await api.post("/transfer-initiations", request)
    assert refused.code == FAILED
    assert "no source account provided" in refused.json["errorMessage"]
    (left,) = (await api.get("/transfer-initiations")).page["data"]
    assert await api.states(left["id"]) == ["VALIDATED", "PROCESSING", "FAILED"]
    request |= {"reference": "from nowhere", "connectorID": await api.connector("WISE")}
    assert (await api.post("/transfer-initiations", request)).status == 200


@pytest.mark.parametrize(
    "status", ["REJECTED", "ASK_RETRIED", "ASK_REVERSED", "REVERSE_PROCESSING", "REVERSE_FAILED", "PARTIALLY_REVERSED"]
)
async def test_states_that_may_be_set(api: Api, status: str) -> None:
    transfer = await api.transfer()
    assert await set_status(api, transfer, status) == (204, "")
    assert await api.states(transfer) == ["WAITING_FOR_VALIDATION", status]
    assert await set_status(api, transfer, "VALIDATED") == REFUSED


@pytest.mark.parametrize("status", ["", "WAITING_FOR_VALIDATION", "PROCESSING", "PROCESSED", "FAILED", "validated"])
async def test_states_that_may_not_be_set(api: Api, status: str) -> None:
    assert await set_status(api, await api.transfer(), status) == REFUSED
    # The state is looked at before the id.
    assert await set_status(api, "!", status) == REFUSED


@pytest.mark.parametrize(
    ("method", "end", "body"),
    [
        ("GET", "", None),
        ("DELETE", "", None),
        ("POST", "/status", {"status": "VALIDATED"}),
        ("POST", "/retry", None),
        ("POST", "/reverse", {"reference": "r", "amount": 1, "asset": "EUR/2"}),
    ],
)
async def test_transfers_that_are_not_there(api: Api, method: str, end: str, body: Any) -> None:
    assert (await api.call(method, f"/transfer-initiations/!{end}", body)).code == UNDECODABLE
    assert (await api.call(method, f"/transfer-initiations/{UNKNOWN}{end}", body)).code == (404, "NOT_FOUND")


async def test_a_waiting_transfer_can_be_deleted(api: Api) -> None:
    transfer = await api.transfer()
    assert (await api.call("DELETE", f"/transfer-initiations/{transfer}")).status == 204
    assert (await api.get(f"/transfer-initiations/{transfer}")).code == (404, "NOT_FOUND")
    done = await api.transfer(validated=True)
    assert (await api.call("DELETE", f"/transfer-initiations/{done}")).code == REFUSED


async def test_a_failed_transfer_can_be_retried(api: Api) -> None:
    transfer = await api.transfer(validated=True)
    path = f"/transfer-initiations/{transfer}"
    assert (await api.post(f"{path}/retry")).code == REFUSED
    api.sandbox.fail_transfer(transfer, error="insufficient funds")
    failed = (await api.get(path)).data
    assert (failed["status"], failed["error"]) == ("FAILED", "insufficient funds")
    assert failed["relatedPayments"][0]["status"] == "FAILED"
    assert (await api.post(f"{path}/retry")).status == 204
    assert await api.states(transfer) == [*DONE, "FAILED", "ASK_RETRIED", "PROCESSING", "PROCESSED"]
    stored = (await api.get(path)).data
    assert [each["metadata"] for each in stored["relatedAdjustments"]] == [None, None, {}, None, None, None, None]
    assert [each["status"] for each in stored["relatedPayments"]] == ["PROCESSED", "FAILED"]
    assert (await api.post(f"{path}/retry")).code == REFUSED


def test_only_known_transfers_fail(api: Api) -> None:
    with pytest.raises(KeyError):
        api.sandbox.fail_transfer(UNKNOWN)


async def test_part_of_a_transfer_is_reversed_and_no_more(api: Api) -> None:
    transfer = await api.transfer(validated=True)
    assert await reverse(api, transfer, metadata={"why": "error"}) == (204, "")
    stored = (await api.get(f"/transfer-initiations/{transfer}")).data
    assert (stored["amount"], stored["initialAmount"], stored["status"]) == (600, 1000, "PARTIALLY_REVERSED")
    assert [each["metadata"] for each in stored["relatedAdjustments"][:3]] == [{"why": "error"}] * 2 + [None]
    assert await reverse(api, transfer, amount=601) == REFUSED
    # One reversal of a transfer can succeed; a second one fails after it was asked for.
    assert await reverse(api, transfer, "second", amount=600) == (204, "")
    assert (await api.states(transfer))[-2:] == ["ASK_REVERSED", "REVERSE_FAILED"]
    assert (await api.get(f"/transfer-initiations/{transfer}")).data["amount"] == 600
    assert await reverse(api, transfer, "second") == FAILED


async def test_a_whole_transfer_is_reversed(api: Api) -> None:
    transfer = await api.transfer(validated=True)
    assert await reverse(api, transfer, amount=1000) == (204, "")
    assert await api.states(transfer) == [*DONE, "ASK_REVERSED", "REVERSED"]


async def test_a_negative_reversal_passes(api: Api) -> None:
    transfer = await api.transfer(validated=True)
    assert await reverse(api, transfer, amount=-5) == (204, "")
    assert (await api.get(f"/transfer-initiations/{transfer}")).data["amount"] == 1005


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"reference": ...}, REFUSED),
        ({"amount": ...}, REFUSED),
        ({"asset": ...}, REFUSED),
        ({"amount": 1001}, REFUSED),
        ({"amount": "1"}, BAD_BODY),
        ({"description": 5}, BAD_BODY),
    ],
)
async def test_reversals_that_are_refused(api: Api, members: dict[str, Any], code: tuple[int, str]) -> None:
    transfer = await api.transfer(validated=True)
    assert await reverse(api, transfer, **members) == code
    assert await api.states(transfer) == DONE


async def test_what_cannot_be_reversed(api: Api) -> None:
    waiting = await api.transfer()
    assert await reverse(api, waiting) == REFUSED
    payout = (await api.post("/transfer-initiations", await api.transfer_request(kind="PAYOUT"))).data["id"]
    assert await set_status(api, payout, "VALIDATED") == (204, "")
    assert await reverse(api, payout) == REFUSED


async def test_a_refused_reversal_leaves_its_question_behind(api: Api) -> None:
    wise = await api.transfer("WISE", validated=True)
    assert await reverse(api, wise) == FAILED
    assert (await api.states(wise))[-1] == "ASK_REVERSED"
    stripe = await api.transfer(validated=True)
    assert await reverse(api, stripe, asset="EUR") == REFUSED
    assert (await api.states(stripe))[-1] == "ASK_REVERSED"
    # Its history says that it was processed, so it may be asked again, under another reference.
    assert await reverse(api, stripe) == FAILED
    assert await reverse(api, stripe, "other") == (204, "")
