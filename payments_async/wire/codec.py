"""Call -> Request and Response -> models, by cattrs over msgspec's JSON."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, Generic, TypeVar, cast, get_origin
from urllib.parse import quote, urlencode

import attrs
import msgspec
from cattrs import ClassValidationError, Converter, IterableValidationError, cols
from cattrs.dispatch import StructureHook, UnstructureHook
from cattrs.errors import AttributeValidationNote, IterableValidationNote
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override
from cattrs.preconf.msgspec import MsgspecJsonConverter, make_converter

from payments_async.wire.call import Call, Page, QueryValue, Request, Response
from payments_async.wire.errors import DecodeError, ProtocolError

T = TypeVar("T")

Hook = Callable[[Any, Any], Any]


class _MismatchError(TypeError):
    """A value of another type than the model's. Its text is what was expected and never what came."""


def _exactly(kind: type) -> Hook:
    def structure(value: Any, _: Any) -> Any:
        if type(value) is not kind:
            raise _MismatchError(kind.__name__)
        return value

    return structure


_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:[0-5]\d)", re.ASCII)


def _time_in(value: Any, _: Any) -> datetime:
    # fromisoformat alone would take more than RFC 3339; it cuts what is finer than microseconds, as it should.
    if type(value) is str and _RFC_3339.fullmatch(value):
        try:
            return datetime.fromisoformat(value.upper())
        except ValueError:
            pass
    raise _MismatchError("RFC 3339 time")


def time_out(value: datetime) -> str:
    """A time in RFC 3339, in its own offset, or in UTC if that offset has seconds.

    Raises:
        ValueError: it has no time zone, or is no time.
    """
    if not isinstance(cast("object", value), datetime):
        raise ValueError(f"a time is a {type(value).__name__}: give an aware datetime")  # noqa: TRY004  # bad input
    offset = value.utcoffset()
    if offset is None:
        raise ValueError(
            f"the time {value.isoformat()} has no time zone: give an aware datetime, e.g. datetime.now(UTC)"
        )
    if offset.total_seconds() % 60:
        try:
            value = value.astimezone(UTC)
        except OverflowError:
            raise ValueError(f"the time {value.isoformat()} is before the year 1 in UTC") from None
    return value.isoformat().replace("+00:00", "Z")


def _enum_in(value: Any, kind: type[StrEnum]) -> StrEnum:
    if not isinstance(value, str):
        raise _MismatchError(kind.__name__)
    return kind(value)


def _list(kind: Any, converter: Converter) -> StructureHook:
    items = cols.list_structure_factory(kind, converter)

    def structure(value: Any, kind: Any) -> list[Any]:
        if value is None:  # how the server writes an empty list, at times
            return []
        if type(value) is not list:
            raise _MismatchError("list")
        return cast(list[Any], items(value, kind))

    return structure


def _map(kind: Any, converter: Converter) -> StructureHook:
    # Not `converter.gen_structure_mapping`, which registers what it makes in place of this hook.
    entries = cast("Any", cols).mapping_structure_factory(kind, converter)

    def structure(value: Any, kind: Any) -> dict[str, Any]:
        if value is None:  # how the server writes an empty map, at times
            return {}
        if type(value) is not dict:
            raise _MismatchError("object")
        return cast("dict[str, Any]", entries(value, kind))

    return structure


def _origin(kind: Any) -> Any:
    """`list` of `list[int]`, `Page` of `Page[Payment]`; a plain class as it is."""
    return get_origin(kind) or kind


def _is_list(kind: Any) -> bool:
    return _origin(kind) is list


def _is_map(kind: Any) -> bool:
    return _origin(kind) is dict


def _is_model(kind: Any) -> bool:
    return attrs.has(_origin(kind))


def _fields(model: Any) -> tuple[attrs.Attribute[Any], ...]:
    return tuple(attrs.fields(_origin(model)))


def _wire_name(field: attrs.Attribute[Any]) -> str:
    return cast(str, field.metadata.get("wire", field.name))


def _rest(model: Any) -> str | None:
    """The name of the field that keeps the members the model does not declare, if it has one."""
    return next((field.name for field in _fields(model) if "rest" in field.metadata), None)


def _overrides(model: Any) -> dict[str, Any]:
    attrs.resolve_types(_origin(model))
    return {field.name: override(rename=_wire_name(field), omit="rest" in field.metadata) for field in _fields(model)}


def _model_in(model: Any, converter: Converter) -> StructureHook:
    members = make_dict_structure_fn(model, converter, **_overrides(model))
    rest = _rest(model)
    declared = {_wire_name(field) for field in _fields(model) if field.name != rest}

    def structure(value: Any, kind: Any) -> Any:
        if type(value) is not dict:
            raise _MismatchError("object")
        given = cast("dict[str, Any]", value)
        instance = members(given, kind)
        if rest is not None:
            setattr(instance, rest, {name: member for name, member in given.items() if name not in declared})
        return instance

    return structure


def _model_out(model: Any, converter: Converter) -> UnstructureHook:
    members = make_dict_unstructure_fn(model, converter, _cattrs_omit_if_default=True, **_overrides(model))
    rest = _rest(model)
    if rest is None:
        return members
    return lambda instance: {**getattr(instance, rest), **members(instance)}


def _make_converter() -> MsgspecJsonConverter:
    converter = make_converter()
    # By class, where cattrs has hooks of its own that coerce: it looks there before it asks predicates.
    for kind in (str, int, bool):
        converter.register_structure_hook(kind, _exactly(kind))
    converter.register_structure_hook(StrEnum, _enum_in)
    converter.register_structure_hook(datetime, _time_in)
    converter.register_structure_hook_factory(_is_list, _list)
    converter.register_structure_hook_factory(_is_map, _map)
    converter.register_structure_hook_factory(_is_model, _model_in)
    converter.register_unstructure_hook(datetime, time_out)
    converter.register_unstructure_hook_factory(_is_model, _model_out)
    return converter


_converter = _make_converter()


def _number(digits: str) -> float | Decimal:
    """A JSON number with a fraction or an exponent, as a float if a float shows the same digits."""
    number, exact = float(digits), Decimal(digits)
    return number if math.isfinite(number) and Decimal(repr(number)) == exact else exact


_decoder = msgspec.json.Decoder(float_hook=_number)
_encoder = msgspec.json.Encoder(decimal_format="number")


def _where(error: BaseException, path: str = "$", kind: Any = None) -> tuple[str, str]:
    """The JSON path of the first mismatch inside an error of cattrs, and what was expected there."""
    if isinstance(error, ClassValidationError | IterableValidationError):
        inner = error.exceptions[0]
        for note in getattr(inner, "__notes__", ()):
            if isinstance(note, AttributeValidationNote):
                names = {field.name: _wire_name(field) for field in _fields(error.cl)}
                return _where(inner, f"{path}.{names[note.name]}", note.type)
            if isinstance(note, IterableValidationNote):
                # The keys of maps are the payload's own text.
                return _where(inner, f"{path}[{note.index if isinstance(note.index, int) else '*'}]", note.type)
        return _where(inner, path, kind)
    if isinstance(error, _MismatchError):
        return path, str(error)
    return path, getattr(_origin(kind), "__name__", str(kind))


def _structure(response: Response, kind: Any) -> Any:
    operation = response.request.operation
    media_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if media_type != "application/json" and not media_type.endswith("+json"):
        raise ProtocolError(
            f"the server answered {response.status} with {media_type[:80] or 'no content type'} instead of JSON; "
            "check the client's base_url and api_path",
            operation=operation,
        )
    try:
        return _converter.structure(_decoder.decode(response.body), kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, InvalidOperation):
        path, expected = "$", "JSON"
    except (ClassValidationError, IterableValidationError, _MismatchError) as error:
        path, expected = _where(error)
    # Raised out of the handlers, so that it carries no context: cattrs's errors quote what came.
    raise DecodeError(
        f"the answer has no {expected} at {path}; the server may be of a version that this package does not know",
        operation=operation,
        path=path,
        expected=expected,
    )


@attrs.frozen
class _Data(Generic[T]):
    """The envelope around one value."""

    data: T


@attrs.frozen
class _Cursor(Generic[T]):
    """The envelope around one page of a list."""

    cursor: Page[T]


def one(kind: type[T]) -> Callable[[Response], T]:
    """Reads `{"data": …}`."""
    envelope = cast(Any, _Data)[kind]
    return lambda response: cast(T, _structure(response, envelope).data)


def page_of(kind: type[T]) -> Callable[[Response], Page[T]]:
    """Reads `{"cursor": …}`, one page of a list."""
    envelope = cast(Any, _Cursor)[kind]
    return lambda response: cast(Page[T], _structure(response, envelope).cursor)


def bare(kind: type[T]) -> Callable[[Response], T]:
    """Reads a value without an envelope."""
    return lambda response: cast(T, _structure(response, kind))


def nothing(response: Response) -> None:
    """Reads an answer that has nothing to say; refuses one that is not the API's, such as a portal's page."""
    if response.status != 204 and response.body:
        _structure(response, Any)


def anything(response: Response) -> Any:
    """Reads plain JSON values; `None` where there is no body."""
    return _structure(response, Any) if response.body else None


class Encoded(str):
    """A piece of a path that is percent-encoded already."""

    __slots__ = ()


def _segment(name: str, value: object) -> str:
    if isinstance(value, Encoded):
        return value
    if not isinstance(value, str):
        raise TypeError(f"{name} is a {type(value).__name__}: give a string")
    if value in {"", ".", ".."}:
        raise ValueError(f"{name} is {value!r}, which would lead to another route: give the resource's id")
    return quote(value, safe="")


def _query_text(name: str, value: str | int | datetime) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case datetime():
            return time_out(value)
        case "":
            raise ValueError(f"the query parameter {name} is empty: leave it out instead")
        case str():
            return str.__str__(value)  # the text of a member of any enum of texts, not its name
        case _:
            return str(value)


def _query(query: Mapping[str, QueryValue]) -> str:
    pairs: list[tuple[str, str]] = []
    for name, value in query.items():
        if value is None:
            continue
        values = [value] if isinstance(value, (str, int, datetime)) else value
        pairs += [(name, _query_text(name, each)) for each in values]
    # A plus sign must arrive as one, not as a space, so spaces and pluses are both percent-encoded.
    return "?" + urlencode(pairs, quote_via=quote, safe="") if pairs else ""


def _json_value(value: Any) -> Any:
    """A value out of JSON's own types, times in RFC 3339; refuses what has no place in JSON."""
    match value:
        case None | str() | int():
            return value
        case float() if math.isfinite(value):
            return value
        case Decimal() if value.is_finite():
            return value
        case datetime():
            return time_out(value)
        case list() | tuple():
            return [_json_value(each) for each in cast("list[Any]", value)]
        case Mapping():
            members: list[tuple[Any, Any]] = [*value.items()]
            if not all(isinstance(name, str) for name, _ in members):
                raise ValueError("an object's member has a name that is no text: JSON has only texts")
            return {name: _json_value(member) for name, member in members}
        case _:
            what = "a number that is not finite" if isinstance(value, float | Decimal) else f"a {type(value).__name__}"
            raise ValueError(f"{what} has no place in JSON")


def _plain(body: Any) -> Any:
    """A body as plain JSON values, its models held to their types: nothing is rounded or coerced on its way out."""
    if not _is_model(model := body.__class__):
        return _json_value(body)
    plain = _converter.unstructure(body)
    try:
        _converter.structure(plain, model)
    except (ClassValidationError, IterableValidationError, _MismatchError) as error:
        path, expected = _where(error, model.__name__)
    else:
        return _json_value(plain)
    raise ValueError(f"{path} is not of its type: give {expected}")


def _secrets(body: Any) -> tuple[str, ...]:
    """The texts of a model that its repr hides."""
    if not _is_model(body.__class__):
        return ()
    hidden = (getattr(body, field.name) for field in _fields(body.__class__) if not field.repr)
    return tuple(value for value in hidden if isinstance(value, str) and value)


def json_text(value: Any) -> str:
    """A value as compact JSON text."""
    return _encoder.encode(_json_value(value)).decode()


def encode(call: Call[Any], *, base: str, headers: Mapping[str, str], deadline: float) -> Request:
    """The request that a call stands for.

    Args:
        call: The operation with its arguments.
        base: The API's URL without a slash at its end.
        headers: Sent with every request.
        deadline: When the call must have ended, on the running loop's clock.

    Raises:
        ValueError, TypeError: an argument that the server would misunderstand; nothing is sent.
    """
    path = call.path.format_map({name: _segment(name, value) for name, value in call.ids.items()})
    sent: dict[str, str] = {"Accept": "application/json", **headers}
    body: bytes | None = None
    reference: object = None
    secrets: tuple[str, ...] = ()
    if call.body is not None:
        secrets = _secrets(call.body)
        plain = _plain(call.body)
        body = _encoder.encode(plain)
        sent["Content-Type"] = "application/json"
        if isinstance(plain, dict):
            reference = cast(dict[str, object], plain).get("reference")
    return Request(
        operation=call.operation,
        method=call.method,
        path=call.path,
        url=f"{base}{path}{_query(call.query)}",
        headers=sent,
        body=body,
        deadline=deadline,
        idempotent=call.idempotent,
        reference=reference if isinstance(reference, str) else None,
        secrets=secrets,
    )
