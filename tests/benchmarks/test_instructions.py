from pathlib import Path

import attrs
import pytest

from benchmarks.counted import COUNTS
from benchmarks.instructions import COMMITTED, Ratios, regressions, total

HERE = Ratios(counted_with="this interpreter", ratios={"decode": 2.0, "call": 10.0})


@pytest.mark.parametrize(
    ("counted_with", "decode", "moved"),
    [
        ("this interpreter", 2.03, []),
        ("this interpreter", 2.06, ["decode: the ratio was 2.0 and is 2.06, +3.0%"]),
        ("this interpreter", 1.0, ["decode: the ratio was 2.0 and is 1.0, -50.0%"]),
        ("another", 2.2, []),
        ("another", 2.4, ["decode: the ratio was 2.0 and is 2.4, +20.0%"]),
    ],
)
def test_three_percent_are_seen_with_the_same_interpreter(counted_with: str, decode: float, moved: list[str]) -> None:
    ratios = Ratios(counted_with=counted_with, ratios={**HERE.ratios, "decode": decode})
    assert [sentence.partition(" (")[0] for sentence in regressions(ratios, HERE)] == moved


def test_ratios_are_kept_and_found_again(tmp_path: Path) -> None:
    HERE.save(tmp_path / "ratios.json")
    assert Ratios.load(tmp_path / "ratios.json") == HERE


def test_a_ratio_is_committed_for_all_that_is_counted() -> None:
    assert set(attrs.asdict(Ratios.load(COMMITTED))["ratios"]) == set(COUNTS)


def test_a_file_of_counts_has_a_total(tmp_path: Path) -> None:
    counts = tmp_path / "count.1"
    counts.write_text("events: Ir\nfn=(1)\n0 7\n\ntotals: 1234\n")
    assert total(counts) == 1234
    counts.write_text("events: Ir\n")
    with pytest.raises(AssertionError, match=r"callgrind has not counted in count\.1"):
        total(counts)
