from contextlib import nullcontext

import pytest

from benchmarks import drains
from benchmarks.comparison import results
from benchmarks.draining import KEYSET, OFFSET, PARTITIONED, WAYS
from benchmarks.drains import COSTS, SINK, cost
from benchmarks.goals import GOALS, SINKS
from benchmarks.processes import sandboxing
from benchmarks.sizes import FULL


def test_drains_cost_what_the_sandbox_counts() -> None:
    with sandboxing(300) as url:
        offset, keyset, partitioned = (cost(url, 300, way, SINK) for way in (OFFSET, KEYSET, PARTITIONED))
        assert set(offset) == set(COSTS)
        # The token and three pages, which have a row more read for each page that another follows.
        assert (offset["payments"], offset["requests"], offset["rows read"]) == (300, 4, 101 + 201 + 300)
        assert offset["seconds"] > 0 < offset["MiB"]
        assert 4 < keyset["requests"] < partitioned["requests"]
        with pytest.raises(AssertionError, match="keyset has drained 300 payments of 301"):
            cost(url, 301, KEYSET, SINK)


def test_drains_of_all_lengths_are_measured_and_the_memory_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drains, "sandboxing", nullcontext)
    monkeypatch.setattr(drains, "cost", lambda _, payments, *__: dict.fromkeys(COSTS, payments))
    measured = drains.drains(FULL)
    for way in WAYS:
        assert [measured[f"{way}: {name}"] for name in COSTS] == [[1_000, 10_000, 100_000, 1_000_000]] * len(COSTS)
    assert [(each.ours, each.other) for each in results(GOALS, measured)] == [([1_000_000], [10_000])] * len(SINKS)
