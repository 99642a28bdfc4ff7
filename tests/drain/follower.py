"""What the tests of following share: payments with times, and a drain that follows meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from payments_async.drain import Drain
from tests.drain.lists import Asked, Lists, Memory, Row, connected, payment

PAGE = 10
EVERY = 5.0
START = datetime(2024, 5, 6, 7, tzinfo=UTC)
NEWEST_FIRST = ["created_at:desc", "id:desc"]


def dated(reference: str, seconds: float, **changes: Any) -> Row:
    """A payment of so many seconds after the start."""
    return payment(reference, createdAt=(START + timedelta(seconds=seconds)).isoformat(), **changes)


def in_turn(count: int, first: int = 0) -> list[Row]:
    """Payments of which each is a second newer than the one before."""
    return [dated(f"{number:04}", number) for number in range(first, first + count)]


def names(rows: Iterable[Row]) -> list[str]:
    return sorted(row["reference"] for row in rows)


def taken(sink: Memory) -> list[str]:
    return sorted(row.reference for row in sink.rows)


def looks(lists: Lists) -> list[Asked]:
    """The first pages of all looks for what is new."""
    return [asked for asked in lists.asked if asked.sort == NEWEST_FIRST and not asked.cursor]


@asynccontextmanager
async def following(lists: Lists, sink: Any, resource: Any = "payments", **options: Any) -> AsyncIterator[Drain]:
    """A drain that follows meanwhile, and is cancelled in the end."""
    defaults: dict[str, Any] = {"page_size": PAGE, "every": EVERY}
    async with connected(lists) as client:
        drain = Drain(client, resource, sink, follow=True, **defaults | options)
        task = asyncio.create_task(drain.run(resume=True))
        try:
            yield drain
        finally:
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
