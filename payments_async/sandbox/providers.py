"""The eleven providers: their configs, their tasks, and what they can do."""

from dataclasses import dataclass, field
from typing import Any

from payments_async.sandbox.ids import NIL

PERIOD = "2m0s"


@dataclass(frozen=True)
class ConfigField:
    """One member of a connector's config.

    Args:
        kind: its `dataType` in the list of available configs.
        required: whether installing a connector without it fails.
        default: its value if it is absent, as text.
        returned: whether reading the config shows it.
        listed_required: `required` in the list of available configs, if that is wrong there.
        listed_default: `defaultValue` in the list of available configs, if that is wrong there.
        example: a made-up value, if not any text will do.
    """

    kind: str = "string"
    required: bool = False
    default: str = ""
    returned: bool = True
    listed_required: bool | None = None
    listed_default: str | None = None
    example: str = ""

    def listed(self) -> dict[str, Any]:
        """This field in the list of available configs."""
        required = self.required if self.listed_required is None else self.listed_required
        default = self.default if self.listed_default is None else self.listed_default
        return {"dataType": self.kind, "required": required, "defaultValue": default}


@dataclass(frozen=True)
class Provider:
    """One payment provider.

    Args:
        config: members of its config besides `name`.
        descriptor: members of a task's descriptor with their zero values.
        omitted: members of a descriptor that are absent if zero.
        tasks: descriptors of the tasks that an installed connector starts, without zero values, the oldest first.
        later: descriptors of tasks that those start on a server.
        initiates: types of transfer initiations it can carry out.
        needs_source: whether transfers must come from an internal account.
        creates_bank_accounts: whether bank accounts can be forwarded to it.
        reverses: whether it can take transfers back.
        references: prefixes of its references.
    """

    config: dict[str, ConfigField]
    descriptor: dict[str, Any]
    tasks: tuple[dict[str, Any], ...]
    later: tuple[dict[str, Any], ...] = ()
    omitted: dict[str, Any] = field(default_factory=dict[str, Any])
    initiates: tuple[str, ...] = ()
    needs_source: bool = False
    creates_bank_accounts: bool = False
    reverses: bool = False
    references: tuple[str, ...] = ("",)

    def fields(self) -> dict[str, ConfigField]:
        """All members of its config, in the order in which they are sent."""
        return {"name": ConfigField()} | self.config

    def describe(self, **members: Any) -> dict[str, Any]:
        """A complete descriptor with these members set."""
        return {"name": "", "key": ""} | self.descriptor | members


TEXT = ConfigField(required=True)
OPTIONAL = ConfigField()
LONG_TEXT = ConfigField(kind="long string", required=True)
POLLING = {"pollingPeriod": ConfigField(kind="duration ns", default=PERIOD)}
MOVES = ("TRANSFER", "PAYOUT")
MAIN = {"name": "Main task to periodically fetch accounts and transactions", "key": "main"}
JOB: dict[str, Any] = {"transferID": "", "paymentID": "", "attempt": 0}
ACCOUNT = {"accountID": ""}


def _number(default: int) -> ConfigField:
    return ConfigField(kind="unsigned integer", default=str(default))


def _fetch(key: str, of: str = "client", **members: Any) -> dict[str, Any]:
    """A task that fetches what its key says."""
    what = key.removeprefix("fetch").replace("_", "-").removeprefix("-").replace("-", " ")
    return {"name": f"Fetch {what} from {of}", "key": key, **members}


PROVIDERS = {
    "STRIPE": Provider(
        config={
            "apiKey": ConfigField(required=True, example="sk_test_sandbox"),
            **POLLING,
            "pageSize": _number(10),
        },
        descriptor={},
        omitted={
            "main": False,
            "account": "",
            "transferID": "",
            "transferReversalID": "",
            "paymentID": "",
            "attempt": 0,
        },
        tasks=(
            {"name": "Main task to periodically fetch transactions", "main": True},
            _fetch("fetch_accounts"),
            _fetch("fetch_payments"),
            {"name": "Fetch balance for the root account", "key": "fetch_balance", "account": "root"},
        ),
        later=(
            _fetch("fetch_transactions", "a connected account", account="acct_main"),
            _fetch("fetch_external_accounts", "a connected account", account="acct_main"),
        ),
        initiates=MOVES,
        reverses=True,
        references=("pi_", "ch_", "po_", "tr_"),
    ),
    "WISE": Provider(
        config={"apiKey": TEXT, **POLLING},
        descriptor={"profileID": 0, **JOB},
        tasks=(_fetch("fetch-profiles"),),
        later=(
            _fetch("fetch-transfers", "client by profile", profileID=16324),
            _fetch("fetch-recipient-accounts", "client by profile", profileID=16324),
        ),
        initiates=MOVES,
        references=("5", "6"),
    ),
    "MODULR": Provider(
        config={
            "apiKey": TEXT,
            "apiSecret": TEXT,
            "endpoint": ConfigField(listed_default="https://api-sandbox.modulrfinance.com/api-sandbox-token"),
            **POLLING,
            "pageSize": _number(100),
        },
        descriptor={**ACCOUNT, **JOB},
        tasks=(MAIN, _fetch("fetch-accounts"), _fetch("fetch-beneficiaries")),
        later=(_fetch("fetch-transactions", "client by account", accountID="A120BB51"),),
        initiates=MOVES,
        needs_source=True,
        references=("P1", "T1"),
    ),
    "CURRENCY-CLOUD": Provider(
        config={
            "loginID": TEXT,
            "apiKey": TEXT,
            "endpoint": ConfigField(listed_default="https://devapi.currencycloud.com"),
            **POLLING,
        },
        descriptor=JOB,
        tasks=(MAIN, _fetch("fetch-accounts"), _fetch("fetch-beneficiaries")),
        later=(_fetch("fetch-transactions"), _fetch("fetch-balances")),
        initiates=MOVES,
    ),
    "BANKING-CIRCLE": Provider(
        config={
            "username": TEXT,
            "password": TEXT,
            "endpoint": TEXT,
            "authorizationEndpoint": TEXT,
            "userCertificate": LONG_TEXT,
            "userCertificateKey": LONG_TEXT,
            **POLLING,
        },
        descriptor={"transferID": "", "paymentID": "", "bankAccountID": NIL, "attempt": 0},
        tasks=(MAIN, _fetch("fetch-accounts")),
        later=(_fetch("fetch-payments"),),
        initiates=MOVES,
        creates_bank_accounts=True,
    ),
    "MANGOPAY": Provider(
        config={"clientID": TEXT, "apiKey": TEXT, "endpoint": TEXT, **POLLING},
        descriptor={
            "userID": "",
            "walletID": "",
            **JOB,
            "bankAccountID": NIL,
            "webhookId": NIL,
            "pollingPeriod": {"duration": 0},
        },
        tasks=(MAIN, {"name": "Create webhook", "key": "create-webhook"}, _fetch("fetch-users")),
        later=(
            _fetch("fetch-wallets", "client by user", userID="user_m_01"),
            _fetch("fetch-bank-accounts", "client by user", userID="user_m_01"),
            _fetch("fetch-transactions", "client by wallet", userID="user_m_01", walletID="wlt_m_01"),
        ),
        initiates=MOVES,
        creates_bank_accounts=True,
        references=("payin_", "payout_", "transfer_"),
    ),
    "MONEYCORP": Provider(
        config={"clientID": TEXT, "apiKey": TEXT, "endpoint": TEXT, **POLLING},
        descriptor={**ACCOUNT, **JOB},
        tasks=(MAIN, _fetch("fetch-accounts")),
        later=tuple(
            _fetch(f"fetch-{what}", "client by account", accountID="35718")
            for what in ("transactions", "recipients", "balances")
        ),
        initiates=MOVES,
        references=("1", "2"),
    ),
    "ATLAR": Provider(
        config={
            "baseUrl": ConfigField(default="https://api.atlar.com", returned=False),
            **POLLING,
            "transferInitiationStatusPollingPeriod": POLLING["pollingPeriod"],
            "accessKey": TEXT,
            "secret": TEXT,
            "pageSize": _number(25),
        },
        descriptor={},
        omitted={"main": False, "bankAccount": None, "transferId": "", "paymentId": "", "attempt": 0},
        tasks=(
            {"name": "Main task to periodically fetch transactions", "main": True},
            _fetch("fetch_accounts"),
        ),
        later=(
            _fetch("fetch_transactions"),
            {
                "name": "Create external bank account",
                "key": "create_external_bank_account",
                "bankAccount": {
                    "ID": NIL,
                    "CreatedAt": "2024-01-08T09:30:00Z",
                    "Name": "Northwind Trading Operating",
                    "AccountNumber": "00012345678",
                    "IBAN": "SE3550000000054910000003",
                    "SwiftBicCode": "ESSESESS",
                    "Country": "SE",
                    "Metadata": None,
                    "RelatedAccounts": None,
                },
            },
        ),
        initiates=("PAYOUT",),
        creates_bank_accounts=True,
    ),
    "ADYEN": Provider(
        config={"apiKey": TEXT, "hmacKey": TEXT, "liveEndpointPrefix": OPTIONAL, **POLLING},
        descriptor={"pollingPeriod": 0, "webhookId": NIL},
        tasks=(MAIN, _fetch("fetch-accounts")),
        references=("88", "85"),
    ),
    "GENERIC": Provider(
        config={"apiKey": OPTIONAL, "endpoint": OPTIONAL, **POLLING},
        descriptor={"account_id": ""},
        tasks=(MAIN, _fetch("fetch-accounts"), _fetch("fetch-beneficiaries")),
        later=(
            _fetch("fetch-balances", "client by account", account_id="acc-0001"),
            _fetch("fetch-transactions", "client by account", account_id="acc-0001"),
        ),
        references=("gen-",),
    ),
    "DUMMY-PAY": Provider(
        config={
            "directory": TEXT,
            "filePollingPeriod": ConfigField(
                kind="duration ns", default="10s", listed_required=True, listed_default=""
            ),
            "prefixFileToIngest": OPTIONAL,
            "numberOfAccountsPreGenerated": _number(0),
            "numberOfPaymentsPreGenerated": _number(0),
        },
        descriptor={"fileName": ""},
        tasks=(
            {"name": "Read Files from directory", "key": "read-files"},
            {"name": "Generate files into a directory", "key": "init-directory"},
        ),
        later=(
            {"name": "Ingest accounts and payments from read files", "key": "ingest", "fileName": "payments-0001.json"},
        ),
        references=("dummy-",),
    ),
}
