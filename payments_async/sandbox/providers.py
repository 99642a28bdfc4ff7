"""The eleven providers: what their configs and tasks look like, and what they can do."""

from dataclasses import dataclass, field
from typing import Any

from payments_async.sandbox.ids import NIL

PERIOD = "2m0s"


@dataclass(frozen=True)
class ConfigField:
    """One member of a connector's config.

    Args:
        kind: the `dataType` that the server tells.
        required: whether installing without it fails.
        default: what the server puts where nothing came, as text.
        returned: whether reading the config shows it.
        told_required: what the server tells, where that is not the truth.
    """

    kind: str = "string"
    required: bool = False
    default: str = ""
    returned: bool = True
    told_required: bool | None = None

    def told(self) -> dict[str, Any]:
        """This field in the list of available configs."""
        required = self.required if self.told_required is None else self.told_required
        return {"dataType": self.kind, "required": required, "defaultValue": self.default}


@dataclass(frozen=True)
class Provider:
    """One payment provider.

    Args:
        config: members of its config besides `name`.
        descriptor: members of a task's descriptor with their zero values.
        omitted: members of a descriptor that are left out when zero.
        tasks: descriptors of the tasks that an installed connector runs, without their zero values.
        initiates: types of transfer initiations it can carry out.
        creates_bank_accounts: whether bank accounts can be forwarded to it.
        reverses: whether it can take transfers back.
        references: beginnings of its references.
    """

    config: dict[str, ConfigField]
    descriptor: dict[str, Any]
    tasks: tuple[dict[str, Any], ...]
    omitted: dict[str, Any] = field(default_factory=dict[str, Any])
    initiates: tuple[str, ...] = ()
    creates_bank_accounts: bool = False
    reverses: bool = False
    references: tuple[str, ...] = ("",)

    def fields(self) -> dict[str, ConfigField]:
        """All members of its config, in the order they are sent."""
        return {"name": ConfigField()} | self.config

    def describe(self, **members: Any) -> dict[str, Any]:
        """A whole descriptor with these members set."""
        known = self.descriptor.keys() | self.omitted.keys()
        set_members = {name: value for name, value in members.items() if name in known}
        return {"name": "", "key": ""} | self.descriptor | set_members


TEXT = ConfigField(required=True)
OPTIONAL = ConfigField()
LONG_TEXT = ConfigField(kind="long string", required=True)
POLLING = {"pollingPeriod": ConfigField(kind="duration ns", default=PERIOD)}
MOVES = ("TRANSFER", "PAYOUT")
MAIN = {"name": "Main task to periodically fetch accounts and transactions", "key": "main"}
JOB = {"transferID": "", "paymentID": "", "attempt": 0}
ACCOUNT = {"accountID": ""}


def _number(default: int) -> ConfigField:
    return ConfigField(kind="unsigned integer", default=str(default))


def _fetch(separator: str, *what: str, **members: Any) -> tuple[dict[str, Any], ...]:
    return tuple(
        {"name": f"Fetch {each.replace('_', ' ')}", "key": f"fetch{separator}{each}", **members} for each in what
    )


PROVIDERS = {
    "STRIPE": Provider(
        config={"apiKey": TEXT, **POLLING, "pageSize": _number(10)},
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
            *_fetch("_", "accounts", "transactions", "payments", "balance", "external_accounts", account="acct_main"),
        ),
        initiates=MOVES,
        reverses=True,
        references=("pi_", "ch_", "po_", "tr_"),
    ),
    "WISE": Provider(
        config={"apiKey": TEXT, **POLLING},
        descriptor={"profileID": 0, **JOB},
        tasks=(
            {"name": "Fetch profiles from client", "key": "fetch-profiles"},
            *_fetch("-", "transfers", "recipient-accounts", profileID=16324),
        ),
        initiates=MOVES,
        references=("5", "6"),
    ),
    "MODULR": Provider(
        config={"apiKey": TEXT, "apiSecret": TEXT, "endpoint": OPTIONAL, **POLLING, "pageSize": _number(100)},
        descriptor={**ACCOUNT, **JOB},
        tasks=(MAIN, *_fetch("-", "accounts", "transactions", "beneficiaries", accountID="A120BB51")),
        initiates=MOVES,
        references=("P1", "T1"),
    ),
    "CURRENCY-CLOUD": Provider(
        config={"loginID": TEXT, "apiKey": TEXT, "endpoint": OPTIONAL, **POLLING},
        descriptor=JOB,
        tasks=(MAIN, *_fetch("-", "transactions", "accounts", "beneficiaries", "balances")),
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
        tasks=(MAIN, *_fetch("-", "payments", "accounts")),
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
        tasks=(
            MAIN,
            {"name": "Create webhook", "key": "create-webhook"},
            *_fetch("-", "users", "wallets", "transactions", "bank-accounts", userID="user_m_01", walletID="wlt_m_01"),
        ),
        initiates=MOVES,
        creates_bank_accounts=True,
        references=("payin_", "payout_", "transfer_"),
    ),
    "MONEYCORP": Provider(
        config={"clientID": TEXT, "apiKey": TEXT, "endpoint": TEXT, **POLLING},
        descriptor={**ACCOUNT, **JOB},
        tasks=(MAIN, *_fetch("-", "accounts", "transactions", "recipients", "balances", accountID="35718")),
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
            *_fetch("_", "accounts", "transactions"),
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
        tasks=(MAIN, *_fetch("-", "accounts", pollingPeriod=120_000_000_000)),
        references=("88", "85"),
    ),
    "GENERIC": Provider(
        config={"apiKey": OPTIONAL, "endpoint": OPTIONAL, **POLLING},
        descriptor={"account_id": ""},
        tasks=(MAIN, *_fetch("-", "accounts", "balances", "beneficiaries", "transactions", account_id="acc-0001")),
        references=("gen-",),
    ),
    "DUMMY-PAY": Provider(
        config={
            "directory": TEXT,
            "filePollingPeriod": ConfigField(kind="duration ns", default="10s", told_required=True),
            "prefixFileToIngest": OPTIONAL,
            "numberOfAccountsPreGenerated": _number(0),
            "numberOfPaymentsPreGenerated": _number(0),
        },
        descriptor={"fileName": ""},
        tasks=(
            {"name": "Initiate directory structure", "key": "init-directory"},
            {"name": "Read files from directory", "key": "read-files"},
            {"name": "Ingest accounts and payments from read files", "key": "ingest", "fileName": "payments-0001.json"},
        ),
        references=("dummy-",),
    ),
}
