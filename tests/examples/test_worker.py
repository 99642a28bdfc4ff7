import csv
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from payments_async import PaymentsClient
from payments_async.sandbox import Sandbox
from tests.examples.program import Start

PAYMENTS = 2_000


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """A sandbox of twenty pages of payments."""
    async with Sandbox(payments=PAYMENTS, seed=7, port=0) as running:
        yield running


def ids(file: Path) -> list[str]:
    with file.open(newline="", encoding="utf-8") as lines:
        return [row[0] for row in csv.reader(lines)]


async def test_killed_half_way_it_resumes_and_writes_each_payment_once(
    start: Start, sandbox: Sandbox, client: PaymentsClient, tmp_path: Path
) -> None:
    file = tmp_path / "payments.csv"
    worker = await start("examples/worker.py", file)
    for _ in range(5):
        assert await worker.line() == "100 payments written\n"
    await worker.kill()
    assert 500 <= len(ids(file)) < PAYMENTS
    with file.open("a") as half_a_page:
        half_a_page.write('the start of a page, and "the mid')

    asked = sandbox.requests["GET", "/payments", 200]
    resumed = await start("examples/worker.py", file)
    await resumed.end()
    assert sandbox.requests["GET", "/payments", 200] - asked <= 15

    written = ids(file)
    assert len(written) == PAYMENTS
    assert set(written) == {payment.id async for payment in client.payments.list_payments(page_size=100)}


async def test_once_all_is_written_it_asks_for_nothing(start: Start, sandbox: Sandbox, tmp_path: Path) -> None:
    file = tmp_path / "payments.csv"
    await (await start("examples/worker.py", file)).end()
    written = file.read_bytes()
    asked = sandbox.requests.total()
    assert await (await start("examples/worker.py", file)).end() == f"{file} is complete\n"
    assert (file.read_bytes(), sandbox.requests.total()) == (written, asked)
