"""What errors say and hide where failures meet, where an answer is not the API's, where the server echoes secrets."""

import asyncio
import json
from datetime import datetime
from enum import Enum
from zoneinfo import ZoneInfo

import aiohttp
import attrs
import pytest

from payments_async import (
    AuthenticationError,
    BearerToken,
    ClientCredentials,
    ConfigurationError,
    ConflictError,
    ConnectionFailedError,
    NotFoundError,
    Outcome,
    OutcomeUnknownError,
    PaymentsClient,
    PaymentsError,
    Request,
    Response,
    RetryPolicy,
    Send,
    ServerError,
    Timeout,
    TransportError,
)
from payments_async.models import (
    PaymentRequest,
    PaymentScheme,
    PaymentStatus,
    PaymentType,
    StripeConfig,
    TransferInitiationRequest,
    TransferInitiationType,
)
from payments_async.sandbox import Fault, FaultKind, Sandbox
from payments_async.wire.auth import authorizing
from payments_async.wire.errors import checking
from payments_async.wire.pipeline import stack
from payments_async.wire.retry import retrying

API = "https://api.example"


def request(method: str) -> Request:
    return Request(
        operation="delete_pool",
        method=method,
        path="/pools/{poolId}",
        url=f"{API}/pools/p",
        deadline=asyncio.get_running_loop().time() + 60,
        idempotent=method != "POST",
    )


class Script:
    """A `Send` that plays answers and errors one after the other."""

    def __init__(self, *steps: tuple[int, bytes] | PaymentsError) -> None:
        self.steps = list(steps)

    async def __call__(self, request: Request) -> Response:
        step = self.steps.pop(0)
        if isinstance(step, PaymentsError):
            raise step
        return Response(request=request, status=step[0], headers={}, body=step[1])

    def tried(self, attempts: int = 4) -> Send:
        return stack(self, [retrying(RetryPolicy(attempts=attempts, base=0)), checking])


def lost() -> PaymentsError:
    return ConnectionFailedError("lost", outcome=Outcome.UNKNOWN)


def refused() -> PaymentsError:
    return ConnectionFailedError("no connection; nothing was sent", outcome=Outcome.NOT_SENT)


async def test_the_apis_404_after_a_lost_delete_is_success() -> None:
    assert (await Script(lost(), (404, b'{"errorCode": "NOT_FOUND"}')).tried()(request("DELETE"))).status == 204


@pytest.mark.parametrize("body", [b"", b"404 page not found\n", b"{}"])
async def test_a_gateways_404_after_a_lost_delete_leaves_it_open(body: bytes) -> None:
    with pytest.raises(OutcomeUnknownError) as failed:
        await Script(lost(), (404, body)).tried()(request("DELETE"))
    assert isinstance(failed.value.__cause__, NotFoundError)


async def test_refused_credentials_after_a_lost_write_leave_it_open() -> None:
    with pytest.raises(OutcomeUnknownError):
        await Script(lost(), AuthenticationError("refused", status=400)).tried()(request("DELETE"))


async def test_the_words_go_with_the_outcome() -> None:
    with pytest.raises(OutcomeUnknownError, match="earlier attempt may have arrived; the last one: no connection"):
        await Script(lost(), refused()).tried(attempts=2)(request("DELETE"))
    with pytest.raises(ConnectionFailedError, match="earlier attempt may have arrived") as failed:
        await Script(lost(), refused()).tried(attempts=2)(request("GET"))
    assert failed.value.outcome is Outcome.UNKNOWN


class Own:
    """A token source that raises."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def acquire(self) -> str:
        raise self.error

    def invalidate(self, token: str) -> None:
        raise AssertionError(token)


@pytest.mark.parametrize(
    "error",
    [
        OSError("canary"),
        TimeoutError(),
        aiohttp.ClientError("canary"),
        OutcomeUnknownError("x"),
        ServerError("x", status=500),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_whatever_a_token_source_raises_nothing_was_sent(error: Exception) -> None:
    with pytest.raises(TransportError, match="no token") as failed:
        await authorizing(Own(error), API)(Script())(request("POST"))
    assert failed.value.outcome is Outcome.NOT_SENT
    assert failed.value.operation == "delete_pool"
    assert "canary" not in str(failed.value)


async def test_no_layer_outside_sees_the_token_and_no_error_echoes_it() -> None:
    echo = json.dumps({"errorMessage": "token opaque-canary is not known"}).encode()
    seen: list[Response] = []

    def spying(send: Send) -> Send:
        async def send_spied(request: Request) -> Response:
            seen.append(await send(request))
            return seen[-1]

        return send_spied

    send = stack(Script((403, echo)), [checking, spying, authorizing(BearerToken("opaque-canary"), API)])
    with pytest.raises(PaymentsError, match=r"token \[redacted\] is not known"):
        await send(request("GET"))
    assert "Authorization" not in seen[0].request.headers


async def test_an_echoed_secret_of_a_configuration_is_cut_out() -> None:
    from payments_async.wire.call import Call
    from payments_async.wire.codec import encode, nothing

    call = Call("install_connector", "POST", "/c", nothing, body=StripeConfig(name="n", api_key="sk canary"))
    asked = encode(call, base=API, headers={}, deadline=0.0)
    echo = json.dumps({"errorCode": "INTERNAL", "errorMessage": "key sk canary of de89370400440532013000"}).encode()

    async def send(request: Request) -> Response:
        return Response(request=request, status=500, headers={}, body=echo)

    with pytest.raises(ServerError, match=r"key \[redacted\] of \[redacted\]"):
        await checking(send)(asked)
    assert "canary" not in repr(asked)


async def test_a_failing_read_back_does_not_say_that_nothing_was_sent(sandbox: Sandbox, client: PaymentsClient) -> None:
    wanted = await payment(client)
    sandbox.faults.append(Fault(kind=FaultKind.STATUS, method="GET", status=429, retry_after="0", route="/payments"))

    def later(send: Send) -> Send:
        async def send_later(request: Request) -> Response:
            # The first look finds nothing; what fails is the one after the create.
            if request.operation == "create_payment":
                return await send(request)
            if sandbox.processed["POST", "/payments"] == 0:
                faults, sandbox.faults[:] = list(sandbox.faults), []
                try:
                    return await send(request)
                finally:
                    sandbox.faults[:] = faults
            return await send(request)

        return send_later

    auth = ClientCredentials(sandbox.client_id, sandbox.client_secret)
    async with PaymentsClient(sandbox.url, auth=auth, layers=[later], retry=RetryPolicy(attempts=1)) as unlucky:
        with pytest.raises(OutcomeUnknownError) as failed:
            await unlucky.payments.ensure_payment(wanted)
    assert (failed.value.operation, failed.value.reference) == ("ensure_payment", "said")
    assert sandbox.processed["POST", "/payments"] == 1
    sandbox.faults.clear()
    assert (await client.payments.ensure_payment(wanted)).reference == "said"


async def payment(client: PaymentsClient) -> PaymentRequest:
    connector_id = (await client.connectors.list_all_connectors())[0].connector_id
    return PaymentRequest(
        reference="said",
        connector_id=connector_id,
        # An hour that comes twice.
        created_at=datetime(2024, 10, 27, 2, 30, tzinfo=ZoneInfo("Europe/Paris")),
        amount=1,
        type=PaymentType.PAY_IN,
        status=PaymentStatus.SUCCEEDED,
        scheme=PaymentScheme.OTHER,
        asset="EUR/2",
    )


async def test_times_are_compared_as_instants(client: PaymentsClient) -> None:
    wanted = await payment(client)
    stored = await client.payments.ensure_payment(wanted)
    assert await client.payments.ensure_payment(wanted) == stored
    with pytest.raises(ConflictError, match="created_at"):
        await client.payments.ensure_payment(attrs.evolve(wanted, created_at=wanted.created_at.replace(fold=1)))


async def test_a_provider_that_refuses_a_validated_transfer_is_heard(client: PaymentsClient) -> None:
    installed = await client.connectors.list_all_connectors()
    connector_id = next(each.connector_id for each in installed if each.provider == "ADYEN")
    accounts = (await client.accounts.list_accounts(page_size=2).first()).data
    wanted = TransferInitiationRequest(
        reference="said",
        connector_id=connector_id,
        source_account_id=accounts[0].id,
        destination_account_id=accounts[1].id,
        type=TransferInitiationType.TRANSFER,
        amount=1,
        asset="EUR/2",
        validated=True,
    )
    with pytest.raises(ServerError):
        await client.transfer_initiations.ensure_transfer_initiation(wanted)


class Currency(str, Enum):  # noqa: UP042  # an application's own, of the older kind
    EURO = "EUR/2"


async def test_members_of_any_enum_of_texts_go_out_as_their_texts(client: PaymentsClient) -> None:
    balances = client.accounts.get_account_balances
    async for account in client.accounts.list_accounts(page_size=100):
        by_text = await balances(account.id, asset="EUR/2").first()
        if by_text.data:
            assert (await balances(account.id, asset=Currency.EURO).first()).data == by_text.data
            return
    pytest.fail("the sandbox has balances in euro")


async def test_a_session_that_does_not_decompress_is_told_to(sandbox: Sandbox) -> None:
    async with aiohttp.ClientSession(auto_decompress=False) as session:
        auth = ClientCredentials(sandbox.client_id, sandbox.client_secret)
        async with PaymentsClient(sandbox.url, auth=auth, session=session) as client:
            sandbox.faults.append(Fault(kind=FaultKind.GZIP_BOMB))
            with pytest.raises(PaymentsError, match="larger than"):
                await client.with_options(retry=RetryPolicy(attempts=1)).payments.list_payments().first()


def test_a_session_of_another_loop_is_refused_at_once() -> None:
    async def opened() -> aiohttp.ClientSession:
        return aiohttp.ClientSession()

    async def call(session: aiohttp.ClientSession) -> None:
        await PaymentsClient("http://127.0.0.1:9", session=session).server.get_server_info()

    with asyncio.Runner() as one, asyncio.Runner() as other:
        session = one.run(opened())
        with pytest.raises(ConfigurationError, match="get_server_info: the client belongs to another event loop"):
            other.run(call(session))
        one.run(session.close())


async def test_a_relative_token_url_keeps_the_path_of_the_stack() -> None:
    client = PaymentsClient("https://acme.example.com/stack", auth=ClientCredentials("i", "s"))
    assert client._source.token_url == "https://acme.example.com/stack/api/auth/oauth/token"  # type: ignore[union-attr]


@pytest.mark.parametrize("limits", [{"total": None}, {"connect": None}, {"total": "5"}, {"attempt": 0}])
def test_a_limit_that_is_none_is_refused(limits: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="Timeout"):
        Timeout(**limits)
