"""Bank accounts: masks, forwarding, metadata."""

from typing import Any

import pytest

from payments_async.sandbox.ids import NIL, ConnectorID

from .conftest import Api

REFUSED = (400, "VALIDATION")
BAD_BODY = (400, "MISSING_OR_INVALID_BODY")
IBAN = "DE89370400440532013000"


async def create(api: Api, **members: Any) -> dict[str, Any]:
    answer = await api.post("/bank-accounts", {"name": "n", "country": "DE", "iban": IBAN} | members)
    assert answer.status == 200, answer.text
    return dict(answer.data)


async def test_numbers_are_shown_by_get_alone_and_masked(api: Api) -> None:
    created = await create(api, accountNumber="123456789", swiftBicCode="DEUTDEFF", metadata={"k": "v"})
    shown = {"id": created["id"], "name": "n", "country": "DE", "connectorID": "", "metadata": {"k": "v"}}
    assert created == shown | {"createdAt": "2026-01-01T12:00:00.123456789Z"}
    stored = shown | {"createdAt": "2026-01-01T12:00:00.123456Z"}
    assert (await api.get("/bank-accounts")).page["data"] == [stored]
    numbers = {"iban": "DE89**************3000", "accountNumber": "12****789", "swiftBicCode": "DEUTDEFF"}
    assert (await api.get(f"/bank-accounts/{created['id']}")).data == stored | numbers


@pytest.mark.parametrize(
    ("members", "shown"),
    [
        ({"iban": "12345678"}, {"iban": "12345678"}),
        ({"iban": "123456789"}, {"iban": "1234*6789"}),
        ({"iban": "", "accountNumber": "12345"}, {"accountNumber": "12345"}),
        ({"iban": "", "accountNumber": "123456"}, {"accountNumber": "12*456"}),
        # By bytes, of which the letter has two.
        ({"iban": "é23456789012345"}, {"iban": "é23********2345"}),
        ({"iban": "123é56789012345"}, {"iban": "123\ufffd********2345"}),
    ],
)
async def test_masks(api: Api, members: dict[str, str], shown: dict[str, str]) -> None:
    created = await create(api, **members)
    stored = (await api.get(f"/bank-accounts/{created['id']}")).data
    assert {name: stored[name] for name in ("iban", "accountNumber", "swiftBicCode") if name in stored} == shown


@pytest.mark.parametrize("members", [{"iban": "1234567"}, {"iban": "", "accountNumber": "1234"}])
async def test_short_numbers_break_get_for_ever(api: Api, members: dict[str, str]) -> None:
    created = await create(api, **members)
    assert (await api.get(f"/bank-accounts/{created['id']}")).code == (500, "INTERNAL")
    assert len((await api.get("/bank-accounts")).page["data"]) == 1


@pytest.mark.parametrize("provider", ["ATLAR", "BANKING-CIRCLE", "MANGOPAY"])
async def test_created_at_a_provider(api: Api, provider: str) -> None:
    connector = await api.connector(provider)
    created = await create(api, connectorID=connector)
    assert (created["connectorID"], created["provider"]) == (connector, provider)
    related = created["relatedAccounts"][0]
    assert list(related) == ["id", "createdAt", "provider", "connectorID", "accountID"]
    assert related["accountID"] == created["accountID"]
    account = (await api.get(f"/accounts/{created['accountID']}")).data
    assert (account["type"], account["connectorID"]) == ("EXTERNAL", connector)


async def test_forwarded_twice(api: Api) -> None:
    bank_account = (await create(api))["id"]
    path = f"/bank-accounts/{bank_account}/forward"
    first, second = await api.connector("ATLAR"), await api.connector("MANGOPAY")
    assert (await api.post(path, {"connectorID": first})).data["connectorID"] == first
    again = (await api.post(path, {"connectorID": second})).data
    assert again["connectorID"] == second
    assert again["provider"] == "ATLAR"
    assert [each["connectorID"] for each in again["relatedAccounts"]] == [first, second]
    assert (await api.get(f"/bank-accounts/{bank_account}")).data["connectorID"] == first
    assert (await api.post(path, {"connectorID": first})).code == REFUSED


async def test_a_provider_that_cannot_be_reached_opens_no_account(api: Api) -> None:
    config = {"name": "unreachable", "accessKey": "a", "secret": "s", "baseUrl": "http://127.0.0.1:9"}
    connector = (await api.post("/connectors/ATLAR", config)).data["connectorID"]
    body = {"name": "n", "country": "DE", "iban": IBAN, "connectorID": connector}
    assert (await api.post("/bank-accounts", body)).code == (500, "INTERNAL")
    (left,) = (await api.get("/bank-accounts")).page["data"]
    assert "relatedAccounts" not in left
    forward = f"/bank-accounts/{left['id']}/forward"
    assert (await api.post(forward, {"connectorID": connector})).code == (500, "INTERNAL")


@pytest.mark.parametrize(
    "provider", ["STRIPE", "WISE", "MODULR", "CURRENCY-CLOUD", "MONEYCORP", "ADYEN", "GENERIC", "DUMMY-PAY"]
)
async def test_providers_without_bank_accounts(api: Api, provider: str) -> None:
    connector = await api.connector(provider)
    body = {"name": "n", "country": "DE", "iban": IBAN, "connectorID": connector}
    assert (await api.post("/bank-accounts", body)).code == REFUSED
    # The row is there all the same, and cannot be forwarded there either.
    (left,) = (await api.get("/bank-accounts")).page["data"]
    assert (await api.post(f"/bank-accounts/{left['id']}/forward", {"connectorID": connector})).code == REFUSED


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", BAD_BODY),
        ('{"iban":5}', BAD_BODY),
        ('{"metadata":{"k":5}}', BAD_BODY),
        ({"name": "n", "country": "DE"}, REFUSED),
        ({"name": "n", "iban": IBAN}, REFUSED),
        ({"country": "DE", "iban": IBAN}, REFUSED),
        ({"name": "n", "country": "DE", "iban": IBAN, "connectorID": "!"}, REFUSED),
        ({"name": "n", "country": "DE", "iban": IBAN, "connectorID": str(ConnectorID("ATLAR"))}, REFUSED),
    ],
)
async def test_what_is_refused(api: Api, body: Any, code: tuple[int, str]) -> None:
    assert (await api.post("/bank-accounts", body)).code == code
    assert (await api.get("/bank-accounts")).page["data"] == []


async def test_forward_refuses_in_order(api: Api) -> None:
    atlar = await api.connector("ATLAR")
    unknown = str(ConnectorID("ATLAR"))
    for path, body, code in (
        ("/bank-accounts/x/forward", "", BAD_BODY),
        ("/bank-accounts/x/forward", {}, REFUSED),
        ("/bank-accounts/x/forward", {"connectorID": "!"}, (400, "INVALID_ID")),
        (f"/bank-accounts/{NIL}/forward", {"connectorID": "!"}, REFUSED),
        (f"/bank-accounts/{NIL}/forward", {"connectorID": unknown}, REFUSED),
        (f"/bank-accounts/{NIL}/forward", {"connectorID": atlar}, (404, "NOT_FOUND")),
    ):
        assert (await api.post(path, body)).code == code


async def test_metadata_are_merged(api: Api) -> None:
    path = f"/bank-accounts/{(await create(api))['id']}"
    assert "metadata" not in (await api.get(path)).data
    assert (await api.call("PATCH", f"{path}/metadata", {"metadata": {"a": "1", "b": "2"}})).status == 204
    assert (await api.call("PATCH", f"{path}/metadata", {"metadata": {"b": None}})).status == 204
    assert (await api.get(path)).data["metadata"] == {"a": "1", "b": ""}


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("x", "", BAD_BODY),
        ("x", {"metadata": {"k": 1}}, BAD_BODY),
        ("x", {"k": "v"}, REFUSED),
        ("x", {"metadata": {}}, REFUSED),
        ("x", {"metadata": {"k": "v"}}, (400, "INVALID_ID")),
        (NIL, {"metadata": {"k": "v"}}, (404, "NOT_FOUND")),
    ],
)
async def test_metadata_that_are_refused(api: Api, path: str, body: Any, code: tuple[int, str]) -> None:
    assert (await api.call("PATCH", f"/bank-accounts/{path}/metadata", body)).code == code


async def test_getting_what_is_not_there(api: Api) -> None:
    assert (await api.get("/bank-accounts/x")).code == (400, "INVALID_ID")
    assert (await api.get(f"/bank-accounts/{NIL}")).code == (404, "NOT_FOUND")
