"""The rows that a sandbox starts with, which are the same for the same counts and seed."""

import asyncio
import random
import uuid
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import count, cycle, islice
from typing import Any, TypeVar

from payments_async.sandbox.configs import example_config
from payments_async.sandbox.counts import Counts
from payments_async.sandbox.ids import AccountID, ConnectorID, PaymentID
from payments_async.sandbox.providers import PROVIDERS
from payments_async.sandbox.rows import (
    COMPANIES,
    HOUR,
    HUGE,
    LARGE,
    SECOND,
    START,
    Account,
    PaymentRow,
    account_rows,
    below,
    made_up_accounts,
    payment_rows,
)
from payments_async.sandbox.store import Store, sortable
from payments_async.sandbox.times import stamp
from payments_async.sandbox.wire import encode

Row = dict[str, Any]
T = TypeVar("T")

DAY = 24 * HOUR
YEAR = 365 * DAY
BANKS = (("DE", "DEUTDEFF"), ("FR", "BNPAFRPP"), ("GB", "BARCGB22"), ("SE", "ESSESESS"), ("NL", "INGBNL2A"))
HISTORIES = (
    ("WAITING_FOR_VALIDATION",),
    ("WAITING_FOR_VALIDATION", "VALIDATED", "PROCESSING", "PROCESSED"),
    ("VALIDATED", "PROCESSING", "FAILED"),
    ("WAITING_FOR_VALIDATION", "REJECTED"),
    ("VALIDATED", "PROCESSING", "FAILED", "ASK_RETRIED", "PROCESSING", "PROCESSED"),
    ("VALIDATED", "PROCESSING"),
    ("VALIDATED", "PROCESSING", "PROCESSED", "ASK_REVERSED", "PARTIALLY_REVERSED"),
)


async def seed_store(store: Store, counts: Counts, seed: int, *, awkward: bool) -> None:
    """Create the tables of an empty database and fill them; if that fails, it stays empty."""
    chance = random.Random(seed)
    with store.transaction():
        store.create_tables()
        connectors = [
            ConnectorID(provider, seeded_uuid(chance)) for provider in islice(cycle(PROVIDERS), counts.connectors)
        ]
        accounts = list(islice(made_up_accounts(chance, connectors), counts.accounts))
        store.insert_all("connector", _connector_rows(connectors))
        store.insert_all("task", _task_rows(connectors, counts.tasks, chance))
        await insert_gradually(partial(store.insert_all, "account"), account_rows(accounts, count(START, 60 * SECOND)))
        balances = balance_rows(accounts, counts.balances, chance, awkward=awkward)
        await insert_gradually(partial(store.insert_all, "balance"), balances)
        payments = _payment_rows(connectors, accounts, counts.payments, chance, awkward=awkward)
        await insert_gradually(partial(store.insert_rows, "payment", PaymentRow._fields), payments)
        seed_pools(store, accounts, counts.pools, chance)
        _seed_bank_accounts(store, accounts, counts.bank_accounts, chance)
        _seed_transfers(store, accounts, counts.transfers, chance)
        # After the rows, because creating an index takes half the time of keeping it up to date.
        store.create_indices()
    # After the rows, because their log would be as large as the database.
    store.run("PRAGMA journal_mode = WAL")


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
        kinds = provider.tasks + provider.later
        failed = turn % 9 == 8
        yield {
            "id": seeded_uuid(chance),
            "connector_id": str(connector),
            "created_at": START + index * SECOND,
            "descriptor": encode(provider.describe(**kinds[turn % len(kinds)])),
            "status": "FAILED" if failed else ("ACTIVE", "TERMINATED", "ACTIVE", "STOPPED")[turn % 4],
            "state": states[turn % 4],
            "error": "provider answered 503" if failed else "",
        }


def balance_rows(accounts: list[Account], count: int, chance: random.Random, *, awkward: bool) -> Iterator[Row]:
    """Consecutive intervals of a day each for every internal account."""
    internal = [account for account in accounts if account.internal]
    for index, account in enumerate(islice(cycle(internal), count)):
        since = START + index // len(internal) * DAY
        large = (HUGE if awkward else LARGE) + index
        yield {
            "account_id": account.id,
            "created_at": since,
            "last_updated_at": since + DAY - SECOND,
            "currency": account.asset,
            "balance": sortable(large if index % 100 == 1 else chance.randint(-50_000, 5_000_000)),
        }


def _payment_rows(
    connectors: list[ConnectorID], accounts: list[Account], number: int, chance: random.Random, *, awkward: bool
) -> Iterator[PaymentRow]:
    own = [[each.id for each in accounts[index :: len(connectors)]] for index in range(len(connectors))]
    owners = list(zip(connectors, own, strict=True))
    return islice(payment_rows(chance, owners, payment_times(chance, number), awkward=awkward), number)


def payment_times(chance: random.Random, number: int) -> Iterator[int]:
    """Times of payments, each later than the one before, all within two years."""
    created_at = START
    while True:
        created_at += 1 + below(chance, 2 * YEAR // number)
        yield created_at


def seed_pools(store: Store, accounts: Sequence[Account], count: int, chance: random.Random) -> None:
    """Add pools of up to five accounts."""
    for index in range(count):
        pool_id = seeded_uuid(chance)
        name = f"{COMPANIES[index % len(COMPANIES)]} {index + 1:03}"
        store.insert("pool", id=pool_id, name=name, created_at=START + index * HOUR)
        members = chance.sample(accounts, min(len(accounts), chance.randint(1, 5)))
        store.insert_all("pool_account", [{"pool_id": pool_id, "account_id": account.id} for account in members])


def _seed_bank_accounts(store: Store, accounts: list[Account], count: int, chance: random.Random) -> None:
    takers = [
        each for each in accounts if not each.internal and PROVIDERS[each.connector.provider].creates_bank_accounts
    ]
    for index in range(count):
        bank_account_id, created_at = seeded_uuid(chance), START + index * HOUR
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
                id=seeded_uuid(chance),
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
                id=seeded_uuid(chance),
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


async def insert_gradually(insert: Callable[[list[T]], None], rows: Iterator[T]) -> None:
    """Insert rows a thousand at a time, and let the event loop run other tasks in between."""
    while part := list(islice(rows, 1_000)):
        insert(part)
        await asyncio.sleep(0)


def seeded_uuid(chance: random.Random) -> str:
    """A UUID that the seed decides."""
    return str(uuid.UUID(int=chance.getrandbits(128), version=4))
