"""Made-up payments and accounts of version 3.4, for the start of a sandbox and for later."""

import random
from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from typing import Any, NamedTuple

from payments_async.sandbox.currencies import ingested
from payments_async.sandbox.ids import ConnectorID, PaymentID, to_base64url
from payments_async.sandbox.rows import COMPANIES, CURRENCIES, HOUR, HUGE, LARGE, Account, account_rows, below
from payments_async.sandbox.store import sortable
from payments_async.sandbox.times import stamp
from payments_async.sandbox.v3.enums import PAYMENT_STATUSES, SCHEMES
from payments_async.sandbox.wire import encode

TYPES = ("PAY-IN", "PAY-IN", "PAYOUT", "TRANSFER", "OTHER")
SUBSCRIPTION = 1_900
"""The amount of every twentieth payment."""


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
    adjustments: str
    metadata: str


def fetched_account_rows(accounts: Iterable[Account], times: Iterable[int]) -> Iterator[dict[str, Any]]:
    """A row for each account; connectors leave out what their providers do not say."""
    for index, row in enumerate(account_rows(accounts, times)):
        kind = "INTERNAL" if row["type"] == "INTERNAL" else "EXTERNAL"
        unknown = {"default_currency": None} if index % 3 == 2 else {}
        yield row | {"type": kind, "account_name": row["account_name"] if index % 7 else None} | unknown


def payment_rows(
    chance: random.Random,
    accounts: Sequence[tuple[ConnectorID, Sequence[str]]],
    times: Iterator[int],
    *,
    first: int = 0,
    awkward: bool = False,
) -> Iterator[PaymentRow]:
    """Endless payments; every tenth has the time of the one before, and every twentieth the same amount.

    Args:
        chance: makes the random choices.
        accounts: the connectors that payments may belong to, each with the ids of its accounts.
        times: when payments were created, in microseconds since 1970; taken one at a time.
        first: how many were made before; what changes by turns continues from there.
        awkward: whether some amounts are above 64 bits or below zero.
    """
    nowhere: Sequence[str | None] = [None]
    connectors = [(connector, str(connector), own or nowhere) for connector, own in accounts]
    names = [encode(company) for company in COMPANIES]
    large = HUGE if awkward else LARGE
    created_at = 0
    for index in count(first):
        turn = index % 100
        connector, connector_id, between = connectors[below(chance, len(connectors))]
        if turn % 10 != 6 or not created_at:
            created_at = next(times)
        kind = TYPES[below(chance, len(TYPES))]
        status = PAYMENT_STATUSES[below(chance, len(PAYMENT_STATUSES))] if turn % 4 == 0 else "SUCCEEDED"
        asset = ingested("JPY" if turn in (3, 28) else CURRENCIES[below(chance, len(CURRENCIES))])
        amount = large + index if turn == 1 else 1 + below(chance, 2_000_000)
        if turn % 20 == 5:
            amount = SUBSCRIPTION
        if awkward and turn % 50 == 2:
            amount = -amount
        reference = f"pay-{chance.getrandbits(80):020x}"
        payment = PaymentID(connector, reference, kind)
        raw = f'{{"id":"{reference}","amount":"{amount}","counterparty":{names[index % len(names)]}}}'
        shared = {"amount": amount, "asset": f'"{asset}"', "metadata": "{}"}
        adjustments = _adjustment(payment, 0, created_at=created_at, status=status, **shared, raw=raw)
        if turn % 8 == 7:
            earlier = _adjustment(payment, 1, created_at=created_at - HOUR, status="PENDING", **shared, raw="null")
            adjustments = f"{adjustments},{earlier}"
        yield PaymentRow(
            id=str(payment),
            connector_id=connector_id,
            created_at=created_at,
            reference=reference,
            type=kind,
            status=status,
            amount=sortable(amount),
            initial_amount=sortable(amount),
            scheme=SCHEMES[below(chance, len(SCHEMES))],
            asset=asset,
            source_account_id=None if kind in ("PAY-IN", "OTHER") else between[below(chance, len(between))],
            destination_account_id=None if kind in ("PAYOUT", "OTHER") else between[below(chance, len(between))],
            adjustments=f"[{adjustments}]",
            metadata=f'{{"batch":"{index // 100}","channel":"web"}}' if turn % 5 == 0 else "{}",
        )


def _adjustment(payment: PaymentID, number: int, *, created_at: int, status: str, **encoded: Any) -> str:
    """JSON of an adjustment, formatted by hand, because each of a million payments has one."""
    reference, moment = f"{payment.reference}-{number}", stamp(created_at)
    identity = f'{{"CreatedAt":"{moment}","PaymentID":{payment.json},"Reference":"{reference}","Status":"{status}"}}'
    tail = ",".join(f'"{name}":{text}' for name, text in encoded.items())
    return (
        f'{{"id":"{to_base64url(identity.encode())}","reference":"{reference}","createdAt":"{moment}",'
        f'"status":"{status}",{tail}}}'
    )
