from typing import Literal

import pytest

from tests.storm.storm import storm


# Each call has a deadline, so a storm ends by itself however busy the machine is.
@pytest.mark.parametrize("version", ["2.0.9", "3.4"])
@pytest.mark.parametrize("calls", [400, pytest.param(4_000, marks=pytest.mark.long)])
async def test_every_create_is_accounted_for_in_a_storm_of_faults(
    capsys: pytest.CaptureFixture[str], calls: int, version: Literal["2.0.9", "3.4"]
) -> None:
    tally = await storm(calls=calls, seed=7, version=version)
    with capsys.disabled():
        print(f"\n{tally}")
    assert tally.clean, f"{tally}\n{tally.wrong}\n{tally.foreign}"
    assert tally.unknown, "a storm in which nothing was lost shows nothing"
