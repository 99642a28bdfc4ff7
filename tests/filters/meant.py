"""Filters beside what they mean: each with the same question put to an item in Python."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

import attrs
from hypothesis import strategies as st

from payments_async import filters
from payments_async.filters import Filter, Key
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


def condition(key: Key[T, Any], name: str, value: Any) -> Meant[T]:
    """One operator of a key with one value; the key's name is that of the item's member."""
    member = key.path.partition(".")[2]
    return Meant(getattr(key, name)(value), lambda item: OPERATORS[name](getattr(item, member), value))


def entry(key: Key[T, str], name: str, value: str) -> Meant[T]:
    """A condition on an entry of the metadata."""
    return Meant(key.match(value), lambda item: getattr(item, "metadata").get(name) == value)  # noqa: B009 - any model


def one_of(values: Sequence[T]) -> st.SearchStrategy[T]:
    """One of many values, without hypothesis writing all of them out."""
    return st.integers(0, len(values) - 1).map(lambda index: values[index])


def conditions(items: Sequence[T], key: Key[T, Any]) -> Meaning[T]:
    """All operators of a key, with values of the items and some between them."""
    member = key.path.partition(".")[2]
    known = one_of(items).map(lambda item: getattr(item, member))
    names = st.sampled_from([name for name in OPERATORS if hasattr(key, name)])
    if member in ("amount", "initial_amount"):
        known |= known.flatmap(lambda amount: st.sampled_from([amount - 1, amount + 1])) | st.integers()
    return st.builds(condition, st.just(key), names, known)


def combined(parts: Meaning[T], *, negated: bool = True) -> Meaning[T]:
    """What `&`, `|` and perhaps `~` make of them."""

    def wider(inner: Meaning[T]) -> Meaning[T]:
        pairs = st.builds(operator.and_, inner, inner) | st.builds(operator.or_, inner, inner)
        return pairs | inner.map(lambda meant: ~meant) if negated else pairs

    return st.recursive(parts, wider, max_leaves=8)


def on_payments(items: Sequence[Payment]) -> Meaning[Payment]:
    """Filters of payments, with a condition on metadata wherever one may stand."""
    keys = filters.payments
    texts: list[Key[Payment, Any]] = [keys.reference, keys.type, keys.status, keys.asset, keys.connector_id]
    anything = combined(st.one_of([conditions(items, key) for key in (*texts, keys.amount, keys.initial_amount)]))
    entries = [(name, value) for item in items for name, value in item.metadata.items()]
    metadata = one_of(entries).map(lambda each: entry(keys.metadata[each[0]], *each))
    pairs = st.builds(operator.and_, anything, metadata) | st.builds(operator.and_, metadata, anything)
    return anything | metadata | pairs | st.builds(operator.and_, anything, pairs)


def on_accounts(items: Sequence[Account]) -> Meaning[Account]:
    """Filters of accounts, with conditions on metadata anywhere."""
    keys = filters.accounts
    entries = [(name, value) for item in items for name, value in item.metadata.items()]
    metadata = one_of(entries).map(lambda each: entry(keys.metadata[each[0]], *each))
    return combined(conditions(items, keys.reference) | metadata)


def on_transfer_initiations(items: Sequence[TransferInitiation]) -> Meaning[TransferInitiation]:
    """Filters of transfer initiations, with `~` over destination accounts alone."""
    keys = filters.transfer_initiations
    with_source = [item for item in items if item.source_account_id]
    destinations = combined(conditions(items, keys.destination_account_id))
    return combined(destinations | conditions(with_source, keys.source_account_id), negated=False)
