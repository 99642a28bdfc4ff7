"""How pydantic, and with it FastAPI, reads, writes and describes models. Only pydantic asks for this module."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeAlias, cast, get_args

import attrs
from pydantic_core import ErrorDetails, InitErrorDetails, ValidationError, core_schema
from pydantic_core.core_schema import CoreSchema

from payments_async.wire.members import members_of
from payments_async.wire.shapes import field_types, fields, is_list, is_map, is_model, origin, without_none
from payments_async.wire.times import time_in, time_out

_ATTRIBUTE = re.compile(r"^    (\w+): (.*(?:\n        .*)*)", re.MULTILINE)
"""A field in the docstring of a model."""

_HIDDEN = "<hidden>"
"""What errors quote in place of a value that may be a secret."""

# A text or a fraction is no integer, as for the codec.
_STRICT: dict[Any, CoreSchema] = {
    str: core_schema.str_schema(strict=True),
    int: core_schema.int_schema(strict=True),
    bool: core_schema.bool_schema(strict=True),
    float: core_schema.float_schema(),
}


def core_schema_of(kind: Any, handler: Any) -> CoreSchema:
    """The schema by which pydantic reads and writes a model.

    It reads instances as they are, and objects with the names of the wire. It writes the names of the wire, without
    the members that reprs hide. Errors do not quote these either.

    Args:
        kind: The model, with its type arguments if it is generic.
        handler: What pydantic gives: it makes the schemas of other types.
    """
    visible = [(member.field, member.wire) for member in members_of(kind) if not member.hidden]

    def members(value: object) -> dict[str, Any]:
        return {wire: getattr(value, field) for field, wire in visible}

    def read(value: object, validate: Callable[[object], object]) -> object:
        try:
            return validate(value)
        except ValidationError as error:
            raise _without_secrets(error, {wire for _, wire in visible}) from None

    return core_schema.no_info_wrap_validator_function(
        _instance_or_read(origin(kind), read),
        _as_read(kind, handler),
        ref=_reference(kind),
        serialization=core_schema.plain_serializer_function_ser_schema(
            members, return_schema=_as_written(kind, handler)
        ),
    )


def json_schema_of(model: type, schema: Any, handler: Any, example: dict[str, Any] | None = None) -> dict[str, Any]:
    """The JSON schema of a model.

    Args:
        model: The model.
        schema: The model's core schema.
        handler: What pydantic gives: it makes JSON schemas of core schemas.
        example: The model's example, as plain JSON values by the names of the wire.
    """
    referring = cast("dict[str, Any]", handler(schema))
    described = cast("dict[str, Any]", handler.resolve_ref_schema(referring))
    described |= {"title": model.__name__, **_description(model)}
    if example is not None:
        described["examples"] = [_shown(example, model, handler.mode)]
    return referring


def listed_only(enum: type[StrEnum]) -> CoreSchema:
    """The schema by which pydantic reads an enum: its values as they are, and texts only if they are listed."""
    listed = core_schema.literal_schema([each.value for each in enum])
    told = {"title": enum.__name__, **_description(enum)}
    return core_schema.no_info_wrap_validator_function(
        _instance_or_read(enum),
        core_schema.no_info_after_validator_function(enum, listed),
        serialization=core_schema.plain_serializer_function_ser_schema(
            _text, return_schema=_open(enum), when_used="json"
        ),
        metadata={"pydantic_js_updates": told},
    )


_Read: TypeAlias = Callable[[object, Callable[[object], object]], object]


def _instance_or_read(kind: type, read: _Read = lambda value, validate: validate(value)) -> _Read:
    return lambda value, validate: value if isinstance(value, kind) else read(value, validate)


def _without_secrets(error: ValidationError, visible: AbstractSet[str]) -> ValidationError:
    """The error, quoting only values of visible members. A whole object may have secrets, so it is not quoted."""

    def detail(each: ErrorDetails) -> InitErrorDetails:
        place = each["loc"]
        whole = not place or (each["type"] == "missing" and len(place) == 1)
        quoted = each["input"] if not whole and place[0] in visible else _HIDDEN
        return {"type": each["type"], "loc": place, "input": quoted, "ctx": each.get("ctx", {})}

    return ValidationError.from_exception_data(error.title, [*map(detail, error.errors(include_url=False))])


def _reference(kind: Any) -> str:
    """The name by which pydantic tells types apart, in its own form, from which it makes the names of JSON schemas."""
    plain = origin(kind)
    arguments = ",".join(map(_reference, get_args(kind)))
    return f"{plain.__module__}.{plain.__qualname__}:{id(plain)}{arguments and f'[{arguments}]'}"


def _description(kind: type) -> dict[str, str]:
    text = inspect.cleandoc(kind.__doc__ or "").partition("\n\nAttributes:")[0]
    return {"description": " ".join(text.split())} if text else {}


def _shown(example: Any, kind: Any, mode: str) -> Any:
    """An example without the members that are not written, if it is one of what is written."""
    kind = without_none(kind)
    if is_list(kind):
        return [_shown(each, get_args(kind)[0], mode) for each in example]
    if is_model(kind):
        kinds = {member.wire: member.kind for member in members_of(kind) if not member.hidden or mode == "validation"}
        return {name: _shown(example[name], member, mode) for name, member in kinds.items() if name in example}
    return example


def _as_read(kind: Any, handler: Any) -> CoreSchema:
    model = origin(kind)
    hints, told, rest = (
        field_types(kind),
        _told(kind),
        next((member.field for member in members_of(kind) if member.rest), None),
    )
    required = {field.name for field in fields(kind) if field.default is attrs.NOTHING}
    alias = {field.name: field.alias or field.name for field in fields(kind)}
    declared = {
        member.field: core_schema.typed_dict_field(
            _value(hints[member.field], handler),
            required=member.field in required,
            validation_alias=member.wire,
            metadata=told.get(member.field),
        )
        for member in members_of(kind)
        if not member.rest
    }

    def structure(values: dict[str, Any]) -> object:
        arguments: dict[str, Any] = {alias[name]: value for name, value in values.items() if name in declared}
        if rest is not None:
            arguments[alias[rest]] = {name: value for name, value in values.items() if name not in declared}
        return cast("object", model(**arguments))

    whole = core_schema.typed_dict_schema(declared, extra_behavior="ignore" if rest is None else "allow")
    return core_schema.no_info_after_validator_function(structure, whole)


def _as_written(kind: Any, handler: Any) -> CoreSchema:
    hints, told = field_types(kind), _told(kind)
    return core_schema.typed_dict_schema(
        {
            member.wire: core_schema.typed_dict_field(
                _value(hints[member.field], handler), metadata=told.get(member.field)
            )
            for member in members_of(kind)
            if not member.hidden
        }
    )


def _told(kind: Any) -> dict[str, dict[str, Any]]:
    """The titles of a model's fields, and what its docstring says about them, as pydantic wants it."""
    docstring = inspect.cleandoc(origin(kind).__doc__ or "")
    said = {name: {"description": " ".join(text.split())} for name, text in _ATTRIBUTE.findall(docstring)}
    titles = {member.field: member.field.strip("_").replace("_", " ").capitalize() for member in members_of(kind)}
    return {name: {"pydantic_js_updates": {"title": title, **said.get(name, {})}} for name, title in titles.items()}


def _open(enum: type[StrEnum]) -> CoreSchema:
    """The listed texts, or any other."""
    listed = core_schema.literal_schema([each.value for each in enum])
    return core_schema.union_schema(
        [listed, _STRICT[str]],
        metadata={"pydantic_js_updates": _description(enum)},
    )


def _text(value: StrEnum) -> str:
    return value.value


def _value(kind: Any, handler: Any) -> CoreSchema:
    if (inner := without_none(kind)) is not kind:
        schema: CoreSchema = core_schema.nullable_schema(_value(inner, handler))
    elif is_model(kind):
        schema = handler.generate_schema(kind)
    elif is_list(kind):
        schema = core_schema.list_schema(_value(get_args(kind)[0], handler))
    elif is_map(kind):
        schema = core_schema.dict_schema(_STRICT[str], _value(get_args(kind)[1], handler))
    elif isinstance(kind, type) and issubclass(kind, StrEnum):
        schema = core_schema.no_info_after_validator_function(kind, _open(kind))
    elif kind is datetime:
        schema = core_schema.no_info_before_validator_function(
            _time,
            core_schema.datetime_schema(tz_constraint="aware"),
            serialization=core_schema.plain_serializer_function_ser_schema(time_out, when_used="json"),
        )
    else:
        schema = _STRICT.get(kind) or core_schema.any_schema()
    return schema


def _time(value: object) -> datetime:
    return value if isinstance(value, datetime) else time_in(value)
