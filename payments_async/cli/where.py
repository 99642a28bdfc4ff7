"""Parses the conditions of `--where`, such as `amount>=100000`, `metadata[order]=A-1` or the server's own JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import Enum
from functools import reduce
from importlib import import_module
from typing import Any, NamedTuple, TypeAlias, cast, get_args

from payments_async import filters
from payments_async.cli.options import Api, Resource, check_resource
from payments_async.cli.tables import AMOUNTS
from payments_async.filters import Filter, Key, Metadata, OrderedKey
from payments_async.money import from_decimal
from payments_async.wire.shapes import field_types, without_none

Query: TypeAlias = Filter[Any] | Mapping[str, Any]

_SORTED: dict[Resource, Any] = {
    "payments": filters.PaymentColumn,
    "accounts": filters.AccountColumn,
    "bank-accounts": filters.BankAccountColumn,
    "pools": filters.PoolColumn,
    "transfer-initiations": filters.TransferInitiationColumn,
}
_AMOUNT = re.compile(r"([+-]?[0-9]+(?:\.[0-9]+)?) *([A-Za-z][^/]*/[0-9]+)")
"""An amount in the main unit of an asset, such as `12.50USD/2`."""
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
        sort: The order, in the server's words; newest first by default.
    """

    resource: Resource
    query: Query | None = None
    scope: Mapping[str, str] = {}
    api: Api = "v1"
    sort: tuple[str, ...] = ()


def selected(resource: Resource, conditions: Sequence[str], api: Api = "v1", sort: Sequence[str] = ()) -> Selection:
    """The items of a resource that meet all conditions, in an order.

    Raises:
        ValueError: the API has no such list, or a condition or a column of the order is not valid, or the list does not
            support it.
    """
    check_resource(resource, api)
    if api == "v3" and resource == "tasks":
        raise ValueError("tasks cannot be listed: give the id of one to `tasks get`")
    if conditions and api == "v1" and resource in _UNFILTERED:
        raise ValueError(f"{resource} cannot be filtered: leave out --where")
    order = _order(resource, sort, api)
    if resource in _SCOPES:
        return Selection(resource, scope=_scope(resource, conditions), api=api)
    queries = [_json(each) if each.lstrip().startswith("{") else _filter(resource, each, api) for each in conditions]
    return Selection(resource, query=_all_of(queries), api=api, sort=order)


def by_reference(resource: Resource, reference: str, api: Api) -> Selection:
    """The items of a reference, if the server filters the list by it; otherwise all items."""
    key = conditions_of(resource, api).get("reference")
    return Selection(resource, query=key.match(reference) if isinstance(key, Key) else None, api=api)


def _order(resource: Resource, sort: Sequence[str], api: Api) -> tuple[str, ...]:
    if not sort:
        return ()
    if api == "v3":
        raise ValueError("the lists of the current API have one order, newest first: leave out --sort")
    known = get_args(_SORTED.get(resource))
    if not known:
        raise ValueError(f"{resource} cannot be sorted: leave out --sort")
    order = dict[str, str]()
    for each in sort:
        column, _, direction = each.partition(":")
        if column not in known or direction not in {"", "asc", "desc"}:
            raise ValueError(f"--sort {each}: give {', '.join(known)}, with :desc for the greatest first")
        order[column] = direction or "asc"
    # Unique by the id, so that no item is on two pages.
    order.setdefault("id", "desc")
    return tuple(f"{column}:{direction}" for column, direction in order.items())


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
    keys = conditions_of(resource, api)
    name, entry, sign, value = _parts(resource, condition, {each: signs_of(key) for each, key in keys.items()})
    key, method = keys[name], _METHODS[sign]
    number = asset = None
    try:
        if isinstance(key, Metadata):
            key = key[cast("str", entry)]
        if _is_integer(key.resource, name):
            number, asset = _amount(value, keys.get(AMOUNTS.get(name, "")))
        given: str | int = value if number is None else number
        found = cast("Filter[Any]", getattr(key, method)(given))
    except ValueError as error:
        reason = str(error).replace(f"{key!r}.{method}", name)  # as the user has written it
        raise ValueError(f"--where {condition}: {reason}") from None
    found = ~found if sign == "!=" else found
    return found if asset is None else found & asset


def _is_integer(model: type, name: str) -> bool:
    """Whether a key is that of a field of a model which is an integer."""
    kind = field_types(model).get(name)
    return kind is not None and without_none(kind) is int


def conditions_of(resource: Resource, api: Api) -> dict[str, Key[Any, Any] | Metadata[Any]]:
    """The keys by which the server filters a list, by name."""
    every: object = filters if api == "v1" else import_module("payments_async.v3.filters")
    known: object = getattr(every, resource.replace("-", "_"), None)
    return {name: key for name, key in vars(type(known)).items() if isinstance(key, Key | Metadata)}


def scope_of(resource: Resource) -> tuple[str, ...]:
    """The names of what a list without filters can be limited to."""
    return _SCOPES.get(resource, ())


def known_values(key: Key[Any, Any] | Metadata[Any] | None) -> list[str]:
    """The values that a key can have, if they are the members of an enum."""
    kind = without_none(field_types(key.resource).get(key.name)) if isinstance(key, Key) else None
    return [member.value for member in kind] if isinstance(kind, type) and issubclass(kind, Enum) else []


def signs_of(key: Key[Any, Any] | Metadata[Any]) -> tuple[str, ...]:
    """The signs that a condition on a key can have."""
    if isinstance(key, OrderedKey):
        return tuple(_METHODS)
    undecided = key.hoisted or (isinstance(key, Key) and key.optional)
    return ("=",) if undecided else ("=", "!=")


def amount_of(text: str) -> tuple[int, str] | None:
    """The amount in the minor unit and the asset, of a text such as `12.50USD/2`; `None` if it is none.

    Raises:
        ValueError: the amount has a fraction of the minor unit, or the asset is not valid.
    """
    found = _AMOUNT.fullmatch(text)
    return (from_decimal(Decimal(found[1]), found[2]), found[2]) if found else None


def _amount(text: str, asset: Key[Any, Any] | Metadata[Any] | None) -> tuple[int, Filter[Any] | None]:
    """An integer; and if it is an amount in the main unit of an asset, the condition that items have this asset."""
    if isinstance(asset, Key) and (found := amount_of(text)):
        return found[0], asset.match(found[1])
    try:
        return int(text), None
    except ValueError:
        also = ", or an amount such as 12.50USD/2" if isinstance(asset, Key) else ""
        raise ValueError(f"{text!r} is not a whole number of the minor unit{also}") from None


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
