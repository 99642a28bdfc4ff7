"""Targets that are there already, that are somebody else's, damaged, taken or out of reach: refused, and left alone."""

from __future__ import annotations

import asyncio
import fcntl
import os
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from payments_async.drain import DrainError, Each, Ledger, PartitionLostError, Sink, Step, sink_for
from payments_async.drain.sinks import CSV, JSONLines, Parquet, SQLite
from tests.drain.sinks.targets import (
    BEGIN,
    KINDS,
    Kind,
    at,
    commit,
    content,
    every_kind,
    expected,
    locked_kinds,
    moved,
    opening,
    payment,
    payments,
    read_jsonl,
)


async def begun(kind: Kind, path: Path, count: int = 5) -> None:
    """A target with so many rows, whose drain is not done."""
    await kind.keep(path, payments(count), finish=False)


async def opened(sink: Sink, **how: Any) -> Ledger:
    """Open a sink and close it again."""
    try:
        return await sink.open(opening(sink, **how))
    finally:
        await sink.aclose()


def is_empty(folder: Path) -> bool:
    return not any(folder.iterdir())


async def refused(kind: Kind, path: Path, **how: Any) -> str:
    """Why a target is refused; nothing of it is changed, and it is let go."""
    before = content(path.parent)
    with pytest.raises(DrainError) as caught:
        await opened(kind.make(path), **how)
    # SQLite's log, and the lock of what will be taken up again.
    passing = {"out.db-wal", "out.db-shm", "out.parquet.parts/lock"}
    assert {name: data for name, data in content(path.parent).items() if name not in passing - before.keys()} == before
    assert str(path) in str(caught.value)
    return str(caught.value)


@every_kind
@pytest.mark.parametrize("finish", [True, False])
async def test_a_target_that_is_there_is_refused(tmp_path: Path, kind: Kind, *, finish: bool) -> None:
    await kind.keep(tmp_path / kind.name, payments(5), finish=finish)
    assert "already: resume it, replace it, or give another file" in await refused(kind, tmp_path / kind.name)


@every_kind
@pytest.mark.parametrize("resume", [True, False])
async def test_a_file_of_somebody_else_is_refused(tmp_path: Path, kind: Kind, *, resume: bool) -> None:
    (tmp_path / kind.name).write_bytes(b"the only copy of my thesis")
    why = await refused(kind, tmp_path / kind.name, resume=resume)
    assert ("file is not a database" if kind.make is SQLite else "replace it, or give another file") in why


@every_kind
async def test_a_target_is_resumed_from_its_checkpoint(tmp_path: Path, kind: Kind) -> None:
    path = tmp_path / kind.name
    await begun(kind, path)
    sink = kind.make(path)
    assert [*await sink.open(opening(sink, resume=True))] == [at(5)]
    await commit(sink, [moved(5, payments(3, first=5), done=True)])
    await sink.finish()
    await sink.aclose()
    assert kind.read(path) == expected(payments(8))
    assert [*await opened(kind.make(path), resume=True)] == [at(8, done=True)]
    assert kind.read(path) == expected(payments(8))


@every_kind
async def test_a_target_that_is_not_there_is_begun_by_resume(tmp_path: Path, kind: Kind) -> None:
    assert [*await opened(kind.make(tmp_path / kind.name), resume=True)] == []
    assert [*await opened(kind.make(tmp_path / kind.name), resume=True)] == []


@every_kind
@pytest.mark.parametrize("finish", [True, False])
async def test_replace_begins_again(tmp_path: Path, kind: Kind, *, finish: bool) -> None:
    path = tmp_path / kind.name
    await kind.keep(path, payments(9), finish=finish)
    await kind.keep(path, payments(2, first=20), replace=True, query="[1]")
    assert kind.read(path) == expected(payments(2, first=20))


@every_kind
@pytest.mark.parametrize("finish", [True, False])
async def test_a_target_stays_as_it_is_until_there_is_something_in_its_place(
    tmp_path: Path, kind: Kind, *, finish: bool
) -> None:
    # Or a wrong secret would be enough to lose it.
    path = tmp_path / kind.name
    await kind.keep(path, payments(9), finish=finish)
    before = content(tmp_path)
    await opened(kind.make(path), replace=True)
    assert [*await opened(kind.make(path), resume=True)] == [at(9, done=finish)]
    if kind.make is SQLite:
        assert kind.read(path) == expected(payments(9))
    else:
        assert content(tmp_path) == before


@locked_kinds
async def test_a_target_that_nothing_comes_of_is_not_left_behind(tmp_path: Path, kind: Kind) -> None:
    for how in ({}, {"resume": True}, {"replace": True}):
        assert [*await opened(kind.make(tmp_path / kind.name), **how)] == []
        assert is_empty(tmp_path)


@every_kind
async def test_a_first_try_that_failed_is_in_nobodys_way(tmp_path: Path, kind: Kind) -> None:
    await opened(kind.make(tmp_path / kind.name), server="https://wrong.example", query="wrong")
    await kind.keep(tmp_path / kind.name, payments(3))
    assert kind.read(tmp_path / kind.name) == expected(payments(3))


@every_kind
async def test_what_is_no_file_is_no_target(tmp_path: Path, kind: Kind) -> None:
    (tmp_path / kind.name).mkdir()
    for how in ({}, {"resume": True}, {"replace": True}):
        why = await refused(kind, tmp_path / kind.name, **how)
        assert ("unable to open database file" if kind.make is SQLite else "is not a file: give another one") in why


@every_kind
async def test_one_sink_serves_one_drain_after_the_other(tmp_path: Path, kind: Kind) -> None:
    path = tmp_path / kind.name
    sink = kind.make(path)
    again = replace(kind, make=lambda _: sink)
    await again.keep(path, payments(9))
    await again.keep(path, payments(2, first=20), replace=True)
    assert kind.read(path) == expected(payments(2, first=20))


@every_kind
async def test_replace_takes_the_place_of_a_file_of_somebody_else(tmp_path: Path, kind: Kind) -> None:
    path = tmp_path / kind.name
    if kind.make is SQLite:
        other = kind.make(path)
        await opened(other)
    else:
        path.write_bytes(b"x" * 100_000)
    await kind.keep(path, payments(2), replace=True)
    assert kind.read(path) == expected(payments(2))


@every_kind
@pytest.mark.parametrize("finish", [True, False])
@pytest.mark.parametrize("other", [{"server": "https://b.example"}, {"query": "[]"}, {"format": "other"}], ids=str)
async def test_the_target_of_another_drain_is_refused(
    tmp_path: Path, kind: Kind, other: dict[str, Any], *, finish: bool
) -> None:
    await kind.keep(tmp_path / kind.name, payments(5), finish=finish)
    why = await refused(kind, tmp_path / kind.name, resume=True, **other)
    ((name, value),) = other.items()
    assert "is the checkpoint of another drain" in why
    assert f"its {name} is " in why
    assert name == "query" or f"not {value!r}" in why


@locked_kinds
async def test_the_target_of_another_resource_is_refused(tmp_path: Path, kind: Kind) -> None:
    await begun(kind, tmp_path / kind.name)
    assert "its resource is 'payments'" in await refused(kind, tmp_path / kind.name, resume=True, resource="accounts")


@locked_kinds
@pytest.mark.parametrize("resume", [True, False])
async def test_a_target_that_another_drain_writes_to_is_refused(tmp_path: Path, kind: Kind, *, resume: bool) -> None:
    path = tmp_path / kind.name
    first, second = kind.make(path), kind.make(path)
    await first.open(opening(first))
    await commit(first, [BEGIN])
    how = {"resume": True} if resume else {"replace": True}
    with pytest.raises(DrainError, match=r"another drain is writing to .*: let it end, or give another target"):
        await opened(second, **how)
    await commit(first, [moved(0, payments(3), done=True)])
    await first.finish()
    await first.aclose()
    assert kind.read(path) == expected(payments(3))
    await opened(second, resume=True)


@locked_kinds
@pytest.mark.parametrize("resume", [True, False])
async def test_a_target_that_another_drain_makes_at_the_same_time_is_not_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: Kind, *, resume: bool
) -> None:
    path, flock = tmp_path / kind.name, fcntl.flock

    def lock_late(file: int, operation: int) -> None:
        # In the thread that opens the target, just before it has it for itself.
        monkeypatch.undo()
        asyncio.run(kind.keep(path, payments(7)))
        flock(file, operation)

    monkeypatch.setattr(fcntl, "flock", lock_late)
    sink = kind.make(path)
    if kind.make is Parquet:  # the other has taken its lock away with its parts
        with pytest.raises(DrainError, match="another drain is writing"):
            await opened(sink, resume=resume)
    if resume:
        assert [*await opened(sink, resume=True)] == [at(7, done=True)]
    else:
        with pytest.raises(DrainError, match="exists already"):
            await opened(sink)
    assert kind.read(path) == expected(payments(7))


@every_kind
async def test_a_step_from_elsewhere_keeps_nothing(tmp_path: Path, kind: Kind) -> None:
    path = tmp_path / kind.name
    sink = kind.make(path)
    await sink.open(opening(sink))
    await commit(sink, [BEGIN])
    await commit(sink, [moved(0, payments(2))])
    with pytest.raises(PartitionLostError):
        await commit(sink, [moved(2, payments(1, first=2)), moved(0, payments(2))])
    with pytest.raises(PartitionLostError):
        await commit(sink, [BEGIN])
    await commit(sink, [moved(2, payments(3, first=2)), Step(before=at(5), after=(at(5, done=True),))])
    await sink.finish()
    await sink.aclose()
    assert kind.read(path) == expected(payments(5))
    assert [*await opened(kind.make(path), resume=True)] == [at(5, done=True)]


@every_kind
async def test_what_is_committed_can_be_recalled(tmp_path: Path, kind: Kind) -> None:
    path = tmp_path / kind.name
    rows = [*payments(40), payment(40, raw={"a long text": "é" * 200_000})]
    await kind.keep(path, rows, finish=False)
    sink, found = kind.make(path), list[tuple[str, ...]]()
    await sink.open(opening(sink, resume=True))
    await sink.recall(("id", "created_at"), found.append)
    await sink.aclose()
    assert found == [(row["id"], row["created_at"]) for row in expected(rows)]


@every_kind
@pytest.mark.parametrize(
    "where",
    ["missing/{}", "file/{}", "{}", "n" * 300],
    ids=["no folder", "no folder but a file", "a folder", "too long"],
)
async def test_a_target_that_cannot_be_written_is_refused(tmp_path: Path, kind: Kind, where: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    path = tmp_path / where.format(kind.name)
    if where == "{}":
        path.mkdir()
    with pytest.raises(DrainError) as caught:
        await opened(kind.make(path), replace=True)
    assert str(path) in str(caught.value)


@every_kind
async def test_a_sink_can_be_closed_at_any_time(tmp_path: Path, kind: Kind) -> None:
    sink = kind.make(tmp_path / kind.name)
    await sink.aclose()
    await sink.open(opening(sink))
    await sink.aclose()
    await sink.aclose()


@pytest.mark.parametrize(
    ("name", "format_", "kind"),
    [
        ("a.jsonl", None, JSONLines),
        ("a.ndjson", None, JSONLines),
        ("a.CSV", None, CSV),
        ("a.parquet", None, Parquet),
        ("a.db", None, SQLite),
        ("a.sqlite", None, SQLite),
        ("a.sqlite3", None, SQLite),
        ("a.csv", "jsonl", JSONLines),
        ("a", "sqlite", SQLite),
    ],
)
def test_a_sink_is_found_by_suffix_or_format(name: str, format_: str | None, kind: type) -> None:
    sink = sink_for(name, format_)
    assert type(sink) is kind
    assert isinstance(sink, JSONLines | CSV | Parquet | SQLite)
    assert sink.path == Path(name)


@pytest.mark.parametrize(
    ("name", "format_", "why"),
    [
        ("a.xlsx", None, "the suffix of 'a.xlsx'"),
        ("a", None, "the suffix of 'a'"),
        ("a.csv", "xml", "the format 'xml'"),
        ("a.csv", "", "the format ''"),
    ],
)
def test_what_no_sink_is_for_is_refused(name: str, format_: str | None, why: str) -> None:
    with pytest.raises(ValueError, match=f"{why} is not known: the formats are jsonl, csv, parquet, sqlite"):
        sink_for(name, format_)


def test_only_csv_is_for_spreadsheets() -> None:
    assert isinstance(sink := sink_for("a.csv", spreadsheet=True), CSV)
    assert sink.spreadsheet
    with pytest.raises(ValueError, match="only CSV is written for spreadsheets, not parquet"):
        sink_for("a.parquet", spreadsheet=True)


# Who can read the files, and where they are


@pytest.fixture
def _open_to_all() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


async def _none(_: list[Any]) -> None:
    pass


ALL_KINDS = [*KINDS, Kind(lambda path: Each(_none, checkpoint=path), "each", read_jsonl)]


async def every_file(folder: Path, kind: Kind) -> dict[str, int]:
    """The permissions of each file and folder that a drain makes, by name."""
    found = dict[str, int]()

    def look() -> None:
        for path in folder.rglob("*"):
            if not path.is_symlink():
                found[path.name] = stat.S_IMODE(path.stat().st_mode)

    sink = kind.make(folder / kind.name)
    await sink.open(opening(sink))
    try:
        await commit(sink, [BEGIN])
        await commit(sink, [moved(0, payments(2), done=True)])
        look()
        await sink.finish()
    finally:
        await sink.aclose()
    look()
    return found


@pytest.mark.usefixtures("_open_to_all")
@pytest.mark.parametrize("kind", ALL_KINDS, ids=str)
async def test_only_the_owner_can_read_what_a_drain_makes(tmp_path: Path, kind: Kind) -> None:
    found = await every_file(tmp_path, kind)
    assert len(found) > 1
    assert {mode & 0o077 for mode in found.values()} == {0}


@pytest.mark.parametrize("kind", ALL_KINDS, ids=str)
@pytest.mark.parametrize("suffix", [".checkpoint.new", ".new", ".lock", ".parts", ""])
async def test_a_planted_link_leads_no_data_elsewhere(tmp_path: Path, kind: Kind, suffix: str) -> None:
    home, elsewhere = tmp_path / "home", tmp_path / "elsewhere"
    home.mkdir()
    elsewhere.mkdir()
    (home / f"{kind.name}{suffix}").symlink_to(elsewhere if suffix == ".parts" else elsewhere / "target")
    try:
        await every_file(home, kind)
    except DrainError as error:  # the link stands in the way; others are replaced
        assert kind.name in str(error)
    assert [*elsewhere.iterdir()] == []
