"""What happens to a request of version 3.4 before and after its handler."""

import sqlite3
from collections.abc import Set as AbstractSet

from aiohttp import web

from payments_async.sandbox import control, wire
from payments_async.sandbox.faults import Handler
from payments_async.sandbox.routes import Route
from payments_async.sandbox.service import Service
from payments_async.sandbox.v3.routes import OPEN_ROUTES

INTERNAL = "Internal error. Consult logs/traces to have more details."
HEADERS = {"Content-Type": "application/json"}


class CurrentService(Service):
    """The routes of version 3.4 and the middlewares around them.

    Paths may end in a slash, and no path is redirected. Answers have no `Vary`, and no CORS headers.
    """

    open_routes: AbstractSet[str] = OPEN_ROUTES

    def _add_route(self, router: web.UrlDispatcher, route: Route) -> None:
        method, path, handler = route
        super()._add_route(router, route)
        super()._add_route(router, (method, f"{path}/", handler))

    def _template(self, request: web.Request) -> str:
        return super()._template(request).removesuffix("/")

    @web.middleware
    async def _route(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer requests that no route matches; below `/v3`, the token is checked before the method."""
        failure = request.match_info.http_exception
        if failure is None:
            response = await handler(request)
            if self._template(request) not in control.PATHS:
                response.headers.pop("Vary", None)
            return response
        if not isinstance(failure, web.HTTPMethodNotAllowed):
            headers = {"Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff"}
            return web.Response(status=404, text="404 page not found\n", headers=headers)
        if request.path.startswith(f"{self._api_path}/v3/") and not self._authorized(request):
            return web.Response(status=401, headers=HEADERS)
        allow = ", ".join(sorted(failure.allowed_methods))
        return web.Response(status=405, headers=HEADERS | {"Allow": allow})

    @web.middleware
    async def _authorize(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        return await handler(request) if self._authorized(request) else web.Response(status=401, headers=HEADERS)

    def _refusal(self, error: wire.RefusedError) -> web.Response:
        message = INTERNAL if error.code == "INTERNAL" else error.message
        return wire.RefusedError(error.status, error.code, message).response()

    def _violation(self, error: sqlite3.IntegrityError) -> wire.RefusedError:
        if error.sqlite_errorname in ("SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY"):
            return wire.RefusedError(400, "CONFLICT", "object already exists")
        return wire.validation("value not found")
