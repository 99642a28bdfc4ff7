"""The versions of the server that the sandbox stands in for, and what differs between them."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from payments_async.sandbox import providers, routes, seed, store
from payments_async.sandbox.population import Population
from payments_async.sandbox.routes import Route
from payments_async.sandbox.service import Service
from payments_async.sandbox.store import Schema
from payments_async.sandbox.v3 import providers as current_providers
from payments_async.sandbox.v3 import routes as current_routes
from payments_async.sandbox.v3 import seed as current_seed
from payments_async.sandbox.v3 import tables
from payments_async.sandbox.v3.population import CurrentPopulation
from payments_async.sandbox.v3.service import CurrentService


@dataclass(frozen=True)
class Version:
    """One version of the server.

    Args:
        schema: the tables of its database.
        seed_store: fills them.
        population: adds and removes rows later.
        service: what happens to requests around their handlers.
        routes: method, path and handler.
        providers: how many providers there are.
        current: whether it has the routes below `/v3`.
    """

    schema: Schema
    seed_store: Callable[..., Awaitable[None]]
    population: type[Population]
    service: type[Service]
    routes: Sequence[Route]
    providers: int
    current: bool


VERSIONS = {
    "2.0.9": Version(
        schema=store.SCHEMA,
        seed_store=seed.seed_store,
        population=Population,
        service=Service,
        routes=routes.ROUTES,
        providers=len(providers.PROVIDERS),
        current=False,
    ),
    "3.4": Version(
        schema=tables.SCHEMA,
        seed_store=current_seed.seed_store,
        population=CurrentPopulation,
        service=CurrentService,
        routes=current_routes.ROUTES,
        providers=len(current_providers.PROVIDERS),
        current=True,
    ),
}
