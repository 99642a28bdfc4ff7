"""Made-up payments and accounts, for the start of a sandbox and for later."""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count, cycle
from typing import Any, NamedTuple

from payments_async.sandbox.currencies import ingested
from payments_async.sandbox.ids import AccountID, ConnectorID, PaymentID
from payments_async.sandbox.providers import PROVIDERS
from payments_async.sandbox.store import sortable
from payments_async.sandbox.times import microseconds, stamp
from payments_async.sandbox.wire import encode, splice

START = microseconds(datetime(2024, 1, 8, 9, 30, tzinfo=UTC))
"""No made-up row is older."""
SECOND = 1_000_000
HOUR = 3_600 * SECOND
HUGE = 10**30
LARGE = 10**6
COMPANIES = [
    "Northwind Trading",
    "Contoso Retail",
    "Fabrikam Foods",
    "Blue Harbour Logistics",
    "Cedar & Stone Interiors",
    "Halcyon Robotics",
    "Juniper Bakery Supply",
    "Kestrel Air Cargo",
    "Lakeside Dental Group",
    "Meridian Textiles",
    "Café Zürich GmbH",
    "Óbidos Vinhos Lda",
    "Polaris <Marine> Ltd",
    "Sakura 貿易",
    "Tannhaus Brauerei AG",
]
CURRENCIES = ("EUR", "USD", "GBP", "SEK", "CHF", "KWD")
SCHEMES = ("visa", "mastercard", "sepa credit", "sepa debit", "ach", "rtp", "a2a", "amex", "other", "unknown")
FOREIGN_SCHEMES = ("carte_bancaire", "eftpos_au", "VISA", "alipay", "interac", "")
# In this order, so that a seed makes the same rows in every version.
STATUSES = (
    "PENDING",
    "SUCCEEDED",
    "CANCELLED",
    "FAILED",
    "EXPIRED",
    "REFUNDED",
    "REFUNDED_FAILURE",
    "DISPUTE",
    "DISPUTE_WON",
    "DISPUTE_LOST",
    "OTHER",
)
TYPES = ("PAY-IN", "PAY-IN", "PAYOUT", "TRANSFER", "OTHER")


@dataclass(frozen=True)
class Account:
    """A made-up account, as far as other rows need it."""

    id: str
    connector: ConnectorID
    reference: str
    internal: bool
    asset: str


class PaymentRow(NamedTuple):
    """A row of payments by its columns."""

    id: str
    connector_id: str
    created_at: int
    reference: str
    type: str
    status: str
    amount: str
    initial_amount: str
    scheme: str
    asset: str
    source_account_id: str | None
    destination_account_id: str | None
    raw: str | None
    adjustments: str
    metadata: str | None


def below(chance: random.Random, end: int) -> int:
    """The number that `chance.randrange(end)` would return, in half the time."""
    bits = end.bit_length()
    drawn = chance.getrandbits(bits)
    while drawn >= end:
        drawn = chance.getrandbits(bits)
    return drawn


def made_up_accounts(chance: random.Random, connectors: Sequence[ConnectorID]) -> Iterator[Account]:
    """Endless accounts of all connectors in turn; those of a connector are internal and external in turn."""
    for index, connector in enumerate(cycle(connectors)):
        reference = f"acct_{chance.getrandbits(64):016x}"
        yield Account(
            id=str(AccountID(connector, reference)),
            connector=connector,
            reference=reference,
            internal=index // len(connectors) % 2 == 0,
            asset=ingested(CURRENCIES[index % len(CURRENCIES)]),
        )


def account_rows(accounts: Iterable[Account], times: Iterable[int]) -> Iterator[dict[str, Any]]:
    """A row for each account.

    Args:
        accounts: the accounts.
        times: when each was created, in microseconds since 1970.
    """
    for index, (account, created_at) in enumerate(zip(accounts, times, strict=False)):
        company = COMPANIES[index % len(COMPANIES)]
        raw = {"id": account.reference, "object": "account", "holder": company, "position": index}
        metadata = {"ledger": f"entity-{index:04}", "team": "treasury"}
        yield {
            "id": account.id,
            "connector_id": str(account.connector),
            "created_at": created_at,
            "reference": account.reference,
            "type": "INTERNAL" if account.internal else "EXTERNAL" if index % 29 else "UNKNOWN",
            "default_currency": "" if index % 11 == 10 else account.asset,
            "account_name": company,
            "metadata": (None, None, "{}", encode(metadata))[index % 4],
            "raw": None if index % 7 == 6 else encode(raw),
        }


def payment_rows(
    chance: random.Random,
    accounts: Sequence[tuple[ConnectorID, Sequence[str]]],
    times: Iterator[int],
    *,
    first: int = 0,
    awkward: bool = False,
) -> Iterator[PaymentRow]:
    """Endless payments; every tenth has the time of the one before, so that the order of lists leaves some equal.

    Args:
        chance: makes the random choices.
        accounts: the connectors that payments may belong to, each with the ids of its accounts.
        times: when payments were created, in microseconds since 1970; taken one at a time.
        first: how many were made before; what changes by turns continues from there.
        awkward: whether some amounts are above 64 bits or below zero, and some assets are no currency.
    """
    nowhere: Sequence[str | None] = [None]
    connectors = [(connector, str(connector), own or nowhere) for connector, own in accounts]
    names = [encode(company) for company in COMPANIES]
    turns = {3: "JPY", 4: "DUMMYCOIN" if awkward else "EUR", 28: "JPY"}
    large = HUGE if awkward else LARGE
    created_at = 0
    for index in count(first):
        turn = index % 100
        connector, connector_id, between = connectors[below(chance, len(connectors))]
        if turn % 10 != 6 or not created_at:
            created_at = next(times)
        kind = TYPES[below(chance, len(TYPES))]
        status = STATUSES[below(chance, len(STATUSES))] if turn % 4 == 0 else "SUCCEEDED"
        currency = turns.get(turn) or CURRENCIES[below(chance, len(CURRENCIES))]
        amount = large + index if turn == 1 else 1 + below(chance, 2_000_000)
        if awkward and turn % 50 == 2:
            amount = -amount
        foreign = FOREIGN_SCHEMES[index // 25 % len(FOREIGN_SCHEMES)]
        prefixes = PROVIDERS[connector.provider].references
        reference = f"{prefixes[index % len(prefixes)]}{chance.getrandbits(80):020x}"
        raw = (
            f'{{"id":"{reference}","object":"payment","amount":{amount},"currency":"{currency.lower()}",'
            f'"created":{created_at // SECOND},"counterparty":{{"name":{names[index % len(names)]},"verified":true}},'
            '"fees":[{"type":"processing","rate":0.0029}]}'
        )
        adjusted = turn % 8 == 7
        yield PaymentRow(
            id=str(PaymentID(connector, reference, kind)),
            connector_id=connector_id,
            created_at=created_at,
            reference=reference,
            type=kind,
            status=status,
            amount=sortable(amount),
            initial_amount=sortable(amount + 500 if adjusted else amount),
            scheme=foreign if turn % 25 == 5 else SCHEMES[below(chance, len(SCHEMES))],
            asset=ingested(currency),
            source_account_id=None if kind in ("PAY-IN", "OTHER") else between[below(chance, len(between))],
            destination_account_id=None if kind in ("PAYOUT", "OTHER") else between[below(chance, len(between))],
            raw=None if turn == 8 else raw,
            adjustments=_adjustments(reference, amount, created_at, raw) if adjusted else "[]",
            metadata=f'{{"order":"A-{index:06}","channel":"web"}}' if turn % 5 == 0 else None,
        )


def _adjustments(reference: str, amount: int, created_at: int, raw: str) -> str:
    first = {"reference": reference, "createdAt": stamp(created_at), "status": "PENDING", "amount": amount + 500}
    second = {"reference": f"{reference}_1", "createdAt": stamp(created_at + HOUR), "status": "OTHER", "amount": amount}
    return f"[{splice(first, raw=raw)},{splice(second, raw=None)}]"
