"""A server of v3 that answers from a script, in memory: each path has states, of which each request sees the next."""

from __future__ import annotations

import asyncio
from typing import Any, cast
from urllib.parse import unquote, urlsplit

from payments_async import Request, Response, Send
from payments_async.v3.models import PaymentInitiation, Task
from tests.tables import answer_to, example

from .ids import INITIATION, TASK


class Scripted:
    """Answers requests from a script; stays with the last state of each.

    Args:
        script: The states by method and path, such as `GET /v3/tasks/…`: the `data` of an answer, a pair of a status
            and a body, an error to raise, or a `Send`.

    Attributes:
        asked: Method and path of each request.
        times: When each request came, on the loop's clock.
        arrived: Set by the first request.
    """

    def __init__(self, script: dict[str, list[Any]]) -> None:
        self._script = {route: [*states] for route, states in script.items()}
        self.asked: list[str] = []
        self.times: list[float] = []
        self.arrived = asyncio.Event()

    async def __call__(self, request: Request) -> Response:
        path = unquote(urlsplit(request.url).path).removeprefix("/api/payments")
        route = f"{request.method} {path}"
        self.asked.append(route)
        self.times.append(asyncio.get_running_loop().time())
        self.arrived.set()
        await asyncio.sleep(0)
        states = self._script[route]
        state = states.pop(0) if len(states) > 1 else states[0]
        if isinstance(state, BaseException):
            raise state
        if callable(state):
            return await cast("Send", state)(request)
        status, body = state if isinstance(state, tuple) else (200, {"data": state})
        return answer_to(request, status, body)


def task(status: str = "PROCESSING", **changes: Any) -> dict[str, Any]:
    """A task on the wire."""
    return {**example(Task), "id": TASK, "status": status, **changes}


def initiation(status: str = "PROCESSING", **changes: Any) -> dict[str, Any]:
    """A payment initiation on the wire."""
    return {**example(PaymentInitiation), "id": INITIATION, "type": "PAYOUT", "status": status, **changes}


NOT_FOUND = (404, {"errorCode": "NOT_FOUND", "errorMessage": "not found"})
