import csv
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from payments_async.sandbox import Sandbox
from tests.examples.program import Start

PAYMENTS = 5_000


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """A sandbox of fifty pages of payments."""
    async with Sandbox(payments=PAYMENTS, seed=7, port=0) as running:
        yield running


def references(file: Path) -> list[str]:
    with file.open(newline="", encoding="utf-8") as lines:
        return [row["reference"] for row in csv.DictReader(lines)]


async def test_killed_half_way_it_resumes_and_writes_each_payment_once(
    start: Start, sandbox: Sandbox, tmp_path: Path
) -> None:
    file = tmp_path / "payments.csv"
    worker = await start("examples/worker.py", file)
    for _ in range(3):
        assert " payments, " in await worker.line()
    await worker.kill()
    assert 0 < len(references(file)) < PAYMENTS
    with file.open("a") as half_a_page:
        half_a_page.write('the start of a page, and "the mid')

    resumed = await start("examples/worker.py", file)
    await resumed.end()
    written = references(file)
    assert len(written) == PAYMENTS
    assert set(written) == sandbox.references()


async def test_once_all_is_written_it_asks_for_nothing(start: Start, sandbox: Sandbox, tmp_path: Path) -> None:
    file = tmp_path / "payments.csv"
    await (await start("examples/worker.py", file)).end()
    written = file.read_bytes()
    asked = sandbox.requests.total()
    said = await (await start("examples/worker.py", file)).end()
    assert said.endswith(f"{file} is complete: {PAYMENTS} payments with 0 requests\n")
    assert (file.read_bytes(), sandbox.requests.total()) == (written, asked)
