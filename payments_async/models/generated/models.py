# Written by `python -m codegen` from openapi/payments.yaml. Do not edit: change the description and run it.

"""The API's data: classes, open enums, and unions."""

from datetime import datetime
from typing import Any

import attrs

from payments_async.models.model import Model
from payments_async.models.open_enum import OpenEnum


class PaymentType(OpenEnum):
    """Direction of a payment."""

    PAY_IN = "PAY-IN"
    PAYOUT = "PAYOUT"
    TRANSFER = "TRANSFER"
    OTHER = "OTHER"


class PaymentStatus(OpenEnum):
    """Status of a payment, as its connector translates the provider's own."""

    PENDING = "PENDING"
    SUCCEEDED = "SUCCEEDED"
    CANCELLED = "CANCELLED"
    FAILED = "FAILED"
    EXPIRED = "EXPIRED"
    REFUNDED = "REFUNDED"
    REFUNDED_FAILURE = "REFUNDED_FAILURE"
    DISPUTE = "DISPUTE"
    DISPUTE_WON = "DISPUTE_WON"
    DISPUTE_LOST = "DISPUTE_LOST"
    OTHER = "OTHER"


class PaymentScheme(OpenEnum):
    """How a payment was made. Reads may give any text in any case, such as the brand of a card. Writes ignore case,
    and refuse `alipay`, `cup`, `doku`, `dragonpay`, `maestro` and `molpay`.
    """

    UNKNOWN = "unknown"
    OTHER = "other"
    VISA = "visa"
    MASTERCARD = "mastercard"
    AMEX = "amex"
    DINERS = "diners"
    DISCOVER = "discover"
    JCB = "jcb"
    UNIONPAY = "unionpay"
    ALIPAY = "alipay"
    CUP = "cup"
    SEPA_DEBIT = "sepa debit"
    SEPA_CREDIT = "sepa credit"
    SEPA = "sepa"
    APPLE_PAY = "apple pay"
    GOOGLE_PAY = "google pay"
    DOKU = "doku"
    DRAGONPAY = "dragonpay"
    MAESTRO = "maestro"
    MOLPAY = "molpay"
    A2A = "a2a"
    ACH_DEBIT = "ach debit"
    ACH = "ach"
    RTP = "rtp"


class AccountType(OpenEnum):
    """Whether an account is the owner's or somebody else's. `UNKNOWN` is refused in requests. `EXTERNAL_FORMANCE` is
    shown as `EXTERNAL` once stored, and verbatim in the answer to the creation. Old accounts may have an empty
    type.
    """

    UNKNOWN = "UNKNOWN"
    INTERNAL = "INTERNAL"
    EXTERNAL = "EXTERNAL"
    EXTERNAL_FORMANCE = "EXTERNAL_FORMANCE"


@attrs.define(kw_only=True)
class AccountBalance(Model):
    """The balance of an account in one asset, and the interval in which it was seen to hold.

    Attributes:
        account_id: Id of the account, opaque base64url.
        created_at: When this amount was first seen.
        last_updated_at: When this amount was last seen.
        currency: The same as `asset`. Deprecated.
        asset: Asset, as `USD/2`. Zero-decimal and unknown currencies may come bare, as `JPY`.
        balance: Balance, in the minor unit of the asset. May be negative.
    """

    account_id: str = attrs.field(metadata={"wire": "accountId"})
    """Id of the account, opaque base64url."""
    created_at: datetime = attrs.field(metadata={"wire": "createdAt"})
    """When this amount was first seen."""
    last_updated_at: datetime = attrs.field(metadata={"wire": "lastUpdatedAt"})
    """When this amount was last seen."""
    currency: str
    """The same as `asset`. Deprecated."""
    asset: str
    """Asset, as `USD/2`. Zero-decimal and unknown currencies may come bare, as `JPY`."""
    balance: int
    """Balance, in the minor unit of the asset. May be negative."""


@attrs.define(kw_only=True)
class BankAccountRequest(Model):
    """A bank account to create. At least one of `iban` and `accountNumber` is needed.

    Attributes:
        country: Country of the bank, by convention ISO 3166-1 alpha-2. Not checked by the server.
        connector_id: Id of a connector to hand the bank account to at once, opaque base64url.
        name: Not empty.
        account_number: At least five characters, or the bank account can never be fetched.
        iban: At least eight characters, or the bank account can never be fetched. Not checked by the server.
        metadata: Metadata of a bank account, text by key. Absent when there is none.
    """

    country: str
    """Country of the bank, by convention ISO 3166-1 alpha-2. Not checked by the server."""
    connector_id: str | None = attrs.field(default=None, metadata={"wire": "connectorID"})
    """Id of a connector to hand the bank account to at once, opaque base64url."""
    name: str
    """Not empty."""
    account_number: str | None = attrs.field(default=None, repr=False, metadata={"wire": "accountNumber"})
    """At least five characters, or the bank account can never be fetched."""
    iban: str | None = attrs.field(default=None, repr=False)
    """At least eight characters, or the bank account can never be fetched. Not checked by the server."""
    swift_bic_code: str | None = attrs.field(default=None, metadata={"wire": "swiftBicCode"})
    metadata: dict[str, str] | None = None
    """Metadata of a bank account, text by key. Absent when there is none."""


@attrs.define(kw_only=True)
class ForwardBankAccountRequest(Model):
    """Where to hand a bank account.

    Attributes:
        connector_id: Id of the connector, opaque base64url.
    """

    connector_id: str = attrs.field(metadata={"wire": "connectorID"})
    """Id of the connector, opaque base64url."""


@attrs.define(kw_only=True)
class UpdateBankAccountMetadataRequest(Model):
    """Metadata to add to a bank account.

    Attributes:
        metadata: Metadata of a bank account, text by key. Absent when there is none.
    """

    metadata: dict[str, str] | None
    """Metadata of a bank account, text by key. Absent when there is none."""


@attrs.define(kw_only=True)
class Pool(Model):
    """A named group of accounts, of any connectors.

    Attributes:
        id: UUID.
        name: Unique.
        accounts: Ids of its accounts, opaque base64url.
    """

    id: str
    """UUID."""
    name: str
    """Unique."""
    accounts: list[str] = attrs.field(factory=lambda: [])
    """Ids of its accounts, opaque base64url."""


@attrs.define(kw_only=True)
class PoolRequest(Model):
    """A pool to create.

    Attributes:
        name: Unique.
        account_ids: Ids of its accounts, opaque base64url. At least one, each once.
    """

    name: str
    """Unique."""
    account_ids: list[str] = attrs.field(metadata={"wire": "accountIDs"})
    """Ids of its accounts, opaque base64url. At least one, each once."""


@attrs.define(kw_only=True)
class AddAccountToPoolRequest(Model):
    """An account to add to a pool.

    Attributes:
        account_id: Id of the account, opaque base64url.
    """

    account_id: str = attrs.field(metadata={"wire": "accountID"})
    """Id of the account, opaque base64url."""


@attrs.define(kw_only=True)
class PoolBalance(Model):
    """The sum of a pool's balances in one asset.

    Attributes:
        amount: Sum, in the minor unit of the asset. May be negative.
        asset: Asset, as `USD/2`. Zero-decimal and unknown currencies may come bare, as `JPY`.
    """

    amount: int
    """Sum, in the minor unit of the asset. May be negative."""
    asset: str
    """Asset, as `USD/2`. Zero-decimal and unknown currencies may come bare, as `JPY`."""


@attrs.define(kw_only=True)
class ReverseTransferInitiationRequest(Model):
    """A reversal of a transfer.

    Attributes:
        reference: The caller's own id of the reversal, unique within the connector.
        amount: Amount to send back, in the minor unit of the asset; at most what earlier reversals have left.
        asset: Asset with its exponent: `USD/2`. Not compared with the transfer's.
        metadata: Metadata of a transfer initiation, text by key. Null when there is none. Stripe adds a
            `transfer_id`.
    """

    reference: str
    """The caller's own id of the reversal, unique within the connector."""
    description: str | None = None
    amount: int
    """Amount to send back, in the minor unit of the asset; at most what earlier reversals have left."""
    asset: str
    """Asset with its exponent: `USD/2`. Not compared with the transfer's."""
    metadata: dict[str, str] | None = None
    """Metadata of a transfer initiation, text by key. Null when there is none. Stripe adds a `transfer_id`."""


class TransferInitiationType(OpenEnum):
    """Whether money moves between accounts at the provider (`TRANSFER`) or leaves it (`PAYOUT`)."""

    TRANSFER = "TRANSFER"
    PAYOUT = "PAYOUT"


class TransferInitiationStatus(OpenEnum):
    """How far a transfer initiation has come. From `WAITING_FOR_VALIDATION` it becomes `VALIDATED` or, for good,
    `REJECTED`; the connector takes it through `PROCESSING` to `PROCESSED` or `FAILED`. `ASK_RETRIED` and
    `ASK_REVERSED` stand for what was asked and is not done yet; a reversal ends in `PARTIALLY_REVERSED`, `REVERSED`
    or `REVERSE_FAILED`.
    """

    WAITING_FOR_VALIDATION = "WAITING_FOR_VALIDATION"
    PROCESSING = "PROCESSING"
    PROCESSED = "PROCESSED"
    FAILED = "FAILED"
    REJECTED = "REJECTED"
    VALIDATED = "VALIDATED"
    ASK_RETRIED = "ASK_RETRIED"
    ASK_REVERSED = "ASK_REVERSED"
    REVERSE_PROCESSING = "REVERSE_PROCESSING"
    REVERSE_FAILED = "REVERSE_FAILED"
    PARTIALLY_REVERSED = "PARTIALLY_REVERSED"
    REVERSED = "REVERSED"


class Connector(OpenEnum):
    """A payment provider, in whose name connectors are installed."""

    STRIPE = "STRIPE"
    DUMMY_PAY = "DUMMY-PAY"
    WISE = "WISE"
    MODULR = "MODULR"
    CURRENCY_CLOUD = "CURRENCY-CLOUD"
    BANKING_CIRCLE = "BANKING-CIRCLE"
    MANGOPAY = "MANGOPAY"
    MONEYCORP = "MONEYCORP"
    ATLAR = "ATLAR"
    ADYEN = "ADYEN"
    GENERIC = "GENERIC"


@attrs.define(kw_only=True)
class InstalledConnector(Model):
    """An installed connector.

    Attributes:
        connector_id: Id of the connector, opaque base64url.
        name: Unique across all providers. Empty when installed without a name.
        enabled: Always true.
    """

    provider: Connector
    connector_id: str = attrs.field(metadata={"wire": "connectorID"})
    """Id of the connector, opaque base64url."""
    name: str
    """Unique across all providers. Empty when installed without a name."""
    enabled: bool
    """Always true."""


@attrs.define(kw_only=True)
class ConnectorInstallation(Model):
    """What an installation answers.

    Attributes:
        connector_id: Id of the new connector, opaque base64url.
    """

    connector_id: str = attrs.field(metadata={"wire": "connectorID"})
    """Id of the new connector, opaque base64url."""


@attrs.define(kw_only=True)
class ConfigField(Model):
    """What a member of a configuration takes.

    Attributes:
        data_type: `string`, `long string`, `duration ns`, `unsigned integer` or `boolean`.
        required: Whether it must be set. The server says so of DUMMY-PAY's `filePollingPeriod` too, which need
            not.
        default_value: The default, always as text, empty when there is none. Servers from 3.0 on leave it out.
    """

    data_type: str = attrs.field(metadata={"wire": "dataType"})
    """`string`, `long string`, `duration ns`, `unsigned integer` or `boolean`."""
    required: bool
    """Whether it must be set. The server says so of DUMMY-PAY's `filePollingPeriod` too, which need not."""
    default_value: str = attrs.field(default="", metadata={"wire": "defaultValue"})
    """The default, always as text, empty when there is none. Servers from 3.0 on leave it out."""


@attrs.define(kw_only=True)
class TransferRequest(Model):
    """A transfer between accounts of a connector.

    Attributes:
        amount: Amount, in the minor unit of the asset.
        asset: Asset with its exponent: `USD/2`.
        destination: The provider's id of the account the money goes to.
        source: The provider's id of the account the money comes from.
    """

    amount: int
    """Amount, in the minor unit of the asset."""
    asset: str
    """Asset with its exponent: `USD/2`."""
    destination: str
    """The provider's id of the account the money goes to."""
    source: str | None = None
    """The provider's id of the account the money comes from."""


@attrs.define(kw_only=True)
class TransferResponse(Model):
    """The answer to a transfer between accounts of a connector.

    Attributes:
        id: The provider's id of the transfer.
    """

    id: str | None = None
    """The provider's id of the transfer."""


@attrs.define(kw_only=True)
class ServerInfo(Model):
    """The service's description of itself."""

    version: str


class ErrorCode(OpenEnum):
    """Kind of an error. `INTERNAL` comes with 500, `NOT_FOUND` with 404, all others with 400. `CONFLICT` is meant for
    duplicates, which this version reports as `INTERNAL`.
    """

    INTERNAL = "INTERNAL"
    VALIDATION = "VALIDATION"
    NOT_FOUND = "NOT_FOUND"
    INVALID_ID = "INVALID_ID"
    MISSING_OR_INVALID_BODY = "MISSING_OR_INVALID_BODY"
    CONFLICT = "CONFLICT"


@attrs.define(kw_only=True)
class PaymentAdjustment(Model):
    """A later change of a payment: a refund, a dispute, a new status.

    Attributes:
        reference: The provider's own id of the change.
        created_at: When the provider made the change.
        amount: Amount of the change, in the minor unit of the payment's asset. May be negative.
        raw: What the provider sent: any JSON.
    """

    reference: str
    """The provider's own id of the change."""
    created_at: datetime = attrs.field(metadata={"wire": "createdAt"})
    """When the provider made the change."""
    status: PaymentStatus
    amount: int
    """Amount of the change, in the minor unit of the payment's asset. May be negative."""
    raw: Any = attrs.field(default=None, repr=False)
    """What the provider sent: any JSON."""


@attrs.define(kw_only=True)
class PaymentRequest(Model):
    """A payment to record.

    Attributes:
        reference: Unique across all connectors and types: a known reference changes the stored payment.
        connector_id: Id of the connector the payment belongs to, opaque base64url.
        created_at: When the payment was made, not in the future.
        amount: Amount, in the minor unit of the asset.
        asset: Asset with its exponent: `USD/2`, `JPY/0`. A bare currency is refused.
        source_account_id: Id of the account the money comes from. It must exist.
        destination_account_id: Id of the account the money goes to. It must exist.
    """

    reference: str
    """Unique across all connectors and types: a known reference changes the stored payment."""
    connector_id: str = attrs.field(metadata={"wire": "connectorID"})
    """Id of the connector the payment belongs to, opaque base64url."""
    created_at: datetime = attrs.field(metadata={"wire": "createdAt"})
    """When the payment was made, not in the future."""
    amount: int
    """Amount, in the minor unit of the asset."""
    type: PaymentType
    status: PaymentStatus
    scheme: PaymentScheme
    asset: str
    """Asset with its exponent: `USD/2`, `JPY/0`. A bare currency is refused."""
    source_account_id: str | None = attrs.field(default=None, metadata={"wire": "sourceAccountID"})
    """Id of the account the money comes from. It must exist."""
    destination_account_id: str | None = attrs.field(default=None, metadata={"wire": "destinationAccountID"})
    """Id of the account the money goes to. It must exist."""


@attrs.define(kw_only=True)
class Account(Model):
    """An account held at a payment provider, or known to it.

    Attributes:
        id: Opaque base64url.
        created_at: When the provider created the account. The answer to its creation repeats the request's time.
        reference: The provider's own id of the account, or the caller's.
        connector_id: Id of the connector, opaque base64url.
        default_currency: The same as `defaultAsset`. Deprecated.
        default_asset: Asset, as `USD/2`, empty when there is none. Not checked by the server.
        account_name: May be empty.
        pools: Ids of the pools which the account is in, UUIDs.
        metadata: Metadata of an account, text by key. Null or empty when there is none.
        raw: What the provider sent, or the request which recorded it: any JSON.
    """

    id: str
    """Opaque base64url."""
    created_at: datetime = attrs.field(metadata={"wire": "createdAt"})
    """When the provider created the account. The answer to its creation repeats the request's time."""
    reference: str
    """The provider's own id of the account, or the caller's."""
    connector_id: str = attrs.field(metadata={"wire": "connectorID"})
    """Id of the connector, opaque base64url."""
    provider: Connector | None = None
    default_currency: str = attrs.field(metadata={"wire": "defaultCurrency"})
    """The same as `defaultAsset`. Deprecated."""
    default_asset: str = attrs.field(metadata={"wire": "defaultAsset"})
    """Asset, as `USD/2`, empty when there is none. Not checked by the server."""
    account_name: str = attrs.field(metadata={"wire": "accountName"})
    """May be empty."""
    type: AccountType
    pools: list[str] = attrs.field(factory=lambda: [])
    """Ids of the pools which the account is in, UUIDs."""
    metadata: dict[str, str] = attrs.field(factory=lambda: {})
    """Metadata of an account, text by key. Null or empty when there is none."""
    raw: Any = attrs.field(default=None, repr=False)
    """What the provider sent, or the request which recorded it: any JSON."""


@attrs.define(kw_only=True)
class AccountRequest(Model):
    """An account to record.

    Attributes:
        reference: Unique within the connector: a known reference changes the stored account.
        connector_id: Id of the connector the account belongs to, opaque base64url.
        created_at: When the account was created, not in the future.
        default_asset: Asset, as `USD/2`. Not checked by the server.
        account_name: Not empty.
        metadata: Metadata of an account, text by key. Null or empty when there is none.
    """

    reference: str
    """Unique within the connector: a known reference changes the stored account."""
    connector_id: str = attrs.field(metadata={"wire": "connectorID"})
    """Id of the connector the account belongs to, opaque base64url."""
    created_at: datetime = attrs.field(metadata={"wire": "createdAt"})
    """When the account was created, not in the future."""
    type: AccountType
    default_asset: str | None = attrs.field(default=None, metadata={"wire": "defaultAsset"})
    """Asset, as `USD/2`. Not checked by the server."""
    account_name: str = attrs.field(metadata={"wire": "accountName"})
    """Not empty."""
    metadata: dict[str, str] | None = None
    """Metadata of an account, text by key. Null or empty when there is none."""


@attrs.define(kw_only=True)
class BankAccountRelatedAccount(Model):
    """The account which a bank account has become at a provider.

    Attributes:
        id: UUID of the relation.
        created_at: When the bank account was handed over.
        connector_id: Id of the connector, opaque base64url.
        account_id: Id of the account, opaque base64url.
    """

    id: str
    """UUID of the relation."""
    created_at: datetime = attrs.field(metadata={"wire": "createdAt"})
    """When the bank account was handed over."""
    provider: Connector
    connector_id: str = attrs.field(metadata={"wire": "connectorID"})
    """Id of the connector, opaque base64url."""
    account_id: str = attrs.field(metadata={"wire": "accountID"})
    """Id of the account, opaque base64url."""


@attrs.define(kw_only=True)
class PoolBalances(Model):
    """The balances of a pool at a moment.

    Attributes:
        balances: One sum per asset, in no order.
    """

    balances: list[PoolBalance] = attrs.field(factory=lambda: [])
    """One sum per asset, in no order."""


@attrs.define(kw_only=True)
class TransferInitiationPayment(Model):
    """A payment made for a transfer initiation.

    Attributes:
        payment_id: Id of the payment, opaque base64url. The payment itself may not have been gathered yet.
        error: Why it failed, empty when it did not.
    """

    payment_id: str = attrs.field(metadata={"wire": "paymentID"})
    """Id of the payment, opaque base64url. The payment itself may not have been gathered yet."""
    created_at: datetime = attrs.field(metadata={"wire": "createdAt"})
    status: TransferInitiationStatus
    error: str = ""
    """Why it failed, empty when it did not."""


@attrs.define(kw_only=True)
class TransferInitiationAdjustment(Model):
    """A change of a transfer initiation's status.

    Attributes:
        adjustment_id: UUID.
        error: Why it failed, empty when it did not.
        metadata: Metadata of a transfer initiation, text by key. Null when there is none. Stripe adds a
            `transfer_id`.
    """

    adjustment_id: str = attrs.field(metadata={"wire": "adjustmentID"})
    """UUID."""
    created_at: datetime = attrs.field(metadata={"wire": "createdAt"})
    status: TransferInitiationStatus
    error: str
    """Why it failed, empty when it did not."""
    metadata: dict[str, str] = attrs.field(factory=lambda: {})
    """Metadata of a transfer initiation, text by key. Null when there is none. Stripe adds a `transfer_id`."""


@attrs.define(kw_only=True)
class TransferInitiationRequest(Model):
    """A transfer or payout to create. `connectorID` says through which connector, or `provider` where it has just one.

    Attributes:
        reference: The caller's own id, unique within the connector.
        scheduled_at: When to make it. Without it, at once.
        source_account_id: Id of the account the money comes from. It must exist.
        destination_account_id: Id of the account the money goes to. It must exist, and be of a type that fits the
            transfer's.
        connector_id: Id of the connector, opaque base64url.
        amount: Amount, in the minor unit of the asset. A negative one is a 500.
        asset: Asset with its exponent: `USD/2`. The exponent must be the connector's own, which is checked when
            the transfer is handed over.
        validated: Whether to hand it to the connector without waiting for validation. Without it, false.
        metadata: Metadata of a transfer initiation, text by key. Null when there is none. Stripe adds a
            `transfer_id`.
    """

    reference: str
    """The caller's own id, unique within the connector."""
    scheduled_at: datetime | None = attrs.field(default=None, metadata={"wire": "scheduledAt"})
    """When to make it. Without it, at once."""
    description: str | None = None
    source_account_id: str | None = attrs.field(default=None, metadata={"wire": "sourceAccountID"})
    """Id of the account the money comes from. It must exist."""
    destination_account_id: str = attrs.field(metadata={"wire": "destinationAccountID"})
    """Id of the account the money goes to. It must exist, and be of a type that fits the transfer's."""
    connector_id: str | None = attrs.field(default=None, metadata={"wire": "connectorID"})
    """Id of the connector, opaque base64url."""
    provider: Connector | None = None
    type: TransferInitiationType
    amount: int
    """Amount, in the minor unit of the asset. A negative one is a 500."""
    asset: str
    """Asset with its exponent: `USD/2`. The exponent must be the connector's own, which is checked when the transfer
    is handed over."""
    validated: bool | None = None
    """Whether to hand it to the connector without waiting for validation. Without it, false."""
    metadata: dict[str, str] | None = None
    """Metadata of a transfer initiation, text by key. Null when there is none. Stripe adds a `transfer_id`."""


@attrs.define(kw_only=True)
class UpdateTransferInitiationStatusRequest(Model):
    """A new status of a transfer initiation."""

    status: TransferInitiationStatus


@attrs.define(kw_only=True)
class PaymentsErrorResponse(Model):
    """Why a request was refused or has failed. Any member may be absent.

    Attributes:
        error_message: For people: its wording is not stable, and may hold an error of the database.
        details: For people. Not sent by any operation of this version.
    """

    error_code: ErrorCode | None = attrs.field(default=None, metadata={"wire": "errorCode"})
    error_message: str | None = attrs.field(default=None, metadata={"wire": "errorMessage"})
    """For people: its wording is not stable, and may hold an error of the database."""
    details: str | None = None
    """For people. Not sent by any operation of this version."""


@attrs.define(kw_only=True)
class Payment(Model):
    """A payment, as gathered from a provider or recorded by hand.

    Attributes:
        id: Opaque base64url.
        reference: The provider's own id of the payment, or the caller's.
        source_account_id: Id of the account the money comes from, empty when not known.
        destination_account_id: Id of the account the money goes to, empty when not known.
        connector_id: Id of the connector, opaque base64url.
        initial_amount: Amount at the payment's creation, in the minor unit of the asset. May be negative.
        amount: Amount after all adjustments, in the minor unit of the asset. May be negative.
        asset: Asset, as `USD/2`. Zero-decimal and unknown currencies may come bare, as `JPY`.
        created_at: When the provider created the payment. The answer to its creation repeats the request's time,
            later reads give microseconds.
        raw: What the provider sent, or the request which recorded it: any JSON.
        adjustments: What has changed since the creation, in no order. Only connectors write adjustments.
        metadata: Metadata of a payment, text by key. Null when there is none.
    """

    id: str
    """Opaque base64url."""
    reference: str
    """The provider's own id of the payment, or the caller's."""
    source_account_id: str = attrs.field(metadata={"wire": "sourceAccountID"})
    """Id of the account the money comes from, empty when not known."""
    destination_account_id: str = attrs.field(metadata={"wire": "destinationAccountID"})
    """Id of the account the money goes to, empty when not known."""
    connector_id: str = attrs.field(metadata={"wire": "connectorID"})
    """Id of the connector, opaque base64url."""
    provider: Connector | None = None
    type: PaymentType
    status: PaymentStatus
    initial_amount: int = attrs.field(metadata={"wire": "initialAmount"})
    """Amount at the payment's creation, in the minor unit of the asset. May be negative."""
    amount: int
    """Amount after all adjustments, in the minor unit of the asset. May be negative."""
    scheme: PaymentScheme
    asset: str
    """Asset, as `USD/2`. Zero-decimal and unknown currencies may come bare, as `JPY`."""
    created_at: datetime = attrs.field(metadata={"wire": "createdAt"})
    """When the provider created the payment. The answer to its creation repeats the request's time, later reads give
    microseconds."""
    raw: Any = attrs.field(default=None, repr=False)
    """What the provider sent, or the request which recorded it: any JSON."""
    adjustments: list[PaymentAdjustment] = attrs.field(factory=lambda: [])
    """What has changed since the creation, in no order. Only connectors write adjustments."""
    metadata: dict[str, str] = attrs.field(factory=lambda: {})
    """Metadata of a payment, text by key. Null when there is none."""


@attrs.define(kw_only=True)
class BankAccount(Model):
    """A bank account. Its numbers come only when it is fetched by id, and masked.

    Attributes:
        id: UUID.
        created_at: When it was created. The answer to its creation has nanoseconds, later reads microseconds.
        country: As sent at the creation, by convention ISO 3166-1 alpha-2.
        connector_id: Id of the connector which the bank account was handed to, opaque base64url, empty when there
            is none.
        account_id: Id of the first related account. Absent when there is none.
        iban: IBAN: the first four and the last four characters, asterisks between. Only when fetched by id.
        account_number: Account number: the first two and the last three characters, asterisks between. Only when
            fetched by id.
        swift_bic_code: SWIFT code, in clear. Only when fetched by id.
        related_accounts: The accounts it has become at providers. Absent when there are none.
        metadata: Metadata of a bank account, text by key. Absent when there is none.
    """

    id: str
    """UUID."""
    name: str
    created_at: datetime = attrs.field(metadata={"wire": "createdAt"})
    """When it was created. The answer to its creation has nanoseconds, later reads microseconds."""
    country: str
    """As sent at the creation, by convention ISO 3166-1 alpha-2."""
    connector_id: str = attrs.field(default="", metadata={"wire": "connectorID"})
    """Id of the connector which the bank account was handed to, opaque base64url, empty when there is none."""
    account_id: str | None = attrs.field(default=None, metadata={"wire": "accountID"})
    """Id of the first related account. Absent when there is none."""
    provider: Connector | None = None
    iban: str | None = attrs.field(default=None, repr=False)
    """IBAN: the first four and the last four characters, asterisks between. Only when fetched by id."""
    account_number: str | None = attrs.field(default=None, repr=False, metadata={"wire": "accountNumber"})
    """Account number: the first two and the last three characters, asterisks between. Only when fetched by id."""
    swift_bic_code: str | None = attrs.field(default=None, metadata={"wire": "swiftBicCode"})
    """SWIFT code, in clear. Only when fetched by id."""
    related_accounts: list[BankAccountRelatedAccount] = attrs.field(
        factory=lambda: [], metadata={"wire": "relatedAccounts"}
    )
    """The accounts it has become at providers. Absent when there are none."""
    metadata: dict[str, str] = attrs.field(factory=lambda: {})
    """Metadata of a bank account, text by key. Absent when there is none."""


@attrs.define(kw_only=True)
class TransferInitiation(Model):
    """A transfer or a payout, and how far it has come.

    Attributes:
        id: Opaque base64url.
        reference: The caller's own id, unique within the connector.
        created_at: When it was created. The answer to its creation has nanoseconds, later reads microseconds.
        scheduled_at: When it is to be made. The year 1 (`0001-01-01T00:00:00Z`) stands for none.
        description: May be empty.
        source_account_id: Id of the account the money comes from, empty when not set.
        destination_account_id: Id of the account the money goes to.
        connector_id: Id of the connector, opaque base64url.
        amount: What reversals have left of the amount, in the minor unit of the asset.
        initial_amount: Amount at the creation, in the minor unit of the asset.
        asset: Asset, as `USD/2`. Zero-decimal and unknown currencies may come bare, as `JPY`.
        error: Why it failed, empty when it did not.
        metadata: Metadata of a transfer initiation, text by key. Null when there is none. Stripe adds a
            `transfer_id`.
        related_payments: The payments made for it, the newest first. Only when fetched by id.
        related_adjustments: Its changes of status, the newest first. Only when fetched by id.
    """

    id: str
    """Opaque base64url."""
    reference: str
    """The caller's own id, unique within the connector."""
    created_at: datetime = attrs.field(metadata={"wire": "createdAt"})
    """When it was created. The answer to its creation has nanoseconds, later reads microseconds."""
    scheduled_at: datetime = attrs.field(metadata={"wire": "scheduledAt"})
    """When it is to be made. The year 1 (`0001-01-01T00:00:00Z`) stands for none."""
    description: str
    """May be empty."""
    source_account_id: str = attrs.field(metadata={"wire": "sourceAccountID"})
    """Id of the account the money comes from, empty when not set."""
    destination_account_id: str = attrs.field(metadata={"wire": "destinationAccountID"})
    """Id of the account the money goes to."""
    connector_id: str = attrs.field(metadata={"wire": "connectorID"})
    """Id of the connector, opaque base64url."""
    provider: Connector | None = None
    type: TransferInitiationType
    amount: int
    """What reversals have left of the amount, in the minor unit of the asset."""
    initial_amount: int = attrs.field(metadata={"wire": "initialAmount"})
    """Amount at the creation, in the minor unit of the asset."""
    asset: str
    """Asset, as `USD/2`. Zero-decimal and unknown currencies may come bare, as `JPY`."""
    status: TransferInitiationStatus
    error: str
    """Why it failed, empty when it did not."""
    metadata: dict[str, str] = attrs.field(factory=lambda: {})
    """Metadata of a transfer initiation, text by key. Null when there is none. Stripe adds a `transfer_id`."""
    related_payments: list[TransferInitiationPayment] = attrs.field(
        factory=lambda: [], metadata={"wire": "relatedPayments"}
    )
    """The payments made for it, the newest first. Only when fetched by id."""
    related_adjustments: list[TransferInitiationAdjustment] = attrs.field(
        factory=lambda: [], metadata={"wire": "relatedAdjustments"}
    )
    """Its changes of status, the newest first. Only when fetched by id."""


__all__ = [
    "Account",
    "AccountBalance",
    "AccountRequest",
    "AccountType",
    "AddAccountToPoolRequest",
    "BankAccount",
    "BankAccountRelatedAccount",
    "BankAccountRequest",
    "ConfigField",
    "Connector",
    "ConnectorInstallation",
    "ErrorCode",
    "ForwardBankAccountRequest",
    "InstalledConnector",
    "Payment",
    "PaymentAdjustment",
    "PaymentRequest",
    "PaymentScheme",
    "PaymentStatus",
    "PaymentType",
    "PaymentsErrorResponse",
    "Pool",
    "PoolBalance",
    "PoolBalances",
    "PoolRequest",
    "ReverseTransferInitiationRequest",
    "ServerInfo",
    "TransferInitiation",
    "TransferInitiationAdjustment",
    "TransferInitiationPayment",
    "TransferInitiationRequest",
    "TransferInitiationStatus",
    "TransferInitiationType",
    "TransferRequest",
    "TransferResponse",
    "UpdateBankAccountMetadataRequest",
    "UpdateTransferInitiationStatusRequest",
]
