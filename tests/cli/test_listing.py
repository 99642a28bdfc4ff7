"""`payments-async list`, `get`, `connectors` and `info`, against a sandbox."""

import csv
import io
import json
from typing import Any

import pytest

from payments_async import PaymentsClient
from payments_async.cli.options import RESOURCES, Resource
from payments_async.cli.reading import read_list
from payments_async.cli.tables import COLUMNS, short_id
from payments_async.cli.where import Selection
from payments_async.drain.rows import plain
from payments_async.sandbox import Fault, FaultKind, Sandbox
from payments_async.version import VERSION
from payments_async.wire.jsontext import json_text
from tests.cli.running import Command


def parsed(lines: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines.splitlines()]


async def everything(client: PaymentsClient, resource: Resource) -> list[Any]:
    return [each async for each in read_list(client, Selection(resource))]


@pytest.mark.usefixtures("named")
@pytest.mark.parametrize("resource", RESOURCES)
async def test_json_lines_are_the_models_to_the_last_item(
    resource: Resource, client: PaymentsClient, command: Command
) -> None:
    items = await everything(client, resource)
    ran = await command("list", resource, "--json")
    assert (ran.code, ran.err) == (0, "")
    assert items
    assert parsed(ran.out) == [plain(each) for each in items]


@pytest.mark.usefixtures("named")
@pytest.mark.parametrize("resource", RESOURCES)
async def test_a_pipe_gets_a_table_of_all_columns_without_colours_or_wrapping(
    resource: Resource, client: PaymentsClient, command: Command
) -> None:
    items = await everything(client, resource)
    ran = await command("list", resource, "--limit", "3")
    assert ran.code == 0
    head, *rows = ran.out.splitlines()
    assert head.split() == list(COLUMNS[resource])
    assert len(rows) == min(3, len(items))
    assert "\x1b" not in ran.out
    assert "…" not in ran.out


async def test_every_item_of_a_list_comes_and_comes_once_while_others_arrive(
    sandbox: Sandbox, client: PaymentsClient
) -> None:
    before = set(sandbox.references())
    came = list[str]()
    async for payment in read_list(client, Selection("payments")):
        if len(came) % 50 == 0:
            sandbox.add_payments(1, newest=True)
        came.append(payment.reference)
    assert len(came) == len(set(came))
    assert before <= set(came)


async def test_lists_are_newest_first(client: PaymentsClient) -> None:
    times = [each.created_at for each in await everything(client, "payments")]
    assert times == sorted(times, reverse=True)


async def test_balances_are_those_of_every_account(client: PaymentsClient) -> None:
    accounts = await everything(client, "accounts")
    balances = await everything(client, "balances")
    expected = [
        each
        async for account in client.accounts.list_accounts()
        async for each in client.accounts.get_account_balances(account.id)
    ]
    assert {each.account_id for each in balances} <= {each.id for each in accounts}
    assert len(balances) == len(expected)


async def test_a_table_says_that_more_follow(named: Sandbox, command: Command) -> None:
    ran = await command("list", "payments")
    assert len(ran.out.splitlines()) == 1 + 50
    assert ran.err == "payments-async: these are the first 50: --limit shows more, --json all\n"
    assert named.requests["GET", "/payments", 200] == 1


async def test_a_limit_bounds_what_comes_and_what_is_asked_for(named: Sandbox, command: Command) -> None:
    ran = await command("list", "payments", "--json", "--limit", "100")
    assert len(ran.out.splitlines()) == 100
    assert named.requests["GET", "/payments", 200] == 1
    ran = await command("list", "payments", "--limit", "250")
    assert len(ran.out.splitlines()) == 1 + 250
    assert ran.err == ""


@pytest.mark.usefixtures("named")
async def test_a_list_comes_in_the_order_that_was_chosen(client: PaymentsClient, command: Command) -> None:
    ran = await command("list", "payments", "--sort", "amount:desc", "--sort", "reference", "--json")
    payments = await everything(client, "payments")
    expected = sorted(payments, key=lambda each: (-each.amount, each.reference))
    assert [each["id"] for each in parsed(ran.out)] == [each.id for each in expected]


@pytest.mark.usefixtures("named")
@pytest.mark.parametrize("resource", ["payments", "tasks", "connectors"])
async def test_csv_has_the_fields_of_the_models_exactly(
    resource: Resource, client: PaymentsClient, command: Command
) -> None:
    items = [plain(each) for each in await everything(client, resource)]
    ran = await command("list", resource, "--csv")
    assert (ran.code, ran.err) == (0, "")
    rows = list(csv.DictReader(io.StringIO(ran.out, newline="")))
    assert list(rows[0]) == list(items[0])
    for row, item in zip(rows, items, strict=True):
        for name, value in item.items():
            assert row[name] == ("" if value is None else value if isinstance(value, str) else json_text(value))


@pytest.mark.usefixtures("named")
async def test_chosen_columns_are_all_that_is_printed(client: PaymentsClient, command: Command) -> None:
    payments = await everything(client, "payments")
    given = ("list", "payments", "--columns", "short_id,amount", "--columns", "id")
    ran = await command(*given, "--json", "--limit", "2")
    assert parsed(ran.out) == [
        {"short_id": short_id(each.id), "amount": each.amount, "id": each.id} for each in payments[:2]
    ]
    ran = await command(*given, "--csv", "--limit", "1")
    first = payments[0]
    assert ran.out.split() == ["short_id,amount,id", f"{short_id(first.id)},{first.amount},{first.id}"]
    ran = await command(*given, "--limit", "1")
    assert ran.out.split()[:3] == ["short_id", "amount", "id"]
    assert ran.out.split()[-1] == first.id


async def test_a_page_is_as_large_as_was_asked_for(named: Sandbox, command: Command) -> None:
    await command("list", "payments", "--limit", "30", "--page-size", "10", "--json")
    assert named.requests["GET", "/payments", 200] == 3


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--json", "--csv"), "give one of them"),
        (("--columns", "amount,amout"), "--columns amout: payments have created_at, reference"),
        (("--page-size", "101"), "'--page-size'"),
    ],
)
async def test_a_form_that_a_list_does_not_have_is_refused(
    given: tuple[str, ...], said: str, named: Sandbox, command: Command
) -> None:
    ran = await command("list", "payments", *given)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert not named.requests


async def test_conditions_choose_what_comes(client: PaymentsClient, named: Sandbox, command: Command) -> None:
    payments = await everything(client, "payments")
    expected = [each.id for each in payments if each.status == "SUCCEEDED" and each.amount >= 100_000]
    ran = await command("list", "payment", "--json", "--where", "status=SUCCEEDED", "--where", "amount>=100000")
    assert [each["id"] for each in parsed(ran.out)] == expected
    assert expected
    account = (await everything(client, "accounts"))[-1]
    ran = await command("list", "balances", "--json", "--where", f"account_id={account.id}")
    assert {each["account_id"] for each in parsed(ran.out)} == {account.id}
    connector = (await everything(client, "connectors"))[-1]
    ran = await command("list", "tasks", "--json", "--where", f"connector_id={connector.connector_id}")
    assert {each["connector_id"] for each in parsed(ran.out)} == {connector.connector_id}
    asked = named.requests.total()
    ran = await command("list", "payments", "--where", "status=PAID")
    assert (ran.code, ran.out) == (2, "")
    assert named.requests.total() == asked


@pytest.mark.usefixtures("named")
async def test_what_is_not_there_is_said(command: Command) -> None:
    ran = await command("list", "payments", "--where", "reference=none")
    assert (ran.code, ran.err) == (0, "payments-async: no payments\n")
    ran = await command("list", "payments", "--where", "reference=none", "--json")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    ran = await command("list", "tasks", "--where", "connector_id=none")
    assert (ran.code, ran.out) == (3, "")


@pytest.mark.usefixtures("named")
@pytest.mark.parametrize("resource", [each for each in RESOURCES if each != "balances"])
async def test_get_finds_by_id_what_a_list_shows(resource: Resource, client: PaymentsClient, command: Command) -> None:
    item = (await everything(client, resource))[-1]
    item_id = item.connector_id if resource == "connectors" else item.id
    ran = await command("get", resource.removesuffix("s"), item_id, "--json")
    assert (ran.code, ran.err) == (0, "")
    (found,) = parsed(ran.out)
    assert item_id in found.values()
    assert list(found) == list(plain(item))
    ran = await command("get", resource, item_id)
    assert [line.split()[0] for line in ran.out.splitlines() if line[0] not in " }"] == list(found)


@pytest.mark.usefixtures("named")
@pytest.mark.parametrize("resource", ["pools", "bank-accounts", "tasks", "connectors"])
async def test_get_has_a_code_for_what_is_not_there(resource: Resource, command: Command) -> None:
    ran = await command("get", resource, "2f733b05-759e-4559-8b94-af3a4b05e1ab")
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.count("\n") == 1


async def test_get_passes_on_a_task_that_cannot_be_read(
    named: Sandbox, client: PaymentsClient, command: Command
) -> None:
    task = (await everything(client, "tasks"))[0]
    named.faults.append(Fault(kind=FaultKind.WRONG_SHAPE, route="/connectors/{connector}/{connectorId}/tasks/{taskId}"))
    ran = await command("get", "task", task.id)
    assert (ran.code, ran.out) == (1, "")
    assert "get_connector_task_v1: " in ran.err


async def test_balances_have_no_ids(named: Sandbox, command: Command) -> None:
    ran = await command("get", "balance", "x")
    assert (ran.code, ran.out) == (2, "")
    assert "--where account_id=ID" in ran.err
    assert not named.requests


@pytest.mark.usefixtures("named")
async def test_get_shows_amounts_in_the_main_unit_and_nested_json(client: PaymentsClient, command: Command) -> None:
    payment = next(each for each in await everything(client, "payments") if each.asset == "USD/2" and each.raw)
    ran = await command("get", "payment", payment.id)
    assert f"amount                  {payment.amount // 100:,}.{payment.amount % 100:02}\n" in ran.out
    assert '\n                          "' in ran.out


@pytest.mark.usefixtures("named")
async def test_get_prints_nothing_that_a_terminal_would_obey(client: PaymentsClient, command: Command) -> None:
    payment = (await client.payments.list_payments().first()).data[0]
    await client.payments.update_metadata(payment.id, {"note": "a\x9b31m\x7fb"})
    ran = await command("get", "payment", payment.id)
    assert '"note": "a 31m b"\n' in ran.out


@pytest.mark.usefixtures("named")
async def test_connectors_are_listed(client: PaymentsClient, command: Command) -> None:
    ran = await command("connectors")
    assert [line.split()[0] for line in ran.out.splitlines()[1:]] == [
        each.provider for each in await client.connectors.list_all_connectors()
    ]


async def test_info_names_the_server_and_both_versions(
    named: Sandbox, client: PaymentsClient, command: Command
) -> None:
    version = (await client.server.get_server_info()).version
    ran = await command("info", "--json")
    assert parsed(ran.out) == [{"url": f"{named.url}/api/payments", "server_version": version, "sdk_version": VERSION}]
    ran = await command("info")
    assert f"server_version  {version}\n" in ran.out
