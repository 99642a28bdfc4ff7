"""A drain whose process is killed again and again, while rows come and go."""

from __future__ import annotations

import asyncio
import os
import random
import sys
from asyncio.subprocess import PIPE, Process
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from payments_async import ClientCredentials, PaymentsClient
from payments_async.sandbox import Sandbox

PROGRAM = Path(__file__).with_name("drained.py")


async def start(target: str, sandbox: Sandbox, api: str) -> Process:
    environment = {
        **os.environ,
        "FORMANCE_URL": sandbox.url,
        "FORMANCE_CLIENT_ID": sandbox.client_id,
        "FORMANCE_CLIENT_SECRET": sandbox.client_secret,
    }
    return await asyncio.create_subprocess_exec(
        sys.executable, str(PROGRAM), target, api, env=environment, stdout=PIPE, stderr=PIPE
    )


@dataclass
class Killed:
    """A drain that was killed and in the end came through.

    Attributes:
        rows: How many payments there are at the beginning.
        ever: The references of all payments that were there at any time.
        throughout: Those of the payments that were there all the time.
    """

    rows: int = 20_000
    ever: set[str] = field(default_factory=set[str])
    throughout: set[str] = field(default_factory=set[str])

    async def drain(self, target: str, kills: int, collation: Literal["bytes", "linguistic"], seed: str) -> None:
        """Drain payments into a target, killed so many times."""
        async with Sandbox(payments=self.rows, collation=collation) as sandbox:
            await self._drain(target, kills, sandbox, random.Random(seed), "v1")

    async def drain_slices(self, target: str, kills: int, seed: str) -> None:
        """The same of the current API, a quarter of one amount, while one of its connectors is reset."""
        async with Sandbox(payments=self.rows * 3 // 4, connectors=11, version="3.4", task_delay=None) as sandbox:
            auth = ClientCredentials(sandbox.client_id, sandbox.client_secret)
            async with PaymentsClient(sandbox.url, auth=auth) as client:
                first, *others = [each.id async for each in client.v3.connectors.list_connectors()]
                for number in range(self.rows // 4):
                    sandbox.add_payment(others[number % len(others)], f"equal {number}", amount=999, asset="EUR/2")
                chance = random.Random(seed)
                await self._drain(target, kills // 2, sandbox, chance, "v3", ends=False)
                await client.v3.connectors.reset_connector(first)
                assert sandbox.work_tasks() == 1
                self.throughout &= sandbox.references()
                await self._drain(target, kills - kills // 2, sandbox, chance, "v3")

    async def _drain(
        self, target: str, kills: int, sandbox: Sandbox, chance: random.Random, api: str, *, ends: bool = True
    ) -> None:
        if not self.ever:
            self.throughout.update(sandbox.references())
        self.ever.update(sandbox.references())
        for _ in range(kills):
            process = await start(target, sandbox, api)
            assert process.stdout is not None
            for _ in range(chance.randint(0, 3)):
                assert await process.stdout.readline(), await process.communicate()
                self._come_and_go(sandbox, chance)
            # Somewhere in the pages, the rows, the sync or the checkpoint of what comes next.
            await asyncio.sleep(chance.random() * 0.01)
            process.kill()
            _, said = await process.communicate()
            assert process.returncode == -9, said.decode()
        if ends:
            process = await start(target, sandbox, api)
            _, said = await process.communicate()
            assert process.returncode == 0, said.decode()

    def _come_and_go(self, sandbox: Sandbox, chance: random.Random) -> None:
        self.ever.update(sandbox.add_payments(chance.randint(0, 10)))
        gone = chance.sample(sorted(self.throughout), chance.randint(0, 10))
        assert sandbox.remove_payments(gone) == len(gone)
        self.throughout.difference_update(gone)

    def judge(self, references: Iterable[str]) -> None:
        """Hold what the target has to what was there: nothing lost, nothing made up, nothing twice."""
        counts = Counter(references)
        assert not self.throughout - counts.keys()
        assert not counts.keys() - self.ever
        assert set(counts.values()) == {1}
        # The kills came in the midst of it: much was committed before them, and much was left.
        assert len(self.throughout) > 0.8 * self.rows
