"""Filters as values: conditions, and what `&`, `|` and `~` make of them.

Three kinds of conditions cannot stand everywhere.

- Conditions on the metadata of payments are hoisted: the server takes them out of the filter, asks for them beside all
  the rest, and holds a single entry of the metadata against all of them. So a filter has one at most, and that either
  alone or as a part of `&`.
- Conditions on what an item may be without are undecided for an item that has none, and so are their opposites. So they
  do not stand under `~`, where such items would be missed.
- Conditions of two keys that the server cannot look at together do not stand in one filter, wherever in it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any, Generic, Literal, NoReturn, TypeAlias, TypeVar, cast

import attrs

R = TypeVar("R")

Operator: TypeAlias = Literal["match", "gt", "gte", "lt", "lte"]
Word: TypeAlias = Literal["and", "or"]


@attrs.frozen(repr=False)
class Filter(ABC, Generic[R]):
    """What the items of one list have to meet: `a & b` is both, `a | b` at least one of them, `~a` the opposite.

    Attributes:
        resource: The model of the list's items.
    """

    resource: type[R]

    @property
    @abstractmethod
    def expression(self) -> dict[str, Any]:
        """The filter in the server's language, as plain JSON."""

    def __and__(self, other: Filter[R]) -> Filter[R]:
        """Both.

        Raises:
            ValueError: they are of different lists, or have conditions that cannot be in one filter, such as two on
                the metadata of payments.
        """
        if not isinstance(cast("object", other), Filter):
            return NotImplemented
        if len(hoisted := _hoisted(self, other)) > 1:
            raise ValueError(
                f"{hoisted[0]!r} and {hoisted[1]!r} cannot be in one filter: the server would hold a single entry of"
                " the metadata against both. Filter by one, and check the other on the payments that come"
            )
        return _combined("and", self, other)

    def __or__(self, other: Filter[R]) -> Filter[R]:
        """At least one of them.

        Raises:
            ValueError: they are of different lists, or have conditions that cannot be in one filter, or one has a
                condition on the metadata of payments.
        """
        if not isinstance(cast("object", other), Filter):
            return NotImplemented
        if hoisted := _hoisted(self, other):
            raise ValueError(
                f"{hoisted[0]!r} cannot be a part of |: the server would ask for it in any case. Walk a list for each"
                " side"
            )
        return _combined("or", self, other)

    def __invert__(self) -> Filter[R]:
        """The opposite.

        Raises:
            ValueError: it has a condition on the metadata of payments, or on what an item may be without.
        """
        for condition in _conditions(self):
            if condition.hoisted:
                raise ValueError(
                    f"{condition!r} cannot stand under ~: the server would ask for it all the same, or fail. Leave it"
                    " out, and check it on the payments that come"
                )
            if condition.optional:
                raise ValueError(
                    f"{condition!r} cannot stand under ~: the server would leave out each {self.resource.__name__} that"
                    " has none. Leave it out, and check it on the items that come"
                )
        return Negation(self.resource, self)

    def __bool__(self) -> NoReturn:
        raise TypeError("a filter is neither true nor false: combine filters by &, | and ~, not by and, or and not")


@attrs.frozen(repr=False, kw_only=True)
class Condition(Filter[R]):
    """One key held against one value.

    Attributes:
        name: The key, as the server calls it.
        operator: How they are compared.
        value: The value, as the server takes it.
        shown: The condition, as it is written in Python.
        hoisted: Whether the server takes it out of the filter.
        optional: Whether an item may be without what it asks for.
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
    """Several filters joined by one word, none of them a combination by the same word."""

    word: Word
    parts: tuple[Filter[R], ...]

    @property
    def expression(self) -> dict[str, Any]:
        """The combination in the server's language."""
        return {f"${self.word}": [part.expression for part in self.parts]}

    def __repr__(self) -> str:
        return {"and": " & ", "or": " | "}[self.word].join(map(_operand, self.parts))


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


def _operand(part: Filter[Any]) -> str:
    return f"({part!r})" if isinstance(part, Combination) else repr(part)


def _combined(word: Word, left: Filter[R], right: Filter[R]) -> Filter[R]:
    if left.resource is not right.resource:
        raise ValueError(
            f"a filter on {left.resource.__name__} and one on {right.resource.__name__} cannot be combined: no list"
            " holds both"
        )
    for one, other in (*_clashes(left, right), *_clashes(right, left)):
        raise ValueError(
            f"{one!r} and {other!r} cannot be in one filter: the server would fail. Filter by one, and check the other"
            " on the items that come"
        )
    parts: list[Filter[R]] = []
    for each in (left, right):
        parts += each.parts if isinstance(each, Combination) and each.word == word else [each]
    return Combination(left.resource, word, tuple(parts))


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
    """Conditions on the left, each with one on the right that cannot be in one filter with it."""
    for one in (condition for condition in _conditions(left) if condition.apart):
        # Each entry of the metadata has the name of all in brackets.
        yield from ((one, other) for other in _conditions(right) if other.name.partition("[")[0] in one.apart)


def _hoisted(left: Filter[R], right: Filter[R]) -> list[Condition[R]]:
    return [condition for part in (left, right) for condition in _conditions(part) if condition.hoisted]
