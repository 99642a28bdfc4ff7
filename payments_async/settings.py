"""The only reader of the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping

import attrs

from payments_async.wire.auth import ClientCredentials
from payments_async.wire.errors import ConfigurationError


@attrs.frozen(kw_only=True)
class Settings:
    """What the environment says of the server and the credentials.

    Attributes:
        base_url: `FORMANCE_URL`, the stack's root.
        auth: From `FORMANCE_CLIENT_ID`, `FORMANCE_CLIENT_SECRET` and, if set, `FORMANCE_TOKEN_URL`.
        api_path: `FORMANCE_API_PATH`, `None` where it is not set; an empty value is a bare Payments service.
    """

    base_url: str
    auth: ClientCredentials
    api_path: str | None


def variables(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The variables of this package that are set, by name."""
    return {name: value for name, value in environ.items() if name.startswith("FORMANCE_")}


def naming(base_url: str, client_id: str, client_secret: str) -> dict[str, str]:
    """The variables by which `from_environment` finds a server and its credentials."""
    return {"FORMANCE_URL": base_url, "FORMANCE_CLIENT_ID": client_id, "FORMANCE_CLIENT_SECRET": client_secret}


def environment_with(named: Mapping[str, str], environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment for another program, with these variables of this package and no others."""
    return {name: value for name, value in environ.items() if not name.startswith("FORMANCE_")} | dict(named)


def from_environment(environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings that the environment holds.

    Raises:
        ConfigurationError: a variable is missing; names all that are.
    """
    needed = ("FORMANCE_URL", "FORMANCE_CLIENT_ID", "FORMANCE_CLIENT_SECRET")
    if missing := [name for name in needed if not environ.get(name, "").strip()]:
        raise ConfigurationError(f"set {' and '.join(missing)} in the environment")
    base_url, client_id, client_secret = (environ[name].strip() for name in needed)
    credentials = ClientCredentials(client_id, client_secret)
    if token_url := environ.get("FORMANCE_TOKEN_URL", "").strip():
        credentials = attrs.evolve(credentials, token_url=token_url)
    return Settings(base_url=base_url, auth=credentials, api_path=environ.get("FORMANCE_API_PATH"))
