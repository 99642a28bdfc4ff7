"""Which route a request takes, and what is answered where none fits."""

import posixpath
from collections.abc import Collection
from urllib.parse import quote, unquote

from aiohttp import web

from payments_async.sandbox import wire

NOT_ESCAPED = "/$&+,:;=@~-_.!*'()"
"""What Go leaves as it is in the path of a URL."""


def redirection(target: str) -> web.Response | None:
    """The redirect to the cleaned path, where the path of a request is not clean: it has `//`, `/./` or `/../`."""
    path, mark, query = target.partition("?")
    decoded = unquote(path)
    cleaned = posixpath.normpath(decoded).replace("//", "/")
    if decoded.endswith("/") and cleaned != "/":
        cleaned += "/"
    if cleaned == decoded:
        return None
    return web.Response(status=301, headers={"Location": quote(cleaned, NOT_ESCAPED) + mark + query})


def by_connectors(method: str, path: str) -> bool:
    """Whether the process that owns connectors answers, and not the other one, which reads.

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
    """The answer where no route fits: 405 where the process that is asked knows the path, 404 otherwise.

    Args:
        method: of the request.
        path: below that of the API.
        allowed: methods that the path has at any of the two processes.
        inside: whether the path is one of a known connector.
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
    """The answer to a browser that asks whether it may send a request.

    Args:
        asked: the method of that request.
    """
    vary = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"
    return web.Response(status=204, headers={"Vary": vary, "Access-Control-Allow-Methods": asked})


def share(response: web.StreamResponse) -> None:
    """Let scripts of any origin read an answer."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Allow-Credentials"] = "true"
