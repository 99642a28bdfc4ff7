"""Lists that follow their cursor to the end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from typing import Any, Generic, TypeVar

from payments_async.wire.call import Page
from payments_async.wire.errors import PaymentsError, ProtocolError

T = TypeVar("T")


class _Seen:
    """Notices in constant memory that cursors go round in a circle.

    A circle of up to 1,024 pages is noticed at its first repeated cursor. A longer one is noticed by Brent's
    algorithm, which compares each cursor with one that it keeps for twice as long each time.
    """

    _RECENT = 1024

    def __init__(self) -> None:
        self._recent: dict[str, None] = {}
        self._kept: str | None = None
        self._steps = 0
        self._power: int = 1

    def add(self, cursor: str) -> bool:
        """Whether the cursor has been there before; from now on it has."""
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


class PageIterator(AsyncIterator[Page[T]]):
    """One walk through a list, page by page.

    A step that fails or is cancelled loses nothing: the next step asks for the same page again.
    """

    def __init__(self, pages: Pages[T], prefetch: int) -> None:
        if prefetch not in (0, 1):
            raise ValueError(f"prefetch is {prefetch!r}: give 0 or 1")
        self._pages = pages
        self._prefetch = prefetch
        self._cursor = pages.cursor
        self._seen = _Seen()
        self._ready: Page[T] | None = None
        self._ahead: asyncio.Task[Page[T]] | None = None
        self._stepping = False
        self._ended = False
        if self._cursor is not None:
            self._seen.add(self._cursor)

    async def __anext__(self) -> Page[T]:
        if self._stepping:
            raise RuntimeError("two tasks walk through one iterator: give each an iterator of its own")
        self._stepping = True
        try:
            page = self._ready or await self._step()
            self._ready = None
        finally:
            self._stepping = False
        return page

    async def aclose(self) -> None:
        """Ends the walk, and with it the request for the page ahead; may be called any number of times."""
        self._ended, self._ready = True, None
        if self._ahead is not None:
            ahead, self._ahead = self._ahead, None
            ahead.cancel()
            await asyncio.wait((ahead,))

    def __del__(self) -> None:
        # A loop that was left by `break` must not go on asking for pages; cancelling starts nothing.
        ahead: asyncio.Task[Page[T]] | None = getattr(self, "_ahead", None)
        if ahead is not None and not ahead.get_loop().is_closed():
            ahead.cancel()

    async def _step(self) -> Page[T]:
        if self._ended:
            raise StopAsyncIteration
        try:
            page = await self._page()
            following = self._following(page)
        except PaymentsError as error:
            error.cursor = self._cursor
            raise
        self._ready, self._cursor = page, following
        self._ended |= following is None
        if self._prefetch and following is not None and not self._ended:
            await self._look_ahead(following)
        return page

    async def _page(self) -> Page[T]:
        ahead, self._ahead = self._ahead, None
        if ahead is None:
            return await self._pages.fetch(self._cursor)
        try:
            return await ahead  # cancelling this cancels the task, and waits for its end
        except asyncio.CancelledError:
            if not ahead.cancelled():
                self._ahead = ahead  # it had ended already: the next step takes what it brought
            raise

    async def _look_ahead(self, cursor: str) -> None:
        self._ahead = ahead = asyncio.ensure_future(self._pages.fetch(cursor))
        ahead.add_done_callback(_retrieve)
        try:
            # One turn of the loop puts the request on its way before the consumer takes the processor.
            await asyncio.sleep(0)
        except asyncio.CancelledError:
            if ahead.cancel():
                self._ahead = None
            raise

    def _following(self, page: Page[T]) -> str | None:
        if not page.has_more:
            return None
        if not page.next:
            raise ProtocolError(
                "the server says that more pages follow but names no cursor", operation=self._pages.operation
            )
        if self._seen.add(page.next):
            raise ProtocolError(
                "the server gave a cursor for the second time, so the list would never end",
                operation=self._pages.operation,
            )
        return page.next


def _retrieve(ahead: asyncio.Task[Page[T]]) -> None:
    """Marks the error of a page ahead as seen: a consumer that has stopped never asks for it."""
    if not ahead.cancelled():
        ahead.exception()


class ItemIterator(AsyncIterator[T]):
    """One walk through a list, item by item."""

    def __init__(self, pages: PageIterator[T]) -> None:
        self._pages = pages
        self._items: Iterator[T] = iter(())

    async def __anext__(self) -> T:
        while True:
            for item in self._items:
                return item
            self._items = iter((await anext(self._pages)).data)

    async def aclose(self) -> None:
        """Ends the walk; may be called any number of times."""
        self._items = iter(())
        await self._pages.aclose()


class Pages(Generic[T]):
    """A list of the API: nothing is asked for until it is walked through, and each walk starts again.

    `async for item in pages` gives the items, `by_page()` the pages. The server's cursors are offsets: rows that arrive
    or go away during a walk make it repeat or skip others.

    Args:
        fetch: Gives the page at a cursor, `None` being the start.
        cursor: Where walks start; `None` is the start of the list.
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

    def __repr__(self) -> str:
        return f"<Pages of {self.operation}>"

    def items(self, *, prefetch: int = 0) -> ItemIterator[T]:
        """The items, one by one; `prefetch=1` asks for the next page while this one is consumed.

        Raises:
            PaymentsError: a page could not be had; its `cursor` says where to go on.
        """
        return ItemIterator(PageIterator(self, prefetch))

    def by_page(self, *, prefetch: int = 0) -> PageIterator[T]:
        """The pages, one by one; `prefetch=1` asks for the next page while this one is consumed.

        Leaving the loop early with a prefetch under way, close the iterator (`contextlib.aclosing`) to be sure that the
        request has ended when the block has.

        Raises:
            PaymentsError: a page could not be had; its `cursor` says where to go on.
        """
        return PageIterator(self, prefetch)

    async def first(self) -> Page[T]:
        """The first page.

        Raises:
            PaymentsError: it could not be had.
        """
        try:
            return await self.fetch(self.cursor)
        except PaymentsError as error:
            error.cursor = self.cursor
            raise
