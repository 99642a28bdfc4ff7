"""Runs that take what is new since the last one, and end: each row once, in whatever order the runs are made."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from payments_async import PaymentsClient
from payments_async.drain import CSV, Drain, Each, JSONLines, Parquet, SQLite
from payments_async.sandbox import Sandbox
from tests.drain.follower import dated, in_turn, names, taken
from tests.drain.lists import Asked, Lists, Memory, Refusal, connected, drained

PAGE = 10


async def caught_up(lists: Lists, sink: Any, **options: Any) -> int:
    async with connected(lists) as client:
        return (await Drain(client, "payments", sink, page_size=PAGE, **options).run(catch_up=True)).items


@pytest.mark.parametrize("strategy", ["keyset", "cursor"])
async def test_the_first_run_takes_all_and_each_later_one_what_is_new(strategy: Any) -> None:
    lists, sink = Lists(payments=in_turn(35)), Memory()
    assert await caught_up(lists, sink, strategy=strategy) == 35
    for count in (35, 36, 60, 200):
        lists.payments += in_turn(count - len(lists.payments), first=len(lists.payments))
        assert await caught_up(lists, sink) == count
        assert taken(sink) == names(lists.payments)


async def test_what_comes_while_the_first_run_reads_is_taken_too() -> None:
    lists, sink = Lists(payments=in_turn(50)), Memory()

    async def arrive(_: Asked) -> None:
        if len(lists.payments) < 90:
            number = len(lists.payments)
            lists.payments.append(dated(f"{number % 40:04}.{number}", number))

    lists.meanwhile = arrive
    await caught_up(lists, sink)
    lists.meanwhile = None
    await caught_up(lists, sink)  # what has come during the last look of the first run
    assert taken(sink) == names(lists.payments)


async def test_rows_that_come_late_are_taken_within_the_slack_and_changes_of_old_rows_are_not() -> None:
    lists, sink = Lists(payments=in_turn(300)), Memory()
    slack = timedelta(seconds=100)
    await caught_up(lists, sink, slack=slack)
    lists.payments += [dated("late", 210), dated("too late", 190)]
    lists.payments[250]["amount"] = 7
    assert await caught_up(lists, sink, slack=slack) == 301
    assert set(names(lists.payments)) - set(taken(sink)) == {"too late"}
    # A day, unless given.
    assert await caught_up(lists, sink) == 302


async def test_any_target_is_caught_up_with_however_it_was_begun() -> None:
    lists, sink = Lists(payments=in_turn(35)), Memory()

    async def break_down(asked: Asked) -> None:
        if "'0018'" in str(asked.filter) and asked.size == PAGE:
            raise Refusal(404)

    lists.meanwhile = break_down
    with pytest.raises(Exception, match="404"):
        await drained(lists, "payments", sink, page_size=PAGE)
    lists.meanwhile = None
    lists.payments += in_turn(5, first=35)
    assert await caught_up(lists, sink) == 40
    # A plain resume of a complete target asks for nothing.
    lists.payments += in_turn(5, first=40)
    report = await drained(lists, "payments", sink, resume=True)
    assert (report.items, report.requests) == (40, 0)
    assert await caught_up(lists, sink) == 45


@pytest.mark.parametrize("version", ["2.0.9", "3.4"])
@pytest.mark.parametrize("make", [JSONLines, CSV, SQLite], ids=lambda make: make.__name__)
async def test_every_format_is_caught_up_with_on_every_server(tmp_path: Path, make: Any, version: Any) -> None:
    async with (
        Sandbox(payments=120, auth=False, version=version) as sandbox,
        PaymentsClient(sandbox.url) as client,
    ):
        api: Any = client if version == "2.0.9" else client.v3
        for count in (120, 120, 150):
            sandbox.add_payments(count - len(sandbox.references()), newest=True)
            report = await Drain(api, "payments", make(tmp_path / "out"), page_size=20).run(catch_up=True)
            assert (report.items, report.done) == (count, True)


async def test_a_function_gets_each_row_and_again_only_those_of_the_slack(tmp_path: Path) -> None:
    lists, given = Lists(payments=in_turn(100)), Counter[str]()

    async def take(rows: list[Any]) -> None:
        given.update(row.reference for row in rows)

    for count in (100, 110):
        lists.payments += in_turn(count - len(lists.payments), first=len(lists.payments))
        await caught_up(lists, Each(take, tmp_path / "c"), slack=timedelta(seconds=20))
    assert sorted(given) == names(lists.payments)
    assert {name for name, times in given.items() if times > 1} == {f"{number:04}" for number in range(79, 100)}


async def test_what_cannot_be_caught_up_with_is_refused(tmp_path: Path) -> None:
    async with connected(Lists()) as client:
        for resource in ("pools", "connectors", "balances"):
            with pytest.raises(ValueError, match=f"new {resource} cannot be recognized by their time"):
                await Drain(client, resource, Memory()).run(catch_up=True)
        with pytest.raises(ValueError, match="complete only at the end"):
            await Drain(client, "payments", Parquet(tmp_path / "out.parquet")).run(catch_up=True)
        with pytest.raises(ValueError, match="catch_up excludes follow and replace"):
            await Drain(client, "payments", Memory()).run(catch_up=True, replace=True)
        with pytest.raises(ValueError, match="catch_up excludes follow and replace"):
            await Drain(client, "payments", Memory(), follow=True).run(catch_up=True)
