"""`--api v3`: the lists, the items and the tasks of the current API, against a sandbox of version 3.4."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from payments_async import ClientCredentials, PaymentsClient
from payments_async.cli.options import V3_RESOURCES, Resource
from payments_async.cli.reading import read_list
from payments_async.cli.tables import V3_COLUMNS, cell
from payments_async.cli.where import Selection, selected
from payments_async.drain.rows import plain
from payments_async.filters import Filter
from payments_async.sandbox import Sandbox
from payments_async.v3 import filters
from payments_async.v3.models import GenericConfig
from tests.cli.running import Command

LISTED = [each for each in V3_RESOURCES if each != "tasks"]
each_list = pytest.mark.parametrize("resource", LISTED)


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """A sandbox of version 3.4 with some of everything."""
    counts: dict[str, Any] = {
        "accounts": 6,
        "pools": 2,
        "bank_accounts": 2,
        "transfers": 3,
        "orders": 2,
        "conversions": 2,
        "users": 2,
    }
    async with Sandbox(version="3.4", payments=12, task_delay=None, **counts) as running:
        yield running


@pytest.fixture
async def client(sandbox: Sandbox) -> AsyncIterator[PaymentsClient]:
    async with PaymentsClient(sandbox.url, auth=ClientCredentials(sandbox.client_id, sandbox.client_secret)) as made:
        yield made


async def everything(client: PaymentsClient, resource: Resource) -> list[Any]:
    return [each async for each in read_list(client, Selection(resource, api="v3"))]


async def started_task(client: PaymentsClient) -> str:
    installed = GenericConfig(name="to go", api_key="sk_canary", endpoint="https://psp.example.com")
    return await client.v3.connectors.uninstall_connector(
        await client.v3.connectors.install_connector("generic", installed)
    )


@pytest.mark.usefixtures("named")
@each_list
async def test_lists_are_json_lines_or_a_table(resource: Resource, client: PaymentsClient, command: Command) -> None:
    items = await everything(client, resource)
    ran = await command("--api", "v3", "list", resource, "--json")
    assert (ran.code, ran.err) == (0, "")
    assert items
    assert [json.loads(line) for line in ran.out.splitlines()] == [plain(each) for each in items]
    ran = await command("--api", "v3", "list", resource, "--limit", "2")
    head, *rows = ran.out.splitlines()
    assert (ran.code, head.split(), len(rows)) == (0, list(V3_COLUMNS[resource]), min(2, len(items)))


@pytest.mark.usefixtures("named")
@pytest.mark.parametrize("resource", [each for each in LISTED if each != "balances"])
async def test_an_item_is_shown_by_its_id(resource: Resource, client: PaymentsClient, command: Command) -> None:
    (item, *_) = await everything(client, resource)
    ran = await command("--api", "v3", "get", resource.removesuffix("s"), item.id)
    assert (ran.code, ran.err) == (0, "")
    assert item.id in ran.out
    ran = await command("--api", "v3", "get", resource, item.id, "--json")
    assert json.loads(ran.out)["id"] == item.id


@pytest.mark.usefixtures("named")
async def test_no_secret_of_a_connector_is_shown(client: PaymentsClient, command: Command, tmp_path: Path) -> None:
    installed = GenericConfig(name="new", api_key="sk_canary", endpoint="https://psp.example.com")
    connector_id = await client.v3.connectors.install_connector("generic", installed)
    target = tmp_path / "connectors.jsonl"
    for given in (
        ["connectors", "--json"],
        ["connectors"],
        ["list", "connectors", "--json"],
        ["get", "connector", connector_id],
        ["export", "connectors", "--to", str(target)],
    ):
        ran = await command("--api", "v3", *given)
        assert ran.code == 0
        assert "canary" not in ran.out + ran.err
    assert connector_id in target.read_text()
    assert "canary" not in target.read_text()


@pytest.mark.usefixtures("named")
async def test_connectors_of_no_such_id_are_not_found(command: Command) -> None:
    ran = await command("--api", "v3", "get", "connector", "eyJQcm92aWRlciI6ImdlbmVyaWMiLCJSZWZlcmVuY2UiOiJ4In0")
    assert (ran.code, ran.err) == (3, "payments-async: no connector of this id is installed\n")


@pytest.mark.usefixtures("named")
async def test_a_task_is_shown_and_awaited(sandbox: Sandbox, client: PaymentsClient, command: Command) -> None:
    task_id = await started_task(client)
    for given in (["tasks", "get"], ["get", "task"]):
        ran = await command("--api", "v3", *given, task_id, "--json")
        assert (ran.code, json.loads(ran.out)["status"]) == (0, "PROCESSING")
    ran = await command("--api", "v3", "tasks", "wait", task_id, "--timeout", "1")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("payments-async: wait_for: the task is still PROCESSING: wait for it again")
    sandbox.work_tasks()
    ran = await command("--api", "v3", "tasks", "wait", task_id)
    assert (ran.code, ran.err) == (0, "")
    assert "SUCCEEDED" in ran.out


@pytest.mark.usefixtures("named")
async def test_a_task_that_failed_is_a_failure(sandbox: Sandbox, client: PaymentsClient, command: Command) -> None:
    sandbox.refuse_tasks()
    task_id = await started_task(client)
    sandbox.work_tasks()
    ran = await command("--api", "v3", "tasks", "wait", task_id)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("payments-async: wait_for: the task failed")


@pytest.mark.usefixtures("named")
@each_list
async def test_a_list_is_exported_whole(
    resource: Resource, client: PaymentsClient, command: Command, tmp_path: Path
) -> None:
    items = await everything(client, resource)
    target = tmp_path / "all.jsonl"
    ran = await command("--api", "v3", "export", resource, "--to", str(target))
    assert ran.code == 0
    assert len(target.read_text().splitlines()) == len(items)
    again = await command("export", "payments", "--to", str(target), "--resume")
    assert again.code == 1
    assert "another drain: its server is" in again.err


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["--api", "v3", "list", "transfer-initiations"], "--api v3 before the command has no transfer-initiations"),
        (["list", "orders"], "--api v1 before the command has no orders: give one of payments, accounts"),
        (["get", "orders", "x"], "--api v1 before the command has no orders"),
        (["--api", "v3", "list", "tasks"], "tasks cannot be listed: give the id of one to `tasks get`"),
        (["--api", "v3", "balances"], "balances are added up on the earlier API only"),
        (["tasks", "wait", "x"], "tasks can be awaited on the current API only: give --api v3 before the command"),
        (["list", "payments", "--api", "v3"], "--api goes before the command"),
        (["--api", "v2", "list", "payments"], "'v2' is not one of 'v1', 'v3'"),
        (["list", "nonsense"], "with --api v3, payments, accounts"),
    ],
)
async def test_what_an_api_does_not_have_is_wrong_usage(given: list[str], words: str, command: Command) -> None:
    ran = await command(*given)
    assert (ran.code, ran.out) == (2, "")
    assert words in ran.err


@pytest.mark.parametrize(
    ("resource", "condition", "expected"),
    [
        ("payments", "status=FAILED", filters.payments.status.match("FAILED")),
        ("payments", "amount>=5", filters.payments.amount.gte(5)),
        ("payments", "metadata[order]=A-1", filters.payments.metadata["order"].match("A-1")),
        ("orders", "limit_price<7", filters.orders.limit_price.lt(7)),
        ("conversions", "source_amount=7", filters.conversions.source_amount.match(7)),
        ("pools", "account_id=x", filters.pools.account_id.match("x")),
        ("bank-accounts", "name=x", filters.bank_accounts.name.match("x")),
        ("connectors", "name=psp", filters.connectors.name.match("psp")),
        ("payment-initiations", "status=FAILED", filters.payment_initiations.status.match("FAILED")),
    ],
)
def test_a_condition_is_a_filter_of_this_api(resource: Resource, condition: str, expected: Filter[Any]) -> None:
    query = selected(resource, [condition], "v3").query
    assert isinstance(query, Filter)
    assert (query.resource, query.expression) == (expected.resource, expected.expression)


@pytest.mark.parametrize(
    ("resource", "condition"),
    [
        ("payments", "reference>A"),
        ("payments", "created_at>2024"),
        ("payments", "amount=x"),
        ("accounts", "account_name=x"),
    ],
)
def test_a_condition_that_this_api_does_not_have_is_refused(resource: Resource, condition: str) -> None:
    with pytest.raises(ValueError, match="--where"):
        selected(resource, [condition], "v3")


@pytest.mark.usefixtures("named")
async def test_conditions_and_an_account_limit_what_is_listed(client: PaymentsClient, command: Command) -> None:
    (balance, *_) = await everything(client, "balances")
    ran = await command("--api", "v3", "list", "balances", "--where", f"account_id={balance.account_id}", "--json")
    assert {json.loads(line)["account_id"] for line in ran.out.splitlines()} == {balance.account_id}
    (payment, *_) = await everything(client, "payments")
    ran = await command("--api", "v3", "list", "payments", "--where", f"reference={payment.reference}", "--json")
    assert [json.loads(line)["reference"] for line in ran.out.splitlines()] == [payment.reference]


def test_every_resource_has_columns() -> None:
    assert set(V3_COLUMNS) == set(V3_RESOURCES)


def test_an_amount_is_shown_in_its_own_asset_and_is_empty_if_not_known() -> None:
    row = {"source_amount": 150, "source_asset": "USD/2", "destination_amount": None, "destination_asset": "EUR/2"}
    assert (cell(row, "source_amount"), cell(row, "destination_amount")) == ("1.50", "")
