"""A client that asks once: what the server fails over is not asked for again."""

from collections.abc import AsyncIterator

import pytest

from payments_async import ClientCredentials, PaymentsClient, RetryPolicy
from payments_async.sandbox import Sandbox


@pytest.fixture
async def client(sandbox: Sandbox) -> AsyncIterator[PaymentsClient]:
    """A client of `sandbox` that repeats nothing."""
    auth = ClientCredentials(sandbox.client_id, sandbox.client_secret)
    async with PaymentsClient(sandbox.url, auth=auth, retry=RetryPolicy(attempts=1)) as connected:
        yield connected
