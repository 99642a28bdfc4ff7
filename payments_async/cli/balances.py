"""`payments-async balances`: the total balances of the internal accounts, per asset."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from payments_async import PaymentsClient
from payments_async.cli.connection import Work
from payments_async.cli.messages import one_line, say
from payments_async.cli.options import Api
from payments_async.cli.output import show, show_row, terminal
from payments_async.cli.tables import GAP, amount_text, plain_table
from payments_async.filters import asc, desc
from payments_async.models import AccountType
from payments_async.money import parse_asset

AT_ONCE = 50
"""How many accounts are read concurrently."""
SHORTEST_BAR = 10
"""The minimum width of a bar chart, in characters."""


class Total(NamedTuple):
    """The total balance of the internal accounts in one asset.

    Attributes:
        asset: The asset, such as `USD/2`.
        total: The sum of their balances, in the asset's minor unit.
        accounts: How many of them have a balance in it.
    """

    asset: str
    total: int
    accounts: int


def totalled(api: Api, *, as_json: bool) -> Work:
    """The command: print the total of each asset over all internal accounts.

    Raises:
        ValueError: the API is not the earlier one.
    """
    if api != "v1":
        raise ValueError("balances are added up on the earlier API only: leave out --api, or list balances")

    async def work(client: PaymentsClient) -> None:
        totals = await totals_of(client)
        if as_json:
            for each in totals:
                show_row(each._asdict())
        else:
            show(terminal(unbounded=True), chart(totals, terminal().width if sys.stdout.isatty() else 0))
            if not totals:
                say("no internal account has a balance")

    return work


async def totals_of(client: PaymentsClient) -> list[Total]:
    """The totals over all internal accounts, sorted by asset.

    Raises:
        PaymentsError: a call failed.
    """
    totals, accounts = Counter[str](), Counter[str]()
    seen = set[str]()
    oldest_first = (asc("created_at"), asc("id"))
    async for page in client.accounts.list_accounts(page_size=AT_ONCE, sort=oldest_first).by_page():
        internal = {each.id for each in page.data if each.type == AccountType.INTERNAL} - seen
        seen |= internal
        for latest in await _latest_of_each(client, internal):
            totals.update(latest)
            accounts.update(latest.keys())
    return [Total(asset, totals[asset], accounts[asset]) for asset in sorted(accounts)]


async def _latest_of_each(client: PaymentsClient, account_ids: set[str]) -> list[dict[str, int]]:
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(_latest(client, each)) for each in account_ids]
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None
    return [task.result() for task in tasks]


async def _latest(client: PaymentsClient, account_id: str) -> dict[str, int]:
    """An account's latest balance in each asset. It reads all pages: any page may be the first with an asset."""
    latest: dict[str, int] = {}
    newest_first = (desc("created_at"), desc("last_updated_at"), asc("currency"))
    async for balance in client.accounts.get_account_balances(account_id, page_size=100, sort=newest_first):
        latest.setdefault(balance.asset, balance.balance)
    return latest


def chart(totals: Sequence[Total], width: int) -> Table:
    """A table of the totals, each one whole, with a bar for each one if the width in characters allows it.

    If there is not enough room, the number of accounts makes way for the bars.
    """
    head = ["asset", "total", "accounts"]
    texts = [(one_line(each.asset), amount_text(each.total, each.asset), f"{each.accounts:,}") for each in totals]
    wide = [max(map(cell_len, column)) + GAP for column in zip(head, *texts, strict=True)]
    if width - sum(wide) < SHORTEST_BAR <= width - sum(wide[:2]):
        del head[2:], wide[2:]
    room = width - sum(wide)
    table = plain_table()
    for column in head:
        table.add_column(column, justify="left" if column == "asset" else "right", no_wrap=True)
    for row, bar in zip(texts, _bars(totals, room), strict=True):
        table.add_row(*row[: len(head)], *([bar] if room >= SHORTEST_BAR else []))
    return table


def _bars(totals: Sequence[Total], width: int) -> list[Text]:
    """A bar for each total. Its length is proportional to the number, regardless of exchange rates.

    Assets with unknown decimals have a scale of their own, because their numbers are in another unit.
    """
    decimals = [_decimals(each.asset) for each in totals]
    numbers = [abs(each.total) / Fraction(10) ** (some or 0) for each, some in zip(totals, decimals, strict=True)]
    whole = {
        bare: _whole_bar([number for number, some in zip(numbers, decimals, strict=True) if (some is None) == bare])
        for bare in (True, False)
    }
    return [
        Text(_bar(number / whole[some is None], width), style="red" if each.total < 0 else "green")
        for each, number, some in zip(totals, numbers, decimals, strict=True)
    ]


def _whole_bar(numbers: Sequence[Fraction]) -> Fraction:
    """The number that a full bar stands for: the largest one next to which most other numbers are visible."""

    def visible_others(whole: Fraction) -> tuple[int, Fraction]:
        return sum(whole < 1000 * number <= 1000 * whole for number in numbers), whole

    return max(filter(None, numbers), key=visible_others, default=Fraction(1))


def _bar(share: Fraction, width: int) -> str:
    """A bar with a resolution of an eighth of a character, which only a share of nothing has none of.

    One that is too long ends in an arrow.
    """
    if share > 1:
        return "█" * (width - 1) + "▶"
    whole, eighths = divmod(max(round(share * width * 8), int(share > 0)), 8)
    return "█" * whole + " ▏▎▍▌▋▊▉"[eighths].strip()


def _decimals(asset: str) -> int | None:
    try:
        return parse_asset(asset).exponent
    except ValueError:
        return None
