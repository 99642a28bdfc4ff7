"""Call -> Request and Response -> models: by msgspec twins at speed, by plain cattrs where something is amiss."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Annotated, Any, Generic, TypeVar, cast
from urllib.parse import quote

import attrs
import msgspec

from payments_async.wire.call import Call, Page, QueryValue, Request, Response
from payments_async.wire.errors import DecodeError, ProtocolError
from payments_async.wire.jsontext import UNREADABLE, json_value, written
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

# A single answer may echo a request's nanoseconds, which are cut as the server's database cuts them. A page is read
# from that database, in microseconds, so that msgspec may make its times, which would take half as long as all the rest
# otherwise. It would round what is finer, and takes a space for the `T` and offsets without a colon.
_single = Twins(str, time_in)
_paged = Twins(_AwareTime, None)


def _page_time_in(text: object) -> datetime:
    return msgspec.convert(text, _AwareTime)


@cache
def _plain(*, paged: bool) -> Plain:
    # Imported when it is needed, which it seldom is: with cattrs it takes as long as the rest of the wire.
    from payments_async.wire.plain import Plain  # noqa: PLC0415

    return Plain(_page_time_in if paged else time_in)


def one(kind: type[T]) -> Callable[[Response], T]:
    """Reads `{"data": …}`."""
    return cast("Callable[[Response], T]", _reader(cast("Any", kind), _Data, "data"))


def page_of(kind: type[T]) -> Callable[[Response], Page[T]]:
    """Reads `{"cursor": …}`, one page of a list."""
    return cast("Callable[[Response], Page[T]]", _reader(cast("Any", kind), _Cursor, "cursor"))


def bare(kind: type[T]) -> Callable[[Response], T]:
    """Reads a value without an envelope."""
    return cast("Callable[[Response], T]", _reader(cast("Any", kind)))


def nothing(response: Response) -> None:
    """Reads an answer that has nothing to say; refuses one that is not the API's, such as a portal's page."""
    if response.status != 204 and response.body:
        anything(response)


def anything(response: Response) -> Any:
    """Reads plain JSON values; `None` where there is no body."""
    return _reader(Any)(response) if response.body else None


@cache
def _reader(kind: Any, envelope: Any = None, member: str = "") -> Callable[[Response], Any]:
    """Reads an answer's body as a type, which may be in an envelope, as the member of that name."""
    whole = kind if envelope is None else envelope[kind]
    paged = envelope is _Cursor
    read = (_paged if paged else _single).reader(whole)
    value_of: Callable[[Any], Any] = attrgetter(member) if envelope else lambda answer: answer

    def read_answer(response: Response) -> Any:
        _insist_on_json(response)
        if read is not None:
            try:
                return value_of(read(response.body))
            except (*UNREADABLE, ValueError):
                pass  # `plain` knows why, or takes it
        return value_of(_read_plainly(response, whole, paged=paged))

    return read_answer


def _insist_on_json(response: Response) -> None:
    content_type = response.headers.get("Content-Type", "")
    if content_type == "application/json":
        return
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type != "application/json" and not media_type.endswith("+json"):
        raise ProtocolError(
            f"the server answered {response.status} with {media_type[:80] or 'no content type'} instead of JSON; "
            "check the client's base_url and api_path",
            operation=response.request.operation,
        )


def _read_plainly(response: Response, kind: Any, *, paged: bool) -> Any:
    mismatch, value = _plain(paged=paged).read(response.body, kind)
    if mismatch is None:
        return value
    raise DecodeError(
        f"the answer has no {mismatch.expected} at {mismatch.path}; "
        "the server may be of a version that this package does not know",
        operation=response.request.operation,
        path=mismatch.path,
        expected=mismatch.expected,
    )


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
    # A plus sign must arrive as one, not as a space, so spaces and pluses are both percent-encoded.
    pairs = [
        f"{quote(name, safe='')}={quote(_query_text(name, each), safe='')}"
        for name, value in query.items()
        if value is not None
        for each in ([value] if isinstance(value, (str, int, datetime)) else value)
    ]
    return "?" + "&".join(pairs) if pairs else ""


def _members(body: Any) -> Any:
    """A body as plain JSON values; nothing is rounded or coerced on its way out."""
    if not is_model(body.__class__):
        return json_value(body)
    write = writer(body.__class__)
    if write is not None:
        try:
            return write(body)
        except ValueError:
            pass  # `plain` knows why, or takes it
    return _plain(paged=False).write(body)


def _secrets(body: Any) -> tuple[str, ...]:
    """The texts of a model that its repr hides."""
    hidden = (getattr(body, field.name) for field in fields(body.__class__) if not field.repr)
    return tuple(value for value in hidden if isinstance(value, str) and value)


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
        members = _members(call.body)
        body = written(members)
        sent["Content-Type"] = "application/json"
        if is_model(call.body.__class__):
            secrets = _secrets(call.body)
        if isinstance(members, dict):
            reference = cast(dict[str, object], members).get("reference")
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
