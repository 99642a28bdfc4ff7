"""Payments: recorded, overwritten, found, drained, and told apart from what the server refuses."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from payments_async import PaymentsClient
from payments_async.models import Connector, Payment, PaymentScheme, PaymentStatus, PaymentType
from payments_async.sandbox import Sandbox
from payments_async.sandbox.ids import ConnectorID, PaymentID

from .conftest import (
    AT,
    BAD_BODY,
    INTERNAL,
    INVALID_ID,
    NO_ACCOUNT,
    NO_PAYMENT,
    NO_ROUTE,
    NOT_FOUND,
    NOT_INSTALLED,
    REFUSED,
    Refusal,
    payment,
    refused,
)


async def stored(client: PaymentsClient, reference: str = "payment-1") -> Payment:
    """The payment of this reference, as the list shows it."""
    page = await client.payments.list_payments(query={"$match": {"reference": reference}}).first()
    (found,) = page.data
    return found


async def some_account(client: PaymentsClient) -> str:
    return (await client.accounts.list_accounts(page_size=1).first()).data[0].id


async def test_a_recorded_payment_is_what_was_asked_for(client: PaymentsClient, connectors: dict[str, str]) -> None:
    source, request = await some_account(client), payment(connectors["STRIPE"])
    request.source_account_id = source
    created = await client.payments.create_payment(request)
    assert created == Payment(
        id=str(PaymentID(ConnectorID.parse(connectors["STRIPE"]), "payment-1", "PAY-IN")),
        reference="payment-1",
        source_account_id=source,
        destination_account_id="",
        connector_id=connectors["STRIPE"],
        provider=Connector.STRIPE,
        type=PaymentType.PAY_IN,
        status=PaymentStatus.SUCCEEDED,
        initial_amount=1050,
        amount=1050,
        scheme=PaymentScheme.VISA,
        asset="USD/2",
        created_at=AT,
        raw={
            "reference": "payment-1",
            "connectorID": connectors["STRIPE"],
            "createdAt": "2024-05-06T07:08:09.123456Z",
            "amount": 1050,
            "type": "PAY-IN",
            "status": "SUCCEEDED",
            "scheme": "visa",
            "asset": "USD/2",
            "sourceAccountID": source,
            "destinationAccountID": "",
        },
        adjustments=[],
        metadata={},
    )
    assert await client.payments.get_payment(created.id) == created
    assert await stored(client) == created


@pytest.mark.parametrize(
    "changes",
    [
        *[{"type": each} for each in PaymentType],
        *[{"status": each} for each in PaymentStatus],
        *[{"amount": each} for each in (0, -5, 2**53 + 1, 10**30, -(10**40))],
        *[{"asset": each} for each in ("JPY/0", "/2", "usd/-1", "USD/02")],
        {"scheme": PaymentScheme("VISA")},
        {"reference": 'quoted "<&>" \x01 é \U0001f4b6'},
        {"created_at": datetime(1970, 1, 1, tzinfo=UTC)},
    ],
    ids=str,
)
async def test_members_survive(client: PaymentsClient, connectors: dict[str, str], changes: dict[str, Any]) -> None:
    created = await client.payments.create_payment(payment(connectors["WISE"], **changes))
    found = await client.payments.get_payment(created.id)
    assert found == created
    for name, value in changes.items():
        assert getattr(found, name) == value


async def test_an_answer_keeps_the_offset_that_the_store_does_not(
    client: PaymentsClient, connectors: dict[str, str]
) -> None:
    there = AT.astimezone(timezone(timedelta(hours=5, minutes=30)))
    created = await client.payments.create_payment(payment(connectors["STRIPE"], created_at=there))
    found = await client.payments.get_payment(created.id)
    assert created.created_at == found.created_at == AT
    assert (created.created_at.utcoffset(), found.created_at.utcoffset()) == (there.utcoffset(), timedelta(0))


REFUSED_SCHEMES = {"alipay", "cup", "doku", "dragonpay", "maestro", "molpay"}


@pytest.mark.parametrize("scheme", PaymentScheme)
async def test_six_schemes_can_be_read_and_not_written(
    client: PaymentsClient, connectors: dict[str, str], scheme: PaymentScheme
) -> None:
    request = payment(connectors["ADYEN"], scheme=scheme)
    if scheme in REFUSED_SCHEMES:
        assert await refused(client.payments.create_payment, request) == REFUSED
    else:
        assert (await client.payments.create_payment(request)).scheme is scheme


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"reference": ""}, REFUSED),
        ({"connector_id": ""}, REFUSED),
        ({"connector_id": "!"}, REFUSED),
        ({"connector_id": NOT_INSTALLED}, REFUSED),
        ({"created_at": datetime(2999, 1, 1, tzinfo=UTC)}, REFUSED),
        ({"created_at": datetime(1, 1, 1, tzinfo=UTC)}, REFUSED),
        ({"type": PaymentType("pay-in")}, REFUSED),
        ({"status": PaymentStatus("DONE")}, REFUSED),
        ({"scheme": PaymentScheme("pigeon")}, REFUSED),
        ({"scheme": PaymentScheme("")}, REFUSED),
        *[({"asset": each}, REFUSED) for each in ("", "USD", "USD/", "A/B/2", "USD/two")],
        ({"source_account_id": "!"}, REFUSED),
        ({"destination_account_id": "!"}, REFUSED),
        ({"source_account_id": NO_ACCOUNT}, INTERNAL),
        ({"destination_account_id": NO_ACCOUNT}, INTERNAL),
    ],
    ids=str,
)
async def test_payments_that_are_refused(
    sandbox: Sandbox, client: PaymentsClient, connectors: dict[str, str], changes: dict[str, Any], refusal: Refusal
) -> None:
    request = payment(connectors["STRIPE"], **{"reference": "never", **changes})
    assert await refused(client.payments.create_payment, request) == refusal
    assert (await client.payments.list_payments(query={"$match": {"reference": "never"}}).first()).data == []
    assert sandbox.requests["POST", "/payments", refusal[1]] == 1


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        (None, BAD_BODY),
        ([], BAD_BODY),
        ({"amount": "5"}, BAD_BODY),
        ({"amount": 1.5}, BAD_BODY),
        ({"createdAt": "2024-05-06"}, BAD_BODY),
        ({"reference": 5}, BAD_BODY),
        ({}, REFUSED),
    ],
    ids=str,
)
async def test_bodies_that_are_no_payment(client: PaymentsClient, body: Any, refusal: Refusal) -> None:
    assert await refused(client.request, "POST", "/payments", body=body) == refusal


@pytest.mark.parametrize(
    "member", ["reference", "connectorID", "createdAt", "amount", "type", "status", "scheme", "asset"]
)
async def test_members_that_are_needed(client: PaymentsClient, connectors: dict[str, str], member: str) -> None:
    created = await client.payments.create_payment(payment(connectors["STRIPE"]))
    body = {name: value for name, value in created.raw.items() if name != member}
    assert await refused(client.request, "POST", "/payments", body=body) == REFUSED


@pytest.mark.parametrize(
    ("payment_id", "refusal"), [("!", REFUSED), ("a/b", NO_ROUTE), (NO_PAYMENT, NOT_FOUND)], ids=str
)
async def test_payments_that_are_not_there(client: PaymentsClient, payment_id: str, refusal: Refusal) -> None:
    assert await refused(client.payments.get_payment, payment_id) == refusal


async def test_a_repeated_record_changes_nothing(client: PaymentsClient, connectors: dict[str, str]) -> None:
    created = await client.payments.create_payment(payment(connectors["STRIPE"]))
    assert await client.payments.create_payment(payment(connectors["STRIPE"])) == created
    assert await stored(client) == created


async def test_a_known_reference_overwrites_part_of_the_payment(
    client: PaymentsClient, connectors: dict[str, str]
) -> None:
    created = await client.payments.create_payment(payment(connectors["STRIPE"]))
    await client.payments.update_metadata(created.id, {"order": "1"})
    changes: dict[str, Any] = {
        "amount": 7,
        "status": PaymentStatus.FAILED,
        "scheme": PaymentScheme.SEPA,
        "asset": "EUR/2",
        "destination_account_id": await some_account(client),
    }
    later = AT + timedelta(days=1)
    again = await client.payments.create_payment(payment(connectors["STRIPE"], created_at=later, **changes))
    assert (again.id, again.created_at, again.initial_amount, again.metadata) == (created.id, later, 7, {})
    found = await client.payments.get_payment(created.id)
    assert (found.created_at, found.initial_amount, found.metadata) == (AT, 1050, {"order": "1"})
    assert {name: getattr(found, name) for name in changes} == changes
    assert found.raw == again.raw


@pytest.mark.parametrize("changes", [{"connector_id": "WISE"}, {"type": PaymentType.PAYOUT}], ids=str)
async def test_a_reference_of_another_connector_or_type_gets_an_id_that_leads_nowhere(
    client: PaymentsClient, connectors: dict[str, str], changes: dict[str, Any]
) -> None:
    created = await client.payments.create_payment(payment(connectors["STRIPE"]))
    if "connector_id" in changes:
        changes = {"connector_id": connectors["WISE"]}
    again = await client.payments.create_payment(payment(connectors["STRIPE"], **{"amount": 7, **changes}))
    assert again.id != created.id
    assert await refused(client.payments.get_payment, again.id) == NOT_FOUND
    found = await client.payments.get_payment(created.id)
    assert (found.connector_id, found.provider, found.amount) == (connectors["STRIPE"], Connector.STRIPE, 7)
    assert found.type == changes.get("type", PaymentType.PAY_IN)
    assert await stored(client) == found


async def test_metadata_are_merged_and_never_deleted(client: PaymentsClient, connectors: dict[str, str]) -> None:
    created = await client.payments.create_payment(payment(connectors["STRIPE"]))
    for added in ({"a": "1", "b": "1"}, {"b": "2", "é <&>": "\U0001f4b6"}, {"b": "2", "c": ""}):
        await client.payments.update_metadata(created.id, added)
    merged = {"a": "1", "b": "2", "é <&>": "\U0001f4b6", "c": ""}
    assert (await client.payments.get_payment(created.id)).metadata == merged
    await client.request("PATCH", f"/payments/{created.id}/metadata", body={"a": None})
    assert (await client.payments.get_payment(created.id)).metadata == merged | {"a": ""}
    await client.payments.create_payment(payment(connectors["STRIPE"], amount=1))
    assert (await stored(client)).metadata == merged | {"a": ""}


async def test_metadata_of_payments_that_are_not_there(client: PaymentsClient) -> None:
    assert await refused(client.payments.update_metadata, "!", {"k": "v"}) == INVALID_ID
    assert await refused(client.payments.update_metadata, NO_PAYMENT, {"k": "v"}) == INTERNAL


@pytest.mark.parametrize(
    ("body", "refusal"),
    [(None, BAD_BODY), ({"k": 1}, BAD_BODY), ([], BAD_BODY), ({}, INTERNAL), ({"": "v"}, INTERNAL)],
    ids=str,
)
async def test_bodies_that_are_no_metadata(
    sandbox: Sandbox, client: PaymentsClient, connectors: dict[str, str], body: Any, refusal: Refusal
) -> None:
    created = await client.payments.create_payment(payment(connectors["STRIPE"]))
    assert await refused(client.request, "PATCH", f"/payments/{created.id}/metadata", body=body) == refusal
    if body is not None:
        patches = sandbox.requests.total()
        with pytest.raises(ValueError, match="metadata"):
            await client.payments.update_metadata(created.id, body)
        assert sandbox.requests.total() == patches


@pytest.mark.parametrize("sandbox", [{"payments": 10_000}], indirect=True)
async def test_ten_thousand_payments_are_drained_each_once(sandbox: Sandbox, client: PaymentsClient) -> None:
    ids = [payment.id async for payment in client.payments.list_payments(page_size=100).items(prefetch=1)]
    assert len(ids) == len(set(ids)) == 10_000
    assert sandbox.requests == {("POST", "/api/auth/oauth/token", 200): 1, ("GET", "/payments", 200): 100}


def query(operator: str, key: str, value: Any) -> dict[str, Any]:
    return {operator: {key: value}}


Matching = tuple[Callable[[Payment], Any], Callable[[Payment, Payment], bool]]
"""A filter made from one payment, and which payments pass it."""

MATCHING: dict[str, Matching] = {
    "$match reference": (lambda x: query("$match", "reference", x.reference), lambda p, x: p.reference == x.reference),
    "$gt reference": (lambda x: query("$gt", "reference", x.reference), lambda p, x: p.reference > x.reference),
    "$gte reference": (lambda x: query("$gte", "reference", x.reference), lambda p, x: p.reference >= x.reference),
    "$lt reference": (lambda x: query("$lt", "reference", x.reference), lambda p, x: p.reference < x.reference),
    "$lte reference": (lambda x: query("$lte", "reference", x.reference), lambda p, x: p.reference <= x.reference),
    "$match type": (lambda x: query("$match", "type", x.type), lambda p, x: p.type == x.type),
    "$match status": (lambda x: query("$match", "status", x.status), lambda p, x: p.status == x.status),
    "$match asset": (lambda x: query("$match", "asset", x.asset), lambda p, x: p.asset == x.asset),
    "$match connectorID": (
        lambda x: query("$match", "connectorID", x.connector_id),
        lambda p, x: p.connector_id == x.connector_id,
    ),
    "$match amount": (lambda x: query("$match", "amount", x.amount), lambda p, x: p.amount == x.amount),
    "$gt amount": (lambda x: query("$gt", "amount", x.amount), lambda p, x: p.amount > x.amount),
    "$gte amount": (lambda x: query("$gte", "amount", str(x.amount)), lambda p, x: p.amount >= x.amount),
    "$lt amount": (lambda x: query("$lt", "amount", x.amount), lambda p, x: p.amount < x.amount),
    "$lte amount": (lambda _: query("$lte", "amount", 0), lambda p, _: p.amount <= 0),
    "$match huge amount": (lambda _: query("$match", "amount", str(10**30 + 1)), lambda p, _: p.amount == 10**30 + 1),
    "$match initialAmount": (
        lambda x: query("$match", "initialAmount", str(x.initial_amount)),
        lambda p, x: p.initial_amount == x.initial_amount,
    ),
    "$gt initialAmount": (
        lambda x: query("$gt", "initialAmount", x.initial_amount),
        lambda p, x: p.initial_amount > x.initial_amount,
    ),
    "$gte initialAmount": (lambda _: query("$gte", "initialAmount", 10**6), lambda p, _: p.initial_amount >= 10**6),
    "$lt initialAmount": (lambda _: query("$lt", "initialAmount", "0"), lambda p, _: p.initial_amount < 0),
    "$lte initialAmount": (
        lambda x: query("$lte", "initialAmount", str(x.initial_amount)),
        lambda p, x: p.initial_amount <= x.initial_amount,
    ),
    "$match metadata": (lambda _: query("$match", "metadata[channel]", "web"), lambda p, _: bool(p.metadata)),
    "$and": (
        lambda x: {"$and": [query("$gt", "amount", x.amount), query("$match", "type", x.type)]},
        lambda p, x: p.amount > x.amount and p.type == x.type,
    ),
    "$or": (
        lambda x: {"$or": [query("$match", "status", x.status), query("$match", "asset", "JPY")]},
        lambda p, x: p.status == x.status or p.asset == "JPY",
    ),
    "$not": (lambda x: {"$not": query("$match", "type", x.type)}, lambda p, x: p.type != x.type),
    "$and of $or and $not": (
        lambda x: {
            "$and": [
                {"$or": [query("$match", "type", "PAY-IN"), query("$match", "type", "PAYOUT")]},
                {"$not": query("$match", "asset", x.asset)},
            ]
        },
        lambda p, x: p.type in ("PAY-IN", "PAYOUT") and p.asset != x.asset,
    ),
    # The server takes metadata out of the tree and holds it against the whole.
    "$or with metadata": (
        lambda x: {"$or": [query("$lt", "amount", x.amount), query("$match", "metadata[channel]", "web")]},
        lambda p, x: p.amount < x.amount and bool(p.metadata),
    ),
}


@pytest.mark.parametrize("sandbox", [{"payments": 100}], indirect=True)
@pytest.mark.parametrize("name", MATCHING)
async def test_a_filter_finds_what_it_says(client: PaymentsClient, name: str) -> None:
    question, matches = MATCHING[name]
    everything = [payment async for payment in client.payments.list_payments(page_size=100)]
    one = sorted(everything, key=lambda payment: payment.amount)[50]
    expected = [payment for payment in everything if matches(payment, one)]
    assert 0 < len(expected) < len(everything)
    assert [payment async for payment in client.payments.list_payments(page_size=7, query=question(one))] == expected


@pytest.mark.parametrize("sandbox", [{"payments": 100}], indirect=True)
@pytest.mark.parametrize(
    ("filtered", "count"),
    [
        ({}, 100),
        ("null", 100),
        ({"$and": []}, 100),
        ({"$or": []}, 100),
        (query("$match", "reference", None), 0),
        (query("$match", "amount", None), 0),
        (query("$match", "amount", 99.5), 0),
        (query("$match", "asset", "usd/2"), 0),
        # Beyond 2**53 a JSON number is rounded on its way; a string is not.
        (query("$match", "amount", 10**30 + 1), 0),
        ({"$and": [query("$match", f"metadata[{key}]", "web") for key in ("channel", "order")] + [{"$and": []}]}, 0),
    ],
    ids=str,
)
async def test_filters_that_find_all_or_nothing(client: PaymentsClient, filtered: Any, count: int) -> None:
    assert len([payment async for payment in client.payments.list_payments(page_size=100, query=filtered)]) == count


@pytest.mark.parametrize(
    ("filtered", "refusal"),
    [
        (query("$match", "reference", 5), INTERNAL),
        (query("$match", "reference", True), INTERNAL),
        (query("$match", "type", "pay-in"), INTERNAL),
        (query("$match", "status", "DONE"), INTERNAL),
        (query("$match", "amount", "ten"), INTERNAL),
        (query("$exists", "reference", True), INTERNAL),
        (query("$exists", "amount", True), INTERNAL),
        ({"$not": query("$match", "metadata[k]", "v")}, INTERNAL),
        ({"$and": [query("$match", "metadata[k]", "v")]}, INTERNAL),
        (query("$exists", "asset", True), REFUSED),
        (query("$match", "metadata[k]", 5), REFUSED),
        *[(query("$gt", key, "x"), REFUSED) for key in ("type", "status", "asset", "connectorID", "metadata[k]")],
        *[(query("$match", key, "x"), REFUSED) for key in ("id", "createdAt", "provider", "scheme", "connector_id")],
    ],
    ids=str,
)
async def test_filters_that_are_refused(client: PaymentsClient, filtered: Any, refusal: Refusal) -> None:
    assert await refused(client.payments.list_payments, query=filtered) == refusal
