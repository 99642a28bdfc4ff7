"""The goals: what is compared with what, and the bound that it must keep."""

import attrs

from benchmarks.comparison import Comparison, How

PEERS = {
    "limit": "bare aiohttp, msgspec.Struct",
    "official_sdk": "formance-sdk-python 9.0.1",
    "httpx_pydantic": "httpx, pydantic TypeAdapter",
    "openapi_python_client": "openapi-python-client",
    "dicts": "aiohttp, json into dicts",
}
"""The contestants beside ours, and what they are."""

SINKS = {"jsonl": "JSON Lines", "parquet": "Parquet", "sqlite": "SQLite"}
"""The formats whose drains must need the same memory, however long they are, and what they are."""

GC_OFF = ", gc off"
"""Ends the names of what was measured with the garbage collector off."""


V3 = " v3"
"""Ends the names of what was measured on v3, before the garbage collector is mentioned."""


def _contest(do: str, what: str, unit: str, *, peer: str, how: How, goal: float) -> Comparison:
    sides = f"{do}: ours", f"{do}: {peer}"
    return Comparison(what=what, against=PEERS[peer], sides=sides, unit=unit, how=how, goal=goal)


def _gc_off(comparison: Comparison) -> Comparison:
    ours, other = comparison.sides
    return attrs.evolve(comparison, what=comparison.what + GC_OFF, sides=(ours + GC_OFF, other + GC_OFF))


_DECODE = Comparison(
    what="decode a page into models",
    against="msgspec.Struct alone",
    sides=("decode: ours", "decode: limit"),
    unit="µs/payment",
    how=How.RATIO,
    goal=1.4,
)


def _on_v3(comparison: Comparison) -> Comparison:
    ours, other = comparison.sides
    return attrs.evolve(comparison, what=f"{comparison.what}, v3", sides=(ours + V3, other + V3))


_DRAINS = [
    _contest("drain", "drain, item by item", "µs/payment", peer="limit", how=How.RATIO, goal=1.3),
    _contest("drain", "drain, item by item", "µs/payment", peer="official_sdk", how=How.FASTER, goal=10.0),
    _contest("drain", "drain, item by item", "µs/payment", peer="httpx_pydantic", how=How.FASTER, goal=1.0),
    _contest("drain", "drain, item by item", "µs/payment", peer="openapi_python_client", how=How.FASTER, goal=1.0),
    _contest("drain", "drain, item by item", "µs/payment", peer="dicts", how=How.FASTER, goal=1.0),
]

GOALS = [
    _DECODE,
    _gc_off(_DECODE),
    _on_v3(_DECODE),
    _gc_off(_on_v3(_DECODE)),
    *_DRAINS,
    *map(_gc_off, _DRAINS),
    _on_v3(_DRAINS[0]),
    _gc_off(_on_v3(_DRAINS[0])),
    _contest("get", "get_payment", "µs/call", peer="limit", how=How.RATIO, goal=1.35),
    _contest("get", "get_payment", "µs/call", peer="official_sdk", how=How.FASTER, goal=8.0),
    _contest("gather", "1,000 get_payment at once", "ms", peer="limit", how=How.RATIO, goal=1.3),
    _contest("stall", "longest stall of the loop meanwhile", "ms", peer="limit", how=How.EXTRA, goal=10.0),
    _contest("create", "create_payment", "µs/call", peer="limit", how=How.RATIO, goal=1.35),
    Comparison(
        what="import to a constructed client",
        against="import aiohttp",
        sides=("import: ours", "import: aiohttp"),
        unit="ms",
        how=How.RATIO,
        goal=1.25,
    ),
    Comparison(
        what="import to client.payments",
        against=f"{PEERS['official_sdk']} to sdk.payments.v1",
        sides=("import: ours to payments", "import: official_sdk"),
        unit="ms",
        how=How.FASTER,
        goal=3.0,
    ),
    Comparison(
        what="first call after start",
        against="second call",
        sides=("call: first", "call: second"),
        unit="ms",
        how=How.EXTRA,
        goal=30.0,
    ),
    Comparison(
        what="peak memory of the import",
        against="import aiohttp",
        sides=("memory of the import: ours", "memory of the import: aiohttp"),
        unit="MiB",
        how=How.EXTRA,
        goal=10.0,
    ),
    Comparison(
        what="peak memory of a long drain",
        against="of a short one",
        sides=("memory of a drain: long", "memory of a drain: short"),
        unit="MiB",
        how=How.EXTRA,
        goal=5.0,
    ),
    *(
        Comparison(
            what=f"peak memory of a long `Drain` to {name}",
            against="of a short one",
            sides=(f"memory of a drain to {sink}: long", f"memory of a drain to {sink}: short"),
            unit="MiB",
            how=How.EXTRA,
            goal=30.0,
        )
        for sink, name in SINKS.items()
    ),
    *(
        Comparison(
            what=f"20 ms latency, 20 ms of {consumer} work a page, prefetch=1",
            against="the same, prefetch=0",
            sides=(f"walk at 20 ms: ahead, {consumer}", f"walk at 20 ms: serial, {consumer}"),
            unit="ms/page",
            how=How.RATIO,
            goal=0.6,
        )
        for consumer in ("busy", "awaiting")
    ),
    Comparison(
        what="all layers of a call together",
        against="bare call without a network",
        sides=("layers: whole", "layers: bare"),
        unit="µs/call",
        how=How.EXTRA,
        goal=50.0,
    ),
]
