"""Adding and removing made-up payments and accounts in a running sandbox of version 3.4."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from payments_async.sandbox.ids import ConnectorID
from payments_async.sandbox.population import Population
from payments_async.sandbox.rows import Account
from payments_async.sandbox.v3.rows import PaymentRow, fetched_account_rows, payment_rows


class CurrentPopulation(Population):
    """Adds and removes payments and accounts of version 3.4."""

    payment_columns = PaymentRow._fields

    def _payment_rows(
        self, accounts: Sequence[tuple[ConnectorID, Sequence[str]]], times: Iterator[int]
    ) -> Iterator[Any]:
        return payment_rows(self._chance, accounts, times, first=self._added, awkward=self._awkward)

    def _account_rows(self, accounts: Iterable[Account], times: Iterable[int]) -> Iterator[dict[str, Any]]:
        return fetched_account_rows(accounts, times)
