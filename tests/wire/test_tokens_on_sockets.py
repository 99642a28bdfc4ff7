"""Tokens on real sockets: what goes over the wire is counted where it arrives."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import pickle
import threading
import time
import traceback
from collections import Counter
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any, Self

import pytest
from aiohttp import web

from payments_async import (
    AuthenticationError,
    BearerToken,
    ClientCredentials,
    ConfigurationError,
    DeadlineExceededError,
    Outcome,
    PaymentsClient,
    PaymentsError,
    ProtocolError,
    RetryPolicy,
    Timeout,
    TransportError,
)
from payments_async.models import PaymentRequest, PaymentScheme, PaymentStatus, PaymentType
from payments_async.sandbox import Sandbox
from tests.waiting import PATIENCE, until

TOKEN_PATH = "/api/auth/oauth/token"
SECRET = "s+%canary%2B &=é"
AT_ONCE = RetryPolicy(base=0.0)


class Clock:
    """Seconds that pass when a test says so, for the client and the sandbox alike."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Stack:
    """An API and its token endpoint, which gives `token-1`, `token-2`, … unless told otherwise.

    `says` holds what the token endpoint answers next; while `open` is clear, it answers nothing at all.
    """

    def __init__(self) -> None:
        self.url = ""
        self.forms: list[dict[str, str]] = []
        self.calls: list[tuple[str, str, bytes]] = []
        self.headers: list[dict[str, str]] = []
        self.says: list[web.Response] = []
        self.api: Callable[[str], web.Response] = lambda _: web.json_response({"data": {}})
        self.open = asyncio.Event()
        self.open.set()
        app = web.Application()
        app.router.add_route("*", TOKEN_PATH, self._token)
        app.router.add_route("*", "/{path:.*}", self._call)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.01)

    async def _token(self, request: web.Request) -> web.Response:
        self.headers.append(dict(request.headers))
        self.forms.append({name: str(value) for name, value in (await request.post()).items()})
        number = len(self.forms)
        async with asyncio.timeout(PATIENCE):
            await self.open.wait()
        if self.says:
            return self.says.pop(0)
        return web.json_response({"access_token": f"token-{number}", "token_type": "Bearer", "expires_in": 3600})

    async def _call(self, request: web.Request) -> web.Response:
        self.headers.append(dict(request.headers))
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        self.calls.append((request.method, token, await request.read()))
        return self.api(token)

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self.open.set()
        await self._runner.cleanup()

    def client(self, **options: Any) -> PaymentsClient:
        auth = ClientCredentials("client", SECRET)
        return PaymentsClient(self.url, **{"auth": auth, "retry": AT_ONCE, **options})


@pytest.fixture
async def stack() -> AsyncIterator[Stack]:
    async with Stack() as running:
        yield running


def accepting(*tokens: str) -> Callable[[str], web.Response]:
    return lambda token: web.json_response({"data": {}}) if token in tokens else web.Response(status=401)


def redirecting_to(url: str, status: int = 307) -> Callable[[object], web.Response]:
    return lambda _: web.Response(status=status, headers={"Location": url})


def answered(sandbox: Sandbox, *, token: bool = False) -> Counter[int]:
    """The API's answers by status, or the token endpoint's."""
    counts = Counter[int]()
    for (_, template, status), number in sandbox.requests.items():
        if (template == TOKEN_PATH) is token:
            counts[status] += number
    return counts


@contextlib.asynccontextmanager
async def timed(lifetime: float) -> AsyncIterator[tuple[Sandbox, PaymentsClient, Clock]]:
    """A sandbox whose tokens live so many seconds, and a client of it, on one clock."""
    clock = Clock()
    async with Sandbox(payments=3, token_lifetime=lifetime, ticks=clock) as sandbox:
        auth = ClientCredentials(sandbox.client_id, sandbox.client_secret)
        async with PaymentsClient(sandbox.url, auth=auth) as client:
            vars(client._source)["_clock"] = clock
            yield sandbox, client, clock


@pytest.mark.parametrize("calls", [1, 2, 100, 1000])
async def test_concurrent_first_calls_make_one_token_request_and_no_thread(
    calls: int, sandbox: Sandbox, client: PaymentsClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("an executor was used")

    monkeypatch.setattr(asyncio.get_running_loop(), "run_in_executor", refuse)
    threads = threading.active_count()
    await asyncio.gather(*(client.server.get_server_info() for _ in range(calls)))
    assert threading.active_count() == threads
    assert (answered(sandbox, token=True), answered(sandbox)) == ({200: 1}, {200: calls})


async def test_a_hung_token_endpoint_fails_a_call_at_its_deadline_and_keeps_the_renewal_for_the_others(
    stack: Stack,
) -> None:
    stack.open.clear()
    async with stack.client() as client:
        patient = asyncio.create_task(client.request("GET", "/x"))
        await until(lambda: stack.forms)
        loop = asyncio.get_running_loop()
        started = loop.time()
        hasty = client.with_options(timeout=Timeout(total=0.05)).server
        failures = await asyncio.gather(*(hasty.get_server_info() for _ in range(20)), return_exceptions=True)
        assert 0.045 < loop.time() - started < PATIENCE / 2
        for failure in failures:
            assert isinstance(failure, DeadlineExceededError)
            assert (failure.operation, failure.outcome) == ("get_server_info", Outcome.NOT_SENT)
        assert stack.calls == []
        stack.open.set()
        await patient
    assert (len(stack.forms), stack.calls) == (1, [("GET", "token-1", b"")])


@pytest.mark.parametrize("cancelled", [0, 3])
async def test_a_cancelled_call_the_first_included_changes_nothing_for_the_others(cancelled: int, stack: Stack) -> None:
    stack.open.clear()
    async with stack.client() as client:
        calls = [asyncio.create_task(client.request("GET", "/x")) for _ in range(5)]
        await until(lambda: stack.forms)
        calls[cancelled].cancel()
        await asyncio.wait((calls[cancelled],))
        stack.open.set()
        results = await asyncio.gather(*calls, return_exceptions=True)
    assert isinstance(results.pop(cancelled), asyncio.CancelledError)
    assert results == [{"data": {}}] * 4
    assert (len(stack.forms), len(stack.calls)) == (1, 4)


async def test_closing_the_client_ends_the_renewal_and_leaves_no_task(stack: Stack) -> None:
    stack.open.clear()
    client = stack.client()
    calls = [asyncio.create_task(client.request("GET", "/x")) for _ in range(10)]
    await until(lambda: stack.forms)
    await client.aclose()
    results = await asyncio.gather(*calls, return_exceptions=True)
    assert {type(result) for result in results} == {ConfigurationError}
    assert {str(result) for result in results} == {"request: the client was closed while a token was on its way"}
    assert not [task for task in asyncio.all_tasks() if task.get_name() == "token renewal"]
    assert (len(stack.forms), stack.calls) == (1, [])


async def test_the_two_windows_renew_once_each_before_a_token_is_refused() -> None:
    async with timed(3601) as (sandbox, client, clock):
        await client.server.get_server_info()
        for now, issued in ((3299, 1), (3301, 2), (3301 + 3571, 3), (3301 + 3571 + 5000, 4)):
            clock.now = 1000.0 + now
            await asyncio.gather(*(client.server.get_server_info() for _ in range(20)))
            await until(lambda: vars(client._source)["_renewal"] is None)
            assert sandbox.tokens_issued == issued
        assert answered(sandbox) == {200: 81}


async def test_the_life_of_a_token_is_measured_on_a_monotonic_clock(stack: Stack) -> None:
    async with stack.client() as client:
        assert vars(client._source)["_clock"] is time.monotonic


async def test_a_token_that_lives_two_seconds_serves_any_number_of_calls() -> None:
    async with timed(2) as (sandbox, client, clock):
        for _ in range(60):
            await client.server.get_server_info()
            clock.now += 0.1
        assert answered(sandbox) == {200: 60}
        # It says that it lives one second, being asked for whole ones that are left.
        assert 5 <= sandbox.tokens_issued <= 8


@pytest.mark.parametrize("how", ["expired", "expired early", "revoked"])
async def test_a_thousand_concurrent_calls_that_meet_a_dead_token_get_one_new_token(how: str) -> None:
    async with timed(3600) as (sandbox, client, clock):
        await client.server.get_server_info()
        if how == "revoked":
            sandbox.revoke_tokens()
        else:
            clock.now += 4000
        if how == "expired early":
            # The server's clock runs ahead of the client's: only a 401 tells that the token is dead.
            vars(client._source)["_clock"] = Clock()
        await asyncio.gather(*(client.server.get_server_info() for _ in range(1000)))
        assert sandbox.tokens_issued == 2
        counts = answered(sandbox)
        assert counts[200] == 1001
        assert (counts[401] == 0) is (how == "expired")


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
async def test_a_401_replays_any_method_once_with_its_body(method: str, stack: Stack) -> None:
    stack.api = accepting("token-2")
    async with stack.client() as client:
        await client.request(method, "/x", body={"a": 1})
    assert stack.calls == [(method, "token-1", b'{"a":1}'), (method, "token-2", b'{"a":1}')]
    assert len(stack.forms) == 2


async def test_a_create_that_meets_a_revoked_token_happens_once(sandbox: Sandbox, client: PaymentsClient) -> None:
    account = await client.accounts.list_accounts(page_size=1).first()
    sandbox.revoke_tokens()
    payment = await client.payments.create_payment(
        PaymentRequest(
            reference="once",
            connector_id=account.data[0].connector_id,
            created_at=datetime(2024, 1, 1, tzinfo=UTC),
            amount=1,
            asset="EUR/2",
            type=PaymentType.PAY_IN,
            status=PaymentStatus.SUCCEEDED,
            scheme=PaymentScheme.OTHER,
        )
    )
    assert payment.reference == "once"
    posts = {status: number for (*route, status), number in sandbox.requests.items() if route == ["POST", "/payments"]}
    assert posts == {401: 1, 200: 1}
    assert sandbox.tokens_issued == 2


async def test_a_second_401_is_an_authentication_error_after_two_requests(stack: Stack) -> None:
    stack.api = accepting()
    async with stack.client() as client:
        with pytest.raises(AuthenticationError) as caught:
            await client.pools.delete_pool("p")
    assert (caught.value.operation, caught.value.status) == ("delete_pool", 401)
    assert [token for _, token, _ in stack.calls] == ["token-1", "token-2"]
    assert len(stack.forms) == 2


async def test_a_late_401_does_not_throw_away_a_newer_token(stack: Stack) -> None:
    stack.api = accepting("token-2")
    async with stack.client() as client:
        await client.request("GET", "/x")
        assert client._source is not None
        client._source.invalidate("token-1")
        await client.request("GET", "/x")
    assert [token for _, token, _ in stack.calls] == ["token-1", "token-2", "token-2"]
    assert len(stack.forms) == 2


def html() -> web.Response:
    return web.Response(text=f"<html>{SECRET}", content_type="text/html")


def failing() -> web.Response:
    return web.json_response({"errorMessage": f"duplicate key {SECRET}", "details": SECRET}, status=503)


def refusing(status: int) -> Callable[[], web.Response]:
    return lambda: web.json_response({"error": "invalid_client", "error_description": f"not {SECRET}"}, status=status)


def redirecting() -> web.Response:
    return redirecting_to(f"http://127.0.0.1:1/?{SECRET}")(None)


def nothing_in_it() -> web.Response:
    return web.json_response({"token": SECRET})


def elsewhere() -> web.Response:
    return web.json_response({"errorCode": "NOT_FOUND"}, status=404)


@pytest.mark.parametrize(
    ("answer", "expected", "requests"),
    [
        (refusing(400), AuthenticationError, 1),
        (refusing(401), AuthenticationError, 1),
        (nothing_in_it, ProtocolError, 1),
        (html, ProtocolError, 1),
        (redirecting, ProtocolError, 1),
        (elsewhere, ProtocolError, 1),
        (failing, TransportError, 4),
    ],
)
async def test_without_a_token_a_call_sends_nothing_and_no_form_of_its_error_shows_the_secret(
    answer: Callable[[], web.Response],
    expected: type[PaymentsError],
    requests: int,
    stack: Stack,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    stack.says = [answer() for _ in range(9)]
    async with stack.client() as client:
        calls = (client.pools.delete_pool("p") for _ in range(10))
        failures = await asyncio.gather(*calls, return_exceptions=True)
    assert (len(stack.forms), stack.calls) == (requests, [])
    assert len({id(failure) for failure in failures}) == 10
    for failure in failures:
        assert isinstance(failure, PaymentsError)
        assert (type(failure), failure.operation) == (expected, "delete_pool")
        assert (failure.__cause__, failure.__context__) == (None, None)
        forms = (str(failure), repr(failure), repr(vars(failure)), repr(pickle.dumps(failure)))
        assert "canary" not in "".join((*forms, *traceback.format_exception(failure)))
    assert "canary" not in caplog.text + "".join(repr(vars(record)) for record in caplog.records)


async def test_neither_token_nor_secret_is_in_the_log_of_calls_that_succeed_or_are_refused(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    async with Sandbox(payments=1, client_secret=SECRET) as sandbox:
        auth = ClientCredentials(sandbox.client_id, SECRET)
        async with PaymentsClient(sandbox.url, auth=auth) as client:
            await client.server.get_server_info()
            sandbox.revoke_tokens()
            await client.server.get_server_info()
            assert client._source is not None
            token = await client._source.acquire()
    assert len(caplog.records) >= 5
    seen = caplog.text + "".join(repr(vars(record)) for record in caplog.records)
    assert "canary" not in seen
    assert token not in seen
    assert "Bearer" not in seen


async def test_a_token_endpoint_that_fails_first_is_asked_again_for_all(stack: Stack) -> None:
    stack.says = [failing(), failing()]
    async with stack.client() as client:
        await asyncio.gather(*(client.request("POST", "/x") for _ in range(50)))
    assert (len(stack.forms), len(stack.calls)) == (3, 50)


async def test_a_hung_attempt_at_the_token_endpoint_is_left_for_another(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("payments_async.client._TOKEN_ATTEMPT", 0.03)
    stack.open.clear()
    async with stack.client() as client:
        call = asyncio.create_task(client.request("POST", "/x"))
        await until(lambda: len(stack.forms) >= 2)
        stack.open.set()
        await call
    assert [method for method, _, _ in stack.calls] == ["POST"]


async def test_a_token_never_follows_a_redirect_to_another_origin(stack: Stack) -> None:
    async with Stack() as other, stack.client() as client:
        for status in (301, 302, 303, 307, 308):
            stack.api = redirecting_to(f"{other.url}/x?q=1", status)
            with pytest.raises(ProtocolError) as caught:
                await client.request("GET", "/x")
            assert f"a redirect to {other.url};" in str(caught.value)
        assert (other.forms, other.calls) == ([], [])
    assert (len(stack.forms), len(stack.calls)) == (1, 5)


async def test_the_secret_never_follows_a_redirect_of_the_token_endpoint(stack: Stack) -> None:
    async with Stack() as other, stack.client() as client:
        stack.says = [redirecting_to(other.url + TOKEN_PATH)(None)]
        with pytest.raises(ProtocolError):
            await client.request("GET", "/x")
        assert (other.forms, other.calls) == ([], [])


async def test_a_token_belongs_to_its_token_url_client_and_scopes(stack: Stack) -> None:
    async with Stack() as other:
        stack.api, other.api = accepting("token-1", "token-2", "token-3"), accepting("token-1")
        read, both = ("payments:read",), ("payments:read", "payments:write")
        for server, client_id, scopes in (
            (stack, "a", read),
            (other, "a", read),
            (stack, "b", read),
            (stack, "a", both),
        ):
            async with server.client(auth=ClientCredentials(client_id, "secret", scopes=scopes)) as client:
                await client.request("GET", "/x")
                await client.with_options(timeout=Timeout(total=5)).request("GET", "/x")
        asked = [(form["client_id"], form["scope"]) for form in stack.forms]
        assert asked == [("a", "payments:read"), ("b", "payments:read"), ("a", "payments:read payments:write")]
        assert [token for _, token, _ in stack.calls] == ["token-1"] * 2 + ["token-2"] * 2 + ["token-3"] * 2
        assert (len(other.forms), [token for _, token, _ in other.calls]) == (1, ["token-1"] * 2)


async def test_an_issuer_elsewhere_gets_the_secret_alone_and_the_api_the_token_alone(stack: Stack) -> None:
    async with Stack() as issuer:
        auth = ClientCredentials("client", SECRET, token_url=issuer.url + TOKEN_PATH)
        async with stack.client(auth=auth, headers={"X-Tenant": "mine"}) as client:
            await client.request("POST", "/x", body={})
        assert (issuer.forms[0]["client_secret"], issuer.calls) == (SECRET, [])
        assert not {"Authorization", "X-Tenant"} & issuer.headers[0].keys()
    assert (stack.forms, stack.calls) == ([], [("POST", "token-1", b"{}")])
    assert "canary" not in repr(stack.headers)


@pytest.mark.parametrize("secret", ["a+b", "a%2Bb", "100%", "a b&c=d", "é/?#~'\"", SECRET])
async def test_a_secret_of_any_characters_arrives_intact_in_the_form(secret: str, stack: Stack) -> None:
    async with stack.client(auth=ClientCredentials("i+d%", secret)) as client:
        await client.request("GET", "/x")
    assert stack.forms == [{"grant_type": "client_credentials", "client_id": "i+d%", "client_secret": secret}]
    assert "Authorization" not in stack.headers[0]
    async with (
        Sandbox(client_id="i+d%", client_secret=secret) as sandbox,
        PaymentsClient(sandbox.url, auth=ClientCredentials("i+d%", secret)) as client,
    ):
        await client.server.get_server_info()


@pytest.mark.parametrize("opaque", [True, False])
async def test_tokens_are_taken_as_they_come(opaque: bool) -> None:
    async with Sandbox(opaque_tokens=opaque) as sandbox:
        auth = ClientCredentials(sandbox.client_id, sandbox.client_secret)
        async with PaymentsClient(sandbox.url, auth=auth) as client:
            await client.server.get_server_info()
        with pytest.raises(AuthenticationError, match="invalid_client"):
            async with PaymentsClient(sandbox.url, auth=ClientCredentials(sandbox.client_id, "wrong")) as client:
                await client.server.get_server_info()
        assert answered(sandbox, token=True) == {200: 1, 401: 1}


async def test_a_bearer_token_is_sent_as_it_is_and_never_renewed(stack: Stack) -> None:
    async with stack.client(auth=BearerToken("mine")) as client:
        await client.request("GET", "/x")
        stack.api = accepting()
        with pytest.raises(AuthenticationError):
            await client.request("GET", "/x")
    assert (stack.forms, stack.calls) == ([], [("GET", "mine", b"")] * 2)


class Vault:
    """A token source as users write one: no base class, tokens from somewhere of its own."""

    def __init__(self) -> None:
        self.number = 1

    async def acquire(self) -> str:
        return f"own-{self.number}"

    def invalidate(self, token: str) -> None:
        if token == f"own-{self.number}":
            self.number += 1


async def test_a_token_source_of_ones_own_is_told_which_token_was_refused(stack: Stack) -> None:
    stack.api = accepting("own-2")
    async with stack.client(auth=Vault()) as client:
        await asyncio.gather(*(client.request("POST", "/x") for _ in range(20)))
    assert Counter(token for _, token, _ in stack.calls) == {"own-1": 20, "own-2": 20}
    assert stack.forms == []


async def test_the_secret_does_not_leave_for_another_host_in_clear_text() -> None:
    auth = ClientCredentials("client", SECRET, token_url="http://issuer.example/token")
    with pytest.raises(ConfigurationError, match=r"token_url .* in clear text") as caught:
        PaymentsClient("https://api.example", auth=auth)
    assert "canary" not in str(caught.value)
