"""Exchanges with a server of version 3.4.0, recorded: one of each shape that an answer to an operation has had."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import attrs

from payments_async import Request, Response

FILE = Path(__file__).parent / "recorded_answers.jsonl"


@attrs.frozen
class Exchange:
    """What was asked for, and what came back.

    Attributes:
        operation: The operation's id; `None` where there is no such route.
        method: HTTP method.
        path: The path as it was sent.
        query: The query as it was sent.
        status: HTTP status.
        content_type: The answer's content type.
        body: The answer as JSON values, or its text where it is none; `None` where it is empty.
    """

    operation: str | None
    method: str
    path: str
    query: str
    status: int
    content_type: str
    body: Any

    def __str__(self) -> str:
        return f"{self.operation or f'{self.method} {self.path}'} {self.status}"

    @property
    def response(self) -> Response:
        """The answer, as a client gets it."""
        return self.response_to(
            Request(operation=str(self), method=self.method, path=self.path, url=self.path, deadline=0)
        )

    def response_to(self, request: Request) -> Response:
        """The answer, to a request of one's own."""
        text = self.body if self.content_type.startswith("text/plain") else json.dumps(self.body)
        content = b"" if self.body is None else str(text).encode()
        return Response(request=request, status=self.status, headers={"Content-Type": self.content_type}, body=content)


EXCHANGES = [Exchange(**json.loads(line)) for line in FILE.read_text(encoding="utf-8").splitlines()]
