"""Writes that are safe to call again after any failure: find, create, fetch again and compare."""

from __future__ import annotations

from collections.abc import AsyncIterable, Awaitable, Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Protocol, TypeVar

from payments_async.wire.errors import (
    ConflictError,
    NotFoundError,
    Outcome,
    OutcomeUnknownError,
    PaymentsError,
    ProtocolError,
)


class Named(Protocol):
    """A resource with a unique name."""

    name: str


T = TypeVar("T")
N = TypeVar("N", bound=Named)

Field = tuple[str, object, object]
"""A field's name, its value in the request and its value in the existing resource."""

NOT_SCHEDULED = datetime(1, 1, 1, tzinfo=UTC)
"""What the server returns as `scheduled_at` if none was requested."""


async def ensured(
    operation: str,
    reference: str,
    *,
    find: Callable[[], Awaitable[T | None]],
    create: Callable[[], Awaitable[object]],
    fields: Callable[[T], Iterable[Field]],
    final: tuple[type[PaymentsError], ...] = (),
) -> T:
    """The resource with a reference, created if it does not exist.

    Args:
        operation: The name for errors, such as `ensure_payment`.
        reference: The reference, for errors.
        find: Finds the resource; returns `None` if it does not exist.
        create: Creates the resource. Its result is not used, because the server may return the data of the request
            instead of the stored data.
        fields: The fields to compare.
        final: The errors of `create` to raise even if the resource exists.

    Raises:
        ConflictError: the existing resource differs; the error names the fields.
        PaymentsError: a call failed. Calling again is safe.
    """
    outcome: Outcome | None = Outcome.NOT_SENT
    found = await find()
    if found is None:
        try:
            await create()
        except PaymentsError as error:
            if not _may_exist(error) or isinstance(error, final):
                raise
            outcome = error.outcome
            found = await _found_after(find, operation, reference)
            if found is None:
                raise
        else:
            outcome = Outcome.DONE
            found = await _found_after(find, operation, reference)
    if found is None:
        raise ProtocolError(f"{reference!r} was created but cannot be found", operation=operation)
    differing = tuple(name for name, wanted, actual in fields(found) if not _same(wanted, actual))
    if differing:
        raise ConflictError(
            f"{reference!r} exists already and differs in {', '.join(differing)}",
            operation=operation,
            outcome=outcome,
            fields=differing,
        )
    return found


def _may_exist(error: PaymentsError) -> bool:
    """Whether a resource may exist after this error of the call that creates it."""
    return isinstance(error, ConflictError) or error.outcome in (Outcome.UNKNOWN, Outcome.DONE)


async def _found_after(find: Callable[[], Awaitable[T | None]], operation: str, reference: str) -> T | None:
    """What `find` returns after a create call. If it fails, the error must not say that nothing was sent."""
    try:
        return await find()
    except PaymentsError as error:
        raise OutcomeUnknownError(
            f"the write may have happened (reference {reference!r}), and looking for it failed: {error.message}; "
            "call again to find out",
            operation=operation,
            reference=reference,
        ) from error


def _same(wanted: object, actual: object) -> bool:
    if isinstance(wanted, datetime) and isinstance(actual, datetime):
        # Not by ==, which never holds between time zones in the hour that daylight saving time repeats.
        return not wanted - actual
    return wanted == actual


async def or_none(fetch: Awaitable[T]) -> T | None:
    """The result of a fetch, or `None` if the API says that the resource does not exist.

    Raises:
        PaymentsError: the call failed. A 404 that does not come from the API says nothing of the resource.
    """
    try:
        return await fetch
    except NotFoundError as error:
        if error.foreign:
            raise
        return None


async def with_name(items: AsyncIterable[N], name: str) -> N | None:
    """The item of a list that has this name, or `None` if there is none."""
    async for item in items:
        if item.name == name:
            return item
    return None


def includes(metadata: Mapping[str, str], wanted: Mapping[str, str] | None) -> bool:
    """Whether metadata has all wanted entries; connectors add their own entries."""
    return not wanted or wanted.items() <= metadata.items()
