"""Fast conversion of JSON to models and back: each model has a private msgspec twin, and code that copies the fields.

The twin of a model is a `msgspec.Struct` with the same members, which msgspec fills in C. The code that copies is
generated once per model, as attrs generates an `__init__`. Data that does not fit the model exactly is refused without
a reason; `plain` then either accepts it or finds the reason.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from functools import cache
from itertools import repeat, starmap
from threading import Lock
from typing import Any, TypeAlias, cast, get_args

import attrs
import msgspec

from payments_async.wire.jsontext import FEW_BITS, json_value, reader
from payments_async.wire.shapes import (
    default,
    field_types,
    fields,
    is_list,
    is_map,
    is_model,
    origin,
    rest_field,
    wire_name,
    without_none,
)
from payments_async.wire.times import time_out

_Code: TypeAlias = Callable[[str], str]
"""Turns the Python code of a value that msgspec has read into the Python code of the model's value."""

_AS_READ: _Code = str
_SCALARS = (str, int, bool)


class _NoTwinError(Exception):
    """Only `plain` can handle this type."""


@attrs.frozen(kw_only=True)
class _Twin:
    """The twin of a model, and the names of the functions that turn one twin, or a list of them, into models."""

    struct: type[msgspec.Struct]
    make: str
    make_all: str


class Twins:
    """Creates functions that read models from JSON text.

    Args:
        time: The type that msgspec reads a time as.
        time_in: Turns such a value into a datetime; `None` if msgspec has done so.
    """

    def __init__(self, time: Any, time_in: Callable[[Any], datetime] | None) -> None:
        self._time = time
        self._scope: dict[str, Any] = {"new": object.__new__, "repeat": repeat, "starmap": starmap, "time_in": time_in}
        self._made: dict[Any, _Twin] = {}
        self._started = set[Any]()
        self._lock = Lock()

    def reader(self, kind: Any) -> Callable[[bytes], Any] | None:
        """A function that reads a type from JSON text; it raises one of `jsontext.UNREADABLE` or `ValueError`.

        `None` for a type that has no twin, such as a model that keeps members which it does not declare.
        """
        # msgspec must not create a decoder for a twin while another thread does.
        with self._lock:
            try:
                wire, code = self._resolve(kind)
            except _NoTwinError:
                return None
            read = reader(wire)
        make = _function("value", [f"return {code('value')}"], self._scope)

        def read_twins(body: bytes) -> Any:
            # JSON must be UTF-8, and msgspec does not check the texts that it skips.
            if not body.isascii():
                body.decode()
            return make(read(body))

        return read_twins

    def _resolve(self, kind: Any) -> tuple[Any, _Code]:
        """The type that msgspec reads, and the code that turns its value into one of this type."""
        if (inner := without_none(kind)) is not kind:
            wire, code = self._resolve(inner)
            return wire | None, code if code is _AS_READ else lambda read: f"(None if {read} is None else {code(read)})"
        if is_model(kind):
            twin = self._twin(kind)
            return twin.struct, lambda read: f"{twin.make}({read})"
        if is_list(kind) or is_map(kind):
            return self._collection(kind)
        if kind is datetime:
            return self._time, _AS_READ if self._scope["time_in"] is None else lambda read: f"time_in({read})"
        if kind is Any or kind in _SCALARS or _is_enum(kind):
            return kind, _AS_READ
        raise _NoTwinError

    def _collection(self, kind: Any) -> tuple[Any, _Code]:
        arguments = get_args(kind)
        wire, code = self._resolve(arguments[-1])
        # The server sometimes writes an empty list or map as null.
        wire = origin(kind)[*arguments[:-1], wire] | None

        def collected(read: str) -> str:
            empty = "{}" if is_map(kind) else "[]"
            if code is _AS_READ:
                return f"({empty} if {read} is None else {read})"
            if is_map(kind):
                made = f"{{name: {code('item')} for name, item in {read}.items()}}"
            elif is_model(arguments[-1]):
                made = f"{self._twin(arguments[-1]).make_all}({read})"
            else:
                made = f"[{code('item')} for item in {read}]"
            return f"({made} if {read} else {empty})"

        return wire, collected

    def _twin(self, model: Any) -> _Twin:
        if model in self._made:
            return self._made[model]
        # Only `plain` handles models that keep undeclared members or contain themselves.
        if rest_field(model) is not None or model in self._started:
            raise _NoTwinError
        self._started.add(model)
        hints = field_types(model)
        members: list[Any] = []
        codes: dict[str, str] = {}
        for field in fields(model):
            wire, code = self._resolve(hints[field.name])
            default_value = default(field)
            # An empty list or map is null in the twin, so that each model gets a new one.
            optional = [] if default_value is attrs.NOTHING else [None if default_value in ([], {}) else default_value]
            if isinstance(default_value, list | dict) and default_value:
                raise _NoTwinError
            members.append((field.name, wire, *optional))
            codes[field.name] = code(f"twin.{field.name}")
        kind = origin(model)
        name = f"{kind.__name__}_{len(self._started)}"
        if kind.__setattr__ is object.__setattr__ and not hasattr(kind, "__attrs_post_init__"):
            copying = [f"model.{each} = {code}" for each, code in codes.items()]
            one = [f"model = new({name})", *copying]
            # A page has a hundred: to create all of them in one call takes less than a call for each.
            many = [
                f"models = list(starmap(new, repeat(({name},), len(twins))))",
                "for model, twin in zip(models, twins):",
                *(f"    {line}" for line in copying),
            ]
        else:  # frozen, or with an `__init__` or hook of its own
            alias_of = {field.name: field.alias for field in fields(model)}
            one = [f"model = {name}({', '.join(f'{alias_of[each]}={code}' for each, code in codes.items())})"]
            many = ["models = []", "for twin in twins:", *(f"    {line}" for line in one), "    models.append(model)"]
        rename = {field.name: wire_name(field) for field in fields(model)}
        twin = _Twin(
            struct=msgspec.defstruct(f"{name}_twin", members, rename=rename, kw_only=True, gc=False),
            make=f"make_{name}",
            make_all=f"make_all_{name}",
        )
        self._scope[name] = kind
        # Defaults make local names of them, which are read faster.
        local = f"new=new, {name}={name}"
        self._scope |= {
            twin.make: _function(f"twin, {local}", [*one, "return model"], self._scope),
            twin.make_all: _function(f"twins, {local}", [*many, "return models"], self._scope),
        }
        self._made[model] = twin
        return twin


@cache
def writer(model: type) -> Callable[[Any], dict[str, Any]] | None:
    """A function that turns a model into plain JSON values; it raises `ValueError` if a member's type is not exact.

    `None` for a model that only `plain` can write.
    """
    scope: dict[str, Any] = {"datetime": datetime, "time_out": time_out, "json_value": json_value}
    hints = field_types(model)
    lines = ["plain = {}"]
    # In the same order as cattrs: fields without a default come first.
    for field in sorted(fields(model), key=lambda field: field.default is not attrs.NOTHING):
        kind = without_none(hints[field.name])
        if field.default not in (attrs.NOTHING, None):
            return None
        written = "time_out(value)" if kind is datetime else "value"
        if kind == dict[str, str]:
            fits = "type(value) is dict and all(type(name) is str is type(text) for name, text in value.items())"
        elif kind == list[str]:
            fits = "type(value) is list and all(type(text) is str for text in value)"
        elif kind == dict[str, Any]:
            fits, written = "type(value) is dict", "json_value(value)"
        elif kind is datetime or kind in _SCALARS or _is_enum(kind):
            scope[kind.__name__] = kind
            fits = f"type(value) is {kind.__name__}"
            if kind is int:
                fits += f" and value.bit_length() <= {FEW_BITS}"
        elif is_model(inner := get_args(kind)[0] if is_list(kind) else kind) and (write := writer(inner)):
            name = inner.__name__
            scope |= {name: inner, f"write_{name}": write}
            fits, written = f"type(value) is {name}", f"write_{name}(value)"
            if is_list(kind):
                fits = f"type(value) is list and all(type(each) is {name} for each in value)"
                written = f"[write_{name}(each) for each in value]"
        else:
            return None
        or_null = "value is None or " if kind is not hints[field.name] else ""
        member = f"plain[{wire_name(field)!r}] = {written}"
        lines += [
            f"value = model.{field.name}",
            f"if not ({or_null}{fits}): raise ValueError",
            f"if value is not None: {member}" if field.default is None else member,
        ]
    return _function("model", [*lines, "return plain"], scope)


def _is_enum(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, StrEnum)


def _function(argument: str, lines: list[str], scope: dict[str, Any]) -> Callable[[Any], Any]:
    """A function with these lines as its body; its global names are looked up in `scope` when it runs."""
    source = "\n    ".join([f"def made({argument}):", *lines])
    made: dict[str, Any] = {}
    # As attrs and cattrs do. The code contains only names of fields and classes, nothing from outside.
    exec(source, scope, made)  # noqa: S102
    return cast("Callable[[Any], Any]", made["made"])
