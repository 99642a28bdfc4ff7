"""Drains that go on with what is new: whatever comes, while they drain or between two looks, comes once."""

from __future__ import annotations

import asyncio
import itertools
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from payments_async.drain import Drain, DrainWarning, Parquet
from tests.drain.follower import EVERY, NEWEST_FIRST, dated, following, in_turn, looks, names, taken
from tests.drain.lists import Asked, Lists, Memory, account, connected, numbered, payment
from tests.wire.scripted import at_once, now


def test_what_comes_after_the_drain_is_found_by_the_next_look() -> None:
    async def run() -> None:
        lists, sink = Lists(payments=in_turn(35)), Memory()
        async with following(lists, sink) as drain:
            for count in range(35, 60, 5):
                await asyncio.sleep(EVERY)
                assert taken(sink) == names(lists.payments)
                lists.payments.extend(in_turn(5, first=count))
            await asyncio.sleep(EVERY)
            assert taken(sink) == names(lists.payments)
            report = drain.report
        assert (report.items, report.strategy, report.partitions, report.done) == (60, "keyset", 1, False)
        assert (sink.finished, sink.closed) == (0, 1)

    at_once(run())


@pytest.mark.parametrize("strategy", ["keyset", "cursor"])
@pytest.mark.parametrize("partitions", [1, 3])
def test_what_comes_while_it_drains_is_not_missed(strategy: Any, partitions: int) -> None:
    async def run() -> None:
        lists, sink = Lists(payments=in_turn(50)), Memory()
        numbers = itertools.count(50)

        async def arrive(_: Asked) -> None:
            # Behind the place that a walk along the keys has come to, or before it.
            number = next(numbers)
            if number < 90:
                lists.payments.append(dated(f"{number % 40:04}.{number}", number))

        lists.meanwhile = arrive
        async with following(lists, sink, strategy=strategy, partitions=partitions):
            await asyncio.sleep(20 * EVERY)
        assert len(lists.payments) == 90
        assert taken(sink) == names(lists.payments)

    at_once(run())


def test_a_list_that_is_empty_at_first_is_followed() -> None:
    async def run() -> None:
        lists, sink = Lists(), Memory()
        async with following(lists, sink):
            await asyncio.sleep(EVERY)
            lists.payments += in_turn(25)
            await asyncio.sleep(EVERY)
            assert taken(sink) == names(lists.payments)

    at_once(run())


@pytest.mark.parametrize("slack", [timedelta(), timedelta(minutes=1)])
def test_rows_of_the_time_that_the_last_look_came_to_are_told_apart(slack: timedelta) -> None:
    async def run() -> None:
        lists, sink = Lists(payments=numbered(25)), Memory()  # all of one time
        async with following(lists, sink, slack=slack):
            await asyncio.sleep(EVERY)
            for name in ("0000.5", "0030", "0007.5"):
                lists.payments.append(payment(name))
                await asyncio.sleep(EVERY)
                assert taken(sink) == names(lists.payments)
        lists.payments.append(payment("0001.5"))
        async with following(lists, sink, slack=slack):
            await asyncio.sleep(EVERY)
        assert taken(sink) == names(lists.payments)

    at_once(run())


@pytest.mark.parametrize("resumed", [False, True])
def test_rows_that_come_late_are_found_within_the_slack_and_not_beyond(*, resumed: bool) -> None:
    async def run() -> None:
        lists, sink = Lists(payments=in_turn(201)), Memory()
        async with following(lists, sink, slack=timedelta(seconds=60)):
            await asyncio.sleep(EVERY)
            if not resumed:
                lists.payments += [dated("late", 140), dated("too late", 139.999999)]
                await asyncio.sleep(EVERY)
        if resumed:
            lists.payments += [dated("late", 140), dated("too late", 139.999999)]
            async with following(lists, sink, slack=timedelta(seconds=60)):
                await asyncio.sleep(EVERY)
        assert set(names(lists.payments)) - set(taken(sink)) == {"too late"}

    at_once(run())


def test_a_look_goes_back_to_where_the_last_one_came_to_and_no_further() -> None:
    async def run() -> None:
        lists, sink = Lists(payments=in_turn(95)), Memory()
        async with following(lists, sink, slack=timedelta()):
            await asyncio.sleep(EVERY)
            lists.asked.clear()
            lists.payments += in_turn(25, first=95)
            await asyncio.sleep(EVERY)
        assert [asked.offset for asked in lists.asked if asked.sort == NEWEST_FIRST] == [0, 5, 15]

    at_once(run())


def test_looks_are_so_many_seconds_apart_from_the_end_of_each() -> None:
    async def run() -> None:
        lists, sink, times = Lists(payments=in_turn(25)), Memory(), list[float]()

        async def take_time(asked: Asked) -> None:
            if asked.sort == NEWEST_FIRST:
                times.append(now())
                await asyncio.sleep(2)

        lists.meanwhile = take_time
        async with following(lists, sink, every=30.0, slack=timedelta()):
            await asyncio.sleep(130)
        assert times == [0, 32, 64, 96, 128]

    at_once(run())


def test_a_look_that_finds_nothing_commits_nothing() -> None:
    async def run() -> None:
        lists, sink = Lists(payments=in_turn(25)), Memory()
        async with following(lists, sink):
            await asyncio.sleep(EVERY / 2)
            commits = len(sink.commits)
            await asyncio.sleep(10 * EVERY)
            assert len(looks(lists)) == 11
        assert len(sink.commits) == commits

    at_once(run())


def test_a_filter_is_one_of_what_is_new_too() -> None:
    async def run() -> None:
        lists, sink = Lists(payments=in_turn(5)), Memory()
        async with following(lists, sink, query={"$match": {"status": "FAILED"}}):
            await asyncio.sleep(EVERY)
            lists.payments += [dated("a", 50, status="FAILED"), dated("b", 51)]
            await asyncio.sleep(EVERY)
        assert taken(sink) == ["a"]

    at_once(run())


def test_accounts_of_one_reference_are_followed_each() -> None:
    async def run() -> None:
        lists, sink = Lists(accounts=[account("a", number) for number in range(25)]), Memory()
        async with following(lists, sink, "accounts"):
            await asyncio.sleep(EVERY)
            lists.accounts.extend(account("a", number) for number in range(25, 50))
            await asyncio.sleep(EVERY)
        assert sorted(row.id for row in sink.rows) == [row["id"] for row in lists.accounts]

    at_once(run())


def test_a_server_without_keys_is_followed_by_cursor_and_then_by_time() -> None:
    async def run() -> None:
        lists, sink = Lists(payments=in_turn(25), filters=False), Memory()
        async with following(lists, sink):
            await asyncio.sleep(EVERY)
            lists.payments.extend(in_turn(5, first=25))
            await asyncio.sleep(EVERY)
        assert taken(sink) == names(lists.payments)

    with pytest.warns(DrainWarning):
        at_once(run())


@pytest.mark.parametrize("resource", ["pools", "connectors", "balances"])
async def test_what_has_no_time_cannot_be_followed(resource: Any) -> None:
    async with connected(Lists()) as client:
        with pytest.raises(ValueError, match=f"new {resource} cannot be recognized by their time"):
            Drain(client, resource, Memory(), follow=True)


async def test_a_file_that_is_complete_only_at_the_end_cannot_follow(tmp_path: Path) -> None:
    async with connected(Lists()) as client:
        with pytest.raises(ValueError, match="complete only at the end of a drain: use another sink"):
            Drain(client, "payments", Parquet(tmp_path / "out.parquet"), follow=True)
