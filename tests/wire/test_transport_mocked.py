"""Single exchanges through the whole client, without a server: what is sent, and what becomes of the answer."""

from __future__ import annotations

import asyncio
import json
import logging
import pickle
import ssl
import traceback
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import aiohttp
import attrs
import pytest
from aiohttp.client_reqrep import ConnectionKey
from aioresponses import aioresponses

from payments_async import (
    APIError,
    AuthenticationError,
    BearerToken,
    ClientCredentials,
    ConfigurationError,
    ConflictError,
    ConnectionFailedError,
    DeadlineExceededError,
    DecodeError,
    NotFoundError,
    Outcome,
    OutcomeUnknownError,
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
)
from payments_async.models import (
    Connector,
    Payment,
    PaymentRequest,
    PaymentScheme,
    PaymentStatus,
    PaymentType,
    ServerInfo,
    StripeConfig,
    TransferRequest,
)

ROOT = "https://acme.example.com"
API = f"{ROOT}/api/payments"
TOKEN = "canary-token"
SECRET = "canary-secret"
IBAN = "DE89370400440532013000"
IDENT = "canary-id"
QUERY = "canary-query"
CANARIES = (TOKEN, SECRET, IBAN, IDENT, QUERY)

REQUEST = PaymentRequest(
    reference="ref-1",
    connector_id="conn-1",
    created_at=datetime(2024, 5, 6, 12, tzinfo=UTC),
    amount=10**30,
    type=PaymentType.PAY_IN,
    status=PaymentStatus.SUCCEEDED,
    scheme=PaymentScheme("Visa"),
    asset="USD/2",
)
PAYMENT = {
    "id": "p-1",
    "reference": "ref-1",
    "sourceAccountID": "",
    "destinationAccountID": "",
    "connectorID": "conn-1",
    "provider": "STRIPE",
    "type": "PAY-IN",
    "status": "SUCCEEDED",
    "initialAmount": -5,
    "amount": 10**30,
    "scheme": "Visa",
    "asset": "USD/2",
    "createdAt": "2024-05-06T12:00:00Z",
    "raw": None,
    "adjustments": None,
    "metadata": None,
}

ONCE = RetryPolicy(attempts=1)
AT_ONCE = RetryPolicy(attempts=3, base=0.0)


@pytest.fixture
async def api() -> AsyncIterator[PaymentsClient]:
    """A client that repeats nothing, on mocked exchanges."""
    async with PaymentsClient(ROOT, auth=BearerToken(TOKEN), retry=ONCE) as client:
        yield client


def exchanges(mocked: aioresponses) -> list[tuple[str, str, dict[str, Any]]]:
    """Method, URL and arguments of each request that was sent."""
    return [(method, str(url), call.kwargs) for (method, url), calls in mocked.requests.items() for call in calls]


def only(mocked: aioresponses) -> tuple[str, str, dict[str, Any]]:
    (exchange,) = exchanges(mocked)
    return exchange


def everything_said(error: BaseException) -> str:
    told = ["".join(traceback.format_exception(error)), repr(pickle.dumps(error))]
    each: BaseException | None = error
    while each is not None:
        told += [str(each), repr(each), repr(each.args), repr(each.__dict__)]
        each = each.__cause__ or each.__context__
    return "\n".join(told)


# What is sent


async def test_a_fetch_sends_its_headers_and_no_body(api: PaymentsClient, mocked: aioresponses) -> None:
    mocked.get(f"{API}/payments/p-1", payload={"data": PAYMENT})
    payment = await api.payments.get_payment("p-1")
    assert isinstance(payment, Payment)
    assert (payment.amount, payment.initial_amount, payment.metadata, payment.adjustments) == (10**30, -5, {}, [])
    method, url, sent = only(mocked)
    assert (method, url) == ("GET", f"{API}/payments/p-1")
    assert sent["data"] is None
    assert dict(sent["headers"]) == {
        "Accept": "application/json",
        "User-Agent": sent["headers"]["User-Agent"],
        "Authorization": f"Bearer {TOKEN}",
    }
    assert sent["headers"]["User-Agent"].startswith("payments-async/")


async def test_a_creation_sends_one_piece_of_exact_json(api: PaymentsClient, mocked: aioresponses) -> None:
    mocked.post(f"{API}/payments", payload={"data": PAYMENT})
    assert (await api.payments.create_payment(REQUEST)).scheme == "Visa"
    _, _, sent = only(mocked)
    assert type(sent["data"]) is bytes  # aiohttp gives bytes a Content-Length
    assert json.loads(sent["data"]) == {
        "reference": "ref-1",
        "connectorID": "conn-1",
        "createdAt": "2024-05-06T12:00:00Z",
        "amount": 10**30,
        "type": "PAY-IN",
        "status": "SUCCEEDED",
        "scheme": "Visa",
        "asset": "USD/2",
    }
    assert sent["headers"]["Content-Type"] == "application/json"


async def test_ids_and_queries_are_percent_encoded(api: PaymentsClient, mocked: aioresponses) -> None:
    url = f"{API}/pools/a%2Fb/balances?at=2024-05-06T14:00:00%2B02:00"
    mocked.get(url, payload={"data": {"balances": None}})
    at = datetime(2024, 5, 6, 14, tzinfo=timezone(timedelta(hours=2)))
    assert (await api.pools.get_pool_balances("a/b", at)).balances == []


async def test_nobody_but_the_client_decides_on_redirects_errors_and_times(
    api: PaymentsClient, mocked: aioresponses
) -> None:
    mocked.get(f"{API}/_info", payload={"version": "v2.0.9"})
    assert await api.server.get_server_info() == ServerInfo(version="v2.0.9")
    _, _, sent = only(mocked)
    assert (sent["allow_redirects"], sent["raise_for_status"]) == (False, False)
    assert sent["timeout"].total is None
    assert sent["timeout"].connect == 10.0


# Answers


async def test_a_page_is_followed_by_its_cursor(api: PaymentsClient, mocked: aioresponses) -> None:
    first = {"pageSize": 1, "hasMore": True, "next": "c+2", "data": [PAYMENT]}
    last = {"pageSize": 1, "hasMore": False, "previous": "c1", "data": [{**PAYMENT, "id": "p-2"}]}
    mocked.get(f"{API}/payments?pageSize=1&sort=created_at:asc&sort=id:asc", payload={"cursor": first})
    mocked.get(f"{API}/payments?cursor=c%2B2", payload={"cursor": last})
    pages = api.payments.list_payments(page_size=1, sort=["created_at:asc", "id:asc"])
    assert [payment.id async for payment in pages] == ["p-1", "p-2"]


async def test_204_is_none(api: PaymentsClient, mocked: aioresponses) -> None:
    mocked.patch(f"{API}/payments/p-1/metadata", status=204)
    await api.payments.update_metadata("p-1", {"k": "v"})
    assert json.loads(only(mocked)[2]["data"]) == {"k": "v"}


async def test_201_is_a_success(api: PaymentsClient, mocked: aioresponses) -> None:
    mocked.post(f"{API}/connectors/STRIPE", status=201, payload={"data": {"connectorID": "conn-9"}})
    assert await api.connectors.install_connector(Connector.STRIPE, StripeConfig(api_key="sk")) == "conn-9"


async def test_the_route_that_the_server_lacks_is_an_error_of_status_405(
    api: PaymentsClient, mocked: aioresponses
) -> None:
    mocked.post(f"{API}/connectors/STRIPE/transfers", status=405)
    with pytest.raises(APIError) as caught:
        await api.connectors.connectors_transfer(
            Connector.STRIPE, TransferRequest(amount=1, asset="USD/2", destination="d")
        )
    assert (type(caught.value), caught.value.status) == (APIError, 405)
    assert caught.value.operation == "connectors_transfer"


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, '{"errorCode":"VALIDATION","errorMessage":"invalid id"}', ValidationError),
        (401, "", AuthenticationError),
        (404, "404 page not found", NotFoundError),
        (400, '{"errorCode":"CONFLICT"}', ConflictError),
        (500, '{"errorCode":"INTERNAL","errorMessage":"duplicate key value violates"}', ConflictError),
        (500, "", ServerError),
        (503, "<html>Service Unavailable</html>", ServerError),
    ],
)
async def test_error_statuses_raise(
    api: PaymentsClient, mocked: aioresponses, status: int, body: str, kind: type[APIError]
) -> None:
    mocked.get(f"{API}/payments/p-1", status=status, body=body)
    with pytest.raises(APIError) as caught:
        await api.payments.get_payment("p-1")
    assert type(caught.value) is kind
    assert (caught.value.status, caught.value.operation) == (status, "get_payment")
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(api: PaymentsClient, mocked: aioresponses, status: int) -> None:
    target = f"https://evil.example/{IDENT}?q={QUERY}"
    mocked.get(f"{API}/payments/p-1", status=status, headers={"Location": target})
    mocked.get(target, payload={"data": PAYMENT})
    with pytest.raises(ProtocolError, match=r"https://evil\.example;") as caught:
        await api.payments.get_payment("p-1")
    assert IDENT not in everything_said(caught.value)
    assert QUERY not in everything_said(caught.value)
    assert len(exchanges(mocked)) == 1


async def test_the_page_of_a_portal_is_no_success(api: PaymentsClient, mocked: aioresponses) -> None:
    html: dict[str, Any] = {"body": f"<html>{IBAN}</html>", "content_type": "text/html"}
    mocked.get(f"{API}/payments/p-1", **html)
    mocked.delete(f"{API}/pools/x", **html)
    mocked.get(f"{API}/unknown", **html)
    for call in (api.payments.get_payment("p-1"), api.pools.delete_pool("x"), api.request("GET", "/unknown")):
        with pytest.raises(ProtocolError, match="text/html") as caught:
            await call
        assert IBAN not in everything_said(caught.value)


async def test_json_of_another_shape_is_a_decode_error(api: PaymentsClient, mocked: aioresponses) -> None:
    mocked.get(f"{API}/payments/p-1", payload={"data": {**PAYMENT, "amount": IBAN}})
    with pytest.raises(DecodeError) as caught:
        await api.payments.get_payment("p-1")
    assert (caught.value.path, caught.value.expected, caught.value.operation) == ("$.data.amount", "int", "get_payment")
    assert IBAN not in everything_said(caught.value)


async def test_an_answer_above_the_limit_is_refused(mocked: aioresponses) -> None:
    mocked.get(f"{API}/_info", body=json.dumps({"version": "x" * 200}))
    mocked.get(f"{API}/_info", body=json.dumps({"version": "x" * 20}))
    async with PaymentsClient(ROOT, retry=ONCE, max_body=100) as client:
        with pytest.raises(ProtocolError, match="100 bytes") as caught:
            await client.server.get_server_info()
        assert caught.value.operation == "get_server_info"
        assert await client.server.get_server_info() == ServerInfo(version="x" * 20)


# No answer


def refused_connection() -> aiohttp.ClientConnectorError:
    key: Any = ConnectionKey("a", 443, True, True, None, None, None)
    return aiohttp.ClientConnectorError(key, ConnectionRefusedError(111, "Connection refused"))


def refused_certificate() -> aiohttp.ClientConnectorCertificateError:
    key: Any = ConnectionKey("a", 443, True, True, None, None, None)
    return aiohttp.ClientConnectorCertificateError(key, ssl.SSLCertVerificationError(1, "self-signed certificate"))


def other_protocol() -> aiohttp.ClientConnectorSSLError:
    key: Any = ConnectionKey("a", 443, True, True, None, None, None)
    return aiohttp.ClientConnectorSSLError(key, ssl.SSLError(1, "wrong version number"))


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (refused_certificate, "its certificate is not trusted"),
        (other_protocol, "it does not speak TLS, or no TLS version that this client accepts"),
        (refused_connection, "Connection refused"),
    ],
)
async def test_why_there_is_no_connection_is_said(
    api: PaymentsClient, mocked: aioresponses, failure: Any, said: str
) -> None:
    mocked.get(f"{API}/_info", exception=failure())
    with pytest.raises(ConnectionFailedError) as caught:
        await api.server.get_server_info()
    assert f"{said}); nothing was sent" in str(caught.value)
    assert "not permitted" not in str(caught.value)


NEVER_SENT = [refused_connection, lambda: aiohttp.ConnectionTimeoutError(IBAN), lambda: aiohttp.InvalidURL(IBAN)]
LOST = [
    lambda: aiohttp.ServerDisconnectedError(IBAN),
    lambda: aiohttp.ClientPayloadError(IBAN),
    lambda: aiohttp.ClientOSError(104, "Connection reset by peer"),
    lambda: ConnectionResetError(104, "Connection reset by peer"),
    lambda: aiohttp.ClientError(IBAN),
]


@pytest.mark.parametrize("failure", NEVER_SENT)
async def test_no_connection_means_that_nothing_was_sent(
    api: PaymentsClient, mocked: aioresponses, failure: Any
) -> None:
    mocked.post(f"{API}/payments", exception=failure())
    with pytest.raises(ConnectionFailedError) as caught:
        await api.payments.create_payment(REQUEST)
    assert caught.value.outcome is Outcome.NOT_SENT
    assert caught.value.operation == "create_payment"
    assert IBAN not in everything_said(caught.value)


@pytest.mark.parametrize("failure", LOST)
async def test_a_lost_answer_to_a_read_is_a_lost_connection(
    api: PaymentsClient, mocked: aioresponses, failure: Any
) -> None:
    mocked.get(f"{API}/payments/p-1", exception=failure())
    with pytest.raises(ConnectionFailedError) as caught:
        await api.payments.get_payment("p-1")
    assert caught.value.outcome is Outcome.UNKNOWN
    assert caught.value.operation == "get_payment"
    assert IBAN not in everything_said(caught.value)


@pytest.mark.parametrize("failure", LOST)
async def test_a_lost_answer_to_a_write_leaves_it_open(api: PaymentsClient, mocked: aioresponses, failure: Any) -> None:
    mocked.post(f"{API}/payments", exception=failure())
    with pytest.raises(OutcomeUnknownError, match="ref-1") as caught:
        await api.payments.create_payment(REQUEST)
    assert (caught.value.reference, caught.value.outcome) == ("ref-1", Outcome.UNKNOWN)
    assert caught.value.operation == "create_payment"
    assert IBAN not in everything_said(caught.value)


async def test_a_timeout_is_the_end_of_the_calls_time(api: PaymentsClient, mocked: aioresponses) -> None:
    mocked.get(f"{API}/payments/p-1", exception=TimeoutError(IBAN))
    with pytest.raises(DeadlineExceededError) as caught:
        await api.payments.get_payment("p-1")
    assert caught.value.outcome is Outcome.UNKNOWN
    assert IBAN not in everything_said(caught.value)


async def test_a_hung_answer_ends_with_the_calls_time(mocked: aioresponses) -> None:
    async def hang(*_: Any, **__: Any) -> None:
        await asyncio.Event().wait()

    mocked.get(f"{API}/_info", callback=hang)
    async with PaymentsClient(ROOT, timeout=Timeout(total=0.02)) as client:
        with pytest.raises(DeadlineExceededError):
            await client.server.get_server_info()


async def test_http_that_cannot_be_read_is_a_protocol_error(api: PaymentsClient, mocked: aioresponses) -> None:
    info: Any = aiohttp.RequestInfo(url=aiohttp.client.URL(API), method="GET", headers=None, real_url=None)  # type: ignore[attr-defined,arg-type]
    mocked.get(f"{API}/_info", exception=aiohttp.ClientResponseError(info, (), message=IBAN))
    with pytest.raises(ProtocolError) as caught:
        await api.server.get_server_info()
    assert IBAN not in everything_said(caught.value)


# Attempts


async def test_a_read_is_repeated_as_the_policy_says(mocked: aioresponses) -> None:
    mocked.get(f"{API}/_info", status=503)
    mocked.get(f"{API}/_info", exception=aiohttp.ServerDisconnectedError())
    mocked.get(f"{API}/_info", payload={"version": "1"})
    async with PaymentsClient(ROOT, retry=AT_ONCE) as client:
        assert await client.server.get_server_info() == ServerInfo(version="1")
    assert len(exchanges(mocked)) == 3


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_a_write_is_not_repeated_after_a_server_error(mocked: aioresponses, status: int) -> None:
    mocked.post(f"{API}/payments", status=status, repeat=True)
    async with PaymentsClient(ROOT, retry=AT_ONCE) as client:
        with pytest.raises(PaymentsError):
            await client.payments.create_payment(REQUEST)
    assert len(exchanges(mocked)) == 1


async def test_a_decode_error_is_not_repeated(mocked: aioresponses) -> None:
    mocked.get(f"{API}/_info", payload={"version": 5}, repeat=True)
    async with PaymentsClient(ROOT, retry=AT_ONCE) as client:
        with pytest.raises(DecodeError):
            await client.server.get_server_info()
    assert len(exchanges(mocked)) == 1


# Tokens


async def test_a_token_is_fetched_once_and_signed_with(mocked: aioresponses) -> None:
    mocked.post(f"{ROOT}/api/auth/oauth/token", payload={"access_token": TOKEN, "expires_in": 3599})
    mocked.get(f"{API}/_info", payload={"version": "1"}, repeat=True)
    async with PaymentsClient(ROOT, auth=ClientCredentials("id", SECRET, scopes=["payments:read"])) as client:
        await asyncio.gather(*(client.server.get_server_info() for _ in range(5)))
    sent = exchanges(mocked)
    (asked,) = [arguments for method, _, arguments in sent if method == "POST"]
    assert sorted(asked["data"].decode().split("&")) == [
        "client_id=id",
        f"client_secret={SECRET}",
        "grant_type=client_credentials",
        "scope=payments%3Aread",
    ]
    signed = [arguments["headers"]["Authorization"] for method, _, arguments in sent if method == "GET"]
    assert signed == [f"Bearer {TOKEN}"] * 5


async def test_refused_credentials_are_an_authentication_error_of_the_call(mocked: aioresponses) -> None:
    mocked.post(f"{ROOT}/api/auth/oauth/token", status=401, payload={"error": "invalid_client"})
    async with PaymentsClient(ROOT, auth=ClientCredentials("id", SECRET)) as client:
        with pytest.raises(AuthenticationError, match="invalid_client") as caught:
            await client.payments.get_payment("p-1")
    assert (caught.value.status, caught.value.operation) == (401, "get_payment")
    assert SECRET not in everything_said(caught.value)


async def test_a_401_is_answered_by_one_new_token(mocked: aioresponses) -> None:
    for token in ("old", "new"):
        mocked.post(f"{ROOT}/api/auth/oauth/token", payload={"access_token": token, "expires_in": 3599})
    mocked.get(f"{API}/_info", status=401)
    mocked.get(f"{API}/_info", payload={"version": "1"})
    async with PaymentsClient(ROOT, auth=ClientCredentials("id", SECRET)) as client:
        await client.server.get_server_info()
    signed = [sent["headers"]["Authorization"] for method, _, sent in exchanges(mocked) if method == "GET"]
    assert signed == ["Bearer old", "Bearer new"]


# Any route


async def test_request_gives_plain_json_with_its_envelope(api: PaymentsClient, mocked: aioresponses) -> None:
    mocked.get(f"{API}/v3/things/a%2Fb?n=5&tag=x&tag=y", payload={"data": [10**30, None]})
    query: dict[str, Any] = {"n": 5, "tag": ["x", "y"], "none": None}
    assert await api.request("GET", "/v3/things/a%2Fb", query=query) == {"data": [10**30, None]}
    assert only(mocked)[2]["headers"]["Authorization"] == f"Bearer {TOKEN}"


async def test_request_sends_plain_json(api: PaymentsClient, mocked: aioresponses) -> None:
    mocked.put(f"{API}/things", status=204)
    assert await api.request("PUT", "/things", body={"n": 10**30, "l": [None]}) is None
    assert only(mocked)[2]["data"] == b'{"n":1000000000000000000000000000000,"l":[null]}'


async def test_request_goes_through_the_same_layers(api: PaymentsClient, mocked: aioresponses) -> None:
    mocked.delete(f"{API}/things/1", status=404, payload={"errorCode": "NOT_FOUND"})
    with pytest.raises(NotFoundError) as caught:
        await api.request("DELETE", "/things/1")
    assert caught.value.operation == "request"


# Layers of the user's own


async def test_a_layer_sees_each_call_once_and_no_token(mocked: aioresponses) -> None:
    seen: list[Request] = []

    def noting(send: Send) -> Send:
        async def send_noted(request: Request) -> Response:
            seen.append(request)
            return await send(attrs.evolve(request, headers={**request.headers, "X-Trace": "t-1"}))

        return send_noted

    mocked.get(f"{API}/_info", status=503)
    mocked.get(f"{API}/_info", payload={"version": "1"})
    async with PaymentsClient(ROOT, auth=BearerToken(TOKEN), retry=AT_ONCE, layers=[noting]) as client:
        await client.server.get_server_info()
    assert [(request.operation, request.method, request.path) for request in seen] == [
        ("get_server_info", "GET", "/_info")
    ]
    assert TOKEN not in repr([dict(request.headers) for request in seen])
    assert all(sent["headers"]["X-Trace"] == "t-1" for _, _, sent in exchanges(mocked))


async def test_a_layer_that_leads_to_another_host_gets_no_token(mocked: aioresponses) -> None:
    def diverting(send: Send) -> Send:
        return lambda request: send(attrs.evolve(request, url="https://evil.example/"))

    mocked.get("https://evil.example/", payload={"version": "1"})
    async with PaymentsClient(ROOT, auth=BearerToken(TOKEN), layers=[diverting]) as client:
        with pytest.raises(ConfigurationError):
            await client.server.get_server_info()
    assert not exchanges(mocked)


async def test_the_first_layer_is_the_outermost(mocked: aioresponses) -> None:
    order: list[str] = []

    def naming(name: str) -> Any:
        def layer(send: Send) -> Send:
            async def send_named(request: Request) -> Response:
                order.append(name)
                return await send(request)

            return send_named

        return layer

    mocked.get(f"{API}/_info", payload={"version": "1"})
    async with PaymentsClient(ROOT, layers=(naming("outer"), naming("inner"))) as client:
        await client.server.get_server_info()
    assert order == ["outer", "inner"]


# Logs


async def test_logs_say_what_was_done(mocked: aioresponses, caplog: pytest.LogCaptureFixture) -> None:
    mocked.get(f"{API}/payments/{IDENT}", status=503)
    mocked.get(f"{API}/payments/{IDENT}", payload={"data": PAYMENT})
    with caplog.at_level(logging.DEBUG, "payments_async"):
        async with PaymentsClient(ROOT, auth=BearerToken(TOKEN), retry=AT_ONCE) as client:
            await client.payments.get_payment(IDENT)
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("payments_async")]
    assert len(lines) == 3
    assert all("GET /payments/{paymentId}" in line for line in lines)
    assert "503 in " in lines[0]
    assert "attempt 1" in lines[1]
    assert "ServerError" in lines[1]
    assert "200 in " in lines[2]
    assert [record.levelname for record in caplog.records if record.name.startswith("payments_async")] == [
        "DEBUG",
        "INFO",
        "DEBUG",
    ]


async def test_logs_tell_no_secret_no_id_and_no_body(mocked: aioresponses, caplog: pytest.LogCaptureFixture) -> None:
    token_url = f"{ROOT}/api/auth/oauth/token"
    mocked.post(token_url, payload={"access_token": TOKEN, "expires_in": 3599})
    mocked.get(f"{API}/accounts/{IDENT}", payload={"data": {"iban": IBAN}})
    mocked.get(f"{API}/accounts/{IDENT}", status=500, body=IBAN, repeat=2)
    mocked.get(f"{API}/accounts/{IDENT}", exception=aiohttp.ServerDisconnectedError(IBAN))
    mocked.get(f"{API}/accounts?query=%22{QUERY}%22", status=302, headers={"Location": f"https://e.example/{IBAN}"})
    mocked.post(f"{API}/bank-accounts", status=400, payload={"errorCode": IBAN, "errorMessage": TOKEN})
    caplog.set_level(logging.DEBUG)
    async with PaymentsClient(ROOT, auth=ClientCredentials("id", SECRET), retry=AT_ONCE) as client:
        for call in (
            client.accounts.get_account(IDENT),
            client.accounts.get_account(IDENT),
            client.accounts.list_accounts(query=f'"{QUERY}"').first(),
            client.request("POST", "/bank-accounts", body={"iban": IBAN}),
        ):
            with pytest.raises(PaymentsError):
                await call
    mocked.post(token_url, status=401, payload={"error": "invalid_client", "error_description": SECRET})
    async with PaymentsClient(ROOT, auth=ClientCredentials("id", SECRET), retry=ONCE) as client:
        with pytest.raises(AuthenticationError):
            await client.accounts.get_account(IDENT)
    logged = "\n".join(
        f"{record.getMessage()} {record.args!r} {record.exc_text}"
        for record in caplog.records
        if record.name.startswith("payments_async")
    )
    assert "no token from https://acme.example.com" in logged
    assert not [canary for canary in CANARIES if canary in logged]


async def test_nothing_is_logged_unless_asked_for(mocked: aioresponses, caplog: pytest.LogCaptureFixture) -> None:
    mocked.get(f"{API}/_info", payload={"version": "1"})
    with caplog.at_level(logging.INFO, "payments_async"):
        async with PaymentsClient(ROOT) as client:
            await client.server.get_server_info()
    assert not [record for record in caplog.records if record.name.startswith("payments_async")]
