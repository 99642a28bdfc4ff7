"""Strategies for reading a partition's items page by page. Each page comes with the checkpoint to resume from."""

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
from payments_async.drain.sinks.sink import result_of
from payments_async.wire.call import Page
from payments_async.wire.pages import Pages


@attrs.frozen
class Batch:
    """Rows that a strategy has read.

    Attributes:
        rows: Model instances.
        checkpoint: The checkpoint that is valid once the rows are committed.
        repeats: How many further rows were dropped because they had been read before.
    """

    rows: list[Any]
    checkpoint: Checkpoint
    repeats: int = 0


Batches: TypeAlias = AsyncGenerator[Batch, None]


@attrs.define(eq=False)
class Position:
    """How far a partition has been read. A strategy always continues from this checkpoint, even if others change it."""

    checkpoint: Checkpoint


@attrs.frozen(kw_only=True)
class Source:
    """A list of the API, with the options that a drain reads it with.

    Attributes:
        client: The client that sends the requests.
        listing: The list.
        terms: The caller's conditions for all items, in the server's language.
        page_size: Items per page.
    """

    client: PaymentsClient
    listing: Listing
    terms: tuple[Any, ...] = ()
    page_size: int = 100

    def pages(self, *conditions: Any, sort: tuple[str, ...] | None = None, page_size: int | None = None) -> Pages[Any]:
        """The pages of the items that meet the caller's conditions and the given ones."""
        terms = [*self.terms, *conditions]
        arguments: dict[str, Any] = {"page_size": page_size or self.page_size}
        if terms:
            arguments["query"] = {"$and": terms} if len(terms) > 1 else terms[0]
        if sort is not None:
            arguments["sort"] = list(sort)
        return self.listing.pages(self.client)(**arguments)

    def from_cursor(self, cursor: str) -> Pages[Any]:
        """The pages from a cursor onwards."""
        return self.listing.pages(self.client)(cursor=cursor)

    async def keyed(
        self,
        after: str | None,
        to: str | None,
        *,
        inclusive: bool = False,
        descending: bool = False,
        page_size: int | None = None,
    ) -> Page[Any]:
        """A page of items with keys above `after` and up to `to`: the first ones, or, if descending, the last ones.

        If inclusive, the item with the key `after` is among them.
        """
        key, lower = self.key, "$gte" if inclusive else "$gt"
        bounds = [{operator: {key: bound}} for operator, bound in ((lower, after), ("$lte", to)) if bound is not None]
        direction = "desc" if descending else "asc"
        sort = (f"{key}:{direction}",) if self.listing.unique else (f"{key}:{direction}", f"id:{direction}")
        pages = self.pages(*bounds, sort=sort, page_size=page_size).by_page()
        page = await anext(pages)
        while page.has_more and not page.data:  # an empty page is not the end
            page = await anext(pages)
        return page

    async def has(self, value: str) -> bool:
        """Whether there is an item with this key."""
        return await anext(self.pages({"$match": {self.key: value}}, page_size=1).items(), None) is not None

    async def items_with_key(self, value: str) -> list[Any]:
        """All items with one key, for keys that are not unique: listed again until two lists in a row are equal.

        A single list can miss an item only if another item is removed while it is read.
        """
        items, previous_ids = dict[str, Any](), set[str]()
        while True:
            listed = {item.id: item async for item in self.pages({"$match": {self.key: value}}, sort=("id:asc",))}
            items |= listed
            if listed.keys() == previous_ids:
                return list(items.values())
            previous_ids = set(listed)

    @property
    def key(self) -> str:
        """The field that keyset pages are sorted by."""
        assert self.listing.key is not None  # noqa: S101  # used only for lists that have a key
        return self.listing.key

    def key_of(self, item: Any) -> str:
        """The value of an item's key."""
        return cast("str", getattr(item, self.key))


async def by_cursor(source: Source, position: Position, seen: set[str]) -> Batches:
    """Reads by the server's cursor, which may repeat or skip rows when others are added or removed meanwhile."""
    cursor = position.checkpoint.key
    pages = source.pages(sort=source.listing.order) if cursor is None else source.from_cursor(cursor)
    async for page in pages.by_page():
        rows = [row for row in page.data if _is_new(identity(row, source.listing.identity), seen)]
        at = position.checkpoint
        checkpoint = attrs.evolve(at, key=page.next, done=not page.has_more, items=at.items + len(rows))
        yield Batch(rows, checkpoint, repeats=len(page.data) - len(rows))


async def by_time(source: Source, position: Position, seen: dict[str, datetime], slack: timedelta) -> Batches:
    """Reads from the newest item back to the newest one of the last time, and a bit further, for items that came late.

    Args:
        source: The list.
        position: Its checkpoint's key is the creation time of the newest item of the last time.
        seen: The identities of recently drained items, with their creation times; those that are too old are removed.
        slack: How much further back to read.
    """
    since = datetime.fromisoformat(cast("str", position.checkpoint.key))
    now, oldest, newest, reached_oldest = datetime.now(UTC), earlier(since, slack), since, False
    async for page in source.pages(sort=("created_at:desc", "id:desc")).by_page():
        rows: list[Any] = []
        for row in page.data:
            name = identity(row, source.listing.identity)
            if row.created_at <= now:  # a time in the future would hide all items that come before it
                newest = max(newest, row.created_at)
            reached_oldest = reached_oldest or row.created_at < oldest
            if name not in seen and row.created_at >= oldest:
                seen[name] = row.created_at
                rows.append(row)
        at = position.checkpoint
        if reached_oldest or not page.has_more:
            key: str | None = time_text(newest)
            for name in [name for name, time in seen.items() if time < earlier(newest, slack)]:
                del seen[name]
        else:
            key = at.key
        # Items of the last time do not count as repeats: reading them again is what the slack is for.
        yield Batch(rows, attrs.evolve(at, key=key, items=at.items + len(rows)))
        if reached_oldest:
            break


def earlier(time: datetime, slack: timedelta) -> datetime:
    """`time - slack`, or the earliest possible time."""
    try:
        return time - slack
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC)


async def call_for_each(
    fan_out: FanOut, source: Source, batches: Batches, position: Position, *, seen: set[str], limit: asyncio.Semaphore
) -> Batches:
    """Makes the fan-out's call for each item of some batches, and gives the rows of each call as soon as it ends.

    Args:
        fan_out: The call to make.
        source: The list of the items.
        batches: The items.
        position: How far the items have been read.
        seen: The identities of rows from earlier runs, which may come again because `batches` may repeat items.
        limit: Limits how many calls run at once.
    """

    async def call_for(name: str, item: Any) -> tuple[str, list[Any]]:
        async with limit:
            return name, await result_of(_checked_rows(fan_out, source.client, item), f"a call of {fan_out.name}")

    async with aclosing(batches):
        async for batch in batches:
            items = {identity(item, source.listing.identity): item for item in batch.rows}
            tasks = [
                asyncio.create_task(call_for(name, item))
                for name, item in items.items()
                if name not in position.checkpoint.finished
            ]
            try:
                for ended in asyncio.as_completed(tasks):
                    name, all_rows = await ended
                    rows = [row for row in all_rows if not seen or identity(row, fan_out.identity) not in seen]
                    at = position.checkpoint
                    checkpoint = attrs.evolve(at, items=at.items + len(rows), finished=(*at.finished, name))
                    yield Batch(rows, checkpoint, repeats=len(all_rows) - len(rows))
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
            at, after = position.checkpoint, batch.checkpoint
            # An interrupted run may have finished items that added rows have since moved to later pages.
            on_later_pages = () if after.done else tuple(name for name in at.finished if name not in items)
            yield Batch([], attrs.evolve(at, key=after.key, done=after.done, finished=on_later_pages), batch.repeats)


async def _checked_rows(fan_out: FanOut, client: PaymentsClient, item: Any) -> list[Any]:
    """The rows of one item's call.

    Raises:
        TypeError: they are not of the fan-out's model.
    """
    rows = await _rows_of(fan_out, client, item)
    for row in rows:
        kind = cast("Any", type(row))
        if not attrs.has(kind) or [*columns(kind)] != [*columns(fan_out.model)]:
            raise TypeError(f"a call of {fan_out.name} gave a {kind.__name__}: give rows of {fan_out.model.__name__}")
    return rows


async def _rows_of(fan_out: FanOut, client: PaymentsClient, item: Any) -> list[Any]:
    call = fan_out.call(client, item)
    if isinstance(call, AsyncIterable):
        rows = {identity(row, fan_out.identity): row async for row in call}
        return list(rows.values())
    result: Any = await call
    return [*result] if isinstance(result, list | tuple) else [result]


def _is_new(name: str, seen: set[str]) -> bool:
    if name in seen:
        return False
    seen.add(name)
    return True
