"""What the commands take: the types of their arguments and options. It loads neither the SDK nor rich."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, NamedTuple, TypeAlias, get_args

from typer import Argument, BadParameter, Option

Resource: TypeAlias = Literal[
    "payments", "accounts", "balances", "bank-accounts", "pools", "transfer-initiations", "tasks", "connectors"
]
RESOURCES: tuple[Resource, ...] = get_args(Resource)

Format: TypeAlias = Literal["jsonl", "csv", "parquet", "sqlite"]


class Options(NamedTuple):
    """The options before the command, `None` where they are not given."""

    url: str | None
    client_id: str | None
    client_secret_file: str | None
    token_url: str | None
    api_path: str | None
    allow_http: bool
    debug: bool


BEFORE_THE_COMMAND = {f"--{field.replace('_', '-')}" for field in Options._fields}


def resource_named(name: str) -> Resource:
    """The resource of a name, plural or singular."""
    plain = name.lower().replace("_", "-")
    for each in RESOURCES:
        if plain in {each, each.removesuffix("s")}:
            return each
    raise BadParameter(f"{name!r} is none of {', '.join(RESOURCES)}.")


def resource_names(incomplete: str) -> list[str]:
    """The names that a shell completes to."""
    return [each for each in RESOURCES if each.startswith(incomplete)]


def lines(title: str, *several: str) -> str:
    r"""Text below a command's help; `\b` keeps its lines as they are."""
    return "\n".join(("\b", f"{title}:", *(f"  {line}" for line in several)))


# Before the command.
Url = Annotated[str | None, Option(metavar="URL", help="Root of the stack; or FORMANCE_URL.")]
ClientId = Annotated[str | None, Option(metavar="ID", help="OAuth2 client; or FORMANCE_CLIENT_ID.")]
SecretFile = Annotated[
    str | None,
    Option(
        metavar="FILE", help="Holds the client's secret, - is standard input; or FORMANCE_CLIENT_SECRET; or a prompt."
    ),
]
TokenUrl = Annotated[str | None, Option(metavar="URL", help="Token endpoint; or FORMANCE_TOKEN_URL.")]
ApiPath = Annotated[
    str | None,
    Option(metavar="PATH", help="Path of the API below the root; or FORMANCE_API_PATH. '' is a bare service."),
]
AllowHttp = Annotated[bool, Option("--allow-http", help="Let secrets and data go to another host in clear text.")]
Debug = Annotated[bool, Option("--debug", help="Show the traceback of an error.")]

# Of what is read.
ResourceName = Annotated[
    Resource,
    Argument(
        metavar="RESOURCE",
        parser=resource_named,
        autocompletion=resource_names,
        show_choices=False,
        help=f"One of {', '.join(RESOURCES)}.",
    ),
]
Id = Annotated[str, Argument(metavar="ID", help="Its id, as `list --json` shows it.")]
Where = Annotated[
    list[str] | None,
    Option(metavar="CONDITION", help="A condition or the server's own JSON; may be repeated, and all are met."),
]
Limit = Annotated[
    int | None, Option(min=1, help="The most there may be.", show_default="50 in a table, none with --json")
]
Json = Annotated[bool, Option("--json", help="Print a JSON object a line, for programs.")]

# Of an export.
Target = Annotated[Path, Option("--to", metavar="FILE", dir_okay=False, help="The file to write.")]
FormatName = Annotated[Format | None, Option("--format", help="Its format.", show_default="by its suffix")]
Partitions = Annotated[int, Option(min=1, help="Slices that are read side by side.")]
Rate = Annotated[
    float | None, Option(min=0.01, metavar="N", help="Requests a second at most.", show_default="no bound")
]
Resume = Annotated[bool, Option("--resume", help="Go on with an export that was stopped.")]
Force = Annotated[bool, Option("--force", help="Overwrite a file that is there.")]

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
MadeUpId = Annotated[str | None, Option(show_default="random")]
MadeUpSecret = Annotated[
    str | None, Option(help="A made-up one: whoever lists the processes can read it.", show_default="random")
]
Keyset = Annotated[bool, Option(help="Whether filters compare references of payments, as before v3.")]
ShuffleTies = Annotated[bool, Option("--shuffle-ties", help="Let rows of equal rank change places from page to page.")]
Awkward = Annotated[
    bool, Option("--awkward", help="Make up amounts that tests need and nobody pays: above 64 bits, and below zero.")
]
CollationName = Annotated[
    Literal["bytes", "linguistic"], Option("--collation", help="How texts are sorted and compared: B < a, or a < B.")
]
RateLimit = Annotated[
    int | None, Option(min=1, metavar="N", help="Requests a second, beyond which it answers 429.", show_default="none")
]
EnvFile = Annotated[
    Path | None,
    Option(dir_okay=False, metavar="FILE", help="Holds the variables that point a client at it, while it serves."),
]
Command = Annotated[
    list[str] | None,
    Argument(
        metavar="COMMAND",
        show_default=False,
        help="What runs with the variables that point a client at it; it ends with the command, and with its code.",
    ),
]
Database = Annotated[
    Path | None, Option(dir_okay=False, show_default="memory", help="SQLite file that keeps the state.")
]
