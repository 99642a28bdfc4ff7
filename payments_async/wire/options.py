"""Checks of the URLs and headers that a client is created with."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from payments_async.wire.errors import ConfigurationError
from payments_async.wire.hidden import hidden

_FRAMING = frozenset({"content-encoding", "content-length", "host", "transfer-encoding"})
"""The header fields that say where a request ends and whom it is for; a second opinion on that is an attack."""

_RESERVED = _FRAMING | {"authorization", "content-type"}


def checked_url(url: str, name: str, *, allow_http: bool) -> str:
    """The URL without a trailing slash.

    Raises:
        ConfigurationError: it is not a valid URL, or would send credentials in clear text to another host.
    """
    url = hidden(url)  # so that no frame shows a password in it
    scheme, host = _scheme_and_host(url)
    if host is None:
        raise ConfigurationError(
            f"{name} is not an http(s) URL without credentials and query, e.g. https://acme.example.com"
        )
    if scheme == "http" and not allow_http and not _is_loopback(host):
        raise ConfigurationError(
            f"{name} would send data to {host} in clear text: use https, or allow_http=True if you must"
        )
    return f"{scheme}{url[len(scheme) :]}".rstrip("/")  # the scheme in lower case


def _scheme_and_host(url: str) -> tuple[str, str | None]:
    """The scheme and the host of a URL without credentials, query and fragment; no host if it is not one."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "", None
    usable = host and parts.scheme in ("http", "https") and not re.search(r"[\s?#@\\]", url)
    return parts.scheme, host if usable else None


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def checked_headers(headers: Mapping[str, str]) -> Mapping[str, str]:
    """A copy of the header fields.

    Raises:
        ConfigurationError: the client sets such a field itself, or a field has characters that a header cannot have.
    """
    for name, value in headers.items():
        if name.lower() in _RESERVED:
            raise ConfigurationError(f"the client sets the header {name} itself; for a token use auth")
        if not re.fullmatch(r"[\w!#$%&'*+.^`|~-]+", name, re.ASCII) or re.search(r"[\x00-\x08\x0a-\x1f\x7f]", value):
            raise ConfigurationError(f"the header {name!r} has characters that a header cannot have")
    return dict(headers)


def check_defaults(headers: Iterable[str]) -> None:
    """Refuse the default header fields of a session that would stand in a request beside the client's own.

    Args:
        headers: The names of the fields.

    Raises:
        ConfigurationError: a field says where requests end, or whom they are for.
    """
    if framing := sorted(name for name in headers if name.lower() in _FRAMING):
        raise ConfigurationError(f"the session sets {' and '.join(framing)} by default: only the client may set it")


def merged(headers: Mapping[str, str], others: Mapping[str, str]) -> Mapping[str, str]:
    """The fields of both; for a name in both, upper or lower case, the value of `others` wins."""
    names = {name.lower() for name in others}
    return {**{name: value for name, value in headers.items() if name.lower() not in names}, **others}
