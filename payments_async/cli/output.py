"""What is printed on standard output: tables for people, JSON lines for programs."""

from __future__ import annotations

import sys
from typing import Any

from rich.console import Console, RenderableType

from payments_async.wire.jsontext import json_text

UNBOUNDED = 100_000
"""The columns of a pipe: no line is wrapped for it."""


def terminal() -> Console:
    """Standard output as rich sees it: a terminal with a width and colours, or a pipe with neither."""
    return Console(width=None if sys.stdout.isatty() else UNBOUNDED, highlight=False, markup=False, emoji=False)


def show(console: Console, content: RenderableType) -> None:
    """Print a table or a text."""
    with console.capture() as captured:
        console.print(content)
    # Not by rich, which fills lines up, and would end the process itself where nobody reads on.
    text = "".join(f"{line.rstrip()}\n" for line in captured.get().splitlines())
    sys.stdout.buffer.write(text.encode(sys.stdout.encoding, "replace"))


def show_row(row: dict[str, Any]) -> None:
    """Print a row as a line of JSON."""
    sys.stdout.buffer.write(json_text(row).encode() + b"\n")
