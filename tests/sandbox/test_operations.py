"""All 43 operations succeed, with the status and the envelope they are known for."""

from collections.abc import Awaitable, Callable

import pytest

from .conftest import Answer, Api, payment_request

AT = "2025-01-01T00:00:00Z"


async def get_server_info(api: Api) -> Answer:
    return await api.get("/_info")


async def create_payment(api: Api) -> Answer:
    return await api.post("/payments", payment_request(await api.connector("STRIPE")))


async def get_payment(api: Api) -> Answer:
    return await api.get(f"/payments/{(await api.payment())['id']}")


async def update_metadata(api: Api) -> Answer:
    return await api.call("PATCH", f"/payments/{(await api.payment())['id']}/metadata", {"k": "v"})


async def create_transfer(api: Api) -> Answer:
    return await api.post("/transfer-initiations", await api.transfer_request())


async def get_transfer(api: Api) -> Answer:
    return await api.get(f"/transfer-initiations/{await api.transfer()}")


async def delete_transfer(api: Api) -> Answer:
    return await api.call("DELETE", f"/transfer-initiations/{await api.transfer()}")


async def validate_transfer(api: Api) -> Answer:
    return await api.post(f"/transfer-initiations/{await api.transfer()}/status", {"status": "VALIDATED"})


async def reverse_transfer(api: Api) -> Answer:
    transfer = await api.transfer(validated=True)
    return await api.post(
        f"/transfer-initiations/{transfer}/reverse", {"reference": "r", "amount": 1000, "asset": "EUR/2"}
    )


async def retry_transfer(api: Api) -> Answer:
    transfer = await api.transfer()
    api.sandbox.fail_transfer(transfer)
    return await api.post(f"/transfer-initiations/{transfer}/retry")


async def create_pool(api: Api) -> Answer:
    return await api.post("/pools", {"name": "treasury", "accountIDs": [await api.account()]})


async def get_pool(api: Api) -> Answer:
    return await api.get(f"/pools/{(await create_pool(api)).data['id']}")


async def delete_pool(api: Api) -> Answer:
    return await api.call("DELETE", f"/pools/{(await create_pool(api)).data['id']}")


async def add_account_to_pool(api: Api) -> Answer:
    pool = (await create_pool(api)).data["id"]
    return await api.post(f"/pools/{pool}/accounts", {"accountID": await api.account()})


async def remove_account_from_pool(api: Api) -> Answer:
    pool = (await create_pool(api)).data
    return await api.call("DELETE", f"/pools/{pool['id']}/accounts/{pool['accounts'][0]}")


async def get_pool_balances(api: Api) -> Answer:
    return await api.get(f"/pools/{(await create_pool(api)).data['id']}/balances", at=AT)


async def create_account(api: Api) -> Answer:
    request = {"reference": "a", "connectorID": await api.connector("WISE"), "createdAt": AT, "type": "INTERNAL"}
    return await api.post("/accounts", request | {"accountName": "Northwind Trading"})


async def get_account(api: Api) -> Answer:
    return await api.get(f"/accounts/{await api.account()}")


async def get_account_balances(api: Api) -> Answer:
    return await api.get(f"/accounts/{await api.account()}/balances")


async def create_bank_account(api: Api) -> Answer:
    return await api.post("/bank-accounts", {"name": "n", "country": "DE", "iban": "DE89370400440532013000"})


async def get_bank_account(api: Api) -> Answer:
    return await api.get(f"/bank-accounts/{(await create_bank_account(api)).data['id']}")


async def forward_bank_account(api: Api) -> Answer:
    bank_account = (await create_bank_account(api)).data["id"]
    return await api.post(f"/bank-accounts/{bank_account}/forward", {"connectorID": await api.connector("ATLAR")})


async def update_bank_account_metadata(api: Api) -> Answer:
    bank_account = (await create_bank_account(api)).data["id"]
    return await api.call("PATCH", f"/bank-accounts/{bank_account}/metadata", {"metadata": {"k": "v"}})


async def install_connector(api: Api) -> Answer:
    return await api.post("/connectors/STRIPE", {"name": "second", "apiKey": "sk"})


def on_connector(method: str, end: str, *, versioned: bool) -> Callable[[Api], Awaitable[Answer]]:
    async def call(api: Api) -> Answer:
        part = f"/{await api.connector('WISE')}" if versioned else ""
        body = {"apiKey": "k"} if method == "POST" and end == "/config" else None
        return await api.call(method, f"/connectors/wise{part}{end}", body)

    return call


def on_task(*, versioned: bool) -> Callable[[Api], Awaitable[Answer]]:
    async def call(api: Api) -> Answer:
        await api.post("/connectors/WISE/reset")
        task = (await api.get("/connectors/WISE/tasks")).page["data"][0]["id"]
        part = f"/{await api.connector('WISE')}" if versioned else ""
        return await api.get(f"/connectors/WISE{part}/tasks/{task}")

    return call


def listing(path: str) -> Callable[[Api], Awaitable[Answer]]:
    async def call(api: Api) -> Answer:
        return await api.get(path)

    return call


async def connectors_transfer(api: Api) -> Answer:
    return await api.post("/connectors/STRIPE/transfers", {"amount": 1, "asset": "EUR/2", "destination": "d"})


@pytest.mark.parametrize(
    ("operation", "status", "envelope"),
    [
        pytest.param(get_server_info, 200, "version", id="getServerInfo"),
        pytest.param(create_payment, 200, "data", id="createPayment"),
        pytest.param(listing("/payments"), 200, "cursor", id="listPayments"),
        pytest.param(get_payment, 200, "data", id="getPayment"),
        pytest.param(update_metadata, 204, None, id="updateMetadata"),
        pytest.param(listing("/transfer-initiations"), 200, "cursor", id="listTransferInitiations"),
        pytest.param(create_transfer, 200, "data", id="createTransferInitiation"),
        pytest.param(get_transfer, 200, "data", id="getTransferInitiation"),
        pytest.param(delete_transfer, 204, None, id="deleteTransferInitiation"),
        pytest.param(validate_transfer, 204, None, id="udpateTransferInitiationStatus"),
        pytest.param(reverse_transfer, 204, None, id="reverseTransferInitiation"),
        pytest.param(retry_transfer, 204, None, id="retryTransferInitiation"),
        pytest.param(listing("/pools"), 200, "cursor", id="listPools"),
        pytest.param(create_pool, 200, "data", id="createPool"),
        pytest.param(get_pool, 200, "data", id="getPool"),
        pytest.param(delete_pool, 204, None, id="deletePool"),
        pytest.param(add_account_to_pool, 204, None, id="addAccountToPool"),
        pytest.param(remove_account_from_pool, 204, None, id="removeAccountFromPool"),
        pytest.param(get_pool_balances, 200, "data", id="getPoolBalances"),
        pytest.param(create_account, 200, "data", id="createAccount"),
        pytest.param(listing("/accounts"), 200, "cursor", id="listAccounts"),
        pytest.param(get_account, 200, "data", id="getAccount"),
        pytest.param(get_account_balances, 200, "cursor", id="getAccountBalances"),
        pytest.param(create_bank_account, 200, "data", id="createBankAccount"),
        pytest.param(listing("/bank-accounts"), 200, "cursor", id="listBankAccounts"),
        pytest.param(get_bank_account, 200, "data", id="getBankAccount"),
        pytest.param(forward_bank_account, 200, "data", id="forwardBankAccount"),
        pytest.param(update_bank_account_metadata, 204, None, id="updateBankAccountMetadata"),
        pytest.param(listing("/connectors"), 200, "data", id="listAllConnectors"),
        pytest.param(listing("/connectors/configs"), 200, "data", id="listConfigsAvailableConnectors"),
        pytest.param(install_connector, 201, "data", id="installConnector"),
        pytest.param(on_connector("DELETE", "", versioned=False), 204, None, id="uninstallConnector"),
        pytest.param(on_connector("DELETE", "", versioned=True), 204, None, id="uninstallConnectorV1"),
        pytest.param(on_connector("GET", "/config", versioned=False), 200, "data", id="readConnectorConfig"),
        pytest.param(on_connector("GET", "/config", versioned=True), 200, "data", id="readConnectorConfigV1"),
        pytest.param(on_connector("POST", "/config", versioned=True), 204, None, id="updateConnectorConfigV1"),
        pytest.param(on_connector("POST", "/reset", versioned=False), 204, None, id="resetConnector"),
        pytest.param(on_connector("POST", "/reset", versioned=True), 204, None, id="resetConnectorV1"),
        pytest.param(on_connector("GET", "/tasks", versioned=False), 200, "cursor", id="listConnectorTasks"),
        pytest.param(on_connector("GET", "/tasks", versioned=True), 200, "cursor", id="listConnectorTasksV1"),
        pytest.param(on_task(versioned=False), 200, "data", id="getConnectorTask"),
        pytest.param(on_task(versioned=True), 200, "data", id="getConnectorTaskV1"),
        pytest.param(connectors_transfer, 405, None, id="connectorsTransfer"),
    ],
)
async def test_operation(
    api: Api, operation: Callable[[Api], Awaitable[Answer]], status: int, envelope: str | None
) -> None:
    answer = await operation(api)
    assert answer.status == status, answer.text
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Vary"] == "Origin"
    if envelope is None:
        assert answer.text == ""
    else:
        assert list(answer.json) == [envelope]
        assert answer.text.endswith("}\n")
