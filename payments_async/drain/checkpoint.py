"""What a drain has committed: who it is, how far its partitions have come, and a file that keeps this."""

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
from payments_async.drain.partition import Checkpoint, Partition, Step

FORMAT = "payments_async.drain/1"


@attrs.frozen(kw_only=True)
class Identity:
    """Which drain this is: only the same one may go on from its checkpoint.

    Attributes:
        server: The API's URL.
        resource: The resource's name.
        listing: The list that it goes through.
        shape: The columns of its rows.
        query: The filter as JSON text, `None` without one.
        format: The sink's.
    """

    server: str
    resource: str
    listing: str
    shape: str
    query: str | None
    format: str

    def check(self, found: Mapping[str, Any], where: str) -> None:
        """Refuses the checkpoint of another drain.

        Raises:
            DrainError: it differs; says in what.
        """
        for name, wanted in attrs.asdict(self).items():
            if found.get(name) != wanted:
                raise DrainError(
                    f"{where} is the checkpoint of another drain: its {name} is {found.get(name)!r}, not {wanted!r}; "
                    "give another target, or the same arguments as then"
                )


class Ledger:
    """The checkpoints of a drain's partitions, moved only from where they are."""

    def __init__(self, checkpoints: Iterable[Checkpoint] = ()) -> None:
        self._checkpoints = {each.partition.number: each for each in checkpoints}

    def __iter__(self) -> Iterator[Checkpoint]:
        return iter(self._checkpoints.values())

    @property
    def done(self) -> bool:
        """Whether there are partitions, and all of them have come to their end."""
        return bool(self._checkpoints) and all(each.done for each in self)

    def moved(self, steps: Iterable[Step]) -> Self:
        """The ledger after these steps.

        Raises:
            PartitionLostError: a step begins where its partition is not: somebody else has moved it.
        """
        checkpoints = dict(self._checkpoints)
        for step in steps:
            if step.before is not None and checkpoints.pop(step.before.partition.number, None) != step.before:
                raise lost(step.before)
            for after in step.after:
                if checkpoints.setdefault(after.partition.number, after) is not after:
                    raise lost(after)
        return type(self)(checkpoints.values())


def lost(checkpoint: Checkpoint) -> PartitionLostError:
    """The error that another worker's commit is."""
    return PartitionLostError(
        f"partition {checkpoint.partition.number} has been moved by another worker; let one of them drain it"
    )


def to_json(checkpoint: Checkpoint) -> dict[str, Any]:
    """A checkpoint as plain JSON values."""
    return attrs.asdict(checkpoint)


def from_json(value: Mapping[str, Any]) -> Checkpoint:
    """A checkpoint out of `to_json`'s values; raises `TypeError` or `KeyError` for anything else."""
    members: dict[str, Any] = {**value, "partition": Partition(**value["partition"]), "finished": (*value["finished"],)}
    return Checkpoint(**members)


@attrs.frozen
class CheckpointFile:
    """A file with a drain's checkpoints, replaced as a whole at each commit.

    Attributes:
        path: Where it is.
    """

    path: Path = attrs.field(converter=Path)

    def load(self, identity: Identity) -> tuple[Ledger, int]:
        """The checkpoints and the offset that go with them.

        Raises:
            DrainError: the file is damaged, or another drain's.
            FileNotFoundError: there is none.
        """
        text = self.path.read_bytes()
        try:
            content: dict[str, Any] = json.loads(text)
            digest = content.pop("sha256")
            if digest != _digest(content):
                raise ValueError(digest)  # noqa: TRY301  # one error for all that can be wrong
            drain, offset = content["drain"], content["offset"]
            ledger = Ledger(map(from_json, content["partitions"]))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise DrainError(
                f"the checkpoint {self.path} is damaged: put a copy back, or begin again elsewhere"
            ) from None
        identity.check(drain, str(self.path))
        return ledger, offset

    def save(self, identity: Identity, ledger: Ledger, offset: int = 0) -> None:
        """Replace the file; whatever happens, it is the former one or this one."""
        content = {
            "format": FORMAT,
            "drain": attrs.asdict(identity),
            "offset": offset,
            "partitions": [to_json(each) for each in ledger],
        }
        content["sha256"] = _digest(content)
        with replacing(self.path) as file:
            file.write(json.dumps(content).encode())


def _digest(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


@contextmanager
def replacing(path: Path) -> Generator[BinaryIO]:
    """A file to write that takes the place of another at the end: whatever happens, it is there as a whole or not."""
    beside = path.with_name(path.name + ".new")
    try:
        with beside.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except Exception:
        with suppress(OSError):  # on a full disk it is in the way
            beside.unlink(missing_ok=True)
        raise
    if os.name == "posix":  # so that the name, too, outlives a loss of power
        descriptor = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
