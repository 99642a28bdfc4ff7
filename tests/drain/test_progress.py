"""The share that a drain tells is near the truth at every tenth of the way, after a break too."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from payments_async.drain import Drain, Report
from tests.drain.lists import Asked, Lists, Memory, connected, numbered

PAGE = 10
NEAR = 0.05


class Watched:
    """The shares that are told at each number of rows of a whole list.

    Args:
        rows: How many rows there are.
        breaks: At how many rows the first run is broken off.
    """

    def __init__(self, rows: int, breaks: int | None = None) -> None:
        self.told = dict[int, float | None]()
        self._rows, self._breaks = rows, breaks

    def __call__(self, report: Report) -> None:
        self.told[report.items] = report.share
        if self._breaks is not None and report.items >= self._breaks:
            self._breaks = None
            raise InterruptedError

    async def run(self, client: Any, partitions: int) -> None:
        sink, resume = Memory(), self._breaks is not None
        for _ in range(1 + resume):
            drain = Drain(client, "payments", sink, partitions=partitions, page_size=PAGE, on_progress=self)
            try:
                await drain.run(resume=True)
            except InterruptedError:
                continue
        assert len(sink.rows) == self._rows

    def judge(self) -> None:
        on_the_way = {items: share for items, share in self.told.items() if 0 < items < self._rows}
        assert {10 * items // self._rows for items in on_the_way} == {*range(10)}
        for items, share in on_the_way.items():
            assert share == pytest.approx(items / self._rows, abs=NEAR)


@pytest.mark.parametrize("partitions", [1, 4, 8])
@pytest.mark.parametrize("breaks", [None, 350])
async def test_the_share_of_keys_is_near_the_truth(partitions: int, breaks: int | None) -> None:
    async def dawdle(_: Asked) -> None:
        for _turn in range(len(lists.asked) % 7):  # so that pages of several partitions do not come at once
            await asyncio.sleep(0)

    lists, watched = Lists(payments=numbered(1000), meanwhile=dawdle), Watched(1000, breaks)
    async with connected(lists) as client:
        await watched.run(client, partitions)
    watched.judge()
