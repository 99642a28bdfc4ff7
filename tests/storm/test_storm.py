import asyncio

import pytest

from tests.storm.storm import storm


async def test_every_create_is_accounted_for_in_a_storm_of_faults(capsys: pytest.CaptureFixture[str]) -> None:
    async with asyncio.timeout(120):
        tally = await storm(calls=2_000, seed=7)
    with capsys.disabled():
        print(f"\n{tally}")
    assert tally.clean, f"{tally}\n{tally.wrong}\n{tally.foreign}"
    assert tally.unknown, "a storm in which nothing was lost shows nothing"
