"""The order of a list: `asc("created_at")`, `desc("amount")`."""

from __future__ import annotations

from typing import Generic, Literal, TypeAlias, TypeVar

import attrs

PaymentColumn: TypeAlias = Literal[
    "id",
    "connector_id",
    "connector.name",
    "provider",
    "created_at",
    "reference",
    "type",
    "status",
    "amount",
    "initial_amount",
    "scheme",
    "asset",
    "source_account_id",
    "destination_account_id",
]
AccountColumn: TypeAlias = Literal[
    "id", "created_at", "reference", "type", "default_currency", "account_name", "connector_id", "metadata"
]
BalanceColumn: TypeAlias = Literal["created_at", "account_id", "currency", "balance", "last_updated_at"]
BankAccountColumn: TypeAlias = Literal["id", "created_at", "name", "country", "metadata"]
PoolColumn: TypeAlias = Literal["id", "name", "created_at"]
TransferInitiationColumn: TypeAlias = Literal[
    "id",
    "created_at",
    "scheduled_at",
    "description",
    "type",
    "source_account_id",
    "destination_account_id",
    "provider",
    "amount",
    "initial_amount",
    "asset",
    "connector_id",
    "metadata",
]
Column: TypeAlias = (
    PaymentColumn | AccountColumn | BalanceColumn | BankAccountColumn | PoolColumn | TransferInitiationColumn
)

C = TypeVar("C", bound=Column)
C_co = TypeVar("C_co", bound=Column, covariant=True)


@attrs.frozen(repr=False)
class Sort(Generic[C_co]):
    """A column and the direction in which a list is sorted by it; each list has its own columns."""

    column: C_co
    direction: Literal["asc", "desc"]

    def __repr__(self) -> str:
        return f"{self.direction}({self.column!r})"


def asc(column: C) -> Sort[C]:
    """Sort by this column, smallest value first."""
    return Sort(column, "asc")


def desc(column: C) -> Sort[C]:
    """Sort by this column, greatest value first."""
    return Sort(column, "desc")
