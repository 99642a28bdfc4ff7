"""What partitions gain where requests take time on the way: on a clock that skips every wait, nothing else does."""

import asyncio

from tests.drain.lists import Asked, Lists, Memory, drained, numbered
from tests.wire.scripted import at_once, now

LATENCY = 0.02


async def seconds(partitions: int) -> float:
    """How long a drain of 200 pages takes."""

    async def travel(_: Asked) -> None:
        await asyncio.sleep(LATENCY)

    began = now()
    lists = Lists(payments=numbered(1000), meanwhile=travel)
    report = await drained(lists, "payments", Memory(), partitions=partitions, page_size=5)
    assert report.items == 1000
    return now() - began


def test_eight_partitions_are_five_times_as_fast_as_one() -> None:
    one, eight = (at_once(seconds(each)) for each in (1, 8))
    assert one >= 5 * eight
