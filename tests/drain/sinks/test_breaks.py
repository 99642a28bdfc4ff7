"""Breaks at any moment, any number of times: no row is lost and none doubled, and nobody has to tidy up."""

from __future__ import annotations

import asyncio
import itertools
import shutil
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments_async.drain import DrainError
from payments_async.models import Payment
from tests.drain.sinks.power import Disk, PowerFailure
from tests.drain.sinks.targets import (
    BEGIN,
    KINDS,
    Kind,
    commit,
    content,
    expected,
    locked_kinds,
    moved,
    opening,
    payments,
    read_parquet,
)
from tests.properties import examples

COUNT, STEP = 5, 2
SURVIVES = [(True, True), (False, False), (False, True), (True, False)]
"""Whether unsynced data survives, and whether unsynced names do."""


async def drain(kind: Kind, path: Path, *, replace: bool = False) -> bool:
    """Take all rows to a target, or those that are missing; whether there was anything to do."""
    sink = kind.make(path)
    try:
        ledger = [*await sink.open(opening(sink, resume=not replace, replace=replace))]
        if not ledger:
            await commit(sink, [BEGIN])
        kept = ledger[0].items if ledger else 0
        done = bool(ledger) and ledger[0].done
        for first in range(kept, 0 if done else COUNT, STEP):
            rows = payments(min(STEP, COUNT - first), first=first)
            await commit(sink, [moved(first, rows, done=first + STEP >= COUNT)])
        await sink.finish()
    finally:
        await sink.aclose()
    return not done


@contextmanager
def until_power_fails(kind: Kind, folder: Path, left: int, *, replace: bool = False) -> Iterator[Disk | None]:
    """Drain until the power fails; gives the disk, or nothing where the drain has come to its end."""
    disk, failed = Disk(folder, left), False
    with closing(disk):
        with pytest.MonkeyPatch.context() as patch:
            disk.attach(patch)
            try:
                asyncio.run(drain(kind, folder / kind.name, replace=replace))
            except PowerFailure:
                failed = True
        yield disk if failed else None


@locked_kinds
@examples(20)
@given(st.lists(st.tuples(st.integers(1, 45), st.sampled_from(SURVIVES)), max_size=5))
def test_whenever_the_power_fails_a_resume_completes_the_file(
    tmp_path_factory: pytest.TempPathFactory, kind: Kind, failures: list[tuple[int, tuple[bool, bool]]]
) -> None:
    base = tmp_path_factory.mktemp("power")
    folder = base / "0"
    folder.mkdir()
    for number, (left, (data, names)) in enumerate(failures, 1):
        with until_power_fails(kind, folder, left) as disk:
            if disk is not None:
                folder = base / str(number)
                disk.after(data=data, names=names, to=folder)
    asyncio.run(drain(kind, folder / kind.name))
    assert kind.read(folder / kind.name) == expected(payments(COUNT))
    if kind.name == "out.parquet":
        assert set(content(folder)) == {"out.parquet", "out.parquet.checkpoint"}


def states(kind: Kind, base: Path, *, old: Sequence[Payment] = ()) -> Iterator[Path]:
    """Each state in which the power can leave a target, alone in a folder of its own.

    Args:
        kind: The target's kind.
        base: Where to put the folders.
        old: What the target holds that is being replaced.
    """
    known = set[frozenset[tuple[str, bytes]]]()
    for left in itertools.count(1):
        folder = base / f"{left}"
        folder.mkdir()
        if old:
            asyncio.run(kind.keep(folder / kind.name, old))
        with until_power_fails(kind, folder, left, replace=bool(old)) as disk:
            if disk is None:
                assert left > 25
                break
            for data, names in SURVIVES:
                after = base / f"{left} {data} {names}"
                disk.after(data=data, names=names, to=after)
                state = frozenset(content(after).items())
                if state not in known:
                    known.add(state)
                    yield after / kind.name


@locked_kinds
def test_whatever_the_power_leaves_is_completed_by_a_resume(tmp_path: Path, kind: Kind) -> None:
    for path in states(kind, tmp_path):
        asyncio.run(drain(kind, path))
        assert kind.read(path) == expected(payments(COUNT)), path


@locked_kinds
def test_whatever_the_power_leaves_of_a_replaced_target_is_not_mixed(tmp_path: Path, kind: Kind) -> None:
    old = payments(4, first=500)
    for path in states(kind, tmp_path, old=old):
        try:
            drained = asyncio.run(drain(kind, path))
        except DrainError:
            assert kind.read is read_parquet, "the others are gone on with"
            assert not path.exists()
            drained = asyncio.run(drain(kind, path, replace=True))
        # Where nothing was to do, replacing it had not begun yet or was done.
        assert kind.read(path) in [expected(payments(COUNT)), *([] if drained else [expected(old)])], path


@pytest.mark.parametrize("kind", KINDS[:2], ids=str)
@examples(25)
@given(st.data())
def test_a_file_cut_anywhere_is_completed_or_refused(
    tmp_path_factory: pytest.TempPathFactory, kind: Kind, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("cut") / kind.name
    asyncio.run(kind.keep(path, payments(2), payments(2, first=2), finish=False))
    committed = path.read_bytes()
    whole = committed + data.draw(st.binary(max_size=60)) * data.draw(st.integers(1, 50))
    length = data.draw(st.integers(0, len(whole)))
    path.write_bytes(whole[:length])
    if length >= len(committed):
        asyncio.run(drain(kind, path))
        assert kind.read(path) == expected(payments(COUNT))
    else:
        with pytest.raises(DrainError, match=rf"has {length} bytes and its checkpoint says {len(committed)}"):
            asyncio.run(drain(kind, path))
        assert path.read_bytes() == whole[:length]


@pytest.mark.parametrize("kind", KINDS[:2], ids=str)
@pytest.mark.parametrize("count", [4, COUNT])
def test_what_was_not_committed_is_cut_off_however_long_it_is(tmp_path: Path, kind: Kind, count: int) -> None:
    path = tmp_path / kind.name
    asyncio.run(kind.keep(path, payments(count), finish=False))
    path.write_bytes(path.read_bytes() * 20)
    asyncio.run(drain(kind, path))
    assert kind.read(path) == expected(payments(COUNT))


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_a_run_ended_after_any_commit_is_resumed(tmp_path: Path, kind: Kind) -> None:
    for commits in range(COUNT // STEP + 1):
        path = tmp_path / str(commits) / kind.name
        path.parent.mkdir()
        rows = payments(commits * STEP)
        asyncio.run(kind.keep(path, *(rows[at : at + STEP] for at in range(0, len(rows), STEP)), finish=False))
        for _ in range(2):
            asyncio.run(drain(kind, path))
            assert kind.read(path) == expected(payments(COUNT))


def test_a_target_moved_with_its_checkpoint_is_resumed(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    for kind in KINDS:
        asyncio.run(kind.keep(tmp_path / "a" / kind.name, payments(4), finish=False))
    shutil.move(tmp_path / "a", tmp_path / "b")
    for kind in KINDS:
        asyncio.run(drain(kind, tmp_path / "b" / kind.name))
        assert kind.read(tmp_path / "b" / kind.name) == expected(payments(COUNT))
