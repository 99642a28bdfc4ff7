"""How a program that uses the package is tested: `payments_*` are fixtures of the package's pytest plugin.

Run: python -m pytest examples/testing
"""

import asyncio

import attrs
import pytest

from payments_async import PaymentsClient, RateLimitedError
from payments_async.models import Payment, PaymentStatus
from payments_async.sandbox import Fault, FaultKind, Sandbox
from payments_async.testing import canned, example


@attrs.frozen
class Orders:
    """The program to be tested."""

    client: PaymentsClient

    async def newest(self, count: int) -> list[str]:
        return [payment.reference for payment in (await self.client.payments.list_payments(page_size=count)).data]

    async def settled(self, payment_id: str) -> bool:
        return (await self.client.payments.get_payment(payment_id)).status == PaymentStatus.SUCCEEDED

    @staticmethod
    def print_newest() -> str:
        async def newest() -> list[str]:
            async with PaymentsClient.from_env() as client:
                return await Orders(client).newest(1)

        return "".join(f"{reference}\n" for reference in asyncio.run(newest()))


@pytest.mark.asyncio
async def test_the_newest_payments_are_shown(payments_client: PaymentsClient) -> None:
    assert len(await Orders(payments_client).newest(3)) == 3


@pytest.mark.asyncio
@pytest.mark.payments_sandbox(payments=2, seed=3)
async def test_there_may_be_fewer(payments_client: PaymentsClient) -> None:
    assert len(await Orders(payments_client).newest(3)) == 2


@pytest.mark.asyncio
async def test_a_busy_server_is_asked_again(payments_client: PaymentsClient, payments_faults: list[Fault]) -> None:
    payments_faults.append(Fault(kind=FaultKind.STATUS, status=429, retry_after="30", times=3))
    assert await Orders(payments_client).newest(1)


@pytest.mark.asyncio
async def test_a_server_that_stays_busy_is_an_error(
    payments_client: PaymentsClient, payments_faults: list[Fault]
) -> None:
    payments_faults.append(Fault(kind=FaultKind.STATUS, status=429))
    with pytest.raises(RateLimitedError):
        await Orders(payments_client).newest(1)


def test_the_program_finds_the_sandbox_by_itself(payments_sandbox: Sandbox) -> None:
    (reference,) = payments_sandbox.add_payments(1, newest=True)
    assert Orders.print_newest() == f"{reference}\n"


@pytest.mark.asyncio
@pytest.mark.parametrize("status", [PaymentStatus.FAILED, PaymentStatus.EXPIRED])
async def test_a_payment_that_did_not_succeed_is_not_settled(status: PaymentStatus) -> None:
    transport = canned({"get_payment": example(Payment, status=status, amount=10**30)})
    async with PaymentsClient("https://payments.example", transport=transport) as client:
        assert not await Orders(client).settled("some id")
    assert [request.operation for request in transport.requests] == ["get_payment"]
