"""Retries that take no time."""

from __future__ import annotations

import attrs

from payments_async import PaymentsError, RetryPolicy


@attrs.frozen(kw_only=True)
class _WithoutPauses(RetryPolicy):
    """A policy that decides as its base class does, and never waits."""

    def pause(self, attempt: int, error: PaymentsError) -> float:  # noqa: ARG002  # the signature of the base class
        return 0.0


def without_pauses(attempts: int = 4) -> RetryPolicy:
    """A retry policy whose pauses take no time, not even those that a server asks for.

    Args:
        attempts: How often a request is sent at most.
    """
    return _WithoutPauses(attempts=attempts)
