"""The async Python SDK of the Formance Payments API."""

import importlib
import logging
import typing

from payments_async.version import VERSION as _VERSION

if typing.TYPE_CHECKING:
    from payments_async.client import PaymentsClient
    from payments_async.wire.auth import BearerToken, ClientCredentials, TokenSource
    from payments_async.wire.call import Layer, Page, Request, Response, Send, Timeout
    from payments_async.wire.errors import (
        APIError,
        AuthenticationError,
        ConfigurationError,
        ConflictError,
        ConnectionFailedError,
        DeadlineExceededError,
        DecodeError,
        NotFoundError,
        Outcome,
        OutcomeUnknownError,
        PaymentsError,
        PermissionDeniedError,
        ProtocolError,
        RateLimitedError,
        ResponseTooLargeError,
        ServerError,
        TransportError,
        ValidationError,
    )
    from payments_async.wire.pages import Pages
    from payments_async.wire.retry import RetryPolicy
else:

    def __getattr__(name: str) -> object:
        # The command line imports this package too, and its --help and shell completion must not wait for aiohttp. So
        # nothing is loaded until the first public name is used, which then loads all of them.
        if name in __all__:
            for module in ("client", "wire.auth", "wire.call", "wire.errors", "wire.pages", "wire.retry"):
                names = vars(importlib.import_module(f"{__name__}.{module}"))
                globals().update({each: names[each] for each in __all__ if each in names})
        if name in globals():
            return globals()[name]
        if name in _PACKAGES:
            return importlib.import_module(f"{__name__}.{name}")
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__, *_PACKAGES})


_PACKAGES = ("drain", "filters", "models", "money", "sandbox", "testing", "v3")
"""Subpackages and modules that are also attributes of this package."""


__version__ = _VERSION

# The application decides whether and where the log records of a library are shown.
logging.getLogger(__name__).addHandler(logging.NullHandler())

__all__ = [
    "APIError",
    "AuthenticationError",
    "BearerToken",
    "ClientCredentials",
    "ConfigurationError",
    "ConflictError",
    "ConnectionFailedError",
    "DeadlineExceededError",
    "DecodeError",
    "Layer",
    "NotFoundError",
    "Outcome",
    "OutcomeUnknownError",
    "Page",
    "Pages",
    "PaymentsClient",
    "PaymentsError",
    "PermissionDeniedError",
    "ProtocolError",
    "RateLimitedError",
    "Request",
    "Response",
    "ResponseTooLargeError",
    "RetryPolicy",
    "Send",
    "ServerError",
    "Timeout",
    "TokenSource",
    "TransportError",
    "ValidationError",
]
