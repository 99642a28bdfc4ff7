"""What calls take."""

import inspect
from typing import Any


def parameters(function: Any) -> tuple[str, ...]:
    """Names in order, `*` before the first that is keyword-only."""
    given = [each for each in inspect.signature(function).parameters.values() if each.name != "self"]
    names = [each.name for each in given]
    keyword_only = [each.name for each in given if each.kind is each.KEYWORD_ONLY]
    if keyword_only:
        names.insert(names.index(keyword_only[0]), "*")
    return tuple(names)


def defaults(function: Any) -> dict[str, Any]:
    """Values by name."""
    return {
        name: each.default
        for name, each in inspect.signature(function).parameters.items()
        if each.default is not each.empty
    }
