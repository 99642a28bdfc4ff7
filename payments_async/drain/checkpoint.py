"""What a drain has committed: its identity, the checkpoints of its partitions, and the file that stores both."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, Self

import attrs

from payments_async.drain.errors import DrainError, PartitionLostError
from payments_async.drain.partition import Checkpoint, Step
from payments_async.drain.private import private

FORMAT = "payments_async.drain/2"


@attrs.frozen(kw_only=True)
class Identity:
    """Identifies a drain: only a drain with the same identity may continue from its checkpoint.

    Attributes:
        server: The API's URL.
        resource: The resource's name.
        listing: The list that it reads.
        shape: The columns of its rows.
        query: The filter as JSON text, or `None`.
        format: The sink's format.
        version: Of the checkpoints; this package continues those of one version only.
    """

    server: str
    resource: str
    listing: str
    shape: str
    query: str | None
    format: str
    version: int = 2

    def check(self, found: Mapping[str, Any], where: str) -> None:
        """Refuse the checkpoint of another drain.

        Raises:
            DrainError: the identities differ; the error says how.
        """
        if found.get("version") != self.version:
            raise DrainError(
                f"{where} is the checkpoint of a version of payments_async that this one cannot continue: start a new "
                "drain with another target"
            )
        for name, wanted in attrs.asdict(self).items():
            if found.get(name) != wanted:
                # A filter may have account numbers.
                differs = "is another one" if name == "query" else f"is {found.get(name)!r}, not {wanted!r}"
                raise DrainError(
                    f"{where} is the checkpoint of another drain: its {name} {differs}; "
                    "give another target, or the same arguments as for that drain"
                )


class Ledger:
    """The current checkpoints of a drain's partitions.

    Args:
        checkpoints: One for each partition.
        after: The number that the numbers of further partitions come after, if those of the checkpoints are lower.
    """

    def __init__(self, checkpoints: Iterable[Checkpoint] = (), *, after: int = 0) -> None:
        self._checkpoints = {each.partition.number: each for each in checkpoints}
        self._after = after

    def __iter__(self) -> Iterator[Checkpoint]:
        return iter(self._checkpoints.values())

    @property
    def done(self) -> bool:
        """Whether there are partitions and all of them are done."""
        return bool(self._checkpoints) and all(each.done for each in self)

    @property
    def last_number(self) -> int:
        """The number that the numbers of further partitions come after."""
        return max((self._after, *self._checkpoints))

    def moved(self, steps: Iterable[Step]) -> Self:
        """The ledger after these steps.

        Raises:
            PartitionLostError: a step does not start from its partition's checkpoint: another worker has moved it.
        """
        checkpoints = dict(self._checkpoints)
        for step in steps:
            if step.before is not None and checkpoints.pop(step.before.partition.number, None) != step.before:
                raise partition_lost(step.before)
            for after in step.after:
                if checkpoints.setdefault(after.partition.number, after) is not after:
                    raise partition_lost(after)
        return type(self)(checkpoints.values(), after=self._after)


def numbers_of(steps: Iterable[Step]) -> list[range]:
    """The numbers of the partitions that these steps move."""
    moved = {each.partition.number for step in steps for each in (step.before, *step.after) if each is not None}
    return [range(number, number + 1) for number in sorted(moved)]


def left_by(steps: Iterable[Step]) -> set[Checkpoint]:
    """The checkpoints that hold after these steps, of the partitions that they move."""
    left = dict[int, Checkpoint]()
    for step in steps:
        if step.before is not None:
            left.pop(step.before.partition.number, None)
        left |= {after.partition.number: after for after in step.after}
    return set(left.values())


def partition_lost(checkpoint: Checkpoint) -> PartitionLostError:
    """The error for a checkpoint that another worker has moved."""
    return PartitionLostError(
        f"partition {checkpoint.partition.number} has been moved by another worker; let one of them drain it"
    )


@attrs.frozen
class CheckpointFile:
    """A file with a drain's checkpoints, which each commit replaces.

    Attributes:
        path: The path of the file.
    """

    path: Path = attrs.field(converter=Path)

    def load(self, identity: Identity) -> tuple[Ledger, int]:
        """The checkpoints and the offset that was saved with them.

        Raises:
            DrainError: the file is damaged, or belongs to another drain.
            FileNotFoundError: there is no such file.
        """
        text = self.path.read_bytes()
        try:
            content = unsealed(text)
            offset = content["offset"]
            identity.check(content["drain"], str(self.path))
            ledger = Ledger(map(Checkpoint.from_json, content["partitions"]))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise DrainError(
                f"the checkpoint {self.path} is damaged: restore a copy, or start again with another target"
            ) from None
        return ledger, offset

    def save(self, identity: Identity, ledger: Ledger, offset: int = 0) -> None:
        """Replace the file atomically: after a failure, it is either the old one or the new one."""
        content = {
            "format": FORMAT,
            "drain": attrs.asdict(identity),
            "offset": offset,
            "partitions": [each.to_json() for each in ledger],
        }
        with replacing(self.path) as file:
            file.write(sealed(content))


def sealed(content: Mapping[str, Any]) -> bytes:
    """Plain JSON values as text, with a digest that shows damage."""
    return json.dumps({**content, "sha256": _digest(content)}).encode()


def unsealed(text: bytes) -> dict[str, Any]:
    """The values of a text that `sealed` has made; raises `ValueError`, `KeyError`, `TypeError` or `AttributeError`."""
    content: dict[str, Any] = json.loads(text)
    digest = content.pop("sha256")
    if digest != _digest(content):
        raise ValueError(digest)
    return content


def _digest(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


@contextmanager
def replacing(path: Path) -> Generator[BinaryIO]:
    """A temporary file to write, which atomically replaces the file at `path` at the end of the block."""
    temporary = path.with_name(path.name + ".new")
    try:
        temporary.unlink(missing_ok=True)  # from an interrupted run
        with open(temporary, "xb", opener=private) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except Exception:
        with suppress(OSError):  # it takes up space on a full disk
            temporary.unlink(missing_ok=True)
        raise
    synced(path.parent)


def synced(folder: Path) -> None:
    """Sync a folder to disk: otherwise a power failure may lose names that are new in it."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
