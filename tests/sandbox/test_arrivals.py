"""Rows of a user's own making, and what a provider says of transfers."""

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from payments_async.sandbox import Sandbox
from payments_async.sandbox.ids import ConnectorID, PaymentID

from .conftest import Api

AUTUMN = datetime(2025, 10, 26, 2, 30, 0, 250, tzinfo=timezone(timedelta(hours=1)))


async def test_a_payment_that_the_api_would_not_create(api: Api) -> None:
    connector, account = await api.connector("ADYEN"), await api.account("ADYEN")
    payment_id = api.sandbox.add_payment(
        connector,
        "pay\0-1",
        amount=-(10**24),
        asset="JPY",
        type_="PAYOUT",
        status="DISPUTE_LOST",
        scheme="alipay",
        created_at=AUTUMN,
        source_account_id=account,
        metadata={"k": "v"},
        raw={"id": 5},
    )
    assert (await api.get(f"/payments/{payment_id}")).data == {
        "id": payment_id,
        "reference": "pay-1",
        "connectorID": connector,
        "provider": "ADYEN",
        "createdAt": "2025-10-26T01:30:00.00025Z",
        "amount": -(10**24),
        "initialAmount": -(10**24),
        "type": "PAYOUT",
        "status": "DISPUTE_LOST",
        "scheme": "alipay",
        "asset": "JPY",
        "sourceAccountID": account,
        "destinationAccountID": "",
        "raw": {"id": 5},
        "adjustments": [],
        "metadata": {"k": "v"},
    }


async def test_a_payment_that_says_little(api: Api) -> None:
    connector = await api.connector("WISE")
    payment_id = api.sandbox.add_payment(connector, "p", amount=5, asset="EUR/2")
    assert payment_id == str(PaymentID(ConnectorID.parse(connector), "p", "PAY-IN"))
    stored = (await api.get(f"/payments/{payment_id}")).data
    assert (stored["type"], stored["status"], stored["scheme"]) == ("PAY-IN", "SUCCEEDED", "other")
    assert (stored["createdAt"], stored["raw"], stored["metadata"]) == ("2026-01-01T12:00:00.123456Z", None, None)
    assert api.sandbox.references() == {"p"}


async def test_a_payment_takes_on_what_its_newest_adjustment_says(api: Api) -> None:
    payment_id = api.sandbox.add_payment(await api.connector("WISE"), "p", amount=500, asset="EUR/2", status="PENDING")
    api.sandbox.adjust_payment(payment_id, "a1", status="SUCCEEDED", amount=490, created_at=AUTUMN, raw=[1])
    api.sandbox.adjust_payment(payment_id, "a2", status="REFUNDED", amount=-1)
    stored = (await api.get(f"/payments/{payment_id}")).data
    assert (stored["status"], stored["amount"], stored["initialAmount"]) == ("REFUNDED", -1, 500)
    first, second = stored["adjustments"]
    assert first == {
        "reference": "a1",
        "createdAt": "2025-10-26T01:30:00.00025Z",
        "status": "SUCCEEDED",
        "amount": 490,
        "raw": [1],
    }
    assert (second["reference"], second["createdAt"], second["raw"]) == ("a2", "2026-01-01T12:00:00.123456Z", None)


async def test_an_account_and_its_balances(api: Api) -> None:
    connector = await api.connector("MODULR")
    account_id = api.sandbox.add_account(
        connector,
        "A1",
        name="",
        type_="UNKNOWN",
        default_asset="XYZ",
        created_at=AUTUMN,
        metadata={},
        raw="said",
    )
    assert (await api.get(f"/accounts/{account_id}")).data == {
        "id": account_id,
        "reference": "A1",
        "createdAt": "2025-10-26T01:30:00.00025Z",
        "connectorID": connector,
        "provider": "MODULR",
        "defaultCurrency": "XYZ",
        "defaultAsset": "XYZ",
        "accountName": "",
        "type": "UNKNOWN",
        "metadata": {},
        "pools": [],
        "raw": "said",
    }
    api.sandbox.add_balance(account_id, "JPY", -(10**24), created_at=AUTUMN, last_updated_at=AUTUMN + timedelta(days=1))
    api.sandbox.add_balance(account_id, "JPY", 7)
    rows = (await api.get(f"/accounts/{account_id}/balances")).page["data"]
    assert [(row["balance"], row["createdAt"], row["lastUpdatedAt"]) for row in rows] == [
        (7, "2026-01-01T12:00:00.123456Z", "2026-01-01T12:00:00.123456Z"),
        (-(10**24), "2025-10-26T01:30:00.00025Z", "2025-10-27T01:30:00.00025Z"),
    ]
    pool = (await api.post("/pools", {"name": "p", "accountIDs": [account_id]})).data["id"]
    balances = (await api.get(f"/pools/{pool}/balances", at="2025-10-26T12:00:00Z")).data["balances"]
    assert balances == [{"amount": -(10**24), "asset": "JPY"}]


async def test_what_a_provider_says_of_a_transfer(api: Api) -> None:
    transfer = await api.transfer(validated=True)
    api.sandbox.set_transfer_status(transfer, "PROCESSING")
    assert (await api.states(transfer))[-1] == "PROCESSING"
    api.sandbox.set_transfer_status(transfer, "FAILED", "closed account")
    stored = (await api.get(f"/transfer-initiations/{transfer}")).data
    assert (stored["status"], stored["error"]) == ("FAILED", "closed account")
    assert [(each["status"], each["error"]) for each in stored["relatedPayments"]] == [("FAILED", "closed account")]


ONE = {"amount": 1, "asset": "X"}
NAIVE = AUTUMN.replace(tzinfo=None)


@pytest.mark.parametrize(
    ("method", "named", "members", "error"),
    [
        ("add_payment", "connector p", ONE, "this payment exists already"),
        ("add_payment", "connector q", ONE | {"type_": "PAYIN"}, "type_ is 'PAYIN'"),
        ("add_payment", "connector q", ONE | {"status": "DONE"}, "status is 'DONE'"),
        ("add_payment", "connector q", ONE | {"created_at": NAIVE}, "no time zone"),
        ("adjust_payment", "payment a", {"amount": 1, "status": "DONE"}, "status is 'DONE'"),
        ("adjust_payment", "payment a", {"amount": 1, "status": "OTHER", "created_at": NAIVE}, "no time zone"),
        ("add_account", "connector a", {}, "this account exists already"),
        ("add_account", "connector b", {"type_": "internal"}, "type_ is 'internal'"),
        ("add_balance", "account X", {"balance": 1, "created_at": AUTUMN}, "this balance exists already"),
        ("add_balance", "account Y", {"balance": 1, "last_updated_at": AUTUMN}, "before created_at"),
        ("set_transfer_status", "payment DONE", {}, "status is 'DONE'"),
    ],
)
async def test_what_cannot_be(api: Api, method: str, named: str, members: dict[str, Any], error: str) -> None:
    connector = await api.connector("STRIPE")
    account = api.sandbox.add_account(connector, "a")
    payment = api.sandbox.add_payment(connector, "p", amount=1, asset="X")
    api.sandbox.add_balance(account, "X", 1, created_at=AUTUMN)
    paths = ("/payments", "/accounts", f"/accounts/{account}/balances")
    before = [(await api.get(path)).text for path in paths]
    ids = {"connector": connector, "account": account, "payment": payment}
    with pytest.raises(ValueError, match=error):
        getattr(api.sandbox, method)(*(ids.get(name, name) for name in named.split()), **members)
    assert [(await api.get(path)).text for path in paths] == before


BELONGING: list[tuple[str, str, dict[str, Any]]] = [
    ("add_payment", "nobody p", ONE),
    ("add_payment", "connector p", ONE | {"source_account_id": "nobody"}),
    ("add_payment", "connector p", ONE | {"destination_account_id": "nobody"}),
    ("adjust_payment", "nobody a", {"amount": 1, "status": "OTHER"}),
    ("add_account", "nobody a", {}),
    ("add_balance", "nobody X", {"balance": 1}),
    ("set_transfer_status", "nobody FAILED", {}),
]


@pytest.mark.parametrize(("method", "named", "members"), BELONGING)
async def test_what_belongs_to_nobody(api: Api, method: str, named: str, members: dict[str, Any]) -> None:
    ids = {"connector": await api.connector("STRIPE"), "nobody": str(ConnectorID("STRIPE"))}
    with pytest.raises(KeyError):
        getattr(api.sandbox, method)(*(ids.get(name, name) for name in named.split()), **members)
    assert not api.sandbox.references()


@pytest.mark.parametrize(("method", "named", "members"), BELONGING)
def test_nothing_arrives_at_a_sandbox_that_is_not_started(method: str, named: str, members: dict[str, Any]) -> None:
    with pytest.raises(RuntimeError, match="not started"):
        getattr(Sandbox(), method)(*named.split(), **members)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"amount": 5.5}, "amount is 5.5, expected an int"),
        ({"amount": True}, "amount is True, expected an int"),
        ({"amount": "5"}, "amount is '5', expected an int"),
        ({"asset": None}, "asset is None, expected a text"),
        ({"asset": 5}, "asset is 5, expected a text"),
        ({"scheme": "\ud800"}, "scheme is .* expected a text"),
        ({"metadata": {"a": 1}}, "metadata has 'a': 1, expected texts by name"),
        ({"metadata": {5: "a"}}, "metadata has 5: 'a', expected texts by name"),
        ({"raw": {"a": float("nan")}}, "raw is no JSON"),
        ({"raw": {"a": object()}}, "raw is no JSON"),
        ({"raw": "\ud800"}, "raw is no JSON"),
    ],
)
async def test_a_row_has_values_that_a_server_could_have(api: Api, changes: dict[str, Any], error: str) -> None:
    connector = await api.connector("STRIPE")
    members: dict[str, Any] = {"amount": 1, "asset": "EUR/2", **changes}
    with pytest.raises(ValueError, match=error):
        api.sandbox.add_payment(connector, "p", **members)
    assert api.sandbox.references() == set()


async def test_a_balance_and_an_adjustment_are_integers(api: Api) -> None:
    connector = await api.connector("STRIPE")
    account = api.sandbox.add_account(connector, "a")
    payment = api.sandbox.add_payment(connector, "p", amount=1, asset="X")
    broken: Any = 5.5
    with pytest.raises(ValueError, match=r"balance is 5\.5, expected an int"):
        api.sandbox.add_balance(account, "EUR/2", broken)
    with pytest.raises(ValueError, match=r"amount is 5\.5, expected an int"):
        api.sandbox.adjust_payment(payment, "a", status="SUCCEEDED", amount=broken)
    assert (await api.get(f"/accounts/{account}/balances")).page["data"] == []
