"""How the pages follow each other: by key where the server heeds it, by cursor where not, and that is told once."""

from __future__ import annotations

import itertools
import logging
import random
from typing import Any, Literal

import pytest

from payments_async import PaymentsClient, PaymentsError, ServerError, ValidationError
from payments_async.drain import Drain, DrainError, DrainWarning
from payments_async.drain.cutting import sorts_and_filters_by_key
from payments_async.drain.resources import LISTINGS
from payments_async.drain.source import Source
from payments_async.sandbox import Fault, FaultKind, Sandbox
from tests.drain.lists import Asked, Lists, Memory, Refusal, Row, account, connected, drained, numbered, pool

COUNTS = [0, 1, 9, 10, 11, 35]
both_lists = pytest.mark.parametrize("resource", ["payments", "accounts"])


def shuffled(rows: list[Row], seed: int = 3) -> list[Row]:
    random.Random(seed).shuffle(rows)
    return rows


def lists(count: int, seed: int = 3, **kind: Any) -> Lists:
    """As many payments, and accounts of which each three share a reference, in no order."""
    accounts = [account(f"{number // 3:04}", number) for number in range(count)]
    return Lists(payments=shuffled(numbered(count), seed), accounts=shuffled(accounts, seed), **kind)


async def refuse_to_compare(asked: Asked) -> None:
    if "$gt" in str(asked.filter) or "$lte" in str(asked.filter):
        raise Refusal(400)


async def fail_to_sort(asked: Asked) -> None:
    if asked.sort and asked.sort[0].startswith("reference"):
        raise Refusal(500, "INTERNAL")


@both_lists
@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("partitions", [1, 3])
async def test_keys_are_used_where_the_server_heeds_them(resource: str, count: int, partitions: int) -> None:
    served, sink = lists(count), Memory()
    report = await drained(served, resource, sink, page_size=10, partitions=partitions)
    assert (report.strategy, report.items) == ("keyset", count)
    assert all(asked.size == 1 for asked in served.asked if asked.offset), "offsets are for counting and cutting"


@both_lists
@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("refuse", [refuse_to_compare, fail_to_sort])
@pytest.mark.parametrize("partitions", [1, 3])
async def test_a_server_that_refuses_keys_is_followed_by_cursor_and_that_is_told_once(
    caplog: pytest.LogCaptureFixture, resource: str, count: int, refuse: Any, partitions: int
) -> None:
    served, sink = lists(count, meanwhile=refuse), Memory()
    with pytest.warns(DrainWarning) as told:
        report = await drained(served, resource, sink, page_size=10, partitions=partitions)
    assert (report.strategy, report.partitions, report.items) == ("cursor", 1, count)
    expected = f"the server does not list {resource} by reference; following its cursor instead"
    assert [str(each.message).startswith(expected) for each in told] == [True]
    (record,) = [each for each in caplog.records if expected in each.getMessage()]
    assert record.levelno == logging.WARNING
    assert (record.__dict__["resource"], record.__dict__["strategy"]) == (resource, "cursor")


@both_lists
@pytest.mark.parametrize("refuse", [refuse_to_compare, fail_to_sort])
async def test_keys_that_are_asked_for_by_name_and_refused_are_an_error(resource: str, refuse: Any) -> None:
    sink = Memory()
    with pytest.raises((ValidationError, ServerError)):
        await drained(lists(35, meanwhile=refuse), resource, sink, page_size=10, strategy="keyset")
    assert [*sink.ledger] == []


IGNORES: list[dict[str, Any]] = [{"sorts": False}, {"filters": False}, {"sorts": False, "filters": False}]


@pytest.mark.parametrize("kind", IGNORES, ids=str)
@pytest.mark.parametrize(
    ("resource", "count"), [("payments", 3), *((name, n) for n in (9, 11, 15, 35) for name in ("payments", "accounts"))]
)
async def test_a_server_that_ignores_keys_does_not_pass_for_one_that_heeds_them(
    resource: str, count: int, kind: dict[str, Any]
) -> None:
    for seed in range(8):
        served, sink = lists(count, seed, **kind), Memory()
        with pytest.warns(DrainWarning):
            report = await drained(served, resource, sink, page_size=10, partitions=3)
        assert (report.strategy, report.items) == ("cursor", count)
        with pytest.raises(DrainError, match=f"does not list {resource} by reference: drain with strategy='cursor'"):
            await drained(served, resource, Memory(), page_size=10, strategy="keyset")


@pytest.mark.parametrize("ties", [10, 11, 25])
@pytest.mark.parametrize("kind", IGNORES, ids=str)
async def test_accounts_of_one_reference_do_not_hide_that_keys_are_ignored(ties: int, kind: dict[str, Any]) -> None:
    rows = [*(account("a", number) for number in range(ties)), *(account(f"b{number:02}") for number in range(20))]
    sink = Memory()
    with pytest.warns(DrainWarning):
        report = await drained(Lists(accounts=rows, **kind), "accounts", sink, page_size=10)
    assert report.strategy == "cursor"
    assert len(sink.rows) == ties + 20


@both_lists
@pytest.mark.parametrize("kind", IGNORES, ids=str)
async def test_short_pages_do_not_hide_that_keys_are_ignored(resource: str, kind: dict[str, Any]) -> None:
    for seed, page_size in itertools.product(range(8), (1, 2, 3)):
        with pytest.warns(DrainWarning):
            report = await drained(lists(12, seed, **kind), resource, Memory(), page_size=page_size)
        assert (report.strategy, report.items) == ("cursor", 12)


@both_lists
@pytest.mark.parametrize("page_size", [1, 2, 3])
@pytest.mark.parametrize("count", [0, 1, 2, 3, 7])
async def test_keys_are_used_with_short_pages_too(resource: str, page_size: int, count: int) -> None:
    sink = Memory()
    report = await drained(lists(count), resource, sink, page_size=page_size)
    assert (report.strategy, report.items) == ("keyset", count)


@both_lists
async def test_rows_that_come_and_go_meanwhile_do_not_make_keys_ignored(resource: str) -> None:
    served, sink = lists(40), Memory()
    table = served.tables[f"/{resource}"]
    first = min(table, key=lambda row: row["reference"])

    async def change(_: Asked) -> None:
        # In the first page, once before each of the first two answers.
        if len(served.asked) == 2:
            table.append({**first, "reference": "0000.5", "id": "another"})
        if len(served.asked) == 3:
            table.remove(first)

    served.meanwhile = change
    report = await drained(served, resource, sink, page_size=10)
    assert report.strategy == "keyset"
    assert len(sink.rows) == 40


@pytest.mark.parametrize("kind", [{}, *IGNORES], ids=str)
async def test_on_a_busy_list_it_is_seen_whether_keys_are_heeded(kind: dict[str, Any]) -> None:
    for seed in range(100):
        served, chance = lists(50, seed, **kind), random.Random(seed)

        async def change(_: Asked, served: Lists = served, chance: random.Random = chance) -> None:
            reference = f"{chance.randrange(50):04}.{len(served.asked)}"
            served.payments.insert(0, {**served.payments[0], "reference": reference, "id": reference})
            del served.payments[chance.randrange(len(served.payments))]

        served.meanwhile = change
        async with connected(served) as client:
            source = Source(client=client, listing=LISTINGS["payments"])
            assert await sorts_and_filters_by_key(source) is not bool(kind), seed


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("strategy", [None, "keyset"])
async def test_a_server_that_is_down_is_no_server_without_keys(status: int, strategy: Any) -> None:
    async def be_down(_: Asked) -> None:
        raise Refusal(status, "INTERNAL")

    served, sink = lists(35, meanwhile=be_down), Memory()
    with pytest.raises(ServerError):
        await drained(served, "payments", sink, page_size=10, strategy=strategy)
    assert [*sink.ledger] == []
    served.meanwhile = None
    report = await drained(served, "payments", sink, page_size=10, resume=True)
    assert report.strategy == "keyset"


@pytest.mark.parametrize("status", [502, 503, 504])
async def test_a_gateway_that_fails_for_a_moment_says_nothing_about_keys(status: int) -> None:
    async def fail_twice(_: Asked) -> None:
        if len(served.asked) <= 2:
            raise Refusal(status, "")

    served, sink = lists(35, meanwhile=fail_twice), Memory()
    with pytest.raises(ServerError):
        await drained(served, "payments", sink, page_size=10, attempts=2)
    assert [*sink.ledger] == []


async def test_a_cursor_that_is_asked_for_by_name_is_followed_without_a_word() -> None:
    served, sink = lists(35), Memory()
    report = await drained(served, "payments", sink, page_size=10, strategy="cursor", partitions=4)
    assert (report.strategy, report.partitions, report.items, report.requests) == ("cursor", 1, 35, 5)
    assert [(asked.offset, asked.size) for asked in served.asked[1:]] == [(0, 10), (5, 15), (15, 15), (25, 15)]
    assert all(asked.sort == ["created_at:asc", "id:asc"] for asked in served.asked[1:])


async def test_what_has_no_key_is_followed_by_cursor_without_a_word() -> None:
    served, sink = Lists(others={"/pools": [pool(number) for number in range(25)]}), Memory()
    report = await drained(served, "pools", sink, page_size=10)
    assert (report.strategy, report.items) == ("cursor", 25)


# Against the sandbox


async def test_the_sandbox_of_the_released_server_has_keys(client: PaymentsClient) -> None:
    for resource in ("payments", "accounts"):
        report = await Drain(client, resource, Memory(), partitions=4).run()
        assert report.strategy == "keyset"


@both_lists
@pytest.mark.parametrize("collation", ["bytes", "linguistic"])
async def test_keys_are_followed_in_either_order_of_texts(
    resource: Any, collation: Literal["bytes", "linguistic"]
) -> None:
    async with (
        Sandbox(payments=400, accounts=200, auth=False, collation=collation) as sandbox,
        PaymentsClient(sandbox.url) as client,
    ):
        for connector in await client.connectors.list_all_connectors():
            for reference in ("Ü-1", "u_1", "U1", "ü 1"):
                sandbox.add_account(connector.connector_id, reference)
                sandbox.add_payment(
                    connector.connector_id, f"{reference} {connector.provider}", amount=1, asset="EUR/2"
                )
        sink = Memory()
        report = await Drain(client, resource, sink, partitions=4, page_size=20).run()
        there = sandbox.references() if resource == "payments" else sandbox.account_ids()
    assert (report.strategy, report.items) == ("keyset", len(there))
    assert {row.reference if resource == "payments" else row.id for row in sink.rows} == there


@pytest.mark.parametrize("count", [0, 1, 50, 250])
async def test_the_sandbox_of_a_later_server_has_none(count: int) -> None:
    async with Sandbox(payments=count, keyset=False, auth=False) as sandbox, PaymentsClient(sandbox.url) as client:
        sink = Memory()
        with pytest.warns(DrainWarning, match="following its cursor instead"):
            report = await Drain(client, "payments", sink, partitions=4).run()
        assert (report.strategy, report.done) == ("cursor", True)
        assert {row.reference for row in sink.rows} == sandbox.references()
        with pytest.raises(ValidationError):
            await Drain(client, "payments", Memory(), strategy="keyset").run()


@both_lists
@pytest.mark.parametrize("strategy", [None, "cursor"])
async def test_empty_pages_before_others_are_no_end(resource: Any, strategy: Any) -> None:
    faults = [Fault(kind=FaultKind.EMPTY_PAGE, route=f"/{resource}", share=0.5)]
    async with (
        Sandbox(payments=250, accounts=120, auth=False, faults=faults) as sandbox,
        PaymentsClient(sandbox.url) as client,
    ):
        sink = Memory()
        report = await Drain(client, resource, sink, partitions=3, page_size=20, strategy=strategy).run()
        there = sandbox.references() if resource == "payments" else sandbox.account_ids()
    assert report.items == len(there)
    assert {row.reference if resource == "payments" else row.id for row in sink.rows} == there


async def test_cursors_that_go_in_circles_are_an_error(sandbox: Sandbox, client: PaymentsClient) -> None:
    sandbox.faults.append(Fault(kind=FaultKind.REPEATED_CURSOR, route="/payments"))
    with pytest.raises(PaymentsError, match="cursor for the second time"):
        await Drain(client, "payments", Memory(), strategy="cursor", page_size=50).run()

    class Circling(Lists):
        def _cursor(self, asked: Asked, offset: int) -> str:
            return super()._cursor(asked, min(offset, 10))

    served = Circling(payments=numbered(50), opaque=True)
    with pytest.warns(DrainWarning), pytest.raises(PaymentsError, match="cursor for the second time"):
        await drained(served, "payments", Memory(), strategy="cursor", page_size=10)
