"""Runs that are cancelled wherever they wait, again and again: what is there in the end is the list, each row once."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments_async.drain import Drain, JSONLines, SQLite
from tests.drain.lists import Asked, Lists, Memory, Row, account, balance, connected, numbered, payment, pool
from tests.drain.sinks.targets import references
from tests.properties import examples
from tests.wire.scripted import at_once

Stop: TypeAlias = tuple[int, int, int]
"""After how many turns of the loop a run is cancelled, and how many partitions and calls at once it has."""

STOPS = st.lists(st.tuples(st.integers(0, 120), st.integers(1, 5), st.integers(1, 4)), max_size=12)
ACCOUNTS = [account(f"{number // 3:03}", number) for number in range(40)]
BALANCES = {f"/accounts/{row['id']}/balances": [balance(row["id"], each) for each in range(3)] for row in ACCOUNTS}
# Nearly all in one half of the range, so that idle workers take parts of it.
UNEVEN = [payment(f"{number:04}") for number in [*range(0, 500, 100), *range(600, 720)]]


async def stopped(lists: Lists, resource: Any, sink: Any, stop: Stop, **options: Any) -> None:
    """A run that is cancelled, unless it ends before."""
    turns, partitions, concurrency = stop
    before, lists.most_under_way = asyncio.all_tasks(), 0
    async with connected(lists) as client:
        drain = Drain(client, resource, sink, partitions=partitions, concurrency=concurrency, **options)
        task = asyncio.create_task(drain.run(resume=True))
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait((task,))
        assert task.cancelled() or not task.exception()
    assert asyncio.all_tasks() == before, "nothing goes on"
    assert lists.under_way == 0
    assert lists.most_under_way <= partitions + (concurrency if resource == "balances" else 0)


def ids(rows: list[Row]) -> list[str]:
    return sorted(row["id"] for row in rows)


@examples(60)
@given(STOPS, st.integers(1, 12), st.sampled_from(["payments", "accounts", "pools", "balances"]))
def test_wherever_runs_are_cancelled_the_last_one_completes_the_list(
    stops: list[Stop], page_size: int, resource: Any
) -> None:
    pools = [pool(number) for number in range(40)]
    lists, sink = Lists(payments=UNEVEN, accounts=ACCOUNTS, others={"/pools": pools, **BALANCES}), Memory()

    async def run() -> None:
        for stop in stops:
            await stopped(lists, resource, sink, stop, page_size=page_size)
        async with connected(lists) as client:
            report = await Drain(client, resource, sink, page_size=page_size).run(resume=True)
        assert (report.items, report.done) == (len(sink.rows), True)

    at_once(run())
    if resource == "balances":
        given_rows = sorted((row.account_id, row.balance) for row in sink.rows)
        assert given_rows == sorted((row["accountId"], row["balance"]) for each in BALANCES.values() for row in each)
    else:
        assert sorted(row.id for row in sink.rows) == ids(lists.tables[f"/{resource}"])


@examples(60)
@given(STOPS, st.integers(1, 12))
def test_wherever_runs_by_cursor_are_cancelled_the_last_one_completes_the_list(
    stops: list[Stop], page_size: int
) -> None:
    lists, sink = Lists(payments=numbered(60)), Memory()

    async def run() -> None:
        for stop in stops:
            await stopped(lists, "payments", sink, stop, page_size=page_size, strategy="cursor")
        async with connected(lists) as client:
            await Drain(client, "payments", sink, page_size=page_size).run(resume=True)

    at_once(run())
    assert sorted(row.id for row in sink.rows) == ids(lists.payments)


@pytest.mark.parametrize("make", [JSONLines, SQLite], ids=lambda make: make.__name__)
@pytest.mark.parametrize("partitions", [1, 4])
async def test_wherever_runs_into_a_file_are_cancelled_the_last_one_completes_it(
    tmp_path: Path, make: Any, partitions: int
) -> None:
    path = tmp_path / ("out.jsonl" if make is JSONLines else "out.db")
    lists, cut, last = Lists(payments=UNEVEN), asyncio.Event(), 0

    async def count(_: Asked) -> None:
        if len(lists.asked) == last:
            cut.set()

    lists.meanwhile = count
    for last in range(1, 15):  # noqa: B007  # the requests that the run may make
        lists.asked.clear()
        cut.clear()
        async with connected(lists) as client:
            drain = Drain(client, "payments", make(path), page_size=5, partitions=partitions)
            task = asyncio.create_task(drain.run(resume=True))
            waiting = asyncio.create_task(cut.wait())
            await asyncio.wait((task, waiting), return_when=asyncio.FIRST_COMPLETED)
            for each in (task, waiting):
                each.cancel()
            await asyncio.wait((task, waiting))
            assert task.cancelled() or not task.exception()
    async with connected(lists) as client:
        report = await Drain(client, "payments", make(path), page_size=5).run(resume=True)
    assert report.items == len(UNEVEN)
    assert sorted(references(path)) == sorted(row["reference"] for row in UNEVEN)


@pytest.mark.parametrize("partitions", [1, 2, 5])
@pytest.mark.parametrize("resource", ["payments", "accounts"])
async def test_no_more_requests_are_under_way_than_there_are_partitions(resource: Any, partitions: int) -> None:
    lists, sink = Lists(payments=UNEVEN, accounts=ACCOUNTS), Memory()

    async def take_turns(_: Asked) -> None:
        for _turn in range(len(lists.asked) % 7):
            await asyncio.sleep(0)

    lists.meanwhile = take_turns
    async with connected(lists) as client:
        report = await Drain(client, resource, sink, page_size=3, partitions=partitions, concurrency=1).run()
    assert report.items == len(lists.tables[f"/{resource}"])
    assert lists.most_under_way == partitions


async def test_more_partitions_than_rows_and_more_workers_than_parts_end() -> None:
    for count in range(6):
        lists, sink = Lists(payments=numbered(count)), Memory()
        async with connected(lists) as client:
            report = await Drain(client, "payments", sink, page_size=1, partitions=20).run()
        assert (report.items, report.done) == (count, True)
        assert report.partitions <= max(1, count)
