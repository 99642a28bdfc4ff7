"""For tests of programs that use this package: examples of models, canned answers, and a pytest plugin.

The plugin has the fixtures `payments_sandbox`, `payments_client` and `payments_faults`; pytest finds it by itself. It
and `mocked` need the extra `testing`.
"""

import importlib
import typing

if typing.TYPE_CHECKING:
    from payments_async.testing.answers import Canned, canned
    from payments_async.testing.factory import example
    from payments_async.testing.mocks import mocked
    from payments_async.testing.policy import without_pauses
else:

    def __getattr__(name: str) -> object:
        # pytest imports this package for its plugin in all tests, and most of them use none of it.
        if name in _MODULES:
            return getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})


_MODULES = {
    "Canned": "answers",
    "canned": "answers",
    "example": "factory",
    "mocked": "mocks",
    "without_pauses": "policy",
}

__all__ = ["Canned", "canned", "example", "mocked", "without_pauses"]
