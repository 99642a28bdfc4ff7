import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from typing import Any

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from payments_async import APIError, OutcomeUnknownError, PaymentsClient, Request, ServerError
from payments_async.integrations.opentelemetry import telemetry
from payments_async.models import Payment, PaymentRequest
from payments_async.testing import Canned, canned, example, without_pauses

URL = "https://payments.example:8443"


class Telemetry:
    """What is recorded in memory."""

    def __init__(self) -> None:
        self._spans = InMemorySpanExporter()
        self._metrics = InMemoryMetricReader()
        tracing = TracerProvider()
        tracing.add_span_processor(SimpleSpanProcessor(self._spans))
        self.layers = telemetry(tracer_provider=tracing, meter_provider=MeterProvider([self._metrics]))

    @property
    def span(self) -> ReadableSpan:
        """The only span."""
        (span,) = self._spans.get_finished_spans()
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
    assert ended.stderr.splitlines()[-1].endswith("is missing; install it with: pip install 'payments-async[otel]'")
