"""The query language of the lists of version 3.4, checked as the server checks it and turned into SQL.

    expr := {"$and": [expr…]} | {"$or": [expr…]} | {"$not": expr} | {operator: {key: value}}

Each list has keys of its own, named as columns. What the server refuses is a 400 VALIDATION, and what its database
cannot do, such as `$in`, is a 500.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from payments_async.sandbox.collation import Collation, collated
from payments_async.sandbox.filters import EVERYTHING, Fragment
from payments_async.sandbox.ids import parse_uuid
from payments_async.sandbox.store import kept, kept_in_json, sortable
from payments_async.sandbox.wire import encode, internal, validation

COMPARISONS = {"$match": "=", "$gt": ">", "$gte": ">=", "$lt": "<", "$lte": "<="}
OPERATORS = {*COMPARISONS, "$exists", "$like", "$in"}
METADATA = re.compile(r"metadata\[(.+)\]")
INTEGER = re.compile(r"\s*[+-]?\d{1,4000}\s*", re.ASCII)


@dataclass(frozen=True)
class Key:
    """What a filter may say about one column.

    Args:
        column: expression of SQL; the key itself if not given.
        compared: whether it can be compared, and not only matched.
        uuid: whether it is a UUID, so that the database refuses other texts.
        number: whether it is an integer of any size.
        condition: SQL with one placeholder in place of a comparison with the column.
        read: changes the value before it is compared; may refuse it.
    """

    column: str = ""
    compared: bool = False
    uuid: bool = False
    number: bool = False
    condition: str = ""
    read: Callable[[Any], Any] | None = None


@dataclass(frozen=True)
class Keys:
    """The keys of one list.

    Args:
        what: what is listed, in the server's error messages.
        by_name: its keys.
        metadata: expression of the column that `metadata[…]` looks into; empty if there is no such key.
        apart: keys that are a 500 when they are used together with `status`.
    """

    what: str
    by_name: Mapping[str, Key]
    metadata: str = ""
    apart: frozenset[str] = frozenset()


def matched(*names: str, **special: Key) -> dict[str, Key]:
    """Keys that can only be matched."""
    return {name: Key(name) for name in names} | special


def compared(*names: str, number: bool = False) -> dict[str, Key]:
    """Keys that can be compared too."""
    return {name: Key(name, compared=True, number=number) for name in names}


def read_expression(value: Any) -> Any:
    """A filter decoded from JSON; None for no filter.

    Raises:
        RefusedError: VALIDATION if it is not an expression of the language.
    """
    if value is None or value == {}:
        return None
    if not isinstance(value, dict):
        raise validation("unexpected type []interface {}")
    _check(value)
    return cast("Any", value)


def names(expression: Any) -> set[str]:
    """All keys of a checked expression; `metadata` stands for those of metadata."""
    operator, operand = _only_member(expression, "")
    match operator:
        case "$and" | "$or":
            return set[str]().union(*map(names, operand or []))
        case "$not":
            return names(operand)
        case _:
            name = _only_member(operand, operator)[0]
            return {"metadata" if METADATA.search(name) else name}


def compile_filter(expression: Any, keys: Keys, collation: Collation) -> Fragment:
    """SQL of a checked expression; raises the server's errors."""
    fragment = _branch(expression, keys, collation)
    used = names(expression)
    if "status" in used and used & keys.apart:
        raise internal("column reference is ambiguous")
    return fragment


def _check(expression: Any) -> None:
    operator, operand = _only_member(expression, "")
    match operator:
        case "$and" | "$or":
            parts = cast("list[Any]", operand)
            if not isinstance(operand, list):
                raise validation(f"parsing {operator}: expected an array")
            for part in parts:
                _check(part)
        case "$not":
            _check(operand)
        case _ if operator in OPERATORS:
            value = _only_member(operand, operator)[1]
            if isinstance(value, float):
                raise validation(f"invalid number {value}: expected an integer")
        case _:
            raise validation(f"unexpected operator {operator}")


def _branch(expression: Any, keys: Keys, collation: Collation) -> Fragment:
    operator, operand = _only_member(expression, "")
    match operator:
        case "$and" | "$or":
            inner: list[Any] = operand or []
            parts = [_branch(part, keys, collation) for part in inner]
            if not parts:
                return EVERYTHING
            word = " AND " if operator == "$and" else " OR "
            return word.join(f"({sql})" for sql, _ in parts), [value for _, values in parts for value in values]
        case "$not":
            sql, values = _branch(operand, keys, collation)
            return f"NOT ({sql})", values
        case _:
            name, value = _only_member(operand, operator)
            return _leaf(operator, name, value, keys, collation)


def _leaf(operator: str, name: str, value: Any, keys: Keys, collation: Collation) -> Fragment:
    key = keys.by_name.get(name)
    if key is None:
        return _metadata_leaf(operator, name, value, keys)
    if not key.compared and operator != "$match":
        raise validation(f"cannot list {keys.what}: '{name}' column can only be used with $match: validation error")
    if key.read is not None:
        value = key.read(value)
    if operator not in COMPARISONS:
        raise internal(f"operator {operator}")
    if value is None:
        return "NULL", []
    wanted = _number(value, keys.what) if key.number else _text(value, key, keys.what)
    if key.condition:
        return key.condition, [wanted]
    if operator == "$match" or key.number:
        return f"{key.column} {COMPARISONS[operator]} ?", [wanted]
    return f"{collated(key.column, collation)} {COMPARISONS[operator]} {collated('?', collation)}", [wanted]


def _metadata_leaf(operator: str, name: str, value: Any, keys: Keys) -> Fragment:
    found = METADATA.search(name) if keys.metadata else None
    if found is None:
        raise validation(f"cannot list {keys.what}: unknown key '{name}' when building query: validation error")
    if operator != "$match":
        raise validation(f"cannot list {keys.what}: 'metadata' column can only be used with $match: validation error")
    sql = f"EXISTS (SELECT 1 FROM json_each({keys.metadata}) WHERE key = ? AND value = ? AND type = 'text')"  # noqa: S608 - fixed texts
    return sql, [kept_in_json(found[1]), kept_in_json(value) if isinstance(value, str) else None]


def _number(value: Any, what: str) -> str:
    if isinstance(value, str) and INTEGER.fullmatch(value):
        return sortable(int(value))
    if isinstance(value, bool) or not isinstance(value, int):
        raise validation(f'cannot list {what}: invalid input syntax for type numeric: "{value}": validation error')
    return sortable(value)


def _text(value: Any, key: Key, what: str) -> str:
    text = kept(value) if isinstance(value, str) else encode(value)
    if key.uuid:
        try:
            return parse_uuid(text)
        except ValueError as error:
            message = f'cannot list {what}: invalid input syntax for type uuid: "{text}": validation error'
            raise validation(message) from error
    return text


def _only_member(value: Any, inside: str) -> tuple[str, Any]:
    members = cast("dict[str, Any]", value)
    if not isinstance(value, dict) or len(members) != 1:
        raise validation(f"parsing {inside}: expected single key, found none or more than one")
    return next(iter(members.items()))
