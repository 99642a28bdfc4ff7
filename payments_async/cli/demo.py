"""`payments-async demo`: a sandbox and a client in one process, connected by real sockets."""

from __future__ import annotations

import asyncio
import sys
import time
from collections import Counter
from typing import TYPE_CHECKING, Literal

import attrs
import typer
from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from payments_async import ClientCredentials, Page, Pages, PaymentsClient
from payments_async.cli.tables import amount_text
from payments_async.models import Payment
from payments_async.money import parse_asset
from payments_async.sandbox import Sandbox

if TYPE_CHECKING:
    from payments_async.v3 import models as v3

SAMPLES = 5


@attrs.define(kw_only=True)
class Drained:
    """The results of a drain.

    Attributes:
        expected: How many payments the sandbox has.
        items: How many payments came.
        ids: Their different ids.
        totals: The sums of their amounts in the minor unit, by asset.
        samples: A few of the payments, spread evenly over the drain.
    """

    expected: int
    items: int = 0
    ids: set[str] = attrs.field(factory=set[str])
    pages: int = 0
    requests: int = 0
    tokens: int = 0
    seconds: float = 0.0
    totals: Counter[str] = attrs.field(factory=Counter[str])
    samples: list[Payment | v3.Payment] = attrs.field(factory=list)

    @property
    def complete(self) -> bool:
        """Whether each payment came exactly once."""
        return self.items == len(self.ids) == self.expected

    def add(self, page: Page[Payment] | Page[v3.Payment]) -> None:
        """Add a page to the results."""
        self.pages += 1
        for payment in page.data:
            if self.items >= len(self.samples) * self.expected / SAMPLES:
                self.samples.append(payment)
            self.items += 1
            self.ids.add(payment.id)
            self.totals[payment.asset] += payment.amount


def demonstrate(*, payments: int, seed: int, page_size: int, version: Literal["2.0.9", "3.4"] = "2.0.9") -> None:
    """Drain a sandbox and print a report; exit with 1 unless each payment came exactly once."""
    # A pipe has no width of its own; this is wide enough for a row.
    console = Console(width=None if sys.stdout.isatty() else 120)
    drained = asyncio.run(drain(console, payments=payments, seed=seed, page_size=page_size, version=version))
    report(console, drained)
    if not drained.complete:
        raise typer.Exit(1)


async def drain(
    console: Console, *, payments: int, seed: int, page_size: int, version: Literal["2.0.9", "3.4"] = "2.0.9"
) -> Drained:
    """Start a sandbox and read all of its payments page by page."""
    drained = Drained(expected=payments)
    async with (
        Sandbox(version=version, payments=payments, seed=seed) as sandbox,
        PaymentsClient(sandbox.url, auth=ClientCredentials(sandbox.client_id, sandbox.client_secret)) as client,
    ):
        console.print(f"Sandbox at {sandbox.url}, seed {seed}", highlight=False)
        with progress_bar(console) as progress:
            task = progress.add_task("Draining payments", total=payments)
            started = time.perf_counter()
            pages: Pages[Payment] | Pages[v3.Payment] = client.payments.list_payments(page_size=page_size)
            if version == "3.4":
                pages = client.v3.payments.list_payments(page_size=page_size)
            async for page in pages.by_page():
                drained.add(page)
                progress.update(task, completed=drained.items)
            drained.seconds = time.perf_counter() - started
        drained.requests = sandbox.requests.total()
        drained.tokens = sandbox.tokens_issued
    return drained


def progress_bar(console: Console) -> Progress:
    """A progress bar on a terminal; nothing in a pipe."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        disable=not console.is_terminal,
    )


def report(console: Console, drained: Drained) -> None:
    """Print what was drained: counts, totals per asset, a few rows."""
    verdict = "each once" if drained.complete else f"{len(drained.ids):,} different ones"
    counts = Table.grid(padding=(0, 2))
    counts.add_row("Items", f"{drained.items:,} of {drained.expected:,}, {verdict}")
    counts.add_row("Pages", f"{drained.pages:,}")
    counts.add_row("Requests", f"{drained.requests:,}")
    counts.add_row("Tokens", f"{drained.tokens:,}")
    counts.add_row("Seconds", f"{drained.seconds:.2f}")

    totals = table("Totals per asset", "Asset", "Total", "Unit")
    for name, total in sorted(drained.totals.items()):
        asset = parse_asset(name)
        totals.add_row(name, amount_text(total, name), "integer units" if asset.exponent is None else "decimal")

    samples = table(f"{len(drained.samples)} of them", "Created", "Reference", "Type", "Status", "Amount")
    for each in drained.samples:
        asset = parse_asset(each.asset)
        amount = f"{amount_text(each.amount, each.asset)} {asset.code}"
        samples.add_row(f"{each.created_at:%Y-%m-%d}", each.reference, each.type, each.status, amount)

    console.print("", counts, "", totals, samples)


def table(title: str, *columns: str) -> Table:
    """A table whose amounts are aligned to the right."""
    made = Table(title=title, title_justify="left", box=box.SIMPLE)
    for column in columns:
        made.add_column(column, justify="right" if column in {"Amount", "Total"} else "left", no_wrap=True)
    return made
