"""The lists of version 3.4: pages by offset, newest first, and cursors that hold what was asked for."""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from aiohttp import web

from payments_async.sandbox import jsontext, wire
from payments_async.sandbox.bodies import Body, as_object
from payments_async.sandbox.filters import EVERYTHING, Fragment
from payments_async.sandbox.ids import from_base64url, to_base64url
from payments_async.sandbox.lists import page_size_of, positive
from payments_async.sandbox.parameters import first, parameters
from payments_async.sandbox.v3.filters import Keys, compile_filter, read_expression
from payments_async.sandbox.world import World

NEWEST_ADJUSTMENT = 84
"""What it costs to look up the newest adjustment of a row, in rows that a range scans."""

Options = Mapping[str, Any]
"""Further conditions of a list, as the token of a cursor has them."""


def _no_options(_members: Body) -> Options:
    return {}


@dataclass(frozen=True)
class Listing:
    """How one kind of row is listed.

    Args:
        table: name of the table.
        view: makes the JSON text of a row.
        keys: what filters may say; None if filters are ignored.
        select: the columns that `view` needs.
        lookup: what each row before and on a page costs besides being read, in rows.
        read_options: reads what a cursor says besides the filter.
    """

    table: str
    view: Callable[[sqlite3.Row], str]
    keys: Keys | None = None
    select: str = "*"
    lookup: int = 0
    read_options: Callable[[Body], Options] = _no_options


@dataclass(frozen=True)
class PageRequest:
    """What a client asked for, or what its cursor says it asked for.

    Args:
        page_size: items on a page; 0 is all of them.
        offset: items to skip.
        filter: checked expression of the query language, None for all rows.
        options: further conditions of the list.
        first_page_size: the page size of the first request, which the token holds too.
        order: a number that the token holds and the server ignores.
    """

    page_size: int
    offset: int = 0
    filter: Any = None
    options: Options = field(default_factory=dict[str, Any])
    first_page_size: int = 0
    order: int = 0

    def cursor(self, offset: int) -> str:
        """The token of the same list from another offset."""
        filters = {"qb": self.filter, "pageSize": self.first_page_size, "options": self.options}
        token = {"offset": offset, "order": self.order, "pageSize": self.page_size, "filters": filters}
        return to_base64url(wire.encode(token).encode())


async def read_page_request(
    request: web.Request, listing: Listing, *, options: Options | None = None, both: Any = None
) -> PageRequest:
    """Read the cursor, or page size and filter.

    Args:
        request: the request, whose body may be the filter.
        listing: what is listed.
        options: further conditions of the list, unless a cursor has others.
        both: a filter that the server joins to that of the request.
    """
    query = parameters(request)
    if cursor := first(query, "cursor"):
        return decode_cursor(cursor, listing)
    size = page_size_of(first(query, "pageSize"))
    asked = filter_of(jsontext.text(await request.read()) or first(query, "query"))
    if both is not None:
        asked = {"$and": [both, *([] if asked is None else [asked])]}
    return PageRequest(
        page_size=size,
        filter=None if asked is None else {"$and": [asked]},
        options=options or {},
        first_page_size=size,
    )


def filter_of(text: str) -> Any:
    """The filter of a text; None for an empty one, VALIDATION if it is none."""
    if not text:
        return None
    if not text.strip(jsontext.SPACE):
        raise wire.validation("EOF")
    try:
        return read_expression(jsontext.decode_first(text))
    except ValueError as error:
        raise wire.validation(str(error)) from error


def decode_cursor(text: str, listing: Listing) -> PageRequest:
    """Decode a token; VALIDATION if that cannot be done."""
    try:
        token = as_object(jsontext.decode(jsontext.text(from_base64url(text))))
        filters = token.object("filters")
        return PageRequest(
            page_size=token.natural("pageSize"),
            offset=token.natural("offset"),
            filter=read_expression(filters.any("qb")),
            options=listing.read_options(filters.object("options")),
            first_page_size=filters.natural("pageSize"),
            order=token.integer("order") or 0,
        )
    except (ValueError, wire.RefusedError) as error:
        raise wire.validation("invalid 'cursor' query param") from error


def page(world: World, listing: Listing, wanted: PageRequest, scope: Fragment = EVERYTHING) -> web.Response:
    """Send one page.

    Args:
        world: where the rows are.
        listing: how they are listed.
        wanted: what was asked for; page size 0 is the whole table.
        scope: SQL condition that rows must meet besides the filter.
    """
    if listing.keys is None:
        wanted = replace(wanted, filter=None)
    conditions = [scope] if scope is not EVERYTHING else []
    if wanted.filter is not None and listing.keys is not None:
        conditions.append(compile_filter(wanted.filter, listing.keys, world.rules.collation))
    rows = world.store.listed(
        listing.table,
        select=listing.select,
        where=" AND ".join(f"({sql})" for sql, _ in conditions),
        values=[value for _, values in conditions for value in values],
        order="created_at DESC, rowid DESC",
        limit=positive(wanted.page_size + 1) or -1 if wanted.page_size else -1,
        offset=positive(wanted.offset),
        lookup=listing.lookup,
    )
    more = bool(wanted.page_size) and len(rows) > wanted.page_size
    head: dict[str, Any] = {"pageSize": wanted.page_size} if wanted.page_size else {}
    head["hasMore"] = more
    if wanted.offset:
        head["previous"] = wanted.cursor(max(0, wanted.offset - wanted.page_size))
    if more:
        head["next"] = wanted.cursor(wanted.offset + wanted.page_size)
        rows.pop()
    return wire.cursor(head, map(listing.view, rows))
