"""Items that are dated as no clock would: in the future, and at the beginning of time."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from payments_async.drain import Drain
from payments_async.drain.rows import time_text
from tests.drain.lists import Lists, Memory, connected, payment
from tests.waiting import PATIENCE

FUTURE = "2999-01-01T00:00:00Z"


def now() -> str:
    return time_text(datetime.now(UTC))


@contextlib.asynccontextmanager
async def followed(lists: Lists, sink: Memory, *, resume: bool = False) -> AsyncIterator[None]:
    """A drain that follows these lists meanwhile."""
    async with connected(lists) as client:
        task = asyncio.create_task(Drain(client, "payments", sink, follow=True, every=0.01).run(resume=resume))
        try:
            yield
        finally:
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task


@pytest.mark.parametrize("first", [[], ["b"]])
async def test_an_item_of_the_future_hides_none_that_comes_after_it(first: list[str]) -> None:
    lists = Lists(payments=[payment("a"), *(payment(name, createdAt=FUTURE) for name in first)])
    sink = Memory()
    async with asyncio.timeout(PATIENCE), followed(lists, sink):
        await sink.has(1 + len(first))
        if not first:
            lists.payments.append(payment("b", createdAt=FUTURE))
            await sink.has(2)
        lists.payments.append(payment("c", createdAt=now()))
        await sink.has(3)
    lists.payments.append(payment("d", createdAt=now()))
    async with asyncio.timeout(PATIENCE), followed(lists, sink, resume=True):
        await sink.has(4)
    assert sorted(row.reference for row in sink.rows) == ["a", "b", "c", "d"]


async def test_the_first_time_that_there_is_has_nothing_before_it() -> None:
    lists, sink = Lists(payments=[payment("a", createdAt="0001-01-01T00:00:00Z")]), Memory()
    async with asyncio.timeout(PATIENCE), followed(lists, sink):
        await sink.has(1)
        lists.payments.append(payment("b"))
        await sink.has(2)
