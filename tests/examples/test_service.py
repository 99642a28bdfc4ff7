import re
import signal
import sys
from collections.abc import AsyncIterator

import pytest

from payments_async import PaymentsClient
from payments_async.models import TaskStatus
from payments_async.sandbox import Sandbox
from tests.examples.program import Start

LINE = re.compile(r"(.+): last payment (\d{4}-\d\d-\d\d \d\d:\d\d|never), (\d+) failed tasks\n")

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="event loops of Windows handle no signals")


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """A sandbox with so many tasks that some have failed."""
    async with Sandbox(payments=250, tasks=220, seed=7, port=0) as running:
        yield running


async def test_it_reports_on_each_connector_and_ends_when_asked_to(
    start: Start, sandbox: Sandbox, client: PaymentsClient
) -> None:
    connectors = await client.connectors.list_all_connectors()
    failed = 0
    for connector in connectors:
        tasks = client.connectors.list_connector_tasks_v1(connector.provider, connector.connector_id)
        failed += len([task async for task in tasks if task.status == TaskStatus.FAILED])

    service = await start("examples/service.py", "3600")
    lines = [LINE.fullmatch(await service.line()) for _ in connectors]
    assert await service.end(signal.SIGTERM) == ""

    assert sorted(line[1] for line in lines if line) == sorted(connector.name for connector in connectors)
    assert sum(int(line[3]) for line in lines if line) == failed > 0
    assert sandbox.requests["GET", "/payments", 200] == len(connectors)


async def test_it_lives_on_when_a_report_fails(start: Start, sandbox: Sandbox) -> None:
    sandbox.client_secret = "another one"
    service = await start("examples/service.py", "0.01")
    for _ in range(2):
        assert "list_all_connectors: " in await service.line_with("no report this time: ")
    await service.end(signal.SIGINT)
