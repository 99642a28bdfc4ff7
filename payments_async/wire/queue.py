"""Where requests wait for their turn when there are more of them than connections."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from payments_async.wire.call import Layer, Request, Response, Send
from payments_async.wire.deadline import Deadlines
from payments_async.wire.errors import DeadlineExceededError, Outcome


class Turns:
    """Counts who is in, and lets in whoever waits, first come, first served.

    `asyncio.Semaphore` looks at every waiter that it has woken and that has not run yet, for each one that it wakes.

    Args:
        count: How many may be in at once.
    """

    def __init__(self, count: int) -> None:
        self._free = count
        self._waiting = deque[_Waiter]()
        self._deadlines = Deadlines()

    def take(self) -> bool:
        """Whether there was a turn to have at once; whoever has one gives it back."""
        if not self._free:
            return False
        self._free -= 1
        return True

    async def wait(self, until: float) -> bool:
        """Whether there was a turn to have before a time on the running loop's clock."""
        waiter = _Waiter()
        self._waiting.append(waiter)
        self._deadlines.add(waiter, until)
        try:
            return await waiter.turn
        except asyncio.CancelledError:
            if waiter.came:
                self.give_back()  # it came at the same time
            raise
        finally:
            self._deadlines.remove(waiter)

    def give_back(self) -> None:
        """Let the next one in."""
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.turn.done():
                waiter.came = True
                waiter.turn.set_result(True)
                return
        self._free += 1


class _Waiter:
    """Somebody who waits for a turn, and whether it came."""

    __slots__ = ("came", "turn")

    def __init__(self) -> None:
        self.turn: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self.came = False

    def expire(self) -> None:
        """Gives up."""
        if not self.turn.done():
            self.turn.set_result(False)


def queueing(turns: Callable[[], Turns | None]) -> Layer:
    """Lets through as many requests at once as there are connections, first come, first served.

    Without it they would wait in the connection pool, after they were signed: a token could run out on the way.

    Args:
        turns: Gives the turns, as many as connections; `None` where these have no limit.

    Raises:
        DeadlineExceededError: the call's time was up before its turn; nothing was sent.
    """

    def layer(send: Send) -> Send:
        async def send_in_turn(request: Request) -> Response:
            if (turn := turns()) is None:
                return await send(request)
            if not (turn.take() or await turn.wait(request.deadline)):
                raise DeadlineExceededError(
                    "no connection was free before the call's time was up; nothing was sent",
                    operation=request.operation,
                    outcome=Outcome.NOT_SENT,
                )
            try:
                return await send(request)
            finally:
                turn.give_back()

        return send_in_turn

    return layer
