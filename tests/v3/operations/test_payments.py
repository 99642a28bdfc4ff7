"""Payments: recorded with their adjustments, and given metadata."""

from __future__ import annotations

from typing import Any

import pytest

from payments_async import PaymentsClient
from tests.v3.conftest import Canned
from tests.v3.ids import PAYMENT
from tests.v3.requests import payment
from tests.v3.test_operation_table import TABLE


async def test_a_payment_without_an_adjustment_is_refused(client: PaymentsClient, canned: Canned) -> None:
    with pytest.raises(ValueError, match="adjustments is empty: give at least one, which says the status"):
        await client.v3.payments.create_payment(payment(adjustments=[]))
    assert canned.requests == []


async def test_a_payment_goes_out_with_its_adjustments(client: PaymentsClient, canned: Canned) -> None:
    (created,) = [each for each in TABLE.operations if each.name == "create_payment"]
    canned.will_answer_with(TABLE.answer_of(created))
    await client.v3.payments.create_payment(payment(amount=10**30, metadata={"order": "1042"}))
    sent = (canned.requests[0].body or b"").decode()
    assert '"amount":1000000000000000000000000000000' in sent
    assert '"adjustments":[{"reference":"a","createdAt":"2026-03-01T12:00:00Z","status":"SUCCEEDED"' in sent
    assert "sourceAccountID" not in sent


async def test_metadata_of_a_payment_goes_out_bare(client: PaymentsClient, canned: Canned) -> None:
    await client.v3.payments.update_payment_metadata(PAYMENT, {"order": "1042"})
    assert canned.requests[0].body == b'{"order":"1042"}'
    nothing: Any
    for nothing in ({}, {"order": None}, {"": "a"}):
        with pytest.raises(ValueError, match="metadata must be a map"):
            await client.v3.payments.update_payment_metadata(PAYMENT, nothing)
    assert len(canned.requests) == 1
