"""The sandbox: what it is started with, how it starts and ends, and what it counts."""

import asyncio
import random
import secrets
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, Self

from aiohttp import web

from payments_async.sandbox.collation import Collation
from payments_async.sandbox.connection import Connection
from payments_async.sandbox.control import Control
from payments_async.sandbox.counts import Counts
from payments_async.sandbox.faults import Fault
from payments_async.sandbox.filters import Rules
from payments_async.sandbox.limits import RateLimit
from payments_async.sandbox.population import Population
from payments_async.sandbox.routes import TOKEN_PATH
from payments_async.sandbox.store import Store
from payments_async.sandbox.striking import Faults
from payments_async.sandbox.tokens import Tokens
from payments_async.sandbox.ui.record import Record
from payments_async.sandbox.ui.site import Site
from payments_async.sandbox.v3.arrivals import CurrentArrivals
from payments_async.sandbox.v3.worker import WORKER, Worker
from payments_async.sandbox.versions import VERSIONS
from payments_async.sandbox.world import World


class Sandbox(CurrentArrivals):
    """A local stand-in of the Payments API with its token endpoint.

    As in a deployed stack, every operation needs a token; `/_health` and `/_live` do not.

    Args:
        version: the version of the server that it stands in for, `"2.0.9"` or `"3.4"`.
        payments: how many payments there are at the start; counts that are not given follow from this one.
        accounts: how many accounts.
        balances: how many balance rows, spread over the internal accounts.
        pools: how many pools.
        bank_accounts: how many bank accounts.
        transfers: how many transfer initiations.
        connectors: how many connectors; from 11 on, every provider has one, in version 3.4 from 23 on.
        tasks: how many tasks, spread over the connectors; in version 3.4, how many schedules at most.
        orders: how many orders, in version 3.4.
        conversions: how many conversions, in version 3.4.
        users: how many payment service users, in version 3.4.
        task_delay: seconds after which tasks of version 3.4 are worked off; None: only when `work_tasks` is called.
        seed: the same counts, `awkward` and seed make the same rows.
        awkward: whether some amounts are above 64 bits or below zero, and some assets are no currency.
        client_id: OAuth2 client, random if not given.
        client_secret: its secret, random if not given.
        token_lifetime: seconds.
        opaque_tokens: issue random strings instead of JWTs.
        auth: whether operations need a token.
        conflict_as_400: answer duplicates with 400 CONFLICT, as the server's code intends, instead of the 500 it sends.
        keyset: whether filters can compare `reference` of payments, which paging by key needs. False makes that a 400
            VALIDATION, as on servers from v3 on, where `$match` is the only operator for it.
        shuffle_ties: whether rows that the order of a list leaves equal change places from page to page, as they may on
            a server; the seed decides how.
        collation: how texts are sorted and compared, which on a server depends on the database: `"bytes"`, or
            `"linguistic"`, where case, accents and punctuation matter last: `a` < `B` < `c`.
        rate_limit: how many requests to the API are answered in any second; further ones get 429 with `Retry-After`, as
            from a gateway. None: no limit.
        database: SQLite file that survives a restart; an existing one is not seeded again. None: memory.
        host: where to listen.
        port: where to listen, 0 for any free port.
        faults: what goes wrong on purpose, from the start.
        api_path: where the API is; empty for a Payments service without a gateway.
        clock: the time, with time zone.
        ticks: seconds of a monotonic clock, for the expiry of tokens and the rate limit.
    """

    def __init__(
        self,
        *,
        version: Literal["2.0.9", "3.4"] = "2.0.9",
        payments: int = 0,
        accounts: int | None = None,
        balances: int | None = None,
        pools: int | None = None,
        bank_accounts: int | None = None,
        transfers: int | None = None,
        connectors: int | None = None,
        tasks: int | None = None,
        orders: int | None = None,
        conversions: int | None = None,
        users: int | None = None,
        task_delay: float | None = 0.05,
        seed: int = 7,
        awkward: bool = False,
        client_id: str | None = None,
        client_secret: str | None = None,
        token_lifetime: float = 3600,
        opaque_tokens: bool = False,
        auth: bool = True,
        conflict_as_400: bool = False,
        keyset: bool = True,
        shuffle_ties: bool = False,
        collation: Literal["bytes", "linguistic"] = "bytes",
        rate_limit: int | None = None,
        database: Path | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        faults: Iterable[Fault] = (),
        api_path: str = "/api/payments",
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self.client_id: str = client_id or secrets.token_hex(8)
        self.client_secret: str = client_secret or secrets.token_urlsafe(24)
        self.url: str = ""
        """Root of the stack, known once started."""
        self.requests: Counter[tuple[str, str, int]] = Counter()
        """Requests by method, route template (as the API's description has it) and status, 0 where it was cut off."""
        self.processed: Counter[tuple[str, str]] = Counter()
        """Successful requests by method and route template, whether or not their answers arrived."""
        self._rows_read = 0
        if version not in VERSIONS:
            raise ValueError(f"version is {version!r}, expected one of {', '.join(VERSIONS)}")
        self._version_name, self._version = version, VERSIONS[version]
        self._counts = Counts.complete(
            payments=payments,
            providers=self._version.providers,
            current=self._version.current,
            accounts=accounts,
            balances=balances,
            pools=pools,
            bank_accounts=bank_accounts,
            transfers=transfers,
            connectors=connectors,
            tasks=tasks,
            orders=orders,
            conversions=conversions,
            users=users,
        )
        self._task_delay = task_delay
        self._seed = seed
        self._awkward = awkward
        self._auth = auth
        self._conflict_as_400 = conflict_as_400
        self._rules = Rules(keyset=keyset, collation=Collation(collation))
        self._shuffle_ties = shuffle_ties
        self._limit = None if rate_limit is None else RateLimit(rate_limit, ticks)
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
        self._record = Record(clock, ticks)
        self._faults = Faults(faults, seed=seed, token_route=TOKEN_PATH, tokens=self._tokens)
        self._world: World | None = None
        self._runner: web.AppRunner | None = None
        self._listening: asyncio.Server | None = None

    @property
    def tokens_issued(self) -> int:
        """How many tokens the token endpoint has issued."""
        return self._tokens.issued

    @property
    def rows_read(self) -> int:
        """How many rows the database has read for pages of lists: the cost of listing.

        It counts the rows sent, one more for each page that has a next one, the rows that an offset skips, the rows
        that a filter rejects, and all matching rows if no index has them in the right order. It does not count what is
        looked up for a row, such as its provider, or what other operations read.
        """
        return self._rows_read + (self._world.store.rows_read if self._world else 0)

    @property
    def faults(self) -> list[Fault]:
        """The active faults, a list to change in place; the first one that matches a request strikes it."""
        return self._faults.in_force

    def revoke_tokens(self) -> None:
        """Refuse all tokens issued so far with 401."""
        self._tokens.revoke()

    async def start(self, listening: socket.socket | None = None) -> None:
        """Open the database, seed it if it is new, and listen.

        A million payments take ten to twenty seconds, during which other tasks run on the event loop.

        Args:
            listening: a socket that listens already, in place of host and port; it is closed in the end.

        Raises:
            RuntimeError: it is already started.
            ValueError: the database file belongs to a sandbox of another version.
            OSError: the address cannot be listened on.
        """
        if self._world is not None:
            raise RuntimeError("the sandbox is already started")
        self._world = World(
            Store(self._database, self._version.schema),
            self._clock,
            rules=self._rules,
            ties=random.Random(f"ties {self._seed}") if self._shuffle_ties else None,
        )
        try:
            if self._world.store.fresh:
                await self._version.seed_store(self._world.store, self._counts, self._seed, awkward=self._awkward)
            if self._rules.collation is Collation.LINGUISTIC:
                self._world.store.create_linguistic_indices()
            self._population = self._version.population(self._world, self._seed, awkward=self._awkward)
            if self._version.current:
                self._worker = Worker(self._world, self._task_delay)
            await self._listen(self._world, self._population, listening)
        except BaseException:
            await self.stop()
            if listening is not None:
                listening.close()
            raise

    async def stop(self) -> None:
        """Stop listening and close the database; harmless when not started."""
        if self._listening is not None:
            self._listening.close()
            self._listening = None
        if self._worker is not None:
            self._worker.stop()
            self._worker = None
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

    async def _listen(self, world: World, population: Population, listening: socket.socket | None) -> None:
        own_routes = Control(
            self._address[0],
            faults=self._faults,
            population=population,
            requests=self.requests,
            rows_read=lambda: self.rows_read,
            page=Site(
                self._version_name,
                world.store,
                record=self._record,
                faults=self._faults,
                worker=self._worker,
                routes=(path for _, path, _ in self._version.routes),
            ),
        )
        service = self._version.service(
            world,
            self._version.routes,
            api_path=self._api_path,
            issue_token=self._tokens.issue,
            accepts=self._tokens.accept,
            auth=self._auth,
            conflict_as_400=self._conflict_as_400,
            limit=self._limit,
            faults=self._faults,
            own_routes=own_routes,
            requests=self.requests,
            processed=self.processed,
            record=self._record,
        )
        if self._worker is not None:
            service.application[WORKER] = self._worker
        self._runner = web.AppRunner(service.application, shutdown_timeout=1.0)
        await self._runner.setup()
        loop, server = asyncio.get_running_loop(), self._runner.server
        assert server is not None  # noqa: S101 - it is there once the runner is set up
        # Generous limits: the real server's headers may have a megabyte.
        options: dict[str, Any] = {"access_log": None, "max_line_size": 1 << 20, "max_field_size": 1 << 20}
        options["auto_decompress"] = False  # as the server, which reads a body as it comes
        host, port = self._address
        where: dict[str, Any] = {"host": host, "port": port} if listening is None else {"sock": listening}
        self._listening = await loop.create_server(lambda: Connection(server, loop=loop, **options), **where)
        port = self._listening.sockets[0].getsockname()[1]
        self.url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
