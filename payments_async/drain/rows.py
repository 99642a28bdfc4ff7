"""Models as flat rows: plain values by the names that the models' fields have in Python."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import Enum
from typing import Any, cast

import attrs


def plain(model: Any) -> dict[str, Any]:
    """A model as a row: enums as text, times as text in RFC 3339 and UTC, integers exact, models inside as rows."""
    return {field.name: _value(getattr(model, field.name)) for field in attrs.fields(cast("Any", type(model)))}


def _value(value: Any) -> Any:
    kind = type(cast("object", value))
    if issubclass(kind, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    if issubclass(kind, Enum):
        return value.value
    if issubclass(kind, list):
        return [_value(each) for each in value]
    if issubclass(kind, dict):
        return {name: _value(each) for name, each in value.items()}
    return plain(value) if attrs.has(kind) else value
