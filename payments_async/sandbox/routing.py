"""How paths are cleaned, and the answers to requests that no route matches."""

import posixpath
from collections.abc import Collection
from urllib.parse import quote, unquote

from aiohttp import web

from payments_async.sandbox import wire

NOT_ESCAPED = "/$&+,:;=@~-_.!*'()"
"""Characters that Go does not escape in the path of a URL."""


def redirection(target: str) -> web.Response | None:
    """The redirect to the clean path if a path has `//`, `/./` or `/../`; None for a clean one."""
    path, mark, query = target.partition("?")
    decoded = unquote(path)
    cleaned = posixpath.normpath(decoded).replace("//", "/")
    if decoded.endswith("/") and cleaned != "/":
        cleaned += "/"
    if cleaned == decoded:
        return None
    return web.Response(status=301, headers={"Location": quote(cleaned, NOT_ESCAPED) + mark + query})


def by_connectors(method: str, path: str) -> bool:
    """Whether a request is answered by the process that owns connectors, and not by the one that reads.

    Args:
        method: of the request.
        path: below that of the API.
    """
    return (
        path.startswith("/connectors")
        or (path.startswith("/bank-accounts") and method in ("POST", "PATCH"))
        or (path.startswith("/transfer-initiations") and method in ("POST", "DELETE"))
    )


def without_route(method: str, path: str, allowed: Collection[str], *, inside: bool) -> web.Response:
    """The answer if no route matches: 405 if the process that is asked has the path, else 404.

    Args:
        method: of the request.
        path: below that of the API.
        allowed: methods of the path at either process.
        inside: whether the path is below a known connector.
    """
    if any(by_connectors(each, path) == by_connectors(method, path) for each in allowed):
        return web.Response(status=405, headers=wire.HEADERS if inside else None)
    headers = {"Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff"}
    return web.Response(
        status=404,
        text="404 page not found\n",
        headers=headers | ({"Vary": "Origin"} if inside else {}),
    )


def preflight(asked: str) -> web.Response:
    """The answer to a CORS preflight.

    Args:
        asked: the method of the request that the browser wants to send.
    """
    vary = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"
    return web.Response(status=204, headers={"Vary": vary, "Access-Control-Allow-Methods": asked})


def share(response: web.StreamResponse) -> None:
    """Add the CORS headers that let scripts of any origin read an answer."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Allow-Credentials"] = "true"
