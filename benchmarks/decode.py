"""Decodes pages in one process, ours into models and by the limit into structs in turn, and prints what each took.

`python -m benchmarks.decode ROUNDS DECODES`
"""

import gc
import json
import sys
import time
from collections.abc import Callable
from typing import Any

from benchmarks.contestants import limit, limit_v3
from benchmarks.goals import GC_OFF, V3
from benchmarks.pages import PAYMENTS, PAYMENTS_V3, pages
from payments_async import models
from payments_async.v3 import models as models_v3
from payments_async.wire.call import Request, Response
from payments_async.wire.codec import page_of

PAGES = 10
SIZE = 100


LISTS: dict[str, tuple[str, type[Any], Callable[[bytes], object]]] = {
    "": (PAYMENTS, models.Payment, limit.read_page),
    V3: (PAYMENTS_V3, models_v3.Payment, limit_v3.read_page),
}
"""What is decoded: the list, our model of its items, and the limit's reader; by the end of its measurements' names."""


def main(rounds: int, decodes: int) -> None:
    took: dict[str, list[float]] = {}
    for suffix in LISTS:
        sides = dict(zip(("ours", "limit"), decoders(suffix), strict=True))
        for each in sides.values():
            each()
        for _ in range(rounds):
            for collecting, ending in ((gc.enable, ""), (gc.disable, GC_OFF)):
                collecting()
                for name, decode in sides.items():
                    took.setdefault(f"{name}{suffix}{ending}", []).append(microseconds(decode, decodes))
    print(json.dumps(took))


def decoders(suffix: str = "") -> tuple[Callable[[], None], Callable[[], None]]:
    """What decodes `PAGES` different pages of a list, ours and the limit's."""
    path, model, read_by_limit = LISTS[suffix]
    request = Request(operation="list_payments", method="GET", path="/payments", url="http://localhost", deadline=0.0)
    headers = {"Content-Type": "application/json"}
    bodies = [b"".join(page) for page in pages(PAGES * SIZE, SIZE, path)]
    answers = [Response(request=request, status=200, headers=headers, body=body) for body in bodies]
    read = page_of(model)

    def ours() -> None:
        for answer in answers:
            read(answer)

    def limit() -> None:
        for body in bodies:
            read_by_limit(body)

    return ours, limit


def microseconds(decode: Callable[[], None], decodes: int) -> float:
    """What decoding one payment takes."""
    gc.collect()
    started = time.perf_counter()
    for _ in range(decodes):
        decode()
    return (time.perf_counter() - started) / (decodes * PAGES * SIZE) * 1e6


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
