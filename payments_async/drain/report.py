"""What a drain tells of itself, and the budget of requests that it keeps and counts."""

from __future__ import annotations

import time
from contextvars import ContextVar

import attrs
from aiolimiter import AsyncLimiter

from payments_async.wire.call import Request, Response, Send

_sent = ContextVar("sent", default=False)
"""Whether the call that is under way has been sent before."""


@attrs.define(kw_only=True)
class Report:
    """What a drain has done so far.

    Attributes:
        resource: The resource's name.
        strategy: `keyset` or `cursor`.
        partitions: How many partitions there are.
        pages: Pages that were read.
        items: Rows that were committed, in this run and in those before it.
        repeats: Rows that came again and were dropped.
        requests: Requests that were sent, repetitions included.
        retries: Repetitions among these.
        seconds: Since the run began.
        rate: Rows a second in this run.
        latency: Seconds that a request takes of late; a list that gets slower page by page shows here.
        last_key: The key or cursor that was committed last.
        share: An estimate of the part that is done, from 0 to 1, by how far each partition has come; `None` where that
            cannot be known. It never falls, and is 1 only at the end.
        done: Whether all is drained.
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
    """Lets requests through at a rate, and counts them.

    Args:
        rate: Requests a second; `None` sets no limit.
        report: Where they are counted.
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
