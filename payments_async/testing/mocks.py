"""aioresponses, made to work with current versions of aiohttp."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Self, TypeAlias, cast
from unittest.mock import Mock

import aiohttp
from yarl import URL

Address: TypeAlias = str | URL | re.Pattern[str]

if TYPE_CHECKING:
    from aioresponses import aioresponses

    class _Mocks(aioresponses):
        """aioresponses with complete types."""

        def __enter__(self) -> Self: ...
        def get(self, url: Address, **answer: Any) -> None: ...
        def post(self, url: Address, **answer: Any) -> None: ...
        def put(self, url: Address, **answer: Any) -> None: ...
        def patch(self, url: Address, **answer: Any) -> None: ...
        def delete(self, url: Address, **answer: Any) -> None: ...


class _Response(aiohttp.ClientResponse):
    """A response that aioresponses can make: it does not know `stream_writer`, which aiohttp needs since 3.14."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"stream_writer": Mock(), **kwargs})


def mocked(**options: Any) -> _Mocks:
    """Single exchanges without a server, by aioresponses, as a context manager: `mocks.get(url, payload=…)`.

    Args:
        options: Those of `aioresponses`, such as `passthrough`.

    Raises:
        ImportError: aioresponses is missing.
    """
    try:
        from aioresponses import aioresponses as original  # noqa: PLC0415
    except ImportError:
        needs = "install what the extra `testing` needs: pip install aioresponses"
        raise ImportError(f"aioresponses is missing; {needs}") from None

    class Mocked(original):
        def add(self, *args: Any, **kwargs: Any) -> None:
            # The types of aioresponses are partial.
            super().add(*args, **{"response_class": _Response, **kwargs})  # pyright: ignore[reportUnknownMemberType]

    return cast("_Mocks", Mocked(**options))
