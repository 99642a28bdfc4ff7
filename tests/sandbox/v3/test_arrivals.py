"""What connectors and providers bring about in version 3.4."""

from typing import Any

import pytest

from .conftest import Current


async def test_an_adjustment_moves_the_amount_as_one_of_the_api_does(current: Current) -> None:
    sandbox, generic = current.api.sandbox, current.connectors["generic"]
    payment_id = sandbox.add_payment(generic, "pi_1", amount=2_500, asset="BTC/8", raw={"id": 1})
    sandbox.adjust_payment(payment_id, "pi_1_back", status="REFUNDED", amount=400)
    payment = (await current.get(f"/payments/{payment_id}")).data
    assert (payment["status"], payment["amount"], payment["initialAmount"]) == ("REFUNDED", 2_100, 2_500)
    assert [(each["reference"], each["raw"]) for each in payment["adjustments"]] == [
        ("pi_1_back", None),
        ("pi_1", {"id": 1}),
    ]
    assert payment["scheme"] == "OTHER"
    with pytest.raises(KeyError):
        sandbox.adjust_payment("none", "x", status="REFUNDED", amount=1)
    with pytest.raises(ValueError, match="exists already"):
        sandbox.add_payment(generic, "pi_1", amount=1, asset="EUR/2")
    assert sandbox.add_payment(generic, "pi_1", amount=1, asset="EUR/2", type_="PAYOUT") != payment_id


async def test_a_payment_initiation_moves_to_any_status(current: Current) -> None:
    initiation, _ = await current.initiation()
    current.api.sandbox.fail_transfer(initiation, "no funds")
    assert await current.status(initiation) == ("FAILED", "no funds")
    current.api.sandbox.set_transfer_status(initiation, "REVERSED")
    assert await current.status(initiation) == ("REVERSED", None)
    with pytest.raises(KeyError):
        current.api.sandbox.fail_transfer("none")
    with pytest.raises(ValueError, match="expected one of"):
        current.api.sandbox.set_transfer_status(initiation, "VALIDATED")


async def test_what_a_provider_does_not_say_of_an_account_is_unknown_and_its_balances_are_fetched(
    current: Current,
) -> None:
    generic = current.connectors["generic"]
    account = (await current.get(f"/accounts/{current.api.sandbox.add_account(generic, 'acct_1')}")).data
    assert (account["name"], account["defaultAsset"], account["metadata"]) == (None, None, {})
    schedules = (await current.get(f"/connectors/{generic}/schedules")).page["data"]
    (schedule,) = [each["id"] for each in schedules if each["id"].endswith("-FETCH_BALANCES-acct_1")]
    path = f"/connectors/{generic}/schedules/{schedule}"
    assert (await current.get(path)).data["id"] == schedule
    (run,) = (await current.get(f"{path}/instances")).page["data"]
    assert (run["scheduleID"], run["terminated"]) == (schedule, False)


async def test_orders_and_conversions_of_your_own_are_listed(current: Current) -> None:
    sandbox, connector = current.api.sandbox, current.connectors["krakenpro"]
    assets: dict[str, Any] = {"source_asset": "USD/2", "destination_asset": "BTC/8"}
    order = sandbox.add_order(connector, "order", quantity=10**30, **assets)
    conversion = sandbox.add_conversion(connector, "conversion", amount=10**30, **assets)
    found = (await current.get(f"/orders/{order}")).data
    assert (found["baseQuantityOrdered"], found["baseQuantityFilled"], found["adjustments"]) == (10**30, None, [])
    assert "fee" not in found
    assert [each["adjustments"] for each in (await current.get("/orders")).page["data"]] == [None]
    assert (await current.get(f"/conversions/{conversion}")).data["sourceAmount"] == 10**30
    with pytest.raises(ValueError, match="exists already"):
        sandbox.add_order(connector, "order", quantity=1, **assets)
    with pytest.raises(KeyError):
        sandbox.add_conversion("none", "other", amount=1, **assets)
