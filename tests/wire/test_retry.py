"""The policy and its layer on their own: what is repeated, after what pause, and what is said in the end."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments_async import (
    APIError,
    ConfigurationError,
    ConnectionFailedError,
    DeadlineExceededError,
    DecodeError,
    NotFoundError,
    Outcome,
    OutcomeUnknownError,
    PaymentsError,
    ProtocolError,
    RateLimitedError,
    Request,
    Response,
    RetryPolicy,
    Send,
    ServerError,
    TransportError,
)
from payments_async.wire.errors import api_error
from payments_async.wire.retry import retrying
from tests.wire.scripted import at_once, now, request

Failure = Callable[[Request], PaymentsError]


class Server:
    """A `Send` that meets one failure after the other, the last of them for ever, or answers where there is `None`."""

    def __init__(self, *failures: Failure | None) -> None:
        self._failures = failures
        self.times = list[float]()

    async def __call__(self, sent: Request) -> Response:
        failure = self._failures[min(len(self.times), len(self._failures) - 1)]
        self.times.append(now())
        if failure is not None:
            raise failure(sent)
        return Response(request=sent, status=200, headers={}, body=b"")


def status(code: int, retry_after: str | None = None, *, body: bytes = b'{"errorCode":"OF_THE_API"}') -> Failure:
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    return lambda sent: api_error(Response(request=sent, status=code, headers=headers, body=body))


def gateway(code: int) -> Failure:
    return status(code, body=b"")


def not_sent(_: Request) -> PaymentsError:
    return ConnectionFailedError("no connection", outcome=Outcome.NOT_SENT)


def late_before_it_was_sent(_: Request) -> PaymentsError:
    return DeadlineExceededError("no connection", outcome=Outcome.NOT_SENT)


def lost(_: Request) -> PaymentsError:
    return ConnectionFailedError("the connection was lost")


def timed_out(_: Request) -> PaymentsError:
    return DeadlineExceededError("no answer")


def unreadable(_: Request) -> PaymentsError:
    return ProtocolError("no HTTP")


def undecodable(_: Request) -> PaymentsError:
    return DecodeError("no JSON")


def closed(_: Request) -> PaymentsError:
    return ConfigurationError("the client is closed")


def policy(attempts: int = 3, base: float = 0.0, **options: Any) -> RetryPolicy:
    return RetryPolicy(attempts=attempts, base=base, random=lambda: 1.0, **options)


async def outcome(send: Send, sent: Request, policy: RetryPolicy) -> Response | PaymentsError:
    try:
        return await retrying(policy)(send)(sent)
    except PaymentsError as error:
        return error


async def failing(send: Send, sent: Request, policy: RetryPolicy) -> PaymentsError:
    with pytest.raises(PaymentsError) as caught:
        await retrying(policy)(send)(sent)
    return caught.value


# The table of retry.py: what happened, whether an idempotent request is sent again, whether a POST is.

TABLE: dict[str, tuple[list[Failure], bool, bool]] = {
    "nothing was sent": ([not_sent, late_before_it_was_sent], True, True),
    "the server did nothing": ([status(429)], True, True),
    "the answer was lost": ([lost, timed_out], True, False),
    "the server may recover": ([status(code) for code in (408, 500, 502, 503, 504)], True, False),
    "any other answer": ([status(code) for code in (400, 401, 403, 404, 409, 422, 425, 501, 505, 599)], False, False),
    "no answer of the API": ([unreadable, undecodable], False, False),
    "the client cannot work": ([closed], False, False),
}
ROWS = [
    pytest.param(failure, again if idempotent else post_again, method, idempotent, id=f"{what} {n}-{method}-{kind}")
    for what, (failures, again, post_again) in TABLE.items()
    for n, failure in enumerate(failures)
    for method, idempotent, kind in (
        ("GET", True, "read"),
        ("DELETE", True, "delete"),
        ("PATCH", True, "merge"),
        ("PATCH", False, "unknown patch"),
        ("POST", False, "write"),
    )
]


@pytest.mark.parametrize(("failure", "again", "method", "idempotent"), ROWS)
async def test_what_is_sent_again_depends_on_what_happened_and_on_the_method(
    failure: Failure, again: bool, method: str, idempotent: bool
) -> None:
    server = Server(failure)
    error = await failing(server, request(method, idempotent=idempotent), policy(attempts=3))
    assert len(server.times) == (3 if again else 1)
    assert error.exhausted


@pytest.mark.parametrize(("failure", "again", "method", "idempotent"), ROWS)
async def test_a_repetition_that_works_is_the_answer(
    failure: Failure, again: bool, method: str, idempotent: bool
) -> None:
    server = Server(failure, None)
    result = await outcome(server, request(method, idempotent=idempotent), policy(attempts=2))
    assert isinstance(result, Response) is again
    assert len(server.times) == (2 if again else 1)


async def test_one_attempt_repeats_nothing() -> None:
    server = Server(not_sent)
    await failing(server, request(), policy(attempts=1))
    assert len(server.times) == 1


async def test_what_was_repeated_in_vain_already_is_not_repeated_by_a_second_layer() -> None:
    server = Server(status(503))
    twice = retrying(policy(attempts=3))(retrying(policy(attempts=3))(server))
    with pytest.raises(ServerError):
        await twice(request())
    assert len(server.times) == 3


async def test_a_bug_is_not_repeated() -> None:
    calls = 0

    async def broken(_: Request) -> Response:
        nonlocal calls
        calls += 1
        raise KeyError("bug")

    with pytest.raises(KeyError):
        await retrying(policy())(broken)(request())
    assert calls == 1


def test_a_policy_of_ones_own_decides() -> None:
    @attrs.frozen(kw_only=True)
    class Never(RetryPolicy):
        def repeats(self, request: Request, error: PaymentsError) -> bool:  # noqa: ARG002
            return False

    async def scenario() -> int:
        server = Server(not_sent)
        await failing(server, request(), Never())
        return len(server.times)

    assert at_once(scenario()) == 1


async def test_a_repetition_is_logged_with_the_path_template_and_nothing_of_the_request(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, "payments_async")
    await outcome(Server(lost, None), request(url="http://127.0.0.1:9/things/canary?query=canary"), policy())
    assert [record.getMessage() for record in caplog.records] == [
        "GET /things/{thingId}: attempt 1 met ConnectionFailedError, next in 0.000 s"
    ]


# Pauses


@given(
    attempt=st.integers(1, 10**9),
    base=st.floats(0, 1e300),
    cap=st.floats(0, 1e300),
    jitter=st.floats(0, 1, exclude_max=True),
)
def test_jitter_is_full_and_within_its_bounds(attempt: int, base: float, cap: float, jitter: float) -> None:
    pause = RetryPolicy(base=base, cap=cap, random=lambda: jitter).pause(attempt, ConnectionFailedError("lost"))
    bound = cap if attempt > 64 and base else min(cap, base * 2.0 ** (min(attempt, 65) - 1))
    assert 0 <= pause <= bound
    if attempt <= 64:
        assert pause == jitter * bound


def test_jitter_is_random_over_the_whole_range() -> None:
    default = RetryPolicy()
    pauses = [default.pause(1, ConnectionFailedError("lost")) for _ in range(2_000)]
    assert min(pauses) < 0.05 * default.base
    assert 0.95 * default.base < max(pauses) < default.base
    assert len(set(pauses)) > 1_900


def test_pauses_double_up_to_the_cap() -> None:
    async def scenario() -> list[float]:
        server = Server(lost)
        await failing(server, request(total=100), policy(attempts=6, base=0.25, cap=1.5))
        return server.times

    assert at_once(scenario()) == [0, 0.25, 0.75, 1.75, 3.25, 4.75]


HARMLESS = ["", " ", "soon", "nan", "-5", "-0", "inf", "Infinity", "-inf", "1e9", "1.5", "0x10", "+3", "3 4", "٣", "²"]
HARMLESS += ["9" * 400, "Thu, 32 Foo 2020 99:99:99", "Thu, 01 Jan 0000 00:00:00 GMT", "Sun, 06 Nov 1994 08:49:37 GMT"]
HARMLESS += ["Fri, 31 Dec 99999 23:59:59 GMT", "0", "00", '"5"', "5;url=/", "\x00"]


@pytest.mark.parametrize("value", HARMLESS)
@pytest.mark.parametrize("code", [429, 503])
def test_a_retry_after_that_asks_for_nothing_or_makes_no_sense_is_harmless(value: str, code: int) -> None:
    async def scenario() -> list[float]:
        server = Server(status(code, value), None)
        await retrying(policy(base=0.5))(server)(request())
        return server.times

    assert at_once(scenario()) == [0, 0.5]


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_no_retry_after_gives_a_pause_that_is_no_number(value: str) -> None:
    async def scenario() -> float:
        return policy().pause(1, status(429, value)(request()))

    assert 0 <= at_once(scenario()) < float("inf")


@pytest.mark.parametrize("code", [429, 503, 500, 408])
def test_a_retry_after_in_seconds_is_the_least_pause(code: int) -> None:
    async def scenario() -> list[float]:
        server = Server(status(code, "3"), status(code, "1"), None)
        await retrying(policy(base=2.0))(server)(request())
        return server.times

    assert at_once(scenario()) == [0, 3, 7]  # asked for 3 s, then 1 s where the policy itself waits 4 s


def test_a_retry_after_above_the_cap_is_obeyed() -> None:
    async def scenario() -> list[float]:
        server = Server(status(429, "30"), None)
        await retrying(policy(base=0.25, cap=8))(server)(request(total=60))
        return server.times

    assert at_once(scenario()) == [0, 30]


@pytest.mark.parametrize("zone", ["GMT", "+0000"])
def test_a_retry_after_as_a_date_is_waited_for(zone: str) -> None:
    async def scenario() -> list[float]:
        date = format_datetime(datetime.now(UTC) + timedelta(seconds=30)).replace("+0000", zone)
        server = Server(status(429, date), None)
        await retrying(policy())(server)(request(total=60))
        return server.times

    first, second = at_once(scenario())
    assert first == 0
    assert 28 < second <= 30


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("10", r"10\.00"),
        ("11", r"11\.00"),
        ("86400", r"86400\.00"),
        ("999999999", r"999999999\.00"),
        ("Fri, 31 Dec 9999 23:59:59 GMT", r"\d{12}\.\d\d"),
    ],
)
def test_a_pause_past_the_deadline_fails_at_once_and_says_why(value: str, said: str) -> None:
    async def scenario() -> tuple[PaymentsError, float, int]:
        server = Server(status(429, value))
        error = await failing(server, request(total=10), policy())
        return error, now(), len(server.times)

    error, ended, attempts = at_once(scenario())
    assert (ended, attempts) == (0, 1)
    assert isinstance(error, RateLimitedError)
    assert error.retry_after is not None
    assert re.search(rf"; not sent again: the pause of {said} s goes past the call's deadline$", str(error))
    assert error.exhausted


def test_a_pause_that_ends_before_the_deadline_is_made() -> None:
    async def scenario() -> list[float]:
        server = Server(status(429, "9"), None)
        await retrying(policy())(server)(request(total=9.5))
        return server.times

    assert at_once(scenario()) == [0, 9]


def test_a_lost_write_whose_pause_goes_past_the_deadline_says_both() -> None:
    async def scenario() -> PaymentsError:
        return await failing(Server(lost), request("DELETE", total=1), policy(base=8))

    error = at_once(scenario())
    assert isinstance(error, OutcomeUnknownError)
    assert "the connection was lost; not sent again: the pause of 8.00 s goes past the call's deadline" in str(error)


def test_an_error_that_would_not_be_repeated_anyway_speaks_of_no_pause() -> None:
    async def scenario() -> list[PaymentsError]:
        return [
            await failing(Server(status(429, "99")), request(total=1), policy(attempts=1)),
            await failing(Server(status(400, "99")), request(total=1), policy()),
            await failing(Server(late_before_it_was_sent), request(total=1), policy(base=8)),
        ]

    assert not [error for error in at_once(scenario()) if "pause" in str(error)]


@given(
    total=st.floats(0.001, 100),
    base=st.floats(0, 20),
    attempts=st.integers(1, 12),
    answers=st.lists(st.one_of(st.integers(0, 60).map(str), st.none()), min_size=1, max_size=12),
)
def test_nothing_is_sent_past_the_deadline_and_nobody_sleeps_past_it(
    total: float, base: float, attempts: int, answers: list[str | None]
) -> None:
    async def scenario() -> tuple[list[float], float]:
        server = Server(*(status(503, value) for value in answers))
        await failing(server, request(total=total), policy(attempts=attempts, base=base))
        return server.times, now()

    times, ended = at_once(scenario())
    assert len(times) <= attempts
    assert all(time < total for time in times)
    assert ended == times[-1]  # the error came with the last attempt, not after a pause


# A DELETE that meets 404


@pytest.mark.parametrize("first", [lost, timed_out, status(502), status(504), *map(gateway, (408, 500, 503))])
@pytest.mark.parametrize("between", [[], [status(503)], [not_sent], [lost], [status(429), status(500)]])
async def test_a_delete_that_meets_404_after_a_lost_answer_has_succeeded(
    first: Failure, between: list[Failure]
) -> None:
    server = Server(first, *between, status(404))
    response = await retrying(policy(attempts=9))(server)(request("DELETE"))
    assert (response.status, response.body) == (204, b"")
    assert len(server.times) == 2 + len(between)


@pytest.mark.parametrize(
    "before", [[], [not_sent], [status(429)], [status(408)], [status(500)], [status(503)], [not_sent, status(503)]]
)
async def test_a_delete_that_meets_404_otherwise_found_nothing(before: list[Failure]) -> None:
    error = await outcome(Server(*before, status(404)), request("DELETE"), policy(attempts=9))
    assert isinstance(error, NotFoundError)
    acted = any(failure is not not_sent and failure(request()).outcome is Outcome.UNKNOWN for failure in before)
    assert error.outcome is (Outcome.UNKNOWN if acted else Outcome.REFUSED)


@pytest.mark.parametrize("before", [[], [status(429)], [lost], [gateway(503)]])
async def test_a_404_of_a_gateway_is_no_success(before: list[Failure]) -> None:
    error = await outcome(Server(*before, gateway(404)), request("DELETE"), policy(attempts=9))
    assert isinstance(error, NotFoundError | OutcomeUnknownError)
    assert error.outcome is Outcome.UNKNOWN


@pytest.mark.parametrize("method", ["GET", "PATCH"])
async def test_404_after_a_lost_answer_means_nothing_for_other_methods(method: str) -> None:
    assert isinstance(await outcome(Server(lost, status(404)), request(method), policy()), NotFoundError)


@pytest.mark.parametrize("code", [400, 403, 409, 410])
async def test_a_delete_that_meets_another_answer_after_a_lost_one_has_not_succeeded(code: int) -> None:
    error = await outcome(Server(lost, status(code)), request("DELETE"), policy())
    assert isinstance(error, APIError)
    assert (error.status, error.outcome) == (code, Outcome.UNKNOWN)


# What is said of a write that may have happened


@pytest.mark.parametrize("failure", [lost, timed_out])
async def test_a_lost_post_is_an_unknown_outcome_with_operation_reference_and_advice(failure: Failure) -> None:
    server = Server(failure)
    sent = request("POST")
    error = await failing(server, sent, policy())
    assert isinstance(error, OutcomeUnknownError)
    assert len(server.times) == 1
    assert (error.operation, error.reference, error.outcome) == ("do_it", "ref-1", Outcome.UNKNOWN)
    assert str(error) == (
        f"do_it: the write may have happened (reference 'ref-1'): {failure(sent).message}; "
        "look whether it did before you call again"
    )
    assert type(error.__cause__) is type(failure(sent))
    assert error.exhausted


async def test_a_lost_write_without_a_reference_names_none() -> None:
    error = await failing(Server(lost), attrs.evolve(request("POST"), reference=None), policy())
    assert isinstance(error, OutcomeUnknownError)
    assert error.reference is None
    assert "(reference" not in str(error)


@pytest.mark.parametrize("method", ["DELETE", "PATCH"])
async def test_an_idempotent_write_that_is_lost_each_time_is_an_unknown_outcome(method: str) -> None:
    server = Server(lost)
    assert isinstance(await failing(server, request(method), policy()), OutcomeUnknownError)
    assert len(server.times) == 3


@pytest.mark.parametrize("first", [lost, timed_out, status(408), status(500), status(502), status(503), status(504)])
@pytest.mark.parametrize("then", [not_sent, late_before_it_was_sent, status(429), status(401), closed])
async def test_that_nothing_was_done_is_not_said_where_an_earlier_attempt_may_have_done_it(
    first: Failure, then: Failure
) -> None:
    error = await failing(Server(first, then), request("PATCH"), policy())
    assert isinstance(error, OutcomeUnknownError)
    assert type(error.__cause__) is type(then(request("PATCH")))


@pytest.mark.parametrize("before", [[], [status(429)], [not_sent]])
@pytest.mark.parametrize("method", ["DELETE", "PATCH"])
async def test_where_no_attempt_was_sent_or_done_the_outcome_is_not_sent(method: str, before: list[Failure]) -> None:
    error = await failing(Server(*before, not_sent), request(method), policy(attempts=5))
    assert isinstance(error, ConnectionFailedError)
    assert error.outcome is Outcome.NOT_SENT


@pytest.mark.parametrize("before", [[], [not_sent], [status(429)]])
async def test_a_post_that_was_never_sent_says_so(before: list[Failure]) -> None:
    error = await failing(Server(*before, not_sent), request("POST"), policy(attempts=5))
    assert isinstance(error, ConnectionFailedError)
    assert error.outcome is Outcome.NOT_SENT


async def test_a_post_that_is_lost_after_it_was_not_sent_is_not_sent_a_third_time() -> None:
    server = Server(not_sent, status(429), lost)
    assert isinstance(await failing(server, request("POST"), policy(attempts=9)), OutcomeUnknownError)
    assert len(server.times) == 3


@pytest.mark.parametrize("code", [400, 403, 404, 409, 422, 500, 503])
async def test_the_answer_to_the_last_attempt_stands(code: int) -> None:
    error = await failing(Server(lost, status(code)), request("PATCH"), policy(attempts=2))
    assert isinstance(error, APIError)
    assert (error.status, error.outcome) == (code, Outcome.UNKNOWN)
    error = await failing(Server(not_sent, status(code)), request("PATCH"), policy(attempts=2))
    assert error.outcome is (Outcome.REFUSED if code < 500 else Outcome.UNKNOWN)


@pytest.mark.parametrize("code", [408, 500, 502, 503, 504])
async def test_a_post_that_the_server_answered_with_a_failure_is_a_server_error(code: int) -> None:
    server = Server(status(code))
    error = await failing(server, request("POST"), policy())
    assert isinstance(error, APIError)
    assert (error.status, len(server.times)) == (code, 1)


@pytest.mark.parametrize("failures", [[lost], [timed_out], [lost, not_sent], [not_sent, lost], [status(504), not_sent]])
async def test_a_read_is_never_a_write_that_may_have_happened(failures: list[Failure]) -> None:
    error = await failing(Server(*failures), request(), policy())
    assert isinstance(error, TransportError)
    assert not isinstance(error, OutcomeUnknownError)
    assert error.outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("option", "value"),
    [("attempts", 0), ("attempts", -1)]
    + [(option, value) for option in ("base", "cap") for value in (-0.1, float("nan"), float("inf"), -float("inf"))],
)
def test_a_policy_that_makes_no_sense_is_refused(option: str, value: Any) -> None:
    with pytest.raises(ValueError, match=rf"RetryPolicy\.{option} is"):
        RetryPolicy(**{option: value})
