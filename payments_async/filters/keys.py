"""The keys by which the server filters each list."""

from __future__ import annotations

from typing import ClassVar

from payments_async.filters.key import Key, Metadata, OrderedKey, amounts, ids, one_of, texts
from payments_async.models import Account, Payment, PaymentStatus, PaymentType, TransferInitiation


class PaymentKeys:
    """The keys by which payments can be filtered."""

    __slots__ = ()

    reference: ClassVar[OrderedKey[Payment, str]] = OrderedKey(Payment, "payments.reference", "reference", texts)
    """The provider's own id of the payment, or the caller's."""
    type: ClassVar[Key[Payment, str]] = Key(Payment, "payments.type", "type", one_of(PaymentType))
    """Whether money came in, went out or moved between accounts."""
    status: ClassVar[Key[Payment, str]] = Key(Payment, "payments.status", "status", one_of(PaymentStatus))
    """How far the payment has got."""
    asset: ClassVar[Key[Payment, str]] = Key(Payment, "payments.asset", "asset", texts)
    """The asset with its exponent, such as `USD/2`."""
    connector_id: ClassVar[Key[Payment, str]] = Key(Payment, "payments.connector_id", "connectorID", ids)
    """Id of the connector to which the payment belongs."""
    amount: ClassVar[OrderedKey[Payment, int]] = OrderedKey(Payment, "payments.amount", "amount", amounts)
    """Amount after all adjustments, in the minor unit of the asset."""
    initial_amount: ClassVar[OrderedKey[Payment, int]] = OrderedKey(
        Payment, "payments.initial_amount", "initialAmount", amounts
    )
    """Amount at the payment's creation, in the minor unit of the asset."""
    metadata: ClassVar[Metadata[Payment]] = Metadata(Payment, "payments.metadata", hoisted=True)
    """Entries of the metadata: `filters.payments.metadata["order"]`."""


class AccountKeys:
    """The keys by which accounts can be filtered."""

    __slots__ = ()

    reference: ClassVar[OrderedKey[Account, str]] = OrderedKey(Account, "accounts.reference", "reference", texts)
    """The provider's own id of the account, or the caller's."""
    metadata: ClassVar[Metadata[Account]] = Metadata(Account, "accounts.metadata")
    """Entries of the metadata: `filters.accounts.metadata["team"]`."""


class TransferInitiationKeys:
    """The keys by which transfer initiations can be filtered."""

    __slots__ = ()

    source_account_id: ClassVar[Key[TransferInitiation, str]] = Key(
        TransferInitiation, "transfer_initiations.source_account_id", "source_account_id", ids, optional=True
    )
    """Id of the account from which the money comes."""
    destination_account_id: ClassVar[Key[TransferInitiation, str]] = Key(
        TransferInitiation, "transfer_initiations.destination_account_id", "destination_account_id", ids
    )
    """Id of the account to which the money goes."""


payments: PaymentKeys = PaymentKeys()
accounts: AccountKeys = AccountKeys()
transfer_initiations: TransferInitiationKeys = TransferInitiationKeys()
