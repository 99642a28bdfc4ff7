import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from payments_async import (
    APIError,
    AuthenticationError,
    ClientCredentials,
    OutcomeUnknownError,
    PaymentsClient,
    Request,
    ServerError,
)
from payments_async.drain import Drain, JSONLines
from payments_async.integrations.opentelemetry import drained, telemetry
from payments_async.models import Payment, PaymentRequest
from payments_async.sandbox import Sandbox
from payments_async.testing import Canned, canned, example, without_pauses

URL = "https://payments.example:8443"


class Telemetry:
    """What is recorded in memory."""

    def __init__(self) -> None:
        self._spans = InMemorySpanExporter()
        self._metrics = InMemoryMetricReader()
        tracing = TracerProvider()
        tracing.add_span_processor(SimpleSpanProcessor(self._spans))
        self.meters = MeterProvider([self._metrics])
        self.layers = telemetry(tracer_provider=tracing, meter_provider=self.meters)

    @property
    def spans(self) -> tuple[ReadableSpan, ...]:
        """The spans that have ended, in this order."""
        return self._spans.get_finished_spans()

    @property
    def span(self) -> ReadableSpan:
        """The only span."""
        (span,) = self.spans
        return span

    def points(self, name: str) -> list[Any]:
        data: Any = self._metrics.get_metrics_data()
        metrics = data.resource_metrics[0].scope_metrics[0].metrics
        return [point for metric in metrics if metric.name == name for point in metric.data.data_points]


@pytest.fixture
def recorded() -> Telemetry:
    return Telemetry()


@pytest.fixture
def turns() -> dict[str, Any]:
    return {}


@pytest.fixture
async def client(recorded: Telemetry, turns: dict[str, Any]) -> AsyncIterator[PaymentsClient]:
    transport = Canned(turns)
    transport._answers = turns
    async with PaymentsClient(URL, transport=transport, retry=without_pauses(3), **recorded.layers) as client:
        yield client


@pytest.fixture
async def client_of_sandbox(sandbox: Sandbox) -> AsyncIterator[PaymentsClient]:
    auth = ClientCredentials(sandbox.client_id, sandbox.client_secret)
    async with PaymentsClient(sandbox.url, auth=auth) as client:
        yield client


async def test_a_call_is_one_client_span_by_its_path_template(
    recorded: Telemetry, turns: dict[str, Any], client: PaymentsClient
) -> None:
    turns["get_payment"] = example(Payment)
    await client.payments.get_payment("secret-id")
    span = recorded.span
    assert (span.name, span.kind) == ("GET /payments/{paymentId}", SpanKind.CLIENT)
    assert span.attributes == {
        "http.request.method": "GET",
        "url.template": "/payments/{paymentId}",
        "server.address": "payments.example",
        "server.port": 8443,
        "payments_async.operation": "get_payment",
        "http.response.status_code": 200,
    }
    assert [(event.name, dict(event.attributes or {})) for event in span.events] == [("attempt", {"attempt": 1})]
    assert span.status.status_code is StatusCode.UNSET


async def test_attempts_and_pauses_are_events(
    recorded: Telemetry, turns: dict[str, Any], client: PaymentsClient
) -> None:
    answers = iter([(503, {}), (503, {}), example(Payment)])
    turns["get_payment"] = lambda _: next(answers)
    await client.payments.get_payment("p")
    events = [(event.name, dict(event.attributes or {})) for event in recorded.span.events]
    assert [name for name, _ in events] == ["attempt", "attempt failed"] * 2 + ["attempt"]
    assert events[1][1] == {"attempt": 1, "error.type": "503", "http.response.status_code": 503}
    assert isinstance(events[2][1]["pause"], float)
    assert (recorded.span.attributes or {})["http.request.resend_count"] == 2
    assert sum(point.value for point in recorded.points("payments_async.client.attempts")) == 3
    (duration,) = recorded.points("http.client.request.duration")
    assert duration.count == 1
    assert duration.attributes["http.response.status_code"] == 200


@pytest.mark.parametrize(
    ("status", "code", "outcome"),
    [(404, "NOT_FOUND", "refused"), (500, "INTERNAL", "unknown")],
)
async def test_a_failed_call_has_its_error_and_outcome(
    recorded: Telemetry, status: int, code: str, outcome: str
) -> None:
    transport = canned({"get_payment": (status, {"errorCode": code, "errorMessage": "canary"})})
    async with PaymentsClient(URL, transport=transport, retry=without_pauses(1), **recorded.layers) as client:
        with pytest.raises(APIError):
            await client.payments.get_payment("p")
    attributes = recorded.span.attributes or {}
    assert (attributes["error.type"], attributes["payments_async.outcome"]) == (str(status), outcome)
    assert recorded.span.status.status_code is StatusCode.ERROR
    assert not [event for event in recorded.span.events if event.name == "exception"]


async def test_what_is_recorded_holds_no_ids_queries_references_or_texts(
    recorded: Telemetry, turns: dict[str, Any], client: PaymentsClient
) -> None:
    turns["create_payment"] = (502, {"errorMessage": "canary-text"})
    with pytest.raises((ServerError, OutcomeUnknownError)):
        await client.payments.create_payment(example(PaymentRequest, reference="canary-reference"))
    points = [recorded.points(name) for name in ("http.client.request.duration", "payments_async.client.attempts")]
    assert "canary" not in recorded.span.to_json() + str(points)


async def test_the_context_is_sent_along(recorded: Telemetry) -> None:
    transport = canned({"get_payment": example(Payment)})
    async with PaymentsClient(URL, transport=transport, **recorded.layers) as client:
        await client.payments.get_payment("p")
    context = recorded.span.context
    assert context is not None
    assert transport.requests[0].headers["traceparent"].split("-")[1] == format(context.trace_id, "032x")


AUTH = ClientCredentials("id", "canary-secret")


async def test_a_token_renewal_is_a_span_of_its_own_without_credentials_and_token(recorded: Telemetry) -> None:
    transport = canned({"get_payment": example(Payment)})
    async with PaymentsClient(URL, auth=AUTH, transport=transport, **recorded.layers) as client:
        await client.payments.get_payment("p")
        await client.payments.get_payment("p")
    renewal, first, second = recorded.spans
    assert (renewal.name, renewal.kind, renewal.parent) == ("POST (token endpoint)", SpanKind.CLIENT, None)
    assert (renewal.attributes or {})["payments_async.operation"] == "get_token"
    assert renewal.context is not None
    assert first.context is not None
    assert renewal.context.trace_id != first.context.trace_id
    (renewals,) = recorded.points("payments_async.client.token_renewals")
    assert (renewals.value, renewals.attributes["http.response.status_code"]) == (1, 200)
    assert len(recorded.points("http.client.request.duration")) == 2
    assert "canary" not in "".join(span.to_json() for span in recorded.spans)
    assert second.name == "GET /payments/{paymentId}"


async def test_a_renewal_that_fails_is_counted_with_its_error(recorded: Telemetry) -> None:
    answers = {"get_token": (401, {"error": "canary"}), "get_payment": example(Payment)}
    async with PaymentsClient(URL, auth=AUTH, transport=canned(answers), **recorded.layers) as client:
        with pytest.raises(AuthenticationError):
            await client.payments.get_payment("p")
    renewal, call = recorded.spans
    assert renewal.status.status_code is call.status.status_code is StatusCode.ERROR
    (renewals,) = recorded.points("payments_async.client.token_renewals")
    assert (renewals.value, renewals.attributes["error.type"]) == (1, "401")
    assert "canary" not in renewal.to_json() + call.to_json()


async def test_pages_and_rows_of_drains_are_counted_in_each_run(
    recorded: Telemetry, sandbox: Sandbox, client_of_sandbox: PaymentsClient, tmp_path: Path
) -> None:
    async def counted(**options: Any) -> tuple[int, int]:
        count = drained(meter_provider=recorded.meters)
        sink = JSONLines(tmp_path / "payments.jsonl")
        await Drain(client_of_sandbox, "payments", sink, page_size=50, on_progress=count).run(**options)
        names = ("payments_async.drain.pages", "payments_async.drain.rows")
        (pages,), (rows,) = map(recorded.points, names)
        assert pages.attributes == rows.attributes == {"payments_async.resource": "payments"}
        return pages.value, rows.value

    listed = [payment async for payment in client_of_sandbox.payments.list_payments(page_size=100)]
    pages, rows = await counted()
    assert rows == len(listed)
    assert pages >= rows / 50
    sandbox.add_payments(3, newest=True)
    later_pages, later_rows = await counted(catch_up=True)
    assert later_rows == rows + 3
    assert later_pages > pages


async def test_a_cancelled_call_ends_its_span(recorded: Telemetry) -> None:
    reached = asyncio.Event()

    async def never(_: Request) -> Any:
        reached.set()
        await asyncio.Event().wait()

    async with PaymentsClient(URL, transport=never, **recorded.layers) as client:
        call = asyncio.create_task(client.payments.get_payment("p"))
        await reached.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
    assert (recorded.span.attributes or {})["error.type"] == "CancelledError"


def test_without_its_extra_it_says_what_to_install() -> None:
    program = "import sys; sys.modules['opentelemetry'] = None; import payments_async.integrations.opentelemetry"
    ended = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True)
    assert ended.stderr.splitlines()[-1].endswith("what the extra `otel` needs: pip install opentelemetry-api")
