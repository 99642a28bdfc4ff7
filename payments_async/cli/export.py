"""`payments-async export`: writes a whole list into a file or a database, and says how to resume it."""

from __future__ import annotations

import asyncio
import re
import shlex
import sys
import warnings
from collections.abc import Awaitable, Callable, Generator, Sequence
from contextlib import contextmanager
from typing import Any, cast

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from payments_async import PaymentsClient, PaymentsError
from payments_async.cli.connection import Work
from payments_async.cli.messages import program, say
from payments_async.cli.options import Api, Format, Resource
from payments_async.cli.output import show, terminal
from payments_async.cli.where import Selection, selected
from payments_async.drain import Drain, DrainError, DrainWarning, Report, Sink, sink_for
from payments_async.drain.sinks.dsn import has_password, is_dsn


def exported(
    resource: Resource,
    target: str,
    conditions: Sequence[str],
    api: Api,
    *,
    form: Format | None,
    spreadsheet: bool,
    partitions: int,
    rate: float | None,
    resume: bool,
    update: bool,
    replace: bool,
) -> Work:
    """The command: drain a list into a file or a database.

    Args:
        resource: The list.
        target: The file, or the DSN of a PostgreSQL database.
        conditions: The conditions that each item must meet.
        api: The API that has the list.
        form: The format of the file; `None` takes it from the suffix.
        spreadsheet: Whether people open the file, which is CSV, in a spreadsheet.
        partitions: How many parts of the list are drained at once.
        rate: Maximum number of requests per second.
        resume: Whether to continue an unfinished export.
        update: Whether to continue or start an export, and then add what is new.
        replace: Whether to overwrite an existing file.

    Raises:
        ValueError: the API has no such list, the list does not support a condition, the format is not known, the DSN
            contains a password, or `replace` is set together with `resume` or `update`.
    """
    check_modes(resume=resume, update=update, replace=replace)
    selection = selection_of(resource, conditions, api)
    sink = sink_of(target, form, spreadsheet=spreadsheet)

    async def work(client: PaymentsClient) -> None:
        source: Any = client.v3 if api == "v3" else client  # the drain checks whether it has such a resource

        async def drained(on_progress: Callable[[Report], None]) -> Report:
            drain = Drain(
                source,
                cast("Any", resource.replace("-", "_")),
                sink,
                query=selection.query,
                partitions=partitions,
                rate=rate,
                on_progress=on_progress,
            )
            return await drain.run(resume=resume, replace=replace, catch_up=update)

        await follow(resource, target, drained)

    return work


def check_modes(*, resume: bool, update: bool, replace: bool) -> None:
    """Refuse options that exclude each other.

    Raises:
        ValueError: they do.
    """
    if replace and (resume or update):
        given = "--resume continues" if resume else "--update adds to"
        raise ValueError(f"{given} a file and --force overwrites it: give only one of them")


def selection_of(resource: Resource, conditions: Sequence[str], api: Api) -> Selection:
    """The items to export.

    Raises:
        ValueError: the API has no such list, the list does not support a condition, or it is exported as a whole only.
    """
    selection = selected(resource, conditions, api)
    if selection.scope:
        raise ValueError(f"{resource} can only be exported as a whole: leave out --where")
    return selection


async def follow(
    resource: Resource, target: str, drained: Callable[[Callable[[Report], None]], Awaitable[Report]]
) -> None:
    """Show the progress of a drain and, at its end, a summary; if it stops before, say how to continue.

    Args:
        resource: The list.
        target: Where its rows go.
        drained: Drains it, and passes its reports to a function meanwhile.
    """
    committed = False

    def advance(report: Report) -> None:
        nonlocal committed
        committed = True
        bar.update(task, items=report.items, rate=report.rate, pages=report.pages)
        if report.share is not None:
            bar.update(task, total=1.0, completed=report.share)

    bar = _progress_bar()
    task = bar.add_task(resource, total=None, items=0, rate=0.0, pages=0)
    try:
        with bar, _printing_warnings():
            report = await drained(advance)
    except asyncio.CancelledError:
        if committed:
            say(_how_to_continue())
        raise
    except (PaymentsError, OSError) as error:
        _add_advice(error, committed=committed)
        raise
    show(terminal(), summary(resource, report, target))


def sink_of(target: str, form: Format | None, *, spreadsheet: bool) -> Sink:
    """The sink for a target that a command names.

    Raises:
        ValueError: it cannot be a target, the format is not known, or the DSN contains a password.
    """
    if target == "-":
        raise ValueError("an export goes to a file, which a resume can find again: name one")
    sink = sink_for(target, form, spreadsheet=spreadsheet)
    if is_dsn(target) and has_password(target):
        raise ValueError(
            "other users of this machine can read a password in a command: "
            "set PGPASSWORD, or put it into the file ~/.pgpass, and leave it out of --to"
        )
    return sink


@contextmanager
def _printing_warnings() -> Generator[None]:
    """Print the warnings of a drain as lines, like errors."""
    with warnings.catch_warnings():
        warnings.simplefilter("always", DrainWarning)
        warnings.showwarning = cast("Any", _print_warning)
        yield


def _print_warning(message: Warning | str, *_: object, **__: object) -> None:
    say(str(message))


def summary(resource: Resource, report: Report, target: str) -> str:
    """The summary of an export in one line."""
    if not report.requests:
        return (
            f"{report.items:,} {resource} in {target}: complete already; --update adds what is new since,"
            " --force exports the list again"
        )
    return (
        f"{report.items:,} {resource} in {target}: {report.seconds:.1f} s,"
        f" {_counted(report.requests, 'request')}, {_counted(report.repeats, 'repeat')} dropped"
    )


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


_ADVICE = {"resume": "--resume resumes it", "replace": "--force replaces it"}
"""The options for what the errors of drains advise, if it is in the words of the error."""


def _add_advice(error: Exception, *, committed: bool) -> None:
    """Add a note to an error that says what to type next, if that is known."""
    if committed:
        error.add_note(_how_to_continue())
    elif isinstance(error, DrainError) and (
        options := [option for word, option in _ADVICE.items() if re.search(rf"\b{word}\b", str(error))]
    ):
        error.add_note(", ".join(options))


def _how_to_continue() -> str:
    """What to type to continue an export that stopped after a commit."""
    given = [each for each in sys.argv[1:] if each not in {"--force", "--resume"}]
    option = [] if "--update" in given else ["--resume"]
    return f"what was exported is kept; continue with: {shlex.join([*program(), *given, *option])}"


def _progress_bar() -> Progress:
    """A progress bar on standard error, if that is a terminal."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=None),
        TaskProgressColumn(),
        TextColumn("{task.fields[items]:,} rows, {task.fields[rate]:,.0f}/s, {task.fields[pages]:,} pages"),
        TimeRemainingColumn(compact=True),
        console=Console(stderr=True),
        expand=True,
        transient=True,
        disable=not sys.stderr.isatty(),
    )
