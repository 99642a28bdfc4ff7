"""`payments-async create`, `transfers` and `request`, against sandboxes of both versions."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from payments_async import ClientCredentials, PaymentsClient
from payments_async.models import Payment
from payments_async.sandbox import Fault, FaultKind, Sandbox
from payments_async.sandbox.providers import PROVIDERS
from payments_async.sandbox.v3.providers import PROVIDERS as V3_PROVIDERS
from payments_async.v3.models import GenericConfig, PaymentInitiationStatus
from tests.cli.running import Command, Spawn, finished

WRITTEN = ("--amount", "12.50USD/2", "--type", "pay-in", "--created-at", "2024-01-31T13:00:00+01:00")


@pytest.fixture
async def current(monkeypatch: pytest.MonkeyPatch, _nothing_set: None) -> AsyncIterator[Sandbox]:
    """A sandbox of version 3.4 that the environment names."""
    async with Sandbox(version="3.4", payments=5, transfers=12, task_delay=None) as running:
        monkeypatch.setenv("FORMANCE_URL", running.url)
        monkeypatch.setenv("FORMANCE_CLIENT_ID", running.client_id)
        monkeypatch.setenv("FORMANCE_CLIENT_SECRET", running.client_secret)
        yield running


def client_of(sandbox: Sandbox) -> PaymentsClient:
    return PaymentsClient(sandbox.url, auth=ClientCredentials(sandbox.client_id, sandbox.client_secret))


async def test_a_payment_is_recorded_once_however_often_it_is_created(
    named: Sandbox, client: PaymentsClient, command: Command
) -> None:
    connector = (await client.connectors.list_all_connectors())[0].connector_id
    given = ("create", "payment", "--reference", "order-17", "--connector-id", connector)
    first = await command(*given, *WRITTEN, "--scheme", "VISA", "--json")
    again = await command(*given, *WRITTEN, "--scheme", "visa", "--json")
    assert (first.code, first.err, again.out) == (0, "", first.out)
    assert named.requests["POST", "/payments", 200] == 1
    payment = json.loads(first.out)
    chosen = {name: payment[name] for name in ("amount", "asset", "type", "status", "scheme", "created_at")}
    assert chosen == {
        "amount": 1250,
        "asset": "USD/2",
        "type": "PAY-IN",
        "status": "SUCCEEDED",
        "scheme": "visa",
        "created_at": "2024-01-31T12:00:00.000000Z",
    }
    other = await command(*given, *WRITTEN, "--scheme", "visa", "--status", "FAILED")
    assert (other.code, other.out) == (1, "")
    assert "'order-17' exists already and differs in status" in other.err


async def test_a_payment_is_recorded_on_the_current_api(current: Sandbox, command: Command) -> None:
    async with client_of(current) as client:
        config = GenericConfig(name="new", api_key="key", endpoint="https://psp.example.com")
        connector = await client.v3.connectors.install_connector("generic", config)
    given = ("--api", "v3", "create", "payment", "--reference", "order-17", "--connector-id", connector)
    first = await command(*given, *WRITTEN, "--status", "PENDING", "--json")
    again = await command(*given, *WRITTEN, "--status", "PENDING", "--json")
    assert (first.code, first.err, again.out) == (0, "", first.out)
    payment = json.loads(first.out)
    assert (payment["status"], payment["amount"], payment["initial_amount"]) == ("PENDING", 1250, 1250)
    assert len(payment["adjustments"]) == 1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--amount", "12.50"), "--amount 12.50: give a number in the main unit and its asset, such as 12.50USD/2"),
        (("--amount", "12.505USD/2"), "12.505 has a fraction of the minor unit of USD/2"),
        (("--type", "gift"), "--type gift: give one of PAY-IN, PAYOUT"),
        (("--status", "PAID"), "--status PAID: give one of PENDING, SUCCEEDED"),
        (("--scheme", "cash"), "--scheme cash: give one of "),
        (("--created-at", "2024-01-31T12:00:00"), "give a time with its zone, such as 2026-01-31T12:00:00Z"),
        (("--created-at", "yesterday"), "--created-at yesterday: give a time with its zone"),
    ],
)
async def test_a_payment_that_is_not_valid_is_refused_before_anything_is_sent(
    given: tuple[str, ...], said: str, named: Sandbox, command: Command
) -> None:
    ran = await command("create", "payment", "--reference", "r", "--connector-id", "c", *WRITTEN, *given)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert not named.requests


@pytest.mark.usefixtures("named")
@pytest.mark.parametrize(("word", "status"), [("approve", "WAITING_FOR_VALIDATION"), ("retry", "FAILED")])
@pytest.mark.parametrize("by", ["id", "reference"])
async def test_transfers_are_approved_and_retried(
    word: str, status: str, by: str, client: PaymentsClient, command: Command
) -> None:
    transfer = await anext(
        each
        async for each in client.transfer_initiations.list_transfer_initiations()
        if each.status == status and each.provider and each.type in PROVIDERS[each.provider].initiates
    )
    named = [transfer.id] if by == "id" else ["--reference", transfer.reference]
    ran = await command("transfers", word, *named, "--json")
    assert (ran.code, ran.err) == (0, "")
    assert json.loads(ran.out)["id"] == transfer.id
    changed = await client.transfer_initiations.get_transfer_initiation(transfer.id)
    assert changed.status == json.loads(ran.out)["status"] == "PROCESSED"


@pytest.mark.parametrize(("word", "status"), [("approve", "WAITING_FOR_VALIDATION"), ("retry", "FAILED")])
async def test_on_the_current_api_a_task_does_it_which_can_be_awaited(
    word: str, status: str, current: Sandbox, command: Command
) -> None:
    async with client_of(current) as client:
        initiations = [each async for each in client.v3.payment_initiations.list_payment_initiations()]
        waiting = next(
            each
            for each in initiations
            if each.status == status and f"CREATE_{each.type}" in V3_PROVIDERS[each.provider].capabilities
        )
        ran = await command("--api", "v3", "transfers", word, "--reference", waiting.reference, "--json")
        assert (ran.code, ran.err) == (0, "")
        started = json.loads(ran.out)
        assert started["id"] == waiting.id
        current.work_tasks()
        ran = await command("--api", "v3", "tasks", "wait", f"{started['task_id']}\r", "--json")
        assert (ran.code, json.loads(ran.out)["status"]) == (0, "SUCCEEDED")
        found = await client.v3.payment_initiations.get_payment_initiation(waiting.id)
        assert found.status == PaymentInitiationStatus.PROCESSED


async def test_no_transfer_is_changed_by_a_short_id(named: Sandbox, command: Command) -> None:
    ran = await command("transfers", "approve", "0123456789")
    assert (ran.code, ran.out) == (2, "")
    assert "is a short id: give the whole one, as `list transfer-initiations --columns id` shows it" in ran.err
    assert (await command("transfers", "retry")).err == "payments-async: give an id or --reference\n"
    assert not named.requests


async def first_payment(client: PaymentsClient) -> Payment:
    return (await client.payments.list_payments().first()).data[0]


@pytest.mark.usefixtures("named")
async def test_any_route_can_be_requested(client: PaymentsClient, command: Command, tmp_path: Path) -> None:
    ran = await command("request", "get", "/payments", "--query", "pageSize=2", "--query", "sort=amount:desc")
    assert (ran.code, ran.err) == (0, "")
    cursor = json.loads(ran.out)["cursor"]
    assert (cursor["pageSize"], len(cursor["data"])) == (2, 2)
    payment = await first_payment(client)
    (file := tmp_path / "metadata.json").write_text('{"order": "A-1"}')
    for body in ('{"channel": "web"}', f"@{file}"):
        assert await command("request", "PATCH", f"/payments/{payment.id}/metadata", "--body", body) == (0, "", "")
    metadata = (await client.payments.get_payment(payment.id)).metadata or {}
    assert {name: metadata[name] for name in ("order", "channel")} == {"order": "A-1", "channel": "web"}


@pytest.mark.usefixtures("named")
async def test_a_body_comes_from_standard_input(client: PaymentsClient, spawn: Spawn) -> None:
    payment = await first_payment(client)
    process = await spawn("request", "PATCH", f"/payments/{payment.id}/metadata", "--body", "-")
    assert await finished(process, typed='{"order": "A-2"}') == (0, "", "")
    assert (await client.payments.get_payment(payment.id)).metadata["order"] == "A-2"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("GET", "payments"), "the path is 'payments': give one such as '/payments/abc'"),
        (("GET", "/payments", "--query", "pageSize"), "--query pageSize: give NAME=VALUE"),
        (("POST", "/pools", "--body", "{"), "--body is not JSON: "),
        (("P0ST", "/pools"), "the method is 'P0ST'"),
    ],
)
async def test_a_request_that_is_not_valid_is_refused_before_anything_is_sent(
    given: tuple[str, ...], said: str, named: Sandbox, command: Command
) -> None:
    ran = await command("request", *given)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert not named.requests


async def test_a_request_that_fails_is_one_line_and_a_missing_file_too(named: Sandbox, command: Command) -> None:
    ran = await command("request", "POST", "/pools", "--body", "@nowhere.json")
    assert ran == (1, "", "payments-async: nowhere.json cannot be read: No such file or directory\n")
    named.faults.append(Fault(kind=FaultKind.STATUS, status=400))
    ran = await command("request", "GET", "/payments")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("payments-async: request: ")
