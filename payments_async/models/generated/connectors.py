# Written by `python -m codegen` from openapi/payments.yaml. Do not edit: change the description and run it.

"""The part of the API's data that belongs to single connectors."""

from datetime import datetime
from typing import Any, TypeAlias

import attrs

from payments_async.models.generated.models import Connector
from payments_async.models.model import Model
from payments_async.models.open_enum import OpenEnum


@attrs.define(kw_only=True)
class StripeConfig(Model):
    """Configuration of a Stripe connector.

    Attributes:
        name: Name of the connector, unique across all providers. Without one, the list shows an empty name, the
            configuration the provider's.
        api_key: Secret key of the Stripe account.
        polling_period: How often to ask the provider, a Go duration: `90s`, `2m`, `1h30m`. Server default: '2m0s'.
        page_size: How many items to ask the provider for at once. Server default: 10.
    """

    name: str | None = None
    """Name of the connector, unique across all providers. Without one, the list shows an empty name, the
    configuration the provider's."""
    api_key: str = attrs.field(repr=False, metadata={"wire": "apiKey"})
    """Secret key of the Stripe account."""
    polling_period: str | None = attrs.field(default=None, metadata={"wire": "pollingPeriod"})
    """How often to ask the provider, a Go duration: `90s`, `2m`, `1h30m`. Server default: '2m0s'."""
    page_size: int | None = attrs.field(default=None, metadata={"wire": "pageSize"})
    """How many items to ask the provider for at once. Server default: 10."""


@attrs.define(kw_only=True)
class DummyPayConfig(Model):
    """Configuration of a Dummy Pay connector, which reads made-up payments from files.

    Attributes:
        name: Name of the connector, unique across all providers. Without one, the list shows an empty name, the
            configuration the provider's.
        directory: Directory of the files, on the server.
        file_polling_period: How often to look for new files, a Go duration: `10s`, `1m`. Server default: '10s'.
        prefix_file_to_ingest: Read only files whose name begins so. Server default: ''.
        number_of_accounts_pre_generated: How many accounts to make up at the installation. Server default: 0.
        number_of_payments_pre_generated: How many payments to make up at the installation. Server default: 0.
    """

    name: str | None = None
    """Name of the connector, unique across all providers. Without one, the list shows an empty name, the
    configuration the provider's."""
    directory: str
    """Directory of the files, on the server."""
    file_polling_period: str | None = attrs.field(default=None, metadata={"wire": "filePollingPeriod"})
    """How often to look for new files, a Go duration: `10s`, `1m`. Server default: '10s'."""
    prefix_file_to_ingest: str | None = attrs.field(default=None, metadata={"wire": "prefixFileToIngest"})
    """Read only files whose name begins so. Server default: ''."""
    number_of_accounts_pre_generated: int | None = attrs.field(
        default=None, metadata={"wire": "numberOfAccountsPreGenerated"}
    )
    """How many accounts to make up at the installation. Server default: 0."""
    number_of_payments_pre_generated: int | None = attrs.field(
        default=None, metadata={"wire": "numberOfPaymentsPreGenerated"}
    )
    """How many payments to make up at the installation. Server default: 0."""


@attrs.define(kw_only=True)
class WiseConfig(Model):
    """Configuration of a Wise connector.

    Attributes:
        name: Name of the connector, unique across all providers. Without one, the list shows an empty name, the
            configuration the provider's.
        polling_period: How often to ask the provider, a Go duration: `90s`, `2m`, `1h30m`. Server default: '2m0s'.
    """

    name: str | None = None
    """Name of the connector, unique across all providers. Without one, the list shows an empty name, the
    configuration the provider's."""
    api_key: str = attrs.field(repr=False, metadata={"wire": "apiKey"})
    polling_period: str | None = attrs.field(default=None, metadata={"wire": "pollingPeriod"})
    """How often to ask the provider, a Go duration: `90s`, `2m`, `1h30m`. Server default: '2m0s'."""


@attrs.define(kw_only=True)
class ModulrConfig(Model):
    """Configuration of a Modulr connector.

    Attributes:
        name: Name of the connector, unique across all providers. Without one, the list shows an empty name, the
            configuration the provider's.
        endpoint: Base URL of the provider's API. Without it the connector's own, which is not shown.
        polling_period: How often to ask the provider, a Go duration: `90s`, `2m`, `1h30m`. Server default: '2m0s'.
        page_size: How many items to ask the provider for at once. Server default: 100.
    """

    name: str | None = None
    """Name of the connector, unique across all providers. Without one, the list shows an empty name, the
    configuration the provider's."""
    api_key: str = attrs.field(repr=False, metadata={"wire": "apiKey"})
    api_secret: str = attrs.field(repr=False, metadata={"wire": "apiSecret"})
    endpoint: str | None = None
    """Base URL of the provider's API. Without it the connector's own, which is not shown."""
    polling_period: str | None = attrs.field(default=None, metadata={"wire": "pollingPeriod"})
    """How often to ask the provider, a Go duration: `90s`, `2m`, `1h30m`. Server default: '2m0s'."""
    page_size: int | None = attrs.field(default=None, metadata={"wire": "pageSize"})
    """How many items to ask the provider for at once. Server default: 100."""


@attrs.define(kw_only=True)
class CurrencyCloudConfig(Model):
    """Configuration of a Currencycloud connector.

    Attributes:
        name: Name of the connector, unique across all providers. Without one, the list shows an empty name, the
            configuration the provider's.
        login_id: Login of the API user.
        endpoint: Base URL of the provider's API. Without it the connector's own, which is not shown.
        polling_period: How often to ask the provider, a Go duration: `90s`, `2m`, `1h30m`. Server default: '2m0s'.
    """

    name: str | None = None
    """Name of the connector, unique across all providers. Without one, the list shows an empty name, the
    configuration the provider's."""
    login_id: str = attrs.field(metadata={"wire": "loginID"})
    """Login of the API user."""
    api_key: str = attrs.field(repr=False, metadata={"wire": "apiKey"})
    endpoint: str | None = None
    """Base URL of the provider's API. Without it the connector's own, which is not shown."""
    polling_period: str | None = attrs.field(default=None, metadata={"wire": "pollingPeriod"})
    """How often to ask the provider, a Go duration: `90s`, `2m`, `1h30m`. Server default: '2m0s'."""


@attrs.define(kw_only=True)
class BankingCircleConfig(Model):
    """Configuration of a Banking Circle connector.

    Attributes:
        name: Name of the connector, unique across all providers. Without one, the list shows an empty name, the
            configuration the provider's.
        endpoint: Base URL of the provider's API.
        authorization_endpoint: Base URL of the provider's authorization service.
        user_certificate: Client certificate, PEM.
        user_certificate_key: Private key of the client certificate, PEM.
        polling_period: How often to ask the provider, a Go duration: `90s`, `2m`, `1h30m`. Server default: '2m0s'.
    """

    name: str | None = None
    """Name of the connector, unique across all providers. Without one, the list shows an empty name, the
    configuration the provider's."""
    username: str
    password: str = attrs.field(repr=False)
    endpoint: str
    """Base URL of the provider's API."""
    authorization_endpoint: str = attrs.field(metadata={"wire": "authorizationEndpoint"})
    """Base URL of the provider's authorization service."""
    user_certificate: str = attrs.field(repr=False, metadata={"wire": "userCertificate"})
    """Client certificate, PEM."""
    user_certificate_key: str = attrs.field(repr=False, metadata={"wire": "userCertificateKey"})
    """Private key of the client certificate, PEM."""
    polling_period: str | None = attrs.field(default=None, metadata={"wire": "pollingPeriod"})
    """How often to ask the provider, a Go duration: `90s`, `2m`, `1h30m`. Server default: '2m0s'."""


@attrs.define(kw_only=True)
class MangoPayConfig(Model):
    """Configuration of a Mangopay connector.

    Attributes:
        name: Name of the connector, unique across all providers. Without one, the list shows an empty name, the
            configuration the provider's.
        endpoint: Base URL of the provider's API.
        polling_period: How often to ask the provider, a Go duration: `90s`, `2m`, `1h30m`. Server default: '2m0s'.
    """

    name: str | None = None
    """Name of the connector, unique across all providers. Without one, the list shows an empty name, the
    configuration the provider's."""
    client_id: str = attrs.field(metadata={"wire": "clientID"})
    api_key: str = attrs.field(repr=False, metadata={"wire": "apiKey"})
    endpoint: str
    """Base URL of the provider's API."""
    polling_period: str | None = attrs.field(default=None, metadata={"wire": "pollingPeriod"})
    """How often to ask the provider, a Go duration: `90s`, `2m`, `1h30m`. Server default: '2m0s'."""


@attrs.define(kw_only=True)
class MoneycorpConfig(Model):
    """Configuration of a Moneycorp connector.

    Attributes:
        name: Name of the connector, unique across all providers. Without one, the list shows an empty name, the
            configuration the provider's.
        endpoint: Base URL of the provider's API.
        polling_period: How often to ask the provider, a Go duration: `90s`, `2m`, `1h30m`. Server default: '2m0s'.
    """

    name: str | None = None
    """Name of the connector, unique across all providers. Without one, the list shows an empty name, the
    configuration the provider's."""
    client_id: str = attrs.field(metadata={"wire": "clientID"})
    api_key: str = attrs.field(repr=False, metadata={"wire": "apiKey"})
    endpoint: str
    """Base URL of the provider's API."""
    polling_period: str | None = attrs.field(default=None, metadata={"wire": "pollingPeriod"})
    """How often to ask the provider, a Go duration: `90s`, `2m`, `1h30m`. Server default: '2m0s'."""


@attrs.define(kw_only=True)
class AtlarConfig(Model):
    """Configuration of an Atlar connector.

    Attributes:
        name: Name of the connector, unique across all providers. Without one, the list shows an empty name, the
            configuration the provider's.
        base_url: Base URL of Atlar's API. Accepted, never shown. Server default: 'https://api.atlar.com'.
        polling_period: How often to ask the provider, a Go duration: `90s`, `2m`, `1h30m`. Server default: '2m0s'.
        transfer_initiation_status_polling_period: How often to ask for the status of a payout, a Go duration.
            Server default: '2m0s'.
        page_size: How many items to ask the provider for at once. Server default: 25.
    """

    name: str | None = None
    """Name of the connector, unique across all providers. Without one, the list shows an empty name, the
    configuration the provider's."""
    base_url: str | None = attrs.field(default=None, metadata={"wire": "baseUrl"})
    """Base URL of Atlar's API. Accepted, never shown. Server default: 'https://api.atlar.com'."""
    access_key: str = attrs.field(metadata={"wire": "accessKey"})
    secret: str = attrs.field(repr=False)
    polling_period: str | None = attrs.field(default=None, metadata={"wire": "pollingPeriod"})
    """How often to ask the provider, a Go duration: `90s`, `2m`, `1h30m`. Server default: '2m0s'."""
    transfer_initiation_status_polling_period: str | None = attrs.field(
        default=None, metadata={"wire": "transferInitiationStatusPollingPeriod"}
    )
    """How often to ask for the status of a payout, a Go duration. Server default: '2m0s'."""
    page_size: int | None = attrs.field(default=None, metadata={"wire": "pageSize"})
    """How many items to ask the provider for at once. Server default: 25."""


@attrs.define(kw_only=True)
class AdyenConfig(Model):
    """Configuration of an Adyen connector.

    Attributes:
        name: Name of the connector, unique across all providers. Without one, the list shows an empty name, the
            configuration the provider's.
        hmac_key: Key which Adyen signs its webhooks with. Needed to install the connector on servers before 3.0;
            later ones have none.
        live_endpoint_prefix: Prefix of the live endpoints of the Adyen account.
        polling_period: How often to ask the provider, a Go duration: `90s`, `2m`, `1h30m`. Server default: '2m0s'.
    """

    name: str | None = None
    """Name of the connector, unique across all providers. Without one, the list shows an empty name, the
    configuration the provider's."""
    api_key: str = attrs.field(repr=False, metadata={"wire": "apiKey"})
    hmac_key: str | None = attrs.field(default=None, repr=False, metadata={"wire": "hmacKey"})
    """Key which Adyen signs its webhooks with. Needed to install the connector on servers before 3.0; later ones
    have none."""
    live_endpoint_prefix: str | None = attrs.field(default=None, metadata={"wire": "liveEndpointPrefix"})
    """Prefix of the live endpoints of the Adyen account."""
    polling_period: str | None = attrs.field(default=None, metadata={"wire": "pollingPeriod"})
    """How often to ask the provider, a Go duration: `90s`, `2m`, `1h30m`. Server default: '2m0s'."""


@attrs.define(kw_only=True)
class GenericConfig(Model):
    """Configuration of a generic connector. The server requires none of it.

    Attributes:
        name: Name of the connector, unique across all providers. Without one, the list shows an empty name, the
            configuration the provider's.
        endpoint: Base URL of the service.
        polling_period: How often to ask the provider, a Go duration: `90s`, `2m`, `1h30m`. Server default: '2m0s'.
    """

    name: str | None = None
    """Name of the connector, unique across all providers. Without one, the list shows an empty name, the
    configuration the provider's."""
    api_key: str | None = attrs.field(default=None, repr=False, metadata={"wire": "apiKey"})
    endpoint: str | None = None
    """Base URL of the service."""
    polling_period: str | None = attrs.field(default=None, metadata={"wire": "pollingPeriod"})
    """How often to ask the provider, a Go duration: `90s`, `2m`, `1h30m`. Server default: '2m0s'."""


@attrs.define(kw_only=True)
class OtherConfig(Model):
    """Configuration of a connector which this description does not know. Its members are kept as they come.

    Attributes:
        name: Name of the connector, unique across all providers. Without one, the list shows an empty name, the
            configuration the provider's.
        extra: Members which the description does not declare, as plain JSON values.
    """

    name: str | None = None
    """Name of the connector, unique across all providers. Without one, the list shows an empty name, the
    configuration the provider's."""
    extra: dict[str, Any] = attrs.field(factory=lambda: {}, repr=False, metadata={"rest": True})
    """Members which the description does not declare, as plain JSON values."""


class TaskStatus(OpenEnum):
    """Status of a task. `STOPPED` shows for a moment while a change of the configuration restarts it; `PENDING` is
    left over from earlier versions.
    """

    STOPPED = "STOPPED"
    PENDING = "PENDING"
    ACTIVE = "ACTIVE"
    TERMINATED = "TERMINATED"
    FAILED = "FAILED"


@attrs.define(kw_only=True)
class TaskStripeDescriptor(Model):
    """What a task of a Stripe connector is to do.

    Attributes:
        name: Title of the task.
        key: Kind of the task: empty for the main task, `fetch_accounts`, `fetch_transactions`, `fetch_payments`,
            `fetch_balance`, `fetch_external_accounts`, `initiate-payment`, `reverse-payment`, `update-payment-status`.
        main: Whether it is the main task. Absent when not.
        account: The provider's id of the account it works on. Absent when there is none.
        transfer_id: Id of the transfer initiation it works on, opaque base64url. Absent when there is none.
        transfer_reversal_id: Id of the reversal it works on. Absent when there is none.
        payment_id: Id of the payment it follows, opaque base64url. Absent when there is none.
        attempt: How many times it has been tried. Absent when not yet.
    """

    name: str = ""
    """Title of the task."""
    key: str = ""
    """Kind of the task: empty for the main task, `fetch_accounts`, `fetch_transactions`, `fetch_payments`,
    `fetch_balance`, `fetch_external_accounts`, `initiate-payment`, `reverse-payment`, `update-payment-status`."""
    main: bool | None = None
    """Whether it is the main task. Absent when not."""
    account: str | None = None
    """The provider's id of the account it works on. Absent when there is none."""
    transfer_id: str | None = attrs.field(default=None, metadata={"wire": "transferID"})
    """Id of the transfer initiation it works on, opaque base64url. Absent when there is none."""
    transfer_reversal_id: str | None = attrs.field(default=None, metadata={"wire": "transferReversalID"})
    """Id of the reversal it works on. Absent when there is none."""
    payment_id: str | None = attrs.field(default=None, metadata={"wire": "paymentID"})
    """Id of the payment it follows, opaque base64url. Absent when there is none."""
    attempt: int | None = None
    """How many times it has been tried. Absent when not yet."""


@attrs.define(kw_only=True)
class TaskDummyPayDescriptor(Model):
    """What a task of a Dummy Pay connector is to do.

    Attributes:
        name: Title of the task.
        key: Kind of the task: `init-directory`, `read-files`, `ingest`.
        file_name: File to read. Empty when there is none.
    """

    name: str = ""
    """Title of the task."""
    key: str = ""
    """Kind of the task: `init-directory`, `read-files`, `ingest`."""
    file_name: str | None = attrs.field(default=None, metadata={"wire": "fileName"})
    """File to read. Empty when there is none."""


@attrs.define(kw_only=True)
class TaskWiseDescriptor(Model):
    """What a task of a Wise connector is to do.

    Attributes:
        name: Title of the task.
        key: Kind of the task: `fetch-profiles` (the main task), `fetch-transfers`, `fetch-recipient-accounts`,
            `initiate-payment`, `update-payment-status`.
        profile_id: The provider's id of the profile it works on. Zero when there is none.
        transfer_id: Id of the transfer initiation it works on, opaque base64url. Empty when there is none.
        payment_id: Id of the payment it follows, opaque base64url. Empty when there is none.
        attempt: How many times it has been tried.
    """

    name: str = ""
    """Title of the task."""
    key: str = ""
    """Kind of the task: `fetch-profiles` (the main task), `fetch-transfers`, `fetch-recipient-accounts`,
    `initiate-payment`, `update-payment-status`."""
    profile_id: int | None = attrs.field(default=None, metadata={"wire": "profileID"})
    """The provider's id of the profile it works on. Zero when there is none."""
    transfer_id: str | None = attrs.field(default=None, metadata={"wire": "transferID"})
    """Id of the transfer initiation it works on, opaque base64url. Empty when there is none."""
    payment_id: str | None = attrs.field(default=None, metadata={"wire": "paymentID"})
    """Id of the payment it follows, opaque base64url. Empty when there is none."""
    attempt: int | None = None
    """How many times it has been tried."""


@attrs.define(kw_only=True)
class TaskModulrDescriptor(Model):
    """What a task of a Modulr connector is to do.

    Attributes:
        name: Title of the task.
        key: Kind of the task: `main`, `fetch-accounts`, `fetch-transactions`, `fetch-beneficiaries`,
            `initiate-payment`, `update-payment-status`.
        account_id: The provider's id of the account it works on. Empty when there is none.
        transfer_id: Id of the transfer initiation it works on, opaque base64url. Empty when there is none.
        payment_id: Id of the payment it follows, opaque base64url. Empty when there is none.
        attempt: How many times it has been tried.
    """

    name: str = ""
    """Title of the task."""
    key: str = ""
    """Kind of the task: `main`, `fetch-accounts`, `fetch-transactions`, `fetch-beneficiaries`, `initiate-payment`,
    `update-payment-status`."""
    account_id: str | None = attrs.field(default=None, metadata={"wire": "accountID"})
    """The provider's id of the account it works on. Empty when there is none."""
    transfer_id: str | None = attrs.field(default=None, metadata={"wire": "transferID"})
    """Id of the transfer initiation it works on, opaque base64url. Empty when there is none."""
    payment_id: str | None = attrs.field(default=None, metadata={"wire": "paymentID"})
    """Id of the payment it follows, opaque base64url. Empty when there is none."""
    attempt: int | None = None
    """How many times it has been tried."""


@attrs.define(kw_only=True)
class TaskCurrencyCloudDescriptor(Model):
    """What a task of a Currencycloud connector is to do.

    Attributes:
        name: Title of the task.
        key: Kind of the task: `main`, `fetch-transactions`, `fetch-accounts`, `fetch-beneficiaries`,
            `fetch-balances`, `initiate-payment`, `update-payment-status`.
        transfer_id: Id of the transfer initiation it works on, opaque base64url. Empty when there is none.
        payment_id: Id of the payment it follows, opaque base64url. Empty when there is none.
        attempt: How many times it has been tried.
    """

    name: str = ""
    """Title of the task."""
    key: str = ""
    """Kind of the task: `main`, `fetch-transactions`, `fetch-accounts`, `fetch-beneficiaries`, `fetch-balances`,
    `initiate-payment`, `update-payment-status`."""
    transfer_id: str | None = attrs.field(default=None, metadata={"wire": "transferID"})
    """Id of the transfer initiation it works on, opaque base64url. Empty when there is none."""
    payment_id: str | None = attrs.field(default=None, metadata={"wire": "paymentID"})
    """Id of the payment it follows, opaque base64url. Empty when there is none."""
    attempt: int | None = None
    """How many times it has been tried."""


@attrs.define(kw_only=True)
class TaskBankingCircleDescriptor(Model):
    """What a task of a Banking Circle connector is to do.

    Attributes:
        name: Title of the task.
        key: Kind of the task: `main`, `fetch-payments`, `fetch-accounts`, `initiate-payment`,
            `update-payment-status`, `create-external-account`.
        transfer_id: Id of the transfer initiation it works on, opaque base64url. Empty when there is none.
        payment_id: Id of the payment it follows, opaque base64url. Empty when there is none.
        bank_account_id: Id of the bank account it hands over, a UUID. All zeros when there is none.
        attempt: How many times it has been tried.
    """

    name: str = ""
    """Title of the task."""
    key: str = ""
    """Kind of the task: `main`, `fetch-payments`, `fetch-accounts`, `initiate-payment`, `update-payment-status`,
    `create-external-account`."""
    transfer_id: str | None = attrs.field(default=None, metadata={"wire": "transferID"})
    """Id of the transfer initiation it works on, opaque base64url. Empty when there is none."""
    payment_id: str | None = attrs.field(default=None, metadata={"wire": "paymentID"})
    """Id of the payment it follows, opaque base64url. Empty when there is none."""
    bank_account_id: str | None = attrs.field(default=None, metadata={"wire": "bankAccountID"})
    """Id of the bank account it hands over, a UUID. All zeros when there is none."""
    attempt: int | None = None
    """How many times it has been tried."""


@attrs.define(kw_only=True)
class MangoPayPollingPeriod(Model):
    """How often a task runs.

    Attributes:
        duration: Nanoseconds.
    """

    duration: int | None = None
    """Nanoseconds."""


@attrs.define(kw_only=True)
class TaskMoneycorpDescriptor(Model):
    """What a task of a Moneycorp connector is to do.

    Attributes:
        name: Title of the task.
        key: Kind of the task: `main`, `fetch-accounts`, `fetch-transactions`, `fetch-recipients`,
            `fetch-balances`, `initiate-payment`, `update-payment-status`.
        account_id: The provider's id of the account it works on. Empty when there is none.
        transfer_id: Id of the transfer initiation it works on, opaque base64url. Empty when there is none.
        payment_id: Id of the payment it follows, opaque base64url. Empty when there is none.
        attempt: How many times it has been tried.
    """

    name: str = ""
    """Title of the task."""
    key: str = ""
    """Kind of the task: `main`, `fetch-accounts`, `fetch-transactions`, `fetch-recipients`, `fetch-balances`,
    `initiate-payment`, `update-payment-status`."""
    account_id: str | None = attrs.field(default=None, metadata={"wire": "accountID"})
    """The provider's id of the account it works on. Empty when there is none."""
    transfer_id: str | None = attrs.field(default=None, metadata={"wire": "transferID"})
    """Id of the transfer initiation it works on, opaque base64url. Empty when there is none."""
    payment_id: str | None = attrs.field(default=None, metadata={"wire": "paymentID"})
    """Id of the payment it follows, opaque base64url. Empty when there is none."""
    attempt: int | None = None
    """How many times it has been tried."""


@attrs.define(kw_only=True)
class TaskAtlarDescriptor(Model):
    """What a task of an Atlar connector is to do.

    Attributes:
        name: Title of the task.
        key: Kind of the task: empty for the main task, `fetch_accounts`, `fetch_transactions`,
            `create_external_bank_account`, `initiate_payment`, `update_payment_status`.
        main: Whether it is the main task. Absent when not.
        bank_account: The bank account it hands over, with its numbers in clear and its members in capitals: `ID`,
            `Name`, `AccountNumber`, `IBAN` and more. Absent when there is none.
        transfer_id: Id of the transfer initiation it works on, opaque base64url. Absent when there is none.
        payment_id: Id of the payment it follows, opaque base64url. Absent when there is none.
        attempt: How many times it has been tried. Absent when not yet.
    """

    name: str = ""
    """Title of the task."""
    key: str = ""
    """Kind of the task: empty for the main task, `fetch_accounts`, `fetch_transactions`,
    `create_external_bank_account`, `initiate_payment`, `update_payment_status`."""
    main: bool | None = None
    """Whether it is the main task. Absent when not."""
    bank_account: Any = attrs.field(default=None, repr=False, metadata={"wire": "bankAccount"})
    """The bank account it hands over, with its numbers in clear and its members in capitals: `ID`, `Name`,
    `AccountNumber`, `IBAN` and more. Absent when there is none."""
    transfer_id: str | None = attrs.field(default=None, metadata={"wire": "transferId"})
    """Id of the transfer initiation it works on, opaque base64url. Absent when there is none."""
    payment_id: str | None = attrs.field(default=None, metadata={"wire": "paymentId"})
    """Id of the payment it follows, opaque base64url. Absent when there is none."""
    attempt: int | None = None
    """How many times it has been tried. Absent when not yet."""


@attrs.define(kw_only=True)
class TaskAdyenDescriptor(Model):
    """What a task of an Adyen connector is to do.

    Attributes:
        name: Title of the task.
        key: Kind of the task: `main`, `fetch-accounts`, `handle-webhook`.
        polling_period: How often it runs, in nanoseconds.
        webhook_id: Id of the webhook it handles, a UUID. All zeros when there is none.
    """

    name: str = ""
    """Title of the task."""
    key: str = ""
    """Kind of the task: `main`, `fetch-accounts`, `handle-webhook`."""
    polling_period: int | None = attrs.field(default=None, metadata={"wire": "pollingPeriod"})
    """How often it runs, in nanoseconds."""
    webhook_id: str | None = attrs.field(default=None, metadata={"wire": "webhookId"})
    """Id of the webhook it handles, a UUID. All zeros when there is none."""


@attrs.define(kw_only=True)
class TaskGenericDescriptor(Model):
    """What a task of a generic connector is to do.

    Attributes:
        name: Title of the task.
        key: Kind of the task: `main`, `fetch-accounts`, `fetch-balances`, `fetch-beneficiaries`,
            `fetch-transactions`.
        account_id: The provider's id of the account it works on. Empty when there is none.
    """

    name: str = ""
    """Title of the task."""
    key: str = ""
    """Kind of the task: `main`, `fetch-accounts`, `fetch-balances`, `fetch-beneficiaries`, `fetch-transactions`."""
    account_id: str | None = None
    """The provider's id of the account it works on. Empty when there is none."""


@attrs.define(kw_only=True)
class OtherTask(Model):
    """A task of a connector which this description does not know. Members not listed here are kept as they come.

    Attributes:
        id: UUID.
        connector_id: Id of the connector, opaque base64url.
        created_at: When the task was created, to the second.
        updated_at: The same as `createdAt`: the server never moves it.
        descriptor: What the task is to do, in a shape of its own.
        state: Where the task stands, in a shape of its own: an object, or null until it has stored one.
        error: Why it failed, empty when it did not.
        extra: Members which the description does not declare, as plain JSON values.
    """

    id: str
    """UUID."""
    connector_id: str = attrs.field(metadata={"wire": "connectorID"})
    """Id of the connector, opaque base64url."""
    created_at: datetime = attrs.field(metadata={"wire": "createdAt"})
    """When the task was created, to the second."""
    updated_at: datetime = attrs.field(metadata={"wire": "updatedAt"})
    """The same as `createdAt`: the server never moves it."""
    descriptor: Any = attrs.field(default=None, repr=False)
    """What the task is to do, in a shape of its own."""
    status: TaskStatus
    state: Any = attrs.field(default=None, repr=False)
    """Where the task stands, in a shape of its own: an object, or null until it has stored one."""
    error: str
    """Why it failed, empty when it did not."""
    extra: dict[str, Any] = attrs.field(factory=lambda: {}, repr=False, metadata={"rest": True})
    """Members which the description does not declare, as plain JSON values."""


ConnectorConfig: TypeAlias = (
    StripeConfig
    | DummyPayConfig
    | WiseConfig
    | ModulrConfig
    | CurrencyCloudConfig
    | BankingCircleConfig
    | MangoPayConfig
    | MoneycorpConfig
    | AtlarConfig
    | AdyenConfig
    | GenericConfig
    | OtherConfig
)
"""
The configuration of a connector. Nothing in it tells the provider, which is known from the path.
"""


@attrs.define(kw_only=True)
class TaskStripe(Model):
    """A task of a Stripe connector.

    Attributes:
        id: UUID.
        connector_id: Id of the connector, opaque base64url.
        created_at: When the task was created, to the second.
        updated_at: The same as `createdAt`: the server never moves it.
        state: Where the task stands, in a shape of its own: an object, or null until it has stored one.
        error: Why it failed, empty when it did not.
    """

    id: str
    """UUID."""
    connector_id: str = attrs.field(metadata={"wire": "connectorID"})
    """Id of the connector, opaque base64url."""
    created_at: datetime = attrs.field(metadata={"wire": "createdAt"})
    """When the task was created, to the second."""
    updated_at: datetime = attrs.field(metadata={"wire": "updatedAt"})
    """The same as `createdAt`: the server never moves it."""
    descriptor: TaskStripeDescriptor
    status: TaskStatus
    state: Any = attrs.field(default=None, repr=False)
    """Where the task stands, in a shape of its own: an object, or null until it has stored one."""
    error: str
    """Why it failed, empty when it did not."""


@attrs.define(kw_only=True)
class TaskDummyPay(Model):
    """A task of a Dummy Pay connector.

    Attributes:
        id: UUID.
        connector_id: Id of the connector, opaque base64url.
        created_at: When the task was created, to the second.
        updated_at: The same as `createdAt`: the server never moves it.
        state: Where the task stands, in a shape of its own: an object, or null until it has stored one.
        error: Why it failed, empty when it did not.
    """

    id: str
    """UUID."""
    connector_id: str = attrs.field(metadata={"wire": "connectorID"})
    """Id of the connector, opaque base64url."""
    created_at: datetime = attrs.field(metadata={"wire": "createdAt"})
    """When the task was created, to the second."""
    updated_at: datetime = attrs.field(metadata={"wire": "updatedAt"})
    """The same as `createdAt`: the server never moves it."""
    descriptor: TaskDummyPayDescriptor
    status: TaskStatus
    state: Any = attrs.field(default=None, repr=False)
    """Where the task stands, in a shape of its own: an object, or null until it has stored one."""
    error: str
    """Why it failed, empty when it did not."""


@attrs.define(kw_only=True)
class TaskWise(Model):
    """A task of a Wise connector.

    Attributes:
        id: UUID.
        connector_id: Id of the connector, opaque base64url.
        created_at: When the task was created, to the second.
        updated_at: The same as `createdAt`: the server never moves it.
        state: Where the task stands, in a shape of its own: an object, or null until it has stored one.
        error: Why it failed, empty when it did not.
    """

    id: str
    """UUID."""
    connector_id: str = attrs.field(metadata={"wire": "connectorID"})
    """Id of the connector, opaque base64url."""
    created_at: datetime = attrs.field(metadata={"wire": "createdAt"})
    """When the task was created, to the second."""
    updated_at: datetime = attrs.field(metadata={"wire": "updatedAt"})
    """The same as `createdAt`: the server never moves it."""
    descriptor: TaskWiseDescriptor
    status: TaskStatus
    state: Any = attrs.field(default=None, repr=False)
    """Where the task stands, in a shape of its own: an object, or null until it has stored one."""
    error: str
    """Why it failed, empty when it did not."""


@attrs.define(kw_only=True)
class TaskModulr(Model):
    """A task of a Modulr connector.

    Attributes:
        id: UUID.
        connector_id: Id of the connector, opaque base64url.
        created_at: When the task was created, to the second.
        updated_at: The same as `createdAt`: the server never moves it.
        state: Where the task stands, in a shape of its own: an object, or null until it has stored one.
        error: Why it failed, empty when it did not.
    """

    id: str
    """UUID."""
    connector_id: str = attrs.field(metadata={"wire": "connectorID"})
    """Id of the connector, opaque base64url."""
    created_at: datetime = attrs.field(metadata={"wire": "createdAt"})
    """When the task was created, to the second."""
    updated_at: datetime = attrs.field(metadata={"wire": "updatedAt"})
    """The same as `createdAt`: the server never moves it."""
    descriptor: TaskModulrDescriptor
    status: TaskStatus
    state: Any = attrs.field(default=None, repr=False)
    """Where the task stands, in a shape of its own: an object, or null until it has stored one."""
    error: str
    """Why it failed, empty when it did not."""


@attrs.define(kw_only=True)
class TaskCurrencyCloud(Model):
    """A task of a Currencycloud connector.

    Attributes:
        id: UUID.
        connector_id: Id of the connector, opaque base64url.
        created_at: When the task was created, to the second.
        updated_at: The same as `createdAt`: the server never moves it.
        state: Where the task stands, in a shape of its own: an object, or null until it has stored one.
        error: Why it failed, empty when it did not.
    """

    id: str
    """UUID."""
    connector_id: str = attrs.field(metadata={"wire": "connectorID"})
    """Id of the connector, opaque base64url."""
    created_at: datetime = attrs.field(metadata={"wire": "createdAt"})
    """When the task was created, to the second."""
    updated_at: datetime = attrs.field(metadata={"wire": "updatedAt"})
    """The same as `createdAt`: the server never moves it."""
    descriptor: TaskCurrencyCloudDescriptor
    status: TaskStatus
    state: Any = attrs.field(default=None, repr=False)
    """Where the task stands, in a shape of its own: an object, or null until it has stored one."""
    error: str
    """Why it failed, empty when it did not."""


@attrs.define(kw_only=True)
class TaskBankingCircle(Model):
    """A task of a Banking Circle connector.

    Attributes:
        id: UUID.
        connector_id: Id of the connector, opaque base64url.
        created_at: When the task was created, to the second.
        updated_at: The same as `createdAt`: the server never moves it.
        state: Where the task stands, in a shape of its own: an object, or null until it has stored one.
        error: Why it failed, empty when it did not.
    """

    id: str
    """UUID."""
    connector_id: str = attrs.field(metadata={"wire": "connectorID"})
    """Id of the connector, opaque base64url."""
    created_at: datetime = attrs.field(metadata={"wire": "createdAt"})
    """When the task was created, to the second."""
    updated_at: datetime = attrs.field(metadata={"wire": "updatedAt"})
    """The same as `createdAt`: the server never moves it."""
    descriptor: TaskBankingCircleDescriptor
    status: TaskStatus
    state: Any = attrs.field(default=None, repr=False)
    """Where the task stands, in a shape of its own: an object, or null until it has stored one."""
    error: str
    """Why it failed, empty when it did not."""


@attrs.define(kw_only=True)
class TaskMangoPayDescriptor(Model):
    """What a task of a Mangopay connector is to do.

    Attributes:
        name: Title of the task.
        key: Kind of the task: `main`, `fetch-users`, `fetch-wallets`, `fetch-transactions`, `fetch-bank-accounts`,
            `initiate-payment`, `update-payment-status`, `create-external-bank-account`, `create-webhook`,
            `handle-webhook`.
        user_id: The provider's id of the user it works on. Empty when there is none.
        wallet_id: The provider's id of the wallet it works on. Empty when there is none.
        transfer_id: Id of the transfer initiation it works on, opaque base64url. Empty when there is none.
        payment_id: Id of the payment it follows, opaque base64url. Empty when there is none.
        attempt: How many times it has been tried.
        bank_account_id: Id of the bank account it hands over, a UUID. All zeros when there is none.
        webhook_id: Id of the webhook it handles, a UUID. All zeros when there is none.
    """

    name: str = ""
    """Title of the task."""
    key: str = ""
    """Kind of the task: `main`, `fetch-users`, `fetch-wallets`, `fetch-transactions`, `fetch-bank-accounts`,
    `initiate-payment`, `update-payment-status`, `create-external-bank-account`, `create-webhook`,
    `handle-webhook`."""
    user_id: str | None = attrs.field(default=None, metadata={"wire": "userID"})
    """The provider's id of the user it works on. Empty when there is none."""
    wallet_id: str | None = attrs.field(default=None, metadata={"wire": "walletID"})
    """The provider's id of the wallet it works on. Empty when there is none."""
    transfer_id: str | None = attrs.field(default=None, metadata={"wire": "transferID"})
    """Id of the transfer initiation it works on, opaque base64url. Empty when there is none."""
    payment_id: str | None = attrs.field(default=None, metadata={"wire": "paymentID"})
    """Id of the payment it follows, opaque base64url. Empty when there is none."""
    attempt: int | None = None
    """How many times it has been tried."""
    bank_account_id: str | None = attrs.field(default=None, metadata={"wire": "bankAccountID"})
    """Id of the bank account it hands over, a UUID. All zeros when there is none."""
    webhook_id: str | None = attrs.field(default=None, metadata={"wire": "webhookId"})
    """Id of the webhook it handles, a UUID. All zeros when there is none."""
    polling_period: MangoPayPollingPeriod | None = attrs.field(default=None, metadata={"wire": "pollingPeriod"})


@attrs.define(kw_only=True)
class TaskMoneycorp(Model):
    """A task of a Moneycorp connector.

    Attributes:
        id: UUID.
        connector_id: Id of the connector, opaque base64url.
        created_at: When the task was created, to the second.
        updated_at: The same as `createdAt`: the server never moves it.
        state: Where the task stands, in a shape of its own: an object, or null until it has stored one.
        error: Why it failed, empty when it did not.
    """

    id: str
    """UUID."""
    connector_id: str = attrs.field(metadata={"wire": "connectorID"})
    """Id of the connector, opaque base64url."""
    created_at: datetime = attrs.field(metadata={"wire": "createdAt"})
    """When the task was created, to the second."""
    updated_at: datetime = attrs.field(metadata={"wire": "updatedAt"})
    """The same as `createdAt`: the server never moves it."""
    descriptor: TaskMoneycorpDescriptor
    status: TaskStatus
    state: Any = attrs.field(default=None, repr=False)
    """Where the task stands, in a shape of its own: an object, or null until it has stored one."""
    error: str
    """Why it failed, empty when it did not."""


@attrs.define(kw_only=True)
class TaskAtlar(Model):
    """A task of an Atlar connector.

    Attributes:
        id: UUID.
        connector_id: Id of the connector, opaque base64url.
        created_at: When the task was created, to the second.
        updated_at: The same as `createdAt`: the server never moves it.
        state: Where the task stands, in a shape of its own: an object, or null until it has stored one.
        error: Why it failed, empty when it did not.
    """

    id: str
    """UUID."""
    connector_id: str = attrs.field(metadata={"wire": "connectorID"})
    """Id of the connector, opaque base64url."""
    created_at: datetime = attrs.field(metadata={"wire": "createdAt"})
    """When the task was created, to the second."""
    updated_at: datetime = attrs.field(metadata={"wire": "updatedAt"})
    """The same as `createdAt`: the server never moves it."""
    descriptor: TaskAtlarDescriptor
    status: TaskStatus
    state: Any = attrs.field(default=None, repr=False)
    """Where the task stands, in a shape of its own: an object, or null until it has stored one."""
    error: str
    """Why it failed, empty when it did not."""


@attrs.define(kw_only=True)
class TaskAdyen(Model):
    """A task of an Adyen connector.

    Attributes:
        id: UUID.
        connector_id: Id of the connector, opaque base64url.
        created_at: When the task was created, to the second.
        updated_at: The same as `createdAt`: the server never moves it.
        state: Where the task stands, in a shape of its own: an object, or null until it has stored one.
        error: Why it failed, empty when it did not.
    """

    id: str
    """UUID."""
    connector_id: str = attrs.field(metadata={"wire": "connectorID"})
    """Id of the connector, opaque base64url."""
    created_at: datetime = attrs.field(metadata={"wire": "createdAt"})
    """When the task was created, to the second."""
    updated_at: datetime = attrs.field(metadata={"wire": "updatedAt"})
    """The same as `createdAt`: the server never moves it."""
    descriptor: TaskAdyenDescriptor
    status: TaskStatus
    state: Any = attrs.field(default=None, repr=False)
    """Where the task stands, in a shape of its own: an object, or null until it has stored one."""
    error: str
    """Why it failed, empty when it did not."""


@attrs.define(kw_only=True)
class TaskGeneric(Model):
    """A task of a generic connector.

    Attributes:
        id: UUID.
        connector_id: Id of the connector, opaque base64url.
        created_at: When the task was created, to the second.
        updated_at: The same as `createdAt`: the server never moves it.
        state: Where the task stands, in a shape of its own: an object, or null until it has stored one.
        error: Why it failed, empty when it did not.
    """

    id: str
    """UUID."""
    connector_id: str = attrs.field(metadata={"wire": "connectorID"})
    """Id of the connector, opaque base64url."""
    created_at: datetime = attrs.field(metadata={"wire": "createdAt"})
    """When the task was created, to the second."""
    updated_at: datetime = attrs.field(metadata={"wire": "updatedAt"})
    """The same as `createdAt`: the server never moves it."""
    descriptor: TaskGenericDescriptor
    status: TaskStatus
    state: Any = attrs.field(default=None, repr=False)
    """Where the task stands, in a shape of its own: an object, or null until it has stored one."""
    error: str
    """Why it failed, empty when it did not."""


@attrs.define(kw_only=True)
class TaskMangoPay(Model):
    """A task of a Mangopay connector.

    Attributes:
        id: UUID.
        connector_id: Id of the connector, opaque base64url.
        created_at: When the task was created, to the second.
        updated_at: The same as `createdAt`: the server never moves it.
        state: Where the task stands, in a shape of its own: an object, or null until it has stored one.
        error: Why it failed, empty when it did not.
    """

    id: str
    """UUID."""
    connector_id: str = attrs.field(metadata={"wire": "connectorID"})
    """Id of the connector, opaque base64url."""
    created_at: datetime = attrs.field(metadata={"wire": "createdAt"})
    """When the task was created, to the second."""
    updated_at: datetime = attrs.field(metadata={"wire": "updatedAt"})
    """The same as `createdAt`: the server never moves it."""
    descriptor: TaskMangoPayDescriptor
    status: TaskStatus
    state: Any = attrs.field(default=None, repr=False)
    """Where the task stands, in a shape of its own: an object, or null until it has stored one."""
    error: str
    """Why it failed, empty when it did not."""


Task: TypeAlias = (
    TaskStripe
    | TaskDummyPay
    | TaskWise
    | TaskModulr
    | TaskCurrencyCloud
    | TaskBankingCircle
    | TaskMangoPay
    | TaskMoneycorp
    | TaskAtlar
    | TaskAdyen
    | TaskGeneric
    | OtherTask
)
"""
A task of a connector. Nothing in it tells the provider, which is known from the path.
"""

CONFIG_BY_CONNECTOR: dict[Connector, type[ConnectorConfig]] = {
    Connector.STRIPE: StripeConfig,
    Connector.DUMMY_PAY: DummyPayConfig,
    Connector.WISE: WiseConfig,
    Connector.MODULR: ModulrConfig,
    Connector.CURRENCY_CLOUD: CurrencyCloudConfig,
    Connector.BANKING_CIRCLE: BankingCircleConfig,
    Connector.MANGOPAY: MangoPayConfig,
    Connector.MONEYCORP: MoneycorpConfig,
    Connector.ATLAR: AtlarConfig,
    Connector.ADYEN: AdyenConfig,
    Connector.GENERIC: GenericConfig,
}

TASK_BY_CONNECTOR: dict[Connector, type[Task]] = {
    Connector.STRIPE: TaskStripe,
    Connector.DUMMY_PAY: TaskDummyPay,
    Connector.WISE: TaskWise,
    Connector.MODULR: TaskModulr,
    Connector.CURRENCY_CLOUD: TaskCurrencyCloud,
    Connector.BANKING_CIRCLE: TaskBankingCircle,
    Connector.MANGOPAY: TaskMangoPay,
    Connector.MONEYCORP: TaskMoneycorp,
    Connector.ATLAR: TaskAtlar,
    Connector.ADYEN: TaskAdyen,
    Connector.GENERIC: TaskGeneric,
}

__all__ = [
    "AdyenConfig",
    "AtlarConfig",
    "BankingCircleConfig",
    "CONFIG_BY_CONNECTOR",
    "ConnectorConfig",
    "CurrencyCloudConfig",
    "DummyPayConfig",
    "GenericConfig",
    "MangoPayConfig",
    "MangoPayPollingPeriod",
    "ModulrConfig",
    "MoneycorpConfig",
    "OtherConfig",
    "OtherTask",
    "StripeConfig",
    "TASK_BY_CONNECTOR",
    "Task",
    "TaskAdyen",
    "TaskAdyenDescriptor",
    "TaskAtlar",
    "TaskAtlarDescriptor",
    "TaskBankingCircle",
    "TaskBankingCircleDescriptor",
    "TaskCurrencyCloud",
    "TaskCurrencyCloudDescriptor",
    "TaskDummyPay",
    "TaskDummyPayDescriptor",
    "TaskGeneric",
    "TaskGenericDescriptor",
    "TaskMangoPay",
    "TaskMangoPayDescriptor",
    "TaskModulr",
    "TaskModulrDescriptor",
    "TaskMoneycorp",
    "TaskMoneycorpDescriptor",
    "TaskStatus",
    "TaskStripe",
    "TaskStripeDescriptor",
    "TaskWise",
    "TaskWiseDescriptor",
    "WiseConfig",
]
