"""How many rows a sandbox starts with."""

from dataclasses import dataclass
from typing import Self

from payments_async.sandbox.providers import PROVIDERS


@dataclass(frozen=True)
class Counts:
    """The number of rows of each kind."""

    payments: int
    accounts: int
    balances: int
    pools: int
    bank_accounts: int
    transfers: int
    connectors: int
    tasks: int

    @classmethod
    def complete(cls, *, payments: int, **given: int | None) -> Self:
        """Derive the counts that are not given; an empty sandbox has none of anything.

        Raises:
            ValueError: a count is negative, or there would be rows without the rows that they belong to.
        """

        def count(name: str, plausible: int) -> int:
            number = given[name]
            return plausible if number is None else number

        wanted = bool(payments) or any(given.values())
        of_accounts = wanted and any(given[name] for name in ("balances", "pools", "transfers"))
        connectors = count("connectors", len(PROVIDERS) if wanted else 0)
        plausible = min(5_000, max(2 * connectors, payments // 10)) if payments or of_accounts else 0
        accounts = count("accounts", plausible)
        counts = cls(
            payments=payments,
            connectors=connectors,
            accounts=accounts,
            balances=count("balances", 2 * accounts),
            pools=count("pools", min(50, -(-accounts // 10))),
            bank_accounts=count("bank_accounts", min(200, -(-accounts // 10))),
            transfers=count("transfers", min(500, -(-payments // 20)) if accounts else 0),
            tasks=count("tasks", 5 * connectors),
        )
        if min(vars(counts).values()) < 0:
            raise ValueError("a count is not negative")
        if (payments or accounts or counts.tasks) and not connectors:
            raise ValueError("payments, accounts and tasks belong to connectors: ask for at least one")
        if (counts.balances or counts.pools or counts.transfers) and not accounts:
            raise ValueError("balances, pools and transfers belong to accounts: ask for at least one")
        return counts
