"""Retries of failed requests: the policy that decides, and the layer that sends them again."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable

import attrs

from payments_async.wire.call import Layer, Request, Response, Send
from payments_async.wire.errors import (
    APIError,
    AuthenticationError,
    DeadlineExceededError,
    NotFoundError,
    Outcome,
    OutcomeUnknownError,
    PaymentsError,
    TransportError,
)

log: logging.Logger = logging.getLogger(__name__)

# Which failures are retried. Idempotent requests are GET, DELETE and the PATCHes that merge metadata.
# After a 401, `authorizing` sends the request once more with another token, whatever the method.
#
#   what happened                            | idempotent | POST
#   -----------------------------------------|------------|------
#   nothing was sent (DNS, TCP, TLS, pool)   | yes        | yes
#   429: the server did nothing              | yes        | yes
#   response lost, or an attempt timed out   | yes        | no
#   408, 500, 502, 503, 504                  | yes        | no
#   any other response                       | no         | no
_NOTHING_DONE = frozenset({429})
_TEMPORARY = frozenset({408, 500, 502, 503, 504})
_LOST_AT_GATEWAY = frozenset({502, 504})


@attrs.frozen(kw_only=True)
class RetryPolicy:
    """How often failed requests are retried, and after what pause.

    The pause before the n-th retry is random between 0 and `base * 2**(n - 1)` seconds (full jitter), `cap` seconds at
    most, and never shorter than the server's Retry-After. If a pause would end after the call's deadline, the call
    fails at once instead.

    Attributes:
        attempts: How often a request is sent at most, including the first time; 1 means no retries.
        base: Longest first pause, in seconds.
        cap: Longest pause, in seconds, unless the server asks for more.
        random: Returns the jitter, between 0 and 1.
    """

    attempts: int = 4
    base: float = 0.25
    cap: float = 8.0
    random: Callable[[], float] = attrs.field(default=random.random, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        if self.attempts < 1:
            raise ValueError(f"RetryPolicy.attempts is {self.attempts}: give 1 or more")
        for name, seconds in (("base", self.base), ("cap", self.cap)):
            if not 0 <= seconds < float("inf"):
                raise ValueError(f"RetryPolicy.{name} is {seconds!r}: give a finite number of seconds, 0 or more")

    def repeats(self, request: Request, error: PaymentsError) -> bool:
        """Whether a request that failed with this error may be sent again."""
        if error.exhausted:
            return False
        match error:
            case TransportError(outcome=Outcome.NOT_SENT):
                return True
            case TransportError():
                return request.idempotent
            case APIError(status=status):
                return status in _NOTHING_DONE or (request.idempotent and status in _TEMPORARY)
            case _:
                return False

    def pause(self, attempt: int, error: PaymentsError) -> float:
        """Seconds to wait after a failed attempt; the first attempt is number 1."""
        try:
            share = self.random()
        except Exception:  # noqa: BLE001  # it must not replace the error that tells what became of the call
            share = 1.0
        jitter = share * min(self.cap, self.base * 2.0 ** min(attempt - 1, 64))
        asked = error.retry_after if isinstance(error, APIError) else None
        return max(jitter, asked or 0.0)


def retrying(policy: RetryPolicy) -> Layer:
    """Retries requests as the policy says, within the call's deadline, and reports writes that may have happened.

    Raises:
        OutcomeUnknownError: the response to a write was lost, in the last attempt or in an earlier one.
        PaymentsError: the error of the last attempt.
    """

    def layer(send: Send) -> Send:
        async def send_retrying(request: Request) -> Response:
            lost = may_have_acted = False  # in one of the attempts so far
            attempt = 1
            while True:
                try:
                    return await send(request)
                except PaymentsError as error:
                    if lost and request.method == "DELETE" and _not_found(error):
                        # An earlier attempt, whose response was lost, has deleted it.
                        return Response(request=request, status=204, headers={}, body=b"")
                    pause = policy.pause(attempt, error)
                    time_left = request.deadline - asyncio.get_running_loop().time()
                    retry = attempt < policy.attempts and policy.repeats(request, error)
                    if not retry or pause >= time_left:
                        error.exhausted = True
                        if retry and not isinstance(error, DeadlineExceededError):
                            too_late = f"not sent again: the pause of {pause:.2f} s goes past the call's deadline"
                            error.args = (f"{error.message}; {too_late}",)
                        failure = _final_error(request, error, may_have_acted)
                        break
                    lost = lost or _response_lost(error)
                    may_have_acted = may_have_acted or error.outcome is Outcome.UNKNOWN
                    log.info(
                        "%s %s: attempt %d met %s, next in %.3f s",
                        request.method,
                        request.path,
                        attempt,
                        type(error).__name__,
                        pause,
                        extra={
                            "operation": request.operation,
                            "method": request.method,
                            "path": request.path,
                            "attempt": attempt,
                            "error": type(error).__name__,
                            "pause": pause,
                        },
                    )
                await asyncio.sleep(pause)
                attempt += 1
            raise failure

        return send_retrying

    return layer


def _response_lost(error: PaymentsError) -> bool:
    """Whether the API may have answered with something else, which did not arrive."""
    if isinstance(error, APIError):
        return error.outcome is Outcome.UNKNOWN and (error.foreign or error.status in _LOST_AT_GATEWAY)
    return error.outcome is Outcome.UNKNOWN


def _not_found(error: PaymentsError) -> bool:
    """Whether the API itself says that the resource does not exist; a gateway's 404 page does not count."""
    return isinstance(error, NotFoundError) and not error.foreign


def _settles(error: PaymentsError) -> bool:
    """Whether a response tells what happened to the earlier attempts."""
    if not isinstance(error, APIError) or isinstance(error, AuthenticationError) or error.status in _NOTHING_DONE:
        return False
    return not isinstance(error, NotFoundError) or _not_found(error)


def _final_error(request: Request, error: PaymentsError, may_have_acted: bool) -> PaymentsError:
    """The error to raise: it must not say that nothing was done if a write may have happened.

    Args:
        request: What was sent.
        error: The error of the last attempt.
        may_have_acted: Whether the server may have acted on an earlier attempt.
    """
    if not (isinstance(error, TransportError) and error.outcome is Outcome.UNKNOWN):
        if not may_have_acted or (request.safe and not isinstance(error, TransportError)):
            return error
        error.outcome = Outcome.UNKNOWN
        if _settles(error):
            return error
        error.args = (f"an earlier attempt may have arrived; the last one: {error.message}",)
    if request.safe:
        return error
    which = f" (reference {request.reference!r})" if request.reference else ""
    unknown = OutcomeUnknownError(
        f"the write may have happened{which}: {error.message}; look whether it did before you call again",
        operation=request.operation,
        reference=request.reference,
    )
    unknown.exhausted = True
    unknown.request_ids = dict(error.request_ids)
    unknown.__cause__ = error
    return unknown
