"""Settings from environment variables. No other module reads the environment."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, TextIO

import attrs

from payments_async.wire.auth import ClientCredentials
from payments_async.wire.errors import ConfigurationError
from payments_async.wire.hidden import Hidden

if TYPE_CHECKING:
    _StreamHandler = logging.StreamHandler[TextIO]
else:
    _StreamHandler = logging.StreamHandler


@attrs.frozen(kw_only=True)
class Settings:
    """The server and the credentials that the environment variables name.

    Attributes:
        base_url: `FORMANCE_URL`, the stack's root.
        auth: From `FORMANCE_CLIENT_ID`, `FORMANCE_CLIENT_SECRET` and, if set, `FORMANCE_TOKEN_URL`; `None` if the first
            two are not set and `FORMANCE_API_PATH` is empty: a service without a gateway needs no token.
        api_path: `FORMANCE_API_PATH`, or `None` if it is not set; empty for a Payments service without a gateway.
    """

    base_url: str
    auth: ClientCredentials | None
    api_path: str | None


def variables(
    environ: Mapping[str, str] = os.environ, given: Mapping[str, str | None] = MappingProxyType({})
) -> dict[str, str]:
    """The environment variables of this package that are set, by name, without spaces around; the secret is hidden.

    Args:
        environ: All variables.
        given: Values that replace those of variables, unless they are `None`.
    """
    own = {name: value for name, value in environ.items() if name.startswith("FORMANCE_")}
    named = own | {name: value for name, value in given.items() if value is not None}
    return {
        name: Hidden(value.strip()) if name == "FORMANCE_CLIENT_SECRET" else value.strip()
        for name, value in named.items()
    }


def show_logs(environ: Mapping[str, str] = os.environ) -> None:
    """Show the package's log records on the standard error, from the level on that `FORMANCE_LOG` names, if it is set.

    Raises:
        ConfigurationError: it names no level.
    """
    named = environ.get("FORMANCE_LOG", "").strip()
    if not named:
        return
    level = logging.getLevelNamesMapping().get(named.upper())
    if level is None:
        raise ConfigurationError(f"FORMANCE_LOG is {named!r}: give debug, info, warning or error")
    logger = logging.getLogger("payments_async")
    logger.setLevel(level)
    if not any(isinstance(handler, _Shown) for handler in logger.handlers):
        shown = _Shown()
        shown.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
        logger.addHandler(shown)


class _Shown(_StreamHandler):
    """The handler that `show_logs` adds once."""


def needs_no_token(named: Mapping[str, str]) -> bool:
    """Whether these variables name a Payments service without a gateway, and no client."""
    return named.get("FORMANCE_API_PATH") == "" and not (
        named.get("FORMANCE_CLIENT_ID") or named.get("FORMANCE_CLIENT_SECRET")
    )


def naming(base_url: str, client_id: str, client_secret: str) -> dict[str, str]:
    """The variables by which `from_environment` finds a server and its credentials."""
    return {"FORMANCE_URL": base_url, "FORMANCE_CLIENT_ID": client_id, "FORMANCE_CLIENT_SECRET": client_secret}


def environment_with(named: Mapping[str, str], environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment for another program, with these variables of this package and no others."""
    return {name: value for name, value in environ.items() if not name.startswith("FORMANCE_")} | dict(named)


def from_environment(environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings from the environment variables.

    Raises:
        ConfigurationError: variables are missing; the error names all of them.
    """
    environ = variables(environ)  # instead of all variables, so that no frame shows the secret or one of another's
    anonymous = needs_no_token(environ)
    needed = ("FORMANCE_URL",) if anonymous else ("FORMANCE_URL", "FORMANCE_CLIENT_ID", "FORMANCE_CLIENT_SECRET")
    if missing := [name for name in needed if not environ.get(name)]:
        raise ConfigurationError(f"set {' and '.join(missing)} in the environment")
    auth = None if anonymous else ClientCredentials(environ["FORMANCE_CLIENT_ID"], environ["FORMANCE_CLIENT_SECRET"])
    if auth and (token_url := environ.get("FORMANCE_TOKEN_URL")):
        auth = attrs.evolve(auth, token_url=token_url)
    return Settings(base_url=environ["FORMANCE_URL"], auth=auth, api_path=environ.get("FORMANCE_API_PATH"))
