"""Parses the conditions of `--where`, such as `amount>=100000`, `metadata[order]=A-1` or the server's own JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import reduce
from importlib import import_module
from typing import Any, NamedTuple, TypeAlias, cast

from payments_async import filters
from payments_async.cli.options import Api, Resource, check_resource
from payments_async.filters import Filter, Key, Metadata, OrderedKey
from payments_async.wire.shapes import field_types, without_none

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
        api: The API that has the resource.
    """

    resource: Resource
    query: Query | None = None
    scope: Mapping[str, str] = {}
    api: Api = "v1"


def selected(resource: Resource, conditions: Sequence[str], api: Api = "v1") -> Selection:
    """The items of a resource that meet all conditions.

    Raises:
        ValueError: the API has no such list, a condition is not valid, or the list does not support it.
    """
    check_resource(resource, api)
    if api == "v3" and resource == "tasks":
        raise ValueError("tasks cannot be listed: give the id of one to `tasks get`")
    if conditions and api == "v1" and resource in _UNFILTERED:
        raise ValueError(f"{resource} cannot be filtered: leave out --where")
    if resource in _SCOPES:
        return Selection(resource, scope=_scope(resource, conditions), api=api)
    queries = [_json(each) if each.lstrip().startswith("{") else _filter(resource, each, api) for each in conditions]
    return Selection(resource, query=_all_of(queries), api=api)


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


def _filter(resource: Resource, condition: str, api: Api) -> Filter[Any]:
    keys = _keys(resource, api)
    name, entry, sign, value = _parts(resource, condition, {each: _signs(key) for each, key in keys.items()})
    key, method = keys[name], _METHODS[sign]
    try:
        if isinstance(key, Metadata):
            key = key[cast("str", entry)]
        given = _minor_units(value) if _is_integer(key.resource, name) else value
        found = cast("Filter[Any]", getattr(key, method)(given))
    except ValueError as error:
        reason = str(error).replace(f"{key!r}.{method}", name)  # as the user has written it
        raise ValueError(f"--where {condition}: {reason}") from None
    return ~found if sign == "!=" else found


def _is_integer(model: type, name: str) -> bool:
    """Whether a key is that of a field of a model which is an integer."""
    kind = field_types(model).get(name)
    return kind is not None and without_none(kind) is int


def _keys(resource: Resource, api: Api) -> dict[str, Key[Any, Any] | Metadata[Any]]:
    """The keys by which the server filters a list, by name."""
    every: object = filters if api == "v1" else import_module("payments_async.v3.filters")
    known: object = getattr(every, resource.replace("-", "_"), None)
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
