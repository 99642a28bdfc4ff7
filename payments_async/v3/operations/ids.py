"""Which kind of resource an id is of, so that one of another kind is refused before anything is sent.

Ids are opaque, and sent as they came. But those that the server computes show what they are made of. Where one shows
that it is of another kind than is asked for, the server could only say that it cannot read it or has nothing under it.
"""

from __future__ import annotations

from payments_async.filters.key import is_uuid
from payments_async.operations.ids import content_of

CONNECTOR = "the id of a connector"
REFERENCED = "the id of an account, an order, a conversion, a payment initiation or a task"
PAYMENT = "the id of a payment"
UUID = "a UUID"

_KINDS = {
    frozenset({"Provider", "Reference"}): CONNECTOR,
    frozenset({"ConnectorID", "Reference"}): REFERENCED,
    frozenset({"ConnectorID", "Reference", "Type"}): PAYMENT,
}
"""Kinds by the members of their ids; some kinds have the same, and may even have the same id."""


def kind_of(given: str) -> str | None:
    """What an id shows itself to be; `None` where it does not show."""
    return UUID if is_uuid(given) else _KINDS.get(frozenset(content_of(given)))
