"""Measures this package against its peers and its limit: `python -m benchmarks HOME [--quick]`.

A full run also draws the charts and fills in the tables of the documentation.
"""

import argparse
from collections.abc import Callable
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path, help="where benchmarks/peers.py has installed the peers")
    parser.add_argument("--quick", action="store_true", help="only show that everything runs")
    given = parser.parse_args()
    sizes = QUICK if given.quick else FULL
    report = Report.of(measured(sizes, given.home), sizes)
    print(f"\n{report}\n\n{report.save(ROOT / 'benchmarks/results')}")
    if given.quick:
        print("This run was quick: it shows that everything runs, and its figures show nothing.")
    else:
        charts.draw(report.measurements, ROOT / "docs/charts")
        report.write_into(ROOT / "docs")


def measured(sizes: Sizes, home: Path) -> Measurements:
    """Everything, a part after the other, so that no part disturbs another."""
    parts: dict[str, Callable[[], Measurements]] = {
        "decoding": lambda: decode(sizes),
        "layers": lambda: layers(sizes),
        "starts": lambda: starts(sizes, home),
        "drains and calls": lambda: contests(sizes, home),
        "memory": lambda: memory(sizes),
        "prefetch": lambda: prefetch(sizes),
        "what users can set": lambda: users(sizes),
        "what drains cost": lambda: drains(sizes),
        "what partitions gain": lambda: partitions(sizes),
        "what workers of a cluster gain": lambda: cluster(sizes),
        "what slices cost": lambda: slices(sizes),
    }
    together: Measurements = {}
    for name, part in parts.items():
        print(f"Measuring {name}", flush=True)
        together |= part()
    return together


def decode(sizes: Sizes) -> Measurements:
    took = printed("-m", "benchmarks.decode", str(sizes.rounds), str(sizes.decodes))
    return {f"decode: {name}": values for name, values in took.items()}


def layers(sizes: Sizes) -> Measurements:
    took = printed("-m", "benchmarks.layers", str(sizes.rounds), str(sizes.layer_calls))
    return {f"{LAYERS}{name}": values for name, values in took.items()}


if __name__ == "__main__":
    main()
