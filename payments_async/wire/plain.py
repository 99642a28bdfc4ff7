"""Slow conversion of JSON to models and back with plain cattrs, which tells where data does not fit.

`twins` does the same faster for well-formed data, and leaves the rest to this module.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, cast, get_args

import attrs
from cattrs import ClassValidationError, Converter
from cattrs.dispatch import StructureHook, UnstructureHook
from cattrs.errors import AttributeValidationNote
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override
from cattrs.preconf.msgspec import MsgspecJsonConverter, make_converter

from payments_async.wire.jsontext import UNREADABLE, integer_by_value, json_value, value_in
from payments_async.wire.shapes import fields, is_list, is_map, is_model, origin, rest_field, wire_name
from payments_async.wire.times import time_out

Hook = Callable[[Any, Any], Any]

_MOST_MADE_DIGITS = 2_000_000
"""The most digits that the exponents of all integers in a text may make: seven characters make 100,000."""


@attrs.frozen
class Mismatch:
    """Where a JSON text does not fit a type.

    Attributes:
        path: A JSON path.
        expected: What should be there; never what was received.
    """

    path: str
    expected: str


class _WrongTypeError(TypeError):
    """A value does not have the model's type. The text of this error names the expected type, never the value."""


class _NoJSON:
    """Replaces a value that is not an instance of its class, because no JSON value can."""


class _ItemError(Exception):
    """An item of a list or a map does not fit.

    Attributes:
        place: Its index or its name.
        error: Why it does not fit.
        kind: The type that it should have.
    """

    def __init__(self, place: object, error: Exception, kind: Any) -> None:
        super().__init__()
        self.place, self.error, self.kind = place, error, kind


_MISMATCHES = (ClassValidationError, _ItemError, _WrongTypeError)


class Plain:
    """Reads and writes models.

    Args:
        time_in: Reads a time; raises `ValueError` if the value is not one.
    """

    def __init__(self, time_in: Callable[[object], datetime]) -> None:
        self._made = _Made()
        self._reading = _converter(time_in, _integers_in(self._made))
        self._writing = _converter(time_in, _exactly(int))

    def read(self, body: bytes, kind: Any) -> tuple[Mismatch | None, Any]:
        """A value of a type read from JSON text, or the place where the text does not fit."""
        try:
            value = value_in(body)
        except (*UNREADABLE, ValueError):
            return Mismatch("$", "JSON"), None
        return self.structure(value, kind)

    def structure(self, value: Any, kind: Any) -> tuple[Mismatch | None, Any]:
        """A value of a type made from plain JSON values, or the place where these do not fit."""
        self._made.digits = 0
        try:
            return None, self._reading.structure(value, kind)
        except _MISMATCHES as error:
            return Mismatch(*_where(error)), None

    def write(self, body: Any) -> Any:
        """A model as plain JSON values. Types are checked; nothing is rounded or coerced.

        Raises:
            ValueError: a member has another type than its field, or JSON cannot represent it.
        """
        model = body.__class__
        plain = self._writing.unstructure(body)
        try:
            self._writing.structure(plain, model)
        except _MISMATCHES as error:
            path, expected = _where(error, model.__name__)
        else:
            return json_value(plain)
        raise ValueError(f"{path} is not of its type: give {expected}")


def _converter(time_in: Callable[[object], datetime], integer_in: Hook) -> MsgspecJsonConverter:
    def structure_time(value: Any, _: Any) -> datetime:
        try:
            return time_in(value)
        except ValueError:
            raise _WrongTypeError("RFC 3339 time") from None

    converter = make_converter()
    # Registered by class, which cattrs looks up before predicates: its own hooks for these classes would coerce.
    for kind in (str, bool):
        converter.register_structure_hook(kind, _exactly(kind))
    converter.register_structure_hook(int, integer_in)
    converter.register_structure_hook(StrEnum, _enum_in)
    converter.register_structure_hook(datetime, structure_time)
    converter.register_structure_hook_factory(is_list, _list)
    converter.register_structure_hook_factory(is_map, _map)
    converter.register_structure_hook_factory(is_model, _model_in)
    converter.register_unstructure_hook(datetime, time_out)
    converter.register_unstructure_hook_factory(is_list, _list_out)
    converter.register_unstructure_hook_factory(is_map, _map_out)
    converter.register_unstructure_hook_factory(is_model, _model_out)
    return converter


def _exactly(kind: type) -> Hook:
    def structure(value: Any, _: Any) -> Any:
        if type(value) is not kind:
            raise _WrongTypeError(kind.__name__)
        return value

    return structure


class _Made(threading.local):
    """How many digits the exponents of integers have made while a text is read."""

    digits = 0


def _integers_in(made: _Made) -> Hook:
    def structure(value: Any, _: Any) -> int:
        try:
            number = integer_by_value(value)
        except ValueError:
            raise _WrongTypeError("int") from None
        if isinstance(value, Decimal):
            made.digits += value.adjusted()
            if made.digits > _MOST_MADE_DIGITS:
                raise _WrongTypeError("int")
        return number

    return structure


def _enum_in(value: Any, kind: type[StrEnum]) -> StrEnum:
    if not isinstance(value, str):
        raise _WrongTypeError(kind.__name__)
    return kind(value)


# The hooks of cattrs for lists and maps collect an error for each item that does not fit. A server could make that take
# minutes.


def _list(kind: Any, converter: Converter) -> StructureHook:
    inner = (*get_args(kind), Any)[0]

    def structure(value: Any, _: Any) -> list[Any]:
        if value is None:  # the server sometimes writes an empty list so
            return []
        if type(value) is not list:
            raise _WrongTypeError("list")
        received = cast("list[Any]", cast("object", value))
        return [*_structured(enumerate(received), inner, converter)]

    return structure


def _map(kind: Any, converter: Converter) -> StructureHook:
    inner = (*get_args(kind), Any, Any)[1]

    def structure(value: Any, _: Any) -> dict[str, Any]:
        if value is None:  # the server sometimes writes an empty map so
            return {}
        if type(value) is not dict:
            raise _WrongTypeError("object")
        entries = cast("dict[str, Any]", value)
        return dict(zip(entries, _structured(entries.items(), inner, converter), strict=True))

    return structure


def _structured(items: Iterable[tuple[object, Any]], kind: Any, converter: Converter) -> Iterator[Any]:
    """The items, converted to a type, up to the first that does not fit."""
    for place, item in items:
        try:
            yield converter.structure(item, kind)
        except Exception as error:  # noqa: BLE001  # as cattrs does
            raise _ItemError(place, error, kind) from None


def _overrides(model: Any) -> dict[str, Any]:
    attrs.resolve_types(origin(model))
    return {field.name: override(rename=wire_name(field), omit="rest" in field.metadata) for field in fields(model)}


def _model_in(model: Any, converter: Converter) -> StructureHook:
    members = make_dict_structure_fn(model, converter, **_overrides(model))
    rest_name = rest_field(model)
    declared = {wire_name(field) for field in fields(model) if field.name != rest_name}

    def structure(value: Any, kind: Any) -> Any:
        if type(value) is not dict:
            raise _WrongTypeError("object")
        received = cast("dict[str, Any]", value)
        instance = members(received, kind)
        if rest_name is not None:
            setattr(instance, rest_name, {name: member for name, member in received.items() if name not in declared})
        return instance

    return structure


# These hooks never fail: a value of a wrong type stays as it is, or becomes one that JSON cannot contain. `write` then
# reads the result back, and the error of reading says where the value is.


def _list_out(kind: Any, converter: Converter) -> UnstructureHook:
    inner = (*get_args(kind), Any)[0]

    def unstructure(value: Any) -> Any:
        if type(value) is not list:
            return value
        return [converter.unstructure(item, unstructure_as=inner) for item in cast("list[object]", value)]

    return unstructure


def _map_out(kind: Any, converter: Converter) -> UnstructureHook:
    inner = (*get_args(kind), Any, Any)[1]

    def unstructure(value: Any) -> Any:
        if type(value) is not dict:
            return value
        entries = cast("dict[object, object]", value)
        return {name: converter.unstructure(entry, unstructure_as=inner) for name, entry in entries.items()}

    return unstructure


def _model_out(model: Any, converter: Converter) -> UnstructureHook:
    members = make_dict_unstructure_fn(model, converter, _cattrs_omit_if_default=True, **_overrides(model))
    rest_name = rest_field(model)

    def unstructure(instance: Any) -> Any:
        if not isinstance(instance, origin(model)):
            return _NoJSON
        kept: dict[str, Any] = getattr(instance, rest_name) if rest_name else {}
        return {**kept, **members(instance)}

    return unstructure


def _where(error: BaseException, path: str = "$", kind: Any = None) -> tuple[str, str]:
    """The JSON path of the first mismatch inside an error of cattrs, and what was expected there."""
    if isinstance(error, _ItemError):
        # Keys of maps are not shown: they are received data.
        place = error.place if isinstance(error.place, int) else "*"
        return _where(error.error, f"{path}[{place}]", error.kind)
    if isinstance(error, ClassValidationError):
        inner = error.exceptions[0]
        for note in getattr(inner, "__notes__", ()):
            if isinstance(note, AttributeValidationNote):
                names = {field.name: wire_name(field) for field in fields(error.cl)}
                return _where(inner, f"{path}.{names[note.name]}", note.type)
        return _where(inner, path, kind)
    if isinstance(error, _WrongTypeError):
        return path, str(error)
    return path, getattr(origin(kind), "__name__", str(kind))
