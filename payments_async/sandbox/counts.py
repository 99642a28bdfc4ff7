"""How many rows a sandbox starts with."""

from dataclasses import dataclass
from typing import Self


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
    orders: int
    conversions: int
    users: int

    @classmethod
    def complete(cls, *, payments: int, providers: int, current: bool, **given: int | None) -> Self:
        """Derive the counts that are not given; an empty sandbox has none of anything.

        Args:
            payments: how many payments.
            providers: how many providers there are, of which each has a connector if that count is not given.
            current: whether the server is of version 3.4, which has orders, conversions and users.
            given: the other counts.

        Raises:
            ValueError: a count is negative, or there would be rows without the rows that they belong to.
        """

        def count(name: str, plausible: int) -> int:
            number = given[name]
            return plausible if number is None else number

        wanted = bool(payments) or any(given.values())
        of_accounts = wanted and any(given[name] for name in ("balances", "pools", "transfers"))
        connectors = count("connectors", providers if wanted else 0)
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
            orders=count("orders", min(500, payments // 20) if current else 0),
            conversions=count("conversions", min(500, payments // 20) if current else 0),
            users=count("users", min(200, -(-accounts // 10)) if current else 0),
        )
        if min(vars(counts).values()) < 0:
            raise ValueError("a count is not negative")
        if not current and (counts.orders or counts.conversions or counts.users):
            raise ValueError("orders, conversions and users exist from version 3.4 on")
        if (payments or accounts or counts.tasks or counts.orders or counts.conversions) and not connectors:
            raise ValueError(
                "payments, accounts, tasks, orders and conversions belong to connectors: ask for at least one"
            )
        if (counts.balances or counts.pools or counts.transfers) and not accounts:
            raise ValueError("balances, pools and transfers belong to accounts: ask for at least one")
        return counts
