"""The statuses of transfer initiations: reading and adding them."""

import sqlite3

from payments_async.sandbox import wire
from payments_async.sandbox.ids import new_uuid
from payments_async.sandbox.store import document
from payments_async.sandbox.world import World

NEWEST = """
FROM transfer_adjustment WHERE transfer_id = transfer_initiation.id ORDER BY created_at DESC, rowid DESC LIMIT 1
"""
SELECT = f"*, (SELECT status {NEWEST}) AS status, (SELECT error {NEWEST}) AS error"


def find(world: World, transfer_id: str) -> sqlite3.Row:
    """The transfer initiation of an id, with its status; NOT_FOUND if there is none."""
    sql = f"SELECT {SELECT} FROM transfer_initiation WHERE id = ?"  # noqa: S608 - fixed texts
    row = world.store.one(sql, transfer_id)
    if row is None:
        raise wire.not_found()
    return row


def record(
    world: World, transfer_id: str, status: str, *, error: str = "", metadata: dict[str, str] | None = None
) -> None:
    """Add a status to the history of a transfer initiation; the newest one is its current status."""
    world.store.insert(
        "transfer_adjustment",
        id=new_uuid(),
        transfer_id=transfer_id,
        created_at=world.now().microseconds,
        status=status,
        error=error,
        metadata=document(metadata),
    )


def settle(world: World, transfer_id: str, status: str, error: str) -> None:
    """Move a transfer initiation and its payments to a status; KeyError if there is none of this id."""
    if world.store.one("SELECT 1 FROM transfer_initiation WHERE id = ?", transfer_id) is None:
        raise KeyError(transfer_id)
    settled = "UPDATE transfer_payment SET status = ?, error = ? WHERE transfer_id = ?"
    world.store.run(settled, status, error, transfer_id)
    record(world, transfer_id, status, error=error)
