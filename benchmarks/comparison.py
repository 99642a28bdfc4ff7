"""What is compared with what, what came out of it, and whether that meets the goal."""

from collections.abc import Sequence
from enum import Enum, auto
from statistics import median

import attrs

Measurements = dict[str, list[float]]
"""What was measured by its name, one value a round."""


class How(Enum):
    """How the two measurements of a round are compared."""

    RATIO = auto()
    """Ours over the other; at most the goal."""

    FASTER = auto()
    """The other over ours; at least the goal."""

    EXTRA = auto()
    """Ours minus the other, in their unit; at most the goal."""


@attrs.frozen(kw_only=True)
class Comparison:
    """What is compared with what.

    Attributes:
        what: What is measured, for readers.
        against: What it is compared with, for readers.
        sides: The names of the two measurements, ours first.
        unit: The unit of both.
        how: How they are compared.
        goal: The bound; `None` where there is none.
    """

    what: str
    against: str
    sides: tuple[str, str]
    unit: str
    how: How = How.RATIO
    goal: float | None = None

    def measured(self, measurements: Measurements) -> bool:
        """Whether both sides were."""
        return all(side in measurements for side in self.sides)


@attrs.frozen
class Result:
    """What came out of a comparison; the sides are compared within each round.

    Attributes:
        comparison: What was compared with what.
        ours: Our measurements.
        other: The other's, of the same rounds.
    """

    comparison: Comparison
    ours: Sequence[float]
    other: Sequence[float]

    @property
    def rounds(self) -> list[float]:
        """How the sides of each round compare."""
        pairs = zip(self.ours, self.other, strict=True)
        match self.comparison.how:
            case How.RATIO:
                return [ours / other for ours, other in pairs]
            case How.FASTER:
                return [other / ours for ours, other in pairs]
            case How.EXTRA:
                return [ours - other for ours, other in pairs]

    @property
    def value(self) -> float:
        """The median of the rounds."""
        return median(self.rounds)

    @property
    def missed_by(self) -> float:
        """How far the value is beyond the goal; 0 where it meets it, or where there is none."""
        goal = self.comparison.goal
        if goal is None:
            return 0.0
        beyond = goal - self.value if self.comparison.how is How.FASTER else self.value - goal
        return max(0.0, beyond)


def results(comparisons: Sequence[Comparison], measurements: Measurements) -> list[Result]:
    """What came out of those whose two sides were measured."""
    return [
        Result(each, measurements[each.sides[0]], measurements[each.sides[1]])
        for each in comparisons
        if each.measured(measurements)
    ]
