"""The client for the server in the options or the environment. The secret is never a command-line argument."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from getpass import getpass
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from payments_async import ConfigurationError, PaymentsClient
from payments_async.cli.failures import reporting
from payments_async.cli.options import Options
from payments_async.settings import from_environment, needs_no_token, variables

_OWN_WORDS = {
    "base_url": "--url",
    "token_url": "--token-url",
    "api_path": "--api-path",
    "allow_http=True": "--allow-http before the command",
}
"""What the arguments of `PaymentsClient` are called at the command line."""

Work: TypeAlias = Callable[[PaymentsClient], Awaitable[None]]
C = TypeVar("C")


def run(options: Options, prepare: Callable[[], Work]) -> None:
    """Prepare a command, connect to the server, run the command, and report failures.

    Args:
        options: The options before the command.
        prepare: Checks the command's arguments, before the user is asked for a secret and before anything is sent.
    """
    run_connected(options, prepare, client_of)


def run_connected(
    options: Options,
    prepare: Callable[[], Callable[[C], Awaitable[None]]],
    connect: Callable[[Options], AbstractAsyncContextManager[C]],
) -> None:
    """The same for a command that is connected to something else.

    Args:
        options: The options before the command.
        prepare: Checks the command's arguments.
        connect: Returns the connection.
    """

    async def connected() -> None:
        async with connection as opened:
            await work(opened)

    with reporting(debug=options.debug):
        work = prepare()
        connection = connect(options)
        asyncio.run(connected())


def client_of(options: Options) -> PaymentsClient:
    """A client for the server in the options; missing options are taken from the environment.

    Raises:
        ConfigurationError: a setting is missing or not valid.
    """
    return client_for(variables_of(options), allow_http=options.allow_http)


def variables_of(options: Options) -> dict[str, str]:
    """The variables of this package that name the server in the options; missing ones are taken from the environment.

    Raises:
        ConfigurationError: one is missing, or the secret cannot be read.
    """
    given = {
        "FORMANCE_URL": options.url,
        "FORMANCE_CLIENT_ID": options.client_id,
        "FORMANCE_TOKEN_URL": options.token_url,
        "FORMANCE_API_PATH": options.api_path,
    }
    named = variables(given=given)
    anonymous = needs_no_token(named) and options.client_secret_file is None
    needed = {"FORMANCE_URL": "--url"} if anonymous else {"FORMANCE_URL": "--url", "FORMANCE_CLIENT_ID": "--client-id"}
    if missing := [name for name in needed if not named.get(name)]:
        wanted = [f"{needed[name]} before the command or {name} in the environment" for name in missing]
        raise ConfigurationError(f"give {', and '.join(wanted)}")
    if options.client_secret_file is not None:
        named["FORMANCE_CLIENT_SECRET"] = _read_secret(options.client_secret_file)
    elif not (anonymous or named.get("FORMANCE_CLIENT_SECRET")):
        named["FORMANCE_CLIENT_SECRET"] = _ask_for_secret()
    return variables(named)


def client_for(named: Mapping[str, str], *, allow_http: bool) -> PaymentsClient:
    """A client for the server that these variables name.

    Raises:
        ConfigurationError: a setting is not valid.
    """
    settings = from_environment(named)
    path: dict[str, Any] = {} if settings.api_path is None else {"api_path": settings.api_path}
    try:
        return PaymentsClient(settings.base_url, auth=settings.auth, allow_http=allow_http, **path)
    except ConfigurationError as error:
        text = str(error)
        for python, own in _OWN_WORDS.items():
            text = text.replace(python, own)
        raise ConfigurationError(text) from None


def _read_secret(file: str) -> str:
    where = "standard input" if file == "-" else file
    try:
        content = sys.stdin.read() if file == "-" else Path(file).read_text()
    except OSError as error:
        raise ConfigurationError(f"the client secret cannot be read from {where}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigurationError(f"the client secret cannot be read from {where}: it is not text") from None
    if len(lines := content.strip().splitlines()) != 1:
        raise ConfigurationError(f"{where} holds {len(lines)} lines: give the client secret alone")
    return lines[0]


def _ask_for_secret() -> str:
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise ConfigurationError(
            "the client secret is missing: set FORMANCE_CLIENT_SECRET, or give --client-secret-file before the command"
        )
    try:
        typed = getpass("Client secret: ", stream=sys.stderr).strip()
    except EOFError:
        typed = ""
    if not typed:
        raise ConfigurationError("no client secret was typed")
    return typed
