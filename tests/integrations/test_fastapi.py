import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

import aiohttp
import pytest
from fastapi import Body, FastAPI
from openapi_spec_validator import validate

from payments_async import (
    APIError,
    AuthenticationError,
    ClientCredentials,
    ConfigurationError,
    ConflictError,
    ConnectionFailedError,
    DeadlineExceededError,
    DecodeError,
    NotFoundError,
    Outcome,
    OutcomeUnknownError,
    Page,
    PaymentsClient,
    PaymentsError,
    PermissionDeniedError,
    ProtocolError,
    RateLimitedError,
    ServerError,
    ValidationError,
    filters,
)
from payments_async.drain import Drain
from payments_async.integrations.fastapi import (
    Client,
    NDJSONResponse,
    PageQuery,
    Paging,
    add_error_handler,
    lifespan,
    payments_client,
    problem,
    readiness,
)
from payments_async.models import Payment, PaymentRequest, PaymentStatus
from payments_async.sandbox import Fault, FaultKind, Sandbox
from payments_async.testing import example
from tests.serving import serving
from tests.waiting import PATIENCE


@pytest.fixture
def app(sandbox: Sandbox) -> FastAPI:
    auth = ClientCredentials(sandbox.client_id, sandbox.client_secret)
    app = FastAPI(lifespan=lifespan(lambda: PaymentsClient(sandbox.url, auth=auth)))
    add_error_handler(app)
    app.include_router(readiness())
    return app


def told(error: PaymentsError, **arguments: Any) -> tuple[int, dict[str, Any]]:
    response = problem(error, **arguments)
    assert response.media_type == "application/problem+json"
    return response.status_code, json.loads(bytes(response.body))


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotFoundError("x", status=404, error_code="NOT_FOUND"), 404),
        (NotFoundError("x", status=404, foreign=True), 502),
        (ConflictError("x", status=409), 409),
        (ValidationError("x", status=400), 422),
        (RateLimitedError("x", status=429), 429),
        (ConfigurationError("x"), 500),
        (ServerError("x", status=500), 502),
        (AuthenticationError("x", status=401), 502),
        (PermissionDeniedError("x", status=403), 502),
        (APIError("x", status=418), 502),
        (ProtocolError("x"), 502),
        (DecodeError("x"), 502),
        (ConnectionFailedError("x", outcome=Outcome.NOT_SENT), 503),
        (ConnectionFailedError("x"), 502),
        (OutcomeUnknownError("x"), 504),
        (DeadlineExceededError("x"), 504),
    ],
    ids=lambda given: f"{type(given).__name__}-{given.outcome}" if isinstance(given, PaymentsError) else str(given),
)
def test_each_error_has_a_status(error: PaymentsError, status: int) -> None:
    answered, body = told(error)
    assert answered == body["status"] == status
    assert body["title"]
    assert body["detail"]


def test_an_unknown_outcome_says_so_and_names_the_reference() -> None:
    _, body = told(OutcomeUnknownError("x", operation="create_payment", reference="order-1"))
    assert body["detail"] == "It may have been done (reference order-1). Look before you try again."
    assert (body["outcome"], body["reference"], body["operation"]) == ("unknown", "order-1", "create_payment")
    assert told(DeadlineExceededError("x"), safe=True)[1]["detail"] == "Nothing was done. Try again later."
    assert told(DecodeError("x"))[1]["detail"].endswith("Do not try again.")


def test_the_words_of_the_api_are_shown_and_those_about_the_application_are_not() -> None:
    error = ValidationError(
        "check the client's base_url", status=400, error_code="VALIDATION", error_message="no asset"
    )
    assert told(error)[1]["detail"] == "no asset"
    assert told(error)[1]["errorCode"] == "VALIDATION"
    for secretive in (ConfigurationError("base_url is 'x'"), AuthenticationError("scope", error_message="scope x")):
        assert not {"base_url is 'x'", "scope x"} & set(map(str, told(secretive)[1].values()))


@pytest.mark.parametrize(("seconds", "header"), [(None, None), (0.0, "0"), (1.2, "2"), (30.0, "30")])
def test_retry_after_is_passed_on(seconds: float | None, header: str | None) -> None:
    assert problem(RateLimitedError("x", retry_after=seconds)).headers.get("Retry-After") == header


async def test_an_application_has_one_client_and_closes_it(app: FastAPI) -> None:
    seen: list[PaymentsClient] = []

    @app.get("/")
    async def see(client: Client) -> str:
        seen.append(client)
        return (await client.server.get_server_info()).version

    async with serving(app) as session:
        for _ in range(2):
            async with session.get("/") as answer:
                assert answer.status == 200
    assert seen[0] is seen[1]
    with pytest.raises(ConfigurationError, match="closed"):
        await seen[0].server.get_server_info()


async def test_a_client_may_be_replaced_in_tests_and_a_missing_one_is_explained(client: PaymentsClient) -> None:
    app = FastAPI()
    add_error_handler(app)
    app.include_router(readiness("/r"))
    async with serving(app) as session:
        async with session.get("/r") as answer:
            assert (answer.status, (await answer.json())["title"]) == (500, "The application is not set up correctly")
        app.dependency_overrides[payments_client] = lambda: client
        async with session.get("/r") as answer:
            assert answer.status == 200


async def test_readiness_follows_the_server(app: FastAPI, sandbox: Sandbox) -> None:
    async with serving(app) as session:
        async with session.get("/ready") as answer:
            assert (answer.status, list(await answer.json())) == (200, ["version"])
        asked = sum(sandbox.requests.values())
        sandbox.faults.append(Fault(kind=FaultKind.STATUS, status=500))
        async with session.get("/ready") as answer:
            assert (answer.status, answer.content_type) == (503, "application/problem+json")
        assert sum(sandbox.requests.values()) == asked + 1


async def test_a_page_query_gives_a_cursor_or_all_other_arguments(client: PaymentsClient) -> None:
    lists = client.payments.list_payments
    first = await PageQuery(page_size=2).page(lists, sort="created_at:asc")
    second = await PageQuery(first.next, page_size=5).page(lists, sort="created_at:desc")
    assert second.data == [payment async for payment in lists(page_size=2, sort="created_at:asc")][2:4]


async def test_a_cursor_that_is_none_is_the_readers_mistake(app: FastAPI) -> None:
    @app.get("/payments")
    async def listed(client: Client, paging: Paging) -> list[Payment]:
        return (await paging.page(client.payments.list_payments)).data

    async with serving(app) as session:
        for query, status in (({"cursor": "x"}, 422), ({"cursor": ""}, 422), ({"page_size": "101"}, 422), ({}, 200)):
            async with session.get("/payments", params=query) as answer:
                assert answer.status == status


async def test_models_are_answers_bodies_and_query_parameters(app: FastAPI, client: PaymentsClient) -> None:
    @app.get("/payments")
    async def listed(client: Client, paging: Paging, status: PaymentStatus | None = None) -> Page[Payment]:
        query = filters.payments.status.match(status) if status else None
        return await paging.page(client.payments.list_payments, query=query)

    @app.post("/payments")
    async def created(request: Annotated[PaymentRequest, Body()], client: Client) -> Payment:
        return await client.payments.create_payment(request)

    @app.get("/all")
    async def every(client: Client) -> list[Payment]:
        return [payment async for payment in client.payments.list_payments(page_size=100)]

    connectors = await client.connectors.list_all_connectors()
    nobody = {"source_account_id": None, "destination_account_id": None}
    request = example(PaymentRequest, amount=2**70, connector_id=connectors[0].connector_id, **nobody)
    body = request.to_dict(hidden=True)
    async with serving(app) as session:
        async with session.post("/payments", json=body) as answer:
            assert answer.status == 200
            payment = await answer.json()
            assert (payment["amount"], payment["reference"]) == (2**70, request.reference)
            assert "raw" not in payment
        async with session.get("/payments", params={"status": payment["status"], "page_size": 1}) as answer:
            page = await answer.json()
            assert (answer.status, list(page)) == (200, ["data", "next", "previous", "hasMore", "pageSize"])
        async with session.get("/all") as answer:
            assert payment in await answer.json()
        async with session.get("/payments", params={"status": "LATER"}) as answer:
            assert (answer.status, (await answer.json())["detail"][0]["loc"]) == (422, ["query", "status"])
        for wrong in ({"amount": "1050"}, {"createdAt": "yesterday"}, {"reference": None}):
            async with session.post("/payments", json=body | wrong) as answer:
                assert (answer.status, (await answer.json())["detail"][0]["loc"]) == (422, ["body", *wrong])
        async with session.get("/openapi.json") as answer:
            validate(await answer.json())


class Rows:
    """Rows without end, in batches; tells when it is closed."""

    def __init__(self) -> None:
        self.opened = self.given = 0
        self.closed = asyncio.Event()

    @asynccontextmanager
    async def batches(self) -> AsyncGenerator[AsyncIterator[list[Any]]]:
        self.opened += 1
        try:
            yield self._batches()
        finally:
            self.closed.set()

    async def _batches(self) -> AsyncGenerator[list[Any]]:
        yield []
        while True:
            self.given += 1
            yield [{"number": 10**30, "text": "x" * 5000}] * 10
            await asyncio.sleep(0)


@pytest.mark.parametrize("read_on", [True, False], ids=["while it reads", "while it does not read"])
async def test_a_stream_ends_when_its_reader_goes_away(*, read_on: bool) -> None:
    rows, app = Rows(), FastAPI()

    @app.get("/")
    async def stream() -> NDJSONResponse:
        return NDJSONResponse(rows.batches())

    async with serving(app) as session:
        async with session.get("/") as answer:
            assert answer.content_type == "application/x-ndjson"
            assert json.loads(await answer.content.readline())["number"] == 10**30
            if not read_on:
                async with asyncio.timeout(PATIENCE):
                    given = -1
                    while given != rows.given:  # until nobody takes any more
                        given = rows.given
                        await asyncio.sleep(0.05)
            answer.close()
        async with asyncio.timeout(PATIENCE):
            await rows.closed.wait()
        given = rows.given
        await asyncio.sleep(0)
        assert (rows.opened, rows.given) == (1, given)


async def test_a_stream_ends_when_its_reader_goes_away_before_the_first_rows() -> None:
    asked, closed, app = asyncio.Event(), asyncio.Event(), FastAPI()

    async def never() -> AsyncGenerator[Any]:
        try:
            asked.set()
            await asyncio.Event().wait()
            yield {}
        finally:
            closed.set()

    @app.get("/")
    async def stream() -> NDJSONResponse:
        return NDJSONResponse(never())

    async with serving(app) as session, asyncio.timeout(PATIENCE):
        reader = asyncio.ensure_future(session.get("/"))
        await asked.wait()
        reader.cancel()
        await closed.wait()


async def test_a_server_that_tells_of_the_end_only_when_it_is_asked_ends_a_stream_too() -> None:
    asked, rows, sent = asyncio.Event(), Rows(), list[str]()

    async def one_row() -> AsyncGenerator[Any]:
        async with rows.batches():
            yield {}
            asked.set()
            await asyncio.Event().wait()

    async def receive() -> dict[str, Any]:
        await asked.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message["type"])

    async with asyncio.timeout(PATIENCE):
        await NDJSONResponse(one_row())({"type": "http", "asgi": {"spec_version": "2.4"}}, receive, send)
    assert rows.closed.is_set()
    assert sent == ["http.response.start", "http.response.body"]


async def test_a_drain_ends_when_its_reader_goes_away(app: FastAPI, sandbox: Sandbox) -> None:
    ended = asyncio.Event()

    class Told(NDJSONResponse):
        async def __call__(self, *arguments: Any) -> None:
            try:
                await super().__call__(*arguments)
            finally:
                ended.set()

    @app.get("/")
    async def stream(client: Client) -> NDJSONResponse:
        return Told(Drain(client, "payments", page_size=2).batches())

    sandbox.add_payments(1000)
    async with serving(app) as session:
        async with session.get("/") as answer:
            assert Payment.from_json(await answer.content.readline(), names="wire").id
            answer.close()
        async with asyncio.timeout(PATIENCE):
            await ended.wait()
    assert 0 < sandbox.requests["GET", "/payments", 200] < 400


async def test_rows_come_one_by_one_in_lists_and_in_pages(client: PaymentsClient) -> None:
    async def given() -> AsyncGenerator[Any]:
        page = await client.payments.list_payments(page_size=2)
        yield {"amount": 10**30}
        yield page.data[0]
        yield page
        yield [1, "two"]

    app = FastAPI()

    @app.get("/")
    async def stream() -> NDJSONResponse:
        return NDJSONResponse(given())

    async with serving(app) as session, session.get("/") as answer:
        lines = [json.loads(line) async for line in answer.content]
    first, second = (await client.payments.list_payments(page_size=2)).data
    assert lines == [{"amount": 10**30}, first.to_dict(), first.to_dict(), second.to_dict(), 1, "two"]


async def test_no_rows_are_an_empty_answer() -> None:
    async def none() -> AsyncGenerator[Any]:
        for number in range(0):
            yield number

    app = FastAPI()

    @app.get("/")
    async def stream() -> NDJSONResponse:
        return NDJSONResponse(none())

    async with serving(app) as session, session.get("/") as answer:
        assert (answer.status, await answer.read()) == (200, b"")


async def test_an_error_before_the_first_row_is_answered_as_any_other(app: FastAPI, sandbox: Sandbox) -> None:
    @app.get("/")
    async def stream(client: Client) -> NDJSONResponse:
        return NDJSONResponse(client.payments.list_payments())

    sandbox.faults.append(Fault(kind=FaultKind.STATUS, status=429, retry_after="7000"))
    async with serving(app) as session, session.get("/") as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (429, "7000")


async def test_an_error_after_the_first_row_breaks_the_connection() -> None:
    async def failing() -> AsyncGenerator[Any]:
        yield {"row": 1}
        raise ServerError("lost", status=500)

    app = FastAPI()

    @app.get("/")
    async def stream() -> NDJSONResponse:
        return NDJSONResponse(failing())

    async with serving(app) as session, session.get("/") as answer:
        assert answer.status == 200
        with pytest.raises(aiohttp.ClientPayloadError):
            await answer.read()


def test_without_its_extra_it_says_what_to_install() -> None:
    program = "import sys; sys.modules['fastapi'] = None; import payments_async.integrations.fastapi"
    ended = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True)
    assert ended.stderr.splitlines()[-1] == (
        "ImportError: fastapi is missing; install what the extra `fastapi` needs: pip install fastapi"
    )
