"""Slices of a resource, how far each of them has come, and how one is cut in two."""

from __future__ import annotations

import string
from collections.abc import Mapping
from typing import Any, Literal, Self, TypeAlias

import attrs

Strategy: TypeAlias = Literal["keyset", "cursor"]
"""How the pages of a resource follow each other: by the value of a key, or by the server's cursor."""

_PRINTABLE = "".join(map(chr, range(33, 127)))
_ALPHABETS = (
    string.digits,
    f"{string.digits}abcdef",
    f"{string.digits}ABCDEF",
    string.digits + string.ascii_lowercase,
    string.digits + string.ascii_uppercase,
    string.digits + string.ascii_uppercase + string.ascii_lowercase,
    _PRINTABLE,
)
_DIGITS = 10
"""Characters after the common ones that make a place between two keys."""


@attrs.frozen(kw_only=True)
class Partition:
    """A resource and a slice of it.

    Attributes:
        number: What tells it from the other partitions of the drain.
        strategy: How its pages follow each other; `arrivals` is what comes after the drain has begun.
        after: The key that its items come after; `None` is the resource's beginning.
        to: The key of its last item; `None` is the resource's end.
    """

    number: int
    strategy: Strategy | Literal["arrivals"]
    after: str | None = None
    to: str | None = None


@attrs.frozen(kw_only=True)
class Checkpoint:
    """How far a partition has come.

    Attributes:
        partition: Which.
        key: Where it goes on: the key of the last item, the cursor of the next page, or the time of the newest item.
        done: Whether it has come to its end.
        items: How many items it has given.
        finished: The ids of the items beyond `key` whose own calls are done, where an item is a call.
    """

    partition: Partition
    key: str | None = None
    done: bool = False
    items: int = 0
    finished: tuple[str, ...] = ()

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
        rows: Model instances.
    """

    before: Checkpoint | None
    after: tuple[Checkpoint, ...]
    rows: list[Any] = attrs.field(factory=list[Any], repr=False)


def between(low: str, high: str, share: float = 0.5) -> str | None:
    """A text that sorts between two others, that share of the way from one to the other; `None` if there is none.

    Any text is a correct place to cut at, since the server itself compares: how the server sorts and how the keys are
    spread decides only how even the pieces are. So the text has characters of the kind that the keys have, digits
    before letters, which sorts alike nearly everywhere.
    """
    start = _common(low, high)
    alphabet = _alphabet(low[start : start + _DIGITS] + high[start : start + _DIGITS])
    if alphabet is None or low >= high:
        return None
    bottom, top = (_number(text[start:], alphabet) for text in (low, high))
    middle = low[:start] + _text(bottom + int((top - bottom) * share), alphabet)
    return middle if low < middle < high else None


def share(key: str, low: str, high: str) -> float:
    """How far a key is on the way from one text to another, from 0 to 1, if keys were spread evenly."""
    start = _common(low, high)
    alphabet = _alphabet(low[start : start + _DIGITS] + high[start : start + _DIGITS])
    if alphabet is None or low >= high or not low < key < high:
        return 0.0 if key <= low else 1.0
    bottom, place, top = (_number(text[start:], alphabet) for text in (low, key, high))
    return min(1.0, max(0.0, (place - bottom) / ((top - bottom) or 1)))


def _common(low: str, high: str) -> int:
    """How many characters two texts begin with in common."""
    pairs = enumerate(zip(low, high, strict=False))
    return next((place for place, (one, other) in pairs if one != other), min(len(low), len(high)))


def _alphabet(characters: str) -> str | None:
    return next((each for each in _ALPHABETS if set(characters) <= set(each)), None)


def _number(text: str, alphabet: str) -> int:
    """The first characters of a text as the digits of a number."""
    number = 0
    for place in range(_DIGITS):
        # What is outside of the alphabet is as if it were at its end.
        digit = alphabet.find(text[place]) if place < len(text) else 0
        number = number * len(alphabet) + (digit if digit >= 0 else len(alphabet) - 1)
    return number


def _text(number: int, alphabet: str) -> str:
    digits = ""
    for _ in range(_DIGITS):
        number, digit = divmod(number, len(alphabet))
        digits = alphabet[digit] + digits
    return digits
