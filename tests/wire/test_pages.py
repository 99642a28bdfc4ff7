"""Lists: where they end, what they refuse, what they ask for ahead, and where to go on after an error."""

from __future__ import annotations

import asyncio
import gc
import inspect
import logging
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments_async import ConnectionFailedError, DecodeError, Page, PaymentsClient, ProtocolError, ServerError
from payments_async.wire.pages import Pages
from tests.properties import examples
from tests.waiting import PATIENCE
from tests.wire.scripted import Scripted, acquired, answer, calling, never_answers, sends_and_resets

PREFETCH = pytest.mark.parametrize("prefetch", [0, 1])


def page(data: list[int] | None = None, following: str | None = None, *, has_more: bool | None = None) -> Page[int]:
    return Page(data=data or [], next=following, has_more=following is not None if has_more is None else has_more)


class Listing:
    """Pages by cursor, with a record of what was asked for, what came and what was cancelled.

    Args:
        pages: What to give at the start and at the cursors 1, 2 and so on; an error is raised.
        turns: Turns of the loop that each page takes.
        hangs: Cursors whose pages never come.
    """

    def __init__(self, *pages: Page[int] | Exception, turns: int = 1, hangs: tuple[str, ...] = ()) -> None:
        self.pages = list(pages)
        self._turns = turns
        self._hangs = hangs
        self.asked = list[str | None]()
        self.came = list[str | None]()
        self.cancelled = list[str | None]()

    async def fetch(self, cursor: str | None) -> Page[int]:
        self.asked.append(cursor)
        try:
            if cursor in self._hangs:
                await asyncio.Event().wait()
            for _ in range(self._turns):
                await asyncio.sleep(0)
        except asyncio.CancelledError:
            self.cancelled.append(cursor)
            raise
        self.came.append(cursor)
        found = self.pages[int(cursor or 0)]
        if isinstance(found, Exception):
            raise found
        return found

    def from_(self, cursor: str | None = None) -> Pages[int]:
        return Pages(self.fetch, cursor=cursor, operation="list_things")


def numbered(count: int, **options: Any) -> Listing:
    """Pages of two numbers each: `0, 1`, then `2, 3` and so on."""
    return Listing(
        *(page([at * 2, at * 2 + 1], str(at + 1) if at + 1 < count else None) for at in range(count)), **options
    )


async def all_of(walk: AsyncIterator[Any]) -> list[Any]:
    return [item async for item in walk]


async def refused(walk: AsyncIterator[Any], limit: int = 10_000) -> tuple[ProtocolError, int]:
    """The error that a walk ends with, and how many steps went well before it."""
    for steps in range(limit):
        try:
            await anext(walk)
        except ProtocolError as error:
            return error, steps
    raise AssertionError("the walk went on and on")


# The end of a list


@PREFETCH
async def test_all_items_come_once_and_in_order(prefetch: int) -> None:
    listing = numbered(4)
    assert await all_of(listing.from_().items(prefetch=prefetch)) == list(range(8))
    assert listing.asked == [None, "1", "2", "3"]
    assert [each.data for each in await all_of(listing.from_().by_page(prefetch=prefetch))] == [
        [0, 1],
        [2, 3],
        [4, 5],
        [6, 7],
    ]


@PREFETCH
async def test_an_empty_page_is_not_the_end(prefetch: int) -> None:
    listing = Listing(page([], "1"), page([1], "2"), page([], "3"), page([], "4"), page([2], "5"), page([]))
    assert await all_of(listing.from_().items(prefetch=prefetch)) == [1, 2]
    assert [each.data for each in await all_of(listing.from_().by_page(prefetch=prefetch))] == [
        [],
        [1],
        [],
        [],
        [2],
        [],
    ]


@PREFETCH
async def test_an_empty_list_has_one_empty_page(prefetch: int) -> None:
    listing = Listing(page([]))
    assert await all_of(listing.from_().items(prefetch=prefetch)) == []
    assert await all_of(listing.from_().by_page(prefetch=prefetch)) == [page([])]


@PREFETCH
async def test_a_list_ends_where_the_server_says_so_whatever_cursor_it_names(prefetch: int) -> None:
    listing = Listing(page([1], "1"), page([2], "0", has_more=False), page([3]))
    assert await all_of(listing.from_().items(prefetch=prefetch)) == [1, 2]


@PREFETCH
async def test_a_walk_that_has_ended_stays_ended_and_asks_for_nothing(prefetch: int) -> None:
    listing = numbered(2)
    walk = listing.from_().by_page(prefetch=prefetch)
    await all_of(walk)
    for _ in range(3):
        with pytest.raises(StopAsyncIteration):
            await anext(walk)
    assert listing.asked == [None, "1"]


@PREFETCH
async def test_each_walk_starts_again(prefetch: int) -> None:
    listing = numbered(3)
    pages = listing.from_()
    assert await all_of(pages.items(prefetch=prefetch)) == list(range(6))
    assert [item async for item in pages] == list(range(6))
    assert [item async for item in pages] == list(range(6))
    assert listing.asked == [None, "1", "2"] * 3


async def test_several_tasks_may_walk_through_one_list_at_once() -> None:
    pages = numbered(5).from_()
    walks = [all_of(pages.items(prefetch=at % 2)) for at in range(6)]
    assert await asyncio.gather(*walks) == [list(range(10))] * 6


async def test_nothing_is_asked_for_before_the_walk_begins() -> None:
    listing = numbered(3)
    walk = listing.from_().by_page(prefetch=1)
    await asyncio.sleep(0)
    assert listing.asked == []
    await walk.aclose()
    assert repr(listing.from_()) == "<Pages of list_things>"


async def test_a_walk_can_start_at_a_cursor() -> None:
    listing = numbered(4)
    assert await all_of(listing.from_("2").items()) == [4, 5, 6, 7]
    assert (await listing.from_("3").first()).data == [6, 7]


async def test_the_first_page_is_asked_for_each_time() -> None:
    listing = numbered(3)
    pages = listing.from_()
    assert await pages.first() == await pages == page([0, 1], "1")
    assert [*await asyncio.gather(pages, listing.from_("2"))] == [page([0, 1], "1"), page([4, 5])]
    assert listing.asked == [None, None, None, "2"]


@pytest.mark.parametrize("walk", [list, sorted, iter])
def test_a_walk_without_async_says_what_to_write(walk: Callable[[Any], Any]) -> None:
    with pytest.raises(TypeError, match=r"write 'async for', not 'for'"):
        walk(numbered(3).from_())


@pytest.mark.parametrize("prefetch", [-1, 2, 100])
async def test_more_than_one_page_ahead_is_refused(prefetch: int) -> None:
    for start in (numbered(1).from_().by_page, numbered(1).from_().items):
        with pytest.raises(ValueError, match="prefetch"):
            start(prefetch=prefetch)


# Cursors that lead nowhere


@PREFETCH
@pytest.mark.parametrize("cursor", [None, ""])
async def test_more_without_a_cursor_is_refused(prefetch: int, cursor: str | None) -> None:
    listing = Listing(page([1], "1"), page([2], cursor, has_more=True))
    error, steps = await refused(listing.from_().by_page(prefetch=prefetch))
    assert steps == 1
    assert "names no cursor" in str(error)
    assert (error.cursor, error.operation) == ("1", "list_things")


@PREFETCH
@pytest.mark.parametrize("start", [None, "0"])
@pytest.mark.parametrize(("length", "back_to"), [(1, "1"), (2, "1"), (3, "1"), (4, "2"), (4, "4")])
async def test_a_cursor_seen_a_few_pages_before_is_refused_at_once(
    prefetch: int, start: str | None, length: int, back_to: str
) -> None:
    pages = [page([at], str(at + 1)) for at in range(length)] + [page([length], back_to)]
    listing = Listing(*pages)
    error, steps = await refused(listing.from_(start).by_page(prefetch=prefetch))
    assert steps == length
    assert len(listing.asked) == length + 1
    assert "for the second time" in str(error)
    assert error.cursor == str(length)


async def test_a_page_that_names_itself_is_refused_at_once() -> None:
    error, steps = await refused(Listing(page([0], "0")).from_("0").by_page())
    assert (steps, error.cursor) == (0, "0")


@pytest.mark.parametrize("length", [1, 2, 3, 1_000, 1_024])
async def test_a_short_circle_is_noticed_in_its_first_round(length: int) -> None:
    async def fetch(cursor: str | None) -> Page[int]:
        at = 0 if cursor is None else int(cursor) % length + 1
        return page([at], str(at))

    _, steps = await refused(Pages(fetch, cursor=None, operation="list_things").by_page())
    assert steps == length + 1 if length > 1 else steps <= 2


@pytest.mark.parametrize("before", [0, 1, 5_000])
@pytest.mark.parametrize("length", [1_025, 2_000, 4_097])
async def test_a_long_circle_is_noticed_in_a_few_rounds(before: int, length: int) -> None:
    async def fetch(cursor: str | None) -> Page[int]:
        at = 0 if cursor is None else int(cursor) + 1
        return page([at], str(at if at < before + length else before))

    _, steps = await refused(Pages(fetch, cursor=None, operation="list_things").by_page(), limit=100_000)
    assert before + length <= steps + 1 <= 3 * max(before, length) + length


async def test_asking_again_for_a_page_that_failed_is_no_circle() -> None:
    fails = 3

    async def fetch(cursor: str | None) -> Page[int]:
        nonlocal fails
        at = int(cursor or 0)
        if at and fails:
            fails -= 1
            raise ConnectionFailedError("lost")
        return page([at], str(at + 1) if at < 3 else None)

    walk = Pages(fetch, cursor=None, operation="list_things").by_page()
    got = list[int]()
    while len(got) < 4:
        try:
            got += (await anext(walk)).data
        except ConnectionFailedError as error:
            assert error.cursor == "1"
    assert got == [0, 1, 2, 3]


@examples()
@given(st.lists(st.integers(0, 30), max_size=30), st.integers(0, 1))
async def test_every_walk_ends_whatever_cursors_the_server_names(following: list[int], prefetch: int) -> None:
    listing = Listing(*(page([at], str(target)) for at, target in enumerate(following)), *[page([99])] * 31)
    walk = listing.from_().by_page(prefetch=prefetch)
    steps = 0
    try:
        async for _ in walk:
            steps += 1
    except ProtocolError as error:
        assert error.cursor in listing.asked
    assert steps <= 62


# Many pages


def depth() -> int:
    """How many frames deep the caller runs."""
    frame, count = inspect.currentframe(), 0
    while frame is not None:
        frame, count = frame.f_back, count + 1
    return count


@pytest.mark.parametrize(("prefetch", "size"), [(0, 1), (0, 0), (1, 0)])
async def test_20_000_pages_take_constant_memory_and_stack(prefetch: int, size: int) -> None:
    count = 20_000
    depths = list[int]()
    blocks = list[int]()

    async def fetch(cursor: str | None) -> Page[int]:
        at = int(cursor or 0)
        if at in {5_000, count - 5_000}:
            gc.collect()
            depths.append(depth())
            blocks.append(sys.getallocatedblocks())
        return page([at] * size, str(at + 1) if at + 1 < count else None)

    items = len(await all_of(Pages(fetch, cursor=None, operation="list_things").items(prefetch=prefetch)))
    assert items == count * size
    assert depths[0] == depths[1]
    # A walk that kept one small object a page would hold 10,000 more of them.
    assert blocks[1] - blocks[0] < 1_000 + 10_000 * size


# The page ahead


async def test_the_page_ahead_is_asked_for_before_the_consumer_gets_the_one_before_it() -> None:
    listing = numbered(4)
    walk = listing.from_().by_page(prefetch=1)
    for expected in ([None, "1"], [None, "1", "2"], [None, "1", "2", "3"], [None, "1", "2", "3"]):
        await anext(walk)
        assert listing.asked == expected  # without a turn of the loop in between
    assert len(asyncio.all_tasks()) == 1


async def test_the_page_ahead_comes_while_the_consumer_works() -> None:
    listing = numbered(4, turns=3)
    async with asyncio.timeout(PATIENCE):
        async for each in listing.from_().by_page(prefetch=1):
            at = each.data[0] // 2
            for _ in range(10):
                await asyncio.sleep(0)
            assert listing.came[-1] == (str(at + 1) if at < 3 else "3")
            assert len(listing.asked) <= at + 2  # one page ahead, and no more


async def test_without_prefetch_nothing_is_asked_for_ahead() -> None:
    listing = numbered(4)
    async for each in listing.from_().by_page():
        for _ in range(10):
            await asyncio.sleep(0)
        assert len(listing.asked) == each.data[0] // 2 + 1


async def test_the_page_ahead_travels_while_the_consumer_works_on_sockets() -> None:
    cursors = [{"cursor": {"data": [], "hasMore": True, "next": f"c{at}"}} for at in range(3)]
    last = {"cursor": {"data": [], "hasMore": False}}
    async with Scripted(*(answer(200, body) for body in [*cursors, last])) as server, calling(server.url) as client:
        walk = client.payments.list_payments().by_page(prefetch=1)
        async with asyncio.timeout(PATIENCE):
            for ahead in (2, 3, 4):
                await anext(walk)
                await server.arrived(ahead)
        assert (await anext(walk)).has_more is False
        assert await all_of(walk) == []
        assert server.begun == 4
    assert [request.target for request in server.requests][1:] == [f"/payments?cursor=c{at}" for at in range(3)]


async def _break(walk: AsyncIterator[Any]) -> None:
    async for _ in walk:
        break


async def _raise(walk: AsyncIterator[Any]) -> None:
    async def raising() -> None:
        async for _ in walk:
            raise KeyError

    with pytest.raises(KeyError):
        await raising()


async def _close(walk: AsyncIterator[Any]) -> None:
    await anext(walk)
    await walk.aclose()  # type: ignore[attr-defined]


async def _close_around_a_break(walk: AsyncIterator[Any]) -> None:
    async with aclosing(walk) as closed:  # type: ignore[type-var]
        async for _ in closed:
            break


async def _cancel(walk: AsyncIterator[Any]) -> None:
    holding = asyncio.Event()

    async def hold(walk: AsyncIterator[Any]) -> None:
        async for _ in walk:
            holding.set()
            await asyncio.Event().wait()

    task = asyncio.ensure_future(hold(walk))
    del walk
    await holding.wait()
    task.cancel()
    await asyncio.wait((task,))
    assert task.cancelled()


STOPS = [_break, _raise, _close, _close_around_a_break, _cancel]


@pytest.mark.parametrize("stop", STOPS)
@pytest.mark.parametrize("by_item", [False, True])
async def test_a_walk_that_is_left_stops_the_page_ahead(stop: Callable[[Any], Any], by_item: bool) -> None:
    before = asyncio.all_tasks()
    listing = numbered(9, hangs=("1",))
    pages = listing.from_()
    await stop(pages.items(prefetch=1) if by_item else pages.by_page(prefetch=1))
    for _ in range(2):
        await asyncio.sleep(0)
    assert (listing.asked, listing.came, listing.cancelled) == ([None, "1"], [None], ["1"])
    assert asyncio.all_tasks() == before


async def test_a_walk_may_be_collected_in_any_thread() -> None:
    before = asyncio.all_tasks()
    asyncio.get_running_loop().set_debug(True)  # it refuses what is not safe in threads
    listing = numbered(9, hangs=("1",))
    walks = [listing.from_().items(prefetch=1)]
    await anext(walks[0])
    await asyncio.to_thread(walks.clear)
    for _ in range(2):
        await asyncio.sleep(0)
    assert listing.cancelled == ["1"]
    assert asyncio.all_tasks() == before


@pytest.mark.parametrize("stop", STOPS)
async def test_a_walk_over_sockets_that_is_left_stops_the_page_ahead(stop: Callable[[Any], Any]) -> None:
    before = asyncio.all_tasks()
    first = answer(200, {"cursor": {"data": [], "hasMore": True, "next": "c"}})
    async with Scripted(first, never_answers) as server, calling(server.url) as client:
        await stop(client.payments.list_payments().by_page(prefetch=1))
        for _ in range(3):
            await asyncio.sleep(0)
        assert acquired(client) == 0
        assert asyncio.all_tasks() - server.tasks == before
        async with asyncio.timeout(PATIENCE):
            await server.left()


async def test_the_end_of_the_request_ahead_is_waited_for_by_aclose() -> None:
    listing = numbered(9, hangs=("1",))
    walk = listing.from_().by_page(prefetch=1)
    await anext(walk)
    await walk.aclose()
    assert listing.cancelled == ["1"]


@PREFETCH
@pytest.mark.parametrize("by_item", [False, True])
async def test_a_closed_walk_gives_nothing_and_may_be_closed_again(prefetch: int, by_item: bool) -> None:
    listing = numbered(9)
    pages = listing.from_()
    walk: Any = pages.items(prefetch=prefetch) if by_item else pages.by_page(prefetch=prefetch)
    await anext(walk)
    for _ in range(3):
        await walk.aclose()
        assert await all_of(walk) == []
    assert len(listing.asked) == 1 + prefetch
    assert await all_of(pages.items()) == list(range(18))  # only that walk has ended


async def test_a_walk_may_be_closed_before_it_begins_and_after_its_end() -> None:
    walk = numbered(2).from_().by_page(prefetch=1)
    await walk.aclose()
    assert await all_of(walk) == []
    walk = numbered(2).from_().by_page(prefetch=1)
    await all_of(walk)
    await walk.aclose()


@PREFETCH
async def test_a_walk_that_is_closed_during_a_step_ends_with_that_step(prefetch: int) -> None:
    before = asyncio.all_tasks()
    listing = numbered(9, turns=5)
    walk = listing.from_().by_page(prefetch=prefetch)
    await anext(walk)
    step = asyncio.ensure_future(_anext(walk))
    await asyncio.sleep(0)
    await walk.aclose()
    assert (await step).data == [2, 3]
    assert await all_of(walk) == []
    assert asyncio.all_tasks() == before
    assert listing.asked == [None, "1"]


async def _anext(walk: AsyncIterator[Any]) -> Any:
    return await anext(walk)


@pytest.mark.parametrize("outlives_its_loop", [False, True])
def test_an_error_of_the_page_ahead_that_nobody_asks_for_is_not_reported(
    caplog: pytest.LogCaptureFixture, outlives_its_loop: bool
) -> None:
    listing = Listing(page([1], "1"), ConnectionFailedError("lost"))
    walks = [listing.from_().by_page(prefetch=1)]

    async def leave() -> None:
        await anext(walks[0])
        for _ in range(5):
            await asyncio.sleep(0)
        assert listing.came == [None, "1"]
        if not outlives_its_loop:
            walks.clear()
            gc.collect()

    asyncio.run(leave())
    walks.clear()
    gc.collect()
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_a_walk_may_outlive_its_loop() -> None:
    walks = [numbered(9, hangs=("1",)).from_().by_page(prefetch=1)]
    loop = asyncio.new_event_loop()
    loop.run_until_complete(_anext(walks[0]))
    loop.close()
    walks.clear()  # cancelling on a closed loop would be an error that nobody can catch
    gc.collect()


# Two tasks


@PREFETCH
@pytest.mark.parametrize("by_item", [False, True])
async def test_a_second_task_on_one_walk_is_refused_and_the_first_goes_on(prefetch: int, by_item: bool) -> None:
    listing = numbered(3, turns=5)
    pages = listing.from_()
    walk: Any = pages.items(prefetch=prefetch) if by_item else pages.by_page(prefetch=prefetch)
    first = asyncio.ensure_future(_anext(walk))
    await asyncio.sleep(0)
    with pytest.raises(RuntimeError, match="give each its own iterator"):
        await anext(walk)
    got = [await first, *await all_of(walk)]
    assert got == (list(range(6)) if by_item else listing.pages)


@PREFETCH
async def test_tasks_that_take_turns_share_a_walk(prefetch: int) -> None:
    walk = numbered(3).from_().items(prefetch=prefetch)
    assert [await asyncio.create_task(_anext(walk)) for _ in range(6)] == list(range(6))


# Errors


@PREFETCH
async def test_an_error_says_where_to_go_on_and_both_ways_give_the_rest(prefetch: int) -> None:
    listing = numbered(4)
    good, listing.pages[2] = listing.pages[2], ServerError("failed", status=503)
    walk = listing.from_().items(prefetch=prefetch)
    assert [await anext(walk) for _ in range(4)] == [0, 1, 2, 3]
    with pytest.raises(ServerError) as error:
        await anext(walk)
    assert error.value.cursor == "2"
    listing.pages[2] = good
    assert await all_of(listing.from_(error.value.cursor).items()) == [4, 5, 6, 7]
    assert await all_of(walk) == [4, 5, 6, 7]


@PREFETCH
async def test_an_error_of_the_first_page_leads_to_the_start(prefetch: int) -> None:
    listing = Listing(ConnectionFailedError("lost"))
    for start in (None, "0"):
        pages = listing.from_(start)
        for doing in (
            pages,
            pages.first(),
            anext(pages.by_page(prefetch=prefetch)),
            anext(pages.items(prefetch=prefetch)),
        ):
            with pytest.raises(ConnectionFailedError) as error:
                await doing
            assert error.value.cursor == start


async def test_an_error_of_the_page_ahead_comes_after_the_page_before_it_is_used_up() -> None:
    listing = Listing(page([1, 2], "1"), ServerError("failed", status=500), turns=0)
    walk = listing.from_().items(prefetch=1)
    assert await anext(walk) == 1
    await asyncio.sleep(0)
    assert listing.came == [None, "1"]
    assert await anext(walk) == 2
    with pytest.raises(ServerError):
        await anext(walk)


@PREFETCH
async def test_a_bug_goes_through_and_the_walk_can_go_on(prefetch: int) -> None:
    listing = numbered(3)
    good, listing.pages[1] = listing.pages[1], KeyError("bug")
    walk = listing.from_().items(prefetch=prefetch)
    assert [await anext(walk), await anext(walk)] == [0, 1]
    with pytest.raises(KeyError):
        await anext(walk)
    listing.pages[1] = good
    assert await all_of(walk) == [2, 3, 4, 5]


OTHER_SHAPES = [
    {},
    [],
    {"data": []},
    {"cursor": None},
    {"cursor": []},
    {"cursor": {"data": {}, "hasMore": False}},
    {"cursor": {"data": "x", "hasMore": False}},
    {"cursor": {"data": []}},
    {"cursor": {"data": [], "hasMore": "no"}},
    {"cursor": {"data": [], "hasMore": True, "next": 5}},
    {"cursor": {"data": [{"id": 5}], "hasMore": False}},
    b"",
    b"<html>",
]


@PREFETCH
@pytest.mark.parametrize("body", OTHER_SHAPES)
async def test_a_page_of_another_shape_is_refused_with_its_cursor(body: Any, prefetch: int) -> None:
    first = answer(200, {"cursor": {"data": [], "hasMore": True, "next": "c"}})
    async with Scripted(first, answer(200, body)) as server, calling(server.url) as client:
        walk = client.payments.list_payments().by_page(prefetch=prefetch)
        await anext(walk)
        with pytest.raises(DecodeError) as error:
            await anext(walk)
        assert isinstance(error.value, ProtocolError)
        assert (error.value.cursor, error.value.operation) == ("c", "list_payments")


async def test_a_walk_over_sockets_goes_on_from_the_cursor_of_its_error() -> None:
    def bodies(at: int) -> dict[str, Any]:
        return {"cursor": {"data": [], "hasMore": at < 2, "next": f"c{at}"}}

    steps = [answer(200, bodies(0)), sends_and_resets(), answer(200, bodies(1)), answer(200, bodies(2))]
    async with Scripted(*steps) as server, calling(server.url) as client:
        with pytest.raises(ConnectionFailedError) as error:
            await all_of(client.payments.list_payments(page_size=7).by_page())
        assert error.value.cursor == "c0"
        assert len(await all_of(client.payments.list_payments(cursor=error.value.cursor).by_page())) == 2
    targets = [request.target for request in server.requests]
    assert targets == ["/payments?pageSize=7", "/payments?cursor=c0", "/payments?cursor=c0", "/payments?cursor=c1"]


@PREFETCH
async def test_a_whole_list_of_the_sandbox(client: PaymentsClient, prefetch: int) -> None:
    payments = client.payments.list_payments(page_size=100)
    pages = [each async for each in payments.by_page(prefetch=prefetch)]
    assert [(len(each.data), each.has_more, each.page_size) for each in pages] == [
        (100, True, 100),
        (100, True, 100),
        (50, False, 100),
    ]
    assert pages[0].previous is None
    assert pages[-1].next is None
    assert len({item.id async for item in payments.items(prefetch=prefetch)}) == 250
    assert [item async for item in client.payments.list_payments(cursor=pages[1].next)] == pages[2].data
