"""Simulated providers: none is asked, transfers are carried out at once, and the config decides what fails."""

import sqlite3
from urllib.parse import urlsplit

from payments_async.sandbox import jsontext, wire
from payments_async.sandbox.configs import Config
from payments_async.sandbox.currencies import takes
from payments_async.sandbox.ids import AccountID, ConnectorID, PaymentID, new_uuid
from payments_async.sandbox.providers import PROVIDERS
from payments_async.sandbox.store import document, sortable
from payments_async.sandbox.times import SECOND
from payments_async.sandbox.transfers import find, record
from payments_async.sandbox.world import World

UNREACHABLE_PORT = 9
"""The port of an endpoint that cannot be reached; nothing listens there."""
STRIPE_KEYS = ("sk_test_", "sk_live_", "rk_test_", "rk_live_")
REFUSED = "dial tcp: connect: connection refused"


def start_connector(world: World, connector: ConnectorID, config: Config) -> None:
    """Start the tasks of an installed connector; INTERNAL if it needs its provider for that and cannot reach it."""
    provider = connector.provider
    asks_first = provider == "MANGOPAY" or (
        provider == "BANKING-CIRCLE" and config["userCertificate"].startswith("-----BEGIN")
    )
    fault = _fault(provider, config)
    if asks_first and fault:
        raise wire.internal(fault)
    if provider == "GENERIC" and not config["endpoint"]:
        return
    if provider == "STRIPE":
        _add_root_account(world, connector)
    for members in PROVIDERS[provider].tasks:
        key = members.get("key", "")
        fails = fault and key.startswith("fetch")
        world.store.insert(
            "task",
            id=new_uuid(),
            connector_id=str(connector),
            created_at=world.now().nanoseconds // SECOND * 1_000_000,
            descriptor=wire.encode(PROVIDERS[provider].describe(**members)),
            status="FAILED" if fails else "TERMINATED" if key == "init-directory" else "ACTIVE",
            error=fault if fails else "",
        )


def initiate(world: World, transfer_id: str) -> None:
    """Carry out a transfer initiation.

    Raises:
        RefusedError: VALIDATION for an asset that the provider does not take; INTERNAL for transfers that it does not
            make, and for those that it refuses, which are FAILED then.
    """
    row = find(world, transfer_id)
    provider = row["provider"]
    if not takes(provider, row["asset"]):
        raise wire.validation(f"currency of {row['asset']} not supported")
    if row["type"] not in PROVIDERS[provider].initiates:
        raise wire.internal("not implemented")
    record(world, transfer_id, "PROCESSING")
    if fault := _transfer_fault(world, row):
        record(world, transfer_id, "FAILED", error=fault)
        if row["scheduled_at"] is None:
            raise wire.internal(fault)
        return
    prefix = PROVIDERS[provider].references[-1]
    payment = PaymentID(ConnectorID.parse(row["connector_id"]), f"{prefix}{new_uuid()}", row["type"])
    world.store.insert(
        "transfer_payment",
        transfer_id=transfer_id,
        payment_id=str(payment),
        created_at=world.now().microseconds,
        status="PROCESSED",
        error="",
    )
    if provider == "STRIPE":
        metadata = jsontext.decode(row["metadata"] or "{}") | {"transfer_id": payment.reference}
        world.store.run("UPDATE transfer_initiation SET metadata = ? WHERE id = ?", document(metadata), transfer_id)
    record(world, transfer_id, "PROCESSED")


def reverse(
    world: World,
    row: sqlite3.Row,
    *,
    reference: str,
    asset: str,
    remaining: int,
    metadata: dict[str, str] | None,
) -> None:
    """Reverse a transfer, all of it but what remains.

    Raises:
        RefusedError: VALIDATION for an asset that the provider does not take; INTERNAL if it reverses nothing.
    """
    if not takes(row["provider"], asset):
        raise wire.validation(f"currency of {asset} not supported")
    if not PROVIDERS[row["provider"]].reverses:
        raise wire.internal("not implemented")
    processed = "SELECT 1 FROM transfer_reversal WHERE transfer_id = ? AND processed"
    if world.store.one(processed, row["id"]) is not None:
        # The server's index allows one processed reversal per transfer, even if the provider carries out another.
        error = "duplicate key value violates unique constraint"
        record(world, row["id"], "REVERSE_FAILED", error=error, metadata=metadata)
        return
    world.store.run(
        "UPDATE transfer_reversal SET processed = 1 WHERE connector_id = ? AND reference = ?",
        row["connector_id"],
        reference,
    )
    world.store.run("UPDATE transfer_initiation SET amount = ? WHERE id = ?", sortable(remaining), row["id"])
    record(world, row["id"], "PARTIALLY_REVERSED" if remaining else "REVERSED", metadata=metadata)


def open_account(world: World, bank_account_id: str, name: str, connector: ConnectorID) -> None:
    """Open an account at a provider for a bank account, and link them.

    Raises:
        RefusedError: VALIDATION if the provider opens none; INTERNAL if it cannot be reached.
    """
    if not PROVIDERS[connector.provider].creates_bank_accounts:
        raise wire.validation("bank account creation not implemented for this connector")
    if fault := _fault(connector.provider, _config(world, str(connector))):
        raise wire.internal(fault)
    now = world.now().microseconds
    reference = f"ba_{new_uuid()}"
    account = str(AccountID(connector, reference))
    with world.store.transaction():
        world.store.insert(
            "account",
            id=account,
            connector_id=str(connector),
            created_at=now,
            reference=reference,
            type="EXTERNAL",
            default_currency="",
            account_name=name,
            raw="{}",
        )
        world.store.insert(
            "related_account",
            id=new_uuid(),
            created_at=now,
            bank_account_id=bank_account_id,
            connector_id=str(connector),
            account_id=account,
        )


def _add_root_account(world: World, connector: ConnectorID) -> None:
    world.store.insert(
        "account",
        id=str(AccountID(connector, "root")),
        connector_id=str(connector),
        created_at=world.now().microseconds,
        reference="root",
        type="INTERNAL",
        default_currency="",
        account_name="",
    )


def _transfer_fault(world: World, row: sqlite3.Row) -> str:
    """Why a provider refuses a transfer; empty if it accepts it."""
    if PROVIDERS[row["provider"]].needs_source:
        source = world.store.one("SELECT type FROM account WHERE id = ?", row["source_account_id"])
        if source is None or source["type"] != "INTERNAL":
            return "no source account provided"
    # Stripe's key is not checked here, so that tests of transfers can use any text.
    return _unreachable(_config(world, row["connector_id"]))


def _fault(provider: str, config: Config) -> str:
    """Why a provider does not answer; empty if it does."""
    if provider == "STRIPE" and not config["apiKey"].startswith(STRIPE_KEYS):
        return "Invalid API Key provided"
    return _unreachable(config)


def _unreachable(config: Config) -> str:
    endpoint = config.get("endpoint") or config.get("baseUrl") or ""
    try:
        dead = urlsplit(endpoint).port == UNREACHABLE_PORT
    except ValueError:
        dead = True
    return f"Get {endpoint}: {REFUSED}" if dead else ""


def _config(world: World, connector_id: str) -> Config:
    row = world.store.one("SELECT config FROM connector WHERE id = ?", connector_id)
    config: Config = jsontext.decode(row["config"]) if row else {}
    return config
