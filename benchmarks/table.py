"""Results as tables, for a terminal and for the documentation."""

from collections.abc import Sequence
from statistics import median

from benchmarks.comparison import How, Result

HEAD = ["what", "against", "ours", "theirs", "result", "spread"]
VERDICT_HEAD = ["goal", ""]

Cells = list[str]


def cells(result: Result) -> Cells:
    """What was compared, the medians of both sides, the median of the rounds, and the least and the most of them."""
    comparison = result.comparison
    ours, theirs = (f"{number(median(side))} {comparison.unit}" for side in (result.ours, result.other))
    spread = f"{number(min(result.rounds))} to {number(max(result.rounds))}"
    return [comparison.what, comparison.against, ours, theirs, compared(result, result.value), spread]


def verdict(result: Result) -> Cells:
    """The goal, and whether it is met or by how much it is missed; empty where there is none."""
    comparison = result.comparison
    if comparison.goal is None:
        return ["", ""]
    bound = "≥" if comparison.how is How.FASTER else "≤"
    unit = comparison.unit if comparison.how is How.EXTRA else "×"
    missed_by = result.missed_by
    said = f"misses by {number(missed_by)} {unit}" if missed_by else "meets"
    return [f"{bound} {compared(result, comparison.goal)}", said]


def compared(result: Result, value: float) -> str:
    """A value of a comparison, in words of its kind."""
    match result.comparison.how:
        case How.RATIO:
            return f"{number(value)} ×"
        case How.FASTER:
            return f"{number(value)} × as fast"
        case How.EXTRA:
            return f"{'-' if value < 0 else '+'}{number(abs(value))} {result.comparison.unit}"


def number(value: float) -> str:
    """A number with about three digits."""
    decimals = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:,.{decimals}f}"


def aligned(rows: Sequence[Cells]) -> str:
    """Rows for a terminal."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def markdown(rows: Sequence[Cells]) -> str:
    """Rows for a page of the documentation, the first being the head."""
    head, *body = rows
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *body])
