"""Calls of each operation of v3 with all that it takes, and each list also with a cursor."""

from datetime import UTC, datetime
from typing import Any

from payments_async import PaymentsClient
from payments_async.v3 import V3, filters
from payments_async.v3.models import (
    AccountType,
    AddressRequest,
    ContactDetailsRequest,
    CreateAccountRequest,
    CreateBankAccountRequest,
    CreatePaymentAdjustmentRequest,
    CreatePaymentRequest,
    CreatePaymentServiceUserRequest,
    CreatePoolRequest,
    InitiatePaymentRequest,
    PaymentInitiationType,
    PaymentScheme,
    PaymentStatus,
    PaymentType,
    PowensConfig,
    Provider,
    ReversePaymentInitiationRequest,
    StripeConfig,
)
from tests.interop.prism import Call
from tests.v3.ids import ACCOUNT, CONNECTOR, INITIATION, OTHER_UUID, PAYMENT, SCHEDULE, TASK, UUID

AT = datetime(2026, 3, 1, 12, 30, 15, 250_000, tzinfo=UTC)
CURSOR = "eyJvZmZzZXQiOjE1LCJwYWdlU2l6ZSI6MTV9"
HUGE = 10**30
METADATA = {"order": "1042"}
SHOP = "https://shop.example.com/linked?a=1&b=2"
STRIPE = StripeConfig(name="stripe", api_key="sk_test", polling_period="45m", provider="Stripe")
POWENS = PowensConfig(
    name="powens",
    client_id="client",
    client_secret="secret",
    configuration_token="token",
    domain="acme",
    max_connections_per_link=3,
    endpoint="https://api.example.com",
)


def _on(call: Any) -> Call:
    """A call of `client.v3`."""

    def called(client: PaymentsClient) -> Any:
        v3: V3 = client.v3
        return call(v3)

    return called


_CALLS: dict[str, Any] = {
    # accounts
    "list_accounts": lambda v3: v3.accounts.list_accounts(
        page_size=100, query=filters.accounts.reference.gte("a") & ~filters.accounts.type.match("EXTERNAL")
    ),
    "get_account": lambda v3: v3.accounts.get_account(ACCOUNT),
    "create_account": lambda v3: v3.accounts.create_account(
        CreateAccountRequest(
            reference="acct_1",
            connector_id=CONNECTOR,
            created_at=AT,
            account_name="Main",
            type=AccountType.INTERNAL,
            default_asset="USD/2",
            metadata=METADATA,
        )
    ),
    "get_account_balances": lambda v3: v3.accounts.get_account_balances(
        ACCOUNT, asset="USD/2", from_=AT, to=AT, page_size=15
    ),
    # bank accounts
    "list_bank_accounts": lambda v3: v3.bank_accounts.list_bank_accounts(
        page_size=15, query=filters.bank_accounts.psu_id.match(UUID)
    ),
    "get_bank_account": lambda v3: v3.bank_accounts.get_bank_account(UUID),
    "create_bank_account": lambda v3: v3.bank_accounts.create_bank_account(
        CreateBankAccountRequest(
            name="Main",
            account_number="0532013000",
            iban="DE89370400440532013000",
            swift_bic_code="COBADEFFXXX",
            country="DE",
            metadata=METADATA,
        )
    ),
    "update_bank_account_metadata": lambda v3: v3.bank_accounts.update_bank_account_metadata(UUID, METADATA),
    "forward_bank_account": lambda v3: v3.bank_accounts.forward_bank_account(UUID, CONNECTOR),
    # connectors
    "list_connectors": lambda v3: v3.connectors.list_connectors(
        page_size=15, query=filters.connectors.provider.match("stripe")
    ),
    "install_connector": lambda v3: v3.connectors.install_connector(Provider.STRIPE, STRIPE),
    "list_connector_configs": lambda v3: v3.connectors.list_connector_configs(),
    "list_connector_capabilities": lambda v3: v3.connectors.list_connector_capabilities(),
    "uninstall_connector": lambda v3: v3.connectors.uninstall_connector(CONNECTOR),
    "get_connector_config": lambda v3: v3.connectors.get_connector_config(CONNECTOR),
    "update_connector_config": lambda v3: v3.connectors.update_connector_config("opaque", POWENS),
    "get_connector_capabilities": lambda v3: v3.connectors.get_connector_capabilities(CONNECTOR),
    "reset_connector": lambda v3: v3.connectors.reset_connector(CONNECTOR),
    "list_connector_schedules": lambda v3: v3.connectors.list_connector_schedules(
        CONNECTOR, page_size=15, query=filters.connector_schedules.id.match(SCHEDULE)
    ),
    "get_connector_schedule": lambda v3: v3.connectors.get_connector_schedule(CONNECTOR, SCHEDULE),
    "list_connector_schedule_instances": lambda v3: v3.connectors.list_connector_schedule_instances(
        CONNECTOR, SCHEDULE, page_size=15
    ),
    # orders and conversions
    "list_orders": lambda v3: v3.orders.list_orders(page_size=15, query=filters.orders.fee.gt(HUGE)),
    "get_order": lambda v3: v3.orders.get_order(ACCOUNT),
    "list_conversions": lambda v3: v3.conversions.list_conversions(
        page_size=15, query=filters.conversions.status.match("PENDING")
    ),
    "get_conversion": lambda v3: v3.conversions.get_conversion(ACCOUNT),
    # payments
    "list_payments": lambda v3: v3.payments.list_payments(
        page_size=100, query=filters.payments.status.match("SUCCEEDED") & filters.payments.amount.gte(HUGE)
    ),
    "get_payment": lambda v3: v3.payments.get_payment(PAYMENT),
    "create_payment": lambda v3: v3.payments.create_payment(
        CreatePaymentRequest(
            reference="pay_1",
            connector_id=CONNECTOR,
            created_at=AT,
            type=PaymentType.PAY_IN,
            initial_amount=HUGE,
            amount=-HUGE,
            asset="USD/2",
            scheme=PaymentScheme.CARD_VISA,
            source_account_id=ACCOUNT,
            destination_account_id=ACCOUNT,
            metadata=METADATA,
            adjustments=[
                CreatePaymentAdjustmentRequest(
                    reference="pay_1-paid",
                    created_at=AT,
                    status=PaymentStatus.SUCCEEDED,
                    amount=HUGE,
                    asset="USD/2",
                    metadata=METADATA,
                )
            ],
        )
    ),
    "update_payment_metadata": lambda v3: v3.payments.update_payment_metadata(PAYMENT, METADATA),
    # payment initiations
    "initiate_payment": lambda v3: v3.payment_initiations.initiate_payment(
        InitiatePaymentRequest(
            reference="invoice-1042",
            scheduled_at=AT,
            connector_id=CONNECTOR,
            description="Invoice 1042",
            type=PaymentInitiationType.PAYOUT,
            amount=HUGE,
            asset="USD/2",
            source_account_id=ACCOUNT,
            destination_account_id=ACCOUNT,
            metadata=METADATA,
        ),
        no_validation=True,
    ),
    "list_payment_initiations": lambda v3: v3.payment_initiations.list_payment_initiations(
        page_size=15, query=filters.payment_initiations.status.match("FAILED")
    ),
    "get_payment_initiation": lambda v3: v3.payment_initiations.get_payment_initiation(INITIATION),
    "delete_payment_initiation": lambda v3: v3.payment_initiations.delete_payment_initiation(INITIATION),
    "approve_payment_initiation": lambda v3: v3.payment_initiations.approve_payment_initiation(INITIATION),
    "reject_payment_initiation": lambda v3: v3.payment_initiations.reject_payment_initiation(INITIATION),
    "retry_payment_initiation": lambda v3: v3.payment_initiations.retry_payment_initiation(INITIATION),
    "reverse_payment_initiation": lambda v3: v3.payment_initiations.reverse_payment_initiation(
        INITIATION,
        ReversePaymentInitiationRequest(
            reference="invoice-1042-back", description="Too much", amount=HUGE, asset="USD/2", metadata=METADATA
        ),
    ),
    "list_payment_initiation_adjustments": lambda v3: v3.payment_initiations.list_payment_initiation_adjustments(
        INITIATION, page_size=15, query=filters.payment_initiation_adjustments.status.match("FAILED")
    ),
    "list_payment_initiation_related_payments": lambda v3: (
        v3.payment_initiations.list_payment_initiation_related_payments(INITIATION, page_size=15)
    ),
    # payment service users
    "create_payment_service_user": lambda v3: v3.payment_service_users.create_payment_service_user(
        CreatePaymentServiceUserRequest(
            name="Ada Example",
            contact_details=ContactDetailsRequest(email="ada@example.com", phone_number="+33612345678", locale="fr-FR"),
            address=AddressRequest(
                street_number="12b",
                street_name="Rue de la Paix",
                city="Paris",
                region="Île-de-France",
                postal_code="75002",
                country="FR",
            ),
            bank_account_ids=[OTHER_UUID],
            metadata=METADATA,
        )
    ),
    "list_payment_service_users": lambda v3: v3.payment_service_users.list_payment_service_users(
        page_size=15, query=filters.payment_service_users.id.match(UUID)
    ),
    "get_payment_service_user": lambda v3: v3.payment_service_users.get_payment_service_user(UUID),
    "delete_payment_service_user": lambda v3: v3.payment_service_users.delete_payment_service_user(UUID),
    "list_payment_service_user_connections": lambda v3: v3.payment_service_users.list_payment_service_user_connections(
        UUID, page_size=15, query=filters.payment_service_user_connections.status.match("ERROR")
    ),
    "delete_payment_service_user_connector": lambda v3: v3.payment_service_users.delete_payment_service_user_connector(
        UUID, CONNECTOR
    ),
    "forward_payment_service_user_to_provider": lambda v3: (
        v3.payment_service_users.forward_payment_service_user_to_provider(UUID, CONNECTOR)
    ),
    "create_link_for_payment_service_user": lambda v3: v3.payment_service_users.create_link_for_payment_service_user(
        UUID, CONNECTOR, SHOP, application_name="Shop", idempotency_key=OTHER_UUID
    ),
    "list_payment_service_user_connections_from_connector_id": lambda v3: (
        v3.payment_service_users.list_payment_service_user_connections_from_connector_id(
            UUID, CONNECTOR, page_size=15, query=filters.payment_service_user_connections.connection_id.match("c")
        )
    ),
    "list_payment_service_user_link_attempts_from_connector_id": lambda v3: (
        v3.payment_service_users.list_payment_service_user_link_attempts_from_connector_id(
            UUID,
            CONNECTOR,
            page_size=15,
            query=filters.payment_service_user_link_attempts_from_connector_id.status.match("exited"),
        )
    ),
    "get_payment_service_user_link_attempt_from_connector_id": lambda v3: (
        v3.payment_service_users.get_payment_service_user_link_attempt_from_connector_id(UUID, CONNECTOR, OTHER_UUID)
    ),
    "delete_payment_service_user_connection_from_connector_id": lambda v3: (
        v3.payment_service_users.delete_payment_service_user_connection_from_connector_id(UUID, CONNECTOR, "c 1")
    ),
    "update_link_for_payment_service_user_on_connector": lambda v3: (
        v3.payment_service_users.update_link_for_payment_service_user_on_connector(
            UUID, CONNECTOR, "connection_1", SHOP, application_name="Shop", idempotency_key=OTHER_UUID
        )
    ),
    "add_bank_account_to_payment_service_user": lambda v3: (
        v3.payment_service_users.add_bank_account_to_payment_service_user(UUID, OTHER_UUID)
    ),
    "forward_payment_service_user_bank_account": lambda v3: (
        v3.payment_service_users.forward_payment_service_user_bank_account(UUID, OTHER_UUID, CONNECTOR)
    ),
    # pools
    "create_pool": lambda v3: v3.pools.create_pool(CreatePoolRequest(name="Europe", account_ids=[ACCOUNT])),
    "list_pools": lambda v3: v3.pools.list_pools(page_size=15, query=filters.pools.account_id.match(ACCOUNT)),
    "get_pool": lambda v3: v3.pools.get_pool(UUID),
    "delete_pool": lambda v3: v3.pools.delete_pool(UUID),
    "update_pool_query": lambda v3: v3.pools.update_pool_query(UUID, filters.accounts.name.match("Main")),
    "get_pool_balances": lambda v3: v3.pools.get_pool_balances(UUID, AT),
    "get_pool_balances_latest": lambda v3: v3.pools.get_pool_balances_latest(UUID),
    "add_account_to_pool": lambda v3: v3.pools.add_account_to_pool(UUID, ACCOUNT),
    "remove_account_from_pool": lambda v3: v3.pools.remove_account_from_pool(UUID, ACCOUNT),
    # tasks
    "get_task": lambda v3: v3.tasks.get_task(TASK),
}

CALLS: dict[str, Call] = {name: _on(call) for name, call in _CALLS.items()}

_USERS = "payment_service_users"
_LISTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "list_accounts": ("accounts", ()),
    "get_account_balances": ("accounts", (ACCOUNT,)),
    "list_bank_accounts": ("bank_accounts", ()),
    "list_connectors": ("connectors", ()),
    "list_connector_schedules": ("connectors", (CONNECTOR,)),
    "list_connector_schedule_instances": ("connectors", (CONNECTOR, SCHEDULE)),
    "list_orders": ("orders", ()),
    "list_conversions": ("conversions", ()),
    "list_payments": ("payments", ()),
    "list_payment_initiations": ("payment_initiations", ()),
    "list_payment_initiation_adjustments": ("payment_initiations", (INITIATION,)),
    "list_payment_initiation_related_payments": ("payment_initiations", (INITIATION,)),
    "list_payment_service_users": (_USERS, ()),
    "list_payment_service_user_connections": (_USERS, (UUID,)),
    "list_payment_service_user_connections_from_connector_id": (_USERS, (UUID, CONNECTOR)),
    "list_payment_service_user_link_attempts_from_connector_id": (_USERS, (UUID, CONNECTOR)),
    "list_pools": ("pools", ()),
}


def _with_cursor(name: str, attribute: str, ids: tuple[str, ...]) -> Call:
    return _on(lambda v3: getattr(getattr(v3, attribute), name)(*ids, cursor=CURSOR))


CALLS_WITH_CURSOR: dict[str, Call] = {name: _with_cursor(name, *where) for name, where in _LISTS.items()}
