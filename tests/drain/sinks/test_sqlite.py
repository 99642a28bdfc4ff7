"""A table in a database of others: one transaction a commit, and of two workers one."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import attrs
import pytest

from payments_async.drain import DrainError, PartitionLostError, SQLite, Step
from tests.drain.sinks.targets import BEGIN, at, commit, expected, moved, opening, payment, payments, read_sqlite
from tests.sealed import assert_sealed


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "out.db"


@contextmanager
def database(path: Path) -> Iterator[sqlite3.Connection]:
    """The database as somebody else opens it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        yield connection


async def begun(path: Path, rows: int = 2) -> SQLite:
    """A sink with some rows in it."""
    sink = SQLite(path)
    await sink.open(opening(sink))
    await commit(sink, [BEGIN])
    await commit(sink, [moved(0, payments(rows))])
    return sink


async def test_a_row_that_comes_again_takes_the_place_of_the_former(path: Path) -> None:
    sink = await begun(path, 3)
    await commit(sink, [moved(3, [payment(1, amount=999)])])
    await sink.aclose()
    rows = {row["id"]: row["amount"] for row in read_sqlite(path)}
    assert rows == {"00000": 0, "00001": 999, "00002": -2}


async def test_rows_and_checkpoint_are_one_transaction(path: Path) -> None:
    sink = await begun(path)
    with database(path) as other:
        other.execute(
            "CREATE TRIGGER refuse BEFORE INSERT ON payments WHEN NEW.asset = 'canary'"
            " BEGIN SELECT RAISE(ABORT, 'not this one'); END"
        )
    with pytest.raises(DrainError, match=r"not this one; what was committed is kept") as caught:
        await commit(sink, [moved(2, [payment(2), payment(3, asset="canary", raw="canary")])])
    assert_sealed(caught.value, "canary")
    assert read_sqlite(path) == expected(payments(2))
    with pytest.raises(PartitionLostError) as lost:
        await commit(sink, [moved(2, [payment(2, raw="canary")]), moved(4, [])])
    assert_sealed(lost.value, "canary")
    await commit(sink, [moved(2, payments(2, first=2), done=True)])
    await sink.aclose()
    assert read_sqlite(path) == expected(payments(4))


async def test_a_commit_is_on_the_disk_when_it_returns_and_waits_for_those_of_others(path: Path) -> None:
    sink = await begun(path)
    assert sink._database.execute("PRAGMA synchronous").fetchone() == (2,), "FULL"
    assert sink._database.execute("PRAGMA busy_timeout").fetchone() == (30_000,)
    await sink.aclose()


async def test_a_database_that_is_full_says_so_and_keeps_what_it_has(path: Path) -> None:
    sink = await begun(path)
    (pages,) = sink._database.execute("PRAGMA page_count").fetchone()
    sink._database.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(DrainError, match="database or disk is full; what was committed is kept"):
        await commit(sink, [moved(2, [payment(9, raw={"text": "x" * 100_000})])])
    assert read_sqlite(path) == expected(payments(2))
    sink._database.execute("PRAGMA max_page_count = 100000")
    await commit(sink, [moved(2, payments(2, first=2))])
    await sink.aclose()
    assert read_sqlite(path) == expected(payments(4))


async def test_of_two_workers_on_one_partition_one_wins(path: Path) -> None:
    first = await begun(path)
    second = SQLite(path)
    assert [*await second.open(opening(second, resume=True))] == [at(2)]
    await commit(second, [moved(2, payments(2, first=2))])
    with pytest.raises(PartitionLostError, match="partition 1 has been moved by another worker"):
        await commit(first, [moved(2, [payment(2, amount=-1), payment(77)])])
    await first.aclose()
    await commit(second, [moved(4, payments(1, first=4), done=True)])
    await second.aclose()
    assert read_sqlite(path) == expected(payments(5))


async def test_of_two_workers_that_begin_one_wins(path: Path) -> None:
    workers = [SQLite(path), SQLite(path)]
    for worker in workers:
        assert [*await worker.open(opening(worker, resume=True))] == []
    outcomes = await asyncio.gather(*(commit(worker, [BEGIN]) for worker in workers), return_exceptions=True)
    assert sorted(type(each).__name__ for each in outcomes) == ["NoneType", "PartitionLostError"]
    for worker in workers:
        await worker.aclose()


async def test_of_two_workers_that_cut_one_wins(path: Path) -> None:
    first = SQLite(path)
    await first.open(opening(first))
    await commit(first, [Step(before=None, after=(at(0), at(0, number=2)))])
    second = SQLite(path)
    await second.open(opening(second, resume=True))
    await commit(first, [Step(before=at(0), after=(at(0), at(0, number=3)))])
    with pytest.raises(PartitionLostError, match="partition 3"):
        await commit(second, [Step(before=at(0, number=2), after=(at(1, number=2), at(1, number=3)))])
    await second.aclose()
    await first.aclose()
    found = {each.partition.number: each for each in await first.open(opening(first, resume=True))}
    assert found == {number: at(0, number=number) for number in (1, 2, 3)}
    await first.aclose()


async def test_other_tables_and_other_drains_are_left_alone(path: Path) -> None:
    with database(path) as mine:
        mine.execute("CREATE TABLE mine (a)")
        mine.execute("INSERT INTO mine VALUES (7)")
    sink, other = await begun(path), SQLite(path)
    await other.open(opening(other, resource="refunds"))
    await commit(other, [BEGIN])
    await commit(other, [moved(0, payments(2))])
    # Both stand at the same place, and one moves on.
    await commit(other, [moved(2, payments(1, first=2))])
    await other.aclose()
    await sink.aclose()
    assert [*await other.open(opening(other, resource="refunds", resume=True))] == [at(3)]
    await other.aclose()
    assert [*await sink.open(opening(sink, resume=True))] == [at(2)]
    await sink.aclose()
    assert [*await other.open(opening(other, resource="refunds", replace=True))] == []
    await other.aclose()
    assert [*await sink.open(opening(sink, resume=True))] == [at(2)]
    await sink.aclose()
    with database(path) as mine:
        assert mine.execute("SELECT a FROM mine").fetchall() == [(7,)]
        assert mine.execute("SELECT count(*) FROM payments").fetchall() == [(2,)]


async def test_a_worker_whose_table_is_replaced_has_to_stop(path: Path) -> None:
    first, second = await begun(path), SQLite(path)
    await second.open(opening(second, replace=True))
    await commit(first, [moved(2, payments(1, first=2))])
    await commit(second, [BEGIN])
    with pytest.raises(PartitionLostError):
        await commit(first, [moved(2, payments(2, first=2))])
    await first.aclose()
    await commit(second, [moved(0, payments(1), done=True)])
    await second.aclose()
    assert read_sqlite(path) == expected(payments(1))


@pytest.mark.parametrize("resume", [True, False])
async def test_a_table_of_somebody_else_is_refused(path: Path, *, resume: bool) -> None:
    with database(path) as mine:
        mine.execute("CREATE TABLE payments (a)")
        mine.execute("INSERT INTO payments VALUES (7)")
    sink = SQLite(path)
    why = "the table payments of .* is not from a drain: replace it" if resume else "has a table payments already"
    with pytest.raises(DrainError, match=why):
        await sink.open(opening(sink, resume=resume))
    await sink.aclose()
    with database(path) as mine:
        assert mine.execute("SELECT a FROM payments").fetchall() == [(7,)]


async def test_a_table_with_other_columns_is_refused(path: Path) -> None:
    await (await begun(path)).aclose()
    with database(path) as mine:
        mine.execute("ALTER TABLE payments DROP COLUMN scheme")
    sink = SQLite(path)
    with pytest.raises(DrainError, match="has other columns than the rows of this drain: replace it"):
        await sink.open(opening(sink, resume=True))
    await sink.aclose()


async def test_a_table_that_was_dropped_is_drained_anew(path: Path) -> None:
    await (await begun(path)).aclose()
    with database(path) as mine:
        mine.execute("DROP TABLE payments")
    sink = SQLite(path)
    assert [*await sink.open(opening(sink, resume=True))] == []
    await commit(sink, [BEGIN])
    await commit(sink, [moved(0, payments(1))])
    await sink.aclose()
    assert read_sqlite(path) == expected(payments(1))


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE drain_checkpoint SET checkpoint = substr(checkpoint, 2)",
        "UPDATE drain_checkpoint SET checkpoint = 'null'",
        "UPDATE drain_checkpoint SET checkpoint = '[]'",
        "UPDATE drain_checkpoint SET checkpoint = '{}'",
        "UPDATE drain_checkpoint SET checkpoint = replace(checkpoint, 'items', 'itens')",
        "UPDATE drain SET identity = substr(identity, 2)",
        "UPDATE drain SET identity = 'null'",
        "UPDATE drain SET identity = '7'",
    ],
)
async def test_a_damaged_checkpoint_is_refused(path: Path, damage: str) -> None:
    await (await begun(path)).aclose()
    with database(path) as mine:
        mine.execute(damage)
    sink = SQLite(path)
    with pytest.raises(DrainError, match=r"the checkpoint of payments in .*out.db is damaged: replace the table"):
        await sink.open(opening(sink, resume=True))
    await sink.aclose()
    assert read_sqlite(path) == expected(payments(2))


@attrs.define(kw_only=True)
class Odd:
    """A model whose names are words of SQL, and whose identity has two parts."""

    select: str
    group: int
    flag: bool = True


async def test_names_are_names_whatever_they_mean_in_sql(path: Path) -> None:
    sink = SQLite(path)
    how = attrs.evolve(opening(sink, model=Odd, resource="order"), key=("select", "group"))
    await sink.open(how)
    await commit(sink, [BEGIN])
    rows = [Odd(select="a", group=1), Odd(select="a", group=2), Odd(select="b", group=1, flag=False)]
    found = list[tuple[str, ...]]()
    await commit(sink, [Step(before=at(0), after=(at(3),), rows=rows)])
    await sink.recall(("select", "group"), found.append)
    await sink.aclose()
    assert found == [("a", "1"), ("a", "2"), ("b", "1")]
    assert [*await sink.open(attrs.evolve(how, replace=True))] == []
    await sink.aclose()


@pytest.mark.parametrize("name", ["drain", "drain_checkpoint", "Drain", "sqlite_master"])
@pytest.mark.parametrize("how", [{}, {"resume": True}, {"replace": True}], ids=str)
async def test_a_resource_cannot_take_the_place_of_the_checkpoints(path: Path, name: str, how: dict[str, Any]) -> None:
    await (await begun(path)).aclose()
    other = SQLite(path)
    with pytest.raises(DrainError):
        await other.open(opening(other, resource=name, **how))
    await other.aclose()
    sink = SQLite(path)
    assert [*await sink.open(opening(sink, resume=True))] == [at(2)]
    await sink.aclose()


async def test_a_drain_whose_table_another_one_has_replaced_keeps_nothing_in_it(path: Path) -> None:
    first, second = SQLite(path), SQLite(path)
    await first.open(opening(first, query="one"))
    await commit(first, [BEGIN])
    await second.open(opening(second, query="another", replace=True))
    await commit(second, [BEGIN])
    with pytest.raises(PartitionLostError, match=r"another drain has replaced the table payments of .*out.db"):
        await commit(first, [moved(0, payments(2))])
    await commit(second, [moved(0, payments(3), done=True)])
    await first.aclose()
    await second.aclose()
    assert read_sqlite(path) == expected(payments(3))


@pytest.mark.parametrize("put", [None, b"another"])
async def test_a_database_that_is_moved_meanwhile_is_missed(path: Path, put: bytes | None) -> None:
    sink = SQLite(path)
    await sink.open(opening(sink))
    await commit(sink, [BEGIN])
    await commit(sink, [moved(0, payments(2))])
    for each in path.parent.glob(f"{path.name}*"):
        each.rename(each.with_name(each.name.replace(path.name, "former.db")))
    if put is not None:
        path.write_bytes(put)  # noqa: ASYNC240  # a small file of the test's own
    with pytest.raises(DrainError, match="moved or removed; what was committed is in the former file"):
        await commit(sink, [moved(2, payments(2, first=2))])
    await sink.aclose()
    assert read_sqlite(path.with_name("former.db")) == expected(payments(2))


async def test_a_database_that_is_removed_meanwhile_is_missed(path: Path) -> None:
    sink = SQLite(path)
    await sink.open(opening(sink))
    await commit(sink, [BEGIN])
    path.unlink()  # noqa: ASYNC240  # as above
    with pytest.raises(DrainError, match=rf"{path.name} was replaced, moved or removed"):
        await commit(sink, [moved(0, payments(2))])
    await sink.aclose()
