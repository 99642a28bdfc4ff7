"""Functions that are named by their import path, because a pickled one would carry credentials."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import import_module
from typing import Any, cast

from payments_async.drain.errors import DrainError

_NAMED = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*")


def check_named(path: object) -> None:
    """Refuse what is not the import path of a function.

    Raises:
        ValueError: it is not.
    """
    if not isinstance(path, str) or not _NAMED.fullmatch(path):
        raise ValueError("give the import path of a function on the workers, such as 'ours.stacks:europe'")


def named(path: str, kind: Any, *arguments: Any) -> Any:
    """What the function with this import path returns.

    Raises:
        DrainError: there is no such function, or it returns something else.
    """
    module, _, name = path.partition(":")
    try:
        function = cast("Callable[..., object]", getattr(import_module(module), name))
    except (ImportError, AttributeError) as error:
        raise DrainError(f"there is no function {path} ({type(error).__name__}): install it on every worker") from None
    made = function(*arguments)
    if not isinstance(made, kind):
        raise DrainError(f"{path} returned a {type(made).__name__} instead of a {kind.__name__}")
    return made
