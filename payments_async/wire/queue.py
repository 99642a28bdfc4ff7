"""The queue in which requests wait for a free connection."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable

from payments_async.wire.call import Layer, Request, Response, Send
from payments_async.wire.deadline import Deadlines
from payments_async.wire.errors import DeadlineExceededError, Outcome


class Turns:
    """Gives a limited number of turns to waiting tasks, first come, first served.

    `asyncio.Semaphore` is too slow for this: to wake one task, it looks at all tasks that it woke before and that have
    not run yet.

    Args:
        count: How many turns can be taken at the same time.
        deadlines: Where the deadlines of those who wait are kept.
    """

    def __init__(self, count: int, deadlines: Deadlines) -> None:
        self._free = count
        self._waiting = OrderedDict[_Waiter, None]()  # which lets any of them go at once
        self._deadlines = deadlines

    def take(self) -> bool:
        """Take a turn if one is free, and tell whether it was; the caller must give it back."""
        if not self._free:
            return False
        self._free -= 1
        return True

    async def wait(self, until: float) -> bool:
        """Like `take`, but wait for the turn until a time on the running loop's clock."""
        waiter = _Waiter()
        self._waiting[waiter] = None
        self._deadlines.add(waiter, until)
        try:
            return await waiter.turn
        except asyncio.CancelledError:
            if waiter.has_turn:
                self.give_back()  # the turn came at the same time as the cancellation
            raise
        finally:
            self._waiting.pop(waiter, None)
            self._deadlines.remove(waiter)

    def give_back(self) -> None:
        """Give the turn to the next waiter, if there is one."""
        while self._waiting:
            waiter, _ = self._waiting.popitem(last=False)
            if not waiter.turn.done():
                waiter.has_turn = True
                waiter.turn.set_result(True)
                return
        self._free += 1


class _Waiter:
    """A task that waits for a turn, and whether it has got it."""

    __slots__ = ("has_turn", "turn")

    def __init__(self) -> None:
        self.turn: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self.has_turn = False

    def expire(self) -> None:
        """Stop waiting."""
        if not self.turn.done():
            self.turn.set_result(False)


def queueing(turns: Callable[[], Turns | None]) -> Layer:
    """Lets as many requests through at once as there are connections, first come, first served.

    Without it, requests would wait in the connection pool after they were signed, where their token could expire.

    Args:
        turns: Returns the turns, one per connection; `None` if the number of connections is not limited.

    Raises:
        DeadlineExceededError: the call's deadline passed before its turn; nothing was sent.
    """

    def layer(send: Send) -> Send:
        async def send_in_turn(request: Request) -> Response:
            if (turn := turns()) is None:
                return await send(request)
            if not (turn.take() or await turn.wait(request.deadline)):
                raise DeadlineExceededError(
                    "no connection was free before the call's deadline; nothing was sent",
                    operation=request.operation,
                    outcome=Outcome.NOT_SENT,
                )
            try:
                return await send(request)
            finally:
                turn.give_back()

        return send_in_turn

    return layer
