"""What goes wrong, as one line on standard error and an exit code."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Generator
from contextlib import contextmanager

import typer

from payments_async import ConfigurationError, NotFoundError, PaymentsError
from payments_async.cli.messages import say

FAILED, USAGE, NOT_FOUND, INTERRUPTED, UNREAD = 1, 2, 3, 130, 141


@contextmanager
def reporting(*, debug: bool) -> Generator[None]:
    """Say of an error what happened, and exit with its code; notes on it are lines of their own.

    Args:
        debug: Shows the traceback first.
    """
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        # Python flushes once more at its end, and must not fail there.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(UNREAD) from None
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None
    except (PaymentsError, OSError, ValueError) as error:
        if debug:
            traceback.print_exc()
        for line in (str(error), *getattr(error, "__notes__", ())):
            say(line)
        raise typer.Exit(code_of(error)) from None


def code_of(error: Exception) -> int:
    """The exit code that stands for an error."""
    match error:
        case ConfigurationError() | ValueError():
            return USAGE
        case NotFoundError(foreign=False):
            return NOT_FOUND
        case _:
            return FAILED
