"""Messages on standard error."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from typer import TyperException

from payments_async.cli.options import BEFORE_THE_COMMAND


def say(text: str) -> None:
    """Print a line that starts with the command's name."""
    print(f"payments-async: {one_line(text)}", file=sys.stderr, flush=True)  # noqa: T201  # the command line's output


def program() -> list[str]:
    """The words that start this command line again, from wherever it was started."""
    started = Path(sys.argv[0])
    if started.name == "__main__.py":
        return [sys.executable, "-m", "payments_async"]
    return [started.name if started.name == sys.argv[0] or shutil.which(started.name) else sys.argv[0]]


def say_usage(error: TyperException) -> None:
    """Print what is wrong with the arguments, and where to find help."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "payments-async"
    option = getattr(error, "option_name", None)
    if option in BEFORE_THE_COMMAND:
        say(f"{option} goes before the command; see payments-async --help")
    else:
        said = error.format_message().replace("Value error, ", "")
        say(f"{said.rstrip('.')}; see {command} --help")


def one_line(text: str) -> str:
    """The text on one line, without control characters."""
    return " ".join(printable(text).split())


def printable(text: str) -> str:
    """The text without control characters, except line breaks."""
    return "".join(each if each.isprintable() or each == "\n" else " " for each in text)
