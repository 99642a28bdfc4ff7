"""Values that no repr shows: they stay out of logs and out of tools that record the local variables of frames."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

E = TypeVar("E", bound=BaseException)


class Hidden(str):
    """A text whose repr does not show it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<hidden>"


class HiddenBytes(bytes):
    """Bytes whose repr does not show them."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<hidden>"


class NoText:
    """Stands for a value that is not a text, and does not show it. Whoever needs a text refuses it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<hidden>"


def hidden(value: object) -> Any:
    """A text, hidden. In place of any other value, an object that is no text either."""
    return Hidden(value) if isinstance(value, str) else NoText()


def hidden_values(fields: Mapping[str, str]) -> dict[str, str]:
    """The same fields with their values hidden."""
    return {name: hidden(value) for name, value in fields.items()}


def without_frames(error: E) -> E:
    """An error without its frames, and without the errors before it, whose frames may hold what nobody may see."""
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)
