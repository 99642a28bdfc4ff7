"""Counts the instructions of decoding, calls and drains by callgrind: the same on a busy machine as on an idle one.

`python -m benchmarks.instructions` compares them with those of the limit, and fails where a ratio has grown beyond the
committed one; with `--write` it commits the ratios to `instructions.json` instead.
"""

import argparse
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

import attrs

from benchmarks.counted import COUNTS, MARK, PAYMENTS
from benchmarks.processes import ROOT, serving

COMMITTED = Path(__file__).with_suffix(".json")

# The same interpreter and libraries count the same within 0.3 %, whatever else changes; others count up to 8 % apart.
MARGIN = 0.02
MARGIN_ELSEWHERE = 0.15


@attrs.frozen
class Count:
    """Instructions for one payment or call.

    Attributes:
        ours: Those of this package.
        limit: Those of the least that does the same.
    """

    ours: float
    limit: float

    @property
    def ratio(self) -> float:
        return self.ours / self.limit


@attrs.frozen(kw_only=True)
class Ratios:
    """What is committed.

    Attributes:
        counted_with: The interpreter and the libraries.
        ratios: Ours to the limit's, by what was counted.
    """

    counted_with: str
    ratios: Mapping[str, float]

    @classmethod
    def load(cls, path: Path) -> "Ratios":
        return cls(**json.loads(path.read_text(encoding="utf-8")))

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(attrs.asdict(self), indent=2) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the ratios into instructions.json")
    given = parser.parse_args()
    counts = counted()
    for name, count in counts.items():
        what = f"{count.ours:,.0f} instructions a {COUNTS[name][0]}, the limit {count.limit:,.0f}"
        print(f"{name}: {what}, ratio {count.ratio:.3f}")
    ratios = Ratios(counted_with=here(), ratios={name: round(count.ratio, 3) for name, count in counts.items()})
    if given.write:
        ratios.save(COMMITTED)
    elif grown := regressions(ratios, Ratios.load(COMMITTED)):
        sys.exit("\n".join(grown))


def regressions(ratios: Ratios, committed: Ratios) -> list[str]:
    """What has moved away from the committed ratios, a sentence each.

    A gain counts too: as long as it is not committed, it could be lost unseen.
    """
    margin = MARGIN if ratios.counted_with == committed.counted_with else MARGIN_ELSEWHERE
    return [
        f"{name}: the ratio was {committed.ratios[name]} and is {ratio}, {ratio / committed.ratios[name] - 1:+.1%} "
        f"(up to {margin:.0%} is let through; ./dev instructions --write accepts it)"
        for name, ratio in ratios.ratios.items()
        if abs(ratio / committed.ratios[name] - 1) > margin
    ]


def counted() -> dict[str, Count]:
    """The counts by what is counted."""
    with serving(items=PAYMENTS) as url:
        return _counted([sys.executable, "-m", "benchmarks.counted", url])


def _counted(program: list[str]) -> dict[str, Count]:
    environment = {"PATH": os.defpath, "PYTHONHASHSEED": "0"}
    # Once before it counts: compiling the modules would leave memory in another order than loading them.
    subprocess.run(program, cwd=ROOT, env=environment, check=True)
    with TemporaryDirectory() as folder:
        out = Path(folder, "count")
        valgrind = ["valgrind", "--quiet", "--tool=callgrind", f"--callgrind-out-file={out}", f"--dump-before={MARK}"]
        subprocess.run([*valgrind, *program], cwd=ROOT, env=environment, check=True)
        # The first is what came before the first mark.
        totals = [total(out.with_suffix(f".{number}")) for number in range(2, 2 + 2 * len(COUNTS))]
    pairs = zip(totals[::2], totals[1::2], strict=True)
    return {
        name: Count(ours / many, limit / many)
        for (name, (_, many)), (ours, limit) in zip(COUNTS.items(), pairs, strict=True)
    }


def total(counts: Path) -> int:
    """The instructions that a file of callgrind's tells of."""
    told = re.search(r"^totals: (\d+)", counts.read_text(encoding="utf-8"), re.MULTILINE)
    assert told, f"callgrind has not counted in {counts.name}"
    return int(told[1])


def here() -> str:
    """The interpreter and the libraries whose instructions are counted."""
    libraries = ", ".join(f"{name} {version(name)}" for name in ("aiohttp", "attrs", "cattrs", "msgspec", "yarl"))
    return f"Python {sys.version}, {libraries}"


if __name__ == "__main__":
    main()
