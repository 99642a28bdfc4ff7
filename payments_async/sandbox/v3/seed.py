"""The rows that a sandbox of version 3.4 starts with, which are the same for the same counts and seed."""

import random
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import count, cycle, islice

from payments_async.sandbox.counts import Counts
from payments_async.sandbox.ids import AccountID, ConnectorID
from payments_async.sandbox.rows import COMPANIES, HOUR, HUGE, SECOND, START, Account, made_up_accounts
from payments_async.sandbox.seed import (
    BANKS,
    DAY,
    Row,
    balance_rows,
    insert_gradually,
    payment_times,
    seed_pools,
    seeded_uuid,
)
from payments_async.sandbox.store import Store, sortable
from payments_async.sandbox.times import stamp
from payments_async.sandbox.v3.configs import example_config
from payments_async.sandbox.v3.initiations import adjustment_id
from payments_async.sandbox.v3.providers import PROVIDERS
from payments_async.sandbox.v3.rows import PaymentRow, fetched_account_rows, payment_rows
from payments_async.sandbox.v3.schedules import run_rows, schedule_id, schedule_rows
from payments_async.sandbox.wire import encode

ORDER = ("generic", "dummypay", *(name for name in PROVIDERS if name not in ("generic", "dummypay")))
"""In which order connectors are made: first those that accounts and payments can be created with."""
HISTORIES = (
    ("WAITING_FOR_VALIDATION",),
    ("WAITING_FOR_VALIDATION", "PROCESSING", "PROCESSED"),
    ("WAITING_FOR_VALIDATION", "PROCESSING", "FAILED"),
    ("WAITING_FOR_VALIDATION", "REJECTED"),
    ("WAITING_FOR_VALIDATION", "PROCESSING", "FAILED", "PROCESSING", "PROCESSED"),
    ("WAITING_FOR_VALIDATION", "PROCESSING"),
    ("WAITING_FOR_VALIDATION", "PROCESSING", "PROCESSED", "REVERSE_PROCESSING", "REVERSED"),
)
ORDER_STATUSES = ("FILLED", "OPEN", "CANCELLED", "PARTIALLY_FILLED", "PENDING", "EXPIRED", "FAILED")
ORDER_TYPES = ("MARKET", "LIMIT", "STOP_LIMIT", "TWAP")


async def seed_store(store: Store, counts: Counts, seed: int, *, awkward: bool) -> None:
    """Create the tables of an empty database and fill them; if that fails, it stays empty."""
    chance = random.Random(seed)
    with store.transaction():
        store.create_tables()
        connectors = [ConnectorID(name, seeded_uuid(chance)) for name in islice(cycle(ORDER), counts.connectors)]
        accounts = list(islice(made_up_accounts(chance, connectors), counts.accounts))
        internal = [account for account in accounts if account.internal]
        store.insert_all("connector", _connector_rows(connectors))
        schedules = list(_schedule_rows(connectors, accounts, counts.tasks))
        store.insert_all("schedule", schedules)
        store.insert_all("instance", run_rows(schedules))
        await insert_gradually(
            partial(store.insert_all, "account"), fetched_account_rows(accounts, count(START, 60 * SECOND))
        )
        balances = balance_rows(accounts, counts.balances, chance, awkward=awkward)
        await insert_gradually(partial(store.insert_all, "balance"), balances)
        payments = _payment_rows(connectors, accounts, counts.payments, chance, awkward=awkward)
        await insert_gradually(partial(store.insert_rows, "payment", PaymentRow._fields), payments)
        seed_pools(store, internal, counts.pools, chance)
        _seed_users(store, counts.users, chance)
        _seed_bank_accounts(store, accounts, counts, chance)
        _seed_initiations(store, internal, accounts, counts.transfers, chance)
        store.insert_all("orders", _order_rows(connectors, counts.orders, chance, awkward=awkward))
        store.insert_all("conversion", _conversion_rows(connectors, counts.conversions, chance, awkward=awkward))
        # After the rows, because creating an index takes half the time of keeping it up to date.
        store.create_indices()
    # After the rows, because their log would be as large as the database.
    store.run("PRAGMA journal_mode = WAL")


def _connector_rows(connectors: Sequence[ConnectorID]) -> Iterator[Row]:
    for index, connector in enumerate(connectors):
        again = index // len(ORDER)
        name = connector.provider + (f"-{again + 1}" if again else "")
        created_at = START + index * SECOND
        yield {
            "id": str(connector),
            "provider": connector.provider,
            "name": name,
            "created_at": created_at,
            "updated_at": created_at + 15_000,
            "config": encode(example_config(connector.provider, name)),
        }


def _schedule_rows(connectors: Sequence[ConnectorID], accounts: Sequence[Account], number: int) -> Iterator[Row]:
    """What each connector fetches, then the balances of its accounts."""
    every = [row for connector in connectors for row in schedule_rows(connector, START)]
    every += [
        {"id": schedule_id(each.connector, "FETCH_BALANCES", each.reference), "connector_id": str(each.connector)}
        for each in accounts
        if each.internal
    ]
    for index, row in enumerate(every[:number]):
        yield {"id": row["id"], "connector_id": row["connector_id"], "created_at": START + index * SECOND}


def _payment_rows(
    connectors: Sequence[ConnectorID], accounts: Sequence[Account], number: int, chance: random.Random, *, awkward: bool
) -> Iterator[PaymentRow]:
    own = [[each.id for each in accounts[index :: len(connectors)]] for index in range(len(connectors))]
    owners = list(zip(connectors, own, strict=True))
    return islice(payment_rows(chance, owners, payment_times(chance, number), awkward=awkward), number)


def _seed_users(store: Store, number: int, chance: random.Random) -> None:
    for index in range(number):
        country = BANKS[index % len(BANKS)][0]
        contact = {"email": f"user-{index:03}@example.com", "phoneNumber": f"+3361234{index:04}", "locale": "fr-FR"}
        address = {"streetName": "Market Street", "streetNumber": f"{index + 1}", "city": "Paris", "country": country}
        store.insert(
            "user",
            id=seeded_uuid(chance),
            name=COMPANIES[index % len(COMPANIES)],
            created_at=START + index * HOUR,
            contact_details=encode(contact) if index % 3 else None,
            address=encode(address) if index % 3 == 1 else None,
            metadata=encode({"segment": "retail"}) if index % 2 else None,
        )


def _seed_bank_accounts(store: Store, accounts: Sequence[Account], counts: Counts, chance: random.Random) -> None:
    users = [row["id"] for row in store.all("SELECT id FROM user ORDER BY rowid")]
    takers = [
        each for each in accounts if not each.internal and PROVIDERS[each.connector.provider].creates_bank_accounts
    ]
    for index in range(counts.bank_accounts):
        bank_account_id, created_at = seeded_uuid(chance), START + index * HOUR
        country, swift = BANKS[index % len(BANKS)]
        number = f"{chance.randrange(10**12):012}"
        store.insert(
            "bank_account",
            id=bank_account_id,
            created_at=created_at,
            name=f"{COMPANIES[index % len(COMPANIES)]} operating account",
            country=country,
            iban=f"{country}{chance.randint(10, 98)}{number}" if index % 3 else None,
            account_number=None if index % 3 == 1 else number,
            swift_bic_code=swift,
            metadata=encode({"branch": f"{index:03}"}) if index % 2 else "{}",
            psu_id=users[index // 2 % len(users)] if users and index % 2 else None,
        )
        if index < len(takers):
            related = {"bank_account_id": bank_account_id, "account_id": takers[index].id}
            store.insert("related_account", **related, created_at=created_at + SECOND)


def _seed_initiations(
    store: Store, internal: Sequence[Account], accounts: Sequence[Account], number: int, chance: random.Random
) -> None:
    external = [account for account in accounts if not account.internal]
    for index in range(number):
        source, payout = internal[index % len(internal)], bool(external) and index % 2 == 1
        destination, kind = chance.choice(external if payout else internal), "PAYOUT" if payout else "TRANSFER"
        history, created_at = HISTORIES[index % len(HISTORIES)], START + index * HOUR
        identity = AccountID(source.connector, f"pi-{index:05}")
        amount, asset, failed = sortable(chance.randint(200, 900_000)), source.asset, history[-1] == "FAILED"
        store.insert(
            "initiation",
            id=str(identity),
            connector_id=str(source.connector),
            created_at=created_at,
            scheduled_at=created_at + DAY if index % 3 == 0 else None,
            reference=identity.reference,
            description=f"Settlement {index + 1}",
            type=kind,
            source_account_id=source.id,
            destination_account_id=destination.id,
            amount=amount,
            asset=asset,
            metadata=encode({"batch": f"B-{index // 10}"}) if index % 4 == 0 else "{}",
            status=history[-1],
            error="unexpected status code" if failed else None,
        )
        for step, status in enumerate(history):
            moment = created_at + step * SECOND
            store.insert(
                "initiation_adjustment",
                id=adjustment_id(identity, stamp(moment), status),
                initiation_id=str(identity),
                created_at=moment,
                status=status,
                amount=None if status == "REJECTED" else amount,
                asset=None if status == "REJECTED" else asset,
                error="unexpected status code" if status == "FAILED" else None,
                metadata="{}",
            )


def _order_rows(
    connectors: Sequence[ConnectorID], number: int, chance: random.Random, *, awkward: bool
) -> Iterator[Row]:
    for index in range(number):
        connector, created_at = connectors[index % len(connectors)], START + index * HOUR
        ordered = HUGE + index if awkward and index % 10 == 1 else chance.randint(1, 10**9)
        filled, status = index % 2 == 0, ORDER_STATUSES[index % len(ORDER_STATUSES)]
        yield {
            "id": str(AccountID(connector, f"order-{index:05}")),
            "connector_id": str(connector),
            "created_at": created_at,
            "updated_at": created_at,
            "reference": f"order-{index:05}",
            "client_order_id": f"client-{index}" if index % 4 == 0 else None,
            "direction": ("BUY", "SELL")[index % 2],
            "source_asset": "BTC/8",
            "destination_asset": "USD/2",
            "type": ORDER_TYPES[index % len(ORDER_TYPES)],
            "status": status,
            "base_quantity_ordered": sortable(ordered),
            "base_quantity_filled": sortable(ordered // 2) if filled else None,
            "limit_price": sortable(6_500_000) if index % 4 == 1 else None,
            "time_in_force": ("GOOD_UNTIL_CANCELLED", "IMMEDIATE_OR_CANCEL")[index % 2],
            "expires_at": created_at + DAY if index % 4 == 1 else None,
            "fee": sortable(index % 50) if filled else None,
            "fee_asset": "USD/2" if filled else None,
            "metadata": "{}",
            "adjustments": "[]",
        }


def _conversion_rows(
    connectors: Sequence[ConnectorID], number: int, chance: random.Random, *, awkward: bool
) -> Iterator[Row]:
    for index in range(number):
        connector, created_at = connectors[index % len(connectors)], START + index * HOUR
        amount = HUGE + index if awkward and index % 10 == 1 else chance.randint(1, 10**9)
        done = index % 4 == 0
        yield {
            "id": str(AccountID(connector, f"conversion-{index:05}")),
            "connector_id": str(connector),
            "created_at": created_at,
            "updated_at": created_at,
            "reference": f"conversion-{index:05}",
            "source_asset": "USD/2",
            "destination_asset": "EUR/2",
            "source_amount": sortable(amount),
            "destination_amount": sortable(amount * 9 // 10) if done else None,
            "fee": sortable(1 + index % 50) if done else None,
            "fee_asset": "USD/2" if done else None,
            "status": ("COMPLETED", "PENDING", "FAILED", "UNKNOWN")[index % 4],
            "metadata": "{}",
            "raw": "{}",
        }
