"""The base class of sinks, which commit rows and checkpoints together, and helpers for sinks."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import attrs

from payments_async.drain.checkpoint import Identity, Ledger
from payments_async.drain.errors import DrainError
from payments_async.drain.partition import Step
from payments_async.drain.rows import plain_value, text_of
from payments_async.wire.deadline import is_cancelled

T = TypeVar("T")
if TYPE_CHECKING:  # type variables of Python 3.11 have no default
    from typing_extensions import TypeVar as _TypeVar

    Row = _TypeVar("Row", default=Any)
    Row_contra = _TypeVar("Row_contra", contravariant=True, default=Any)
else:
    Row = TypeVar("Row")
    Row_contra = TypeVar("Row_contra", contravariant=True)

_NOT_WRITABLE = (ArithmeticError, RecursionError, TypeError, ValueError)
"""The errors of writing a row that a format cannot represent."""
_AT_ONCE = 100
"""How many rows are converted without a turn of the event loop: about a millisecond's work."""


class NotWritableError(ValueError):
    """A format cannot represent a row, for a reason that shows nothing of it."""


@attrs.frozen(kw_only=True)
class Opening:
    """What a sink must know to open its target.

    Attributes:
        identity: Identifies the drain.
        model: The model of the rows.
        key: The columns that identify a row.
        resume: Whether to continue from the target's checkpoint.
        replace: Whether to replace an existing target.
        numbers: The numbers of the partitions whose checkpoints are needed; `None` needs all of them. A sink may return
            others too.
    """

    identity: Identity
    model: type
    key: tuple[str, ...]
    resume: bool
    replace: bool
    numbers: tuple[range, ...] | None = None


class Sink(ABC, Generic[Row_contra]):
    """Stores the rows of a drain together with its checkpoints. A `Sink[Payment]` takes payments only."""

    format: str
    """The name of the format in which rows are stored."""
    batch: int = 1
    """The minimum number of rows of a commit, except the last one."""
    remembers: bool = True
    """Whether it can list the rows it has, so that no row is stored twice after an interruption."""
    endless: bool = True
    """Whether the target is usable before the drain is done, so that a drain can follow into it."""
    in_use: bool = False
    """Whether a drain is using it now."""

    @abstractmethod
    async def open(self, opening: Opening) -> Ledger:
        """Open the target, and return what earlier runs have committed.

        An existing target stays unchanged until the first commit, which follows the server's first response.

        Raises:
            DrainError: the target exists already, belongs to another drain, is damaged, or cannot be written to.
        """

    @abstractmethod
    async def commit(self, steps: Sequence[Step]) -> None:
        """Store the rows of these steps durably and move the checkpoints; if it fails, do neither.

        Args:
            steps: As `prepared` has returned them.

        Raises:
            PartitionLostError: a stored checkpoint is not the one that a step starts from.
            DrainError: the target cannot be written to.
        """

    # Not every sink needs these.

    async def prepared(self, step: Step) -> Step:
        """A step as `commit` takes it, with other rows if it must convert them; by default the step as it is.

        Steps are prepared one after the other, while earlier ones are committed. If the drain is cancelled meanwhile, a
        step may be prepared again.

        Raises:
            DrainError: the format cannot represent a row.
        """
        return step

    async def recall(self, names: Sequence[str], take: Callable[[tuple[str, ...]], None]) -> None:
        """Call `take`, in a thread, with these columns of each committed row as text."""

    async def finish(self) -> None:
        """Complete the target after the last commit; may be called again after an interruption."""

    async def aclose(self) -> None:
        """Release the target; may be called any number of times."""


def continues(path: Path, checkpoint: Path, opening: Opening) -> bool:
    """Whether to continue a file from its checkpoint, instead of starting it.

    Raises:
        DrainError: the file exists already, and resuming it was not requested or is not possible.
    """
    if path.exists() and not path.is_file():
        raise DrainError(f"{path} is not a file: give another one")
    has_checkpoint = checkpoint.exists()
    if opening.replace or not (has_checkpoint or (path.exists() and path.stat().st_size > 0)):
        return False
    if not opening.resume:
        raise DrainError(f"{path} exists already: resume it, replace it, or give another file")
    if not has_checkpoint:
        raise DrainError(
            f"{path} has no checkpoint beside it, so it cannot be resumed: replace it, or give another file"
        )
    return True


async def converting(step: Step, convert: Callable[[Sequence[Any]], object], *, key: Sequence[str]) -> Step:
    """A step with what a function makes of its rows, some at a time, between which the event loop goes on.

    Not in a thread: one that computes makes the event loop wait for the interpreter's lock at each of its steps.

    Args:
        step: The step.
        convert: Converts some rows; may be called again for the same ones.
        key: The columns that identify a row.

    Raises:
        DrainError: the format cannot represent a row; the error names it by its key. It has no cause or context: those
            would hold the row.
    """
    converted = attrs.evolve(step, rows=[])
    for first in range(0, len(step.rows), _AT_ONCE):
        converted.rows.append(_made(step.rows[first : first + _AT_ONCE], convert, key))
        await asyncio.sleep(0)
    return converted


def _made(rows: Sequence[Any], convert: Callable[[Sequence[Any]], T], key: Sequence[str]) -> T:
    with suppress(*_NOT_WRITABLE):
        return convert(rows)
    problem = _not_writable(rows, convert, key)
    if problem is None:
        return convert(rows)
    del rows  # from this frame, which tools that record frames find in the error
    raise DrainError(f"{problem}; what was committed is kept")


def _not_writable(rows: Sequence[Any], convert: Callable[[Sequence[Any]], object], key: Sequence[str]) -> str | None:
    """Which of these rows cannot be written, and why."""
    for row in rows:
        try:
            convert([row])
        except _NOT_WRITABLE as error:
            problem = str(error) if isinstance(error, NotWritableError) else type(error).__name__
            named = ", ".join(f"{name} {text_of(plain_value(getattr(row, name)))!r}" for name in key)
            return f"the row with {named} cannot be written ({problem})"
    return None


async def result_of(call: Awaitable[T], name: str) -> T:
    """The result of a call of the user's own function.

    Raises:
        DrainError: the call was cancelled from inside. That is a failure like any other, and must not cancel the drain.
    """
    try:
        return await call
    except asyncio.CancelledError as error:
        if is_cancelled():
            raise
        raise DrainError(f"{name} was cancelled from inside; what was committed is kept") from error


async def run_in_thread(work: Callable[[], T]) -> T:
    """Run a blocking function in a thread; if cancelled, wait for its end first."""
    return await run_to_end(asyncio.to_thread(work))


async def run_to_end(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that must not be interrupted; if cancelled, wait for its end first.

    Raises:
        CancelledError: this was cancelled, and the coroutine has succeeded.
        Exception: the coroutine has raised it.
    """
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        while not task.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait((task,))
        task.result()
        raise
