"""`payments-async list` and `connectors`: lists as tables, as JSON lines or as CSV."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from typing import Any, Literal, TypeAlias

from payments_async import PaymentsClient
from payments_async.cli.connection import Work
from payments_async.cli.messages import say
from payments_async.cli.options import Api, Resource
from payments_async.cli.output import show, show_record, show_row, terminal
from payments_async.cli.reading import read_list
from payments_async.cli.tables import Row, cell, checked_columns, fields, table
from payments_async.cli.where import Selection, selected
from payments_async.drain.rows import plain

ROWS = 50
"""How many rows a table has by default."""

Form: TypeAlias = Literal["table", "json", "csv"]


def form_of(*, as_json: bool, as_csv: bool = False) -> Form:
    """The form in which a list is printed.

    Raises:
        ValueError: two are asked for.
    """
    if as_json and as_csv:
        raise ValueError("--json and --csv are two forms: give one of them")
    return "json" if as_json else "csv" if as_csv else "table"


def listed(
    resource: Resource,
    conditions: Sequence[str],
    api: Api,
    *,
    as_json: bool,
    as_csv: bool = False,
    limit: int | None = None,
    sort: Sequence[str] = (),
    columns: Sequence[str] = (),
    page_size: int | None = None,
) -> Work:
    """The command: print the items that meet all conditions, all of them for a program or the first ones as a table.

    Raises:
        ValueError: the API has no such list, or the list does not support a condition, an order or a column.
    """
    form = form_of(as_json=as_json, as_csv=as_csv)
    selection = selected(resource, conditions, api, sort)
    chosen = checked_columns(resource, columns, api)

    async def work(client: PaymentsClient) -> None:
        shown = limit or ROWS if form == "table" else limit
        async with aclosing(read_list(client, selection, shown, page_size)) as items:
            if form == "table":
                await _table(selection, items, shown, chosen)
            else:
                await _lines(selection, items, shown, form, chosen)

    return work


async def _lines(
    selection: Selection, items: AsyncIterator[Any], limit: int | None, form: Form, chosen: Sequence[str]
) -> None:
    if form == "csv":
        show_record(chosen or fields(selection.resource, selection.api))
    count = 0
    async for item in items:
        row = plain(item)
        if chosen:
            row = {name: row[name] if name in row else cell(row, name) for name in chosen}
        if form == "csv":
            show_record(row.values())
        else:
            show_row(row)
        count += 1
        if count == limit:
            break


async def _table(selection: Selection, items: AsyncIterator[Any], limit: int | None, chosen: Sequence[str]) -> None:
    rows: list[Row] = []
    more = False
    async for item in items:
        if more := len(rows) == limit:
            break
        rows.append(plain(item))
    console = terminal(unbounded=bool(chosen))
    show(console, table(selection.resource, rows, console.width, selection.api, chosen))
    if not rows:
        say(f"no {selection.resource}")
    if more:
        say(f"these are the first {limit}: --limit shows more, --json all")
