"""What is answered where no route fits, and what every answer has in common."""

import asyncio

import pytest

from .conftest import Api, Start


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
        ("HEAD", "/_info"),
        ("DELETE", "/accounts/x"),
        ("GET", "/payments/x/metadata"),
        ("GET", "/bank-accounts/x/forward"),
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


async def test_double_slashes_redirect_to_the_cleaned_path(api: Api) -> None:
    answer = await api.call("GET", "//payments//x/?pageSize=1")
    assert (answer.status, answer.text) == (301, "")
    assert answer.headers["Location"] == "/api/payments/payments/x/?pageSize=1"


async def test_what_the_path_looks_like_is_decided_before_the_token(start: Start) -> None:
    api = await start(auth=True, connectors=11)
    assert (await api.get("/nothing")).status == 404
    assert (await api.call("PUT", "/payments")).status == 405
    assert (await api.get("/connectors/foo")).status == 404
    # Inside a connector's routes it is the other way round.
    assert (await api.get("/connectors/stripe/transfers")).status == 401
    assert (await api.get("/connectors/stripe/a/b/c")).status == 401


@pytest.mark.parametrize("path", ["/_health", "/_live"])
async def test_health_is_open_and_empty(start: Start, path: str) -> None:
    api = await start(auth=True)
    answer = await api.get(path)
    assert (answer.status, answer.text) == (200, "")


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
