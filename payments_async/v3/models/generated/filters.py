# Written by `python -m codegen` from openapi/payments-v3.yaml. Do not edit: change the description and run it.

"""The keys by which each list can be filtered, with their operators and values."""

from payments_async.filters.key import Key, Metadata, OrderedKey, amounts, ids, one_of, texts, uuids
from payments_async.v3.models.generated.models import (
    Account,
    AccountType,
    BankAccount,
    ConnectionStatus,
    Connector,
    Conversion,
    ConversionStatus,
    OpenBankingConnectionAttemptStatus,
    Order,
    OrderDirection,
    OrderStatus,
    OrderType,
    Payment,
    PaymentInitiation,
    PaymentInitiationAdjustment,
    PaymentInitiationStatus,
    PaymentInitiationType,
    PaymentScheme,
    PaymentServiceUser,
    PaymentServiceUserConnection,
    PaymentServiceUserLinkAttempt,
    PaymentStatus,
    PaymentType,
    Pool,
    Schedule,
    TimeInForce,
)


class AccountKeys:
    """The keys by which `list_accounts` can be filtered."""

    __slots__ = ()

    id = OrderedKey(Account, "accounts.id", "id", ids)
    reference = OrderedKey(Account, "accounts.reference", "reference", texts)
    connector_id = OrderedKey(Account, "accounts.connector_id", "connector_id", ids)
    type = OrderedKey(Account, "accounts.type", "type", one_of(AccountType))
    default_asset = OrderedKey(Account, "accounts.default_asset", "default_asset", texts, optional=True)
    name = OrderedKey(Account, "accounts.name", "name", texts, optional=True)
    psu_id = OrderedKey(Account, "accounts.psu_id", "psu_id", uuids, optional=True)
    open_banking_connection_id = OrderedKey(
        Account, "accounts.open_banking_connection_id", "open_banking_connection_id", ids, optional=True
    )
    metadata = Metadata(Account, "accounts.metadata")


class BankAccountKeys:
    """The keys by which `list_bank_accounts` can be filtered."""

    __slots__ = ()

    name = Key(BankAccount, "bank_accounts.name", "name", texts)
    country = Key(BankAccount, "bank_accounts.country", "country", texts, optional=True)
    id = Key(BankAccount, "bank_accounts.id", "id", uuids)
    psu_id = Key(BankAccount, "bank_accounts.psu_id", "psu_id", uuids, optional=True)
    metadata = Metadata(BankAccount, "bank_accounts.metadata")


class ConnectorKeys:
    """The keys by which `list_connectors` can be filtered."""

    __slots__ = ()

    provider = OrderedKey(Connector, "connectors.provider", "provider", texts)
    name = OrderedKey(Connector, "connectors.name", "name", texts)
    id = OrderedKey(Connector, "connectors.id", "id", ids)


class ScheduleKeys:
    """The keys by which `list_connector_schedules` can be filtered."""

    __slots__ = ()

    id = Key(Schedule, "connector_schedules.id", "id", ids)
    connector_id = Key(Schedule, "connector_schedules.connector_id", "connector_id", ids)


class OrderKeys:
    """The keys by which `list_orders` can be filtered."""

    __slots__ = ()

    reference = Key(Order, "orders.reference", "reference", texts)
    id = Key(Order, "orders.id", "id", ids)
    connector_id = Key(Order, "orders.connector_id", "connector_id", ids)
    direction = Key(Order, "orders.direction", "direction", one_of(OrderDirection))
    source_asset = Key(Order, "orders.source_asset", "source_asset", texts)
    destination_asset = Key(Order, "orders.destination_asset", "destination_asset", texts)
    type = Key(Order, "orders.type", "type", one_of(OrderType))
    status = Key(Order, "orders.status", "status", one_of(OrderStatus))
    time_in_force = Key(Order, "orders.time_in_force", "time_in_force", one_of(TimeInForce))
    base_quantity_ordered = OrderedKey(
        Order, "orders.base_quantity_ordered", "base_quantity_ordered", amounts, sent=int
    )
    base_quantity_filled = OrderedKey(
        Order, "orders.base_quantity_filled", "base_quantity_filled", amounts, sent=int, optional=True
    )
    limit_price = OrderedKey(Order, "orders.limit_price", "limit_price", amounts, sent=int, optional=True)
    fee = OrderedKey(Order, "orders.fee", "fee", amounts, sent=int, optional=True)
    metadata = Metadata(Order, "orders.metadata")


class ConversionKeys:
    """The keys by which `list_conversions` can be filtered."""

    __slots__ = ()

    reference = Key(Conversion, "conversions.reference", "reference", texts)
    id = Key(Conversion, "conversions.id", "id", ids)
    connector_id = Key(Conversion, "conversions.connector_id", "connector_id", ids)
    source_asset = Key(Conversion, "conversions.source_asset", "source_asset", texts)
    destination_asset = Key(Conversion, "conversions.destination_asset", "destination_asset", texts)
    status = Key(Conversion, "conversions.status", "status", one_of(ConversionStatus))
    source_account_id = Key(Conversion, "conversions.source_account_id", "source_account_id", ids, optional=True)
    destination_account_id = Key(
        Conversion, "conversions.destination_account_id", "destination_account_id", ids, optional=True
    )
    source_amount = OrderedKey(Conversion, "conversions.source_amount", "source_amount", amounts, sent=int)
    destination_amount = OrderedKey(
        Conversion, "conversions.destination_amount", "destination_amount", amounts, sent=int, optional=True
    )
    metadata = Metadata(Conversion, "conversions.metadata")


class PaymentKeys:
    """The keys by which `list_payments` can be filtered."""

    __slots__ = ()

    reference = Key(Payment, "payments.reference", "reference", texts)
    id = Key(Payment, "payments.id", "id", ids)
    connector_id = Key(Payment, "payments.connector_id", "connector_id", ids)
    type = Key(Payment, "payments.type", "type", one_of(PaymentType))
    asset = Key(Payment, "payments.asset", "asset", texts)
    scheme = Key(Payment, "payments.scheme", "scheme", one_of(PaymentScheme))
    status = Key(Payment, "payments.status", "status", one_of(PaymentStatus))
    source_account_id = Key(Payment, "payments.source_account_id", "source_account_id", ids, optional=True)
    destination_account_id = Key(
        Payment, "payments.destination_account_id", "destination_account_id", ids, optional=True
    )
    psu_id = Key(Payment, "payments.psu_id", "psu_id", uuids, optional=True)
    open_banking_connection_id = Key(
        Payment, "payments.open_banking_connection_id", "open_banking_connection_id", ids, optional=True
    )
    amount = OrderedKey(Payment, "payments.amount", "amount", amounts, sent=int)
    initial_amount = OrderedKey(Payment, "payments.initial_amount", "initial_amount", amounts, sent=int)
    metadata = Metadata(Payment, "payments.metadata")


class PaymentInitiationKeys:
    """The keys by which `list_payment_initiations` can be filtered."""

    __slots__ = ()

    reference = Key(PaymentInitiation, "payment_initiations.reference", "reference", texts)
    id = Key(PaymentInitiation, "payment_initiations.id", "id", ids)
    connector_id = Key(PaymentInitiation, "payment_initiations.connector_id", "connector_id", ids)
    type = Key(PaymentInitiation, "payment_initiations.type", "type", one_of(PaymentInitiationType))
    asset = Key(PaymentInitiation, "payment_initiations.asset", "asset", texts)
    source_account_id = Key(
        PaymentInitiation, "payment_initiations.source_account_id", "source_account_id", ids, optional=True
    )
    destination_account_id = Key(
        PaymentInitiation, "payment_initiations.destination_account_id", "destination_account_id", ids, optional=True
    )
    status = Key(
        PaymentInitiation,
        "payment_initiations.status",
        "status",
        one_of(PaymentInitiationStatus),
        apart=("asset", "amount", "id", "metadata"),
    )
    amount = OrderedKey(PaymentInitiation, "payment_initiations.amount", "amount", amounts, sent=int)
    metadata = Metadata(PaymentInitiation, "payment_initiations.metadata", optional=True)


class PaymentInitiationAdjustmentKeys:
    """The keys by which `list_payment_initiation_adjustments` can be filtered."""

    __slots__ = ()

    status = Key(
        PaymentInitiationAdjustment, "payment_initiation_adjustments.status", "status", one_of(PaymentInitiationStatus)
    )
    metadata = Metadata(PaymentInitiationAdjustment, "payment_initiation_adjustments.metadata", optional=True)


class PaymentServiceUserKeys:
    """The keys by which `list_payment_service_users` can be filtered."""

    __slots__ = ()

    id = Key(PaymentServiceUser, "payment_service_users.id", "id", uuids)
    metadata = Metadata(PaymentServiceUser, "payment_service_users.metadata", optional=True)


class PaymentServiceUserConnectionKeys:
    """The keys by which `list_payment_service_user_connections` can be filtered."""

    __slots__ = ()

    connection_id = Key(
        PaymentServiceUserConnection, "payment_service_user_connections.connection_id", "connection_id", ids
    )
    status = Key(
        PaymentServiceUserConnection, "payment_service_user_connections.status", "status", one_of(ConnectionStatus)
    )
    metadata = Metadata(PaymentServiceUserConnection, "payment_service_user_connections.metadata", optional=True)


class PaymentServiceUserLinkAttemptKeys:
    """The keys by which `list_payment_service_user_link_attempts_from_connector_id` can be filtered."""

    __slots__ = ()

    id = Key(PaymentServiceUserLinkAttempt, "payment_service_user_link_attempts_from_connector_id.id", "id", uuids)
    status = Key(
        PaymentServiceUserLinkAttempt,
        "payment_service_user_link_attempts_from_connector_id.status",
        "status",
        one_of(OpenBankingConnectionAttemptStatus),
    )


class PoolKeys:
    """The keys by which `list_pools` can be filtered."""

    __slots__ = ()

    name = Key(Pool, "pools.name", "name", texts)
    id = Key(Pool, "pools.id", "id", uuids)
    account_id = Key(Pool, "pools.account_id", "account_id", ids, optional=True)


accounts = AccountKeys()
bank_accounts = BankAccountKeys()
connectors = ConnectorKeys()
connector_schedules = ScheduleKeys()
orders = OrderKeys()
conversions = ConversionKeys()
payments = PaymentKeys()
payment_initiations = PaymentInitiationKeys()
payment_initiation_adjustments = PaymentInitiationAdjustmentKeys()
payment_service_users = PaymentServiceUserKeys()
payment_service_user_connections = PaymentServiceUserConnectionKeys()
payment_service_user_connections_from_connector_id = payment_service_user_connections
payment_service_user_link_attempts_from_connector_id = PaymentServiceUserLinkAttemptKeys()
pools = PoolKeys()

__all__ = [
    "accounts",
    "bank_accounts",
    "connector_schedules",
    "connectors",
    "conversions",
    "orders",
    "payment_initiation_adjustments",
    "payment_initiations",
    "payment_service_user_connections",
    "payment_service_user_connections_from_connector_id",
    "payment_service_user_link_attempts_from_connector_id",
    "payment_service_users",
    "payments",
    "pools",
]
