"""The commands and their options; what a command does stands in the module of its name."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

app = typer.Typer(
    name="payments-async",
    help="Tools around the async Python SDK of the Formance Payments API.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Payments = Annotated[int, typer.Option(min=1, help="How many payments the sandbox starts with.")]
Seed = Annotated[int, typer.Option(help="The same seed makes the same data.")]
Count = Annotated[int | None, typer.Option(min=0, show_default="follows from --payments")]


@app.command()
def demo(
    *,
    payments: Payments = 10_000,
    seed: Seed = 7,
    page_size: Annotated[int, typer.Option(min=1, max=100, help="Payments on a page.")] = 100,
) -> None:
    """Drain an embedded sandbox page by page over real sockets, and print what was done."""
    from payments_async.cli.demo import drain, report

    # A pipe has no width of its own: wide enough for a row.
    console = Console(width=None if sys.stdout.isatty() else 120)
    drained = asyncio.run(drain(console, payments=payments, seed=seed, page_size=page_size))
    report(console, drained)
    if not drained.complete:
        raise typer.Exit(1)


@app.command()
def sandbox(
    *,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")] = 8080,
    payments: Payments = 1_000,
    accounts: Count = None,
    balances: Count = None,
    pools: Count = None,
    bank_accounts: Count = None,
    transfers: Count = None,
    connectors: Count = None,
    tasks: Count = None,
    seed: Seed = 7,
    client_id: Annotated[str | None, typer.Option(show_default="random")] = None,
    client_secret: Annotated[str | None, typer.Option(show_default="random")] = None,
    keyset: Annotated[bool, typer.Option(help="Whether filters compare references of payments, as before v3.")] = True,
    shuffle_ties: Annotated[
        bool, typer.Option("--shuffle-ties", help="Let rows of equal rank change places from page to page.")
    ] = False,
    database: Annotated[
        Path | None, typer.Option(dir_okay=False, show_default="memory", help="SQLite file that keeps the state.")
    ] = None,
) -> None:
    """Serve a local stand-in of the whole API and its token endpoint until Ctrl-C."""
    from payments_async.cli.sandbox import serve
    from payments_async.sandbox import Sandbox

    stand_in = Sandbox(
        host=host,
        port=port,
        payments=payments,
        accounts=accounts,
        balances=balances,
        pools=pools,
        bank_accounts=bank_accounts,
        transfers=transfers,
        connectors=connectors,
        tasks=tasks,
        seed=seed,
        client_id=client_id,
        client_secret=client_secret,
        keyset=keyset,
        shuffle_ties=shuffle_ties,
        database=database,
    )
    try:
        asyncio.run(serve(Console(), stand_in))
    except KeyboardInterrupt:
        raise typer.Exit from None
    except OSError as error:
        Console(stderr=True).print(f"payments-async: {error}", style="bold red", markup=False, soft_wrap=True)
        raise typer.Exit(1) from None
