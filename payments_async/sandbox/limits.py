"""The limit of requests a second."""

from collections import deque
from collections.abc import Callable


class RateLimit:
    """Lets a number of requests pass in any second.

    Args:
        rate: requests a second.
        ticks: seconds of a monotonic clock.
    """

    def __init__(self, rate: int, ticks: Callable[[], float]) -> None:
        if type(rate) is not int or rate < 1:
            raise ValueError(f"rate_limit is {rate!r}, expected 1 or more requests a second")
        self._rate = rate
        self._ticks = ticks
        self._passed = deque[float]()

    def passes(self) -> bool:
        """Whether a request may pass now; one that passes is counted."""
        now = self._ticks()
        while self._passed and self._passed[0] <= now - 1:
            self._passed.popleft()
        if len(self._passed) >= self._rate:
            return False
        self._passed.append(now)
        return True
