"""A sandbox and a client for each test, requests to try the operations with, and how refusals are told."""

from collections.abc import AsyncIterator, Awaitable
from datetime import UTC, datetime
from typing import Any, NamedTuple

import attrs
import pytest

from payments_async import (
    APIError,
    ClientCredentials,
    ConflictError,
    NotFoundError,
    Pages,
    PaymentsClient,
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
from payments_async.sandbox import Sandbox
from payments_async.sandbox.ids import AccountID, ConnectorID, PaymentID

AT = datetime(2024, 5, 6, 7, 8, 9, 123456, tzinfo=UTC)

NOT_INSTALLED = str(ConnectorID("STRIPE"))
NO_ACCOUNT = NO_TRANSFER = str(AccountID(ConnectorID("STRIPE"), "nobody"))
NO_PAYMENT = str(PaymentID(ConnectorID("STRIPE"), "nothing", "PAY-IN"))


class Refusal(NamedTuple):
    """How the server refuses a call, as the client tells it."""

    error: type[APIError]
    status: int
    code: str | None

    def __str__(self) -> str:
        return f"{self.status} {self.code}"


BAD_BODY = Refusal(ValidationError, 400, "MISSING_OR_INVALID_BODY")
CONFLICT = Refusal(ConflictError, 400, "CONFLICT")
DUPLICATE = Refusal(ConflictError, 500, "INTERNAL")
INTERNAL = Refusal(ServerError, 500, "INTERNAL")
INVALID_ID = Refusal(ValidationError, 400, "INVALID_ID")
NOT_FOUND = Refusal(NotFoundError, 404, "NOT_FOUND")
NO_ROUTE = Refusal(NotFoundError, 404, None)
REFUSED = Refusal(ValidationError, 400, "VALIDATION")

both_duplicates = pytest.mark.parametrize(
    ("sandbox", "duplicate"),
    [({"conflict_as_400": False}, DUPLICATE), ({"conflict_as_400": True}, CONFLICT)],
    indirect=["sandbox"],
    ids=str,
)


@pytest.fixture
async def sandbox(request: pytest.FixtureRequest) -> AsyncIterator[Sandbox]:
    """A small sandbox; a test that needs another one gives its options as the fixture's parameter."""
    options: dict[str, Any] = getattr(request, "param", {})
    rows: dict[str, Any] = {"awkward": True} | ({} if "payments" in options else {"payments": 30, "accounts": 25})
    async with Sandbox(**rows, **options) as running:
        yield running


@pytest.fixture
async def client(sandbox: Sandbox) -> AsyncIterator[PaymentsClient]:
    """A client of `sandbox` that repeats what it repeats without a pause."""
    auth = ClientCredentials(sandbox.client_id, sandbox.client_secret)
    async with PaymentsClient(sandbox.url, auth=auth, retry=RetryPolicy(base=0)) as connected:
        yield connected


@pytest.fixture
async def connectors(client: PaymentsClient) -> dict[str, str]:
    """Ids of the connectors by provider."""
    return {each.provider: each.connector_id for each in await client.connectors.list_all_connectors()}


async def answer(called: Awaitable[Any] | Pages[Any]) -> Any:
    """What a call gives; of a list, the first page."""
    return await (called.first() if isinstance(called, Pages) else called)


async def refused(operation: Any, *args: Any, **kwargs: Any) -> Refusal:
    """How the server refuses a call of an operation."""
    with pytest.raises(APIError) as raised:
        await answer(operation(*args, **kwargs))
    error = raised.value
    assert error.operation == operation.__name__
    return Refusal(type(error), error.status, error.error_code)


def payment(connector_id: str, /, **changes: Any) -> PaymentRequest:
    """A payment that can be recorded."""
    request = PaymentRequest(
        reference="payment-1",
        connector_id=connector_id,
        created_at=AT,
        amount=1050,
        type=PaymentType.PAY_IN,
        status=PaymentStatus.SUCCEEDED,
        scheme=PaymentScheme.VISA,
        asset="USD/2",
    )
    return attrs.evolve(request, **changes)


def account(connector_id: str, /, **changes: Any) -> AccountRequest:
    """An account that can be recorded."""
    request = AccountRequest(
        reference="account-1",
        connector_id=connector_id,
        created_at=AT,
        type=AccountType.INTERNAL,
        account_name="Café <Zürich> & Söhne",
    )
    return attrs.evolve(request, **changes)


async def transfer(client: PaymentsClient, connector_id: str, /, **changes: Any) -> TransferInitiationRequest:
    """A transfer that can be made, between two new accounts; a payout, if asked for, goes to an external one."""
    outside = changes.get("type") == TransferInitiationType.PAYOUT
    kind = AccountType.EXTERNAL if outside else AccountType.INTERNAL
    source = await client.accounts.create_account(account(connector_id, reference="source"))
    destination = await client.accounts.create_account(account(connector_id, reference="destination", type=kind))
    request = TransferInitiationRequest(
        reference="transfer-1",
        source_account_id=source.id,
        destination_account_id=destination.id,
        connector_id=connector_id,
        type=TransferInitiationType.TRANSFER,
        amount=1000,
        asset="EUR/2",
    )
    return attrs.evolve(request, **changes)
