"""Changes that no call of the API makes: what connectors fetch and remove, and what providers report."""

import sqlite3
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from payments_async.sandbox.ids import AccountID, ConnectorID, PaymentID
from payments_async.sandbox.population import Population
from payments_async.sandbox.store import document, kept, sortable
from payments_async.sandbox.times import microseconds
from payments_async.sandbox.wire import encode
from payments_async.sandbox.world import World


class Arrivals:
    """The methods of a sandbox that change its rows as connectors and providers do.

    Each raises RuntimeError if the sandbox is not started.
    """

    def __init__(self) -> None:
        self._population: Population | None = None

    def references(self) -> set[str]:
        """The references of all payments."""
        return self._populated().references()

    def add_payments(self, count: int, *, newest: bool = False) -> list[str]:
        """Add made-up payments, as if their connectors had fetched them.

        They depend on the seed and on what was added before.

        Args:
            count: how many.
            newest: whether they are created later than all other payments, instead of at any time up to now.

        Returns:
            Their references, which sort anywhere among those of the other payments.

        Raises:
            ValueError: the count is below 0, or no connector is installed.
        """
        return self._populated().add_payments(count, newest=newest)

    def remove_payments(self, references: Iterable[str]) -> int:
        """Remove payments, and return how many of them existed.

        The API removes payments only together with their connector, when it is uninstalled or reset.
        """
        return self._populated().remove_payments(references)

    def account_ids(self) -> set[str]:
        """The ids of all accounts."""
        return self._populated().account_ids()

    def add_accounts(self, count: int, *, newest: bool = False) -> list[str]:
        """Add made-up accounts, as `add_payments` adds payments, and return their ids."""
        return self._populated().add_accounts(count, newest=newest)

    def remove_accounts(self, ids: Iterable[str]) -> int:
        """Remove accounts with their balances, payments and transfers, and return how many of them existed.

        The API removes accounts only together with their connector, when it is uninstalled or reset.
        """
        return self._populated().remove_accounts(ids)

    def add_payment(
        self,
        connector_id: str,
        reference: str,
        *,
        amount: int,
        asset: str,
        type_: str = "PAY-IN",
        status: str = "SUCCEEDED",
        scheme: str = "other",
        created_at: datetime | None = None,
        source_account_id: str | None = None,
        destination_account_id: str | None = None,
        metadata: Mapping[str, str] | None = None,
        raw: Any = None,
    ) -> str:
        """Add a payment of your own, as if its connector had fetched it; it may be one that the API would not create.

        Args:
            connector_id: its connector.
            reference: no other payment may have it.
            amount: in the minor unit of the asset; of any size, also below zero.
            asset: any text, also a bare currency.
            type_: one of the API's types.
            status: one of the API's statuses.
            scheme: any text.
            created_at: with time zone; now if not given.
            source_account_id: an account that exists.
            destination_account_id: an account that exists.
            metadata: texts by name.
            raw: what the provider sent, any JSON.

        Returns:
            The id of the payment.

        Raises:
            KeyError: there is no such connector or account.
            ValueError: the reference is taken, the API has no such type or status, or a time has no zone.
        """
        world, connector = self._world_with(connector_id)
        words = self._populated().words
        _check("type_", type_, words.payment_types)
        _check("status", status, words.payment_statuses)
        for account_id in filter(None, (source_account_id, destination_account_id)):
            if world.store.one("SELECT 1 FROM account WHERE id = ?", account_id) is None:
                raise KeyError(account_id)
        payment = PaymentID(connector, reference, type_)
        members: dict[str, Any] = {
            "id": str(payment),
            "connector_id": str(connector),
            "created_at": self._moment(created_at),
            "reference": kept(reference),
            "type": type_,
            "status": status,
            "amount": sortable(amount),
            "initial_amount": sortable(amount),
            "scheme": scheme,
            "asset": asset,
            "source_account_id": source_account_id or None,
            "destination_account_id": destination_account_id or None,
            "metadata": document(metadata or None),
            "raw": None if raw is None else encode(raw),
        }
        with self._refusing_duplicates("payment"):
            self._populated().insert_payment(payment, members)
        return str(payment)

    def adjust_payment(
        self,
        payment_id: str,
        reference: str,
        *,
        status: str,
        amount: int,
        created_at: datetime | None = None,
        raw: Any = None,
    ) -> None:
        """Add an adjustment to a payment, which takes on its status and amount.

        Args:
            payment_id: the payment.
            reference: of the adjustment.
            status: one of the API's statuses.
            amount: in the minor unit of the payment's asset.
            created_at: with time zone; now if not given.
            raw: what the provider sent, any JSON.

        Raises:
            KeyError: there is no such payment.
            ValueError: the API has no such status, or a time has no zone.
        """
        population = self._populated()
        _check("status", status, population.words.payment_statuses)
        moment = self._moment(created_at)
        population.adjust_payment(payment_id, reference, status=status, amount=amount, created_at=moment, raw=raw)

    def add_account(
        self,
        connector_id: str,
        reference: str,
        *,
        name: str = "",
        type_: str = "INTERNAL",
        default_asset: str = "",
        created_at: datetime | None = None,
        metadata: Mapping[str, str] | None = None,
        raw: Any = None,
    ) -> str:
        """Add an account of your own, as if its connector had fetched it; it may be one that the API would not create.

        Args:
            connector_id: its connector.
            reference: no other account of the connector may have it.
            name: any text.
            type_: one of the API's types, or `EXTERNAL_FORMANCE`.
            default_asset: any text.
            created_at: with time zone; now if not given.
            metadata: texts by name.
            raw: what the provider sent, any JSON.

        Returns:
            The id of the account.

        Raises:
            KeyError: there is no such connector.
            ValueError: the reference is taken, the API has no such type, or a time has no zone.
        """
        _, connector = self._world_with(connector_id)
        population = self._populated()
        _check("type_", type_, population.words.account_types)
        account_id = str(AccountID(connector, reference))
        with self._refusing_duplicates("account"):
            population.insert_account(
                {
                    "id": account_id,
                    "connector_id": str(connector),
                    "created_at": self._moment(created_at),
                    "reference": kept(reference),
                    "type": type_,
                    "default_currency": default_asset,
                    "account_name": name,
                    "metadata": document(metadata),
                    "raw": None if raw is None else encode(raw),
                }
            )
        return account_id

    def add_balance(
        self,
        account_id: str,
        asset: str,
        balance: int,
        *,
        created_at: datetime | None = None,
        last_updated_at: datetime | None = None,
    ) -> None:
        """Add a balance: an amount that an account held during an interval.

        Args:
            account_id: the account.
            asset: any text.
            balance: in the minor unit of the asset; of any size, also below zero.
            created_at: the start of the interval, with time zone; now if not given.
            last_updated_at: its end, with time zone; `created_at` if not given.

        Raises:
            KeyError: there is no such account.
            ValueError: the account has a balance of this asset and time, the interval ends before it begins, or a time
                has no zone.
        """
        world = self._populated().world
        if world.store.one("SELECT 1 FROM account WHERE id = ?", account_id) is None:
            raise KeyError(account_id)
        since = self._moment(created_at)
        until = since if last_updated_at is None else self._moment(last_updated_at)
        if until < since:
            raise ValueError("last_updated_at is before created_at")
        with self._refusing_duplicates("balance"):
            world.store.insert(
                "balance",
                account_id=account_id,
                created_at=since,
                last_updated_at=until,
                currency=asset,
                balance=sortable(balance),
            )

    def set_transfer_status(self, transfer_id: str, status: str, error: str = "") -> None:
        """Move a transfer initiation to a status, as if its provider had reported it.

        Args:
            transfer_id: its id.
            status: one of those that the API has for transfer initiations.
            error: the provider's message if it failed.

        Raises:
            KeyError: there is no such transfer initiation.
            ValueError: the API has no such status.
        """
        population = self._populated()
        _check("status", status, population.words.transfer_statuses)
        population.settle(transfer_id, status, error)

    def fail_transfer(self, transfer_id: str, error: str = "refused by the provider") -> None:
        """Move a transfer initiation to FAILED, as if its provider had reported it, so that it can be retried.

        Raises:
            KeyError: there is no such transfer initiation.
        """
        self.set_transfer_status(transfer_id, "FAILED", error)

    def _populated(self) -> Population:
        if self._population is None:
            raise RuntimeError("the sandbox is not started")
        return self._population

    def _world_with(self, connector_id: str) -> tuple[World, ConnectorID]:
        world = self._populated().world
        if world.store.one("SELECT 1 FROM connector WHERE id = ?", connector_id) is None:
            raise KeyError(connector_id)
        return world, ConnectorID.parse(connector_id)

    def _moment(self, moment: datetime | None) -> int:
        if moment is None:
            return self._populated().world.now().microseconds
        if moment.tzinfo is None:
            raise ValueError(f"{moment} has no time zone")
        return microseconds(moment)

    @staticmethod
    @contextmanager
    def _refusing_duplicates(table: str) -> Generator[None]:
        try:
            yield
        except sqlite3.IntegrityError as error:
            raise ValueError(f"this {table} exists already") from error


def _check(name: str, value: str, known: Sequence[str]) -> None:
    if value not in known:
        raise ValueError(f"{name} is {value!r}, expected one of {', '.join(known)}")
