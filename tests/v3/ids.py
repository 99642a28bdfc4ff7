"""Ids as a server makes them."""

import json
from base64 import urlsafe_b64encode
from typing import Any


def encoded(content: Any) -> str:
    """An id of these contents."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


CONNECTOR_PARTS = {"Provider": "generic", "Reference": "7f0c4d5e-2b1a-4c3d-9e8f-6a5b4c3d2e1f"}

CONNECTOR = encoded(CONNECTOR_PARTS)
ACCOUNT = encoded({"ConnectorID": CONNECTOR_PARTS, "Reference": "acct_1"})
OTHER_ACCOUNT = encoded({"ConnectorID": CONNECTOR_PARTS, "Reference": "acct/2 é"})
PAYMENT = encoded({"ConnectorID": CONNECTOR_PARTS, "Reference": "pay_1", "Type": "PAY-IN"})
INITIATION = encoded({"ConnectorID": CONNECTOR_PARTS, "Reference": "invoice-1042"})
TASK = encoded({"ConnectorID": CONNECTOR_PARTS, "Reference": "create-payout-stack-1-generic-1"})
ADJUSTMENT = encoded({"CreatedAt": "2026-03-01T12:00:00Z", "PaymentID": {}, "Reference": "r", "Status": "FAILED"})
UUID = "6e5d4c3b-7f8e-4a9b-8c0d-2e3f4a5b6c7d"
OTHER_UUID = "4b3a2c1d-5e6f-4a7b-8c9d-0e1f2a3b4c5d"
SCHEDULE = f"stack-{CONNECTOR}-FETCH_BALANCES-acct/1 ?é"
