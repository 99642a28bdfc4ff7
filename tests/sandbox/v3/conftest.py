"""Sandboxes of version 3.4."""

import pytest

from tests.sandbox.conftest import Api, Start


@pytest.fixture
async def api(start: Start) -> Api:
    """One connector of each provider, and nothing else; open to all."""
    return await start(version="3.4", connectors=23, tasks=0)


@pytest.fixture
async def full(start: Start) -> Api:
    """Three hundred payments and all that goes with them; open to all."""
    return await start(version="3.4", payments=300, pools=5, awkward=True)
