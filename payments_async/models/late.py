"""The names of a package that are loaded when they are first asked for."""

import sys
from collections.abc import Callable, Sequence
from importlib import import_module


def late(package: str, names: Sequence[str]) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """The `__getattr__` and the `__dir__` of a package of models whose connectors' part is loaded late.

    What belongs to single connectors takes half as long to load as all the rest, and most programs do without it.
    """

    def get(name: str) -> object:
        if name in names:
            return getattr(import_module(f"{package}.generated.connectors"), name)
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    def listed() -> list[str]:
        return sorted({*vars(sys.modules[package]), *names})

    return get, listed
