"""The query language of lists, checked as the server checks it and turned into SQL.

    expr := {"$and": [expr…]} | {"$or": [expr…]} | {"$not": expr} | {operator: {key: value}}

What the server notices itself is a 400; what it passes on and the database refuses is a 500. A 400 anywhere wins.
"""

import math
import re
from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal, InvalidOperation
from typing import Any, cast

from payments_async.sandbox.store import sortable
from payments_async.sandbox.wire import RefusedError, internal, validation

Fragment = tuple[str, list[Any]]
"""SQL that is true or false, and the values of its marks."""
Compiler = Callable[[Any], Fragment]

EVERYTHING: Fragment = ("1", [])
COMPARISONS = {"$match": "=", "$gt": ">", "$gte": ">=", "$lt": "<", "$lte": "<="}
OPERATORS = {*COMPARISONS, "$exists"}
PAYMENT_TYPES = ("PAY-IN", "PAYOUT", "TRANSFER", "OTHER")
PAYMENT_STATUSES = [
    "PENDING",
    "SUCCEEDED",
    "CANCELLED",
    "FAILED",
    "EXPIRED",
    "REFUNDED",
    "REFUNDED_FAILURE",
    "DISPUTE",
    "DISPUTE_WON",
    "DISPUTE_LOST",
    "OTHER",
]
METADATA = re.compile(r"metadata\[(.+)\]")
NUMERIC = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,4})?\s*", re.ASCII | re.IGNORECASE)
EXACT = Context(prec=20_000)


def check(expression: Any) -> None:
    """Refuse what is not an expression of the language."""
    operator, operand = _only_member(expression)
    match operator:
        case "$and" | "$or":
            parts = cast("list[Any]", operand)
            if not isinstance(operand, list):
                raise validation(f"query: {operator} expects an array")
            for part in parts:
                check(part)
        case "$not":
            check(operand)
        case _ if operator in OPERATORS:
            _only_member(operand)
        case _:
            raise validation(f"query: unknown operator {operator}")


def ignored(_expression: Any) -> Fragment:
    """Filters of pools, bank accounts and balances have no effect."""
    return EVERYTHING


class PaymentFilter:
    """Compiles one filter on payments, with the server's ways of treating metadata.

    Metadata conditions leave the tree and apply to the whole, so `$or` with one of them behaves as `$and`, and a branch
    made of nothing else is empty, which the database refuses.

    Args:
        keyset: whether references are compared, and not only matched.
    """

    def __init__(self, *, keyset: bool) -> None:
        self._keyset = keyset
        self._metadata: list[tuple[str, str]] = []
        self._faults: list[str] = []

    @classmethod
    def compile(cls, expression: Any, *, keyset: bool = True) -> Fragment:
        """SQL for a checked expression; errors as the server has them."""
        compiler = cls(keyset=keyset)
        tree = compiler._branch(expression)
        if compiler._faults:
            raise internal(compiler._faults[0])
        return _joined(" AND ", [part for part in (tree, compiler._metadata_row()) if part is not None])

    def _branch(self, expression: Any) -> Fragment | None:
        operator, operand = _only_member(expression)
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

    def _leaf(self, operator: str, key: str, value: Any) -> Fragment | None:
        match key:
            case "reference":
                if not self._keyset:
                    _only_match(operator, key)
                return self._text(operator, "reference", value)
            case "amount" | "initialAmount":
                return self._number(operator, "amount" if key == "amount" else "initial_amount", value)
            case "type" | "status":
                _only_match(operator, key)
                known = PAYMENT_TYPES if key == "type" else PAYMENT_STATUSES
                if value is not None and value not in known:
                    return self._fault(f"pq: invalid input value for enum: {value!r}")
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
        self._metadata.append((name, value))

    def _metadata_row(self) -> Fragment | None:
        """One joined row has to satisfy all metadata conditions, so two different keys never match."""
        if not self._metadata:
            return None
        pairs = " AND ".join(["key = ? AND value = ?"] * len(self._metadata))
        values = [text for pair in self._metadata for text in pair]
        return f"EXISTS (SELECT 1 FROM json_each(payment.metadata) WHERE {pairs})", values  # noqa: S608 - fixed texts

    def _text(self, operator: str, column: str, value: Any) -> Fragment:
        sql = COMPARISONS.get(operator)
        if sql is None:
            return self._fault(f'pq: syntax error at "{column}"')
        if value is not None and not isinstance(value, str):
            return self._fault("pq: operator does not exist")
        return f"{column} {sql} ?", [_without_nul(value)]

    def _number(self, operator: str, column: str, value: Any) -> Fragment:
        sql = COMPARISONS.get(operator)
        if sql is None:
            return self._fault(f'pq: syntax error at "{column}"')
        if value is None:
            return "NULL", []
        try:
            wanted = _decimal(value)
        except (InvalidOperation, ValueError):
            return self._fault(f"pq: invalid input syntax for type numeric: {value!r}")
        floor = int(wanted.to_integral_value(ROUND_FLOOR, EXACT))
        if wanted == floor:
            return f"{column} {sql} ?", [sortable(floor)]
        if operator == "$match":
            return "0", []
        # Between two integers, `> 1.5` and `> 1` say the same, as do `>= 1.5` and `>= 2`.
        up = operator in ("$gte", "$lt")
        return f"{column} {sql} ?", [sortable(int(wanted.to_integral_value(ROUND_CEILING, EXACT)) if up else floor)]

    def _fault(self, message: str) -> Fragment:
        self._faults.append(message)
        return EVERYTHING


def accounts(expression: Any) -> Fragment:
    """SQL for a checked expression on accounts; metadata conditions compose as all others do."""
    faults: list[RefusedError] = []

    def branch(expression: Any) -> Fragment:
        operator, operand = _only_member(expression)
        if operator in ("$and", "$or"):
            parts = [branch(part) for part in operand]
            return _joined(_word(operator), parts) if parts else EVERYTHING
        if operator == "$not":
            sql, values = branch(operand)
            return f"NOT ({sql})", values
        key, value = _only_member(operand)
        if key != "reference":
            name = _metadata_key(operator, key)
            # An account without metadata has JSON's null, which contains no pair: `$not` finds it.
            found = "EXISTS (SELECT 1 FROM json_each(account.metadata) WHERE key = ? AND value = ? AND type = 'text')"
            return found, [name, value if isinstance(value, str) else None]
        sql = COMPARISONS.get(operator, "")
        if not sql or not (value is None or isinstance(value, str)):
            faults.append(internal('pq: operator does not exist or syntax error at "reference"'))
        return f"reference {sql or '='} ?", [_without_nul(value) if isinstance(value, str) else None]

    fragment = branch(expression)
    if faults:
        raise faults[0]
    return fragment


def transfer_initiations(expression: Any) -> Fragment:
    """SQL for a checked expression on transfer initiations; the server panics over all but its two keys."""
    operator, operand = _only_member(expression)
    match operator:
        case "$and" | "$or":
            parts = [transfer_initiations(part) for part in operand]
            return _joined(_word(operator), parts) if parts else EVERYTHING
        case "$not":
            sql, values = transfer_initiations(operand)
            return f"NOT ({sql})", values
        case _:
            key, value = _only_member(operand)
            known = key in ("source_account_id", "destination_account_id")
            if operator != "$match" or not known or not isinstance(value, str):
                raise internal()
            return f"{key} = ?", [value]


def _only_member(value: Any) -> tuple[str, Any]:
    members = cast("dict[str, Any]", value)
    if not isinstance(value, dict) or len(members) != 1:
        raise validation("query: expected a JSON object with exactly one key")
    return next(iter(members.items()))


def _without_nul(value: str | None) -> str | None:
    """A text as it reaches the database: the server leaves NUL characters out when it writes SQL."""
    return value and value.replace("\0", "")


def _word(operator: str) -> str:
    return " AND " if operator == "$and" else " OR "


def _joined(word: str, parts: list[Fragment]) -> Fragment:
    return word.join(f"({sql})" for sql, _ in parts), [value for _, values in parts for value in values]


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
    """The number that reaches the database: JSON numbers have passed through a 64-bit float, strings are exact."""
    if isinstance(value, str) and NUMERIC.fullmatch(value):
        return Decimal(value.strip())
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("not numeric")  # noqa: TRY004 - one kind of error for strings and others
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if math.isinf(number):
        raise validation(f"json: cannot unmarshal number {value} into Go value of type float64")
    return Decimal(repr(number))
