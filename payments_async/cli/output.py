"""What is printed on standard output: tables for people, JSON and CSV for programs."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterable
from typing import Any

import msgspec
from rich.console import Console, RenderableType

from payments_async.cli.messages import printable
from payments_async.wire.jsontext import json_text

UNBOUNDED = 100_000
"""The width of a pipe: wide enough that no line is wrapped."""


def terminal(*, unbounded: bool = False) -> Console:
    """A rich console for standard output: with a width and colours on a terminal, without them in a pipe.

    Args:
        unbounded: Whether lines may be longer than a terminal is wide.
    """
    width = None if sys.stdout.isatty() and not unbounded else UNBOUNDED
    return Console(width=width, highlight=False, markup=False, emoji=False)


def show(console: Console, content: RenderableType) -> None:
    """Print a table or a text."""
    with console.capture() as captured:
        console.print(content)
    # Not printed by rich, which pads lines, and exits the process itself when the reader closes the pipe.
    text = "".join(f"{line.rstrip()}\n" for line in captured.get().splitlines())
    sys.stdout.buffer.write(text.encode(sys.stdout.encoding, "replace"))


def show_row(row: dict[str, Any]) -> None:
    """Print a row as one line of JSON."""
    _print(f"{json_line(row)}\n")


def show_json(value: Any) -> None:
    """Print a JSON value: indented on a terminal, as one line in a pipe."""
    text = json_line(value)
    _print(f"{msgspec.json.format(text, indent=2) if sys.stdout.isatty() else text}\n")


def show_record(cells: Iterable[Any]) -> None:
    """Print a record of CSV: exact integers, lists and maps as JSON text; on a terminal without control characters."""
    record = io.StringIO(newline="")
    csv.writer(record).writerow(map(_csv_text, cells))
    text = record.getvalue()
    _print(printable(text.replace("\r", "")) if sys.stdout.isatty() else text)


def json_line(value: Any) -> str:
    """A value as one line of JSON that a terminal shows as it is: what it would obey or hide is escaped."""
    text = json_text(value)
    return text if text.isprintable() else "".join(each if each.isprintable() else _escaped(each) for each in text)


def _escaped(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def _csv_text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json_text(value)


def _print(text: str) -> None:
    sys.stdout.buffer.write(text.encode())
