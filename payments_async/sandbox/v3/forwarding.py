"""Forwarding bank accounts to connectors, whose providers open accounts for them."""

from functools import partial

from aiohttp import web

from payments_async.sandbox import wire
from payments_async.sandbox.bodies import read_body
from payments_async.sandbox.ids import AccountID, ConnectorID
from payments_async.sandbox.v3 import bank_accounts, checks, users
from payments_async.sandbox.v3.providers import PROVIDERS, provider_word
from payments_async.sandbox.v3.tasks import NOT_FOUND, accepted, task_id_of
from payments_async.sandbox.v3.worker import WORKER, Job, TaskError, Worker
from payments_async.sandbox.world import WORLD, World


async def forward_bank_account(request: web.Request) -> web.Response:
    """POST /v3/bank-accounts/{bankAccountID}/forward: a provider that takes none is a task that fails."""
    world, bank_account_id = request.app[WORLD], checks.uuid(request.match_info["bankAccountID"])
    connector = checks.connector(await read_body(request))
    return accepted(forward(world, request.app[WORKER], bank_account_id, connector))


async def forward_bank_account_of_user(request: web.Request) -> web.Response:
    """POST …/{paymentServiceUserID}/bank-accounts/{bankAccountID}/forward."""
    world, bank_account_id = request.app[WORLD], checks.uuid(request.match_info["bankAccountID"])
    user_id, body = checks.uuid(request.match_info["paymentServiceUserID"]), await read_body(request)
    connector = checks.connector(body)
    users.find(world, request, "failed to get payment service user: not found")
    owned = "SELECT 1 FROM bank_account WHERE id = ? AND psu_id = ?"
    if world.store.one(owned, bank_account_id, user_id) is None:
        raise wire.not_found("failed to get bank account: not found")
    return accepted(forward(world, request.app[WORKER], bank_account_id, connector))


def forward(world: World, worker: Worker, bank_account_id: str, connector: ConnectorID) -> str:
    """Start the task that opens an account, and return its id."""
    bank_accounts.find(world, bank_account_id)
    if world.store.one("SELECT 1 FROM connector WHERE id = ?", str(connector)) is None:
        raise wire.not_found("connector not found: not found")
    task_id = task_id_of(connector, "create-bank-account", bank_account_id)
    worker.start(task_id, str(connector), Job(partial(_open_account, world, bank_account_id, connector)))
    return task_id


def _open_account(world: World, bank_account_id: str, connector: ConnectorID) -> str:
    row = world.store.one("SELECT name FROM bank_account WHERE id = ?", bank_account_id)
    if row is None or world.store.one("SELECT 1 FROM connector WHERE id = ?", str(connector)) is None:
        raise TaskError(NOT_FOUND)
    if not PROVIDERS[provider_word(connector.provider)].creates_bank_accounts:
        raise TaskError("not implemented")
    reference, now = f"{connector.provider}-{bank_account_id}", world.now().microseconds
    account_id = str(AccountID(connector, reference))
    sent = {"id": reference, "name": row["name"]}
    with world.store.transaction():
        world.store.insert(
            "account",
            id=account_id,
            connector_id=str(connector),
            created_at=now,
            reference=reference,
            type="EXTERNAL",
            account_name=row["name"],
            metadata="{}",
            raw=wire.encode(sent),
        )
        world.store.insert("related_account", bank_account_id=bank_account_id, created_at=now, account_id=account_id)
    return account_id
