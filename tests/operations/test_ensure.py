"""`ensure_*` settles what a lost write left open: created once, found again, or refused where it differs."""

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import attrs
import pytest

from payments_async import (
    APIError,
    ConflictError,
    NotFoundError,
    Outcome,
    OutcomeUnknownError,
    PaymentsClient,
    ProtocolError,
    RetryPolicy,
    ServerError,
    ValidationError,
)
from payments_async.models import (
    AccountRequest,
    AccountType,
    PaymentRequest,
    PaymentScheme,
    PaymentStatus,
    PaymentType,
    TransferInitiationRequest,
    TransferInitiationType,
)
from payments_async.operations.ids import referenced_id
from payments_async.sandbox import Fault, FaultKind, Sandbox
from payments_async.wire.call import Request, Response, Send
from tests.drain.lists import JSON, connected
from tests.drain.lists import payment as wire_payment

CREATED = datetime(2024, 5, 6, 7, 8, 9, 123456, tzinfo=UTC)

Ensure = Callable[[PaymentsClient, Any], Awaitable[Any]]


@pytest.fixture
async def connector_id(client: PaymentsClient) -> str:
    installed = await client.connectors.list_all_connectors()
    return next(each.connector_id for each in installed if each.provider == "STRIPE")


@pytest.fixture
async def account_ids(client: PaymentsClient) -> list[str]:
    page = await client.accounts.list_accounts(page_size=2).first()
    return [account.id for account in page.data]


def payment(connector_id: str) -> PaymentRequest:
    return PaymentRequest(
        reference="ensured-1",
        connector_id=connector_id,
        created_at=CREATED,
        amount=10**30,
        type=PaymentType.PAY_IN,
        status=PaymentStatus.SUCCEEDED,
        scheme=PaymentScheme.VISA,
        asset="USD/2",
    )


def account(connector_id: str) -> AccountRequest:
    return AccountRequest(
        reference="ensured \x1f\\u001f é/<&>",
        connector_id=connector_id,
        created_at=CREATED,
        type=AccountType.EXTERNAL_FORMANCE,
        account_name="Till",
    )


def transfer(connector_id: str, account_ids: list[str]) -> TransferInitiationRequest:
    return TransferInitiationRequest(
        reference="ensured-1",
        connector_id=connector_id,
        source_account_id=account_ids[0],
        destination_account_id=account_ids[1],
        type=TransferInitiationType.TRANSFER,
        amount=1_000,
        asset="USD/2",
        metadata={"order": "1"},
    )


def ensure_payment(client: PaymentsClient, request: PaymentRequest) -> Awaitable[Any]:
    return client.payments.ensure_payment(request)


def ensure_account(client: PaymentsClient, request: AccountRequest) -> Awaitable[Any]:
    return client.accounts.ensure_account(request)


def ensure_transfer(client: PaymentsClient, request: TransferInitiationRequest) -> Awaitable[Any]:
    return client.transfer_initiations.ensure_transfer_initiation(request)


@pytest.fixture(params=["payment", "account", "transfer"])
def case(
    request: pytest.FixtureRequest, connector_id: str, account_ids: list[str]
) -> tuple[Ensure, Any, str, dict[str, Any]]:
    """How to ensure, what, the route of its create, and changes that make it another."""
    match request.param:
        case "payment":
            changes = {"amount": 5, "status": PaymentStatus.FAILED, "asset": "EUR/2"}
            return ensure_payment, payment(connector_id), "/payments", changes
        case "account":
            changes = {
                "account_name": "Vault",
                "default_asset": "EUR/2",
                "created_at": datetime(2020, 1, 1, tzinfo=UTC),
            }
            return ensure_account, account(connector_id), "/accounts", changes
        case _:
            changes = {"amount": 5, "asset": "EUR/2", "description": "other", "metadata": {"order": "2"}}
            return ensure_transfer, transfer(connector_id, account_ids), "/transfer-initiations", changes


Case = tuple[Ensure, Any, str, dict[str, Any]]


async def test_creates_once_and_finds_again(sandbox: Sandbox, client: PaymentsClient, case: Case) -> None:
    ensure, request, route, _ = case
    first = await ensure(client, request)
    assert await ensure(client, request) == first
    assert first.reference == request.reference
    assert sandbox.processed["POST", route] == 1


async def test_refuses_what_is_there_and_differs(sandbox: Sandbox, client: PaymentsClient, case: Case) -> None:
    ensure, request, route, changes = case
    stored = await ensure(client, request)
    for name, value in changes.items():
        with pytest.raises(ConflictError, match=name) as refused:
            await ensure(client, attrs.evolve(request, **{name: value}))
        assert refused.value.fields == (name,)
        assert refused.value.operation is not None
        assert refused.value.operation.startswith("ensure_")
    assert await ensure(client, request) == stored
    assert sandbox.processed["POST", route] == 1


@pytest.mark.parametrize(
    "kind",
    [
        FaultKind.RESET_AFTER,
        FaultKind.STATUS_AFTER,
        FaultKind.WRONG_SHAPE,
        FaultKind.WRONG_TYPE,
        FaultKind.RESET_IN_BODY,
    ],
)
async def test_a_lost_answer_is_looked_up(
    sandbox: Sandbox, client: PaymentsClient, case: Case, kind: FaultKind
) -> None:
    ensure, request, route, _ = case
    sandbox.faults.append(Fault(kind=kind, method="POST", route=route, status=500))
    assert (await ensure(client, request)).reference == request.reference
    assert sandbox.processed["POST", route] == 1


@pytest.mark.parametrize(("kind", "error"), [(FaultKind.RESET, OutcomeUnknownError), (FaultKind.STATUS, ServerError)])
async def test_what_did_not_happen_is_said_and_can_be_tried_again(
    sandbox: Sandbox, client: PaymentsClient, case: Case, kind: FaultKind, error: type[Exception]
) -> None:
    ensure, request, route, _ = case
    sandbox.faults.append(Fault(kind=kind, method="POST", route=route))
    with pytest.raises(error):
        await ensure(client, request)
    sandbox.faults.clear()
    assert (await ensure(client, request)).reference == request.reference
    assert sandbox.processed["POST", route] == 1


async def test_a_failing_look_creates_nothing(sandbox: Sandbox, client: PaymentsClient, case: Case) -> None:
    ensure, request, route, _ = case
    sandbox.faults.append(Fault(kind=FaultKind.STATUS, method="GET"))
    with pytest.raises(ServerError):
        await ensure(client.with_options(retry=RetryPolicy(attempts=1)), request)
    assert sandbox.processed["POST", route] == 0


async def test_a_payment_of_another_connector_is_not_overwritten(client: PaymentsClient, connector_id: str) -> None:
    installed = await client.connectors.list_all_connectors()
    other = next(each.connector_id for each in installed if each.connector_id != connector_id)
    await client.payments.create_payment(payment(other))
    with pytest.raises(ConflictError) as refused:
        await client.payments.ensure_payment(payment(connector_id))
    assert refused.value.fields == ("connector_id",)


@pytest.mark.parametrize("status", [404, 410])
async def test_absence_needs_the_word_of_the_api(
    sandbox: Sandbox, client: PaymentsClient, case: Case, status: int
) -> None:
    ensure, request, route, changes = case
    stored = await ensure(client, request)
    written = sandbox.processed["POST", route]
    # A gateway answers the look; what would follow is a write over what is there.
    sandbox.faults.append(Fault(kind=FaultKind.STATUS, method="GET", status=status, times=1))
    with pytest.raises(APIError) as failed:
        await ensure(client, attrs.evolve(request, **changes))
    assert (failed.value.status, failed.value.foreign) == (status, True)
    assert sandbox.processed["POST", route] == written
    assert await ensure(client, request) == stored


async def test_a_gateway_that_refuses_a_create_says_nothing_of_it(
    sandbox: Sandbox, client: PaymentsClient, case: Case
) -> None:
    ensure, request, route, _ = case
    sandbox.faults.append(Fault(kind=FaultKind.STATUS_AFTER, method="POST", route=route, status=413))
    assert (await ensure(client, request)).reference == request.reference
    assert sandbox.processed["POST", route] == 1


async def test_the_answer_to_another_call_is_not_taken_for_ones_own(
    client: PaymentsClient, sandbox: Sandbox, case: Case
) -> None:
    ensure, request, route, _ = case
    await ensure(client, attrs.evolve(request, reference="of-another"))

    def mistaken(send: Send) -> Send:
        """A cache that takes no notice of what is asked for: it answers with what was asked for first."""
        kept: list[Response] = []

        async def answer(sent: Request) -> Response:
            if sent.method != "GET":
                return await send(sent)
            kept.append(kept[0] if kept else await send(sent))
            return attrs.evolve(kept[-1], request=sent)

        return answer

    misled = client.with_options(layers=[mistaken])
    await ensure(misled, attrs.evolve(request, reference="of-another"))
    written = sandbox.processed["POST", route]
    with pytest.raises(ProtocolError, match="answered with another reference"):
        await ensure(misled, request)
    assert sandbox.processed["POST", route] == written


async def test_only_the_apis_code_says_that_there_is_nothing(client: PaymentsClient, case: Case) -> None:
    ensure, request, *_ = case

    def elsewhere(_: Send) -> Send:
        async def answer(sent: Request) -> Response:
            assert sent.method == "GET"
            return Response(request=sent, status=404, headers=JSON, body=b'{"errorCode":"ROUTE_NOT_FOUND"}')

        return answer

    with pytest.raises(NotFoundError):
        await ensure(client.with_options(layers=[elsewhere]), request)


@pytest.mark.parametrize("status", [401, 403, 429, 503])
async def test_a_version_that_is_not_given_now_is_no_conflict(status: int) -> None:
    server = Versioned(b"{}", status)
    async with connected(server) as client:
        with pytest.raises(APIError) as refused:
            await client.payments.ensure_payment(payment("c"))
        assert refused.value.status == status
    assert len(server.payments) == 1


async def test_an_empty_page_does_not_say_that_there_is_no_payment(
    sandbox: Sandbox, client: PaymentsClient, connector_id: str
) -> None:
    stored = await client.payments.ensure_payment(payment(connector_id))
    sandbox.faults.append(Fault(kind=FaultKind.EMPTY_PAGE, route="/payments"))
    assert await client.payments.ensure_payment(payment(connector_id)) == stored
    assert sandbox.processed["POST", "/payments"] == 1


class Versioned:
    """A server of some version that has one payment of the reference, on another connector, and takes others."""

    def __init__(self, version: bytes, status: int = 200) -> None:
        self.info = version
        self.status = status
        self.asked = 0
        self.payments = [wire_payment("ensured-1", connectorID="another")]

    async def __call__(self, sent: Request) -> Response:
        if sent.path == "/_info":
            self.asked += 1
            return Response(request=sent, status=self.status, headers=JSON, body=self.info)
        if sent.method == "POST":
            members = json.loads(sent.body or b"")
            self.payments.append({**wire_payment("ensured-1"), **members, "initialAmount": members["amount"]})
            body = {"data": self.payments[-1]}
        else:
            body = {"cursor": {"hasMore": False, "data": self.payments}}
        return Response(request=sent, status=200, headers=JSON, body=json.dumps(body).encode())


@pytest.mark.parametrize("version", ["v3.4.0", "3.0.0-rc.1", "v10.1.0"])
async def test_from_3_0_on_each_connector_has_payments_of_its_own(version: str) -> None:
    server = Versioned(json.dumps({"version": version}).encode())
    async with connected(server) as client:
        for number in range(2):
            request = attrs.evolve(payment("c"), type=(PaymentType.PAY_IN, PaymentType.PAYOUT)[number])
            assert (await client.payments.ensure_payment(request)).connector_id == "c"
    assert len(server.payments) == 3
    assert server.asked == 1


@pytest.mark.parametrize(
    "info", [b'{"version":"v2.0.9"}', b'{"version":"develop"}', b'{"version":""}', b"{}", b"not JSON"]
)
async def test_before_3_0_and_on_a_version_that_cannot_be_read_it_is_a_conflict(info: bytes) -> None:
    server = Versioned(info)
    async with connected(server) as client:
        with pytest.raises(ConflictError) as refused:
            await client.payments.ensure_payment(payment("c"))
        assert (refused.value.fields[0], refused.value.outcome) == ("connector_id", Outcome.NOT_SENT)
    assert len(server.payments) == 1


async def test_ensured_ids_are_the_servers(client: PaymentsClient, connector_id: str, account_ids: list[str]) -> None:
    asked = account(connector_id)
    assert (await client.accounts.ensure_account(asked)).id == referenced_id(connector_id, asked.reference)
    wanted = transfer(connector_id, account_ids)
    ensured = await client.transfer_initiations.ensure_transfer_initiation(wanted)
    assert ensured.id == referenced_id(connector_id, wanted.reference)


@pytest.mark.parametrize("connector_id", ["", "nonsense", "e30", "W10", "bnVsbA", "é"])
async def test_a_connector_id_that_is_none_is_refused(
    sandbox: Sandbox, client: PaymentsClient, connector_id: str
) -> None:
    requests = sandbox.requests.total()
    with pytest.raises(ValueError, match="connector_id"):
        await client.accounts.ensure_account(account(connector_id))
    assert sandbox.requests.total() == requests


async def test_a_refused_request_stays_refused(client: PaymentsClient, connector_id: str) -> None:
    with pytest.raises(ValidationError):
        await client.payments.ensure_payment(attrs.evolve(payment(connector_id), asset="USD"))
