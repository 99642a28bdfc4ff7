"""How version 3.4 answers requests that no operation matches, or that have no token."""

import pytest

from tests.sandbox.conftest import Api, Start

from .conftest import Current

JSON = "application/json"


async def test_a_trailing_slash_is_ignored_and_counted_as_the_same_route(api: Api) -> None:
    for path in "/v3/accounts", "/v3/accounts/":
        assert (await api.get(path)).status == 200
    assert api.sandbox.requests["GET", "/v3/accounts", 200] == 2


@pytest.mark.parametrize("path", ["/v3", "/v3/", "/v3/nope", "/v3/_info", "/v3/tasks", "/v1/accounts", "/_health"])
async def test_an_unknown_path_is_a_404_in_plain_text(api: Api, path: str) -> None:
    answer = await api.get(path)
    assert (answer.status, answer.text) == (404, "404 page not found\n")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize("method", ["PUT", "HEAD", "OPTIONS"])
async def test_a_wrong_method_is_a_405_without_a_body(api: Api, method: str) -> None:
    answer = await api.call(method, "/v3/accounts", headers={"Origin": "https://example.com"})
    assert (answer.status, answer.text, answer.headers["Content-Type"]) == (405, "", JSON)
    assert not {"Vary", "Access-Control-Allow-Origin"} & set(answer.headers)


async def test_below_v3_the_token_is_checked_before_the_method(start: Start) -> None:
    api = await start(version="3.4", auth=True)
    for method, path in ("GET", "/v3/accounts"), ("PUT", "/v3/accounts"), ("GET", "/accounts"):
        answer = await api.call(method, path)
        assert (answer.status, answer.text, answer.headers["Content-Type"]) == (401, "", JSON)
    assert (await api.call("PUT", "/accounts")).status == 405
    assert (await api.get("/_info")).json == {"version": "v3.4.0", "debug": False}
    assert (await api.get("/_healthcheck")).json == {}
    assert (await api.get("/v3/connectors/open-banking/e30/redirect")).code == (500, "INTERNAL")


async def test_capabilities_may_be_cached(api: Api) -> None:
    first = await api.get("/v3/connectors/capabilities")
    tag = first.headers["ETag"]
    for sent, status in (tag, 304), (f"W/{tag}", 200):
        answer = await api.call("GET", "/v3/connectors/capabilities", headers={"If-None-Match": sent})
        assert answer.status == status
    assert first.data["generic"][0] == "FETCH_ACCOUNTS"
    assert len(first.data) == 22


async def test_a_repeated_payment_keeps_its_members_and_gains_the_adjustments_that_it_had_not(
    current: Current,
) -> None:
    def body(amount: int, status: str, reference: str, adjusted: int) -> dict[str, object]:
        adjustment = {"reference": reference, "status": status, "amount": adjusted, "asset": "USD/2"}
        adjustment["createdAt"] = f"2025-06-01T1{len(reference) % 10}:00:00Z"
        return {
            "reference": "payment",
            "connectorID": current.connectors["generic"],
            "createdAt": "2025-06-01T10:00:00.000000123Z",
            "type": "PAY-IN",
            "initialAmount": 10**30,
            "amount": amount,
            "asset": "USD/2",
            "scheme": "CARD_VISA",
            "adjustments": [adjustment],
        }

    first = await current.post("/payments", body(10**30, "SUCCEEDED", "one", 100))
    assert (first.status, first.data["status"]) == (201, "UNKNOWN")
    for _ in range(2):
        await current.post("/payments", body(5, "REFUNDED", "second", 30))
    payment = (await current.get(f"/payments/{first.data['id']}")).data
    assert (payment["amount"], payment["initialAmount"], payment["status"]) == (10**30 - 30, 10**30, "REFUNDED")
    assert [each["reference"] for each in payment["adjustments"]] == ["second", "one"]
    other = await current.post("/payments", body(5, "SUCCEEDED", "one", 5) | {"type": "PAYOUT"})
    assert other.data["id"] != first.data["id"]
    listed = (await current.get("/payments")).page["data"]
    assert [each["adjustments"] for each in listed] == [None, None]


async def test_a_repeated_account_is_answered_as_it_is_stored(current: Current) -> None:
    body = {
        "reference": "account",
        "connectorID": current.connectors["dummypay"],
        "createdAt": "2025-06-01T10:00:00Z",
        "accountName": "First",
        "type": "INTERNAL",
    }
    first, second = [await current.post("/accounts", body | {"accountName": name}) for name in ("First", "Second")]
    assert (first.status, first.data) == (second.status, second.data)
    assert (second.data["name"], second.data["defaultAsset"], second.data["connector"]["name"]) == (
        "First",
        "",
        "dummypay",
    )
    refused = await current.post("/accounts", body | {"connectorID": current.connectors["stripe"]})
    assert refused.code == (400, "CONNECTOR_CAPABILITY_NOT_SUPPORTED")
