"""Adding and removing made-up payments and accounts in a running sandbox."""

import itertools
import json
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from payments_async.sandbox import jsontext
from payments_async.sandbox.enums import ACCOUNT_TYPES, PAYMENT_STATUSES, PAYMENT_TYPES, TRANSFER_STATUSES
from payments_async.sandbox.ids import ConnectorID, PaymentID
from payments_async.sandbox.rows import START, Account, PaymentRow, account_rows, below, made_up_accounts, payment_rows
from payments_async.sandbox.store import sortable
from payments_async.sandbox.times import stamp
from payments_async.sandbox.transfers import settle
from payments_async.sandbox.wire import encode
from payments_async.sandbox.world import World

REMOVE_PAYMENTS = "DELETE FROM payment WHERE reference IN (SELECT value FROM json_each(?))"
REMOVE_ACCOUNTS = "DELETE FROM account WHERE id IN (SELECT value FROM json_each(?))"
REMOVE_PAYMENTS_OF_ACCOUNTS = """
DELETE FROM payment WHERE source_account_id IN (SELECT value FROM json_each(?))
OR destination_account_id IN (SELECT value FROM json_each(?))
"""


@dataclass(frozen=True)
class Words:
    """The words that the API of a version has."""

    payment_types: Sequence[str]
    payment_statuses: Sequence[str]
    account_types: Sequence[str]
    transfer_statuses: Sequence[str]


class Population:
    """Adds and removes payments and accounts.

    Args:
        world: where they are.
        seed: decides what is made up, together with what was added before.
        awkward: whether some amounts are above 64 bits or below zero, and some assets are no currency.
    """

    words: Words = Words(PAYMENT_TYPES, PAYMENT_STATUSES, ACCOUNT_TYPES, TRANSFER_STATUSES)
    payment_columns: Sequence[str] = PaymentRow._fields
    """The columns that made-up payments have."""

    def __init__(self, world: World, seed: int, *, awkward: bool) -> None:
        self.world = world
        self._awkward = awkward
        self._store = world.store
        self._chance = random.Random(f"population {seed}")
        self._added = 0

    def references(self) -> set[str]:
        """The references of all payments."""
        return {row["reference"] for row in self._store.all("SELECT reference FROM payment")}

    def add_payments(self, count: int, *, newest: bool = False) -> list[str]:
        """Add payments, created at any time up to now or later than all others, and return their references."""
        owners: dict[str, list[str]] = {connector: [] for connector in self._connectors(count)}
        # A thousand accounts are enough for variety, and reading a million would take long.
        for row in self._store.all("SELECT id, connector_id FROM account ORDER BY rowid LIMIT 1000"):
            owners[row["connector_id"]].append(row["id"])
        accounts = [(ConnectorID.parse(connector), own) for connector, own in owners.items()]
        times = self._times("payment", newest=newest)
        made = self._payment_rows(accounts, times)
        # A database file may hold the payments that the same seed made before a restart.
        known = "SELECT 1 FROM payment WHERE reference = ?"
        rows = list(islice((row for row in made if self._store.one(known, row.reference) is None), count))
        with self._store.transaction():
            self._store.insert_rows("payment", self.payment_columns, rows)
        self._added += count
        return [row.reference for row in rows]

    def insert_payment(self, _payment: PaymentID, members: dict[str, Any]) -> None:
        """Add a payment with these columns."""
        self._store.insert("payment", **members)

    def adjust_payment(
        self, payment_id: str, reference: str, *, status: str, amount: int, created_at: int, raw: Any
    ) -> None:
        """Add an adjustment to a payment; KeyError if there is none of this id."""
        row = self._store.one("SELECT adjustments FROM payment WHERE id = ?", payment_id)
        if row is None:
            raise KeyError(payment_id)
        adjustment = {
            "reference": reference,
            "createdAt": stamp(created_at),
            "status": status,
            "amount": amount,
            "raw": raw,
        }
        adjustments = encode([*jsontext.decode(row["adjustments"]), adjustment])
        sql = "UPDATE payment SET adjustments = ?, status = ?, amount = ? WHERE id = ?"
        self._store.run(sql, adjustments, status, sortable(amount), payment_id)

    def insert_account(self, members: dict[str, Any]) -> None:
        """Add an account with these columns."""
        self._store.insert("account", **members)

    def settle(self, transfer_id: str, status: str, error: str) -> None:
        """Move a transfer initiation to a status; KeyError if there is none of this id."""
        settle(self.world, transfer_id, status, error)

    def remove_payments(self, references: Iterable[str]) -> int:
        """Remove payments, and return how many of them existed."""
        return self._store.run(REMOVE_PAYMENTS, json.dumps(list(references)))

    def account_ids(self) -> set[str]:
        """The ids of all accounts."""
        return {row["id"] for row in self._store.all("SELECT id FROM account")}

    def add_accounts(self, count: int, *, newest: bool = False) -> list[str]:
        """Add accounts, created at any time up to now or later than all others, and return their ids."""
        made = made_up_accounts(self._chance, [ConnectorID.parse(text) for text in self._connectors(count)])
        known = "SELECT 1 FROM account WHERE id = ?"
        accounts = list(islice((each for each in made if self._store.one(known, each.id) is None), count))
        with self._store.transaction():
            self._store.insert_all("account", self._account_rows(accounts, self._times("account", newest=newest)))
        return [account.id for account in accounts]

    def remove_accounts(self, ids: Iterable[str]) -> int:
        """Remove accounts with all rows that name them, and return how many of them existed."""
        listed = json.dumps(list(ids))
        with self._store.transaction():
            self._store.run(REMOVE_PAYMENTS_OF_ACCOUNTS, listed, listed)
            return self._store.run(REMOVE_ACCOUNTS, listed)

    def _payment_rows(
        self, accounts: Sequence[tuple[ConnectorID, Sequence[str]]], times: Iterator[int]
    ) -> Iterator[Any]:
        return payment_rows(self._chance, accounts, times, first=self._added, awkward=self._awkward)

    def _account_rows(self, accounts: Iterable[Account], times: Iterable[int]) -> Iterator[dict[str, Any]]:
        return account_rows(accounts, times)

    def _connectors(self, count: int) -> list[str]:
        """The ids of all connectors; ValueError if there are none for this number of rows."""
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
