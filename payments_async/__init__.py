"""The async Python SDK of the Formance Payments API."""

import logging

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
    ServerError,
    TransportError,
    ValidationError,
)
from payments_async.wire.pages import Pages
from payments_async.wire.retry import RetryPolicy

# A library leaves it to the application whether and where its records are shown.
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
    "RetryPolicy",
    "Send",
    "ServerError",
    "Timeout",
    "TokenSource",
    "TransportError",
    "ValidationError",
]
