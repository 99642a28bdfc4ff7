"""The pytest plugin: fixtures with a sandbox and a client. It imports nothing else of the package until one is used."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from payments_async import PaymentsClient
    from payments_async.sandbox import Fault, Sandbox
    from payments_async.testing.thread import ServerThread

_MARKER = "payments_sandbox"


def pytest_configure(config: pytest.Config) -> None:
    """Describe the marker."""
    config.addinivalue_line(
        "markers",
        f"{_MARKER}(**options): what the test's sandbox is made with, such as payments=500, seed=3, rate_limit=10",
    )


@pytest.fixture(scope="session")
def _payments_server() -> Iterator[ServerThread]:
    from payments_async.testing.thread import ServerThread  # noqa: PLC0415

    server = ServerThread()
    yield server
    server.close()


@pytest.fixture
def payments_sandbox(
    request: pytest.FixtureRequest, _payments_server: ServerThread, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Sandbox]:
    """A sandbox of the test's own, with 100 payments unless the marker `payments_sandbox` says otherwise.

    Its URL and its credentials are the same in the whole session. It runs in a thread of its own, so tests without an
    event loop can use it too. `PaymentsClient.from_env()` leads to it, for a program under test that makes its own
    client.
    """
    options: dict[str, Any] = {"payments": 100}
    for marker in reversed([*request.node.iter_markers(_MARKER)]):
        options |= marker.kwargs
    sandbox = _payments_server.start(options)
    try:
        monkeypatch.setenv("FORMANCE_URL", sandbox.url)
        monkeypatch.setenv("FORMANCE_CLIENT_ID", sandbox.client_id)
        monkeypatch.setenv("FORMANCE_CLIENT_SECRET", sandbox.client_secret)
        for name in ("FORMANCE_API_PATH", "FORMANCE_TOKEN_URL"):
            monkeypatch.delenv(name, raising=False)
        yield sandbox
    finally:
        _payments_server.stop(sandbox)


@pytest.fixture
def payments_faults(payments_sandbox: Sandbox) -> list[Fault]:
    """What goes wrong on purpose in the test's sandbox: a list to append to."""
    return payments_sandbox.faults


def _async_fixture() -> Callable[[Any], Any]:
    # In its strict mode, pytest-asyncio runs only the fixtures that it has made itself.
    if find_spec("pytest_asyncio") is None:
        return pytest.fixture
    from pytest_asyncio import fixture  # noqa: PLC0415

    return fixture


@_async_fixture()
async def payments_client(payments_sandbox: Sandbox) -> AsyncGenerator[PaymentsClient]:
    """A client of the test's sandbox, whose retries take no time."""
    from payments_async import ClientCredentials, PaymentsClient  # noqa: PLC0415
    from payments_async.testing.policy import without_pauses  # noqa: PLC0415

    auth = ClientCredentials(payments_sandbox.client_id, payments_sandbox.client_secret)
    async with PaymentsClient(payments_sandbox.url, auth=auth, retry=without_pauses()) as client:
        yield client
