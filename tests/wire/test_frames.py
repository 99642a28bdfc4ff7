"""Tools that record the local variables of frames find no secret: not in any frame of any error, nor in a task."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from payments_async import (
    BearerToken,
    ClientCredentials,
    ConfigurationError,
    OutcomeUnknownError,
    PaymentsClient,
    PaymentsError,
    ProtocolError,
    RetryPolicy,
    Timeout,
)
from payments_async.models import BankAccountRequest, Connector, PaymentRequest, StripeConfig
from payments_async.sandbox import Sandbox
from payments_async.settings import from_environment
from tests.drain.lists import payment
from tests.sealed import assert_sealed
from tests.tables import instance
from tests.wire.scripted import Scripted, Step, answer, calling, hangs_after, http, sends, sends_and_hangs_up

CANARY = "canary-of-the-body"
SECRETS = ("canary", "DE89370400440532013000")

ACCOUNT = BankAccountRequest(name="Till", country="DE", iban="DE89370400440532013000", account_number="canary-number")
CONFIG = StripeConfig(name="stripe", api_key="sk_canary")

JSON = json.dumps({"data": {"name": CANARY, "reference": [CANARY]}, "cursor": {"data": [CANARY]}}).encode()
HOSTILE: dict[str, Step] = {
    "refused": answer(400, {"errorCode": "VALIDATION", "errorMessage": "DE89370400440532013000 Bearer canary"}),
    "unauthorized": answer(401, {"errorCode": "Bearer canary", "more": CANARY}),
    "failed": answer(500, CANARY.encode(), {"Content-Type": "text/plain", "Retry-After": "0"}),
    "limited": answer(429, CANARY.encode(), {"Retry-After": CANARY}),
    "elsewhere": answer(307, CANARY.encode(), {"Location": f"https://{CANARY}@example.com/{CANARY}"}),
    "page": answer(200, CANARY.encode(), {"Content-Type": f"text/html; a={CANARY}"}),
    "other": answer(200, JSON),
    "torn": answer(200, JSON[:-9]),
    "garbage": answer(200, CANARY.encode()),
    "large": answer(200, b'"' + CANARY.encode() * 2**16 + b'"'),
    "cut": sends_and_hangs_up(http(200, JSON, length=9999)),
    "hanging": hangs_after(http(200, JSON, length=9999)),
    "no HTTP": sends(CANARY.encode() + b"\r\n\r\n"),
    "not compressed": sends(http(200, CANARY.encode(), {"Content-Encoding": "gzip"})),
    "bad header": sends(f"HTTP/1.1 200 OK\r\n\0{CANARY}: {CANARY}\r\n\r\n".encode()),
}

CALLS: dict[str, Callable[[PaymentsClient], Awaitable[Any]]] = {
    "create": lambda client: client.bank_accounts.create_bank_account(ACCOUNT),
    "install": lambda client: client.connectors.install_connector(Connector.STRIPE, CONFIG),
    "install plainly": lambda client: client.request("POST", "/connectors/stripe", body={"apiKey": "sk_canary"}),
    "read": lambda client: client.connectors.read_connector_config_v1("STRIPE", "c"),
    "list": lambda client: anext(client.bank_accounts.list_bank_accounts().items(prefetch=1)),
    "delete": lambda client: client.pools.delete_pool("p"),
    "request": lambda client: client.request("POST", "/x", body={"iban": ACCOUNT.iban}),
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("step", HOSTILE)
async def test_no_frame_of_a_failed_call_shows_a_secret(step: str, call: str) -> None:
    retry = RetryPolicy(attempts=2, base=0.0, cap=0.0)
    options: dict[str, Any] = {"auth": BearerToken("token-canary"), "headers": {"X-Own": "canary"}, "max_body": 2**16}
    if step == "hanging":
        options["timeout"] = Timeout(total=0.1)
    async with Scripted(HOSTILE[step]) as server, calling(server.url, retry=retry, **options) as client:
        try:
            await CALLS[call](client)
        except PaymentsError as error:
            assert_sealed(error, *SECRETS)


@pytest.mark.parametrize("step", HOSTILE)
async def test_no_frame_of_a_call_without_a_token_shows_a_secret(step: str) -> None:
    auth = ClientCredentials("client", "secret-canary", scopes=("a",))
    async with (
        Scripted(HOSTILE[step]) as server,
        calling(server.url, auth=auth, timeout=Timeout(total=0.2 if step == "hanging" else 60)) as client,
    ):
        with pytest.raises(PaymentsError) as failed:
            await CALLS["create"](client)
        assert_sealed(failed.value, *SECRETS)


@pytest.mark.parametrize(
    "answered",
    [{"access_token": f"{CANARY} {CANARY}"}, {"access_token": CANARY, "token_type": CANARY}, {"more": CANARY}],
)
async def test_no_frame_shows_a_token_that_cannot_be_used(answered: Any) -> None:
    auth = ClientCredentials("client", "secret-canary")
    async with Scripted(answer(200, answered)) as server, calling(server.url, auth=auth) as client:
        with pytest.raises(PaymentsError) as failed:
            await CALLS["create"](client)
        assert_sealed(failed.value, *SECRETS)


@pytest.mark.parametrize("received", [b"", http(200, JSON, length=9999)], ids=["nothing", "half"])
async def test_no_frame_of_a_cancelled_call_shows_a_secret(received: bytes) -> None:
    options: dict[str, Any] = {"auth": BearerToken("token-canary"), "headers": {"X-Own": "canary"}}
    async with Scripted(hangs_after(received)) as server, calling(server.url, **options) as client:
        call = asyncio.ensure_future(CALLS["create"](client))
        await server.arrived(1)
        await asyncio.sleep(0)
        call.cancel()
        with pytest.raises(asyncio.CancelledError) as cancelled:
            await call
        assert_sealed(cancelled.value, *SECRETS)


async def test_no_frame_shows_the_payment_of_somebody_else() -> None:
    others = answer(200, {"data": {**payment("another"), "metadata": {"canary": "canary"}}})
    async with Scripted(others) as server, calling(server.url) as client:
        with pytest.raises(OutcomeUnknownError) as failed:
            await client.payments.create_payment(instance(PaymentRequest))
        assert_sealed(failed.value, *SECRETS)


async def test_no_frame_shows_a_page_that_cannot_be_followed() -> None:
    broken = answer(200, {"cursor": {"hasMore": True, "data": [payment("canary")]}})
    async with Scripted(broken) as server, calling(server.url) as client:
        with pytest.raises(ProtocolError, match="names no cursor") as failed:
            await anext(client.payments.list_payments().by_page())
        assert_sealed(failed.value, *SECRETS)


class Unusual:
    """A token source whose tokens no header can carry."""

    async def acquire(self) -> str:
        return "canary\r\nX: y"

    def invalidate(self, token: str) -> None:
        raise AssertionError(token)


BAD: dict[str, Callable[[PaymentsClient], Awaitable[Any]]] = {
    "member": lambda client: client.bank_accounts.create_bank_account(
        BankAccountRequest(name=5, country="DE", iban="DE89370400440532013000")  # type: ignore[arg-type]
    ),
    "secret": lambda client: client.connectors.install_connector(
        Connector.STRIPE,
        StripeConfig(name="stripe", api_key=["sk_canary"]),  # type: ignore[arg-type]
    ),
    "value": lambda client: client.request("POST", "/x", body={"iban": "canary", "other": {"a": ["canary", object()]}}),
    "name": lambda client: client.request("POST", "/x", body=[{"iban": "canary", 5: "canary"}]),
    "number": lambda client: client.request("POST", "/x", body={"iban": "canary", "n": float("nan")}),
    "query": lambda client: client.request("POST", "/x", body={"iban": "canary"}, query={"a": ""}),
    "path": lambda client: client.request("POST", "/x/../y", body={"iban": "canary"}),
    "method": lambda client: client.request("post", "/x", body={"iban": "canary"}),
}


@pytest.mark.parametrize("call", BAD)
async def test_no_frame_of_a_refused_argument_shows_a_secret(call: str) -> None:
    async with Scripted(answer(200)) as server, calling(server.url) as client:
        with pytest.raises((ValueError, TypeError)) as failed:
            await BAD[call](client)
        assert_sealed(failed.value, *SECRETS)
        assert server.begun == 0


class NoText(Unusual):
    """A token source whose tokens are not texts."""

    async def acquire(self) -> str:
        return ["canary"]  # type: ignore[return-value]  # pyright: ignore[reportReturnType]


@pytest.mark.parametrize("source", [Unusual(), NoText()])
async def test_no_frame_shows_the_token_of_an_own_source(source: Unusual) -> None:
    async with Scripted(answer(200)) as server, calling(server.url, auth=source) as client:
        with pytest.raises(PaymentsError) as failed:
            await CALLS["create"](client)
        assert_sealed(failed.value, *SECRETS)


@pytest.mark.parametrize(
    "make",
    [
        lambda: BearerToken("canary\n"),
        lambda: ClientCredentials("", "canary"),
        lambda: ClientCredentials("id", "canary", token_url=""),
        lambda: ClientCredentials("id", "canary", scopes="canary"),
        lambda: PaymentsClient("https://me:canary@x"),
        lambda: PaymentsClient("ftp://x", auth=BearerToken("canary")),
        lambda: PaymentsClient("https://x", auth=BearerToken("canary"), headers={"A": "canary\n"}),
        lambda: PaymentsClient("https://x", auth=BearerToken("canary"), headers={"Authorization": "canary"}),
        lambda: PaymentsClient("https://x", auth=ClientCredentials("id", "canary", token_url="ftp://y")),
        lambda: PaymentsClient("https://x", auth=ClientCredentials("id", "s", token_url="https://me:canary@y")),
        lambda: PaymentsClient("https://x").with_options(headers={"A": "canary\n"}),
        lambda: PaymentsClient("https://x", headers={"A": b"canary"}),  # type: ignore[dict-item]
        lambda: PaymentsClient(b"https://me:canary@x"),  # type: ignore[arg-type]
        lambda: PaymentsClient("https://x", auth="canary"),  # type: ignore[arg-type]
        lambda: PaymentsClient("https://x", auth=("id", "canary")),  # type: ignore[arg-type]
        lambda: BearerToken(b"canary"),  # type: ignore[arg-type]
        lambda: ClientCredentials("id", b"canary"),  # type: ignore[arg-type]
        lambda: from_environment({"FORMANCE_URL": "https://x", "FORMANCE_CLIENT_SECRET": "canary"}),
        lambda: from_environment({"FORMANCE_URL": "https://x", "FORMANCE_CLIENT_ID": "i", "OTHER": "canary"}),
    ],
)
def test_no_frame_of_a_refused_setting_shows_a_secret(make: Callable[[], Any]) -> None:
    with pytest.raises(ConfigurationError) as failed:
        make()
    assert_sealed(failed.value, *SECRETS)


async def test_what_asyncio_logs_in_its_debug_mode_shows_no_secret(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    loop = asyncio.get_running_loop()
    loop.set_debug(True)
    loop.slow_callback_duration = 0.0
    tasks: list[str] = []

    def kept(task: asyncio.Task[Any]) -> None:
        tasks.append(repr(task))

    def factory(loop: asyncio.AbstractEventLoop, coroutine: Any, **options: Any) -> asyncio.Task[Any]:
        task = asyncio.Task(coroutine, loop=loop, **options)
        task.add_done_callback(kept)
        return task

    loop.set_task_factory(factory)
    async with Sandbox(payments=1, client_secret="secret-canary") as sandbox:
        auth = ClientCredentials(sandbox.client_id, "secret-canary")
        async with PaymentsClient(sandbox.url, auth=auth) as client:
            await client.server.get_server_info()
            assert client._source is not None
            token = await client._source.acquire()
    assert [each for each in tasks if "token renewal" in each]
    assert [record for record in caplog.records if record.name == "asyncio"]
    for secret in (token, "canary"):
        assert not [each for each in tasks if secret in each]
        assert secret not in caplog.text
