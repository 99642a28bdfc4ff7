"""Made-up rows: as many as asked for, the same for the same counts and seed, the awkward ones among them."""

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import cycle, islice
from typing import Any

from payments_async.sandbox.configs import example_config
from payments_async.sandbox.counts import Counts
from payments_async.sandbox.currencies import ingested
from payments_async.sandbox.filters import PAYMENT_STATUSES
from payments_async.sandbox.ids import AccountID, ConnectorID, PaymentID
from payments_async.sandbox.providers import PROVIDERS
from payments_async.sandbox.store import Store, sortable
from payments_async.sandbox.times import microseconds, stamp
from payments_async.sandbox.wire import encode, splice

Row = dict[str, Any]

START = microseconds(datetime(2024, 1, 8, 9, 30, tzinfo=UTC))
SECOND = 1_000_000
HOUR = 3_600 * SECOND
DAY = 24 * HOUR
YEAR = 365 * DAY
HUGE = 10**30
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
BANKS = (("DE", "DEUTDEFF"), ("FR", "BNPAFRPP"), ("GB", "BARCGB22"), ("SE", "ESSESESS"), ("NL", "INGBNL2A"))
CURRENCIES = ("EUR", "USD", "GBP", "SEK", "CHF", "KWD")
SCHEMES = ("visa", "mastercard", "sepa credit", "sepa debit", "ach", "rtp", "a2a", "amex", "other", "unknown")
FOREIGN_SCHEMES = ("carte_bancaire", "eftpos_au", "VISA", "alipay", "interac", "")
TYPES = ("PAY-IN", "PAY-IN", "PAYOUT", "TRANSFER", "OTHER")
HISTORIES = (
    ("WAITING_FOR_VALIDATION",),
    ("WAITING_FOR_VALIDATION", "VALIDATED", "PROCESSING", "PROCESSED"),
    ("VALIDATED", "PROCESSING", "FAILED"),
    ("WAITING_FOR_VALIDATION", "REJECTED"),
    ("VALIDATED", "PROCESSING", "FAILED", "ASK_RETRIED", "PROCESSING", "PROCESSED"),
    ("VALIDATED", "PROCESSING"),
    ("VALIDATED", "PROCESSING", "PROCESSED", "ASK_REVERSED", "PARTIALLY_REVERSED"),
)


@dataclass(frozen=True)
class Account:
    """What other rows need to know of a seeded account."""

    id: str
    connector: ConnectorID
    internal: bool
    asset: str


def seed_store(store: Store, counts: Counts, seed: int) -> None:
    """Make the tables of an empty database and fill them, or leave it empty."""
    chance = random.Random(seed)
    with store.transaction():
        store.create()
        connectors = [ConnectorID(provider, _uuid(chance)) for provider in islice(cycle(PROVIDERS), counts.connectors)]
        accounts = _accounts(connectors, counts.accounts, chance)
        store.insert_all("connector", _connector_rows(connectors))
        store.insert_all("task", _task_rows(connectors, counts.tasks, chance))
        store.insert_all("account", _account_rows(accounts))
        store.insert_all("balance", _balance_rows(accounts, counts.balances, chance))
        store.insert_all("payment", _payment_rows(connectors, accounts, counts.payments, chance))
        _seed_pools(store, accounts, counts.pools, chance)
        _seed_bank_accounts(store, accounts, counts.bank_accounts, chance)
        _seed_transfers(store, accounts, counts.transfers, chance)


def _accounts(connectors: list[ConnectorID], count: int, chance: random.Random) -> list[Account]:
    """Accounts of all connectors in turn, internal and external ones alternating at each."""
    return [
        Account(
            id=str(AccountID(connector, f"acct_{chance.getrandbits(64):016x}")),
            connector=connector,
            internal=index // len(connectors) % 2 == 0,
            asset=ingested(CURRENCIES[index % len(CURRENCIES)]),
        )
        for index, connector in enumerate(islice(cycle(connectors), count))
    ]


def _connector_rows(connectors: list[ConnectorID]) -> Iterator[Row]:
    for index, connector in enumerate(connectors):
        again = index // len(PROVIDERS)
        name = connector.provider.lower() + (f"-{again + 1}" if again else "")
        yield {
            "id": str(connector),
            "provider": connector.provider,
            "name": name,
            "created_at": START + index * SECOND,
            "config": encode(example_config(connector.provider, name)),
        }


def _task_rows(connectors: list[ConnectorID], count: int, chance: random.Random) -> Iterator[Row]:
    states = (None, None, encode({"last_created_at": stamp(START)}), encode({"page": 12, "cursor": {"after": "t_42"}}))
    for index, connector in enumerate(islice(cycle(connectors), count)):
        provider, turn = PROVIDERS[connector.provider], index // len(connectors)
        failed = turn % 9 == 8
        yield {
            "id": _uuid(chance),
            "connector_id": str(connector),
            "created_at": START + index * SECOND,
            "descriptor": encode(provider.describe(**provider.tasks[turn % len(provider.tasks)])),
            "status": "FAILED" if failed else ("ACTIVE", "TERMINATED", "ACTIVE", "STOPPED")[turn % 4],
            "state": states[turn % 4],
            "error": "provider answered 503" if failed else "",
        }


def _account_rows(accounts: list[Account]) -> Iterator[Row]:
    for index, account in enumerate(accounts):
        reference, company = AccountID.parse(account.id).reference, COMPANIES[index % len(COMPANIES)]
        raw = {"id": reference, "object": "account", "holder": company, "position": index}
        metadata = {"ledger": f"entity-{index:04}", "team": "treasury"}
        yield {
            "id": account.id,
            "connector_id": str(account.connector),
            "created_at": START + index * 60 * SECOND,
            "reference": reference,
            "type": "INTERNAL" if account.internal else "EXTERNAL" if index % 29 else "UNKNOWN",
            "default_currency": "" if index % 11 == 10 else account.asset,
            "account_name": company,
            "metadata": (None, None, "{}", encode(metadata))[index % 4],
            "raw": None if index % 7 == 6 else encode(raw),
        }


def _balance_rows(accounts: list[Account], count: int, chance: random.Random) -> Iterator[Row]:
    """One interval after the other for every internal account, a day each."""
    internal = [account for account in accounts if account.internal]
    for index, account in enumerate(islice(cycle(internal), count)):
        since = START + index // len(internal) * DAY
        yield {
            "account_id": account.id,
            "created_at": since,
            "last_updated_at": since + DAY - SECOND,
            "currency": account.asset,
            "balance": sortable(HUGE + index if index % 100 == 1 else chance.randint(-50_000, 5_000_000)),
        }


def _payment_rows(
    connectors: list[ConnectorID], accounts: list[Account], count: int, chance: random.Random
) -> Iterator[Row]:
    names = [str(connector) for connector in connectors]
    own: list[list[str | None]] = [[] for _ in connectors]
    for index, account in enumerate(accounts):
        own[index % len(connectors)].append(account.id)
    created_at = START
    for index in range(count):
        turn, which = index % 100, chance.randrange(len(connectors))
        # Every tenth shares its time with the one before: the order of equals is the server's secret.
        created_at += 0 if turn % 10 == 6 else chance.randint(1, 2 * YEAR // count)
        kind = TYPES[chance.randrange(len(TYPES))]
        status = PAYMENT_STATUSES[chance.randrange(len(PAYMENT_STATUSES))] if turn % 4 == 0 else "SUCCEEDED"
        currency = {3: "JPY", 4: "DUMMYCOIN", 28: "JPY"}.get(turn) or CURRENCIES[chance.randrange(len(CURRENCIES))]
        amount = HUGE + index if turn == 1 else chance.randint(1, 2_000_000) * (-1 if turn % 50 == 2 else 1)
        foreign = FOREIGN_SCHEMES[index // 25 % len(FOREIGN_SCHEMES)]
        prefixes = PROVIDERS[connectors[which].provider].references
        reference = f"{prefixes[index % len(prefixes)]}{chance.getrandbits(80):020x}"
        between = own[which] or [None]
        raw = _raw(reference, amount, currency, created_at, COMPANIES[index % len(COMPANIES)])
        adjusted = turn % 8 == 7
        yield {
            "id": str(PaymentID(connectors[which], reference, kind)),
            "connector_id": names[which],
            "created_at": created_at,
            "reference": reference,
            "type": kind,
            "status": status,
            "amount": sortable(amount),
            "initial_amount": sortable(amount + 500 if adjusted else amount),
            "scheme": foreign if turn % 25 == 5 else SCHEMES[chance.randrange(len(SCHEMES))],
            "asset": ingested(currency),
            "source_account_id": None if kind in ("PAY-IN", "OTHER") else between[chance.randrange(len(between))],
            "destination_account_id": None if kind in ("PAYOUT", "OTHER") else between[chance.randrange(len(between))],
            "raw": None if turn == 8 else raw,
            "adjustments": _adjustments(reference, amount, created_at, raw) if adjusted else "[]",
            "metadata": encode({"order": f"A-{index:06}", "channel": "web"}) if turn % 5 == 0 else None,
        }


def _raw(reference: str, amount: int, currency: str, created_at: int, counterparty: str) -> str:
    return encode(
        {
            "id": reference,
            "object": "payment",
            "amount": amount,
            "currency": currency.lower(),
            "created": created_at // SECOND,
            "counterparty": {"name": counterparty, "verified": True},
            "fees": [{"type": "processing", "rate": 0.0029}],
        }
    )


def _adjustments(reference: str, amount: int, created_at: int, raw: str) -> str:
    first = {"reference": reference, "createdAt": stamp(created_at), "status": "PENDING", "amount": amount + 500}
    second = {"reference": f"{reference}_1", "createdAt": stamp(created_at + HOUR), "status": "OTHER", "amount": amount}
    return f"[{splice(first, raw=raw)},{splice(second, raw=None)}]"


def _seed_pools(store: Store, accounts: list[Account], count: int, chance: random.Random) -> None:
    for index in range(count):
        pool_id = _uuid(chance)
        name = f"{COMPANIES[index % len(COMPANIES)]} {index + 1:03}"
        store.insert("pool", id=pool_id, name=name, created_at=START + index * HOUR)
        members = chance.sample(accounts, min(len(accounts), chance.randint(1, 5)))
        store.insert_all("pool_account", [{"pool_id": pool_id, "account_id": account.id} for account in members])


def _seed_bank_accounts(store: Store, accounts: list[Account], count: int, chance: random.Random) -> None:
    takers = [
        each for each in accounts if not each.internal and PROVIDERS[each.connector.provider].creates_bank_accounts
    ]
    for index in range(count):
        bank_account_id, created_at = _uuid(chance), START + index * HOUR
        country, swift = BANKS[index % len(BANKS)]
        number = f"{chance.randrange(10**12):012}"
        store.insert(
            "bank_account",
            id=bank_account_id,
            created_at=created_at,
            name=f"{COMPANIES[index % len(COMPANIES)]} operating account",
            country=country,
            iban=f"{country}{chance.randint(10, 98)}{number}" if index % 3 else "",
            account_number="" if index % 3 == 1 else number,
            swift_bic_code=swift,
            metadata=encode({"branch": f"{index:03}"}) if index % 2 else None,
        )
        if index < len(takers):
            related = takers[index]
            store.insert(
                "related_account",
                id=_uuid(chance),
                created_at=created_at + SECOND,
                bank_account_id=bank_account_id,
                connector_id=str(related.connector),
                account_id=related.id,
            )


def _seed_transfers(store: Store, accounts: list[Account], count: int, chance: random.Random) -> None:
    internal = [account for account in accounts if account.internal]
    external = [account for account in accounts if not account.internal]
    for index in range(count):
        source = internal[index % len(internal)]
        payout = bool(external) and index % 2 == 1
        destination = chance.choice(external if payout else internal)
        kind, history = "PAYOUT" if payout else "TRANSFER", HISTORIES[index % len(HISTORIES)]
        reference, amount, created_at = f"ti-{index:05}", chance.randint(100, 900_000), START + index * HOUR
        transfer_id = str(AccountID(source.connector, reference))
        reversed_part = amount // 4 if history[-1] == "PARTIALLY_REVERSED" else 0
        store.insert(
            "transfer_initiation",
            id=transfer_id,
            connector_id=str(source.connector),
            provider=source.connector.provider,
            created_at=created_at,
            scheduled_at=created_at + DAY if index % 3 == 0 else None,
            reference=reference,
            description=f"Settlement {index + 1}",
            type=kind,
            source_account_id=None if index % 10 == 9 else source.id,
            destination_account_id=destination.id,
            amount=sortable(amount - reversed_part),
            initial_amount=sortable(amount),
            asset=source.asset,
            metadata=encode({"batch": f"B-{index // 10}"}) if index % 4 == 0 else None,
        )
        for step, status in enumerate(history):
            store.insert(
                "transfer_adjustment",
                id=_uuid(chance),
                transfer_id=transfer_id,
                created_at=created_at + step * SECOND,
                status=status,
                error="insufficient funds" if status == "FAILED" else "",
                metadata="{}" if status == "ASK_RETRIED" else None,
            )
        if "PROCESSED" in history:
            store.insert(
                "transfer_payment",
                transfer_id=transfer_id,
                payment_id=str(PaymentID(source.connector, f"{reference}-{index}", kind)),
                created_at=created_at + SECOND,
                status="PROCESSED",
                error="",
            )


def _uuid(chance: random.Random) -> str:
    return str(uuid.UUID(int=chance.getrandbits(128), version=4))
