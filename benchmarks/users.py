"""What users can set, and what it does: page size, event loop, garbage collector, compression."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial
from typing import Any

from benchmarks.comparison import Comparison, Measurements
from benchmarks.pages import pages
from benchmarks.prefetch import LATENCIES
from benchmarks.processes import Contestant, Took, contending, serving, turns
from benchmarks.server import ENCODINGS, compressed
from benchmarks.sizes import Sizes

DEFAULT_PAGE, LARGEST_PAGE = 15, 100
THRESHOLDS = [50_000, 20, 20]

EFFECTS = [
    *(
        Comparison(
            what=f"`page_size={LARGEST_PAGE}`, {latency} ms latency",
            against=f"{DEFAULT_PAGE}, the server's default",
            sides=(f"page of {LARGEST_PAGE} at {latency} ms", f"page of {DEFAULT_PAGE} at {latency} ms"),
            unit="µs/payment",
        )
        for latency in (0, 20)
    ),
    Comparison(
        what="`prefetch=1`, drain, item by item",
        against="`prefetch=0`",
        sides=("drain: ours, ahead", "drain: ours"),
        unit="µs/payment",
    ),
    *(
        Comparison(
            what=f"`prefetch=1`, {latency} ms latency, 20 ms of work a page",
            against="`prefetch=0`",
            sides=(f"walk at {latency} ms: ahead, busy", f"walk at {latency} ms: serial, busy"),
            unit="ms/page",
        )
        for latency in LATENCIES
    ),
    *(
        Comparison(
            what=f"uvloop, {name}", against="asyncio's own loop", sides=(f"uvloop: {do}", f"asyncio: {do}"), unit=unit
        )
        for do, name, unit in (("drain", "drain", "µs/payment"), ("get", "`get_payment`", "µs/call"))
    ),
    *(
        Comparison(
            what=f"`gc.set_threshold(50_000, 20, 20)`, {name}",
            against="the interpreter's default",
            sides=(f"thresholds: {do}", f"default thresholds: {do}"),
            unit="µs/payment",
        )
        for do, name in (("drain", "drain"), ("keep", "drain that keeps all"))
    ),
    *(
        Comparison(
            what=f"{name}, drain",
            against="no compression",
            sides=(f"compressed: {name}", "compressed: no"),
            unit="µs/payment",
        )
        for name in [*ENCODINGS, "gzip by isal"]
    ),
    *(
        Comparison(
            what=f"{name}, bytes sent",
            against="no compression",
            sides=(f"bytes: {name}", "bytes: no"),
            unit="bytes/payment",
        )
        for name in ENCODINGS
    ),
]
"""What has what effect."""


def users(sizes: Sizes) -> Measurements:
    return {**page_sizes(sizes), **loops(sizes), **thresholds(sizes), **compression(sizes)}


def page_sizes(sizes: Sizes) -> Measurements:
    with ExitStack() as running:
        drains = {
            f"page of {size} at {latency} ms": partial(
                client(running, items=sizes.latent, page_size=size, latency=latency / 1000).took, "drain"
            )
            for latency in (0, 20)
            for size in (DEFAULT_PAGE, LARGEST_PAGE)
        }
        return microseconds(drains, sizes.rounds, each=sizes.latent)


def loops(sizes: Sizes) -> Measurements:
    with ExitStack() as running:
        there = {
            "asyncio": client(running, items=sizes.items),
            "uvloop": client(running, "--uvloop", items=sizes.items),
        }
        drains = {f"{name}: drain": partial(each.took, "drain") for name, each in there.items()}
        gets = {f"{name}: get": partial(each.took, "get", times=sizes.calls) for name, each in there.items()}
        return {
            **microseconds(drains, sizes.rounds, each=sizes.items),
            **microseconds(gets, sizes.rounds, each=sizes.calls),
        }


def thresholds(sizes: Sizes) -> Measurements:
    with ExitStack() as running:
        ours = client(running, items=sizes.items)
        drains = {
            f"{name}: {do}": partial(ours.took, do, gc=gc)
            for do in ("drain", "keep")
            for name, gc in (("default thresholds", True), ("thresholds", THRESHOLDS))
        }
        return microseconds(drains, sizes.rounds, each=sizes.items)


def compression(sizes: Sizes) -> Measurements:
    with ExitStack() as running:
        there = {
            "no": client(running, items=sizes.items),
            **{name: client(running, items=sizes.items, encoding=name) for name in ENCODINGS},
            "gzip by isal": client(running, "--isal", items=sizes.items, encoding="gzip"),
        }
        drains = {f"compressed: {name}": partial(each.took, "drain") for name, each in there.items()}
        measured = microseconds(drains, sizes.rounds, each=sizes.items)
    page = b"".join(next(pages(LARGEST_PAGE, LARGEST_PAGE)))
    sent = {"no": page, **{name: compressed(page, name) for name in ENCODINGS}}
    return {**measured, **{f"bytes: {name}": [len(body) / LARGEST_PAGE] for name, body in sent.items()}}


def client(running: ExitStack, *flags: str, **server: Any) -> Contestant:
    """Our client on a server of its own."""
    return running.enter_context(contending("ours", running.enter_context(serving(**server)), *flags))


def microseconds(measured: Mapping[str, Callable[[], Took]], rounds: int, *, each: int) -> Measurements:
    """What one of `each` payments or calls takes, measured in turn."""
    return {name: [took.seconds / each * 1e6 for took in taken] for name, taken in turns(measured, rounds).items()}
