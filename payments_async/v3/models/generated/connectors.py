# Written by `python -m codegen` from openapi/payments-v3.yaml. Do not edit: change the description and run it.

"""The part of the API's data that belongs to single connectors."""

from typing import Any, TypeAlias

import attrs

from payments_async.models.model import Model
from payments_async.v3.models.generated.models import Provider


@attrs.define(kw_only=True)
class AdyenConfig(Model):
    """Configuration of a Adyen connector.

    Attributes:
        name: Name of the connector, unique across all providers, 3 to 500 characters.
        api_key: Key of the provider's API.
        company_id: Id of the company at the provider.
        live_endpoint_prefix: Prefix of the live API's host; the test environment is used without it.
        webhook_username: User name in the provider's webhooks.
        webhook_password: Password in the provider's webhooks.
        polling_period: How often to ask the provider, a Go duration: `45m`, `1h30m`. At least 20 minutes, unless
            the server is configured otherwise. The server normalises it: `30m` as `30m0s`. Server default: '30m'.
        provider: The provider's name with a capital, which the server adds when the configuration is fetched.
            Ignored when sent.
    """

    name: str
    """Name of the connector, unique across all providers, 3 to 500 characters."""
    api_key: str = attrs.field(repr=False, metadata={"wire": "apiKey"})
    """Key of the provider's API."""
    company_id: str = attrs.field(metadata={"wire": "companyID"})
    """Id of the company at the provider."""
    live_endpoint_prefix: str | None = attrs.field(default=None, metadata={"wire": "liveEndpointPrefix"})
    """Prefix of the live API's host; the test environment is used without it."""
    webhook_username: str | None = attrs.field(default=None, metadata={"wire": "webhookUsername"})
    """User name in the provider's webhooks."""
    webhook_password: str | None = attrs.field(default=None, repr=False, metadata={"wire": "webhookPassword"})
    """Password in the provider's webhooks."""
    polling_period: str | None = attrs.field(default=None, metadata={"wire": "pollingPeriod"})
    """How often to ask the provider, a Go duration: `45m`, `1h30m`. At least 20 minutes, unless the server is
    configured otherwise. The server normalises it: `30m` as `30m0s`. Server default: '30m'."""
    provider: str | None = None
    """The provider's name with a capital, which the server adds when the configuration is fetched. Ignored when
    sent."""


@attrs.define(kw_only=True)
class AtlarConfig(Model):
    """Configuration of a Atlar connector.

    Attributes:
        name: Name of the connector, unique across all providers, 3 to 500 characters.
        base_url: Base URL of the provider's API.
        access_key: Access key of the provider's API.
        secret: Secret of the access key.
        polling_period: How often to ask the provider, a Go duration: `45m`, `1h30m`. At least 20 minutes, unless
            the server is configured otherwise. The server normalises it: `30m` as `30m0s`. Server default: '30m'.
        provider: The provider's name with a capital, which the server adds when the configuration is fetched.
            Ignored when sent.
    """

    name: str
    """Name of the connector, unique across all providers, 3 to 500 characters."""
    base_url: str = attrs.field(metadata={"wire": "baseUrl"})
    """Base URL of the provider's API."""
    access_key: str = attrs.field(repr=False, metadata={"wire": "accessKey"})
    """Access key of the provider's API."""
    secret: str = attrs.field(repr=False)
    """Secret of the access key."""
    polling_period: str | None = attrs.field(default=None, metadata={"wire": "pollingPeriod"})
    """How often to ask the provider, a Go duration: `45m`, `1h30m`. At least 20 minutes, unless the server is
    configured otherwise. The server normalises it: `30m` as `30m0s`. Server default: '30m'."""
    provider: str | None = None
    """The provider's name with a capital, which the server adds when the configuration is fetched. Ignored when
    sent."""


@attrs.define(kw_only=True)
class BankingbridgeConfig(Model):
    """Configuration of a Banking Bridge connector.

    Attributes:
        name: Name of the connector, unique across all providers, 3 to 500 characters.
        client_id: Id of the client at the provider.
        client_secret: Secret of the client.
        endpoint: Base URL of the provider's API.
        auth_endpoint: URL of the provider's token endpoint.
        polling_period: How often to ask the provider, a Go duration: `45m`, `1h30m`. At least 20 minutes, unless
            the server is configured otherwise. The server normalises it: `30m` as `30m0s`. Server default: '30m'.
        provider: The provider's name with a capital, which the server adds when the configuration is fetched.
            Ignored when sent.
    """

    name: str
    """Name of the connector, unique across all providers, 3 to 500 characters."""
    client_id: str = attrs.field(metadata={"wire": "clientID"})
    """Id of the client at the provider."""
    client_secret: str = attrs.field(repr=False, metadata={"wire": "clientSecret"})
    """Secret of the client."""
    endpoint: str
    """Base URL of the provider's API."""
    auth_endpoint: str = attrs.field(metadata={"wire": "authEndpoint"})
    """URL of the provider's token endpoint."""
    polling_period: str | None = attrs.field(default=None, metadata={"wire": "pollingPeriod"})
    """How often to ask the provider, a Go duration: `45m`, `1h30m`. At least 20 minutes, unless the server is
    configured otherwise. The server normalises it: `30m` as `30m0s`. Server default: '30m'."""
    provider: str | None = None
    """The provider's name with a capital, which the server adds when the configuration is fetched. Ignored when
    sent."""


@attrs.define(kw_only=True)
class BankingcircleConfig(Model):
    """Configuration of a Banking Circle connector.

    Attributes:
        name: Name of the connector, unique across all providers, 3 to 500 characters.
        username: User name at the provider.
        password: Password at the provider.
        endpoint: Base URL of the provider's API.
        authorization_endpoint: URL of the provider's token endpoint.
        user_certificate: Certificate of the client, PEM.
        user_certificate_key: Private key of the certificate, PEM.
        polling_period: How often to ask the provider, a Go duration: `45m`, `1h30m`. At least 20 minutes, unless
            the server is configured otherwise. The server normalises it: `30m` as `30m0s`. Server default: '30m'.
        provider: The provider's name with a capital, which the server adds when the configuration is fetched.
            Ignored when sent.
    """

    name: str
    """Name of the connector, unique across all providers, 3 to 500 characters."""
    username: str
    """User name at the provider."""
    password: str = attrs.field(repr=False)
    """Password at the provider."""
    endpoint: str
    """Base URL of the provider's API."""
    authorization_endpoint: str = attrs.field(metadata={"wire": "authorizationEndpoint"})
    """URL of the provider's token endpoint."""
    user_certificate: str = attrs.field(repr=False, metadata={"wire": "userCertificate"})
    """Certificate of the client, PEM."""
    user_certificate_key: str = attrs.field(repr=False, metadata={"wire": "userCertificateKey"})
    """Private key of the certificate, PEM."""
    polling_period: str | None = attrs.field(default=None, metadata={"wire": "pollingPeriod"})
    """How often to ask the provider, a Go duration: `45m`, `1h30m`. At least 20 minutes, unless the server is
    configured otherwise. The server normalises it: `30m` as `30m0s`. Server default: '30m'."""
    provider: str | None = None
    """The provider's name with a capital, which the server adds when the configuration is fetched. Ignored when
    sent."""


@attrs.define(kw_only=True)
class BitstampConfig(Model):
    """Configuration of a Bitstamp connector.

    Attributes:
        name: Name of the connector, unique across all providers, 3 to 500 characters.
        api_key: Key of the provider's API.
        api_secret: Secret of the key.
        endpoint: Base URL of the provider's API.
        polling_period: How often to ask the provider, a Go duration: `45m`, `1h30m`. At least 20 minutes, unless
            the server is configured otherwise. The server normalises it: `30m` as `30m0s`. Server default: '30m'.
        provider: The provider's name with a capital, which the server adds when the configuration is fetched.
            Ignored when sent.
    """

    name: str
    """Name of the connector, unique across all providers, 3 to 500 characters."""
    api_key: str = attrs.field(repr=False, metadata={"wire": "apiKey"})
    """Key of the provider's API."""
    api_secret: str = attrs.field(repr=False, metadata={"wire": "apiSecret"})
    """Secret of the key."""
    endpoint: str | None = None
    """Base URL of the provider's API."""
    polling_period: str | None = attrs.field(default=None, metadata={"wire": "pollingPeriod"})
    """How often to ask the provider, a Go duration: `45m`, `1h30m`. At least 20 minutes, unless the server is
    configured otherwise. The server normalises it: `30m` as `30m0s`. Server default: '30m'."""
    provider: str | None = None
    """The provider's name with a capital, which the server adds when the configuration is fetched. Ignored when
    sent."""


@attrs.define(kw_only=True)
class CoinbaseprimeConfig(Model):
    """Configuration of a Coinbase Prime connector.

    Attributes:
        name: Name of the connector, unique across all providers, 3 to 500 characters.
        api_key: Key of the provider's API.
        api_secret: Secret of the key.
        passphrase: Passphrase of the key.
        portfolio_id: Id of the portfolio to read.
        polling_period: How often to ask the provider, a Go duration: `45m`, `1h30m`. At least 20 minutes, unless
            the server is configured otherwise. The server normalises it: `30m` as `30m0s`. Server default: '30m'.
        provider: The provider's name with a capital, which the server adds when the configuration is fetched.
            Ignored when sent.
    """

    name: str
    """Name of the connector, unique across all providers, 3 to 500 characters."""
    api_key: str = attrs.field(repr=False, metadata={"wire": "apiKey"})
    """Key of the provider's API."""
    api_secret: str = attrs.field(repr=False, metadata={"wire": "apiSecret"})
    """Secret of the key."""
    passphrase: str = attrs.field(repr=False)
    """Passphrase of the key."""
    portfolio_id: str = attrs.field(metadata={"wire": "portfolioId"})
    """Id of the portfolio to read."""
    polling_period: str | None = attrs.field(default=None, metadata={"wire": "pollingPeriod"})
    """How often to ask the provider, a Go duration: `45m`, `1h30m`. At least 20 minutes, unless the server is
    configured otherwise. The server normalises it: `30m` as `30m0s`. Server default: '30m'."""
    provider: str | None = None
    """The provider's name with a capital, which the server adds when the configuration is fetched. Ignored when
    sent."""


@attrs.define(kw_only=True)
class ColumnConfig(Model):
    """Configuration of a Column connector.

    Attributes:
        name: Name of the connector, unique across all providers, 3 to 500 characters.
        api_key: Key of the provider's API.
        endpoint: Base URL of the provider's API.
        polling_period: How often to ask the provider, a Go duration: `45m`, `1h30m`. At least 20 minutes, unless
            the server is configured otherwise. The server normalises it: `30m` as `30m0s`. Server default: '30m'.
        provider: The provider's name with a capital, which the server adds when the configuration is fetched.
            Ignored when sent.
    """

    name: str
    """Name of the connector, unique across all providers, 3 to 500 characters."""
    api_key: str = attrs.field(repr=False, metadata={"wire": "apiKey"})
    """Key of the provider's API."""
    endpoint: str
    """Base URL of the provider's API."""
    polling_period: str | None = attrs.field(default=None, metadata={"wire": "pollingPeriod"})
    """How often to ask the provider, a Go duration: `45m`, `1h30m`. At least 20 minutes, unless the server is
    configured otherwise. The server normalises it: `30m` as `30m0s`. Server default: '30m'."""
    provider: str | None = None
    """The provider's name with a capital, which the server adds when the configuration is fetched. Ignored when
    sent."""


@attrs.define(kw_only=True)
class CurrencycloudConfig(Model):
    """Configuration of a Currencycloud connector.

    Attributes:
        name: Name of the connector, unique across all providers, 3 to 500 characters.
        login_id: Login at the provider, an e-mail address.
        api_key: Key of the provider's API.
        endpoint: Base URL of the provider's API.
        polling_period: How often to ask the provider, a Go duration: `45m`, `1h30m`. At least 20 minutes, unless
            the server is configured otherwise. The server normalises it: `30m` as `30m0s`. Server default: '30m'.
        provider: The provider's name with a capital, which the server adds when the configuration is fetched.
            Ignored when sent.
    """

    name: str
    """Name of the connector, unique across all providers, 3 to 500 characters."""
    login_id: str = attrs.field(metadata={"wire": "loginID"})
    """Login at the provider, an e-mail address."""
    api_key: str = attrs.field(repr=False, metadata={"wire": "apiKey"})
    """Key of the provider's API."""
    endpoint: str
    """Base URL of the provider's API."""
    polling_period: str | None = attrs.field(default=None, metadata={"wire": "pollingPeriod"})
    """How often to ask the provider, a Go duration: `45m`, `1h30m`. At least 20 minutes, unless the server is
    configured otherwise. The server normalises it: `30m` as `30m0s`. Server default: '30m'."""
    provider: str | None = None
    """The provider's name with a capital, which the server adds when the configuration is fetched. Ignored when
    sent."""


@attrs.define(kw_only=True)
class DummypayConfig(Model):
    """Configuration of a Dummypay connector, which reads made-up payments from files, for tests.

    Attributes:
        name: Name of the connector, unique across all providers, 3 to 500 characters.
        directory: Directory of the files, on the server.
        link_flow_error: Whether links fail.
        update_link_flow_error: Whether links that repair a connection fail.
        polling_period: How often to ask the provider, a Go duration: `45m`, `1h30m`. At least 20 minutes, unless
            the server is configured otherwise. The server normalises it: `30m` as `30m0s`. Server default: '30m'.
        provider: The provider's name with a capital, which the server adds when the configuration is fetched.
            Ignored when sent.
    """

    name: str
    """Name of the connector, unique across all providers, 3 to 500 characters."""
    directory: str
    """Directory of the files, on the server."""
    link_flow_error: bool | None = attrs.field(default=None, metadata={"wire": "linkFlowError"})
    """Whether links fail."""
    update_link_flow_error: bool | None = attrs.field(default=None, metadata={"wire": "updateLinkFlowError"})
    """Whether links that repair a connection fail."""
    polling_period: str | None = attrs.field(default=None, metadata={"wire": "pollingPeriod"})
    """How often to ask the provider, a Go duration: `45m`, `1h30m`. At least 20 minutes, unless the server is
    configured otherwise. The server normalises it: `30m` as `30m0s`. Server default: '30m'."""
    provider: str | None = None
    """The provider's name with a capital, which the server adds when the configuration is fetched. Ignored when
    sent."""


@attrs.define(kw_only=True)
class FireblocksConfig(Model):
    """Configuration of a Fireblocks connector.

    Attributes:
        name: Name of the connector, unique across all providers, 3 to 500 characters.
        api_key: Key of the provider's API.
        private_key: Private key with which requests are signed, PEM.
        endpoint: Base URL of the provider's API.
        polling_period: How often to ask the provider, a Go duration: `45m`, `1h30m`. At least 20 minutes, unless
            the server is configured otherwise. The server normalises it: `30m` as `30m0s`. Server default: '30m'.
        provider: The provider's name with a capital, which the server adds when the configuration is fetched.
            Ignored when sent.
    """

    name: str
    """Name of the connector, unique across all providers, 3 to 500 characters."""
    api_key: str = attrs.field(repr=False, metadata={"wire": "apiKey"})
    """Key of the provider's API."""
    private_key: str = attrs.field(repr=False, metadata={"wire": "privateKey"})
    """Private key with which requests are signed, PEM."""
    endpoint: str | None = None
    """Base URL of the provider's API."""
    polling_period: str | None = attrs.field(default=None, metadata={"wire": "pollingPeriod"})
    """How often to ask the provider, a Go duration: `45m`, `1h30m`. At least 20 minutes, unless the server is
    configured otherwise. The server normalises it: `30m` as `30m0s`. Server default: '30m'."""
    provider: str | None = None
    """The provider's name with a capital, which the server adds when the configuration is fetched. Ignored when
    sent."""


@attrs.define(kw_only=True)
class GenericConfig(Model):
    """Configuration of a Generic connector.

    Attributes:
        name: Name of the connector, unique across all providers, 3 to 500 characters.
        api_key: Key of the provider's API.
        endpoint: Base URL of the provider's API.
        polling_period: How often to ask the provider, a Go duration: `45m`, `1h30m`. At least 20 minutes, unless
            the server is configured otherwise. The server normalises it: `30m` as `30m0s`. Server default: '30m'.
        provider: The provider's name with a capital, which the server adds when the configuration is fetched.
            Ignored when sent.
    """

    name: str
    """Name of the connector, unique across all providers, 3 to 500 characters."""
    api_key: str = attrs.field(repr=False, metadata={"wire": "apiKey"})
    """Key of the provider's API."""
    endpoint: str
    """Base URL of the provider's API."""
    polling_period: str | None = attrs.field(default=None, metadata={"wire": "pollingPeriod"})
    """How often to ask the provider, a Go duration: `45m`, `1h30m`. At least 20 minutes, unless the server is
    configured otherwise. The server normalises it: `30m` as `30m0s`. Server default: '30m'."""
    provider: str | None = None
    """The provider's name with a capital, which the server adds when the configuration is fetched. Ignored when
    sent."""


@attrs.define(kw_only=True)
class IncreaseConfig(Model):
    """Configuration of a Increase connector.

    Attributes:
        name: Name of the connector, unique across all providers, 3 to 500 characters.
        api_key: Key of the provider's API.
        endpoint: Base URL of the provider's API.
        webhook_shared_secret: Secret with which the provider's webhooks are signed.
        polling_period: How often to ask the provider, a Go duration: `45m`, `1h30m`. At least 20 minutes, unless
            the server is configured otherwise. The server normalises it: `30m` as `30m0s`. Server default: '30m'.
        provider: The provider's name with a capital, which the server adds when the configuration is fetched.
            Ignored when sent.
    """

    name: str
    """Name of the connector, unique across all providers, 3 to 500 characters."""
    api_key: str = attrs.field(repr=False, metadata={"wire": "apiKey"})
    """Key of the provider's API."""
    endpoint: str
    """Base URL of the provider's API."""
    webhook_shared_secret: str = attrs.field(repr=False, metadata={"wire": "webhookSharedSecret"})
    """Secret with which the provider's webhooks are signed."""
    polling_period: str | None = attrs.field(default=None, metadata={"wire": "pollingPeriod"})
    """How often to ask the provider, a Go duration: `45m`, `1h30m`. At least 20 minutes, unless the server is
    configured otherwise. The server normalises it: `30m` as `30m0s`. Server default: '30m'."""
    provider: str | None = None
    """The provider's name with a capital, which the server adds when the configuration is fetched. Ignored when
    sent."""


@attrs.define(kw_only=True)
class KrakenproConfig(Model):
    """Configuration of a Kraken Pro connector.

    Attributes:
        name: Name of the connector, unique across all providers, 3 to 500 characters.
        api_key: Key of the provider's API.
        api_secret: Secret of the key.
        endpoint: Base URL of the provider's API.
        polling_period: How often to ask the provider, a Go duration: `45m`, `1h30m`. At least 20 minutes, unless
            the server is configured otherwise. The server normalises it: `30m` as `30m0s`. Server default: '30m'.
        provider: The provider's name with a capital, which the server adds when the configuration is fetched.
            Ignored when sent.
    """

    name: str
    """Name of the connector, unique across all providers, 3 to 500 characters."""
    api_key: str = attrs.field(repr=False, metadata={"wire": "apiKey"})
    """Key of the provider's API."""
    api_secret: str = attrs.field(repr=False, metadata={"wire": "apiSecret"})
    """Secret of the key."""
    endpoint: str
    """Base URL of the provider's API."""
    polling_period: str | None = attrs.field(default=None, metadata={"wire": "pollingPeriod"})
    """How often to ask the provider, a Go duration: `45m`, `1h30m`. At least 20 minutes, unless the server is
    configured otherwise. The server normalises it: `30m` as `30m0s`. Server default: '30m'."""
    provider: str | None = None
    """The provider's name with a capital, which the server adds when the configuration is fetched. Ignored when
    sent."""


@attrs.define(kw_only=True)
class MangopayConfig(Model):
    """Configuration of a Mangopay connector.

    Attributes:
        name: Name of the connector, unique across all providers, 3 to 500 characters.
        client_id: Id of the client at the provider.
        api_key: Key of the provider's API.
        endpoint: Base URL of the provider's API.
        polling_period: How often to ask the provider, a Go duration: `45m`, `1h30m`. At least 20 minutes, unless
            the server is configured otherwise. The server normalises it: `30m` as `30m0s`. Server default: '30m'.
        provider: The provider's name with a capital, which the server adds when the configuration is fetched.
            Ignored when sent.
    """

    name: str
    """Name of the connector, unique across all providers, 3 to 500 characters."""
    client_id: str = attrs.field(metadata={"wire": "clientID"})
    """Id of the client at the provider."""
    api_key: str = attrs.field(repr=False, metadata={"wire": "apiKey"})
    """Key of the provider's API."""
    endpoint: str
    """Base URL of the provider's API."""
    polling_period: str | None = attrs.field(default=None, metadata={"wire": "pollingPeriod"})
    """How often to ask the provider, a Go duration: `45m`, `1h30m`. At least 20 minutes, unless the server is
    configured otherwise. The server normalises it: `30m` as `30m0s`. Server default: '30m'."""
    provider: str | None = None
    """The provider's name with a capital, which the server adds when the configuration is fetched. Ignored when
    sent."""


@attrs.define(kw_only=True)
class ModulrConfig(Model):
    """Configuration of a Modulr connector.

    Attributes:
        name: Name of the connector, unique across all providers, 3 to 500 characters.
        api_key: Key of the provider's API.
        api_secret: Secret of the key.
        endpoint: Base URL of the provider's API.
        polling_period: How often to ask the provider, a Go duration: `45m`, `1h30m`. At least 20 minutes, unless
            the server is configured otherwise. The server normalises it: `30m` as `30m0s`. Server default: '30m'.
        provider: The provider's name with a capital, which the server adds when the configuration is fetched.
            Ignored when sent.
    """

    name: str
    """Name of the connector, unique across all providers, 3 to 500 characters."""
    api_key: str = attrs.field(repr=False, metadata={"wire": "apiKey"})
    """Key of the provider's API."""
    api_secret: str = attrs.field(repr=False, metadata={"wire": "apiSecret"})
    """Secret of the key."""
    endpoint: str
    """Base URL of the provider's API."""
    polling_period: str | None = attrs.field(default=None, metadata={"wire": "pollingPeriod"})
    """How often to ask the provider, a Go duration: `45m`, `1h30m`. At least 20 minutes, unless the server is
    configured otherwise. The server normalises it: `30m` as `30m0s`. Server default: '30m'."""
    provider: str | None = None
    """The provider's name with a capital, which the server adds when the configuration is fetched. Ignored when
    sent."""


@attrs.define(kw_only=True)
class MoneycorpConfig(Model):
    """Configuration of a Moneycorp connector.

    Attributes:
        name: Name of the connector, unique across all providers, 3 to 500 characters.
        client_id: Id of the client at the provider.
        api_key: Key of the provider's API.
        endpoint: Base URL of the provider's API.
        polling_period: How often to ask the provider, a Go duration: `45m`, `1h30m`. At least 20 minutes, unless
            the server is configured otherwise. The server normalises it: `30m` as `30m0s`. Server default: '30m'.
        provider: The provider's name with a capital, which the server adds when the configuration is fetched.
            Ignored when sent.
    """

    name: str
    """Name of the connector, unique across all providers, 3 to 500 characters."""
    client_id: str = attrs.field(metadata={"wire": "clientID"})
    """Id of the client at the provider."""
    api_key: str = attrs.field(repr=False, metadata={"wire": "apiKey"})
    """Key of the provider's API."""
    endpoint: str
    """Base URL of the provider's API."""
    polling_period: str | None = attrs.field(default=None, metadata={"wire": "pollingPeriod"})
    """How often to ask the provider, a Go duration: `45m`, `1h30m`. At least 20 minutes, unless the server is
    configured otherwise. The server normalises it: `30m` as `30m0s`. Server default: '30m'."""
    provider: str | None = None
    """The provider's name with a capital, which the server adds when the configuration is fetched. Ignored when
    sent."""


@attrs.define(kw_only=True)
class PlaidConfig(Model):
    """Configuration of a Plaid connector.

    Attributes:
        name: Name of the connector, unique across all providers, 3 to 500 characters.
        client_id: Id of the client at the provider.
        client_secret: Secret of the client.
        is_sandbox: Whether to use the provider's test environment.
        polling_period: How often to ask the provider, a Go duration: `45m`, `1h30m`. At least 20 minutes, unless
            the server is configured otherwise. The server normalises it: `30m` as `30m0s`. Server default: '30m'.
        provider: The provider's name with a capital, which the server adds when the configuration is fetched.
            Ignored when sent.
    """

    name: str
    """Name of the connector, unique across all providers, 3 to 500 characters."""
    client_id: str = attrs.field(metadata={"wire": "clientID"})
    """Id of the client at the provider."""
    client_secret: str = attrs.field(repr=False, metadata={"wire": "clientSecret"})
    """Secret of the client."""
    is_sandbox: bool | None = attrs.field(default=None, metadata={"wire": "isSandbox"})
    """Whether to use the provider's test environment."""
    polling_period: str | None = attrs.field(default=None, metadata={"wire": "pollingPeriod"})
    """How often to ask the provider, a Go duration: `45m`, `1h30m`. At least 20 minutes, unless the server is
    configured otherwise. The server normalises it: `30m` as `30m0s`. Server default: '30m'."""
    provider: str | None = None
    """The provider's name with a capital, which the server adds when the configuration is fetched. Ignored when
    sent."""


@attrs.define(kw_only=True)
class PowensConfig(Model):
    """Configuration of a Powens connector.

    Attributes:
        name: Name of the connector, unique across all providers, 3 to 500 characters.
        client_id: Id of the client at the provider.
        client_secret: Secret of the client.
        configuration_token: Token that configures the provider's web view.
        domain: Domain of the client at the provider.
        max_connections_per_link: How many connections a user may create with one link, 1 or more.
        endpoint: Base URL of the provider's API.
        polling_period: How often to ask the provider, a Go duration: `45m`, `1h30m`. At least 20 minutes, unless
            the server is configured otherwise. The server normalises it: `30m` as `30m0s`. Server default: '30m'.
        provider: The provider's name with a capital, which the server adds when the configuration is fetched.
            Ignored when sent.
    """

    name: str
    """Name of the connector, unique across all providers, 3 to 500 characters."""
    client_id: str = attrs.field(metadata={"wire": "clientID"})
    """Id of the client at the provider."""
    client_secret: str = attrs.field(repr=False, metadata={"wire": "clientSecret"})
    """Secret of the client."""
    configuration_token: str = attrs.field(repr=False, metadata={"wire": "configurationToken"})
    """Token that configures the provider's web view."""
    domain: str
    """Domain of the client at the provider."""
    max_connections_per_link: int = attrs.field(metadata={"wire": "maxConnectionsPerLink"})
    """How many connections a user may create with one link, 1 or more."""
    endpoint: str
    """Base URL of the provider's API."""
    polling_period: str | None = attrs.field(default=None, metadata={"wire": "pollingPeriod"})
    """How often to ask the provider, a Go duration: `45m`, `1h30m`. At least 20 minutes, unless the server is
    configured otherwise. The server normalises it: `30m` as `30m0s`. Server default: '30m'."""
    provider: str | None = None
    """The provider's name with a capital, which the server adds when the configuration is fetched. Ignored when
    sent."""


@attrs.define(kw_only=True)
class QontoConfig(Model):
    """Configuration of a Qonto connector.

    Attributes:
        name: Name of the connector, unique across all providers, 3 to 500 characters.
        client_id: Id of the client at the provider.
        api_key: Key of the provider's API.
        endpoint: Base URL of the provider's API.
        staging_token: Token of the provider's staging environment.
        polling_period: How often to ask the provider, a Go duration: `45m`, `1h30m`. At least 20 minutes, unless
            the server is configured otherwise. The server normalises it: `30m` as `30m0s`. Server default: '30m'.
        provider: The provider's name with a capital, which the server adds when the configuration is fetched.
            Ignored when sent.
    """

    name: str
    """Name of the connector, unique across all providers, 3 to 500 characters."""
    client_id: str = attrs.field(metadata={"wire": "clientID"})
    """Id of the client at the provider."""
    api_key: str = attrs.field(repr=False, metadata={"wire": "apiKey"})
    """Key of the provider's API."""
    endpoint: str
    """Base URL of the provider's API."""
    staging_token: str | None = attrs.field(default=None, repr=False, metadata={"wire": "stagingToken"})
    """Token of the provider's staging environment."""
    polling_period: str | None = attrs.field(default=None, metadata={"wire": "pollingPeriod"})
    """How often to ask the provider, a Go duration: `45m`, `1h30m`. At least 20 minutes, unless the server is
    configured otherwise. The server normalises it: `30m` as `30m0s`. Server default: '30m'."""
    provider: str | None = None
    """The provider's name with a capital, which the server adds when the configuration is fetched. Ignored when
    sent."""


@attrs.define(kw_only=True)
class RoutableConfig(Model):
    """Configuration of a Routable connector.

    Attributes:
        name: Name of the connector, unique across all providers, 3 to 500 characters.
        api_key: Key of the provider's API.
        endpoint: Base URL of the provider's API.
        acting_team_member: Id of the team member on whose behalf to act.
        polling_period: How often to ask the provider, a Go duration: `45m`, `1h30m`. At least 20 minutes, unless
            the server is configured otherwise. The server normalises it: `30m` as `30m0s`. Server default: '30m'.
        provider: The provider's name with a capital, which the server adds when the configuration is fetched.
            Ignored when sent.
    """

    name: str
    """Name of the connector, unique across all providers, 3 to 500 characters."""
    api_key: str = attrs.field(repr=False, metadata={"wire": "apiKey"})
    """Key of the provider's API."""
    endpoint: str | None = None
    """Base URL of the provider's API."""
    acting_team_member: str | None = attrs.field(default=None, metadata={"wire": "actingTeamMember"})
    """Id of the team member on whose behalf to act."""
    polling_period: str | None = attrs.field(default=None, metadata={"wire": "pollingPeriod"})
    """How often to ask the provider, a Go duration: `45m`, `1h30m`. At least 20 minutes, unless the server is
    configured otherwise. The server normalises it: `30m` as `30m0s`. Server default: '30m'."""
    provider: str | None = None
    """The provider's name with a capital, which the server adds when the configuration is fetched. Ignored when
    sent."""


@attrs.define(kw_only=True)
class StripeConfig(Model):
    """Configuration of a Stripe connector.

    Attributes:
        name: Name of the connector, unique across all providers, 3 to 500 characters.
        api_key: Key of the provider's API.
        polling_period: How often to ask the provider, a Go duration: `45m`, `1h30m`. At least 20 minutes, unless
            the server is configured otherwise. The server normalises it: `30m` as `30m0s`. Server default: '30m'.
        provider: The provider's name with a capital, which the server adds when the configuration is fetched.
            Ignored when sent.
    """

    name: str
    """Name of the connector, unique across all providers, 3 to 500 characters."""
    api_key: str = attrs.field(repr=False, metadata={"wire": "apiKey"})
    """Key of the provider's API."""
    polling_period: str | None = attrs.field(default=None, metadata={"wire": "pollingPeriod"})
    """How often to ask the provider, a Go duration: `45m`, `1h30m`. At least 20 minutes, unless the server is
    configured otherwise. The server normalises it: `30m` as `30m0s`. Server default: '30m'."""
    provider: str | None = None
    """The provider's name with a capital, which the server adds when the configuration is fetched. Ignored when
    sent."""


@attrs.define(kw_only=True)
class TinkConfig(Model):
    """Configuration of a Tink connector.

    Attributes:
        name: Name of the connector, unique across all providers, 3 to 500 characters.
        client_id: Id of the client at the provider.
        client_secret: Secret of the client.
        endpoint: Base URL of the provider's API.
        polling_period: How often to ask the provider, a Go duration: `45m`, `1h30m`. At least 20 minutes, unless
            the server is configured otherwise. The server normalises it: `30m` as `30m0s`. Server default: '30m'.
        provider: The provider's name with a capital, which the server adds when the configuration is fetched.
            Ignored when sent.
    """

    name: str
    """Name of the connector, unique across all providers, 3 to 500 characters."""
    client_id: str = attrs.field(metadata={"wire": "clientID"})
    """Id of the client at the provider."""
    client_secret: str = attrs.field(repr=False, metadata={"wire": "clientSecret"})
    """Secret of the client."""
    endpoint: str
    """Base URL of the provider's API."""
    polling_period: str | None = attrs.field(default=None, metadata={"wire": "pollingPeriod"})
    """How often to ask the provider, a Go duration: `45m`, `1h30m`. At least 20 minutes, unless the server is
    configured otherwise. The server normalises it: `30m` as `30m0s`. Server default: '30m'."""
    provider: str | None = None
    """The provider's name with a capital, which the server adds when the configuration is fetched. Ignored when
    sent."""


@attrs.define(kw_only=True)
class WiseConfig(Model):
    """Configuration of a Wise connector.

    Attributes:
        name: Name of the connector, unique across all providers, 3 to 500 characters.
        api_key: Key of the provider's API.
        webhook_public_key: Public key with which the provider's webhooks are signed.
        polling_period: How often to ask the provider, a Go duration: `45m`, `1h30m`. At least 20 minutes, unless
            the server is configured otherwise. The server normalises it: `30m` as `30m0s`. Server default: '30m'.
        provider: The provider's name with a capital, which the server adds when the configuration is fetched.
            Ignored when sent.
    """

    name: str
    """Name of the connector, unique across all providers, 3 to 500 characters."""
    api_key: str = attrs.field(repr=False, metadata={"wire": "apiKey"})
    """Key of the provider's API."""
    webhook_public_key: str = attrs.field(metadata={"wire": "webhookPublicKey"})
    """Public key with which the provider's webhooks are signed."""
    polling_period: str | None = attrs.field(default=None, metadata={"wire": "pollingPeriod"})
    """How often to ask the provider, a Go duration: `45m`, `1h30m`. At least 20 minutes, unless the server is
    configured otherwise. The server normalises it: `30m` as `30m0s`. Server default: '30m'."""
    provider: str | None = None
    """The provider's name with a capital, which the server adds when the configuration is fetched. Ignored when
    sent."""


@attrs.define(kw_only=True)
class OtherConfig(Model):
    """Configuration of a connector whose provider this description does not know.

    Attributes:
        name: Name of the connector, unique across all providers, 3 to 500 characters.
        provider: The provider's name with a capital, which the server adds when the configuration is fetched.
            Ignored when sent.
        extra: Members which the description does not declare, as plain JSON values.
    """

    name: str
    """Name of the connector, unique across all providers, 3 to 500 characters."""
    provider: str | None = None
    """The provider's name with a capital, which the server adds when the configuration is fetched. Ignored when
    sent."""
    extra: dict[str, Any] = attrs.field(factory=lambda: {}, repr=False, metadata={"rest": True})
    """Members which the description does not declare, as plain JSON values."""


ConnectorConfig: TypeAlias = (
    AdyenConfig
    | AtlarConfig
    | BankingbridgeConfig
    | BankingcircleConfig
    | BitstampConfig
    | CoinbaseprimeConfig
    | ColumnConfig
    | CurrencycloudConfig
    | DummypayConfig
    | FireblocksConfig
    | GenericConfig
    | IncreaseConfig
    | KrakenproConfig
    | MangopayConfig
    | ModulrConfig
    | MoneycorpConfig
    | PlaidConfig
    | PowensConfig
    | QontoConfig
    | RoutableConfig
    | StripeConfig
    | TinkConfig
    | WiseConfig
    | OtherConfig
)
"""
Configuration of a connector: secrets and options of one provider. `provider` names the provider; where it is missing,
the connector does.
"""


CONFIG_BY_PROVIDER: dict[Provider, type[ConnectorConfig]] = {
    Provider.ADYEN: AdyenConfig,
    Provider.ATLAR: AtlarConfig,
    Provider.BANKINGBRIDGE: BankingbridgeConfig,
    Provider.BANKINGCIRCLE: BankingcircleConfig,
    Provider.BITSTAMP: BitstampConfig,
    Provider.COINBASEPRIME: CoinbaseprimeConfig,
    Provider.COLUMN: ColumnConfig,
    Provider.CURRENCYCLOUD: CurrencycloudConfig,
    Provider.DUMMYPAY: DummypayConfig,
    Provider.FIREBLOCKS: FireblocksConfig,
    Provider.GENERIC: GenericConfig,
    Provider.INCREASE: IncreaseConfig,
    Provider.KRAKENPRO: KrakenproConfig,
    Provider.MANGOPAY: MangopayConfig,
    Provider.MODULR: ModulrConfig,
    Provider.MONEYCORP: MoneycorpConfig,
    Provider.PLAID: PlaidConfig,
    Provider.POWENS: PowensConfig,
    Provider.QONTO: QontoConfig,
    Provider.ROUTABLE: RoutableConfig,
    Provider.STRIPE: StripeConfig,
    Provider.TINK: TinkConfig,
    Provider.WISE: WiseConfig,
}

__all__ = [
    "AdyenConfig",
    "AtlarConfig",
    "BankingbridgeConfig",
    "BankingcircleConfig",
    "BitstampConfig",
    "CONFIG_BY_PROVIDER",
    "CoinbaseprimeConfig",
    "ColumnConfig",
    "ConnectorConfig",
    "CurrencycloudConfig",
    "DummypayConfig",
    "FireblocksConfig",
    "GenericConfig",
    "IncreaseConfig",
    "KrakenproConfig",
    "MangopayConfig",
    "ModulrConfig",
    "MoneycorpConfig",
    "OtherConfig",
    "PlaidConfig",
    "PowensConfig",
    "QontoConfig",
    "RoutableConfig",
    "StripeConfig",
    "TinkConfig",
    "WiseConfig",
]
