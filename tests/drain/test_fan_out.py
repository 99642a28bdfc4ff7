"""A call for each item of a list: as many at once as asked for, in whatever order they end, and each once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments_async import NotFoundError, PaymentsClient
from payments_async.drain import Drain, DrainError, FanOut, Step
from payments_async.models import AccountBalance, Pool
from payments_async.sandbox import Sandbox
from tests.drain.lists import Asked, Lists, Memory, Refusal, account, balance, connected, drained, pool
from tests.properties import examples
from tests.wire.scripted import at_once

PAGE = 5


@attrs.frozen(kw_only=True)
class Note:
    """A row of a fan-out of a test's own."""

    id: str
    text: str = ""


def accounts_with_balances(names: str, each: int = 2) -> Lists:
    """Accounts, each of which has some balances."""
    rows = [account(name) for name in names]
    others = {f"/accounts/{row['id']}/balances": [balance(row["id"], n) for n in range(each)] for row in rows}
    return Lists(accounts=rows, others=others)


def add_account(lists: Lists, name: str, each: int = 2) -> None:
    row = account(name)
    lists.accounts.append(row)
    lists.tables[f"/accounts/{row['id']}/balances"] = [balance(row["id"], number) for number in range(each)]


def balances(sink: Memory) -> Counter[str]:
    """How many balances of each account there are."""
    return Counter(row.account_id.partition("/")[0] for row in sink.rows)


def called(lists: Lists) -> list[str]:
    """The accounts whose balances were asked for, in order, each as often as it was."""
    return [asked.path.split("/")[2] for asked in lists.asked if asked.path.endswith("balances") and not asked.cursor]


async def test_all_balances_of_all_accounts_come_once_each() -> None:
    lists, sink = accounts_with_balances("abcdefghijkl", 3), Memory()
    report = await drained(lists, "balances", sink, page_size=PAGE)
    assert balances(sink) == dict.fromkeys("abcdefghijkl", 3)
    assert (report.resource, report.items, report.strategy, report.done) == ("balances", 36, "keyset", True)
    assert sorted(called(lists)) == list("abcdefghijkl")


@pytest.mark.parametrize("concurrency", [1, 3, 8])
@pytest.mark.parametrize("partitions", [1, 3])
async def test_so_many_calls_are_made_at_once_and_no_more(concurrency: int, partitions: int) -> None:
    lists, sink = accounts_with_balances("abcdefghijklmnopqrstuvwxyz"), Memory()
    under_way, most = 0, 0

    async def take_turns(asked: Asked) -> None:
        nonlocal under_way, most
        if asked.path.endswith("balances"):
            under_way += 1
            most = max(most, under_way)
            await asyncio.sleep(0.001)
            under_way -= 1

    lists.meanwhile = take_turns
    await drained(lists, "balances", sink, page_size=20, concurrency=concurrency, partitions=partitions)
    assert most == concurrency
    assert balances(sink) == dict.fromkeys("abcdefghijklmnopqrstuvwxyz", 2)


@examples(60)
@given(
    st.lists(st.integers(0, 30), min_size=12, max_size=12),
    st.lists(st.integers(0, 11), max_size=4),
    st.integers(1, 3),
    st.integers(1, 5),
)
def test_in_whatever_order_calls_end_and_break_each_is_committed_once(
    turns: list[int], breaks: list[int], partitions: int, page_size: int
) -> None:
    names = "abcdefghijkl"
    lists, sink = accounts_with_balances(names), Memory()
    failing = [names[number] for number in breaks]

    async def take_time(asked: Asked) -> None:
        if asked.path.endswith("balances"):
            name = asked.path.split("/")[2]
            for _ in range(turns[names.index(name)]):
                await asyncio.sleep(0)
            if name in failing:
                failing.remove(name)
                raise Refusal(404)

    async def run() -> None:
        lists.meanwhile = take_time
        for _ in range(len(breaks) + 1):
            try:
                await drained(lists, "balances", sink, page_size=page_size, partitions=partitions, resume=True)
            except NotFoundError:
                continue
            return

    at_once(run())
    assert balances(sink) == dict.fromkeys(names, 2)
    assert not failing


async def test_calls_that_were_done_before_a_break_are_not_made_again() -> None:
    lists, sink = accounts_with_balances("abcde"), Memory()

    async def break_c(asked: Asked) -> None:
        if asked.path == "/accounts/c/0000/balances":
            await sink.has(8)  # the other four are committed
            raise Refusal(404)

    lists.meanwhile = break_c
    with pytest.raises(NotFoundError):
        await drained(lists, "balances", sink, page_size=PAGE)
    assert balances(sink) == dict.fromkeys("abde", 2)
    (checkpoint,) = sink.ledger
    assert set(checkpoint.finished) == {"a/0000", "b/0000", "d/0000", "e/0000"}
    lists.meanwhile = None
    lists.asked.clear()
    report = await drained(lists, "balances", sink, page_size=PAGE, resume=True)
    assert called(lists) == ["c"]
    assert balances(sink) == dict.fromkeys("abcde", 2)
    (checkpoint,) = sink.ledger
    assert (checkpoint.finished, report.items) == ((), 10)


async def test_accounts_that_come_before_those_that_are_done_do_not_make_these_come_again() -> None:
    lists, sink = accounts_with_balances("bdfhj"), Memory()

    async def break_b(asked: Asked) -> None:
        if asked.path == "/accounts/b/0000/balances":
            await sink.has(8)
            raise Refusal(404)

    lists.meanwhile = break_b
    with pytest.raises(NotFoundError):
        await drained(lists, "balances", sink, page_size=PAGE)
    lists.meanwhile = None
    for name in "aceg":
        add_account(lists, name)
    await drained(lists, "balances", sink, page_size=PAGE, resume=True)
    assert balances(sink) == dict.fromkeys("abcdefghj", 2)


async def test_accounts_that_have_gone_leave_nothing_behind() -> None:
    lists, sink = accounts_with_balances("abcdefgh"), Memory()

    async def break_d(asked: Asked) -> None:
        if asked.path == "/accounts/d/0000/balances":
            await sink.has(6)
            raise Refusal(404)

    lists.meanwhile = break_d
    with pytest.raises(NotFoundError):
        await drained(lists, "balances", sink, page_size=PAGE)
    lists.meanwhile = None
    assert {name for each in sink.ledger for name in each.finished} == {"a/0000", "b/0000", "c/0000"}
    del lists.accounts[:2]
    await drained(lists, "balances", sink, page_size=PAGE, resume=True)
    assert balances(sink) == dict.fromkeys("abcdefgh", 2)
    assert all(each.finished == () for each in sink.ledger)


async def test_a_call_that_fails_ends_the_others_and_what_came_is_committed() -> None:
    lists, sink = accounts_with_balances("abcde"), Memory()
    ended = list[str]()

    async def hang_or_fail(asked: Asked) -> None:
        name = asked.path.split("/")[2] if asked.path.endswith("balances") else ""
        if name in ("d", "e"):
            try:
                await asyncio.Event().wait()
            finally:
                for _ in range(20):  # it takes its time to end
                    await asyncio.sleep(0)
                ended.append(name)
        if name == "c":
            await sink.has(4)
            raise Refusal(404)

    lists.meanwhile = hang_or_fail
    with pytest.raises(NotFoundError) as caught:
        await drained(lists, "balances", sink, page_size=PAGE)
    assert caught.value.operation == "get_account_balances"
    assert sorted(ended) == ["d", "e"]
    assert balances(sink) == dict.fromkeys("ab", 2)


async def test_cancelled_in_the_midst_of_calls_none_goes_on() -> None:
    lists, sink = accounts_with_balances("abcde"), Memory()
    begun, before = asyncio.Event(), asyncio.all_tasks()

    async def hang(asked: Asked) -> None:
        if asked.path.endswith("balances"):
            begun.set()
            await asyncio.Event().wait()

    lists.meanwhile = hang
    async with connected(lists) as client:
        task = asyncio.create_task(Drain(client, "balances", sink, page_size=PAGE).run())
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert asyncio.all_tasks() == before
    assert lists.under_way == 0


@pytest.mark.parametrize("resource", ["balances", "accounts"])
async def test_a_sink_that_fails_leaves_no_walk_half_way(resource: Any) -> None:
    lists, sink = Lists(), Memory()
    for number in range(200):
        add_account(lists, f"{number:03}", 1)

    async def fail_late(steps: Sequence[Step]) -> None:
        if any(step.rows for step in steps):
            for _ in range(1_000):  # until what was read waits to be taken
                await asyncio.sleep(0)
            raise DrainError("the disk is full")

    sink.during, before = fail_late, asyncio.all_tasks()
    async with connected(lists) as client:
        with pytest.raises(DrainError, match="the disk is full"):
            await Drain(client, resource, sink, page_size=PAGE).run()
        # Whoever finds a walk that nobody has ended makes a task of ending it.
        assert asyncio.all_tasks() == before


async def test_a_long_slice_of_accounts_is_shared_with_idle_workers() -> None:
    # Most accounts of the second half go away after the cut.
    names = [f"{number:04}" for number in range(400)]
    lists, sink = Lists(), Memory()
    for name in names:
        add_account(lists, name, 1)

    async def thin_out(asked: Asked) -> None:
        if asked.path.endswith("balances") and len(names) == 400:
            names[250:] = []
            del lists.accounts[250:]

    lists.meanwhile = thin_out
    report = await drained(lists, "balances", sink, page_size=PAGE, partitions=2)
    assert report.partitions > 2
    assert balances(sink) == dict.fromkeys(names, 1)


async def test_balances_that_are_repeated_at_the_border_of_pages_come_once() -> None:
    lists, sink = accounts_with_balances("a", 250), Memory()
    table = lists.tables["/accounts/a/0000/balances"]

    async def add_in_front(asked: Asked) -> None:
        if asked.path.endswith("balances") and asked.cursor:
            table.insert(0, balance("a/0000", 0, createdAt=f"2023-01-01T00:{len(lists.asked):02}:00Z"))

    lists.meanwhile = add_in_front
    await drained(lists, "balances", sink)
    assert {row.balance for row in sink.rows} == set(range(250))


# Fan-outs of the user's own


async def several(_: PaymentsClient, item: Any) -> list[Note]:
    await asyncio.sleep(0)
    return [Note(id=f"{item.id} {number}") for number in "12"]


async def pair(_: PaymentsClient, item: Any) -> tuple[Note, ...]:
    return Note(id=f"{item.id} 1"), Note(id=f"{item.id} 2")


async def one(_: PaymentsClient, item: Any) -> Note:
    return Note(id=item.id)


def generated(_: PaymentsClient, item: Any) -> AsyncIterator[Note]:
    async def notes() -> AsyncIterator[Note]:
        for number in "121":
            yield Note(id=f"{item.id} {number}")

    return notes()


@pytest.mark.parametrize(("call", "each"), [(several, 2), (pair, 2), (one, 1), (generated, 2)])
@pytest.mark.parametrize("of", ["accounts", "pools"])
async def test_a_call_gives_rows_as_it_likes(call: Any, each: int, of: str) -> None:
    lists = Lists(accounts=[account(f"{n:02}") for n in range(12)], others={"/pools": [pool(n) for n in range(12)]})
    sink = Memory()
    report = await drained(lists, FanOut(name="notes", of=of, call=call, model=Note), sink, page_size=PAGE)
    assert (report.resource, report.items, len({row.id for row in sink.rows})) == ("notes", 12 * each, 12 * each)
    assert report.strategy == ("keyset" if of == "accounts" else "cursor")


async def test_a_filter_is_one_of_the_items_that_are_called_for() -> None:
    lists, sink = accounts_with_balances("abcdef"), Memory()
    await drained(lists, "balances", sink, query={"$gt": {"reference": "c"}}, page_size=PAGE)
    assert balances(sink) == dict.fromkeys("def", 2)


@pytest.mark.parametrize("broken_at", [3, 8, 11])
async def test_items_that_are_listed_again_after_a_break_are_not_called_for_twice(broken_at: int) -> None:
    # Pools are followed by cursor, and those that arrive before it push others over the border once more.
    lists, sink, calls = Lists(others={"/pools": [pool(number) for number in range(10, 22)]}), Memory(), Counter[str]()

    async def call(_: PaymentsClient, item: Any) -> list[Note]:
        calls[item.id] += 1
        if sum(calls.values()) == broken_at + 1:
            raise LookupError("for now")
        return [Note(id=f"{item.id} {number}") for number in "12"]

    notes = FanOut(name="notes", of="pools", call=call, model=Note)
    with pytest.raises(LookupError):
        await drained(lists, notes, sink, page_size=PAGE, concurrency=1)
    lists.tables["/pools"][:0] = [pool(number) for number in range(3)]
    await drained(lists, notes, sink, page_size=PAGE, concurrency=1, resume=True)
    names = Counter(row.id[:9] for row in sink.rows)
    assert set(names.values()) == {2}
    assert {f"pool {number:04}" for number in range(10, 22)} <= set(names)


async def test_rows_of_a_fan_out_of_a_list_that_is_repeated_are_reported() -> None:
    lists, sink = Lists(others={"/pools": [pool(number) for number in range(10, 22)]}), Memory()

    async def add_in_front(asked: Asked) -> None:
        if asked.cursor and len(lists.tables["/pools"]) == 12:
            lists.tables["/pools"].insert(0, pool(1))

    lists.meanwhile = add_in_front
    notes = FanOut(name="notes", of="pools", call=one, model=Note)
    report = await drained(lists, notes, sink, page_size=PAGE)
    assert (report.items, report.repeats) == (12, 1)


def test_a_fan_out_of_no_list_is_refused() -> None:
    client = PaymentsClient("http://127.0.0.1:9")
    for of in ("balances", "refunds"):
        with pytest.raises(ValueError, match=f"there is no list '{of}': give one of payments, accounts"):
            Drain(client, FanOut(name="notes", of=of, call=one, model=Note), Memory())


# Against the sandbox


@pytest.mark.parametrize("partitions", [1, 4])
async def test_balances_of_the_sandbox_are_those_that_its_accounts_have(partitions: int) -> None:
    async with (
        Sandbox(payments=10, accounts=60, balances=900, auth=False) as sandbox,
        PaymentsClient(sandbox.url) as client,
    ):
        expected = list[AccountBalance]()
        async for each in client.accounts.list_accounts(page_size=100):
            expected += [row async for row in client.accounts.get_account_balances(each.id, page_size=100)]
        sink = Memory()
        report = await Drain(client, "balances", sink, partitions=partitions, page_size=20).run()
    assert report.items == len(expected) == 900
    key = attrs.astuple
    assert sorted(map(key, sink.rows)) == sorted(map(key, expected))


async def test_tasks_of_the_sandbox_are_those_of_all_connectors() -> None:
    async with (
        Sandbox(payments=10, connectors=11, tasks=250, auth=False) as sandbox,
        PaymentsClient(sandbox.url) as client,
    ):
        sink = Memory()
        report = await Drain(client, "tasks", sink).run()
        connectors = {each.connector_id for each in await client.connectors.list_all_connectors()}
    assert (report.items, report.strategy) == (250, "cursor")
    assert {row.connector_id for row in sink.rows} == connectors


async def test_pools_of_the_sandbox_are_fetched_one_by_one(client: PaymentsClient) -> None:
    async def fetched(own: PaymentsClient, item: Pool) -> Pool:
        return await own.pools.get_pool(item.id)

    sink = Memory()
    await Drain(client, FanOut(name="pool_details", of="pools", call=fetched, model=Pool), sink).run()
    assert sorted(sink.rows, key=lambda each: each.id) == sorted(
        [each async for each in client.pools.list_pools()], key=lambda each: each.id
    )
