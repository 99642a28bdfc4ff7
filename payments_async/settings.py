"""Settings from environment variables. No other module reads the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping

import attrs

from payments_async.wire.auth import ClientCredentials
from payments_async.wire.errors import ConfigurationError


@attrs.frozen(kw_only=True)
class Settings:
    """The server and the credentials that the environment variables name.

    Attributes:
        base_url: `FORMANCE_URL`, the stack's root.
        auth: From `FORMANCE_CLIENT_ID`, `FORMANCE_CLIENT_SECRET` and, if set, `FORMANCE_TOKEN_URL`.
        api_path: `FORMANCE_API_PATH`, or `None` if it is not set; empty for a Payments service without a gateway.
    """

    base_url: str
    auth: ClientCredentials
    api_path: str | None


def variables(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment variables of this package that are set, by name."""
    return {name: value for name, value in environ.items() if name.startswith("FORMANCE_")}


def from_environment(environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings from the environment variables.

    Raises:
        ConfigurationError: variables are missing; the error names all of them.
    """
    needed = ("FORMANCE_URL", "FORMANCE_CLIENT_ID", "FORMANCE_CLIENT_SECRET")
    if missing := [name for name in needed if not environ.get(name, "").strip()]:
        raise ConfigurationError(f"set {' and '.join(missing)} in the environment")
    base_url, client_id, client_secret = (environ[name].strip() for name in needed)
    credentials = ClientCredentials(client_id, client_secret)
    if token_url := environ.get("FORMANCE_TOKEN_URL", "").strip():
        credentials = attrs.evolve(credentials, token_url=token_url)
    return Settings(base_url=base_url, auth=credentials, api_path=environ.get("FORMANCE_API_PATH"))
