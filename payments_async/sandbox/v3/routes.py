"""The routes of version 3.4, as its description writes them."""

from aiohttp import web

from payments_async.sandbox import wire
from payments_async.sandbox.routes import TOKEN_PATH, Route
from payments_async.sandbox.v3 import (
    accounts,
    bank_accounts,
    connectors,
    forwarding,
    initiations,
    installs,
    links,
    payments,
    pools,
    schedules,
    tasks,
    trades,
    transfers,
    users,
)
from payments_async.sandbox.v3.earlier import accounts as earlier_accounts
from payments_async.sandbox.v3.earlier import bank_accounts as earlier_bank_accounts
from payments_async.sandbox.v3.earlier import connectors as earlier_connectors
from payments_async.sandbox.v3.earlier import payments as earlier_payments
from payments_async.sandbox.v3.earlier import transfers as earlier_transfers

VERSION = "v3.4.0"


async def get_server_info(_request: web.Request) -> web.Response:
    """GET /_info."""
    return wire.answer(wire.encode({"version": VERSION, "debug": False}))


async def get_health(_request: web.Request) -> web.Response:
    """GET /_healthcheck."""
    return wire.answer("{}")


_CONNECTOR = "/v3/connectors/{connectorID}"
_INITIATION = "/v3/payment-initiations/{paymentInitiationID}"
_USER = "/v3/payment-service-users/{paymentServiceUserID}"
_USER_CONNECTOR = f"{_USER}/connectors/{{connectorID}}"
_REDIRECT = "/v3/connectors/open-banking/{connectorID}/redirect"
_POOL = "/v3/pools/{poolID}"
_EARLIER_CONNECTOR = "/connectors/{connector}/{connectorID}"
_TRANSFER = "/transfer-initiations/{transferId}"
OPEN_ROUTES = {"/_info", "/_healthcheck", TOKEN_PATH, _REDIRECT}
"""Routes that need no token."""
ROUTES: tuple[Route, ...] = (
    ("GET", "/_info", get_server_info),
    ("GET", "/_healthcheck", get_health),
    ("POST", "/v3/accounts", accounts.create_account),
    ("GET", "/v3/accounts", accounts.list_accounts),
    ("GET", "/v3/accounts/{accountID}", accounts.get_account),
    ("GET", "/v3/accounts/{accountID}/balances", accounts.get_account_balances),
    ("POST", "/v3/bank-accounts", bank_accounts.create_bank_account),
    ("GET", "/v3/bank-accounts", bank_accounts.list_bank_accounts),
    ("GET", "/v3/bank-accounts/{bankAccountID}", bank_accounts.get_bank_account),
    ("PATCH", "/v3/bank-accounts/{bankAccountID}/metadata", bank_accounts.update_bank_account_metadata),
    ("POST", "/v3/bank-accounts/{bankAccountID}/forward", forwarding.forward_bank_account),
    ("GET", "/v3/connectors", connectors.list_connectors),
    ("GET", "/v3/connectors/configs", connectors.list_connector_configs),
    ("GET", "/v3/connectors/capabilities", connectors.list_connector_capabilities),
    ("POST", "/v3/connectors/install/{connector}", installs.install_connector),
    ("DELETE", _CONNECTOR, installs.uninstall_connector),
    ("PATCH", f"{_CONNECTOR}/config", installs.update_connector_config),
    ("POST", f"{_CONNECTOR}/reset", installs.reset_connector),
    ("GET", f"{_CONNECTOR}/config", connectors.get_connector_config),
    ("GET", f"{_CONNECTOR}/capabilities", connectors.get_connector_capabilities),
    ("GET", f"{_CONNECTOR}/schedules", schedules.list_schedules),
    ("GET", f"{_CONNECTOR}/schedules/{{scheduleID}}", schedules.get_schedule),
    ("GET", f"{_CONNECTOR}/schedules/{{scheduleID}}/instances", schedules.list_instances),
    ("GET", "/v3/orders", trades.list_orders),
    ("GET", "/v3/orders/{orderID}", trades.get_order),
    ("GET", "/v3/conversions", trades.list_conversions),
    ("GET", "/v3/conversions/{conversionID}", trades.get_conversion),
    ("POST", "/v3/payments", payments.create_payment),
    ("GET", "/v3/payments", payments.list_payments),
    ("GET", "/v3/payments/{paymentID}", payments.get_payment),
    ("PATCH", "/v3/payments/{paymentID}/metadata", payments.update_payment_metadata),
    ("GET", "/v3/payment-initiations", initiations.list_initiations),
    ("POST", "/v3/payment-initiations", transfers.initiate_payment),
    ("DELETE", _INITIATION, transfers.delete_initiation),
    ("POST", f"{_INITIATION}/approve", transfers.approve_initiation),
    ("POST", f"{_INITIATION}/reject", transfers.reject_initiation),
    ("POST", f"{_INITIATION}/retry", transfers.retry_initiation),
    ("POST", f"{_INITIATION}/reverse", transfers.reverse_initiation),
    ("GET", _INITIATION, initiations.get_initiation),
    ("GET", f"{_INITIATION}/adjustments", initiations.list_adjustments),
    ("GET", f"{_INITIATION}/payments", initiations.list_related_payments),
    ("POST", "/v3/payment-service-users", users.create_user),
    ("GET", "/v3/payment-service-users", users.list_users),
    ("GET", _USER, users.get_user),
    ("POST", f"{_USER}/bank-accounts/{{bankAccountID}}", users.add_bank_account),
    ("POST", f"{_USER}/bank-accounts/{{bankAccountID}}/forward", forwarding.forward_bank_account_of_user),
    ("DELETE", _USER, links.delete_user),
    ("GET", f"{_USER}/connections", links.list_connections),
    ("POST", f"{_USER_CONNECTOR}/forward", links.forward_user),
    ("DELETE", _USER_CONNECTOR, links.delete_user_connector),
    ("POST", f"{_USER_CONNECTOR}/create-link", links.create_link),
    ("GET", f"{_USER_CONNECTOR}/connections", links.list_connections_of_connector),
    ("GET", f"{_USER_CONNECTOR}/link-attempts", links.list_attempts),
    ("GET", f"{_USER_CONNECTOR}/link-attempts/{{attemptID}}", links.get_attempt),
    ("DELETE", f"{_USER_CONNECTOR}/connections/{{connectionID}}", links.delete_connection),
    ("POST", f"{_USER_CONNECTOR}/connections/{{connectionID}}/update-link", links.update_link),
    ("GET", _REDIRECT, links.redirect),
    ("POST", "/v3/pools", pools.create_pool),
    ("GET", "/v3/pools", pools.list_pools),
    ("GET", _POOL, pools.get_pool),
    ("DELETE", _POOL, pools.delete_pool),
    ("PATCH", f"{_POOL}/query", pools.update_pool_query),
    ("GET", f"{_POOL}/balances", pools.get_pool_balances),
    ("GET", f"{_POOL}/balances/latest", pools.get_pool_balances_latest),
    ("POST", f"{_POOL}/accounts/{{accountID}}", pools.add_account_to_pool),
    ("DELETE", f"{_POOL}/accounts/{{accountID}}", pools.remove_account_from_pool),
    ("GET", "/v3/tasks/{taskID}", tasks.get_task),
    ("POST", "/payments", earlier_payments.create_payment),
    ("GET", "/payments", earlier_payments.list_payments),
    ("GET", "/payments/{paymentID}", earlier_payments.get_payment),
    ("PATCH", "/payments/{paymentID}/metadata", payments.update_payment_metadata),
    ("GET", "/transfer-initiations", earlier_transfers.list_transfer_initiations),
    ("POST", "/transfer-initiations", earlier_transfers.create_transfer_initiation),
    ("GET", _TRANSFER, earlier_transfers.get_transfer_initiation),
    ("DELETE", _TRANSFER, earlier_transfers.delete_transfer_initiation),
    ("POST", f"{_TRANSFER}/status", earlier_transfers.update_transfer_initiation_status),
    ("POST", f"{_TRANSFER}/reverse", earlier_transfers.reverse_transfer_initiation),
    ("POST", f"{_TRANSFER}/retry", earlier_transfers.retry_transfer_initiation),
    ("GET", "/pools", earlier_accounts.list_pools),
    ("POST", "/pools", earlier_accounts.create_pool),
    ("GET", "/pools/{poolID}", earlier_accounts.get_pool),
    ("DELETE", "/pools/{poolID}", pools.delete_pool),
    ("PATCH", "/pools/{poolID}/query", pools.update_pool_query),
    ("POST", "/pools/{poolID}/accounts", earlier_accounts.add_account_to_pool),
    ("DELETE", "/pools/{poolID}/accounts/{accountID}", pools.remove_account_from_pool),
    ("GET", "/pools/{poolID}/balances", earlier_accounts.get_pool_balances),
    ("GET", "/pools/{poolID}/balances/latest", earlier_accounts.get_pool_balances_latest),
    ("POST", "/accounts", earlier_accounts.create_account),
    ("GET", "/accounts", earlier_accounts.list_accounts),
    ("GET", "/accounts/{accountId}", earlier_accounts.get_account),
    ("GET", "/accounts/{accountId}/balances", earlier_accounts.get_account_balances),
    ("POST", "/bank-accounts", earlier_bank_accounts.create_bank_account),
    ("GET", "/bank-accounts", earlier_bank_accounts.list_bank_accounts),
    ("GET", "/bank-accounts/{bankAccountID}", earlier_bank_accounts.get_bank_account),
    ("POST", "/bank-accounts/{bankAccountID}/forward", earlier_bank_accounts.forward_bank_account),
    ("PATCH", "/bank-accounts/{bankAccountID}/metadata", bank_accounts.update_bank_account_metadata),
    ("GET", "/connectors", earlier_connectors.list_all_connectors),
    ("GET", "/connectors/configs", connectors.list_connector_configs),
    ("POST", "/connectors/{connector}", earlier_connectors.install_connector),
    ("DELETE", _EARLIER_CONNECTOR, earlier_connectors.uninstall_connector),
    ("GET", f"{_EARLIER_CONNECTOR}/config", connectors.get_connector_config),
    ("POST", f"{_EARLIER_CONNECTOR}/config", earlier_connectors.update_connector_config),
    ("POST", f"{_EARLIER_CONNECTOR}/reset", earlier_connectors.reset_connector),
    ("GET", f"{_EARLIER_CONNECTOR}/tasks", earlier_connectors.list_connector_tasks),
    ("GET", f"{_EARLIER_CONNECTOR}/tasks/{{taskId}}", earlier_connectors.get_connector_task),
)
"""Of the earlier routes, those that name no connector are gone, and `connectorsTransfer` is a 405 as in v2.0.9."""
