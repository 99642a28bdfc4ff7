"""The keys by which the server filters each list, with their operators and values."""

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
    """A key that can be compared for equality.

    Attributes:
        resource: The model of the list's items.
        path: Its path below `filters`.
        name: The server's name of the key.
        checked: Takes the name of the calling method and a value. Returns the value as the server expects it, or raises
            `ValueError`.
        hoisted: Whether the server takes its conditions out of the filter.
        optional: Whether items may lack this field.
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
            ValueError: the server would fail on the value, or take it for another one.
        """
        return self._condition("match", value)

    def _condition(self, operator: Operator, value: V) -> Filter[R]:
        method = f"{self!r}.{operator}"
        checked = self.checked(method, value)
        return Condition(
            resource=self.resource,
            name=self.name,
            operator=operator,
            # Text for amounts too: the server reads JSON numbers as 64-bit floats.
            text=str(checked),
            shown=f"{method}({checked!r})",
            hoisted=self.hoisted,
            optional=self.optional,
        )

    def __repr__(self) -> str:
        return f"filters.{self.path}"


class OrderedKey(Key[R, V]):
    """A key that can be compared for equality and by order.

    Amounts are compared as numbers; texts in the order of the server's database, which may differ from Python's.
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
    """Metadata, whose entries are keys: `filters.payments.metadata["order"]`."""

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


def _text(caller: str, value: object) -> str:
    # The server drops NUL characters, so it would look for another text.
    if not (isinstance(value, str) and "\0" not in value):
        raise ValueError(f"{caller} takes text without NUL characters, not {value!r}")
    return str.__str__(value)  # the value of any enum member, not its name


def _id(caller: str, value: object) -> str:
    text = _text(caller, value)
    if not text:  # which is what items without an account show, but no such item would be found
        raise ValueError(f"{caller} takes an id, not '': the server finds no item by a missing id")
    return text


def _amount(caller: str, value: object) -> int:
    if type(value) is not int:
        raise ValueError(f"{caller} takes an int, in the minor unit, not {value!r}")
    return value


def _one_of(kind: type[OpenEnum]) -> Callable[[str, object], str]:
    known = [member.value for member in kind]

    def checked(caller: str, value: object) -> str:
        if value not in known:
            raise ValueError(f"{caller} takes one of {', '.join(known)}, not {value!r}: the server would fail")
        return _text(caller, value)

    return checked


class PaymentKeys:
    """The keys by which payments can be filtered."""

    __slots__ = ()

    reference = OrderedKey(Payment, "payments.reference", "reference", _text)
    type = Key(Payment, "payments.type", "type", _one_of(PaymentType))
    status = Key(Payment, "payments.status", "status", _one_of(PaymentStatus))
    asset = Key(Payment, "payments.asset", "asset", _text)
    connector_id = Key(Payment, "payments.connector_id", "connectorID", _id)
    amount = OrderedKey(Payment, "payments.amount", "amount", _amount)
    initial_amount = OrderedKey(Payment, "payments.initial_amount", "initialAmount", _amount)
    metadata = Metadata(Payment, "payments.metadata", hoisted=True)


class AccountKeys:
    """The keys by which accounts can be filtered."""

    __slots__ = ()

    reference = OrderedKey(Account, "accounts.reference", "reference", _text)
    metadata = Metadata(Account, "accounts.metadata")


class TransferInitiationKeys:
    """The keys by which transfer initiations can be filtered."""

    __slots__ = ()

    source_account_id = Key(
        TransferInitiation, "transfer_initiations.source_account_id", "source_account_id", _id, optional=True
    )
    destination_account_id = Key(
        TransferInitiation, "transfer_initiations.destination_account_id", "destination_account_id", _id
    )


payments = PaymentKeys()
accounts = AccountKeys()
transfer_initiations = TransferInitiationKeys()
