"""Tells which kind of resource an id belongs to, so that a wrong one is refused before anything is sent.

Ids are opaque and sent unchanged. But the ids that the server computes are encoded JSON, whose members differ by kind.
The server would answer a wrong one only with an error that does not say what is wrong.
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
"""Kinds by the members of their ids; some kinds have the same members, and may even have the same id."""


def kind_of(given: str) -> str | None:
    """The kind of resource that an id belongs to; `None` if that is unknown."""
    return UUID if is_uuid(given) else _KINDS.get(frozenset(content_of(given)))
