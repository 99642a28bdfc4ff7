"""What is answered where no route fits, and what every answer has in common."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from payments_async.sandbox import Sandbox
from payments_async.sandbox.service import LARGEST_BODY

from .conftest import Api, Start, payment_request


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/payments/",
        "/payments/a/b",
        "/connectors/foo",
        "/connectors/Stripe",
        "/connectors/stripe/",
        "/connectors/stripe/a/b",
        "/connectors/Stripe/config",
    ],
)
async def test_an_unknown_path_is_404_in_plain_text(api: Api, path: str) -> None:
    answer = await api.get(path)
    assert (answer.status, answer.text) == (404, "404 page not found\n")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/payments"),
        ("HEAD", "/payments"),
        ("OPTIONS", "/payments"),
        ("DELETE", "/accounts/x"),
        ("GET", "/payments/x/metadata"),
    ],
)
async def test_a_wrong_method_is_405_with_nothing(api: Api, method: str, path: str) -> None:
    answer = await api.call(method, path)
    assert (answer.status, answer.text) == (405, "")
    assert "Content-Type" not in answer.headers
    assert "Allow" not in answer.headers


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/connectors/stripe"),
        ("PUT", "/connectors/STRIPE/x"),
        ("GET", "/connectors/STRIPE/transfers"),
        ("GET", "/connectors/stripe/reset"),
    ],
)
async def test_a_wrong_method_on_a_connector_is_405_with_a_content_type(api: Api, method: str, path: str) -> None:
    answer = await api.call(method, path)
    assert (answer.status, answer.text) == (405, "")
    assert answer.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("path", ["/connectors", "/connectors/configs"])
@pytest.mark.parametrize("method", ["POST", "DELETE", "OPTIONS", "HEAD"])
async def test_lists_of_connectors_answer_any_method(api: Api, method: str, path: str) -> None:
    answer = await api.call(method, path)
    assert answer.status == 200


@pytest.mark.parametrize(
    "path", ["/bank-accounts/x/forward", "/bank-accounts/x/metadata", "/transfer-initiations/x/retry"]
)
async def test_the_process_that_reads_knows_no_route_of_the_one_that_writes(api: Api, path: str) -> None:
    answer = await api.get(path)
    assert (answer.status, answer.text) == (404, "404 page not found\n")
    # A path that it knows with another method.
    assert (await api.call("PUT", path.rpartition("/")[0])).status == 405


@pytest.mark.parametrize(
    ("path", "cleaned"),
    [
        ("//payments//x/?pageSize=1", "/payments/x/?pageSize=1"),
        ("/payments/../accounts", "/accounts"),
        ("/./payments", "/payments"),
        ("/payments/%2e%2e/pools?a=b%2Fc", "/pools?a=b%2Fc"),
        ("/connectors/DUMMY-PAY/%2F/config", "/connectors/DUMMY-PAY/config"),
        ("/payments/a%2F..%2Fb%20c", "/payments/b%20c"),
        ("//", "/"),
    ],
)
async def test_a_path_that_is_not_clean_redirects_to_the_cleaned_one(api: Api, path: str, cleaned: str) -> None:
    answer = await api.verbatim("GET", path)
    assert (answer.status, answer.text) == (301, "")
    assert answer.headers["Location"] == f"/api/payments{cleaned}"


@pytest.mark.parametrize("path", ["/payments/a%2Fb", "/accounts/a%2fb/balances", "/pools/a%2Fb"])
async def test_an_id_with_a_slash_has_no_route(api: Api, path: str) -> None:
    answer = await api.verbatim("GET", path)
    assert (answer.status, answer.text) == (404, "404 page not found\n")


@pytest.mark.parametrize("method", ["get", "FOO", "CONNECT"])
async def test_methods_that_no_route_takes(api: Api, method: str) -> None:
    answer = await api.verbatim(method, "/payments")
    assert (answer.status, answer.text) == (405, "")


async def test_what_is_no_request_is_told_in_a_few_words(api: Api) -> None:
    answer = await api.verbatim("GET", "/payments", headers="Content-Length: x\r\n")
    assert (answer.status, answer.text) == (400, "400 Bad Request")


async def test_bytes_beyond_ascii_need_no_escape(api: Api) -> None:
    payment = await api.payment(reference="é")
    query = '{"$match":{"reference":"é"}}'.replace('"', "%22")
    answer = await api.verbatim("GET", f"/payments?query={query}")
    assert [row["id"] for row in answer.page["data"]] == [payment["id"]]


async def test_answers_differ_by_origin_where_a_connector_may_be(api: Api) -> None:
    assert (await api.get("/connectors/stripe/a/b")).headers["Vary"] == "Origin"
    assert "Vary" not in (await api.get("/nothing")).headers
    panic = await api.post("/transfer-initiations", "null")
    assert (panic.headers["Content-Type"], panic.headers["Vary"]) == ("application/json", "Origin")


@pytest.mark.parametrize("path", ["/payments", "/connectors", "/connectors/stripe/a/b", "/payments/!"])
async def test_scripts_of_any_origin_may_read(api: Api, path: str) -> None:
    answer = await api.call("GET", path, headers={"Origin": "https://treasury.example.com"})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Origin" not in (await api.get(path)).headers


async def test_a_preflight_is_answered_without_a_token(start: Start) -> None:
    api = await start(auth=True)
    headers = {"Origin": "https://treasury.example.com", "Access-Control-Request-Method": "DELETE"}
    answer = await api.call("OPTIONS", "/connectors", headers=headers)
    assert (answer.status, answer.text) == (204, "")
    assert answer.headers["Access-Control-Allow-Methods"] == "DELETE"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Vary"].split(", ")[0] == "Origin"


@pytest.mark.parametrize(("spaces", "status"), [(LARGEST_BODY - 1_000, 200), (LARGEST_BODY, 413)])
async def test_a_body_is_bounded(api: Api, spaces: int, status: int) -> None:
    request = json.dumps(payment_request(await api.connector("STRIPE"))).encode()

    async def chunks() -> AsyncIterator[bytes]:
        yield b" " * spaces
        yield request

    async with api.session.post(f"{api.sandbox.url}/api/payments/payments", data=chunks()) as answer:
        assert answer.status == status
    assert len(api.sandbox.references()) == (status == 200)


async def test_what_the_path_looks_like_is_decided_before_the_token(start: Start) -> None:
    api = await start(auth=True, connectors=11)
    assert (await api.get("/nothing")).status == 404
    assert (await api.call("PUT", "/payments")).status == 405
    assert (await api.get("/connectors/foo")).status == 404
    # Inside a connector's routes it is the other way round.
    assert (await api.get("/connectors/stripe/transfers")).status == 401
    assert (await api.get("/connectors/stripe/a/b/c")).status == 401


@pytest.mark.parametrize("path", ["/_health", "/_live"])
@pytest.mark.parametrize("method", ["GET", "POST", "HEAD"])
async def test_health_is_open_and_empty(start: Start, method: str, path: str) -> None:
    api = await start(auth=True)
    answer = await api.call(method, path)
    assert (answer.status, answer.text) == (200, "")
    assert (answer.headers["Content-Type"], answer.headers["Vary"]) == ("application/json", "Origin")


async def test_the_version_is_told_whatever_the_method(api: Api) -> None:
    assert (await api.call("DELETE", "/_info")).json == {"version": "v2.0.9"}


async def test_more_requests_than_the_rate_limit_wait_for_the_next_second(start: Start) -> None:
    api = await start(rate_limit=2, connectors=1)
    assert [(await api.get("/connectors")).status for _ in range(3)] == [200, 200, 429]
    refused = await api.get("/nothing")
    assert (refused.status, refused.headers["Retry-After"], refused.text) == (429, "1", "")
    # Neither tokens nor the control routes are limited.
    async with api.session.get(f"{api.sandbox.url}/_requests") as answer:
        assert answer.status == 200
    api.clock.advance(1)
    assert (await api.get("/connectors")).status == 200
    assert api.sandbox.requests["GET", "/connectors", 429] == 1


def test_a_rate_limit_lets_something_through() -> None:
    with pytest.raises(ValueError, match="rate_limit is 0"):
        Sandbox(rate_limit=0)


async def test_a_service_without_a_gateway_has_no_prefix(start: Start) -> None:
    api = await start(api_path="")
    async with api.session.get(f"{api.sandbox.url}/_info") as response:
        assert await response.json() == {"version": "v2.0.9"}
    assert (await api.get("/_info")).status == 404


async def test_characters_special_to_html_are_escaped(api: Api) -> None:
    name = '<a> & b\u2028\u2029 "é" \\u003c'
    await api.post("/pools", {"name": name, "accountIDs": [await api.account()]})
    answer = await api.get("/pools")
    assert r"\u003ca\u003e \u0026 b\u2028\u2029" in answer.text
    assert "é" in answer.text
    assert answer.page["data"][0]["name"] == name


async def test_requests_are_counted_by_method_route_and_status(start: Start) -> None:
    api = await start(connectors=1)
    await api.get("/payments")
    await api.get("/payments")
    await api.get("/payments/x")
    await api.get("/connectors/stripe/config")
    await api.get("/nothing")
    assert api.sandbox.requests == {
        ("GET", "/payments", 200): 2,
        ("GET", "/payments/{paymentId}", 400): 1,
        ("GET", "/connectors/{connector}/config", 200): 1,
        ("GET", "(no route)", 404): 1,
    }


async def test_a_sandbox_starts_once_and_stops_as_often_as_asked(start: Start) -> None:
    api = await start()
    with pytest.raises(RuntimeError):
        await api.sandbox.start()
    await api.sandbox.stop()
    await api.sandbox.stop()
    with pytest.raises(RuntimeError):
        api.sandbox.fail_transfer("x")


async def test_a_failed_start_leaves_nothing_behind(start: Start) -> None:
    taken = (await start()).sandbox.url.rpartition(":")[2]
    with pytest.raises(OSError, match="address already in use"):
        await start(port=int(taken))


async def test_a_bug_of_the_sandbox_is_a_500_and_a_logged_traceback(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    world = api.sandbox._world
    assert world is not None
    world.store.run("DROP TABLE pool_account")
    assert (await api.get("/pools")).code == (500, "INTERNAL")
    assert "The sandbox failed on GET" in caplog.text


async def test_requests_may_come_at_the_same_time(full: Api) -> None:
    answers = await asyncio.gather(*(full.get("/payments", pageSize="100") for _ in range(20)))
    assert {answer.text for answer in answers} == {answers[0].text}
