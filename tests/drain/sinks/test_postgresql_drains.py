"""Whole drains into PostgreSQL: of many rows, killed again and again, from the command line."""

from __future__ import annotations

import asyncio

import pytest

from payments_async import ClientCredentials, PaymentsClient
from payments_async.drain import Drain, PostgreSQL, Report
from payments_async.sandbox import Sandbox
from tests.drain.kills import Killed
from tests.drain.sinks.test_postgresql import values
from tests.waiting import PATIENCE

pytestmark = pytest.mark.postgres

REFERENCES = "SELECT reference FROM payments"


@pytest.mark.parametrize("rows", [5_000, pytest.param(100_000, marks=pytest.mark.long)])
async def test_each_row_comes_once(dsn: str, rows: int) -> None:
    async with Sandbox(payments=rows) as sandbox:
        auth = ClientCredentials(sandbox.client_id, sandbox.client_secret)
        async with PaymentsClient(sandbox.url, auth=auth) as client:
            report = await Drain(client, "payments", PostgreSQL(dsn), partitions=8).run()
        assert report.items == rows
        assert set(await values(dsn, REFERENCES)) == sandbox.references()
    assert await values(dsn, "SELECT count(*) FROM payments") == [rows]
    # No commit was done twice.
    assert await values(dsn, "SELECT count(*) FROM payments WHERE xmax <> 0") == [0]


async def test_slices_are_cut_and_each_row_comes_once(dsn: str) -> None:
    async with Sandbox(payments=5_000, version="3.4") as sandbox:
        auth = ClientCredentials(sandbox.client_id, sandbox.client_secret)
        async with PaymentsClient(sandbox.url, auth=auth) as client:
            report = await Drain(client.v3, "payments", PostgreSQL(dsn), page_size=50).run()
            assert (report.items, report.done) == (5_000, True)
            assert report.partitions > 8
            again = await Drain(client.v3, "payments", PostgreSQL(dsn), page_size=50).run(resume=True)
    assert (again.items, again.requests) == (5_000, 0), "the slices that were cut are not drained again"
    assert await values(dsn, "SELECT count(*) FROM payments WHERE xmax <> 0") == [0]


async def test_killed_drains_of_slices_lose_and_double_none(dsn: str) -> None:
    killed = Killed(rows=4_000)
    await killed.drain_slices(dsn, 4, seed="slices")
    killed.judge(await values(dsn, REFERENCES))


@pytest.mark.parametrize("kills", [4, pytest.param(50, marks=pytest.mark.long)])
async def test_a_drain_that_is_killed_again_and_again_loses_and_doubles_nothing(dsn: str, kills: int) -> None:
    killed = Killed(rows=min(5_000 * kills, 60_000))
    await killed.drain(dsn, kills, "linguistic", seed="postgresql")
    killed.judge(await values(dsn, REFERENCES))
    assert await values(dsn, "SELECT count(*) FROM payments WHERE xmax <> 0") == [0]


async def test_balances_are_known_by_several_columns(dsn: str, client: PaymentsClient) -> None:
    report = await Drain(client, "balances", PostgreSQL(dsn, schema="treasury"), partitions=2).run()
    assert await values(dsn, "SELECT count(*) FROM treasury.balances") == [report.items]
    again = await Drain(client, "balances", PostgreSQL(dsn, schema="treasury"), partitions=2).run(resume=True)
    assert (again.items, again.requests) == (report.items, 0)


async def test_a_followed_drain_brings_what_is_new(dsn: str, sandbox: Sandbox, client: PaymentsClient) -> None:
    reached = {250: asyncio.Event(), 255: asyncio.Event()}

    def look(report: Report) -> None:
        if report.items in reached:
            reached[report.items].set()

    drain = Drain(client, "payments", PostgreSQL(dsn), follow=True, every=0.01, on_progress=look)
    running = asyncio.create_task(drain.run())
    async with asyncio.timeout(PATIENCE):
        await reached[250].wait()
        added = sandbox.add_payments(5, newest=True)
        await reached[255].wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    found = await values(dsn, REFERENCES)
    assert len(found) == 255
    assert set(added) < set(found)
