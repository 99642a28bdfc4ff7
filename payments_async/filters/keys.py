"""The keys that the server filters each list by, the operators of each, and the values that they take."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

import attrs

from payments_async.filters.expression import Condition, Filter, Operator
from payments_async.models import Account, OpenEnum, Payment, PaymentStatus, PaymentType, TransferInitiation

R = TypeVar("R")
V = TypeVar("V", bound=str | int)


@attrs.frozen(repr=False)
class Key(Generic[R, V]):
    """A key that is held against values by equality.

    Attributes:
        resource: The model of the list's items.
        path: Where it is found below `filters`.
        name: What the server calls it.
        checked: Gives a value as the server takes it, or raises `ValueError` in the name of the method that it is for.
        hoisted: Whether the server takes its conditions out of the filter.
        optional: Whether an item may be without it.
    """

    resource: type[R]
    path: str
    name: str
    checked: Callable[[str, object], V]
    hoisted: bool = attrs.field(default=False, kw_only=True)
    optional: bool = attrs.field(default=False, kw_only=True)

    def match(self, value: V) -> Filter[R]:
        """Equal to the value.

        Raises:
            ValueError: the server would fail over the value, or take it for another.
        """
        return self._condition("match", value)

    def _condition(self, operator: Operator, value: V) -> Filter[R]:
        method = f"{self!r}.{operator}"
        checked = self.checked(method, value)
        return Condition(
            resource=self.resource,
            name=self.name,
            operator=operator,
            # Amounts too: the server reads JSON numbers as 64-bit floats.
            text=str(checked),
            shown=f"{method}({checked!r})",
            hoisted=self.hoisted,
            optional=self.optional,
        )

    def __repr__(self) -> str:
        return f"filters.{self.path}"


class OrderedKey(Key[R, V]):
    """A key that is held against values by equality and by order.

    Amounts are in the order of numbers, texts in that of the server's database, which may be another than Python's.
    """

    __slots__ = ()

    def gt(self, value: V) -> Filter[R]:
        """Greater than the value; refuses what `match` refuses."""
        return self._condition("gt", value)

    def gte(self, value: V) -> Filter[R]:
        """Greater than the value or equal to it; refuses what `match` refuses."""
        return self._condition("gte", value)

    def lt(self, value: V) -> Filter[R]:
        """Less than the value; refuses what `match` refuses."""
        return self._condition("lt", value)

    def lte(self, value: V) -> Filter[R]:
        """Less than the value or equal to it; refuses what `match` refuses."""
        return self._condition("lte", value)


@attrs.frozen(repr=False)
class Metadata(Generic[R]):
    """Metadata, of which each entry is a key: `filters.payments.metadata["order"]`."""

    resource: type[R]
    path: str
    hoisted: bool = attrs.field(default=False, kw_only=True)

    def __getitem__(self, name: str) -> Key[R, str]:
        """The key of one entry.

        Raises:
            ValueError: the server would not find the name in the filter.
        """
        name = _text(repr(self), name)
        if not name or "\n" in name:
            raise ValueError(f"{self!r} takes a name of one line, not {name!r}")
        return Key(self.resource, f"{self.path}[{name!r}]", f"metadata[{name}]", _text, hoisted=self.hoisted)

    def __repr__(self) -> str:
        return f"filters.{self.path}"


def _text(taker: str, value: object) -> str:
    # The server drops NUL characters, and would look for another text.
    if not (isinstance(value, str) and "\0" not in value):
        raise ValueError(f"{taker} takes text without NUL characters, not {value!r}")
    return str.__str__(value)  # the text of a member of any enum of texts, not its name


def _amount(taker: str, value: object) -> int:
    if type(value) is not int:
        raise ValueError(f"{taker} takes an int, in the minor unit, not {value!r}")
    return value


def _one_of(kind: type[OpenEnum]) -> Callable[[str, object], str]:
    known = [member.value for member in kind]

    def checked(taker: str, value: object) -> str:
        if value not in known:
            raise ValueError(f"{taker} takes one of {', '.join(known)}, not {value!r}: the server would fail")
        return _text(taker, value)

    return checked


class PaymentKeys:
    """What payments can be filtered by."""

    __slots__ = ()

    reference = OrderedKey(Payment, "payments.reference", "reference", _text)
    type = Key(Payment, "payments.type", "type", _one_of(PaymentType))
    status = Key(Payment, "payments.status", "status", _one_of(PaymentStatus))
    asset = Key(Payment, "payments.asset", "asset", _text)
    connector_id = Key(Payment, "payments.connector_id", "connectorID", _text)
    amount = OrderedKey(Payment, "payments.amount", "amount", _amount)
    initial_amount = OrderedKey(Payment, "payments.initial_amount", "initialAmount", _amount)
    metadata = Metadata(Payment, "payments.metadata", hoisted=True)


class AccountKeys:
    """What accounts can be filtered by."""

    __slots__ = ()

    reference = OrderedKey(Account, "accounts.reference", "reference", _text)
    metadata = Metadata(Account, "accounts.metadata")


class TransferInitiationKeys:
    """What transfer initiations can be filtered by."""

    __slots__ = ()

    source_account_id = Key(
        TransferInitiation, "transfer_initiations.source_account_id", "source_account_id", _text, optional=True
    )
    destination_account_id = Key(
        TransferInitiation, "transfer_initiations.destination_account_id", "destination_account_id", _text
    )


payments = PaymentKeys()
accounts = AccountKeys()
transfer_initiations = TransferInitiationKeys()
