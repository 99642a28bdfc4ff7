"""What a drain agrees to when it begins and goes on: its sink, its checkpoint, its filter, its fan-out."""

from __future__ import annotations

import asyncio
import logging
import random
from pathlib import Path
from typing import Any

import attrs
import pytest

from payments_async import PaymentsClient, ValidationError
from payments_async.drain import Drain, DrainError, FanOut, JSONLines, SQLite
from payments_async.models import Pool
from tests.drain.lists import Asked, Lists, Memory, account, balance, connected, drained, numbered, pool

PAGE = 10
EUR = {"$match": {"asset": "EUR/2"}}
USD = {"$match": {"asset": "USD/2"}}


@attrs.frozen(kw_only=True)
class Note:
    """A row of a fan-out of a test's own."""

    id: str
    text: str | None = None
    seen: bool = False


async def one(_: PaymentsClient, item: Any) -> Note:
    return Note(id=item.id)


# Filters


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        (EUR, EUR),
        ({"$and": [EUR, USD]}, {"$and": [EUR, USD]}),
        ({"$and": [EUR], "$or": [USD]}, {"$and": [EUR], "$or": [USD]}),
        ({"$and": None}, {"$and": None}),
        ({"$and": 5}, {"$and": 5}),
    ],
)
async def test_a_raw_filter_goes_to_the_server_as_it_is(query: Any, asked: Any) -> None:
    # Whatever it says to it: with the bounds of a key beside it, and not in part.
    lists, sink = Lists(payments=numbered(5), filters=False), Memory()
    await drained(lists, "payments", sink, query=query, strategy="cursor", page_size=PAGE)
    assert [each.filter for each in lists.asked] == [asked, asked]


async def test_a_filter_that_the_server_refuses_ends_the_drain(client: PaymentsClient) -> None:
    mixed, sink = {"$and": [{"$match": {"status": "SUCCEEDED"}}], "$or": [USD]}, Memory()
    with pytest.raises(ValidationError):
        await Drain(client, "payments", sink, query=mixed).run()
    assert sink.rows == []


# One run at a time


@pytest.mark.parametrize("kind", [JSONLines, SQLite])
async def test_a_sink_takes_one_drain_at_a_time(tmp_path: Path, kind: Any) -> None:
    gate, begun = asyncio.Event(), asyncio.Event()

    async def wait(asked: Asked) -> None:
        if "$gte" in str(asked.filter):
            begun.set()
            await gate.wait()

    lists, sink = Lists(payments=numbered(50), meanwhile=wait), kind(tmp_path / "out")
    async with connected(lists) as client:
        drain, other = Drain(client, "payments", sink, page_size=PAGE), Drain(client, "payments", sink)
        task = asyncio.create_task(drain.run())
        await begun.wait()
        report = drain.report
        for second in (drain, other):
            with pytest.raises(DrainError, match="a drain is running into this sink: let it end"):
                await second.run(resume=True)
        assert drain.report is report
        gate.set()
        assert (await task).items == 50
        # A later one is welcome.
        assert (await other.run(resume=True)).done


# Going on


async def test_a_drain_that_has_begun_by_cursor_does_not_go_on_by_key_and_the_other_way_round() -> None:
    for first, then in (("cursor", "keyset"), ("keyset", "cursor")):
        lists, sink = Lists(payments=numbered(5)), Memory()
        await drained(lists, "payments", sink, page_size=PAGE, strategy=first)
        with pytest.raises(DrainError, match=f"the drain was started with strategy='{first}': leave it out"):
            await drained(lists, "payments", sink, page_size=PAGE, strategy=then, resume=True)
        assert (await drained(lists, "payments", sink, page_size=PAGE, resume=True)).strategy == first


async def test_an_estimate_never_says_that_all_is_done() -> None:
    lists, sink, shares = Lists(payments=numbered(200)), Memory(), list[float]()
    await drained(
        lists, "payments", sink, page_size=PAGE, on_progress=lambda report: shares.append(report.share or 0.0)
    )
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert all(share < 1 for share in shares[:-1])


async def test_records_of_a_drain_carry_their_values_by_name(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "payments_async.drain"):
        await drained(Lists(payments=numbered(20)), "payments", Memory(), page_size=PAGE)
    told = {each.getMessage(): vars(each) for each in caplog.records if each.name.startswith("payments_async.drain")}
    begun = told["payments: draining by keyset, partitions: 1"]
    assert (begun["resource"], begun["partitions"], begun["strategy"]) == ("payments", 1, "keyset")
    done = told["payments: partition 1 is done"]
    assert (done["resource"], done["partition"]) == ("payments", 1)
    (committed,) = [values for text, values in told.items() if text.startswith("payments: 20 rows in ")][-1:]
    assert (committed["resource"], committed["rows"]) == ("payments", 20)
    assert committed["pages"] > 0


# Fan-outs


@pytest.mark.parametrize("given", [None, "text", [Note(id="a"), pool], 5])
async def test_rows_of_another_shape_are_refused_in_the_name_of_the_fan_out(given: Any) -> None:
    async def call(_: PaymentsClient, __: Any) -> Any:
        return given

    lists, sink = Lists(accounts=[account("a")]), Memory()
    with pytest.raises(TypeError, match=r"a call of notes gave a .*: give rows of Note"):
        await drained(lists, FanOut(name="notes", of="accounts", call=call, model=Note), sink)
    assert sink.rows == []


@pytest.mark.parametrize("name", ["text", "seen", "nothing"])
def test_a_fan_out_tells_rows_apart_by_what_every_format_gives_back(name: str) -> None:
    with pytest.raises(ValueError, match=f"'{name}' does not tell rows of Note apart: name fields of it"):
        FanOut(name="notes", of="pools", call=one, model=Note, identity=("id", name))


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"of": "accounts"}, "its listing is 'pools', not 'accounts'"),
        ({"model": Pool}, "its shape is 'id, text, seen'"),
    ],
)
async def test_a_fan_out_does_not_go_on_from_another_one_of_its_name(
    tmp_path: Path, changes: dict[str, Any], what: str
) -> None:
    lists = Lists(accounts=[account("a")], others={"/pools": [pool(number) for number in range(30)]})
    notes = FanOut(name="notes", of="pools", call=one, model=Note)
    async with connected(lists) as client:
        await Drain(client, notes, JSONLines(tmp_path / "out.jsonl")).run()
        with pytest.raises(DrainError, match=what):
            await Drain(client, attrs.evolve(notes, **changes), JSONLines(tmp_path / "out.jsonl")).run(resume=True)


async def test_a_call_that_is_cancelled_from_inside_is_a_failure_like_others() -> None:
    lists, sink = Lists(accounts=[account(name) for name in "abcdefghijklmnop"]), Memory()

    async def call(_: PaymentsClient, item: Any) -> Note:
        if item.reference == "k":
            cancelled = asyncio.get_running_loop().create_future()
            cancelled.cancel()
            await cancelled
        return Note(id=item.id)

    notes = FanOut(name="notes", of="accounts", call=call, model=Note)
    with pytest.raises(DrainError, match="a call of notes was cancelled from inside; what was committed is kept"):
        await drained(lists, notes, sink, page_size=5, partitions=4)
    assert sink.closed == 1


async def test_balances_of_one_time_come_once_each_in_whatever_order_the_server_has_them() -> None:
    at_once = {"createdAt": "2024-05-06T07:08:09Z"}
    held = [
        balance("a/0000", number, currency=f"C{number:03}", asset=f"C{number:03}", **at_once) for number in range(350)
    ]

    async def shuffle(_: Asked) -> None:
        random.Random(len(lists.asked)).shuffle(held)

    lists, sink = (
        Lists(accounts=[account("a")], others={"/accounts/a/0000/balances": held}, meanwhile=shuffle),
        Memory(),
    )
    report = await drained(lists, "balances", sink)
    assert (report.items, len({row.asset for row in sink.rows})) == (350, 350)
