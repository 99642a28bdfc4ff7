"""The public face of v3: the names that users write, and what their calls take."""

from __future__ import annotations

import pytest

from payments_async import PaymentsClient, v3
from payments_async.filters import Filter, Key, Metadata, OrderedKey
from payments_async.v3 import filters
from payments_async.v3.models.generated.operations import OPERATIONS as TABLE
from tests.signatures import defaults, parameters

PAGED = ("*", "page_size", "cursor")
LIST = (*PAGED, "query")
OPERATIONS: dict[str, dict[str, tuple[str, ...]]] = {
    "accounts": {
        "create_account": ("request",),
        "list_accounts": LIST,
        "get_account": ("account_id",),
        "get_account_balances": ("account_id", "*", "asset", "from_", "to", "page_size", "cursor"),
    },
    "bank_accounts": {
        "create_bank_account": ("request",),
        "list_bank_accounts": LIST,
        "get_bank_account": ("bank_account_id",),
        "update_bank_account_metadata": ("bank_account_id", "metadata"),
        "forward_bank_account": ("bank_account_id", "connector_id"),
    },
    "connectors": {
        "list_connectors": LIST,
        "install_connector": ("connector", "config"),
        "list_connector_configs": (),
        "list_connector_capabilities": (),
        "uninstall_connector": ("connector_id",),
        "get_connector_config": ("connector_id",),
        "update_connector_config": ("connector_id", "config"),
        "get_connector_capabilities": ("connector_id",),
        "reset_connector": ("connector_id",),
        "list_connector_schedules": ("connector_id", *LIST),
        "get_connector_schedule": ("connector_id", "schedule_id"),
        "list_connector_schedule_instances": ("connector_id", "schedule_id", *PAGED),
    },
    "conversions": {
        "list_conversions": LIST,
        "get_conversion": ("conversion_id",),
    },
    "orders": {
        "list_orders": LIST,
        "get_order": ("order_id",),
    },
    "payment_initiations": {
        "initiate_payment": ("request", "*", "no_validation"),
        "list_payment_initiations": LIST,
        "delete_payment_initiation": ("payment_initiation_id",),
        "get_payment_initiation": ("payment_initiation_id",),
        "retry_payment_initiation": ("payment_initiation_id",),
        "approve_payment_initiation": ("payment_initiation_id",),
        "reject_payment_initiation": ("payment_initiation_id",),
        "reverse_payment_initiation": ("payment_initiation_id", "request"),
        "list_payment_initiation_adjustments": ("payment_initiation_id", *LIST),
        "list_payment_initiation_related_payments": ("payment_initiation_id", *PAGED),
    },
    "payment_service_users": {
        "create_payment_service_user": ("request",),
        "list_payment_service_users": LIST,
        "get_payment_service_user": ("user_id",),
        "delete_payment_service_user": ("user_id",),
        "list_payment_service_user_connections": ("user_id", *LIST),
        "delete_payment_service_user_connector": ("user_id", "connector_id"),
        "forward_payment_service_user_to_provider": ("user_id", "connector_id"),
        "create_link_for_payment_service_user": (
            "user_id",
            "connector_id",
            "client_redirect_url",
            "*",
            "application_name",
            "idempotency_key",
        ),
        "list_payment_service_user_connections_from_connector_id": ("user_id", "connector_id", *LIST),
        "list_payment_service_user_link_attempts_from_connector_id": ("user_id", "connector_id", *LIST),
        "get_payment_service_user_link_attempt_from_connector_id": ("user_id", "connector_id", "attempt_id"),
        "delete_payment_service_user_connection_from_connector_id": ("user_id", "connector_id", "connection_id"),
        "update_link_for_payment_service_user_on_connector": (
            "user_id",
            "connector_id",
            "connection_id",
            "client_redirect_url",
            "*",
            "application_name",
            "idempotency_key",
        ),
        "add_bank_account_to_payment_service_user": ("user_id", "bank_account_id"),
        "forward_payment_service_user_bank_account": ("user_id", "bank_account_id", "connector_id"),
    },
    "payments": {
        "create_payment": ("request",),
        "list_payments": LIST,
        "get_payment": ("payment_id",),
        "update_payment_metadata": ("payment_id", "metadata"),
    },
    "pools": {
        "create_pool": ("request",),
        "list_pools": LIST,
        "get_pool": ("pool_id",),
        "delete_pool": ("pool_id",),
        "update_pool_query": ("pool_id", "query"),
        "get_pool_balances": ("pool_id", "at"),
        "get_pool_balances_latest": ("pool_id",),
        "add_account_to_pool": ("pool_id", "account_id"),
        "remove_account_from_pool": ("pool_id", "account_id"),
    },
    "tasks": {
        "get_task": ("task_id",),
    },
}
BESIDE: dict[str, dict[str, tuple[str, ...]]] = {
    "accounts": {"ensure_account": ("request",)},
    "connectors": {"ensure_connector": ("connector", "config")},
    "payment_initiations": {
        "ensure_payment_initiation": ("request",),
        "wait_for": ("payment_initiation_id", "*", "task_id", "timeout"),
    },
    "payments": {"ensure_payment": ("request",)},
    "pools": {"ensure_pool": ("request",)},
    "tasks": {"wait_for": ("task_id", "*", "timeout")},
}
"""What makes the operations safe to use."""
METHODS = [(attribute, name, takes) for attribute, methods in OPERATIONS.items() for name, takes in methods.items()]
CLIENT = PaymentsClient("https://acme.example.com")


def test_the_namespace_is_the_only_name_of_the_package() -> None:
    assert v3.__all__ == ["V3"]
    assert isinstance(CLIENT.v3, v3.V3)
    assert parameters(v3.V3) == ("client",)


def test_there_are_64_operations() -> None:
    assert len(METHODS) == 64
    public = {name for name in {*vars(CLIENT.v3), *vars(v3.V3)} if not name.startswith("_")}
    assert public == {*OPERATIONS, "client"}
    for attribute, methods in OPERATIONS.items():
        offered = {name for name in dir(getattr(CLIENT.v3, attribute)) if not name.startswith("_")}
        assert offered == {*methods, *BESIDE.get(attribute, ())}


def test_what_waits_and_what_ensures_takes_what_was_promised() -> None:
    for attribute, methods in BESIDE.items():
        for name, takes in methods.items():
            assert parameters(getattr(type(getattr(CLIENT.v3, attribute)), name)) == takes
    assert defaults(CLIENT.v3.tasks.wait_for) == {"timeout": 60}
    assert defaults(CLIENT.v3.payment_initiations.wait_for) == {"task_id": None, "timeout": 60}


@pytest.mark.parametrize(("attribute", "name", "takes"), METHODS)
def test_an_operation_takes_what_was_promised(attribute: str, name: str, takes: tuple[str, ...]) -> None:
    method = getattr(type(getattr(CLIENT.v3, attribute)), name)
    assert parameters(method) == takes
    given = defaults(method)
    assert set(given) == set(takes[takes.index("*") + 1 :] if "*" in takes else ())
    assert not [value for value in given.values() if value is not None and value is not False]


def test_filters_are_under_the_names_of_their_lists() -> None:
    lists = {row.name.removeprefix("list_") for row in TABLE if row.filters}
    assert set(filters.__all__) == lists | {"Filter", "Key", "Metadata", "OrderedKey"}
    assert (filters.Filter, filters.Key, filters.Metadata, filters.OrderedKey) == (Filter, Key, Metadata, OrderedKey)
