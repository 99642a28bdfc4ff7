"""Cutting the range of a key into slices: with the ends that the server names, and places between them."""

from __future__ import annotations

from collections import deque
from typing import Any

import attrs

from payments_async.drain.partition import between
from payments_async.drain.walks import Source
from payments_async.wire.call import Page

_SHARES = (0.5, 0.25, 0.75)
"""Where to try to cut, as shares of the way from the first key to the last."""
_ENOUGH = 10
"""Items that show an order, however short the drain's own pages are."""
_TRIES = 5
"""How often to look at a list whose rows go away before a second request shows them."""


@attrs.frozen(kw_only=True)
class Slice:
    """A range of keys, and its first and last key that there were, empty where there was none.

    Attributes:
        after: The key that it begins after; `None` is the resource's beginning.
        to: The key that it ends with; `None` is the resource's end.
        first: Its first key.
        last: Its last key.
    """

    after: str | None = None
    to: str | None = None
    first: str = ""
    last: str = ""


async def whole(source: Source) -> Slice | None:
    """The whole range of a resource, found with two calls of one item; `None` if it has no item."""
    first = await source.keyed(None, None, page_size=1)
    last = await source.keyed(None, None, descending=True, page_size=1)
    if not first.data or not last.data:
        return None
    return Slice(first=source.key_of(first.data[0]), last=source.key_of(last.data[0]))


async def halved(source: Source, given: Slice) -> tuple[Slice, Slice] | None:
    """Two slices in place of one, found with two calls of one item or a few more; `None` if it is not to be cut.

    Both begin and end with keys that there are, so that they can be cut again though keys have little in common.
    """
    for share in _SHARES:
        place = between(given.first, given.last, share)
        if place is None:
            return None
        left = await source.keyed(given.after, place, descending=True, page_size=1)
        right = await source.keyed(place, given.to, page_size=1)
        # The server may sort otherwise than Python: then there may be nothing on one side of the place.
        if left.data and right.data:
            cut = source.key_of(left.data[0])
            return (
                Slice(after=given.after, to=cut, first=given.first, last=cut),
                Slice(after=cut, to=given.to, first=source.key_of(right.data[0]), last=given.last),
            )
    return None


async def sliced(source: Source, count: int) -> list[Slice]:
    """The whole range of a resource in about as many slices as asked for; none if it has no item."""
    start = await whole(source)
    if start is None:
        return []
    slices, uncut = deque([start]), list[Slice]()
    while slices and len(slices) + len(uncut) < count:
        halves = await halved(source, given := slices.popleft())
        if halves is None:
            uncut.append(given)
        else:
            slices.extend(halves)
    return [*uncut, *slices]


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
