"""FastAPI: one client for the whole application, errors as problem details, readiness, paging, and streams of rows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Coroutine, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, aclosing, asynccontextmanager
from typing import Annotated, Any, TypeAlias, TypeVar, cast

import msgspec

from payments_async import (
    APIError,
    ConfigurationError,
    ConflictError,
    ConnectionFailedError,
    DeadlineExceededError,
    NotFoundError,
    Outcome,
    OutcomeUnknownError,
    Page,
    Pages,
    PaymentsClient,
    PaymentsError,
    RateLimitedError,
    RetryPolicy,
    Timeout,
    ValidationError,
)
from payments_async.models import Model

try:
    from fastapi import APIRouter, Depends, FastAPI, Query, Request
    from fastapi.responses import JSONResponse, StreamingResponse
    from starlette.responses import AsyncContentStream
    from starlette.types import Receive, Scope, Send
except ImportError as _missing:
    raise ImportError(
        f"{_missing.name} is missing; install what the extra `fastapi` needs: pip install fastapi", name=_missing.name
    ) from None

T = TypeVar("T")

_STATE = "payments_client"


def lifespan(
    make: Callable[[], PaymentsClient] = PaymentsClient.from_env,
) -> Callable[[FastAPI], AbstractAsyncContextManager[dict[str, PaymentsClient]]]:
    """The lifespan of an application that has one client, from its start to its end: `FastAPI(lifespan=lifespan())`.

    To combine it with a lifespan of your own, enter it there and yield what it gives, with your own state added.

    Args:
        make: Makes the client.
    """

    @asynccontextmanager
    async def serving(_: FastAPI) -> AsyncGenerator[dict[str, PaymentsClient]]:
        async with make() as client:
            yield {_STATE: client}

    return serving


def payments_client(request: Request) -> PaymentsClient:
    """The application's client, as a dependency; replace it in tests with `app.dependency_overrides`.

    Raises:
        ConfigurationError: the application has no `lifespan` of this module.
    """
    client: PaymentsClient | None = getattr(request.state, _STATE, None)
    if client is None:
        raise ConfigurationError("the application has no client: make it with FastAPI(lifespan=lifespan())")
    return client


Client: TypeAlias = Annotated[PaymentsClient, Depends(payments_client)]
"""The type of a route's argument that is the application's client."""


def add_error_handler(app: FastAPI) -> None:
    """Answer every error of this package that a route raises with `problem`."""

    async def answer(request: Request, error: Exception) -> JSONResponse:
        return problem(cast("PaymentsError", error), safe=request.method in ("GET", "HEAD"))

    app.add_exception_handler(PaymentsError, answer)


def problem(error: PaymentsError, *, safe: bool = False, status: int | None = None) -> JSONResponse:
    """An error as problem details (RFC 9457), without what belongs to the configuration of the application.

    | error | status |
    |---|---|
    | `NotFoundError` of the API | 404 |
    | `ConflictError` | 409 |
    | `ValidationError` | 422 |
    | `RateLimitedError` | 429 |
    | `ConfigurationError` | 500 |
    | `ConnectionFailedError` of which nothing was sent | 503 |
    | `OutcomeUnknownError`, `DeadlineExceededError` | 504 |
    | any other, such as refused credentials | 502 |

    The members are `title`, `status`, `detail`, `operation`, `outcome`, and, if there is one, the `reference` of the
    request and the API's `errorCode`. Retry-After is passed on, in whole seconds.

    Args:
        error: What a call raised.
        safe: Whether the request to the application was to change nothing, so that repeating it is harmless.
        status: Another status.
    """
    usual, title = _status(error)
    status = status or usual
    reference = error.reference if isinstance(error, OutcomeUnknownError) else None
    members = {
        "title": title,
        "status": status,
        "detail": _detail(error, reference, safe=safe),
        "operation": error.operation,
        "outcome": error.outcome and error.outcome.value,
        "reference": reference,
        "errorCode": error.error_code if isinstance(error, APIError) else None,
    }
    seconds = error.retry_after if isinstance(error, APIError) else None
    return JSONResponse(
        {name: value for name, value in members.items() if value is not None},
        status,
        {} if seconds is None else {"Retry-After": f"{-(-seconds // 1):.0f}"},
        media_type="application/problem+json",
    )


def _status(error: PaymentsError) -> tuple[int, str]:
    match error:
        case NotFoundError(foreign=False):
            found = 404, "Not found"
        case ConflictError():
            found = 409, "Conflict"
        case ValidationError():
            found = 422, "Not valid"
        case RateLimitedError():
            found = 429, "Too many requests"
        case ConfigurationError():
            found = 500, "The application is not set up correctly"
        case ConnectionFailedError(outcome=Outcome.NOT_SENT):
            found = 503, "The payments service cannot be reached"
        case OutcomeUnknownError() | DeadlineExceededError():
            found = 504, "The payments service did not answer"
        case _:
            found = 502, "The payments service failed"
    return found


def _detail(error: PaymentsError, reference: str | None, *, safe: bool) -> str:
    match error:
        case ConfigurationError():
            return "Nothing was done. The application's log says more."
        case ConflictError() | NotFoundError(foreign=False) | ValidationError() if error.error_message:
            return error.error_message
        case _ if safe or error.outcome in (Outcome.NOT_SENT, Outcome.REFUSED):
            return "Nothing was done. Try again later."
        case _ if error.outcome is Outcome.DONE:
            return "It was done, but the answer could not be read. Do not try again."
        case _:
            named = f" (reference {reference})" if reference else ""
            return f"It may have been done{named}. Look before you try again."


def readiness(path: str = "/ready") -> APIRouter:
    """A route that says whether calls can succeed: 200 with the server's version, or a problem with status 503.

    It asks the server each time, once and for two seconds at most, token included.

    Args:
        path: The route's path.
    """
    router = APIRouter()

    async def ready(client: Client) -> JSONResponse:
        once = client.with_options(timeout=Timeout(total=2), retry=RetryPolicy(attempts=1))
        try:
            info = await once.server.get_server_info()
        except PaymentsError as error:
            return problem(error, safe=True, status=503)
        return JSONResponse({"version": info.version})

    router.add_api_route(path, ready, methods=["GET"], summary="Readiness", response_class=JSONResponse)
    return router


class PageQuery:
    """The query parameters `cursor` and `page_size` of a route that answers one page of a list.

    Args:
        cursor: The `next` or `previous` of another page. It stands for all other arguments of the list.
        page_size: The number of items, 100 at most; the server's default is 15.
    """

    def __init__(
        self,
        cursor: Annotated[
            str | None, Query(min_length=1, description="The next or previous of another page; replaces all others.")
        ] = None,
        page_size: Annotated[int | None, Query(ge=1, le=100, description="The number of items in a page.")] = None,
    ) -> None:
        self.cursor = cursor
        self.page_size = page_size

    async def page(self, pages: Callable[..., Pages[T]], **arguments: Any) -> Page[T]:
        """The page that the query asks for.

        Args:
            pages: The method of the list, such as `client.payments.list_payments`.
            arguments: Its arguments but `cursor` and `page_size`; the server knows them by the cursor, if there is one.

        Raises:
            PaymentsError: the call failed.
        """
        if self.cursor is not None:
            return await pages(cursor=self.cursor)
        return await pages(page_size=self.page_size, **arguments)


Paging: TypeAlias = Annotated[PageQuery, Depends()]
"""The type of a route's argument that chooses a page."""

Rows: TypeAlias = AsyncIterable[Any]
"""Rows, one by one, in lists or in pages: models, or plain JSON values."""


class NDJSONResponse(StreamingResponse):
    """Rows as JSON Lines (`application/x-ndjson`), a row a line, sent as they arrive.

    The first rows are fetched before the status is sent, so an error until then is answered as any other error. A later
    error breaks the connection, so that the reader does not take the rows for all. When the reader goes away, the
    iteration ends at once, and what it holds is closed.

    Args:
        rows: Rows, one by one, in lists or in pages: models, or plain JSON values; or an async context manager that
            gives them, such as `drain.batches()`.
        status_code: The HTTP status.
        headers: Further header fields.
    """

    media_type = "application/x-ndjson"

    def __init__(
        self,
        rows: Rows | AbstractAsyncContextManager[Rows],
        status_code: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self._chunks = _chunks(rows)
        super().__init__(self._chunks, status_code, headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002  # ASGI's signature
        """Send the response."""
        # Starlette would leave an iterator that it does not finish to the garbage collector, and notice only while it
        # sends that the reader has gone.
        async with aclosing(self._chunks), _until(self.listen_for_disconnect(receive)):
            first = await anext(self._chunks, b"")
            self.body_iterator: AsyncContentStream = _after(first, self._chunks)
            await self.stream_response(send)


@asynccontextmanager
async def _until(event: Coroutine[Any, Any, None]) -> AsyncGenerator[None]:
    """Leave the block as soon as this has ended."""
    task, waiting, inside = asyncio.current_task(), asyncio.ensure_future(event), True
    assert task is not None  # noqa: S101  # a coroutine always runs in one

    def leave(_: object) -> None:
        if inside:
            task.cancel()

    waiting.add_done_callback(leave)
    try:
        yield
    except asyncio.CancelledError:
        if not waiting.done() or task.uncancel():  # cancelled from elsewhere
            raise
    finally:
        inside = False
        waiting.cancel()


async def _chunks(rows: Rows | AbstractAsyncContextManager[Rows]) -> AsyncGenerator[bytes]:
    async with AsyncExitStack() as stack:
        opened = await stack.enter_async_context(rows) if isinstance(rows, AbstractAsyncContextManager) else rows
        iterator = aiter(opened)
        if isinstance(iterator, AsyncGenerator):
            await stack.enter_async_context(aclosing(cast("AsyncGenerator[Any]", iterator)))
        async for row in iterator:
            if lines := b"".join(map(_line, _batch(row))):
                yield lines


def _batch(rows: Any) -> list[Any]:
    kind: type = rows.__class__
    if issubclass(kind, Page):
        rows = rows.data
    return rows if issubclass(kind, list | Page) else [rows]


async def _after(first: bytes, chunks: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
    yield first
    async for chunk in chunks:
        yield chunk


_json = msgspec.json.Encoder(decimal_format="number").encode


def _line(row: Any) -> bytes:
    return (row.to_json().encode() if isinstance(row, Model) else _json(row)) + b"\n"
