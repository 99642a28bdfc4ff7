"""The keys by which the server filters each list."""

from __future__ import annotations

from payments_async.filters.key import Key, Metadata, OrderedKey, amounts, ids, one_of, texts
from payments_async.models import Account, Payment, PaymentStatus, PaymentType, TransferInitiation


class PaymentKeys:
    """The keys by which payments can be filtered."""

    __slots__ = ()

    reference = OrderedKey(Payment, "payments.reference", "reference", texts)
    type = Key(Payment, "payments.type", "type", one_of(PaymentType))
    status = Key(Payment, "payments.status", "status", one_of(PaymentStatus))
    asset = Key(Payment, "payments.asset", "asset", texts)
    connector_id = Key(Payment, "payments.connector_id", "connectorID", ids)
    amount = OrderedKey(Payment, "payments.amount", "amount", amounts)
    initial_amount = OrderedKey(Payment, "payments.initial_amount", "initialAmount", amounts)
    metadata = Metadata(Payment, "payments.metadata", hoisted=True)


class AccountKeys:
    """The keys by which accounts can be filtered."""

    __slots__ = ()

    reference = OrderedKey(Account, "accounts.reference", "reference", texts)
    metadata = Metadata(Account, "accounts.metadata")


class TransferInitiationKeys:
    """The keys by which transfer initiations can be filtered."""

    __slots__ = ()

    source_account_id = Key(
        TransferInitiation, "transfer_initiations.source_account_id", "source_account_id", ids, optional=True
    )
    destination_account_id = Key(
        TransferInitiation, "transfer_initiations.destination_account_id", "destination_account_id", ids
    )


payments = PaymentKeys()
accounts = AccountKeys()
transfer_initiations = TransferInitiationKeys()
