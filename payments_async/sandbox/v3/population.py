"""Adding and removing made-up payments and accounts in a running sandbox of version 3.4."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from payments_async.sandbox import jsontext
from payments_async.sandbox.ids import AccountID, ConnectorID, PaymentID
from payments_async.sandbox.population import Population, Words
from payments_async.sandbox.rows import Account
from payments_async.sandbox.store import number
from payments_async.sandbox.times import Instant, stamp
from payments_async.sandbox.v3.enums import ACCOUNT_TYPES, INITIATION_STATUSES, PAYMENT_STATUSES, PAYMENT_TYPES
from payments_async.sandbox.v3.initiations import find
from payments_async.sandbox.v3.movements import record
from payments_async.sandbox.v3.payments import adjustment, store_payment
from payments_async.sandbox.v3.rows import PaymentRow, fetched_account_rows, payment_rows
from payments_async.sandbox.v3.schedules import run_rows, schedule_id


class CurrentPopulation(Population):
    """Adds and removes payments and accounts of version 3.4."""

    words: Words = Words(PAYMENT_TYPES, PAYMENT_STATUSES, ACCOUNT_TYPES, INITIATION_STATUSES)
    payment_columns: Sequence[str] = PaymentRow._fields

    def insert_payment(self, payment: PaymentID, members: dict[str, Any]) -> None:
        """Add a payment with its first adjustment."""
        if self._store.one("SELECT 1 FROM payment WHERE id = ?", str(payment)) is not None:
            raise sqlite3.IntegrityError("duplicate payment")
        raw, status, amount = members.pop("raw"), members.pop("status"), number(members["amount"])
        first = adjustment(
            payment,
            reference=payment.reference,
            createdAt=stamp(members["created_at"]),
            status=status,
            amount=amount,
            asset=members["asset"],
            metadata=None,
            raw=None if raw is None else jsontext.decode(raw),
        )
        changed = {
            "created_at": Instant(members["created_at"] * 1_000),
            "amount": amount,
            "initial_amount": number(members["initial_amount"]),
            "scheme": members["scheme"].upper(),
            "metadata": members["metadata"] or "{}",
        }
        store_payment(self.world, members | changed, [first])

    def adjust_payment(
        self, payment_id: str, reference: str, *, status: str, amount: int, created_at: int, raw: Any
    ) -> None:
        """Add an adjustment to a payment, which moves its amount as one of the API does."""
        row = self._store.one("SELECT * FROM payment WHERE id = ?", payment_id)
        if row is None:
            raise KeyError(payment_id)
        added = adjustment(
            PaymentID.parse(payment_id),
            reference=reference,
            createdAt=stamp(created_at),
            status=status,
            amount=amount,
            asset=row["asset"],
            metadata=None,
            raw=raw,
        )
        store_payment(self.world, {"id": payment_id, "amount": 0, "initial_amount": 0}, [added])

    def insert_account(self, members: dict[str, Any]) -> None:
        """Add an account; what its provider does not say is unknown. The balances of internal ones are fetched."""
        unknown = {name: members[name] or None for name in ("default_currency", "account_name")}
        super().insert_account(members | unknown)
        if members["type"] == "INTERNAL":
            identity = AccountID.parse(members["id"])
            schedule = {
                "id": schedule_id(identity.connector, "FETCH_BALANCES", identity.reference),
                "connector_id": members["connector_id"],
                "created_at": self.world.now().microseconds,
            }
            self._store.insert("schedule", **schedule)
            self._store.insert_all("instance", run_rows([schedule]))

    def settle(self, transfer_id: str, status: str, error: str) -> None:
        """Move a payment initiation to a status; KeyError if there is none of this id."""
        if find(self.world, transfer_id) is None:
            raise KeyError(transfer_id)
        record(self.world, transfer_id, status, error=error or None)

    def _payment_rows(
        self, accounts: Sequence[tuple[ConnectorID, Sequence[str]]], times: Iterator[int]
    ) -> Iterator[Any]:
        return payment_rows(self._chance, accounts, times, first=self._added, awkward=self._awkward)

    def _account_rows(self, accounts: Iterable[Account], times: Iterable[int]) -> Iterator[dict[str, Any]]:
        return fetched_account_rows(accounts, times)
