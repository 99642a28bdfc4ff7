"""JSON to models and back by plain cattrs: what reads as it should, however slowly, and knows where a mismatch is.

`twins` does the same at speed for what is well-formed, and leaves the rest to this.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Any, cast, get_args

import attrs
from cattrs import ClassValidationError, Converter, IterableValidationError, cols
from cattrs.dispatch import StructureHook, UnstructureHook
from cattrs.errors import AttributeValidationNote, IterableValidationNote
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override
from cattrs.preconf.msgspec import MsgspecJsonConverter, make_converter

from payments_async.wire.jsontext import UNREADABLE, json_value, reader
from payments_async.wire.shapes import fields, is_list, is_map, is_model, origin, rest, wire_name
from payments_async.wire.times import time_out

Hook = Callable[[Any, Any], Any]

_json = reader(Any)


@attrs.frozen
class Mismatch:
    """Where a text is not what it should be.

    Attributes:
        path: A JSON path.
        expected: What should be there; never what came.
    """

    path: str
    expected: str


class _NotAError(TypeError):
    """A value of another type than the model's. Its text is what was expected and never what came."""


class _NoJSON:
    """Replaces a value that is not an instance of its class, because no JSON value can."""


_MISMATCHES = (ClassValidationError, IterableValidationError, _NotAError)


class Plain:
    """Reads and writes models.

    Args:
        time_in: Reads a time; raises `ValueError` for what is none.
    """

    def __init__(self, time_in: Callable[[object], datetime]) -> None:
        self._converter = _converter(time_in)

    def read(self, body: bytes, kind: Any) -> tuple[Mismatch | None, Any]:
        """A value of a type out of JSON text, or where it is none."""
        try:
            value = _json(body)
        except UNREADABLE:
            return Mismatch("$", "JSON"), None
        try:
            return None, self._converter.structure(value, kind)
        except _MISMATCHES as error:
            return Mismatch(*_where(error)), None

    def write(self, body: Any) -> Any:
        """A model as plain JSON values, held to its types: nothing is rounded or coerced on its way out.

        Raises:
            ValueError: a member is not of its type, or has no place in JSON.
        """
        model = body.__class__
        plain = self._converter.unstructure(body)
        try:
            self._converter.structure(plain, model)
        except _MISMATCHES as error:
            path, expected = _where(error, model.__name__)
        else:
            return json_value(plain)
        raise ValueError(f"{path} is not of its type: give {expected}")


def _converter(time_in: Callable[[object], datetime]) -> MsgspecJsonConverter:
    def structure_time(value: Any, _: Any) -> datetime:
        try:
            return time_in(value)
        except ValueError:
            raise _NotAError("RFC 3339 time") from None

    converter = make_converter()
    # By class, where cattrs has hooks of its own that coerce: it looks there before it asks predicates.
    for kind in (str, int, bool):
        converter.register_structure_hook(kind, _exactly(kind))
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
            raise _NotAError(kind.__name__)
        return value

    return structure


def _enum_in(value: Any, kind: type[StrEnum]) -> StrEnum:
    if not isinstance(value, str):
        raise _NotAError(kind.__name__)
    return kind(value)


def _list(kind: Any, converter: Converter) -> StructureHook:
    items = cols.list_structure_factory(kind, converter)

    def structure(value: Any, kind: Any) -> list[Any]:
        if value is None:  # how the server writes an empty list, at times
            return []
        if type(value) is not list:
            raise _NotAError("list")
        return cast(list[Any], items(value, kind))

    return structure


def _map(kind: Any, converter: Converter) -> StructureHook:
    # Not `converter.gen_structure_mapping`, which registers what it makes in place of this hook.
    entries = cast("Any", cols).mapping_structure_factory(kind, converter)

    def structure(value: Any, kind: Any) -> dict[str, Any]:
        if value is None:  # how the server writes an empty map, at times
            return {}
        if type(value) is not dict:
            raise _NotAError("object")
        return cast("dict[str, Any]", entries(value, kind))

    return structure


def _overrides(model: Any) -> dict[str, Any]:
    attrs.resolve_types(origin(model))
    return {field.name: override(rename=wire_name(field), omit="rest" in field.metadata) for field in fields(model)}


def _model_in(model: Any, converter: Converter) -> StructureHook:
    members = make_dict_structure_fn(model, converter, **_overrides(model))
    keeper = rest(model)
    declared = {wire_name(field) for field in fields(model) if field.name != keeper}

    def structure(value: Any, kind: Any) -> Any:
        if type(value) is not dict:
            raise _NotAError("object")
        given = cast("dict[str, Any]", value)
        instance = members(given, kind)
        if keeper is not None:
            setattr(instance, keeper, {name: member for name, member in given.items() if name not in declared})
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
    keeper = rest(model)

    def unstructure(instance: Any) -> Any:
        if not isinstance(instance, origin(model)):
            return _NoJSON
        kept: dict[str, Any] = getattr(instance, keeper) if keeper else {}
        return {**kept, **members(instance)}

    return unstructure


def _where(error: BaseException, path: str = "$", kind: Any = None) -> tuple[str, str]:
    """The JSON path of the first mismatch inside an error of cattrs, and what was expected there."""
    if isinstance(error, ClassValidationError | IterableValidationError):
        inner = error.exceptions[0]
        for note in getattr(inner, "__notes__", ()):
            if isinstance(note, AttributeValidationNote):
                names = {field.name: wire_name(field) for field in fields(error.cl)}
                return _where(inner, f"{path}.{names[note.name]}", note.type)
            if isinstance(note, IterableValidationNote):
                # The keys of maps are the payload's own text.
                return _where(inner, f"{path}[{note.index if isinstance(note.index, int) else '*'}]", note.type)
        return _where(inner, path, kind)
    if isinstance(error, _NotAError):
        return path, str(error)
    return path, getattr(origin(kind), "__name__", str(kind))
