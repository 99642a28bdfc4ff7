"""asyncpg, and what its failures mean."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from payments_async.drain.errors import DrainError

PATIENCE = 60.0
"""Seconds to wait for a connection, and for each answer."""


async def connect(dsn: str) -> Any:
    """A connection."""
    return await asyncpg_module().connect(dsn, timeout=PATIENCE, command_timeout=PATIENCE)


def explained(error: Exception) -> str:
    """What a failure means, without rows: the server's details, and its messages about data, may contain values."""
    kind = type(error).__name__
    if isinstance(error, TimeoutError):
        return f"no answer within {PATIENCE:g} s"
    code = getattr(error, "sqlstate", None)
    if isinstance(code, str):
        return f"{kind} ({code})" if code.startswith(("22", "P0")) else f"{error.args[0]} ({code})"
    asyncpg = asyncpg_module()
    harmless = isinstance(error, (OSError, asyncpg.InterfaceError)) and not isinstance(error, asyncpg.DataError)
    return f"{error} ({kind})" if harmless else kind


def is_lost(error: Exception, connection: Any) -> bool:
    """Whether a failure is one of the connection, after which nobody has said what became of a transaction."""
    asyncpg = asyncpg_module()
    lost = (
        OSError,
        asyncpg.PostgresConnectionError,
        asyncpg.OperatorInterventionError,
        asyncpg.TooManyConnectionsError,
    )
    return isinstance(error, lost) or (connection is not None and connection.is_closed())


def asyncpg_module() -> Any:
    """The module, as `Any` because it has no type hints.

    Raises:
        DrainError: it is not installed.
    """
    try:
        return import_module("asyncpg")
    except ModuleNotFoundError:
        raise DrainError("asyncpg is missing; install what the extra `postgres` needs: pip install asyncpg") from None
