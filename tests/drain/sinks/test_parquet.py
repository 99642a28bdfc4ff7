"""A Parquet file out of parts: complete or not there, and made of every part that was committed."""

from __future__ import annotations

import asyncio
import shutil
import sys
import threading
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from payments_async.drain import DrainError, Parquet, Step
from tests.drain.sinks.targets import (
    BEGIN,
    KINDS,
    at,
    commit,
    content,
    expected,
    moved,
    opening,
    parquet,
    payment,
    payments,
    read_parquet,
)

KIND = KINDS[3]
CHECKPOINT = "out.parquet.checkpoint"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "out.parquet"


async def test_the_file_is_there_only_when_it_is_complete(path: Path) -> None:
    sink = Parquet(path)
    await sink.open(opening(sink))
    await commit(sink, [BEGIN])
    await commit(sink, [moved(0, payments(2))])
    await commit(sink, [moved(2, payments(1, first=2))])
    assert not sink.path.exists()
    assert sorted(part.name for part in sink.parts.iterdir()) == ["000001.parquet", "000002.parquet", "lock"]
    await commit(sink, [Step(before=at(3), after=(at(3, done=True),))])
    await sink.finish()
    assert read_parquet(path) == expected(payments(3))
    assert set(content(path.parent)) == {"out.parquet", CHECKPOINT}
    await sink.finish()
    await sink.aclose()
    assert read_parquet(path) == expected(payments(3))


async def test_a_commit_without_rows_makes_no_part(path: Path) -> None:
    sink = Parquet(path)
    await sink.open(opening(sink))
    await commit(sink, [BEGIN])
    await commit(sink, [moved(0, [])])
    assert [part.name for part in sink.parts.iterdir()] == ["lock"]
    await sink.aclose()


async def test_a_finish_that_was_broken_off_is_done_again(path: Path) -> None:
    sink = Parquet(path)
    await sink.open(opening(sink))
    await commit(sink, [BEGIN])
    await commit(sink, [moved(0, payments(4), done=True)])
    await sink.aclose()
    for _ in range(2):
        await sink.open(opening(sink, resume=True))
        (sink.parts.parent / "out.parquet.new").write_bytes(b"what a break has left")
        await sink.finish()
        await sink.aclose()
        assert read_parquet(path) == expected(payments(4))


async def test_parts_of_a_run_before_are_not_taken_in(path: Path) -> None:
    await KIND.keep(path, *(payments(1, first=number) for number in range(5)), finish=False)
    await KIND.keep(path, payments(1, first=70), replace=True)
    assert read_parquet(path) == expected(payments(1, first=70))


async def test_a_part_that_was_not_committed_is_written_over(path: Path) -> None:
    await KIND.keep(path, payments(2), finish=False)
    sink = Parquet(path)
    (sink.parts / "000002.parquet").write_bytes((sink.parts / "000001.parquet").read_bytes())
    await sink.open(opening(sink, resume=True))
    await commit(sink, [moved(2, payments(1, first=2), done=True)])
    await sink.finish()
    await sink.aclose()
    assert read_parquet(path) == expected(payments(3))


@pytest.mark.parametrize("damage", ["missing", "cut", "empty"])
@pytest.mark.parametrize("number", [1, 2])
async def test_a_part_that_is_missing_or_cut_is_refused(path: Path, damage: str, number: int) -> None:
    await KIND.keep(path, payments(2), payments(2, first=2), finish=False)
    sink = Parquet(path)
    part = sink.parts / f"00000{number}.parquet"
    if damage == "missing":
        part.unlink()
    else:
        part.write_bytes(part.read_bytes()[: -1 if damage == "cut" else 0])
    before = content(path.parent)
    with pytest.raises(DrainError, match=rf"00000{number}.parquet is missing or damaged: restore a copy, or replace"):
        await sink.open(opening(sink, resume=True))
    await sink.aclose()
    assert content(path.parent) == before


async def test_a_file_that_comes_from_elsewhere_is_not_taken_for_the_finished_one(path: Path) -> None:
    await KIND.keep(path, payments(2), finish=False)
    Parquet(path).path.write_bytes(b"PAR1 of somebody else")
    sink = Parquet(path)
    before = content(path.parent)
    with pytest.raises(DrainError, match=r"out.parquet exists and is not from this drain: move it and resume"):
        await sink.open(opening(sink, resume=True))
    await sink.aclose()
    assert content(path.parent) == before
    sink.path.unlink()
    await sink.open(opening(sink, resume=True))
    await commit(sink, [moved(2, payments(1, first=2), done=True)])
    await sink.finish()
    await sink.aclose()
    assert read_parquet(path) == expected(payments(3))


async def test_a_damaged_checkpoint_is_refused(path: Path) -> None:
    await KIND.keep(path, payments(2), finish=False)
    checkpoint = path.with_name(CHECKPOINT)
    checkpoint.write_bytes(checkpoint.read_bytes()[:-1])
    sink = Parquet(path)
    before = content(path.parent)
    with pytest.raises(DrainError, match="is damaged"):
        await sink.open(opening(sink, resume=True))
    await sink.aclose()
    assert content(path.parent) == before


async def test_many_parts_are_one_file_in_order(path: Path) -> None:
    await KIND.keep(path, *(payments(1, first=number) for number in range(12)))
    assert read_parquet(path) == expected(payments(12))
    assert parquet.read_metadata(path).num_rows == 12


async def test_a_column_has_one_type_though_its_parts_differ_after_a_break(path: Path) -> None:
    await KIND.keep(path, [payment(0, amount=10**50)], finish=False)
    sink = Parquet(path)
    await sink.open(opening(sink, resume=True))
    await commit(sink, [moved(1, [payment(1)], done=True)])
    await sink.finish()
    await sink.aclose()
    assert [row["amount"] for row in read_parquet(path)] == [10**50, -1]


async def test_a_long_integer_among_many_rows_makes_its_column_text_in_all_of_them(path: Path) -> None:
    rows = [*payments(250), payment(250, amount=-(10**50)), *payments(100, first=251)]
    await KIND.keep(path, rows)
    assert read_parquet(path) == expected(rows)
    assert parquet.read_metadata(path).num_row_groups == 1


@pytest.mark.parametrize("missing", ["pyarrow", "pyarrow.parquet"])
async def test_a_missing_pyarrow_is_one_line_that_says_what_to_install(
    path: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    monkeypatch.delitem(sys.modules, "pyarrow.parquet")
    monkeypatch.setitem(sys.modules, missing, None)
    sink = Parquet(path)
    with pytest.raises(
        DrainError, match=r"pyarrow\.parquet is missing; install what the extra `parquet` needs: pip install pyarrow"
    ):
        await sink.open(opening(sink))
    await sink.aclose()
    assert content(path.parent) == {}


def write_other_rows(path: Path) -> None:
    parquet.write_table(parquet.read_table(Parquet(path).parts / "000001.parquet").slice(1), path)


@pytest.mark.parametrize("write", [lambda path: path.write_bytes(b"somebody's"), write_other_rows])
async def test_a_file_that_comes_during_the_drain_is_left_alone_and_so_are_the_parts(
    path: Path, write: Callable[[Path], object]
) -> None:
    sink = Parquet(path)
    await sink.open(opening(sink))
    await commit(sink, [BEGIN])
    await commit(sink, [moved(0, payments(3), done=True)])
    write(path)
    before = content(path.parent)
    with pytest.raises(DrainError, match=r"out.parquet exists and is not from this drain"):
        await sink.finish()
    await sink.aclose()
    assert content(path.parent) == before
    sink.path.unlink()
    await sink.open(opening(sink, resume=True))
    await sink.finish()
    await sink.aclose()
    assert read_parquet(path) == expected(payments(3))


@pytest.mark.parametrize("use", ["finish", "recall"])
async def test_a_part_that_cannot_be_read_is_named(path: Path, use: str) -> None:
    await KIND.keep(path, payments(2), payments(2, first=2), finish=False)
    sink = Parquet(path)
    part = sink.parts / "000002.parquet"
    part.write_bytes(b"\0" * 100 + b"PAR1")
    await sink.open(opening(sink, resume=True))
    with pytest.raises(DrainError, match=r"000002.parquet is damaged: restore a copy, or replace .*out.parquet"):
        await (sink.finish() if use == "finish" else sink.recall(["id"], print))
    await sink.aclose()
    assert set(content(path.parent)) == {
        "out.parquet.checkpoint",
        *(f"out.parquet.parts/{name}" for name in ("lock", "000001.parquet", "000002.parquet")),
    }


async def test_the_folder_of_parts_is_another_drains_once_its_lock_is_gone(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sink, other = Parquet(path), Parquet(path)
    await sink.open(opening(sink))
    await commit(sink, [BEGIN])
    await commit(sink, [moved(0, payments(3), done=True)])
    removed = shutil.rmtree

    def remove_slowly(folder: Path, **how: Any) -> None:
        # Whoever comes now is turned away, and whoever comes later finds nothing of this drain's.
        monkeypatch.undo()
        with pytest.raises(DrainError, match="another drain is writing"):
            asyncio.run(other.open(opening(other, replace=True)))
        removed(folder, **how)

    monkeypatch.setattr("shutil.rmtree", remove_slowly)
    await sink.finish()
    await other.open(opening(other, replace=True))
    await commit(other, [BEGIN])
    await commit(other, [moved(0, payments(1), done=True)])
    await sink.aclose()
    await other.finish()
    await other.aclose()
    assert read_parquet(path) == expected(payments(1))
    assert set(content(path.parent)) == {"out.parquet", "out.parquet.checkpoint"}


async def test_parts_that_are_moved_meanwhile_are_missed(path: Path) -> None:
    sink = Parquet(path)
    await sink.open(opening(sink))
    await commit(sink, [BEGIN])
    await commit(sink, [moved(0, payments(2))])
    sink.parts.rename(sink.parts.with_name("former"))
    with pytest.raises(DrainError, match=r"parts was moved or removed; what was committed is in the former folder"):
        await commit(sink, [moved(2, payments(2, first=2))])
    await sink.aclose()
    assert [each.name for each in sorted(sink.parts.with_name("former").iterdir())] == ["000001.parquet", "lock"]


async def test_pyarrow_is_imported_where_it_does_not_hold_up_the_loop(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads = list[threading.Thread]()

    def imported(name: str) -> Any:
        threads.append(threading.current_thread())
        return import_module(name)

    monkeypatch.setattr("payments_async.drain.sinks.parquet.import_module", imported)
    await KIND.keep(path, payments(3))
    assert threads[0] is not threading.main_thread()  # the others find it imported
