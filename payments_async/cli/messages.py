"""What is said to people on standard error."""

from __future__ import annotations

import sys

from typer import TyperException

from payments_async.cli.options import BEFORE_THE_COMMAND


def say(text: str) -> None:
    """Print a line in the command's name."""
    print(f"payments-async: {one_line(text)}", file=sys.stderr, flush=True)  # noqa: T201  # a command's voice


def say_usage(error: TyperException) -> None:
    """Print what is wrong with the arguments, and where to read on."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "payments-async"
    option = getattr(error, "option_name", None)
    if option in BEFORE_THE_COMMAND:
        say(f"{option} goes before the command; see payments-async --help")
    else:
        say(f"{error.format_message().rstrip('.')}; see {command} --help")


def one_line(text: str) -> str:
    """The text on one line, without the characters that a terminal obeys."""
    return " ".join(harmless(text).split())


def harmless(text: str) -> str:
    """The text with its lines, without the other characters that a terminal obeys."""
    return "".join(each if each.isprintable() or each == "\n" else " " for each in text)
