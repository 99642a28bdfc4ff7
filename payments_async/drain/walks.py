"""Strategies for reading a partition's items page by page. Each page comes with the checkpoint to resume from."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias, cast

import attrs

from payments_async.client import PaymentsClient
from payments_async.drain.overlap import Place, Shown, Stretch, overlapping
from payments_async.drain.partition import Checkpoint
from payments_async.drain.resources import FanOut
from payments_async.drain.rows import columns, identity, time_text
from payments_async.drain.sinks.sink import result_of
from payments_async.drain.slices import Piece
from payments_async.drain.source import Source
from payments_async.wire.call import Page


@attrs.frozen
class Batch:
    """Rows that a strategy has read.

    Attributes:
        rows: Model instances.
        checkpoint: The checkpoint that is valid once the rows are committed.
        repeats: How many further rows were dropped because they had been read before.
    """

    rows: list[Any] = attrs.field(repr=False)
    checkpoint: Checkpoint
    repeats: int = 0


Batches: TypeAlias = AsyncGenerator[Batch, None]


@attrs.define(eq=False)
class Position:
    """How far a partition has been read. A strategy always continues from this checkpoint, even if others change it."""

    checkpoint: Checkpoint


async def by_cursor(
    source: Source,
    position: Position,
    shown: Shown,
    *,
    elsewhere: set[str] | None = None,
    first: Page[Any] | None = None,
) -> Batches:
    """Reads by offset, in the listing's most stable order, with pages that overlap.

    Args:
        source: The list.
        position: Its checkpoint's key is the place to go on from.
        shown: The rows that were shown up to that place.
        elsewhere: The identities of the rows of all slices; a row that moves from one to another is dropped.
        first: The first page, if it was read already.
    """
    at = position.checkpoint
    place, piece = None if at.key is None else Place.read(at.key), Piece.read(at.partition.where, None)
    order = source.listing.order
    stretches = overlapping(source, place, shown, sort=order, conditions=piece.terms, first=first)
    async with aclosing(stretches):
        async for read in stretches:
            stretch = read if elsewhere is None else _without(elsewhere, read, source)
            at, following, count = position.checkpoint, stretch.place, len(stretch.rows)
            key = None if following is None else following.text
            moved = attrs.evolve(at, key=key, done=following is None, items=at.items + count, listed=at.listed + count)
            yield Batch(stretch.rows, moved, stretch.repeats)


def _without(seen: set[str], stretch: Stretch, source: Source) -> Stretch:
    names = {identity(row, source.listing.identity): row for row in stretch.rows}
    rows = [row for name, row in names.items() if name not in seen]
    seen |= names.keys()
    return attrs.evolve(stretch, rows=rows, repeats=stretch.repeats + len(stretch.rows) - len(rows))


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
    async for stretch in overlapping(source, None, Shown(source.listing, None), sort=source.listing.newest_first):
        rows: list[Any] = []
        for row in stretch.rows:
            name = identity(row, source.listing.identity)
            if row.created_at <= now:  # a time in the future would hide all items that come before it
                newest = max(newest, row.created_at)
            reached_oldest = reached_oldest or row.created_at < oldest
            if name not in seen and row.created_at >= oldest:
                seen[name] = row.created_at
                rows.append(row)
        at = position.checkpoint
        if reached_oldest or stretch.place is None:
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
            moved = attrs.evolve(at, key=after.key, done=after.done, listed=after.listed, finished=on_later_pages)
            yield Batch([], moved, batch.repeats)


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
