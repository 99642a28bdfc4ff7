"""A list of the API as a drain reads it: pages by key, by offset and by filter, as large as the server gives them."""

from __future__ import annotations

from typing import Any, cast

import attrs

from payments_async.client import PaymentsClient
from payments_async.drain.cursors import Cursor
from payments_async.drain.resources import Listing
from payments_async.wire.call import Page
from payments_async.wire.errors import DeadlineExceededError, ResponseTooLargeError
from payments_async.wire.jsontext import json_text
from payments_async.wire.pages import Pages

_BY_PARAMETER = 100
"""The most items of a page that is asked for by parameters; the server cuts a larger page size to this one."""
_FEWEST = 2
"""The fewest items that a page is asked for: the last one of the page before it, and one more."""

Order = tuple[str, ...] | None
"""The columns that a list is sorted by, such as `created_at:asc`; `None` leaves the order to the server."""


@attrs.define(kw_only=True, eq=False)
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
    page_size: int = 1000
    _most: int = attrs.field(init=False, default=2**31)
    _cursors: dict[Order, Cursor | None] = attrs.field(init=False, factory=dict["Order", "Cursor | None"])

    @property
    def limit(self) -> int:
        """Items per page, as far as the server gives so many."""
        return min(self.page_size, self._most)

    @property
    def sliceable(self) -> bool:
        """Whether ranges of a column can be asked for together with the caller's conditions."""
        # The server answers 500 to a filter of initiations by status and by another column.
        by_status = self.listing.name == "payment_initiations" and '"status"' in json_text(list(self.terms))
        return self.listing.column is not None and not by_status

    def pages(self, *conditions: Any, sort: Order = None, page_size: int | None = None) -> Pages[Any]:
        """The pages of the items that meet the caller's conditions and the given ones, as the server's cursors go."""
        terms = [*self.terms, *conditions]
        arguments: dict[str, Any] = {"page_size": min(page_size or self.page_size, _BY_PARAMETER)}
        if terms:
            arguments["query"] = {"$and": terms} if len(terms) > 1 else terms[0]
        if sort is not None:
            arguments["sort"] = list(sort)
        return self.listing.pages(self.client)(**arguments)

    def from_cursor(self, cursor: str) -> Pages[Any]:
        """The pages from a cursor onwards."""
        return self.listing.pages(self.client)(cursor=cursor)

    def learn(self, sort: Order, cursor: str | None) -> None:
        """Remember a cursor of the list in this order, from which others are made."""
        if cursor is not None:
            self._cursors.setdefault(sort, Cursor.read(cursor))

    def reaches(self, sort: Order) -> bool:
        """Whether pages at any offset can be asked for in this order; known once a page was followed by another."""
        return self._cursors.get(sort) is not None

    async def page(
        self, *conditions: Any, sort: Order = None, offset: int = 0, page_size: int | None = None
    ) -> Page[Any]:
        """A page of the items that meet the caller's conditions and the given ones.

        It is shorter than asked for where the server gives fewer. A page that is too large, or takes too long, is asked
        for again with half as many items, and so are all later ones.

        Args:
            conditions: Conditions in the server's language.
            sort: The order.
            offset: How many items come before the page; other than 0 only for an order that the source `reaches`.
            page_size: Items of the page.

        Raises:
            ResponseTooLargeError: even a page of two items is too large.
            DeadlineExceededError: even a page of 100 items takes too long.
        """
        while True:
            size = min(page_size or self.page_size, self._most)
            cursor = self._cursors.get(sort)
            if cursor is None or (offset == 0 and size <= _BY_PARAMETER):
                size = min(size, _BY_PARAMETER)
                pages = self.pages(*conditions, sort=sort, page_size=size)
            else:
                pages = self.from_cursor(cursor.asking([*self.terms, *conditions], offset=offset, page_size=size))
            try:
                page = await _not_empty(pages)
            except ResponseTooLargeError:
                if size <= _FEWEST:
                    raise
                self._most = min(self._most, max(size // 2, _FEWEST))
            except DeadlineExceededError:
                if size <= _BY_PARAMETER:
                    raise
                self._most = min(self._most, max(size // 2, _BY_PARAMETER))
            else:
                self.learn(sort, page.next)
                if 0 < page.page_size < size:
                    self._most = min(self._most, max(page.page_size, _FEWEST))
                return page

    async def keyed(
        self,
        after: str | None,
        to: str | None,
        *,
        inclusive: bool = False,
        descending: bool = False,
        offset: int = 0,
        page_size: int | None = None,
    ) -> Page[Any]:
        """A page of items with keys above `after` and up to `to`: the first ones, or, if descending, the last ones.

        If inclusive, the item with the key `after` is among them.
        """
        key, lower = self.key, "$gte" if inclusive else "$gt"
        bounds = [{operator: {key: bound}} for operator, bound in ((lower, after), ("$lte", to)) if bound is not None]
        sort = self.by_key(descending=descending)
        return await self.page(*bounds, sort=sort, offset=offset, page_size=page_size)

    def by_key(self, *, descending: bool = False) -> Order:
        """The order by key."""
        direction = "desc" if descending else "asc"
        columns = (self.key,) if self.listing.unique else (self.key, "id")
        return tuple(f"{column}:{direction}" for column in columns)

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


async def _not_empty(pages: Pages[Any]) -> Page[Any]:
    """The first page that has items, or the last one: an empty page is not the end."""
    following = pages.by_page()
    page = await anext(following)
    while page.has_more and not page.data:
        page = await anext(following)
    return page
