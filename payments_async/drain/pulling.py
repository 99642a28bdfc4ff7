"""Pulling rows out of a drain, as fast as their reader takes them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from types import TracebackType
from typing import Any, Self

from payments_async.drain.checkpoint import Ledger
from payments_async.drain.partition import Step
from payments_async.drain.sinks.sink import Opening, Row, Sink, run_to_end


class Handed(Sink[Any]):
    """A sink that hands the rows of each commit to a reader, and waits until it takes them."""

    format: str = "handed"
    remembers: bool = False

    def __init__(self) -> None:
        self.rows: asyncio.Queue[list[Any]] = asyncio.Queue(1)
        self.news: asyncio.Event = asyncio.Event()
        self.closed: bool = False
        self._ledger: Ledger

    async def open(self, opening: Opening) -> Ledger:  # noqa: ARG002  # it has no target
        """Begin with nothing: what was handed over is not remembered."""
        self._ledger = Ledger()
        return self._ledger

    async def commit(self, steps: Sequence[Step]) -> None:
        """Hand over the rows of these steps."""
        self._ledger = self._ledger.moved(steps)
        rows = [row for step in steps for row in step.rows]
        if rows and not self.closed:
            await self.rows.put(rows)
            self.news.set()

    def close(self) -> None:
        """Let go of a commit that waits for a reader who has gone."""
        self.closed = True
        while not self.rows.empty():
            self.rows.get_nowait()


class PulledBatches(AsyncIterator[list[Row]]):
    """The rows of a drain, in batches: `async with drain.batches() as batches: async for rows in batches: …`.

    The drain reads on while a batch waits, and no further. It ends with the block, and leaves no task and no request.
    """

    def __init__(self, run: Callable[[Sink[Any]], Coroutine[Any, Any, object]]) -> None:
        self._run = run
        self._sink = Handed()
        self._running: asyncio.Task[object] | None = None

    async def __aenter__(self) -> Self:
        if self._running is not None:
            raise RuntimeError("these batches were entered before: call batches() again")
        self._running = asyncio.create_task(self._run(self._sink))
        return self

    async def __anext__(self) -> list[Row]:
        if self._running is None or self._sink.closed:
            raise RuntimeError("batches are read inside of their block: write 'async with drain.batches() as batches'")
        while self._sink.rows.empty():
            if self._running.done():
                self._running.result()
                raise StopAsyncIteration
            self._sink.news.clear()
            waiting = asyncio.ensure_future(self._sink.news.wait())
            try:
                await asyncio.wait((waiting, self._running), return_when=asyncio.FIRST_COMPLETED)
            finally:
                waiting.cancel()
        return self._sink.rows.get_nowait()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        assert self._running is not None  # noqa: S101  # it was entered
        self._sink.close()
        self._running.cancel()
        await run_to_end(_ended(self._running))


async def _ended(task: asyncio.Task[object]) -> None:
    await asyncio.wait((task,))
    if not task.cancelled():
        task.exception()  # was raised to the reader, unless it has gone before
