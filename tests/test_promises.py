"""What goes wrong in other clients, one test each, named after what this one promises instead.

On real sockets, counting what goes over the wire.
"""

import asyncio
import logging
import pickle
import subprocess
import sys
import threading
import tomllib
import traceback
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import web
from aioresponses import aioresponses

from payments_async import (
    AuthenticationError,
    BearerToken,
    ClientCredentials,
    ConfigurationError,
    DeadlineExceededError,
    NotFoundError,
    OutcomeUnknownError,
    PaymentsClient,
    PaymentsError,
    ProtocolError,
    RateLimitedError,
    RetryPolicy,
    ServerError,
    Timeout,
    ValidationError,
)
from payments_async.models import (
    BankAccountRequest,
    PaymentRequest,
    PaymentScheme,
    PaymentStatus,
    PaymentType,
    StripeConfig,
    TaskStripe,
)
from payments_async.sandbox import Fault, FaultKind, Sandbox

TOKEN_ROUTE = "/api/auth/oauth/token"
QUICK = RetryPolicy(base=0)


def connected(sandbox: Sandbox, retry: RetryPolicy = QUICK, timeout: Timeout | None = None) -> PaymentsClient:
    auth = ClientCredentials(sandbox.client_id, sandbox.client_secret)
    return PaymentsClient(sandbox.url, auth=auth, retry=retry, timeout=timeout or Timeout())


@pytest.fixture
async def client(sandbox: Sandbox) -> AsyncIterator[PaymentsClient]:
    async with connected(sandbox) as connection:
        yield connection


async def payment(client: PaymentsClient, reference: str) -> PaymentRequest:
    installed = await client.connectors.list_all_connectors()
    return PaymentRequest(
        reference=reference,
        connector_id=installed[0].connector_id,
        created_at=datetime(2024, 1, 1, tzinfo=UTC),
        amount=100,
        type=PaymentType.PAY_IN,
        status=PaymentStatus.SUCCEEDED,
        scheme=PaymentScheme.OTHER,
        asset="EUR/2",
    )


async def test_01_redirects_are_never_followed_and_no_token_leaves_its_origin(
    sandbox: Sandbox, client: PaymentsClient
) -> None:
    async with Sandbox(auth=False) as elsewhere:
        location = f"{elsewhere.url}/api/payments/payments?secret=1"
        sandbox.faults.append(Fault(kind=FaultKind.REDIRECT, location=location))
        with pytest.raises(ProtocolError, match=elsewhere.url) as refused:
            await client.payments.list_payments().first()
        assert "secret" not in str(refused.value)
        assert not elsewhere.requests


async def test_02_the_wire_sees_as_many_requests_as_the_policy_counts(sandbox: Sandbox, client: PaymentsClient) -> None:
    await client.payments.list_payments().first()  # a connection is kept alive now
    sandbox.faults.append(Fault(kind=FaultKind.RESET))
    with pytest.raises(PaymentsError):
        await client.payments.list_payments().first()
    assert sandbox.requests["GET", "/payments", 0] == QUICK.attempts


async def test_03_a_token_belongs_to_its_issuer() -> None:
    async with (
        Sandbox(client_id="same", client_secret="same") as one,
        Sandbox(client_id="same", client_secret="same") as other,
        connected(one) as first,
        connected(other) as second,
    ):
        for each in (first, second, first, second):
            await each.server.get_server_info()
        assert (one.tokens_issued, other.tokens_issued) == (1, 1)
        assert {status for _, _, status in one.requests + other.requests} == {200}


async def test_04_concurrent_first_calls_make_one_token_request_and_use_no_thread(sandbox: Sandbox) -> None:
    threads = threading.active_count()
    async with connected(sandbox) as client:
        await asyncio.gather(*(client.server.get_server_info() for _ in range(100)))
    assert sandbox.tokens_issued == 1
    assert threading.active_count() == threads


async def test_04_a_hung_token_endpoint_lasts_no_longer_than_the_call(sandbox: Sandbox) -> None:
    sandbox.faults.append(Fault(kind=FaultKind.DELAY, route=TOKEN_ROUTE, seconds=60))
    async with connected(sandbox, timeout=Timeout(total=0.05)) as client:
        with pytest.raises(DeadlineExceededError, match="token"):
            await client.server.get_server_info()


async def test_05_a_cancelled_leader_takes_nobody_with_it(sandbox: Sandbox) -> None:
    sandbox.faults.append(Fault(kind=FaultKind.DELAY, route=TOKEN_ROUTE, seconds=0.02))
    async with connected(sandbox) as client:
        leader, *others = (asyncio.create_task(client.server.get_server_info()) for _ in range(5))
        await asyncio.sleep(0)
        leader.cancel()
        assert len(await asyncio.gather(*others)) == 4
    assert leader.cancelled()
    assert sandbox.tokens_issued == 1


async def test_06_a_late_refusal_does_not_throw_away_a_fresh_token(sandbox: Sandbox, client: PaymentsClient) -> None:
    await client.server.get_server_info()
    sandbox.faults.append(Fault(kind=FaultKind.DELAY, seconds=0.03, times=1))
    late = asyncio.create_task(client.server.get_server_info())
    while sandbox.faults:  # noqa: ASYNC110  # until the late one is on its way with the first token
        await asyncio.sleep(0)
    sandbox.revoke_tokens()
    await client.server.get_server_info()
    assert sandbox.tokens_issued == 2
    await late
    await client.server.get_server_info()
    assert sandbox.tokens_issued == 2


async def test_07_any_secret_arrives_as_it_is_and_short_tokens_work() -> None:
    async with (
        Sandbox(client_secret="a+b%2Bc %&=é/", token_lifetime=59) as sandbox,
        connected(sandbox) as client,
    ):
        await client.server.get_server_info()
        await client.server.get_server_info()
        assert sandbox.tokens_issued == 1
        assert "a+b" not in repr(client) + repr(ClientCredentials("id", "a+b"))


async def test_08_an_empty_page_is_not_the_end(sandbox: Sandbox, client: PaymentsClient) -> None:
    sandbox.faults.append(Fault(kind=FaultKind.EMPTY_PAGE, times=1))
    assert len([each async for each in client.payments.list_payments(page_size=100)]) == 250


async def test_08_a_repeated_cursor_is_an_error_and_not_a_loop(sandbox: Sandbox, client: PaymentsClient) -> None:
    sandbox.faults.append(Fault(kind=FaultKind.REPEATED_CURSOR))
    pages = client.payments.list_payments(page_size=50).by_page()
    first = await anext(pages)
    with pytest.raises(ProtocolError) as failed:
        await anext(pages)
    assert failed.value.cursor == first.next


async def test_09_a_page_size_is_not_a_limit(client: PaymentsClient) -> None:
    assert len([each async for each in client.payments.list_payments(page_size=60)]) == 250


@pytest.mark.parametrize(
    ("fault", "sent", "error"),
    [
        (Fault(kind=FaultKind.RESET_AFTER), 1, OutcomeUnknownError),
        (Fault(kind=FaultKind.RESET), 1, OutcomeUnknownError),
        (Fault(kind=FaultKind.STATUS, status=500), 1, ServerError),
        (Fault(kind=FaultKind.STATUS, status=503), 1, ServerError),
        (Fault(kind=FaultKind.STATUS, status=429), QUICK.attempts, RateLimitedError),
    ],
    ids=["answer lost", "reset", "500", "503", "429"],
)
async def test_10_a_post_is_repeated_only_where_the_server_did_nothing(
    sandbox: Sandbox, client: PaymentsClient, fault: Fault, sent: int, error: type[PaymentsError]
) -> None:
    request = await payment(client, "promised")
    sandbox.faults.append(fault)
    with pytest.raises(error):
        await client.payments.create_payment(request)
    assert sum(count for (method, _, _), count in sandbox.requests.items() if method == "POST") == sent + 1  # the token


@pytest.mark.parametrize("value", ["junk", "-5", "inf", "1e400", "Thu, 32 Foo", ""])
async def test_11_a_retry_after_that_makes_no_sense_is_harmless(
    sandbox: Sandbox, client: PaymentsClient, value: str
) -> None:
    sandbox.faults.append(Fault(kind=FaultKind.STATUS, status=429, retry_after=value, times=1))
    await client.server.get_server_info()


async def test_11_a_retry_after_beyond_the_deadline_is_said_at_once(sandbox: Sandbox, client: PaymentsClient) -> None:
    sandbox.faults.append(Fault(kind=FaultKind.STATUS, status=429, retry_after="3600"))
    with pytest.raises(RateLimitedError, match="deadline") as refused:
        await client.server.get_server_info()
    assert refused.value.retry_after == 3600
    assert sandbox.requests["GET", "/_info", 429] == 1


async def test_12_what_is_unknown_loses_nothing(client: PaymentsClient) -> None:
    schemes = {each.scheme async for each in client.payments.list_payments(page_size=100)}
    unknown = schemes - set(PaymentScheme)
    assert unknown
    assert all(isinstance(scheme, PaymentScheme) for scheme in unknown)


@pytest.mark.parametrize(("status", "error"), [(400, ValidationError), (401, AuthenticationError), (500, ServerError)])
async def test_12_every_status_has_its_error_whatever_the_body(
    sandbox: Sandbox, client: PaymentsClient, status: int, error: type[PaymentsError]
) -> None:
    sandbox.faults.append(Fault(kind=FaultKind.STATUS, status=status))
    with pytest.raises(error):
        await client.server.get_server_info()


@pytest.mark.parametrize("amount", [10**30, -5, 2**64, 2**53 + 1])
async def test_13_integers_are_exact_both_ways(client: PaymentsClient, amount: int) -> None:
    request = await payment(client, f"exact {amount}")
    request.amount = amount
    created = await client.payments.create_payment(request)
    assert (await client.payments.get_payment(created.id)).amount == amount


async def test_14_tasks_and_configurations_are_their_connectors(client: PaymentsClient) -> None:
    connector_id = await client.connectors.install_connector("STRIPE", StripeConfig(name="promised", api_key="k"))
    async for task in client.connectors.list_connector_tasks_v1("STRIPE", connector_id):
        assert isinstance(task, TaskStripe)
        break
    else:
        pytest.fail("an installed connector has tasks")
    assert isinstance(await client.connectors.read_connector_config_v1("STRIPE", connector_id), StripeConfig)


async def test_15_null_is_an_empty_list_or_map(client: PaymentsClient) -> None:
    raw = await client.request("GET", "/payments", query={"pageSize": 100})
    assert any(each["metadata"] is None for each in raw["cursor"]["data"])
    page = await client.payments.list_payments(page_size=100).first()
    assert all(type(each.metadata) is dict for each in page.data)


async def test_16_no_secret_is_shown_anywhere(caplog: pytest.LogCaptureFixture) -> None:
    secret, iban, token = "s3cret-canary", "DE89370400440532013000", "t0ken-canary"
    caplog.set_level(logging.DEBUG)
    shown: list[str] = []
    async with Sandbox(client_secret=secret, faults=[]) as sandbox, connected(sandbox) as client:
        request = BankAccountRequest(name="Till", country="DE", iban=iban)
        shown += [repr(request), repr(await client.bank_accounts.create_bank_account(request)), repr(client)]
        for kind in FaultKind:
            sandbox.faults[:] = [Fault(kind=kind, seconds=0.001)]
            try:
                await client.with_options(timeout=Timeout(total=5)).bank_accounts.create_bank_account(request)
            except PaymentsError as error:
                shown += _all_of(error)
        sandbox.faults.clear()
        async with PaymentsClient(sandbox.url, auth=BearerToken(token)) as refused:
            with pytest.raises(AuthenticationError) as failed:
                await refused.server.get_server_info()
            shown += [*_all_of(failed.value), repr(refused), repr(BearerToken(token))]
    shown += [record.getMessage() + repr(record.__dict__) for record in caplog.records if "payments" in record.name]
    assert len(shown) > 50
    for canary in (secret, iban, token):
        assert not [text for text in shown if canary in text]


def _all_of(error: PaymentsError) -> list[str]:
    chain: list[BaseException] = []
    link: BaseException | None = error
    while link is not None:
        chain.append(link)
        link = link.__cause__ or link.__context__
    texts = [str(each) + repr(each) + repr(vars(each)) for each in chain]
    return [*texts, "".join(traceback.format_exception(error)), repr(pickle.dumps(error))]


def test_17_a_second_event_loop_is_refused_at_once() -> None:
    async def first() -> tuple[Sandbox, PaymentsClient]:
        sandbox = Sandbox(auth=False)
        await sandbox.start()
        client = PaymentsClient(sandbox.url)
        await client.server.get_server_info()
        return sandbox, client

    with asyncio.Runner() as one, asyncio.Runner() as other:
        sandbox, client = one.run(first())
        with pytest.raises(ConfigurationError, match="another event loop"):
            other.run(client.server.get_server_info())
        one.run(client.aclose())
        with pytest.raises(ConfigurationError, match="closed"):
            one.run(client.server.get_server_info())
        one.run(sandbox.stop())


async def test_17_an_unclosed_client_says_where_it_was_made(sandbox: Sandbox) -> None:
    client = connected(sandbox)
    await client.server.get_server_info()
    session = client._connection.session()
    with pytest.warns(ResourceWarning, match=r"test_promises\.py"):
        del client
    await session.close()


def test_18_importing_loads_nothing_optional() -> None:
    optional = "typer rich fastapi uvicorn pandas pyarrow dask opentelemetry payments_async.cli payments_async.sandbox"
    check = f"import sys; from payments_async import *; print(set({optional.split()}) & set(sys.modules))"
    printed = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True).stdout
    assert printed.strip() == "set()"


def test_20_no_dependency_is_capped() -> None:
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text())["project"]
    every = [*project["dependencies"], *(each for extra in project["optional-dependencies"].values() for each in extra)]
    assert all(">=" in each for each in every)
    assert not [each for each in every if "<" in each or "==" in each or "~=" in each]


@pytest.mark.parametrize("identifier", ["", ".", ".."])
async def test_22_an_id_cannot_change_the_route(sandbox: Sandbox, client: PaymentsClient, identifier: str) -> None:
    with pytest.raises(ValueError, match="paymentId"):
        await client.payments.get_payment(identifier)
    assert not sandbox.requests


async def test_22_an_id_with_a_slash_arrives_as_one_segment(sandbox: Sandbox, client: PaymentsClient) -> None:
    # The server undoes the escapes before it looks for a route, and no route has this many segments then.
    with pytest.raises(NotFoundError):
        await client.payments.get_payment("metadata/b?c#d%2F")
    assert sandbox.requests["GET", "/payments/{paymentId}", 404] == 1


async def test_23_every_body_goes_out_with_its_length() -> None:
    lengths: list[tuple[str | None, str | None]] = []

    async def answer(request: web.Request) -> web.Response:
        body = await request.read()
        lengths.append((request.headers.get("Content-Length"), request.headers.get("Transfer-Encoding")))
        assert request.headers.get("Content-Length") == str(len(body))
        return web.json_response({"data": {"connectorID": "c"}}, status=201)

    app = web.Application()
    app.router.add_route("*", "/{any:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with PaymentsClient(f"http://127.0.0.1:{runner.addresses[0][1]}") as client:
        await client.connectors.install_connector("STRIPE", StripeConfig(name="n", api_key="k" * 100_000))
    await runner.cleanup()
    assert lengths[0][0] is not None
    assert lengths[0][1] is None


async def test_19_single_exchanges_can_be_mocked(mocked: aioresponses) -> None:
    mocked.get("https://acme.example.com/api/payments/_info", payload={"version": "v2"})
    async with PaymentsClient("https://acme.example.com") as client:
        assert (await client.server.get_server_info()).version == "v2"
