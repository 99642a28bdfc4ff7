"""When a failed request is sent again: a policy that decides, and the layer that does it."""

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
    ServerError,
    TransportError,
)

log = logging.getLogger(__name__)

# What is sent again, by what happened. Idempotent requests are GET, DELETE and the PATCHes that merge metadata.
# A 401 is answered with another token by `authorizing`, whatever the method.
#
#   what happened                            | idempotent | POST
#   -----------------------------------------|------------|------
#   nothing was sent (DNS, TCP, TLS, pool)   | yes        | yes
#   429: the server did nothing              | yes        | yes
#   the answer was lost, an attempt timed out| yes        | no
#   408, 500, 502, 503, 504                  | yes        | no
#   any other answer                         | no         | no
_DID_NOTHING = frozenset({429})
_MAY_PASS = frozenset({408, 500, 502, 503, 504})
_LOST_BEHIND_GATEWAY = frozenset({502, 504})


@attrs.frozen(kw_only=True)
class RetryPolicy:
    """Which failures are repeated, how often and after what pause.

    The pause before the n-th repetition is random between 0 and `base * 2**(n - 1)` seconds (full jitter), `cap`
    seconds at most, and never shorter than the server's Retry-After. None goes past the call's deadline: the call
    fails at once instead.

    Attributes:
        attempts: How often a request is sent at most, the first time included; 1 repeats nothing.
        base: Seconds that the first pause has at most.
        cap: Seconds that any pause has at most, unless the server asks for more.
        random: Gives the jitter, between 0 and 1.
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
        """Whether a request that met this error may be sent again."""
        if error.exhausted:
            return False
        match error:
            case TransportError(outcome=Outcome.NOT_SENT):
                return True
            case TransportError():
                return request.idempotent
            case APIError(status=status):
                return status in _DID_NOTHING or (request.idempotent and status in _MAY_PASS)
            case _:
                return False

    def pause(self, attempt: int, error: PaymentsError) -> float:
        """Seconds to wait after the failed attempt of this number, the first being 1."""
        jitter = self.random() * min(self.cap, self.base * 2.0 ** min(attempt - 1, 64))
        asked = error.retry_after if isinstance(error, APIError) else None
        return max(jitter, asked or 0.0)


def retrying(policy: RetryPolicy) -> Layer:
    """Sends a request again as the policy says, within the call's deadline, and says what is known of a lost write.

    Raises:
        OutcomeUnknownError: the answer of a write was lost, in this attempt or in one before it.
        PaymentsError: what the last attempt met.
    """

    def layer(send: Send) -> Send:
        async def send_retrying(request: Request) -> Response:
            lost = doubt = False
            attempt = 1
            while True:
                try:
                    return await send(request)
                except PaymentsError as error:
                    if lost and request.method == "DELETE" and _not_there(error):
                        # An attempt whose answer was lost has deleted it.
                        return Response(request=request, status=204, headers={}, body=b"")
                    lost = lost or _answer_lost(error)
                    doubt = doubt or lost or _may_have_acted(error)
                    pause = policy.pause(attempt, error)
                    time_left = request.deadline - asyncio.get_running_loop().time()
                    again = attempt < policy.attempts and policy.repeats(request, error)
                    if not again or pause >= time_left:
                        error.exhausted = True
                        if again and not isinstance(error, DeadlineExceededError):
                            too_late = f"not sent again: the pause of {pause:.2f} s goes past the call's deadline"
                            error.args = (f"{error.message}; {too_late}",)
                        failure = _final(request, error, doubt)
                        break
                    log.info(
                        "%s %s: attempt %d met %s, next in %.3f s",
                        request.method,
                        request.path,
                        attempt,
                        type(error).__name__,
                        pause,
                    )
                await asyncio.sleep(pause)
                attempt += 1
            raise failure

        return send_retrying

    return layer


def _answer_lost(error: PaymentsError) -> bool:
    if isinstance(error, TransportError):
        return error.outcome is Outcome.UNKNOWN
    return isinstance(error, APIError) and error.status in _LOST_BEHIND_GATEWAY


def _may_have_acted(error: PaymentsError) -> bool:
    return isinstance(error, APIError) and (error.status in _MAY_PASS or isinstance(error, ServerError))


def _not_there(error: PaymentsError) -> bool:
    """Whether the API says that there is no such resource; a gateway's page of that status says nothing of it."""
    return isinstance(error, NotFoundError) and not error.foreign


def _settles(error: PaymentsError) -> bool:
    """Whether an answer says what became of the attempts before it."""
    if not isinstance(error, APIError) or isinstance(error, AuthenticationError) or error.status in _DID_NOTHING:
        return False
    return not isinstance(error, NotFoundError) or _not_there(error)


def _final(request: Request, error: PaymentsError, doubt: bool) -> PaymentsError:
    """The error to raise: of a write that may have happened, none may say that nothing was done."""
    if not doubt or _settles(error):
        return error
    what = error.message
    if not (isinstance(error, TransportError) and error.outcome is Outcome.UNKNOWN):
        what = f"an earlier attempt may have arrived; the last one: {what}"
    if request.safe:
        if isinstance(error, TransportError):
            error.args, error.outcome = (what,), Outcome.UNKNOWN
        return error
    which = f" (reference {request.reference!r})" if request.reference else ""
    unknown = OutcomeUnknownError(
        f"the write may have happened{which}: {what}; look whether it did before you call again",
        operation=request.operation,
        reference=request.reference,
    )
    unknown.exhausted = True
    unknown.__cause__ = error
    return unknown
