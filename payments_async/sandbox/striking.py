"""Which requests faults strike, and when."""

import asyncio
import contextlib
import random
from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Any, cast

from aiohttp import web

from payments_async.sandbox import jsontext
from payments_async.sandbox.faults import AFTER, INSTEAD, Done, Fault, FaultKind, Handler
from payments_async.sandbox.tokens import Tokens


class Faults:
    """The active faults, and how they strike.

    Args:
        faults: active from the start; the first one that matches a request strikes it.
        seed: decides which requests are struck where only a share of them is.
        token_route: the route that is struck only by faults which name it.
        tokens: the tokens that some faults refuse or expire.
    """

    def __init__(self, faults: Iterable[Fault], *, seed: int, token_route: str, tokens: Tokens) -> None:
        self.in_force: list[Fault] = list(faults)
        self._random = random.Random(seed)
        self._token_route = token_route
        self._tokens = tokens
        self._over = asyncio.Event()
        self._turns = asyncio.Lock()
        self._waiting: set[asyncio.Task[Any]] = set()

    def pick(self, method: str, route: str) -> Fault | None:
        """The fault that strikes a request, or None; if its `times` are limited, they become one less."""
        for index, fault in enumerate(self.in_force):
            matches = fault.method in (None, method) and (
                fault.route == route or (fault.route is None and route != self._token_route)
            )
            if matches and (fault.share >= 1 or self._random.random() < fault.share):
                if fault.times is not None:
                    left = [replace(fault, times=fault.times - 1)] if fault.times > 1 else []
                    self.in_force[index : index + 1] = left
                return fault
        return None

    async def strike(self, fault: Fault, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer a request with a fault."""
        if fault.kind is FaultKind.DELAY:
            await self._wait(fault.seconds)
            await self._turn()
            return await handler(request)
        if fault.kind is FaultKind.EXPIRED_TOKEN:
            self._tokens.expire(request.headers.get("Authorization", ""))
        if fault.kind is FaultKind.REVOKED_TOKENS:
            self._tokens.revoke()
        if (instead := INSTEAD.get(fault.kind)) is not None:
            return instead(fault, request)
        answer = await handler(request)
        body = answer.body if isinstance(answer, web.Response) else None
        try:
            done = Done(fault, request, answer, body if isinstance(body, bytes) else b"", self._wait)
            return await AFTER[fault.kind](done)
        except ConnectionError:
            # The client has closed the connection.
            return web.Response(status=0)

    async def end(self) -> None:
        """End all delays: a server handles requests to the end even if their clients have left."""
        self._over.set()
        if self._waiting:
            await asyncio.wait(self._waiting)
        self._over.clear()

    async def _wait(self, seconds: float) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101  # a coroutine that runs is in a task
        self._waiting.add(task)
        task.add_done_callback(self._waiting.discard)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._over.wait()

    async def _turn(self) -> None:
        """Wait for a turn of the event loop for each delay that ended before this one.

        In between, the loop takes the requests that have arrived, whose delays begin then. After a burst of answers,
        they would all begin at once, and end at once.
        """
        async with self._turns:
            await asyncio.sleep(0)

    async def control(self, request: web.Request) -> web.Response:
        """Handle the control route: GET the active faults, POST a list of more, DELETE them all."""
        if request.method == "POST":
            try:
                added = _faults(jsontext.decode(jsontext.text(await request.read())))
            except ValueError as error:
                return web.json_response({"error": str(error)}, status=400)
            self.in_force += added
        elif request.method == "DELETE":
            self.in_force.clear()
        elif request.method != "GET":
            return web.Response(status=405)
        return web.json_response([asdict(fault) for fault in self.in_force])


def _faults(given: Any) -> list[Fault]:
    listed = cast("list[Any]", given)
    if not isinstance(given, list) or not all(isinstance(each, dict) for each in listed):
        raise ValueError("expected a list of faults")
    return [Fault.from_json(each) for each in listed]
