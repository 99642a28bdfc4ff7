"""Payment initiations: asked for, approved, taken back, and what none may move."""

from __future__ import annotations

from typing import Any

import pytest

from payments_async import PaymentsClient
from tests.v3.conftest import Canned
from tests.v3.ids import INITIATION, TASK
from tests.v3.requests import initiation, reversal


async def test_making_it_without_approval_is_said_by_exactly_true(client: PaymentsClient, canned: Canned) -> None:
    canned.will_answer(202, {"data": {"paymentInitiationID": INITIATION, "taskID": TASK}})
    started = await client.v3.payment_initiations.initiate_payment(initiation(), no_validation=True)
    assert canned.query == {"noValidation": "true"}
    assert (started.payment_initiation_id, started.task_id) == (INITIATION, TASK)


@pytest.mark.parametrize("no_validation", ["false", "true", 1, 0, None])
async def test_only_a_boolean_skips_the_approval(client: PaymentsClient, canned: Canned, no_validation: Any) -> None:
    with pytest.raises(ValueError, match=r"no_validation is .*: give True or False"):
        await client.v3.payment_initiations.initiate_payment(initiation(), no_validation=no_validation)
    assert canned.requests == []


async def test_one_that_waits_for_approval_has_no_task(client: PaymentsClient, canned: Canned) -> None:
    canned.will_answer(202, {"data": {"paymentInitiationID": INITIATION, "taskID": ""}})
    started = await client.v3.payment_initiations.initiate_payment(initiation())
    assert canned.query == {}
    assert (started.payment_initiation_id, started.task_id) == (INITIATION, None)


@pytest.mark.parametrize("amount", [0, -1, -(10**30)])
async def test_an_amount_is_of_more_than_nothing(client: PaymentsClient, canned: Canned, amount: int) -> None:
    api = client.v3.payment_initiations
    with pytest.raises(ValueError, match=f"amount is {amount}: give 1 or more, in the asset's minor unit"):
        await api.initiate_payment(initiation(amount=amount))
    with pytest.raises(ValueError, match=f"amount is {amount}: give 1 or more, in the asset's minor unit"):
        await api.reverse_payment_initiation(INITIATION, reversal(amount=amount))
    assert canned.requests == []


@pytest.mark.parametrize("amount", [1.5, "5", None])
async def test_an_amount_is_an_integer(client: PaymentsClient, canned: Canned, amount: Any) -> None:
    with pytest.raises(ValueError, match="amount is not of its type: give int"):
        await client.v3.payment_initiations.initiate_payment(initiation(amount=amount))
    assert canned.requests == []


async def test_what_is_not_given_is_not_sent(client: PaymentsClient, canned: Canned) -> None:
    canned.will_answer(202, {"data": {"paymentInitiationID": INITIATION, "taskID": ""}})
    await client.v3.payment_initiations.initiate_payment(initiation(amount=10**30))
    sent = (canned.requests[0].body or b"").decode()
    assert '"amount":1000000000000000000000000000000' in sent
    assert not [each for each in ("scheduledAt", "description", "sourceAccountID", "metadata") if each in sent]
    assert canned.requests[0].reference == "inv"


async def test_a_reversal_gives_its_id_and_its_task(client: PaymentsClient, canned: Canned) -> None:
    canned.will_answer(202, {"data": {"paymentInitiationReversalID": "reversal-1", "taskID": TASK}})
    started = await client.v3.payment_initiations.reverse_payment_initiation(INITIATION, reversal())
    assert (started.payment_initiation_reversal_id, started.task_id) == ("reversal-1", TASK)
    assert canned.path == f"/v3/payment-initiations/{INITIATION}/reverse"


@pytest.mark.parametrize("name", ["approve", "retry"])
async def test_what_a_task_does_gives_the_tasks_id(client: PaymentsClient, canned: Canned, name: str) -> None:
    canned.will_answer(202, {"data": {"taskID": TASK}})
    call = getattr(client.v3.payment_initiations, f"{name}_payment_initiation")
    assert await call(INITIATION) == TASK
    assert (canned.path, canned.requests[0].body) == (f"/v3/payment-initiations/{INITIATION}/{name}", None)
