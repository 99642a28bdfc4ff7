"""A table in a PostgreSQL database of others: one transaction a commit, and of two workers one."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime
from decimal import Decimal
from typing import Any

import attrs
import pytest

from payments_async.drain import Drain, DrainError, PartitionLostError, PostgreSQL, Step
from payments_async.drain.rows import columns, microseconds, time_text
from payments_async.models import Payment
from payments_async.wire.jsontext import integer_text
from tests.drain.lists import Lists, numbered
from tests.drain.lists import connected as lists_connected
from tests.drain.sinks.targets import AT, BEGIN, at, commit, expected, moved, opening, payment, payments
from tests.drain.sinks.test_unusual_rows import DEPTH, FIRST, LAST, nested
from tests.postgresql import connected
from tests.sealed import assert_sealed
from tests.waiting import PATIENCE

pytestmark = pytest.mark.postgres


async def execute(dsn: str, *statements: str) -> None:
    """Run statements as somebody else."""
    async with connected(dsn) as database:
        for statement in statements:
            await database.execute(statement)


async def values(dsn: str, query: str) -> list[Any]:
    """The first column of what a query finds."""
    async with connected(dsn) as database:
        return [row[0] for row in await database.fetch(query)]


async def stored(dsn: str, table: str = "payments") -> list[dict[str, Any]]:
    """The rows of a table as the drain has read them, in the order of their ids."""
    read: dict[str, Any] = {"integer": int, "json": json.loads, "time": time_text}
    kinds = columns(Payment)
    async with connected(dsn) as database:
        rows = [dict(row) for row in await database.fetch(f'SELECT * FROM {table} ORDER BY id COLLATE "C"')]
    return [
        {name: value if value is None else read.get(kinds[name], str)(value) for name, value in row.items()}
        for row in rows
    ]


async def begun(dsn: str, rows: int = 2, **target: str) -> PostgreSQL:
    """A sink with some rows in it."""
    sink = PostgreSQL(dsn, **target)
    await sink.open(opening(sink))
    await commit(sink, [BEGIN])
    await commit(sink, [moved(0, payments(rows))])
    return sink


async def refused(sink: PostgreSQL, **how: Any) -> str:
    """Why a target is refused."""
    with pytest.raises(DrainError) as caught:
        await sink.open(opening(sink, **how))
    await sink.aclose()
    return str(caught.value)


# Rows


async def test_a_row_that_comes_again_takes_the_place_of_the_former(dsn: str) -> None:
    sink = await begun(dsn, 3)
    twice = [payment(1, amount=998), payment(2), payment(1, amount=999)]
    await commit(sink, [moved(3, twice), moved(6, [payment(0, amount=7)])])
    await sink.aclose()
    assert {row["id"]: row["amount"] for row in await stored(dsn)} == {"00000": 7, "00001": 999, "00002": -2}


async def test_columns_have_types_that_keep_every_value(dsn: str) -> None:
    digits = 1 - 10**100_000
    rows = [
        payment(1, amount=digits, raw={"nul": "\0", "of": digits, "a": Decimal("1.50")}, metadata=None),
        payment(2, created_at=FIRST, raw=nested(DEPTH)),
        payment(3, created_at=LAST),
    ]
    sink = PostgreSQL(dsn)
    await sink.open(opening(sink))
    await commit(sink, [BEGIN])
    await commit(sink, [moved(0, rows)])
    types = await values(dsn, "SELECT DISTINCT data_type FROM information_schema.columns WHERE table_name = 'payments'")
    assert set(types) == {"text", "numeric", "timestamp with time zone", "json"}
    assert await values(dsn, "SELECT amount::text FROM payments WHERE id = '00001'") == [integer_text(digits)]
    (raw, deep, _) = await values(dsn, "SELECT raw::text FROM payments ORDER BY id")
    assert '"nul":"\\u0000"' in raw
    assert f'"of":{integer_text(digits)},"a":1.50' in raw
    assert deep.count("[") == DEPTH // 2
    assert await values(dsn, "SELECT created_at FROM payments WHERE id = '00001'") == [rows[0].created_at]
    found = list[tuple[str, ...]]()
    await sink.recall(("id", "created_at", "initial_amount"), found.append)
    assert found == [(row.id, time_text(row.created_at), str(row.initial_amount)) for row in rows]
    assert [microseconds(datetime.fromisoformat(time)) for _, time, _ in found[1:]] == [
        microseconds(time) for time in (FIRST, LAST)
    ]
    await sink.aclose()


async def test_texts_are_stored_as_they_are(dsn: str) -> None:
    texts = ["", "a\tb", "a\nb\r\n", "\\", "\\N", "\\.", r"\x41", "\x01\x7f", "\u2028é𝄞", "'\";--", "NULL", "null"]
    rows = [payment(number, reference=text, raw={text: text}) for number, text in enumerate(texts)]
    sink = PostgreSQL(dsn)
    await sink.open(opening(sink))
    await commit(sink, [BEGIN])
    await commit(sink, [moved(0, [*rows, payment(len(texts), source_account_id=None)])])
    await sink.aclose()
    found = await stored(dsn)
    assert [row["reference"] for row in found[:-1]] == texts
    assert [row["raw"] for row in found[:-1]] == [{text: text} for text in texts]
    assert found[-1]["source_account_id"] is None


async def test_keys_are_compared_by_their_bytes_whatever_the_language_of_the_database(dsn: str) -> None:
    sink = await begun(dsn)
    collations = (
        "SELECT attname || ' ' || collname FROM pg_attribute JOIN pg_collation ON attcollation = pg_collation.oid"
    )
    where = " WHERE attrelid = 'payments'::regclass AND attname IN ('id', 'asset')"
    assert sorted(await values(dsn, collations + where)) == ["asset default", "id C"]
    # A table that somebody compares by its language is filled all the same.
    await execute(dsn, 'ALTER TABLE payments ALTER id TYPE text COLLATE "default"')
    await commit(sink, [moved(2, [payment(1, amount=7), payment(2)])])
    await sink.aclose()
    assert [row["amount"] for row in await stored(dsn)] == [0, 7, -2]


@attrs.frozen
class Balance:
    """A row that is known by several values, one of which the server may leave out."""

    account: str
    at: datetime
    amount: int
    active: bool | None


async def test_a_row_may_be_known_by_several_values(dsn: str) -> None:
    sink = PostgreSQL(dsn, table="balances")
    how = attrs.evolve(opening(sink, model=Balance), key=("account", "at", "amount", "active"))
    await sink.open(how)
    await commit(sink, [BEGIN])
    rows = [Balance("a", AT, 10**20, True), Balance("a", AT, 10**20, False), Balance("a", AT, 10**20, True)]
    await commit(sink, [Step(before=at(0), after=(at(3),), rows=rows)])
    assert sorted(await values(dsn, "SELECT active FROM balances")) == [False, True]
    with pytest.raises(DrainError, match=r"the row with account 'a', .* \(active identifies rows, and has no value\)"):
        await commit(sink, [Step(before=at(3), after=(at(4),), rows=[Balance("a", AT, 1, None)])])
    await sink.aclose()


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ({"asset": "EUR\0canary"}, "asset contains U\\+0000, which no text of PostgreSQL can"),
        ({"asset": "\ud800canary"}, "UnicodeEncodeError"),
        ({"raw": {"canary": "\ud800"}}, "UnicodeEncodeError"),
        ({"raw": {"canary": object()}}, "TypeError"),
        ({"amount": 10**100_000}, "ValueError"),
    ],
    ids=["NUL", "half a character", "half a character in JSON", "no JSON", "too many digits"],
)
async def test_a_row_that_cannot_be_written_is_named_and_nothing_is_lost(
    dsn: str, bad: dict[str, Any], why: str
) -> None:
    sink = await begun(dsn)
    with pytest.raises(DrainError, match=f"the row with id '00003' cannot be written.*{why}") as caught:
        await commit(sink, [moved(2, [payment(2, raw="canary")]), moved(3, [payment(3, **bad)])])
    assert_sealed(caught.value, "canary")
    await commit(sink, [moved(2, payments(2, first=2), done=True)])
    await sink.aclose()
    assert await stored(dsn) == expected(payments(4))


async def test_a_drain_with_a_row_that_cannot_be_written_shows_no_row(dsn: str) -> None:
    rows = [*numbered(20), {**numbered(1, first=20)[0], "asset": "canary\0"}]
    async with lists_connected(Lists(payments=rows)) as client:
        with pytest.raises(DrainError, match=r"the row with id .* cannot be written") as caught:
            await Drain(client, "payments", PostgreSQL(dsn), page_size=10).run()
    assert_sealed(caught.value, "canary")
    assert await values(dsn, "SELECT count(*) FROM payments") == [19]


async def test_what_the_server_says_of_a_row_is_not_repeated(dsn: str) -> None:
    sink = await begun(dsn)
    await execute(dsn, "CREATE UNIQUE INDEX mine ON payments (asset, amount)")
    with pytest.raises(DrainError, match=r'violates unique constraint "mine".*; what was committed is kept') as caught:
        await commit(sink, [moved(2, [payment(2, asset="canary"), payment(3, asset="canary", amount=-2)])])
    assert "canary" not in f"{caught.value} {caught.value!r}"
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)
    assert_sealed(caught.value, "canary")
    await execute(dsn, "DROP INDEX mine", "ALTER TABLE payments ADD CHECK (asset::int > 0) NOT VALID")
    with pytest.raises(DrainError, match=r"InvalidTextRepresentationError \(22P02\); what was committed is kept"):
        await commit(sink, [moved(2, [payment(2, asset="canary")])])
    await sink.aclose()
    assert await stored(dsn) == expected(payments(2))


async def test_a_database_of_another_encoding_is_refused(dsn: str) -> None:
    encoding = "ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' LOCALE_PROVIDER libc TEMPLATE template0"
    name = f"{dsn.rpartition('/')[2].partition('?')[0]}_latin"
    await execute(dsn, f"CREATE DATABASE {name} {encoding}")
    assert "has the encoding LATIN1: give a database with UTF8" in await refused(
        PostgreSQL(dsn.replace("?", "_latin?"))
    )
    await execute(dsn, f"DROP DATABASE {name} WITH (FORCE)")


# Workers


async def test_of_two_workers_on_one_partition_one_wins(dsn: str) -> None:
    first, second = await begun(dsn), PostgreSQL(dsn)
    assert [*await second.open(opening(second, resume=True))] == [at(2)]
    await commit(second, [moved(2, payments(2, first=2))])
    with pytest.raises(PartitionLostError, match="partition 1 has been moved by another worker"):
        await commit(first, [moved(2, [payment(2, amount=-1), payment(77)])])
    await first.aclose()
    await commit(second, [moved(4, payments(1, first=4), done=True)])
    await second.aclose()
    assert await stored(dsn) == expected(payments(5))


async def test_of_workers_that_commit_at_once_one_wins(dsn: str) -> None:
    await (await begun(dsn, 0)).aclose()
    workers = [PostgreSQL(dsn) for _ in range(4)]
    for worker in workers:
        await worker.open(opening(worker, resume=True))
    tries = (commit(worker, [moved(0, [payment(number)])]) for number, worker in enumerate(workers))
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    assert sorted(type(each).__name__ for each in outcomes) == ["NoneType"] + ["PartitionLostError"] * 3
    for worker in workers:
        await worker.aclose()
    assert await stored(dsn) == expected([payment(outcomes.index(None))])


async def test_of_workers_that_begin_at_once_one_wins_for_each_table(dsn: str) -> None:
    workers = [PostgreSQL(dsn, table=table, schema="made") for table in ("one", "two") for _ in range(3)]
    for worker in workers:
        assert [*await worker.open(opening(worker, resume=True))] == []
    outcomes = await asyncio.gather(*(commit(worker, [BEGIN]) for worker in workers), return_exceptions=True)
    for several in (outcomes[:3], outcomes[3:]):
        assert sorted(type(each).__name__ for each in several) == ["NoneType"] + ["PartitionLostError"] * 2
    for worker in workers:
        await worker.aclose()


async def test_of_two_workers_that_cut_one_wins(dsn: str) -> None:
    first = PostgreSQL(dsn)
    await first.open(opening(first))
    await commit(first, [Step(before=None, after=(at(0), at(0, number=2)))])
    second = PostgreSQL(dsn)
    await second.open(opening(second, resume=True))
    await commit(first, [Step(before=at(0), after=(at(0), at(0, number=3)))])
    with pytest.raises(PartitionLostError, match="partition 3"):
        await commit(second, [Step(before=at(0, number=2), after=(at(1, number=2), at(1, number=3)))])
    await second.aclose()
    await first.aclose()
    found = {each.partition.number: each for each in await first.open(opening(first, resume=True))}
    assert found == {number: at(0, number=number) for number in (1, 2, 3)}
    await first.aclose()


async def test_a_worker_whose_table_is_replaced_has_to_stop(dsn: str) -> None:
    first, second = await begun(dsn), PostgreSQL(dsn)
    await second.open(opening(second, replace=True))
    await commit(first, [moved(2, payments(1, first=2))])
    await commit(second, [BEGIN])
    with pytest.raises(PartitionLostError, match="was replaced or removed while this drain was writing to it"):
        await commit(first, [moved(0, payments(2))])
    await first.aclose()
    await commit(second, [moved(0, payments(1), done=True)])
    await second.aclose()
    assert await stored(dsn) == expected(payments(1))


async def test_a_replacement_that_was_delayed_replaces_nothing_that_has_come_since(dsn: str) -> None:
    first, delayed, other = await begun(dsn), PostgreSQL(dsn), PostgreSQL(dsn)
    await first.aclose()
    await delayed.open(opening(delayed, replace=True))
    await other.open(opening(other, replace=True))
    await commit(other, [BEGIN])
    await commit(other, [moved(0, payments(3))])
    with pytest.raises(PartitionLostError, match="another drain has created"):
        await commit(delayed, [BEGIN])
    await delayed.aclose()
    await other.aclose()
    assert await stored(dsn) == expected(payments(3))


async def test_of_two_that_add_a_partition_of_one_number_at_once_one_has_to_stop(dsn: str) -> None:
    first, second = await begun(dsn), PostgreSQL(dsn)
    await second.open(opening(second, resume=True))
    added = Step(before=None, after=(at(0, number=9),))
    async with first._transaction() as database:
        await first._move(database, [added])
        waiting = asyncio.create_task(commit(second, [added]))
        async with asyncio.timeout(PATIENCE):
            while await values(dsn, "SELECT count(*) FROM pg_locks WHERE NOT granted") == [0]:
                assert not waiting.done()
    with pytest.raises(PartitionLostError, match="partition 9 has been moved by another worker"):
        await waiting
    await first.aclose()
    await second.aclose()


async def test_partitions_are_found_by_ranges_of_their_numbers(dsn: str) -> None:
    sink = await begun(dsn)
    await commit(sink, [Step(before=None, after=tuple(at(0, number=number) for number in (5, 6, 7, 2**40)))])
    await sink.aclose()
    wanted = attrs.evolve(opening(sink, resume=True), numbers=(range(1, 2), range(6, 8), range(2**40, 2**40 + 9)))
    assert {each.partition.number for each in await sink.open(wanted)} == {1, 6, 7, 2**40}
    await sink.aclose()


@pytest.mark.parametrize("statement", ["DROP TABLE payments", "ALTER TABLE payments RENAME TO kept"])
async def test_a_table_that_is_taken_away_is_noticed_by_the_next_commit(dsn: str, statement: str) -> None:
    sink = await begun(dsn)
    await execute(dsn, statement, "CREATE TABLE payments (id text)")
    with pytest.raises(PartitionLostError, match="was replaced or removed"):
        await commit(sink, [moved(2, payments(1, first=2))])
    await sink.aclose()
    assert await values(dsn, "SELECT count(*) FROM payments") == [0]


# Targets


async def test_other_tables_and_other_drains_are_left_alone(dsn: str) -> None:
    await execute(dsn, "CREATE TABLE mine (a int)", "INSERT INTO mine VALUES (7)")
    sink, other = await begun(dsn), await begun(dsn, 3, table='of "others"')
    await sink.aclose()
    await other.aclose()
    assert [*await other.open(opening(other, resume=True))] == [at(3)]
    await other.aclose()
    assert [*await other.open(opening(other, replace=True))] == []
    await commit(other, [BEGIN])
    await other.aclose()
    assert [*await sink.open(opening(sink, resume=True))] == [at(2)]
    await sink.aclose()
    assert await values(dsn, "SELECT a FROM mine") == [7]
    assert await stored(dsn) == expected(payments(2))
    assert await stored(dsn, '"of ""others"""') == []


async def test_a_schema_is_made_and_the_table_gets_its_name(dsn: str) -> None:
    sink = await begun(dsn, schema="From Formance", table="Zahlungen")
    await sink.aclose()
    assert await stored(dsn, '"From Formance"."Zahlungen"') == expected(payments(2))
    assert await values(dsn, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [0]


async def test_a_target_stays_as_it_is_until_there_is_something_in_its_place(dsn: str) -> None:
    fresh = PostgreSQL(dsn)
    await fresh.open(opening(fresh))
    await fresh.aclose()
    assert await values(dsn, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [0]
    await (await begun(dsn)).aclose()
    sink = PostgreSQL(dsn)
    assert [*await sink.open(opening(sink, replace=True))] == []
    await sink.aclose()
    assert await stored(dsn) == expected(payments(2))
    assert [*await sink.open(opening(sink, resume=True))] == [at(2)]
    await sink.aclose()


@pytest.mark.parametrize("resume", [True, False])
async def test_a_table_of_somebody_else_is_refused(dsn: str, *, resume: bool) -> None:
    await execute(dsn, "CREATE TABLE payments (a int)", "INSERT INTO payments VALUES (7)")
    why = await refused(PostgreSQL(dsn), resume=resume)
    assert ("is not from a drain: replace it" if resume else "exists already: resume it, replace it") in why
    assert "the table public.payments of postgresql://postgres@127.0.0.1:" in why
    assert await values(dsn, "SELECT a FROM payments") == [7]


@pytest.mark.parametrize("other", [{"server": "https://b.example"}, {"query": "[]"}, {"resource": "refunds"}], ids=str)
async def test_the_table_of_another_drain_is_refused(dsn: str, other: dict[str, Any]) -> None:
    await (await begun(dsn)).aclose()
    ((name, value),) = other.items()
    why = await refused(PostgreSQL(dsn, table="payments"), resume=True, **other)
    assert "is the checkpoint of another drain" in why
    assert f"its {name} is " in why
    assert name == "query" or f"not {value!r}" in why


async def test_a_table_whose_rows_may_lack_their_key_is_refused(dsn: str) -> None:
    await (await begun(dsn)).aclose()
    await execute(dsn, "ALTER TABLE payments DROP CONSTRAINT payments_pkey")
    await execute(dsn, "ALTER TABLE payments ALTER COLUMN id DROP NOT NULL")
    why = await refused(PostgreSQL(dsn, table="payments"), resume=True)
    assert "may have rows without id, which identifies them: make it the primary key again, or replace" in why


@pytest.mark.parametrize(
    ("change", "how"),
    [
        ("DROP COLUMN scheme", "scheme is not there instead of text"),
        ("ADD COLUMN mine integer", "mine is integer instead of not there"),
        ("ALTER COLUMN amount TYPE bigint", "amount is bigint instead of numeric"),
        (
            "ALTER COLUMN created_at TYPE timestamp",
            "created_at is timestamp without time zone instead of timestamp with time zone",
        ),
    ],
)
async def test_a_table_with_other_columns_is_refused(dsn: str, change: str, how: str) -> None:
    await (await begun(dsn)).aclose()
    await execute(dsn, f"ALTER TABLE payments {change}")
    assert f"has other columns than the rows of this drain: {how}; replace the table" in await refused(
        PostgreSQL(dsn), resume=True
    )


async def test_a_table_that_others_depend_on_is_not_replaced(dsn: str) -> None:
    await (await begun(dsn)).aclose()
    await execute(dsn, "CREATE VIEW report AS SELECT amount FROM payments")
    sink = PostgreSQL(dsn)
    await sink.open(opening(sink, replace=True))
    with pytest.raises(DrainError, match="cannot drop table payments because other objects depend on it"):
        await commit(sink, [BEGIN])
    await sink.aclose()
    assert await stored(dsn) == expected(payments(2))
    assert [*await sink.open(opening(sink, resume=True))] == [at(2)]
    await sink.aclose()


async def test_a_table_that_was_dropped_is_drained_anew(dsn: str) -> None:
    await (await begun(dsn)).aclose()
    await execute(dsn, "DROP TABLE payments")
    sink = PostgreSQL(dsn)
    assert [*await sink.open(opening(sink, resume=True))] == []
    await commit(sink, [BEGIN])
    await commit(sink, [moved(0, payments(1))])
    await sink.aclose()
    assert await stored(dsn) == expected(payments(1))


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE payments_async_checkpoint SET checkpoint = substr(checkpoint, 2)",
        "UPDATE payments_async_checkpoint SET checkpoint = 'null'",
        "UPDATE payments_async_checkpoint SET checkpoint = '{}'",
        "UPDATE payments_async_drain SET identity = '[]'",
    ],
)
async def test_a_damaged_checkpoint_is_refused(dsn: str, damage: str) -> None:
    await (await begun(dsn)).aclose()
    await execute(dsn, damage)
    assert "is damaged: replace the table" in await refused(PostgreSQL(dsn), resume=True)
    sink = PostgreSQL(dsn)
    await sink.open(opening(sink, replace=True))
    await commit(sink, [BEGIN])
    await sink.aclose()
    assert await stored(dsn) == []


async def test_the_tables_of_checkpoints_are_no_target(dsn: str) -> None:
    why = await refused(PostgreSQL(dsn, table="payments_async_drain"))
    assert "a drain keeps its checkpoints in payments_async_drain: give another table" in why


async def test_a_sink_can_be_closed_at_any_time(dsn: str) -> None:
    sink = PostgreSQL(dsn)
    await sink.aclose()
    await sink.open(opening(sink))
    await sink.aclose()
    await sink.aclose()
