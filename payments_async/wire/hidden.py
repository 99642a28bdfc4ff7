"""Text that no repr shows, so that it stays out of logs and out of tools that record the local variables of frames."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Hidden(str):
    """A text whose repr does not show it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<hidden>"


def hidden(value: object) -> Any:
    """A text, hidden. Any other value comes back as it is: it is refused elsewhere."""
    return Hidden(value) if isinstance(value, str) else value


def hidden_values(fields: Mapping[str, str]) -> dict[str, str]:
    """The same fields with their values hidden."""
    return {name: hidden(value) for name, value in fields.items()}
