"""The declarations of all commands. Each imports its implementation when it runs, so that `--help` is quick."""

from __future__ import annotations

import sys
from functools import partial

import typer

from payments_async.cli import options
from payments_async.cli.groups import create, examples, tasks, transfers
from payments_async.cli.messages import say_usage

app: typer.Typer = typer.Typer(
    name="payments-async",
    help="Read and export what the Formance Payments API has.",
    epilog=options.lines(
        "Exit codes",
        "  0  done",
        "  1  the API, the network or a file failed",
        "  2  wrong usage: nothing was sent",
        "  3  not found",
        "130  ended by Ctrl-C",
        "141  nobody read the output any more",
    ),
    invoke_without_command=True,
    rich_markup_mode=None,  # plain help is quicker, and shows brackets as they are
    pretty_exceptions_enable=False,
)
app.add_typer(create, name="create")
app.add_typer(transfers, name="transfers")
app.add_typer(tasks, name="tasks")


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
    url: options.Url = None,
    client_id: options.ClientId = None,
    client_secret_file: options.SecretFile = None,
    token_url: options.TokenUrl = None,
    api_path: options.ApiPath = None,
    allow_http: options.AllowHttp = False,
    debug: options.Debug = False,
    api: options.ApiName = "v1",
    version: options.Version = False,  # noqa: ARG001  # printed by its callback
) -> None:
    """Store the options that all commands share."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help(), err=True)
        raise typer.Exit(2)
    context.obj = options.Options(url, client_id, client_secret_file, token_url, api_path, allow_http, debug, api)


@app.command(
    "list",
    epilog=examples(
        "payments-async list payments",
        "payments-async list payments --where status=FAILED --where 'amount>=100000'",
        "payments-async list payments --where 'metadata[order]=A-1' --json",
        """payments-async list accounts --where '{"$match": {"reference": "acct_1"}}'""",
        "payments-async list payments --where 'amount>=12.50USD/2' --sort amount:desc --columns short_id,amount",
        "payments-async list accounts --csv",
        "payments-async list balances --where account_id=ID",
        "payments-async --api v3 list payment-initiations --where status=FAILED",
    ),
)
def list_(
    context: typer.Context,
    resource: options.ResourceName,
    *,
    where: options.Where = None,
    sort: options.SortBy = None,
    columns: options.Columns = None,
    limit: options.Limit = None,
    page_size: options.ListPageSize = None,
    as_json: options.Json = False,
    as_csv: options.Csv = False,
) -> None:
    """List payments, accounts and the like, newest first.

    A table shows as many fields as fit into the terminal; a pipe, --json and --csv get all of them. Conditions are
    NAME=VALUE, and !=, >, >=, <, <= if the list supports them; after a wrong condition, the error names the supported
    ones.
    """
    from payments_async.cli.connection import run
    from payments_async.cli.listing import listed

    run(
        context.obj,
        partial(
            listed,
            resource,
            where or (),
            context.obj.api,
            as_json=as_json,
            as_csv=as_csv,
            limit=limit,
            sort=sort or (),
            columns=columns or (),
            page_size=page_size,
        ),
    )


@app.command(
    epilog=examples(
        "payments-async get payment ID",
        "payments-async get payment --reference order-17",
        "payments-async get pool ID --json",
    ),
)
def get(
    context: typer.Context,
    resource: options.ResourceName,
    item_id: options.Id = None,
    *,
    reference: options.Reference = None,
    as_json: options.Json = False,
) -> None:
    """Show one payment, account or the like with all its fields."""
    from payments_async.cli.connection import run
    from payments_async.cli.details import fetched

    run(context.obj, partial(fetched, resource, item_id, context.obj.api, as_json=as_json, reference=reference))


@app.command(epilog=examples("payments-async balances", "payments-async balances --json"))
def balances(context: typer.Context, *, as_json: options.Json = False) -> None:
    """Add up the balances of the internal accounts, per asset.

    The total is exact and contains the latest balance of each internal account and asset. This takes one request per
    hundred entries of an account's history, and at least one per account.
    """
    from payments_async.cli.balances import totalled
    from payments_async.cli.connection import run

    run(context.obj, partial(totalled, context.obj.api, as_json=as_json))


@app.command(epilog=examples("payments-async connectors", "payments-async connectors --json"))
def connectors(context: typer.Context, *, as_json: options.Json = False) -> None:
    """List the installed connectors."""
    from payments_async.cli.connection import run
    from payments_async.cli.listing import listed

    run(context.obj, partial(listed, "connectors", (), context.obj.api, as_json=as_json))


@app.command(
    epilog=examples(
        "payments-async request GET /payments --query pageSize=5",
        'payments-async request PATCH /payments/ID/metadata --body \'{"order": "A-1"}\'',
        "payments-async request POST /v3/pools --body @pool.json",
    ),
)
def request(
    context: typer.Context,
    method: options.Method,
    path: options.RoutePath,
    *,
    query: options.QueryParameter = None,
    body: options.Body = None,
) -> None:
    """Call any route of the API, and print the JSON of the response.

    It is sent as it is: only what the other commands send is checked first.
    """
    from payments_async.cli.connection import run
    from payments_async.cli.writing import requested

    run(context.obj, partial(requested, method, path, query or (), body))


@app.command(epilog=examples("payments-async --url https://acme.example.com --client-id ID info"))
def info(context: typer.Context, *, as_json: options.Json = False) -> None:
    """Show the server's URL and version."""
    from payments_async.cli.connection import run
    from payments_async.cli.details import informed

    run(context.obj, partial(informed, as_json=as_json))


@app.command(
    epilog=examples(
        "payments-async export payments --to payments.parquet",
        "payments-async export payments --to payments.parquet --resume",
        "payments-async export payments --to failed.csv --where status=FAILED --rate 20",
        "payments-async export payments --to postgresql://me@db.example/treasury --dask tls://scheduler:8786",
    ),
)
def export(
    context: typer.Context,
    resource: options.ResourceName,
    *,
    to: options.Target,
    form: options.FormatName = None,
    spreadsheet: options.Spreadsheet = False,
    where: options.Where = None,
    dask: options.Dask = None,
    partitions: options.Partitions = None,
    rate: options.Rate = None,
    resume: options.Resume = False,
    update: options.Update = False,
    force: options.Force = False,
) -> None:
    """Write a whole list into a file or a database, each item once.

    An export that was stopped for any reason continues with --resume. With --update, the first run writes all items,
    and each later one those that are new.
    """
    if dask is not None:
        from payments_async.cli.cluster import connected_to, exported_on
        from payments_async.cli.connection import run_connected

        of_one_process = {
            "--format": form,
            "--spreadsheet": spreadsheet,
            "--partitions": partitions,
            "--update": update,
        }
        run_connected(
            context.obj,
            partial(
                exported_on,
                dask,
                resource,
                to,
                where or (),
                context.obj,
                refused=[option for option, given in of_one_process.items() if given],
                rate=rate,
                resume=resume,
                replace=force,
            ),
            partial(connected_to, dask),
        )
        return

    from payments_async.cli.connection import run
    from payments_async.cli.export import exported

    run(
        context.obj,
        partial(
            exported,
            resource,
            to,
            where or (),
            context.obj.api,
            form=form,
            spreadsheet=spreadsheet,
            partitions=partitions or 8,
            rate=rate,
            resume=resume,
            update=update,
            replace=force,
        ),
    )


@app.command(epilog=examples("payments-async demo --payments 100000"))
def demo(
    context: typer.Context,
    *,
    server_version: options.ServerVersion = "2.0.9",
    payments: options.Payments = 10_000,
    seed: options.Seed = 7,
    page_size: options.PageSize = 100,
) -> None:
    """Drain an embedded sandbox, and print a summary.

    It fetches a token and all pages over real sockets, and needs nothing else.
    """
    from payments_async.cli.demo import demonstrate
    from payments_async.cli.failures import reporting

    with reporting(debug=context.obj.debug):
        demonstrate(payments=payments, seed=seed, page_size=page_size, version=server_version)


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
    command: options.Command = None,
    *,
    server_version: options.ServerVersion = "2.0.9",
    host: options.Host = "127.0.0.1",
    port: options.Port = None,
    payments: options.Payments = 1_000,
    accounts: options.Count = None,
    balances: options.Count = None,
    pools: options.Count = None,
    bank_accounts: options.Count = None,
    transfers: options.Count = None,
    connectors: options.Count = None,
    tasks: options.Count = None,
    orders: options.Count = None,
    conversions: options.Count = None,
    users: options.Count = None,
    task_delay: options.TaskDelay = 0.05,
    seed: options.Seed = 7,
    client_id: options.MadeUpId = None,
    client_secret: options.MadeUpSecret = None,
    keyset: options.Keyset = True,
    shuffle_ties: options.ShuffleTies = False,
    awkward: options.Awkward = False,
    collation: options.CollationName = "bytes",
    rate_limit: options.RateLimit = None,
    database: options.Database = None,
    env_file: options.EnvFile = None,
) -> None:
    """Serve a local stand-in for the API until Ctrl-C, or while a command runs.

    It has all operations, the token endpoint and made-up data. It prints the settings that a client needs to use it; a
    command, given after --, has them in its environment.
    """
    from payments_async.cli.failures import reporting
    from payments_async.cli.sandbox import serve
    from payments_async.sandbox import Sandbox

    if port is None:
        port = 0 if command else 8080
    with reporting(debug=context.obj.debug):
        code = serve(
            Sandbox(
                version=server_version,
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
                orders=orders,
                conversions=conversions,
                users=users,
                task_delay=task_delay,
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
