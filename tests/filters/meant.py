"""Filters beside what they mean: each with the same question put to an item in Python."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

import attrs
from hypothesis import strategies as st

from payments_async import filters
from payments_async.filters import Filter, Key, Metadata
from payments_async.models import Account, Payment, TransferInitiation

T = TypeVar("T")

OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "match": operator.eq,
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}


@attrs.frozen
class Meant(Generic[T]):
    """A filter, and whether an item meets it."""

    filter: Filter[T]
    holds: Callable[[T], bool]

    def __and__(self, other: Meant[T]) -> Meant[T]:
        return Meant(self.filter & other.filter, lambda item: self.holds(item) and other.holds(item))

    def __or__(self, other: Meant[T]) -> Meant[T]:
        return Meant(self.filter | other.filter, lambda item: self.holds(item) or other.holds(item))

    def __invert__(self) -> Meant[T]:
        return Meant(~self.filter, lambda item: not self.holds(item))


Meaning = st.SearchStrategy[Meant[T]]


def as_it_is(value: Any) -> Any:
    return value


def condition(key: Key[T, Any], name: str, value: Any, place: Callable[[Any], Any] = as_it_is) -> Meant[T]:
    """One operator of a key with one value.

    Args:
        key: Its name is that of the item's member.
        name: The operator.
        value: What the member is compared with.
        place: By what the server compares them.
    """
    member = key.path.partition(".")[2]
    return Meant(getattr(key, name)(value), lambda item: OPERATORS[name](place(getattr(item, member)), place(value)))


def entry(key: Key[T, str], name: str, value: str) -> Meant[T]:
    """A condition on an entry of the metadata."""
    return Meant(key.match(value), lambda item: getattr(item, "metadata").get(name) == value)  # noqa: B009 - any model


def one_of(values: Sequence[T]) -> st.SearchStrategy[T]:
    """One of many values, without hypothesis writing all of them out."""
    return st.integers(0, len(values) - 1).map(lambda index: values[index])


def conditions(items: Sequence[T], key: Key[T, Any], place: Callable[[Any], Any] = as_it_is) -> Meaning[T]:
    """All operators of a key, with values of the items and some between them; `place` as for a condition."""
    member = key.path.partition(".")[2]
    known = one_of(items).map(lambda item: getattr(item, member))
    names = st.sampled_from([name for name in OPERATORS if hasattr(key, name)])
    if member in ("amount", "initial_amount"):
        known |= known.flatmap(lambda amount: st.sampled_from([amount - 1, amount + 1])) | st.integers()
    return st.builds(condition, st.just(key), names, known, st.just(place))


def entries(items: Sequence[T], metadata: Metadata[T]) -> Meaning[T]:
    """Conditions on the entries of the items' metadata."""
    known = [pair for item in items for pair in getattr(item, "metadata").items()]  # noqa: B009 - any model
    return one_of(known).map(lambda pair: entry(metadata[pair[0]], *pair))


def combined(conditions: Meaning[T]) -> Meaning[T]:
    """Whatever `&`, `|` and `~` can make of conditions."""

    def wider(inner: Meaning[T]) -> Meaning[T]:
        pairs = st.sampled_from([operator.and_, operator.or_])
        return st.builds(_unless_refused, pairs, inner, inner) | st.builds(
            _unless_refused, st.just(operator.invert), inner
        )

    return st.recursive(conditions, wider, max_leaves=8)


def _unless_refused(combine: Callable[..., Meant[T]], *parts: Meant[T]) -> Meant[T]:
    try:
        return combine(*parts)
    except ValueError:
        return parts[0]


def on_payments(items: Sequence[Payment]) -> Meaning[Payment]:
    """Filters of payments."""
    keys = filters.payments
    texts: list[Key[Payment, Any]] = [keys.reference, keys.type, keys.status, keys.asset, keys.connector_id]
    plain = st.one_of([conditions(items, key) for key in (*texts, keys.amount, keys.initial_amount)])
    metadata = entries(items, keys.metadata)
    # As often the one as the others, because of the ways in which it may not stand.
    return combined(st.booleans().flatmap(lambda hoisted: metadata if hoisted else plain))


def on_accounts(items: Sequence[Account]) -> Meaning[Account]:
    """Filters of accounts."""
    return combined(conditions(items, filters.accounts.reference) | entries(items, filters.accounts.metadata))


def on_transfer_initiations(items: Sequence[TransferInitiation]) -> Meaning[TransferInitiation]:
    """Filters of transfer initiations."""
    keys = filters.transfer_initiations
    with_source = [item for item in items if item.source_account_id]
    return combined(conditions(items, keys.destination_account_id) | conditions(with_source, keys.source_account_id))
