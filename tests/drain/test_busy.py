"""Drains of long lists of the sandbox while rows come and go at random places, broken off and resumed."""

from __future__ import annotations

import asyncio
import json
import random
from pathlib import Path
from typing import Any

import pytest

from payments_async import PaymentsClient, Request, Response, Send
from payments_async.drain import Drain, JSONLines
from payments_async.drain.partition import Strategy
from payments_async.sandbox import Sandbox


class Busy:
    """A sandbox of which rows come and go before each answer, and whose connection is lost from time to time.

    Args:
        sandbox: The sandbox.
        changes: How many payments come, and how many go, before each answer.
        breaks: How many connections are lost.
    """

    def __init__(self, sandbox: Sandbox, changes: int, breaks: int) -> None:
        self.stayed = sorted(sandbox.references())
        self.breaks, self.gone = breaks, 0
        self._sandbox, self._changes, self._chance = sandbox, changes, random.Random(breaks)

    async def _change(self) -> None:
        for _ in range(self._changes):  # any of them; the last one takes its place
            place = self._chance.randrange(len(self.stayed))
            self.stayed[place], self.stayed[-1] = self.stayed[-1], self.stayed[place]
            self.gone += self._sandbox.remove_payments([self.stayed.pop()])
        self._sandbox.add_payments(self._changes)

    def layer(self, send: Send) -> Send:
        async def send_after_changes(request: Request) -> Response:
            # In a task of its own: the sandbox's database blocks, which nothing may under the client's frames.
            await asyncio.create_task(self._change())
            if self.breaks and self._chance.random() < 0.1:
                self.breaks -= 1
                raise ConnectionResetError
            return await send(request)

        return send_after_changes


@pytest.mark.parametrize("rows", [1_000, pytest.param(20_000, marks=pytest.mark.long)])
@pytest.mark.parametrize(
    ("version", "strategy", "page_size"),
    [("2.0.9", "cursor", 100), ("2.0.9", "keyset", 100), ("3.4", "cursor", 1_000), ("3.4", "slices", 100)],
)
async def test_rows_that_stay_come_once_however_busy_the_list_is(
    tmp_path: Path, version: Any, strategy: Strategy, page_size: int, rows: int
) -> None:
    target, report, page_size = tmp_path / "payments.jsonl", None, min(page_size, rows // 20)
    async with Sandbox(payments=rows, accounts=50, transfers=0, auth=False, version=version) as sandbox:
        busy = Busy(sandbox, changes=page_size // 20, breaks=5)
        async with PaymentsClient(sandbox.url, layers=[busy.layer]) as client:
            source: Any = client if version == "2.0.9" else client.v3
            while report is None:
                drain: Drain = Drain(
                    source, "payments", JSONLines(target), strategy=strategy, page_size=page_size, partitions=4
                )
                try:
                    report = await drain.run(resume=True)
                except ConnectionResetError:
                    continue
    taken = [json.loads(line)["reference"] for line in target.read_bytes().splitlines()]
    assert report.done
    assert len(taken) == len(set(taken))
    assert set(busy.stayed) <= set(taken)
    assert busy.gone > rows / 50
