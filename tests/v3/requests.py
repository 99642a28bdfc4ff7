"""Requests that a server of version 3.4.0 takes."""

from datetime import UTC, datetime
from typing import Any

from payments_async.v3.models import (
    AccountType,
    CreateAccountRequest,
    CreatePaymentAdjustmentRequest,
    CreatePaymentRequest,
    InitiatePaymentRequest,
    PaymentInitiationType,
    PaymentScheme,
    PaymentStatus,
    PaymentType,
    ReversePaymentInitiationRequest,
)

from .ids import ACCOUNT, CONNECTOR

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def account(**changes: Any) -> CreateAccountRequest:
    """An account to record."""
    given = {"reference": "acct_1", "connector_id": CONNECTOR, "created_at": AT, "account_name": "Main"}
    return CreateAccountRequest(**{**given, "type": AccountType.INTERNAL, **changes})


def payment(**changes: Any) -> CreatePaymentRequest:
    """A payment to record; `adjusted` is the asset of its adjustment."""
    adjustment: dict[str, Any] = {"reference": "a", "created_at": AT, "status": PaymentStatus.SUCCEEDED}
    adjustment["asset"] = changes.pop("adjusted", "USD/2")
    given: dict[str, Any] = {"reference": "pay_1", "connector_id": CONNECTOR, "created_at": AT, "asset": "USD/2"}
    given |= {"type": PaymentType.PAY_IN, "scheme": PaymentScheme.CARD_VISA, "initial_amount": 5, "amount": 5}
    given["adjustments"] = [CreatePaymentAdjustmentRequest(**adjustment)]
    return CreatePaymentRequest(**given | changes)


def initiation(**changes: Any) -> InitiatePaymentRequest:
    """A payout to make."""
    given: dict[str, Any] = {"reference": "inv", "connector_id": CONNECTOR, "type": PaymentInitiationType.PAYOUT}
    given |= {"amount": 5, "asset": "USD/2", "destination_account_id": ACCOUNT}
    return InitiatePaymentRequest(**given | changes)


def reversal(**changes: Any) -> ReversePaymentInitiationRequest:
    """A reversal to make."""
    given: dict[str, Any] = {"reference": "back", "description": "d", "amount": 5, "asset": "USD/2"}
    return ReversePaymentInitiationRequest(**given | changes)
