"""`payments-async export`: a whole list into a file, and how to go on after a stop."""

from __future__ import annotations

import asyncio
import shlex
import sys
import warnings
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from payments_async import PaymentsClient, PaymentsError
from payments_async.cli.connection import Work
from payments_async.cli.messages import say
from payments_async.cli.options import Format, Resource
from payments_async.cli.output import show, terminal
from payments_async.cli.where import selected
from payments_async.drain import Drain, DrainError, DrainWarning, Report, Sink, sink_for


def exported(
    resource: Resource,
    target: Path,
    conditions: Sequence[str],
    *,
    form: Format | None,
    partitions: int,
    rate: float | None,
    resume: bool,
    replace: bool,
) -> Work:
    """Drain a list into a file.

    Args:
        resource: Which list.
        target: The file.
        conditions: What each item meets.
        form: The file's format; `None` goes by its suffix.
        partitions: Slices that are drained side by side.
        rate: The most requests a second.
        resume: Goes on with a file that an export has left unfinished.
        replace: Overwrites a file that is there.

    Raises:
        ValueError: the list does not take a condition, there is no such format, or both ways with a file are given.
    """
    if resume and replace:
        raise ValueError("--resume goes on with a file and --force overwrites it: give one of them")
    selection = selected(resource, conditions)
    if selection.scope:
        raise ValueError(f"an export of {resource} holds them all: leave out --where")
    sink = _sink_of(target, form)

    async def work(client: PaymentsClient) -> None:
        committed = False

        def advance(report: Report) -> None:
            nonlocal committed
            committed = True
            bar.update(task, items=report.items, rate=report.rate)
            if report.share is not None:
                bar.update(task, total=1.0, completed=report.share)

        bar = _progress_bar()
        task = bar.add_task(resource, total=None, items=0, rate=0.0)
        drain = Drain(
            client, resource, sink, query=selection.query, partitions=partitions, rate=rate, on_progress=advance
        )
        try:
            with bar, _warnings_said():
                report = await drain.run(resume=resume, replace=replace)
        except asyncio.CancelledError:
            if committed:
                say(_way_on())
            raise
        except (PaymentsError, OSError) as error:
            _advise(error, committed=committed, told=resume or replace)
            raise
        show(terminal(), summary(resource, report, target))

    return work


def _sink_of(target: Path, form: Format | None) -> Sink:
    if str(target) == "-":
        raise ValueError("an export goes to a file, which a resume can find again: name one")
    return sink_for(target, form)


@contextmanager
def _warnings_said() -> Generator[None]:
    """Says what a drain warns of in a line, as errors are said."""
    with warnings.catch_warnings():
        warnings.simplefilter("always", DrainWarning)
        warnings.showwarning = cast("Any", _say)
        yield


def _say(message: Warning | str, *_: object, **__: object) -> None:
    say(str(message))


def summary(resource: Resource, report: Report, target: Path) -> str:
    """What an export has brought, in a line."""
    if not report.requests:
        return f"{report.items:,} {resource} in {target}: done before; --force exports what there is now"
    return (
        f"{report.items:,} {resource} in {target}: {report.seconds:.1f} s,"
        f" {report.requests:,} requests, {report.repeats:,} repeats dropped"
    )


def _advise(error: Exception, *, committed: bool, told: bool) -> None:
    """Add to an error what to type next, if that is known."""
    if committed:
        error.add_note(_way_on())
    elif isinstance(error, DrainError) and not told:
        error.add_note("--resume goes on with a file of an export, --force puts another one in its place")


def _way_on() -> str:
    """What to type to go on with an export that stopped after something was committed."""
    given = [each for each in sys.argv[1:] if each not in {"--force", "--resume"}]
    return f"what was exported is kept; go on with: {shlex.join(['payments-async', *given, '--resume'])}"


def _progress_bar() -> Progress:
    """A bar on standard error for a terminal; nothing elsewhere."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=None),
        TaskProgressColumn(),
        TextColumn("{task.fields[items]:,} rows, {task.fields[rate]:,.0f}/s"),
        TimeRemainingColumn(compact=True),
        console=Console(stderr=True),
        expand=True,
        transient=True,
        disable=not sys.stderr.isatty(),
    )
