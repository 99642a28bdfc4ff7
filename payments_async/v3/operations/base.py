"""What the operations of all resources of this API share."""

from __future__ import annotations

from collections.abc import Coroutine, Iterator
from typing import Any, TypeVar, cast

from payments_async.money import parse_asset
from payments_async.operations import base
from payments_async.v3.operations.ids import CONNECTOR, PAYMENT, REFERENCED, UUID, kind_of
from payments_async.wire.call import Call, Page
from payments_async.wire.pages import Pages
from payments_async.wire.shapes import fields, is_model, wire_name

T = TypeVar("T")

_IDS = {
    "accountID": REFERENCED,
    "accountIDs": REFERENCED,
    "attemptID": UUID,
    "bankAccountID": UUID,
    "bankAccountIDs": UUID,
    "connectorID": CONNECTOR,
    "conversionID": REFERENCED,
    "destinationAccountID": REFERENCED,
    "orderID": REFERENCED,
    "paymentID": PAYMENT,
    "paymentInitiationID": REFERENCED,
    "paymentServiceUserID": UUID,
    "poolID": UUID,
    "sourceAccountID": REFERENCED,
    "taskID": REFERENCED,
}
"""The kind of each id, by its name on the wire."""

_ASSETS = {"asset", "defaultAsset"}
"""The wire names of assets in the bodies of requests."""


class Operations(base.Operations):
    """The operations of one resource."""

    __slots__ = ()

    def _run(self, call: Call[T]) -> Coroutine[Any, Any, T]:
        _check(call)
        return super()._run(call)

    def _pages(self, call: Call[Page[T]]) -> Pages[T]:
        _check(call)
        return super()._pages(call)


def _check(call: Call[Any]) -> None:
    """Refuse a call that the server is sure to refuse.

    Raises:
        ValueError: an id belongs to another kind of resource, or an asset has no exponent.
    """
    for part in (*call.ids.items(), ("the request", call.body)):
        for name, text in _texts(*part):
            if name in _IDS and kind_of(text) not in (None, _IDS[name]):
                raise ValueError(f"{name} is {kind_of(text)}: give {_IDS[name]}")
            if name in _ASSETS and text and parse_asset(text).exponent is None:
                raise ValueError(f"{name} is {text!r}: give a currency with its exponent, such as 'USD/2'")


def _texts(name: str, value: object) -> Iterator[tuple[str, str]]:
    """All strings in a value with this name, each with its own name on the wire."""
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, list):
        for each in cast("list[object]", value):
            yield from _texts(name, each)
    elif is_model(type(value)):
        for field in fields(type(value)):
            yield from _texts(wire_name(field), getattr(value, field.name))
