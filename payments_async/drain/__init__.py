"""Drains of whole lists into files: stands in for the signatures until the drains are here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal, TypeAlias

import attrs

from payments_async.client import PaymentsClient
from payments_async.filters import Filter
from payments_async.wire.errors import PaymentsError

Format: TypeAlias = Literal["jsonl", "csv", "parquet", "sqlite"]


class DrainError(PaymentsError):
    """The target, the checkpoint or the disk is not fit for the drain."""


class Sink:
    """Where rows go."""


@attrs.frozen(kw_only=True)
class Report:
    """How far a drain has come."""

    resource: str
    strategy: str = "keyset"
    partitions: int = 1
    pages: int = 0
    items: int = 0
    repeats: int = 0
    requests: int = 0
    retries: int = 0
    seconds: float = 0.0
    rate: float = 0.0
    last_key: str | None = None
    share: float | None = None
    done: bool = False


def sink_for(path: str | Path, format: Format | None = None) -> Sink:  # noqa: A002
    """The sink of a file."""
    raise NotImplementedError


class Drain:
    """A drain of one list."""

    def __init__(
        self,
        client: PaymentsClient,
        resource: str,
        sink: Sink,
        *,
        query: Filter[Any] | Mapping[str, Any] | str | None = None,
        partitions: int = 8,
        rate: float | None = None,
        on_progress: Callable[[Report], None] | None = None,
    ) -> None:
        raise NotImplementedError

    async def run(self, *, resume: bool = False, replace: bool = False) -> Report:
        """Drain to the end."""
        raise NotImplementedError
