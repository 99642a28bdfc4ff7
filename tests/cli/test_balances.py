import json
import re

import pytest
from rich.console import Console

from payments_async import PaymentsClient
from payments_async.cli.balances import Total, chart
from payments_async.cli.output import UNBOUNDED
from payments_async.cli.tables import amount_text
from payments_async.models import AccountType
from payments_async.sandbox import Fault, FaultKind, Sandbox
from tests.cli.running import Command


def drawn(totals: list[Total], width: int) -> dict[str, str]:
    """The bar of each asset."""
    console = Console(width=200, highlight=False)
    with console.capture() as captured:
        console.print(chart(totals, width))
    rows = [re.split(r"  +", line.rstrip(), maxsplit=3) for line in captured.get().splitlines()[1:]]
    return {row[0]: row[3] if len(row) > 3 else "" for row in rows}


async def test_totals_are_the_latest_balances_of_internal_accounts(
    named: Sandbox,  # noqa: ARG001
    client: PaymentsClient,
    command: Command,
) -> None:
    totals: dict[str, int] = {}
    async for account in client.accounts.list_accounts():
        if account.type == AccountType.INTERNAL:
            rows = [each async for each in client.accounts.get_account_balances(account.id)]
            for asset in {each.asset for each in rows}:
                latest = max((each for each in rows if each.asset == asset), key=lambda each: each.created_at)
                totals[asset] = totals.get(asset, 0) + latest.balance
    ran = await command("balances", "--json")
    assert (ran.code, ran.err) == (0, "")
    assert {each["asset"]: each["total"] for each in map(json.loads, ran.out.splitlines())} == totals
    assert len(totals) > 1


async def test_a_pipe_gets_the_table_without_bars(named: Sandbox, command: Command) -> None:  # noqa: ARG001
    ran = await command("balances")
    head, *rows = ran.out.splitlines()
    assert head.split() == ["asset", "total", "accounts"]
    assert all(re.fullmatch(r"\S+ +-?[\d,]+(\.\d+)? +\d+", row) for row in rows)


async def test_one_account_that_fails_is_an_error_of_one_line(named: Sandbox, command: Command) -> None:
    named.faults.append(Fault(kind=FaultKind.STATUS, status=400, route="/accounts/{accountId}/balances"))
    ran = await command("balances")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("payments-async: get_account_balances: ")
    assert ran.err.count("\n") == 1


async def test_nothing_to_add_up_is_said(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    async with Sandbox() as empty:
        monkeypatch.setenv("FORMANCE_CLIENT_SECRET", empty.client_secret)
        ran = await command("--url", empty.url, "--client-id", empty.client_id, "balances")
    assert (ran.code, ran.err) == (0, "payments-async: no internal account has a balance\n")


def test_a_bar_is_as_long_as_its_number_beside_the_largest() -> None:
    bars = drawn(
        [Total("EUR/2", 100_00, 1), Total("GBP/2", -50_00, 1), Total("KWD/3", 25_000, 1), Total("USD/2", 0, 1)], 80
    )
    lengths = {asset: len(bar) for asset, bar in bars.items()}
    assert lengths["EUR/2"] == 80 - len("EUR/2  100.00  accounts  ")
    assert abs(lengths["EUR/2"] - 2 * lengths["GBP/2"]) <= 1
    assert abs(lengths["EUR/2"] - 4 * lengths["KWD/3"]) <= 3
    assert lengths["USD/2"] == 0


def test_one_giant_does_not_make_the_others_vanish() -> None:
    bars = drawn([Total("EUR/2", 10**40, 1), Total("GBP/2", 700, 1), Total("USD/2", 350, 1)], 120)
    assert bars["EUR/2"].endswith("▶")
    assert len(bars["EUR/2"]) == len(bars["GBP/2"])
    assert len(bars["USD/2"]) * 2 - len(bars["GBP/2"]) in {-1, 0, 1}


def test_a_trifle_does_not_cut_the_others_short() -> None:
    bars = drawn([Total("EUR/2", 10**9, 1), Total("GBP/2", 320, 1)], 80)
    assert set(bars["EUR/2"]) == {"█"}
    assert bars["GBP/2"] == "▏"


def test_assets_of_unknown_decimals_are_compared_among_themselves() -> None:
    bars = drawn([Total("JPY", 10**9, 1), Total("USD/2", 5_00, 1), Total("a/b/c", 10**9, 1)], 80)
    assert len(set(map(len, bars.values()))) == 1


@pytest.mark.parametrize("width", [72, 80, 90, 100])
def test_no_total_is_broken_over_lines_and_each_has_a_bar(width: int) -> None:
    totals = [Total("CHF/2", -(10**38), 12), Total("EUR/2", 10**38, 3), Total("USD/2", 1, 1)]
    console = Console(width=UNBOUNDED, highlight=False)
    with console.capture() as captured:
        console.print(chart(totals, width))
    _, *rows = [line.rstrip() for line in captured.get().splitlines()]
    assert len(rows) == len(totals)
    assert max(map(len, rows)) <= width
    for row, total in zip(rows, totals, strict=True):
        assert amount_text(total.total, total.asset) in row
        assert re.search("[█▏]$", row)


def test_without_room_there_are_no_bars() -> None:
    assert set(drawn([Total("EUR/2", 100, 1)], 30).values()) == {""}
    assert drawn([], 80) == {}
