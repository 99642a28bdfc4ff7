"""Where requests wait for their turn when there are more of them than connections."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from payments_async.wire.call import Layer, Request, Response, Send
from payments_async.wire.deadline import Until
from payments_async.wire.errors import DeadlineExceededError, Outcome


def queueing(turns: Callable[[], asyncio.Semaphore | None]) -> Layer:
    """Lets through as many requests at once as there are connections, first come, first served.

    Without it they would wait in the connection pool, after they were signed: a token could run out on the way.

    Args:
        turns: Gives the semaphore that counts the connections; `None` where they have no limit.

    Raises:
        DeadlineExceededError: the call's time was up before its turn; nothing was sent.
    """

    def layer(send: Send) -> Send:
        async def send_in_turn(request: Request) -> Response:
            if (turn := turns()) is None:
                return await send(request)
            if turn.locked():
                await _wait(turn, request)
            else:
                await turn.acquire()  # which does not wait
            try:
                return await send(request)
            finally:
                turn.release()

        return send_in_turn

    return layer


async def _wait(turn: asyncio.Semaphore, request: Request) -> None:
    try:
        with Until(request.deadline):
            await turn.acquire()
    except TimeoutError:
        pass
    else:
        return
    raise DeadlineExceededError(
        "no connection was free before the call's time was up; nothing was sent",
        operation=request.operation,
        outcome=Outcome.NOT_SENT,
    )
