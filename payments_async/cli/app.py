"""The commands; what one does stands in a module that is imported when it runs, so that `--help` is quick."""

from __future__ import annotations

import sys
from functools import partial

import typer

from payments_async.cli import options as take
from payments_async.cli.messages import say_usage

examples = partial(take.lines, "Examples")

app = typer.Typer(
    name="payments-async",
    help="Read and export what the Formance Payments API has.",
    epilog=take.lines(
        "Exit codes",
        "  0  done",
        "  1  the API, the network or a file failed",
        "  2  wrong usage: nothing was asked for",
        "  3  not found",
        "130  ended by Ctrl-C",
        "141  nobody read the output any more",
    ),
    invoke_without_command=True,
    rich_markup_mode=None,  # plain help is quicker, and its brackets are brackets
    pretty_exceptions_enable=False,
)


def start() -> None:
    """Run the command that was given, and exit with its code."""
    try:
        sys.exit(app(prog_name="payments-async", standalone_mode=False))
    except typer.TyperException as error:
        say_usage(error)
        sys.exit(error.exit_code)


@app.callback()
def connect(
    context: typer.Context,
    *,
    url: take.Url = None,
    client_id: take.ClientId = None,
    client_secret_file: take.SecretFile = None,
    token_url: take.TokenUrl = None,
    api_path: take.ApiPath = None,
    allow_http: take.AllowHttp = False,
    debug: take.Debug = False,
) -> None:
    """Keep what any command may need."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help(), err=True)
        raise typer.Exit(2)
    context.obj = take.Options(url, client_id, client_secret_file, token_url, api_path, allow_http, debug)


@app.command(
    "list",
    epilog=examples(
        "payments-async list payments",
        "payments-async list payments --where status=FAILED --where 'amount>=100000'",
        "payments-async list payments --where 'metadata[order]=A-1' --json",
        """payments-async list accounts --where '{"$match": {"reference": "acct_1"}}'""",
        "payments-async list balances --where account_id=ID",
    ),
)
def list_(
    context: typer.Context,
    resource: take.ResourceName,
    *,
    where: take.Where = None,
    limit: take.Limit = None,
    as_json: take.Json = False,
) -> None:
    """List payments, accounts and the like, newest first.

    A table shows the fields that the terminal has room for; a pipe and --json have them all. Conditions are NAME=VALUE,
    and !=, >, >=, <, <= where the list takes them; a wrong one is answered with those that it takes.
    """
    from payments_async.cli.connection import run
    from payments_async.cli.listing import listed

    run(context.obj, partial(listed, resource, where or (), limit=limit, as_json=as_json))


@app.command(epilog=examples("payments-async get payment ID", "payments-async get pool ID --json"))
def get(
    context: typer.Context,
    resource: take.ResourceName,
    item_id: take.Id,
    *,
    as_json: take.Json = False,
) -> None:
    """Show one payment, account or the like with all its fields."""
    from payments_async.cli.connection import run
    from payments_async.cli.details import fetched

    run(context.obj, partial(fetched, resource, item_id, as_json=as_json))


@app.command(epilog=examples("payments-async balances", "payments-async balances --json"))
def balances(context: typer.Context, *, as_json: take.Json = False) -> None:
    """Add up what the internal accounts hold, per asset.

    The latest balance of each internal account and asset counts, exact to the last digit. It takes a request for each
    hundred entries of an account's history, and at least one.
    """
    from payments_async.cli.balances import totalled
    from payments_async.cli.connection import run

    run(context.obj, partial(totalled, as_json=as_json))


@app.command(epilog=examples("payments-async connectors", "payments-async connectors --json"))
def connectors(context: typer.Context, *, as_json: take.Json = False) -> None:
    """List the installed connectors."""
    from payments_async.cli.connection import run
    from payments_async.cli.listing import listed

    run(context.obj, partial(listed, "connectors", (), limit=None, as_json=as_json))


@app.command(epilog=examples("payments-async --url https://acme.example.com --client-id ID info"))
def info(context: typer.Context, *, as_json: take.Json = False) -> None:
    """Show which server is asked, and its version."""
    from payments_async.cli.connection import run
    from payments_async.cli.details import informed

    run(context.obj, partial(informed, as_json=as_json))


@app.command(
    epilog=examples(
        "payments-async export payments --to payments.parquet",
        "payments-async export payments --to payments.parquet --resume",
        "payments-async export payments --to failed.csv --where status=FAILED --rate 20",
    ),
)
def export(
    context: typer.Context,
    resource: take.ResourceName,
    *,
    to: take.Target,
    form: take.FormatName = None,
    where: take.Where = None,
    partitions: take.Partitions = 8,
    rate: take.Rate = None,
    resume: take.Resume = False,
    force: take.Force = False,
) -> None:
    """Write a whole list into a file, each item once.

    An export that was stopped, by whatever, goes on with --resume where it was.
    """
    from payments_async.cli.connection import run
    from payments_async.cli.export import exported

    run(
        context.obj,
        partial(
            exported,
            resource,
            to,
            where or (),
            form=form,
            partitions=partitions,
            rate=rate,
            resume=resume,
            replace=force,
        ),
    )


@app.command(epilog=examples("payments-async demo --payments 100000"))
def demo(
    context: typer.Context,
    *,
    payments: take.Payments = 10_000,
    seed: take.Seed = 7,
    page_size: take.PageSize = 100,
) -> None:
    """Drain an embedded sandbox, and print what was done.

    Page by page, over real sockets, token and all; nothing else is needed for it.
    """
    from payments_async.cli.demo import demonstrate
    from payments_async.cli.failures import reporting

    with reporting(debug=context.obj.debug):
        demonstrate(payments=payments, seed=seed, page_size=page_size)


@app.command(
    context_settings={"allow_interspersed_args": False},
    epilog=examples(
        "payments-async sandbox --port 0 --payments 100000 --seed 1",
        "payments-async sandbox --client-id sandbox --client-secret sandbox",
        "payments-async sandbox --env-file sandbox.env",
        "payments-async sandbox -- payments-async list payments",
    ),
)
def sandbox(
    context: typer.Context,
    command: take.Command = None,
    *,
    host: take.Host = "127.0.0.1",
    port: take.Port = None,
    payments: take.Payments = 1_000,
    accounts: take.Count = None,
    balances: take.Count = None,
    pools: take.Count = None,
    bank_accounts: take.Count = None,
    transfers: take.Count = None,
    connectors: take.Count = None,
    tasks: take.Count = None,
    seed: take.Seed = 7,
    client_id: take.MadeUpId = None,
    client_secret: take.MadeUpSecret = None,
    keyset: take.Keyset = True,
    shuffle_ties: take.ShuffleTies = False,
    awkward: take.Awkward = False,
    collation: take.CollationName = "bytes",
    rate_limit: take.RateLimit = None,
    database: take.Database = None,
    env_file: take.EnvFile = None,
) -> None:
    """Serve a stand-in of the API until Ctrl-C, or while a command runs.

    It has all operations and the token endpoint, and made-up data. It prints what points a client at it; a command,
    which stands behind --, finds that in its environment.
    """
    from payments_async.cli.failures import reporting
    from payments_async.cli.sandbox import serve
    from payments_async.sandbox import Sandbox

    if port is None:
        port = 0 if command else 8080
    with reporting(debug=context.obj.debug):
        code = serve(
            Sandbox(
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
                awkward=awkward,
                collation=collation,
                rate_limit=rate_limit,
                database=database,
            ),
            command or (),
            env_file,
        )
        raise typer.Exit(code)
