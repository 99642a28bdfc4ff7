"""Connections, and what is said to those whose requests aiohttp cannot read."""

import re

from aiohttp import web
from aiohttp.http_exceptions import BadHttpMethod
from aiohttp.web import BaseRequest, RequestHandler, StreamResponse

REQUEST_LINE = re.compile(rb"[A-Z]+ [^\r\n]*[\x80-\xff][^\r\n]* HTTP/1\.[01]\r\n")
BEYOND_ASCII = re.compile(rb"[\x80-\xff]")


class Connection(RequestHandler):
    """A connection on which Go's server is listening, as far as can be seen."""

    __slots__ = ()

    def data_received(self, data: bytes) -> None:
        """Take in what has arrived; Go takes any byte in the target of a request, and aiohttp wants it escaped."""
        if line := REQUEST_LINE.match(data):
            escaped = BEYOND_ASCII.sub(lambda byte: b"%%%02X" % ord(byte[0]), line[0])
            data = escaped + data[line.end() :]
        super().data_received(data)

    def handle_error(
        self,
        request: BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> StreamResponse:
        """Answer what is no request as Go does; a method that nobody knows is one, which no route takes."""
        if status != 400:
            return super().handle_error(request, status, exc, message)
        unknown_method = isinstance(exc, BadHttpMethod)
        response = web.Response(status=405) if unknown_method else web.Response(status=400, text="400 Bad Request")
        response.force_close()
        return response
