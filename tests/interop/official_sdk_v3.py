"""Drives a server through every operation of v3 with the official SDK's async client, as `official_sdk` does of v1."""

import asyncio
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from official_sdk import AT, HUGE, METADATA, NAME, Driver, sdk_of_environment  # type: ignore[import-not-found]

BACK = "https://shop.example.com/linked?a=1&b=2"


async def drive_accounts(call: Driver, connector_id: str) -> list[str]:
    """Calls about accounts; gives the ids of two internal ones."""
    made = []
    for number in range(2):
        request = {"reference": f"{NAME}-{number}", "connector_id": connector_id, "created_at": AT, "type": "INTERNAL"}
        made.append((await call("create_account", f"{number}", **request, account_name="Main", metadata=METADATA)).id)
    await call("get_account", account_id=made[0])
    await call("list_accounts", request_body={"$match": {"reference": f"{NAME}-0"}}, page_size=1)
    await call("get_account_balances", account_id=made[0], asset="USD/2")
    return made


async def drive_payments(call: Driver, connector_id: str) -> None:
    adjustment = {"reference": "first", "created_at": AT, "status": "SUCCEEDED", "amount": HUGE, "asset": "USD/2"}
    payment = await call(
        "create_payment",
        reference=NAME,
        connector_id=connector_id,
        created_at=AT,
        type="PAY-IN",
        initial_amount=HUGE,
        amount=HUGE,
        asset="USD/2",
        scheme="CARD_VISA",
        adjustments=[adjustment],
        metadata=METADATA,
    )
    await call("get_payment", payment_id=payment.id)
    await call(
        "update_payment_metadata", payment_id=payment.id, v3_update_payment_metadata_request={"metadata": METADATA}
    )
    page = await call("list_payments", page_size=2)
    await call("list_payments", "by a cursor", cursor=page.next)
    for kind in ("order", "conversion"):
        first = (await call(f"list_{kind}s", page_size=1)).data[0]
        await call(f"get_{kind}", **{f"{kind}_id": first.id})


async def drive_initiations(call: Driver, connector_id: str, accounts: list[str]) -> None:
    async def initiate(case: str, *, approved: bool = False, **changes: Any) -> tuple[str, str]:
        request = {
            "reference": f"{NAME}-{case}",
            "connector_id": connector_id,
            "description": "rent",
            "type": "TRANSFER",
            "amount": 1_000,
            "asset": "USD/2",
            "source_account_id": accounts[0],
            "destination_account_id": accounts[1],
            # The SDK wants a time, and the server one in the future.
            "scheduled_at": "2199-01-01T00:00:00Z",
        }
        made = await call(
            "initiate_payment", case, v3_initiate_payment_request=request | changes, no_validation=approved
        )
        return made.payment_initiation_id, made.task_id

    waiting, _ = await initiate("waiting")
    named = {"payment_initiation_id": waiting}
    await call("get_payment_initiation", **named)
    await call("list_payment_initiations", request_body={"$match": {"reference": f"{NAME}-waiting"}})
    await call("list_payment_initiation_adjustments", **named)
    await call("list_payment_initiation_related_payments", **named)
    await call("approve_payment_initiation", **named)
    await call("retry_payment_initiation", "one that has not failed", **named)
    reversal = {"reference": f"{NAME}-back", "description": "back", "amount": 400, "asset": "USD/2"}
    await call("reverse_payment_initiation", **named, v3_reverse_payment_initiation_request=reversal)
    rejected, _ = await initiate("rejected")
    await call("reject_payment_initiation", payment_initiation_id=rejected)
    deleted, _ = await initiate("deleted")
    await call("delete_payment_initiation", payment_initiation_id=deleted)
    await call("get_payment_initiation", "one that is gone", payment_initiation_id=deleted)
    _, task = await initiate("approved", approved=True)
    await call("get_task", task_id=task)


async def drive_pools(call: Driver, accounts: list[str]) -> None:
    pool = {"pool_id": await call("create_pool", name=NAME, account_i_ds=accounts[:1])}
    await call("get_pool", **pool)
    await call("list_pools", page_size=1)
    await call("add_account_to_pool", **pool, account_id=accounts[1])
    await call("remove_account_from_pool", **pool, account_id=accounts[1])
    await call("get_pool_balances", **pool, at=AT)
    await call("get_pool_balances_latest", **pool)
    found = await call("create_pool", "by a query", name=f"{NAME} found", query={"$match": {"type": "INTERNAL"}})
    query = {"query": {"$match": {"reference": f"{NAME}-0"}}}
    await call("update_pool_query", pool_id=found, v3_update_pool_query_request=query)
    await call("get_pool", "by a query", pool_id=found)
    await call("delete_pool", **pool)


async def drive_users(call: Driver, connector_id: str) -> None:
    bank = await call("create_bank_account", name="Main", account_number="0532013000", country="DE")
    await call("get_bank_account", bank_account_id=bank)
    await call("list_bank_accounts", page_size=1)
    metadata = {"metadata": METADATA}
    await call("update_bank_account_metadata", bank_account_id=bank, v3_update_bank_account_metadata_request=metadata)
    target = {"connector_id": connector_id}
    await call("forward_bank_account", bank_account_id=bank, v3_forward_bank_account_request=target)
    contact = {"email": "ada@example.com"}
    user = {"payment_service_user_id": await call("create_payment_service_user", name="Ada", contact_details=contact)}
    await call("get_payment_service_user", **user)
    await call("list_payment_service_users", page_size=1)
    await call("add_bank_account_to_payment_service_user", **user, bank_account_id=bank)
    await call(
        "forward_payment_service_user_bank_account",
        **user,
        bank_account_id=bank,
        v3_forward_payment_service_user_bank_account_request=target,
    )
    there = user | target
    await call("forward_payment_service_user_to_provider", **there)
    link = {"client_redirect_url": BACK}
    made = await call("create_link_for_payment_service_user", **there, v3_payment_service_user_create_link_request=link)
    await call("get_payment_service_user_link_attempt_from_connector_id", **there, attempt_id=made.attempt_id)
    await call("list_payment_service_user_link_attempts_from_connector_id", **there)
    await follow(made.link)
    await call("list_payment_service_user_connections", **user)
    listed = await call("list_payment_service_user_connections_from_connector_id", **there)
    connection = there | {"connection_id": listed.data[0].connection_id}
    await call(
        "update_link_for_payment_service_user_on_connector",
        **connection,
        v3_payment_service_user_update_link_request=link,
    )
    await call("delete_payment_service_user_connection_from_connector_id", **connection)
    await call("delete_payment_service_user_connector", **there)
    await call("delete_payment_service_user", **user)


async def follow(link: str) -> None:
    """Ask for a link as a browser does; the redirect leads away and is not followed."""
    host, _, target = link.removeprefix("http://").partition("/")
    name, _, port = host.partition(":")
    reader, writer = await asyncio.open_connection(name, int(port))
    writer.write(f"GET /{target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    await reader.read()
    writer.close()
    await writer.wait_closed()


async def drive_connectors(call: Driver) -> None:
    await call("list_connector_configs")
    await call("list_connector_capabilities", if_none_match='"none"')
    config = {"provider": "Wise", "name": NAME, "api_key": "key", "webhook_public_key": "key"}
    wise = {"connector_id": await call("install_connector", connector="wise", v3_connector_config=config)}
    await call("get_connector_config", **wise)
    await call("v3_update_connector_config", **wise, v3_connector_config=config | {"name": f"{NAME} again"})
    await call("get_connector_capabilities", **wise)
    schedules = await call("list_connector_schedules", **wise)
    schedule = {**wise, "schedule_id": schedules.data[0].id}
    await call("get_connector_schedule", **schedule)
    await call("list_connector_schedule_instances", **schedule)
    await call("reset_connector", **wise)
    other = config | {"name": f"{NAME} other"}
    other_id = await call("install_connector", "another", connector="wise", v3_connector_config=other)
    await call("uninstall_connector", connector_id=other_id)


async def main() -> None:
    async with sdk_of_environment() as sdk:
        call = Driver(sdk.payments.v3)
        there = {each.provider: each.id for each in (await call("list_connectors", page_size=100)).data}
        accounts = await drive_accounts(call, there["generic"])
        await drive_payments(call, there["generic"])
        await drive_initiations(call, there["generic"], accounts)
        await drive_pools(call, accounts)
        await drive_users(call, there["tink"])
        await drive_connectors(call)


if __name__ == "__main__":
    asyncio.run(main())
