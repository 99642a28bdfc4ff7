"""Pulling rows out of a drain, and stopping one: whatever ends the reading, nothing is left behind."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from payments_async import ServerError
from payments_async.drain import Drain, JSONLines
from tests.drain.follower import EVERY, in_turn, names, taken
from tests.drain.lists import Asked, Lists, Memory, Refusal, connected, numbered
from tests.wire.scripted import at_once

PAGE = 10


async def test_all_rows_are_pulled_once_in_batches() -> None:
    async with connected(Lists(payments=numbered(500))) as client:
        drain, pulled = Drain(client, "payments", partitions=3, page_size=PAGE), list[str]()
        async with drain.batches() as batches:
            async for rows in batches:
                assert rows
                pulled += [row.reference for row in rows]
    assert sorted(pulled) == [f"{number:04}" for number in range(500)]
    assert drain.report.done


async def test_a_reader_that_takes_its_time_holds_up_the_reading() -> None:
    lists = Lists(payments=numbered(9000))
    async with connected(lists) as client, Drain(client, "payments", page_size=100).batches() as batches:
        await anext(batches)
        for _ in range(3000):
            await asyncio.sleep(0)
        assert sum(asked.size for asked in lists.asked if asked.size == 100) < 5_000


@pytest.mark.parametrize("way", ["break", "error", "cancel", "nothing"])
async def test_nothing_is_left_when_the_reader_goes(way: str) -> None:
    lists, before = Lists(payments=numbered(5000)), asyncio.all_tasks()
    began = asyncio.Event()

    async def read(drain: Drain) -> None:
        async with drain.batches() as batches:
            if way == "nothing":
                return
            async for _ in batches:
                began.set()
                if way == "break":
                    break
                if way == "error":
                    raise LookupError
                await asyncio.sleep(0.001)

    async with connected(lists) as client:
        reading = asyncio.create_task(read(Drain(client, "payments", page_size=PAGE, partitions=3)))
        if way == "cancel":
            await began.wait()
            reading.cancel()
        await asyncio.wait((reading,))
        assert asyncio.all_tasks() == before
        assert lists.under_way == 0
    assert reading.cancelled() == (way == "cancel")
    assert way == "cancel" or isinstance(reading.exception(), LookupError) == (way == "error")


async def test_a_step_that_is_given_up_loses_no_rows() -> None:
    async def take_time(_: Asked) -> None:
        await asyncio.sleep(0.002)

    async with connected(Lists(payments=numbered(60), meanwhile=take_time)) as client:
        pulled = list[str]()
        async with Drain(client, "payments", page_size=PAGE).batches() as batches:
            while True:
                try:
                    rows = await asyncio.wait_for(anext(batches), 0.003)
                except TimeoutError:
                    continue
                except StopAsyncIteration:
                    break
                pulled += [row.reference for row in rows]
    assert sorted(pulled) == [f"{number:04}" for number in range(60)]


async def test_an_error_of_the_drain_reaches_the_reader_after_what_was_read() -> None:
    async def fail_late(asked: Asked) -> None:
        if "'0045'" in str(asked.filter) and asked.size == PAGE:
            raise Refusal(500, "INTERNAL")

    pulled = list[Any]()
    async with connected(Lists(payments=numbered(100), meanwhile=fail_late)) as client:

        async def pull() -> None:
            async with Drain(client, "payments", page_size=PAGE).batches() as batches:
                async for rows in batches:
                    pulled.extend(rows)

        with pytest.raises(ServerError):
            await pull()
    assert len(pulled) == 46


async def test_what_is_wrong_with_pulling_is_said(tmp_path: Any) -> None:
    async with connected(Lists(payments=numbered(5))) as client:
        drain = Drain(client, "payments")
        with pytest.raises(ValueError, match="has no sink to run into"):
            await drain.run()
        with pytest.raises(ValueError, match="go to its sink"):
            Drain(client, "payments", JSONLines(tmp_path / "out.jsonl")).batches()
        batches = drain.batches()
        with pytest.raises(RuntimeError, match="inside of their block"):
            await anext(batches)
        async with batches:
            with pytest.raises(RuntimeError, match="entered before"):
                await batches.__aenter__()


# Stopping


def test_a_drain_that_follows_is_stopped_after_its_commit() -> None:
    async def run() -> None:
        lists, sink = Lists(payments=in_turn(35)), Memory()
        async with connected(lists) as client:
            drain = Drain(client, "payments", sink, follow=True, every=EVERY, page_size=PAGE)
            task = asyncio.create_task(drain.run())
            await asyncio.sleep(EVERY / 2)
            drain.stop()
            report = await task
            assert (report.items, report.done) == (35, True)
            assert taken(sink) == names(lists.payments)
            lists.payments += in_turn(5, first=35)
            report = await Drain(client, "payments", sink).run(catch_up=True)
            assert report.items == 40

    at_once(run())


async def test_a_drain_that_is_stopped_keeps_what_it_has_read_and_can_be_resumed() -> None:
    lists, sink = Lists(payments=numbered(300)), Memory()
    async with connected(lists) as client:
        drain: Drain = Drain(client, "payments", sink, page_size=PAGE, partitions=3, on_progress=lambda _: drain.stop())
        report = await drain.run()
        assert not report.done
        assert sink.finished == 0
        report = await Drain(client, "payments", sink, page_size=PAGE).run(resume=True)
    assert (report.items, report.done) == (300, True)
