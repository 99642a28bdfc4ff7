# Written by `python -m codegen` from openapi/payments-v3.yaml. Do not edit: change the description and run it.

"""The API's data: classes, open enums, and unions."""

from datetime import datetime
from typing import Any

import attrs

from payments_async.models.model import Model
from payments_async.models.open_enum import OpenEnum


class AccountType(OpenEnum):
    """Whether an account is the owner's or somebody else's. Requests cannot have `UNKNOWN`."""

    UNKNOWN = "UNKNOWN"
    INTERNAL = "INTERNAL"
    EXTERNAL = "EXTERNAL"


@attrs.define(kw_only=True)
class Balance(Model):
    """The balance of an account in one asset, and the interval in which it was seen.

    Attributes:
        account_id: Id of the account, opaque base64url.
        created_at: When this amount was first seen.
        last_updated_at: When this amount was last seen.
        asset: Asset, as `USD/2`. Some providers report other currencies, or no exponent.
        balance: Balance, in the minor unit of the asset. May be negative.
        psu_id: Id of the payment service user who owns the account, a UUID. Empty when there is none.
        open_banking_connection_id: Id of the user's connection through which the balance was read. Absent when
            there is none.
    """

    account_id: str = attrs.field(metadata={"wire": "accountID"})
    """Id of the account, opaque base64url."""
    created_at: datetime = attrs.field(metadata={"wire": "createdAt"})
    """When this amount was first seen."""
    last_updated_at: datetime = attrs.field(metadata={"wire": "lastUpdatedAt"})
    """When this amount was last seen."""
    asset: str
    """Asset, as `USD/2`. Some providers report other currencies, or no exponent."""
    balance: int
    """Balance, in the minor unit of the asset. May be negative."""
    psu_id: str | None = attrs.field(default=None, metadata={"wire": "psuID"})
    """Id of the payment service user who owns the account, a UUID. Empty when there is none."""
    open_banking_connection_id: str | None = attrs.field(default=None, metadata={"wire": "openBankingConnectionID"})
    """Id of the user's connection through which the balance was read. Absent when there is none."""


@attrs.define(kw_only=True)
class BankAccountRelatedAccount(Model):
    """The account created from a bank account at a provider.

    Attributes:
        account_id: Id of the account, opaque base64url.
        created_at: When the bank account was forwarded.
    """

    account_id: str = attrs.field(metadata={"wire": "accountID"})
    """Id of the account, opaque base64url."""
    created_at: datetime = attrs.field(metadata={"wire": "createdAt"})
    """When the bank account was forwarded."""


@attrs.define(kw_only=True)
class CreateBankAccountRequest(Model):
    """A bank account to store. It needs an `iban` or an `accountNumber`.

    Attributes:
        name: Not empty.
        account_number: Letters and digits.
        iban: 15 to 31 letters and digits.
        swift_bic_code: 8 to 11 characters.
        country: ISO 3166-1 alpha-2, in capitals.
        metadata: Metadata, text by key. May be null when there is none.
    """

    name: str
    """Not empty."""
    account_number: str | None = attrs.field(default=None, repr=False, metadata={"wire": "accountNumber"})
    """Letters and digits."""
    iban: str | None = attrs.field(default=None, repr=False)
    """15 to 31 letters and digits."""
    swift_bic_code: str | None = attrs.field(default=None, metadata={"wire": "swiftBicCode"})
    """8 to 11 characters."""
    country: str | None = None
    """ISO 3166-1 alpha-2, in capitals."""
    metadata: dict[str, str] | None = None
    """Metadata, text by key. May be null when there is none."""


@attrs.define(kw_only=True)
class UpdateBankAccountMetadataRequest(Model):
    """Metadata to add to a bank account.

    Attributes:
        metadata: Metadata, text by key. May be null when there is none.
    """

    metadata: dict[str, str] | None
    """Metadata, text by key. May be null when there is none."""


@attrs.define(kw_only=True)
class ForwardBankAccountRequest(Model):
    """Where to forward a bank account.

    Attributes:
        connector_id: Id of the connector, opaque base64url.
    """

    connector_id: str = attrs.field(metadata={"wire": "connectorID"})
    """Id of the connector, opaque base64url."""


class Provider(OpenEnum):
    """A payment provider. Connectors are installed by these names."""

    ADYEN = "adyen"
    ATLAR = "atlar"
    BANKINGBRIDGE = "bankingbridge"
    BANKINGCIRCLE = "bankingcircle"
    BITSTAMP = "bitstamp"
    COINBASEPRIME = "coinbaseprime"
    COLUMN = "column"
    CURRENCYCLOUD = "currencycloud"
    DUMMYPAY = "dummypay"
    FIREBLOCKS = "fireblocks"
    GENERIC = "generic"
    INCREASE = "increase"
    KRAKENPRO = "krakenpro"
    MANGOPAY = "mangopay"
    MODULR = "modulr"
    MONEYCORP = "moneycorp"
    PLAID = "plaid"
    POWENS = "powens"
    QONTO = "qonto"
    ROUTABLE = "routable"
    STRIPE = "stripe"
    TINK = "tink"
    WISE = "wise"


class Capability(OpenEnum):
    """Something that a connector can do."""

    FETCH_ACCOUNTS = "FETCH_ACCOUNTS"
    FETCH_BALANCES = "FETCH_BALANCES"
    FETCH_EXTERNAL_ACCOUNTS = "FETCH_EXTERNAL_ACCOUNTS"
    FETCH_PAYMENTS = "FETCH_PAYMENTS"
    FETCH_OTHERS = "FETCH_OTHERS"
    FETCH_ORDERS = "FETCH_ORDERS"
    FETCH_CONVERSIONS = "FETCH_CONVERSIONS"
    CREATE_WEBHOOKS = "CREATE_WEBHOOKS"
    TRANSLATE_WEBHOOKS = "TRANSLATE_WEBHOOKS"
    CREATE_BANK_ACCOUNT = "CREATE_BANK_ACCOUNT"
    CREATE_TRANSFER = "CREATE_TRANSFER"
    CREATE_PAYOUT = "CREATE_PAYOUT"
    ALLOW_FORMANCE_ACCOUNT_CREATION = "ALLOW_FORMANCE_ACCOUNT_CREATION"
    ALLOW_FORMANCE_PAYMENT_CREATION = "ALLOW_FORMANCE_PAYMENT_CREATION"


@attrs.define(kw_only=True)
class ConfigField(Model):
    """A member of a provider's configuration.

    Attributes:
        data_type: `string`, `long string`, `unsigned integer`, `boolean`, or `duration ns`, which is a string such
            as `30m` too.
        required: Whether the server refuses a configuration without it.
        default_value: The default value; empty if there is none.
    """

    data_type: str = attrs.field(metadata={"wire": "dataType"})
    """`string`, `long string`, `unsigned integer`, `boolean`, or `duration ns`, which is a string such as `30m` too."""
    required: bool
    """Whether the server refuses a configuration without it."""
    default_value: str | None = attrs.field(default=None, metadata={"wire": "defaultValue"})
    """The default value; empty if there is none."""


@attrs.define(kw_only=True)
class Schedule(Model):
    """Something that a connector does periodically, such as fetching the balances of one account.

    Attributes:
        id: Any text, which may contain the reference of an account.
        connector_id: Id of the connector, opaque base64url.
        created_at: When it was set up.
        paused_at: When it was paused. Absent while it runs.
        paused_reason: Why it was paused. Absent while it runs.
    """

    id: str
    """Any text, which may contain the reference of an account."""
    connector_id: str = attrs.field(metadata={"wire": "connectorID"})
    """Id of the connector, opaque base64url."""
    created_at: datetime = attrs.field(metadata={"wire": "createdAt"})
    """When it was set up."""
    paused_at: datetime | None = attrs.field(default=None, metadata={"wire": "pausedAt"})
    """When it was paused. Absent while it runs."""
    paused_reason: str | None = attrs.field(default=None, metadata={"wire": "pausedReason"})
    """Why it was paused. Absent while it runs."""


@attrs.define(kw_only=True)
class Instance(Model):
    """One run of a schedule.

    Attributes:
        id: The schedule's id, and a time.
        schedule_id: Id of the schedule.
        connector_id: Id of the connector, opaque base64url.
        created_at: When it began.
        updated_at: When it last changed.
        terminated: Whether it has ended.
        terminated_at: When it ended. Absent while it runs.
        error: Why it failed. Absent when it did not.
    """

    id: str
    """The schedule's id, and a time."""
    schedule_id: str = attrs.field(metadata={"wire": "scheduleID"})
    """Id of the schedule."""
    connector_id: str = attrs.field(metadata={"wire": "connectorID"})
    """Id of the connector, opaque base64url."""
    created_at: datetime = attrs.field(metadata={"wire": "createdAt"})
    """When it began."""
    updated_at: datetime = attrs.field(metadata={"wire": "updatedAt"})
    """When it last changed."""
    terminated: bool
    """Whether it has ended."""
    terminated_at: datetime | None = attrs.field(default=None, metadata={"wire": "terminatedAt"})
    """When it ended. Absent while it runs."""
    error: str | None = None
    """Why it failed. Absent when it did not."""


class OrderDirection(OpenEnum):
    """Whether the order buys or sells."""

    UNKNOWN = "UNKNOWN"
    BUY = "BUY"
    SELL = "SELL"


class OrderType(OpenEnum):
    """How the price and the time of execution of an order are determined."""

    UNKNOWN = "UNKNOWN"
    MARKET = "MARKET"
    LIMIT = "LIMIT"
    STOP_LIMIT = "STOP_LIMIT"
    STOP = "STOP"
    TWAP = "TWAP"
    VWAP = "VWAP"
    PEG = "PEG"
    BLOCK = "BLOCK"
    RFQ = "RFQ"
    TRAILING_STOP = "TRAILING_STOP"
    TRAILING_STOP_LIMIT = "TRAILING_STOP_LIMIT"
    TAKE_PROFIT = "TAKE_PROFIT"
    TAKE_PROFIT_LIMIT = "TAKE_PROFIT_LIMIT"
    LIMIT_MAKER = "LIMIT_MAKER"


class OrderStatus(OpenEnum):
    """Status of an order."""

    UNKNOWN = "UNKNOWN"
    PENDING = "PENDING"
    OPEN = "OPEN"
    PARTIALLY_FILLED = "PARTIALLY_FILLED"
    FILLED = "FILLED"
    CANCELLED = "CANCELLED"
    FAILED = "FAILED"
    EXPIRED = "EXPIRED"


class TimeInForce(OpenEnum):
    """How long an order stays open."""

    UNKNOWN = "UNKNOWN"
    GOOD_UNTIL_CANCELLED = "GOOD_UNTIL_CANCELLED"
    GOOD_UNTIL_DATE_TIME = "GOOD_UNTIL_DATE_TIME"
    IMMEDIATE_OR_CANCEL = "IMMEDIATE_OR_CANCEL"
    FILL_OR_KILL = "FILL_OR_KILL"


class ConversionStatus(OpenEnum):
    """Status of a conversion."""

    UNKNOWN = "UNKNOWN"
    PENDING = "PENDING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


class PaymentType(OpenEnum):
    """Direction of a payment."""

    UNKNOWN = "UNKNOWN"
    PAY_IN = "PAY-IN"
    PAYOUT = "PAYOUT"
    TRANSFER = "TRANSFER"
    OTHER = "OTHER"


class PaymentStatus(OpenEnum):
    """Status of a payment, which is that of its latest adjustment; in the answer to a creation it is always `UNKNOWN`.
    `AMOUNT_ADJUSTEMENT` is the server's spelling.
    """

    UNKNOWN = "UNKNOWN"
    PENDING = "PENDING"
    SUCCEEDED = "SUCCEEDED"
    CANCELLED = "CANCELLED"
    FAILED = "FAILED"
    EXPIRED = "EXPIRED"
    REFUNDED = "REFUNDED"
    REFUNDED_FAILURE = "REFUNDED_FAILURE"
    REFUND_REVERSED = "REFUND_REVERSED"
    DISPUTE = "DISPUTE"
    DISPUTE_WON = "DISPUTE_WON"
    DISPUTE_LOST = "DISPUTE_LOST"
    AMOUNT_ADJUSTEMENT = "AMOUNT_ADJUSTEMENT"
    AUTHORISATION = "AUTHORISATION"
    CAPTURE = "CAPTURE"
    CAPTURE_FAILED = "CAPTURE_FAILED"
    OTHER = "OTHER"


class PaymentScheme(OpenEnum):
    """How a payment was made."""

    UNKNOWN = "UNKNOWN"
    CARD_VISA = "CARD_VISA"
    CARD_MASTERCARD = "CARD_MASTERCARD"
    CARD_AMEX = "CARD_AMEX"
    CARD_DINERS = "CARD_DINERS"
    CARD_DISCOVER = "CARD_DISCOVER"
    CARD_JCB = "CARD_JCB"
    CARD_UNION_PAY = "CARD_UNION_PAY"
    CARD_ALIPAY = "CARD_ALIPAY"
    CARD_CUP = "CARD_CUP"
    SEPA_DEBIT = "SEPA_DEBIT"
    SEPA_CREDIT = "SEPA_CREDIT"
    SEPA = "SEPA"
    GOOGLE_PAY = "GOOGLE_PAY"
    APPLE_PAY = "APPLE_PAY"
    DOKU = "DOKU"
    DRAGON_PAY = "DRAGON_PAY"
    MAESTRO = "MAESTRO"
    MOL_PAY = "MOL_PAY"
    A2A = "A2A"
    ACH_DEBIT = "ACH_DEBIT"
    ACH = "ACH"
    RTP = "RTP"
    OTHER = "OTHER"


@attrs.define(kw_only=True)
class StartedPaymentInitiation(Model):
    """The answer to a request for a transfer or a payout.

    Attributes:
        payment_initiation_id: Id of the payment initiation, opaque base64url.
        task_id: Id of the task that makes it. Empty if none was started because it waits for approval.
    """

    payment_initiation_id: str = attrs.field(metadata={"wire": "paymentInitiationID"})
    """Id of the payment initiation, opaque base64url."""
    task_id: str | None = attrs.field(default=None, metadata={"wire": "taskID"})
    """Id of the task that makes it. Empty if none was started because it waits for approval."""


@attrs.define(kw_only=True)
class ReversePaymentInitiationRequest(Model):
    """A reversal of a payment initiation.

    Attributes:
        reference: The caller's own id of the reversal, unique within the connector, 3 to 1,000 characters.
        description: At most 10,000 characters.
        amount: Amount to send back, in the minor unit of the asset, 1 or more; at most what earlier reversals
            left.
        asset: The asset of the payment initiation: `USD/2`.
        metadata: Metadata, text by key. May be null when there is none.
    """

    reference: str
    """The caller's own id of the reversal, unique within the connector, 3 to 1,000 characters."""
    description: str
    """At most 10,000 characters."""
    amount: int
    """Amount to send back, in the minor unit of the asset, 1 or more; at most what earlier reversals left."""
    asset: str
    """The asset of the payment initiation: `USD/2`."""
    metadata: dict[str, str] | None = None
    """Metadata, text by key. May be null when there is none."""


@attrs.define(kw_only=True)
class StartedPaymentInitiationReversal(Model):
    """The answer to a request for a reversal.

    Attributes:
        payment_initiation_reversal_id: Id of the reversal, opaque base64url. No operation fetches a reversal by
            it.
        task_id: Id of the task that makes it.
    """

    payment_initiation_reversal_id: str = attrs.field(metadata={"wire": "paymentInitiationReversalID"})
    """Id of the reversal, opaque base64url. No operation fetches a reversal by it."""
    task_id: str = attrs.field(metadata={"wire": "taskID"})
    """Id of the task that makes it."""


class PaymentInitiationType(OpenEnum):
    """Whether money moves between accounts at the provider (`TRANSFER`) or leaves it (`PAYOUT`). The server accepts
    `UNKNOWN`, but then never does anything.
    """

    UNKNOWN = "UNKNOWN"
    TRANSFER = "TRANSFER"
    PAYOUT = "PAYOUT"


class PaymentInitiationStatus(OpenEnum):
    """Status of a payment initiation. From `WAITING_FOR_VALIDATION` it becomes, for good, `REJECTED`, or goes through
    `SCHEDULED_FOR_PROCESSING` (if it is scheduled) and `PROCESSING` to `PROCESSED` or `FAILED`. A full or partial
    reversal goes through `REVERSE_PROCESSING` to `REVERSED` or `REVERSE_FAILED`.
    """

    UNKNOWN = "UNKNOWN"
    WAITING_FOR_VALIDATION = "WAITING_FOR_VALIDATION"
    SCHEDULED_FOR_PROCESSING = "SCHEDULED_FOR_PROCESSING"
    PROCESSING = "PROCESSING"
    PROCESSED = "PROCESSED"
    FAILED = "FAILED"
    REJECTED = "REJECTED"
    REVERSE_PROCESSING = "REVERSE_PROCESSING"
    REVERSE_FAILED = "REVERSE_FAILED"
    REVERSED = "REVERSED"


@attrs.define(kw_only=True)
class ContactDetails(Model):
    """How to reach a payment service user.

    Attributes:
        email: E-mail address.
        phone_number: Phone number, with the country's prefix.
        locale: Language, a BCP 47 tag.
    """

    email: str | None = attrs.field(default=None, repr=False)
    """E-mail address."""
    phone_number: str | None = attrs.field(default=None, repr=False, metadata={"wire": "phoneNumber"})
    """Phone number, with the country's prefix."""
    locale: str | None = None
    """Language, a BCP 47 tag."""


@attrs.define(kw_only=True)
class Address(Model):
    """Where a payment service user lives.

    Attributes:
        country: ISO 3166-1 alpha-2.
    """

    street_number: str | None = attrs.field(default=None, metadata={"wire": "streetNumber"})
    street_name: str | None = attrs.field(default=None, metadata={"wire": "streetName"})
    city: str | None = None
    region: str | None = None
    postal_code: str | None = attrs.field(default=None, metadata={"wire": "postalCode"})
    country: str | None = None
    """ISO 3166-1 alpha-2."""


@attrs.define(kw_only=True)
class ContactDetailsRequest(Model):
    """How to reach a payment service user.

    Attributes:
        email: E-mail address.
        phone_number: Phone number, with the country's prefix.
        locale: Language, a BCP 47 tag.
    """

    email: str | None = attrs.field(default=None, repr=False)
    """E-mail address."""
    phone_number: str | None = attrs.field(default=None, repr=False, metadata={"wire": "phoneNumber"})
    """Phone number, with the country's prefix."""
    locale: str | None = None
    """Language, a BCP 47 tag."""


@attrs.define(kw_only=True)
class AddressRequest(Model):
    """Where a payment service user lives.

    Attributes:
        street_number: Letters and digits, without a space.
        country: ISO 3166-1 alpha-2, in capitals.
    """

    street_number: str | None = attrs.field(default=None, metadata={"wire": "streetNumber"})
    """Letters and digits, without a space."""
    street_name: str | None = attrs.field(default=None, metadata={"wire": "streetName"})
    city: str | None = None
    region: str | None = None
    postal_code: str | None = attrs.field(default=None, metadata={"wire": "postalCode"})
    country: str | None = None
    """ISO 3166-1 alpha-2, in capitals."""


class ConnectionStatus(OpenEnum):
    """Whether data can be read through a connection."""

    ACTIVE = "ACTIVE"
    ERROR = "ERROR"


class OpenBankingConnectionAttemptStatus(OpenEnum):
    """Status of an attempt."""

    PENDING = "pending"
    COMPLETED = "completed"
    EXITED = "exited"


@attrs.define(kw_only=True)
class PaymentServiceUserCreateLinkRequest(Model):
    """A request for a link to create a connection.

    Attributes:
        application_name: The name to show to the user.
        client_redirect_url: The URL to which the user is sent at the end.
    """

    application_name: str | None = attrs.field(default=None, metadata={"wire": "applicationName"})
    """The name to show to the user."""
    client_redirect_url: str = attrs.field(metadata={"wire": "clientRedirectURL"})
    """The URL to which the user is sent at the end."""


@attrs.define(kw_only=True)
class PaymentServiceUserUpdateLinkRequest(Model):
    """A request for a link to repair a connection.

    Attributes:
        application_name: The name to show to the user.
        client_redirect_url: The URL to which the user is sent at the end.
    """

    application_name: str | None = attrs.field(default=None, metadata={"wire": "applicationName"})
    """The name to show to the user."""
    client_redirect_url: str = attrs.field(metadata={"wire": "clientRedirectURL"})
    """The URL to which the user is sent at the end."""


@attrs.define(kw_only=True)
class Link(Model):
    """A link for a user to open, and the id of its attempt.

    Attributes:
        attempt_id: Id of the attempt, a UUID.
        link: The URL to open. Whoever has it can act for the user, because it contains a secret.
    """

    attempt_id: str = attrs.field(metadata={"wire": "attemptID"})
    """Id of the attempt, a UUID."""
    link: str = attrs.field(repr=False)
    """The URL to open. Whoever has it can act for the user, because it contains a secret."""


@attrs.define(kw_only=True)
class ForwardPaymentServiceUserBankAccountRequest(Model):
    """Where to forward a user's bank account.

    Attributes:
        connector_id: Id of the connector, opaque base64url.
    """

    connector_id: str = attrs.field(metadata={"wire": "connectorID"})
    """Id of the connector, opaque base64url."""


@attrs.define(kw_only=True)
class CreatePoolRequest(Model):
    """A pool to create, either static with the accounts in `accountIDs` or dynamic with the accounts that match
    `query`.

    Attributes:
        name: Unique, not empty.
        query: A filter of accounts, in the grammar of the `query` parameter. The pool contains the accounts that
            match it at the time.
        account_ids: Ids of internal accounts, opaque base64url. The server ignores them if there is a `query`.
    """

    name: str
    """Unique, not empty."""
    query: dict[str, Any] | None = None
    """A filter of accounts, in the grammar of the `query` parameter. The pool contains the accounts that match it at
    the time."""
    account_ids: list[str] | None = attrs.field(default=None, metadata={"wire": "accountIDs"})
    """Ids of internal accounts, opaque base64url. The server ignores them if there is a `query`."""


@attrs.define(kw_only=True)
class UpdatePoolQueryRequest(Model):
    """A new filter for a dynamic pool.

    Attributes:
        query: A filter of accounts, in the grammar of the `query` parameter.
    """

    query: dict[str, Any]
    """A filter of accounts, in the grammar of the `query` parameter."""


@attrs.define(kw_only=True)
class PoolBalance(Model):
    """The sum of a pool's balances in one asset.

    Attributes:
        asset: Asset, as `USD/2`. Some providers report other currencies, or no exponent.
        amount: Sum, in the minor unit of the asset. May be negative.
        related_accounts: Ids of the accounts whose balances it contains, opaque base64url.
    """

    asset: str
    """Asset, as `USD/2`. Some providers report other currencies, or no exponent."""
    amount: int
    """Sum, in the minor unit of the asset. May be negative."""
    related_accounts: list[str] = attrs.field(factory=lambda: [], metadata={"wire": "relatedAccounts"})
    """Ids of the accounts whose balances it contains, opaque base64url."""


class PoolType(OpenEnum):
    """Whether a pool has a list of accounts (`STATIC`) or a filter of them (`DYNAMIC`)."""

    STATIC = "STATIC"
    DYNAMIC = "DYNAMIC"


class TaskStatus(OpenEnum):
    """Status of a task. `SUCCEEDED` means that the provider accepted the call, not that the money moved."""

    PROCESSING = "PROCESSING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"


@attrs.define(kw_only=True)
class StartedTask(Model):
    """The task that was started.

    Attributes:
        task_id: Id of the task, opaque base64url.
    """

    task_id: str = attrs.field(metadata={"wire": "taskID"})
    """Id of the task, opaque base64url."""


class ErrorCode(OpenEnum):
    """The kind of an error. Newer servers may send others."""

    INTERNAL = "INTERNAL"
    VALIDATION = "VALIDATION"
    INVALID_ID = "INVALID_ID"
    MISSING_OR_INVALID_BODY = "MISSING_OR_INVALID_BODY"
    CONFLICT = "CONFLICT"
    CONNECTOR_CAPABILITY_NOT_SUPPORTED = "CONNECTOR_CAPABILITY_NOT_SUPPORTED"
    NOT_FOUND = "NOT_FOUND"


@attrs.define(kw_only=True)
class ConnectorBase(Model):
    """A summary of the connector of an account.

    Attributes:
        id: Opaque base64url.
        reference: UUID of the installation.
        name: Name of the connector, unique across all providers.
        created_at: When the connector was installed.
    """

    id: str
    """Opaque base64url."""
    reference: str
    """UUID of the installation."""
    name: str
    """Name of the connector, unique across all providers."""
    created_at: datetime = attrs.field(metadata={"wire": "createdAt"})
    """When the connector was installed."""
    provider: Provider


@attrs.define(kw_only=True)
class CreateAccountRequest(Model):
    """An account to record.

    Attributes:
        reference: Unique within the connector, 3 to 1,000 characters. If the connector has one with this reference
            already, nothing changes and the answer is the stored account.
        connector_id: Id of the connector that the account belongs to, opaque base64url. Only Generic and Dummypay
            connectors accept accounts.
        created_at: When the account was created, not in the future.
        account_name: Not empty.
        default_asset: Asset with its exponent: `USD/2`. The currency and its exponent must be those of ISO 4217.
        metadata: Metadata, text by key. May be null when there is none.
    """

    reference: str
    """Unique within the connector, 3 to 1,000 characters. If the connector has one with this reference already,
    nothing changes and the answer is the stored account."""
    connector_id: str = attrs.field(metadata={"wire": "connectorID"})
    """Id of the connector that the account belongs to, opaque base64url. Only Generic and Dummypay connectors accept
    accounts."""
    created_at: datetime = attrs.field(metadata={"wire": "createdAt"})
    """When the account was created, not in the future."""
    account_name: str = attrs.field(metadata={"wire": "accountName"})
    """Not empty."""
    type: AccountType
    default_asset: str | None = attrs.field(default=None, metadata={"wire": "defaultAsset"})
    """Asset with its exponent: `USD/2`. The currency and its exponent must be those of ISO 4217."""
    metadata: dict[str, str] | None = None
    """Metadata, text by key. May be null when there is none."""


@attrs.define(kw_only=True)
class BankAccount(Model):
    """A bank account. Its numbers are present only when it is fetched by id, and are masked.

    Attributes:
        id: UUID.
        created_at: When it was created.
        account_number: Account number: the first two and the last three characters with asterisks between, or
            asterisks alone where it is short. Always null in lists.
        iban: IBAN: the first four and the last four characters, asterisks between. Always null in lists.
        swift_bic_code: SWIFT code, not masked. Always null in lists.
        country: ISO 3166-1 alpha-2.
        metadata: Metadata, text by key. May be null when there is none.
        related_accounts: The accounts created from it at providers.
    """

    id: str
    """UUID."""
    created_at: datetime = attrs.field(metadata={"wire": "createdAt"})
    """When it was created."""
    name: str
    account_number: str | None = attrs.field(default=None, repr=False, metadata={"wire": "accountNumber"})
    """Account number: the first two and the last three characters with asterisks between, or asterisks alone where
    it is short. Always null in lists."""
    iban: str | None = attrs.field(default=None, repr=False)
    """IBAN: the first four and the last four characters, asterisks between. Always null in lists."""
    swift_bic_code: str | None = attrs.field(default=None, metadata={"wire": "swiftBicCode"})
    """SWIFT code, not masked. Always null in lists."""
    country: str | None = None
    """ISO 3166-1 alpha-2."""
    metadata: dict[str, str] = attrs.field(factory=lambda: {})
    """Metadata, text by key. May be null when there is none."""
    related_accounts: list[BankAccountRelatedAccount] = attrs.field(
        factory=lambda: [], metadata={"wire": "relatedAccounts"}
    )
    """The accounts created from it at providers."""


@attrs.define(kw_only=True)
class Connector(Model):
    """An installed connector, with its configuration including secrets.

    Attributes:
        id: Opaque base64url.
        reference: UUID of the installation.
        name: Unique across all providers.
        created_at: When it was installed.
        config: The configuration as plain JSON, with secrets in clear text and without `provider`.
        scheduled_for_deletion: Whether it is being uninstalled or reset.
        capabilities: What it can do.
        updated_at: When its configuration was last written.
    """

    id: str
    """Opaque base64url."""
    reference: str
    """UUID of the installation."""
    name: str
    """Unique across all providers."""
    created_at: datetime = attrs.field(metadata={"wire": "createdAt"})
    """When it was installed."""
    provider: Provider
    config: dict[str, Any] = attrs.field(factory=lambda: {}, repr=False)
    """The configuration as plain JSON, with secrets in clear text and without `provider`."""
    scheduled_for_deletion: bool = attrs.field(metadata={"wire": "scheduledForDeletion"})
    """Whether it is being uninstalled or reset."""
    capabilities: list[Capability] = attrs.field(factory=lambda: [])
    """What it can do."""
    updated_at: datetime | None = attrs.field(default=None, metadata={"wire": "updatedAt"})
    """When its configuration was last written."""


@attrs.define(kw_only=True)
class OrderAdjustment(Model):
    """A state of an order.

    Attributes:
        id: Opaque base64url.
        reference: The provider's own id of the state.
        created_at: When the order entered it.
        base_quantity_filled: How much had been traded, in the minor unit of the base asset.
        fee: Fee, in the minor unit of `feeAsset`.
        fee_asset: Asset of `fee`.
        metadata: Metadata, text by key. May be null when there is none.
        raw: What the provider sent: any JSON.
    """

    id: str
    """Opaque base64url."""
    reference: str
    """The provider's own id of the state."""
    created_at: datetime = attrs.field(metadata={"wire": "createdAt"})
    """When the order entered it."""
    status: OrderStatus
    base_quantity_filled: int | None = attrs.field(default=None, metadata={"wire": "baseQuantityFilled"})
    """How much had been traded, in the minor unit of the base asset."""
    fee: int | None = None
    """Fee, in the minor unit of `feeAsset`."""
    fee_asset: str | None = attrs.field(default=None, metadata={"wire": "feeAsset"})
    """Asset of `fee`."""
    metadata: dict[str, str] = attrs.field(factory=lambda: {})
    """Metadata, text by key. May be null when there is none."""
    raw: Any = attrs.field(default=None, repr=False)
    """What the provider sent: any JSON."""


@attrs.define(kw_only=True)
class Conversion(Model):
    """An exchange of one asset for another at a fixed rate, as gathered from a provider.

    Attributes:
        id: Opaque base64url.
        connector_id: Id of the connector, opaque base64url.
        reference: The provider's own id of the conversion.
        created_at: When the provider accepted it.
        updated_at: When it last changed.
        source_asset: Asset that is sold.
        destination_asset: Asset that is bought.
        source_amount: Amount that is sold, in the minor unit of `sourceAsset`.
        destination_amount: Amount that is bought, in the minor unit of `destinationAsset`. Absent when not known.
        fee: Fee, in the minor unit of `feeAsset`. Absent when not known.
        fee_asset: Asset of `fee`.
        source_account_id: Id of the account that pays. Null when not known.
        destination_account_id: Id of the account that receives. Null when not known.
        metadata: Metadata, text by key. May be null when there is none.
        raw: What the provider sent: any JSON.
        error: Why it failed. Absent when it did not.
    """

    id: str
    """Opaque base64url."""
    connector_id: str = attrs.field(metadata={"wire": "connectorID"})
    """Id of the connector, opaque base64url."""
    provider: Provider
    reference: str
    """The provider's own id of the conversion."""
    created_at: datetime = attrs.field(metadata={"wire": "createdAt"})
    """When the provider accepted it."""
    updated_at: datetime = attrs.field(metadata={"wire": "updatedAt"})
    """When it last changed."""
    source_asset: str = attrs.field(metadata={"wire": "sourceAsset"})
    """Asset that is sold."""
    destination_asset: str = attrs.field(metadata={"wire": "destinationAsset"})
    """Asset that is bought."""
    source_amount: int = attrs.field(metadata={"wire": "sourceAmount"})
    """Amount that is sold, in the minor unit of `sourceAsset`."""
    destination_amount: int | None = attrs.field(default=None, metadata={"wire": "destinationAmount"})
    """Amount that is bought, in the minor unit of `destinationAsset`. Absent when not known."""
    fee: int | None = None
    """Fee, in the minor unit of `feeAsset`. Absent when not known."""
    fee_asset: str | None = attrs.field(default=None, metadata={"wire": "feeAsset"})
    """Asset of `fee`."""
    status: ConversionStatus
    source_account_id: str | None = attrs.field(default=None, metadata={"wire": "sourceAccountID"})
    """Id of the account that pays. Null when not known."""
    destination_account_id: str | None = attrs.field(default=None, metadata={"wire": "destinationAccountID"})
    """Id of the account that receives. Null when not known."""
    metadata: dict[str, str] = attrs.field(factory=lambda: {})
    """Metadata, text by key. May be null when there is none."""
    raw: Any = attrs.field(default=None, repr=False)
    """What the provider sent: any JSON."""
    error: str | None = None
    """Why it failed. Absent when it did not."""


@attrs.define(kw_only=True)
class PaymentAdjustment(Model):
    """An event in the life of a payment.

    Attributes:
        id: Opaque base64url.
        reference: The provider's own id of the adjustment, or the caller's.
        created_at: When it happened.
        amount: Amount, in the minor unit of its asset.
        asset: Asset, as `USD/2`.
        metadata: Metadata, text by key. May be null when there is none.
        raw: What the provider sent, or the request that recorded it: any JSON, null too.
    """

    id: str
    """Opaque base64url."""
    reference: str
    """The provider's own id of the adjustment, or the caller's."""
    created_at: datetime = attrs.field(metadata={"wire": "createdAt"})
    """When it happened."""
    status: PaymentStatus
    amount: int | None = None
    """Amount, in the minor unit of its asset."""
    asset: str | None = None
    """Asset, as `USD/2`."""
    metadata: dict[str, str] = attrs.field(factory=lambda: {})
    """Metadata, text by key. May be null when there is none."""
    raw: Any = attrs.field(default=None, repr=False)
    """What the provider sent, or the request that recorded it: any JSON, null too."""


@attrs.define(kw_only=True)
class CreatePaymentAdjustmentRequest(Model):
    """An event in the life of a payment.

    Attributes:
        reference: The caller's own id of it.
        created_at: When it happened.
        amount: Amount, in the minor unit of the asset.
        asset: Asset with its exponent: `USD/2`.
        metadata: Metadata, text by key. May be null when there is none.
    """

    reference: str
    """The caller's own id of it."""
    created_at: datetime = attrs.field(metadata={"wire": "createdAt"})
    """When it happened."""
    status: PaymentStatus
    amount: int | None = None
    """Amount, in the minor unit of the asset."""
    asset: str
    """Asset with its exponent: `USD/2`."""
    metadata: dict[str, str] | None = None
    """Metadata, text by key. May be null when there is none."""


@attrs.define(kw_only=True)
class PaymentInitiation(Model):
    """A transfer or a payout requested from the service, and its status.

    Attributes:
        id: Opaque base64url. Computed from connector and reference.
        connector_id: Id of the connector, opaque base64url.
        reference: The caller's own id, unique within the connector.
        created_at: When it was requested.
        scheduled_at: When it will be made. The year 1 (`0001-01-01T00:00:00Z`) means that it is not scheduled.
        description: May be empty.
        source_account_id: Id of the account from which the money comes. Absent when not set.
        destination_account_id: Id of the account to which the money goes.
        amount: Amount, in the minor unit of the asset.
        asset: Asset, as `USD/2`.
        metadata: Metadata, text by key. May be null when there is none.
        error: Why the provider refused it. Absent otherwise, even if the payment failed later.
    """

    id: str
    """Opaque base64url. Computed from connector and reference."""
    connector_id: str = attrs.field(metadata={"wire": "connectorID"})
    """Id of the connector, opaque base64url."""
    provider: Provider
    reference: str
    """The caller's own id, unique within the connector."""
    created_at: datetime = attrs.field(metadata={"wire": "createdAt"})
    """When it was requested."""
    scheduled_at: datetime = attrs.field(metadata={"wire": "scheduledAt"})
    """When it will be made. The year 1 (`0001-01-01T00:00:00Z`) means that it is not scheduled."""
    description: str
    """May be empty."""
    type: PaymentInitiationType
    source_account_id: str | None = attrs.field(default=None, metadata={"wire": "sourceAccountID"})
    """Id of the account from which the money comes. Absent when not set."""
    destination_account_id: str | None = attrs.field(default=None, metadata={"wire": "destinationAccountID"})
    """Id of the account to which the money goes."""
    amount: int
    """Amount, in the minor unit of the asset."""
    asset: str
    """Asset, as `USD/2`."""
    metadata: dict[str, str] = attrs.field(factory=lambda: {})
    """Metadata, text by key. May be null when there is none."""
    status: PaymentInitiationStatus
    error: str | None = None
    """Why the provider refused it. Absent otherwise, even if the payment failed later."""


@attrs.define(kw_only=True)
class PaymentInitiationAdjustment(Model):
    """A state of a payment initiation.

    Attributes:
        id: Opaque base64url.
        created_at: When the payment initiation entered it.
        amount: Amount, in the minor unit of the asset.
        asset: Asset, as `USD/2`.
        error: Why it failed. Absent when it did not.
        metadata: Metadata, text by key. May be null when there is none.
    """

    id: str
    """Opaque base64url."""
    created_at: datetime = attrs.field(metadata={"wire": "createdAt"})
    """When the payment initiation entered it."""
    status: PaymentInitiationStatus
    amount: int | None = None
    """Amount, in the minor unit of the asset."""
    asset: str | None = None
    """Asset, as `USD/2`."""
    error: str | None = None
    """Why it failed. Absent when it did not."""
    metadata: dict[str, str] = attrs.field(factory=lambda: {})
    """Metadata, text by key. May be null when there is none."""


@attrs.define(kw_only=True)
class InitiatePaymentRequest(Model):
    """A transfer or a payout to make.

    Attributes:
        reference: The caller's own id, unique within the connector, 3 to 1,000 characters.
        scheduled_at: When to make it, in the future; as soon as it is approved by default.
        connector_id: Id of the connector to make it through, opaque base64url.
        description: At most 10,000 characters.
        amount: Amount, in the minor unit of the asset, 1 or more.
        asset: Asset with its exponent: `USD/2`, `JPY/0`. The currency and its exponent must be those of ISO 4217.
        source_account_id: Id of the account from which the money comes. The server checks whether it exists only
            when it makes the payment.
        destination_account_id: Id of the account to which the money goes. The server checks whether it exists only
            when it makes the payment.
        metadata: Metadata, text by key. May be null when there is none.
    """

    reference: str
    """The caller's own id, unique within the connector, 3 to 1,000 characters."""
    scheduled_at: datetime | None = attrs.field(default=None, metadata={"wire": "scheduledAt"})
    """When to make it, in the future; as soon as it is approved by default."""
    connector_id: str = attrs.field(metadata={"wire": "connectorID"})
    """Id of the connector to make it through, opaque base64url."""
    description: str | None = None
    """At most 10,000 characters."""
    type: PaymentInitiationType
    amount: int
    """Amount, in the minor unit of the asset, 1 or more."""
    asset: str
    """Asset with its exponent: `USD/2`, `JPY/0`. The currency and its exponent must be those of ISO 4217."""
    source_account_id: str | None = attrs.field(default=None, metadata={"wire": "sourceAccountID"})
    """Id of the account from which the money comes. The server checks whether it exists only when it makes the
    payment."""
    destination_account_id: str = attrs.field(metadata={"wire": "destinationAccountID"})
    """Id of the account to which the money goes. The server checks whether it exists only when it makes the payment."""
    metadata: dict[str, str] | None = None
    """Metadata, text by key. May be null when there is none."""


@attrs.define(kw_only=True)
class PaymentServiceUser(Model):
    """A person or company whose bank accounts are read through open banking.

    Attributes:
        id: UUID.
        created_at: When the user was created.
        contact_details: Null when unknown.
        address: Null when unknown.
        bank_account_ids: Ids of the user's bank accounts, UUIDs.
        metadata: Metadata, text by key. May be null when there is none.
    """

    id: str
    """UUID."""
    name: str
    created_at: datetime = attrs.field(metadata={"wire": "createdAt"})
    """When the user was created."""
    contact_details: ContactDetails | None = attrs.field(default=None, metadata={"wire": "contactDetails"})
    """Null when unknown."""
    address: Address | None = None
    """Null when unknown."""
    bank_account_ids: list[str] = attrs.field(factory=lambda: [], metadata={"wire": "bankAccountIDs"})
    """Ids of the user's bank accounts, UUIDs."""
    metadata: dict[str, str] = attrs.field(factory=lambda: {})
    """Metadata, text by key. May be null when there is none."""


@attrs.define(kw_only=True)
class CreatePaymentServiceUserRequest(Model):
    """A payment service user to create.

    Attributes:
        name: Not empty.
        contact_details: How to reach the user.
        address: Where the user lives.
        bank_account_ids: Ids of bank accounts to give to the user, UUIDs.
        metadata: Metadata, text by key. May be null when there is none.
    """

    name: str
    """Not empty."""
    contact_details: ContactDetailsRequest | None = attrs.field(default=None, metadata={"wire": "contactDetails"})
    """How to reach the user."""
    address: AddressRequest | None = None
    """Where the user lives."""
    bank_account_ids: list[str] | None = attrs.field(default=None, metadata={"wire": "bankAccountIDs"})
    """Ids of bank accounts to give to the user, UUIDs."""
    metadata: dict[str, str] | None = None
    """Metadata, text by key. May be null when there is none."""


@attrs.define(kw_only=True)
class PaymentServiceUserConnection(Model):
    """A user's connection to a bank, through a connector.

    Attributes:
        connection_id: The provider's own id of the connection.
        connector_id: Id of the connector, opaque base64url.
        created_at: When it was made.
        data_updated_at: When data was last read through it. The year 1 (`0001-01-01T00:00:00Z`) before the first
            time.
        updated_at: When it last changed.
        error: What is wrong with it. Null if it works.
        metadata: Metadata, text by key. May be null when there is none.
    """

    connection_id: str = attrs.field(metadata={"wire": "connectionID"})
    """The provider's own id of the connection."""
    connector_id: str = attrs.field(metadata={"wire": "connectorID"})
    """Id of the connector, opaque base64url."""
    created_at: datetime = attrs.field(metadata={"wire": "createdAt"})
    """When it was made."""
    data_updated_at: datetime = attrs.field(metadata={"wire": "dataUpdatedAt"})
    """When data was last read through it. The year 1 (`0001-01-01T00:00:00Z`) before the first time."""
    status: ConnectionStatus
    updated_at: datetime | None = attrs.field(default=None, metadata={"wire": "updatedAt"})
    """When it last changed."""
    error: str | None = None
    """What is wrong with it. Null if it works."""
    metadata: dict[str, str] = attrs.field(factory=lambda: {})
    """Metadata, text by key. May be null when there is none."""


@attrs.define(kw_only=True)
class PaymentServiceUserLinkAttempt(Model):
    """A user's attempt to create or repair a connection.

    Attributes:
        id: UUID. Equal to the idempotency key of the request for the link, if it had one.
        psu_id: Id of the payment service user, a UUID.
        connector_id: Id of the connector, opaque base64url.
        created_at: When the link was requested.
        client_redirect_url: Where the user is sent at the end.
        error: Why the user left it. Null if they did not.
    """

    id: str
    """UUID. Equal to the idempotency key of the request for the link, if it had one."""
    psu_id: str = attrs.field(metadata={"wire": "psuID"})
    """Id of the payment service user, a UUID."""
    connector_id: str = attrs.field(metadata={"wire": "connectorID"})
    """Id of the connector, opaque base64url."""
    created_at: datetime = attrs.field(metadata={"wire": "createdAt"})
    """When the link was requested."""
    status: OpenBankingConnectionAttemptStatus
    client_redirect_url: str | None = attrs.field(default=None, metadata={"wire": "clientRedirectURL"})
    """Where the user is sent at the end."""
    error: str | None = None
    """Why the user left it. Null if they did not."""


@attrs.define(kw_only=True)
class Pool(Model):
    """A named group of accounts, of any connectors.

    Attributes:
        id: UUID.
        name: Unique.
        created_at: When it was created.
        query: The filter of the accounts of a dynamic pool. Absent in a static one.
        pool_accounts: Ids of its accounts, opaque base64url.
    """

    id: str
    """UUID."""
    name: str
    """Unique."""
    created_at: datetime = attrs.field(metadata={"wire": "createdAt"})
    """When it was created."""
    type: PoolType | None = None
    query: dict[str, Any] = attrs.field(factory=lambda: {})
    """The filter of the accounts of a dynamic pool. Absent in a static one."""
    pool_accounts: list[str] = attrs.field(factory=lambda: [], metadata={"wire": "poolAccounts"})
    """Ids of its accounts, opaque base64url."""


@attrs.define(kw_only=True)
class Task(Model):
    """Work that the service does in the background.

    Attributes:
        id: Opaque base64url, up to about a thousand characters.
        connector_id: Id of the connector, opaque base64url. Absent if the task removes a connector or a user.
        created_at: When it was started.
        updated_at: When it last changed.
        created_object_id: Id of what it has created: an account, a payment, a connector. Absent until then.
        error: Why it failed. Absent when it did not.
    """

    id: str
    """Opaque base64url, up to about a thousand characters."""
    connector_id: str | None = attrs.field(default=None, metadata={"wire": "connectorID"})
    """Id of the connector, opaque base64url. Absent if the task removes a connector or a user."""
    status: TaskStatus
    created_at: datetime = attrs.field(metadata={"wire": "createdAt"})
    """When it was started."""
    updated_at: datetime = attrs.field(metadata={"wire": "updatedAt"})
    """When it last changed."""
    created_object_id: str | None = attrs.field(default=None, metadata={"wire": "createdObjectID"})
    """Id of what it has created: an account, a payment, a connector. Absent until then."""
    error: str | None = None
    """Why it failed. Absent when it did not."""


@attrs.define(kw_only=True)
class ErrorResponse(Model):
    """An error of the service.

    Attributes:
        error_message: What went wrong, in words of the service, of Go, or of the database.
        details: More of it. Never seen so far.
    """

    error_code: ErrorCode | None = attrs.field(default=None, metadata={"wire": "errorCode"})
    error_message: str | None = attrs.field(default=None, metadata={"wire": "errorMessage"})
    """What went wrong, in words of the service, of Go, or of the database."""
    details: str | None = None
    """More of it. Never seen so far."""


@attrs.define(kw_only=True)
class Account(Model):
    """An account at a payment provider, or known to one.

    Attributes:
        id: Opaque base64url.
        connector_id: Id of the connector, opaque base64url.
        connector: The connector itself, without its configuration. Null when it is not known.
        reference: The provider's own id of the account, or the caller's.
        created_at: When the provider created the account.
        name: Null when the provider gives none.
        default_asset: Asset, as `USD/2`. Null when the provider gives none, empty when the account was recorded
            without one.
        metadata: Metadata, text by key. May be null when there is none.
        raw: What the provider sent, or the request that recorded the account: any JSON.
        psu_id: Id of the payment service user who owns the account, a UUID. Absent when there is none.
        open_banking_connection_id: Id of the user's connection through which the account was read. Absent when
            there is none.
    """

    id: str
    """Opaque base64url."""
    connector_id: str = attrs.field(metadata={"wire": "connectorID"})
    """Id of the connector, opaque base64url."""
    connector: ConnectorBase | None = None
    """The connector itself, without its configuration. Null when it is not known."""
    provider: Provider
    reference: str
    """The provider's own id of the account, or the caller's."""
    created_at: datetime = attrs.field(metadata={"wire": "createdAt"})
    """When the provider created the account."""
    type: AccountType
    name: str | None = None
    """Null when the provider gives none."""
    default_asset: str | None = attrs.field(default=None, metadata={"wire": "defaultAsset"})
    """Asset, as `USD/2`. Null when the provider gives none, empty when the account was recorded without one."""
    metadata: dict[str, str] = attrs.field(factory=lambda: {})
    """Metadata, text by key. May be null when there is none."""
    raw: Any = attrs.field(default=None, repr=False)
    """What the provider sent, or the request that recorded the account: any JSON."""
    psu_id: str | None = attrs.field(default=None, metadata={"wire": "psuID"})
    """Id of the payment service user who owns the account, a UUID. Absent when there is none."""
    open_banking_connection_id: str | None = attrs.field(default=None, metadata={"wire": "openBankingConnectionID"})
    """Id of the user's connection through which the account was read. Absent when there is none."""


@attrs.define(kw_only=True)
class Order(Model):
    """An order to trade one asset for another, as gathered from an exchange.

    Attributes:
        id: Opaque base64url.
        connector_id: Id of the connector, opaque base64url.
        reference: The provider's own id of the order.
        client_order_id: The id given by whoever placed the order. Absent when there is none.
        created_at: When the provider accepted the order.
        updated_at: When the order last changed.
        source_asset: Asset that is sold.
        destination_asset: Asset that is bought.
        base_quantity_ordered: How much is to be traded, in the minor unit of the base asset.
        base_quantity_filled: How much has been traded so far, in the same unit. Null when the provider does not
            say.
        limit_price: The worst price that the order accepts, in the minor unit of `priceAsset`. Absent when there
            is none.
        stop_price: The price that triggers the order, in the minor unit of `priceAsset`. Absent when there is
            none.
        expires_at: When the order expires. Absent when it does not.
        quote_amount: The total price of the filled part, in the minor unit of `quoteAsset`. Absent when not known.
        quote_asset: Asset of `quoteAmount`.
        fee: Fee, in the minor unit of `feeAsset`. Absent when not known.
        fee_asset: Asset of `fee`.
        average_fill_price: Average price of the filled part, in the minor unit of `priceAsset`. Absent when not
            known.
        price_asset: Asset of the prices.
        source_account_id: Id of the account that pays. Null when not known.
        destination_account_id: Id of the account that receives. Null when not known.
        metadata: Metadata, text by key. May be null when there is none.
        adjustments: The states of the order over time. Null in lists.
        error: Why it failed. Absent when it did not.
    """

    id: str
    """Opaque base64url."""
    connector_id: str = attrs.field(metadata={"wire": "connectorID"})
    """Id of the connector, opaque base64url."""
    provider: Provider
    reference: str
    """The provider's own id of the order."""
    client_order_id: str | None = attrs.field(default=None, metadata={"wire": "clientOrderID"})
    """The id given by whoever placed the order. Absent when there is none."""
    created_at: datetime = attrs.field(metadata={"wire": "createdAt"})
    """When the provider accepted the order."""
    updated_at: datetime = attrs.field(metadata={"wire": "updatedAt"})
    """When the order last changed."""
    direction: OrderDirection
    source_asset: str = attrs.field(metadata={"wire": "sourceAsset"})
    """Asset that is sold."""
    destination_asset: str = attrs.field(metadata={"wire": "destinationAsset"})
    """Asset that is bought."""
    type: OrderType
    status: OrderStatus
    base_quantity_ordered: int = attrs.field(metadata={"wire": "baseQuantityOrdered"})
    """How much is to be traded, in the minor unit of the base asset."""
    base_quantity_filled: int | None = attrs.field(default=None, metadata={"wire": "baseQuantityFilled"})
    """How much has been traded so far, in the same unit. Null when the provider does not say."""
    limit_price: int | None = attrs.field(default=None, metadata={"wire": "limitPrice"})
    """The worst price that the order accepts, in the minor unit of `priceAsset`. Absent when there is none."""
    stop_price: int | None = attrs.field(default=None, metadata={"wire": "stopPrice"})
    """The price that triggers the order, in the minor unit of `priceAsset`. Absent when there is none."""
    time_in_force: TimeInForce = attrs.field(metadata={"wire": "timeInForce"})
    expires_at: datetime | None = attrs.field(default=None, metadata={"wire": "expiresAt"})
    """When the order expires. Absent when it does not."""
    quote_amount: int | None = attrs.field(default=None, metadata={"wire": "quoteAmount"})
    """The total price of the filled part, in the minor unit of `quoteAsset`. Absent when not known."""
    quote_asset: str | None = attrs.field(default=None, metadata={"wire": "quoteAsset"})
    """Asset of `quoteAmount`."""
    fee: int | None = None
    """Fee, in the minor unit of `feeAsset`. Absent when not known."""
    fee_asset: str | None = attrs.field(default=None, metadata={"wire": "feeAsset"})
    """Asset of `fee`."""
    average_fill_price: int | None = attrs.field(default=None, metadata={"wire": "averageFillPrice"})
    """Average price of the filled part, in the minor unit of `priceAsset`. Absent when not known."""
    price_asset: str | None = attrs.field(default=None, metadata={"wire": "priceAsset"})
    """Asset of the prices."""
    source_account_id: str | None = attrs.field(default=None, metadata={"wire": "sourceAccountID"})
    """Id of the account that pays. Null when not known."""
    destination_account_id: str | None = attrs.field(default=None, metadata={"wire": "destinationAccountID"})
    """Id of the account that receives. Null when not known."""
    metadata: dict[str, str] = attrs.field(factory=lambda: {})
    """Metadata, text by key. May be null when there is none."""
    adjustments: list[OrderAdjustment] = attrs.field(factory=lambda: [])
    """The states of the order over time. Null in lists."""
    error: str | None = None
    """Why it failed. Absent when it did not."""


@attrs.define(kw_only=True)
class Payment(Model):
    """A payment, as gathered from a provider or recorded by hand.

    Attributes:
        id: Opaque base64url. Computed from connector, reference and type.
        connector_id: Id of the connector, opaque base64url.
        reference: The provider's own id of the payment, or the caller's.
        created_at: When the provider created the payment. The answer to its creation repeats the request's time,
            later reads give microseconds.
        initial_amount: Amount at the payment's creation, in the minor unit of the asset. May be negative.
        amount: Amount after all adjustments, in the minor unit of the asset. 0 while the payment is only
            authorised. May be negative.
        asset: Asset, as `USD/2`. Some providers report other currencies, or no exponent; the server refuses those
            in requests.
        source_account_id: Id of the account from which the money comes. Null when not known.
        destination_account_id: Id of the account to which the money goes. Null when not known.
        metadata: Metadata, text by key. May be null when there is none.
        adjustments: The events in the life of the payment. Null in lists of payments, but present in the payments
            of an initiation.
        psu_id: Id of the payment service user whose payment it is, a UUID. Absent when there is none.
        open_banking_connection_id: Id of the user's connection through which the payment was read. Absent when
            there is none.
    """

    id: str
    """Opaque base64url. Computed from connector, reference and type."""
    connector_id: str = attrs.field(metadata={"wire": "connectorID"})
    """Id of the connector, opaque base64url."""
    provider: Provider
    reference: str
    """The provider's own id of the payment, or the caller's."""
    created_at: datetime = attrs.field(metadata={"wire": "createdAt"})
    """When the provider created the payment. The answer to its creation repeats the request's time, later reads give
    microseconds."""
    type: PaymentType
    initial_amount: int = attrs.field(metadata={"wire": "initialAmount"})
    """Amount at the payment's creation, in the minor unit of the asset. May be negative."""
    amount: int
    """Amount after all adjustments, in the minor unit of the asset. 0 while the payment is only authorised. May be
    negative."""
    asset: str
    """Asset, as `USD/2`. Some providers report other currencies, or no exponent; the server refuses those in
    requests."""
    scheme: PaymentScheme
    status: PaymentStatus
    source_account_id: str | None = attrs.field(default=None, metadata={"wire": "sourceAccountID"})
    """Id of the account from which the money comes. Null when not known."""
    destination_account_id: str | None = attrs.field(default=None, metadata={"wire": "destinationAccountID"})
    """Id of the account to which the money goes. Null when not known."""
    metadata: dict[str, str] = attrs.field(factory=lambda: {})
    """Metadata, text by key. May be null when there is none."""
    adjustments: list[PaymentAdjustment] = attrs.field(factory=lambda: [])
    """The events in the life of the payment. Null in lists of payments, but present in the payments of an
    initiation."""
    psu_id: str | None = attrs.field(default=None, metadata={"wire": "psuID"})
    """Id of the payment service user whose payment it is, a UUID. Absent when there is none."""
    open_banking_connection_id: str | None = attrs.field(default=None, metadata={"wire": "openBankingConnectionID"})
    """Id of the user's connection through which the payment was read. Absent when there is none."""


@attrs.define(kw_only=True)
class CreatePaymentRequest(Model):
    """A payment to record. Its status is that of the latest of its adjustments, at least one.

    Attributes:
        reference: Unique together with connector and type, 3 to 1,000 characters.
        connector_id: Id of the connector that the payment belongs to, opaque base64url. Only Generic and Dummypay
            connectors accept payments.
        created_at: When the payment was made, not in the future.
        initial_amount: Amount at the payment's creation, in the minor unit of the asset.
        amount: Amount, in the minor unit of the asset.
        asset: Asset with its exponent: `USD/2`, `JPY/0`. The currency and its exponent must be those of ISO 4217.
        source_account_id: Id of the account from which the money comes. It need not exist.
        destination_account_id: Id of the account to which the money goes. It need not exist.
        metadata: Metadata, text by key. May be null when there is none.
        adjustments: The events in the life of the payment, at least one. Those that the server has already, by
            reference, time and status, change nothing.
    """

    reference: str
    """Unique together with connector and type, 3 to 1,000 characters."""
    connector_id: str = attrs.field(metadata={"wire": "connectorID"})
    """Id of the connector that the payment belongs to, opaque base64url. Only Generic and Dummypay connectors accept
    payments."""
    created_at: datetime = attrs.field(metadata={"wire": "createdAt"})
    """When the payment was made, not in the future."""
    type: PaymentType
    initial_amount: int = attrs.field(metadata={"wire": "initialAmount"})
    """Amount at the payment's creation, in the minor unit of the asset."""
    amount: int
    """Amount, in the minor unit of the asset."""
    asset: str
    """Asset with its exponent: `USD/2`, `JPY/0`. The currency and its exponent must be those of ISO 4217."""
    scheme: PaymentScheme
    source_account_id: str | None = attrs.field(default=None, metadata={"wire": "sourceAccountID"})
    """Id of the account from which the money comes. It need not exist."""
    destination_account_id: str | None = attrs.field(default=None, metadata={"wire": "destinationAccountID"})
    """Id of the account to which the money goes. It need not exist."""
    metadata: dict[str, str] | None = None
    """Metadata, text by key. May be null when there is none."""
    adjustments: list[CreatePaymentAdjustmentRequest]
    """The events in the life of the payment, at least one. Those that the server has already, by reference, time and
    status, change nothing."""


__all__ = [
    "Account",
    "AccountType",
    "Address",
    "AddressRequest",
    "Balance",
    "BankAccount",
    "BankAccountRelatedAccount",
    "Capability",
    "ConfigField",
    "ConnectionStatus",
    "Connector",
    "ConnectorBase",
    "ContactDetails",
    "ContactDetailsRequest",
    "Conversion",
    "ConversionStatus",
    "CreateAccountRequest",
    "CreateBankAccountRequest",
    "CreatePaymentAdjustmentRequest",
    "CreatePaymentRequest",
    "CreatePaymentServiceUserRequest",
    "CreatePoolRequest",
    "ErrorCode",
    "ErrorResponse",
    "ForwardBankAccountRequest",
    "ForwardPaymentServiceUserBankAccountRequest",
    "InitiatePaymentRequest",
    "Instance",
    "Link",
    "OpenBankingConnectionAttemptStatus",
    "Order",
    "OrderAdjustment",
    "OrderDirection",
    "OrderStatus",
    "OrderType",
    "Payment",
    "PaymentAdjustment",
    "PaymentInitiation",
    "PaymentInitiationAdjustment",
    "PaymentInitiationStatus",
    "PaymentInitiationType",
    "PaymentScheme",
    "PaymentServiceUser",
    "PaymentServiceUserConnection",
    "PaymentServiceUserCreateLinkRequest",
    "PaymentServiceUserLinkAttempt",
    "PaymentServiceUserUpdateLinkRequest",
    "PaymentStatus",
    "PaymentType",
    "Pool",
    "PoolBalance",
    "PoolType",
    "Provider",
    "ReversePaymentInitiationRequest",
    "Schedule",
    "StartedPaymentInitiation",
    "StartedPaymentInitiationReversal",
    "StartedTask",
    "Task",
    "TaskStatus",
    "TimeInForce",
    "UpdateBankAccountMetadataRequest",
    "UpdatePoolQueryRequest",
]
