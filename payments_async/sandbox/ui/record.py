"""The latest requests, as the page shows them."""

from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

KEPT = 200
"""How many requests are kept."""
LARGEST = 64 * 2**10
"""In bytes; of a larger body only the length is kept."""
SECONDS = 60
"""How far back requests are counted by the second."""
_FAILED = {0, 401, 408, 429}


@dataclass(frozen=True)
class Body:
    """What is kept of a body.

    Args:
        length: in bytes, None where it was not read or not sent in one piece.
        content: the bytes, None if there are too many.
    """

    length: int | None
    content: bytes | None


@dataclass(frozen=True)
class Received:
    """A request that was answered.

    Args:
        number: counts the requests of a sandbox.
        at: when it came in.
        method: of the request.
        route: template of its path.
        target: its path and query.
        status: of the answer, 0 for a connection that was cut.
        attempt: how often this request has come since it last succeeded.
        seconds: until it was answered.
        sent: the body of the request.
        answered: the body of the answer.
    """

    number: int
    at: datetime
    method: str
    route: str
    target: str
    status: int
    attempt: int
    seconds: float
    sent: Body
    answered: Body


class Record:
    """The latest requests, and how many there were in each of the last seconds.

    Args:
        clock: the time.
        ticks: seconds of a monotonic clock.
    """

    def __init__(self, clock: Callable[[], datetime], ticks: Callable[[], float]) -> None:
        self.clock = clock
        self.ticks = ticks
        self._latest = deque[Received](maxlen=KEPT)
        self._number = 0
        self._attempts: dict[tuple[str, str, bytes | None], int] = {}
        self._by_second: dict[int, Counter[int]] = {}

    def __iter__(self) -> Iterator[Received]:
        """The requests, the latest first."""
        return reversed(self._latest)

    def find(self, number: int) -> Received | None:
        """A request by its number; None for one that is not kept."""
        return next((each for each in self._latest if each.number == number), None)

    def seconds(self) -> list[Counter[int]]:
        """How many requests there were by status, for each of the last seconds, the latest last."""
        now = int(self.clock().timestamp())
        return [self._by_second.get(second, Counter()) for second in range(now - SECONDS + 1, now + 1)]

    async def add(self, request: web.Request, route: str, response: web.StreamResponse, began: float) -> None:
        """Add a request that has been answered.

        Args:
            request: the request.
            route: template of its path.
            response: the answer.
            began: the ticks when it came in.
        """
        # A fault may have answered without reading the body, which then may never come.
        sent = _kept(await request.read() if request.content.at_eof() else None)
        body = response.body if isinstance(response, web.Response) else None
        key = (request.method, request.raw_path, sent.content)
        attempt = self._attempts.pop(key, 0) + 1
        if response.status in _FAILED or response.status >= 500:
            self._attempts[key] = attempt
            if len(self._attempts) > KEPT:
                del self._attempts[next(iter(self._attempts))]
        now = self.clock()
        second = int(now.timestamp())
        if second not in self._by_second:
            self._by_second = {each: count for each, count in self._by_second.items() if each > second - SECONDS}
            self._by_second[second] = Counter()
        self._by_second[second][response.status] += 1
        self._number += 1
        received = Received(
            number=self._number,
            at=now,
            method=request.method,
            route=route,
            target=request.raw_path,
            status=response.status,
            attempt=attempt,
            seconds=self.ticks() - began,
            sent=sent,
            answered=_kept(body if isinstance(body, bytes) else b"" if body is None else None),
        )
        self._latest.append(received)


def _kept(content: bytes | None) -> Body:
    if content is None:
        return Body(None, None)
    return Body(len(content), content if len(content) <= LARGEST else None)
