"""How long tests wait for what should happen at once."""

import asyncio
from collections.abc import Callable

PATIENCE = 60.0
"""Seconds after which a test fails rather than hangs; generous, so that no test depends on how busy the machine is."""


async def until(condition: Callable[[], object]) -> None:
    """Wait for what has no event.

    Raises:
        TimeoutError: it has not come within `PATIENCE`.
    """
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110  # what it waits for has no event
            await asyncio.sleep(0.001)
