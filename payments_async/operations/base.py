"""The base class of all operation classes, and checks of their arguments."""

from __future__ import annotations

from collections.abc import Coroutine, Mapping, Sequence
from typing import Any, TypeVar, cast, get_args

import attrs

from payments_async.filters import Filter, Sort
from payments_async.filters.expression import names_apart
from payments_async.wire.call import Call, Page
from payments_async.wire.jsontext import json_text
from payments_async.wire.pages import Pages
from payments_async.wire.pipeline import Pipeline

T = TypeVar("T")


class Operations:
    """The operations of one resource."""

    __slots__ = ("_pipeline",)

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline

    def _run(self, call: Call[T]) -> Coroutine[Any, Any, T]:
        return self._pipeline.run(call)

    def _pages(self, call: Call[Page[T]]) -> Pages[T]:
        """The list whose first page this call fetches; the later pages follow by cursor.

        Raises:
            ValueError: the page size is below 1, or a cursor is given with other parameters, which the server would
                ignore.
        """
        given = {name: value for name, value in call.query.items() if value is not None}
        start = given.pop("cursor", None)
        if start is not None:
            if not isinstance(start, str) or not start:
                raise ValueError(f"cursor is {start!r}: give the `next` of a page, or leave it out")
            if given:
                raise ValueError(
                    f"cursor and {', '.join(given)} cannot be given together: a cursor keeps its arguments"
                )
        for argument, name in (("page_size", "pageSize"), ("limit", "limit")):
            size = given.get(name, 1)
            if type(size) is not int or size < 1:
                raise ValueError(f"{argument} is {size!r}: give a whole number of items, 1 or more")

        def fetch(cursor: str | None) -> Coroutine[Any, Any, Page[T]]:
            return self._pipeline.run(attrs.evolve(call, query={"cursor": cursor} if cursor else given))

        return Pages(fetch, cursor=start, operation=call.operation)


def filter_text(query: Filter[T] | str | Mapping[str, Any] | None, resource: type[T]) -> str | None:
    """A list's filter as the server expects it: JSON text.

    Args:
        query: A filter; or the server's own language as a mapping or as text, which is not checked.
        resource: The model of the list's items.

    Raises:
        ValueError: the filter belongs to another list, or has another type.
    """
    return query if query is None or isinstance(query, str) else json_text(filter_value(query, resource))


def filter_value(query: Filter[T] | Mapping[str, Any], resource: type[T]) -> dict[str, Any]:
    """A filter as plain JSON values.

    Raises:
        ValueError: the filter belongs to another list, or has another type.
    """
    if isinstance(query, Filter):
        if query.resource is not resource:
            filtered, listed = names_apart(query.resource, resource)
            raise ValueError(f"query filters {filtered}, but this is a list of {listed}: {query!r}")
        return query.expression
    if not isinstance(cast("object", query), Mapping):
        raise ValueError(  # noqa: TRY004  # bad input
            f"query is {query!r}: give a filter, such as filters.payments.asset.match(…), a mapping or JSON text"
        )
    return dict(query)


def sort_texts(sort: Sort[Any] | str | Sequence[Sort[Any] | str] | None, columns: object) -> str | list[str] | None:
    """A list's order as the server expects it: `column:asc` or `column:desc`, or several of them.

    Args:
        sort: One or several orders; or the server's own texts for them, which are not checked.
        columns: The literal type of the list's columns.

    Raises:
        ValueError: the list does not have such a column.
    """
    if sort is None or isinstance(sort, str):
        return sort
    known = get_args(columns)
    several = [sort] if isinstance(sort, Sort) else sort
    for each in several:
        if isinstance(each, Sort) and each.column not in known:
            raise ValueError(f"sort is {each!r}, but this list has the columns {', '.join(known)}")
    return [f"{each.column}:{each.direction}" if isinstance(each, Sort) else each for each in several]


def checked_metadata(metadata: Mapping[str, str]) -> dict[str, str]:
    """The metadata, if it can be merged into that of a resource.

    Raises:
        ValueError: it is empty, which the server refuses, or has a name or a value that is not a string.
    """
    entries = dict(metadata)
    texts: list[object] = [*entries, *entries.values()]
    if not entries or not all(entries) or not all(isinstance(text, str) for text in texts):
        raise ValueError("metadata must be a map of at least one non-empty name to text")
    return entries


def checked(kind: type[T], request: T) -> T:
    """The request, if it is an instance of this class, which checks its fields when it is created.

    Raises:
        TypeError: it is not an instance of this class.
    """
    if not isinstance(request, kind):
        raise TypeError(f"the request is a {type(request).__name__}: give a {kind.__name__}")
    return request
