"""Ids as the server computes them: to read them, and to look a resource up before it is known to exist."""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any, cast


def referenced_id(connector_id: str, reference: str, **others: str) -> str:
    """The id of an account or a transfer initiation with this reference on this connector.

    An id is compact JSON with sorted keys, in base64url without padding.

    Args:
        connector_id: The connector.
        reference: The reference.
        others: Further members of the id; that of a payment has a `Type`.

    Raises:
        ValueError: the connector's id is not valid.
    """
    try:
        connector = content_of(connector_id)
        provider, own_reference = connector["Provider"], connector["Reference"]
    except KeyError:
        raise ValueError(f"connector_id is {connector_id!r}: give the id of an installed connector") from None
    parts = {"ConnectorID": {"Provider": provider, "Reference": own_reference}, "Reference": reference} | others
    canonical = json.dumps(parts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return urlsafe_b64encode(_capital_escapes(canonical).encode()).decode().rstrip("=")


def content_of(given: str) -> dict[str, Any]:
    """The members of an id that the server computed; none of any other id."""
    try:
        content: object = json.loads(urlsafe_b64decode(given + "=" * (-len(given) % 4)))
    except (ValueError, RecursionError):
        return {}
    return cast("dict[str, Any]", content) if isinstance(content, dict) else {}


def _capital_escapes(text: str) -> str:
    r"""JSON text with escapes such as `\u001F` instead of `\u001f`, as the server writes control characters."""
    return re.sub(
        r"\\(?:u(?P<hex>[0-9a-f]{4})|.)",
        lambda m: rf"\u{m['hex'].upper()}" if m["hex"] else m[0],
        text,
        flags=re.DOTALL,
    )
