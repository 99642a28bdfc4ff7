"""The charts that the documentation shows, each for a light and for a dark page."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import attrs
import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.cluster import ON_CLUSTER, WORKERS
from benchmarks.comparison import Measurements
from benchmarks.draining import KEYSET, OFFSET, PARTITIONED
from benchmarks.goals import PEERS
from benchmarks.prefetch import LATENCIES
from benchmarks.sizes import FULL
from benchmarks.slices import CURSOR, SPREADS
from benchmarks.table import number

OURS = "payments_async"


@attrs.frozen(kw_only=True)
class Theme:
    """Colours for one kind of page.

    Attributes:
        text: Of labels.
        ours: Of what is ours.
        other: Of everything else.
        rest: Of what needs a third colour.
    """

    text: str
    ours: str
    other: str
    rest: str


THEMES = {
    "light": Theme(text="#3b4045", ours="#00796b", other="#9aa5ad", rest="#d5dadd"),
    "dark": Theme(text="#dfe3e6", ours="#4db6ac", other="#7d8891", rest="#474f57"),
}

Chart = Callable[[Axes, Measurements, Theme], None]
"""Draws measurements onto axes in the colours of a theme."""


def draw(measurements: Measurements, folder: Path) -> None:
    """Write every chart into a folder, as `NAME-light.svg` and `NAME-dark.svg`; equal numbers give equal bytes."""
    folder.mkdir(exist_ok=True)
    for name, (title, chart, height) in CHARTS.items():
        for kind, theme in THEMES.items():
            with mpl.rc_context(_settings(theme)):
                figure = Figure(figsize=(7.2, height), layout="constrained")
                figure.suptitle(title, x=0.01, ha="left")
                chart(figure.subplots(), measurements, theme)
                figure.savefig(folder / f"{name}-{kind}.svg", metadata={"Date": None, "Creator": None})


def _settings(theme: Theme) -> dict[Any, Any]:
    coloured = ["text.color", "axes.labelcolor", "xtick.color", "ytick.color"]
    return {
        "svg.hashsalt": "payments_async",
        "svg.fonttype": "none",  # text stays text: sharp, small, and found by a search
        "font.size": 10,
        "figure.titlesize": 11,
        "figure.facecolor": "none",
        "figure.constrained_layout.w_pad": 0.12,  # room for readers whose font is wider
        "axes.facecolor": "none",
        "axes.edgecolor": theme.other,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.spines.left": False,
        "ytick.left": False,
        "legend.frameon": False,
        **dict.fromkeys(coloured, theme.text),
    }


def drain(axes: Axes, measurements: Measurements, theme: Theme) -> None:
    rates = {
        label: 1e6 / median(measurements[f"drain: {name}"])
        for name, label in {"ours": OURS, **PEERS}.items()
        if f"drain: {name}" in measurements
    }
    _bars(axes, rates, theme)


def stages(axes: Axes, measurements: Measurements, theme: Theme) -> None:
    read = median(measurements["read"])
    for name, label in (("limit", PEERS["limit"]), ("ours", OURS)):
        decode, whole = (median(measurements[f"{what}: {name}"]) for what in ("decode", "drain"))
        begin = 0.0
        for stage, took, colour in (
            ("read the bytes", read, theme.rest),
            ("decode", decode, theme.ours),
            ("all else", max(0.0, whole - read - decode), theme.other),
        ):
            axes.barh(label, took, left=begin, color=colour, height=0.6, label=stage)
            begin += took
        axes.annotate(number(begin), (begin, label), (6, 0), textcoords="offset points", va="center")
    axes.margins(x=0.1)
    axes.set_xlabel("µs a payment")
    handles, labels = axes.get_legend_handles_labels()
    axes.figure.legend(handles[:3], labels[:3], loc="outside lower center", ncols=3)


def imports(axes: Axes, measurements: Measurements, theme: Theme) -> None:
    names = {"aiohttp": "aiohttp alone", "ours": OURS, "official_sdk": PEERS["official_sdk"]}
    took = {
        label: median(measurements[f"import: {name}"])
        for name, label in names.items()
        if f"import: {name}" in measurements
    }
    _bars(axes, took, theme)


def memory(axes: Axes, measurements: Measurements, theme: Theme) -> None:
    for name, label, colour, width in (("limit", PEERS["limit"], theme.other, 5), ("ours", OURS, theme.ours, 2)):
        course = measurements[f"course of memory: {name}"]
        done = [100 * (place + 1) / len(course) for place in range(len(course))]
        axes.plot(done, course, color=colour, linewidth=width, label=label)
    axes.set_ylim(0, 1.2 * axes.get_ylim()[1])
    axes.set_xlabel("% of the list")
    axes.set_ylabel("MiB")
    axes.legend(loc="lower right")


def prefetch(axes: Axes, measurements: Measurements, theme: Theme) -> None:
    places = range(len(LATENCIES))
    for ahead, name, colour in ((0, "serial", theme.other), (1, "ahead", theme.ours)):
        took = [median(measurements[f"walk at {latency} ms: {name}, busy"]) for latency in LATENCIES]
        bars = axes.bar(
            [place + ahead * 0.36 for place in places], took, width=0.34, color=colour, label=f"prefetch={ahead}"
        )
        axes.bar_label(bars, fmt="%.0f", padding=2)
    axes.set_xticks([place + 0.18 for place in places], [f"{latency} ms" for latency in LATENCIES])
    axes.set_xlabel("latency of the server")
    axes.set_yticks([])
    axes.margins(y=0.12)
    axes.legend(loc="upper left")


def costs(axes: Axes, measurements: Measurements, theme: Theme, *, of: str) -> None:
    for way, colour, width in ((OFFSET, theme.other, 2), (KEYSET, theme.ours, 5), (PARTITIONED, theme.text, 2)):
        payments, values = measurements[f"{way}: payments"], measurements[f"{way}: {of}"]
        axes.loglog(payments, values, color=colour, linewidth=width, marker="o", label=way)
        if way != PARTITIONED:  # it ends where keyset does
            end = payments[-1], values[-1]
            axes.annotate(number(values[-1]), end, (8, 0), textcoords="offset points", va="center")
    _lengths(axes)


def slices(axes: Axes, measurements: Measurements, theme: Theme) -> None:
    colours = theme.other, theme.ours, theme.ours, theme.text
    for name, colour, line in zip((CURSOR, *SPREADS), colours, ("-", "-", ":", "-"), strict=True):
        payments, units = measurements[f"{name}: payments"], measurements[f"{name}: units"]
        axes.loglog(payments, units, line, color=colour, linewidth=2, marker="o", label=name)
    _lengths(axes)


def cluster(axes: Axes, measurements: Measurements, theme: Theme) -> None:
    rates = measurements.get(ON_CLUSTER, [])
    workers = [f"{count} worker{'s' if count > 1 else ''}" for count in WORKERS[: len(rates)]]
    bars = axes.barh(workers, [rate / rates[0] for rate in rates], color=theme.ours, height=0.6)
    axes.bar_label(bars, fmt="%.2f ×", padding=6)
    axes.invert_yaxis()
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    axes.margins(x=0.12)


def _lengths(axes: Axes) -> None:
    """The axes of a chart over the lengths of drains."""
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.yaxis.set_major_formatter("{x:,.12g}")
    axes.minorticks_off()
    axes.set_xlabel("payments drained")
    axes.legend(loc="upper left")


def _bars(axes: Axes, values: dict[str, float], theme: Theme) -> None:
    """Horizontal bars with their values, the longest on top, ours marked by its colour."""
    for label, value in sorted(values.items(), key=lambda each: each[1]):
        axes.barh(label, value, color=theme.ours if label == OURS else theme.other, height=0.6)
        axes.annotate(f"{value:,.0f}", (value, label), (6, 0), textcoords="offset points", va="center")
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    axes.margins(x=0.12)


CHARTS: dict[str, tuple[str, Chart, float]] = {
    "drain": ("Payments drained in a second, item by item, 100 a page", drain, 2.8),
    "stages": ("What a payment costs in a drain, by stage", stages, 2.3),
    "import": ("Milliseconds to import a client and construct it", imports, 1.7),
    "memory": (f"Memory of the process while {FULL.long:,} payments are drained", memory, 2.6),
    "prefetch": ("Milliseconds a page, with 20 ms of the consumer's own work on each", prefetch, 2.8),
    "rows-read": ("Rows that the server reads for a drain", partial(costs, of="rows read"), 3.2),
    "seconds": ("Seconds that a drain takes", partial(costs, of="seconds"), 3.2),
    "cluster": ("Payments drained in a second on a cluster, as a ratio to one worker process", cluster, 1.7),
    "slices": ("What a drain of client.v3 costs the database, in rows scanned", slices, 3.2),
}
"""The title of each chart, what draws it, and its height in inches."""
