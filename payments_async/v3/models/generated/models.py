# Written by `python -m codegen` from openapi/payments-v3.yaml. Do not edit: change the description and run it.

"""The API's data: classes, open enums, and unions."""

from datetime import datetime
from typing import Any

import attrs

from payments_async.models.open_enum import OpenEnum


class AccountType(OpenEnum):
    """Whether an account is the owner's or somebody else's. Requests cannot have `UNKNOWN`."""

    UNKNOWN = "UNKNOWN"
    INTERNAL = "INTERNAL"
    EXTERNAL = "EXTERNAL"


@attrs.define(kw_only=True)
class Balance:
    """The balance of an account in one asset, and the interval in which it was seen to hold.

    Attributes:
        account_id: Id of the account, opaque base64url.
        created_at: When this amount was first seen.
        last_updated_at: When this amount was last seen.
        asset: Asset, as `USD/2`. Some providers give other currencies, or no exponent.
        balance: Balance, in the minor unit of the asset. May be negative.
        psu_id: Id of the payment service user who owns the account, a UUID. Empty when there is none.
        open_banking_connection_id: Id of the user's connection that the balance was read through. Absent when
            there is none.
    """

    account_id: str = attrs.field(metadata={"wire": "accountID"})
    created_at: datetime = attrs.field(metadata={"wire": "createdAt"})
    last_updated_at: datetime = attrs.field(metadata={"wire": "lastUpdatedAt"})
    asset: str
    balance: int
    psu_id: str | None = attrs.field(default=None, metadata={"wire": "psuID"})
    open_banking_connection_id: str | None = attrs.field(default=None, metadata={"wire": "openBankingConnectionID"})


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


class ErrorCode(OpenEnum):
    """What kind of error it is. Newer servers may send others."""

    INTERNAL = "INTERNAL"
    VALIDATION = "VALIDATION"
    INVALID_ID = "INVALID_ID"
    MISSING_OR_INVALID_BODY = "MISSING_OR_INVALID_BODY"
    CONFLICT = "CONFLICT"
    CONNECTOR_CAPABILITY_NOT_SUPPORTED = "CONNECTOR_CAPABILITY_NOT_SUPPORTED"
    NOT_FOUND = "NOT_FOUND"


@attrs.define(kw_only=True)
class ConnectorBase:
    """The connector of an account, in short.

    Attributes:
        id: Opaque base64url.
        reference: UUID of the installation.
        name: Name of the connector, unique across all providers.
        created_at: When the connector was installed.
    """

    id: str
    reference: str
    name: str
    created_at: datetime = attrs.field(metadata={"wire": "createdAt"})
    provider: Provider


@attrs.define(kw_only=True)
class CreateAccountRequest:
    """An account to record.

    Attributes:
        reference: Unique within the connector, 3 to 1,000 characters. A known reference changes nothing: the
            answer is the stored account.
        connector_id: Id of the connector that the account belongs to, opaque base64url. Only Generic and Dummypay
            connectors take accounts.
        created_at: When the account was created, not in the future.
        account_name: Not empty.
        default_asset: Asset with its exponent: `USD/2`. The currency and its exponent must be those of ISO 4217.
        metadata: Metadata, text by key. May be null when there is none.
    """

    reference: str
    connector_id: str = attrs.field(metadata={"wire": "connectorID"})
    created_at: datetime = attrs.field(metadata={"wire": "createdAt"})
    account_name: str = attrs.field(metadata={"wire": "accountName"})
    type: AccountType
    default_asset: str | None = attrs.field(default=None, metadata={"wire": "defaultAsset"})
    metadata: dict[str, str] | None = None


@attrs.define(kw_only=True)
class ErrorResponse:
    """An error as the service tells it.

    Attributes:
        error_message: What went wrong, in words of the service, of Go, or of the database.
        details: More of it. Never seen so far.
    """

    error_code: ErrorCode | None = attrs.field(default=None, metadata={"wire": "errorCode"})
    error_message: str | None = attrs.field(default=None, metadata={"wire": "errorMessage"})
    details: str | None = None


@attrs.define(kw_only=True)
class Account:
    """An account held at a payment provider, or known to it.

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
        open_banking_connection_id: Id of the user's connection that the account was read through. Absent when
            there is none.
    """

    id: str
    connector_id: str = attrs.field(metadata={"wire": "connectorID"})
    connector: ConnectorBase | None = None
    provider: Provider
    reference: str
    created_at: datetime = attrs.field(metadata={"wire": "createdAt"})
    type: AccountType
    name: str | None = None
    default_asset: str | None = attrs.field(default=None, metadata={"wire": "defaultAsset"})
    metadata: dict[str, str] = attrs.field(factory=lambda: {})
    raw: Any = attrs.field(default=None, repr=False)
    psu_id: str | None = attrs.field(default=None, metadata={"wire": "psuID"})
    open_banking_connection_id: str | None = attrs.field(default=None, metadata={"wire": "openBankingConnectionID"})


__all__ = [
    "Account",
    "AccountType",
    "Balance",
    "ConnectorBase",
    "CreateAccountRequest",
    "ErrorCode",
    "ErrorResponse",
    "Provider",
]
