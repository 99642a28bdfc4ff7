"""Request bodies, decoded as Go decodes JSON into a struct.

Only the first JSON value counts, names match in any case, unknown members are ignored, `null` is the zero value of its
type, and a value of the wrong type is MISSING_OR_INVALID_BODY.
"""

from typing import Any, cast

from aiohttp import web

from payments_async.sandbox import jsontext, wire
from payments_async.sandbox.times import Instant, parse_time


class Body:
    """Members of a JSON object by lower-case name; each method refuses a value of another type.

    Read all members before validating any: a wrong type anywhere is reported before the first invalid value.
    """

    def __init__(self, members: dict[str, Any]) -> None:
        self.members: dict[str, Any] = {name.lower(): value for name, value in members.items()}
        """The decoded members by lower-case name."""

    def has(self, name: str) -> bool:
        """Whether the member is there, `null` included."""
        return name.lower() in self.members

    def any(self, name: str) -> Any:
        """The decoded value, None if absent."""
        return self.members.get(name.lower())

    def text(self, name: str) -> str:
        """A string, empty if absent."""
        value = self.any(name)
        if value is not None and not isinstance(value, str):
            raise _wrong(name, "string")
        return value or ""

    def flag(self, name: str) -> bool:
        """A boolean, false if absent."""
        value = self.any(name)
        if value is not None and not isinstance(value, bool):
            raise _wrong(name, "bool")
        return bool(value)

    def integer(self, name: str) -> int | None:
        """An integer literal of any size, None if absent."""
        value = self.any(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            raise _wrong(name, "integer")
        return value

    def natural(self, name: str) -> int:
        """An integer of 64 bits without a sign, 0 if absent."""
        value = self.integer(name) or 0
        if not 0 <= value < 2**64:
            raise _wrong(name, "uint64")
        return value

    def object(self, name: str) -> "Body":
        """An object, empty if absent."""
        return as_object(self.any(name), name)

    def array(self, name: str) -> list[Any] | None:
        """An array of anything, None if absent."""
        items = cast("list[Any] | None", value := self.any(name))
        if value is not None and not isinstance(value, list):
            raise _wrong(name, "array")
        return items

    def time(self, name: str) -> Instant | None:
        """A time, None if absent or the zero time."""
        text = self.text(name)
        if self.any(name) is None:
            return None
        try:
            return parse_time(text)
        except ValueError as error:
            raise wire.bad_body(str(error)) from error

    def texts(self, name: str) -> list[str]:
        """An array of strings, empty if absent."""
        return [Body({name: item}).text(name) for item in self.array(name) or []]

    def text_map(self, name: str) -> dict[str, str] | None:
        """An object of strings, None if absent; a `null` inside is the empty string."""
        value = self.any(name)
        return None if value is None else text_map(value)


def as_object(value: Any, name: str = "body") -> Body:
    """A decoded object; `null` is an empty one, and other types are refused."""
    if value is not None and not isinstance(value, dict):
        raise _wrong(name, "object")
    return Body(cast("dict[str, Any]", value or {}))


def text_map(value: Any) -> dict[str, str]:
    """An object of strings, as metadata is; other types are refused."""
    if not isinstance(value, dict):
        raise _wrong("metadata", "object of strings")
    members = cast("dict[str, Any]", value)
    if not all(item is None or isinstance(item, str) for item in members.values()):
        raise _wrong("metadata", "string")
    return {key: item or "" for key, item in members.items()}


async def read_value(request: web.Request) -> Any:
    """The first JSON value of the body."""
    source = jsontext.text(await request.read())
    if not source.strip(jsontext.SPACE):
        raise wire.bad_body("EOF")
    try:
        return jsontext.decode_first(source)
    except ValueError as error:
        raise wire.bad_body(str(error)) from error


async def read_body(request: web.Request, *, null_panics: bool = False) -> Body:
    """The body as an object.

    Args:
        request: the request.
        null_panics: whether the server panics on `null`, because it does not check for it; otherwise `null` is `{}`.
    """
    value = await read_value(request)
    if value is None and null_panics:
        raise wire.panicked()
    return as_object(value)


def _wrong(name: str, kind: str) -> wire.RefusedError:
    return wire.bad_body(f"json: cannot unmarshal value into Go struct field {name} of type {kind}")
