"""What a file and its checkpoint hold, one beside the other, when something of the system's goes wrong."""

from __future__ import annotations

import asyncio
import csv
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from payments_async.drain import CSV, DrainError, JSONLines, Ledger
from payments_async.drain.sinks.files import FileSink
from tests.drain.sinks.targets import (
    BEGIN,
    KINDS,
    Kind,
    at,
    commit,
    content,
    expected,
    moved,
    opening,
    payment,
    payments,
)
from tests.sealed import assert_sealed

both_files = pytest.mark.parametrize("kind", KINDS[:2], ids=str)


async def begun(kind: Kind, path: Path) -> FileSink:
    """A sink with two rows in it."""
    sink = kind.make(path)
    assert isinstance(sink, FileSink)
    await sink.open(opening(sink))
    await commit(sink, [BEGIN])
    await commit(sink, [moved(0, payments(2))])
    return sink


@both_files
async def test_a_large_page_does_not_hold_up_the_loop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: Kind
) -> None:
    """Rows are converted some at a time, and the loop has a turn in between."""
    sink = await begun(kind, tmp_path / kind.name)
    encode, turns, largest = sink.encoded, 0, 0

    def encoded(rows: list[dict[str, Any]]) -> bytes:
        nonlocal turns, largest
        largest = max(largest, len(rows))
        asyncio.get_running_loop().call_soon(take_turn)
        return encode(rows)

    def take_turn() -> None:
        nonlocal turns
        turns += 1

    monkeypatch.setattr(sink, "encoded", encoded)
    rows = payments(1_000, first=2)
    await commit(sink, [moved(2, rows, done=True)])
    await sink.aclose()
    assert (largest, turns) == (100, 10)
    assert kind.read(tmp_path / kind.name) == expected(payments(2) + rows)


@both_files
async def test_a_folder_that_cannot_be_made_sure_of_leaves_file_and_checkpoint_agreed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: Kind
) -> None:
    sink = await begun(kind, tmp_path / kind.name)
    fsync = os.fsync

    def fail_for_folders(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(5, "Input/output error")
        fsync(descriptor)

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", fail_for_folders)
        with pytest.raises(DrainError, match="Input/output error"):
            await commit(sink, [moved(2, payments(2, first=2))])
    await sink.aclose()
    # Whether the new checkpoint is there or the former one: the file has what it says, at least.
    again = kind.make(tmp_path / kind.name)
    (found,) = await again.open(opening(again, resume=True))
    await again.aclose()
    assert kind.read(tmp_path / kind.name) == expected(payments(found.items))


@both_files
async def test_a_commit_whose_checkpoint_failed_can_be_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: Kind
) -> None:
    sink = await begun(kind, tmp_path / kind.name)

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", fail)
        with pytest.raises(DrainError, match="No space left on device"):
            await commit(sink, [moved(2, payments(9, first=2))])
    await commit(sink, [moved(2, payments(1, first=2))])
    await sink.aclose()
    assert kind.read(tmp_path / kind.name) == expected(payments(3))


@both_files
async def test_a_checkpoint_alone_is_not_gone_on_with(tmp_path: Path, kind: Kind) -> None:
    await (await begun(kind, tmp_path / kind.name)).aclose()
    (tmp_path / kind.name).unlink()
    sink = kind.make(tmp_path / kind.name)
    with pytest.raises(DrainError, match=r"has 0 bytes and its checkpoint says \d+: restore a copy, or replace it"):
        await sink.open(opening(sink, resume=True))
    await sink.aclose()


@both_files
async def test_a_damaged_checkpoint_is_refused_and_nothing_changed(tmp_path: Path, kind: Kind) -> None:
    await (await begun(kind, tmp_path / kind.name)).aclose()
    checkpoint = tmp_path / f"{kind.name}.checkpoint"
    checkpoint.write_bytes(checkpoint.read_bytes().replace(b"0", b"1"))
    before = content(tmp_path)
    sink = kind.make(tmp_path / kind.name)
    with pytest.raises(DrainError, match=r"the checkpoint .* is damaged: restore a copy, or start again with"):
        await sink.open(opening(sink, resume=True))
    await sink.aclose()
    assert content(tmp_path) == before


async def test_records_are_not_appended_under_names_that_are_others(tmp_path: Path) -> None:
    # As after an update of the package that gives payments one more field.
    sink = CSV(tmp_path / "out.csv")
    await (await begun(KINDS[1], sink.path)).aclose()
    data = sink.path.read_bytes().replace(b"metadata", b"metafata", 1)
    sink.path.write_bytes(data)
    with pytest.raises(DrainError, match=r"out.csv has other columns than the rows of this drain"):
        await sink.open(opening(sink, resume=True))
    await sink.aclose()
    assert sink.path.read_bytes() == data


async def test_an_empty_file_is_nobodys(tmp_path: Path) -> None:
    for kind in KINDS[:2]:
        (tmp_path / kind.name).touch()
        await kind.keep(tmp_path / kind.name, payments(3))
        assert kind.read(tmp_path / kind.name) == expected(payments(3))


async def test_a_drain_without_rows_can_be_resumed(tmp_path: Path) -> None:
    for kind in KINDS[:2]:
        await kind.keep(tmp_path / kind.name, finish=False)
        sink = kind.make(tmp_path / kind.name)
        assert [*await sink.open(opening(sink, resume=True))] == [at(0)]
        await sink.aclose()


def test_a_checkpoint_leaves_nothing_open(tmp_path: Path) -> None:
    sink = JSONLines(tmp_path / "out.jsonl")
    before = len([*Path("/proc/self/fd").iterdir()])
    for _ in range(3):
        sink.checkpoint.save(opening(sink).identity, Ledger())
    assert len([*Path("/proc/self/fd").iterdir()]) == before


@both_files
@pytest.mark.parametrize("put", [None, b"another"])
async def test_a_file_that_is_taken_away_meanwhile_is_missed(tmp_path: Path, kind: Kind, put: bytes | None) -> None:
    path = tmp_path / kind.name
    sink = await begun(kind, path)
    path.rename(tmp_path / "former")
    if put is not None:
        path.write_bytes(put)
    with pytest.raises(DrainError, match=r"moved or removed; what was committed is in the former file"):
        await commit(sink, [moved(2, payments(2, first=2))])
    await sink.aclose()
    assert kind.read(tmp_path / "former") == expected(payments(2))


@both_files
@pytest.mark.parametrize("left", [0, 10])
async def test_a_file_that_is_cut_meanwhile_is_not_written_to(tmp_path: Path, kind: Kind, left: int) -> None:
    # As logrotate does with copytruncate.
    path = tmp_path / kind.name
    sink = await begun(kind, path)
    before = path.read_bytes()
    path.write_bytes(before[:left])
    with pytest.raises(DrainError, match=rf"{path.name} was cut to {left} bytes although {len(before)} were committed"):
        await commit(sink, [moved(2, payments(2, first=2))])
    await sink.aclose()
    assert path.read_bytes() == before[:left]
    path.write_bytes(before)  # the copy is put back
    again = kind.make(path)
    await again.open(opening(again, resume=True))
    await commit(again, [moved(2, payments(2, first=2))])
    await again.aclose()
    assert kind.read(path) == expected(payments(4))


@pytest.mark.parametrize("kind", KINDS[:2], ids=str)
async def test_a_file_that_is_cut_between_a_check_and_the_write_is_not_called_committed(
    tmp_path: Path, kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / kind.name
    sink = await begun(kind, path)
    before = path.read_bytes()
    append = sink._append

    def cut_first(data: bytes) -> None:
        os.truncate(path, 10)
        append(data)

    monkeypatch.setattr(sink, "_append", cut_first)
    with pytest.raises(DrainError, match="was overwritten before byte"):
        await commit(sink, [moved(2, payments(2, first=2))])
    await sink.aclose()
    path.write_bytes(before)  # the copy is put back
    again = kind.make(path)
    assert [*await again.open(opening(again, resume=True))] == [at(2)]
    await again.aclose()


@pytest.mark.parametrize("kind", KINDS[:2], ids=str)
@pytest.mark.parametrize("place", [0, -5])
async def test_a_file_that_is_overwritten_meanwhile_is_not_called_done(tmp_path: Path, kind: Kind, place: int) -> None:
    path = tmp_path / kind.name
    sink = await begun(kind, path)
    with path.open("r+b") as file:
        file.seek(place, os.SEEK_SET if place == 0 else os.SEEK_END)
        file.write(b"xxxxx")
    with pytest.raises(DrainError, match="was overwritten before byte"):
        await sink.finish()
    with pytest.raises(DrainError, match="was overwritten before byte"):
        await commit(sink, [moved(2, payments(2, first=2))])
    await sink.aclose()


async def test_csv_files_are_read_side_by_side_without_touching_the_process(tmp_path: Path) -> None:
    limit = csv.field_size_limit()
    paths = [tmp_path / f"{number}.csv" for number in range(4)]
    rows = [payment(number, raw={"long": "x\r\n," * 50_000}) for number in range(4)]
    for path in paths:
        await KINDS[1].keep(path, rows, finish=False)
    found: list[tuple[str, ...]] = []

    async def resume(path: Path) -> None:
        sink = CSV(path)
        await sink.open(opening(sink, resume=True))
        await sink.recall(("id", "reference"), found.append)
        await sink.aclose()

    await asyncio.gather(*map(resume, paths))
    assert sorted(found) == sorted((row.id, row.reference) for row in rows for _ in paths)
    assert csv.field_size_limit() == limit


@pytest.mark.parametrize("damage", [b'a,"b\r\n', b'a,b"c\r\n', b'"a"b\r\n', b"a\r\n"])
async def test_csv_that_no_drain_has_written_is_damaged(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "out.csv"
    await KINDS[1].keep(path, payments(1), finish=False)
    sink = CSV(path)
    await sink.open(opening(sink, resume=True))
    with path.open("ab") as file:
        file.write(damage)
    with pytest.raises(DrainError, match="is damaged"):
        await sink.recall(("id",), print)
    await sink.aclose()


@both_files
async def test_what_others_append_to_a_finished_file_is_left_alone(tmp_path: Path, kind: Kind) -> None:
    path = tmp_path / kind.name
    await kind.keep(path, payments(2))
    with path.open("ab") as file:
        file.write(b"one more\n")
    before = path.read_bytes()
    sink = kind.make(path)
    assert [*await sink.open(opening(sink, resume=True))] == [at(2, done=True)]
    await sink.finish()
    await sink.aclose()
    assert path.read_bytes() == before


@both_files
async def test_rows_that_cannot_be_read_again_are_damaged(tmp_path: Path, kind: Kind) -> None:
    path = tmp_path / kind.name
    sink = await begun(kind, path)
    data = path.read_bytes()
    path.write_bytes(data[:-6] + b"\xff" * 6)
    with pytest.raises(DrainError, match=rf"{kind.name} is damaged: restore a copy, or start again with") as caught:
        await sink.recall(["id"], lambda _: None)
    assert_sealed(caught.value, "visa")
    await sink.aclose()


@both_files
async def test_a_checkpoint_that_cannot_be_written_leaves_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: Kind
) -> None:
    sink = await begun(kind, tmp_path / kind.name)
    names = set(content(tmp_path))

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", fail)
        with pytest.raises(DrainError, match="No space left on device"):
            await commit(sink, [moved(2, payments(2, first=2))])
    await sink.aclose()
    assert set(content(tmp_path)) == names
