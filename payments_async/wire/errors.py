"""The errors of this package, and the layer that turns error responses into them.

PaymentsError
├── ConfigurationError              the client was set up or used in a way that cannot work
├── TransportError                  no complete response
│   ├── ConnectionFailedError       the connection could not be made, or was lost
│   ├── DeadlineExceededError       the call's deadline passed
│   └── OutcomeUnknownError         a write that may have happened
├── ProtocolError                   the response is not what the API promises
│   ├── DecodeError                 the JSON does not fit the model
│   └── ResponseTooLargeError       the response is larger than the client's `max_body`
└── APIError                        the server answered with an error status
    ├── ValidationError             400, 422
    ├── AuthenticationError         401, or the token endpoint refused the credentials
    ├── PermissionDeniedError       403
    ├── NotFoundError               404
    ├── ConflictError               409, or a duplicate reported under another status
    ├── RateLimitedError            429
    └── ServerError                 500 and above

No text, repr or pickled form of these holds a token, a secret or a response body.
"""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import Collection, Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from enum import Enum
from types import MappingProxyType
from typing import Any, cast
from urllib.parse import urljoin, urlsplit

from payments_async.wire.call import Request, Response, Send
from payments_async.wire.request_ids import request_ids


class Outcome(Enum):
    """Whether a request that ended with an error took effect."""

    NOT_SENT = "not sent"
    """No byte was sent: the server did nothing. It is safe to call again."""
    REFUSED = "refused"
    """The API refused the request and did nothing."""
    UNKNOWN = "unknown"
    """The request may have been sent, and the server may have acted on it."""
    DONE = "done"
    """The API carried out the request, but its response could not be read."""


class PaymentsError(Exception):
    """The root of every error that a call raises.

    Attributes:
        operation: The operation that failed, snake_case; `None` where no operation was running.
        outcome: Whether the request took effect; `None` for an error that is not one of a call.
        cursor: While paging, the cursor of the page that failed: pass it to the list call to continue from there.
        exhausted: Whether a retry is pointless: a retry policy has given up already, or the client is closed.
        request_ids: The header fields of an error response by which the server's operators find the request, such as
            `X-Request-Id` and `traceparent`; empty if there are none.
    """

    outcome: Outcome | None = None
    request_ids: Mapping[str, str] = MappingProxyType({})

    def __init__(self, message: str, *, operation: str | None = None, outcome: Outcome | None = None) -> None:
        super().__init__(message)
        self.operation = operation
        if outcome is not None:
            self.outcome = outcome
        self.cursor: str | None = None
        self.exhausted = False

    @property
    def message(self) -> str:
        """What happened and what to do next, in one or two sentences."""
        return str(self.args[0])

    def __str__(self) -> str:
        ids = "".join(f" [{name}: {value}]" for name, value in self.request_ids.items())
        return f"{self.operation}: {self.message}{ids}" if self.operation else f"{self.message}{ids}"

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"


class ConfigurationError(PaymentsError):
    """The client was set up or used in a way that cannot work."""

    outcome: Outcome | None = Outcome.NOT_SENT


class TransportError(PaymentsError):
    """No complete response arrived."""

    outcome: Outcome | None = Outcome.UNKNOWN


class ConnectionFailedError(TransportError):
    """The connection could not be made, or was lost before the response was complete."""


class DeadlineExceededError(TransportError):
    """The call's deadline passed.

    Attributes:
        task_id: After a `wait_for` call, the task that has not ended yet: wait for it again with this id; `None` if
            there is none.
    """

    task_id: str | None = None


class OutcomeUnknownError(TransportError):
    """A write that may have happened: its response was lost.

    Attributes:
        reference: The request's own reference, by which you can look the resource up; `None` if the request has none.
    """

    def __init__(self, message: str, *, operation: str | None = None, reference: str | None = None) -> None:
        super().__init__(message, operation=operation)
        self.reference = reference


class ProtocolError(PaymentsError):
    """The response is not what the API promises: a redirect, a wrong content type, too many bytes, a bad cursor."""

    outcome: Outcome | None = Outcome.UNKNOWN


class DecodeError(ProtocolError):
    """The JSON of a response does not fit the model.

    Attributes:
        path: Where it does not fit, as a JSON path such as `$.cursor.data[3].amount`.
        expected: What should be there, such as `int`.
    """

    outcome: Outcome | None = Outcome.DONE

    def __init__(
        self,
        message: str,
        *,
        operation: str | None = None,
        outcome: Outcome | None = None,
        path: str = "$",
        expected: str = "JSON",
    ) -> None:
        super().__init__(message, operation=operation, outcome=outcome)
        self.path = path
        self.expected = expected


class ResponseTooLargeError(ProtocolError):
    """The response is larger than the client's `max_body`."""


class APIError(PaymentsError):
    """The server answered with an error status.

    Attributes:
        status: HTTP status code; 0 if the client raised the error itself.
        error_code: The server's error code, such as `VALIDATION`, unchanged; `None` if the response has none.
        error_message: The server's error message, in which whatever looks like a token or an account number is
            redacted.
        details: Further text from the server, redacted in the same way; rarely present.
        retry_after: Seconds that the server asks to wait; `None` if it does not ask.
        foreign: Whether the response lacks the API's error envelope: it may come from a gateway, and then says nothing
            about the resource.
    """

    outcome: Outcome | None = Outcome.UNKNOWN

    def __init__(
        self,
        message: str,
        *,
        operation: str | None = None,
        outcome: Outcome | None = None,
        status: int = 0,
        error_code: str | None = None,
        error_message: str | None = None,
        details: str | None = None,
        retry_after: float | None = None,
        foreign: bool = False,
    ) -> None:
        super().__init__(message, operation=operation, outcome=outcome)
        self.status = status
        self.error_code = error_code
        self.error_message = error_message
        self.details = details
        self.retry_after = retry_after
        self.foreign = foreign


class ValidationError(APIError):
    """The server rejected the request as invalid (400, 422)."""


class AuthenticationError(APIError):
    """The credentials or the token were refused (401). This API also answers 401 when a scope is missing."""


class PermissionDeniedError(APIError):
    """The credentials are valid but do not allow this (403)."""


class NotFoundError(APIError):
    """There is no such resource, or no such route (404)."""


class ConflictError(APIError):
    """The resource exists already (409, or a duplicate reported under another status).

    Attributes:
        fields: After an `ensure_*` call, the fields in which the existing resource differs from the request.
    """

    def __init__(self, message: str, *, fields: tuple[str, ...] = (), **attributes: Any) -> None:
        super().__init__(message, **attributes)
        self.fields = fields


class RateLimitedError(APIError):
    """Too many requests (429)."""


class ServerError(APIError):
    """The server failed (500 and above). A write may have taken effect."""


_BY_STATUS: dict[int, type[APIError]] = {
    400: ValidationError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    422: ValidationError,
    429: RateLimitedError,
}

MAX_ERROR_BODY = 2**20
"""The most bytes of a response with an error status that are looked at: no error of the API has as many."""

_SENSITIVE = re.compile(
    r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}\b|\b[a-z]{2}\d{2}[a-z0-9]{11,30}\b"  # an IBAN
    r"|\beyJ[\w.-]{8,}+"  # a JSON Web Token
    r"|\b(?i:Bearer|Basic) ++\S++"
    r"|\b\d{8,}+\b"  # an account number
)
_SHOWN = 500
"""The most characters of a server's text that an error shows."""
_SEARCHED = 4 * _SHOWN
"""The most characters of it that are searched for secrets, of which some may disappear."""
_LONGEST_UNNOTICED = 40
"""The most characters of a secret that the search would not recognize without the rest."""


def redacted(text: str, secrets: Collection[str] = ()) -> str:
    """The beginning of a server's text, with `[redacted]` for known secrets and what looks like a token or an account.

    Args:
        text: The server's text, of any length.
        secrets: Texts to redact besides, none of them empty.
    """
    searched = text[:_SEARCHED].encode(errors="replace").decode()
    for secret in secrets:
        searched = searched.replace(secret, "[redacted]")
    if len(text) > _SEARCHED:  # the end may be the beginning of a secret
        searched = searched[: -max(_LONGEST_UNNOTICED, *map(len, secrets), 0)]
    shown = _SENSITIVE.sub("[redacted]", searched)
    return shown if len(shown) <= _SHOWN and len(text) <= _SEARCHED else shown[:_SHOWN] + "…"


def json_object(body: bytes) -> dict[str, Any]:
    """The JSON object in `body`, or an empty one: error bodies may also be empty, plain text or HTML."""
    try:
        content = json.loads(body, parse_int=float)  # `int` takes long for many digits
    except (ValueError, RecursionError):
        return {}
    return cast(dict[str, Any], content) if isinstance(content, dict) else {}


def retry_after_seconds(headers: Mapping[str, str]) -> float | None:
    """The seconds that a Retry-After header asks to wait, read from a number or an HTTP date; otherwise `None`."""
    value = headers.get("Retry-After", "")[:100].strip()
    if re.fullmatch(r"[0-9]{1,9}", value):
        return float(value)
    try:
        date = parsedate_to_datetime(value)
        # A date without a zone, or with -0000, has no time zone in Python; HTTP dates are in UTC (RFC 9110, 5.6.7).
        seconds = (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp() - time.time()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _shown(words: object, secrets: Collection[str]) -> str | None:
    return redacted(words, secrets) if isinstance(words, str) and words else None


def api_error(response: Response) -> APIError:
    """The error for a response with an error status: its class follows from the status, then from the body."""
    body = json_object(response.body)
    secrets = response.request.secrets
    code, words, details = (_shown(body.get(name), secrets) for name in ("errorCode", "errorMessage", "details"))
    status = response.status
    kind = _BY_STATUS.get(status, ServerError if status >= 500 else APIError)
    if code == "CONFLICT" or (status == 500 and "duplicate key" in str(body.get("errorMessage"))):
        # The server reports some duplicates as internal errors, with the database's error message.
        kind = ConflictError
    reason = ": ".join(part for part in (code, words) if part) or "no reason given"
    if status in (404, 405) and not code:
        reason += "; this server has no such route: it may be of another version, or the client's api_path is wrong"
    return kind(
        f"the server answered {status} ({reason})",
        operation=response.request.operation,
        status=status,
        error_code=code,
        error_message=words,
        details=details,
        retry_after=retry_after_seconds(response.headers),
        outcome=_outcome(kind, response, enveloped=code is not None),
        foreign=code is None,
    )


def _outcome(kind: type[APIError], response: Response, *, enveloped: bool) -> Outcome:
    """Whether the request took effect, for a response with an error status.

    | the response | outcome |
    |---|---|
    | 401, 403, 429 | `REFUSED` |
    | anything else without the API's error envelope | `UNKNOWN` |
    | a duplicate | `REFUSED`, or `UNKNOWN` of a call that is not atomic |
    | 408, 500 and above | `UNKNOWN` |
    | any other status | `REFUSED`, or `UNKNOWN` of a call that is not atomic |
    """
    if response.status in (401, 403, 429):
        return Outcome.REFUSED
    refused = kind is ConflictError or (response.status < 500 and response.status != 408)
    return Outcome.REFUSED if enveloped and refused and response.request.atomic else Outcome.UNKNOWN


def origin(url: str) -> str:
    """Scheme, host and port of a URL: the only parts of it that an error may show."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def _unexpected_status(response: Response) -> ProtocolError:
    """The error for a response that is neither a success nor an error, such as a redirect."""
    if "Location" not in response.headers:
        return ProtocolError(
            f"the server answered {response.status}, as the API never does; check the client's base_url and api_path",
            operation=response.request.operation,
        )
    here = origin(response.request.url)
    try:
        there = origin(urljoin(response.request.url, response.headers["Location"]))
    except ValueError:
        there = "an unreadable address"
    where = "the same origin" if there == here else there
    return ProtocolError(
        f"the server answered {response.status}, a redirect to {where}; redirects are never followed: "
        "check the client's base_url and api_path",
        operation=response.request.operation,
    )


def checking(send: Send) -> Send:
    """Raises an error for each response that is not a success; returns the successful ones."""

    async def send_checked(request: Request) -> Response:
        response = await send(request)
        if 200 <= response.status < 300:
            return response
        error = api_error(response) if response.status >= 400 else _unexpected_status(response)
        error.request_ids = request_ids(response)
        raise error

    return send_checked
