"""Lists: reading what a request asks for, and sending the page."""

import random
import re
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from payments_async.sandbox import jsontext, wire
from payments_async.sandbox.bodies import Body
from payments_async.sandbox.collation import Collation, Column
from payments_async.sandbox.cursors import DEFAULT_PAGE_SIZE, Options, PageRequest, ReadOptions, Sorter, decode_cursor
from payments_async.sandbox.filters import EVERYTHING, Compiler, Fragment, ignored, read_expression
from payments_async.sandbox.parameters import Query, first
from payments_async.sandbox.world import World

LARGEST_PAGE_SIZE = 100
DIRECTIONS = {"asc": "asc", "ASC": "asc", "dsc": "desc", "desc": "desc", "DSC": "desc", "DESC": "desc"}
DIGITS = re.compile(r"\d+", re.ASCII)


def _no_options(_members: Body) -> Options:
    return {}


@dataclass(frozen=True)
class Listing:
    """How one kind of row is listed.

    Args:
        table: name of the table.
        view: makes the JSON text of a row.
        columns: what `sort` may name, with or without the table before it.
        select: the columns that `view` needs.
        compile: turns a filter into SQL.
        read_options: reads what a cursor says besides filter and order.
        ties: columns that order rows which the order leaves equal; without any, their arrival does.
    """

    table: str
    view: Callable[[sqlite3.Row], str]
    columns: Mapping[str, Column]
    select: str = "*"
    compile: Compiler = ignored
    read_options: ReadOptions = _no_options
    ties: Sequence[str] = ()


async def read_page_request(
    request: web.Request, query: Query, listing: Listing, *, plain: bool = False
) -> PageRequest:
    """Read cursor, or page size, sort and filter.

    Args:
        request: the request, whose body may be the filter.
        query: its `parameters`.
        listing: what is listed.
        plain: whether sort and filter are ignored (tasks).
    """
    if cursor := first(query, "cursor"):
        return decode_cursor(cursor, listing.read_options)
    expression, sorters = None, None
    if not plain:
        expression = _filter(jsontext.text(await request.read()) or first(query, "query"))
        sorters = [_sorter(text) for text in query.get("sort", ())] or None
    return PageRequest(filter=expression, sorters=sorters).sized(page_size_of(first(query, "pageSize")))


def page(world: World, listing: Listing, wanted: PageRequest, scope: Fragment = EVERYTHING) -> web.Response:
    """Send one page.

    Args:
        world: where the rows are.
        listing: how they are listed.
        wanted: what was asked for; page size 0 is the whole table.
        scope: SQL condition that rows must meet besides the filter.
    """
    asked = EVERYTHING if wanted.filter is None else listing.compile(wanted.filter, world.rules)
    conditions = [each for each in (scope, asked) if each is not EVERYTHING]
    rows = world.store.listed(
        listing.table,
        select=listing.select,
        where=" AND ".join(f"({sql})" for sql, _ in conditions),
        values=[value for _, values in conditions for value in values],
        order=_order(listing, wanted.sorters, world.rules.collation, world.ties),
        limit=positive(wanted.page_size + 1) or -1 if wanted.page_size else -1,
        offset=positive(wanted.offset),
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


def positive(number: int) -> int:
    """A number of 64 bits cut to the signed 32 that the server has for it; 0 if that is negative."""
    low = number % 2**32
    return low if low < 2**31 else 0


def page_size_of(text: str) -> int:
    """The page size that a parameter asks for; VALIDATION if it is no number of 32 bits."""
    if not text:
        return DEFAULT_PAGE_SIZE
    if not DIGITS.fullmatch(text) or (asked := int(text[-10:])) >= 2**32 or text[:-10].strip("0"):
        raise wire.validation("invalid 'pageSize' query param")
    return min(asked or DEFAULT_PAGE_SIZE, LARGEST_PAGE_SIZE)


def _filter(text: str) -> Any:
    if not text:
        return None
    try:
        return read_expression(jsontext.decode(text))
    except ValueError as error:
        raise wire.validation(str(error)) from error


def _sorter(text: str) -> Sorter:
    column, colon, word = text.partition(":")
    if colon and word not in DIRECTIONS:
        raise wire.validation(f"sort order not well specified, got {word}")
    return Sorter(column, DIRECTIONS[word] if colon else "")


def _order(listing: Listing, sorters: Sequence[Sorter] | None, collation: Collation, ties: random.Random | None) -> str:
    if sorters is None:
        sorters = [Sorter("created_at", "desc")]
    terms = [_term(listing, sorter, collation) for sorter in sorters]
    # In the direction of the last column, so that an index can provide the order.
    last = sorters[-1] if sorters else Sorter("", "asc")
    terms += [f"{each} {last.order if last.column == 'created_at' else 'asc'}" for each in listing.ties]
    return ", ".join([*terms, f"rowid {ties.choice(('asc', 'desc')) if ties else last.order}"])


def _term(listing: Listing, sorter: Sorter, collation: Collation) -> str:
    column = listing.columns.get(sorter.column.removeprefix(f"{listing.table}."))
    if column is None or sorter.order.lower() not in ("asc", "desc"):
        # In the server's SQL, a missing direction makes the text a column that does not exist.
        raise wire.internal(f'pq: column "{sorter.column} {sorter.order}" does not exist')
    return column.ordered(sorter.order, collation)
