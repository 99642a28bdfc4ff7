"""The report of a drain, and the layers that limit and count its requests."""

from __future__ import annotations

import time
from contextvars import ContextVar

import attrs
from aiolimiter import AsyncLimiter

from payments_async.wire.call import Request, Response, Send

_sent = ContextVar("sent", default=False)
"""Whether the current call has been sent before."""


@attrs.define(kw_only=True)
class Report:
    """The progress of a drain.

    Attributes:
        resource: The resource's name.
        strategy: `keyset`, `slices` or `cursor`.
        partitions: How many partitions there are.
        pages: Number of pages read.
        items: Number of rows committed, in this run and earlier ones.
        repeats: Number of rows dropped because they came again.
        requests: Number of requests sent, including retries.
        retries: Number of retries.
        seconds: Seconds since the run started.
        rate: Rows per second in this run.
        latency: Seconds per request, averaged over recent requests; shows whether a list gets slower page by page.
        last_key: The key or cursor committed last.
        share: The estimated share that is done, from 0 to 1; `None` if it cannot be estimated. It never decreases, and
            is 1 only at the end.
        done: Whether everything is drained.
    """

    resource: str
    strategy: str = ""
    partitions: int = 0
    pages: int = 0
    items: int = 0
    repeats: int = 0
    requests: int = 0
    retries: int = 0
    seconds: float = 0.0
    rate: float = 0.0
    latency: float = 0.0
    last_key: str | None = attrs.field(default=None, repr=False)
    share: float | None = None
    done: bool = False


class Budget:
    """Limits the rate of requests, and counts them.

    Args:
        rate: Requests per second; `None` sets no limit.
        report: The report that counts them.
    """

    def __init__(self, rate: float | None, report: Report) -> None:
        burst = max(1.0, (rate or 0.0) / 10)
        self._limiter = None if rate is None else AsyncLimiter(burst, burst / rate)
        self._report = report

    def calls(self, send: Send) -> Send:
        """The layer around each call."""

        async def send_counted(request: Request) -> Response:
            _sent.set(False)
            return await send(request)

        return send_counted

    def attempts(self, send: Send) -> Send:
        """The layer around each attempt of a call."""

        async def send_in_budget(request: Request) -> Response:
            if self._limiter is not None:
                await self._limiter.acquire()
            report = self._report
            report.requests += 1
            report.retries += _sent.get()
            _sent.set(True)
            started = time.monotonic()
            try:
                return await send(request)
            finally:
                took = time.monotonic() - started
                report.latency = took if report.requests == 1 else report.latency * 0.9 + took * 0.1

        return send_in_budget
