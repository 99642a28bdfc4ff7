"""The application: what happens to a request before and after its handler."""

import logging
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from typing import Any

from aiohttp import web

from payments_async.sandbox import control, routing, wire
from payments_async.sandbox.control import Control
from payments_async.sandbox.faults import Handler
from payments_async.sandbox.limits import RateLimit
from payments_async.sandbox.routes import ANY_ID, INSIDE_CONNECTORS, NO_ROUTE, OPEN_ROUTES, TOKEN_PATH, Route
from payments_async.sandbox.striking import Faults
from payments_async.sandbox.ui.record import Record
from payments_async.sandbox.world import WORLD, World

logger: logging.Logger = logging.getLogger(__name__)

LARGEST_BODY = 16 * 2**20
"""In bytes. The server has no limit, but the sandbox shares the memory of the tests that use it."""


class Service:
    """The routes and the middlewares around them.

    Args:
        world: the state behind the routes.
        routes: method, path below that of the API, and handler.
        api_path: where the API is.
        issue_token: handler of the token endpoint.
        accepts: whether an Authorization header has a valid token.
        auth: whether operations need a token.
        conflict_as_400: answer duplicates with 400 CONFLICT instead of 500.
        limit: how many requests a second the API answers; None for any number.
        faults: what goes wrong on purpose.
        own_routes: the routes of the sandbox itself.
        requests: counted here by method, route and status.
        processed: successful ones are counted here by method and route.
        record: the latest ones are kept here.
    """

    open_routes: AbstractSet[str] = OPEN_ROUTES
    """Routes that need no token."""

    def __init__(
        self,
        world: World,
        routes: Iterable[Route],
        *,
        api_path: str,
        issue_token: Handler,
        accepts: Callable[[str], bool],
        auth: bool,
        conflict_as_400: bool,
        limit: RateLimit | None,
        faults: Faults,
        own_routes: Control,
        requests: Counter[tuple[str, str, int]],
        processed: Counter[tuple[str, str]],
        record: Record,
    ) -> None:
        self._api_path = api_path
        self._accepts = accepts
        self._auth = auth
        self._conflict_as_400 = conflict_as_400
        self._limit = limit
        self._faults = faults
        self._requests = requests
        self._processed = processed
        self._record = record
        self.application: web.Application = self._application(world, routes, issue_token, own_routes)

    def _application(
        self, world: World, routes: Iterable[Route], issue_token: Handler, own_routes: Control
    ) -> web.Application:
        # The first one sees the final answers, so that faults are counted as the client sees them.
        around: list[Any] = [self._count, self._bound, self._strike, self._process, self._route, self._authorize]
        application = web.Application(middlewares=[*around, self._refuse], client_max_size=LARGEST_BODY)
        application[WORLD] = world
        application.router.add_route("*", TOKEN_PATH, issue_token)
        own_routes.add_routes(application.router)
        for route in routes:
            self._add_route(application.router, route)
        return application

    def _add_route(self, router: web.UrlDispatcher, route: Route) -> None:
        method, path, handler = route
        router.add_route(method, self._api_path + ANY_ID.sub(r"{\1:[^/]+}", path), handler)

    def _template(self, request: web.Request) -> str:
        resource = request.match_info.route.resource
        return resource.canonical.removeprefix(self._api_path) if resource else NO_ROUTE

    @web.middleware
    async def _count(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        began = self._record.ticks()
        response = await handler(request)
        if (template := self._template(request)) not in control.PATHS:
            self._requests[request.method, template, response.status] += 1
            await self._record.add(request, template, response, began)
        return response

    @web.middleware
    async def _bound(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        of_the_api = self._template(request) not in (*control.PATHS, TOKEN_PATH)
        if self._limit and of_the_api and not self._limit.passes():
            return web.Response(status=429, headers={"Retry-After": "1"})
        return await handler(request)

    @web.middleware
    async def _strike(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        template = self._template(request)
        fault = self._faults.pick(request.method, template) if template not in (*control.PATHS, NO_ROUTE) else None
        return await (handler(request) if fault is None else self._faults.strike(fault, request, handler))

    @web.middleware
    async def _process(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        response = await handler(request)
        if response.status < 300:
            self._processed[request.method, self._template(request)] += 1
        return response

    @web.middleware
    async def _route(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer requests that no route matches, and add the CORS headers of the others."""
        if request.method == "CONNECT":
            return web.Response(status=405)
        target = request.raw_path if request.raw_path.startswith("/") else request.path_qs
        if redirection := routing.redirection(target):
            return redirection
        if self._template(request) in control.PATHS:
            return await handler(request)
        failure = request.match_info.http_exception
        path = request.path.removeprefix(self._api_path)
        inside = INSIDE_CONNECTORS.match(path) is not None
        allowed = failure.allowed_methods if isinstance(failure, web.HTTPMethodNotAllowed) else ()
        if "%2f" in target.partition("?")[0].lower():
            # The server reads it as a slash, and no route has a further segment.
            failure, allowed = failure or web.HTTPNotFound(), ()
        if failure is not None and not inside:
            return routing.without_route(request.method, path, allowed, inside=False)
        asked = request.headers.get("Access-Control-Request-Method")
        if request.method == "OPTIONS" and asked:
            response: web.StreamResponse = routing.preflight(asked)
        elif failure is None:
            response = await handler(request)
        elif not self._authorized(request):
            # Below a connector the token is checked before the path.
            response = web.Response(status=401)
        else:
            response = routing.without_route(request.method, path, allowed, inside=True)
        if "Origin" in request.headers:
            routing.share(response)
        return response

    @web.middleware
    async def _authorize(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        return await handler(request) if self._authorized(request) else web.Response(status=401)

    def _authorized(self, request: web.Request) -> bool:
        open_to_all = not self._auth or self._template(request) in (*self.open_routes, *control.PATHS)
        return open_to_all or self._accepts(request.headers.get("Authorization", ""))

    @web.middleware
    async def _refuse(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Turn exceptions of handlers into answers; violated constraints of the database are a 500."""
        try:
            return await handler(request)
        except wire.RefusedError as refusal:
            return self._refusal(refusal)
        except sqlite3.IntegrityError as error:
            return self._refusal(self._violation(error))
        except web.HTTPRequestEntityTooLarge:
            return web.Response(status=413, text="413 Request Entity Too Large\n")
        except web.HTTPException:
            raise
        except ConnectionError:
            # The client has closed the connection.
            return web.Response(status=0)
        except Exception:
            logger.exception("The sandbox failed on %s %s", request.method, request.path)
            return self._refusal(wire.internal())

    def _refusal(self, error: wire.RefusedError) -> web.Response:
        return error.response()

    def _violation(self, error: sqlite3.IntegrityError) -> wire.RefusedError:
        if error.sqlite_errorname not in ("SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY"):
            return wire.internal("pq: new row violates a constraint")
        status, code = (400, "CONFLICT") if self._conflict_as_400 else (500, "INTERNAL")
        return wire.RefusedError(status, code, "pq: duplicate key value violates unique constraint")
