"""Parts of a resource, and how far each of them has come."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self, TypeAlias

import attrs

Strategy: TypeAlias = Literal["keyset", "slices", "cursor"]
"""How a resource is read: by the value of a key, in ranges of a column, or by offset as the server's cursors do."""


@attrs.frozen(kw_only=True)
class Partition:
    """A resource and a slice of it.

    Attributes:
        number: What tells it from the other partitions of the drain.
        strategy: How its pages follow each other; `arrivals` is what comes after the drain has begun.
        after: The key that its items come after; `None` is the resource's beginning.
        to: The key of its last item; `None` is the resource's end.
        rows: About how many items it had when it was cut; of a slice, its share of the list in millionths. `None` if
            that is not known.
        where: The conditions that the items of a slice meet, as JSON text.
    """

    number: int
    strategy: Strategy | Literal["arrivals"]
    after: str | None = None
    to: str | None = None
    rows: int | None = None
    where: str | None = None


@attrs.frozen(kw_only=True)
class Checkpoint:
    """How far a partition has come.

    Attributes:
        partition: Which.
        key: Where it goes on: the key of the last item, the place of the next page, or the time of the newest item.
        done: Whether it has come to its end.
        items: How many rows it has given.
        listed: How many items of the list it has read; a fan-out gives other rows for each.
        finished: The ids of the items beyond `key` whose own calls are done, where an item is a call.
        holder: Identifies the task of a cluster that drains it. When another task takes the partition over, it changes
            this, so that the next commit of the former task is refused.
    """

    partition: Partition
    key: str | None = None
    done: bool = False
    items: int = 0
    listed: int = 0
    finished: tuple[str, ...] = ()
    holder: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The checkpoint as plain JSON values."""
        return attrs.asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """The checkpoint from the values of `to_json`; raises `TypeError` or `KeyError` for any others."""
        partition, finished = Partition(**value["partition"]), tuple(value["finished"])
        members: dict[str, Any] = {**value, "partition": partition, "finished": finished}
        return cls(**members)


@attrs.frozen(kw_only=True)
class Step:
    """Rows and the move of the checkpoint that goes with them: both are committed, or neither.

    Attributes:
        before: The checkpoint that must hold; `None` where the partitions are new.
        after: The checkpoints that hold from then on; more than one where the partition was cut.
        rows: Model instances; in a commit, what the sink has made of them.
    """

    before: Checkpoint | None
    after: tuple[Checkpoint, ...]
    rows: list[Any] = attrs.field(factory=list[Any], repr=False)
