"""The client's set-up: what it is made of, what it refuses, how it lives and ends."""

from __future__ import annotations

import asyncio
import gc
import inspect
import json
import warnings
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

import aiohttp
import attrs
import pytest
from aioresponses import aioresponses

from payments_async import (
    BearerToken,
    ClientCredentials,
    ConfigurationError,
    Layer,
    NotFoundError,
    PaymentsClient,
    PaymentsError,
    ProtocolError,
    Request,
    Response,
    RetryPolicy,
    Send,
    ServerError,
    Timeout,
    ValidationError,
    filters,
)
from payments_async.models import BankAccountRequest, ServerInfo
from payments_async.settings import from_environment

ROOT = "https://acme.example.com"
INFO = f"{ROOT}/api/payments/_info"
SECRET = "canary-secret"
TOKEN = "canary-token"
NAIVE = datetime(2024, 5, 6, tzinfo=UTC).replace(tzinfo=None)


class Sent:
    """A layer that answers in the server's place, and keeps what would have been sent."""

    def __init__(self) -> None:
        self.requests: list[Request] = []

    def __call__(self, _: Send) -> Send:
        async def keep(request: Request) -> Response:
            self.requests.append(request)
            body = json.dumps({"version": "1"}).encode()
            return Response(request=request, status=200, headers={"Content-Type": "application/json"}, body=body)

        return keep

    @property
    def urls(self) -> list[str]:
        return [request.url for request in self.requests]


@pytest.fixture
def sent() -> Sent:
    return Sent()


@pytest.fixture
async def client(sent: Sent) -> AsyncIterator[PaymentsClient]:
    """A client whose calls end in `sent`."""
    async with PaymentsClient(ROOT, layers=[sent]) as made:
        yield made


# Construction


@pytest.mark.parametrize(
    ("base_url", "api_path", "url"),
    [
        (ROOT, None, f"{ROOT}/api/payments/_info"),
        (f"{ROOT}/", None, f"{ROOT}/api/payments/_info"),
        (f"{ROOT}/stack", "/pay", f"{ROOT}/stack/pay/_info"),
        (ROOT, "", f"{ROOT}/_info"),
        (f"{ROOT}/", "", f"{ROOT}/_info"),
        (ROOT, "/api/payments/", f"{ROOT}/api/payments/_info"),
        ("http://localhost:8080", "", "http://localhost:8080/_info"),
        ("http://127.0.0.1:8080", "", "http://127.0.0.1:8080/_info"),
        ("http://[::1]:8080", "", "http://[::1]:8080/_info"),
        ("http://127.8.9.1", "", "http://127.8.9.1/_info"),
    ],
)
async def test_base_url_and_api_path_make_the_address(
    sent: Sent, base_url: str, api_path: str | None, url: str
) -> None:
    options: dict[str, Any] = {} if api_path is None else {"api_path": api_path}
    async with PaymentsClient(base_url, layers=[sent], **options) as client:
        await client.server.get_server_info()
    assert sent.urls == [url]


@pytest.mark.parametrize(
    "base_url",
    [
        "",
        "acme.example.com",
        "//acme.example.com",
        "ftp://acme.example.com",
        "https://",
        "https:///api",
        "https://[acme",
        "https://acme.example.com:99999",
        "https://acme.example.com:port",
        "https://acme.example.com?",
        "https://acme.example.com?a=b",
        "https://acme.example.com#",
        "https://acme.example.com#top",
        f"https://user:{SECRET}@acme.example.com",
        f"https://:{SECRET}@acme.example.com",
        "https://acme example.com",
        " https://acme.example.com",
        "https://acme.example.com\n",
        None,
    ],
)
def test_what_is_no_base_url_is_refused(base_url: Any) -> None:
    with pytest.raises(ConfigurationError, match="base_url") as caught:
        PaymentsClient(base_url)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    "base_url",
    [
        "http://acme.example.com",
        "HTTP://acme.example.com",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "http://10.0.0.1:8080",
        "http://0.0.0.0",
        "http://[2001:db8::1]",
    ],
)
def test_clear_text_to_another_host_needs_an_explicit_yes(base_url: str) -> None:
    with pytest.raises(ConfigurationError, match="allow_http"):
        PaymentsClient(base_url)
    PaymentsClient(base_url, allow_http=True)


def test_credentials_do_not_go_to_a_clear_text_token_endpoint() -> None:
    auth = ClientCredentials("id", SECRET, token_url="http://login.example.com/token")
    with pytest.raises(ConfigurationError, match="token_url") as caught:
        PaymentsClient(ROOT, auth=auth)
    assert SECRET not in str(caught.value)
    PaymentsClient(ROOT, auth=auth, allow_http=True)


@pytest.mark.parametrize("api_path", ["api", "/", "//", "/a//b", "/a b", "/a?b", "/a#b", "/a\n", " ", "/..", "/a/../b"])
def test_what_is_no_api_path_is_refused(api_path: str) -> None:
    with pytest.raises(ConfigurationError, match="api_path"):
        PaymentsClient(ROOT, api_path=api_path)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"timeout": 30}, r"timeout is 30: give a Timeout, such as Timeout\(total=30\)"),
        ({"retry": 3}, r"retry is 3: give a RetryPolicy, such as RetryPolicy\(attempts=4\)"),
    ],
)
def test_numbers_in_place_of_options_are_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        PaymentsClient(ROOT, **options)
    with pytest.raises(ConfigurationError, match=said):
        PaymentsClient(ROOT).with_options(**options)


@pytest.mark.parametrize("auth", ["token", 5, object(), ClientCredentials, ("id", SECRET)])
def test_what_is_no_token_source_is_refused(auth: Any) -> None:
    with pytest.raises(ConfigurationError, match="auth") as caught:
        PaymentsClient(ROOT, auth=auth)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    "made",
    [
        lambda: ClientCredentials("", SECRET),
        lambda: ClientCredentials("id", ""),
        lambda: ClientCredentials("id", " \n"),
        lambda: ClientCredentials("id", None),  # type: ignore[arg-type]
        lambda: ClientCredentials(None, SECRET),  # type: ignore[arg-type]
        lambda: ClientCredentials("id", SECRET, token_url=""),
    ],
)
def test_missing_credentials_are_refused(made: Callable[[], object]) -> None:
    with pytest.raises(ConfigurationError, match="missing") as caught:
        made()
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("token", ["", " ", None, 5, f"{TOKEN}\n", f"{TOKEN}\r\nX-Evil: 1", f"{TOKEN} x"])
def test_a_token_that_no_header_can_hold_is_refused(token: Any) -> None:
    with pytest.raises(ConfigurationError, match="token") as caught:
        BearerToken(token)
    assert TOKEN not in str(caught.value)


def test_scopes_are_a_list_and_not_one_text() -> None:
    assert ClientCredentials("id", SECRET, scopes=["payments:read"]).scopes == ("payments:read",)
    with pytest.raises((ConfigurationError, TypeError)):
        ClientCredentials("id", SECRET, scopes="payments:read")


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": f"Bearer {SECRET}"},
        {"authorization": SECRET},
        {"Content-Length": "5"},
        {"content-type": "text/plain"},
        {"Host": "evil.example"},
        {"Transfer-Encoding": "chunked"},
        {"Content-encoding": "gzip"},
        {"X-A\r\nX-B": "1"},
        {"X A": "1"},
        {"": "1"},
        {"X-A": f"{SECRET}\r\nX-B: 1"},
        {"X-A": f"{SECRET}\x00"},
    ],
)
def test_headers_that_cannot_be_are_refused(headers: dict[str, str]) -> None:
    client = PaymentsClient(ROOT)
    for made in (partial(PaymentsClient, ROOT), client.with_options):
        with pytest.raises(ConfigurationError, match="header") as caught:
            made(headers=headers)
        assert SECRET not in str(caught.value)


async def test_headers_are_sent_with_every_request(sent: Sent) -> None:
    async with PaymentsClient(ROOT, layers=[sent], headers={"X-Team": "ü a"}) as client:
        await client.server.get_server_info()
        await client.request("GET", "/x")
    assert [request.headers["X-Team"] for request in sent.requests] == ["ü a"] * 2


async def test_a_header_is_sent_once_whatever_its_case(sent: Sent) -> None:
    async with PaymentsClient(ROOT, layers=[sent], headers={"user-agent": "mine", "X-Team": "a"}) as client:
        await client.with_options(headers={"x-team": "b"}).server.get_server_info()
    headers = [(name.lower(), value) for name, value in sent.requests[0].headers.items()]
    assert [value for name, value in headers if name == "user-agent"] == ["mine"]
    assert [value for name, value in headers if name == "x-team"] == ["b"]


@pytest.mark.parametrize(
    "made",
    [
        *(
            lambda field=field, value=value: Timeout(**{field: value})
            for field in ("total", "connect", "attempt")
            for value in (0, -1, float("nan"), float("inf"))
        ),
        lambda: RetryPolicy(attempts=0),
        lambda: RetryPolicy(base=-1),
        lambda: RetryPolicy(cap=float("nan")),
    ],
)
def test_times_and_attempts_that_cannot_be_are_refused(made: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"Timeout\.|RetryPolicy\."):
        made()


def test_unknown_keyword_arguments_are_refused() -> None:
    client = PaymentsClient(ROOT)
    calls: list[Callable[..., Any]] = [
        lambda **unknown: PaymentsClient(ROOT, **unknown),
        client.with_options,
        client.payments.list_payments,
        lambda **unknown: client.payments.get_payment("p", **unknown),
        lambda **unknown: client.request("GET", "/x", **unknown),
        Timeout,
    ]
    for call in calls:
        with pytest.raises(TypeError, match="unknown"):
            call(unknown=1)


def test_making_a_client_needs_no_event_loop() -> None:
    with pytest.raises(RuntimeError, match="no running event loop"):
        asyncio.get_running_loop()
    PaymentsClient(ROOT, auth=ClientCredentials("id", SECRET)).with_options(timeout=Timeout(total=1))


# The environment

ENVIRONMENT = {"FORMANCE_URL": ROOT, "FORMANCE_CLIENT_ID": "id", "FORMANCE_CLIENT_SECRET": SECRET}


def test_the_environment_names_server_and_credentials() -> None:
    settings = from_environment({**ENVIRONMENT, "FORMANCE_URL": f" {ROOT}\n"})
    assert (settings.base_url, settings.api_path) == (ROOT, None)
    assert settings.auth == ClientCredentials("id", SECRET)
    assert SECRET not in repr(settings)


def test_the_environment_may_name_paths_too() -> None:
    settings = from_environment({**ENVIRONMENT, "FORMANCE_TOKEN_URL": "/token", "FORMANCE_API_PATH": ""})
    assert settings.auth == ClientCredentials("id", SECRET, token_url="/token")
    assert settings.api_path == ""
    assert from_environment({**ENVIRONMENT, "FORMANCE_TOKEN_URL": " "}).auth == ClientCredentials("id", SECRET)


@pytest.mark.parametrize("empty", [{}, {"FORMANCE_CLIENT_ID": " "}, {"FORMANCE_CLIENT_SECRET": ""}])
async def test_a_service_without_a_gateway_and_without_a_client_gets_no_token(
    monkeypatch: pytest.MonkeyPatch, sent: Sent, empty: dict[str, str]
) -> None:
    for name in ENVIRONMENT:
        monkeypatch.delenv(name, raising=False)
    for name, value in {"FORMANCE_URL": ROOT, "FORMANCE_API_PATH": "", **empty}.items():
        monkeypatch.setenv(name, value)
    async with PaymentsClient.from_env(layers=[sent]) as client:
        assert client._source is None
        await client.server.get_server_info()
    assert sent.urls == [f"{ROOT}/_info"]


@pytest.mark.parametrize("given", [{"FORMANCE_CLIENT_ID"}, {"FORMANCE_CLIENT_SECRET"}])
def test_half_of_a_client_is_an_error_whatever_the_path(given: set[str]) -> None:
    environment = {name: value for name, value in ENVIRONMENT.items() if name in {"FORMANCE_URL", *given}}
    with pytest.raises(ConfigurationError, match="set FORMANCE_CLIENT_") as caught:
        from_environment({**environment, "FORMANCE_API_PATH": ""})
    assert not any(name in str(caught.value) for name in given)


@pytest.mark.parametrize(
    "missing",
    [
        {"FORMANCE_URL"},
        {"FORMANCE_CLIENT_ID"},
        {"FORMANCE_CLIENT_SECRET"},
        {"FORMANCE_URL", "FORMANCE_CLIENT_SECRET"},
        set(ENVIRONMENT),
    ],
)
@pytest.mark.parametrize("left", [None, "", "  "])
def test_all_missing_variables_are_named(missing: set[str], left: str | None) -> None:
    environment = {name: value for name, value in ENVIRONMENT.items() if name not in missing}
    environment |= dict.fromkeys(missing, left) if left is not None else {}
    with pytest.raises(ConfigurationError) as caught:
        from_environment(environment)
    assert {name for name in ENVIRONMENT if name in str(caught.value)} == missing
    assert SECRET not in str(caught.value)


async def test_from_env_makes_a_client(monkeypatch: pytest.MonkeyPatch, sent: Sent) -> None:
    for name, value in {**ENVIRONMENT, "FORMANCE_API_PATH": "/pay"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("FORMANCE_TOKEN_URL", raising=False)
    async with PaymentsClient.from_env(layers=[sent], headers={"X-A": "1"}) as client:
        await client.server.get_server_info()
    assert sent.urls == [f"{ROOT}/pay/_info"]
    assert sent.requests[0].headers["X-A"] == "1"
    assert SECRET not in repr(client)


async def test_an_option_beats_the_environment(monkeypatch: pytest.MonkeyPatch, sent: Sent) -> None:
    for name, value in {**ENVIRONMENT, "FORMANCE_API_PATH": "/pay"}.items():
        monkeypatch.setenv(name, value)
    async with PaymentsClient.from_env(layers=[sent], api_path="") as client:
        await client.server.get_server_info()
    assert sent.urls == [f"{ROOT}/_info"]


async def test_an_empty_api_path_of_the_environment_is_a_bare_service(
    monkeypatch: pytest.MonkeyPatch, sent: Sent
) -> None:
    for name, value in {**ENVIRONMENT, "FORMANCE_API_PATH": ""}.items():
        monkeypatch.setenv(name, value)
    async with PaymentsClient.from_env(layers=[sent]) as client:
        await client.server.get_server_info()
    assert sent.urls == [f"{ROOT}/_info"]


def test_from_env_without_an_environment_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ENVIRONMENT:
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(ConfigurationError, match="FORMANCE_URL and FORMANCE_CLIENT_ID and FORMANCE_CLIENT_SECRET"):
        PaymentsClient.from_env()


# Layers that answer by themselves


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (404, b'{"errorCode":"NOT_FOUND"}', NotFoundError),
        (400, b'{"errorCode":"VALIDATION"}', ValidationError),
        (503, b"", ServerError),
        (302, b"", ProtocolError),
    ],
)
@pytest.mark.parametrize("where", ["layers", "attempt_layers"])
async def test_a_canned_response_is_checked_like_any_other(
    where: str, status: int, body: bytes, kind: type[PaymentsError]
) -> None:
    asked: list[Request] = []

    def canned(_: Send) -> Send:
        async def answered(request: Request) -> Response:
            asked.append(request)
            return Response(request=request, status=status, headers={"Content-Type": "application/json"}, body=body)

        return answered

    given: dict[str, Any] = {where: [canned], "retry": RetryPolicy(attempts=2, base=0)}
    async with PaymentsClient(ROOT, **given) as client:
        with pytest.raises(kind) as failed:
            await client.payments.get_payment("p")
        assert type(failed.value) is kind
        assert len(asked) == (2 if status == 503 and where == "attempt_layers" else 1)
        asked.clear()
    asked.clear()
    async with PaymentsClient(ROOT) as client:
        with pytest.raises(kind):
            await client.with_options(**given).payments.get_payment("p")
        assert asked


# Derived clients


async def test_a_derived_client_shares_session_and_token(mocked: aioresponses) -> None:
    mocked.post(f"{ROOT}/api/auth/oauth/token", payload={"access_token": TOKEN, "expires_in": 3599})
    mocked.get(INFO, payload={"version": "1"}, repeat=True)
    async with PaymentsClient(ROOT, auth=ClientCredentials("id", SECRET), headers={"X-A": "1"}) as client:
        derived = client.with_options(timeout=Timeout(total=5, connect=2), headers={"X-B": "2"})
        assert type(derived) is PaymentsClient
        for each in (client, derived, derived.with_options(retry=RetryPolicy(attempts=1))):
            assert await each.server.get_server_info() == ServerInfo(version="1")
    calls = [call for (method, _), each in mocked.requests.items() if method == "GET" for call in each]
    assert sum(method == "POST" for method, _ in mocked.requests) == 1
    assert [call.kwargs["headers"].get("X-B") for call in calls] == [None, "2", "2"]
    assert [call.kwargs["headers"]["X-A"] for call in calls] == ["1", "1", "1"]
    assert [call.kwargs["timeout"].connect for call in calls[:2]] == [10.0, 2]


async def test_layers_of_a_call_see_it_once_and_those_of_an_attempt_each_time(mocked: aioresponses) -> None:
    seen: list[str] = []

    def noting(name: str) -> Layer:
        def layer(send: Send) -> Send:
            async def send_noted(request: Request) -> Response:
                assert "Authorization" not in request.headers
                seen.append(name)
                return await send(request)

            return send_noted

        return layer

    mocked.get(INFO, status=503)
    mocked.get(INFO, payload={"version": "1"})
    async with PaymentsClient(
        ROOT, auth=BearerToken(TOKEN), retry=RetryPolicy(base=0), layers=[noting("a")], attempt_layers=[noting("c")]
    ) as client:
        derived = client.with_options(layers=[noting("b")], attempt_layers=[noting("d")])
        assert await derived.server.get_server_info() == ServerInfo(version="1")
    assert seen == ["a", "b", "c", "d", "c", "d"]


def test_the_client_tells_its_url() -> None:
    assert PaymentsClient(f"{ROOT}/", api_path="/api/payments/").url == f"{ROOT}/api/payments"


async def test_a_scheme_is_a_scheme_in_whatever_case(mocked: aioresponses) -> None:
    mocked.get(INFO, payload={"version": "1"})
    async with PaymentsClient(ROOT.replace("https", "HTTPS"), auth=BearerToken(TOKEN)) as client:
        assert await client.server.get_server_info() == ServerInfo(version="1")


async def test_closing_a_derived_client_does_nothing(client: PaymentsClient) -> None:
    derived = client.with_options(timeout=Timeout(total=1))
    await derived.aclose()
    async with derived:
        pass
    await client.server.get_server_info()
    await derived.server.get_server_info()


async def test_a_derived_client_ends_with_its_parent(mocked: aioresponses) -> None:
    client = PaymentsClient(ROOT)
    async with client:
        derived = client.with_options(retry=RetryPolicy(attempts=1))
    with pytest.raises(ConfigurationError, match="closed"):
        await derived.server.get_server_info()
    assert not mocked.requests


# Any route


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "payments",
        "//evil.example/x",
        "https://evil.example/x",
        "/payments/",
        "/payments//x",
        "/payments/..",
        "/../x",
        "/./x",
        "/%2e%2e/x",
        "/payments?x=1",
        "/payments#x",
        "/pay ments",
        "/payments\n",
        "/é",
        "/payments/%zz",
        "/payments/{id}",
        "/a\\b",
    ],
)
async def test_what_is_no_path_is_refused(client: PaymentsClient, sent: Sent, path: str) -> None:
    with pytest.raises(ValueError, match="path"):
        await client.request("GET", path)
    assert not sent.requests


@pytest.mark.parametrize("method", ["", "get", "GET ", "GET\r\nX: 1", "GET /x"])
async def test_what_is_no_method_is_refused(client: PaymentsClient, sent: Sent, method: str) -> None:
    with pytest.raises(ValueError, match="method"):
        await client.request(method, "/x")
    assert not sent.requests


async def test_request_takes_encoded_paths_queries_and_values(client: PaymentsClient, sent: Sent) -> None:
    assert await client.request("POST", "/v3/a%2Fb/c.d~e", query={"q": "a b"}, body=[1, None, {"a": 10**30}]) == {
        "version": "1"
    }
    (request,) = sent.requests
    assert request.url == f"{ROOT}/api/payments/v3/a%2Fb/c.d~e?q=a%20b"
    assert request.body == b'[1,null,{"a":1000000000000000000000000000000}]'
    assert (request.operation, request.method) == ("request", "POST")


@pytest.mark.parametrize("body", [{"at": NAIVE}, {"n": float("nan")}, {"x": object()}])
async def test_request_refuses_what_is_no_json(client: PaymentsClient, sent: Sent, body: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        await client.request("POST", "/x", body=body)
    assert not sent.requests


# Bad input to operations


BAD_LISTS: list[Callable[[PaymentsClient], Any]] = [
    lambda client: client.payments.list_payments(page_size=0),
    lambda client: client.payments.list_payments(page_size=-1),
    lambda client: client.accounts.list_accounts(page_size=-(10**30)),
    lambda client: client.pools.list_pools(page_size=True),
    lambda client: client.pools.list_pools(page_size=1.5),  # type: ignore[arg-type]
    lambda client: client.pools.list_pools(page_size="5"),  # type: ignore[arg-type]
    lambda client: client.accounts.get_account_balances("a", page_size=0),
    lambda client: client.accounts.get_account_balances("a", limit=0),
    lambda client: client.accounts.get_account_balances("a", limit=-1),
    lambda client: client.connectors.list_connector_tasks_v1("STRIPE", "c", page_size=0),
    lambda client: client.payments.list_payments(cursor=""),
    lambda client: client.payments.list_payments(cursor=5),  # type: ignore[arg-type]
    lambda client: client.payments.list_payments(cursor="c", page_size=5),
    lambda client: client.payments.list_payments(cursor="c", sort="id:asc"),
    lambda client: client.payments.list_payments(cursor="c", query={"$match": {"reference": "r"}}),
    lambda client: client.accounts.get_account_balances("a", cursor="c", asset="USD/2"),
    lambda client: client.accounts.get_account_balances("a", cursor="c", limit=5),
    lambda client: client.accounts.get_account_balances("a", cursor="c", to=datetime(2024, 5, 6, tzinfo=UTC)),
    lambda client: client.bank_accounts.list_bank_accounts(cursor="c", page_size=5),
    lambda client: client.connectors.list_connector_tasks_v1("STRIPE", "c", cursor="c", page_size=5),
]


@pytest.mark.parametrize("listed", BAD_LISTS)
async def test_list_arguments_that_the_server_would_misread_are_refused_at_once(
    client: PaymentsClient, sent: Sent, listed: Callable[[PaymentsClient], Any]
) -> None:
    with pytest.raises(ValueError, match=r"page_size|limit|cursor"):
        listed(client)
    assert not sent.requests


BY_ID: list[Callable[[PaymentsClient, str], Any]] = [
    lambda client, ident: client.payments.get_payment(ident),
    lambda client, ident: client.payments.update_metadata(ident, {"k": "v"}),
    lambda client, ident: client.accounts.get_account_balances(ident).first(),
    lambda client, ident: client.pools.remove_account_from_pool("pool", ident),
    lambda client, ident: client.pools.delete_pool(ident),
    lambda client, ident: client.bank_accounts.forward_bank_account(ident, "c"),
    lambda client, ident: client.transfer_initiations.delete_transfer_initiation(ident),
    lambda client, ident: client.connectors.uninstall_connector_v1("STRIPE", ident),
    lambda client, ident: client.connectors.uninstall_connector_v1(ident, "c"),
    lambda client, ident: client.connectors.get_connector_task_v1("STRIPE", "c", ident),
]


@pytest.mark.parametrize("ident", ["", ".", ".."])
@pytest.mark.parametrize("call", BY_ID)
async def test_ids_that_lead_elsewhere_are_refused_before_anything_is_sent(
    client: PaymentsClient, sent: Sent, call: Callable[[PaymentsClient, str], Any], ident: str
) -> None:
    with pytest.raises(ValueError, match="another route"):
        await call(client, ident)
    assert not sent.requests


@pytest.mark.parametrize(
    "call",
    [
        lambda client: client.payments.get_payment("\ud800"),
        lambda client: client.payments.list_payments(cursor="\ud800").first(),
        lambda client: client.pools.create_pool("\ud800", []),
        lambda client: client.request("GET", "/payments", query={"\ud800": "x"}),
        lambda client: client.payments.list_payments(query=filters.payments.reference.match("\ud800")).first(),
        lambda client: client.payments.list_payments(query={"$match": {"reference": "\ud800"}}).first(),
    ],
)
async def test_half_of_a_surrogate_pair_is_refused_before_anything_is_sent(
    client: PaymentsClient, sent: Sent, call: Callable[[PaymentsClient], Any]
) -> None:
    with pytest.raises(ValueError, match="half of a surrogate pair"):
        await call(client)
    assert not sent.requests


NUMBER: Any = 5

BAD_CALLS: dict[str, Callable[[PaymentsClient], Any]] = {
    "naive time": lambda client: client.pools.get_pool_balances("p", NAIVE),
    "naive from": lambda client: client.accounts.get_account_balances("a", from_=NAIVE).first(),
    "naive to": lambda client: client.accounts.get_account_balances("a", to=NAIVE).first(),
    "empty asset": lambda client: client.accounts.get_account_balances("a", asset="").first(),
    "empty sort": lambda client: client.payments.list_payments(sort="").first(),
    "empty query": lambda client: client.payments.list_payments(query="").first(),
    "empty metadata": lambda client: client.payments.update_metadata("p", {}),
    "empty metadata name": lambda client: client.payments.update_metadata("p", {"": "v"}),
    "metadata that is no text": lambda client: client.payments.update_metadata("p", {"k": NUMBER}),
    "empty bank account metadata": lambda client: client.bank_accounts.update_bank_account_metadata("b", {}),
    "one string for many ids": lambda client: client.pools.create_pool("name", "account"),
    "an id that is no text": lambda client: client.payments.get_payment(NUMBER),
    "no id": lambda client: client.payments.get_payment(None),  # type: ignore[arg-type]
    "a number for a text": lambda client: client.pools.add_account_to_pool("p", NUMBER),
}


@pytest.mark.parametrize("call", BAD_CALLS.values(), ids=BAD_CALLS)
async def test_bad_input_is_refused_before_anything_is_sent(
    client: PaymentsClient, sent: Sent, call: Callable[[PaymentsClient], Any]
) -> None:
    with pytest.raises((ValueError, TypeError)) as caught:
        await call(client)
    assert str(caught.value)
    assert not sent.requests


async def test_a_refused_request_does_not_tell_what_was_in_it(client: PaymentsClient) -> None:
    request = BankAccountRequest(country="FR", name="n", iban=SECRET, metadata={"k": 5})  # type: ignore[dict-item]
    with pytest.raises(ValueError, match="metadata") as caught:
        await client.bank_accounts.create_bank_account(request)
    assert SECRET not in str(caught.value)


# Life and end


async def test_closing_is_idempotent_and_ends_the_client(mocked: aioresponses) -> None:
    client = PaymentsClient(ROOT)
    async with client as entered:
        assert entered is client
        session = client._connection.session()
    assert session.closed
    await client.aclose()
    await asyncio.gather(client.aclose(), client.aclose())
    with pytest.raises(ConfigurationError, match="closed"):
        await client.server.get_server_info()
    with pytest.raises(ConfigurationError, match="closed"):
        async with client:
            pass
    assert not mocked.requests


async def test_a_call_on_a_closed_client_names_its_operation() -> None:
    client = PaymentsClient(ROOT)
    await client.aclose()
    with pytest.raises(ConfigurationError) as caught:
        await client.payments.get_payment("p-1")
    assert caught.value.operation == "get_payment"


async def test_closing_a_client_that_was_never_used_is_fine() -> None:
    await PaymentsClient(ROOT, auth=ClientCredentials("id", SECRET)).aclose()


async def test_a_client_works_without_a_block(mocked: aioresponses) -> None:
    mocked.get(INFO, payload={"version": "1"})
    client = PaymentsClient(ROOT)
    try:
        assert await client.server.get_server_info() == ServerInfo(version="1")
    finally:
        await client.aclose()


async def test_a_session_that_was_passed_in_is_used_and_stays_open(mocked: aioresponses) -> None:
    mocked.get(INFO, payload={"version": "1"}, repeat=True)
    async with aiohttp.ClientSession(headers={"X-Session": "mine"}) as session:
        async with PaymentsClient(ROOT, session=session) as client:
            await client.server.get_server_info()
        assert not session.closed
        ((call,),) = mocked.requests.values()
        assert call.kwargs["headers"]["X-Session"] == "mine"
        with pytest.raises(ConfigurationError, match="closed"):
            await client.server.get_server_info()
        async with PaymentsClient(ROOT, session=session) as another:
            await another.server.get_server_info()


@pytest.mark.parametrize("name", ["Transfer-Encoding", "content-length", "Content-Encoding", "HOST", "Expect"])
async def test_a_session_whose_defaults_would_frame_a_request_is_refused(name: str) -> None:
    async with aiohttp.ClientSession(headers={"X-Session": "mine", name: "5"}) as session:
        with pytest.raises(ConfigurationError, match=f"the session sets {name}: only the client may set it"):
            PaymentsClient(ROOT, session=session)


@pytest.mark.parametrize("name", ["Transfer-Encoding", "content-length", "Expect"])
@pytest.mark.parametrize("place", ["layers", "attempt_layers"])
async def test_a_layer_cannot_frame_a_request(mocked: aioresponses, place: str, name: str) -> None:
    def framing(send: Send) -> Send:
        return lambda request: send(request.with_headers({**request.headers, name: "3"}))

    async with PaymentsClient(ROOT, **{place: [framing]}) as client:  # type: ignore[arg-type]
        with pytest.raises(ConfigurationError, match=f"a layer sets {name}: only the client may set it"):
            await client.server.get_server_info()
    assert not mocked.requests


async def test_a_session_that_was_closed_by_its_owner_is_an_error(mocked: aioresponses) -> None:
    async with aiohttp.ClientSession() as session:
        client = PaymentsClient(ROOT, session=session)
    with pytest.raises(ConfigurationError, match="session"):
        await client.server.get_server_info()
    assert not mocked.requests


def test_a_second_event_loop_is_a_clear_error_at_once(mocked: aioresponses) -> None:
    mocked.get(INFO, payload={"version": "1"}, repeat=True)
    client = PaymentsClient(ROOT)
    derived = client.with_options(timeout=Timeout(total=1))

    async def call(through: PaymentsClient) -> str:
        return (await through.server.get_server_info()).version

    async def refused(through: PaymentsClient) -> None:
        with pytest.raises(ConfigurationError, match="another event loop"):
            await call(through)

    with asyncio.Runner() as first:
        assert first.run(call(client)) == "1"
        for through in (client, derived):
            asyncio.run(refused(through))
        assert first.run(call(client)) == "1"
        first.run(client.aclose())


def test_a_loop_that_is_gone_is_a_clear_error_too(mocked: aioresponses) -> None:
    mocked.get(INFO, payload={"version": "1"}, repeat=True)
    client = PaymentsClient(ROOT)

    async def call() -> None:
        await client.server.get_server_info()

    async def refused_and_closed() -> None:
        with pytest.raises(ConfigurationError, match="another event loop"):
            await call()
        await client.aclose()

    asyncio.run(call())
    asyncio.run(refused_and_closed())


async def test_an_unclosed_client_warns_with_where_it_was_made() -> None:
    async def forget() -> int:
        frame = inspect.currentframe()
        client, line = PaymentsClient(ROOT), frame.f_lineno if frame else 0
        await client.__aenter__()
        return line

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        line = await forget()
        gc.collect()
    ours = [str(warning.message) for warning in caught if "PaymentsClient" in str(warning.message)]
    assert len(ours) == 1
    assert f"{__file__}:{line}" in ours[0]
    assert {warning.category for warning in caught} == {ResourceWarning}


async def test_what_is_closed_or_never_opened_warns_of_nothing() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        PaymentsClient(ROOT).with_options()
        async with PaymentsClient(ROOT) as client:
            client.with_options()
        del client
        gc.collect()
    assert not caught


# Reprs


def test_reprs_hide_secrets() -> None:
    credentials, token = ClientCredentials("id", SECRET), BearerToken(TOKEN)
    shown = [repr(credentials), repr(token), str(credentials), str(token)]
    for auth in (credentials, token):
        client = PaymentsClient(ROOT, auth=auth, headers={"X-Key": SECRET})
        held: list[Any] = [client, client.with_options(), client.payments, client._source]
        shown += [repr(each) for each in held]
    assert not [text for text in shown if SECRET in text or TOKEN in text]
    assert "ClientCredentials(client_id='id'" in shown[0]


def test_the_repr_of_a_client_names_the_api() -> None:
    assert repr(PaymentsClient(ROOT)) == "PaymentsClient('https://acme.example.com/api/payments')"


async def test_reprs_of_requests_hide_headers_and_bodies(client: PaymentsClient, sent: Sent) -> None:
    await client.with_options(headers={"X-Key": SECRET}).request("POST", "/x", body={"iban": SECRET})
    (request,) = sent.requests
    assert request.headers["X-Key"] == SECRET
    assert SECRET not in repr(request)
    assert SECRET not in repr(attrs.evolve(request, headers={"Authorization": TOKEN}))


def test_the_repr_of_a_list_says_which() -> None:
    assert repr(PaymentsClient(ROOT).payments.list_payments(query=SECRET)) == "<Pages of list_payments>"
