"""The cursors that a drain writes: larger pages, fewer where the server or the client wants it, and no gap anywhere."""

from __future__ import annotations

import json
import random
from base64 import urlsafe_b64encode
from collections.abc import Callable, Coroutine
from contextlib import nullcontext
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments_async import DeadlineExceededError, PaymentsClient, ResponseTooLargeError
from payments_async.drain import Drain, DrainError, DrainWarning, Report
from payments_async.drain.cursors import Cursor
from payments_async.sandbox import Sandbox
from tests.drain.follower import dated
from tests.drain.lists import Asked, Lists, Memory, Row, drained, numbered, pool
from tests.properties import examples
from tests.wire.scripted import at_once


def sizes(lists: Lists) -> list[int]:
    return [asked.size for asked in lists.asked]


def encoded(token: Any) -> str:
    return urlsafe_b64encode(json.dumps(token).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "é",
        "bnVsbA",
        "not base64!",
        encoded({}),
        encoded({"offset": -1, "pageSize": 1, "filters": {"qb": None}}),
        encoded({"offset": "1", "pageSize": 1, "filters": {"qb": None}}),
        encoded({"offset": 1, "pageSize": 0, "filters": {"qb": None}}),
        encoded({"offset": 1, "pageSize": 1, "filters": {}}),
        encoded([1]),
        urlsafe_b64encode(b"[" * 100_000).decode(),
    ],
)
def test_what_has_another_form_is_no_cursor_to_write(text: str | None) -> None:
    assert Cursor.read(text) is None


def test_a_written_cursor_keeps_what_it_was_not_asked_to_change() -> None:
    filters = {"qb": {"$match": {"asset": "EUR/2"}}, "Sorter": [{"column": "id", "order": "asc"}], "options": {"a": 1}}
    cursor = Cursor.read(encoded({"offset": 15, "order": 0, "pageSize": 15, "filters": filters, "other": 2**70}))
    assert cursor is not None
    written = Cursor.read(cursor.asking([{"$gt": {"amount": 10**30}}], offset=7, page_size=1000))
    assert written is not None
    assert (written.offset, written.page_size) == (7, 1000)
    assert written._token == {
        "offset": 7,
        "order": 0,
        "pageSize": 1000,
        "filters": {**filters, "qb": {"$and": [{"$gt": {"amount": 10**30}}]}, "pageSize": 1000},
        "other": 2**70,
    }


@pytest.mark.parametrize("strategy", ["keyset", "cursor"])
async def test_pages_have_a_thousand_rows(strategy: Any) -> None:
    lists, sink = Lists(payments=numbered(3500)), Memory()
    report = await drained(lists, "payments", sink, strategy=strategy)
    assert report.items == 3500
    assert report.pages <= 6
    assert max(sizes(lists)) in (1000, 1010)


@pytest.mark.parametrize("strategy", ["keyset", "cursor"])
@pytest.mark.parametrize("kind", [{"largest": 100}, {"opaque": True}], ids=str)
async def test_a_server_with_other_cursors_or_shorter_pages_is_drained_by_pages_of_a_hundred(
    strategy: Any, kind: dict[str, Any]
) -> None:
    lists, sink = Lists(payments=numbered(950), **kind), Memory()
    told = strategy == "cursor" and "opaque" in kind
    with pytest.warns(DrainWarning, match="a row may be skipped") if told else nullcontext():
        report = await drained(lists, "payments", sink, strategy=strategy, partitions=3)
    assert (report.items, report.strategy) == (950, strategy)
    assert max(sizes(lists)) == 100


@pytest.mark.parametrize("strategy", ["keyset", "cursor"])
@pytest.mark.parametrize(
    ("error", "most", "least"),
    [(ResponseTooLargeError("too large"), 130, 62), (DeadlineExceededError("too late"), 130, 100)],
)
async def test_a_page_that_is_too_large_or_too_late_is_asked_for_again_at_half_the_size(
    strategy: Any, error: Exception, most: int, least: int
) -> None:
    async def refuse(asked: Asked) -> None:
        if asked.size > most:
            raise error

    lists, sink = Lists(payments=numbered(2500), meanwhile=refuse), Memory()
    report = await drained(lists, "payments", sink, strategy=strategy)
    assert report.items == 2500
    assert sum(size > most for size in sizes(lists)) <= 4, "and so are all later ones"
    assert min(size for size in sizes(lists) if size > 1) >= least


async def test_a_page_of_two_that_is_too_large_is_an_error() -> None:
    async def refuse(asked: Asked) -> None:
        if asked.size > 1:
            raise ResponseTooLargeError("too large")

    with pytest.raises(ResponseTooLargeError):
        await drained(Lists(payments=numbered(2500), meanwhile=refuse), "payments", Memory())


async def test_a_server_that_ignores_offsets_is_an_error_and_no_endless_loop() -> None:
    class Stubborn(Lists):
        def _page(self, asked: Asked) -> dict[str, Any]:
            return super()._page(Asked(**{**vars(asked), "offset": 0, "size": 10}))

    with pytest.raises(DrainError, match="the same payments at every offset"):
        await drained(Stubborn(payments=numbered(50)), "payments", Memory(), strategy="cursor", page_size=10)


# Without a gap

Change = tuple[int, int]
"""How many rows go, and how many come, before an answer."""

KINDS: dict[str, tuple[Callable[[int], Row], dict[str, Any]]] = {
    "different times": (lambda number: dated(f"{number:06}", number), {}),
    "some times": (lambda number: dated(f"{number:06}", number // 7), {}),
    "one time": (lambda number: dated(f"{number:06}", 0), {}),
    "newest first": (lambda number: dated(f"{number:06}", number // 3), {"sorts": False}),
}


@examples(25)
@given(
    st.sampled_from([*KINDS]),
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=40),
    st.integers(1, 25),
    st.lists(st.integers(1, 30), max_size=3),
    st.integers(0, 2**32),
)
def test_rows_that_are_there_throughout_come_once_by_cursor_too(  # noqa: C901  # one story
    kind: str, changes: list[Change], page_size: int, breaks: list[int], seed: int
) -> None:
    row, options = KINDS[kind]
    chance, numbers = random.Random(seed), iter(range(1000, 9000))
    start = [row(number) for number in range(0, 900, 3)]
    # A server that does not sort has the newest first of its own accord.
    order = (lambda each: (each["createdAt"], each["id"])) if kind == "newest first" else None
    lists, sink = Lists(payments=start, **options), Memory()
    stayed, schedule, stops = {each["reference"] for each in start}, iter(changes), iter(breaks)
    left = next(stops, None)

    async def change(_: Asked) -> None:
        nonlocal left
        if left is not None:
            left -= 1
            if left == 0:
                left = next(stops, None)
                raise ConnectionResetError
        gone, come = next(schedule, (0, 0))
        for _turn in range(min(gone, len(lists.payments))):
            stayed.discard(lists.payments.pop(chance.randrange(len(lists.payments)))["reference"])
        for _turn in range(come):
            number = chance.choice([chance.randrange(900), next(numbers)])
            fresh = row(number) | {"reference": f"{number:06}.{len(stayed)}.{chance.random()}"}
            lists.payments.append(fresh | {"id": f"id of {fresh['reference']}"})
        if order is not None:
            lists.payments.sort(key=order, reverse=True)

    if order is not None:
        lists.payments.sort(key=order, reverse=True)
    lists.meanwhile = change

    async def run() -> None:
        for _ in range(len(breaks) + 1):
            try:
                await drained(lists, "payments", sink, strategy="cursor", page_size=page_size, resume=True)
            except ConnectionResetError:
                continue
            return

    at_once(run())
    assert stayed <= {each.reference for each in sink.rows}


def broken_once(lists: Lists, *, page_size: int, meanwhile: Callable[[], None] = lambda: None) -> Memory:
    """What is drained by a run that breaks once its first page is committed, and one that goes on after `meanwhile`."""
    sink = Memory()

    def run() -> Coroutine[Any, Any, Report]:
        return drained(lists, "payments", sink, strategy="cursor", page_size=page_size, resume=True)

    async def break_off(_: Asked) -> None:
        if len(lists.asked) == 3:
            await sink.has(1)
            raise ConnectionResetError

    async def both() -> None:
        lists.meanwhile = break_off
        with pytest.raises(ConnectionResetError):
            await run()
        meanwhile()
        await run()

    at_once(both())
    return sink


def test_a_row_is_still_known_when_a_newer_one_has_come_before_a_resume() -> None:
    lists = Lists(payments=[dated(f"{number:04}", 100 - number) for number in range(50)], sorts=False)
    sink = broken_once(lists, page_size=1, meanwhile=lambda: lists.payments.insert(0, dated("newest", 200)))
    assert len(sink.rows) == 51


def test_a_list_that_showed_no_order_of_time_is_not_expected_to_have_one_after_a_resume() -> None:
    times = [number if 4 <= number < 30 else number ^ 1 for number in range(50)]
    rows = [dated(f"{number:04}", time) for number, time in enumerate(times)]
    assert len(broken_once(Lists(payments=rows, sorts=False), page_size=10).rows) == 50


@examples(15)
@given(st.lists(st.integers(0, 12), max_size=20), st.integers(1, 12), st.integers(0, 2**32))
def test_pools_that_show_no_time_are_not_lost_either(changes: list[int], page_size: int, seed: int) -> None:
    chance, schedule = random.Random(seed), iter(changes)
    lists, sink = Lists(others={"/pools": [pool(number) for number in range(100)]}), Memory()
    pools = lists.tables["/pools"]

    async def remove(_: Asked) -> None:
        for _turn in range(min(next(schedule, 0), len(pools))):
            del pools[chance.randrange(len(pools))]

    lists.meanwhile = remove
    at_once(drained(lists, "pools", sink, page_size=page_size))
    assert {each["id"] for each in pools} <= {each.id for each in sink.rows}


@pytest.mark.parametrize("page_size", [1, 100])
async def test_a_drain_ends_while_rows_keep_coming(page_size: int) -> None:
    # Newest first, so that each page is moved by more rows than it has.
    lists, sink = Lists(payments=reversed([dated(f"{n:04}", n) for n in range(300)]), sorts=False), Memory()

    async def arrive(_: Asked) -> None:
        count = len(lists.payments)
        lists.payments[:0] = [dated(f"new {number}", number) for number in range(count + 15, count, -1)]

    lists.meanwhile = arrive
    report = await drained(lists, "payments", sink, strategy="cursor", page_size=page_size)
    assert report.done
    assert {f"{number:04}" for number in range(300)} <= {row.reference for row in sink.rows}


@pytest.mark.parametrize("resource", ["payments", "transfer_initiations", "bank_accounts"])
async def test_lists_of_the_sandbox_are_drained_by_cursor_with_large_pages(resource: Any) -> None:
    async with (
        Sandbox(payments=2_500, transfers=400, bank_accounts=300, auth=False) as sandbox,
        PaymentsClient(sandbox.url) as client,
    ):
        sink = Memory()
        report = await Drain(client, resource, sink, strategy="cursor").run()
        count = {"payments": 2_500, "transfer_initiations": 400, "bank_accounts": 300}[resource]
    assert (report.items, report.repeats, report.pages <= 5) == (count, 0, True)
