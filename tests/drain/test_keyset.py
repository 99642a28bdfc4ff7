"""Drains along a key: whatever order the server has, whatever comes and goes, each item comes once."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from types import SimpleNamespace
from typing import Any, TypeAlias
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments_async.drain import DrainError
from payments_async.drain.cutting import sliced, sorts_and_filters_by_key
from payments_async.drain.resources import LISTINGS
from payments_async.drain.source import Order, Source
from payments_async.wire.call import Page
from tests.drain.lists import Asked, Lists, Memory, Row, account, connected, drained, numbered, payment
from tests.properties import examples
from tests.wire.scripted import at_once

COLLATIONS: list[Callable[[str], Any]] = [
    str,
    lambda text: (text.casefold(), text),
    lambda text: (len(text), text),
    lambda text: text[::-1],
    lambda text: [-ord(each) for each in text] + [1],
    lambda text: (text.strip("-_"), text),
    lambda text: sha256(text.encode()).digest(),
]
"""Orders that a server's database may have, and some that none has."""

REFERENCES = st.text("aAbB19é-", min_size=1, max_size=3)
Name: TypeAlias = tuple[str, int]
Schedule: TypeAlias = list[list[tuple[bool, Name]]]
NAMES = st.tuples(REFERENCES, st.just(0))
TIED = st.tuples(st.sampled_from("abc"), st.integers(0, 12))


class Changing:
    """Lists of one resource whose items come and go by a schedule, one entry before each answer.

    Args:
        resource: `payments` or `accounts`.
        start: References and numbers of the items that there are at first.
        schedule: What is there no more, or is there, before each of the answers that follow the first three, in which
            the drain finds the newest row, and finds out whether the server heeds keys.
    """

    def __init__(
        self,
        resource: str,
        start: set[Name],
        schedule: Schedule,
        **kind: Any,
    ) -> None:
        self.lists = Lists(meanwhile=self._change, **kind)
        self._resource = resource
        self._rows = self.lists.tables[f"/{resource}"]
        self._rows += [self._row(resource, name) for name in start]
        self._schedule = iter([[], [], [], *schedule])
        self.throughout = {row["id"] for row in self._rows}
        self.ever = set(self.throughout)

    @staticmethod
    def _row(resource: str, name: tuple[str, int]) -> Row:
        return account(*name) if resource == "accounts" else payment(name[0])

    async def _change(self, _: Asked) -> None:
        for comes, name in next(self._schedule, []):
            row = self._row(self._resource, name)
            if row in self._rows:
                self._rows.remove(row)
                self.throughout.discard(row["id"])
            if comes:
                self._rows.append(row)
                self.ever.add(row["id"])

    def check(self, sink: Memory) -> None:
        """Each once is what the sink itself sees to."""
        names = {row.id for row in sink.rows}
        assert self.throughout <= names <= self.ever


def schedules(names: st.SearchStrategy[Name]) -> st.SearchStrategy[Schedule]:
    return st.lists(st.lists(st.tuples(st.booleans(), names), max_size=4), max_size=40)


@examples(150)
@given(st.sets(NAMES, max_size=60), schedules(NAMES), st.sampled_from(COLLATIONS), st.integers(1, 6), st.integers(1, 9))
def test_payments_that_are_there_throughout_come_once(
    start: set[Name],
    schedule: Schedule,
    collation: Callable[[str], Any],
    partitions: int,
    page_size: int,
) -> None:
    changing, sink = Changing("payments", start, schedule, collation=collation), Memory()
    report = at_once(drained(changing.lists, "payments", sink, partitions=partitions, page_size=page_size))
    changing.check(sink)
    assert report.items == len(sink.rows)
    assert (report.strategy, report.done) == ("keyset", True)


@examples(150)
@given(st.sets(TIED, max_size=40), schedules(TIED), st.sampled_from(COLLATIONS), st.integers(1, 4), st.integers(1, 9))
def test_accounts_of_one_reference_come_once_each(
    start: set[Name],
    schedule: Schedule,
    collation: Callable[[str], Any],
    partitions: int,
    page_size: int,
) -> None:
    changing, sink = Changing("accounts", start, schedule, collation=collation), Memory()
    at_once(drained(changing.lists, "accounts", sink, partitions=partitions, page_size=page_size))
    changing.check(sink)


@examples(40)
@given(
    st.sets(REFERENCES, min_size=2, max_size=40),
    st.sampled_from(COLLATIONS),
    st.integers(1, 9),
    st.integers(1, 9),
    st.booleans(),
)
def test_slices_are_one_behind_the_other_from_end_to_end(
    names: set[str], collation: Callable[[str], Any], count: int, page_size: int, opaque: bool
) -> None:
    async def cut() -> None:
        lists = Lists(payments=map(payment, names), collation=collation, opaque=opaque)
        async with connected(lists) as client:
            source = Source(client=client, listing=LISTINGS["payments"], page_size=page_size)
            assert await sorts_and_filters_by_key(source)
            slices = await sliced(source, count)
        pages = -(-len(names) // page_size)
        assert 1 <= len(slices) <= count
        if not opaque and len(names) > 10:  # as many as were looked at together
            assert len(slices) >= min(count, pages) - 1
        by_start = sorted(slices, key=lambda each: (each.after is not None, collation(each.after or "")))
        assert [each.after for each in by_start] == [None, *(each.to for each in by_start[:-1])]
        assert by_start[-1].to is None

    at_once(cut())


async def test_slices_are_as_many_as_asked_for_and_about_as_long() -> None:
    sink = Memory()
    report = await drained(Lists(payments=numbered(800)), "payments", sink, partitions=8, page_size=100)
    lengths = [each.items for each in sink.ledger if each.partition.number]
    assert report.partitions == 8
    assert sum(lengths) == 800
    assert all(80 < length < 125 for length in lengths)


@pytest.mark.parametrize(("at_once", "rounds"), [(1, 14), (8, 3)])
@pytest.mark.parametrize("rows", [11, 50, 333, 1000, 2500, 4999])
async def test_a_list_is_counted_in_few_rounds_and_not_too_short(rows: int, at_once: int, rounds: int) -> None:
    lists = Lists(payments=numbered(rows))
    async with connected(lists) as client:
        source = Source(client=client, listing=LISTINGS["payments"], page_size=10)
        assert await sorts_and_filters_by_key(source)
        slices = await sliced(source, 2, at_once)
    # What comes beyond the expected length cannot be shared among others.
    assert rows <= sum(each.rows or 0 for each in slices) <= rows + max(1, rows // 32) + 1
    looks = [asked for asked in lists.asked if asked.size == 1 and not asked.filter]
    assert len(looks) - 1 <= at_once * rounds  # one of them is the cut


async def test_no_more_rows_are_counted_than_the_server_has_offsets() -> None:
    class Endless(Source):
        async def keyed(self, *_: Any, offset: int = 0, **__: Any) -> Page[Any]:
            offsets.append(offset)
            assert len(offsets) < 100, "it counts without end"
            return Page(data=[SimpleNamespace(reference="a")], has_more=True)

        async def page(self, *_: Any, **__: Any) -> Page[Any]:
            return Page(data=[], has_more=False)

        def reaches(self, sort: Order) -> bool:
            return bool(sort)

    offsets = list[int]()
    async with connected(Lists()) as client:
        await sliced(Endless(client=client, listing=LISTINGS["payments"]), 8, 8)
    assert max(offsets) < 2**31


MANY_KINDS: dict[str, Callable[[int], str]] = {
    "uuid": lambda number: str(UUID(int=number * 0x9E3779B97F4A7C15F39CC0605CEDC834 % 2**128)),
    "prefixed uuid": lambda number: f"pay_{UUID(int=number * 0x9E3779B97F4A7C15F39CC0605CEDC834 % 2**128)}",
    "mixed": lambda number: f"{('ch_', 'pi_', 'TR-')[number % 3]}{number * 7919 % 1009:05}{'aZ'[number % 2]}",
    "accents": lambda number: f"{'éeÉE'[number % 4]} {'ü' * (number % 5)}{number}",
    "one prefix": lambda number: f"{'x' * 40}{number:06}",
    "repeated letter": lambda number: "u" * (number + 1),
}


@pytest.mark.parametrize("collation", COLLATIONS)
@pytest.mark.parametrize("kind", MANY_KINDS)
async def test_eight_partitions_are_eight_whatever_the_keys_are(kind: str, collation: Callable[[str], Any]) -> None:
    sink, rows = Memory(), [payment(MANY_KINDS[kind](number)) for number in range(200)]
    report = await drained(Lists(payments=rows, collation=collation), "payments", sink, partitions=8, page_size=10)
    assert (report.partitions, report.items) == (8, 200)
    assert max(each.items for each in sink.ledger) <= 35


@pytest.mark.parametrize("count", [1, 10])
async def test_a_list_of_one_page_is_one_partition(count: int) -> None:
    report = await drained(Lists(payments=numbered(count)), "payments", Memory(), partitions=8, page_size=10)
    assert (report.partitions, report.items) == (1, count)


async def test_an_empty_list_is_drained_in_one_partition() -> None:
    sink = Memory()
    report = await drained(Lists(), "payments", sink, partitions=4)
    assert (report.partitions, report.items, report.done, report.share) == (1, 0, True, 1.0)
    assert sink.rows == []
    assert sink.finished == sink.closed == 1


async def test_pages_are_asked_for_by_key_and_none_twice() -> None:
    lists, sink = Lists(payments=numbered(250)), Memory()
    await drained(lists, "payments", sink, query={"$match": {"status": "SUCCEEDED"}}, page_size=100)
    assert not any(asked.cursor for asked in lists.asked[-4:])
    match = {"$match": {"status": "SUCCEEDED"}}
    assert [asked.filter for asked in lists.asked[-4:]] == [
        match,
        {"$and": [match, {"$gte": {"reference": "0099"}}]},
        {"$and": [match, {"$gte": {"reference": "0198"}}]},
        {"$and": [match, {"$gt": {"reference": "0249"}}]},
    ]
    assert [asked.sort for asked in lists.asked[-4:]] == [*3 * [["reference:asc"]], ["reference:desc"]]


@pytest.mark.parametrize("count", [1, 9, 10, 11, 25, 35])
async def test_more_accounts_of_one_reference_than_a_page_holds(count: int) -> None:
    rows = [account(name, number) for name in "abc" for number in range(count if name == "b" else 3)]
    lists, sink = Lists(accounts=reversed(rows)), Memory()
    await drained(lists, "accounts", sink, page_size=10)
    assert sorted(row.id for row in sink.rows) == [row["id"] for row in rows]


async def test_more_accounts_of_one_reference_than_a_page_holds_while_some_go_away() -> None:
    # Each time just before the page that the 21st account would be the first of, or the last but one.
    rows = [account("a", number) for number in range(30)]
    lists, sink = Lists(accounts=rows), Memory()
    gone = {(1, 20): 1, (2, 10): 10}
    passes = 0

    async def remove_the_first(asked: Asked) -> None:
        nonlocal passes
        if asked.filter == {"$match": {"reference": "a"}}:
            passes += asked.offset == 0
            del lists.accounts[: gone.get((passes, asked.offset), 0)]

    lists.meanwhile = remove_the_first
    await drained(lists, "accounts", sink, page_size=10)
    assert {row["id"] for row in lists.accounts} <= {row.id for row in sink.rows}


async def test_a_server_that_stops_heeding_keys_is_an_error_and_no_endless_loop() -> None:
    lists, sink = Lists(payments=numbered(30)), Memory()

    async def forget(_: Asked) -> None:
        lists._filters = not (len(lists.asked) > 4)

    lists.meanwhile = forget
    with pytest.raises(DrainError, match=r"does not begin where .*strategy='cursor'"):
        await drained(lists, "payments", sink, page_size=10)
    assert len(sink.rows) == 10


# A server that misbehaves from the third page on: what it returns in place of each page.

Misbehaving: TypeAlias = Callable[[list[Row]], list[Row]]

MISBEHAVIOURS: dict[str, tuple[Misbehaving, str]] = {
    "an item twice": (lambda rows: [*rows[:5], *rows[4:9]], "same item twice"),
    "another item of a key": (lambda rows: [*rows[:9], {**rows[8], "id": "another"}], "has the same one twice"),
    "the page before again": (lambda rows: [rows[0], *rows[:9]], "again"),
    "a gap": (lambda rows: rows[3:], "does not begin where"),
    "not sorted": (lambda rows: [rows[0], rows[2], rows[1], rows[2]], "twice"),
}


class Unreliable(Lists):
    """Lists whose pages by key are changed before they are returned."""

    def __init__(self, change: Misbehaving, **options: Any) -> None:
        super().__init__(**options)
        self._change = change

    def _page(self, asked: Asked) -> dict[str, Any]:
        page = super()._page(asked)
        if asked.offset == 0 and asked.size == 10 and "$gt" in str(asked.filter) and len(self.asked) > 15:
            page["data"] = self._change(page["data"])
        return page


@pytest.mark.parametrize("name", MISBEHAVIOURS)
async def test_a_page_that_does_not_fit_the_one_before_it_is_an_error(name: str) -> None:
    change, said = MISBEHAVIOURS[name]
    served, sink = Unreliable(change, payments=numbered(100)), Memory()
    with pytest.raises(DrainError, match=said) as caught:
        await drained(served, "payments", sink, page_size=10)
    assert "what was committed is kept" in str(caught.value)
    assert [row.reference for row in sink.rows] == [f"{number:04}" for number in range(len(sink.rows))]
    assert 0 < len(sink.rows) < 100


@pytest.mark.parametrize("before", [1, 5])
async def test_accounts_of_the_page_before_again_are_an_error(before: int) -> None:
    accounts = [account(f"{number // 2:04}", number) for number in range(100)]
    shown: list[list[Row]] = [[]]

    def repeat(rows: list[Row]) -> list[Row]:
        shown.append([*shown[-1][-before:], *rows][:10])
        return shown[-1]

    served, sink = Unreliable(repeat, accounts=accounts), Memory()
    with pytest.raises(DrainError, match=r"again|twice|not sorted"):
        await drained(served, "accounts", sink, page_size=10)
    ids = [row.id for row in sink.rows]
    assert len(ids) == len(set(ids))


class Cut(Lists):
    """Lists of which so many pages by key are half as long as asked for, and announce no more."""

    def __init__(self, cuts: int, **options: Any) -> None:
        super().__init__(**options)
        self._cuts = cuts

    def _page(self, asked: Asked) -> dict[str, Any]:
        page = super()._page(asked)
        by_key = asked.size >= 10 and asked.sort[:1] == ["reference:asc"] and "$or" not in str(asked.filter)
        if by_key and len(self.asked) > 6 and self._cuts:
            self._cuts -= 1
            return {**page, "hasMore": False, "next": "", "data": page["data"][: len(page["data"]) // 2]}
        return page


@pytest.mark.parametrize("resource", ["payments", "accounts"])
@pytest.mark.parametrize("cuts", [1, 2, 8])
@pytest.mark.parametrize("partitions", [1, 3])
async def test_that_nothing_follows_is_not_believed_before_the_list_shows_it_backwards(
    resource: str, cuts: int, partitions: int
) -> None:
    payments, accounts = numbered(95), [account(f"{number:04}") for number in range(95)]
    served, sink = Cut(cuts, payments=payments, accounts=accounts), Memory()
    options: dict[str, Any] = {"page_size": 10, "partitions": partitions, "strategy": "keyset"}
    report = await drained(served, resource, sink, **options)
    assert (report.items, report.done) == (95, True)


async def test_rows_that_are_only_shown_backwards_are_an_error() -> None:
    class Hiding(Lists):
        def _page(self, asked: Asked) -> dict[str, Any]:
            page = super()._page(asked)
            hidden = asked.sort == ["reference:asc"] and "$gt" in str(asked.filter)
            return {**page, "hasMore": False, "next": "", "data": page["data"][:1]} if hidden else page

    sink = Memory()
    with pytest.raises(DrainError, match="shows backwards are missing forwards"):
        await drained(Hiding(payments=numbered(95)), "payments", sink, page_size=10, strategy="keyset")
    assert len(sink.rows) == 10


async def test_a_range_that_ends_before_its_last_row_is_an_error() -> None:
    class Short(Cut):
        def _page(self, asked: Asked) -> dict[str, Any]:
            page = super()._page(asked)
            backwards = asked.sort == ["reference:desc"] and "$gt" in str(asked.filter)
            return {**page, "hasMore": False, "next": "", "data": []} if backwards else page

    sink = Memory()
    with pytest.raises(DrainError, match="the last item of a range is missing from it"):
        await drained(Short(8, payments=numbered(95)), "payments", sink, page_size=10, partitions=2, strategy="keyset")
    assert len(sink.rows) < 95


@pytest.mark.parametrize("resource", ["payments", "accounts"])
async def test_rows_beyond_the_range_of_a_page_are_an_error(resource: str) -> None:
    class Unbounded(Lists):
        def _meets(self, row: Row, condition: Any) -> bool:
            bound = bool(condition) and "$lte" in condition and len(sink.rows) > 20
            return bound or super()._meets(row, condition)

    accounts, sink = [account(f"{number:04}") for number in range(95)], Memory()
    with pytest.raises(DrainError, match="beyond the range that it was asked for"):
        await drained(
            Unbounded(payments=numbered(95), accounts=accounts),
            resource,
            sink,
            page_size=10,
            partitions=3,
            strategy="keyset",
        )


@pytest.mark.parametrize("resource", ["payments", "accounts"])
async def test_a_drain_ends_while_rows_keep_coming_at_the_end(resource: str) -> None:
    served, sink = Lists(payments=numbered(95), accounts=[account(f"{number:04}") for number in range(95)]), Memory()

    async def add_at_the_end(_: Asked) -> None:
        new = f"{len(served.tables[f'/{resource}']):04}"
        served.tables[f"/{resource}"].append(payment(new) if resource == "payments" else account(new))

    served.meanwhile = add_at_the_end
    report = await drained(served, resource, sink, page_size=10, strategy="keyset")
    assert report.done
    assert 95 <= len(sink.rows) <= 95 + len(served.asked)
    assert len(served.asked) < 60


async def test_a_row_that_is_removed_and_added_again_between_two_requests_is_no_gap() -> None:
    served, sink = Lists(payments=numbered(50)), Memory()
    removed: list[Row] = []

    async def blink(asked: Asked) -> None:
        if removed:
            served.payments.append(removed.pop())
        elif "'$gte': {'reference': '0018'}" in str(asked.filter):
            removed.append(next(row for row in served.payments if row["reference"] == "0018"))
            served.payments.remove(removed[0])
            served.meanwhile = once

    async def once(_: Asked) -> None:
        if removed:
            served.payments.append(removed.pop())

    served.meanwhile = blink
    report = await drained(served, "payments", sink, page_size=10)
    assert report.items == 50


async def test_what_is_left_of_a_long_slice_is_shared_with_idle_workers() -> None:
    # Most of the first slice goes away after the cut: its worker comes to help with the second one.
    lists, sink = Lists(payments=numbered(1000)), Memory()

    async def thin_out(asked: Asked) -> None:
        if asked.sort == ["reference:asc"] and "$lte" in str(asked.filter) and len(lists.payments) == 1000:
            del lists.payments[20:480]

    lists.meanwhile = thin_out
    report = await drained(lists, "payments", sink, partitions=2, page_size=10)
    assert {row["reference"] for row in lists.payments} <= {row.reference for row in sink.rows}
    assert report.partitions > 2
    assert lists.most_under_way == 2


async def test_a_slice_with_fewer_rows_than_expected_is_not_cut_again_and_again() -> None:
    lists, sink = Lists(payments=numbered(1000)), Memory()

    async def thin_out(_: Asked) -> None:
        if len(sink.rows) > 50 and len(lists.payments) == 1000:
            del lists.payments[100:]

    lists.meanwhile = thin_out
    report = await drained(lists, "payments", sink, page_size=10, resume=True)
    lists.asked.clear()
    assert report.items <= 110
    assert sum(asked.size == 1 for asked in lists.asked) <= 8


@examples(50)
@given(
    st.sets(st.integers(0, 99), max_size=8),
    st.tuples(st.integers(100, 900), st.integers(20, 90)),
    schedules(st.integers(0, 999).map(lambda number: (f"{number:03}", 0))),
    st.sampled_from(COLLATIONS),
    st.tuples(st.integers(2, 5), st.integers(1, 3)),
)
def test_slices_that_are_cut_while_rows_come_and_go_lose_none(
    few: set[int], many: tuple[int, int], schedule: Schedule, collation: Callable[[str], Any], pages: tuple[int, int]
) -> None:
    start = {(f"{number:03}", 0) for number in [*few, *range(many[0], sum(many))]}
    changing, sink = Changing("payments", start, schedule, collation=collation), Memory()
    at_once(drained(changing.lists, "payments", sink, partitions=pages[0], page_size=pages[1]))
    changing.check(sink)


async def test_nothing_is_cut_that_is_about_to_end() -> None:
    rows = [payment(f"{number:04}") for number in [0, *range(5001, 5030)]]
    report = await drained(Lists(payments=rows), "payments", Memory(), partitions=2, page_size=10)
    assert report.partitions == 2


async def test_partitions_that_are_left_over_are_drained_by_fewer_workers() -> None:
    lists, sink = Lists(payments=numbered(400)), Memory()

    async def break_down(asked: Asked) -> None:
        if asked.filter and asked.size == 10:
            raise ConnectionResetError

    lists.meanwhile = break_down
    with pytest.raises(ConnectionResetError):
        await drained(lists, "payments", sink, partitions=8, page_size=10, strategy="keyset")
    lists.meanwhile = None
    lists.most_under_way = 0
    report = await drained(lists, "payments", sink, page_size=10, resume=True)
    assert report.items == 400
    assert lists.most_under_way == 1
