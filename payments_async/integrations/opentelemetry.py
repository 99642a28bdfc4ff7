"""OpenTelemetry: spans and metrics of calls, token renewals and drains, without ids, queries, bodies and texts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextvars import ContextVar
from typing import TYPE_CHECKING, TypedDict
from urllib.parse import urlsplit

import attrs

from payments_async import APIError, Layer, PaymentsError, Request, Response, Send

try:
    from opentelemetry.metrics import Counter, Histogram, MeterProvider, get_meter
    from opentelemetry.propagate import inject
    from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer, TracerProvider, get_tracer
except ImportError as _missing:
    raise ImportError(
        f"{_missing.name} is missing; install what the extra `otel` needs: pip install opentelemetry-api",
        name=_missing.name,
    ) from None

if TYPE_CHECKING:
    from payments_async.drain import Report

_NAME = "payments_async"
_DURATION = "http.client.request.duration"
_ATTEMPTS = "payments_async.client.attempts"
_RENEWALS = "payments_async.client.token_renewals"
_PAGES = "payments_async.drain.pages"
_ROWS = "payments_async.drain.rows"

_STATUS = "http.response.status_code"

_Attributes = dict[str, str | int | float]


class Layers(TypedDict):
    """The options of a client that `telemetry` gives."""

    layers: list[Layer]
    attempt_layers: list[Layer]
    token_layers: list[Layer]


@attrs.define
class _Call:
    """What is known of a running call."""

    span: Span
    attempts: int = 0
    failed_at: float | None = None


_running: ContextVar[_Call] = ContextVar("payments_async_call")


def telemetry(*, tracer_provider: TracerProvider | None = None, meter_provider: MeterProvider | None = None) -> Layers:
    """The layers that trace and measure calls and token renewals: `PaymentsClient(url, **telemetry())`.

    Each call is one client span, named by its method and path template, with an event for each attempt. Its context is
    sent along (`traceparent`). The attributes follow the semantic conventions of HTTP clients, and besides:
    `payments_async.operation`, and of a failed call `payments_async.outcome`. A token renewal is a client span of its
    own, with the operation `get_token`; it belongs to no trace, because all calls that wait share it.

    The metrics are `http.client.request.duration` of calls and renewals with all their attempts, in seconds,
    `payments_async.client.attempts` and `payments_async.client.token_renewals`.

    Args:
        tracer_provider: Makes the spans; by default the global one.
        meter_provider: Makes the metrics; by default the global one.
    """
    tracer, meter = get_tracer(_NAME, tracer_provider=tracer_provider), get_meter(_NAME, meter_provider=meter_provider)
    duration = meter.create_histogram(_DURATION, "s", "Duration of calls, with retries and pauses.")
    attempts = meter.create_counter(_ATTEMPTS, "{attempt}", "Requests that calls sent, retries included.")
    renewals = meter.create_counter(_RENEWALS, "{renewal}", "Token renewals, failed ones included.")
    calls = _calls(tracer, duration)
    return {"layers": [calls], "attempt_layers": [_attempts(attempts)], "token_layers": [calls, _counting(renewals)]}


def drained(*, meter_provider: MeterProvider | None = None) -> Callable[[Report], None]:
    """A function that counts what a drain reads: `Drain(client, "payments", sink, on_progress=drained())`.

    The metrics are `payments_async.drain.pages`, pages read, and `payments_async.drain.rows`, rows committed, by the
    attribute `payments_async.resource`. Make a function for each drain.

    Args:
        meter_provider: Makes the metrics; by default the global one.
    """
    meter = get_meter(_NAME, meter_provider=meter_provider)
    pages = meter.create_counter(_PAGES, "{page}", "Pages that drains have read.")
    rows = meter.create_counter(_ROWS, "{row}", "Rows that drains have committed.")
    run: Report | None = None
    counted = 0, 0

    def count(report: Report) -> None:
        nonlocal run, counted
        if report is not run:  # the first report of a run: the rows so far are those of earlier runs
            run, counted = report, (0, report.items)
        attributes = {"payments_async.resource": report.resource}
        pages.add(report.pages - counted[0], attributes)
        rows.add(report.items - counted[1], attributes)
        counted = report.pages, report.items

    return count


def _calls(tracer: Tracer, duration: Histogram) -> Layer:
    def layer(send: Send) -> Send:
        async def send_traced(request: Request) -> Response:
            clock = asyncio.get_running_loop().time
            started, described = clock(), _described(request)
            ended: _Attributes = {}
            with tracer.start_as_current_span(
                f"{request.method} {request.path}",
                kind=SpanKind.CLIENT,
                attributes=described,
                record_exception=False,  # its text may quote the server
                set_status_on_exception=False,
            ) as span:
                call = _Call(span)
                token = _running.set(call)
                try:
                    response = await send(request)
                except BaseException as error:
                    ended = _failure(error)
                    span.set_status(Status(StatusCode.ERROR))
                    if isinstance(error, PaymentsError) and error.outcome is not None:
                        span.set_attribute("payments_async.outcome", error.outcome.value)
                    raise
                else:
                    ended = {_STATUS: response.status}
                    return response
                finally:
                    _running.reset(token)
                    span.set_attributes(ended)
                    if call.attempts > 1:
                        span.set_attribute("http.request.resend_count", call.attempts - 1)
                    duration.record(clock() - started, {**described, **ended})

        return send_traced

    return layer


def _attempts(count: Counter) -> Layer:
    def layer(send: Send) -> Send:
        async def send_attempt(request: Request) -> Response:
            clock, call = asyncio.get_running_loop().time, _running.get()
            call.attempts += 1
            begun: _Attributes = {"attempt": call.attempts}
            if call.failed_at is not None:
                begun["pause"] = clock() - call.failed_at
            call.span.add_event("attempt", begun)
            headers = dict(request.headers)
            inject(headers)
            try:
                return await counted(request.with_headers(headers))
            except BaseException as error:
                call.failed_at = clock()
                call.span.add_event("attempt failed", {"attempt": call.attempts, **_failure(error)})
                raise

        counted = _counting(count)(send)
        return send_attempt

    return layer


def _counting(count: Counter) -> Layer:
    def layer(send: Send) -> Send:
        async def send_counted(request: Request) -> Response:
            ended: _Attributes = {}
            try:
                response = await send(request)
            except BaseException as error:
                ended = _failure(error)
                raise
            else:
                ended = {_STATUS: response.status}
                return response
            finally:
                count.add(1, {**_described(request), **ended})

        return send_counted

    return layer


def _described(request: Request) -> _Attributes:
    address = urlsplit(request.url)
    port = address.port or (443 if address.scheme == "https" else 80)
    return {
        "http.request.method": request.method,
        "url.template": request.path,
        "server.address": address.hostname or "",
        "server.port": port,
        "payments_async.operation": request.operation,
    }


def _failure(error: BaseException) -> _Attributes:
    if isinstance(error, APIError) and error.status:
        return {"error.type": str(error.status), _STATUS: error.status}
    return {"error.type": type(error).__name__}
