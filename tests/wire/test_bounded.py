"""What a peer sends costs little, whatever it is: it is cut before anything else is done with it."""

import json
import re
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from payments_async import AuthenticationError, ClientCredentials, ProtocolError, ServerError
from payments_async.drain.sinks.spreadsheet import marked
from payments_async.wire import errors
from payments_async.wire.call import Page, Request, Response
from payments_async.wire.errors import MAX_ERROR_BODY, api_error, redacted, retry_after_seconds
from payments_async.wire.pages import Pages
from payments_async.wire.plain import Mismatch, Plain
from payments_async.wire.times import time_in
from payments_async.wire.token_endpoint import MAX_TOKEN_BODY, checked_token, read_token
from tests.wire.scripted import Scripted, answer, calling, endless

MOST_SEARCHED = 2_000
"""The most characters of a peer's text that are searched for secrets."""

HOSTILE = [
    "eyJ-" * 200_000,
    "eyJ" * 250_000,
    "Bearer " * 100_000,
    "AA11 " * 150_000,
    "AA11" + " A" * 300_000,
    "1" * 800_000,
    "harmless words " * 50_000,
    "\ud800" * 300_000,
]


class Searches:
    """Stands in for the pattern of secrets, and keeps the length of each text that it searches."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self._pattern = pattern
        self.lengths: list[int] = []

    def sub(self, replacement: str, text: str) -> str:
        self.lengths.append(len(text))
        return self._pattern.sub(replacement, text)


@pytest.fixture
def searches(monkeypatch: pytest.MonkeyPatch) -> Searches:
    counting = Searches(errors._SENSITIVE)
    monkeypatch.setattr(errors, "_SENSITIVE", counting)
    return counting


def response(status: int, body: bytes) -> Response:
    request = Request(operation="op", method="GET", path="/", url="https://a/", deadline=0)
    return Response(request=request, status=status, headers={"Content-Type": "application/json"}, body=body)


@pytest.mark.parametrize("words", HOSTILE, ids=lambda words: words[:6].encode(errors="replace").decode())
async def test_only_the_beginning_of_a_message_is_searched_for_secrets(words: str, searches: Searches) -> None:
    error = api_error(
        response(500, json.dumps(dict.fromkeys(("errorCode", "errorMessage", "details"), words)).encode())
    )
    body = json.dumps({"error": words, "error_description": words}).encode()

    async def send(_: Request) -> Response:
        return response(401, body)

    with pytest.raises(AuthenticationError) as refused:
        await checked_token(send)(response(401, b"").request)
    assert len(searches.lengths) == 5
    assert max(searches.lengths) <= MOST_SEARCHED
    assert len(str(error)) + len(str(refused.value)) < 2_500


@pytest.mark.parametrize("secret", ["sk_" + "canary" * n for n in (1, 20, 200)])
def test_a_secret_across_the_cut_is_not_shown_in_part(secret: str) -> None:
    for before in range(MOST_SEARCHED - len(secret) - 5, MOST_SEARCHED + 5):
        # Many short words that vanish would move the cut into view.
        words = f"{'12345678 ' * 400}"[: max(before, 0)] + secret + " and more" * 500
        shown = redacted(words, (secret,))
        assert "canary" not in shown
    many = redacted(secret * 2_000, (secret,))
    assert "canary" not in many


@pytest.mark.parametrize("text", ["DE89370400440532013000", "eyJhbGciOiJIUzI1NiJ9.e30.x", "Bearer opaque-canary"])
def test_a_token_or_an_account_across_the_cut_is_not_shown_in_part(text: str) -> None:
    for before in range(MOST_SEARCHED - len(text) - 1, MOST_SEARCHED + 1):
        words = ("12345678 " * 400)[:before] + " " + text + " and more" * 500
        shown = redacted(words)
        assert text[:9] not in shown


async def test_a_large_response_with_an_error_status_is_read_to_its_limit_only() -> None:
    sent: list[int] = []
    head = b"HTTP/1.1 500 No\r\nContent-Type: application/json\r\nContent-Length: 60000000\r\n\r\n"
    async with (
        Scripted(endless(head + b'{"errorCode": "INTERNAL", "errorMessage": "', b"x" * 2**16, sent)) as server,
        calling(server.url) as client,
    ):
        with pytest.raises(ServerError, match=r"answered 500 \(no reason given\)") as failed:
            await client.pools.get_pool("p")
        await server.left()
    assert failed.value.foreign
    assert MAX_ERROR_BODY <= sum(sent) < 20 * MAX_ERROR_BODY  # what the buffers of two sockets hold goes out besides


def test_a_page_is_read_up_to_the_first_item_that_does_not_fit() -> None:
    read: list[object] = []

    def refused(value: object) -> datetime:
        read.append(value)
        raise ValueError

    for text in (json.dumps([{}] * 1_000), json.dumps({str(name): {} for name in range(1_000)})):
        plain = Plain(refused)
        kind = list[datetime] if text[0] == "[" else dict[str, datetime]
        mismatch, _ = plain.read(text.encode(), kind)
        assert mismatch is not None
        assert mismatch.path == ("$[0]" if text[0] == "[" else "$[*]")
        assert len(read) == 1
        read.clear()


def test_the_digits_that_exponents_make_are_limited_in_all() -> None:
    plain = Plain(time_in)
    mismatch, value = plain.read(b"[1e99999,1e99998]", list[int])
    assert (mismatch, value) == (None, [10**99999, 10**99998])
    mismatch, _ = plain.read(b"[" + b",".join([b"1e99999"] * 400) + b"]", list[int])
    assert mismatch == Mismatch("$[20]", "int")
    assert plain.read(b"[1e99999]", list[int])[1] == [10**99999]


def test_a_cell_of_a_spreadsheet_is_searched_once() -> None:
    # A pattern that starts again at each digit would take hours.
    assert marked("1" * 2_000_000 + "x") == "1" * 2_000_000 + "x"


def test_no_number_of_an_error_is_converted_to_an_integer() -> None:
    body = b'{"errorCode": "VALIDATION", "size": ' + b"7" * 900_000 + b"}"
    assert api_error(response(400, body)).error_code == "VALIDATION"


async def test_a_token_endpoints_response_is_small() -> None:
    with pytest.raises(ProtocolError, match="access_token"):
        read_token(response(200, b'{"access_token": ' + b"7" * 60_000 + b"}"))
    token, credentials = {"access_token": "x" * MAX_TOKEN_BODY}, ClientCredentials("id", "secret")
    async with Scripted(answer(200, token)) as server, calling(server.url, auth=credentials) as client:
        with pytest.raises(ProtocolError, match=f"larger than {MAX_TOKEN_BODY} bytes"):
            await client.server.get_server_info()
        assert len(server.requests) == 1


async def test_a_cursor_that_no_url_can_hold_is_refused() -> None:
    async def fetch(_: str | None) -> Page[int]:
        return Page(data=[1], page_size=1, has_more=True, next="x" * 70_000)

    with pytest.raises(ProtocolError, match="cursor of 70,000 characters"):
        await anext(Pages(fetch, cursor=None, operation="list").items())


@pytest.mark.parametrize("name", ["Location", "Retry-After", "Content-Type", "X"])
async def test_a_header_of_endless_length_ends_the_call(name: str) -> None:
    head = f"HTTP/1.1 302 Found\r\n{name}: ".encode()
    async with Scripted(endless(head, b"1" * 4096)) as server, calling(server.url) as client:
        with pytest.raises(ProtocolError, match="not readable as HTTP"):
            await client.server.get_server_info()


@pytest.fixture
def new_york(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("new_york")
@pytest.mark.parametrize("zone", ["GMT", "-0000", "+0000", "UTC", ""])
def test_a_date_of_retry_after_without_a_zone_is_utc(zone: str) -> None:
    then = datetime.now(UTC) + timedelta(seconds=30)
    value = format_datetime(then).replace("+0000", zone).strip()
    seconds = retry_after_seconds({"Retry-After": value})
    assert seconds is not None
    assert 0 < seconds <= 30


def test_only_the_beginning_of_retry_after_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def date(value: str) -> datetime:
        read.append(value)
        raise ValueError

    monkeypatch.setattr(errors, "parsedate_to_datetime", date)
    assert retry_after_seconds({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT" + " ()" * 100_000}) is None
    assert max(map(len, read)) <= 100
