"""What a key is that a server filters a list by: its operators, and the values that it takes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Generic, TypeVar

import attrs

from payments_async.filters.expression import Condition, Filter, Operator
from payments_async.models.open_enum import OpenEnum

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
        sent: Makes of a value what stands in the filter: text, unless the server reads JSON numbers exactly.
        hoisted: Whether the server takes its conditions out of the filter.
        optional: Whether an item may be without it.
        apart: The keys that cannot be in one filter with it.
    """

    resource: type[R]
    path: str
    name: str
    checked: Callable[[str, object], V]
    sent: Callable[[V], str | int] = attrs.field(default=str, kw_only=True)
    hoisted: bool = attrs.field(default=False, kw_only=True)
    optional: bool = attrs.field(default=False, kw_only=True)
    apart: tuple[str, ...] = attrs.field(default=(), kw_only=True)

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
            value=self.sent(checked),
            shown=f"{method}({checked!r})",
            hoisted=self.hoisted,
            optional=self.optional,
            apart=self.apart,
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


def texts(taker: str, value: object) -> str:
    """Takes text that the server's database can hold."""
    # The server drops NUL characters, and would look for another text.
    if not (isinstance(value, str) and "\0" not in value):
        raise ValueError(f"{taker} takes text without NUL characters, not {value!r}")
    return str.__str__(value)  # the text of a member of any enum of texts, not its name


def amounts(taker: str, value: object) -> int:
    """Takes integers of any size."""
    if type(value) is not int:
        raise ValueError(f"{taker} takes an int, in the minor unit, not {value!r}")
    return value


def is_uuid(text: str) -> bool:
    """Whether a text is a UUID, as the server writes them."""
    return re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", text, re.IGNORECASE) is not None


def uuids(taker: str, value: object) -> str:
    """Takes UUIDs."""
    if not (isinstance(value, str) and is_uuid(value)):
        raise ValueError(f"{taker} takes a UUID, not {value!r}")
    return str.__str__(value)


def one_of(kind: type[OpenEnum]) -> Callable[[str, object], str]:
    """Takes what an enum lists."""
    known = [member.value for member in kind]

    def checked(taker: str, value: object) -> str:
        if value not in known:
            raise ValueError(f"{taker} takes one of {', '.join(known)}, not {value!r}: the server knows no other")
        return texts(taker, value)

    return checked
