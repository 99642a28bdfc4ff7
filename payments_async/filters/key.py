"""The keys by which a server filters a list, with their operators and values."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Generic, TypeVar

import attrs

from payments_async.filters.expression import Condition, Filter, Operator
from payments_async.models.open_enum import OpenEnum

R = TypeVar("R")
V = TypeVar("V", bound=str | int)


def _text(value: str | int) -> str:
    # By way of `Decimal`, because Python limits how many digits of an integer `str` may write.
    return value if isinstance(value, str) else f"{Decimal(value):f}"


@attrs.frozen(repr=False)
class Key(Generic[R, V]):
    """A key that can be compared for equality.

    Attributes:
        resource: The model of the list's items.
        path: Its path below `filters`.
        name: The server's name of the key.
        checked: Takes the name of the calling method and a value. Returns the value as the server expects it, or raises
            `ValueError`.
        sent: Converts a value to what is sent: text, because most servers read JSON numbers as 64-bit floats.
        hoisted: Whether the server takes its conditions out of the filter.
        optional: Whether items may lack this field.
        apart: The keys that cannot be in one filter with it.
    """

    resource: type[R]
    path: str
    name: str
    checked: Callable[[str, object], V]
    sent: Callable[[V], str | int] = attrs.field(default=_text, kw_only=True)
    hoisted: bool = attrs.field(default=False, kw_only=True)
    optional: bool = attrs.field(default=False, kw_only=True)
    apart: tuple[str, ...] = attrs.field(default=(), kw_only=True)

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
            value=self.sent(checked),
            shown=f"{method}({checked!r})" if isinstance(checked, str) else f"{method}({_text(checked)})",
            hoisted=self.hoisted,
            optional=self.optional,
            apart=self.apart,
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
    optional: bool = attrs.field(default=False, kw_only=True)

    def __getitem__(self, name: str) -> Key[R, str]:
        """The key of one entry.

        Raises:
            ValueError: the server would not find the name in the filter.
        """
        name = texts(repr(self), name)
        if not name or "\n" in name:
            raise ValueError(f"{self!r} takes a name of one line, not {name!r}")
        path, name = f"{self.path}[{name!r}]", f"metadata[{name}]"
        return Key(self.resource, path, name, texts, hoisted=self.hoisted, optional=self.optional)

    def __repr__(self) -> str:
        return f"filters.{self.path}"


def texts(caller: str, value: object) -> str:
    """The check of keys whose values are text that the server's database can hold."""
    # The server drops NUL characters, so it would look for another text.
    if not (isinstance(value, str) and "\0" not in value):
        raise ValueError(f"{caller} takes text without NUL characters, not {value!r}")
    return str.__str__(value)  # the value of any enum member, not its name


def ids(caller: str, value: object) -> str:
    """The check of keys whose values are ids."""
    text = texts(caller, value)
    if not text:  # which is what items without an account show, but no such item would be found
        raise ValueError(f"{caller} takes an id, not '': the server finds no item by a missing id")
    return text


def amounts(caller: str, value: object) -> int:
    """The check of keys whose values are integers of any size."""
    if type(value) is not int:
        raise ValueError(f"{caller} takes an int, in the minor unit, not {value!r}")
    return value


def is_uuid(text: str) -> bool:
    """Whether a text is a UUID in the notation of the server."""
    return re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", text, re.IGNORECASE) is not None


def uuids(caller: str, value: object) -> str:
    """The check of keys whose values are UUIDs."""
    if not (isinstance(value, str) and is_uuid(value)):
        raise ValueError(f"{caller} takes a UUID, not {value!r}")
    return str.__str__(value)


def one_of(kind: type[OpenEnum]) -> Callable[[str, object], str]:
    """The check of keys whose values are the members of an enum."""
    known = [member.value for member in kind]

    def checked(caller: str, value: object) -> str:
        if value not in known:
            raise ValueError(f"{caller} takes one of {', '.join(known)}, not {value!r}: the server knows no other")
        return texts(caller, value)

    return checked
