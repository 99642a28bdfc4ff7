"""Turns a `Call` into a `Request`, and a `Response` into models: fast with msgspec twins, else with plain cattrs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Annotated, Any, Generic, TypeVar, cast
from urllib.parse import quote

import attrs
import msgspec

from payments_async.wire.call import Call, Page, QueryValue, Request, Response
from payments_async.wire.errors import DecodeError, Outcome, ProtocolError
from payments_async.wire.jsontext import NO_CHARACTER, UNREADABLE, is_json, json_bytes, json_value, media_type
from payments_async.wire.members import Names, known, on_the_wire
from payments_async.wire.shapes import fields, is_model
from payments_async.wire.times import time_in, time_out
from payments_async.wire.twins import Twins, writer

if TYPE_CHECKING:
    from payments_async.wire.plain import Plain

T = TypeVar("T")


@attrs.define
class _Data(Generic[T]):
    """The envelope around one value."""

    data: T


@attrs.define
class _Cursor(Generic[T]):
    """The envelope around one page of a list."""

    cursor: Page[T]


_AwareTime = Annotated[datetime, msgspec.Meta(tz=True)]

# The response to a single request may echo its nanoseconds, which `time_in` cuts off as the server's database does.
# msgspec would round them. Pages come from that database, in microseconds, so msgspec can parse their times, which is
# much faster. It also accepts a space instead of the `T`, and offsets without a colon.
_single = Twins(str, time_in)
_paged = Twins(_AwareTime, None)


def _page_time_in(text: object) -> datetime:
    return msgspec.convert(text, _AwareTime)


@cache
def _plain(*, paged: bool) -> Plain:
    # Imported at the first use because it is rarely needed: with cattrs, it takes as long to import as all of `wire`.
    from payments_async.wire.plain import Plain  # noqa: PLC0415

    return Plain(_page_time_in if paged else time_in)


def one(kind: type[T]) -> Callable[[Response], T]:
    """Reads `{"data": …}`: one value."""
    return cast("Callable[[Response], T]", _reader(cast("Any", kind), _Data, "data"))


def page_of(kind: type[T]) -> Callable[[Response], Page[T]]:
    """Reads `{"cursor": …}`: one page of a list."""
    return cast("Callable[[Response], Page[T]]", _reader(cast("Any", kind), _Cursor, "cursor"))


def bare(kind: type[T]) -> Callable[[Response], T]:
    """Reads a value without an envelope."""
    return cast("Callable[[Response], T]", _reader(cast("Any", kind)))


def nothing(response: Response) -> None:
    """Reads a response without content; refuses one that is not from the API, such as the page of a login portal."""
    if response.status != 204:
        anything(response)


def anything(response: Response) -> Any:
    """Reads plain JSON values; `None` if there is no body."""
    if response.body:
        return _reader(Any)(response)
    if response.status != 204:
        _check_content_type(response)  # a gateway answers so too
    return None


@cache
def _reader(kind: Any, envelope: Any = None, member: str = "") -> Callable[[Response], Any]:
    """Reads a response's body as a value of a type, which may be a member of an envelope."""
    whole = kind if envelope is None else envelope[kind]
    paged = envelope is _Cursor
    read = (_paged if paged else _single).reader(whole)
    value_of: Callable[[Any], Any] = attrgetter(member) if envelope else lambda value: value

    def read_response(response: Response) -> Any:
        _check_content_type(response)
        if read is not None:
            try:
                return value_of(read(response.body))
            except (*UNREADABLE, ValueError):
                pass  # `plain` accepts it, or finds the reason
        return value_of(_read_with_plain(response, whole, paged=paged))

    return read_response


def model_in(kind: type[T], text: str | bytes, *, names: Names = "wire") -> T:
    """A model read from JSON text.

    Args:
        kind: The model.
        text: JSON text; if it is bytes, in UTF-8.
        names: The names of the members in it.

    Raises:
        ValueError: the text is not JSON, or does not fit the model, or the names are unknown.
    """
    known("names", names, Names)
    # Half of a surrogate pair makes bytes that no reader takes for JSON.
    body = text.encode(errors="surrogatepass") if isinstance(text, str) else text
    read = _single.reader(kind) if names == "wire" else None
    if read is not None:
        with suppress(*UNREADABLE, ValueError):
            return cast("T", read(body))
    plain = _plain(paged=False)
    mismatch, value = plain.read(body, Any)
    if mismatch is None:
        mismatch, value = plain.structure(on_the_wire(value, kind, names), kind)
    if mismatch is not None:
        raise ValueError(f"the text has no {mismatch.expected} at {mismatch.path} for a {kind.__name__}")
    return cast("T", value)


def _check_content_type(response: Response) -> None:
    if is_json(response.headers):
        return
    received = media_type(response.headers)
    if not received.endswith("+json"):  # RFC 6839
        raise ProtocolError(
            f"the server answered {response.status} with {received[:80] or 'no content type'} instead of JSON; "
            "check the client's base_url and api_path",
            operation=response.request.operation,
        )


def _read_with_plain(response: Response, kind: Any, *, paged: bool) -> Any:
    mismatch, value = _plain(paged=paged).read(response.body, kind)
    if mismatch is None:
        return value
    raise DecodeError(
        f"the response has no {mismatch.expected} at {mismatch.path}; "
        "the server may be of a version that this package does not know",
        operation=response.request.operation,
        outcome=Outcome.DONE if is_json(response.headers) else Outcome.UNKNOWN,
        path=mismatch.path,
        expected=mismatch.expected,
    )


class Encoded(str):
    """Text for a path that is percent-encoded already."""

    __slots__ = ()


def _segment(name: str, value: object) -> str:
    if isinstance(value, Encoded):
        return value
    if not isinstance(value, str):
        raise TypeError(f"{name} is a {type(value).__name__}: give a string")
    if value in {"", ".", ".."}:
        raise ValueError(f"{name} is {value!r}, which would lead to another route: give the resource's id")
    return _quoted(name, value)


def _quoted(name: str, text: str) -> str:
    try:
        return quote(text, safe="")
    except UnicodeEncodeError:
        raise ValueError(f"{name} contains half of a surrogate pair, which is no character") from None


def _query_text(name: str, value: str | int | datetime) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case datetime():
            return time_out(value)
        case "":
            raise ValueError(f"the query parameter {name} is empty: leave it out instead")
        case str():
            return str.__str__(value)  # the value of any enum member, not its name
        case _:
            return str(value)


def _query(query: Mapping[str, QueryValue]) -> str:
    # Both spaces and plus signs are percent-encoded: the server would read a plus sign as a space.
    pairs = [
        f"{_quoted('the name of a query parameter', name)}={_quoted(name, _query_text(name, each))}"
        for name, value in query.items()
        if value is not None
        for each in ([value] if isinstance(value, (str, int, datetime)) else value)
    ]
    return "?" + "&".join(pairs) if pairs else ""


def _members(body: Any) -> Any:
    """A body as plain JSON values, without rounding or coercion."""
    if not is_model(body.__class__):
        return json_value(body)
    write = writer(body.__class__)
    if write is not None:
        try:
            return write(body)
        except ValueError:
            pass  # `plain` accepts it, or finds the reason
    return _plain(paged=False).write(body)


def _content(body: Any) -> tuple[bytes, str | None, tuple[str, ...]]:
    """A body as JSON text, the reference in it, and its secrets.

    Raises:
        ValueError, TypeError: JSON cannot represent it, or a member is not of its type.
    """
    members = _members(body)
    reference = cast("dict[str, object]", members).get("reference") if isinstance(members, dict) else None
    secrets = _secrets(body) if is_model(body.__class__) else ()
    return json_bytes(members), reference if isinstance(reference, str) else None, secrets


def _secrets(body: Any) -> tuple[str, ...]:
    """The texts in a model that its repr hides."""
    hidden = (getattr(body, field.name) for field in fields(body.__class__) if not field.repr)
    return tuple(value for value in hidden if isinstance(value, str) and value)


def encode(call: Call[Any], *, base: str, headers: Mapping[str, str], deadline: float) -> Request:
    """The request for a call.

    Args:
        call: The operation with its arguments.
        base: The API's URL without a trailing slash.
        headers: Header fields that every request is sent with.
        deadline: When the call must have ended, on the running loop's clock.

    Raises:
        ValueError, TypeError: the server would misunderstand an argument; nothing is sent.
    """
    path = call.path.format_map({name: _segment(name, value) for name, value in call.ids.items()})
    url = f"{base}{path}{_query(call.query)}"
    all_headers: dict[str, str] = {"Accept": "application/json", **headers}
    content: bytes | None = None
    reference: str | None = None
    secrets: tuple[str, ...] = ()
    if call.body is not None:
        problem = None
        try:
            content, reference, secrets = _content(call.body)
        except (ValueError, TypeError) as error:
            problem = NO_CHARACTER if isinstance(error, UnicodeEncodeError) else str(error)
        if problem is not None:
            raise ValueError(problem)  # outside the handler: the frames of the first error hold parts of the body
        all_headers["Content-Type"] = "application/json"
    return Request(
        operation=call.operation,
        method=call.method,
        path=call.path,
        url=url,
        headers=all_headers,
        body=content,
        deadline=deadline,
        idempotent=call.idempotent,
        atomic=call.atomic,
        reference=reference,
        secrets=secrets,
    )
