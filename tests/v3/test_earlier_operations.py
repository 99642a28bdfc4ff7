"""What each of the 43 operations of the earlier API does on a server of version 3.4, which the sandbox stands in for.

Six are gone. Forwarding and reversing depend on the provider, which cannot do it here; a dummypay connector can.
"""

import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from payments_async import APIError, NotFoundError, PaymentsClient, ServerError
from payments_async.models import (
    AccountRequest,
    AccountType,
    BankAccountRequest,
    Connector,
    GenericConfig,
    PaymentRequest,
    PaymentScheme,
    PaymentStatus,
    PaymentType,
    ReverseTransferInitiationRequest,
    TransferInitiationRequest,
    TransferInitiationType,
    TransferRequest,
)
from payments_async.models.generated.operations import OPERATIONS
from payments_async.sandbox import Sandbox
from payments_async.v3.models import CreateBankAccountRequest

AT = datetime(2026, 3, 1, tzinfo=UTC)
GENERIC = Connector.GENERIC
CONFIG = GenericConfig(name="another", api_key="key", endpoint="https://psp.example.com")


class Server:
    """A client of a sandbox of version 3.4, and what is there."""

    def __init__(self, sandbox: Sandbox, client: PaymentsClient) -> None:
        self.sandbox = sandbox
        self.client = client
        self.connector = ""
        self._numbers = itertools.count(1)

    async def account(self, kind: AccountType = AccountType.INTERNAL) -> str:
        request = AccountRequest(
            reference=f"account-{next(self._numbers)}",
            connector_id=self.connector,
            created_at=AT,
            type=kind,
            account_name="Main",
        )
        return (await self.client.accounts.create_account(request)).id

    async def payment(self) -> str:
        request = PaymentRequest(
            reference=f"payment-{next(self._numbers)}",
            connector_id=self.connector,
            created_at=AT,
            amount=10**30,
            type=PaymentType.PAY_IN,
            status=PaymentStatus.SUCCEEDED,
            scheme=PaymentScheme.VISA,
            asset="USD/2",
        )
        return (await self.client.payments.create_payment(request)).id

    async def transfer(self, **changes: Any) -> str:
        given: dict[str, Any] = {
            "reference": f"transfer-{next(self._numbers)}",
            "source_account_id": await self.account(),
            "destination_account_id": await self.account(),
            "connector_id": self.connector,
            "type": TransferInitiationType.TRANSFER,
            "amount": 1_000,
            "asset": "USD/2",
        }
        made = await self.client.transfer_initiations.create_transfer_initiation(
            TransferInitiationRequest(**given | changes)
        )
        return made.id

    async def pool(self) -> str:
        return (await self.client.pools.create_pool(f"Pool {next(self._numbers)}", [await self.account()])).id

    async def bank_account(self) -> str:
        created = self.client.v3.bank_accounts.create_bank_account
        return await created(BANK_ACCOUNT)


BANK_ACCOUNT = CreateBankAccountRequest(name="Main", account_number="0532013000", country="DE")
REFUND = ReverseTransferInitiationRequest(reference="refund", description="Too much", amount=1, asset="USD/2")
Operation = Callable[[Server], Awaitable[object]]


async def listed(pages: Any) -> list[Any]:
    return [each async for each in pages]


async def failed_transfer(server: Server) -> str:
    transfer = await server.transfer()
    server.sandbox.fail_transfer(transfer)
    return transfer


async def task(server: Server) -> str:
    page = await server.client.v3.connectors.list_connector_schedules(server.connector)
    return page.data[0].id


async def created_bank_account(server: Server) -> Any:
    request = BankAccountRequest(country="DE", name="Main", account_number="0532013000")
    return await server.client.bank_accounts.create_bank_account(request)


WORK: dict[str, Operation] = {
    "get_server_info": lambda on: on.client.server.get_server_info(),
    "list_payments": lambda on: listed(on.client.payments.list_payments(sort="ignored:asc")),
    "get_payment": lambda on: then(on.payment(), on.client.payments.get_payment),
    "create_payment": lambda on: on.payment(),
    "update_metadata": lambda on: then(on.payment(), lambda it: on.client.payments.update_metadata(it, {"a": "b"})),
    "list_accounts": lambda on: listed(on.client.accounts.list_accounts()),
    "get_account": lambda on: then(on.account(), on.client.accounts.get_account),
    "create_account": lambda on: on.account(),
    "get_account_balances": lambda on: then(
        on.account(), lambda it: listed(on.client.accounts.get_account_balances(it, limit=1))
    ),
    "update_bank_account_metadata": lambda on: then(
        on.bank_account(), lambda it: on.client.bank_accounts.update_bank_account_metadata(it, {"a": "b"})
    ),
    "list_pools": lambda on: listed(on.client.pools.list_pools()),
    "get_pool": lambda on: then(on.pool(), on.client.pools.get_pool),
    "create_pool": lambda on: on.pool(),
    "delete_pool": lambda on: then(on.pool(), on.client.pools.delete_pool),
    "add_account_to_pool": lambda on: then(
        on.pool(), lambda it: then(on.account(), lambda account: on.client.pools.add_account_to_pool(it, account))
    ),
    "remove_account_from_pool": lambda on: then(
        on.pool(), lambda it: then(on.account(), lambda account: on.client.pools.remove_account_from_pool(it, account))
    ),
    "get_pool_balances": lambda on: then(on.pool(), lambda it: on.client.pools.get_pool_balances(it, AT)),
    "list_transfer_initiations": lambda on: listed(on.client.transfer_initiations.list_transfer_initiations()),
    "create_transfer_initiation": lambda on: on.transfer(validated=True),
    "delete_transfer_initiation": lambda on: then(
        on.transfer(), on.client.transfer_initiations.delete_transfer_initiation
    ),
    "update_transfer_initiation_status": lambda on: then(
        on.transfer(), lambda it: on.client.transfer_initiations.update_transfer_initiation_status(it, "VALIDATED")
    ),
    "retry_transfer_initiation": lambda on: then(
        failed_transfer(on), on.client.transfer_initiations.retry_transfer_initiation
    ),
    "list_all_connectors": lambda on: on.client.connectors.list_all_connectors(),
    "list_configs_available_connectors": lambda on: on.client.connectors.list_configs_available_connectors(),
    "install_connector": lambda on: on.client.connectors.install_connector(GENERIC, CONFIG),
    "read_connector_config_v1": lambda on: on.client.connectors.read_connector_config_v1(GENERIC, on.connector),
    "update_connector_config_v1": lambda on: on.client.connectors.update_connector_config_v1(
        GENERIC, on.connector, CONFIG
    ),
    "reset_connector_v1": lambda on: on.client.connectors.reset_connector_v1(GENERIC, on.connector),
    "uninstall_connector_v1": lambda on: on.client.connectors.uninstall_connector_v1(GENERIC, on.connector),
    "get_transfer_initiation": lambda on: then(
        on.transfer(validated=True), on.client.transfer_initiations.get_transfer_initiation
    ),
    "create_bank_account": created_bank_account,
    "list_bank_accounts": lambda on: then(
        on.bank_account(), lambda _: listed(on.client.bank_accounts.list_bank_accounts())
    ),
    "get_bank_account": lambda on: then(on.bank_account(), on.client.bank_accounts.get_bank_account),
    "list_connector_tasks_v1": lambda on: listed(on.client.connectors.list_connector_tasks_v1(GENERIC, on.connector)),
    "get_connector_task_v1": lambda on: then(
        task(on), lambda it: on.client.connectors.get_connector_task_v1(GENERIC, on.connector, it)
    ),
}
FAIL: dict[str, tuple[type[APIError], int, Operation]] = {
    "reverse_transfer_initiation": (
        ServerError,
        500,
        lambda on: then(
            on.transfer(validated=True),
            lambda it: on.client.transfer_initiations.reverse_transfer_initiation(it, REFUND),
        ),
    ),
    "forward_bank_account": (
        ServerError,
        500,
        lambda on: then(on.bank_account(), lambda it: on.client.bank_accounts.forward_bank_account(it, on.connector)),
    ),
    "read_connector_config": (APIError, 405, lambda on: on.client.connectors.read_connector_config(GENERIC)),
    "reset_connector": (APIError, 405, lambda on: on.client.connectors.reset_connector(GENERIC)),
    "uninstall_connector": (APIError, 405, lambda on: on.client.connectors.uninstall_connector(GENERIC)),
    "list_connector_tasks": (
        APIError,
        405,
        lambda on: listed(on.client.connectors.list_connector_tasks(GENERIC)),
    ),
    "get_connector_task": (
        NotFoundError,
        404,
        lambda on: on.client.connectors.get_connector_task(GENERIC, "6e5d4c3b-7f8e-4a9b-8c0d-2e3f4a5b6c7d"),
    ),
    "connectors_transfer": (
        APIError,
        405,
        lambda on: on.client.connectors.connectors_transfer(
            GENERIC, TransferRequest(amount=1, asset="USD/2", source="a", destination="b")
        ),
    ),
}


async def then(first: Awaitable[str], second: Callable[[str], Awaitable[object]]) -> object:
    return await second(await first)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with (
        Sandbox(version="3.4", auth=False, connectors=1, accounts=0, tasks=8) as sandbox,
        PaymentsClient(sandbox.url) as client,
    ):
        made = Server(sandbox, client)
        made.connector = (await client.connectors.list_all_connectors())[0].connector_id
        yield made


def test_all_operations_are_told_apart() -> None:
    assert {*WORK, *FAIL} == {operation.name for operation in OPERATIONS}


@pytest.mark.parametrize("name", WORK)
async def test_an_earlier_operation_works(server: Server, name: str) -> None:
    await WORK[name](server)


@pytest.mark.parametrize("name", FAIL)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
async def test_an_earlier_operation_fails(server: Server, name: str) -> None:
    kind, status, operation = FAIL[name]
    with pytest.raises(kind) as raised:
        await operation(server)
    assert type(raised.value) is kind
    assert raised.value.status == status


async def test_what_the_provider_can_do_works_by_the_earlier_operations_too(server: Server) -> None:
    config = {"name": "dummy", "directory": "/srv/payments"}
    installed = await server.client.request("POST", "/v3/connectors/install/dummypay", body=config)
    server.connector = installed["data"]
    forwarded = await server.client.bank_accounts.forward_bank_account(await server.bank_account(), server.connector)
    assert [each.connector_id for each in forwarded.related_accounts or []] == [server.connector]
    transfer = await server.transfer(validated=True)
    await server.client.transfer_initiations.reverse_transfer_initiation(transfer, REFUND)
    assert (await server.client.transfer_initiations.get_transfer_initiation(transfer)).status == "REVERSED"


async def test_both_apis_show_the_same_rows(server: Server) -> None:
    payment, transfer = await server.payment(), await server.transfer(validated=True)
    assert (await server.client.v3.payments.get_payment(payment)).amount == 10**30
    initiation = await server.client.v3.payment_initiations.get_payment_initiation(transfer)
    assert (initiation.id, initiation.status) == (transfer, "PROCESSED")
    paid = await server.client.v3.payment_initiations.list_payment_initiation_related_payments(transfer)
    assert [each.amount for each in paid.data] == [1_000]
    shown = await server.client.payments.get_payment(paid.data[0].id)
    assert (shown.provider, shown.scheme, shown.initial_amount) == ("GENERIC", "other", 1_000)
