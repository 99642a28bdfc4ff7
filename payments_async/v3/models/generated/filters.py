# Written by `python -m codegen` from openapi/payments-v3.yaml. Do not edit: change the description and run it.

"""The keys by which each list can be filtered, with their operators and values."""

from typing import ClassVar

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

    id: ClassVar[OrderedKey[Account, str]] = OrderedKey(Account, "accounts.id", "id", ids)
    """Opaque base64url."""
    reference: ClassVar[OrderedKey[Account, str]] = OrderedKey(Account, "accounts.reference", "reference", texts)
    """The provider's own id of the account, or the caller's."""
    connector_id: ClassVar[OrderedKey[Account, str]] = OrderedKey(Account, "accounts.connector_id", "connector_id", ids)
    """Id of the connector, opaque base64url."""
    type: ClassVar[OrderedKey[Account, str]] = OrderedKey(Account, "accounts.type", "type", one_of(AccountType))
    """Whether an account is the owner's or somebody else's. Requests cannot have `UNKNOWN`."""
    default_asset: ClassVar[OrderedKey[Account, str]] = OrderedKey(
        Account, "accounts.default_asset", "default_asset", texts, optional=True
    )
    """Asset, as `USD/2`. Null when the provider gives none, empty when the account was recorded without one."""
    name: ClassVar[OrderedKey[Account, str]] = OrderedKey(Account, "accounts.name", "name", texts, optional=True)
    """Null when the provider gives none."""
    psu_id: ClassVar[OrderedKey[Account, str]] = OrderedKey(Account, "accounts.psu_id", "psu_id", uuids, optional=True)
    """Id of the payment service user who owns the account, a UUID. Absent when there is none."""
    open_banking_connection_id: ClassVar[OrderedKey[Account, str]] = OrderedKey(
        Account, "accounts.open_banking_connection_id", "open_banking_connection_id", ids, optional=True
    )
    """Id of the user's connection through which the account was read. Absent when there is none."""
    metadata: ClassVar[Metadata[Account]] = Metadata(Account, "accounts.metadata")
    """The metadata of an item."""


class BankAccountKeys:
    """The keys by which `list_bank_accounts` can be filtered."""

    __slots__ = ()

    name: ClassVar[Key[BankAccount, str]] = Key(BankAccount, "bank_accounts.name", "name", texts)
    """The name of an item."""
    country: ClassVar[Key[BankAccount, str]] = Key(
        BankAccount, "bank_accounts.country", "country", texts, optional=True
    )
    """ISO 3166-1 alpha-2."""
    id: ClassVar[Key[BankAccount, str]] = Key(BankAccount, "bank_accounts.id", "id", uuids)
    """UUID."""
    psu_id: ClassVar[Key[BankAccount, str]] = Key(BankAccount, "bank_accounts.psu_id", "psu_id", uuids, optional=True)
    """The psu_id of an item."""
    metadata: ClassVar[Metadata[BankAccount]] = Metadata(BankAccount, "bank_accounts.metadata")
    """The metadata of an item."""


class ConnectorKeys:
    """The keys by which `list_connectors` can be filtered."""

    __slots__ = ()

    provider: ClassVar[OrderedKey[Connector, str]] = OrderedKey(Connector, "connectors.provider", "provider", texts)
    """The provider of an item."""
    name: ClassVar[OrderedKey[Connector, str]] = OrderedKey(Connector, "connectors.name", "name", texts)
    """Unique across all providers."""
    id: ClassVar[OrderedKey[Connector, str]] = OrderedKey(Connector, "connectors.id", "id", ids)
    """Opaque base64url."""


class ScheduleKeys:
    """The keys by which `list_connector_schedules` can be filtered."""

    __slots__ = ()

    id: ClassVar[Key[Schedule, str]] = Key(Schedule, "connector_schedules.id", "id", ids)
    """Any text, which may contain the reference of an account."""
    connector_id: ClassVar[Key[Schedule, str]] = Key(Schedule, "connector_schedules.connector_id", "connector_id", ids)
    """Id of the connector, opaque base64url."""


class OrderKeys:
    """The keys by which `list_orders` can be filtered."""

    __slots__ = ()

    reference: ClassVar[Key[Order, str]] = Key(Order, "orders.reference", "reference", texts)
    """The provider's own id of the order."""
    id: ClassVar[Key[Order, str]] = Key(Order, "orders.id", "id", ids)
    """Opaque base64url."""
    connector_id: ClassVar[Key[Order, str]] = Key(Order, "orders.connector_id", "connector_id", ids)
    """Id of the connector, opaque base64url."""
    direction: ClassVar[Key[Order, str]] = Key(Order, "orders.direction", "direction", one_of(OrderDirection))
    """Whether the order buys or sells."""
    source_asset: ClassVar[Key[Order, str]] = Key(Order, "orders.source_asset", "source_asset", texts)
    """Asset that is sold."""
    destination_asset: ClassVar[Key[Order, str]] = Key(Order, "orders.destination_asset", "destination_asset", texts)
    """Asset that is bought."""
    type: ClassVar[Key[Order, str]] = Key(Order, "orders.type", "type", one_of(OrderType))
    """How the price and the time of execution of an order are determined."""
    status: ClassVar[Key[Order, str]] = Key(Order, "orders.status", "status", one_of(OrderStatus))
    """Status of an order."""
    time_in_force: ClassVar[Key[Order, str]] = Key(Order, "orders.time_in_force", "time_in_force", one_of(TimeInForce))
    """How long an order stays open."""
    base_quantity_ordered: ClassVar[OrderedKey[Order, int]] = OrderedKey(
        Order, "orders.base_quantity_ordered", "base_quantity_ordered", amounts, sent=int
    )
    """How much is to be traded, in the minor unit of the base asset."""
    base_quantity_filled: ClassVar[OrderedKey[Order, int]] = OrderedKey(
        Order, "orders.base_quantity_filled", "base_quantity_filled", amounts, sent=int, optional=True
    )
    """How much has been traded so far, in the same unit. Null when the provider does not say."""
    limit_price: ClassVar[OrderedKey[Order, int]] = OrderedKey(
        Order, "orders.limit_price", "limit_price", amounts, sent=int, optional=True
    )
    """The worst price that the order accepts, in the minor unit of `priceAsset`. Absent when there is none."""
    fee: ClassVar[OrderedKey[Order, int]] = OrderedKey(Order, "orders.fee", "fee", amounts, sent=int, optional=True)
    """Fee, in the minor unit of `feeAsset`. Absent when not known."""
    metadata: ClassVar[Metadata[Order]] = Metadata(Order, "orders.metadata")
    """The metadata of an item."""


class ConversionKeys:
    """The keys by which `list_conversions` can be filtered."""

    __slots__ = ()

    reference: ClassVar[Key[Conversion, str]] = Key(Conversion, "conversions.reference", "reference", texts)
    """The provider's own id of the conversion."""
    id: ClassVar[Key[Conversion, str]] = Key(Conversion, "conversions.id", "id", ids)
    """Opaque base64url."""
    connector_id: ClassVar[Key[Conversion, str]] = Key(Conversion, "conversions.connector_id", "connector_id", ids)
    """Id of the connector, opaque base64url."""
    source_asset: ClassVar[Key[Conversion, str]] = Key(Conversion, "conversions.source_asset", "source_asset", texts)
    """Asset that is sold."""
    destination_asset: ClassVar[Key[Conversion, str]] = Key(
        Conversion, "conversions.destination_asset", "destination_asset", texts
    )
    """Asset that is bought."""
    status: ClassVar[Key[Conversion, str]] = Key(Conversion, "conversions.status", "status", one_of(ConversionStatus))
    """Status of a conversion."""
    source_account_id: ClassVar[Key[Conversion, str]] = Key(
        Conversion, "conversions.source_account_id", "source_account_id", ids, optional=True
    )
    """Id of the account that pays. Null when not known."""
    destination_account_id: ClassVar[Key[Conversion, str]] = Key(
        Conversion, "conversions.destination_account_id", "destination_account_id", ids, optional=True
    )
    """Id of the account that receives. Null when not known."""
    source_amount: ClassVar[OrderedKey[Conversion, int]] = OrderedKey(
        Conversion, "conversions.source_amount", "source_amount", amounts, sent=int
    )
    """Amount that is sold, in the minor unit of `sourceAsset`."""
    destination_amount: ClassVar[OrderedKey[Conversion, int]] = OrderedKey(
        Conversion, "conversions.destination_amount", "destination_amount", amounts, sent=int, optional=True
    )
    """Amount that is bought, in the minor unit of `destinationAsset`. Absent when not known."""
    metadata: ClassVar[Metadata[Conversion]] = Metadata(Conversion, "conversions.metadata")
    """The metadata of an item."""


class PaymentKeys:
    """The keys by which `list_payments` can be filtered."""

    __slots__ = ()

    reference: ClassVar[Key[Payment, str]] = Key(Payment, "payments.reference", "reference", texts)
    """The provider's own id of the payment, or the caller's."""
    id: ClassVar[Key[Payment, str]] = Key(Payment, "payments.id", "id", ids)
    """Opaque base64url. Computed from connector, reference and type."""
    connector_id: ClassVar[Key[Payment, str]] = Key(Payment, "payments.connector_id", "connector_id", ids)
    """Id of the connector, opaque base64url."""
    type: ClassVar[Key[Payment, str]] = Key(Payment, "payments.type", "type", one_of(PaymentType))
    """Direction of a payment."""
    asset: ClassVar[Key[Payment, str]] = Key(Payment, "payments.asset", "asset", texts)
    """Asset, as `USD/2`. Some providers report other currencies, or no exponent; the server refuses those in
    requests."""
    scheme: ClassVar[Key[Payment, str]] = Key(Payment, "payments.scheme", "scheme", one_of(PaymentScheme))
    """How a payment was made."""
    status: ClassVar[Key[Payment, str]] = Key(Payment, "payments.status", "status", one_of(PaymentStatus))
    """Status of a payment, which is that of its latest adjustment; in the answer to a creation it is always `UNKNOWN`.
    `AMOUNT_ADJUSTEMENT` is the server's spelling."""
    source_account_id: ClassVar[Key[Payment, str]] = Key(
        Payment, "payments.source_account_id", "source_account_id", ids, optional=True
    )
    """Id of the account from which the money comes. Null when not known."""
    destination_account_id: ClassVar[Key[Payment, str]] = Key(
        Payment, "payments.destination_account_id", "destination_account_id", ids, optional=True
    )
    """Id of the account to which the money goes. Null when not known."""
    psu_id: ClassVar[Key[Payment, str]] = Key(Payment, "payments.psu_id", "psu_id", uuids, optional=True)
    """Id of the payment service user whose payment it is, a UUID. Absent when there is none."""
    open_banking_connection_id: ClassVar[Key[Payment, str]] = Key(
        Payment, "payments.open_banking_connection_id", "open_banking_connection_id", ids, optional=True
    )
    """Id of the user's connection through which the payment was read. Absent when there is none."""
    amount: ClassVar[OrderedKey[Payment, int]] = OrderedKey(Payment, "payments.amount", "amount", amounts, sent=int)
    """Amount after all adjustments, in the minor unit of the asset. 0 while the payment is only authorised. May be
    negative."""
    initial_amount: ClassVar[OrderedKey[Payment, int]] = OrderedKey(
        Payment, "payments.initial_amount", "initial_amount", amounts, sent=int
    )
    """Amount at the payment's creation, in the minor unit of the asset. May be negative."""
    metadata: ClassVar[Metadata[Payment]] = Metadata(Payment, "payments.metadata")
    """The metadata of an item."""


class PaymentInitiationKeys:
    """The keys by which `list_payment_initiations` can be filtered."""

    __slots__ = ()

    reference: ClassVar[Key[PaymentInitiation, str]] = Key(
        PaymentInitiation, "payment_initiations.reference", "reference", texts
    )
    """The caller's own id, unique within the connector."""
    id: ClassVar[Key[PaymentInitiation, str]] = Key(PaymentInitiation, "payment_initiations.id", "id", ids)
    """Opaque base64url. Computed from connector and reference."""
    connector_id: ClassVar[Key[PaymentInitiation, str]] = Key(
        PaymentInitiation, "payment_initiations.connector_id", "connector_id", ids
    )
    """Id of the connector, opaque base64url."""
    type: ClassVar[Key[PaymentInitiation, str]] = Key(
        PaymentInitiation, "payment_initiations.type", "type", one_of(PaymentInitiationType)
    )
    """Whether money moves between accounts at the provider (`TRANSFER`) or leaves it (`PAYOUT`). The server accepts
    `UNKNOWN`, but then never does anything."""
    asset: ClassVar[Key[PaymentInitiation, str]] = Key(PaymentInitiation, "payment_initiations.asset", "asset", texts)
    """Asset, as `USD/2`."""
    source_account_id: ClassVar[Key[PaymentInitiation, str]] = Key(
        PaymentInitiation, "payment_initiations.source_account_id", "source_account_id", ids, optional=True
    )
    """Id of the account from which the money comes. Absent when not set."""
    destination_account_id: ClassVar[Key[PaymentInitiation, str]] = Key(
        PaymentInitiation, "payment_initiations.destination_account_id", "destination_account_id", ids, optional=True
    )
    """Id of the account to which the money goes."""
    status: ClassVar[Key[PaymentInitiation, str]] = Key(
        PaymentInitiation,
        "payment_initiations.status",
        "status",
        one_of(PaymentInitiationStatus),
        apart=("asset", "amount", "id", "metadata"),
    )
    """Status of a payment initiation. From `WAITING_FOR_VALIDATION` it becomes, for good, `REJECTED`, or goes through
    `SCHEDULED_FOR_PROCESSING` (if it is scheduled) and `PROCESSING` to `PROCESSED` or `FAILED`. A full or partial
    reversal goes through `REVERSE_PROCESSING` to `REVERSED` or `REVERSE_FAILED`."""
    amount: ClassVar[OrderedKey[PaymentInitiation, int]] = OrderedKey(
        PaymentInitiation, "payment_initiations.amount", "amount", amounts, sent=int
    )
    """Amount, in the minor unit of the asset."""
    metadata: ClassVar[Metadata[PaymentInitiation]] = Metadata(
        PaymentInitiation, "payment_initiations.metadata", optional=True
    )
    """The metadata of an item."""


class PaymentInitiationAdjustmentKeys:
    """The keys by which `list_payment_initiation_adjustments` can be filtered."""

    __slots__ = ()

    status: ClassVar[Key[PaymentInitiationAdjustment, str]] = Key(
        PaymentInitiationAdjustment, "payment_initiation_adjustments.status", "status", one_of(PaymentInitiationStatus)
    )
    """Status of a payment initiation. From `WAITING_FOR_VALIDATION` it becomes, for good, `REJECTED`, or goes through
    `SCHEDULED_FOR_PROCESSING` (if it is scheduled) and `PROCESSING` to `PROCESSED` or `FAILED`. A full or partial
    reversal goes through `REVERSE_PROCESSING` to `REVERSED` or `REVERSE_FAILED`."""
    metadata: ClassVar[Metadata[PaymentInitiationAdjustment]] = Metadata(
        PaymentInitiationAdjustment, "payment_initiation_adjustments.metadata", optional=True
    )
    """The metadata of an item."""


class PaymentServiceUserKeys:
    """The keys by which `list_payment_service_users` can be filtered."""

    __slots__ = ()

    id: ClassVar[Key[PaymentServiceUser, str]] = Key(PaymentServiceUser, "payment_service_users.id", "id", uuids)
    """UUID."""
    metadata: ClassVar[Metadata[PaymentServiceUser]] = Metadata(
        PaymentServiceUser, "payment_service_users.metadata", optional=True
    )
    """The metadata of an item."""


class PaymentServiceUserConnectionKeys:
    """The keys by which `list_payment_service_user_connections` can be filtered."""

    __slots__ = ()

    connection_id: ClassVar[Key[PaymentServiceUserConnection, str]] = Key(
        PaymentServiceUserConnection, "payment_service_user_connections.connection_id", "connection_id", ids
    )
    """The provider's own id of the connection."""
    status: ClassVar[Key[PaymentServiceUserConnection, str]] = Key(
        PaymentServiceUserConnection, "payment_service_user_connections.status", "status", one_of(ConnectionStatus)
    )
    """Whether data can be read through a connection."""
    metadata: ClassVar[Metadata[PaymentServiceUserConnection]] = Metadata(
        PaymentServiceUserConnection, "payment_service_user_connections.metadata", optional=True
    )
    """The metadata of an item."""


class PaymentServiceUserLinkAttemptKeys:
    """The keys by which `list_payment_service_user_link_attempts_from_connector_id` can be filtered."""

    __slots__ = ()

    id: ClassVar[Key[PaymentServiceUserLinkAttempt, str]] = Key(
        PaymentServiceUserLinkAttempt, "payment_service_user_link_attempts_from_connector_id.id", "id", uuids
    )
    """UUID. Equal to the idempotency key of the request for the link, if it had one."""
    status: ClassVar[Key[PaymentServiceUserLinkAttempt, str]] = Key(
        PaymentServiceUserLinkAttempt,
        "payment_service_user_link_attempts_from_connector_id.status",
        "status",
        one_of(OpenBankingConnectionAttemptStatus),
    )
    """Status of an attempt."""


class PoolKeys:
    """The keys by which `list_pools` can be filtered."""

    __slots__ = ()

    name: ClassVar[Key[Pool, str]] = Key(Pool, "pools.name", "name", texts)
    """Unique."""
    id: ClassVar[Key[Pool, str]] = Key(Pool, "pools.id", "id", uuids)
    """UUID."""
    account_id: ClassVar[Key[Pool, str]] = Key(Pool, "pools.account_id", "account_id", ids, optional=True)
    """The account_id of an item."""


accounts: AccountKeys = AccountKeys()
bank_accounts: BankAccountKeys = BankAccountKeys()
connectors: ConnectorKeys = ConnectorKeys()
connector_schedules: ScheduleKeys = ScheduleKeys()
orders: OrderKeys = OrderKeys()
conversions: ConversionKeys = ConversionKeys()
payments: PaymentKeys = PaymentKeys()
payment_initiations: PaymentInitiationKeys = PaymentInitiationKeys()
payment_initiation_adjustments: PaymentInitiationAdjustmentKeys = PaymentInitiationAdjustmentKeys()
payment_service_users: PaymentServiceUserKeys = PaymentServiceUserKeys()
payment_service_user_connections: PaymentServiceUserConnectionKeys = PaymentServiceUserConnectionKeys()
payment_service_user_connections_from_connector_id: PaymentServiceUserConnectionKeys = payment_service_user_connections
payment_service_user_link_attempts_from_connector_id: PaymentServiceUserLinkAttemptKeys = (
    PaymentServiceUserLinkAttemptKeys()
)
pools: PoolKeys = PoolKeys()

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
