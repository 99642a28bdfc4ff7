"""DSNs of PostgreSQL: checked before a connection is opened, and named without what they keep secret."""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import parse_qs, urlsplit

from payments_async.wire.hidden import hidden

_SCHEMES = ("postgresql://", "postgres://")
_SECRETS = {"password", "sslpassword"}


def is_dsn(target: str) -> bool:
    """Whether this names a database of PostgreSQL rather than a file."""
    return target.startswith(_SCHEMES)


def has_password(dsn: str) -> bool:
    """Whether a DSN contains a password."""
    parts = urlsplit(dsn)
    credentials, _, _ = parts.netloc.rpartition("@")
    return ":" in credentials or not _SECRETS.isdisjoint(parse_qs(parts.query, keep_blank_values=True))


def name_of(dsn: str) -> str:
    """A DSN without its password and its options, for messages.

    Raises:
        ValueError: it is not a DSN; the error does not show it.
    """
    dsn = hidden(dsn)
    name = None
    with suppress(ValueError):
        name = _name(dsn)
    if name is None:
        raise ValueError(
            "the DSN is not a URL such as postgresql://user@host:5432/database?sslmode=verify-full: write special "
            "characters of its parts as %XX (it is not shown here, because it may contain a password)"
        )
    return name


def _name(dsn: str) -> str | None:
    parts = urlsplit(dsn)
    credentials, at, hosts = parts.netloc.rpartition("@")
    ports = [host.rpartition(":")[2] for host in hosts.split(",") if ":" in host.rpartition("]")[2]]
    # Special characters in a password shift the parts: some of it would be taken for the host, the port or the path.
    shifted = "@" in credentials or "@" in parts.path + parts.query or parts.fragment
    if shifted or not is_dsn(dsn) or not all(map(str.isdecimal, ports)):
        return None
    if parts.query:
        parse_qs(parts.query, strict_parsing=True)
    return f"postgresql://{credentials.partition(':')[0]}{at}{hosts}{parts.path}"
