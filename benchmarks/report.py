"""What a run has measured: kept as JSON, shown as tables, written into the documentation."""

import json
import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Self

import attrs

from benchmarks.cluster import ON_CLUSTER, WORKERS
from benchmarks.comparison import Comparison, Measurements, results
from benchmarks.draining import WAYS
from benchmarks.drains import COSTS
from benchmarks.goals import GOALS
from benchmarks.partitions import DATABASE, FILE, PAGE_SIZES, PARTITIONS, named
from benchmarks.sizes import Sizes
from benchmarks.slices import CURSOR, SPREADS
from benchmarks.table import HEAD, VERDICT_HEAD, Cells, aligned, cells, markdown, number, verdict
from benchmarks.users import EFFECTS

LAYERS = "layers: "
"""Begins the names of what was measured of layers."""

PAGES = {
    "speed.md": ["peers", "layers", "settings", "conditions"],
    "draining.md": ["costs", "partitions", "slices"],
    "cluster.md": ["cluster"],
}
"""The pages of the documentation that a run fills in, and what each of them shows."""


@attrs.frozen(kw_only=True)
class Report:
    """A run.

    Attributes:
        made_at: When it ended, RFC 3339.
        conditions: On what it ran, a sentence.
        measurements: What it measured.
    """

    made_at: str
    conditions: str
    measurements: Measurements

    @classmethod
    def of(cls, measurements: Measurements, sizes: Sizes) -> Self:
        """A report of what was measured just now."""
        versions = ", ".join(f"{name} {version(name)}" for name in ("aiohttp", "msgspec", "cattrs", "attrs"))
        conditions = (
            f"{platform.python_implementation()} {platform.python_version()}, {versions}; {os.cpu_count()} cores, "
            f"{platform.system()} {platform.machine()}; server and client on one machine, over loopback; "
            f"payments of about 800 bytes, 100 a page; medians of {sizes.heats * sizes.rounds} rounds."
        )
        return cls(
            made_at=datetime.now(UTC).isoformat(timespec="seconds"), conditions=conditions, measurements=measurements
        )

    @classmethod
    def load(cls, path: Path) -> Self:
        return cls(**json.loads(path.read_text(encoding="utf-8")))

    @classmethod
    def last(cls, folder: Path) -> Self:
        """The last one that was kept there; raises `ValueError` if there is none."""
        if (latest := max(folder.glob("*.json"), default=None)) is None:
            raise ValueError(f"{folder} has no run: measure everything first")
        return cls.load(latest)

    def save(self, folder: Path) -> Path:
        """Keep it as a file of its own; gives its path."""
        folder.mkdir(exist_ok=True)
        path = folder / f"{self.made_at.replace(':', '-')}.json"
        path.write_text(json.dumps(attrs.asdict(self), indent=1), encoding="utf-8")
        return path

    def __str__(self) -> str:
        """All tables, as a terminal shows them."""
        goals = [
            [*HEAD, *VERDICT_HEAD],
            *([*cells(each), *verdict(each)] for each in results(GOALS, self.measurements)),
        ]
        tables = {
            "Goals": goals,
            "What a layer costs": self.layers(),
            "What users can set": self.compared(EFFECTS),
            "What drains cost": self.costs(),
            "What partitions gain": self.partitions(),
            "What workers of a cluster gain": self.cluster(),
            "What slices cost": self.slices(),
        }
        missing = [
            f"not measured: {each.what} against {each.against}"
            for each in GOALS
            if not each.measured(self.measurements)
        ]
        shown = [f"{title}\n\n{aligned(rows)}\n" for title, rows in tables.items()]
        return "\n".join([*shown, *missing, self.conditions])

    def compared(self, comparisons: list[Comparison]) -> list[Cells]:
        """A table of comparisons, without goals."""
        return [HEAD, *map(cells, results(comparisons, self.measurements))]

    def layers(self) -> list[Cells]:
        """A table of what each layer takes."""
        return [
            ["layer", "µs a call", "spread"],
            *(
                [name.removeprefix(LAYERS), number(median(took)), f"{number(min(took))} to {number(max(took))}"]
                for name, took in self.measurements.items()
                if name.startswith(LAYERS)
            ),
        ]

    def costs(self) -> list[Cells]:
        """A table of what drains cost, those of one length below each other."""
        drains = [
            (way, *costs)
            for way in WAYS
            for costs in zip(*(self.measurements.get(f"{way}: {name}", []) for name in COSTS), strict=True)
        ]
        return [
            ["payments", "drained by", "requests", "rows read by the server", "seconds", "payments/s", "peak memory"],
            *(
                [
                    *(f"{payments:,.0f}", way, f"{requests:,.0f}", f"{rows:,.0f}"),
                    *(number(seconds), number(payments / seconds), f"{number(peak)} MiB"),
                ]
                for way, payments, requests, rows, seconds, peak in sorted(drains, key=lambda drain: drain[1])
            ),
        ]

    def partitions(self) -> list[Cells]:
        """A table of what partitions gain where requests take 20 ms on the way."""
        return [
            ["sink", "rows of a page", "partitions", "payments/s", "as fast as one"],
            *(
                [sink, f"{page_size:,}", str(count), number(rate), f"{number(rate / rates[0])} ×"]
                for sink in (FILE, DATABASE)
                for page_size in PAGE_SIZES
                if (rates := self.measurements.get(named(sink, page_size)))
                for count, rate in zip(PARTITIONS, rates, strict=True)
            ),
        ]

    def cluster(self) -> list[Cells]:
        """A table of what worker processes gain where requests take 20 ms on the way."""
        rates = self.measurements.get(ON_CLUSTER, [])
        return [
            ["worker processes", "payments/s", "as fast as one"],
            *(
                [str(count), number(rate), f"{number(rate / rates[0])} ×"]
                for count, rate in zip(WORKERS, rates, strict=False)  # a quick run has the first alone
            ),
        ]

    def slices(self) -> list[Cells]:
        """A table of what drains of `client.v3` cost the database, those of one length below each other."""
        drains = [
            (name, *costs)
            for name in (CURSOR, *SPREADS)
            for costs in zip(
                *(self.measurements.get(f"{name}: {what}", []) for what in ("payments", "requests", "units")),
                strict=True,
            )
        ]
        return [
            ["payments", "drained by", "requests", "database, in rows scanned"],
            *(
                [f"{payments:,.0f}", name, f"{requests:,.0f}", f"{units:,.0f}"]
                for name, payments, requests, units in sorted(drains, key=lambda drain: drain[1])
            ),
        ]

    def write_into(self, docs: Path) -> None:
        """Put the tables into the pages of the documentation, each between its marks."""
        tables = {
            "peers": self.compared(GOALS),
            "layers": self.layers(),
            "settings": self.compared(EFFECTS),
            "costs": self.costs(),
            "partitions": self.partitions(),
            "cluster": self.cluster(),
            "slices": self.slices(),
        }
        parts = {name: markdown(rows) for name, rows in tables.items()} | {"conditions": self.conditions}
        for page, names in PAGES.items():
            text = (docs / page).read_text(encoding="utf-8")
            for name in names:
                text = marked(text, name, parts[name])
            (docs / page).write_text(text, encoding="utf-8")


def marked(text: str, name: str, part: str) -> str:
    """The text with what stands between the marks of this name replaced.

    Raises:
        ValueError: it has no such marks.
    """
    begin, end = f"<!-- measured: {name} -->", "<!-- end -->"
    before, begins, rest = text.partition(begin)
    _, ends, after = rest.partition(end)
    if not (begins and ends):
        raise ValueError(f"a page needs the marks {begin!r} and {end!r}")
    return f"{before}{begin}\n\n{part}\n\n{end}{after}"
