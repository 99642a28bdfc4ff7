import pytest

from benchmarks.comparison import Comparison, How, Result, results
from benchmarks.goals import GOALS
from benchmarks.table import aligned, cells, markdown, verdict
from benchmarks.users import EFFECTS


def comparison(how: How, goal: float | None) -> Comparison:
    return Comparison(what="drain", against="limit", sides=("ours", "limit"), unit="ms", how=how, goal=goal)


@pytest.mark.parametrize(
    ("how", "goal", "value", "missed_by", "said"),
    [
        (How.RATIO, 1.5, 1.5, 0.0, ["≤ 1.50 ×", "meets"]),
        (How.RATIO, 1.25, 1.5, 0.25, ["≤ 1.25 ×", "misses by 0.25 ×"]),
        (How.FASTER, 0.5, 2 / 3, 0.0, ["≥ 0.50 × as fast", "meets"]),
        (How.FASTER, 10.0, 2 / 3, 10 - 2 / 3, ["≥ 10.0 × as fast", "misses by 9.33 ×"]),
        (How.EXTRA, 5.0, 2.0, 0.0, ["≤ +5.00 ms", "meets"]),
        (How.EXTRA, 1.0, 2.0, 1.0, ["≤ +1.00 ms", "misses by 1.00 ms"]),
        (How.RATIO, None, 1.5, 0.0, ["", ""]),
    ],
)
def test_a_verdict_is_of_the_median_of_the_rounds(
    how: How, goal: float | None, value: float, missed_by: float, said: list[str]
) -> None:
    # Medians of the sides alone would compare 6 with 2.
    result = Result(comparison(how, goal), ours=[6.0, 3.0, 100.0], other=[4.0, 2.0, 1.0])
    assert (result.value, result.missed_by) == pytest.approx((value if how is not How.EXTRA else 2.0, missed_by))
    assert verdict(result) == said


def test_what_was_not_measured_has_no_result() -> None:
    measured = comparison(How.RATIO, None)
    assert results([measured], {"ours": [1.0]}) == []
    assert results([measured], {"ours": [1.0], "limit": [2.0]}) == [Result(measured, [1.0], [2.0])]


def test_a_row_has_the_medians_and_the_spread() -> None:
    result = Result(comparison(How.EXTRA, None), ours=[3.0, 1234.5, 30.0], other=[4.0, 1200.0, 20.0])
    assert cells(result) == ["drain", "limit", "30.0 ms", "20.0 ms", "+10.0 ms", "-1.00 to 34.5"]


def test_tables_are_aligned_for_terminals_and_marked_up_for_pages() -> None:
    rows = [["what", "ours"], ["a drain", "1 ×"]]
    assert aligned(rows) == "what     ours\na drain  1 ×"
    assert markdown(rows) == "| what | ours |\n| --- | --- |\n| a drain | 1 × |"


def test_every_goal_has_a_bound_and_measurements_of_its_own() -> None:
    assert all(goal.goal is not None for goal in GOALS)
    for comparisons in (GOALS, EFFECTS):
        sides = [comparison.sides for comparison in comparisons]
        assert len(sides) == len(set(sides))
