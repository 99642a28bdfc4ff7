"""Rows to a function: at least once, in order, and from the checkpoint on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from payments_async.drain import DrainError, Each, PartitionLostError
from payments_async.models import Payment
from tests.drain.sinks.targets import BEGIN, at, commit, moved, opening, payments

Function = Callable[[list[Any]], Awaitable[object]]


class Taken:
    """A function that takes rows, after what a test lets happen first."""

    def __init__(self, first: Callable[[], None] = lambda: None) -> None:
        self.rows = list[list[Payment]]()
        self.first = first

    async def __call__(self, rows: list[Payment]) -> None:
        await asyncio.sleep(0)
        self.first()
        self.rows.append(rows)


def saved(path: Path) -> list[Any]:
    """The keys in a checkpoint file."""
    return [each["key"] for each in json.loads(path.read_bytes())["partitions"]]


async def test_rows_of_one_commit_are_handed_over_at_once_and_in_order(tmp_path: Path) -> None:
    taken, path = Taken(), tmp_path / "c"
    sink = Each(taken, path)
    await sink.open(opening(sink))
    await commit(sink, [BEGIN])
    await commit(sink, [moved(0, payments(2)), moved(2, payments(1, first=2))])
    await commit(sink, [moved(3, [])])
    assert saved(path) == ["00003"]
    assert taken.rows == [payments(3)], "a commit without rows is no call"
    await sink.aclose()


async def test_rows_whose_function_fails_come_again(tmp_path: Path) -> None:
    def fail() -> None:
        raise LookupError("not today")

    taken = Taken(fail)
    sink = Each(taken, tmp_path / "c")
    await sink.open(opening(sink))
    await commit(sink, [BEGIN])
    with pytest.raises(LookupError, match="not today"):
        await commit(sink, [moved(0, payments(2))])
    await sink.aclose()
    taken.first = lambda: None
    again = Each(taken, tmp_path / "c")
    assert [*await again.open(opening(again, resume=True))] == [at(0)]
    await commit(again, [moved(0, payments(2), done=True)])
    await again.aclose()
    assert taken.rows == [payments(2)]


async def test_rows_whose_checkpoint_is_lost_come_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken, path = Taken(), tmp_path / "c"
    sink = Each(taken, path)
    await sink.open(opening(sink))
    await commit(sink, [BEGIN])

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full)
        with pytest.raises(DrainError, match=r"c cannot be written \(No space left on device\)"):
            await commit(sink, [moved(0, payments(2))])
    await commit(sink, [moved(0, payments(2))])
    assert taken.rows == [payments(2), payments(2)], "at least once"
    assert saved(path) == ["00002"]
    await sink.aclose()


async def test_a_step_from_elsewhere_hands_nothing_over(tmp_path: Path) -> None:
    taken = Taken()
    sink = Each(taken, tmp_path / "c")
    await sink.open(opening(sink))
    await commit(sink, [BEGIN])
    with pytest.raises(PartitionLostError):
        await commit(sink, [moved(1, payments(1))])
    assert taken.rows == []
    await sink.aclose()


async def test_a_second_worker_is_refused_until_the_first_has_ended(tmp_path: Path) -> None:
    first, second = (Each(Taken(), tmp_path / "c") for _ in range(2))
    await first.open(opening(first))
    with pytest.raises(DrainError, match="another drain is writing to"):
        await second.open(opening(second, resume=True))
    await second.aclose()
    await commit(first, [BEGIN])
    await first.aclose()
    assert [*await second.open(opening(second, resume=True))] == [at(0)]
    await second.aclose()


@pytest.mark.parametrize("with_file", [True, False])
async def test_one_sink_serves_one_drain_after_the_other(tmp_path: Path, *, with_file: bool) -> None:
    taken = Taken()
    sink = Each(taken, tmp_path / "c" if with_file else None)
    for _ in range(2):
        assert [*await sink.open(opening(sink, replace=True))] == []
        await commit(sink, [BEGIN])
        await commit(sink, [moved(0, payments(2), done=True)])
        await sink.finish()
        await sink.aclose()
    assert taken.rows == [payments(2), payments(2)]


async def test_a_checkpoint_that_is_there_is_refused(tmp_path: Path) -> None:
    (tmp_path / "c").write_text("my diary")
    for resume, why in ((False, "c exists already"), (True, "the checkpoint .*c is damaged")):
        sink = Each(Taken(), tmp_path / "c")
        with pytest.raises(DrainError, match=why):
            await sink.open(opening(sink, resume=resume))
        await sink.aclose()
    assert (tmp_path / "c").read_text() == "my diary"


async def test_the_checkpoint_of_another_drain_is_refused(tmp_path: Path) -> None:
    sink = Each(Taken(), tmp_path / "c")
    await sink.open(opening(sink))
    await commit(sink, [BEGIN])
    await sink.aclose()
    with pytest.raises(DrainError, match="its resource is 'payments', not 'accounts'"):
        await sink.open(opening(sink, resume=True, resource="accounts"))
    await sink.aclose()


@pytest.mark.parametrize("where", ["missing/c", "file/c", "folder", "n" * 300])
@pytest.mark.parametrize("resume", [True, False])
async def test_a_checkpoint_that_cannot_be_written_is_refused(tmp_path: Path, where: str, *, resume: bool) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_bytes(b"")
    sink = Each(Taken(), tmp_path / where)
    with pytest.raises(DrainError, match=where):
        await sink.open(opening(sink, resume=resume, replace=not resume))
    await sink.aclose()


async def test_a_function_alone_needs_no_file() -> None:
    taken = Taken()
    sink = Each(taken)
    assert [*await sink.open(opening(sink))] == []
    await commit(sink, [BEGIN])
    await commit(sink, [moved(0, payments(2), done=True)])
    await sink.recall(("id",), lambda _: pytest.fail("it remembers nothing"))
    await sink.aclose()
    await sink.aclose()
    assert taken.rows == [payments(2)]
    assert not sink.remembers


async def test_a_function_that_is_cancelled_from_inside_has_failed(tmp_path: Path) -> None:
    async def wait_for_what_is_cancelled(_: list[Any]) -> None:
        cancelled = asyncio.get_running_loop().create_future()
        cancelled.cancel()
        await cancelled

    sink = Each(wait_for_what_is_cancelled, tmp_path / "c")
    await sink.open(opening(sink))
    await commit(sink, [BEGIN])
    with pytest.raises(DrainError, match="the function of the sink was cancelled from inside"):
        await commit(sink, [moved(0, payments(2))])
    await sink.aclose()
    assert saved(tmp_path / "c") == [None]


def test_what_is_no_function_is_refused() -> None:
    with pytest.raises(TypeError, match="the function is 5: give one that takes a list of rows"):
        Each(5)  # type: ignore[arg-type]


async def test_a_function_that_is_not_async_is_refused(tmp_path: Path) -> None:
    sink = Each(lambda _: None, tmp_path / "c")  # type: ignore[arg-type, return-value]
    await sink.open(opening(sink))
    await commit(sink, [BEGIN])
    with pytest.raises(TypeError, match="the function of the sink is not async, so it cannot be awaited"):
        await commit(sink, [moved(0, payments(2))])
    await sink.aclose()
