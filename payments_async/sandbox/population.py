"""Payments and accounts that come and go behind the API's back."""

import itertools
import json
import random
from collections.abc import Iterable, Iterator
from itertools import islice

from payments_async.sandbox.ids import ConnectorID
from payments_async.sandbox.rows import START, account_rows, below, made_up_accounts, payment_rows
from payments_async.sandbox.world import World

REMOVE_PAYMENTS = "DELETE FROM payment WHERE reference IN (SELECT value FROM json_each(?))"
REMOVE_ACCOUNTS = "DELETE FROM account WHERE id IN (SELECT value FROM json_each(?))"
REMOVE_PAYMENTS_OF_ACCOUNTS = """
DELETE FROM payment WHERE source_account_id IN (SELECT value FROM json_each(?))
OR destination_account_id IN (SELECT value FROM json_each(?))
"""


class Population:
    """The payments and accounts of a sandbox, and made-up ones that join them.

    Args:
        world: where they are.
        seed: decides what is made up, together with what was made up before.
        awkward: whether some amounts are such as nobody pays.
    """

    def __init__(self, world: World, seed: int, *, awkward: bool) -> None:
        self.world = world
        self._awkward = awkward
        self._store = world.store
        self._chance = random.Random(f"population {seed}")
        self._added = 0

    def references(self) -> set[str]:
        """References of all payments."""
        return {row["reference"] for row in self._store.all("SELECT reference FROM payment")}

    def add_payments(self, count: int, *, newest: bool = False) -> list[str]:
        """Add payments, at any time up to now or later than all others; their references."""
        owners: dict[str, list[str]] = {connector: [] for connector in self._connectors(count)}
        # A thousand accounts are variety enough, and soon read where there are a million.
        for row in self._store.all("SELECT id, connector_id FROM account ORDER BY rowid LIMIT 1000"):
            owners[row["connector_id"]].append(row["id"])
        accounts = [(ConnectorID.parse(connector), own) for connector, own in owners.items()]
        times = self._times("payment", newest=newest)
        made = payment_rows(self._chance, accounts, times, first=self._added, awkward=self._awkward)
        # A file may hold what was made up before a restart, and the same is made up again.
        known = "SELECT 1 FROM payment WHERE reference = ?"
        rows = list(islice((row for row in made if self._store.one(known, row.reference) is None), count))
        with self._store.transaction():
            self._store.insert_rows("payment", rows)
        self._added += count
        return [row.reference for row in rows]

    def remove_payments(self, references: Iterable[str]) -> int:
        """Remove payments; how many of them there were."""
        return self._store.run(REMOVE_PAYMENTS, json.dumps(list(references)))

    def account_ids(self) -> set[str]:
        """Ids of all accounts."""
        return {row["id"] for row in self._store.all("SELECT id FROM account")}

    def add_accounts(self, count: int, *, newest: bool = False) -> list[str]:
        """Add accounts, at any time up to now or later than all others; their ids."""
        made = made_up_accounts(self._chance, [ConnectorID.parse(text) for text in self._connectors(count)])
        known = "SELECT 1 FROM account WHERE id = ?"
        accounts = list(islice((each for each in made if self._store.one(known, each.id) is None), count))
        with self._store.transaction():
            self._store.insert_all("account", account_rows(accounts, self._times("account", newest=newest)))
        return [account.id for account in accounts]

    def remove_accounts(self, ids: Iterable[str]) -> int:
        """Remove accounts with all that belongs to them or names them; how many of them there were."""
        listed = json.dumps(list(ids))
        with self._store.transaction():
            self._store.run(REMOVE_PAYMENTS_OF_ACCOUNTS, listed, listed)
            return self._store.run(REMOVE_ACCOUNTS, listed)

    def _connectors(self, count: int) -> list[str]:
        """Ids of the connectors that a number of rows can belong to."""
        if count < 0:
            raise ValueError(f"count is {count}, expected 0 or more")
        connectors = [row["id"] for row in self._store.all("SELECT id FROM connector ORDER BY created_at, id")]
        if count and not connectors:
            raise ValueError("payments and accounts belong to connectors: install one first")
        return connectors

    def _times(self, table: str, *, newest: bool) -> Iterator[int]:
        now = self.world.now().microseconds
        if newest:
            last = self._store.all(f"SELECT max(created_at) FROM {table}")[0][0] or 0  # noqa: S608 - fixed texts
            return itertools.count(max(now, last + 1))
        return (START + below(self._chance, max(1, now - START)) for _ in itertools.repeat(None))
