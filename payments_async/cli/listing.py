"""`payments-async list` and `connectors`: lists as tables or as JSON lines."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from typing import Any

from payments_async import PaymentsClient
from payments_async.cli.connection import Work
from payments_async.cli.messages import say
from payments_async.cli.options import Api, Resource
from payments_async.cli.output import show, show_row, terminal
from payments_async.cli.reading import read_list
from payments_async.cli.tables import Row, table
from payments_async.cli.where import Selection, selected
from payments_async.drain.rows import plain

ROWS = 50
"""How many rows a table has by default."""


def listed(resource: Resource, conditions: Sequence[str], api: Api, *, limit: int | None, as_json: bool) -> Work:
    """The command: print the items that meet all conditions, as JSON lines or the first ones as a table.

    Raises:
        ValueError: the API has no such list, or the list does not support a condition.
    """
    selection = selected(resource, conditions, api)

    async def work(client: PaymentsClient) -> None:
        shown = limit if as_json else limit or ROWS
        async with aclosing(read_list(client, selection, shown)) as items:
            await (_lines(items, shown) if as_json else _table(selection, items, shown))

    return work


async def _lines(items: AsyncIterator[Any], limit: int | None) -> None:
    count = 0
    async for item in items:
        show_row(plain(item))
        count += 1
        if count == limit:
            break


async def _table(selection: Selection, items: AsyncIterator[Any], limit: int | None) -> None:
    rows: list[Row] = []
    more = False
    async for item in items:
        if more := len(rows) == limit:
            break
        rows.append(plain(item))
    console = terminal()
    show(console, table(selection.resource, rows, console.width, selection.api))
    if not rows:
        say(f"no {selection.resource}")
    if more:
        say(f"these are the first {limit}: --limit shows more, --json all")
