"""What every handler needs: the rows, the time, the installed connectors, and the options of the server."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from payments_async.sandbox.filters import Rules
from payments_async.sandbox.ids import ConnectorID
from payments_async.sandbox.store import Store
from payments_async.sandbox.times import Instant, microseconds
from payments_async.sandbox.wire import validation

NANOSECONDS = 789
"""Python's clock has microseconds and Go's has nanoseconds, which answers show that are not read from the database."""


@dataclass(frozen=True)
class World:
    """The state behind the routes."""

    store: Store
    clock: Callable[[], datetime]
    rules: Rules
    ties: random.Random | None = None
    """Chooses for each page how rows are ordered that its order leaves equal; None: always by their arrival."""

    def now(self) -> Instant:
        """The time with nanoseconds; the database will store its microseconds."""
        return Instant(microseconds(self.clock()) * 1000 + NANOSECONDS)

    def installed(self, text: str) -> ConnectorID:
        """Decode the id of a connector that is installed; VALIDATION otherwise."""
        try:
            connector = ConnectorID.parse(text)
        except ValueError as error:
            raise validation(f"invalid connectorID: {error}") from error
        if self.store.one("SELECT 1 FROM connector WHERE id = ?", str(connector)) is None:
            raise validation("connector not installed")
        return connector


WORLD = web.AppKey("world", World)
