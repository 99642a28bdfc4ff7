"""What is printed on standard output: tables for people, JSON lines for programs."""

from __future__ import annotations

import sys
from typing import Any

from rich.console import Console, RenderableType

from payments_async.wire.jsontext import json_text

UNBOUNDED = 100_000
"""The width of a pipe: wide enough that no line is wrapped."""


def terminal() -> Console:
    """A rich console for standard output: with a width and colours on a terminal, without them in a pipe."""
    return Console(width=None if sys.stdout.isatty() else UNBOUNDED, highlight=False, markup=False, emoji=False)


def show(console: Console, content: RenderableType) -> None:
    """Print a table or a text."""
    with console.capture() as captured:
        console.print(content)
    # Not printed by rich, which pads lines, and exits the process itself when the reader closes the pipe.
    text = "".join(f"{line.rstrip()}\n" for line in captured.get().splitlines())
    sys.stdout.buffer.write(text.encode(sys.stdout.encoding, "replace"))


def show_row(row: dict[str, Any]) -> None:
    """Print a row as one line of JSON."""
    sys.stdout.buffer.write(json_text(row).encode() + b"\n")
