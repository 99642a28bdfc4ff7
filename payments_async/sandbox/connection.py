"""Connections, and the answers to requests that aiohttp cannot parse."""

import re

from aiohttp import web
from aiohttp.http_exceptions import BadHttpMethod
from aiohttp.web import BaseRequest, RequestHandler, StreamResponse

BEYOND_ASCII = re.compile(rb"[\x80-\xff]")


class Connection(RequestHandler):
    """A connection that takes and refuses what a server written in Go does."""

    __slots__ = ()

    def data_received(self, data: bytes) -> None:
        """Escape bytes beyond ASCII in the target of a request, which Go accepts and aiohttp does not."""
        line, end, rest = data.partition(b"\r\n")
        if line.endswith((b" HTTP/1.1", b" HTTP/1.0")) and not line.isascii():
            data = BEYOND_ASCII.sub(lambda byte: b"%%%02X" % ord(byte[0]), line) + end + rest
        super().data_received(data)

    def handle_error(
        self,
        request: BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> StreamResponse:
        """Answer what is not HTTP as Go does; to Go, an unknown method is valid and belongs to no route."""
        if status != 400:
            return super().handle_error(request, status, exc, message)
        unknown_method = isinstance(exc, BadHttpMethod)
        response = web.Response(status=405) if unknown_method else web.Response(status=400, text="400 Bad Request")
        response.force_close()
        return response
