"""Bank accounts: kept, masked, forwarded, and told apart from what the server refuses."""

from typing import Any

import attrs
import pytest

from payments_async import PaymentsClient
from payments_async.models import AccountType, BankAccount, BankAccountRequest, Connector
from payments_async.sandbox import Sandbox
from payments_async.sandbox.ids import NIL

from .conftest import BAD_BODY, INTERNAL, INVALID_ID, NOT_FOUND, NOT_INSTALLED, REFUSED, Refusal, refused

IBAN = "DE89370400440532013000"
TAKERS = ["ATLAR", "BANKING-CIRCLE", "MANGOPAY"]
OTHERS = ["ADYEN", "CURRENCY-CLOUD", "DUMMY-PAY", "GENERIC", "MODULR", "MONEYCORP", "STRIPE", "WISE"]


def bank_account(**changes: Any) -> BankAccountRequest:
    return attrs.evolve(BankAccountRequest(name="Söhne & <Co>", country="DE", iban=IBAN), **changes)


async def listed(client: PaymentsClient) -> list[BankAccount]:
    return [each async for each in client.bank_accounts.list_bank_accounts()]


async def test_numbers_are_shown_masked_and_only_when_it_is_fetched(client: PaymentsClient) -> None:
    request = bank_account(account_number="0532013000", swift_bic_code="COBADEFFXXX", metadata={"branch": "001"})
    created = await client.bank_accounts.create_bank_account(request)
    assert created == BankAccount(
        id=created.id,
        name="Söhne & <Co>",
        created_at=created.created_at,
        country="DE",
        connector_id="",
        metadata={"branch": "001"},
    )
    found = await client.bank_accounts.get_bank_account(created.id)
    numbers: dict[str, Any] = {
        "iban": "DE89**************3000",
        "account_number": "05*****000",
        "swift_bic_code": "COBADEFFXXX",
    }
    assert found == attrs.evolve(created, **numbers)
    assert (await listed(client))[0] == created
    for shown in (request, found):
        assert not any(str(number) in repr(shown) for number in (shown.iban, shown.account_number))


@pytest.mark.parametrize(
    ("numbers", "masked"),
    [
        ({"iban": "DE893704"}, {"iban": "DE893704"}),
        ({"iban": "DE8937040"}, {"iban": "DE89*7040"}),
        ({"iban": None, "account_number": "12345"}, {"account_number": "12345"}),
        ({"iban": None, "account_number": "123456"}, {"account_number": "12*456"}),
        ({"iban": "", "account_number": "0123456789012"}, {"account_number": "01********012"}),
    ],
    ids=str,
)
async def test_masks_leave_both_ends(client: PaymentsClient, numbers: dict[str, Any], masked: dict[str, str]) -> None:
    created = await client.bank_accounts.create_bank_account(bank_account(**numbers))
    found = await client.bank_accounts.get_bank_account(created.id)
    assert {"iban": found.iban, "account_number": found.account_number} == {
        "iban": None,
        "account_number": None,
        **masked,
    }


@pytest.mark.parametrize("numbers", [{"iban": "DE89370"}, {"account_number": "1234"}], ids=str)
async def test_short_numbers_can_be_kept_and_never_fetched(client: PaymentsClient, numbers: dict[str, str]) -> None:
    created = await client.bank_accounts.create_bank_account(bank_account(**numbers))
    assert await refused(client.bank_accounts.get_bank_account, created.id) == INTERNAL
    assert (await listed(client))[0] == created


@pytest.mark.parametrize("write", [str.upper, "urn:uuid:{}".format, "{{{}}}".format])
async def test_an_id_may_be_written_in_other_ways(client: PaymentsClient, write: Any) -> None:
    created = await client.bank_accounts.create_bank_account(bank_account())
    assert (await client.bank_accounts.get_bank_account(write(created.id))).id == created.id


async def test_a_repeated_creation_keeps_another(client: PaymentsClient) -> None:
    one, other = [await client.bank_accounts.create_bank_account(bank_account()) for _ in range(2)]
    assert one.id != other.id
    assert (await listed(client))[:2] == [other, one]


@pytest.mark.parametrize(
    "changes",
    [
        {"iban": None},
        {"iban": "", "account_number": ""},
        {"name": ""},
        {"country": ""},
        {"connector_id": "!"},
        {"connector_id": NOT_INSTALLED},
    ],
    ids=str,
)
async def test_bank_accounts_that_are_refused(client: PaymentsClient, changes: dict[str, Any]) -> None:
    before = await listed(client)
    assert await refused(client.bank_accounts.create_bank_account, bank_account(**changes)) == REFUSED
    assert await listed(client) == before


@pytest.mark.parametrize("provider", OTHERS)
async def test_one_that_the_provider_refuses_is_kept_all_the_same(
    client: PaymentsClient, connectors: dict[str, str], provider: str
) -> None:
    before = await listed(client)
    request = bank_account(connector_id=connectors[provider])
    assert await refused(client.bank_accounts.create_bank_account, request) == REFUSED
    kept, *rest = await listed(client)
    assert rest == before
    assert (kept.name, kept.connector_id, kept.related_accounts) == ("Söhne & <Co>", "", [])


@pytest.mark.parametrize(
    ("body", "refusal"),
    [(None, BAD_BODY), ([], BAD_BODY), ({"iban": 5}, BAD_BODY), ({"metadata": {"k": 1}}, BAD_BODY), ({}, REFUSED)],
    ids=str,
)
async def test_bodies_that_are_no_bank_account(client: PaymentsClient, body: Any, refusal: Refusal) -> None:
    assert await refused(client.request, "POST", "/bank-accounts", body=body) == refusal


@pytest.mark.parametrize(
    ("bank_account_id", "refusal"), [("!", INVALID_ID), (NIL[:-1], INVALID_ID), (NIL, NOT_FOUND)], ids=str
)
async def test_bank_accounts_that_are_not_there(
    client: PaymentsClient, connectors: dict[str, str], bank_account_id: str, refusal: Refusal
) -> None:
    api = client.bank_accounts
    assert await refused(api.get_bank_account, bank_account_id) == refusal
    assert await refused(api.forward_bank_account, bank_account_id, connectors["ATLAR"]) == refusal
    assert await refused(api.update_bank_account_metadata, bank_account_id, {"k": "v"}) == refusal


@pytest.mark.parametrize("at_once", [False, True])
@pytest.mark.parametrize("provider", TAKERS)
async def test_a_forwarded_bank_account_becomes_an_account(
    client: PaymentsClient, connectors: dict[str, str], provider: str, at_once: bool
) -> None:
    connector_id = connectors[provider]
    if at_once:
        forwarded = await client.bank_accounts.create_bank_account(bank_account(connector_id=connector_id))
    else:
        created = await client.bank_accounts.create_bank_account(bank_account())
        forwarded = await client.bank_accounts.forward_bank_account(created.id, connector_id)
    assert (forwarded.connector_id, forwarded.provider) == (connector_id, Connector(provider))
    (related,) = forwarded.related_accounts
    assert (related.connector_id, related.provider) == (connector_id, Connector(provider))
    assert related.account_id == forwarded.account_id
    assert (forwarded.iban, forwarded.account_number, forwarded.swift_bic_code) == (None, None, None)
    found = await client.bank_accounts.get_bank_account(forwarded.id)
    assert attrs.evolve(found, iban=None) == attrs.evolve(forwarded, created_at=found.created_at)
    became = await client.accounts.get_account(related.account_id)
    assert (became.connector_id, became.account_name) == (connector_id, "Söhne & <Co>")
    assert became.type is AccountType.EXTERNAL
    # Once is enough.
    assert await refused(client.bank_accounts.forward_bank_account, forwarded.id, connector_id) == REFUSED
    assert await client.bank_accounts.get_bank_account(forwarded.id) == found


async def test_a_bank_account_can_be_forwarded_to_several_connectors(
    client: PaymentsClient, connectors: dict[str, str]
) -> None:
    created = await client.bank_accounts.create_bank_account(bank_account())
    for provider in TAKERS:
        forwarded = await client.bank_accounts.forward_bank_account(created.id, connectors[provider])
        assert forwarded.connector_id == connectors[provider]
        # Provider and account are those of the first, whatever the connector.
        assert forwarded.provider is Connector.ATLAR
        assert forwarded.account_id == forwarded.related_accounts[0].account_id
    found = await client.bank_accounts.get_bank_account(created.id)
    assert [each.provider for each in found.related_accounts] == TAKERS
    assert len({each.id for each in found.related_accounts}) == 3


@pytest.mark.parametrize("connector_id", ["", "!", NOT_INSTALLED, *OTHERS])
async def test_connectors_that_take_no_bank_account(
    client: PaymentsClient, connectors: dict[str, str], connector_id: str
) -> None:
    created = await client.bank_accounts.create_bank_account(bank_account())
    connector_id = connectors.get(connector_id, connector_id)
    assert await refused(client.bank_accounts.forward_bank_account, created.id, connector_id) == REFUSED
    assert (await client.bank_accounts.get_bank_account(created.id)).related_accounts == []


@pytest.mark.parametrize(
    ("bank_account_id", "body", "refusal"),
    # What is wrong with the body comes before what is wrong with the id.
    [
        ("!", None, BAD_BODY),
        ("!", {"connectorID": 5}, BAD_BODY),
        ("!", {}, REFUSED),
        ("!", {"connectorID": "!"}, INVALID_ID),
        (NIL, {"connectorID": "!"}, REFUSED),
        (NIL, {"connectorID": NOT_INSTALLED}, REFUSED),
    ],
    ids=str,
)
async def test_bodies_that_forward_nothing(
    client: PaymentsClient, bank_account_id: str, body: Any, refusal: Refusal
) -> None:
    assert await refused(client.request, "POST", f"/bank-accounts/{bank_account_id}/forward", body=body) == refusal


async def test_metadata_are_merged_and_never_deleted(client: PaymentsClient) -> None:
    created = await client.bank_accounts.create_bank_account(bank_account(metadata={"a": "1", "b": "1"}))
    for added in ({"b": "2", "é <&>": "\U0001f4b6"}, {"b": "2", "c": ""}):
        await client.bank_accounts.update_bank_account_metadata(created.id, added)
    merged = {"a": "1", "b": "2", "é <&>": "\U0001f4b6", "c": ""}
    assert (await client.bank_accounts.get_bank_account(created.id)).metadata == merged
    path = f"/bank-accounts/{created.id}/metadata"
    await client.request("PATCH", path, body={"metadata": {"a": None}})
    assert (await client.bank_accounts.get_bank_account(created.id)).metadata == merged | {"a": ""}


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        (None, BAD_BODY),
        ([], BAD_BODY),
        ({"metadata": {"k": 1}}, BAD_BODY),
        ({"metadata": "v"}, BAD_BODY),
        ({"k": "v"}, REFUSED),
        ({"metadata": None}, REFUSED),
        ({"metadata": {}}, REFUSED),
    ],
    ids=str,
)
async def test_bodies_that_are_no_metadata(client: PaymentsClient, body: Any, refusal: Refusal) -> None:
    created = await client.bank_accounts.create_bank_account(bank_account())
    assert await refused(client.request, "PATCH", f"/bank-accounts/{created.id}/metadata", body=body) == refusal


async def test_empty_metadata_are_not_even_sent(sandbox: Sandbox, client: PaymentsClient) -> None:
    with pytest.raises(ValueError, match="metadata"):
        await client.bank_accounts.update_bank_account_metadata(NIL, {})
    assert sandbox.requests.total() == 0


async def test_without_its_connector_it_stays_and_is_related_to_nothing(
    client: PaymentsClient, connectors: dict[str, str]
) -> None:
    created = await client.bank_accounts.create_bank_account(bank_account(connector_id=connectors["ATLAR"]))
    await client.connectors.uninstall_connector_v1(Connector.ATLAR, connectors["ATLAR"])
    found = await client.bank_accounts.get_bank_account(created.id)
    assert (found.related_accounts, found.connector_id, found.provider, found.account_id) == ([], "", None, None)
