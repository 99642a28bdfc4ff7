"""How every contestant is asked: a line of JSON says what to do, and a line of JSON comes back with what it took.

A contestant is a program that is given the server's URL and runs as long as its standard input is open. It needs
nothing but the standard library and what it puts to the test, so that it runs in that one's own environment.
"""

import asyncio
import gc
import json
import resource
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

Opened = Callable[[str], AbstractAsyncContextManager[object]]
"""Takes the server's URL and opens an object whose coroutine methods can be asked for by name."""


def answer(opened: Opened, loop_factory: Callable[[], asyncio.AbstractEventLoop] | None = None) -> None:
    """Carry out commands until there are no more.

    A command has the method to `do`; how many `times`; whether all `at_once`; `gc`, whether the garbage collector runs,
    or its thresholds; `using`, the arguments. The answer has the `seconds` of all times together, the longest `stall`
    of the loop in seconds (at once only), and the `value` that the method gave last.
    """
    with asyncio.Runner(loop_factory=loop_factory) as runner:
        runner.run(_answers(opened))


async def _answers(opened: Opened) -> None:
    async with opened(sys.argv[1]) as contestant:
        # Between commands the loop has nothing to do, and may wait for the next one.
        for line in sys.stdin:
            print(json.dumps(await _carried_out(contestant, **json.loads(line))), flush=True)


async def _carried_out(
    contestant: object,
    *,
    do: str,
    times: int = 1,
    at_once: bool = False,
    gc: bool | list[int] = True,
    using: dict[str, Any] | None = None,
) -> dict[str, Any]:
    def call() -> Awaitable[Any]:
        awaited: Awaitable[Any] = getattr(contestant, do)(**(using or {}))
        return awaited

    value: Any = None
    stalls = [0.0]
    with _collecting(gc):
        started = time.perf_counter()
        if at_once:
            async with _watching(stalls):
                await asyncio.gather(*(call() for _ in range(times)))
        else:
            for _ in range(times):
                value = await call()
        seconds = time.perf_counter() - started
    return {"seconds": seconds, "stall": max(stalls), "value": value if isinstance(value, int | list) else None}


def resident() -> int:
    """The memory that the process has now, in KiB."""
    _, pages, *_ = Path("/proc/self/statm").read_text(encoding="ascii").split()
    return int(pages) * resource.getpagesize() // 1024


@contextmanager
def _collecting(setting: bool | list[int]) -> Iterator[None]:
    usual = gc.get_threshold()
    gc.collect()
    if isinstance(setting, list):
        gc.set_threshold(*setting)
    elif not setting:
        gc.disable()
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.enable()


@asynccontextmanager
async def _watching(stalls: list[float]) -> AsyncIterator[None]:
    """Notes by how much the loop is late for a tick each millisecond."""

    async def watch() -> None:
        tick = 0.001
        while True:
            before = time.perf_counter()
            await asyncio.sleep(tick)
            stalls.append(time.perf_counter() - before - tick)

    watcher = asyncio.create_task(watch())
    await asyncio.sleep(0)
    try:
        yield
    finally:
        watcher.cancel()
