"""A drain whose process is killed again and again, while rows come and go: no row is lost, none comes twice."""

import asyncio
import os
import random
import sys
from asyncio.subprocess import PIPE, Process
from collections import Counter
from pathlib import Path
from typing import Literal

import pytest

from payments_async.sandbox import Sandbox
from tests.drain.sinks.targets import references

PROGRAM = Path(__file__).with_name("drained.py")
ROWS = 20_000


async def start(target: Path, sandbox: Sandbox) -> Process:
    environment = {
        **os.environ,
        "FORMANCE_URL": sandbox.url,
        "FORMANCE_CLIENT_ID": sandbox.client_id,
        "FORMANCE_CLIENT_SECRET": sandbox.client_secret,
    }
    return await asyncio.create_subprocess_exec(
        sys.executable, str(PROGRAM), str(target), env=environment, stdout=PIPE, stderr=PIPE
    )


@pytest.mark.parametrize(
    ("name", "kills", "collation"),
    [
        ("payments.jsonl", 8, "linguistic"),
        ("payments.db", 8, "bytes"),
        ("payments.csv", 4, "linguistic"),
        ("payments.parquet", 4, "bytes"),
        pytest.param("payments.jsonl", 50, "linguistic", marks=pytest.mark.long),
        pytest.param("payments.db", 50, "bytes", marks=pytest.mark.long),
        pytest.param("payments.csv", 20, "linguistic", marks=pytest.mark.long),
        pytest.param("payments.parquet", 20, "bytes", marks=pytest.mark.long),
    ],
)
async def test_a_killed_drain_goes_on_without_a_row_lost_or_doubled(
    tmp_path: Path, name: str, kills: int, collation: Literal["bytes", "linguistic"]
) -> None:
    chance = random.Random(name)
    target = tmp_path / name
    killed = 0
    async with Sandbox(payments=ROWS, collation=collation) as sandbox:
        first = sandbox.references()
        ever, throughout = set(first), set(first)

        def come_and_go() -> None:
            ever.update(sandbox.add_payments(chance.randint(0, 10)))
            gone = chance.sample(sorted(throughout), chance.randint(0, 10))
            assert sandbox.remove_payments(gone) == len(gone)
            throughout.difference_update(gone)

        while killed < kills:
            process = await start(target, sandbox)
            assert process.stdout is not None
            for _ in range(chance.randint(0, 3)):
                assert await process.stdout.readline(), await process.communicate()
                come_and_go()
            # Somewhere in the pages, the rows, the sync or the checkpoint of what comes next.
            await asyncio.sleep(chance.random() * 0.01)
            process.kill()
            _, said = await process.communicate()
            assert process.returncode == -9, said.decode()
            killed += 1
        process = await start(target, sandbox)
        _, said = await process.communicate()
        assert process.returncode == 0, said.decode()

    counts = Counter(references(target))
    assert not throughout - counts.keys()
    assert not counts.keys() - ever
    assert set(counts.values()) == {1}
    # The kills came in the midst of it: much was committed before them, and much was left.
    assert len(throughout) > ROWS - 2_000
