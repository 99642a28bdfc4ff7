"""What every sink of a drain is: rows and checkpoint committed together, or neither."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import attrs

from payments_async.drain.checkpoint import Identity, Ledger
from payments_async.drain.errors import DrainError
from payments_async.drain.partition import Step

T = TypeVar("T")


@attrs.frozen(kw_only=True)
class Opening:
    """What a sink is opened for.

    Attributes:
        identity: Which drain it is.
        model: The model of the rows.
        key: The columns that tell a row from all others.
        resume: Whether to go on from the target's checkpoint.
        replace: Whether to put a new target in place of the one that is there.
    """

    identity: Identity
    model: type
    key: tuple[str, ...]
    resume: bool
    replace: bool


class Sink(ABC):
    """Where a drain's rows go."""

    format: ClassVar[str]
    """The name of the format that rows are kept in."""
    batch: ClassVar[int] = 1
    """How many rows a commit should have at least, unless it is the last."""
    remembers: ClassVar[bool] = True
    """Whether it can tell which rows it has, so that after a break none comes twice."""
    endless: ClassVar[bool] = True
    """Whether it is of use before the drain is done."""
    in_use: bool = False
    """Whether a drain is running into it."""

    @abstractmethod
    async def open(self, opening: Opening) -> Ledger:
        """Open the target; gives what an earlier run has committed.

        A target that is there stays as it is until the first commit, which comes once the server has answered.

        Raises:
            DrainError: the target is there already, is another drain's, is damaged, or cannot be written to.
        """

    @abstractmethod
    async def commit(self, steps: Sequence[Step]) -> None:
        """Keep the rows of these steps and move the checkpoints, for good once this returns; or do neither.

        Raises:
            PartitionLostError: a checkpoint is not where a step begins.
            DrainError: it cannot be written.
        """

    # Not every sink has something to do for these.

    async def recall(self, names: Sequence[str], take: Callable[[tuple[str, ...]], None]) -> None:  # noqa: B027
        """Call `take`, in a thread, with these columns of each committed row as text."""

    async def finish(self) -> None:  # noqa: B027
        """Complete the target, once everything is committed; may be called again after a break."""

    async def aclose(self) -> None:  # noqa: B027
        """Let go of the target; may be called any number of times."""


def goes_on(path: Path, checkpoint: Path, opening: Opening) -> bool:
    """Whether a file is to be gone on with from its checkpoint, and not to be begun.

    Raises:
        DrainError: it is there already, and is not to be resumed or cannot be.
    """
    if path.exists() and not path.is_file():
        raise DrainError(f"{path} is no file: give another one")
    begun = checkpoint.exists()
    if opening.replace or not (begun or (path.exists() and path.stat().st_size > 0)):
        return False
    if not opening.resume:
        raise DrainError(f"{path} is there already: resume it, replace it, or give another file")
    if not begun:
        raise DrainError(
            f"{path} has no checkpoint beside it, so it cannot be resumed: replace it, or give another file"
        )
    return True


async def called(function: Awaitable[T], name: str) -> T:
    """What a function of the caller's gives.

    Raises:
        DrainError: something that it waited for was cancelled, which is a failure like others, and no end of the drain.
    """
    try:
        return await function
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        raise DrainError(f"{name} was cancelled from inside; what was committed is kept") from error


async def undisturbed(work: Callable[[], T]) -> T:
    """Do blocking work in a thread, to its end."""
    return await to_its_end(asyncio.to_thread(work))


async def to_its_end(work: Coroutine[Any, Any, T]) -> T:
    """Do work that must not be left half done: who is cancelled meanwhile waits for its end.

    Raises:
        CancelledError: somebody has cancelled this, and the work has succeeded.
        Exception: what the work has raised.
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
