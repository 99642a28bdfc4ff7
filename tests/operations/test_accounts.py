"""Accounts and their balances: recorded, overwritten, found, and told apart from what the server refuses."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from payments_async import PaymentsClient, ValidationError
from payments_async.models import Account, AccountBalance, AccountType, Connector
from payments_async.sandbox import Sandbox
from payments_async.sandbox.ids import AccountID, ConnectorID

from .conftest import (
    AT,
    BAD_BODY,
    INTERNAL,
    NO_ACCOUNT,
    NO_ROUTE,
    NOT_FOUND,
    NOT_INSTALLED,
    REFUSED,
    Refusal,
    account,
    refused,
)


async def every_account(client: PaymentsClient, query: Any = None) -> list[Account]:
    return [found async for found in client.accounts.list_accounts(page_size=10, query=query)]


async def test_a_recorded_account_is_what_was_asked_for(client: PaymentsClient, connectors: dict[str, str]) -> None:
    request = account(connectors["WISE"], default_asset="USD/2", metadata={"ledger": "entity <1> & Söhne"})
    created = await client.accounts.create_account(request)
    assert created == Account(
        id=str(AccountID(ConnectorID.parse(connectors["WISE"]), "account-1")),
        created_at=AT,
        reference="account-1",
        connector_id=connectors["WISE"],
        provider=Connector.WISE,
        default_currency="USD/2",
        default_asset="USD/2",
        account_name="Café <Zürich> & Söhne",
        type=AccountType.INTERNAL,
        pools=[],
        metadata={"ledger": "entity <1> & Söhne"},
        raw={
            "reference": "account-1",
            "connectorID": connectors["WISE"],
            "createdAt": "2024-05-06T07:08:09.123456Z",
            "defaultAsset": "USD/2",
            "accountName": "Café <Zürich> & Söhne",
            "type": "INTERNAL",
            "metadata": {"ledger": "entity <1> & Söhne"},
        },
    )
    assert await client.accounts.get_account(created.id) == created
    assert await every_account(client, {"$match": {"reference": "account-1"}}) == [created]


async def test_what_may_be_left_out(client: PaymentsClient, connectors: dict[str, str]) -> None:
    created = await client.accounts.create_account(account(connectors["GENERIC"]))
    assert (created.default_asset, created.default_currency, created.metadata) == ("", "", {})
    assert await client.accounts.get_account(created.id) == created


async def test_an_external_account_of_formance_is_shown_as_external(
    client: PaymentsClient, connectors: dict[str, str]
) -> None:
    created = await client.accounts.create_account(account(connectors["WISE"], type=AccountType.EXTERNAL_FORMANCE))
    assert created.type is AccountType.EXTERNAL_FORMANCE
    assert (await client.accounts.get_account(created.id)).type is AccountType.EXTERNAL


async def test_a_known_reference_overwrites_part_of_the_account(
    client: PaymentsClient, connectors: dict[str, str]
) -> None:
    first = account(connectors["WISE"], default_asset="USD/2", metadata={"a": "1", "b": "1"})
    created = await client.accounts.create_account(first)
    later = AT + timedelta(days=1)
    again = await client.accounts.create_account(
        account(
            connectors["WISE"],
            created_at=later,
            type=AccountType.EXTERNAL,
            account_name="Vault",
            default_asset="EUR/2",
            metadata={"b": "2"},
        )
    )
    assert (again.id, again.created_at, again.type) == (created.id, later, AccountType.EXTERNAL)
    found = await client.accounts.get_account(created.id)
    assert (found.created_at, found.type) == (AT, AccountType.INTERNAL)
    assert (found.account_name, found.default_asset, found.metadata) == ("Vault", "EUR/2", {"b": "2"})
    assert found.raw == again.raw
    # Without metadata it has none any more.
    await client.accounts.create_account(account(connectors["WISE"]))
    assert (await client.accounts.get_account(created.id)).metadata == {}


async def test_a_repeated_record_changes_nothing(client: PaymentsClient, connectors: dict[str, str]) -> None:
    request = account(connectors["WISE"], metadata={"k": "v"})
    created = await client.accounts.create_account(request)
    assert await client.accounts.create_account(request) == created
    assert await client.accounts.get_account(created.id) == created


async def test_each_connector_has_references_of_its_own(client: PaymentsClient, connectors: dict[str, str]) -> None:
    one = await client.accounts.create_account(account(connectors["WISE"]))
    other = await client.accounts.create_account(account(connectors["STRIPE"]))
    assert one.id != other.id
    assert {found.id for found in await every_account(client, {"$match": {"reference": "account-1"}})} == {
        one.id,
        other.id,
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"reference": ""},
        {"connector_id": ""},
        {"connector_id": "!"},
        {"connector_id": NOT_INSTALLED},
        {"created_at": datetime(2999, 1, 1, tzinfo=UTC)},
        {"created_at": datetime(1, 1, 1, tzinfo=UTC)},
        {"account_name": ""},
        {"type": AccountType.UNKNOWN},
        {"type": AccountType("internal")},
        {"type": AccountType("")},
    ],
    ids=str,
)
async def test_accounts_that_are_refused(
    client: PaymentsClient, connectors: dict[str, str], changes: dict[str, Any]
) -> None:
    before = await every_account(client)
    assert await refused(client.accounts.create_account, account(connectors["WISE"], **changes)) == REFUSED
    assert await every_account(client) == before


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        (None, BAD_BODY),
        ([], BAD_BODY),
        ({"metadata": {"k": 1}}, BAD_BODY),
        ({"createdAt": "yesterday"}, BAD_BODY),
        ({"type": 1}, BAD_BODY),
        ({}, REFUSED),
    ],
    ids=str,
)
async def test_bodies_that_are_no_account(client: PaymentsClient, body: Any, refusal: Refusal) -> None:
    assert await refused(client.request, "POST", "/accounts", body=body) == refusal


@pytest.mark.parametrize("member", ["reference", "connectorID", "createdAt", "accountName", "type"])
async def test_members_that_are_needed(client: PaymentsClient, connectors: dict[str, str], member: str) -> None:
    created = await client.accounts.create_account(account(connectors["WISE"]))
    body = {name: value for name, value in created.raw.items() if name != member}
    assert await refused(client.request, "POST", "/accounts", body=body) == REFUSED


@pytest.mark.parametrize(
    ("account_id", "refusal"), [("!", REFUSED), ("a/b", NO_ROUTE), (NO_ACCOUNT, NOT_FOUND)], ids=str
)
async def test_accounts_that_are_not_there(client: PaymentsClient, account_id: str, refusal: Refusal) -> None:
    assert await refused(client.accounts.get_account, account_id) == refusal


Matching = tuple[Callable[[str], Any], Callable[[Account, str], bool]]
"""A filter made from a reference, and which accounts pass it."""

MATCHING: dict[str, Matching] = {
    "$match reference": (lambda x: {"$match": {"reference": x}}, lambda a, x: a.reference == x),
    "$gt reference": (lambda x: {"$gt": {"reference": x}}, lambda a, x: a.reference > x),
    "$gte reference": (lambda x: {"$gte": {"reference": x}}, lambda a, x: a.reference >= x),
    "$lt reference": (lambda x: {"$lt": {"reference": x}}, lambda a, x: a.reference < x),
    "$lte reference": (lambda x: {"$lte": {"reference": x}}, lambda a, x: a.reference <= x),
    "$match metadata": (
        lambda _: {"$match": {"metadata[team]": "treasury"}},
        lambda a, _: a.metadata.get("team") == "treasury",
    ),
    "$and of metadata": (
        lambda _: {
            "$and": [{"$match": {"metadata[team]": "treasury"}}, {"$match": {"metadata[ledger]": "entity-0003"}}]
        },
        lambda a, _: a.metadata.get("ledger") == "entity-0003",
    ),
    "$or": (
        lambda x: {"$or": [{"$match": {"metadata[team]": "treasury"}}, {"$gt": {"reference": x}}]},
        lambda a, x: bool(a.metadata) or a.reference > x,
    ),
    "$not": (lambda x: {"$not": {"$gt": {"reference": x}}}, lambda a, x: a.reference <= x),
}


@pytest.mark.parametrize("name", MATCHING)
async def test_a_filter_finds_what_it_says(client: PaymentsClient, name: str) -> None:
    question, matches = MATCHING[name]
    everything = await every_account(client)
    reference = sorted(each.reference for each in everything)[10]
    expected = [each for each in everything if matches(each, reference)]
    assert 0 < len(expected) < len(everything) == 25
    assert await every_account(client, question(reference)) == expected


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({}, 25),
        ({"$match": {"reference": None}}, 0),
        ({"$match": {"metadata[team]": 1}}, 0),
        ({"$match": {"metadata[team]": "Treasury"}}, 0),
    ],
    ids=str,
)
async def test_filters_that_find_all_or_nothing(client: PaymentsClient, query: Any, count: int) -> None:
    assert len(await every_account(client, query)) == count


@pytest.mark.parametrize("query", [{"$and": []}, {"$or": []}])
async def test_an_empty_condition_finds_all_and_cannot_be_followed(client: PaymentsClient, query: Any) -> None:
    listing = client.accounts.list_accounts(page_size=20, query=query)
    assert len((await listing.first()).data) == 20
    # The server writes `null` in place of the empty array, and then refuses its own cursor.
    with pytest.raises(ValidationError):
        await every_account(client, query)


@pytest.mark.parametrize(
    ("query", "refusal"),
    [
        ({"$match": {"reference": 5}}, INTERNAL),
        ({"$exists": {"reference": True}}, INTERNAL),
        ({"$gt": {"metadata[k]": "v"}}, REFUSED),
        *[({"$match": {key: "x"}}, REFUSED) for key in ("id", "type", "createdAt", "provider", "connectorID")],
    ],
    ids=str,
)
async def test_filters_that_are_refused(client: PaymentsClient, query: Any, refusal: Refusal) -> None:
    assert await refused(client.accounts.list_accounts, query=query) == refusal


DAY = timedelta(days=1)


async def with_balances(client: PaymentsClient) -> tuple[Account, list[AccountBalance]]:
    """An account with its balances, newest first, each of which held for a day less a second."""
    for found in await every_account(client):
        balances = [each async for each in client.accounts.get_account_balances(found.id)]
        if len(balances) > 3:
            return found, balances
    raise AssertionError("no account has balances")


async def test_balances_are_the_accounts(client: PaymentsClient) -> None:
    owner, balances = await with_balances(client)
    assert {each.account_id for each in balances} == {owner.id}
    assert {(each.asset, each.currency) for each in balances} == {(owner.default_asset, owner.default_asset)}
    times = [each.created_at for each in balances]
    assert times == sorted(times, reverse=True)
    assert all(each.last_updated_at - each.created_at == DAY - timedelta(seconds=1) for each in balances)


@pytest.mark.parametrize("sandbox", [{"payments": 0, "connectors": 1, "accounts": 1, "balances": 400}], indirect=True)
async def test_balances_are_of_any_size_and_sign(client: PaymentsClient) -> None:
    (owner,) = await every_account(client)
    page = await client.accounts.get_account_balances(owner.id, limit=400).first()
    amounts = [each.balance for each in page.data]
    assert max(amounts) == 10**30 + 301
    assert min(amounts) < 0


async def test_balances_of_one_asset(client: PaymentsClient) -> None:
    owner, balances = await with_balances(client)
    of_asset = client.accounts.get_account_balances
    assert [each async for each in of_asset(owner.id, asset=owner.default_asset)] == balances
    assert [each async for each in of_asset(owner.id, asset=owner.default_asset.lower())] == []


@pytest.mark.parametrize(
    "zone", [UTC, timezone(timedelta(hours=2)), timezone(-timedelta(hours=3, minutes=30))], ids=str
)
async def test_balances_between_two_times(client: PaymentsClient, zone: timezone) -> None:
    owner, (newest, newer, older, *_) = await with_balances(client)
    between = client.accounts.get_account_balances
    second, at = timedelta(seconds=1), newer.last_updated_at.astimezone(zone)
    assert [each async for each in between(owner.id, from_=at)] == [newest, newer]
    assert [each async for each in between(owner.id, from_=at + second)] == [newest]
    at = newer.created_at.astimezone(zone)
    assert [each async for each in between(owner.id, to=at)][:2] == [newer, older]
    assert [each async for each in between(owner.id, to=at - second)][:1] == [older]
    assert [each async for each in between(owner.id, from_=at, to=at)] == [newer]
    assert [each async for each in between(owner.id, from_=newest.last_updated_at + second)] == []


@pytest.mark.parametrize("sandbox", [{"payments": 0, "connectors": 1, "accounts": 1, "balances": 120}], indirect=True)
async def test_a_limit_is_a_page_size_without_a_cap(sandbox: Sandbox, client: PaymentsClient) -> None:
    owner, balances = await with_balances(client)
    of_account = client.accounts.get_account_balances
    assert len(balances) == 120
    choices: list[tuple[dict[str, Any], list[int]]] = [
        ({"limit": 500}, [500]),
        ({"limit": 110}, [110, 110]),
        ({"limit": 110, "page_size": 5}, [110, 110]),
        ({"page_size": 500}, [100, 100]),
        ({}, [15] * 8),
    ]
    for options, sizes in choices:
        pages = [page async for page in of_account(owner.id, **options).by_page()]
        assert [page.page_size for page in pages] == sizes
        assert [each for page in pages for each in page.data] == balances
    assert sandbox.requests["GET", "/accounts/{accountId}/balances", 400] == 0


async def test_the_conditions_travel_in_the_cursor(client: PaymentsClient) -> None:
    owner, balances = await with_balances(client)
    other = next(each for each in await every_account(client) if each.id != owner.id)
    since = balances[2].created_at
    page = await client.accounts.get_account_balances(owner.id, from_=since, page_size=1).first()
    # The cursor knows the account better than the path does.
    rest = [each async for each in client.accounts.get_account_balances(other.id, cursor=page.next)]
    assert page.data + rest == balances[:3]


async def test_an_unknown_account_has_no_balances(client: PaymentsClient) -> None:
    page = await client.accounts.get_account_balances(NO_ACCOUNT).first()
    assert (page.data, page.has_more, page.next, page.previous) == ([], False, None, None)
    assert await refused(client.accounts.get_account_balances, "!") == REFUSED


@pytest.mark.parametrize("query", [{"limit": "x"}, {"from": "yesterday"}, {"to": "2024-05-06"}], ids=str)
async def test_conditions_that_are_refused(client: PaymentsClient, query: Any) -> None:
    assert await refused(client.request, "GET", f"/accounts/{NO_ACCOUNT}/balances", query=query) == REFUSED
