"""What a long drain needs more than a short one, each in a process of its own."""

from benchmarks.comparison import Measurements
from benchmarks.processes import contending, serving
from benchmarks.sizes import Sizes

SAMPLES = 100


def memory(sizes: Sizes) -> Measurements:
    """The most MiB of a short and of a long drain, and the course of the long one, of ours and of the limit."""
    measured: Measurements = {"memory of a drain: short": [], "memory of a drain: long": []}
    with serving(items=sizes.short) as short, serving(items=sizes.long) as long:
        for _ in range(sizes.long_drains):
            measured["memory of a drain: short"].append(max(course("ours", short, sizes.short)))
            measured["course of memory: ours"] = course("ours", long, sizes.long)
            measured["memory of a drain: long"].append(max(measured["course of memory: ours"]))
        measured["course of memory: limit"] = course("limit", long, sizes.long)
    return measured


def course(contestant: str, url: str, items: int) -> list[float]:
    """The memory of a draining process in MiB, evenly spread over the items."""
    with contending(contestant, url) as draining:
        noted: list[int] = draining.took("memory", using={"every": items // SAMPLES}).value
    return [kibibytes / 1024 for kibibytes in noted]
