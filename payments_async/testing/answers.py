"""Answers that are prepared, in place of the network."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, cast

import attrs

from payments_async import Page, Request, Response
from payments_async.models import Model
from payments_async.models.generated.operations import OPERATIONS, Operation

Answer: TypeAlias = Any
"""A model, a list of models, a `Page`, plain JSON values, `None`, `(status, JSON)`, a `Response`, or an exception."""

_TOKEN = {"access_token": "canned", "token_type": "Bearer", "expires_in": 3600}
_JSON = {"Content-Type": "application/json"}


class Canned:
    """A transport that answers each operation with what was prepared for it, and remembers the requests.

    Args:
        answers: An answer, or a function that takes the request and returns one, by the name of the operation:
            `"get_payment"`, for the current API `"v3.get_payment"`. What the API puts into an envelope is put into one:
            a list becomes the only page of a list. `None` is an answer without content, an exception is raised, and
            `(404, {"errorCode": "NOT_FOUND", "errorMessage": "…"})` is an answer of another status.
    """

    def __init__(self, answers: Mapping[str, Answer | Callable[[Request], Answer]]) -> None:
        self.requests: list[Request] = []
        """The requests so far, without those for tokens."""
        self._answers = {"get_token": _TOKEN, **answers}

    async def __call__(self, request: Request) -> Response:
        """Answer a request.

        Raises:
            LookupError: no answer is prepared for the operation.
        """
        if request.operation != "get_token":
            self.requests.append(request)
        name = f"v3.{request.operation}" if request.path.startswith("/v3/") else request.operation
        if name not in self._answers:
            raise LookupError(f"no answer is prepared for {name}: add it to those of canned()")
        answer = self._answers[name]
        if callable(answer):
            answer = answer(request)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, Response):
            return attrs.evolve(answer, request=request)
        if isinstance(answer, tuple):
            status, body = cast("tuple[int, Any]", answer)
            return _response(request, status, _plain(body))
        return _answered(request, answer)


def canned(answers: Mapping[str, Answer | Callable[[Request], Answer]]) -> Canned:
    """A transport for `PaymentsClient(transport=…)` that answers from memory; `Canned` says how.

    Retries, errors, tokens and decoding work as with a server.
    """
    return Canned(answers)


def _answered(request: Request, answer: Answer) -> Response:
    """The answer in its envelope, with the reference of the request, as a server would repeat it."""
    if answer is None:
        return Response(request=request, status=204, headers={}, body=b"")
    operation = _operation(request)
    plain = _plain(answer)
    if request.reference is not None and getattr(answer, "reference", None) is not None:
        plain["reference"] = request.reference
    if operation is None or operation.envelope in (None, "bare"):
        return _response(request, 200, plain)
    listed = operation.envelope == "cursor" and isinstance(answer, list)
    return _response(
        request, operation.status, {operation.envelope: {"data": plain, "hasMore": False} if listed else plain}
    )


def _operation(request: Request) -> Operation | None:
    """The operation that a request calls; `None` for a route that the API's description does not have."""
    operations = OPERATIONS
    if request.path.startswith("/v3/"):
        from payments_async.v3.models.generated.operations import OPERATIONS as operations  # noqa: N811, PLC0415
    route = request.method, request.path
    return next((each for each in operations if (each.method, each.path) == route), None)


def _plain(answer: Answer) -> Any:
    kind: type = answer.__class__
    if issubclass(kind, Model):
        return answer.to_dict(hidden=True)
    if issubclass(kind, list):
        return [_plain(each) for each in answer]
    if issubclass(kind, Page):
        paging = {"next": answer.next, "previous": answer.previous}
        return {"data": _plain(answer.data), "hasMore": answer.has_more, "pageSize": answer.page_size, **paging}
    return answer


def _response(request: Request, status: int, content: Any) -> Response:
    return Response(request=request, status=status, headers=_JSON, body=json.dumps(content).encode())
