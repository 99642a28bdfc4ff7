"""Walks with prefetch and without, by the latency of the server and by what the consumer does meanwhile."""

from functools import partial

from benchmarks.comparison import Measurements
from benchmarks.processes import contending, serving, turns
from benchmarks.sizes import Sizes

WORK = 0.02
"""Seconds of the consumer's own on each page."""

LATENCIES = [5, 20, 50]
"""Of the server, in milliseconds."""


def prefetch(sizes: Sizes) -> Measurements:
    measured: Measurements = {}
    for latency in LATENCIES:
        with serving(items=sizes.pages * 100, latency=latency / 1000) as url, contending("ours", url) as ours:
            walks = {
                f"walk at {latency} ms: {name}, {consumer}": partial(
                    ours.took, "walk", using={"prefetch": ahead, "work": WORK, "busy": consumer == "busy"}
                )
                for consumer in ("busy", "awaiting")
                for ahead, name in enumerate(("serial", "ahead"))
            }
            for name, rounds in turns(walks, sizes.rounds).items():
                measured[name] = [took.seconds / sizes.pages * 1e3 for took in rounds]
    return measured
