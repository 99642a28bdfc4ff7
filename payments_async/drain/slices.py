"""Cutting a list that can be compared but not sorted: ranges of a column, each short enough to read by offset.

Every cut is at a value that the server has just shown, so that each piece is shorter, however the values are spread.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import attrs

from payments_async.drain.resources import Listing
from payments_async.drain.rows import plain_value
from payments_async.drain.source import Source
from payments_async.wire.call import Page
from payments_async.wire.jsontext import json_text

WHOLE = 1_000_000
"""The weight of the whole list; the weights of pieces are their shares of it."""
_LARGE = WHOLE // 16
"""The least weight of a piece that is cut by as many rows as a page has."""
_FEW = 100
"""How many rows cut a smaller one."""
_PAGES = 4
"""The most pages of a slice, unless it cannot be cut."""
_SHORT_PAGES, _ROWS = 10, 1000
"""The same of pages that have so few rows together: to skip these costs the server less than further requests."""


@attrs.frozen
class Piece:
    """A part of a list.

    Attributes:
        terms: The conditions that its items meet, in the server's language.
        weight: Its estimated share of the list, in parts of `WHOLE`; 0 where values cannot tell.
    """

    terms: tuple[Any, ...]
    weight: int

    @property
    def text(self) -> str:
        """The conditions as JSON text."""
        return json_text(list(self.terms))

    @classmethod
    def read(cls, text: str | None, weight: int | None) -> Piece:
        """The piece with these conditions; `None` for no conditions."""
        return cls(tuple(json.loads(text or "[]")), WHOLE if weight is None else weight)


async def cut(source: Source, piece: Piece) -> tuple[list[Piece], Page[Any] | None]:
    """The pieces of a piece that is too long, none if it is short enough or cannot be cut; and its first page, if read.

    Args:
        source: The list.
        piece: The piece.
    """
    first = None
    # The whole list may be short. Without a cursor, which comes with a page, the length cannot be asked for.
    if not piece.terms or not source.reaches(None):
        first = await source.page(*piece.terms)
        if not first.has_more or not source.reaches(None):
            return [], first
    probe = await source.page(*piece.terms, offset=_longest(source.limit), page_size=1)
    if not probe.data:
        return [], first
    if first is None:
        # The values of a large piece tell how its weight is shared out. Those of a small one only have to halve it.
        size = source.page_size if piece.weight >= _LARGE else _FEW
        first = await source.page(*piece.terms, page_size=min(size, source.page_size))
    if not first.data:
        return [], first
    return _pieces(source.listing, piece, first.data), first


def _longest(limit: int) -> int:
    """The most rows of a slice that can be cut, where pages have up to `limit` rows."""
    return max(_PAGES * limit, min(_ROWS, _SHORT_PAGES * limit))


def _pieces(listing: Listing, piece: Piece, rows: list[Any]) -> list[Piece]:
    if {"$match", "$not"}.isdisjoint(operator for term in piece.terms for operator in term):
        return _by_range(listing, piece, rows)
    return _by_value(listing, piece, rows)


def _by_range(listing: Listing, piece: Piece, rows: list[Any]) -> list[Piece]:
    column = str(listing.column)
    bounds = {operator: term[operator][column] for term in piece.terms for operator in term}
    values = [plain_value(getattr(row, column)) for row in rows]
    if not all(isinstance(value, int) for value in values):
        # The order of texts is the server's affair: any that it has shown will do, but for the bound.
        others = [value for value in values if value != bounds.get("$gte")]
        return _halves(column, others[len(others) // 2], bounds, 0, 0)
    middle = sorted(values)[len(values) // 2]
    weights = [piece.weight * sum(side) // len(values) for side in _sides(values, middle)]
    if 2 * values.count(middle) > len(values):
        return _around(column, middle, bounds, weights)
    return _halves(column, middle, bounds, weights[0], sum(weights[1:]))


def _sides(values: list[int], middle: int) -> tuple[list[bool], list[bool], list[bool]]:
    return [each < middle for each in values], [each == middle for each in values], [each > middle for each in values]


def _halves(column: str, value: Any, bounds: dict[str, Any], lower: int, upper: int) -> list[Piece]:
    return [_ranged(column, {**bounds, "$lt": value}, lower), _ranged(column, {**bounds, "$gte": value}, upper)]


def _around(column: str, value: Any, bounds: dict[str, Any], weights: list[int]) -> list[Piece]:
    """A piece for a value that most rows have, and one for those on each side of it."""
    upper = {operator: bound for operator, bound in bounds.items() if operator != "$gte"} | {"$gt": value}
    pieces = [Piece(({"$match": {column: value}},), weights[1]), _ranged(column, upper, weights[2])]
    return pieces if bounds.get("$gte") == value else [_ranged(column, {**bounds, "$lt": value}, weights[0]), *pieces]


def _ranged(column: str, bounds: dict[str, Any], weight: int) -> Piece:
    return Piece(tuple({operator: {column: bound}} for operator, bound in bounds.items()), weight)


def _by_value(listing: Listing, piece: Piece, rows: list[Any]) -> list[Piece]:
    """Two pieces of rows with one value of the column: those with the commonest value of another one, and the rest."""
    matched = {column for term in piece.terms for column in term.get("$match", ())}
    for column in listing.finer:
        if column in matched:
            continue
        (value, count), *_ = Counter(plain_value(getattr(row, column)) for row in rows).most_common(1)
        match = {"$match": {column: value}}
        if {"$not": match} in piece.terms:
            continue
        weight = round(piece.weight * count / len(rows))
        return [
            Piece((*piece.terms, match), weight),
            Piece((*piece.terms, {"$not": match}), piece.weight - weight),
        ]
    return []
