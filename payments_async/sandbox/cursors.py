"""Lists: query parameters as the server parses them, offset cursors, sorting, and the page that is sent."""

import random
import re
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import unquote_to_bytes

from aiohttp import web

from payments_async.sandbox import wire
from payments_async.sandbox.filters import EVERYTHING, Compiler, Fragment, check, ignored
from payments_async.sandbox.ids import from_base64url, to_base64url
from payments_async.sandbox.world import World

DEFAULT_PAGE_SIZE = 15
LARGEST_PAGE_SIZE = 100
DIRECTIONS = {"asc": "ASC", "ASC": "ASC", "dsc": "DESC", "desc": "DESC", "DSC": "DESC", "DESC": "DESC"}
ESCAPES = re.compile(r"(?:[^%]|%[0-9A-Fa-f]{2})*")
INTEGER = re.compile(r"[+-]?\d+", re.ASCII)
DIGITS = re.compile(r"\d+", re.ASCII)


@dataclass(frozen=True)
class Listing:
    """How one kind of row is listed.

    Args:
        table: name of the table.
        view: makes the JSON text of a row.
        columns: what `sort` may name: SQL column -> SQL expression.
        select: what of each row `view` needs.
        compile: turns a filter into SQL.
    """

    table: str
    view: Callable[[sqlite3.Row], str]
    columns: Mapping[str, str]
    select: str = "*"
    compile: Compiler = ignored


@dataclass(frozen=True)
class PageRequest:
    """What a client asked for, or what its cursor says it asked for."""

    page_size: int = DEFAULT_PAGE_SIZE
    offset: int = 0
    filter: Any = None
    sorters: list[dict[str, str]] | None = None
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def cursor(self, offset: int) -> str:
        """The token of the same list from another offset."""
        filters = {"qb": self.filter, "Sorter": self.sorters, "pageSize": self.page_size, "options": self.options}
        token = {"offset": offset, "order": 0, "pageSize": self.page_size, "filters": filters}
        return to_base64url(wire.encode(token).encode())


def parameters(request: web.Request) -> dict[str, list[str]]:
    """Query parameters as Go reads them: a pair with a stray `%` or an unescaped `;` does not exist."""
    found: dict[str, list[str]] = {}
    for pair in request.raw_path.partition("?")[2].split("&"):
        if pair and ";" not in pair and ESCAPES.fullmatch(pair):
            name, _, value = (_unescape(part) for part in pair.partition("="))
            found.setdefault(name, []).append(value)
    return found


async def read_page_request(
    request: web.Request, query: Mapping[str, list[str]], *, plain: bool = False
) -> PageRequest:
    """Read cursor, or page size, sort and filter.

    Args:
        request: the request, whose body may be the filter.
        query: its `parameters`.
        plain: whether sort and filter are not looked at (tasks).
    """
    if cursor := _first(query, "cursor"):
        return _decode_cursor(cursor)
    page_size = _page_size(_first(query, "pageSize"))
    if plain:
        return PageRequest(page_size)
    body = (await request.read()).decode(errors="replace")
    expression = _filter(body or _first(query, "query"))
    sorters = [_sorter(text) for text in query.get("sort", ())] or None
    return PageRequest(page_size, filter=expression, sorters=sorters)


def page(world: World, listing: Listing, wanted: PageRequest, scope: Fragment = EVERYTHING) -> web.Response:
    """Send one page.

    Args:
        world: where the rows are.
        listing: how they are listed.
        wanted: what was asked for; page size 0 is the whole table.
        scope: SQL condition that every row meets, whatever the filter.
    """
    asked = EVERYTHING if wanted.filter is None else listing.compile(wanted.filter)
    conditions = [each for each in (scope, asked) if each is not EVERYTHING]
    rows = world.store.listed(
        listing.table,
        select=listing.select,
        where=" AND ".join(f"({sql})" for sql, _ in conditions),
        values=[value for _, values in conditions for value in values],
        order=_order(listing, wanted.sorters, world.ties),
        limit=wanted.page_size + 1 if wanted.page_size else -1,
        offset=wanted.offset,
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


def limited(wanted: PageRequest, limit: str) -> PageRequest:
    """Apply the `limit` of balances, which knows no cap."""
    if not limit:
        return wanted
    if not INTEGER.fullmatch(limit) or not -(2**63) <= int(limit) < 2**63:
        raise wire.validation(f"invalid 'limit' query param: {limit}")
    return replace(wanted, page_size=int(limit)) if int(limit) > 0 else wanted


def _first(query: Mapping[str, list[str]], name: str) -> str:
    return query.get(name, [""])[0]


def _unescape(text: str) -> str:
    return unquote_to_bytes(text.replace("+", " ")).decode(errors="replace")


def _page_size(text: str) -> int:
    if not text:
        return DEFAULT_PAGE_SIZE
    if not DIGITS.fullmatch(text) or int(text) >= 2**32:
        raise wire.validation("invalid 'pageSize' query param")
    return min(int(text) or DEFAULT_PAGE_SIZE, LARGEST_PAGE_SIZE)


def _filter(text: str) -> Any:
    if not text:
        return None
    try:
        expression = wire.decode(text)
    except ValueError as error:
        raise wire.validation(f"query: {error}") from error
    if expression is None or expression == {}:
        return None
    check(expression)
    return expression


def _sorter(text: str) -> dict[str, str]:
    column, colon, word = text.partition(":")
    if colon and word not in DIRECTIONS:
        raise wire.validation(f"sort: order {word!r} is neither asc nor desc")
    return {"column": column, "order": DIRECTIONS[word] if colon else ""}


def _order(listing: Listing, sorters: list[dict[str, str]] | None, ties: random.Random | None) -> str:
    if not sorters:
        terms, direction = ["created_at DESC"], "DESC"
    else:
        terms = [_term(listing, sorter) for sorter in sorters]
        # In the direction of the last column, as an index has it.
        direction = sorters[-1]["order"]
    return ", ".join([*terms, f"rowid {ties.choice(('ASC', 'DESC')) if ties else direction}"])


def _term(listing: Listing, sorter: dict[str, str]) -> str:
    expression = listing.columns.get(sorter["column"])
    if expression is None or sorter["order"] not in DIRECTIONS:
        # An order left out becomes a second, empty word in the server's SQL.
        raise wire.internal(f'pq: column "{sorter["column"]}" does not exist or has no order')
    return f"{expression} {sorter['order']}"


def _decode_cursor(text: str) -> PageRequest:
    try:
        token: dict[str, Any] = wire.decode(from_base64url(text).decode())
        filters: dict[str, Any] = token.get("filters") or {}
        sorters: list[dict[str, str]] = filters.get("Sorter") or []
        wanted = PageRequest(
            page_size=_natural(token.get("pageSize")),
            offset=_natural(token.get("offset")),
            filter=filters.get("qb") or None,
            sorters=[{name: str(each[name]) for name in ("column", "order")} for each in sorters],
            options=dict(filters.get("options") or {}),
        )
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise wire.validation("invalid 'cursor' query param") from error
    if wanted.filter is not None:
        check(wanted.filter)
    return wanted


def _natural(value: Any) -> int:
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**63:
        raise ValueError("not a natural number")
    return value
