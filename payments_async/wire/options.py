"""Checks of the URLs and headers that a client is created with."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Mapping
from typing import cast
from urllib.parse import urlsplit

from payments_async.wire.call import Request, Response, Send
from payments_async.wire.errors import ConfigurationError
from payments_async.wire.hidden import hidden

_FRAMING = frozenset({"content-encoding", "content-length", "expect", "host", "transfer-encoding"})
"""The header fields that say where a request ends, whom it is for and when its body is sent.

A second opinion on that is an attack.
"""

_RESERVED = _FRAMING | {"authorization", "content-type"}


def checked_url(url: str, name: str, *, allow_http: bool) -> str:
    """The URL without a trailing slash.

    Raises:
        ConfigurationError: it is not a valid URL, or would send credentials in clear text to another host.
    """
    url = hidden(url)  # so that no frame shows a password in it
    if not isinstance(cast("object", url), str):
        raise ConfigurationError(f"{name} is not a text")
    scheme, host = _scheme_and_host(url)
    if host is None:
        raise ConfigurationError(
            f"{name} is not an http(s) URL without credentials and query, e.g. https://acme.example.com"
        )
    if scheme == "http" and not allow_http and not is_loopback(host):
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


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
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
        if not (isinstance(cast("object", name), str) and isinstance(cast("object", value), str)):
            raise ConfigurationError(f"the header {name!r} is not text: give a text as its name and its value")
        if name.lower() in _RESERVED:
            raise ConfigurationError(f"the client sets the header {name} itself; for a token use auth")
        if not re.fullmatch(r"[\w!#$%&'*+.^`|~-]+", name, re.ASCII) or re.search(r"[\x00-\x08\x0a-\x1f\x7f]", value):
            raise ConfigurationError(f"the header {name!r} has characters that a header cannot have")
    return dict(headers)


def check_framing(headers: Iterable[str], setter: str, *, operation: str | None = None) -> None:
    """Refuse header fields that would stand in a request beside the client's own.

    Args:
        headers: The names of the fields.
        setter: What sets them, such as `the session`.
        operation: The call that they are of, if they are of one.

    Raises:
        ConfigurationError: a field says where the request ends, whom it is for, or when its body is sent.
    """
    if framing := sorted(name for name in headers if name.lower() in _FRAMING):
        names = " and ".join(framing)
        raise ConfigurationError(f"{setter} sets {names}: only the client may set it", operation=operation)


def framed_by_client(send: Send) -> Send:
    """Refuses a request in which a user's layer has set a header field that only the client may set."""

    async def send_framed(request: Request) -> Response:
        check_framing(request.headers, "a layer", operation=request.operation)
        return await send(request)

    return send_framed


def merged(headers: Mapping[str, str], others: Mapping[str, str]) -> Mapping[str, str]:
    """The fields of both; for a name in both, upper or lower case, the value of `others` wins."""
    names = {name.lower() for name in others}
    return {**{name: value for name, value in headers.items() if name.lower() not in names}, **others}
