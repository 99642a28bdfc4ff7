"""Calls of each operation with all that it takes, each list also with a cursor, and some that one description bars."""

from datetime import UTC, datetime

from payments_async.models import (
    AccountRequest,
    AccountType,
    BankAccountRequest,
    Connector,
    PaymentRequest,
    PaymentScheme,
    PaymentStatus,
    PaymentType,
    ReverseTransferInitiationRequest,
    StripeConfig,
    TransferInitiationRequest,
    TransferInitiationType,
    TransferRequest,
)
from tests.interop.prism import Call

AT = datetime(2024, 3, 1, 12, 30, 15, 250_000, tzinfo=UTC)
ID = "eyJSZWZlcmVuY2UiOiJhL2IifQ"
CURSOR = "eyJvZmZzZXQiOjE1LCJwYWdlU2l6ZSI6MTV9"
UUID = "9a8b7c6d-5e4f-4a3b-9c2d-1e0f9a8b7c6d"
HUGE = 10**30
METADATA = {"order": "1042"}
SORT = ["created_at:asc", "id:desc"]
FILTER = {"$and": [{"$match": {"reference": "pi_1"}}]}
STRIPE = Connector.STRIPE
CONFIG = StripeConfig(name="stripe", api_key="sk_test", polling_period="90s", page_size=50)

CALLS: dict[str, Call] = {
    "get_server_info": lambda client: client.server.get_server_info(),
    # payments
    "list_payments": lambda client: client.payments.list_payments(page_size=100, sort=SORT, query=FILTER),
    "get_payment": lambda client: client.payments.get_payment(ID),
    "create_payment": lambda client: client.payments.create_payment(
        PaymentRequest(
            reference="pi_1",
            connector_id=ID,
            created_at=AT,
            amount=HUGE,
            type=PaymentType.PAY_IN,
            status=PaymentStatus.SUCCEEDED,
            scheme=PaymentScheme.VISA,
            asset="USD/2",
            source_account_id=ID,
            destination_account_id=ID,
        )
    ),
    "update_metadata": lambda client: client.payments.update_metadata(ID, METADATA),
    # accounts
    "list_accounts": lambda client: client.accounts.list_accounts(page_size=1, sort=SORT, query=FILTER),
    "get_account": lambda client: client.accounts.get_account(ID),
    "create_account": lambda client: client.accounts.create_account(
        AccountRequest(
            reference="acct_1",
            connector_id=ID,
            created_at=AT,
            type=AccountType.INTERNAL,
            default_asset="USD/2",
            account_name="Main",
            metadata=METADATA,
        )
    ),
    "get_account_balances": lambda client: client.accounts.get_account_balances(
        ID, asset="USD/2", from_=AT, to=AT, limit=500, page_size=15, sort=SORT
    ),
    # bank accounts
    "list_bank_accounts": lambda client: client.bank_accounts.list_bank_accounts(page_size=15, sort="name:asc"),
    "get_bank_account": lambda client: client.bank_accounts.get_bank_account(UUID),
    "create_bank_account": lambda client: client.bank_accounts.create_bank_account(
        BankAccountRequest(
            country="DE",
            name="Main",
            connector_id=ID,
            iban="DE89370400440532013000",
            account_number="0532013000",
            swift_bic_code="COBADEFFXXX",
            metadata=METADATA,
        )
    ),
    "forward_bank_account": lambda client: client.bank_accounts.forward_bank_account(UUID, ID),
    "update_bank_account_metadata": lambda client: client.bank_accounts.update_bank_account_metadata(UUID, METADATA),
    # pools
    "list_pools": lambda client: client.pools.list_pools(page_size=15, sort="name:asc", query={}),
    "get_pool": lambda client: client.pools.get_pool(UUID),
    "create_pool": lambda client: client.pools.create_pool("Europe", [ID, UUID]),
    "delete_pool": lambda client: client.pools.delete_pool(UUID),
    "add_account_to_pool": lambda client: client.pools.add_account_to_pool(UUID, ID),
    "remove_account_from_pool": lambda client: client.pools.remove_account_from_pool(UUID, ID),
    "get_pool_balances": lambda client: client.pools.get_pool_balances(UUID, AT),
    # transfer initiations
    "list_transfer_initiations": lambda client: client.transfer_initiations.list_transfer_initiations(
        page_size=15, sort=SORT, query={"$match": {"source_account_id": ID}}
    ),
    "get_transfer_initiation": lambda client: client.transfer_initiations.get_transfer_initiation(ID),
    "create_transfer_initiation": lambda client: client.transfer_initiations.create_transfer_initiation(
        TransferInitiationRequest(
            reference="tr_1",
            scheduled_at=AT,
            description="Rent",
            source_account_id=ID,
            destination_account_id=ID,
            connector_id=ID,
            provider=STRIPE,
            type=TransferInitiationType.PAYOUT,
            amount=HUGE,
            asset="USD/2",
            validated=False,
            metadata=METADATA,
        )
    ),
    "delete_transfer_initiation": lambda client: client.transfer_initiations.delete_transfer_initiation(ID),
    "update_transfer_initiation_status": lambda client: client.transfer_initiations.update_transfer_initiation_status(
        ID, "VALIDATED"
    ),
    "retry_transfer_initiation": lambda client: client.transfer_initiations.retry_transfer_initiation(ID),
    "reverse_transfer_initiation": lambda client: client.transfer_initiations.reverse_transfer_initiation(
        ID,
        ReverseTransferInitiationRequest(
            reference="re_1", description="Too much", amount=HUGE, asset="USD/2", metadata=METADATA
        ),
    ),
    # connectors
    "list_all_connectors": lambda client: client.connectors.list_all_connectors(),
    "list_configs_available_connectors": lambda client: client.connectors.list_configs_available_connectors(),
    "install_connector": lambda client: client.connectors.install_connector(STRIPE, CONFIG),
    "connectors_transfer": lambda client: client.connectors.connectors_transfer(
        STRIPE, TransferRequest(amount=HUGE, asset="USD/2", source="acct_1", destination="acct_2")
    ),
    "read_connector_config_v1": lambda client: client.connectors.read_connector_config_v1(STRIPE, ID),
    "update_connector_config_v1": lambda client: client.connectors.update_connector_config_v1(STRIPE, ID, CONFIG),
    "reset_connector_v1": lambda client: client.connectors.reset_connector_v1(STRIPE, ID),
    "uninstall_connector_v1": lambda client: client.connectors.uninstall_connector_v1(STRIPE, ID),
    "list_connector_tasks_v1": lambda client: client.connectors.list_connector_tasks_v1(STRIPE, ID, page_size=15),
    "get_connector_task_v1": lambda client: client.connectors.get_connector_task_v1(STRIPE, ID, UUID),
    # deprecated
    "read_connector_config": lambda client: client.connectors.read_connector_config(STRIPE),
    "reset_connector": lambda client: client.connectors.reset_connector(STRIPE),
    "uninstall_connector": lambda client: client.connectors.uninstall_connector(STRIPE),
    "list_connector_tasks": lambda client: client.connectors.list_connector_tasks(STRIPE, page_size=15),
    "get_connector_task": lambda client: client.connectors.get_connector_task(STRIPE, UUID),
}

CALLS_WITH_CURSOR: dict[str, Call] = {
    "list_payments": lambda client: client.payments.list_payments(cursor=CURSOR),
    "list_accounts": lambda client: client.accounts.list_accounts(cursor=CURSOR),
    "get_account_balances": lambda client: client.accounts.get_account_balances(ID, cursor=CURSOR),
    "list_bank_accounts": lambda client: client.bank_accounts.list_bank_accounts(cursor=CURSOR),
    "list_pools": lambda client: client.pools.list_pools(cursor=CURSOR),
    "list_transfer_initiations": lambda client: client.transfer_initiations.list_transfer_initiations(cursor=CURSOR),
    "list_connector_tasks_v1": lambda client: client.connectors.list_connector_tasks_v1(STRIPE, ID, cursor=CURSOR),
    "list_connector_tasks": lambda client: client.connectors.list_connector_tasks(STRIPE, cursor=CURSOR),
}

CALLS_BEYOND_THE_PUBLISHED: dict[str, Call] = {
    "an account of Formance's own": lambda client: client.accounts.create_account(
        AccountRequest(
            reference="acct_1",
            connector_id=ID,
            created_at=AT,
            type=AccountType.EXTERNAL_FORMANCE,
            account_name="Main",
        )
    ),
    "a negative payment": lambda client: client.payments.create_payment(
        PaymentRequest(
            reference="pi_1",
            connector_id=ID,
            created_at=AT,
            amount=-1,
            type=PaymentType.OTHER,
            status=PaymentStatus.OTHER,
            scheme=PaymentScheme.OTHER,
            asset="USD/2",
        )
    ),
    "a bank account without a connector": lambda client: client.bank_accounts.create_bank_account(
        BankAccountRequest(country="DE", name="Main", iban="DE89370400440532013000")
    ),
    "a transfer now, from nowhere": lambda client: client.transfer_initiations.create_transfer_initiation(
        TransferInitiationRequest(
            reference="tr_1",
            destination_account_id=ID,
            connector_id=ID,
            type=TransferInitiationType.TRANSFER,
            amount=1,
            asset="USD/2",
        )
    ),
    "a reversal without words": lambda client: client.transfer_initiations.reverse_transfer_initiation(
        ID, ReverseTransferInitiationRequest(reference="re_1", amount=1, asset="USD/2")
    ),
    "a status that the server takes all the same": lambda client: (
        client.transfer_initiations.update_transfer_initiation_status(ID, "ASK_RETRIED")
    ),
    "a connector without a name": lambda client: client.connectors.install_connector(
        STRIPE, StripeConfig(api_key="sk_test")
    ),
}
"""Calls that the server accepts and our description allows, but not the published one."""
