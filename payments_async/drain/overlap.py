"""Reading a list by offset without a gap: each page begins some rows before the end of the page before it.

Offsets move when rows come or go. A page that begins with rows that were shown already has no gap before it. Otherwise
rows have gone, and the walk steps back until it meets a row that it knows.
"""

from __future__ import annotations

import json
import logging
import warnings
from collections.abc import AsyncGenerator, Iterable
from datetime import datetime
from itertools import pairwise
from typing import Any, Self, TypeAlias

import attrs

from payments_async.drain.cursors import Cursor
from payments_async.drain.errors import DrainError, DrainWarning
from payments_async.drain.resources import Listing
from payments_async.drain.rows import identity, time_text
from payments_async.drain.source import Order, Source
from payments_async.wire.call import Page

log: logging.Logger = logging.getLogger(__name__)

_OVERLAP = 10
"""How many rows of the last page the next one begins with."""
_LARGEST = 1000
"""The most rows of a page where shorter ones show nothing new."""


@attrs.frozen(kw_only=True)
class Place:
    """Where a walk goes on.

    Attributes:
        cursor: The cursor of the next page.
        last: The identities of the last rows.
        time: The creation time of the last row, as RFC 3339; `None` where the list shows no order of time.
        descending: Whether the newest rows come first; `None` while all rows have the same time.
    """

    cursor: str
    last: tuple[str, ...] = ()
    time: str | None = None
    descending: bool | None = None

    @property
    def text(self) -> str:
        """The place as text, for a checkpoint."""
        return json.dumps(attrs.asdict(self))

    @classmethod
    def read(cls, text: str) -> Self:
        """The place with this text."""
        members: dict[str, Any] = json.loads(text)
        members["last"] = (*members["last"],)
        return cls(**members)


class Shown:
    """The rows that a walk has shown.

    Where the list is sorted by time, only the identities of the rows of the last time are kept: earlier rows are known
    by their time.

    Args:
        listing: The list.
        place: Where the walk goes on, `None` at its beginning.
    """

    def __init__(self, listing: Listing, place: Place | None) -> None:
        self._listing = listing
        self._names = set(place.last if place else ())
        self._sorted = listing.dated and (place is None or place.time is not None)
        self._time = datetime.fromisoformat(place.time) if place and place.time else None
        self._descending = place.descending if place else None

    def remember(self, name: str, time: str | None) -> None:
        """Take a row of an earlier run, by its identity and its time as RFC 3339, for shown."""
        if self._descending is None or (self._time is not None and time == time_text(self._time)):
            self._names.add(name)

    def has(self, row: Any) -> bool:
        """Whether this row was shown, or comes before one that was."""
        if identity(row, self._listing.identity) in self._names:
            return True
        return self._descending is not None and self._passed(row.created_at)

    def add(self, rows: list[Any], new: list[Any]) -> None:
        """Remember a page, of which some rows are new.

        Raises:
            DrainError: the list was sorted by time so far, and this page is not.
        """
        if not new:
            return
        if self._sorted:
            self._check_order(rows)
        names = {identity(row, self._listing.identity): row for row in rows}
        last: datetime | None = new[-1].created_at if self._sorted else None
        if last is not None and self._descending is not None and not self._passed(last):
            if last != self._time:
                self._names.clear()
            self._names |= {name for name, row in names.items() if row.created_at == last}
            self._time = last
        else:
            self._names |= names.keys()
            self._time = self._time or last

    def _passed(self, time: datetime) -> bool:
        """Whether a row of this time comes before the last row that was shown."""
        return self._time is not None and (time > self._time if self._descending else time < self._time)

    def _check_order(self, rows: list[Any]) -> None:
        times: list[datetime] = [row.created_at for row in rows]
        directions = {before > after for before, after in pairwise(times) if before != after}
        if self._descending is None and len(directions) == 1:
            (self._descending,) = directions
        elif directions - {self._descending}:
            if self._descending is not None:
                raise DrainError(
                    f"the server does not list {self._listing.name} in order of time any more; what was committed is "
                    "kept, drain into another target"
                )
            self._sorted = False

    def place(self, cursor: str, rows: list[Any]) -> Place:
        """The place with this cursor, after a page with these rows."""
        return Place(
            cursor=cursor,
            last=tuple(identity(row, self._listing.identity) for row in rows[-_OVERLAP:]),
            time=time_text(self._time) if self._sorted and self._time is not None else None,
            descending=self._descending,
        )


@attrs.frozen(kw_only=True)
class Stretch:
    """A page of a walk.

    Attributes:
        rows: The rows that were not shown before.
        repeats: How many rows came again though they were not asked for again.
        place: Where the walk goes on, `None` at the end.
    """

    rows: list[Any]
    repeats: int
    place: Place | None


Stretches: TypeAlias = AsyncGenerator[Stretch, None]


async def overlapping(
    source: Source,
    place: Place | None,
    shown: Shown,
    *,
    sort: Order,
    conditions: Iterable[Any] = (),
    first: Page[Any] | None = None,
) -> Stretches:
    """Reads the rows that meet these conditions, in an order, from a place on.

    Where the server's cursors cannot be written, their pages follow each other without an overlap.

    Args:
        source: The list.
        place: Where the walk goes on, `None` at its beginning.
        shown: The rows that were shown up to that place.
        sort: The order.
        conditions: The conditions, in the server's language.
        first: The first page, if it was read already.

    Raises:
        DrainError: the server sorts otherwise than before.
    """
    offset = 0
    if place is not None:
        if (cursor := Cursor.read(place.cursor)) is None:
            async for stretch in _as_they_follow(source, place.cursor, shown):
                yield stretch
            return
        source.learn(sort, place.cursor)
        offset = cursor.offset
    size, back, more, nothing_new = source.page_size, 0, True, list[str]()
    while more:
        overlap = min(_OVERLAP, max(1, source.limit // 2))
        start = max(0, offset - max(back, overlap))
        page = first or await source.page(*conditions, sort=sort, offset=start, page_size=size + min(offset, overlap))
        first = None
        known = [shown.has(row) for row in page.data]
        if start and not any(known):
            back = max(2 * back, source.limit)
            continue
        rows = [row for row, had in zip(page.data, known, strict=True) if not had]
        names = [] if rows else [identity(row, source.listing.identity) for row in page.data]
        if names and names == nothing_new:
            raise DrainError(
                f"the server shows the same {source.listing.name} at every offset; what was committed is kept"
            )
        nothing_new = names
        shown.add(page.data, rows)
        repeats = sum(known[offset - start :])
        # Rows that come before the place at more than a page per request must not keep the walk where it is.
        size = source.page_size if rows else max(source.page_size, min(2 * size, _LARGEST))
        offset, back, more = start + len(page.data), 0, page.has_more
        following = _cursor_at(page, offset)
        yield Stretch(rows=rows, repeats=repeats, place=shown.place(following, page.data) if following else None)
        if following and not source.reaches(sort):
            async for stretch in _as_they_follow(source, following, shown):
                yield stretch
            return


async def _as_they_follow(source: Source, cursor: str, shown: Shown) -> Stretches:
    message = (
        f"the server's cursors for {source.listing.name} have a form that cannot be written: a row may be skipped when "
        "another one goes"
    )
    log.warning("%s", message, extra={"resource": source.listing.name})
    warnings.warn(message, DrainWarning, stacklevel=2)
    async for page in source.from_cursor(cursor).by_page():
        rows = [row for row in page.data if not shown.has(row)]
        shown.add(page.data, rows)
        place = shown.place(page.next, page.data) if page.has_more and page.next else None
        yield Stretch(rows=rows, repeats=len(page.data) - len(rows), place=place)


def _cursor_at(page: Page[Any], offset: int) -> str | None:
    """The cursor of what follows a page; an empty page on the way may have changed its offset."""
    if not page.has_more or page.next is None:
        return None
    cursor = Cursor.read(page.next)
    return page.next if cursor is None else cursor.at(offset)
