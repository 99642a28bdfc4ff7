"""Loads some names of a package only on first use."""

import sys
from collections.abc import Callable, Sequence
from importlib import import_module


def late(package: str, names: Sequence[str]) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """The `__getattr__` and the `__dir__` of a package of models that loads the models of connectors on first use.

    They take half as long to load as all the others, and most programs do not use them.
    """

    def get(name: str) -> object:
        if name in names:
            return getattr(import_module(f"{package}.generated.connectors"), name)
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    def listed() -> list[str]:
        return sorted({*vars(sys.modules[package]), *names})

    return get, listed
