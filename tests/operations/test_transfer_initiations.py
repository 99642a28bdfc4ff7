"""Transfer initiations: their states, their history, and what the server refuses."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import attrs
import pytest

from payments_async import PaymentsClient
from payments_async.models import (
    AccountType,
    Connector,
    ReverseTransferInitiationRequest,
    TransferInitiation,
    TransferInitiationStatus,
    TransferInitiationType,
    WiseConfig,
)
from payments_async.sandbox import Sandbox
from payments_async.sandbox.ids import AccountID, ConnectorID

from .conftest import (
    AT,
    BAD_BODY,
    DUPLICATE,
    INTERNAL,
    INVALID_ID,
    NO_ACCOUNT,
    NO_TRANSFER,
    NOT_FOUND,
    NOT_INSTALLED,
    REFUSED,
    Refusal,
    account,
    both_duplicates,
    refused,
    transfer,
)

DONE = ["VALIDATED", "PROCESSING", "PROCESSED"]
WAITING = ["WAITING_FOR_VALIDATION"]
NOT_SCHEDULED = datetime(1, 1, 1, tzinfo=UTC)


async def listed(client: PaymentsClient) -> list[TransferInitiation]:
    return [each async for each in client.transfer_initiations.list_transfer_initiations()]


async def states(client: PaymentsClient, transfer_id: str) -> list[str]:
    """All states of a transfer initiation, oldest first."""
    found = await client.transfer_initiations.get_transfer_initiation(transfer_id)
    assert found.status == found.related_adjustments[0].status
    return [str(each.status) for each in reversed(found.related_adjustments)]


async def made(client: PaymentsClient, connector_id: str, **changes: Any) -> str:
    """A new transfer initiation's id."""
    request = await transfer(client, connector_id, **changes)
    return (await client.transfer_initiations.create_transfer_initiation(request)).id


def reversal(**changes: Any) -> ReverseTransferInitiationRequest:
    request = ReverseTransferInitiationRequest(reference="reversal-1", amount=400, asset="EUR/2")
    return attrs.evolve(request, **changes)


async def test_a_transfer_is_what_was_asked_for(client: PaymentsClient, connectors: dict[str, str]) -> None:
    at = AT.astimezone(timezone(timedelta(hours=2)))
    request = await transfer(
        client, connectors["WISE"], amount=10**30, description="Rent <&>", scheduled_at=at, metadata={"order": "1"}
    )
    created = await client.transfer_initiations.create_transfer_initiation(request)
    assert created == TransferInitiation(
        id=str(AccountID(ConnectorID.parse(connectors["WISE"]), "transfer-1")),
        reference="transfer-1",
        created_at=created.created_at,
        scheduled_at=AT,
        description="Rent <&>",
        source_account_id=request.source_account_id or "",
        destination_account_id=request.destination_account_id,
        connector_id=connectors["WISE"],
        type=TransferInitiationType.TRANSFER,
        amount=10**30,
        initial_amount=10**30,
        asset="EUR/2",
        status=TransferInitiationStatus.WAITING_FOR_VALIDATION,
        error="",
        metadata={"order": "1"},
    )
    shown = attrs.evolve(created, provider=Connector.WISE)
    assert (await listed(client))[0] == shown
    found = await client.transfer_initiations.get_transfer_initiation(created.id)
    (adjustment,) = found.related_adjustments
    assert found == attrs.evolve(shown, related_adjustments=[adjustment])
    assert (adjustment.status, adjustment.error, adjustment.metadata) == (created.status, "", {})
    assert adjustment.created_at >= created.created_at


async def test_what_may_be_left_out(client: PaymentsClient, connectors: dict[str, str]) -> None:
    request = await transfer(
        client, connectors["WISE"], connector_id=None, provider=Connector.WISE, source_account_id=None, amount=0
    )
    created = await client.transfer_initiations.create_transfer_initiation(request)
    assert (created.connector_id, created.source_account_id, created.description) == (connectors["WISE"], "", "")
    assert (created.scheduled_at, created.metadata, created.amount) == (NOT_SCHEDULED, {}, 0)
    found = await client.transfer_initiations.get_transfer_initiation(created.id)
    assert (found.scheduled_at, found.metadata, found.related_payments) == (NOT_SCHEDULED, {}, [])


async def test_a_provider_stands_for_its_only_connector(client: PaymentsClient, connectors: dict[str, str]) -> None:
    create = client.transfer_initiations.create_transfer_initiation
    request = await transfer(client, connectors["STRIPE"], connector_id=None, provider=Connector.WISE)
    await client.connectors.install_connector(Connector.WISE, WiseConfig(name="second", api_key="k"))
    assert await refused(create, request) == REFUSED
    await client.connectors.uninstall_connector_v1(Connector.ADYEN, connectors["ADYEN"])
    assert await refused(create, attrs.evolve(request, provider=Connector.ADYEN)) == REFUSED
    for provider in (None, Connector("wise"), Connector("PIGEON")):
        assert await refused(create, attrs.evolve(request, provider=provider)) == REFUSED


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"reference": ""}, REFUSED),
        ({"source_account_id": "!"}, REFUSED),
        ({"destination_account_id": "!"}, REFUSED),
        ({"destination_account_id": ""}, REFUSED),
        ({"type": TransferInitiationType("transfer")}, REFUSED),
        ({"asset": ""}, REFUSED),
        ({"connector_id": "!"}, REFUSED),
        ({"connector_id": NOT_INSTALLED}, REFUSED),
        ({"source_account_id": NO_ACCOUNT}, NOT_FOUND),
        ({"destination_account_id": NO_ACCOUNT}, NOT_FOUND),
        ({"amount": -1}, INTERNAL),
    ],
    ids=str,
)
async def test_what_is_refused_leaves_nothing(
    client: PaymentsClient, connectors: dict[str, str], changes: dict[str, Any], refusal: Refusal
) -> None:
    request = await transfer(client, connectors["STRIPE"], **changes)
    before = await listed(client)
    assert await refused(client.transfer_initiations.create_transfer_initiation, request) == refusal
    assert await listed(client) == before


@both_duplicates
async def test_a_reference_is_used_once_per_connector(
    client: PaymentsClient, connectors: dict[str, str], duplicate: Refusal
) -> None:
    create = client.transfer_initiations.create_transfer_initiation
    request = await transfer(client, connectors["STRIPE"])
    created = await create(request)
    assert await refused(create, attrs.evolve(request, amount=7)) == duplicate
    assert (await client.transfer_initiations.get_transfer_initiation(created.id)).amount == 1000
    assert (await create(attrs.evolve(request, connector_id=connectors["WISE"]))).id != created.id


MOVERS = ["BANKING-CIRCLE", "CURRENCY-CLOUD", "MANGOPAY", "MODULR", "MONEYCORP", "STRIPE", "WISE"]
TRANSFER, PAYOUT = TransferInitiationType.TRANSFER, TransferInitiationType.PAYOUT


@pytest.mark.parametrize(
    ("provider", "kind"), [*[(each, TRANSFER) for each in MOVERS], *[(each, PAYOUT) for each in [*MOVERS, "ATLAR"]]]
)
@pytest.mark.parametrize("at_once", [False, True])
async def test_a_validated_transfer_is_carried_out(
    client: PaymentsClient, connectors: dict[str, str], provider: str, kind: TransferInitiationType, at_once: bool
) -> None:
    request = await transfer(client, connectors[provider], type=kind, validated=at_once)
    created = await client.transfer_initiations.create_transfer_initiation(request)
    if at_once:
        assert created.status is TransferInitiationStatus.VALIDATED
        assert await states(client, created.id) == DONE
    else:
        await client.transfer_initiations.update_transfer_initiation_status(created.id, "VALIDATED")
        assert await states(client, created.id) == WAITING + DONE
    found = await client.transfer_initiations.get_transfer_initiation(created.id)
    (payment,) = found.related_payments
    assert (payment.status, payment.error) == (TransferInitiationStatus.PROCESSED, "")
    assert list(found.metadata) == ["transfer_id"] * (provider == "STRIPE")
    # The payment has not been gathered from the provider yet.
    assert await refused(client.payments.get_payment, payment.payment_id) == NOT_FOUND


@pytest.mark.parametrize(
    ("provider", "changes", "refusal"),
    [
        *[(each, {}, INTERNAL) for each in ("ADYEN", "DUMMY-PAY", "GENERIC", "ATLAR")],
        ("GENERIC", {"type": PAYOUT}, INTERNAL),
        *[("STRIPE", {"asset": each}, REFUSED) for each in ("EUR", "EUR/3", "JPY", "DOGE/8")],
        ("CURRENCY-CLOUD", {"asset": "HUF/2"}, REFUSED),
        ("MONEYCORP", {"asset": "KWD/2"}, REFUSED),
    ],
    ids=str,
)
@pytest.mark.parametrize("at_once", [False, True])
async def test_a_provider_that_refuses_leaves_a_validated_transfer(
    client: PaymentsClient,
    connectors: dict[str, str],
    *,
    provider: str,
    changes: dict[str, Any],
    refusal: Refusal,
    at_once: bool,
) -> None:
    api = client.transfer_initiations
    request = await transfer(client, connectors[provider], validated=at_once, **changes)
    transfer_id = str(AccountID(ConnectorID.parse(connectors[provider]), request.reference))
    if at_once:
        assert await refused(api.create_transfer_initiation, request) == refusal
        assert await refused(api.create_transfer_initiation, request) == DUPLICATE
    else:
        await api.create_transfer_initiation(request)
        assert await refused(api.update_transfer_initiation_status, transfer_id, "VALIDATED") == refusal
        assert await refused(api.update_transfer_initiation_status, transfer_id, "VALIDATED") == REFUSED
    assert await states(client, transfer_id) == [*([] if at_once else WAITING), "VALIDATED"]


SETTABLE = {*TransferInitiationStatus} - {*WAITING, "VALIDATED", "PROCESSING", "PROCESSED", "FAILED"}


@pytest.mark.parametrize("status", sorted(SETTABLE))
async def test_states_that_may_be_set(client: PaymentsClient, connectors: dict[str, str], status: str) -> None:
    api, transfer_id = client.transfer_initiations, await made(client, connectors["STRIPE"])
    await api.update_transfer_initiation_status(transfer_id, status)
    assert await states(client, transfer_id) == [*WAITING, status]
    assert await refused(api.update_transfer_initiation_status, transfer_id, "VALIDATED") == REFUSED
    assert await refused(api.delete_transfer_initiation, transfer_id) == REFUSED
    assert await refused(api.retry_transfer_initiation, transfer_id) == REFUSED


@pytest.mark.parametrize("status", ["", *WAITING, "PROCESSING", "PROCESSED", "FAILED", "validated", "NEW"])
async def test_states_that_may_not_be_set(client: PaymentsClient, connectors: dict[str, str], status: str) -> None:
    api, transfer_id = client.transfer_initiations, await made(client, connectors["STRIPE"])
    assert await refused(api.update_transfer_initiation_status, transfer_id, status) == REFUSED
    # The state is looked at before the id.
    assert await refused(api.update_transfer_initiation_status, "!", status) == REFUSED
    assert await states(client, transfer_id) == WAITING


@pytest.mark.parametrize(("transfer_id", "refusal"), [("!", INVALID_ID), (NO_TRANSFER, NOT_FOUND)], ids=str)
async def test_transfers_that_are_not_there(client: PaymentsClient, transfer_id: str, refusal: Refusal) -> None:
    api = client.transfer_initiations
    assert await refused(api.get_transfer_initiation, transfer_id) == refusal
    assert await refused(api.delete_transfer_initiation, transfer_id) == refusal
    assert await refused(api.update_transfer_initiation_status, transfer_id, "VALIDATED") == refusal
    assert await refused(api.retry_transfer_initiation, transfer_id) == refusal
    assert await refused(api.reverse_transfer_initiation, transfer_id, reversal()) == refusal


@pytest.mark.parametrize(
    ("path", "body"),
    [
        *[("", each) for each in (None, {"amount": "1"}, {"validated": "true"}, {"scheduledAt": "soon"})],
        *[("/x/status", each) for each in (None, {"status": 5})],
        *[("/x/reverse", each) for each in (None, {"amount": 1.5}, {"metadata": {"k": 1}})],
    ],
)
async def test_bodies_that_are_refused(client: PaymentsClient, path: str, body: Any) -> None:
    assert await refused(client.request, "POST", f"/transfer-initiations{path}", body=body) == BAD_BODY


@pytest.mark.parametrize("member", ["reference", "type", "amount", "asset", "connectorID", "destinationAccountID"])
async def test_members_that_are_needed(client: PaymentsClient, connectors: dict[str, str], member: str) -> None:
    request = await transfer(client, connectors["STRIPE"])
    body = {"reference": "r", "type": "TRANSFER", "amount": 1, "asset": "EUR/2", "connectorID": request.connector_id}
    body["destinationAccountID"] = request.destination_account_id
    del body[member]
    assert await refused(client.request, "POST", "/transfer-initiations", body=body) == REFUSED


async def test_a_waiting_transfer_can_be_deleted(client: PaymentsClient, connectors: dict[str, str]) -> None:
    api, before = client.transfer_initiations, await listed(client)
    transfer_id = await made(client, connectors["STRIPE"])
    await api.delete_transfer_initiation(transfer_id)
    assert await refused(api.get_transfer_initiation, transfer_id) == NOT_FOUND
    assert await refused(api.delete_transfer_initiation, transfer_id) == NOT_FOUND
    assert await listed(client) == before
    done = await made(client, connectors["STRIPE"], validated=True)
    assert await refused(api.delete_transfer_initiation, done) == REFUSED
    assert await states(client, done) == DONE


async def test_a_failed_transfer_can_be_retried(
    sandbox: Sandbox, client: PaymentsClient, connectors: dict[str, str]
) -> None:
    api, transfer_id = client.transfer_initiations, await made(client, connectors["WISE"], validated=True)
    assert await refused(api.retry_transfer_initiation, transfer_id) == REFUSED
    sandbox.fail_transfer(transfer_id, "insufficient funds")
    failed = await api.get_transfer_initiation(transfer_id)
    assert (failed.status, failed.error) == (TransferInitiationStatus.FAILED, "insufficient funds")
    assert [(each.status, each.error) for each in failed.related_payments] == [("FAILED", "insufficient funds")]
    await api.retry_transfer_initiation(transfer_id)
    assert await states(client, transfer_id) == [*DONE, "FAILED", "ASK_RETRIED", "PROCESSING", "PROCESSED"]
    found = await api.get_transfer_initiation(transfer_id)
    assert (found.status, found.error) == (TransferInitiationStatus.PROCESSED, "")
    assert [each.status for each in found.related_payments] == ["PROCESSED", "FAILED"]
    assert await refused(api.retry_transfer_initiation, transfer_id) == REFUSED


@pytest.mark.parametrize(
    ("provider", "asset", "refusal"), [("ADYEN", "EUR/2", INTERNAL), ("STRIPE", "EUR", REFUSED)], ids=str
)
async def test_a_retry_that_the_provider_refuses_stays_asked_for(
    sandbox: Sandbox, client: PaymentsClient, connectors: dict[str, str], *, provider: str, asset: str, refusal: Refusal
) -> None:
    api, transfer_id = client.transfer_initiations, await made(client, connectors[provider], asset=asset)
    sandbox.fail_transfer(transfer_id)
    assert await refused(api.retry_transfer_initiation, transfer_id) == refusal
    assert await states(client, transfer_id) == [*WAITING, "FAILED", "ASK_RETRIED"]
    assert await refused(api.retry_transfer_initiation, transfer_id) == REFUSED


@both_duplicates
async def test_part_of_a_transfer_is_taken_back_once(
    client: PaymentsClient, connectors: dict[str, str], duplicate: Refusal
) -> None:
    api, transfer_id = client.transfer_initiations, await made(client, connectors["STRIPE"], validated=True)
    await api.reverse_transfer_initiation(transfer_id, reversal(description="too much", metadata={"why": "error"}))
    found = await api.get_transfer_initiation(transfer_id)
    assert (found.amount, found.initial_amount, found.status) == (600, 1000, "PARTIALLY_REVERSED")
    assert [each.metadata for each in found.related_adjustments[:3]] == [{"why": "error"}, {"why": "error"}, {}]
    assert await states(client, transfer_id) == [*DONE, "ASK_REVERSED", "PARTIALLY_REVERSED"]
    assert await refused(api.reverse_transfer_initiation, transfer_id, reversal()) == duplicate
    assert await refused(api.reverse_transfer_initiation, transfer_id, reversal(amount=601)) == REFUSED
    # Another one is accepted, and fails on its way.
    await api.reverse_transfer_initiation(transfer_id, reversal(reference="reversal-2", amount=600))
    found = await api.get_transfer_initiation(transfer_id)
    assert (found.amount, found.status) == (600, TransferInitiationStatus.REVERSE_FAILED)
    assert "duplicate key" in found.error


@pytest.mark.parametrize(("amount", "status"), [(1000, "REVERSED"), (-5, "PARTIALLY_REVERSED")])
async def test_a_transfer_is_taken_back_whole_and_even_less_than_nothing(
    client: PaymentsClient, connectors: dict[str, str], amount: int, status: str
) -> None:
    api, transfer_id = client.transfer_initiations, await made(client, connectors["STRIPE"], validated=True)
    await api.reverse_transfer_initiation(transfer_id, reversal(amount=amount))
    found = await api.get_transfer_initiation(transfer_id)
    assert (found.amount, found.initial_amount, found.status) == (1000 - amount, 1000, status)


NO_REVERSAL: list[dict[str, Any]] = [{"reference": ""}, {"asset": ""}, {"amount": 1001}]


@pytest.mark.parametrize(
    ("provider", "made_with", "asked", "refusal", "left"),
    [
        *[("STRIPE", {"validated": True}, each, REFUSED, DONE) for each in NO_REVERSAL],
        ("STRIPE", {"validated": True, "type": PAYOUT}, {}, REFUSED, DONE),
        ("STRIPE", {}, {}, REFUSED, WAITING),
        ("STRIPE", {"validated": True}, {"asset": "EUR"}, REFUSED, [*DONE, "ASK_REVERSED"]),
        ("WISE", {"validated": True}, {}, INTERNAL, [*DONE, "ASK_REVERSED"]),
    ],
    ids=str,
)
async def test_reversals_that_are_refused(
    client: PaymentsClient,
    connectors: dict[str, str],
    *,
    provider: str,
    made_with: dict[str, Any],
    asked: dict[str, Any],
    refusal: Refusal,
    left: list[str],
) -> None:
    api, transfer_id = client.transfer_initiations, await made(client, connectors[provider], **made_with)
    assert await refused(api.reverse_transfer_initiation, transfer_id, reversal(**asked)) == refusal
    assert await states(client, transfer_id) == left


async def test_a_payout_goes_to_an_external_account_of_any_kind(
    client: PaymentsClient, connectors: dict[str, str]
) -> None:
    request = await transfer(client, connectors["WISE"], type=PAYOUT)
    theirs = account(connectors["STRIPE"], type=AccountType.EXTERNAL_FORMANCE)
    request.destination_account_id = (await client.accounts.create_account(theirs)).id
    created = await client.transfer_initiations.create_transfer_initiation(request)
    assert created.destination_account_id == request.destination_account_id
    wrong = attrs.evolve(request, reference="wrong", type=TRANSFER)
    assert await refused(client.transfer_initiations.create_transfer_initiation, wrong) == REFUSED
