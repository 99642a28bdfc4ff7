"""The query language of lists, checked as the server checks it and turned into SQL.

    expr := {"$and": [expr…]} | {"$or": [expr…]} | {"$not": expr} | {operator: {key: value}}

What the server refuses is a 400. What it passes on and its database refuses is a 500. A 400 comes before any 500.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal, InvalidOperation
from typing import Any, cast

from payments_async.sandbox.collation import Collation, collated
from payments_async.sandbox.enums import PAYMENT_STATUSES, PAYMENT_TYPES
from payments_async.sandbox.store import kept, kept_in_json, sortable
from payments_async.sandbox.wire import RefusedError, encode, internal, validation

Fragment = tuple[str, list[Any]]
"""A condition in SQL, and the values of its placeholders."""


@dataclass(frozen=True)
class Rules:
    """The options that filters depend on.

    Args:
        keyset: whether references of payments can be compared, and not only matched.
        collation: how the database compares texts.
    """

    keyset: bool = True
    collation: Collation = Collation.BYTES


Compiler = Callable[[Any, Rules], Fragment]

EVERYTHING: Fragment = ("1", [])
COMPARISONS = {"$match": "=", "$gt": ">", "$gte": ">=", "$lt": "<", "$lte": "<="}
OPERATORS = {*COMPARISONS, "$exists"}
METADATA = re.compile(r"metadata\[(.+)\]")
NUMERIC = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?\s*", re.ASCII | re.IGNORECASE)
LONGEST_NUMBER = 3_000
"""In characters; Python converts integers of up to 4,300 digits."""
EXACT = Context(prec=20_000)
LARGEST_WHOLE = 10**21
"""From here on, Go writes floats with an exponent."""


def read_expression(value: Any) -> Any:
    """A filter decoded from JSON, with its numbers rounded to 64-bit floats; None for no filter.

    Raises:
        RefusedError: VALIDATION if it is not an expression of the language.
    """
    if value is None or value == {}:
        return None
    _check(value)
    return _as_floats(value)


def _check(expression: Any) -> None:
    operator, operand = _only_member(expression)
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
            _only_member(operand)
        case _:
            raise validation(f"unexpected operator {operator}")


def _as_floats(value: Any) -> Any:
    """Numbers as Go decodes and encodes them: `100.0` becomes `100`, and digits beyond 2**53 are lost."""
    match value:
        case bool():
            return value
        case int() | float():
            number = _float(value)
            return int(number) if number.is_integer() and abs(number) < LARGEST_WHOLE else number
        case [*items]:
            return [_as_floats(each) for each in items]
        case {**members}:
            return {name: _as_floats(each) for name, each in members.items()}
        case _:
            return value


def _float(value: float) -> float:
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if math.isinf(number):
        raise validation(f"json: cannot unmarshal number {value} into Go value of type float64")
    return number


def ignored(_expression: Any, _rules: Rules) -> Fragment:
    """The condition of filters without effect: those of pools, bank accounts and balances."""
    return EVERYTHING


class PaymentFilter:
    """Compiles one filter on payments, with the server's treatment of metadata.

    The server takes metadata conditions out of the tree and applies them to the whole. So `$or` with one of them works
    as `$and`, and a branch of nothing else is empty, which the database refuses.
    """

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._metadata: dict[str, str] = {}
        self._faults: list[str] = []

    @classmethod
    def compile(cls, expression: Any, rules: Rules) -> Fragment:
        """SQL of a checked expression; raises the server's errors."""
        compiler = cls(rules)
        tree = compiler._branch(expression)
        if compiler._faults:
            raise internal(compiler._faults[0])
        return _joined(" AND ", [part for part in (tree, compiler._metadata_row()) if part is not None])

    def _branch(self, expression: Any) -> Fragment | None:
        inside = _without_double_negation(expression)
        operator, operand = _only_member(inside)
        if inside is not expression and self._is_metadata(operator, operand):
            return self._fault("pq: syntax error")
        match operator:
            case "$and" | "$or":
                if not operand:
                    return EVERYTHING
                parts = [part for part in map(self._branch, operand) if part is not None]
                return _joined(_word(operator), parts) if parts else self._fault("pq: syntax error")
            case "$not":
                inner = self._branch(operand)
                return self._fault("pq: syntax error") if inner is None else (f"NOT ({inner[0]})", inner[1])
            case _:
                key, value = _only_member(operand)
                return self._leaf(operator, key, value)

    @staticmethod
    def _is_metadata(operator: str, operand: Any) -> bool:
        """Whether a condition is one on metadata, of which nothing is left in its place."""
        return operator in OPERATORS and METADATA.search(_only_member(operand)[0]) is not None

    def _leaf(self, operator: str, key: str, value: Any) -> Fragment | None:
        match key:
            case "reference":
                if not self._rules.keyset:
                    _only_match(operator, key)
                return self._text(operator, "reference", value)
            case "amount" | "initialAmount":
                return self._number(operator, "amount" if key == "amount" else "initial_amount", value)
            case "type" | "status":
                _only_match(operator, key)
                known = PAYMENT_TYPES if key == "type" else PAYMENT_STATUSES
                if value is not None and value not in known:
                    return self._fault(f"pq: invalid input value for enum payment_{key}")
                return f"{key} = ?", [value]
            case "asset" | "connectorID":
                _only_match(operator, key)
                return self._text(operator, "asset" if key == "asset" else "connector_id", value)
            case _:
                self._metadata_leaf(operator, key, value)
                return None

    def _metadata_leaf(self, operator: str, key: str, value: Any) -> None:
        name = _metadata_key(operator, key)
        if not isinstance(value, str):
            raise validation(f"value of {key} must be a string")
        self._metadata[kept(name)] = kept(value)

    def _metadata_row(self) -> Fragment | None:
        """One row of metadata has to meet all conditions, so two different keys never match."""
        if not self._metadata:
            return None
        pairs, values = _joined(" AND ", [("key = ? AND value = ?", [*pair]) for pair in self._metadata.items()])
        return f"EXISTS (SELECT 1 FROM json_each(payment.metadata) WHERE {pairs})", values  # noqa: S608 - fixed texts

    def _text(self, operator: str, column: str, value: Any) -> Fragment:
        try:
            return _compared(operator, column, value, self._rules.collation)
        except ValueError as error:
            return self._fault(str(error))

    def _number(self, operator: str, column: str, value: Any) -> Fragment:
        sql = COMPARISONS.get(operator)
        if sql is None:
            return self._fault(f'pq: syntax error at "{column}"')
        if value is None:
            return "NULL", []
        try:
            wanted = _decimal(value)
        except (InvalidOperation, ValueError):
            return self._fault("pq: invalid input syntax for type numeric")
        floor = int(wanted.to_integral_value(ROUND_FLOOR, EXACT))
        if wanted == floor:
            return f"{column} {sql} ?", [sortable(floor)]
        if operator == "$match":
            return "0", []
        # For integers, `> 1.5` is the same as `> 1`, and `>= 1.5` the same as `>= 2`.
        up = operator in ("$gte", "$lt")
        return f"{column} {sql} ?", [sortable(int(wanted.to_integral_value(ROUND_CEILING, EXACT)) if up else floor)]

    def _fault(self, message: str) -> Fragment:
        self._faults.append(message)
        return EVERYTHING


def accounts(expression: Any, rules: Rules) -> Fragment:
    """SQL of a checked expression on accounts; metadata conditions combine as others do."""
    faults: list[RefusedError] = []

    def branch(expression: Any) -> Fragment:
        operator, operand = _only_member(_without_double_negation(expression))
        if operator in ("$and", "$or"):
            parts = [branch(part) for part in operand]
            return _joined(_word(operator), parts) if parts else EVERYTHING
        if operator == "$not":
            sql, values = branch(operand)
            return f"NOT ({sql})", values
        key, value = _only_member(operand)
        if key != "reference":
            name = _metadata_key(operator, key)
            # An account without metadata has JSON's null, which contains no pair, so that `$not` finds it.
            found = "EXISTS (SELECT 1 FROM json_each(account.metadata) WHERE key = ? AND value = ? AND type = 'text')"
            return found, [kept_in_json(name), kept_in_json(value) if isinstance(value, str) else None]
        try:
            return _compared(operator, "reference", value, rules.collation)
        except ValueError as error:
            faults.append(internal(str(error)))
            return EVERYTHING

    fragment = branch(expression)
    if faults:
        raise faults[0]
    return fragment


def transfer_initiations(expression: Any, rules: Rules) -> Fragment:
    """SQL of a checked expression on transfer initiations; the server panics on all keys but two."""
    operator, operand = _only_member(_without_double_negation(expression))
    match operator:
        case "$and" | "$or":
            parts = [transfer_initiations(part, rules) for part in operand]
            return _joined(_word(operator), parts) if parts else EVERYTHING
        case "$not":
            sql, values = transfer_initiations(operand, rules)
            return f"NOT ({sql})", values
        case _:
            key, value = _only_member(operand)
            known = key in ("source_account_id", "destination_account_id")
            if operator != "$match" or not known or not isinstance(value, str):
                raise internal()
            return f"{key} = ?", [kept(value)]


def _compared(operator: str, column: str, value: Any, collation: Collation) -> Fragment:
    """SQL that compares a text; ValueError if the database refuses the value."""
    sql = COMPARISONS.get(operator)
    if sql is None:
        raise ValueError(f'pq: syntax error at or near "{column}"')
    if isinstance(value, bool | int | float):
        raise ValueError("pq: operator does not exist: text and number")  # noqa: TRY004 - an answer of the database
    if isinstance(value, list | dict):
        value = encode(value)
    if sql == "=":
        # Under any collation, only the same texts are equal.
        return f"{column} = ?", [value and kept(value)]
    return f"{collated(column, collation)} {sql} {collated('?', collation)}", [value and kept(value)]


def _without_double_negation(expression: Any) -> Any:
    """Remove pairs of `$not`: SQLite takes fewer nested brackets than the server's database."""
    while True:
        match expression:
            case {"$not": {"$not": inner}}:
                expression = inner
            case _:
                return expression


def _only_member(value: Any) -> tuple[str, Any]:
    members = cast("dict[str, Any]", value)
    if not isinstance(value, dict) or len(members) != 1:
        raise validation("expected single key, found none or more than one")
    return next(iter(members.items()))


def _word(operator: str) -> str:
    return " AND " if operator == "$and" else " OR "


def _joined(word: str, parts: list[Fragment]) -> Fragment:
    """The parts, joined as a balanced tree: SQLite limits the depth of an expression, not its size."""
    if len(parts) == 1:
        return parts[0]
    half = len(parts) // 2
    (left, left_values), (right, right_values) = _joined(word, parts[:half]), _joined(word, parts[half:])
    return f"({left}){word}({right})", [*left_values, *right_values]


def _only_match(operator: str, key: str) -> None:
    if operator != "$match":
        raise validation(f"'{key}' column can only be used with $match")


def _metadata_key(operator: str, key: str) -> str:
    found = METADATA.search(key)
    if found is None:
        raise validation(f"unknown key '{key}' when building query")
    _only_match(operator, key)
    return found[1]


def _decimal(value: Any) -> Decimal:
    """The number that reaches the database: a float, or the exact number of a string; ValueError if it is neither."""
    if isinstance(value, str) and len(value) <= LONGEST_NUMBER and NUMERIC.fullmatch(value):
        return Decimal(value.strip())
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("not numeric")  # noqa: TRY004 - one kind of error for strings and others
    return Decimal(repr(value))
