"""Parses the conditions of `--where`, such as `amount>=100000`, `metadata[order]=A-1` or the server's own JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any, NamedTuple, TypeAlias, cast

import attrs

from payments_async import filters
from payments_async.cli.options import Resource
from payments_async.filters import Filter, Key, Metadata, OrderedKey

Query: TypeAlias = Filter[Any] | Mapping[str, Any]

_CONDITION = re.compile(r"(\w+)(?:\[(.+?)\])? *(!=|>=|<=|=|>|<) *(.*)", re.DOTALL)
_METHODS = {"=": "match", "!=": "match", ">": "gt", ">=": "gte", "<": "lt", "<=": "lte"}
_SCOPES: dict[Resource, tuple[str, ...]] = {"balances": ("account_id", "asset"), "tasks": ("connector_id",)}
"""Lists without filters, which can be limited to one account or connector, for example."""
_UNFILTERED: tuple[Resource, ...] = ("bank-accounts", "connectors")
"""Lists that cannot be limited at all."""


class Selection(NamedTuple):
    """A resource, and conditions on its items.

    Attributes:
        resource: The resource.
        query: A filter of its list.
        scope: What the list is limited to, such as one account.
    """

    resource: Resource
    query: Query | None = None
    scope: Mapping[str, str] = {}


def selected(resource: Resource, conditions: Sequence[str]) -> Selection:
    """The items of a resource that meet all conditions.

    Raises:
        ValueError: a condition is not valid, or the list does not support it.
    """
    if conditions and resource in _UNFILTERED:
        raise ValueError(f"{resource} cannot be filtered: leave out --where")
    if resource in _SCOPES:
        return Selection(resource, scope=_scope(resource, conditions))
    queries = [_json(each) if each.lstrip().startswith("{") else _filter(resource, each) for each in conditions]
    return Selection(resource, query=_all_of(queries))


def _all_of(queries: Sequence[Query]) -> Query | None:
    if len(queries) < 2:
        return queries[0] if queries else None
    filters_alone = [each for each in queries if isinstance(each, Filter)]
    if len(filters_alone) == len(queries):
        return reduce(lambda left, right: left & right, filters_alone)
    return {"$and": [each.expression if isinstance(each, Filter) else each for each in queries]}


def _json(condition: str) -> Mapping[str, Any]:
    try:
        return cast("dict[str, Any]", json.loads(condition))
    except ValueError as error:
        raise ValueError(f"--where {condition}: not JSON: {error}") from None


def _filter(resource: Resource, condition: str) -> Filter[Any]:
    keys = _keys(resource)
    name, entry, sign, value = _parts(resource, condition, {each: _signs(key) for each, key in keys.items()})
    key, method = keys[name], _METHODS[sign]
    try:
        if isinstance(key, Metadata):
            key = key[cast("str", entry)]
        given = _minor_units(value) if attrs.fields_dict(key.resource)[name].type is int else value
        found = cast("Filter[Any]", getattr(key, method)(given))
    except ValueError as error:
        reason = str(error).replace(f"{key!r}.{method}", name)  # as the user has written it
        raise ValueError(f"--where {condition}: {reason}") from None
    return ~found if sign == "!=" else found


def _keys(resource: Resource) -> dict[str, Key[Any, Any] | Metadata[Any]]:
    """The keys by which the server filters a list, by name."""
    known: object = getattr(filters, resource.replace("-", "_"), None)
    return {name: key for name, key in vars(type(known)).items() if isinstance(key, Key | Metadata)}


def _signs(key: Key[Any, Any] | Metadata[Any]) -> tuple[str, ...]:
    if isinstance(key, OrderedKey):
        return tuple(_METHODS)
    undecided = key.hoisted or (isinstance(key, Key) and key.optional)
    return ("=",) if undecided else ("=", "!=")


def _minor_units(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a whole number of the minor unit") from None


def _scope(resource: Resource, conditions: Sequence[str]) -> dict[str, str]:
    scope: dict[str, str] = {}
    for condition in conditions:
        name, _, _, value = _parts(resource, condition, dict.fromkeys(_SCOPES[resource], ("=",)))
        if not value or name in scope:
            raise ValueError(f"--where {condition}: give exactly one {name} for {resource}")
        scope[name] = value
    return scope


def _parts(
    resource: Resource, condition: str, supported: Mapping[str, tuple[str, ...]]
) -> tuple[str, str | None, str, str]:
    """The name, metadata entry, sign and value of a condition.

    Args:
        resource: The resource whose items the condition is on.
        condition: The condition.
        supported: The signs that each name supports.

    Raises:
        ValueError: the condition is not valid or not supported.
    """
    if found := _CONDITION.fullmatch(condition):
        name, entry, sign, value = found.groups()
        if sign in supported.get(name, ()) and (name == "metadata") == (entry is not None):
            return name, entry, sign, value
    names = {"metadata": "metadata[NAME]"}
    known = "; ".join(f"{names.get(each, each)} {' '.join(signs)}" for each, signs in supported.items())
    raise ValueError(f"--where {condition}: {resource} take " + (known or "only the server's own JSON"))
