"""The token source and the authorizing layer alone: a clock that stands still, a `Send` that is a function."""

from __future__ import annotations

import asyncio
import contextvars
import json
import logging
import math
import pickle
import threading
import traceback
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from urllib.parse import parse_qs, quote_plus

import attrs
import pytest

from payments_async import (
    AuthenticationError,
    BearerToken,
    ClientCredentials,
    ConfigurationError,
    ConnectionFailedError,
    DeadlineExceededError,
    Outcome,
    PaymentsError,
    ProtocolError,
    Request,
    Response,
    Send,
    ServerError,
    TokenSource,
    TransportError,
)
from payments_async.wire.auth import ClientCredentialsSource, authorizing
from payments_async.wire.token_endpoint import checked_token, observing, read_token
from tests.waiting import PATIENCE

SECRET = "a+canary%2B&=é/ ~"
API = "https://api.example"


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 5_000_000.0

    def __call__(self) -> float:
        return self.now


class Endpoint:
    """A token endpoint: gives `token-1`, `token-2`, … as long as it is open, unless it has something else to say."""

    def __init__(self, lifetime: Any = 3600, clock: Clock | None = None) -> None:
        self.lifetime = lifetime
        self.clock = clock or Clock()
        self.asked: list[Request] = []
        self.issued_at: dict[str, float] = {}
        self.says: tuple[int, str] | PaymentsError | None = None
        self.open = asyncio.Event()
        self.open.set()

    async def __call__(self, request: Request) -> Response:
        self.asked.append(request)
        token = f"token-{len(self.asked)}"
        self.issued_at[token] = self.clock()
        async with asyncio.timeout(PATIENCE):
            await self.open.wait()
        if isinstance(self.says, PaymentsError):
            raise self.says
        answer = {"access_token": token, "token_type": "Bearer", "expires_in": self.lifetime}
        status, body = self.says or (200, json.dumps(answer))
        return Response(request=request, status=status, headers={}, body=body.encode())

    def source(self, **credentials: Any) -> ClientCredentialsSource:
        return ClientCredentialsSource(
            ClientCredentials("client", SECRET, **credentials),
            checked_token(self),
            base_url="https://stack.example/",
            clock=self.clock,
        )


async def settle() -> None:
    """Lets everything run that can run."""
    for _ in range(10):
        await asyncio.sleep(0)


async def start(*waits: Awaitable[Any]) -> Sequence[asyncio.Future[Any]]:
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    await settle()
    return tasks


def an_api_request(
    operation: str = "get_payment", method: str = "GET", url: str = API, seconds: float = 5.0
) -> Request:
    deadline = asyncio.get_running_loop().time() + seconds
    return Request(operation=operation, method=method, path="/", url=f"{url}/x", body=b"{}", deadline=deadline)


class Api:
    """An API that takes the tokens it is made with, any token if that is none."""

    def __init__(self, *good: str) -> None:
        self.good = good
        self.requests: list[Request] = []
        self.tokens: list[str] = []

    async def __call__(self, request: Request) -> Response:
        self.requests.append(request)
        assert len(self.requests) <= 2000, "a request goes round in a circle"
        self.tokens.append(request.headers["Authorization"].removeprefix("Bearer "))
        status = 200 if not self.good or self.tokens[-1] in self.good else 401
        return Response(request=request, status=status, headers={}, body=b"")


def assert_hidden(error: BaseException, caplog: pytest.LogCaptureFixture) -> None:
    """No form of the error, of what led to it and of the log shows the secret."""
    seen: BaseException | None = error
    forms = [caplog.text, "".join(traceback.format_exception(error))]
    forms += [repr(vars(record)) for record in caplog.records]
    while seen is not None:
        forms += [str(seen), repr(seen), repr(vars(seen)), repr(pickle.dumps(seen))]
        seen = seen.__cause__ or seen.__context__
    for form in forms:
        assert "canary" not in form


@pytest.mark.parametrize("callers", [1, 2, 100, 1000])
async def test_concurrent_first_callers_share_one_token_request_and_no_thread(callers: int) -> None:
    endpoint, threads = Endpoint(), threading.active_count()
    source = endpoint.source()
    tokens = await asyncio.gather(*(source.acquire() for _ in range(callers)))
    assert (set(tokens), len(tokens), len(endpoint.asked)) == ({"token-1"}, callers, 1)
    assert threading.active_count() == threads


@pytest.mark.parametrize("cancelled", [{0}, {4}, {9}, {0, 1, 2, 3, 4, 5, 6, 7, 8}])
async def test_a_cancelled_waiter_the_first_included_changes_nothing_for_the_others(cancelled: set[int]) -> None:
    endpoint = Endpoint()
    endpoint.open.clear()
    source = endpoint.source()
    waiters = await start(*(source.acquire() for _ in range(10)))
    for number in cancelled:
        waiters[number].cancel()
    await settle()
    endpoint.open.set()
    results = await asyncio.gather(*waiters, return_exceptions=True)
    for number, result in enumerate(results):
        assert isinstance(result, asyncio.CancelledError) if number in cancelled else result == "token-1"
    assert len(endpoint.asked) == 1


async def test_a_renewal_whose_waiters_are_all_cancelled_still_gives_the_next_caller_its_token() -> None:
    endpoint = Endpoint()
    endpoint.open.clear()
    source = endpoint.source()
    (waiter,) = await start(source.acquire())
    waiter.cancel()
    endpoint.open.set()
    await settle()
    assert (await source.acquire(), len(endpoint.asked)) == ("token-1", 1)


async def test_the_renewal_belongs_to_no_caller_and_sees_nothing_of_its_context() -> None:
    mine, seen = contextvars.ContextVar("mine", default="none"), list[str]()
    endpoint = Endpoint()

    async def send(request: Request) -> Response:
        seen.append(mine.get())
        return await endpoint(request)

    mine.set("a caller's")
    credentials = ClientCredentials("client", SECRET)
    await ClientCredentialsSource(credentials, send, base_url="https://stack.example/").acquire()
    assert seen == ["none"]


async def test_a_failed_renewal_is_everybodys_and_the_next_caller_tries_again() -> None:
    endpoint = Endpoint()
    endpoint.says = (503, "")
    source = endpoint.source()
    failures = await asyncio.gather(*(source.acquire() for _ in range(20)), return_exceptions=True)
    assert {type(failure) for failure in failures} == {ServerError}
    assert len(endpoint.asked) == 1
    endpoint.says = None
    assert await source.acquire() == "token-2"


WINDOWS = {2: (1.6, 1.9), 59: (47.2, 56.05), 600: (480, 570), 3600: (3300, 3570), 10**9: (10**9 - 300, 10**9 - 30)}
"""When the early and the hard window of a token of that life begin, in seconds."""


@pytest.mark.parametrize("lifetime", WINDOWS)
async def test_early_on_one_renewal_runs_in_the_background_and_nobody_waits(lifetime: int) -> None:
    endpoint, (early, hard) = Endpoint(lifetime), WINDOWS[lifetime]
    source, born = endpoint.source(), endpoint.clock.now
    await source.acquire()
    endpoint.clock.now = born + early - 0.01
    assert (await source.acquire(), len(endpoint.asked)) == ("token-1", 1)

    endpoint.open.clear()
    for now in (early + 0.01, (early + hard) / 2, hard - 0.01):
        endpoint.clock.now = born + now
        assert {await source.acquire() for _ in range(100)} == {"token-1"}
        await settle()
    assert len(endpoint.asked) == 2
    endpoint.open.set()
    await settle()
    assert (await source.acquire(), len(endpoint.asked)) == ("token-2", 2)


@pytest.mark.parametrize("lifetime", WINDOWS)
async def test_past_the_hard_limit_everybody_waits_for_one_renewal(lifetime: int) -> None:
    endpoint = Endpoint(lifetime)
    source = endpoint.source()
    await source.acquire()
    endpoint.clock.now += WINDOWS[lifetime][1] + 0.01
    endpoint.open.clear()
    waiters = await start(*(source.acquire() for _ in range(100)))
    assert not any(waiter.done() for waiter in waiters)
    endpoint.open.set()
    assert (set(await asyncio.gather(*waiters)), len(endpoint.asked)) == ({"token-2"}, 2)


async def test_past_the_hard_limit_callers_join_the_renewal_that_is_under_way() -> None:
    endpoint = Endpoint(100)
    source, born = endpoint.source(), endpoint.clock.now
    await source.acquire()
    endpoint.open.clear()
    endpoint.clock.now = born + 81
    assert await source.acquire() == "token-1"
    endpoint.clock.now = born + 96
    waiters = await start(*(source.acquire() for _ in range(10)))
    endpoint.open.set()
    assert (set(await asyncio.gather(*waiters)), len(endpoint.asked)) == ({"token-2"}, 2)


async def test_a_renewal_that_fails_early_is_logged_and_tried_again_after_a_pause(
    caplog: pytest.LogCaptureFixture,
) -> None:
    endpoint = Endpoint(3600)
    source, born = endpoint.source(), endpoint.clock.now
    await source.acquire()
    endpoint.says = (500, json.dumps({"error": SECRET}))
    endpoint.clock.now = born + 3301
    for _ in range(50):
        assert await source.acquire() == "token-1"
        await settle()
    assert len(endpoint.asked) == 2
    (record,) = caplog.records
    assert (record.name, record.levelname) == ("payments_async.wire.auth", "WARNING")
    assert record.getMessage() == "no token from https://stack.example: ServerError"

    endpoint.says = None
    endpoint.clock.now = born + 3301 + 60
    assert await source.acquire() == "token-1"
    await settle()
    assert (await source.acquire(), len(endpoint.asked)) == ("token-3", 3)


async def test_past_the_hard_limit_everybody_gets_the_failure_in_a_copy_that_names_its_own_operation() -> None:
    endpoint, api = Endpoint(100), Api()
    source = endpoint.source()
    await source.acquire()
    endpoint.clock.now += 96
    endpoint.says = ConnectionFailedError("the connection was lost", operation="get_token")
    send = authorizing(source, API)(api)
    operations = [f"operation_{number}" for number in range(50)]
    failures = await asyncio.gather(*(send(an_api_request(name)) for name in operations), return_exceptions=True)
    assert (len(endpoint.asked), api.requests) == (2, [])
    assert len({id(failure) for failure in failures}) == 50
    for name, failure in zip(operations, failures, strict=True):
        assert isinstance(failure, ConnectionFailedError)
        assert (failure.operation, failure.outcome) == (name, Outcome.NOT_SENT)
        assert str(failure) == f"{name}: no token: the connection was lost; nothing was sent"


async def test_what_is_said_of_a_token_that_could_not_be_had_is_said_once() -> None:
    endpoint = Endpoint(100)
    endpoint.says = ConnectionFailedError("no connection; nothing was sent", operation="get_token")
    with pytest.raises(ConnectionFailedError) as caught:
        await authorizing(endpoint.source(), API)(Api())(an_api_request("get_payment"))
    assert str(caught.value) == "get_payment: no token: no connection; nothing was sent"


async def test_a_token_that_lives_two_seconds_works_and_is_never_used_dead() -> None:
    endpoint = Endpoint(2)
    source = endpoint.source()
    for _ in range(200):
        token = await source.acquire()
        assert endpoint.clock.now - endpoint.issued_at[token] < 1.9
        await settle()
        endpoint.clock.now += 0.1
    assert 10 <= len(endpoint.asked) <= 14


async def test_the_life_of_a_token_counts_from_when_it_was_asked_for() -> None:
    endpoint = Endpoint(100)
    endpoint.open.clear()
    source = endpoint.source()
    (waiter,) = await start(source.acquire())
    endpoint.clock.now += 96
    endpoint.open.set()
    assert (await waiter, await source.acquire()) == ("token-1", "token-2")


@pytest.mark.parametrize(
    ("expires_in", "lifetime"),
    [
        (None, math.inf),
        ("null", math.inf),
        ('"junk"', math.inf),
        ('""', math.inf),
        ("[]", math.inf),
        ("{}", math.inf),
        ("NaN", math.inf),
        ("Infinity", math.inf),
        ("1e400", math.inf),
        ("1" + "0" * 400, math.inf),
        ("0", 0),
        ("-5", 0),
        ("-Infinity", 0),
        ("-1e400", 0),
        ('"-7"', 0),
        ("59", 59),
        ('"3600"', 3600),
        ("59.5", 59.5),
        ("1e15", 1e15),
    ],
    ids=lambda value: str(value)[:20],
)
async def test_any_expires_in_gives_a_token_that_is_used_as_long_as_it_says(
    expires_in: str | None, lifetime: float
) -> None:
    endpoint = Endpoint()
    member = "" if expires_in is None else f', "expires_in": {expires_in}'
    endpoint.says = (200, f'{{"access_token": "given", "token_type": "Bearer"{member}}}')
    source = endpoint.source()
    assert set(await asyncio.gather(*(source.acquire() for _ in range(10)))) == {"given"}
    assert len(endpoint.asked) == 1
    endpoint.clock.now += min(lifetime * 0.79, 1e9)
    assert await source.acquire() == "given"
    await settle()
    assert len(endpoint.asked) == (1 if lifetime else 2)
    if math.isfinite(lifetime):
        endpoint.clock.now += lifetime
        assert await source.acquire() == "given"
        assert len(endpoint.asked) == (2 if lifetime else 3)


REFUSED = "the token endpoint refused the credentials"
UNUSABLE = "gave no usable access_token"
SUCCESS = {"access_token": "t", "token_type": "Bearer", "expires_in": 60}


@pytest.mark.parametrize(
    ("status", "body", "expected", "words"),
    [
        (401, '{"error": "invalid_client"}', AuthenticationError, f"{REFUSED} (invalid_client)"),
        (400, '{"error": "e", "error_description": "why"}', AuthenticationError, f"{REFUSED} (e: why)"),
        (403, '{"error": "access_denied"}', AuthenticationError, f"{REFUSED} (access_denied)"),
        (401, "", AuthenticationError, f"{REFUSED} (no reason given)"),
        (400, '{"error": 7, "error_description": null}', AuthenticationError, f"{REFUSED} (no reason given)"),
        (400, "[" * 100_000, AuthenticationError, f"{REFUSED} (no reason given)"),
        (400, json.dumps({"error": SECRET}), AuthenticationError, f"{REFUSED} ([redacted])"),
        (401, json.dumps({"error_description": f"no {quote_plus(SECRET)}"}), AuthenticationError, "(no [redacted])"),
        (302, SECRET, ProtocolError, "answered 302 with a redirect; check token_url"),
        (307, SECRET, ProtocolError, "answered 307 with a redirect; check token_url"),
        (404, '{"errorCode": "NOT_FOUND"}', ProtocolError, "answered 404; check token_url"),
        (409, json.dumps({"errorCode": "CONFLICT", "errorMessage": SECRET}), ProtocolError, "answered 409"),
        (429, SECRET, TransportError, "the token endpoint answered 429; nothing was sent"),
        (500, json.dumps({"errorMessage": f"duplicate key {SECRET}"}), TransportError, "500; nothing was sent"),
        (503, json.dumps({"details": SECRET}), TransportError, "the token endpoint answered 503; nothing was sent"),
        (200, "", ProtocolError, UNUSABLE),
        (200, f"<html>{SECRET}", ProtocolError, UNUSABLE),
        (200, "null", ProtocolError, UNUSABLE),
        (200, json.dumps([SECRET]), ProtocolError, UNUSABLE),
        (200, json.dumps({"token": SECRET}), ProtocolError, UNUSABLE),
        (200, '{"access_token": null}', ProtocolError, UNUSABLE),
        (200, '{"access_token": ""}', ProtocolError, UNUSABLE),
        (200, json.dumps({"access_token": f"{SECRET}\r\nX: y"}), ProtocolError, UNUSABLE),
        (200, json.dumps({**SUCCESS, "token_type": "mac"}), ProtocolError, "another type than Bearer"),
        (200, json.dumps({**SUCCESS, "token_type": [SECRET]}), ProtocolError, "another type than Bearer"),
    ],
    ids=lambda value: getattr(value, "__name__", str(value))[:20],
)
async def test_a_useless_answer_is_a_clear_error_that_names_the_call_and_hides_the_secret(
    status: int, body: str, expected: type[PaymentsError], words: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    endpoint, api = Endpoint(), Api()
    endpoint.says = (status, body)
    send = authorizing(endpoint.source(), API)(api)
    with pytest.raises(PaymentsError) as caught:
        await send(an_api_request("create_payment", "POST"))
    assert type(caught.value) is expected
    assert str(caught.value).startswith(("create_payment: the token endpoint", "create_payment: no token: "))
    assert getattr(caught.value, "outcome", Outcome.NOT_SENT) is Outcome.NOT_SENT
    assert words in str(caught.value)
    assert api.requests == []
    assert_hidden(caught.value, caplog)

    endpoint.says = None
    assert (await send(an_api_request())).status == 200


async def test_a_refusal_carries_the_endpoints_code_and_words() -> None:
    endpoint = Endpoint()
    endpoint.says = (400, '{"error": "unauthorized_client", "error_description": "the client is public"}')
    with pytest.raises(AuthenticationError) as caught:
        await endpoint.source().acquire()
    error = caught.value
    assert (error.status, error.error_code, error.error_message) == (400, "unauthorized_client", "the client is public")


@pytest.mark.parametrize("kind", ["Bearer", "bearer", "BEARER", None])
async def test_the_token_type_is_read_without_regard_to_case(kind: str | None) -> None:
    answer = {"access_token": "t"} | ({"token_type": kind} if kind else {})
    response = Response(request=an_api_request(), status=200, headers={}, body=json.dumps(answer).encode())
    assert read_token(response) == ("t", math.inf)


@pytest.mark.parametrize(
    ("scopes", "asked"), [((), {}), (["payments:read", "payments:write"], {"scope": ["payments:read payments:write"]})]
)
async def test_the_form_holds_the_grant_the_client_the_secret_and_the_scopes(
    scopes: list[str], asked: dict[str, list[str]]
) -> None:
    endpoint = Endpoint()
    await endpoint.source(scopes=scopes).acquire()
    (request,) = endpoint.asked
    form = {"grant_type": ["client_credentials"], "client_id": ["client"], "client_secret": [SECRET], **asked}
    assert parse_qs((request.body or b"").decode(), strict_parsing=True) == form
    assert (request.method, request.url) == ("POST", "https://stack.example/api/auth/oauth/token")
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert "Authorization" not in request.headers
    assert "canary" not in repr(request)


async def test_an_absolute_token_url_is_taken_as_it_is() -> None:
    endpoint = Endpoint()
    source = endpoint.source(token_url="https://issuer.example/oauth2/token")
    await source.acquire()
    assert endpoint.asked[0].url == source.token_url == "https://issuer.example/oauth2/token"


@pytest.mark.parametrize(
    "make",
    [
        lambda: ClientCredentials("", "secret"),
        lambda: ClientCredentials("client", " "),
        lambda: ClientCredentials("client", "secret", token_url=""),
        lambda: ClientCredentials("client", "secret", scopes="payments:read"),
        lambda: BearerToken(""),
        lambda: BearerToken("canary\n"),
        lambda: BearerToken("canary canary"),
    ],
)
def test_credentials_that_cannot_work_are_refused_where_they_are_made(make: Callable[[], object]) -> None:
    with pytest.raises(ConfigurationError) as caught:
        make()
    assert "canary" not in str(caught.value)


def test_credentials_and_tokens_do_not_show_in_reprs() -> None:
    assert "canary" not in repr(ClientCredentials("client", SECRET)) + repr(BearerToken("canary"))


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "PUT", "DELETE"])
async def test_after_a_401_any_method_is_replayed_once_with_a_new_token(method: str) -> None:
    endpoint, api = Endpoint(), Api("token-2")
    response = await authorizing(endpoint.source(), API)(api)(an_api_request(method=method))
    assert (response.status, api.tokens) == (200, ["token-1", "token-2"])
    assert {(request.method, request.body) for request in api.requests} == {(method, b"{}")}


async def test_a_second_401_is_the_answer() -> None:
    endpoint, api = Endpoint(), Api("another")
    response = await authorizing(endpoint.source(), API)(api)(an_api_request())
    assert (response.status, api.tokens, len(endpoint.asked)) == (401, ["token-1", "token-2"], 2)


async def test_a_late_401_does_not_throw_away_a_newer_token() -> None:
    endpoint = Endpoint()
    source = endpoint.source()
    old = await source.acquire()
    source.invalidate(old)
    new = await source.acquire()
    source.invalidate(old)
    assert (await source.acquire(), len(endpoint.asked)) == (new, 2)


async def test_a_thousand_calls_whose_token_is_refused_get_one_new_token() -> None:
    endpoint, api = Endpoint(), Api("token-2")
    source = endpoint.source()
    await source.acquire()
    send = authorizing(source, API)(api)
    responses = await asyncio.gather(*(send(an_api_request()) for _ in range(1000)))
    assert {response.status for response in responses} == {200}
    assert (len(endpoint.asked), api.tokens.count("token-2"), set(api.tokens)) == (2, 1000, {"token-1", "token-2"})


@pytest.mark.parametrize("url", ["https://elsewhere.example", "http://api.example", "https://api.example:8443"])
async def test_a_token_is_sent_to_the_apis_origin_only(url: str) -> None:
    endpoint, api = Endpoint(), Api()
    with pytest.raises(ConfigurationError, match=r"a token is sent to https://api\.example only"):
        await authorizing(endpoint.source(), API)(api)(an_api_request(url=url))
    assert (endpoint.asked, api.requests) == ([], [])


async def test_the_wait_for_a_token_ends_at_the_deadline_and_the_renewal_goes_on() -> None:
    endpoint, api = Endpoint(), Api()
    endpoint.open.clear()
    send = authorizing(endpoint.source(), API)(api)
    (patient,) = await start(send(an_api_request()))
    loop = asyncio.get_running_loop()
    started = loop.time()
    with pytest.raises(DeadlineExceededError) as caught:
        await send(an_api_request("create_pool", "POST", seconds=0.02))
    assert loop.time() - started < 1.0
    error = caught.value
    assert (error.operation, error.outcome, error.exhausted) == ("create_pool", Outcome.NOT_SENT, True)
    endpoint.open.set()
    assert ((await patient).status, api.tokens, len(endpoint.asked)) == (200, ["token-1"], 1)


async def test_a_bearer_token_is_sent_as_it_is_and_a_401_ends_the_call() -> None:
    api = Api("another")
    response = await authorizing(BearerToken("mine"), API)(api)(an_api_request())
    assert (response.status, api.tokens) == (401, ["mine"])


class Own:
    """A token source as users write one."""

    def __init__(self, acquire: Callable[[int], Awaitable[Any]]) -> None:
        self.refused: list[str] = []
        self._acquire = acquire
        self._number = 0

    async def acquire(self) -> Any:
        self._number += 1
        return await self._acquire(self._number)

    def invalidate(self, token: str) -> None:
        self.refused.append(token)


async def test_a_source_of_ones_own_gives_tokens_and_hears_which_was_refused() -> None:
    async def acquire(number: int) -> str:
        return f"own-{number}"

    api, own = Api("own-2"), Own(acquire)
    assert isinstance(own, TokenSource)
    response = await authorizing(own, API)(api)(an_api_request())
    assert (response.status, api.tokens, own.refused) == (200, ["own-1", "own-2"], ["own-1"])


@pytest.mark.parametrize("junk", [None, b"canary", "", "canary\r\nX: y", "canary\n"])
async def test_what_cannot_be_a_token_is_not_sent(junk: object) -> None:
    async def acquire(_: int) -> object:
        return junk

    api = Api()
    with pytest.raises(
        ConfigurationError, match="get_payment: the token source returned a value that cannot be"
    ) as caught:
        await authorizing(Own(acquire), API)(api)(an_api_request())
    assert "canary" not in repr(caught.value)
    assert api.requests == []


async def test_a_time_out_of_ones_own_source_is_not_taken_for_the_calls_deadline() -> None:
    async def acquire(_: int) -> str:
        raise TimeoutError("its own")

    with pytest.raises(TransportError, match="the source raised TimeoutError; nothing was sent") as caught:
        await authorizing(Own(acquire), API)(Api())(an_api_request())
    assert caught.value.outcome is Outcome.NOT_SENT


async def test_closing_ends_the_renewal_and_its_waiters_and_no_other_begins() -> None:
    endpoint, api = Endpoint(), Api()
    endpoint.open.clear()
    source = endpoint.source()
    send = authorizing(source, API)(api)
    before = asyncio.all_tasks()
    waiters = await start(*(send(an_api_request("list_payments")) for _ in range(10)))
    await source.aclose()
    await source.aclose()
    results = await asyncio.gather(*waiters, return_exceptions=True)
    assert {(type(result), str(result)) for result in results} == {
        (ConfigurationError, "list_payments: the client was closed while a token was on its way")
    }
    with pytest.raises(ConfigurationError, match="get_payment: the client is closed"):
        await send(an_api_request())
    assert asyncio.all_tasks() == before
    assert (len(endpoint.asked), api.requests) == (1, [])


async def test_a_layer_observes_each_request_for_a_token_and_sees_no_secret() -> None:
    seen: list[Request | Response] = []

    def layer(send: Send) -> Send:
        async def send_seen(request: Request) -> Response:
            seen.append(request)
            response = await send(attrs.evolve(request, url="https://evil.example"))
            seen.append(response)
            return attrs.evolve(response, status=500)

        return send_seen

    endpoint = Endpoint()
    source = ClientCredentialsSource(
        ClientCredentials("client", SECRET),
        observing([layer, layer])(checked_token(endpoint)),
        base_url="https://stack.example/",
    )
    assert await source.acquire() == "token-1"
    assert [request.url for request in endpoint.asked] == ["https://stack.example/api/auth/oauth/token"]
    assert [each.status for each in seen if isinstance(each, Response)] == [200, 500]
    for each in seen:
        assert not each.headers
        assert not each.body


async def test_a_layer_that_answers_itself_is_an_error() -> None:
    async def answer(request: Request) -> Response:
        return Response(request=request, status=200, headers={}, body=b"")

    endpoint = Endpoint()
    send = observing([lambda _: answer])(checked_token(endpoint))
    source = ClientCredentialsSource(ClientCredentials("client", SECRET), send, base_url="https://stack.example/")
    with pytest.raises(ConfigurationError, match="a token layer did not send the request: it can only observe it"):
        await source.acquire()
    assert endpoint.asked == []
