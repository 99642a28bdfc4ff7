"""The official SDK drives the sandbox through every operation: what it sends is accepted, and what it gets it takes."""

import asyncio
import json
import os
from asyncio.subprocess import PIPE
from pathlib import Path
from typing import Any

import attrs
import pytest

from payments_async import ClientCredentials, PaymentsClient
from payments_async.models.generated.operations import OPERATIONS
from payments_async.sandbox import Sandbox

pytestmark = pytest.mark.interop

DRIVER = Path(__file__).with_name("official_sdk.py")
SECONDS = 120
"""How long all calls together may take."""

OUR_NAMES = {
    "get_account_payments": "get_account",
    "get_server_info_payments": "get_server_info",
    "list_accounts_payments": "list_accounts",
}
"""The operations that the official SDK calls otherwise."""

REFUSED = {
    ("create_pool", "a name that is taken"): 500,
    ("get_pool", "one that is gone"): 404,
    ("get_transfer_initiation", "one that is gone"): 404,
    ("read_connector_config", "several connectors"): 400,
    ("uninstall_connector_v1", "one that is gone"): 400,
    ("connectors_transfer", ""): 405,
}
"""The calls that the server refuses, as it should."""

NO_PROVIDER = "a created transfer comes without the provider, which the SDK requires"
NO_DISCRIMINATOR = "nothing in a configuration tells its provider, which the SDK requires: it can read none at all"
TOO_STRICT = {
    ("list_payments", "of all kinds"): (
        ["cursor.data.*.adjustments.*.raw", "cursor.data.*.scheme"],
        "an adjustment without a raw payload and a scheme of a provider's own each cost the whole page",
    ),
    ("create_transfer_initiation", "0"): (["data.provider"], NO_PROVIDER),
    ("create_transfer_initiation", "1"): (["data.provider"], NO_PROVIDER),
    ("read_connector_config", ""): (["Could not find discriminator field provider"], NO_DISCRIMINATOR),
    ("read_connector_config_v1", ""): (["Could not find discriminator field provider"], NO_DISCRIMINATOR),
    ("connectors_transfer", ""): (
        ["EOF while parsing a value at line 1 column 0"],
        "the refusal of a method has no body, in which the SDK looks for an error",
    ),
}
"""The answers of the real server that the SDK does not take: where, and why."""

TAKEN_FOR = {
    "STRIPE": ["TaskStripe", "TaskWise"],
    "WISE": ["TaskWise"],
    "MODULR": ["TaskModulr"],
    "CURRENCY-CLOUD": ["TaskWise"],
    "BANKING-CIRCLE": ["TaskWise"],
    "MANGOPAY": ["TaskMangoPay"],
    "MONEYCORP": ["TaskModulr"],
    "ATLAR": ["TaskWise"],
    "ADYEN": ["TaskWise"],
    "GENERIC": ["TaskModulr"],
    "DUMMY-PAY": ["TaskDummyPay"],
}
"""What the SDK takes the tasks of a provider for: it goes by their shape, and knows eight of eleven providers."""


@attrs.frozen(kw_only=True)
class Drive:
    """What came of driving the sandbox.

    Attributes:
        calls: What the driver says of each call.
        tokens: How many tokens the sandbox issued.
        amounts: The amounts of the payments made, as this package's client sees them.
    """

    calls: list[dict[str, Any]]
    tokens: int
    amounts: list[int]

    def each(self, what: str) -> dict[tuple[str, str], Any]:
        """One member of what the driver says, by operation and case."""
        return {(call["operation"], call["case"]): call[what] for call in self.calls if what in call}


@pytest.fixture(scope="module")
def drive(official_python: Path) -> Drive:
    return asyncio.run(driven(official_python))


async def said(python: Path, program: Path, sandbox: Sandbox) -> list[dict[str, Any]]:
    """What a driver says of each of its calls of a sandbox."""
    environment = {
        **os.environ,
        "FORMANCE_URL": sandbox.url,
        "FORMANCE_CLIENT_ID": sandbox.client_id,
        "FORMANCE_CLIENT_SECRET": sandbox.client_secret,
    }
    command = (python, "-I", "-W", "ignore::DeprecationWarning", program)
    driver = await asyncio.create_subprocess_exec(*command, env=environment, stdout=PIPE, stderr=PIPE)
    try:
        printed, complaints = await driver.communicate()
    finally:
        if driver.returncode is None:
            driver.kill()
            await driver.wait()
    assert (driver.returncode, complaints.decode()) == (0, "")
    return [json.loads(line) for line in printed.splitlines()]


async def driven(python: Path) -> Drive:
    async with asyncio.timeout(SECONDS), Sandbox(payments=250, seed=7) as sandbox:
        calls = await said(python, DRIVER, sandbox)
        tokens = sandbox.tokens_issued
        auth = ClientCredentials(sandbox.client_id, sandbox.client_secret)
        async with PaymentsClient(sandbox.url, auth=auth) as client:
            made = client.payments.list_payments(query={"$match": {"asset": "OFFICIAL/2"}}, sort="reference:asc")
            amounts = [payment.amount async for payment in made]
    return Drive(calls=calls, tokens=tokens, amounts=amounts)


def test_each_operation_is_called(drive: Drive) -> None:
    called = {OUR_NAMES.get(operation, operation) for operation, _ in drive.each("status")}
    assert called == {operation.name for operation in OPERATIONS}


def test_it_asks_for_one_token_a_scope(drive: Drive) -> None:
    assert drive.tokens == 2


def test_what_it_sends_is_accepted(drive: Drive) -> None:
    good = {operation.name: operation.status for operation in OPERATIONS}
    otherwise = {
        call: status for call, status in drive.each("status").items() if status != good[OUR_NAMES.get(call[0], call[0])]
    }
    assert otherwise == REFUSED


def test_what_it_sends_is_understood(drive: Drive) -> None:
    assert drive.amounts == [10**30, 10**30 + 1, 10**30 + 2]


def test_what_it_gets_it_takes(drive: Drive) -> None:
    taken_exception_to = {call: places for call, places in drive.each("refused").items() if places}
    assert taken_exception_to == {call: places for call, (places, _) in TOO_STRICT.items()}


def test_what_it_takes_tasks_for(drive: Drive) -> None:
    kinds = drive.each("kinds")
    assert {provider: kinds["list_connector_tasks_v1", provider] for provider in TAKEN_FOR} == TAKEN_FOR
