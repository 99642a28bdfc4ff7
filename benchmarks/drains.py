"""What drains cost, by offset and by key: requests, rows that the server reads for them, time and memory."""

import json
from urllib.request import urlopen

from benchmarks.comparison import Measurements
from benchmarks.draining import KEYSET, WAYS
from benchmarks.goals import SINKS
from benchmarks.processes import printed, sandboxing
from benchmarks.sizes import Sizes

COSTS = ["payments", "requests", "rows read", "seconds", "MiB"]
"""What is measured of a drain."""

SINK, *OTHER_SINKS = SINKS
"""The sink that all ways drain to, and those whose memory is measured besides."""


def drains(sizes: Sizes) -> Measurements:
    """What a drain costs by each way, a value for each length, and the most memory that short and long ones have."""
    measured: Measurements = {}
    for payments in sizes.drained:
        length = {sizes.short: "short", sizes.long: "long"}.get(payments)
        with sandboxing(payments) as url:
            for way in WAYS:
                for name, value in cost(url, payments, way, SINK).items():
                    measured.setdefault(f"{way}: {name}", []).append(value)
            if length:
                measured[f"memory of a drain to {SINK}: {length}"] = [measured[f"{KEYSET}: MiB"][-1]]
                for sink in OTHER_SINKS:
                    measured[f"memory of a drain to {sink}: {length}"] = [cost(url, payments, KEYSET, sink)["MiB"]]
    return measured


def cost(url: str, payments: int, way: str, sink: str) -> dict[str, float]:
    """What one drain of a sandbox with so many payments costs, by the names of `COSTS`."""
    requests, rows_read = counted(url)
    took: dict[str, float] = printed("-m", "benchmarks.draining", url, way, sink)
    assert took["payments"] == payments, f"{way} has drained {took['payments']} payments of {payments}"
    requests_then, rows_read_then = counted(url)
    return {**took, "requests": requests_then - requests, "rows read": rows_read_then - rows_read}


def counted(url: str) -> tuple[int, int]:
    """The requests that a sandbox has answered so far, those for tokens among them, and the rows it has read."""
    with urlopen(f"{url}/_requests") as requests, urlopen(f"{url}/_rows-read") as rows:
        return sum(each["count"] for each in json.load(requests)), json.load(rows)["rows_read"]
