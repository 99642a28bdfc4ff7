"""Iteration through lists: follows the cursor from page to page."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Generator, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Generic, NoReturn, TypeVar

from payments_async.wire.call import Page
from payments_async.wire.errors import Outcome, PaymentsError, ProtocolError

T = TypeVar("T")


_LONGEST_CURSOR = 2**16
"""The most characters of a cursor. Servers refuse URLs that are much shorter than that."""


class _SeenCursors:
    """Detects, in constant memory, that a server's cursors form a cycle.

    A cycle of up to 1,024 pages is detected at its first repeated cursor. A longer one is detected by Brent's
    algorithm: it compares each cursor with a kept one, which it replaces after twice as many steps each time.
    """

    _RECENT = 1024

    def __init__(self) -> None:
        self._recent: dict[str, None] = {}
        self._kept: str | None = None
        self._steps = 0
        self._power: int = 1

    def add(self, cursor: str) -> bool:
        """Remember the cursor, and tell whether it was seen before."""
        repeated = cursor in self._recent or cursor == self._kept
        self._recent[cursor] = None
        if len(self._recent) > self._RECENT:
            del self._recent[next(iter(self._recent))]
        self._steps += 1
        if self._steps == self._power:
            self._kept = cursor
            self._power *= 2
            self._steps = 0
        return repeated


class _AsyncOnly:
    """What can only be iterated through by `async for`, and says so."""

    if not TYPE_CHECKING:  # type checkers find the mistake by themselves

        def __iter__(self) -> NoReturn:
            raise TypeError("a list of the API is fetched while you iterate: write 'async for', not 'for'")


class PageIterator(_AsyncOnly, AsyncIterator[Page[T]]):
    """One iteration through a list, page by page.

    No page is lost if a step fails or is cancelled: the next step asks for the same page again.
    """

    def __init__(self, pages: Pages[T], prefetch: int) -> None:
        if prefetch not in (0, 1):
            raise ValueError(f"prefetch is {prefetch!r}: give 0 or 1")
        self._pages = pages
        self._prefetch = prefetch
        self._cursor = pages.cursor
        self._seen = _SeenCursors()
        self._ready: Page[T] | None = None
        self._prefetching: asyncio.Task[Page[T]] | None = None
        self._stepping = False
        self._ended = False
        if self._cursor is not None:
            self._seen.add(self._cursor)

    async def __anext__(self) -> Page[T]:
        if self._stepping:
            raise RuntimeError("two tasks use one iterator at the same time: give each its own iterator")
        self._stepping = True
        try:
            page = self._ready or await self._step()
            self._ready = None
        finally:
            self._stepping = False
        return page

    async def aclose(self) -> None:
        """End the iteration and cancel a prefetch; may be called any number of times."""
        self._ended, self._ready = True, None
        if self._prefetching is not None:
            prefetch, self._prefetching = self._prefetching, None
            prefetch.cancel()
            await asyncio.wait((prefetch,))

    def __del__(self) -> None:
        # After a `break`, the prefetch must not go on. Cancelling is safe here: it starts no task.
        prefetch: asyncio.Task[Page[T]] | None = getattr(self, "_prefetching", None)
        if prefetch is None:
            return
        with suppress(RuntimeError):  # its loop is closed
            # The garbage collector may run in any thread.
            prefetch.get_loop().call_soon_threadsafe(prefetch.cancel)

    async def _step(self) -> Page[T]:
        if self._ended:
            raise StopAsyncIteration
        try:
            page = await self._page()
            next_cursor, problem = self._next_cursor(page)
            if problem is not None:
                del page  # so that this frame does not show its items
                raise ProtocolError(problem, operation=self._pages.operation, outcome=Outcome.DONE)
        except PaymentsError as error:
            error.cursor = self._cursor
            raise
        self._ready, self._cursor = page, next_cursor
        self._ended |= next_cursor is None
        if self._prefetch and next_cursor is not None and not self._ended:
            await self._start_prefetch(next_cursor)
        return page

    async def _page(self) -> Page[T]:
        prefetch, self._prefetching = self._prefetching, None
        if prefetch is None:
            return await self._pages.fetch(self._cursor)
        try:
            return await prefetch  # when cancelled, this cancels the task and waits for its end
        except asyncio.CancelledError:
            if not prefetch.cancelled():
                self._prefetching = prefetch  # it has ended already: the next step takes its page
            raise

    async def _start_prefetch(self, cursor: str) -> None:
        self._prefetching = prefetch = asyncio.ensure_future(self._pages.fetch(cursor))
        prefetch.add_done_callback(_retrieve)
        try:
            # One turn of the event loop lets the request start before the consumer's work blocks the loop.
            await asyncio.sleep(0)
        except asyncio.CancelledError:
            if prefetch.cancel():
                self._prefetching = None
            raise

    def _next_cursor(self, page: Page[T]) -> tuple[str | None, str | None]:
        """The cursor of the next page, and why it cannot be used."""
        if not page.has_more:
            return None, None
        if not page.next:
            return None, "the server says that more pages follow but names no cursor"
        if len(page.next) > _LONGEST_CURSOR:
            return None, f"the server gave a cursor of {len(page.next):,} characters, which no URL can hold"
        if self._seen.add(page.next):
            return None, "the server gave a cursor for the second time, so the list would never end"
        return page.next, None


def _retrieve(prefetch: asyncio.Task[Page[T]]) -> None:
    """Mark the error of a prefetched page as retrieved: a consumer that has stopped never asks for it."""
    if not prefetch.cancelled():
        prefetch.exception()


class ItemIterator(_AsyncOnly, AsyncIterator[T]):
    """One iteration through a list, item by item."""

    def __init__(self, pages: PageIterator[T]) -> None:
        self._pages = pages
        self._items: Iterator[T] = iter(())

    async def __anext__(self) -> T:
        while True:
            for item in self._items:
                return item
            self._items = iter((await anext(self._pages)).data)

    async def aclose(self) -> None:
        """End the iteration; may be called any number of times."""
        self._items = iter(())
        await self._pages.aclose()


class Pages(_AsyncOnly, Generic[T]):
    """A list of the API. Requests are sent only while you iterate; each iteration starts over.

    `async for item in pages` gives the items, `by_page()` the pages, `await pages` the first page. The server's cursors
    are offsets: when rows are added or removed during an iteration, it may repeat or skip other rows.

    Args:
        fetch: Fetches the page at a cursor; `None` means the first page.
        cursor: The cursor that iterations start from; `None` means the start of the list.
        operation: The operation's name, for errors.
    """

    def __init__(
        self, fetch: Callable[[str | None], Coroutine[Any, Any, Page[T]]], *, cursor: str | None, operation: str
    ) -> None:
        self.fetch = fetch
        self.cursor = cursor
        self.operation = operation

    def __aiter__(self) -> ItemIterator[T]:
        return self.items()

    def __await__(self) -> Generator[Any, Any, Page[T]]:
        return self.first().__await__()

    def __repr__(self) -> str:
        return f"<Pages of {self.operation}>"

    def items(self, *, prefetch: int = 0) -> ItemIterator[T]:
        """The items, one by one; `prefetch=1` requests the next page while you process this one.

        Raises:
            PaymentsError: a page could not be fetched; resume from its `cursor`.
        """
        return ItemIterator(PageIterator(self, prefetch))

    def by_page(self, *, prefetch: int = 0) -> PageIterator[T]:
        """The pages, one by one; `prefetch=1` requests the next page while you process this one.

        If you may leave the loop early while prefetching, close the iterator (`contextlib.aclosing`): then the
        prefetch has ended when the block ends.

        Raises:
            PaymentsError: a page could not be fetched; resume from its `cursor`.
        """
        return PageIterator(self, prefetch)

    async def first(self) -> Page[T]:
        """The first page.

        Raises:
            PaymentsError: it could not be fetched.
        """
        try:
            return await self.fetch(self.cursor)
        except PaymentsError as error:
            error.cursor = self.cursor
            raise
