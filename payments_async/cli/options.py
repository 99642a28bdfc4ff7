"""The types of all arguments and options. This module imports neither the SDK nor rich."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, TypeAlias, get_args

from typer import Argument, BadParameter, Context, Exit, Option, echo

from payments_async.version import VERSION

Api: TypeAlias = Literal["v1", "v3"]

Resource: TypeAlias = Literal[
    "payments",
    "accounts",
    "balances",
    "bank-accounts",
    "pools",
    "transfer-initiations",
    "payment-initiations",
    "payment-service-users",
    "orders",
    "conversions",
    "tasks",
    "connectors",
]
_ALL: tuple[Resource, ...] = get_args(Resource)
_V3_ALONE: tuple[Resource, ...] = ("payment-initiations", "payment-service-users", "orders", "conversions")
RESOURCES = tuple(each for each in _ALL if each not in _V3_ALONE)
V3_RESOURCES = tuple(each for each in _ALL if each != "transfer-initiations")

Format: TypeAlias = Literal["jsonl", "csv", "parquet", "sqlite"]


class Options(NamedTuple):
    """The options before the command; `None` if an option is not given."""

    url: str | None
    client_id: str | None
    client_secret_file: str | None
    token_url: str | None
    api_path: str | None
    allow_http: bool
    debug: bool
    api: Api = "v1"


class Cluster(NamedTuple):
    """A cluster of Dask.

    Attributes:
        address: The address of its scheduler, or `None` if it runs on this machine for as long as the command.
        workers: How many worker processes it has then.
    """

    address: str | None
    workers: int = 0


BEFORE_THE_COMMAND = {f"--{field.replace('_', '-')}" for field in Options._fields}


def resource_named(name: str) -> Resource:
    """The resource with a name, plural or singular, of any API."""
    plain = name.lower().replace("_", "-")
    for each in _ALL:
        if plain in {each, each.removesuffix("s")}:
            return each
    raise BadParameter(f"{name!r} is not one of {', '.join(RESOURCES)}; or with --api v3, {', '.join(V3_RESOURCES)}.")


def resource_names(incomplete: str) -> list[str]:
    """The names that shell completion suggests."""
    return [each for each in _ALL if each.startswith(incomplete)]


def cluster_named(text: str) -> Cluster:
    """The cluster that `--dask` names."""
    if local := re.fullmatch(r"local:0*([1-9][0-9]{0,2})", text):
        return Cluster(None, workers=int(local[1]))
    if re.fullmatch(r"(tls|tcp)://([^\s/:@]+|\[[0-9a-f:]+\]):[0-9]{1,5}", text):
        return Cluster(text)
    raise BadParameter(
        f"{text!r} is neither the address of a scheduler, such as tls://scheduler:8786, nor a number of worker "
        "processes of this machine, such as local:4."
    )


def condition_words(context: Context, incomplete: str) -> list[str]:
    """The beginnings of conditions that shell completion suggests: names with signs, then known values."""
    from payments_async.cli.completion import conditions

    return conditions(context, incomplete)


def print_version(*, wanted: bool) -> None:
    """Print the version of this package, and end."""
    if wanted:
        echo(f"payments-async {VERSION}")
        raise Exit


def check_resource(resource: Resource, api: Api) -> None:
    """Refuse a resource that an API does not have.

    Raises:
        ValueError: it does not have it.
    """
    known = V3_RESOURCES if api == "v3" else RESOURCES
    if resource not in known:
        raise ValueError(f"--api {api} before the command has no {resource}: give one of {', '.join(known)}")


def lines(title: str, *several: str) -> str:
    r"""Text below a command's help; `\b` keeps its line breaks."""
    return "\n".join(("\b", f"{title}:", *(f"  {line}" for line in several)))


# Before the command.
Url = Annotated[str | None, Option(metavar="URL", help="Root URL of the stack; or FORMANCE_URL.")]
ClientId = Annotated[str | None, Option(metavar="ID", help="OAuth2 client id; or FORMANCE_CLIENT_ID.")]
SecretFile = Annotated[
    str | None,
    Option(
        metavar="FILE",
        help="File with the client's secret, - is standard input; or FORMANCE_CLIENT_SECRET; or a prompt.",
    ),
]
TokenUrl = Annotated[str | None, Option(metavar="URL", help="Token endpoint; or FORMANCE_TOKEN_URL.")]
ApiPath = Annotated[
    str | None,
    Option(metavar="PATH", help="Path of the API below the root; or FORMANCE_API_PATH. '' is for no gateway."),
]
AllowHttp = Annotated[bool, Option("--allow-http", help="Allow secrets and data in clear text to another host.")]
Debug = Annotated[bool, Option("--debug", help="Show the traceback of an error.")]

ApiName = Annotated[
    Api, Option("--api", help="The API to use: v1 of stacks before 3.0, or v3, the current one; v1 by default.")
]

Version = Annotated[
    bool, Option("--version", callback=print_version, is_eager=True, help="Show the version of this package and exit.")
]

# Of the commands that read.
ResourceName = Annotated[
    Resource,
    Argument(
        metavar="RESOURCE",
        parser=resource_named,
        autocompletion=resource_names,
        show_choices=False,
        help=f"One of {', '.join(RESOURCES)}; with --api v3, one of {', '.join(V3_RESOURCES)}.",
    ),
]
# Ids are stripped: a line of CSV ends in a carriage return, which a shell leaves there.
Id = Annotated[
    str | None,
    Argument(
        metavar="[ID]",
        show_default=False,
        parser=str.strip,
        help="The id, or the short_id of a table, which is looked for.",
    ),
]
Reference = Annotated[str | None, Option(metavar="REFERENCE", help="The reference, instead of the id.")]
Where = Annotated[
    list[str] | None,
    Option(
        metavar="CONDITION",
        autocompletion=condition_words,
        help="A condition or the server's own JSON; repeat it to combine conditions.",
    ),
]
SortBy = Annotated[
    list[str] | None,
    Option("--sort", metavar="COLUMN[:desc]", help="Sort by this column; repeat it for more columns."),
]
Columns = Annotated[list[str] | None, Option(metavar="NAME,…", help="Show these fields, and each of them whole.")]
ListPageSize = Annotated[
    int | None, Option("--page-size", min=1, max=100, help="Items per request.", show_default="what --limit needs")
]
Csv = Annotated[bool, Option("--csv", help="Print comma-separated values with a header, for programs.")]
Limit = Annotated[
    int | None, Option(min=1, help="Maximum number of items.", show_default="50 in a table, none with --json")
]
Json = Annotated[bool, Option("--json", help="Print one JSON object per line, for programs.")]

# Of the commands that write.
Method = Annotated[str, Argument(metavar="METHOD", help="GET, POST and the like.")]
RoutePath = Annotated[str, Argument(metavar="PATH", help="The path below that of the API, such as /payments.")]
QueryParameter = Annotated[
    list[str] | None, Option("--query", metavar="NAME=VALUE", help="A query parameter; repeat it for more.")
]
Body = Annotated[
    str | None, Option(metavar="JSON", help="The body; @FILE is a file that contains it, - is standard input.")
]
TransferId = Annotated[str | None, Argument(metavar="[ID]", show_default=False, parser=str.strip, help="The whole id.")]
NewReference = Annotated[str, Option("--reference", metavar="REFERENCE", help="Your own id of the payment.")]
ConnectorId = Annotated[
    str, Option("--connector-id", metavar="ID", parser=str.strip, help="The connector to which it belongs.")
]
Amount = Annotated[
    str, Option("--amount", metavar="AMOUNT", help="In the main unit, with its asset, such as 12.50USD/2.")
]
PaymentKind = Annotated[str, Option("--type", metavar="TYPE", help="PAY-IN, PAYOUT, TRANSFER or OTHER.")]
CreatedAt = Annotated[
    str, Option("--created-at", metavar="TIME", help="When it was made, such as 2026-01-31T12:00:00Z.")
]
PaymentState = Annotated[str, Option("--status", metavar="STATUS", help="PENDING, SUCCEEDED, FAILED and the like.")]
Scheme = Annotated[str, Option("--scheme", metavar="SCHEME", help="The means of payment, such as visa.")]
SourceAccountId = Annotated[
    str | None,
    Option("--source-account-id", metavar="ID", parser=str.strip, help="The account from which the money comes."),
]
DestinationAccountId = Annotated[
    str | None,
    Option("--destination-account-id", metavar="ID", parser=str.strip, help="The account to which the money goes."),
]

# Of tasks.
TaskId = Annotated[
    str, Argument(metavar="ID", parser=str.strip, help="The id, as the call that started the task returned it.")
]
WaitTimeout = Annotated[float, Option("--timeout", min=0.1, metavar="SECONDS", help="When to give up.")]

# Of an export.
Target = Annotated[str, Option("--to", metavar="TARGET", help="The file to write, or postgresql://USER@HOST/DATABASE.")]
FormatName = Annotated[Format | None, Option("--format", help="Format of the file.", show_default="from the suffix")]
Spreadsheet = Annotated[bool, Option("--spreadsheet", help="Write the CSV for a spreadsheet: formulas are text.")]
Dask = Annotated[
    Cluster | None,
    Option(
        metavar="CLUSTER",
        parser=cluster_named,
        help="Let a cluster of Dask export into PostgreSQL: tls://SCHEDULER:8786, or local:N for N processes here.",
    ),
]
Partitions = Annotated[int | None, Option(min=1, help="How many parts are read at once.", show_default="8")]
Rate = Annotated[
    float | None, Option(min=0.01, metavar="N", help="Maximum number of requests per second.", show_default="no limit")
]
Resume = Annotated[bool, Option("--resume", help="Continue an export that was stopped.")]
Update = Annotated[bool, Option("--update", help="Continue or start, then take what is new since the last run.")]
Force = Annotated[bool, Option("--force", help="Overwrite an existing file.")]

# Of a sandbox.
Payments = Annotated[int, Option(min=1, help="How many payments the sandbox starts with.")]
Seed = Annotated[int, Option(help="The same seed makes the same data.")]
PageSize = Annotated[int, Option(min=1, max=100, help="Payments on a page.")]
Host = Annotated[str, Option(help="Address to listen on.")]
Port = Annotated[
    int | None,
    Option(
        min=0,
        max=65535,
        help="Port to listen on; 0 takes a free one.",
        show_default="8080, a free one for a COMMAND",
    ),
]
Count = Annotated[int | None, Option(min=0, show_default="follows from --payments")]
ServerVersion = Annotated[
    Literal["2.0.9", "3.4"], Option(help="The version of the server that the sandbox stands in for.")
]
TaskDelay = Annotated[float, Option(min=0, help="Seconds until tasks of version 3.4 are worked off.")]
MadeUpId = Annotated[str | None, Option(show_default="random")]
MadeUpSecret = Annotated[
    str | None, Option(help="A made-up secret: other users of this machine can read it.", show_default="random")
]
Keyset = Annotated[bool, Option(help="Whether filters can compare references of payments, as before v3.")]
ShuffleTies = Annotated[bool, Option("--shuffle-ties", help="Shuffle rows with equal sort values on every page.")]
Awkward = Annotated[
    bool, Option("--awkward", help="Make up amounts that programs must stand: above 64 bits, and below zero.")
]
CollationName = Annotated[
    Literal["bytes", "linguistic"], Option("--collation", help="How texts are sorted and compared: B < a, or a < B.")
]
RateLimit = Annotated[
    int | None,
    Option(min=1, metavar="N", help="Requests per second; more are answered with 429.", show_default="no limit"),
]
EnvFile = Annotated[
    Path | None,
    Option(dir_okay=False, metavar="FILE", help="File with the settings of a client, for as long as it serves."),
]
Command = Annotated[
    list[str] | None,
    Argument(
        metavar="COMMAND",
        show_default=False,
        help="Run this with the settings of a client in its environment, then end with its exit code.",
    ),
]
Database = Annotated[
    Path | None, Option(dir_okay=False, show_default="memory", help="SQLite file that stores the state.")
]
