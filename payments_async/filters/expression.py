"""Filters as values: conditions, and their combinations by `&`, `|` and `~`.

Three kinds of conditions are not allowed everywhere.

- Conditions on the metadata of payments are hoisted: the server takes them out of the filter, joins them to the rest by
  "and", and compares a single metadata entry with all of them. So a filter has at most one such condition, either alone
  or as a part of `&`.
- A condition on an optional field is neither true nor false for an item without the field, and so is its opposite. So
  it is not allowed under `~`, where such items would be missed.
- The server fails on some pairs of keys in one filter. So their conditions cannot be combined at all.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any, Generic, Literal, NoReturn, TypeAlias, TypeVar, cast

import attrs

R = TypeVar("R")

Operator: TypeAlias = Literal["match", "gt", "gte", "lt", "lte"]
Connective: TypeAlias = Literal["and", "or"]


@attrs.frozen(repr=False)
class Filter(ABC, Generic[R]):
    """A filter of one list: `a & b` means both, `a | b` at least one of them, `~a` the opposite.

    Attributes:
        resource: The model of the list's items.
    """

    resource: type[R]

    @property
    @abstractmethod
    def expression(self) -> dict[str, Any]:
        """The filter in the server's language, as plain JSON values."""

    def __and__(self, other: Filter[R]) -> Filter[R]:
        """Both filters.

        Raises:
            ValueError: they belong to different lists, or have conditions that cannot be in one filter, such as two on
                the metadata of payments.
        """
        if not isinstance(cast("object", other), Filter):
            return NotImplemented
        if len(hoisted := _hoisted(self, other)) > 1:
            raise ValueError(
                f"{hoisted[0]!r} and {hoisted[1]!r} cannot be in one filter: the server would compare a single"
                " metadata entry with both. Filter by one, and check the other on the payments that you receive"
            )
        return _combined("and", self, other)

    def __or__(self, other: Filter[R]) -> Filter[R]:
        """At least one of the filters.

        Raises:
            ValueError: they belong to different lists, or have conditions that cannot be in one filter, or one has a
                condition on the metadata of payments.
        """
        if not isinstance(cast("object", other), Filter):
            return NotImplemented
        if hoisted := _hoisted(self, other):
            raise ValueError(
                f"{hoisted[0]!r} cannot be a part of |: the server would ask for it in any case. Read one list for"
                " each side"
            )
        return _combined("or", self, other)

    def __invert__(self) -> Filter[R]:
        """The opposite of the filter.

        Raises:
            ValueError: it has a condition on the metadata of payments, or on an optional field.
        """
        for condition in _conditions(self):
            if condition.hoisted:
                raise ValueError(
                    f"{condition!r} cannot be used under ~: the server would still ask for it, or fail. Leave it out,"
                    " and check it on the payments that you receive"
                )
            if condition.optional:
                raise ValueError(
                    f"{condition!r} cannot be used under ~: the server would leave out each {self.resource.__name__}"
                    " that has none. Leave it out, and check it on the items that you receive"
                )
        return Negation(self.resource, self)

    def __bool__(self) -> NoReturn:
        raise TypeError("a filter is neither true nor false: combine filters by &, | and ~, not by and, or and not")


@attrs.frozen(repr=False, kw_only=True)
class Condition(Filter[R]):
    """The comparison of one key with one value.

    Attributes:
        name: The server's name of the key.
        operator: How they are compared.
        value: The value, as the server expects it.
        shown: The condition as Python code, for the repr.
        hoisted: Whether the server takes it out of the filter.
        optional: Whether items may lack the field.
        apart: The keys that cannot be in one filter with it.
    """

    name: str
    operator: Operator
    value: str | int
    shown: str
    hoisted: bool
    optional: bool
    apart: tuple[str, ...]

    @property
    def expression(self) -> dict[str, Any]:
        """The condition in the server's language."""
        return {f"${self.operator}": {self.name: self.value}}

    def __repr__(self) -> str:
        return self.shown


@attrs.frozen(repr=False)
class Combination(Filter[R]):
    """Several filters joined by one operator; none of them is a combination by the same operator."""

    connective: Connective
    parts: tuple[Filter[R], ...]

    @property
    def expression(self) -> dict[str, Any]:
        """The combination in the server's language."""
        return {f"${self.connective}": [part.expression for part in self.parts]}

    def __repr__(self) -> str:
        return {"and": " & ", "or": " | "}[self.connective].join(map(_operand, self.parts))


@attrs.frozen(repr=False)
class Negation(Filter[R]):
    """The opposite of a filter."""

    part: Filter[R]

    @property
    def expression(self) -> dict[str, Any]:
        """The opposite in the server's language."""
        return {"$not": self.part.expression}

    def __repr__(self) -> str:
        return f"~{_operand(self.part)}"


def names_apart(one: type, other: type) -> tuple[str, str]:
    """The names of two models, with their packages if the names alone are the same, as those of v3 often are."""
    names = one.__name__, other.__name__
    if names[0] != names[1]:
        return names
    first, second = (f"{each.__module__.partition('.generated')[0]}.{each.__name__}" for each in (one, other))
    return first, second


def _operand(part: Filter[Any]) -> str:
    return f"({part!r})" if isinstance(part, Combination) else repr(part)


def _combined(connective: Connective, left: Filter[R], right: Filter[R]) -> Filter[R]:
    if left.resource is not right.resource:
        first, second = names_apart(left.resource, right.resource)
        raise ValueError(f"a filter on {first} and one on {second} cannot be combined: no list holds both")
    for one, other in (*_clashes(left, right), *_clashes(right, left)):
        raise ValueError(
            f"{one!r} and {other!r} cannot be in one filter: the server would fail. Filter by one, and check the other"
            " on the items that you receive"
        )
    parts: list[Filter[R]] = []
    for each in (left, right):
        parts += each.parts if isinstance(each, Combination) and each.connective == connective else [each]
    return Combination(left.resource, connective, tuple(parts))


def _conditions(part: Filter[R]) -> Iterator[Condition[R]]:
    match part:
        case Combination():
            for each in part.parts:
                yield from _conditions(each)
        case Negation():
            yield from _conditions(part.part)
        case _:
            yield cast("Condition[R]", part)


def _clashes(left: Filter[R], right: Filter[R]) -> Iterator[tuple[Condition[R], Condition[R]]]:
    """The pairs of a condition on the left and one on the right that cannot be in one filter."""
    for one in (condition for condition in _conditions(left) if condition.apart):
        # A metadata entry is called `metadata[name]`.
        yield from ((one, other) for other in _conditions(right) if other.name.partition("[")[0] in one.apart)


def _hoisted(left: Filter[R], right: Filter[R]) -> list[Condition[R]]:
    return [condition for part in (left, right) for condition in _conditions(part) if condition.hoisted]
