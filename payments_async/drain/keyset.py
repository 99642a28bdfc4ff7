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
        DrainError: a page does not fit the one before it.
    """
    unique = source.listing.unique
    shown, ended = set[str](), False
    while not (at := position.checkpoint).done:
        after = at.partition.after if at.key is None else at.key
        page, rows = await _page_after(source, after, at.partition.to)
        keys = [source.key_of(row) for row in rows]
        _check(source, rows, keys, shown if after is None else {*shown, after})
        shown = set(keys)
        if page.has_more and not unique:
            # The page may end between items with equal keys: leave them to the next batch, which reads them together.
            rows = [row for row, key in zip(rows, keys, strict=True) if key != keys[-1]]
            rows = rows or await source.items_with_key(keys[-1])
            shown.discard(keys[-1])
        # That nothing follows is true once the next page shows it too; rows that are added at the end may fill it.
        short = len(page.data) < (page.page_size or source.page_size)
        done = not page.has_more and (not rows or (ended and short))
        ended = not page.has_more
        key = source.key_of(rows[-1]) if rows else at.key
        count = len(rows)
        yield Batch(rows, attrs.evolve(at, key=key, done=done, items=at.items + count, listed=at.listed + count))


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
