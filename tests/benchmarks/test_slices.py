from typing import Any

import pytest

from benchmarks.listing import EQUAL, Payments
from benchmarks.sizes import FULL
from benchmarks.slices import CURSOR, SPREADS, Cost, cost, slices
from payments_async import PaymentsClient
from payments_async.drain.rows import plain
from payments_async.sandbox import Sandbox

URL = "https://payments.test"
COLUMNS = ("initial_amount", "connector_id", "type", "asset", "scheme")


@pytest.mark.parametrize("equal", [0, 500])
async def test_slices_cost_the_database_less_than_offsets(equal: int) -> None:
    payments = Payments.made(2_000, equal)
    in_slices, by_cursor = [await cost(URL, 2_000, each, 25, payments) for each in ("slices", "cursor")]
    assert in_slices.units < by_cursor.units / 3
    assert in_slices.requests < 5 * by_cursor.requests


async def test_slices_of_a_thousand_take_half_a_request_for_a_hundred_rows() -> None:
    in_slices = await cost(URL, 10_000, "slices", 1_000, Payments.made(10_000, 0))
    assert in_slices.requests <= 0.5 * 10_000 / 100


@pytest.mark.parametrize("payments", [60, 1_000, 4_321])
async def test_a_walk_by_cursor_costs_what_is_computed(payments: int) -> None:
    walked = await cost(URL, payments, "cursor", 1_000, Payments.made(payments, 0))
    assert walked == Cost.of_cursor(payments)


async def test_the_list_in_memory_costs_what_the_sandbox_does() -> None:
    async with Sandbox(payments=1_200, connectors=3, auth=False, version="3.4") as sandbox:
        async with PaymentsClient(sandbox.url) as client:
            (connector, *_) = [each.id async for each in client.v3.connectors.list_connectors()]
            for number in range(600):
                sandbox.add_payment(connector, f"equal {number}", amount=EQUAL, asset="EUR/2")
            rows = [plain(each) async for each in client.v3.payments.list_payments(page_size=100)]
        columns: dict[str, Any] = {name: [row[name] for row in rows] for name in COLUMNS}
        shown = await cost(sandbox.url, 1_800, "slices", 50)
    assert await cost(URL, 1_800, "slices", 50, Payments(columns)) == shown


def test_all_lengths_are_measured_in_slices_and_by_cursor(monkeypatch: pytest.MonkeyPatch) -> None:
    def printed(*arguments: str) -> dict[str, int]:
        payments, equal = map(int, arguments[2:])
        return {"payments": payments, "units": equal, "requests": 1}

    monkeypatch.setattr("benchmarks.slices.printed", printed)
    measured = slices(FULL)
    for name in (CURSOR, *SPREADS):
        assert measured[f"{name}: payments"] == [1_000, 10_000, 100_000, 1_000_000]
    assert measured[f"{CURSOR}: units"][:2] == [85_085, 4_675_085]
    assert measured["slices, a quarter equal: units"] == [250, 2_500, 25_000, 250_000]
