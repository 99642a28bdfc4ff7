"""Lets `unittest.mock.create_autospec` look into the groups of operations of a client."""

from __future__ import annotations

from functools import cached_property
from typing import Any, TypeVar

C = TypeVar("C")


class _Part(cached_property[Any]):
    """A group of operations. On the class itself, it is that of a client without a server, whose shape mocks take."""

    def __get__(self, instance: Any, owner: type[Any] | None = None) -> Any:
        if instance is None and owner is not None:
            instance = owner("http://localhost")
        return super().__get__(instance, owner)


def with_parts(client: type[C]) -> type[C]:
    """Lets `unittest.mock.create_autospec` look into the groups of operations, which it cannot for plain properties."""
    for name, value in list(vars(client).items()):
        if isinstance(value, cached_property):
            part = _Part(value.func)
            part.__set_name__(client, name)
            setattr(client, name, part)
    return client
