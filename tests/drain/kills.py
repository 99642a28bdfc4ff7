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

from payments_async.sandbox import Sandbox

PROGRAM = Path(__file__).with_name("drained.py")


async def start(target: str, sandbox: Sandbox) -> Process:
    environment = {
        **os.environ,
        "FORMANCE_URL": sandbox.url,
        "FORMANCE_CLIENT_ID": sandbox.client_id,
        "FORMANCE_CLIENT_SECRET": sandbox.client_secret,
    }
    return await asyncio.create_subprocess_exec(
        sys.executable, str(PROGRAM), target, env=environment, stdout=PIPE, stderr=PIPE
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
        chance, killed = random.Random(seed), 0
        async with Sandbox(payments=self.rows, collation=collation) as sandbox:
            self.ever.update(sandbox.references())
            self.throughout.update(self.ever)
            while killed < kills:
                process = await start(target, sandbox)
                assert process.stdout is not None
                for _ in range(chance.randint(0, 3)):
                    assert await process.stdout.readline(), await process.communicate()
                    self._come_and_go(sandbox, chance)
                # Somewhere in the pages, the rows, the sync or the checkpoint of what comes next.
                await asyncio.sleep(chance.random() * 0.01)
                process.kill()
                _, said = await process.communicate()
                assert process.returncode == -9, said.decode()
                killed += 1
            process = await start(target, sandbox)
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
        assert len(self.throughout) > 0.9 * self.rows
