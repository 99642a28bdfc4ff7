"""The token of a cursor, which holds where a page begins and what the list was asked for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from payments_async.sandbox import jsontext, wire
from payments_async.sandbox.bodies import Body, as_object
from payments_async.sandbox.filters import read_expression
from payments_async.sandbox.ids import from_base64url, to_base64url

DEFAULT_PAGE_SIZE = 15

Options = Mapping[str, Any]
"""Further conditions of a list, as the token has them."""
ReadOptions = Callable[[Body], Options]


class Sorter(NamedTuple):
    """One column to sort by."""

    column: str
    order: str
    """`asc` or `desc`; a token may hold any text."""


@dataclass(frozen=True)
class PageRequest:
    """What a client asked for, or what its cursor says it asked for.

    Args:
        page_size: items on a page; 0 is all of them.
        offset: items to skip.
        filter: expression of the query language, None for all rows.
        sorters: columns to sort by, None if none were asked for.
        options: further conditions of the list.
        first_page_size: the page size of the first request, which the token holds too.
        direction: a number that the token holds and the server ignores.
    """

    page_size: int = DEFAULT_PAGE_SIZE
    offset: int = 0
    filter: Any = None
    sorters: list[Sorter] | None = None
    options: Options = field(default_factory=dict[str, Any])
    first_page_size: int = DEFAULT_PAGE_SIZE
    direction: int = 0

    def sized(self, page_size: int) -> "PageRequest":
        """The same with pages of another size."""
        return replace(self, page_size=page_size, first_page_size=page_size)

    def cursor(self, offset: int) -> str:
        """The token of the same list from another offset."""
        filters = {
            "qb": _encoded(self.filter),
            "Sorter": None if self.sorters is None else [sorter._asdict() for sorter in self.sorters],
            "pageSize": self.first_page_size,
            "options": self.options,
        }
        token = {"offset": offset, "order": self.direction, "pageSize": self.page_size, "filters": filters}
        return to_base64url(wire.encode(token).encode())


def decode_cursor(text: str, read_options: ReadOptions) -> PageRequest:
    """Decode a token; VALIDATION if that cannot be done."""
    try:
        token = as_object(jsontext.decode(jsontext.text(from_base64url(text))))
        filters = token.object("filters")
        sorters = filters.array("Sorter")
        return PageRequest(
            page_size=token.natural("pageSize"),
            offset=token.natural("offset"),
            filter=read_expression(filters.any("qb")),
            sorters=None if sorters is None else [_sorter(as_object(each)) for each in sorters],
            options=read_options(filters.object("options")),
            first_page_size=filters.natural("pageSize"),
            direction=token.integer("order") or 0,
        )
    except (ValueError, wire.RefusedError) as error:
        raise wire.validation(f"invalid 'cursor' query param: {error}") from error


def _sorter(members: Body) -> Sorter:
    return Sorter(members.text("column"), members.text("order"))


def _encoded(expression: Any) -> Any:
    """A filter as the server encodes it: an empty `$and` or `$or` becomes `null`, which the server cannot decode."""
    match expression:
        case {"$and": [*parts]} | {"$or": [*parts]}:
            return {next(iter(expression)): [_encoded(part) for part in parts] or None}
        case {"$not": part}:
            return {"$not": _encoded(part)}
        case _:
            return expression
