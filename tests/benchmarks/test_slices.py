import pytest

from benchmarks.slices import add_equal, cost
from payments_async.sandbox import Sandbox


@pytest.mark.parametrize("equal", [0, 500])
async def test_slices_cost_the_database_less_than_offsets(equal: int) -> None:
    async with Sandbox(payments=2_000 - equal, connectors=3, auth=False, version="3.4") as sandbox:
        await add_equal(sandbox, equal)
        slices, cursor = [await cost(sandbox, 2_000, each, 25) for each in ("slices", "cursor")]
    assert slices.units < cursor.units / 3
    assert slices.requests < 5 * cursor.requests


async def test_slices_of_a_thousand_take_half_a_request_for_a_hundred_rows() -> None:
    async with Sandbox(payments=10_000, connectors=3, auth=False, version="3.4") as sandbox:
        slices = await cost(sandbox, 10_000, "slices", 1_000)
    assert slices.requests <= 0.5 * 10_000 / 100
