"""What tests of every folder share: a sandbox, a client on it, mocked exchanges, and the watch over the event loop."""

import asyncio
import inspect
import signal
from collections.abc import AsyncIterator, Iterator

import pytest
from aioresponses import aioresponses
from blockbuster import blockbuster_ctx
from coverage import Coverage

from payments_async import ClientCredentials, PaymentsClient, testing
from payments_async.sandbox import Sandbox
from tests.postgresql import dsn, server  # noqa: F401  # fixtures


def pytest_configure() -> None:
    # A job in the background is started with SIGINT ignored, which all programs that the tests start would inherit.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """A small sandbox of its own for each test, the same data every time."""
    async with Sandbox(payments=250, seed=7, awkward=True, port=0) as running:
        yield running


@pytest.fixture
async def client(sandbox: Sandbox) -> AsyncIterator[PaymentsClient]:
    """A client of `sandbox`, with credentials that it accepts."""
    auth = ClientCredentials(sandbox.client_id, sandbox.client_secret)
    async with PaymentsClient(sandbox.url, auth=auth) as connected:
        yield connected


@pytest.fixture
def mocked() -> Iterator[aioresponses]:
    """Single exchanges without a server: `mocked.get(url, payload=…)`; whatever is not mocked cannot connect."""
    with testing.mocked() as mocks:
        yield mocks


@pytest.fixture(autouse=True, scope="session")
def _nothing_blocks_the_loop() -> Iterator[None]:
    # The sandbox keeps its state in SQLite, and a command has its loop to itself: these may block.
    excluded = ["payments_async.sandbox", "payments_async.cli"]
    with blockbuster_ctx("payments_async", excluded_modules=excluded) as watch:
        for function in watch.functions.values():
            # asyncpg reads the files with passwords and certificates, which are small and local, where it connects.
            function.can_block_in("asyncpg/connect_utils.py", "_parse_connect_dsn_and_args")
        if Coverage.current() is not None:
            # It locks its notes from within whatever runs, and a drain's threads take notes as well.
            watch.functions["threading.Lock.acquire"].deactivate()
        yield


@pytest.fixture(autouse=True)
def _nothing_stays_behind(request: pytest.FixtureRequest) -> None:
    # Asked for by name, so that a test without a loop does not get one.
    if inspect.iscoroutinefunction(getattr(request, "function", None)):
        request.getfixturevalue("_no_task_stays_behind")


@pytest.fixture
async def _no_task_stays_behind() -> AsyncIterator[None]:
    before = asyncio.all_tasks()
    yield
    left = asyncio.all_tasks() - before - {asyncio.current_task()}
    assert not left, f"tasks that nobody ended: {left}"
