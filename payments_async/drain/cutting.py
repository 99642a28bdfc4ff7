"""Cutting a list into slices by key, at keys that the server has shown, in the server's own order.

No two keys are compared here but for equality: how the server's database sorts texts is its own affair.
"""

from __future__ import annotations

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
_PRECISION = 16
"""A list is counted until the uncertainty is at most this part of it."""
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


async def sliced(source: Source, count: int) -> list[Slice]:
    """The whole range of a resource in so many slices, or as many as there are pages."""
    if not source.reaches(source.by_key()):
        return await _by_sample(source, count)
    if await _key_at(source, None, source.limit) is None:
        return [Slice()]
    rows = await _counted(source)
    return await _by_rank(source, rows, min(count, -(-rows // source.limit)))


async def halved(source: Source, given: Slice) -> tuple[Slice, Slice] | None:
    """Two slices in place of one, with about as many rows each; `None` if it is too short, or its length not known."""
    rows = given.rows or 0
    while (half := rows // 2) >= source.limit:
        if (key := await _key_at(source, given.after, half - 1, to=given.to)) is not None:
            return Slice(after=given.after, to=key, rows=half), Slice(after=key, to=given.to, rows=rows - half)
        rows = half  # there are fewer than expected
    return None


async def _by_rank(source: Source, rows: int, count: int) -> list[Slice]:
    """Slices of equal length, cut at the keys of certain ranks.

    Each cut is looked for behind the one before it, so that they stay in order when rows come and go meanwhile.
    """
    slices, after = list[Slice](), None
    for number in range(1, count):
        length = rows * number // count - rows * (number - 1) // count
        key = await _key_at(source, after, length - 1)
        if key is None:
            break
        slices.append(Slice(after=after, to=key, rows=length))
        after = key
    return [*slices, Slice(after=after, rows=rows - sum(each.rows or 0 for each in slices))]


async def _by_sample(source: Source, count: int) -> list[Slice]:
    """Slices of uneven length, cut at some keys of the server's first page, which the server sorts."""
    page = await source.page()
    if not page.has_more:
        return [Slice(rows=len(page.data))]
    shown, length = list[Any](), 0
    for key in _distinct(source, page):
        length += len(quote(f'{{"$match":{{"{source.key}":"{key}"}}}},'))
        if length < _SAMPLE:
            shown.append({"$match": {source.key: key}})
    keys = _distinct(source, await source.page({"$or": shown}, sort=source.by_key())) if shown else []
    cuts = dict.fromkeys(keys[len(keys) * number // count] for number in range(1, count) if keys)
    ends = [None, *cuts, None]
    return [Slice(after=after, to=to) for after, to in pairwise(ends)]


async def _key_at(source: Source, after: str | None, offset: int, *, to: str | None = None) -> str | None:
    """The key with this rank behind another, counted from 0; `None` if there are not so many."""
    page = await source.keyed(after, to, offset=offset, page_size=1)
    return source.key_of(page.data[0]) if page.data else None


async def _counted(source: Source) -> int:
    """About how many rows there are, more than a page, from requests of one row each."""
    fewest, too_many = source.limit, 2 * source.limit
    while await _key_at(source, None, too_many) is not None:
        fewest, too_many = too_many, 2 * too_many
    while too_many - fewest > fewest // _PRECISION + 1:
        middle = (fewest + too_many) // 2
        if await _key_at(source, None, middle) is None:
            too_many = middle
        else:
            fewest = middle
    return (fewest + too_many) // 2


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
