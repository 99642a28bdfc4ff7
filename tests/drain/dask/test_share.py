"""Tasks that drain shares of one target: each row once, and nothing from a task whose partitions were given away."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from payments_async.drain import Checkpoint, Drain, Ledger, Opening, Partition, PartitionLostError, Report, Sink, Step
from payments_async.drain.dask.share import Share, Whole
from tests.drain.lists import Asked, Lists, connected, numbered
from tests.waiting import PATIENCE


class Store:
    """A target that several sinks share."""

    def __init__(self) -> None:
        self.ledger = Ledger()
        self.references = list[str]()

    def open_numbers(self) -> list[int]:
        return [each.partition.number for each in self.ledger if not each.done]


class StoreSink(Sink):
    """A sink of its own for each task."""

    format = "store"

    def __init__(self, store: Store) -> None:
        self._store = store

    async def open(self, opening: Opening) -> Ledger:  # noqa: ARG002
        return self._store.ledger

    async def commit(self, steps: Sequence[Step]) -> None:
        self._store.ledger = self._store.ledger.moved(steps)
        self._store.references += [row.reference for step in steps for row in step.rows]


async def begun(lists: Lists, store: Store, partitions: int) -> None:
    """Cut the list into partitions, and drain none."""
    async with connected(lists) as client:
        whole = Whole(StoreSink(store))
        drain: Drain[Any] = Drain(
            client, "payments", whole, page_size=10, partitions=partitions, on_progress=lambda _: drain.stop()
        )
        await drain.run(resume=True)


async def drained(
    lists: Lists, share: Share, *, partitions: int = 1, on_progress: Callable[[Report], object] | None = None
) -> Report:
    async with connected(lists) as client:
        return await Drain(client, "payments", share, page_size=10, partitions=partitions, on_progress=on_progress).run(
            resume=True
        )


async def test_shares_are_the_whole() -> None:
    lists, store = Lists(payments=numbered(500)), Store()
    await begun(lists, store, 4)
    numbers = store.open_numbers()
    assert (len(numbers), store.references) == (4, [])
    shares = [Share(StoreSink(store), [number], range(100 * number, 100 * number + 100)) for number in numbers]
    await asyncio.gather(*(drained(lists, each) for each in shares))
    assert store.open_numbers() == []
    assert sorted(store.references) == [row["reference"] for row in numbered(500)]


async def test_a_share_cuts_partitions_with_the_numbers_of_its_block() -> None:
    lists, store = Lists(payments=numbered(500)), Store()
    await begun(lists, store, 1)
    (number,) = store.open_numbers()
    await drained(lists, Share(StoreSink(store), [number], range(700, 800)), partitions=2)
    added = {each.partition.number for each in store.ledger} - {0, number}
    assert added
    assert added <= set(range(700, 800))
    assert sorted(store.references) == [row["reference"] for row in numbered(500)]


async def test_a_task_that_is_repeated_finds_the_partitions_that_the_lost_one_has_cut() -> None:
    lists, store = Lists(payments=numbered(500)), Store()
    await begun(lists, store, 1)
    (number,) = store.open_numbers()

    class LostError(Exception):
        pass

    def lose(_: Report) -> None:
        if len(store.open_numbers()) > 1:
            raise LostError

    with pytest.raises(LostError):
        await drained(lists, Share(StoreSink(store), [number], range(700, 800)), partitions=2, on_progress=lose)
    assert len(store.open_numbers()) > 1
    await drained(lists, Share(StoreSink(store), [number], range(700, 800)))
    assert store.open_numbers() == []
    assert sorted(store.references) == [row["reference"] for row in numbered(500)]


async def test_a_task_whose_partition_was_given_away_commits_nothing_more() -> None:
    reached, continued = asyncio.Event(), asyncio.Event()
    store = Store()

    async def pause(_: Asked) -> None:
        if len(store.references) >= 50 and not reached.is_set():
            reached.set()
            await continued.wait()

    cut_off, others = Lists(payments=numbered(300), meanwhile=pause), Lists(payments=numbered(300))
    await begun(others, store, 1)
    (number,) = store.open_numbers()
    first = asyncio.create_task(drained(cut_off, Share(StoreSink(store), [number], range(700, 800))))
    async with asyncio.timeout(PATIENCE):
        await reached.wait()
    await drained(others, Share(StoreSink(store), [number], range(700, 800)))
    rows = list(store.references)
    assert sorted(rows) == [row["reference"] for row in numbered(300)]
    continued.set()
    with pytest.raises(PartitionLostError, match=f"partition {number} has been moved by another worker"):
        await first
    assert store.references == rows


async def test_a_share_that_is_done_already_asks_the_server_nothing() -> None:
    lists, store = Lists(payments=numbered(30)), Store()
    await begun(lists, store, 1)
    (number,) = store.open_numbers()
    await drained(lists, Share(StoreSink(store), [number], range(700, 800)))
    asked = len(lists.asked)
    report = await drained(lists, Share(StoreSink(store), [number], range(700, 800)))
    assert (report.done, len(lists.asked)) == (True, asked)


async def test_a_share_asks_its_sink_only_for_the_partitions_that_it_needs() -> None:
    asked = list[tuple[range, ...] | None]()

    class Asking(StoreSink):
        async def open(self, opening: Opening) -> Ledger:
            asked.append(opening.numbers)
            return await super().open(opening)

    lists, store = Lists(payments=numbered(30)), Store()
    await begun(lists, store, 1)
    await drained(lists, Share(Asking(store), [*store.open_numbers()], range(700, 800)))
    (number,) = {each.partition.number for each in store.ledger} - {0}
    assert asked == [(range(number, number + 1), range(700, 800))]


def test_a_checkpoint_that_names_no_holder_has_none() -> None:
    checkpoint = Checkpoint(partition=Partition(number=1, strategy="keyset"), key="a")
    stored = checkpoint.to_json()
    del stored["holder"]
    assert Checkpoint.from_json(stored) == checkpoint
