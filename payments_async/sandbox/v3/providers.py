"""The providers of version 3.4: their configs and what they can do."""

from dataclasses import dataclass, field
from functools import lru_cache

from payments_async.sandbox import wire
from payments_async.sandbox.ids import ConnectorID

POLLING_PERIOD = "30m"
CREATE_ACCOUNT = "ALLOW_FORMANCE_ACCOUNT_CREATION"
CREATE_PAYMENT = "ALLOW_FORMANCE_PAYMENT_CREATION"
_NAMES = {CREATE_ACCOUNT: "CreateFormanceAccount", CREATE_PAYMENT: "CreateFormancePayment"}


@dataclass(frozen=True)
class Provider:
    """One payment provider.

    Args:
        capabilities: what it can do, in the order in which the server tells it.
        required: members of its config that must be there, all texts unless in `kinds`.
        optional: members that may be absent.
        kinds: the `dataType` of members that are no texts.
        reverses: whether it can take payments back, for which there is no capability.
        open_banking: whether users can be forwarded to it.
        listed: whether it appears in the lists of configs and capabilities.
    """

    capabilities: tuple[str, ...]
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    kinds: dict[str, str] = field(default_factory=dict[str, str])
    reverses: bool = False
    open_banking: bool = False
    listed: bool = True

    @property
    def creates_bank_accounts(self) -> bool:
        """Whether bank accounts can be forwarded to it."""
        return "CREATE_BANK_ACCOUNT" in self.capabilities

    def config(self) -> dict[str, dict[str, object]]:
        """All members of its config, as the list of configs tells them."""
        fields = {name: self._field(name, required=True) for name in ("name", *self.required)}
        fields |= {name: self._field(name, required=False) for name in self.optional}
        fields["pollingPeriod"] = {"dataType": "duration ns", "required": False, "defaultValue": POLLING_PERIOD}
        return dict(sorted(fields.items()))

    def _field(self, name: str, *, required: bool) -> dict[str, object]:
        return {"dataType": self.kinds.get(name, "string"), "required": required, "defaultValue": ""}


def _words(words: str) -> tuple[str, ...]:
    return tuple(words.split())


PROVIDERS = {
    "adyen": Provider(
        _words("FETCH_ACCOUNTS CREATE_WEBHOOKS TRANSLATE_WEBHOOKS"),
        required=_words("apiKey companyID"),
        optional=_words("liveEndpointPrefix webhookPassword webhookUsername"),
    ),
    "atlar": Provider(
        _words("FETCH_ACCOUNTS FETCH_EXTERNAL_ACCOUNTS FETCH_PAYMENTS FETCH_OTHERS"),
        required=_words("accessKey baseUrl secret"),
    ),
    "bankingbridge": Provider(
        _words("FETCH_ACCOUNTS FETCH_BALANCES FETCH_PAYMENTS"),
        required=_words("authEndpoint clientID clientSecret endpoint"),
    ),
    "bankingcircle": Provider(
        _words("FETCH_ACCOUNTS FETCH_PAYMENTS FETCH_BALANCES CREATE_BANK_ACCOUNT CREATE_TRANSFER CREATE_PAYOUT"),
        required=_words("authorizationEndpoint endpoint password userCertificate userCertificateKey username"),
    ),
    "bitstamp": Provider(
        _words("FETCH_ACCOUNTS FETCH_BALANCES FETCH_PAYMENTS FETCH_ORDERS FETCH_CONVERSIONS"),
        required=_words("apiKey apiSecret"),
        optional=_words("endpoint"),
    ),
    "coinbaseprime": Provider(
        _words("FETCH_ACCOUNTS FETCH_BALANCES FETCH_PAYMENTS FETCH_ORDERS FETCH_CONVERSIONS"),
        required=_words("apiKey apiSecret passphrase portfolioId"),
    ),
    "column": Provider(
        _words(
            "FETCH_ACCOUNTS FETCH_BALANCES FETCH_EXTERNAL_ACCOUNTS FETCH_PAYMENTS CREATE_BANK_ACCOUNT "
            "CREATE_TRANSFER CREATE_PAYOUT CREATE_WEBHOOKS TRANSLATE_WEBHOOKS"
        ),
        required=_words("apiKey endpoint"),
    ),
    "currencycloud": Provider(
        _words("FETCH_ACCOUNTS FETCH_BALANCES FETCH_EXTERNAL_ACCOUNTS FETCH_PAYMENTS CREATE_TRANSFER CREATE_PAYOUT"),
        required=_words("apiKey endpoint loginID"),
    ),
    "fireblocks": Provider(
        _words("FETCH_ACCOUNTS FETCH_BALANCES FETCH_PAYMENTS"),
        required=_words("apiKey privateKey"),
        optional=_words("endpoint"),
    ),
    "generic": Provider(
        _words(
            "FETCH_ACCOUNTS FETCH_BALANCES FETCH_EXTERNAL_ACCOUNTS FETCH_PAYMENTS CREATE_TRANSFER "
            "CREATE_PAYOUT ALLOW_FORMANCE_ACCOUNT_CREATION ALLOW_FORMANCE_PAYMENT_CREATION"
        ),
        required=_words("apiKey endpoint"),
    ),
    "increase": Provider(
        _words(
            "FETCH_ACCOUNTS FETCH_BALANCES FETCH_EXTERNAL_ACCOUNTS FETCH_PAYMENTS CREATE_TRANSFER "
            "CREATE_PAYOUT CREATE_BANK_ACCOUNT TRANSLATE_WEBHOOKS CREATE_WEBHOOKS"
        ),
        required=_words("apiKey endpoint webhookSharedSecret"),
    ),
    "krakenpro": Provider(
        _words("FETCH_ACCOUNTS FETCH_BALANCES FETCH_PAYMENTS FETCH_ORDERS FETCH_CONVERSIONS"),
        required=_words("apiKey apiSecret endpoint"),
    ),
    "mangopay": Provider(
        _words(
            "FETCH_ACCOUNTS FETCH_BALANCES FETCH_EXTERNAL_ACCOUNTS FETCH_PAYMENTS FETCH_OTHERS "
            "CREATE_BANK_ACCOUNT CREATE_TRANSFER CREATE_PAYOUT CREATE_WEBHOOKS TRANSLATE_WEBHOOKS"
        ),
        required=_words("apiKey clientID endpoint"),
    ),
    "modulr": Provider(
        _words("FETCH_ACCOUNTS FETCH_BALANCES FETCH_EXTERNAL_ACCOUNTS FETCH_PAYMENTS CREATE_TRANSFER CREATE_PAYOUT"),
        required=_words("apiKey apiSecret endpoint"),
    ),
    "moneycorp": Provider(
        _words("FETCH_ACCOUNTS FETCH_BALANCES FETCH_EXTERNAL_ACCOUNTS FETCH_PAYMENTS CREATE_TRANSFER CREATE_PAYOUT"),
        required=_words("apiKey clientID endpoint"),
    ),
    "plaid": Provider(
        _words(
            "FETCH_ACCOUNTS FETCH_BALANCES FETCH_EXTERNAL_ACCOUNTS FETCH_PAYMENTS CREATE_WEBHOOKS TRANSLATE_WEBHOOKS"
        ),
        required=_words("clientID clientSecret"),
        optional=_words("isSandbox"),
        kinds={"isSandbox": "boolean"},
        open_banking=True,
    ),
    "powens": Provider(
        _words(
            "FETCH_ACCOUNTS FETCH_EXTERNAL_ACCOUNTS FETCH_BALANCES FETCH_PAYMENTS CREATE_WEBHOOKS TRANSLATE_WEBHOOKS"
        ),
        required=_words("clientID clientSecret configurationToken domain endpoint maxConnectionsPerLink"),
        kinds={"maxConnectionsPerLink": "unsigned integer"},
        open_banking=True,
    ),
    "qonto": Provider(
        _words("FETCH_ACCOUNTS FETCH_BALANCES FETCH_EXTERNAL_ACCOUNTS FETCH_PAYMENTS"),
        required=_words("apiKey clientID endpoint"),
        optional=_words("stagingToken"),
    ),
    "routable": Provider(
        _words("FETCH_ACCOUNTS FETCH_BALANCES FETCH_EXTERNAL_ACCOUNTS FETCH_PAYMENTS CREATE_TRANSFER CREATE_PAYOUT"),
        required=_words("apiKey"),
        optional=_words("actingTeamMember endpoint"),
    ),
    "stripe": Provider(
        _words(
            "FETCH_ACCOUNTS FETCH_BALANCES FETCH_EXTERNAL_ACCOUNTS FETCH_PAYMENTS CREATE_TRANSFER "
            "CREATE_PAYOUT CREATE_WEBHOOKS TRANSLATE_WEBHOOKS"
        ),
        required=_words("apiKey"),
    ),
    "tink": Provider(
        _words(
            "FETCH_ACCOUNTS FETCH_EXTERNAL_ACCOUNTS FETCH_BALANCES FETCH_PAYMENTS CREATE_WEBHOOKS TRANSLATE_WEBHOOKS"
        ),
        required=_words("clientID clientSecret endpoint"),
        open_banking=True,
    ),
    "wise": Provider(
        _words(
            "FETCH_ACCOUNTS FETCH_BALANCES FETCH_EXTERNAL_ACCOUNTS FETCH_PAYMENTS FETCH_OTHERS "
            "CREATE_TRANSFER CREATE_PAYOUT CREATE_WEBHOOKS TRANSLATE_WEBHOOKS"
        ),
        required=_words("apiKey webhookPublicKey"),
    ),
    "dummypay": Provider(
        _words(
            "FETCH_ACCOUNTS FETCH_BALANCES FETCH_EXTERNAL_ACCOUNTS FETCH_PAYMENTS CREATE_TRANSFER CREATE_PAYOUT"
            " CREATE_BANK_ACCOUNT ALLOW_FORMANCE_ACCOUNT_CREATION ALLOW_FORMANCE_PAYMENT_CREATION"
        ),
        required=_words("directory"),
        optional=_words("linkFlowError updateLinkFlowError"),
        kinds={"linkFlowError": "boolean", "updateLinkFlowError": "boolean"},
        reverses=True,
        open_banking=True,
        listed=False,
    ),
}
"""By name. `dummypay` comes last because it is not listed; it can be installed like the others."""
EARLIER_NAMES = {
    "BANKING-CIRCLE": "bankingcircle",
    "CURRENCY-CLOUD": "currencycloud",
    "DUMMY-PAY": "dummypay",
}
"""Names that v2.0.9 writes in another way than in upper case."""
_TO_EARLIER = {name: earlier for earlier, name in EARLIER_NAMES.items()}


def provider_word(name: str) -> str:
    """The name that version 3.4 has for a provider, of an earlier one too."""
    return EARLIER_NAMES.get(name.upper(), name.lower())


def earlier_word(name: str) -> str:
    """The name that the routes of v2.0.9 have for a provider."""
    return _TO_EARLIER.get(name, name.upper())


def capabilities(name: str) -> tuple[str, ...]:
    """What the server says that a provider can do: nothing of one that it does not list."""
    provider = PROVIDERS[name]
    return provider.capabilities if provider.listed else ()


def check_capability(name: str, capability: str) -> None:
    """Refuse what a provider cannot do; one that does not exist is left to the check of its connector."""
    provider = PROVIDERS.get(provider_word(name))
    if provider is not None and capability not in provider.capabilities:
        message = f"{_NAMES[capability]} capability is not supported by the provider {name}."
        raise wire.RefusedError(400, "CONNECTOR_CAPABILITY_NOT_SUPPORTED", message)


@lru_cache(maxsize=1024)
def known_connector(text: str) -> ConnectorID:
    """The id of a connector that is stored; kept, because each row of a list names one."""
    return ConnectorID.parse(text)
