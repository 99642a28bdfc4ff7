"""What the providers of version 3.4 do with payment initiations; none is asked, and the amount decides what happens."""

import sqlite3
from typing import Any

from payments_async.sandbox.ids import AccountID, PaymentID
from payments_async.sandbox.store import document, number, sortable
from payments_async.sandbox.times import Instant, stamp
from payments_async.sandbox.v3.initiations import adjustment_id, find
from payments_async.sandbox.v3.payments import adjustment, store_payment
from payments_async.sandbox.v3.providers import PROVIDERS, known_connector, provider_word
from payments_async.sandbox.v3.tasks import NOT_FOUND
from payments_async.sandbox.v3.worker import TaskError
from payments_async.sandbox.world import World

FAILING, PENDING, REFUSED = 113, 150, 199
"""Amounts whose payments fail, stay open, and are not made at all."""
STATUSES = {FAILING: "FAILED", PENDING: "PENDING"}
REFUSAL = "unexpected status code"
MADE = {"SUCCEEDED": "PROCESSED", "FAILED": "FAILED"}
"""What a payment initiation becomes by the status of its payment; it stays PROCESSING by any other."""


def record(world: World, identity: str, status: str, *, error: str | None = None, **money: str | None) -> None:
    """Add a status to the history of a payment initiation, and make it the current one.

    Args:
        world: where it is.
        identity: its id.
        status: the status.
        error: why it failed.
        money: `amount` and `asset` if they are others than its own.
    """
    row, now = there(world, identity), world.now()
    newest = world.store.all("SELECT max(created_at) FROM initiation_adjustment WHERE initiation_id = ?", identity)
    if newest[0][0] is not None and newest[0][0] >= now.microseconds:
        # The time is part of the id, and a clock may stand still.
        now = Instant((newest[0][0] + 1) * 1_000)
    world.store.insert(
        "initiation_adjustment",
        id=adjustment_id(AccountID.parse(identity), str(now), status),
        initiation_id=identity,
        created_at=now.microseconds,
        status=status,
        amount=money.get("amount", row["amount"]),
        asset=money.get("asset", row["asset"]),
        error=error,
        metadata="{}",
    )
    world.store.run("UPDATE initiation SET status = ?, error = ? WHERE id = ?", status, error, identity)


def there(world: World, identity: str) -> sqlite3.Row:
    """The payment initiation of an id; the task fails if it was removed meanwhile."""
    row = find(world, identity)
    if row is None:
        raise TaskError(NOT_FOUND)
    return row


def attempts(world: World, identity: str) -> int:
    """How often a provider was asked for a payment."""
    counted = "SELECT count(*) AS number FROM initiation_adjustment WHERE initiation_id = ? AND status = 'PROCESSING'"
    row = world.store.one(counted, identity)
    return row["number"] if row else 0


def make(world: World, identity: str) -> str:
    """Make the payment, and return its id; accounts that do not exist are found out before, a missing one after."""
    row = there(world, identity)
    for account_id in filter(None, (row["source_account_id"], row["destination_account_id"])):
        if world.store.one("SELECT 1 FROM account WHERE id = ?", account_id) is None:
            raise TaskError(NOT_FOUND)
    connector = known_connector(row["connector_id"])
    if f"CREATE_{row['type']}" not in PROVIDERS[provider_word(connector.provider)].capabilities:
        raise TaskError("not implemented")
    record(world, identity, "PROCESSING")
    amount = number(row["amount"])
    refusal = "source account is required" if row["source_account_id"] is None else ""
    if refusal or amount == REFUSED:
        record(world, identity, "FAILED", error=refusal or REFUSAL)
        raise TaskError(refusal or REFUSAL)
    status = STATUSES.get(amount, "SUCCEEDED")
    payment_id = _pay(world, row, row["reference"], status, amount=amount, initial_amount=amount)
    if status in MADE:
        record(world, identity, MADE[status])
    return payment_id


def refuse(world: World, identity: str, error: str) -> None:
    """Record that the provider refuses the payment."""
    if find(world, identity) is not None:
        record(world, identity, "PROCESSING")
        record(world, identity, "FAILED", error=error)


def take_back(world: World, identity: str, reference: str, amount: int) -> str:
    """Take back a part of the payment, and return the id of the payment with the refund."""
    row = there(world, identity)
    history = world.store.all("SELECT status FROM initiation_adjustment WHERE initiation_id = ?", identity)
    if all(each["status"] != "PROCESSED" for each in history):
        raise TaskError("payment initiation not processed")
    taken = world.store.all("SELECT amount FROM reversal WHERE initiation_id = ? AND status = 'REVERSED'", identity)
    if amount > number(row["amount"]) - sum(number(each["amount"]) for each in taken):
        raise TaskError("cannot reverse more than the amount")
    record(world, identity, "REVERSE_PROCESSING", amount=sortable(amount))
    connector = known_connector(row["connector_id"])
    able = PROVIDERS[provider_word(connector.provider)].reverses
    reversal = {"id": str(AccountID(connector, reference)), "initiation_id": identity, "amount": sortable(amount)}
    world.store.insert("reversal", **reversal, status="REVERSED" if able else "REVERSE_FAILED")
    record(world, identity, "REVERSED" if able else "REVERSE_FAILED", amount=sortable(amount))
    if not able:
        raise TaskError("not implemented")
    return _pay(world, row, reference, "REFUNDED", amount=amount, initial_amount=amount)


def _pay(world: World, row: sqlite3.Row, reference: str, status: str, *, amount: int, initial_amount: int) -> str:
    """Store a payment of the provider, and relate it to its payment initiation."""
    payment, now = PaymentID(known_connector(row["connector_id"]), reference, row["type"]), world.now()
    moment = stamp(now.microseconds)
    sent: dict[str, Any] = {"id": f"{row['type'].lower()}-{reference}", "amount": f"{amount}", "status": status}
    made = adjustment(
        payment,
        reference=f"{row['type'].lower()}-{reference}-{attempts(world, row['id'])}",
        createdAt=moment,
        status=status,
        amount=amount,
        asset=row["asset"],
        metadata=None,
        raw=sent,
    )
    members = {
        "id": str(payment),
        "connector_id": row["connector_id"],
        "created_at": Instant(now.microseconds * 1_000),
        "reference": reference,
        "type": row["type"],
        "initial_amount": initial_amount,
        "amount": amount,
        "asset": row["asset"],
        "scheme": "OTHER",
        "source_account_id": row["source_account_id"],
        "destination_account_id": row["destination_account_id"],
        "metadata": document({}) if status == "REFUNDED" else row["metadata"],
    }
    store_payment(world, members, [made])
    world.store.run("INSERT OR IGNORE INTO initiation_payment VALUES (?, ?)", row["id"], str(payment))
    return str(payment)
