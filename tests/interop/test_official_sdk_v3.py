"""The official SDK drives the sandbox of version 3.4 through every operation of v3."""

import asyncio
from pathlib import Path

import pytest

from payments_async.sandbox import Sandbox
from payments_async.v3.models.generated.operations import OPERATIONS

from .test_official_sdk import SECONDS, Drive, said

pytestmark = pytest.mark.interop

DRIVER = Path(__file__).with_name("official_sdk_v3.py")
OUR_NAMES = {"v3_update_connector_config": "update_connector_config"}
NO_TOKEN = "the published description says that it needs no token, so the SDK sends none"
NO_BODY = ["EOF while parsing a value at line 1 column 0"]
REFUSED = {
    ("update_payment_metadata", ""): 400,
    ("retry_payment_initiation", "one that has not failed"): 400,
    ("get_payment_initiation", "one that is gone"): 404,
    ("get_bank_account", ""): 401,
    ("update_bank_account_metadata", ""): 401,
    ("forward_bank_account", ""): 401,
}
"""The calls that the server refuses, as it should: metadata of payments comes in an object that it does not expect."""
TOO_STRICT = {
    ("get_bank_account", ""): (NO_BODY, NO_TOKEN),
    ("update_bank_account_metadata", ""): (NO_BODY, NO_TOKEN),
    ("forward_bank_account", ""): (NO_BODY, NO_TOKEN),
    ("get_payment_service_user_link_attempt_from_connector_id", ""): (
        ["clientRedirectURL", "connectorID", "createdAt", "id", "psuID", "status"],
        "the server has it in an envelope, which the published description leaves out",
    ),
}
"""The answers of the real server that the SDK does not take: where, and why."""


@pytest.fixture(scope="module")
def drive(official_python: Path) -> Drive:
    return asyncio.run(driven(official_python))


async def driven(python: Path) -> Drive:
    async with asyncio.timeout(SECONDS), Sandbox(version="3.4", payments=250, seed=7) as sandbox:
        return Drive(calls=await said(python, DRIVER, sandbox), tokens=sandbox.tokens_issued, amounts=[])


def test_each_operation_of_v3_is_called(drive: Drive) -> None:
    called = {OUR_NAMES.get(operation, operation) for operation, _ in drive.each("status")}
    assert called == {operation.name for operation in OPERATIONS}


def test_what_it_sends_to_v3_is_accepted(drive: Drive) -> None:
    good = {operation.name: operation.status for operation in OPERATIONS}
    otherwise = {
        call: status for call, status in drive.each("status").items() if status != good[OUR_NAMES.get(call[0], call[0])]
    }
    assert otherwise == REFUSED


def test_what_it_gets_from_v3_it_takes(drive: Drive) -> None:
    taken_exception_to = {call: places for call, places in drive.each("refused").items() if places}
    assert taken_exception_to == {call: places for call, (places, _) in TOO_STRICT.items()}
