"""OpenTelemetry: a span and measurements for each call, without ids, queries, bodies and texts from the server."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar
from typing import TypedDict
from urllib.parse import urlsplit

import attrs

from payments_async import APIError, Layer, PaymentsError, Request, Response, Send

try:
    from opentelemetry.metrics import Counter, Histogram, MeterProvider, get_meter
    from opentelemetry.propagate import inject
    from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer, TracerProvider, get_tracer
except ImportError as error:
    raise ImportError(
        f"{error.name} is missing; install it with: pip install 'payments-async[otel]'", name=error.name
    ) from None

_NAME = "payments_async"
_DURATION = "http.client.request.duration"
_ATTEMPTS = "payments_async.client.attempts"

_STATUS = "http.response.status_code"

_Attributes = dict[str, str | int | float]


class Layers(TypedDict):
    """The options of a client that `telemetry` gives."""

    layers: list[Layer]
    attempt_layers: list[Layer]


@attrs.define
class _Call:
    """What is known of a running call."""

    span: Span
    attempts: int = 0
    failed_at: float | None = None


_running: ContextVar[_Call] = ContextVar("payments_async_call")


def telemetry(*, tracer_provider: TracerProvider | None = None, meter_provider: MeterProvider | None = None) -> Layers:
    """The layers that trace and measure calls: `PaymentsClient(url, **telemetry())`.

    Each call is one client span, named by its method and path template, with an event for each attempt. Its context is
    sent along (`traceparent`). The attributes follow the semantic conventions of HTTP clients, and besides:
    `payments_async.operation`, and of a failed call `payments_async.outcome`.

    The metrics are `http.client.request.duration` of calls with all their attempts, in seconds, and
    `payments_async.client.attempts`.

    Args:
        tracer_provider: Makes the spans; by default the global one.
        meter_provider: Makes the metrics; by default the global one.
    """
    tracer, meter = get_tracer(_NAME, tracer_provider=tracer_provider), get_meter(_NAME, meter_provider=meter_provider)
    duration = meter.create_histogram(_DURATION, "s", "Duration of calls, with retries and pauses.")
    attempts = meter.create_counter(_ATTEMPTS, "{attempt}", "Requests that calls sent, retries included.")
    return {"layers": [_calls(tracer, duration)], "attempt_layers": [_attempts(attempts)]}


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
        async def send_counted(request: Request) -> Response:
            clock, call = asyncio.get_running_loop().time, _running.get()
            call.attempts += 1
            begun: _Attributes = {"attempt": call.attempts}
            if call.failed_at is not None:
                begun["pause"] = clock() - call.failed_at
            call.span.add_event("attempt", begun)
            headers = dict(request.headers)
            inject(headers)
            ended: _Attributes = {}
            try:
                response = await send(request.with_headers(headers))
            except BaseException as error:
                ended, call.failed_at = _failure(error), clock()
                call.span.add_event("attempt failed", {"attempt": call.attempts, **ended})
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
