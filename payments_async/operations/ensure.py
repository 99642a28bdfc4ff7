"""Writes that can be repeated after any failure: look, create, read back and compare."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime
from typing import TypeVar

from payments_async.wire.errors import (
    ConflictError,
    NotFoundError,
    OutcomeUnknownError,
    PaymentsError,
    ProtocolError,
    ServerError,
)

T = TypeVar("T")

UNSETTLED = (ConflictError, OutcomeUnknownError, ProtocolError)
"""The errors of a create that leave it open whether it happened."""

Field = tuple[str, object, object]
"""A field's name, what the request has there and what is there."""


async def ensured(
    operation: str,
    reference: str,
    *,
    find: Callable[[], Awaitable[T | None]],
    create: Callable[[], Awaitable[object]],
    fields: Callable[[T], Iterable[Field]],
    unsettled: tuple[type[PaymentsError], ...] = (*UNSETTLED, ServerError),
) -> T:
    """What is there under a reference, created if need be.

    Args:
        operation: The name for errors, such as `ensure_payment`.
        reference: The reference, for errors.
        find: Gives what is there, `None` if nothing is.
        create: Creates it. What it answers is not used: the server may answer with what it was asked for, not what it
            has.
        fields: What to compare.
        unsettled: The errors of `create` after which what is there may be what was asked for.

    Raises:
        ConflictError: what is there differs; names the fields.
        PaymentsError: a call failed. Calling again is safe.
    """
    found = await find()
    if found is None:
        try:
            await create()
        except unsettled:
            found = await _found_after(find, operation, reference)
            if found is None:
                raise
        else:
            found = await _found_after(find, operation, reference)
    if found is None:
        raise ProtocolError(f"{reference!r} was created and is not there", operation=operation)
    differing = tuple(name for name, wanted, there in fields(found) if not _same(wanted, there))
    if differing:
        raise ConflictError(
            f"{reference!r} is there already and differs in {', '.join(differing)}",
            operation=operation,
            fields=differing,
        )
    return found


async def _found_after(find: Callable[[], Awaitable[T | None]], operation: str, reference: str) -> T | None:
    """What is found once the create has been tried; a failure to look must not sound as if nothing had been sent."""
    try:
        return await find()
    except PaymentsError as error:
        raise OutcomeUnknownError(
            f"the write may have happened (reference {reference!r}), and looking for it failed: {error.message}; "
            "call again to find out",
            operation=operation,
            reference=reference,
        ) from error


def _same(wanted: object, there: object) -> bool:
    if isinstance(wanted, datetime) and isinstance(there, datetime):
        return not wanted - there  # instants: by == no time in the hour that daylight saving repeats equals another
    return wanted == there


async def or_none(found: Awaitable[T]) -> T | None:
    """What a fetch gives, `None` where it finds nothing."""
    try:
        return await found
    except NotFoundError:
        return None


def includes(metadata: Mapping[str, str], wanted: Mapping[str, str] | None) -> bool:
    """Whether metadata has all that is wanted; connectors add entries of their own."""
    return not wanted or wanted.items() <= metadata.items()
