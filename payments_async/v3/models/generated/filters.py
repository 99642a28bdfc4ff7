# Written by `python -m codegen` from openapi/payments-v3.yaml. Do not edit: change the description and run it.

"""The keys that each list can be filtered by, and the values that they take."""

from payments_async.filters.key import Metadata, OrderedKey, one_of, texts, uuids
from payments_async.v3.models.generated.models import Account, AccountType


class AccountKeys:
    """What accounts can be filtered by."""

    __slots__ = ()

    id = OrderedKey(Account, "accounts.id", "id", texts)
    reference = OrderedKey(Account, "accounts.reference", "reference", texts)
    connector_id = OrderedKey(Account, "accounts.connector_id", "connector_id", texts)
    type = OrderedKey(Account, "accounts.type", "type", one_of(AccountType))
    default_asset = OrderedKey(Account, "accounts.default_asset", "default_asset", texts, optional=True)
    name = OrderedKey(Account, "accounts.name", "name", texts, optional=True)
    psu_id = OrderedKey(Account, "accounts.psu_id", "psu_id", uuids, optional=True)
    open_banking_connection_id = OrderedKey(
        Account, "accounts.open_banking_connection_id", "open_banking_connection_id", texts, optional=True
    )
    metadata = Metadata(Account, "accounts.metadata")


accounts = AccountKeys()

__all__ = ["accounts"]
