"""How the items of a partition are come by, page after page, each with the checkpoint to go on from."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias, cast

import attrs

from payments_async.client import PaymentsClient
from payments_async.drain.partition import Checkpoint
from payments_async.drain.resources import FanOut, Listing
from payments_async.drain.rows import columns, identity, time_text
from payments_async.drain.sinks.sink import called
from payments_async.wire.call import Page
from payments_async.wire.errors import ProtocolError
from payments_async.wire.pages import Pages


@attrs.frozen
class Found:
    """What a walk has come to.

    Attributes:
        rows: Model instances.
        checkpoint: What holds once they are committed.
        repeats: How many rows came that had come before, and are not among `rows`.
    """

    rows: list[Any]
    checkpoint: Checkpoint
    repeats: int = 0


Walk: TypeAlias = AsyncGenerator[Found, None]


@attrs.define(eq=False)
class Place:
    """Where a walk is: it goes on from this checkpoint, whatever has become of its partition meanwhile."""

    checkpoint: Checkpoint


@attrs.frozen(kw_only=True)
class Source:
    """A list of the API as a drain asks for it.

    Attributes:
        client: Whom to ask.
        listing: The list.
        terms: Conditions of the caller's that all items meet, in the server's language.
        page_size: Items a page.
    """

    client: PaymentsClient
    listing: Listing
    terms: tuple[Any, ...] = ()
    page_size: int = 100

    def pages(self, *conditions: Any, sort: tuple[str, ...] | None = None, page_size: int | None = None) -> Pages[Any]:
        """The pages of the items that meet the caller's conditions and these."""
        terms = [*self.terms, *conditions]
        asked: dict[str, Any] = {"page_size": page_size or self.page_size}
        if terms:
            asked["query"] = {"$and": terms} if len(terms) > 1 else terms[0]
        if sort is not None:
            asked["sort"] = list(sort)
        return self.listing.pages(self.client)(**asked)

    def from_cursor(self, cursor: str) -> Pages[Any]:
        """The pages from a cursor on."""
        return self.listing.pages(self.client)(cursor=cursor)

    async def keyed(
        self, after: str | None, to: str | None, *, descending: bool = False, page_size: int | None = None
    ) -> Page[Any]:
        """The first items, or the last ones, whose keys are in a range: after one and up to another."""
        key = self.key
        bounds = [{operator: {key: bound}} for operator, bound in (("$gt", after), ("$lte", to)) if bound is not None]
        direction = "desc" if descending else "asc"
        sort = (f"{key}:{direction}",) if self.listing.unique else (f"{key}:{direction}", f"id:{direction}")
        pages = self.pages(*bounds, sort=sort, page_size=page_size).by_page()
        page = await anext(pages)
        while page.has_more and not page.data:  # an empty page is no end
            page = await anext(pages)
        return page

    async def alike(self, value: str) -> list[Any]:
        """All items of one key, where that is not unique and they fill a page: listed until two times agree.

        An item that is there throughout can be missed only in a listing from which another one goes away.
        """
        found, before = dict[str, Any](), set[str]()
        while True:
            listed = {item.id: item async for item in self.pages({"$match": {self.key: value}}, sort=("id:asc",))}
            found |= listed
            if listed.keys() == before:
                return list(found.values())
            before = set(listed)

    @property
    def key(self) -> str:
        """The field that keyset pages go by."""
        assert self.listing.key is not None  # noqa: S101  # asked for only of lists that have one
        return self.listing.key

    def key_of(self, item: Any) -> str:
        """The value of an item's key."""
        return cast("str", getattr(item, self.key))


async def by_key(source: Source, place: Place) -> Walk:
    """Walks along a key: what comes or goes elsewhere moves nothing, and each page costs the server the same."""
    while not (at := place.checkpoint).done:
        after = at.partition.after if at.key is None else at.key
        page = await source.keyed(after, at.partition.to)
        rows = page.data
        if page.has_more and source.key_of(rows[-1]) == after:
            raise ProtocolError(
                "the server gives the same page again where the next one was asked for: drain with strategy='cursor'",
                operation=source.listing.name,
            )
        if page.has_more and not source.listing.unique:
            # The page may end in the midst of items that have one key: they come next time, together.
            last = source.key_of(rows[-1])
            rows = [row for row in rows if source.key_of(row) != last] or await source.alike(last)
        key = source.key_of(rows[-1]) if rows else at.key
        yield Found(rows, attrs.evolve(at, key=key, done=not page.has_more, items=at.items + len(rows)))


async def by_cursor(source: Source, place: Place, seen: set[str]) -> Walk:
    """Walks along the server's cursor: rows that come or go meanwhile make it repeat or skip others."""
    cursor = place.checkpoint.key
    pages = source.pages(sort=source.listing.order) if cursor is None else source.from_cursor(cursor)
    async for page in pages.by_page():
        rows = [row for row in page.data if _is_new(identity(row, source.listing.identity), seen)]
        at = place.checkpoint
        checkpoint = attrs.evolve(at, key=page.next, done=not page.has_more, items=at.items + len(rows))
        yield Found(rows, checkpoint, repeats=len(page.data) - len(rows))


async def by_time(source: Source, place: Place, seen: dict[str, datetime], slack: timedelta) -> Walk:
    """Walks from the newest item back to where it was the last time, and some way further for those that come late.

    Args:
        source: The list.
        place: Its checkpoint's key is the time of the newest item of the last walk.
        seen: Items that are drained already, and when they were made; what is too old to matter is taken out.
        slack: How far to go back behind the checkpoint.
    """
    since = datetime.fromisoformat(cast("str", place.checkpoint.key))
    now, edge, newest, reached = datetime.now(UTC), behind(since, slack), since, False
    async for page in source.pages(sort=("created_at:desc", "id:desc")).by_page():
        rows: list[Any] = []
        for row in page.data:
            name = identity(row, source.listing.identity)
            if row.created_at <= now:  # one of the future would hide those that come after it
                newest = max(newest, row.created_at)
            reached = reached or row.created_at < edge
            if name not in seen and row.created_at >= edge:
                seen[name] = row.created_at
                rows.append(row)
        at = place.checkpoint
        if reached or not page.has_more:
            key: str | None = time_text(newest)
            for name in [name for name, time in seen.items() if time < behind(newest, slack)]:
                del seen[name]
        else:
            key = at.key
        # What the last look has seen is not called a repeat: to see it again is what the slack is for.
        yield Found(rows, attrs.evolve(at, key=key, items=at.items + len(rows)))
        if reached:
            break


def behind(time: datetime, slack: timedelta) -> datetime:
    """The time that is so much before another, or the first that there is."""
    try:
        return time - slack
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC)


async def fanned_out(
    fan_out: FanOut, source: Source, items: Walk, place: Place, *, seen: set[str], turns: asyncio.Semaphore
) -> Walk:
    """Calls for each item of a source's walk, as many at once as there are turns, in whatever order they end.

    Args:
        fan_out: What to call.
        source: The list of the items.
        items: The walk.
        place: Where it is.
        seen: Rows of earlier runs that may come again, because the walk may repeat its items.
        turns: How many calls may be under way.
    """

    async def rows_of(name: str, item: Any) -> tuple[str, list[Any]]:
        async with turns:
            return name, await called(_rows_of(fan_out, source.client, item), f"a call of {fan_out.name}")

    async with aclosing(items):
        async for found in items:
            names = {identity(item, source.listing.identity): item for item in found.rows}
            tasks = [
                asyncio.create_task(rows_of(name, item))
                for name, item in names.items()
                if name not in place.checkpoint.finished
            ]
            try:
                for ended in asyncio.as_completed(tasks):
                    name, given = await ended
                    rows = [row for row in given if not seen or identity(row, fan_out.identity) not in seen]
                    at = place.checkpoint
                    checkpoint = attrs.evolve(at, items=at.items + len(rows), finished=(*at.finished, name))
                    yield Found(rows, checkpoint, repeats=len(given) - len(rows))
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
            at, after = place.checkpoint, found.checkpoint
            # Those before a break that others have pushed beyond this page are still to come.
            ahead = () if after.done else tuple(name for name in at.finished if name not in names)
            yield Found([], attrs.evolve(at, key=after.key, done=after.done, finished=ahead), found.repeats)


async def _rows_of(fan_out: FanOut, client: PaymentsClient, item: Any) -> list[Any]:
    rows = await _given_by(fan_out, client, item)
    for row in rows:
        kind = cast("Any", type(row))
        if not attrs.has(kind) or [*columns(kind)] != [*columns(fan_out.model)]:
            raise TypeError(f"a call of {fan_out.name} gave a {kind.__name__}: give rows of {fan_out.model.__name__}")
    return rows


async def _given_by(fan_out: FanOut, client: PaymentsClient, item: Any) -> list[Any]:
    given = fan_out.call(client, item)
    if isinstance(given, AsyncIterable):
        rows = {identity(row, fan_out.identity): row async for row in given}
        return list(rows.values())
    answer: Any = await given
    return [*answer] if isinstance(answer, list | tuple) else [answer]


def _is_new(name: str, seen: set[str]) -> bool:
    if name in seen:
        return False
    seen.add(name)
    return True
