"""The server's answers: JSON with its escapes, envelopes and errors."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from aiohttp import web

HEADERS = {"Content-Type": "application/json", "Vary": "Origin"}

encode: Callable[[Any], str] = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

encode_text: Callable[[str], str] = json.encoder.encode_basestring
"""Encodes a text exactly as `encode` does, in one call."""


class RefusedError(Exception):
    """A request answered with an error.

    Args:
        status: HTTP status.
        code: `errorCode` of the envelope; None for an answer without a body.
        message: `errorMessage`, free text.
    """

    def __init__(self, status: int, code: str | None, message: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message

    def response(self) -> web.Response:
        """The answer with this error."""
        if self.code is None:
            return web.Response(status=self.status, headers=HEADERS)
        return answer(encode({"errorCode": self.code, "errorMessage": self.message}), status=self.status)


def validation(message: str) -> RefusedError:
    """The request can be read, and is not valid."""
    return RefusedError(400, "VALIDATION", message)


def invalid_id(message: str) -> RefusedError:
    """An id in the path cannot be decoded; other resources answer VALIDATION to that."""
    return RefusedError(400, "INVALID_ID", message)


def bad_body(message: str) -> RefusedError:
    """The body is absent, not JSON, or a member has the wrong JSON type."""
    return RefusedError(400, "MISSING_OR_INVALID_BODY", message)


def not_found(message: str = "not found") -> RefusedError:
    """The id is well-formed and unknown."""
    return RefusedError(404, "NOT_FOUND", message)


def internal(message: str = "Internal Server Error") -> RefusedError:
    """All that the server does not check itself, errors of its database above all."""
    return RefusedError(500, "INTERNAL", message)


def panicked() -> RefusedError:
    """The process that owns connectors panicked: its answer is a status without a body."""
    return RefusedError(500, None)


def splice(members: Mapping[str, Any], **encoded: str | None) -> str:
    """Encode an object some of whose members are JSON text already; None stands for `null`."""
    tail = "".join(f',"{name}":{text or "null"}' for name, text in encoded.items())
    return encode(members)[:-1] + tail + "}"


def answer(text: str, *, status: int = 200) -> web.Response:
    """Send JSON text; characters special to HTML are escaped and a newline ends it, as Go's encoder does."""
    return _answer(text.encode(), status)


def data(text: str, *, status: int = 200) -> web.Response:
    """Send JSON text in the `data` envelope."""
    return answer(f'{{"data":{text}}}', status=status)


def cursor(members: Mapping[str, Any], rows: Iterable[str]) -> web.Response:
    """Send JSON texts as `data` of the `cursor` envelope, after its other members."""
    # Bytes, because copying one long text several times costs more than encoding its parts.
    listed = b",".join(row.encode() for row in rows)
    return _answer(b'{"cursor":%b,"data":[%b]}}' % (encode(members)[:-1].encode(), listed), 200)


def array(texts: Iterable[str]) -> str:
    """A JSON array of JSON texts."""
    return f"[{','.join(texts)}]"


def nothing() -> web.Response:
    """Send 204."""
    return web.Response(status=204, headers=HEADERS)


def _answer(body: bytes, status: int) -> web.Response:
    for character, escape in _ESCAPES:
        # Looking for the first byte is much faster than looking for all three of a separator.
        if character[0] in body:
            body = body.replace(character, escape)
    return web.Response(body=body + b"\n", status=status, headers=HEADERS)


# These occur in JSON inside strings only, so replacing them in the finished text is safe.
_ESCAPES = [(character.encode(), f"\\u{ord(character):04x}".encode()) for character in "<>&\u2028\u2029"]
