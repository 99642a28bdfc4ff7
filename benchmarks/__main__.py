"""Measures this package against its peers and its limit: `python -m benchmarks HOME [--quick] [--only PART ...]`.

A full run also draws the charts and fills in the tables of the documentation. With `--only`, it takes what it does not
measure from the last run.
"""

import argparse
from collections.abc import Callable, Iterable
from pathlib import Path

from benchmarks import charts
from benchmarks.cluster import cluster
from benchmarks.comparison import Measurements
from benchmarks.contests import contests
from benchmarks.drains import drains
from benchmarks.memory import memory
from benchmarks.partitions import partitions
from benchmarks.prefetch import prefetch
from benchmarks.processes import ROOT, printed
from benchmarks.report import LAYERS, Report
from benchmarks.sizes import FULL, QUICK, Sizes
from benchmarks.slices import slices
from benchmarks.starts import starts
from benchmarks.users import users

Part = Callable[[Sizes, Path], Measurements]
"""Measures something; the folder is where the peers are."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path, help="where benchmarks/peers.py has installed the peers")
    parser.add_argument("--quick", action="store_true", help="only show that everything runs")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, metavar="PART", help=", ".join(PARTS))
    given = parser.parse_args()
    sizes, folder = QUICK if given.quick else FULL, ROOT / "benchmarks/results"
    before: Measurements = {} if given.only is PARTS else Report.last(folder).measurements
    report = Report.of(before | measured(given.only, sizes, given.home), sizes)
    print(f"\n{report}\n")
    if given.quick:
        print("This run was quick: it shows that everything runs, and its figures show nothing.")
    else:
        print(report.save(folder))
        charts.draw(report.measurements, ROOT / "docs/charts")
        report.write_into(ROOT / "docs")


def measured(parts: Iterable[str], sizes: Sizes, home: Path) -> Measurements:
    """These parts, one after the other, so that none disturbs another."""
    together: Measurements = {}
    for name in parts:
        print(f"Measuring {name}", flush=True)
        together |= PARTS[name](sizes, home)
    return together


def decode(sizes: Sizes, _home: Path) -> Measurements:
    took = printed("-m", "benchmarks.decode", str(sizes.rounds), str(sizes.decodes))
    return {f"decode: {name}": values for name, values in took.items()}


def layers(sizes: Sizes, _home: Path) -> Measurements:
    took = printed("-m", "benchmarks.layers", str(sizes.rounds), str(sizes.layer_calls))
    return {f"{LAYERS}{name}": values for name, values in took.items()}


def in_heats(part: Part) -> Part:
    """A part that is measured several times, by other processes each time."""

    def measured(sizes: Sizes, home: Path) -> Measurements:
        joined: Measurements = {}
        for _ in range(sizes.heats):
            for name, values in part(sizes, home).items():
                joined.setdefault(name, []).extend(values)
        return joined

    return measured


PARTS: dict[str, Part] = {
    "decoding": in_heats(decode),
    "layers": in_heats(layers),
    "starts": starts,
    "drains-and-calls": in_heats(contests),
    "memory": lambda sizes, _: memory(sizes),
    "prefetch": in_heats(lambda sizes, _: prefetch(sizes)),
    "settings": in_heats(lambda sizes, _: users(sizes)),
    "costs": lambda sizes, _: drains(sizes),
    "partitions": lambda sizes, _: partitions(sizes),
    "cluster": lambda sizes, _: cluster(sizes),
    "slices": lambda sizes, _: slices(sizes),
}
"""What can be measured alone, in the order of a whole run."""


if __name__ == "__main__":
    main()
