"""Connectors: installing, configs, reset, cascades, tasks."""

import json
from typing import Any

import pytest

from payments_async.sandbox.ids import NIL, ConnectorID
from payments_async.sandbox.providers import PROVIDERS

from .conftest import Api, Start, payment_request

REFUSED = (400, "VALIDATION")
FAILED = (500, "INTERNAL")
UNDECODABLE = (400, "INVALID_ID")
BAD_BODY = (400, "MISSING_OR_INVALID_BODY")
UNKNOWN = str(ConnectorID("STRIPE"))

REQUIRED = {
    "STRIPE": ("apiKey",),
    "DUMMY-PAY": ("directory",),
    "WISE": ("apiKey",),
    "MODULR": ("apiKey", "apiSecret"),
    "CURRENCY-CLOUD": ("loginID", "apiKey"),
    "BANKING-CIRCLE": (
        *("username", "password", "endpoint", "authorizationEndpoint", "userCertificate", "userCertificateKey"),
    ),
    "MANGOPAY": ("clientID", "apiKey", "endpoint"),
    "MONEYCORP": ("clientID", "apiKey", "endpoint"),
    "ATLAR": ("accessKey", "secret"),
    "ADYEN": ("apiKey", "hmacKey"),
    "GENERIC": (),
}
POLLING = {"pollingPeriod": "2m0s"}
OPTIONAL: dict[str, dict[str, Any]] = {
    "STRIPE": POLLING | {"pageSize": 10},
    "DUMMY-PAY": {
        "filePollingPeriod": "10s",
        "prefixFileToIngest": "",
        "numberOfAccountsPreGenerated": 0,
        "numberOfPaymentsPreGenerated": 0,
    },
    "WISE": POLLING,
    "MODULR": POLLING | {"endpoint": "", "pageSize": 100},
    "CURRENCY-CLOUD": POLLING | {"endpoint": ""},
    "BANKING-CIRCLE": POLLING,
    "MANGOPAY": POLLING,
    "MONEYCORP": POLLING,
    "ATLAR": POLLING | {"transferInitiationStatusPollingPeriod": "2m0s", "pageSize": 25},
    "ADYEN": POLLING | {"liveEndpointPrefix": ""},
    "GENERIC": POLLING | {"apiKey": "", "endpoint": ""},
}


@pytest.fixture
async def bare(start: Start) -> Api:
    """No connectors."""
    return await start()


def config(provider: str, **members: Any) -> dict[str, Any]:
    return {name: f"my {name}" for name in REQUIRED[provider]} | {"name": "mine"} | members


async def install(api: Api, provider: str, **members: Any) -> str:
    answer = await api.post(f"/connectors/{provider}", config(provider, **members))
    assert answer.status == 201, answer.text
    return str(answer.data["connectorID"])


async def shown(api: Api, provider: str, connector: str) -> Any:
    return (await api.get(f"/connectors/{provider}/{connector}/config")).data


@pytest.mark.parametrize("provider", REQUIRED)
@pytest.mark.parametrize("lower", [False, True])
async def test_a_config_comes_back_complete_secrets_in_clear(bare: Api, provider: str, lower: bool) -> None:
    path = provider.lower() if lower else provider
    connector = await install(bare, path.upper())
    whole = config(provider) | OPTIONAL[provider]
    assert await shown(bare, path, connector) == whole
    assert (await bare.get(f"/connectors/{path}/config")).data == whole
    assert (await bare.get("/connectors")).data == [
        {"provider": provider, "connectorID": connector, "name": "mine", "enabled": True}
    ]


@pytest.mark.parametrize(("provider", "name"), [(each, name) for each, names in REQUIRED.items() for name in names])
async def test_a_missing_required_member_is_a_500(bare: Api, provider: str, name: str) -> None:
    for value in (None, ""):
        assert (await bare.post(f"/connectors/{provider}", config(provider, **{name: value}))).code == FAILED
    assert (await bare.get("/connectors")).data == []


@pytest.mark.parametrize(("sent", "back"), [("90s", "1m30s"), ({"duration": 1_500_000_000}, "1.5s"), ("0s", "2m0s")])
async def test_durations_are_normalised(bare: Api, sent: Any, back: str) -> None:
    connector = await install(bare, "WISE", pollingPeriod=sent)
    assert (await shown(bare, "WISE", connector))["pollingPeriod"] == back


@pytest.mark.parametrize(
    "members",
    [
        {"pollingPeriod": value}
        for value in ("1d", "", "120", 120, True, None, {}, {"duration": "2m"}, {"duration": True})
    ]
    + [{"pageSize": -1}, {"pageSize": "1"}, {"pageSize": 2**64}, {"apiKey": 5}, {"name": 5}],
)
async def test_members_of_a_wrong_type_are_refused(bare: Api, members: dict[str, Any]) -> None:
    assert (await bare.post("/connectors/STRIPE", config("STRIPE", **members))).code == BAD_BODY
    assert (await bare.post("/connectors/STRIPE", "{")).code == BAD_BODY


async def test_atlar_hides_its_base_url(bare: Api) -> None:
    connector = await install(bare, "ATLAR", baseUrl="https://atlar.example.com")
    assert "baseUrl" not in await shown(bare, "ATLAR", connector)


async def test_names_are_unique_across_providers(bare: Api) -> None:
    await install(bare, "STRIPE", name="same")
    # The name is looked at before the required members, and after the types.
    assert (await bare.post("/connectors/WISE", {"name": "same"})).code == REFUSED
    assert (await bare.post("/connectors/WISE", {"name": "same", "apiKey": 5})).code == BAD_BODY


async def test_one_connector_may_have_no_name(bare: Api) -> None:
    connector = await install(bare, "STRIPE", name="")
    assert (await bare.get("/connectors")).data[0]["name"] == ""
    assert (await shown(bare, "STRIPE", connector))["name"] == "STRIPE"
    assert (await bare.post("/connectors/WISE", {"apiKey": "k"})).code == REFUSED


async def test_without_content_length_there_is_no_config(bare: Api) -> None:
    async def chunks() -> Any:
        yield json.dumps(config("GENERIC", name="chunked")).encode()

    url = f"{bare.sandbox.url}/api/payments/connectors"
    async with bare.session.post(f"{url}/STRIPE", data=chunks()) as response:
        assert response.status == 500
    async with bare.session.post(f"{url}/GENERIC", data=chunks()) as response:
        assert response.status == 201
    assert (await bare.get("/connectors")).data[0]["name"] == ""
    connector = await bare.connector("GENERIC")
    await bare.post(f"/connectors/GENERIC/{connector}/config", config("GENERIC", endpoint="e"))
    async with bare.session.post(f"{url}/GENERIC/{connector}/config", data=chunks()) as response:
        assert response.status == 204
    assert (await shown(bare, "GENERIC", connector))["endpoint"] == ""


async def test_an_update_replaces_the_config_and_not_the_name_in_the_list(bare: Api) -> None:
    connector = await install(bare, "STRIPE", pageSize=50)
    path = f"/connectors/STRIPE/{connector}/config"
    assert (await bare.post(path, {"apiKey": "new", "name": "renamed"})).status == 204
    assert await shown(bare, "STRIPE", connector) == {"name": "renamed", "apiKey": "new", **OPTIONAL["STRIPE"]}
    assert (await bare.get("/connectors")).data[0]["name"] == "mine"
    assert (await bare.post(path)).code == FAILED
    assert (await bare.post(path, {"pageSize": 5})).code == FAILED
    assert (await bare.post(path, "[]")).code == BAD_BODY


async def test_the_available_configs(bare: Api) -> None:
    told = (await bare.get("/connectors/configs")).data
    assert told.keys() == REQUIRED.keys()
    for provider, fields in told.items():
        expected = {"name", "baseUrl"} if provider == "ATLAR" else {"name"}
        assert fields.keys() == expected | set(REQUIRED[provider]) | OPTIONAL[provider].keys()
        wrong = {"filePollingPeriod"} if provider == "DUMMY-PAY" else set[str]()
        assert {name for name, field in fields.items() if field["required"]} == set(REQUIRED[provider]) | wrong
        assert all(isinstance(field["defaultValue"], str) for field in fields.values())
    assert told["STRIPE"]["pollingPeriod"] == {"dataType": "duration ns", "required": False, "defaultValue": "2m0s"}
    assert told["STRIPE"]["pageSize"]["dataType"] == "unsigned integer"
    assert told["BANKING-CIRCLE"]["userCertificate"]["dataType"] == "long string"


async def test_defaults_are_told_as_the_server_tells_them(bare: Api) -> None:
    told = (await bare.get("/connectors/configs")).data
    defaults = {
        (provider, name): field["defaultValue"] for provider, fields in told.items() for name, field in fields.items()
    }
    assert {provider: defaults.pop((provider, "name")) for provider in REQUIRED} == {each: each for each in REQUIRED}
    assert {key: value for key, value in defaults.items() if value not in ("", "2m0s")} == {
        ("STRIPE", "pageSize"): "10",
        ("MODULR", "endpoint"): "https://api-sandbox.modulrfinance.com/api-sandbox-token",
        ("MODULR", "pageSize"): "100",
        ("CURRENCY-CLOUD", "endpoint"): "https://devapi.currencycloud.com",
        ("ATLAR", "baseUrl"): "https://api.atlar.com",
        ("ATLAR", "pageSize"): "25",
        ("DUMMY-PAY", "numberOfAccountsPreGenerated"): "0",
        ("DUMMY-PAY", "numberOfPaymentsPreGenerated"): "0",
    }
    # It is ten seconds in truth.
    assert defaults["DUMMY-PAY", "filePollingPeriod"] == ""


VERSIONED = [("GET", "/config"), ("POST", "/config"), ("POST", "/reset"), ("DELETE", ""), ("GET", "/tasks")]
VERSIONED += [("GET", f"/tasks/{NIL}")]


@pytest.mark.parametrize(("method", "end"), VERSIONED)
async def test_a_connector_that_is_not_there(api: Api, method: str, end: str) -> None:
    assert (await api.call(method, f"/connectors/STRIPE/!{end}")).code == UNDECODABLE
    assert (await api.call(method, f"/connectors/STRIPE/{UNKNOWN}{end}")).code == REFUSED


@pytest.mark.parametrize(("method", "end"), [each for each in VERSIONED if each != ("POST", "/config")])
async def test_the_only_connector_of_a_provider(bare: Api, method: str, end: str) -> None:
    assert (await bare.call(method, f"/connectors/WISE{end}")).code == UNDECODABLE
    await install(bare, "WISE", name="one")
    await install(bare, "WISE", name="two")
    answer = await bare.call(method, f"/connectors/WISE{end}")
    assert answer.code == UNDECODABLE
    assert "more than one" in answer.json["errorMessage"]


async def test_the_id_of_another_provider(api: Api) -> None:
    stripe = await api.connector("STRIPE")
    squeezed = (await api.get(f"/connectors/MODULR/{stripe}/config")).data
    assert squeezed == {
        "name": "stripe",
        "apiKey": "sk_test_sandbox",
        "apiSecret": "",
        "endpoint": "",
        "pollingPeriod": "2m0s",
        "pageSize": 10,
    }
    # What is not there has the default of the path's provider, and what is there stays.
    assert (await api.get(f"/connectors/DUMMY-PAY/{stripe}/config")).data["filePollingPeriod"] == "10s"
    wise = await api.connector("WISE")
    assert (await api.get(f"/connectors/STRIPE/{wise}/config")).data["pageSize"] == 10
    for method, end in (("POST", "/config"), ("DELETE", ""), ("POST", "/reset"), ("GET", "/tasks")):
        body = {"apiKey": "k"} if end == "/config" else None
        assert (await api.call(method, f"/connectors/WISE/{stripe}{end}", body)).code == REFUSED


async def test_reset_gives_a_new_id_and_no_hint(api: Api) -> None:
    old = await api.connector("STRIPE")
    await api.payment()
    before = (await api.get(f"/connectors/STRIPE/{old}/config")).data
    assert (await api.post(f"/connectors/STRIPE/{old}/reset")).text == ""
    new = await api.connector("STRIPE")
    assert new != old
    assert (await api.get(f"/connectors/STRIPE/{new}/config")).data == before
    assert (await api.get(f"/connectors/STRIPE/{old}/config")).code == REFUSED
    assert (await api.get("/payments")).page["data"] == []
    assert (await api.get("/connectors/STRIPE/tasks")).page["data"] != []


async def test_uninstall_takes_all_that_the_connector_brought(api: Api) -> None:
    """Rows of the connector go, rows of others that point to them go, pools and bank accounts stay, emptied."""
    atlar = await api.connector("ATLAR")
    mine, other = await api.account("ATLAR"), await api.account("WISE")
    kept = await api.payment()
    await api.post("/payments", payment_request(atlar, 100))
    await api.payment(sourceAccountID=mine)
    await api.transfer("ATLAR")
    kept_transfer = await api.transfer("WISE")
    pool = (await api.post("/pools", {"name": "p", "accountIDs": [mine, other]})).data["id"]
    body = {"name": "n", "country": "DE", "iban": "DE89370400440532013000", "connectorID": atlar}
    bank_account = (await api.post("/bank-accounts", body)).data["id"]

    assert (await api.call("DELETE", f"/connectors/atlar/{atlar}")).status == 204

    assert [row["id"] for row in (await api.get("/payments")).page["data"]] == [kept["id"]]
    assert [row["id"] for row in (await api.get("/transfer-initiations")).page["data"]] == [kept_transfer]
    assert {row["provider"] for row in (await api.get("/accounts")).page["data"]} == {"WISE"}
    assert (await api.get(f"/pools/{pool}")).data["accounts"] == [other]
    left = (await api.get(f"/bank-accounts/{bank_account}")).data
    assert left["connectorID"] == ""
    assert "relatedAccounts" not in left
    assert len((await api.get("/connectors")).data) == 10


DESCRIPTORS = {
    "STRIPE": {"name", "key"},
    "ATLAR": {"name", "key"},
    "WISE": {"name", "key", "profileID", "transferID", "paymentID", "attempt"},
    "MODULR": {"name", "key", "accountID", "transferID", "paymentID", "attempt"},
    "MONEYCORP": {"name", "key", "accountID", "transferID", "paymentID", "attempt"},
    "CURRENCY-CLOUD": {"name", "key", "transferID", "paymentID", "attempt"},
    "BANKING-CIRCLE": {"name", "key", "transferID", "paymentID", "bankAccountID", "attempt"},
    "MANGOPAY": {
        *("name", "key", "userID", "walletID", "transferID", "paymentID", "attempt", "bankAccountID", "webhookId"),
        "pollingPeriod",
    },
    "ADYEN": {"name", "key", "pollingPeriod", "webhookId"},
    "GENERIC": {"name", "key", "account_id"},
    "DUMMY-PAY": {"name", "key", "fileName"},
}


@pytest.mark.parametrize("provider", DESCRIPTORS)
async def test_a_fresh_connector_has_tasks(bare: Api, provider: str) -> None:
    connector = await install(bare, provider, **({"apiKey": "sk_test_1"} if provider == "STRIPE" else {}))
    tasks = (await bare.get(f"/connectors/{provider}/{connector}/tasks")).page["data"]
    started = (
        [] if provider == "GENERIC" else [PROVIDERS[provider].describe(**each) for each in PROVIDERS[provider].tasks]
    )
    # The newest first.
    assert [task["descriptor"] for task in tasks] == started[::-1]
    for task in tasks:
        assert task["descriptor"]["name"]
        assert bool(task["descriptor"]["key"]) is not task["descriptor"].get("main", False)
        assert task == {
            "id": task["id"],
            "connectorID": connector,
            "createdAt": "2026-01-01T12:00:00Z",
            "updatedAt": "2026-01-01T12:00:00Z",
            "status": task["status"],
            "error": "",
            "descriptor": task["descriptor"],
            "state": None,
        }
        extra = task["descriptor"].keys() - DESCRIPTORS[provider]
        assert task["descriptor"].keys() >= DESCRIPTORS[provider]
        assert extra <= {"main", "account", "bankAccount"}
    assert (await bare.get(f"/connectors/{provider}/tasks")).page["data"] == tasks


async def test_generic_starts_with_its_endpoint(bare: Api) -> None:
    connector = await install(bare, "GENERIC", endpoint="https://psp.example.com")
    tasks = (await bare.get(f"/connectors/GENERIC/{connector}/tasks")).page["data"]
    assert [task["descriptor"]["key"] for task in reversed(tasks)] == ["main", "fetch-accounts", "fetch-beneficiaries"]
    assert tasks[1]["descriptor"] == {"name": "Fetch accounts from client", "key": "fetch-accounts", "account_id": ""}


async def test_stripe_with_a_key_that_is_none(bare: Api) -> None:
    """Its tasks fail and the account of its own name is there all the same."""
    connector = await install(bare, "STRIPE", apiKey="sk_dead")
    tasks = (await bare.get(f"/connectors/STRIPE/{connector}/tasks")).page["data"]
    assert {task["descriptor"]["key"]: task["status"] for task in tasks} == {
        "": "ACTIVE",
        "fetch_accounts": "FAILED",
        "fetch_payments": "FAILED",
        "fetch_balance": "FAILED",
    }
    assert {bool(task["error"]) for task in tasks if task["status"] == "FAILED"} == {True}
    (root,) = (await bare.get("/accounts")).page["data"]
    assert (root["reference"], root["type"], root["accountName"], root["raw"]) == ("root", "INTERNAL", "", None)


PEM = "-----BEGIN CERTIFICATE-----"
NOBODY = "http://127.0.0.1:9"


@pytest.mark.parametrize(("provider", "members"), [("MANGOPAY", {}), ("BANKING-CIRCLE", {"userCertificate": PEM})])
async def test_what_cannot_be_started_is_installed_all_the_same(
    bare: Api, provider: str, members: dict[str, str]
) -> None:
    whole = config(provider, endpoint=NOBODY, **members)
    refused = await bare.post(f"/connectors/{provider}", whole)
    assert refused.code == FAILED
    (left,) = (await bare.get("/connectors")).data
    assert (left["name"], left["enabled"]) == ("mine", True)
    assert (await bare.get(f"/connectors/{provider}/tasks")).page["data"] == []
    assert (await bare.post(f"/connectors/{provider}", whole)).code == REFUSED
    # Nor does a reset start it.
    assert (await bare.post(f"/connectors/{provider}/reset")).code == FAILED
    (again,) = (await bare.get("/connectors")).data
    assert again["connectorID"] != left["connectorID"]
    assert (await bare.call("DELETE", f"/connectors/{provider}")).status == 204


@pytest.mark.parametrize("endpoint", [NOBODY, "http://127.0.0.1:99999"])
async def test_others_start_and_fail_to_fetch(bare: Api, endpoint: str) -> None:
    connector = await install(bare, "MODULR", endpoint=endpoint)
    tasks = (await bare.get(f"/connectors/MODULR/{connector}/tasks")).page["data"]
    assert {task["descriptor"]["key"]: task["status"] for task in tasks} == {
        "main": "ACTIVE",
        "fetch-accounts": "FAILED",
        "fetch-beneficiaries": "FAILED",
    }


async def test_a_task_is_found_through_any_connector(api: Api) -> None:
    connector = await install(api, "STRIPE", name="second")
    task = (await api.get(f"/connectors/STRIPE/{connector}/tasks")).page["data"][0]
    wise = await api.connector("WISE")
    assert (await api.get(f"/connectors/WISE/{wise}/tasks/{task['id']}")).data == task
    assert (await api.get(f"/connectors/WISE/tasks/{task['id'].upper()}")).data == task
    assert (await api.get("/connectors/WISE/tasks/x")).code == UNDECODABLE
    assert (await api.get(f"/connectors/WISE/{wise}/tasks/{NIL}")).code == (404, "NOT_FOUND")
