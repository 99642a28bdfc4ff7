"""A disk that is full: an error that says so, what was committed is kept, and there is room again for a resume."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from payments_async.drain import DrainError, Each
from payments_async.models import Payment
from tests.drain.sinks.targets import BEGIN, KINDS, Kind, at, commit, every_kind, expected, moved, opening, payment
from tests.sealed import assert_sealed

COUNT, STEP = 40, 5


def rows(first: int, count: int = STEP) -> list[Payment]:
    """Rows of more than half a kilobyte."""
    return [payment(number, raw={"text": f"canary {number:03}" * 60}) for number in range(first, first + count)]


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """Files of this process can grow to so many bytes and no further."""
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))


async def drain(kind: Kind, path: Path) -> None:
    """Take all rows to a target, or those that are missing."""
    sink = kind.make(path)
    try:
        ledger = [*await sink.open(opening(sink, resume=True))]
        if not ledger:
            await commit(sink, [BEGIN])
        for first in range(ledger[0].items if ledger else 0, COUNT, STEP):
            await commit(sink, [moved(first, rows(first), done=first + STEP == COUNT)])
        await sink.finish()
    finally:
        await sink.aclose()


@every_kind
@pytest.mark.parametrize("size", [0, 100, 400, 700, 2_000, 6_000, 20_000])
async def test_a_full_disk_is_said_to_be_and_nothing_is_lost(tmp_path: Path, kind: Kind, size: int) -> None:
    path = tmp_path / kind.name
    with room_for(size), pytest.raises(DrainError) as caught:
        await drain(kind, path)
    assert_sealed(caught.value, "canary")
    said = str(caught.value)
    assert str(path.parent) in said
    assert any(why in said for why in ("File too large", "disk I/O error", "full")), said
    assert "kept" in said or "nothing was written" in said
    await drain(kind, path)
    assert kind.read(path) == expected(rows(0, COUNT))


@pytest.mark.parametrize("kind", KINDS[:2], ids=str)
async def test_a_file_holds_what_was_committed_and_no_part_of_what_was_not(tmp_path: Path, kind: Kind) -> None:
    path = tmp_path / kind.name
    sink = kind.make(path)
    await sink.open(opening(sink))
    await commit(sink, [BEGIN])
    await commit(sink, [moved(0, rows(0))])
    size = path.stat().st_size
    with room_for(size + 700), pytest.raises(DrainError, match=r"File too large.*; what was committed is kept"):
        await commit(sink, [moved(STEP, rows(STEP))])
    assert kind.read(path) == expected(rows(0))
    # Where there is room again, the same sink goes on.
    await commit(sink, [moved(STEP, rows(STEP))])
    await sink.aclose()
    assert kind.read(path) == expected(rows(0, 2 * STEP))
    assert [*await sink.open(opening(sink, resume=True))] == [at(2 * STEP)]
    await sink.aclose()


async def test_a_checkpoint_without_room_ends_each(tmp_path: Path) -> None:
    async def take(_: list[object]) -> None:
        pass

    sink = Each(take, tmp_path / "c")
    await sink.open(opening(sink))
    with room_for(100), pytest.raises(DrainError, match=r"c cannot be written \(File too large\)"):
        await commit(sink, [BEGIN])
    await sink.aclose()
