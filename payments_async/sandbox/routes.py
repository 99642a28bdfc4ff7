"""All routes, as the API's description writes them."""

import re

from aiohttp import web

from payments_async.sandbox import accounts, bank_accounts, connectors, payments, pools, transfer_initiations, wire
from payments_async.sandbox.faults import Handler
from payments_async.sandbox.providers import PROVIDERS
from payments_async.sandbox.world import WORLD

Route = tuple[str, str, Handler]
"""Method or `*`, path and handler."""

VERSION = "v2.0.9"
TOKEN_PATH = "/api/auth/oauth/token"  # noqa: S105 - a path
NO_ROUTE = "(no route)"
"""The route under which requests are counted that match none."""
ANY_ID = re.compile(r"\{(\w+)\}")
"""A placeholder of a route; aiohttp's own pattern does not match an id in braces."""


async def get_server_info(_request: web.Request) -> web.Response:
    """GET /_info."""
    return wire.answer(wire.encode({"version": VERSION}))


async def get_health(request: web.Request) -> web.Response:
    """GET /_health and /_live: 200 without a body."""
    request.app[WORLD].store.one("SELECT 1")
    return web.Response(headers=wire.HEADERS)


# All in upper case or all in lower case.
_NAMES = "|".join([*PROVIDERS, *map(str.lower, PROVIDERS)])
_CONNECTOR = f"/connectors/{{connector:{_NAMES}}}"
INSIDE_CONNECTORS = re.compile(f"/connectors/({_NAMES}|webhooks)")
"""Paths that the server looks up among the routes of a connector: all that begin with the name of one."""
OPEN_ROUTES = {"/_health", "/_live", TOKEN_PATH}
ROUTES: tuple[Route, ...] = (
    ("*", "/_info", get_server_info),
    ("*", "/_health", get_health),
    ("*", "/_live", get_health),
    ("POST", "/payments", payments.create_payment),
    ("GET", "/payments", payments.list_payments),
    ("GET", "/payments/{paymentId}", payments.get_payment),
    ("PATCH", "/payments/{paymentId}/metadata", payments.update_metadata),
    ("GET", "/transfer-initiations", transfer_initiations.list_transfer_initiations),
    ("POST", "/transfer-initiations", transfer_initiations.create_transfer_initiation),
    ("GET", "/transfer-initiations/{transferId}", transfer_initiations.get_transfer_initiation),
    ("DELETE", "/transfer-initiations/{transferId}", transfer_initiations.delete_transfer_initiation),
    ("POST", "/transfer-initiations/{transferId}/status", transfer_initiations.update_transfer_initiation_status),
    ("POST", "/transfer-initiations/{transferId}/reverse", transfer_initiations.reverse_transfer_initiation),
    ("POST", "/transfer-initiations/{transferId}/retry", transfer_initiations.retry_transfer_initiation),
    ("GET", "/pools", pools.list_pools),
    ("POST", "/pools", pools.create_pool),
    ("GET", "/pools/{poolId}", pools.get_pool),
    ("DELETE", "/pools/{poolId}", pools.delete_pool),
    ("POST", "/pools/{poolId}/accounts", pools.add_account_to_pool),
    ("DELETE", "/pools/{poolId}/accounts/{accountId}", pools.remove_account_from_pool),
    ("GET", "/pools/{poolId}/balances", pools.get_pool_balances),
    ("POST", "/accounts", accounts.create_account),
    ("GET", "/accounts", accounts.list_accounts),
    ("GET", "/accounts/{accountId}", accounts.get_account),
    ("GET", "/accounts/{accountId}/balances", accounts.get_account_balances),
    ("POST", "/bank-accounts", bank_accounts.create_bank_account),
    ("GET", "/bank-accounts", bank_accounts.list_bank_accounts),
    ("GET", "/bank-accounts/{bankAccountId}", bank_accounts.get_bank_account),
    ("POST", "/bank-accounts/{bankAccountId}/forward", bank_accounts.forward_bank_account),
    ("PATCH", "/bank-accounts/{bankAccountId}/metadata", bank_accounts.update_bank_account_metadata),
    ("*", "/connectors", connectors.list_all_connectors),
    ("*", "/connectors/configs", connectors.list_configs_available_connectors),
    ("POST", f"{_CONNECTOR}", connectors.install_connector),
    ("DELETE", f"{_CONNECTOR}", connectors.uninstall_connector),
    ("GET", f"{_CONNECTOR}/config", connectors.read_connector_config),
    ("POST", f"{_CONNECTOR}/reset", connectors.reset_connector),
    ("GET", f"{_CONNECTOR}/tasks", connectors.list_connector_tasks),
    ("GET", f"{_CONNECTOR}/tasks/{{taskId}}", connectors.get_connector_task),
    ("DELETE", f"{_CONNECTOR}/{{connectorId}}", connectors.uninstall_connector),
    ("GET", f"{_CONNECTOR}/{{connectorId}}/config", connectors.read_connector_config),
    ("POST", f"{_CONNECTOR}/{{connectorId}}/config", connectors.update_connector_config),
    ("POST", f"{_CONNECTOR}/{{connectorId}}/reset", connectors.reset_connector),
    ("GET", f"{_CONNECTOR}/{{connectorId}}/tasks", connectors.list_connector_tasks),
    ("GET", f"{_CONNECTOR}/{{connectorId}}/tasks/{{taskId}}", connectors.get_connector_task),
)
"""The deprecated route and its successor share a handler. `connectorsTransfer` has no route: the server answers 405."""
