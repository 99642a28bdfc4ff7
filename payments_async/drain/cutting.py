"""Cutting a list into slices by key, at keys that the server has shown, in the server's own order.

No two keys are compared here but for equality: how the server's database sorts texts is its own affair.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any
from urllib.parse import quote

import attrs

from payments_async.drain.source import Source
from payments_async.wire.call import Page

_ENOUGH = 10
"""Items that show an order, however short the drain's own pages are."""
_TRIES = 5
"""How often to look at a list whose rows go away before a second request shows them."""
_SHARED = 100
"""The fewest items of a page that shows several keys, each of which several items may share."""
_MOST_AT_ONCE = 8
"""The most requests under way at once that count a list: those beyond its end cost the server a whole scan."""
_PRECISION = 32
"""A list is counted until the uncertainty is at most this part of it."""
_OFFSETS = 2**31
"""The server takes offsets below this one."""
_SAMPLE = 4000
"""The most characters of keys in one request, as a URL has them. Common proxies refuse one of 8,000 bytes."""


@attrs.frozen(kw_only=True)
class Slice:
    """A range of keys.

    Attributes:
        after: The key that it begins after; `None` is the resource's beginning.
        to: The key that it ends with; `None` is the resource's end.
        rows: About how many rows it has; `None` if that is not known.
    """

    after: str | None = None
    to: str | None = None
    rows: int | None = None


async def sliced(source: Source, count: int, at_once: int = 1) -> list[Slice]:
    """The whole range of a resource in so many slices, or as many as there are pages.

    Args:
        source: The list.
        count: How many slices.
        at_once: How many requests may be under way at once.
    """
    if not source.reaches(source.by_key()):
        return await _by_sample(source, count)
    rows = await _counted(source, at_once)
    if rows <= source.limit:
        return [Slice()]
    return await _by_rank(source, rows, min(count, -(-rows // source.limit)), at_once)


async def halved(source: Source, given: Slice) -> tuple[Slice, Slice] | None:
    """Two slices in place of one, with about as many rows each; `None` if it is too short, or its length not known."""
    rows = given.rows or 0
    while (half := rows // 2) >= source.limit:
        if (key := await _key_at(source, given.after, half - 1, to=given.to)) is not None:
            return Slice(after=given.after, to=key, rows=half), Slice(after=key, to=given.to, rows=rows - half)
        rows = half  # there are fewer than expected
    return None


async def _by_rank(source: Source, rows: int, count: int, at_once: int) -> list[Slice]:
    """Slices of equal length, cut at the keys of certain ranks, which the server sorts.

    Rows come and go while the keys are looked for, so that they may change places.
    """
    ranks = [rows * number // count for number in range(1, count)]
    keys = await _keys_at(source, [rank - 1 for rank in ranks], at_once)
    rank_of = {key: rank for key, rank in zip(keys, ranks, strict=True) if key is not None}
    slices, after, begin = list[Slice](), None, 0
    for key in await _in_order(source, rank_of):
        slices.append(Slice(after=after, to=key, rows=max(0, rank_of[key] - begin)))
        after, begin = key, rank_of[key]
    return [*slices, Slice(after=after, rows=rows - begin)]


async def _in_order(source: Source, keys: Iterable[str]) -> list[str]:
    """These keys in the server's order, without those that have gone, and no more than a request can name."""
    named, length = list[Any](), 0
    for key in keys:
        length += len(quote(f'{{"$match":{{"{source.key}":"{key}"}}}},'))
        if length < _SAMPLE:
            named.append({"$match": {source.key: key}})
    if not named:
        return []
    size = max(_SHARED, source.page_size)
    return _distinct(source, await source.page({"$or": named}, sort=source.by_key(), page_size=size))


async def _by_sample(source: Source, count: int) -> list[Slice]:
    """Slices of uneven length, cut at some keys of the server's first page, which the server sorts."""
    page = await source.page()
    if not page.has_more:
        return [Slice(rows=len(page.data))]
    keys = await _in_order(source, _distinct(source, page))
    cuts = dict.fromkeys(keys[len(keys) * number // count] for number in range(1, count) if keys)
    ends = [None, *cuts, None]
    return [Slice(after=after, to=to) for after, to in pairwise(ends)]


async def _key_at(source: Source, after: str | None, offset: int, *, to: str | None = None) -> str | None:
    """The key with this rank behind another, counted from 0; `None` if there are not so many."""
    page = await source.keyed(after, to, offset=offset, page_size=1)
    return source.key_of(page.data[0]) if page.data else None


async def _keys_at(source: Source, offsets: Sequence[int], at_once: int) -> list[str | None]:
    """The keys with these ranks, so many of them asked for at once."""
    keys = list[str | None]()
    for first in range(0, len(offsets), at_once):
        tasks = [asyncio.create_task(_key_at(source, None, each)) for each in offsets[first : first + at_once]]
        try:
            keys += await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
    return keys


async def _counted(source: Source, at_once: int) -> int:
    """About how many rows there are, rather more than fewer, from requests of one row each.

    What a partition has beyond its expected length cannot be split among others, which may be done by then.
    """
    width = min(at_once, _MOST_AT_ONCE)
    steps = [each for doublings in range(0, 31, 2) if (each := source.limit << doublings) < _OFFSETS]
    fewest, too_many = 0, 0
    while steps and not too_many:
        fewest, too_many = await _between(source, fewest, steps[:width])
        del steps[:width]
    too_many = too_many or _OFFSETS
    while fewest and (gap := too_many - fewest) > fewest // _PRECISION + 1:
        inside = {fewest + gap * number // (width + 1) for number in range(1, width + 1)} - {fewest}
        fewest, less = await _between(source, fewest, sorted(inside))
        too_many = less or too_many
    return too_many


async def _between(source: Source, fewest: int, offsets: Sequence[int]) -> tuple[int, int]:
    """The last of these offsets with a row, or `fewest`, and the one after it, or 0."""
    for offset, key in zip(offsets, await _keys_at(source, offsets, len(offsets)), strict=True):
        if key is None:
            return fewest, offset
        fewest = offset
    return fewest, 0


async def sorts_and_filters_by_key(source: Source) -> bool:
    """Whether the server sorts and filters by the key.

    Lists the first keys, then those up to the middle one backwards. Rows may come and go between the two requests, so
    only the keys that both pages show count: their order, and the bound, hold whatever else changes.

    Raises:
        APIError: it refuses to.
    """
    size = max(source.page_size, _ENOUGH)
    for _ in range(_TRIES):
        page = await source.keyed(None, None, page_size=size)
        keys = _distinct(source, page)
        if not keys:
            await source.keyed("", None)  # unless it refuses to
            return True
        middle = len(keys) // 2
        up_to, after = keys[: middle + 1], keys[middle + 1 :]
        backwards = await source.keyed(None, keys[middle], descending=True, page_size=size)
        again = [key for key in _distinct(source, backwards) if key in keys]
        if again != [key for key in reversed(up_to) if key in again]:
            return False
        if not after and not page.has_more:
            later = await source.keyed(keys[middle], None)
            if not set(keys).isdisjoint(_distinct(source, later)):
                return False
        alone = len(keys) == 1 and not page.has_more
        if again and (alone or len(again) > 1 or await _ends_differ(source, page)):
            return True
    return False


def _distinct(source: Source, page: Page[Any]) -> list[str]:
    """The keys of a page, each once, in the page's order."""
    return [*dict.fromkeys(map(source.key_of, page.data))]


async def _ends_differ(source: Source, page: Page[Any]) -> bool:
    """Whether the list ends with another item than its first page begins with."""
    end = await source.keyed(None, None, descending=True, page_size=1)
    return bool(end.data) and end.data[0].id != page.data[0].id
