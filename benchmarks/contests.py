"""Drains and calls: the contestants take turns, round by round, on one server."""

from collections.abc import Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from benchmarks import peers
from benchmarks.comparison import Measurements
from benchmarks.goals import GC_OFF, V3
from benchmarks.processes import Contestant, contending, serving, turns
from benchmarks.sizes import Sizes

HERE = ["ours", "limit", "dicts"]
"""The contestants that run in the benchmark's own environment."""

ON_V3 = {"ours": "ours_v3", "limit": "limit_v3"}
"""The contestants on v3, in the benchmark's own environment too, by their names here."""

ELSEWHERE = ["official_sdk", "httpx_pydantic", "openapi_python_client"]
"""The contestants that run in environments of their own."""

AT_ONCE = 1_000
"""Calls at once."""


def contests(sizes: Sizes, home: Path) -> Measurements:
    """Drains, calls one after the other and calls at once.

    Args:
        sizes: How much is measured.
        home: Where the peers are installed; those that are missing do not take part.
    """
    elsewhere = {name: home / name for name in ELSEWHERE if not peers.missing(home / name)}
    with serving(items=sizes.items) as url, ExitStack() as running:
        there = {name: running.enter_context(contending(name, url)) for name in HERE}
        for name, folder in elsewhere.items():
            there[name] = running.enter_context(contending(name, url, python=peers.interpreter(folder)))
        on_v3 = {name: running.enter_context(contending(program, url)) for name, program in ON_V3.items()}
        return {**drains(there, sizes), **drains_on_v3(on_v3, sizes), **calls(there, sizes)}


def drains(there: Mapping[str, Contestant], sizes: Sizes) -> Measurements:
    measured: Measurements = {}
    for gc, suffix in ((True, ""), (False, GC_OFF)):
        drain = {name: partial(contestant.took, "drain", gc=gc) for name, contestant in there.items()}
        drain["ours, ahead"] = partial(there["ours"].took, "drain", gc=gc, using={"prefetch": 1})
        for name, rounds in turns(drain, sizes.rounds).items():
            assert all(took.value == sizes.items for took in rounds), f"{name} has not drained the list"
            measured[f"drain: {name}{suffix}"] = [took.seconds / sizes.items * 1e6 for took in rounds]
    read = turns({"read": partial(there["limit"].took, "read")}, sizes.rounds)["read"]
    return {**measured, "read": [took.seconds / sizes.items * 1e6 for took in read]}


def drains_on_v3(there: Mapping[str, Contestant], sizes: Sizes) -> Measurements:
    measured: Measurements = {}
    for gc, suffix in ((True, ""), (False, GC_OFF)):
        drain = {name: partial(contestant.took, "drain", gc=gc) for name, contestant in there.items()}
        for name, rounds in turns(drain, sizes.rounds).items():
            assert all(took.value == sizes.items for took in rounds), f"{name} has not drained the list of v3"
            measured[f"drain: {name}{V3}{suffix}"] = [took.seconds / sizes.items * 1e6 for took in rounds]
    return measured


def calls(there: Mapping[str, Contestant], sizes: Sizes) -> Measurements:
    measured: Measurements = {}
    for do, names in (("get", ("ours", "limit", "official_sdk")), ("create", ("ours", "limit"))):
        one_by_one = {name: partial(there[name].took, do, times=sizes.calls) for name in names if name in there}
        for name, rounds in turns(one_by_one, sizes.rounds).items():
            measured[f"{do}: {name}"] = [took.seconds / sizes.calls * 1e6 for took in rounds]
    at_once = {name: partial(there[name].took, "get", times=AT_ONCE, at_once=True) for name in ("ours", "limit")}
    for name, rounds in turns(at_once, sizes.rounds).items():
        measured[f"gather: {name}"] = [took.seconds * 1e3 for took in rounds]
        measured[f"stall: {name}"] = [took.stall * 1e3 for took in rounds]
    return measured
