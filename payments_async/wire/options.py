"""Checks of the URLs and headers that a client is created with."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from payments_async.wire.errors import ConfigurationError

_RESERVED_HEADERS = frozenset({"authorization", "content-length", "content-type", "host", "transfer-encoding"})


def checked_url(url: str, name: str, *, allow_http: bool) -> str:
    """The URL without a trailing slash.

    Raises:
        ConfigurationError: it is not a valid URL, or would send credentials in clear text to another host.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    else:
        if host and parts.scheme in ("http", "https") and not re.search(r"[\s?#@\\]", url):
            if parts.scheme == "http" and not allow_http and not _is_loopback(host):
                raise ConfigurationError(
                    f"{name} would send data to {host} in clear text: use https, or allow_http=True if you must"
                )
            return f"{parts.scheme}{url[len(parts.scheme) :]}".rstrip("/")  # the scheme in lower case
    raise ConfigurationError(
        f"{name} is not an http(s) URL without credentials and query, e.g. https://acme.example.com"
    )


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
        if name.lower() in _RESERVED_HEADERS:
            raise ConfigurationError(f"the client sets the header {name} itself; for a token use auth")
        if not re.fullmatch(r"[\w!#$%&'*+.^`|~-]+", name, re.ASCII) or re.search(r"[\x00-\x08\x0a-\x1f\x7f]", value):
            raise ConfigurationError(f"the header {name!r} has characters that a header cannot have")
    return dict(headers)


def merged(headers: Mapping[str, str], others: Mapping[str, str]) -> Mapping[str, str]:
    """The fields of both; for a name in both, upper or lower case, the value of `others` wins."""
    names = {name.lower() for name in others}
    return {**{name: value for name, value in headers.items() if name.lower() not in names}, **others}
