"""Failures: one line on standard error and an exit code."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Generator
from contextlib import contextmanager

import typer

from payments_async import ConfigurationError, NotFoundError, PaymentsError
from payments_async.cli import INTERRUPTED
from payments_async.cli.messages import say

FAILED, USAGE, NOT_FOUND, UNREAD = 1, 2, 3, 141


@contextmanager
def reporting(*, debug: bool) -> Generator[None]:
    """Print what happened and each note of the error on its own line, and exit with the error's code.

    Args:
        debug: Whether to print the traceback first.
    """
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        # Python flushes standard output again when it exits; that must not fail.
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
    """The exit code for an error."""
    match error:
        case ConfigurationError() | ValueError():
            return USAGE
        case NotFoundError(foreign=False):
            return NOT_FOUND
        case _:
            return FAILED
