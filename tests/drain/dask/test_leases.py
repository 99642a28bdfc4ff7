"""What workers ask the scheduler for: requests together, a token once, and a pause for all of them."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field

import pytest

from payments_async import AuthenticationError, ClientCredentials, PaymentsClient, RateLimitedError
from payments_async.drain.dask.leases import SharedBudget, SharedToken
from payments_async.sandbox import Fault, FaultKind, Sandbox
from payments_async.wire.auth import ClientCredentialsSource
from tests.waiting import PATIENCE

TOKENS = ("POST", "/api/auth/oauth/token", 200)


@dataclass
class Desk:
    """A scheduler that admits what it is asked for, some at a time, and lends what it was given."""

    most: int = 4
    asked: list[int] = field(default_factory=list[int])
    pauses: list[float] = field(default_factory=list[float])
    token: str | None = None
    kept: list[tuple[str | None, float]] = field(default_factory=list[tuple[str | None, float]])
    broken: bool = False

    async def admit(self, count: int) -> int:
        await asyncio.sleep(0)
        if self.broken:
            raise OSError("gone")
        self.asked.append(count)
        return min(count, self.most)

    async def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)

    async def lend(self, refused: str | None) -> tuple[str, float] | None:
        return None if self.token in (None, refused) else (str(self.token), 60.0)

    async def keep(self, token: str | None, seconds: float) -> None:
        self.token = token or self.token
        self.kept.append((token, seconds))


def shared(client: PaymentsClient, desk: Desk) -> PaymentsClient:
    source = client.token_source
    assert isinstance(source, ClientCredentialsSource)
    return client.signed_by(SharedToken(source, desk)).with_options(attempt_layers=[SharedBudget(desk).attempts])


async def test_requests_that_wait_together_are_asked_for_together(client: PaymentsClient) -> None:
    desk = Desk()
    worker = shared(client, desk)
    await asyncio.gather(*(worker.pools.list_pools().first() for _ in range(10)))
    assert sum(min(count, desk.most) for count in desk.asked) == 10
    assert len(desk.asked) < 10


async def test_a_request_that_is_cancelled_while_it_waits_leaves_its_place_to_another(client: PaymentsClient) -> None:
    desk = Desk()
    worker = shared(client, desk)
    calls = [asyncio.create_task(worker.pools.list_pools().first()) for _ in range(6)]
    await asyncio.sleep(0)
    calls[0].cancel()
    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(*calls, return_exceptions=True)
    assert [call.cancelled() for call in calls] == [True, *[False] * 5]
    assert not any(call.exception() for call in calls[1:])


async def test_a_scheduler_that_serves_nothing_is_an_error_and_no_endless_loop(client: PaymentsClient) -> None:
    with pytest.raises(ConnectionError, match="the scheduler cannot be asked"):
        await shared(client, Desk(most=0)).pools.list_pools().first()


async def test_a_scheduler_that_is_gone_is_an_error_and_no_endless_wait(client: PaymentsClient) -> None:
    desk = Desk(broken=True)
    worker = shared(client, desk)
    async with asyncio.timeout(PATIENCE):
        with pytest.raises(ConnectionError, match="the scheduler cannot be asked: OSError"):
            await worker.pools.list_pools().first()
    desk.broken = False
    await worker.pools.list_pools().first()


@pytest.mark.parametrize(("retry_after", "pause"), [("0", 0.0), (None, 1.0), ("600", 30.0)])
async def test_a_server_that_asks_to_wait_makes_all_workers_wait(
    sandbox: Sandbox, client: PaymentsClient, retry_after: str | None, pause: float
) -> None:
    desk = Desk()
    worker = shared(client, desk)
    sandbox.faults.append(Fault(kind=FaultKind.STATUS, status=429, retry_after=retry_after, times=1))
    with suppress(RateLimitedError):
        await worker.pools.list_pools().first()
    assert desk.pauses == [pause]


async def test_the_token_of_one_worker_serves_the_others(sandbox: Sandbox) -> None:
    desk, auth = Desk(), ClientCredentials(sandbox.client_id, sandbox.client_secret)
    async with PaymentsClient(sandbox.url, auth=auth) as one, PaymentsClient(sandbox.url, auth=auth) as other:
        first, second = shared(one, desk), shared(other, desk)
        await first.pools.list_pools().first()
        await second.pools.list_pools().first()
        assert sandbox.requests[TOKENS] == 1
        ((token, seconds),) = desk.kept
        assert token == desk.token
        assert 3000 < seconds < 3600
        sandbox.revoke_tokens()
        await asyncio.gather(*(first.pools.list_pools().first() for _ in range(4)))
        await second.pools.list_pools().first()
        assert sandbox.requests[TOKENS] == 2


async def test_a_token_that_could_not_be_fetched_is_left_to_another_worker(sandbox: Sandbox) -> None:
    desk = Desk()
    async with PaymentsClient(sandbox.url, auth=ClientCredentials(sandbox.client_id, "wrong")) as client:
        with pytest.raises(AuthenticationError):
            await shared(client, desk).pools.list_pools().first()
    assert desk.kept == [(None, 0.0)]
