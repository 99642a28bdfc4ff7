"""The sandbox as a server: routes, who may call them, and what is answered when no route fits."""

import logging
import posixpath
import random
import re
import secrets
import sqlite3
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from aiohttp import web

from payments_async.sandbox import wire
from payments_async.sandbox.counts import Counts
from payments_async.sandbox.faults import Fault, Faults
from payments_async.sandbox.population import Population
from payments_async.sandbox.routes import INSIDE_CONNECTORS, OPEN_ROUTES, ROUTES
from payments_async.sandbox.seed import seed_store
from payments_async.sandbox.store import Store
from payments_async.sandbox.tokens import Tokens
from payments_async.sandbox.transfer_initiations import fail
from payments_async.sandbox.world import WORLD, World

logger = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

TOKEN_PATH = "/api/auth/oauth/token"  # noqa: S105 - a path
FAULTS_PATH = "/_faults"
REQUESTS_PATH = "/_requests"
ROWS_READ_PATH = "/_rows-read"
PAYMENTS_PATH = "/_payments"
ACCOUNTS_PATH = "/_accounts"
CONTROL = (FAULTS_PATH, REQUESTS_PATH, ROWS_READ_PATH, PAYMENTS_PATH, ACCOUNTS_PATH)
"""The sandbox's own routes, which nothing strikes, counts or wants a token for."""
ANY_ID = re.compile(r"\{(\w+)\}")
"""A placeholder of a route; aiohttp's own would not match an id in braces."""
NO_ROUTE = "(no route)"


class Sandbox:
    """A local stand-in of the Payments API with its token endpoint.

    It behaves as a deployed stack: every operation wants a token, `/_health` and `/_live` do not.

    Args:
        payments: how many payments to make up; the other counts follow from it unless they are given.
        accounts: how many accounts.
        balances: how many balance rows, spread over the internal accounts.
        pools: how many pools.
        bank_accounts: how many bank accounts.
        transfers: how many transfer initiations.
        connectors: how many connectors; from 11 on, every provider has one.
        tasks: how many tasks, spread over the connectors.
        seed: rows depend on the counts and this number alone.
        client_id: OAuth2 client, random if not given.
        client_secret: its secret, random if not given.
        token_lifetime: seconds.
        opaque_tokens: issue random strings instead of JWTs.
        auth: whether operations want a token.
        conflict_as_400: answer duplicates with 400 CONFLICT as the server's code means to, instead of the 500 it sends.
        keyset: whether payments can be paged by key: whether filters compare their `reference`. False makes that a 400
            VALIDATION, as on servers from v3 on, which only `$match` it.
        shuffle_ties: whether rows that are equal by the order of a list change places from page to page, as they may on
            a server; drawn by the seed.
        database: SQLite file that survives a restart; an existing one is not seeded again. None: memory.
        host: where to listen.
        port: where to listen, 0 for any free port.
        faults: what goes wrong on purpose, from the start.
        api_path: where the API is; empty for a Payments service without a gateway.
        clock: the time, with time zone.
        ticks: seconds of a monotonic clock, for the expiry of tokens.
    """

    def __init__(
        self,
        *,
        payments: int = 0,
        accounts: int | None = None,
        balances: int | None = None,
        pools: int | None = None,
        bank_accounts: int | None = None,
        transfers: int | None = None,
        connectors: int | None = None,
        tasks: int | None = None,
        seed: int = 7,
        client_id: str | None = None,
        client_secret: str | None = None,
        token_lifetime: float = 3600,
        opaque_tokens: bool = False,
        auth: bool = True,
        conflict_as_400: bool = False,
        keyset: bool = True,
        shuffle_ties: bool = False,
        database: Path | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        faults: Iterable[Fault] = (),
        api_path: str = "/api/payments",
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self.client_id = client_id or secrets.token_hex(8)
        self.client_secret = client_secret or secrets.token_urlsafe(24)
        self.url = ""
        """Root of the stack, known once started."""
        self.requests: Counter[tuple[str, str, int]] = Counter()
        """Requests by method, route template (as the API's description has it) and status, 0 where it was cut off."""
        self.processed: Counter[tuple[str, str]] = Counter()
        """Requests carried out with success, by method and route template, whatever became of their answers."""
        self._rows_read = 0
        self._counts = Counts.complete(
            payments=payments,
            accounts=accounts,
            balances=balances,
            pools=pools,
            bank_accounts=bank_accounts,
            transfers=transfers,
            connectors=connectors,
            tasks=tasks,
        )
        self._seed = seed
        self._auth = auth
        self._conflict_as_400 = conflict_as_400
        self._keyset = keyset
        self._shuffle_ties = shuffle_ties
        self._database = database
        self._address = (host, port)
        self._api_path = api_path
        self._clock = clock
        self._tokens = Tokens(
            client_id=self.client_id,
            client_secret=self.client_secret,
            issuer=lambda: f"{self.url}/api/auth",
            lifetime=token_lifetime,
            opaque=opaque_tokens,
            clock=clock,
            ticks=ticks,
        )
        self._faults = Faults(faults, seed=seed, token_route=TOKEN_PATH, tokens=self._tokens)
        self._world: World | None = None
        self._population: Population | None = None
        self._runner: web.AppRunner | None = None

    @property
    def tokens_issued(self) -> int:
        """How many tokens the token endpoint has handed out."""
        return self._tokens.issued

    @property
    def rows_read(self) -> int:
        """How many rows of the listed tables the database has read for pages of lists: what these cost it.

        Counted are the rows sent, one more for each page that another follows, the rows that an offset leaves out,
        those that a filter refuses, and all that match where no index brings them in the wanted order. Not counted is
        what is looked up for a row sent, such as its provider, and what other operations read.
        """
        return self._rows_read + (self._world.store.rows_read if self._world else 0)

    @property
    def faults(self) -> list[Fault]:
        """The faults in force, to be changed in place; of several that match a request, the first strikes."""
        return self._faults.in_force

    def revoke_tokens(self) -> None:
        """Refuse all tokens issued so far with 401."""
        self._tokens.revoke()

    def fail_transfer(self, transfer_id: str, error: str = "refused by the provider") -> None:
        """Let a transfer initiation end FAILED, as if its provider had said so, so that it can be retried.

        Raises:
            KeyError: there is no such transfer initiation.
        """
        fail(self._populated().world, transfer_id, error)

    def references(self) -> set[str]:
        """References of all payments that exist."""
        return self._populated().references()

    def add_payments(self, count: int, *, newest: bool = False) -> list[str]:
        """Let made-up payments arrive, as if their connectors had fetched them; their references, which sort anywhere.

        What arrives depends on the seed and on what has arrived before.

        Args:
            count: how many.
            newest: whether each is created later than all others there are, instead of at any time up to now.

        Raises:
            ValueError: the count is below 0, or no connector is installed.
        """
        return self._populated().add_payments(count, newest=newest)

    def remove_payments(self, references: Iterable[str]) -> int:
        """Remove payments; how many of them there were.

        The API deletes no payment: those of a connector that is uninstalled or reset go with it, and nothing else.
        """
        return self._populated().remove_payments(references)

    def account_ids(self) -> set[str]:
        """Ids of all accounts that exist."""
        return self._populated().account_ids()

    def add_accounts(self, count: int, *, newest: bool = False) -> list[str]:
        """Let made-up accounts arrive, as `add_payments` does payments; their ids."""
        return self._populated().add_accounts(count, newest=newest)

    def remove_accounts(self, ids: Iterable[str]) -> int:
        """Remove accounts, with their balances and the payments and transfers that name them; how many there were.

        The API deletes no account: those of a connector that is uninstalled or reset go with it, and nothing else.
        """
        return self._populated().remove_accounts(ids)

    async def start(self) -> None:
        """Open the database, seed it if it is new, and listen.

        A million payments take some ten to twenty seconds, during which others have their turns on the event loop.

        Raises:
            RuntimeError: it is started already.
            OSError: the address cannot be listened on.
        """
        if self._world is not None:
            raise RuntimeError("the sandbox is started already")
        self._world = World(
            Store(self._database),
            self._clock,
            keyset=self._keyset,
            ties=random.Random(f"ties {self._seed}") if self._shuffle_ties else None,
        )
        try:
            if self._world.store.fresh:
                await seed_store(self._world.store, self._counts, self._seed)
            self._population = Population(self._world, self._seed)
            await self._listen(self._world, self._population)
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Stop listening and close the database; harmless when not started."""
        if self._runner is not None:
            await self._faults.end()
            await self._runner.cleanup()
            self._runner = None
        if self._world is not None:
            self._rows_read += self._world.store.rows_read
            self._world.store.close()
            self._world = self._population = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def _populated(self) -> Population:
        if self._population is None:
            raise RuntimeError("the sandbox is not started")
        return self._population

    async def _listen(self, world: World, population: Population) -> None:
        # Generous limits: the real server's headers may have a megabyte, and its bodies know no bound.
        self._runner = web.AppRunner(
            self._app(world, population),
            access_log=None,
            shutdown_timeout=1.0,
            max_line_size=1 << 20,
            max_field_size=1 << 20,
        )
        await self._runner.setup()
        host, port = self._address
        await web.TCPSite(self._runner, host, port).start()
        port = self._runner.addresses[0][1]
        self.url = f"http://{f'[{host}]' if ':' in host else host}:{port}"

    def _app(self, world: World, population: Population) -> web.Application:
        # The first sees all that leaves, so that what goes wrong on purpose is counted as the client sees it.
        middlewares = [self._count, self._strike, self._process, self._route, self._authorize, self._refuse]
        app = web.Application(middlewares=middlewares, client_max_size=1 << 30)
        app[WORLD] = world
        app.router.add_route("*", TOKEN_PATH, self._tokens.issue)
        app.router.add_route("*", FAULTS_PATH, self._faults.control)
        app.router.add_route("GET", REQUESTS_PATH, self._count_requests)
        app.router.add_route("GET", ROWS_READ_PATH, self._count_rows)
        app.router.add_route("*", PAYMENTS_PATH, population.control_payments)
        app.router.add_route("*", ACCOUNTS_PATH, population.control_accounts)
        for method, path, handler in ROUTES:
            app.router.add_route(method, self._api_path + ANY_ID.sub(r"{\1:[^/]+}", path), handler)
        return app

    @web.middleware
    async def _count(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        response = await handler(request)
        if (template := self._template(request)) not in CONTROL:
            self.requests[request.method, template, response.status] += 1
        return response

    async def _count_requests(self, _request: web.Request) -> web.Response:
        counts = sorted(self.requests.items())
        return web.json_response(
            [
                {"method": method, "route": route, "status": status, "count": count}
                for (method, route, status), count in counts
            ]
        )

    async def _count_rows(self, _request: web.Request) -> web.Response:
        return web.json_response({"rows_read": self.rows_read})

    @web.middleware
    async def _strike(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        template = self._template(request)
        fault = self._faults.pick(request.method, template) if template not in (*CONTROL, NO_ROUTE) else None
        return await (handler(request) if fault is None else self._faults.strike(fault, request, handler))

    @web.middleware
    async def _process(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        response = await handler(request)
        if response.status < 300:
            self.processed[request.method, self._template(request)] += 1
        return response

    def _template(self, request: web.Request) -> str:
        resource = request.match_info.route.resource
        return resource.canonical.removeprefix(self._api_path) if resource else NO_ROUTE

    @web.middleware
    async def _route(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer where no route fits; inside a connector's routes that is found out after the token was checked."""
        if "//" in request.raw_path.partition("?")[0]:
            return web.Response(status=301, headers={"Location": _clean(request.raw_path)})
        failure = request.match_info.http_exception
        if failure is None:
            return await handler(request)
        inside = INSIDE_CONNECTORS.match(request.path.removeprefix(self._api_path)) is not None
        if inside and not self._authorized(request):
            return web.Response(status=401)
        if failure.status == 405:
            return web.Response(status=405, headers=wire.HEADERS if inside else None)
        return web.Response(
            status=404,
            text="404 page not found\n",
            headers={"Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff"},
        )

    @web.middleware
    async def _authorize(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        return await handler(request) if self._authorized(request) else web.Response(status=401)

    def _authorized(self, request: web.Request) -> bool:
        open_to_all = not self._auth or self._template(request) in (*OPEN_ROUTES, *CONTROL)
        return open_to_all or self._tokens.accept(request.headers.get("Authorization", ""))

    @web.middleware
    async def _refuse(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Turn what handlers raise into answers; constraints of the database are the server's 500s."""
        try:
            return await handler(request)
        except wire.RefusedError as refusal:
            return refusal.response()
        except sqlite3.IntegrityError as error:
            if error.sqlite_errorname not in ("SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY"):
                return wire.internal(f"pq: row violates a constraint: {error}").response()
            message = f"pq: duplicate key value violates unique constraint: {error}"
            status, code = (400, "CONFLICT") if self._conflict_as_400 else (500, "INTERNAL")
            return wire.RefusedError(status, code, message).response()
        except web.HTTPException:
            raise
        except ConnectionError:
            # The client has left in the middle of its request.
            return web.Response(status=0)
        except Exception:
            logger.exception("The sandbox failed on %s %s", request.method, request.path)
            return wire.internal().response()


def _clean(target: str) -> str:
    path, mark, query = target.partition("?")
    cleaned = posixpath.normpath(path).replace("//", "/")
    return cleaned + ("/" if path.endswith("/") and cleaned != "/" else "") + mark + query
