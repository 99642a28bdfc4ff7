"""The sandbox's own routes, with which other processes read its counts, change its rows and inject faults."""

import ipaddress
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from aiohttp import web

from payments_async.sandbox import jsontext
from payments_async.sandbox.faults import Handler
from payments_async.sandbox.population import Population
from payments_async.sandbox.striking import Faults
from payments_async.sandbox.ui import site

Requests = Mapping[tuple[str, str, int], int]

FAULTS_PATH = "/_faults"
REQUESTS_PATH = "/_requests"
ROWS_READ_PATH = "/_rows-read"
PAYMENTS_PATH = "/_payments"
ACCOUNTS_PATH = "/_accounts"
PATHS = (FAULTS_PATH, REQUESTS_PATH, ROWS_READ_PATH, PAYMENTS_PATH, ACCOUNTS_PATH, *site.PATHS)
"""Requests to these need no token, and are neither counted nor limited nor struck by faults."""


class Control:
    """The control routes and their handlers.

    Args:
        host: the host that the sandbox listens on.
        faults: the active faults.
        population: adds and removes payments and accounts.
        requests: counts of requests by method, route and status.
        rows_read: how many rows the database has read for lists.
        page: what browsers are shown.
    """

    def __init__(
        self,
        host: str,
        *,
        faults: Faults,
        population: Population,
        requests: Requests,
        rows_read: Callable[[], int],
        page: site.Site,
    ) -> None:
        self._host = host
        self._faults = faults
        self._population = population
        self._requests = requests
        self._rows_read = rows_read
        self._page = page

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Add the routes, which refuse requests of web pages."""
        for method, path, handler in (
            ("*", FAULTS_PATH, self._faults.control),
            ("GET", REQUESTS_PATH, self._count_requests),
            ("GET", ROWS_READ_PATH, self._count_rows),
            ("*", PAYMENTS_PATH, self._control_payments),
            ("*", ACCOUNTS_PATH, self._control_accounts),
            *self._page.routes,
        ):
            router.add_route(method, path, self._guarded(handler))

    def _guarded(self, handler: Handler) -> Handler:
        """Refuse requests of web pages, which may be open in a browser on the same machine."""

        async def guarded(request: web.Request) -> web.StreamResponse:
            origin = request.headers.get("Origin")
            if origin is not None and origin != f"http://{request.host}":
                return _refusal(403, f"the sandbox is not controlled from {origin}")
            if not self._is_own(request.url.host or ""):
                return _refusal(403, f"{request.host} is not the sandbox's host: use an IP address or localhost")
            return await handler(request)

        return guarded

    def _is_own(self, host: str) -> bool:
        """Whether a host is the sandbox: whoever owns another name can point it here, but not an IP address."""
        if host in ("localhost", self._host):
            return True
        try:
            ipaddress.ip_address(host)
        except ValueError:
            return False
        return True

    async def _count_requests(self, _request: web.Request) -> web.Response:
        counts = sorted(self._requests.items())
        return web.json_response(
            [
                {"method": method, "route": route, "status": status, "count": count}
                for (method, route, status), count in counts
            ]
        )

    async def _count_rows(self, _request: web.Request) -> web.Response:
        return web.json_response({"rows_read": self._rows_read()})

    async def _control_payments(self, request: web.Request) -> web.Response:
        own = self._population
        return await _control(request, own.references, own.add_payments, own.remove_payments)

    async def _control_accounts(self, request: web.Request) -> web.Response:
        own = self._population
        return await _control(request, own.account_ids, own.add_accounts, own.remove_accounts)


async def _control(
    request: web.Request,
    names: Callable[[], set[str]],
    add: Callable[..., list[str]],
    remove: Callable[[Iterable[str]], int],
) -> web.Response:
    """GET the names of all rows; POST how many to add, for their names; DELETE a list of names."""
    if request.method == "GET":
        return web.json_response(sorted(names()))
    if request.method not in ("POST", "DELETE"):
        return web.Response(status=405)
    try:
        given: Any = jsontext.decode(jsontext.text(await request.read()))
        if request.method == "POST":
            return web.json_response(add(**_addition(given)))
        return web.json_response({"removed": remove(_texts(given))})
    except ValueError as error:
        return _refusal(400, str(error))


def _refusal(status: int, error: str) -> web.Response:
    return web.json_response({"error": error}, status=status)


def _addition(given: Any) -> dict[str, Any]:
    match given:
        case {"count": int(), **others} if others in ({}, {"newest": False}, {"newest": True}):
            return cast("dict[str, Any]", given)
        case _:
            raise ValueError('expected {"count": 10}, or {"count": 10, "newest": true}')


def _texts(given: Any) -> list[str]:
    texts = cast("list[Any]", given)
    if not isinstance(given, list) or not all(isinstance(text, str) for text in texts):
        raise ValueError("expected a list of strings")
    return texts
