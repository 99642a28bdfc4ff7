"""Writes that can be repeated after any failure: look, create, read back and compare."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import TypeVar

from payments_async.wire.errors import ConflictError, NotFoundError, OutcomeUnknownError, ProtocolError, ServerError

T = TypeVar("T")

Field = tuple[str, object, object]
"""A field's name, what the request has there and what is there."""


async def ensured(
    operation: str,
    reference: str,
    *,
    find: Callable[[], Awaitable[T | None]],
    create: Callable[[], Awaitable[object]],
    fields: Callable[[T], Iterable[Field]],
) -> T:
    """What is there under a reference, created if need be.

    Args:
        operation: The name for errors, such as `ensure_payment`.
        reference: The reference, for errors.
        find: Gives what is there, `None` if nothing is.
        create: Creates it. What it answers is not used: the server may answer with what it was asked for, not what it
            has.
        fields: What to compare.

    Raises:
        ConflictError: what is there differs; names the fields.
        PaymentsError: a call failed. Calling again is safe.
    """
    found = await find()
    if found is None:
        try:
            await create()
        except (ConflictError, OutcomeUnknownError, ProtocolError, ServerError):
            # Each of these leaves it open whether something is there now.
            found = await find()
            if found is None:
                raise
        else:
            found = await find()
    if found is None:
        raise ProtocolError(f"{reference!r} was created and is not there", operation=operation)
    differing = tuple(name for name, wanted, there in fields(found) if wanted != there)
    if differing:
        raise ConflictError(
            f"{reference!r} is there already and differs in {', '.join(differing)}",
            operation=operation,
            status=409,
            fields=differing,
        )
    return found


async def or_none(found: Awaitable[T]) -> T | None:
    """What a fetch gives, `None` where it finds nothing."""
    try:
        return await found
    except NotFoundError:
        return None


def includes(metadata: Mapping[str, str], wanted: Mapping[str, str] | None) -> bool:
    """Whether metadata has all that is wanted; connectors add entries of their own."""
    return not wanted or wanted.items() <= metadata.items()
