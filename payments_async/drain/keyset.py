"""The strategy that reads a list by a key, and the checks of each page that the server returns for it."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import attrs

from payments_async.drain.errors import DrainError
from payments_async.drain.source import Source
from payments_async.drain.walks import Batch, Batches, Position
from payments_async.wire.call import Page

_TRIES = 3
"""How often to ask for a page whose first item may have been removed and added again meanwhile."""


async def by_key(source: Source, position: Position) -> Batches:
    """Reads by key: added or removed rows do not shift others, and each page costs the server the same.

    Raises:
        DrainError: a page does not fit the one before it, or the range that it was asked for.
    """
    shown, contradictions = set[str](), 0
    while not (at := position.checkpoint).done:
        after, to = at.partition.after if at.key is None else at.key, at.partition.to
        page, rows = await _page_after(source, after, to)
        keys = [source.key_of(row) for row in rows]
        _check(source, rows, keys, shown if after is None else {*shown, after})
        if keys and to is not None and keys[-1] != to and to in (after, *keys):
            raise _unreliable(source, "a page has items beyond the range that it was asked for")
        shown = set(keys)
        if page.has_more and not source.listing.unique:
            # The page may end between items with equal keys: leave them to the next batch, which reads them together.
            rows = [row for row, key in zip(rows, keys, strict=True) if key != keys[-1]]
            rows = rows or await source.items_with_key(keys[-1])
            shown.discard(keys[-1])
        key, last = source.key_of(rows[-1]) if rows else at.key, None
        if not page.has_more:
            # That nothing follows is true once the list, sorted backwards, shows it too.
            last = await _last_key(source, after if key is None else key, to)
            contradictions = 0 if rows or last is None else contradictions + 1
            if contradictions == _TRIES:
                raise _unreliable(source, "items that it shows backwards are missing forwards")
        # Rows that keep coming at the end of the list must not keep the drain from ending.
        partition = attrs.evolve(at.partition, to=last) if to is None else at.partition
        moved = attrs.evolve(at, partition=partition, key=key, done=not page.has_more and last is None)
        yield Batch(rows, attrs.evolve(moved, items=at.items + len(rows), listed=at.listed + len(rows)))
        del page, rows  # from this frame, which an error of the next page passes through


async def _page_after(source: Source, after: str | None, to: str | None) -> tuple[Page[Any], list[Any]]:
    """The page of the items after a key, and these items.

    If keys are unique, the page is asked for from that key on, so that it shows whether it continues there.
    """
    if after is None or not source.listing.unique:
        page = await source.keyed(after, to)
        return page, page.data
    for _ in range(_TRIES):
        page = await source.keyed(after, to, inclusive=True, page_size=max(2, source.page_size))
        if page.data and source.key_of(page.data[0]) == after:
            return page, page.data[1:]
        if not await source.has(after):
            return page, page.data
    raise _unreliable(source, "a page does not begin where the one before it ended")


async def _last_key(source: Source, after: str | None, to: str | None) -> str | None:
    """The last key that comes after one and up to another, `None` if there is none.

    Raises:
        DrainError: there is one, but the server does not list it.
    """
    if after is not None and after == to:
        return None
    for _ in range(_TRIES):
        page = await source.keyed(after, to, descending=True, page_size=1)
        if page.data:
            return source.key_of(page.data[0])
        if to is None or not await source.has(to):
            return None
    raise _unreliable(source, "the last item of a range is missing from it")


def _check(source: Source, rows: list[Any], keys: list[str], shown: set[str]) -> None:
    """Refuses a page with an item, or with a key, that the page or the one before it has shown already."""
    if len({row.id for row in rows}) < len(rows):
        raise _unreliable(source, "a page has the same item twice")
    groups = [key for key, _ in groupby(keys)]
    if len({*groups}) < len(keys if source.listing.unique else groups):
        raise _unreliable(source, f"a page is not sorted by {source.key}, or has the same one twice")
    if not shown.isdisjoint(groups):
        raise _unreliable(source, "a page has items of the page before it again")


def _unreliable(source: Source, what: str) -> DrainError:
    return DrainError(
        f"the server does not list {source.listing.name} reliably by {source.key}: {what}; what was committed is kept, "
        "drain into another target with strategy='cursor'"
    )
