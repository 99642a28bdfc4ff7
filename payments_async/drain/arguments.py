"""What a drain checks before it begins: its filter and its numbers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, cast

from payments_async.drain.resources import Listing
from payments_async.filters import Filter
from payments_async.operations.base import filter_text

_LEAST_RATE = 0.1
_LEAST_PAUSE = 0.01


def terms_of(query: Filter[Any] | Mapping[str, Any] | str | None, listing: Listing) -> tuple[Any, ...]:
    """The conditions in the server's language that a filter combines by "and".

    Raises:
        ValueError: the query is not a filter of this list.
    """
    if query is None:
        return ()
    if not listing.filtered:
        raise ValueError(f"the server does not filter {listing.name}: leave the query out")
    text = filter_text(query, listing.model)
    try:
        expression = json.loads(text or "{}")
    except ValueError as error:
        raise ValueError(f"query is not JSON ({error}): {query!r}") from None
    if not isinstance(expression, dict):
        raise ValueError(f"query is {query!r}: give a JSON object")  # noqa: TRY004  # bad input
    conditions = cast("dict[str, Any]", expression)
    match conditions:
        case {"$and": [*terms], **others} if not others:
            return tuple(terms)
        case _:
            return (conditions,) if conditions else ()


def check_numbers(*, rate: float | None, every: float, slack: timedelta | None, **counts: int) -> None:
    """Refuse numbers that are too small, or are none.

    Raises:
        ValueError: one is; the error names it.
    """
    for name, count in counts.items():
        if not isinstance(cast("object", count), int) or count < 1:
            raise ValueError(f"{name} is {count!r}: give a whole number, 1 or more")
    for name, number, least in (("rate", rate, _LEAST_RATE), ("every", every, _LEAST_PAUSE)):
        if number is None:
            continue
        if not isinstance(cast("object", number), int | float) or not least <= number < float("inf"):
            raise ValueError(f"{name} is {number!r}: give a number, {least} or more")
    if slack is not None and (not isinstance(cast("object", slack), timedelta) or slack < timedelta()):
        raise ValueError(f"slack is {slack!r}: give a timedelta, how late an item may come")
