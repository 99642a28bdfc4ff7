"""The list of payments of `client.v3`, answered from memory: the sandbox would take hours to scan a million."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from yarl import URL

from payments_async import Request, Response

EQUAL = 999
"""The amount that equal payments have."""

_NEWEST = datetime(2025, 1, 1, tzinfo=UTC)
_MOST_BY_PARAMETER = 100


class Payments:
    """A transport that filters and pages as the server does.

    Args:
        columns: The values of each column that can be filtered, newest payment first.
    """

    def __init__(self, columns: Mapping[str, Any]) -> None:
        self._columns: dict[str, NDArray[Any]] = {name: np.asarray(values) for name, values in columns.items()}

    @classmethod
    def made(cls, count: int, equal: int) -> Self:
        """So many payments of three connectors, so many of which have one amount and all others one of their own."""
        order = np.random.default_rng(1).permutation(count)
        columns: dict[str, Any] = {
            "initial_amount": np.where(order < equal, EQUAL, 1_000 + order),
            "connector_id": np.array(["a", "b", "c"])[order % 3],
        }
        same = {"type": "PAY-IN", "asset": "EUR/2", "scheme": "other"}
        return cls(columns | {name: np.full(count, value) for name, value in same.items()})

    async def __call__(self, request: Request) -> Response:
        query = URL(request.url).query
        token = _token(query)
        offset, size, terms = token["offset"], token["pageSize"], token["filters"]["qb"]
        places = np.flatnonzero(self._meeting(terms))
        page = places[offset : offset + size]
        more = len(places) > offset + size
        answer: dict[str, Any] = {
            "pageSize": size,
            "hasMore": more,
            "data": [self._payment(int(each)) for each in page],
        }
        if more:
            answer["next"] = urlsafe_b64encode(json.dumps({**token, "offset": offset + size}).encode()).decode()
        body = json.dumps({"cursor": answer}).encode()
        return Response(request=request, status=200, headers={"Content-Type": "application/json"}, body=body)

    def _meeting(self, term: Any) -> NDArray[np.bool_]:
        """Which payments meet a filter."""
        if not term:
            return np.ones(len(self._columns["initial_amount"]), bool)
        ((operator, operand),) = term.items()
        if operator == "$and":
            return reduce(np.logical_and, map(self._meeting, operand))
        if operator == "$not":
            return ~self._meeting(operand)
        ((name, value),) = operand.items()
        compare = {"$match": np.equal, "$lt": np.less, "$gt": np.greater, "$gte": np.greater_equal}[operator]
        met: NDArray[np.bool_] = compare(self._columns[name], value)
        return met

    def _payment(self, place: int) -> dict[str, Any]:
        values = {name: column[place].item() for name, column in self._columns.items()}
        return {
            "id": str(place),
            "connectorID": values["connector_id"],
            "provider": "dummypay",
            "reference": str(place),
            "createdAt": (_NEWEST - timedelta(seconds=place)).isoformat(),
            "type": values["type"],
            "initialAmount": values["initial_amount"],
            "amount": values["initial_amount"],
            "asset": values["asset"],
            "scheme": values["scheme"],
            "status": "SUCCEEDED",
            "metadata": {},
        }


def _token(query: Mapping[str, str]) -> dict[str, Any]:
    """What a cursor says, or the parameters say without one."""
    if cursor := query.get("cursor"):
        token: dict[str, Any] = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return token
    size = min(int(query.get("pageSize", 15)), _MOST_BY_PARAMETER)
    return {"offset": 0, "pageSize": size, "filters": {"qb": json.loads(query.get("query", "null")), "pageSize": size}}
