"""The errors: which answer stands for which, what they say, and what they never say."""

from __future__ import annotations

import copy
import json
import pickle
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import attrs
import pytest

import payments_async
from payments_async import (
    APIError,
    AuthenticationError,
    ConfigurationError,
    ConflictError,
    ConnectionFailedError,
    DeadlineExceededError,
    DecodeError,
    NotFoundError,
    Outcome,
    OutcomeUnknownError,
    PaymentsError,
    PermissionDeniedError,
    ProtocolError,
    RateLimitedError,
    ResponseTooLargeError,
    ServerError,
    TransportError,
    ValidationError,
)
from payments_async.wire import errors
from payments_async.wire.call import Request, Response
from payments_async.wire.errors import api_error, checking, retry_after_seconds

TREE: dict[type[PaymentsError], type[Exception]] = {
    PaymentsError: Exception,
    ConfigurationError: PaymentsError,
    TransportError: PaymentsError,
    ConnectionFailedError: TransportError,
    DeadlineExceededError: TransportError,
    OutcomeUnknownError: TransportError,
    ProtocolError: PaymentsError,
    DecodeError: ProtocolError,
    ResponseTooLargeError: ProtocolError,
    APIError: PaymentsError,
    ValidationError: APIError,
    AuthenticationError: APIError,
    PermissionDeniedError: APIError,
    NotFoundError: APIError,
    ConflictError: APIError,
    RateLimitedError: APIError,
    ServerError: APIError,
}

BY_STATUS: dict[int, type[APIError]] = {
    400: ValidationError,
    401: AuthenticationError,
    402: APIError,
    403: PermissionDeniedError,
    404: NotFoundError,
    405: APIError,
    408: APIError,
    409: ConflictError,
    410: APIError,
    413: APIError,
    418: APIError,
    422: ValidationError,
    429: RateLimitedError,
    499: APIError,
    500: ServerError,
    501: ServerError,
    502: ServerError,
    503: ServerError,
    504: ServerError,
    520: ServerError,
    599: ServerError,
}

DUPLICATE = 'pq: duplicate key value violates unique constraint "pools_unique_name"'
CANARY = "canary-of-the-body"


def answer(
    status: int, body: bytes = b"", *, content_type: str = "application/json", headers: Mapping[str, str] | None = None
) -> Response:
    request = Request(operation="get_thing", method="GET", path="/things/{id}", url="https://a/things/1", deadline=0)
    return Response(
        request=request, status=status, headers={"Content-Type": content_type, **(headers or {})}, body=body
    )


def said(**members: Any) -> bytes:
    return json.dumps(members).encode()


async def met(response: Response) -> PaymentsError:
    """The error that an answer becomes."""

    async def send(_: Request) -> Response:
        return response

    with pytest.raises(PaymentsError) as caught:
        await checking(send)(response.request)
    return caught.value


def everything_said(error: BaseException) -> str:
    told = ["".join(traceback.format_exception(error)), repr(pickle.dumps(error)), repr(copy.copy(error).__dict__)]
    each: BaseException | None = error
    while each is not None:
        told += [str(each), repr(each), repr(each.args), repr(each.__dict__)]
        each = each.__cause__ or each.__context__
    return "\n".join(told)


# The tree


def test_the_tree_is_whole() -> None:
    public = {
        value
        for name in payments_async.__all__
        if isinstance(value := getattr(payments_async, name), type) and issubclass(value, BaseException)
    }
    assert public == set(TREE)
    assert {kind: kind.__bases__[0] for kind in TREE} == TREE


def test_the_tree_is_drawn_as_it_is() -> None:
    drawn: list[tuple[int, str]] = [
        (len(line) - len(line.lstrip("│├└─ ")), line.lstrip("│├└─ ").split()[0])
        for line in (errors.__doc__ or "").splitlines()
        if line.lstrip("│├└─ ").split(" ")[0].endswith("Error")
    ]
    assert {name for _, name in drawn} == {kind.__name__ for kind in TREE}
    depth = {kind.__name__: len(kind.__mro__) - len(PaymentsError.__mro__) for kind in TREE}
    for indent, name in drawn:
        assert indent == 4 * depth[name], name


# From an answer to its error


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", "application/json"),
        (b"", ""),
        (b"404 page not found\n", "text/plain; charset=utf-8"),
        (f"<html><body>{CANARY}</body></html>".encode(), "text/html"),
        (f'{{"errorCode": "{CANARY}'.encode(), "application/json"),
        (b"\xff\xfe\x00", "application/json"),
        (f'["{CANARY}"]'.encode(), "application/json"),
        (b"null", "application/json"),
        (f'"{CANARY}"'.encode(), "application/json"),
        (b"{}", "application/json"),
        (said(errorCode=5, errorMessage=[CANARY], details={CANARY: 1}), "application/json"),
        (said(errorCode=None, errorMessage="", details=None), "application/json"),
        (said(error=CANARY, payload={"iban": CANARY}), "application/json"),
        (b"[" * 100_000, "application/json"),
    ],
)
async def test_every_status_has_its_error_whatever_the_body(body: bytes, content_type: str) -> None:
    for status, kind in BY_STATUS.items():
        error = await met(answer(status, body, content_type=content_type))
        assert type(error) is kind
        assert (error.status, error.operation) == (status, "get_thing")
        assert (error.error_code, error.error_message, error.details) == (None, None, None)
        assert str(status) in str(error)
        assert str(error).startswith("get_thing: ")
        assert CANARY not in everything_said(error)


@pytest.mark.parametrize(
    "code", ["INTERNAL", "VALIDATION", "NOT_FOUND", "INVALID_ID", "MISSING_OR_INVALID_BODY", "BRAND_NEW", "conflict"]
)
async def test_the_status_comes_first_and_the_code_is_kept_as_it_came(code: str) -> None:
    for status, kind in BY_STATUS.items():
        error = await met(answer(status, said(errorCode=code, errorMessage="some words", details="more words")))
        assert type(error) is kind
        assert isinstance(error, APIError)
        assert (error.error_code, error.error_message, error.details) == (code, "some words", "more words")
        assert code in str(error)
        assert "some words" in str(error)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (409, b""),
        (409, said(errorCode="VALIDATION", errorMessage="x")),
        (400, said(errorCode="CONFLICT")),
        (400, said(errorCode="CONFLICT", errorMessage=DUPLICATE)),
        (500, said(errorCode="CONFLICT", errorMessage="x")),
        (500, said(errorCode="INTERNAL", errorMessage=DUPLICATE)),
        (500, said(errorMessage=DUPLICATE)),
        (500, said(errorCode="INTERNAL", errorMessage=f"creating pool: {'wrapped: ' * 100}{DUPLICATE}")),
    ],
)
async def test_a_duplicate_is_a_conflict_however_it_is_reported(status: int, body: bytes) -> None:
    error = await met(answer(status, body))
    assert type(error) is ConflictError
    assert error.status == status


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, said(errorCode="VALIDATION", errorMessage=DUPLICATE), ValidationError),
        (404, said(errorCode="NOT_FOUND", errorMessage=DUPLICATE), NotFoundError),
        (500, said(errorCode="INTERNAL", errorMessage="pq: insert violates foreign key constraint"), ServerError),
        (500, DUPLICATE.encode(), ServerError),
        (500, said(details=DUPLICATE), ServerError),
    ],
)
async def test_what_is_no_report_of_a_duplicate_is_no_conflict(status: int, body: bytes, kind: type[APIError]) -> None:
    assert type(await met(answer(status, body))) is kind


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
async def test_a_success_passes_untouched(status: int) -> None:
    response = answer(status, b"\xff", content_type="text/html")

    async def send(_: Request) -> Response:
        return response

    assert await checking(send)(response.request) is response


# Redirects


@pytest.mark.parametrize(
    ("target", "named"),
    [
        (f"https://other.example.com:8443/{CANARY}?token={CANARY}#{CANARY}", "https://other.example.com:8443;"),
        (f"https://user:{CANARY}@other.example.com/", "https://other.example.com;"),
        (f"/{CANARY}", "the same origin"),
        (f"../{CANARY}", "the same origin"),
        ("", None),
        (f"https://[{CANARY}", None),
        (f"//other.example.com/{CANARY}", "https://other.example.com;"),
    ],
)
async def test_a_redirect_is_an_error_that_names_the_origin_alone(target: str, named: str | None) -> None:
    for status in (300, 301, 302, 303, 304, 307, 308):
        error = await met(answer(status, CANARY.encode(), headers={"Location": target}))
        assert type(error) is ProtocolError
        assert str(status) in str(error)
        assert "redirect" in str(error)
        assert named is None or named in str(error)
        assert CANARY not in everything_said(error)


async def test_a_redirect_to_nowhere_is_an_error() -> None:
    assert type(await met(answer(302))) is ProtocolError


# Retry-After


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        ("7", 7.0),
        (" 120 ", 120.0),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("1e3", None),
        ("inf", None),
        ("nan", None),
        ("9" * 400, None),
        ("٧", None),
        ("Wed, 99 Oct 2015 07:28:00 GMT", None),
        ("Wed, 21 Oct 99999 07:28:00 GMT", None),
    ],
)
async def test_retry_after_is_seconds_or_nothing(value: str, seconds: float | None) -> None:
    assert retry_after_seconds({"Retry-After": value}) == seconds
    error = await met(answer(429, headers={"Retry-After": value}))
    assert isinstance(error, RateLimitedError)
    assert error.retry_after == seconds


def test_retry_after_may_be_a_date_to_come() -> None:
    value = format_datetime(datetime.now(UTC) + timedelta(minutes=5), usegmt=True)
    seconds = retry_after_seconds({"Retry-After": value})
    assert seconds is not None
    assert 290 < seconds <= 300
    assert retry_after_seconds({}) is None


# What errors say and hide


@pytest.mark.parametrize(
    "secret",
    [
        "DE89370400440532013000",
        "GB29 NWBK 6016 1331 9268 19",
        "FR1420041010050500013M02606",
        "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL2EifQ.c2lnbmF0dXJl",
        "Bearer abcdef-0123",
        "bearer opaque.token/with+signs=",
        "0532013000",
        "12345678",
    ],
)
async def test_what_looks_like_a_secret_is_blacked_out(secret: str) -> None:
    body = said(errorCode="VALIDATION", errorMessage=f"bad value {secret}: refused", details=f"({secret})")
    error = await met(answer(400, body))
    assert secret not in everything_said(error)
    assert "bad value [redacted]" in str(error)
    assert str(error).rstrip(")").endswith("refused")


async def test_the_servers_words_are_cut() -> None:
    error = await met(answer(400, said(errorMessage="word " * 10_000)))
    assert len(str(error)) < 1000
    assert len(pickle.dumps(error)) < 5000


def samples() -> list[PaymentsError]:
    """One of each error, with every attribute set."""
    made: list[PaymentsError] = [PaymentsError("what", operation="op"), ConfigurationError("what")]
    made += [
        kind("what", operation="op", outcome=Outcome.NOT_SENT)
        for kind in (TransportError, ConnectionFailedError, DeadlineExceededError)
    ]
    made.append(OutcomeUnknownError("what", operation="op", reference="ref-1"))
    made += [kind("what", operation="op") for kind in (ProtocolError, ResponseTooLargeError)]
    made.append(DecodeError("what", operation="op", path="$.a[0]", expected="int"))
    made += [
        kind("what", operation="op", status=418, error_code="C", error_message="m", details="d", retry_after=1.5)
        for kind in TREE
        if issubclass(kind, APIError)
    ]
    for error in made:
        error.cursor, error.exhausted = "cursor-1", True
    return made


def test_there_is_a_sample_of_each() -> None:
    assert {type(error) for error in samples()} == set(TREE)


@pytest.mark.parametrize("error", samples(), ids=lambda error: type(error).__name__)
def test_errors_pickle_and_copy_with_all_they_know(error: PaymentsError) -> None:
    pickled = [pickle.loads(pickle.dumps(error, protocol)) for protocol in range(pickle.HIGHEST_PROTOCOL + 1)]
    for other in (copy.copy(error), copy.deepcopy(error), *pickled):
        assert type(other) is type(error)
        assert other is not error
        assert (str(other), repr(other), other.args) == (str(error), repr(error), error.args)
        assert other.__dict__ == error.__dict__
        assert other.message == "what"


@pytest.mark.parametrize("error", samples(), ids=lambda error: type(error).__name__)
def test_errors_name_their_operation(error: PaymentsError) -> None:
    shown = "op: what" if error.operation else "what"
    assert str(error) == shown
    assert repr(error) == f"{type(error).__name__}({shown!r})"


def test_a_fresh_error_knows_no_cursor() -> None:
    error = PaymentsError("what")
    assert (error.operation, error.cursor, error.exhausted) == (None, None, False)


def test_the_outcome_is_unknown_unless_it_is_known() -> None:
    assert ConnectionFailedError("what").outcome is Outcome.UNKNOWN
    assert OutcomeUnknownError("what").outcome is Outcome.UNKNOWN
    assert OutcomeUnknownError("what").reference is None


async def test_an_error_holds_no_request_and_no_answer() -> None:
    response = answer(500, CANARY.encode(), headers={"X-Canary": CANARY})
    signed = attrs.evolve(response.request, headers={"Authorization": f"Bearer {CANARY}"}, body=CANARY.encode())
    error = await met(attrs.evolve(response, request=signed))
    assert CANARY not in everything_said(error)
    assert not [value for value in error.__dict__.values() if isinstance(value, (Request, Response, bytes))]


def test_requests_and_answers_hide_headers_and_bodies() -> None:
    response = answer(500, CANARY.encode(), headers={"X-Canary": CANARY})
    signed = attrs.evolve(response.request, headers={"Authorization": f"Bearer {CANARY}"}, body=CANARY.encode())
    assert CANARY not in repr(attrs.evolve(response, request=signed))


def test_api_error_is_the_same_without_the_layer() -> None:
    error = api_error(answer(404, said(errorCode="NOT_FOUND", errorMessage="no such payment")))
    assert str(error) == "get_thing: the server answered 404 (NOT_FOUND: no such payment)"


def test_a_route_that_there_is_not_is_told_from_a_resource_that_there_is_not() -> None:
    error = api_error(answer(404, b"404 page not found\n"))
    assert str(error) == (
        "get_thing: the server answered 404 (no reason given; this server has no such route: it may be of another "
        "version, or the client's api_path is wrong)"
    )
    assert "no such route" in str(api_error(answer(405)))
