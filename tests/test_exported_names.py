"""The public face: the names that users write, and what their calls take."""

from __future__ import annotations

from functools import cached_property

import attrs
import pytest

import payments_async
from payments_async import (
    ClientCredentials,
    Outcome,
    Page,
    Pages,
    PaymentsClient,
    RetryPolicy,
    Timeout,
    TokenSource,
    filters,
    money,
)

from .signatures import defaults, parameters

NAMES = {
    # the client and what it is made of
    "PaymentsClient",
    "Timeout",
    "RetryPolicy",
    # tokens
    "ClientCredentials",
    "BearerToken",
    "TokenSource",
    # lists
    "Pages",
    "Page",
    # layers of the user's own
    "Layer",
    "Send",
    "Request",
    "Response",
    # errors
    "PaymentsError",
    "ConfigurationError",
    "TransportError",
    "Outcome",
    "ConnectionFailedError",
    "DeadlineExceededError",
    "OutcomeUnknownError",
    "ProtocolError",
    "DecodeError",
    "ResponseTooLargeError",
    "APIError",
    "ValidationError",
    "AuthenticationError",
    "PermissionDeniedError",
    "NotFoundError",
    "ConflictError",
    "RateLimitedError",
    "ServerError",
}

LIST = ("*", "page_size", "cursor", "sort", "query")
OPERATIONS: dict[str, dict[str, tuple[str, ...]]] = {
    "payments": {
        "list_payments": LIST,
        "get_payment": ("payment_id",),
        "create_payment": ("request",),
        "update_metadata": ("payment_id", "metadata"),
    },
    "accounts": {
        "list_accounts": LIST,
        "get_account": ("account_id",),
        "create_account": ("request",),
        "get_account_balances": (
            "account_id",
            "*",
            "asset",
            "from_",
            "to",
            "limit",
            "page_size",
            "cursor",
            "sort",
        ),
    },
    "bank_accounts": {
        "list_bank_accounts": ("*", "page_size", "cursor", "sort"),
        "get_bank_account": ("bank_account_id",),
        "create_bank_account": ("request",),
        "forward_bank_account": ("bank_account_id", "connector_id"),
        "update_bank_account_metadata": ("bank_account_id", "metadata"),
    },
    "pools": {
        "list_pools": LIST,
        "get_pool": ("pool_id",),
        "create_pool": ("name", "account_ids"),
        "delete_pool": ("pool_id",),
        "add_account_to_pool": ("pool_id", "account_id"),
        "remove_account_from_pool": ("pool_id", "account_id"),
        "get_pool_balances": ("pool_id", "at"),
    },
    "transfer_initiations": {
        "list_transfer_initiations": LIST,
        "get_transfer_initiation": ("transfer_id",),
        "create_transfer_initiation": ("request",),
        "delete_transfer_initiation": ("transfer_id",),
        "update_transfer_initiation_status": ("transfer_id", "status"),
        "retry_transfer_initiation": ("transfer_id",),
        "reverse_transfer_initiation": ("transfer_id", "request"),
    },
    "connectors": {
        "list_all_connectors": (),
        "list_configs_available_connectors": (),
        "install_connector": ("connector", "config"),
        "connectors_transfer": ("connector", "request"),
        "read_connector_config_v1": ("connector", "connector_id"),
        "update_connector_config_v1": ("connector", "connector_id", "config"),
        "reset_connector_v1": ("connector", "connector_id"),
        "uninstall_connector_v1": ("connector", "connector_id"),
        "list_connector_tasks_v1": ("connector", "connector_id", "*", "page_size", "cursor"),
        "get_connector_task_v1": ("connector", "connector_id", "task_id"),
        "read_connector_config": ("connector",),
        "reset_connector": ("connector",),
        "uninstall_connector": ("connector",),
        "list_connector_tasks": ("connector", "*", "page_size", "cursor"),
        "get_connector_task": ("connector", "task_id"),
    },
    "server": {"get_server_info": ()},
}
METHODS = [(attribute, name, takes) for attribute, methods in OPERATIONS.items() for name, takes in methods.items()]


CLIENT = PaymentsClient("https://acme.example.com")


def test_the_public_names_are_these() -> None:
    assert set(payments_async.__all__) == NAMES
    assert all(hasattr(payments_async, name) for name in NAMES)


@pytest.mark.parametrize("name", sorted(NAMES - {"Layer", "Send"}))
def test_every_public_name_is_explained(name: str) -> None:
    assert (getattr(payments_async, name).__doc__ or "").strip()


def test_filters_and_money_offer_what_was_promised() -> None:
    columns = {
        f"{each}Column" for each in ("Payment", "Account", "Balance", "BankAccount", "Pool", "TransferInitiation")
    }
    keys = {"payments", "accounts", "transfer_initiations"}
    assert set(filters.__all__) == columns | keys | {"Filter", "Key", "OrderedKey", "Metadata", "Sort", "asc", "desc"}
    assert parameters(filters.asc) == parameters(filters.desc) == ("column",)
    assert parameters(money.Asset) == ("code", "exponent")
    assert parameters(money.parse_asset) == ("text",)
    assert parameters(money.to_decimal) == ("amount", "asset")
    assert parameters(money.from_decimal) == ("value", "asset")


def test_there_are_43_operations() -> None:
    assert len(METHODS) == 43
    attributes = {name for name, value in vars(PaymentsClient).items() if isinstance(value, cached_property)}
    assert attributes == {*OPERATIONS, "v3"}


@pytest.mark.parametrize(("attribute", "name", "takes"), METHODS)
def test_an_operation_takes_what_was_promised(attribute: str, name: str, takes: tuple[str, ...]) -> None:
    method = getattr(type(getattr(CLIENT, attribute)), name)
    assert parameters(method) == takes
    given = defaults(method)
    assert set(given) == set(takes[takes.index("*") + 1 :] if "*" in takes else ())
    assert not [value for value in given.values() if value is not None]


def test_the_client_is_made_as_promised() -> None:
    names = parameters(PaymentsClient)
    assert names[:2] == ("base_url", "*")
    given = defaults(PaymentsClient)
    assert {"auth", "api_path", "session", "timeout", "retry", "layers"} <= set(given)
    assert (given["auth"], given["api_path"], given["session"]) == (None, "/api/payments", None)
    assert (given["timeout"], given["retry"], tuple(given["layers"])) == (Timeout(), RetryPolicy(), ())
    names = ("*", "timeout", "retry", "layers", "attempt_layers", "headers")
    assert parameters(PaymentsClient.with_options) == names
    assert parameters(PaymentsClient.request) == ("method", "path", "*", "query", "body", "raw")
    assert parameters(PaymentsClient.aclose) == ()


def test_values_have_the_promised_defaults() -> None:
    assert (Timeout().total, Timeout().connect) == (60.0, 10.0)
    assert (RetryPolicy().attempts, RetryPolicy().base, RetryPolicy().cap) == (4, 0.25, 8.0)
    credentials = ClientCredentials("id", "secret")
    assert (credentials.token_url, credentials.scopes) == ("/api/auth/oauth/token", ())
    assert parameters(ClientCredentials) == ("client_id", "client_secret", "*", "token_url", "scopes")
    assert parameters(TokenSource.acquire) == ()
    assert parameters(TokenSource.invalidate) == ("token",)
    assert {"NOT_SENT", "REFUSED", "UNKNOWN", "DONE"} == {outcome.name for outcome in Outcome}


def test_pages_offer_what_was_promised_and_nothing_else() -> None:
    methods = {name for name, value in vars(Pages).items() if callable(value) and not name.startswith("_")}
    assert methods == {"by_page", "items", "first"}
    assert parameters(Pages.by_page) == parameters(Pages.items) == ("*", "prefetch")
    assert defaults(Pages.by_page) == defaults(Pages.items) == {"prefetch": 0}
    assert {field.name for field in attrs.fields(Page)} == {"data", "next", "previous", "has_more", "page_size"}
