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
    with sandboxing(2_500) as url:
        offset, keyset, partitioned = (cost(url, 2_500, way, SINK) for way in (OFFSET, KEYSET, PARTITIONED))
        assert set(offset) == set(COSTS)
        # The token, the newest payment, a page of 100, and pages of 1,000 that overlap by 10 rows. A row more is read
        # for each page that another follows.
        rows_read = 2 + 101 + 1_101 + 2_101 + 2_500
        assert (offset["payments"], offset["requests"], offset["rows read"]) == (2_500, 6, rows_read)
        assert offset["seconds"] > 0 < offset["MiB"]
        assert 4 < keyset["requests"] < partitioned["requests"]
        with pytest.raises(AssertionError, match="keyset has drained 2500 payments of 2501"):
            cost(url, 2_501, KEYSET, SINK)


def test_drains_of_all_lengths_are_measured_and_the_memory_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drains, "sandboxing", nullcontext)
    monkeypatch.setattr(drains, "cost", lambda _, payments, *__: dict.fromkeys(COSTS, payments))
    measured = drains.drains(FULL)
    for way in WAYS:
        assert [measured[f"{way}: {name}"] for name in COSTS] == [[1_000, 10_000, 100_000, 1_000_000]] * len(COSTS)
    assert [(each.ours, each.other) for each in results(GOALS, measured)] == [([1_000_000], [10_000])] * len(SINKS)
