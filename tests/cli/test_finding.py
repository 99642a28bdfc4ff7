"""`payments-async get` by a reference or a short id."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from payments_async import ClientCredentials, Pages, PaymentsClient
from payments_async.cli.tables import short_id
from payments_async.sandbox import Sandbox
from payments_async.v3.models import GenericConfig
from tests.cli.running import Command


@pytest.mark.parametrize("resource", ["payment", "account", "transfer-initiation"])
async def test_an_item_is_found_by_its_reference(
    resource: str, named: Sandbox, client: PaymentsClient, command: Command
) -> None:
    lists: dict[str, Callable[[], Pages[Any]]] = {
        "payment": client.payments.list_payments,
        "account": client.accounts.list_accounts,
        "transfer-initiation": client.transfer_initiations.list_transfer_initiations,
    }
    item = [each async for each in lists[resource]()][-1]
    named.requests.clear()
    ran = await command("get", resource, "--reference", item.reference, "--json")
    assert (ran.code, ran.err) == (0, "")
    assert json.loads(ran.out)["id"] == item.id
    if resource == "payment":  # one request for the list, which the server filters, and one for the payment
        assert named.requests.total() == 3  # with that for the token


@pytest.mark.usefixtures("named")
@pytest.mark.parametrize("resource", ["payments", "connectors", "pools"])
async def test_an_item_is_found_by_the_short_id_that_a_table_shows(resource: str, command: Command) -> None:
    shown = (await command("list", resource, "--columns", "short_id")).out.split()[-1]
    # A shell leaves the carriage return of a line of CSV.
    ran = await command("get", resource, f"{shown}\r", "--json")
    assert (ran.code, ran.err) == (0, "")
    found = json.loads(ran.out)
    assert short_id(found["connector_id" if resource == "connectors" else "id"]) == shown


@pytest.mark.usefixtures("named")
@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("payment", "--reference", "none"), "none of the payments has the reference none"),
        (("pool", "0123456789"), "none of the pools has the short id 0123456789"),
    ],
)
async def test_what_is_not_there_has_the_code_for_it(given: tuple[str, ...], said: str, command: Command) -> None:
    assert await command("get", *given) == (3, "", f"payments-async: {said}\n")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("payment",), "give an id or --reference"),
        (("payment", "x", "--reference", "y"), "give an id or --reference"),
        (("pool", "--reference", "y"), "pools have no reference: give an id"),
    ],
)
async def test_an_item_is_named_in_one_way_that_it_has(
    given: tuple[str, ...], said: str, named: Sandbox, command: Command
) -> None:
    assert await command("get", *given) == (2, "", f"payments-async: {said}\n")
    assert not named.requests


async def test_several_items_of_one_reference_are_told_apart(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    async with Sandbox(version="3.4", payments=1, client_id="me", client_secret="s") as sandbox:
        monkeypatch.setenv("FORMANCE_CLIENT_SECRET", "s")
        before = ("--url", sandbox.url, "--client-id", "me", "--api", "v3")
        async with PaymentsClient(sandbox.url, auth=ClientCredentials("me", "s")) as client:
            config = GenericConfig(name="new", api_key="key", endpoint="https://psp.example.com")
            connector = await client.v3.connectors.install_connector("generic", config)
        for kind in ("PAY-IN", "PAYOUT"):
            ran = await command(
                *(*before, "create", "payment", "--reference", "twice", "--connector-id", connector),
                *("--amount", "1.00EUR/2", "--type", kind, "--created-at", "2024-01-31T12:00:00Z"),
            )
            assert ran.code == 0, ran.err
        ran = await command(*before, "get", "payment", "--reference", "twice")
    assert (ran.code, ran.out) == (1, "")
    assert "2 payments have the reference twice: get one by its id, " in ran.err
