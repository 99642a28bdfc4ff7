"""Decodes pages in one process, ours into models and by the limit into structs in turn, and prints what each took.

`python -m benchmarks.decode ROUNDS DECODES`
"""

import gc
import json
import sys
import time
from collections.abc import Callable

from benchmarks.contestants.limit import read_page
from benchmarks.pages import pages
from payments_async.models import Payment
from payments_async.wire.call import Request, Response
from payments_async.wire.codec import page_of

PAGES = 10
SIZE = 100


def main(rounds: int, decodes: int) -> None:
    ours, limit = decoders()
    took: dict[str, list[float]] = {"ours": [], "limit": [], "ours, gc off": [], "limit, gc off": []}
    for each in (ours, limit):
        each()
    for _ in range(rounds):
        gc.enable()
        took["ours"].append(microseconds(ours, decodes))
        took["limit"].append(microseconds(limit, decodes))
        gc.disable()
        took["ours, gc off"].append(microseconds(ours, decodes))
        took["limit, gc off"].append(microseconds(limit, decodes))
    print(json.dumps(took))


def decoders() -> tuple[Callable[[], None], Callable[[], None]]:
    """What decodes `PAGES` different pages, ours and the limit's."""
    request = Request(operation="list_payments", method="GET", path="/payments", url="http://localhost", deadline=0.0)
    headers = {"Content-Type": "application/json"}
    bodies = [b"".join(page) for page in pages(PAGES * SIZE, SIZE)]
    answers = [Response(request=request, status=200, headers=headers, body=body) for body in bodies]
    read = page_of(Payment)

    def ours() -> None:
        for answer in answers:
            read(answer)

    def limit() -> None:
        for body in bodies:
            read_page(body)

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
