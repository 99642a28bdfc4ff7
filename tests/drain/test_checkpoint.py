"""Checkpoints: moved from where they are and from nowhere else, kept whole, and refused when they are not one's own."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments_async.drain import Checkpoint, DrainError, Identity, Ledger, Partition, PartitionLostError, Step
from payments_async.drain.checkpoint import CheckpointFile, left_by
from tests.properties import examples

IDENTITY = Identity(
    server="https://a.example/api",
    resource="payments",
    listing="payments",
    shape="id, reference",
    query='[{"$match":{"type":"PAY-IN"}}]',
    format="csv",
)
TEXTS = st.none() | st.text(max_size=20)
PARTITIONS = st.builds(
    Partition,
    number=st.integers(0, 50),
    strategy=st.sampled_from(["keyset", "cursor", "arrivals"]),
    after=TEXTS,
    to=TEXTS,
)
CHECKPOINTS = st.builds(
    Checkpoint,
    partition=PARTITIONS,
    key=TEXTS,
    done=st.booleans(),
    items=st.integers(0, 10**12),
    finished=st.lists(st.text(max_size=10), max_size=5).map(tuple),
)


def at(number: int, key: str | None = None, **members: Any) -> Checkpoint:
    return Checkpoint(partition=Partition(number=number, strategy="keyset"), key=key, **members)


def ledger_of(*checkpoints: Checkpoint) -> dict[int, Checkpoint]:
    return {each.partition.number: each for each in checkpoints}


# The ledger


def test_a_ledger_begins_with_partitions_that_nobody_has() -> None:
    ledger = Ledger().moved([Step(before=None, after=(at(1), at(2)))])
    assert [*ledger] == [at(1), at(2)]


def test_a_step_moves_its_partition_alone() -> None:
    ledger = Ledger([at(1), at(2)]).moved([Step(before=at(1), after=(at(1, "k", items=3),))])
    assert ledger_of(*ledger) == {1: at(1, "k", items=3), 2: at(2)}


def test_steps_of_one_commit_follow_each_other() -> None:
    steps = [Step(before=at(1), after=(at(1, "a"),)), Step(before=at(1, "a"), after=(at(1, "b"),))]
    assert [*Ledger([at(1)]).moved(steps)] == [at(1, "b")]


def test_a_cut_leaves_two_partitions() -> None:
    ledger = Ledger([at(1, "a")]).moved([Step(before=at(1, "a"), after=(at(1, "a", items=1), at(2)))])
    assert ledger_of(*ledger) == {1: at(1, "a", items=1), 2: at(2)}


@pytest.mark.parametrize(
    "other",
    [
        at(1),
        at(1, "b"),
        at(1, "a", done=True),
        at(1, "a", items=1),
        at(1, "a", finished=("x",)),
        at(2, "a"),
        Checkpoint(partition=Partition(number=1, strategy="keyset", to="z"), key="a"),
        Checkpoint(partition=Partition(number=1, strategy="keyset", after="0"), key="a"),
        Checkpoint(partition=Partition(number=1, strategy="cursor"), key="a"),
    ],
    ids=str,
)
def test_a_step_from_elsewhere_is_refused_and_moves_nothing(other: Checkpoint) -> None:
    ledger = Ledger([at(1, "a")])
    good = Step(before=at(1, "a"), after=(at(1, "b"),))
    with pytest.raises(PartitionLostError, match=rf"partition {other.partition.number} has been moved by another"):
        ledger.moved([Step(before=other, after=(at(other.partition.number, "c"),))])
    with pytest.raises(PartitionLostError):
        ledger.moved([good, good])
    assert [*ledger] == [at(1, "a")]


def test_two_workers_cannot_both_begin() -> None:
    first = Step(before=None, after=(at(1), at(2)))
    with pytest.raises(PartitionLostError):
        Ledger([at(1, "a")]).moved([first])
    with pytest.raises(PartitionLostError):
        Ledger([at(7)]).moved([Step(before=at(7), after=(at(7, "a"), at(7, "a")))])


def test_two_workers_cannot_both_cut() -> None:
    # Each has cut a partition of its own and given the rest the same number.
    ledger = Ledger([at(1, "a"), at(2, "b")]).moved([Step(before=at(1, "a"), after=(at(1, "a"), at(3)))])
    with pytest.raises(PartitionLostError, match="partition 3"):
        ledger.moved([Step(before=at(2, "b"), after=(at(2, "b"), at(3)))])


def test_of_all_orders_of_two_workers_steps_one_wins() -> None:
    mine, theirs = (Step(before=at(1, "a"), after=(at(1, key),)) for key in "bc")
    for one, other in ((mine, theirs), (theirs, mine)):
        ledger = Ledger([at(1, "a")]).moved([one])
        with pytest.raises(PartitionLostError):
            ledger.moved([other])
        assert [*ledger] == [*one.after]


def test_a_ledger_is_done_when_there_are_partitions_and_all_of_them_are() -> None:
    assert not Ledger().done
    assert not Ledger([at(1, done=True), at(2)]).done
    assert Ledger([at(1, done=True), at(2, done=True)]).done


# The file


@given(CHECKPOINTS)
def test_a_checkpoint_comes_back_from_json_as_it_was(checkpoint: Checkpoint) -> None:
    assert Checkpoint.from_json(json.loads(json.dumps(checkpoint.to_json()))) == checkpoint


@pytest.fixture
def file(tmp_path: Path) -> CheckpointFile:
    return CheckpointFile(tmp_path / "out.checkpoint")


@examples(30)
@given(st.lists(CHECKPOINTS, max_size=4, unique_by=lambda each: each.partition.number), st.integers(0, 2**70))
def test_a_file_gives_back_what_was_saved(
    tmp_path_factory: pytest.TempPathFactory, checkpoints: list[Checkpoint], offset: int
) -> None:
    file = CheckpointFile(tmp_path_factory.mktemp("checkpoints") / "out.checkpoint")
    file.save(IDENTITY, Ledger(), 3)
    file.save(IDENTITY, Ledger(checkpoints), offset)
    ledger, found = file.load(IDENTITY)
    assert ([*ledger], found) == (checkpoints, offset)
    assert [path.name for path in file.path.parent.iterdir()] == ["out.checkpoint"]


def test_no_file_is_told_from_a_damaged_one(file: CheckpointFile) -> None:
    with pytest.raises(FileNotFoundError):
        file.load(IDENTITY)


def damaged(content: bytes) -> list[bytes]:
    """Each way in which one byte is another, missing or too many, or the end is missing."""
    flipped = [
        content[:at] + bytes([content[at] ^ bit]) + content[at + 1 :]
        for at in range(len(content))
        for bit in (1, 32, 128)
    ]
    cut = [content[:end] for end in range(len(content))]
    without = [content[:at] + content[at + 1 :] for at in range(len(content))]
    return [*flipped, *cut, *without, content + b"0", content * 2, b"", b"null", b"[]", b"{}", b"\x00" * len(content)]


def test_a_file_with_any_byte_flipped_or_cut_off_is_damaged(file: CheckpointFile) -> None:
    saved = Ledger([at(1, "é\x00\n", items=5, finished=("a", "b")), at(2, done=True)])
    file.save(IDENTITY, saved, 4711)
    content, harmless = file.path.read_bytes(), 0
    for other in damaged(content):
        file.path.write_bytes(other)
        try:
            ledger, offset = file.load(IDENTITY)
        except DrainError as error:
            assert str(file.path) in str(error)  # most, not all
            assert "damaged" in str(error)
        else:
            # White space between members: what it says is the same.
            assert ([*ledger], offset) == ([*saved], 4711)
            harmless += 1
    assert harmless < len(content) / 5


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: content.pop("partitions"),
        lambda content: content.pop("offset"),
        lambda content: content.pop("drain"),
        lambda content: content.pop("sha256"),
        lambda content: content["partitions"][0].pop("partition"),
        lambda content: content["partitions"][0].update(more=1),
        lambda content: content.update(partitions=7),
        lambda content: content.update(partitions=[None]),
    ],
)
def test_a_file_of_another_shape_is_damaged_though_its_digest_were_right(
    file: CheckpointFile, monkeypatch: pytest.MonkeyPatch, spoil: Callable[[Any], object]
) -> None:
    file.save(IDENTITY, Ledger([at(1)]))
    content = json.loads(file.path.read_bytes())
    spoil(content)
    file.path.write_text(json.dumps(content))
    monkeypatch.setattr("payments_async.drain.checkpoint._digest", lambda _: content.get("sha256", ""))
    with pytest.raises(DrainError, match="damaged"):
        file.load(IDENTITY)


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("server", "https://b.example/api"),
        ("resource", "accounts"),
        ("query", None),
        ("query", "[]"),
        ("format", "jsonl"),
    ],
)
def test_the_checkpoint_of_another_drain_is_refused_and_says_in_what_it_differs(
    file: CheckpointFile, member: str, value: Any
) -> None:
    file.save(attrs.evolve(IDENTITY, **{member: value}), Ledger([at(1)]))
    with pytest.raises(DrainError) as caught:
        file.load(IDENTITY)
    shown = f"its {member} is {value!r}, not {getattr(IDENTITY, member)!r}"
    for part in (str(file.path), "another drain", "its query is another one" if member == "query" else shown):
        assert part in str(caught.value)
    assert "PAY-IN" not in str(caught.value), "a filter may have account numbers"


def test_a_save_that_fails_leaves_the_former_file(file: CheckpointFile, monkeypatch: pytest.MonkeyPatch) -> None:
    file.save(IDENTITY, Ledger([at(1)]), 10)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full)
        with pytest.raises(OSError, match="No space"):
            file.save(IDENTITY, Ledger([at(1, "a")]), 20)
    assert file.load(IDENTITY)[1] == 10
    file.save(IDENTITY, Ledger([at(1, "b")]), 30)
    assert file.load(IDENTITY)[1] == 30


@pytest.mark.parametrize("version", [None, 1, 3])
def test_the_checkpoint_of_another_version_is_refused_and_not_misread(version: int | None) -> None:
    found = {**attrs.asdict(IDENTITY), "version": version}
    with pytest.raises(DrainError, match="of a version of payments_async that this one cannot continue"):
        IDENTITY.check(found, "payments.csv.checkpoint")


def test_what_steps_leave_is_known_where_a_slice_was_cut_and_a_piece_of_it_moved() -> None:
    cut = Step(before=at(1), after=(at(2), at(3)))
    moved = Step(before=at(2), after=(at(2, "b"),))
    assert left_by([cut, moved]) == {at(2, "b"), at(3)}
    assert left_by([cut, moved]) == set(Ledger([at(1)]).moved([cut, moved]))
