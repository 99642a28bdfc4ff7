"""Drives a server through every operation with the official SDK's async client; runs in an environment that has it.

FORMANCE_URL, FORMANCE_CLIENT_ID and FORMANCE_CLIENT_SECRET name the server and the credentials. For each call it writes
a line of JSON: `operation` as the SDK names it, `case` where it is called several times, the `status` of the answer,
`refused`, the places in it that the SDK takes exception to, and `kinds`, the classes that it takes tasks for.
"""

import asyncio
import json
import os
from datetime import UTC, datetime
from typing import Any

from formance_sdk_python import SDK  # type: ignore[import-not-found]
from formance_sdk_python.models import errors, payments, shared  # type: ignore[import-not-found]

AT = datetime(2024, 6, 1, 12, tzinfo=UTC)
BALANCED_AT = datetime(2024, 1, 9, 12, tzinfo=UTC)
HUGE = 10**30
METADATA = {"order": "1042"}
NAME = "official"


class Driver:
    """Makes calls, and says what came of them."""

    def __init__(self, api: Any) -> None:
        self._api = api

    async def __call__(self, operation: str, case: str = "", **request: Any) -> Any:
        """What the answer holds, without its envelope; `None` if nothing, or nothing that the SDK takes."""
        method = getattr(self._api, f"{operation}_async")
        refused: list[str] = []
        value = None
        try:
            answer = await (method(request=request) if request else method())
            status, value = answer.status_code, unwrapped(answer)
        except errors.ResponseValidationError as error:
            status, refused = error.status_code, places(error.cause)
        except (payments.PaymentsErrorResponse, payments.V3ErrorResponse, errors.SDKError) as error:
            status = error.status_code
        said = {"operation": operation, "case": case, "status": status, "refused": refused}
        if "connector_task" in operation:
            tasks = getattr(value, "data", [value])
            said["kinds"] = sorted({type(task).__name__ for task in tasks})
        print(json.dumps(said), flush=True)
        return value


def unwrapped(answer: Any) -> Any:
    """What an answer holds: what is below `data`, a page, or a value without an envelope; `None` if nothing."""
    for name, held in answer:
        if name not in {"content_type", "raw_response", "status_code"}:
            return held.cursor if hasattr(held, "cursor") else getattr(held, "data", held)
    return None


def places(cause: Any) -> list[str]:
    """Where an answer is not what the SDK wants, without positions in lists; or why, where it cannot say where."""
    if not hasattr(cause, "errors"):
        return [str(cause).partition(" in ")[0]]
    steps = [["*" if isinstance(step, int) else step for step in error["loc"][1:]] for error in cause.errors()]
    return sorted({".".join(each) for each in steps})


async def drive_accounts(call: Driver, connector_id: str) -> list[str]:
    """Calls about accounts; gives the ids of an internal and an external one."""
    made = []
    for kind in ("INTERNAL", "EXTERNAL"):
        account = await call(
            "create_account",
            kind,
            reference=f"{NAME}-{kind.lower()}",
            connector_id=connector_id,
            created_at=AT,
            type=kind,
            account_name="Main",
            default_asset="USD/2",
            metadata=METADATA,
        )
        made.append(account.id)
        await call("get_account_payments", kind, account_id=account.id)
    listed = await call("list_accounts_payments", page_size=100, sort=["created_at:asc", "id:asc"])
    await call("list_accounts_payments", "filter in a body", request_body={"$match": {"reference": f"{NAME}-internal"}})
    seeded = next(account for account in listed.data if account.type.value == "INTERNAL")
    await call("get_account_balances", account_id=seeded.id, limit=500, sort=["created_at:asc"])
    await call("get_account_balances", "of an asset and a time", account_id=seeded.id, asset="USD/2", from_=AT, to=AT)
    return made


async def drive_payments(call: Driver, connector_id: str) -> None:
    made = [
        await call(
            "create_payment",
            str(number),
            reference=f"{NAME}-{number}",
            connector_id=connector_id,
            created_at=AT,
            amount=HUGE + number,
            type="PAY-IN",
            status="SUCCEEDED",
            scheme="visa",
            asset="OFFICIAL/2",
        )
        for number in range(3)
    ]
    assert [payment.amount for payment in made] == [HUGE, HUGE + 1, HUGE + 2]
    await call("update_metadata", payment_id=made[0].id, request_body=METADATA)
    await call("get_payment", payment_id=made[0].id)
    query = json.dumps({"$match": {"asset": "OFFICIAL/2"}})
    page = await call("list_payments", page_size=2, query=query, sort=["created_at:asc", "id:asc"])
    rest = await call("list_payments", "by a cursor", cursor=page.next)
    assert {payment.id for payment in [*page.data, *rest.data]} == {payment.id for payment in made}
    await call("list_payments", "of all kinds", page_size=100)


async def drive_bank_accounts(call: Driver, connector_id: str) -> None:
    kept = await call(
        "create_bank_account",
        name="Main",
        country="DE",
        iban="DE89370400440532013000",
        account_number="0532013000",
        swift_bic_code="COBADEFFXXX",
        metadata=METADATA,
    )
    await call(
        "update_bank_account_metadata",
        bank_account_id=kept.id,
        update_bank_account_metadata_request={"metadata": METADATA},
    )
    await call(
        "forward_bank_account", bank_account_id=kept.id, forward_bank_account_request={"connector_id": connector_id}
    )
    await call("get_bank_account", bank_account_id=kept.id)
    await call("list_bank_accounts", page_size=100)


async def drive_pools(call: Driver, accounts: list[str]) -> None:
    pool = await call("create_pool", name=NAME, account_i_ds=accounts[:1])
    await call("create_pool", "a name that is taken", name=NAME, account_i_ds=accounts[:1])
    await call("add_account_to_pool", pool_id=pool.id, add_account_to_pool_request={"account_id": accounts[1]})
    await call("get_pool", pool_id=pool.id)
    await call("remove_account_from_pool", pool_id=pool.id, account_id=accounts[1])
    seeded = (await call("list_pools", page_size=100)).data[-1]
    await call("get_pool_balances", pool_id=seeded.id, at=BALANCED_AT)
    await call("delete_pool", pool_id=pool.id)
    await call("get_pool", "one that is gone", pool_id=pool.id)


async def drive_transfers(call: Driver, connector_id: str, accounts: list[str]) -> None:
    for number in range(2):
        await call(
            "create_transfer_initiation",
            str(number),
            reference=f"{NAME}-{number}",
            connector_id=connector_id,
            scheduled_at=AT,
            description="Rent",
            source_account_id=accounts[0],
            destination_account_id=accounts[0],
            type="TRANSFER",
            amount=10_000,
            asset="USD/2",
            validated=False,
            metadata=METADATA,
        )
    listed = (await call("list_transfer_initiations", page_size=100)).data
    first, second = (next(each.id for each in listed if each.reference == f"{NAME}-{number}") for number in range(2))
    failed = next(each.id for each in listed if each.status.value == "FAILED" and each.provider == "MODULR")
    await call("get_transfer_initiation", transfer_id=first)
    status = {"status": "VALIDATED"}
    await call("update_transfer_initiation_status", transfer_id=first, update_transfer_initiation_status_request=status)
    await call("get_transfer_initiation", "one with a payment", transfer_id=first)
    reversal = {"reference": f"{NAME}-back", "amount": 100, "asset": "USD/2", "description": "", "metadata": METADATA}
    await call("reverse_transfer_initiation", transfer_id=first, reverse_transfer_initiation_request=reversal)
    await call("delete_transfer_initiation", transfer_id=second)
    await call("get_transfer_initiation", "one that is gone", transfer_id=second)
    await call("retry_transfer_initiation", transfer_id=failed)


async def drive_connectors(call: Driver) -> None:
    """Calls about connectors; those that come last take their data away."""
    await call("list_configs_available_connectors")
    config = payments.WiseConfig(name=NAME, api_key="any")
    installed = await call("install_connector", connector="WISE", connector_config=config)
    wise = {"connector": "WISE", "connector_id": installed.connector_id}
    await call("read_connector_config", "several connectors", connector="WISE")
    await call("read_connector_config_v1", **wise)
    await call("update_connector_config_v1", **wise, connector_config=config)
    tasks = await call("list_connector_tasks_v1", "new", **wise)
    await call("get_connector_task_v1", **wise, task_id=tasks.data[0].id)
    await call("reset_connector_v1", **wise)
    there = await call("list_all_connectors", "after a reset")
    again = next(each.connector_id for each in there if each.name == NAME)
    await call("uninstall_connector_v1", connector="WISE", connector_id=again)
    await call("uninstall_connector_v1", "one that is gone", connector="WISE", connector_id=again)
    for each in there:
        if each.name != NAME:
            await call(
                "list_connector_tasks_v1", each.provider.value, connector=each.provider, connector_id=each.connector_id
            )
    transfer = {"amount": HUGE, "asset": "USD/2", "destination": "acct_1"}
    await call("connectors_transfer", connector="STRIPE", transfer_request=transfer)
    await call("read_connector_config", connector="STRIPE")
    tasks = await call("list_connector_tasks", connector="MODULR", page_size=1)
    await call("get_connector_task", connector="MODULR", task_id=tasks.data[0].id)
    await call("reset_connector", connector="MODULR")
    await call("uninstall_connector", connector="MODULR")


def sdk_of_environment() -> SDK:
    """An SDK of the server and the credentials that the environment names."""
    security = shared.Security(
        client_id=os.environ["FORMANCE_CLIENT_ID"],
        client_secret=os.environ["FORMANCE_CLIENT_SECRET"],
        token_url="/api/auth/oauth/token",
    )
    return SDK(server_url=os.environ["FORMANCE_URL"], security=security, timeout_ms=20_000)


async def main() -> None:
    async with sdk_of_environment() as sdk:
        call = Driver(sdk.payments.v1)
        await call("get_server_info_payments")
        ids = {each.provider.value: each.connector_id for each in await call("list_all_connectors")}
        accounts = await drive_accounts(call, ids["STRIPE"])
        await drive_payments(call, ids["STRIPE"])
        await drive_bank_accounts(call, ids["ATLAR"])
        await drive_pools(call, accounts)
        await drive_transfers(call, ids["STRIPE"], accounts)
        await drive_connectors(call)


if __name__ == "__main__":
    asyncio.run(main())
