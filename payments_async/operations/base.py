"""What the operations of every resource share."""

from __future__ import annotations

from collections.abc import Coroutine, Mapping
from typing import Any, TypeVar

import attrs

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

    async def _run(self, call: Call[T]) -> T:
        return await self._pipeline.run(call)

    def _pages(self, call: Call[Page[T]]) -> Pages[T]:
        """The list that a call begins: its first page, then whatever follows the cursor.

        Raises:
            ValueError: the page size is below 1, or a cursor stands beside other parameters, which the server would
                ignore.
        """
        given = {name: value for name, value in call.query.items() if value is not None}
        start = given.pop("cursor", None)
        if start is not None:
            if not isinstance(start, str) or not start:
                raise ValueError(f"cursor is {start!r}: give the `next` of a page, or leave it out")
            if given:
                raise ValueError(
                    f"cursor and {', '.join(given)} cannot stand together: a cursor holds what it was made with"
                )
        for argument, name in (("page_size", "pageSize"), ("limit", "limit")):
            size = given.get(name, 1)
            if type(size) is not int or size < 1:
                raise ValueError(f"{argument} is {size!r}: give a whole number of items, 1 or more")

        def fetch(cursor: str | None) -> Coroutine[Any, Any, Page[T]]:
            return self._pipeline.run(attrs.evolve(call, query={"cursor": cursor} if cursor else given))

        return Pages(fetch, cursor=start, operation=call.operation)


def filter_text(query: str | Mapping[str, Any] | None) -> str | None:
    """A list filter as the server takes it: JSON text."""
    return query if query is None or isinstance(query, str) else json_text(query)


def checked_metadata(metadata: Mapping[str, str]) -> dict[str, str]:
    """Metadata to merge into a resource's.

    Raises:
        ValueError: it is empty, which the server answers with an error, or has a name or a value that is not text.
    """
    checked = dict(metadata)
    texts: list[object] = [*checked, *checked.values()]
    if not checked or not all(checked) or not all(isinstance(text, str) for text in texts):
        raise ValueError("metadata must be a map of at least one non-empty name to text")
    return checked
