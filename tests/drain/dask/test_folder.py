"""Files in a folder that several workers reach: each row in one of them, whoever is lost, cut off or replaced."""

from __future__ import annotations

import asyncio
import errno
import itertools
import os
import pickle
import re
import shutil
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from payments_async.drain import Checkpoint, Drain, DrainError, PartitionLostError, Step
from payments_async.drain.dask import Folder, Stack, by_resource, folder
from payments_async.drain.dask.folder import FolderSink
from payments_async.drain.dask.share import Share, Whole
from payments_async.models import Payment
from tests.drain.lists import Lists, connected, numbered
from tests.drain.sinks.power import Disk, PowerFailure
from tests.drain.sinks.targets import (
    BEGIN,
    at,
    commit,
    content,
    expected,
    moved,
    opening,
    payment,
    payments,
    read_jsonl,
)
from tests.drain.sinks.test_disk_full import room_for
from tests.sealed import assert_sealed

TWO = Step(before=None, after=(at(0), at(0, number=2)))
"""Begins with two partitions."""


def second(first: int, rows: Sequence[Payment], *, done: bool = False) -> Step:
    """A step of the second of them."""
    return Step(before=at(first, number=2), after=(at(first + len(rows), number=2, done=done),), rows=list(rows))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "payments"


async def begun(path: Path, *steps: Step) -> FolderSink:
    """A sink of a new drain with these steps, each in a commit of its own."""
    sink = FolderSink(path)
    await sink.open(opening(sink))
    for step in steps or (BEGIN,):
        await commit(sink, [step])
    return sink


async def resumed(path: Path) -> FolderSink:
    sink = FolderSink(path)
    await sink.open(opening(sink, resume=True))
    return sink


def rows_in(path: Path) -> list[dict[str, Any]]:
    """What a reader finds at any time, by id."""
    return sorted((row for file in path.glob("*.jsonl") for row in read_jsonl(file)), key=lambda row: row["id"])


def names_in(path: Path) -> list[str]:
    return sorted(each.name for each in path.iterdir())


def left_overs(path: Path) -> list[Path]:
    """What belongs to no commit."""
    return [*path.parent.rglob("*.new"), *path.parent.rglob("*.old")]


async def refused(path: Path, **how: Any) -> str:
    """Why a folder is refused; nothing is changed."""
    before = content(path.parent) if path.parent.exists() else None
    sink = FolderSink(path)
    with pytest.raises(DrainError) as caught:
        await sink.open(opening(sink, **how))
    assert before == (content(path.parent) if path.parent.exists() else None)
    return str(caught.value)


@pytest.fixture
def interrupt(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any, str, Callable[[], object]], None]:
    """Does something in the sink's thread, once, just before its next call of a function."""

    def interrupt(owner: Any, name: str, action: Callable[[], object]) -> None:
        called = getattr(owner, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            monkeypatch.setattr(owner, name, called)
            action()
            return called(*args, **kwargs)

        monkeypatch.setattr(owner, name, call)

    return interrupt


def lose_power() -> None:
    raise PowerFailure


# Committing


async def test_each_commit_leaves_a_file_that_tells_where_its_rows_come_from(path: Path) -> None:
    sink = await begun(path, TWO)
    await commit(sink, [moved(0, payments(2)), moved(2, payments(1, first=2)), second(0, payments(1, first=3))])
    await commit(sink, [moved(3, []), second(1, payments(2, first=4))])
    await commit(sink, [Step(before=at(3), after=(at(3, done=True),))])
    assert rows_in(path) == expected(payments(6))
    files = [name for name in names_in(path) if name != "_commits"]
    assert sorted(len(read_jsonl(path / name)) for name in files) == [2, 4]
    assert all(re.fullmatch(r"[0-9a-f]{8}-000002-[0-9a-f]{16}\.jsonl", name) for name in files)
    assert len({name.split("-")[0] for name in files}) == 1
    assert names_in(sink.log) == [f"{number:08}.json" for number in range(5)]


async def test_what_is_committed_is_found_by_reading_few_records(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "_COMPLETE_EVERY", 4)
    sink, read, read_bytes = await begun(path), list[Path](), Path.read_bytes

    def counted(file: Path) -> bytes:
        read.append(file)
        return read_bytes(file)

    monkeypatch.setattr(Path, "read_bytes", counted)
    for count in range(30):
        await commit(sink, [moved(count, payments(1, first=count))])
        read.clear()
        assert [*await FolderSink(path).open(opening(sink, resume=True))] == [at(count + 1)]
        assert len(read) <= 5
    assert rows_in(path) == expected(payments(30))


@pytest.mark.usefixtures("_open_to_all")
async def test_only_the_owner_can_read_what_a_drain_makes(path: Path) -> None:
    await begun(path, BEGIN, moved(0, payments(1)))
    assert {stat.S_IMODE(each.stat().st_mode) & 0o077 for each in path.parent.rglob("*")} == {0}


@pytest.fixture
def _open_to_all() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


async def test_a_row_that_cannot_be_written_is_named_and_nothing_is_lost(path: Path) -> None:
    sink = await begun(path)
    with pytest.raises(DrainError, match="the row with id '00001' cannot be written") as caught:
        await commit(sink, [moved(0, [payment(0, asset="canary"), payment(1, raw=object(), asset="canary")])])
    assert_sealed(caught.value, "canary")
    await commit(sink, [moved(0, payments(2))])
    assert rows_in(path) == expected(payments(2))


@pytest.mark.parametrize("size", [0, 100, 1_000, 5_000])
async def test_a_full_disk_is_said_to_be_and_nothing_is_lost(path: Path, size: int) -> None:
    sink, rows = await begun(path), [payment(number, raw="canary" * 200) for number in range(4)]
    with room_for(size), pytest.raises(DrainError, match=r"File too large.*; what was committed is kept") as caught:
        await commit(sink, [moved(0, rows)])
    assert_sealed(caught.value, "canary")
    assert rows_in(path) == []
    assert left_overs(path) == []
    await commit(sink, [moved(0, rows, done=True)])
    await sink.finish()
    assert rows_in(path) == expected(rows)
    assert left_overs(path) == []


# Workers


async def test_of_two_workers_on_one_partition_one_wins(path: Path) -> None:
    first, other = await begun(path), await resumed(path)
    await commit(other, [moved(0, payments(2))])
    with pytest.raises(PartitionLostError, match="partition 1 has been moved by another worker"):
        await commit(first, [moved(0, [payment(77)])])
    await commit(other, [moved(2, payments(1, first=2))])
    assert rows_in(path) == expected(payments(3))
    assert left_overs(path) == []


async def test_workers_that_commit_at_once_wait_for_nobody(path: Path) -> None:
    numbers = range(1, 9)
    await begun(path, Step(before=None, after=tuple(at(0, number=number) for number in numbers)))
    workers = [await resumed(path) for _ in numbers]
    await asyncio.gather(
        *(
            commit(worker, [Step(before=at(0, number=number), after=(at(1, number=number),), rows=[payment(number)])])
            for number, worker in zip(numbers, workers, strict=True)
        )
    )
    assert rows_in(path) == expected(payments(8, first=1))
    found = await (sink := FolderSink(path)).open(opening(sink, resume=True))
    assert {each.partition.number: each for each in found} == {number: at(1, number=number) for number in numbers}


@pytest.mark.parametrize("step", [second(0, payments(1, first=7)), moved(0, payments(1, first=7))], ids=["two", "one"])
async def test_a_worker_that_another_one_overtakes_compares_again(
    path: Path, interrupt: Callable[..., None], step: Step
) -> None:
    first, other = await begun(path, TWO), await resumed(path)
    interrupt(os, "link", lambda: asyncio.run(commit(other, [step])))
    if step.before == at(0):
        with pytest.raises(PartitionLostError, match="partition 1"):
            await commit(first, [moved(0, payments(2))])
        assert rows_in(path) == expected(payments(1, first=7))
    else:
        await commit(first, [moved(0, payments(2))])
        assert rows_in(path) == expected([*payments(2), payment(7)])


async def test_a_link_that_was_made_and_said_to_be_there_already_is_a_commit(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sink, link = await begun(path), os.link

    def repeated(*args: Any) -> None:
        link(*args)
        link(*args)  # as a file system on a network repeats a request

    monkeypatch.setattr(os, "link", repeated)
    await commit(sink, [moved(0, payments(2))])
    await commit(sink, [moved(2, payments(1, first=2))])
    assert rows_in(path) == expected(payments(3))
    assert len([*sink.log.iterdir()]) == 4


@pytest.mark.parametrize("place", [(Path, "replace"), (os, "link")], ids=["committed", "not committed"])
async def test_the_file_of_a_lost_worker_is_named_if_it_was_committed(
    path: Path, monkeypatch: pytest.MonkeyPatch, interrupt: Callable[..., None], place: tuple[Any, str]
) -> None:
    monkeypatch.setattr(folder, "_COMPLETE_EVERY", 2)
    lost = await begun(path, TWO)
    interrupt(*place, lose_power)
    with pytest.raises(PowerFailure):
        await commit(lost, [moved(0, payments(2))])
    assert rows_in(path) == []
    committed = payments(2) if place[1] == "replace" else []
    other = await resumed(path)
    assert rows_in(path) == []  # opening changes nothing
    for number in range(5):
        await commit(other, [second(number, payments(1, first=5 + number))])
        assert rows_in(path) == expected([*committed, *payments(number + 1, first=5)])
    ends = [Step(before=at(len(committed)), after=(at(2, done=True),)), second(5, [], done=True)]
    await commit(other, ends)
    await other.finish()
    assert rows_in(path) == expected([*committed, *payments(5, first=5)])
    assert left_overs(path) == []


async def test_no_file_is_forgotten_whose_record_is_not_read_again(
    path: Path, monkeypatch: pytest.MonkeyPatch, interrupt: Callable[..., None]
) -> None:
    monkeypatch.setattr(folder, "_COMPLETE_EVERY", 3)
    lost = await begun(path, TWO)
    interrupt(Path, "replace", lose_power)
    with pytest.raises(PowerFailure):
        await commit(lost, [moved(0, payments(2))])
    other = await resumed(path)
    interrupt(Path, "unlink", lose_power)  # when its record, a complete one, is in the log
    with pytest.raises(PowerFailure):
        await commit(other, [second(0, payments(1, first=2))])
    third = await resumed(path)
    await commit(third, [moved(2, [], done=True), second(1, [], done=True)])
    await third.finish()
    assert rows_in(path) == expected(payments(3))
    assert left_overs(path) == []


async def test_of_workers_that_begin_at_once_one_wins(path: Path) -> None:
    workers = [FolderSink(path) for _ in range(4)]
    for worker in workers:
        assert [*await worker.open(opening(worker, resume=True))] == []
    outcomes = await asyncio.gather(*(commit(worker, [BEGIN]) for worker in workers), return_exceptions=True)
    assert sorted(type(each).__name__ for each in outcomes) == ["NoneType"] + ["PartitionLostError"] * 3
    await commit(workers[outcomes.index(None)], [moved(0, payments(1))])
    assert rows_in(path) == expected(payments(1))
    assert names_in(path.parent) == ["payments"]


# Replacing


async def test_a_folder_stays_as_it_is_until_there_is_something_in_its_place(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await begun(path, BEGIN, moved(0, payments(2)))
    before = content(path.parent)
    sink = FolderSink(path)
    assert [*await sink.open(opening(sink, replace=True))] == []
    assert content(path.parent) == before
    with room_for(10), pytest.raises(DrainError, match="File too large"):
        await commit(sink, [BEGIN])
    assert content(path.parent) == before
    rename = Path.rename

    def fail_for_new(old: Path, new: Path) -> None:
        if old.suffix == ".new":
            raise OSError(errno.EIO, "Input/output error")
        rename(old, new)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", fail_for_new)
        with pytest.raises(DrainError, match="Input/output error"):
            await commit(sink, [BEGIN])
    assert content(path.parent) == before
    await commit(sink, [BEGIN])
    assert names_in(path.parent) == ["payments"]
    await commit(sink, [moved(0, payments(1, first=20), done=True)])
    await sink.finish()
    assert rows_in(path) == expected(payments(1, first=20))
    assert names_in(path.parent) == ["payments"]


async def test_a_replacement_that_was_delayed_replaces_nothing_that_has_come_since(path: Path) -> None:
    await begun(path, TWO, moved(0, payments(1)))
    delayed, other = FolderSink(path), FolderSink(path)
    await delayed.open(opening(delayed, replace=True))
    await other.open(opening(other, replace=True))
    await commit(other, [TWO])
    await commit(other, [moved(0, payments(2))])
    with pytest.raises(PartitionLostError, match="another drain has begun to write to"):
        await commit(delayed, [TWO])
    assert rows_in(path) == expected(payments(2))


@pytest.mark.parametrize("commits", [1, 4])
@pytest.mark.parametrize("late", [False, True])
async def test_a_worker_whose_folder_is_replaced_has_to_stop(
    path: Path, interrupt: Callable[..., None], commits: int, *, late: bool
) -> None:
    first, other = await begun(path, TWO, moved(0, payments(1))), FolderSink(path)
    await other.open(opening(other, replace=True))

    def replace() -> None:
        async def replace() -> None:
            await commit(other, [TWO])
            for number in range(commits):
                await commit(other, [second(number, payments(1, first=50 + number))])

        asyncio.run(replace())

    if late:
        interrupt(os, "link", replace)
    else:
        await asyncio.to_thread(replace)
    with pytest.raises(PartitionLostError, match="was replaced or removed while this drain was writing to it"):
        await commit(first, [moved(1, payments(2, first=1))])
    assert rows_in(path) == expected(payments(commits, first=50))
    await other.finish()
    assert names_in(path.parent) == ["payments"]


async def test_a_folder_that_is_removed_is_noticed_by_the_next_commit(path: Path) -> None:
    sink = await begun(path, BEGIN, moved(0, payments(1)))
    shutil.rmtree(path)
    await begun(path)
    with pytest.raises(PartitionLostError, match="was replaced or removed while this drain was writing to it"):
        await commit(sink, [moved(1, payments(1, first=1))])
    assert rows_in(path) == []


# Power failures


async def drain(path: Path, told: list[Checkpoint]) -> None:
    """Take five rows to a folder, or those that are missing; note each checkpoint that is found or committed."""
    sink = FolderSink(path)
    ledger = [*await sink.open(opening(sink, resume=True))]
    if not ledger:
        await commit(sink, [BEGIN])
    told += ledger or [at(0)]
    for first in range(told[0].items, 0 if told[0].done else 5, 3):
        count = min(3, 5 - first)
        await commit(sink, [moved(first, payments(count, first=first), done=first + count == 5)])
        told.append(at(first + count))
    await sink.finish()


def power_failures(base: Path, patching: pytest.MonkeyPatch) -> Iterator[tuple[Path, int]]:
    """Each state in which the power can leave a folder, and how many rows were said to be committed."""
    known = set[tuple[object, ...]]()
    for left in itertools.count(1):
        home, failed, told, tokens = base / f"{left}", False, list[Checkpoint](), itertools.count()
        home.mkdir()
        with closing(Disk(home, left)) as disk:
            with patching.context() as patch:
                # The same names each time, so that states can be compared.
                patch.setattr("secrets.token_hex", lambda size, tokens=tokens: f"{next(tokens):0{2 * size}x}")
                disk.attach(patch)
                try:
                    asyncio.run(drain(home / "payments", told))
                except PowerFailure:
                    failed = True
            if not failed:
                return
            items = told[-1].items if told else 0
            for data, names in itertools.product((True, False), repeat=2):
                after = base / f"{left} {data} {names}"
                disk.after(data=data, names=names, to=after)
                folders = (str(each.relative_to(after)) for each in after.rglob("*") if each.is_dir())
                state = frozenset(content(after).items()), frozenset(folders), items
                if state not in known:
                    known.add(state)
                    yield after / "payments", items


def test_whenever_the_power_fails_a_resume_completes_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder, "_COMPLETE_EVERY", 2)
    failures = 0
    for path, items in power_failures(tmp_path, monkeypatch):
        found = list[Checkpoint]()
        asyncio.run(drain(path, found))
        assert found[0].items >= items, path
        assert rows_in(path) == expected(payments(5)), path
        assert names_in(path.parent) == ["payments"]
        assert left_overs(path) == []
        failures += 1
    assert failures > 20


# Folders


async def test_a_folder_that_is_there_is_refused(path: Path) -> None:
    await begun(path, BEGIN, moved(0, payments(1)))
    assert "exists already: resume it, replace it, or give another folder" in await refused(path)
    why = await refused(path, resume=True, query="[]")
    assert "is the checkpoint of another drain: its query is another one" in why


@pytest.mark.parametrize("how", [{}, {"resume": True}, {"replace": True}], ids=str)
async def test_what_is_not_from_a_drain_is_refused(path: Path, how: dict[str, bool]) -> None:
    await asyncio.to_thread(path.mkdir)
    (path / "thesis").write_bytes(b"the only copy")
    assert "is not from a drain: move it away, or give another folder" in await refused(path, **how)
    assert "is not from a drain" in await refused(path / "thesis", **how)
    await begun(path.parent / "elsewhere")
    (path.parent / "link").symlink_to(path.parent / "elsewhere")
    assert "is not from a drain" in await refused(path.parent / "link", **how)
    assert f"there is no folder {path}/missing: create it" in await refused(path / "missing" / "payments", **how)


async def test_an_empty_folder_is_taken(path: Path) -> None:
    await asyncio.to_thread(path.mkdir)
    await begun(path, BEGIN, moved(0, payments(1)))
    assert rows_in(path) == expected(payments(1))


@pytest.mark.parametrize("text", [b"", b"null", b"{}", b'{"sha256": 1}', b"\xff"])
async def test_a_damaged_log_is_refused_and_can_be_replaced(path: Path, text: bytes) -> None:
    sink = await begun(path, BEGIN, moved(0, payments(1)))
    (sink.log / "00000001.json").write_bytes(text)
    assert "00000001.json is damaged: restore a copy, or replace" in await refused(path, resume=True)
    other = FolderSink(path)
    await other.open(opening(other, replace=True))
    await commit(other, [BEGIN])
    assert rows_in(path) == []


async def test_a_changed_checkpoint_is_damage(path: Path) -> None:
    record = (await begun(path, BEGIN, moved(0, payments(1)))).log / "00000002.json"
    record.write_bytes(record.read_bytes().replace(b"00001", b"00002"))
    assert "is damaged" in await refused(path, resume=True)


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (errno.EPERM, r"without hard links \(Operation not permitted\): give another folder"),
        (errno.EACCES, r"cannot be read or written \(Permission denied\); what was committed is kept"),
    ],
)
async def test_a_folder_that_takes_no_commits_is_said_to_be(
    path: Path, monkeypatch: pytest.MonkeyPatch, code: int, why: str
) -> None:
    sink = await begun(path)

    def refuse(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as patch:
        patch.setattr(os, "link", refuse)
        with pytest.raises(DrainError, match=why):
            await commit(sink, [moved(0, payments(1))])
    await commit(sink, [moved(0, payments(1))])
    assert rows_in(path) == expected(payments(1))


def test_each_job_has_a_folder_of_its_own() -> None:
    target = pickle.loads(pickle.dumps(Folder(Path("/shared/exports"))))  # as a task carries it
    sinks = [target.sink(job) for job in by_resource(Stack(), "payments", "accounts")]
    assert [sink.path for sink in sinks] == [Path("/shared/exports/payments"), Path("/shared/exports/accounts")]
    assert Folder(r"\\server\exports").path == r"\\server\exports"
    for bad in ("exports", "", "./exports", "~/exports"):
        with pytest.raises(ValueError, match="give its whole path, which is the same on all workers"):
            Folder(bad)


# Drains


async def test_tasks_drain_a_list_into_one_folder_and_one_that_was_cut_off_stops(path: Path) -> None:
    lists = Lists(payments=numbered(600))

    async def whole() -> list[int]:
        """The numbers of the partitions that are left."""

        def stop(_: object) -> None:
            drain.stop()

        sink = Whole(FolderSink(path))
        drain = Drain(client, "payments", sink, partitions=6, page_size=10, on_progress=stop)
        report = await drain.run(resume=True)
        numbers = [each.partition.number for each in sink.ledger if not each.done]
        assert report.done == (not numbers)
        return numbers

    async def task(numbers: Sequence[int], first: int) -> None:
        share = Share(FolderSink(path), numbers, range(first, first + 100))
        await Drain(client, "payments", share, partitions=2, page_size=10).run(resume=True)

    async with connected(lists) as client:
        left = await whole()
        assert len(left) == 6

        async def overtake(_: object) -> None:
            lists.meanwhile = None
            await task(left[2:], 200)

        lists.meanwhile = overtake
        with pytest.raises(PartitionLostError, match=f"partition {left[2]} has been moved by another worker"):
            await task(left[:3], 100)
        assert {row["reference"] for row in rows_in(path)} < {f"{number:04}" for number in range(600)}
        for first in itertools.count(300, 100):
            if not (left := await whole()):
                break
            await task(left[:2], first)
    assert [row["reference"] for row in rows_in(path)] == [f"{number:04}" for number in range(600)]
    assert left_overs(path) == []


async def test_a_task_does_not_begin_a_drain_where_its_target_is_not_there(path: Path) -> None:
    async with connected(Lists(payments=numbered(30))) as client:
        share = Share(FolderSink(path), [1], range(100, 200))
        with pytest.raises(DrainError, match="is not the same one for all workers"):
            await Drain(client, "payments", share, page_size=10).run(resume=True)
    assert names_in(path.parent) == []


async def test_a_drain_on_one_machine_goes_on_in_a_folder(path: Path) -> None:
    def stop(_: object) -> None:
        first.stop()

    async with connected(Lists(payments=numbered(60))) as client:
        first = Drain(client, "payments", FolderSink(path), page_size=10, on_progress=stop)
        assert not (await first.run()).done
        assert len(rows_in(path)) < 60
        assert (await Drain(client, "payments", FolderSink(path), page_size=10).run(resume=True)).done
    assert [row["reference"] for row in rows_in(path)] == [f"{number:04}" for number in range(60)]
