"""`payments-async get` and `info`: show one item, field by field."""

from __future__ import annotations

from typing import Any

import msgspec
from rich.text import Text

from payments_async import PaymentsClient
from payments_async.cli.connection import Work
from payments_async.cli.finding import check_named, find
from payments_async.cli.messages import one_line, printable
from payments_async.cli.options import Api, Resource, check_resource
from payments_async.cli.output import show, show_row, terminal
from payments_async.cli.reading import fetch
from payments_async.cli.tables import AMOUNTS, Row, amount_text, plain_table
from payments_async.drain.rows import plain
from payments_async.version import VERSION
from payments_async.wire.jsontext import json_text


def fetched(resource: Resource, item_id: str | None, api: Api, *, as_json: bool, reference: str | None = None) -> Work:
    """The command: fetch and show one item, named by its id or its reference.

    Raises:
        ValueError: the API has no such resource, the resource has no ids or no references, or not exactly one is given.
    """
    check_resource(resource, api)
    if resource == "balances":
        raise ValueError("balances have no ids: list those of an account, with --where account_id=ID")
    check_named(resource, item_id, reference, api)

    async def work(client: PaymentsClient) -> None:
        found = await find(client, resource, item_id, reference, api)
        show_item(plain(await fetch(client, resource, found, api)), as_json=as_json)

    return work


def awaited(task_id: str, api: Api, *, timeout: float, as_json: bool) -> Work:
    """The command: wait until a task has succeeded, and show it.

    Raises:
        ValueError: the API has no tasks to wait for.
    """
    if api != "v3":
        raise ValueError("tasks can be awaited on the current API only: give --api v3 before the command")

    async def work(client: PaymentsClient) -> None:
        show_item(plain(await client.v3.tasks.wait_for(task_id, timeout=timeout)), as_json=as_json)

    return work


def informed(*, as_json: bool) -> Work:
    """The command: show the URL and version of the server, and the version of this package."""

    async def work(client: PaymentsClient) -> None:
        server = await client.server.get_server_info()
        show_item({"url": client.url, "server_version": server.version, "sdk_version": VERSION}, as_json=as_json)

    return work


def show_item(row: Row, *, as_json: bool) -> None:
    """Print an item, field by field or as one line of JSON."""
    if as_json:
        show_row(row)
        return
    fields = plain_table(head=False)
    fields.add_column(style="bold", no_wrap=True)
    fields.add_column(overflow="fold")
    for name, value in row.items():
        fields.add_row(name, Text(_text(row, name, value)))
    show(terminal(), fields)


def _text(row: Row, name: str, value: Any) -> str:
    """A field for people to read: amounts in the main unit, nested values as indented JSON."""
    if name in AMOUNTS and value is not None:
        return amount_text(value, row[AMOUNTS[name]])
    if isinstance(value, dict | list):
        return printable(msgspec.json.format(json_text(value), indent=2)) if value else ""
    return "" if value is None else one_line(str(value))
