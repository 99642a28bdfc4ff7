import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "testing"
CONFIGURED = "[pytest]\nasyncio_default_fixture_loop_scope = function\n"


def run(folder: Path, *arguments: str) -> str:
    """What pytest prints about the tests in a folder, as a user runs it; all must pass."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "FORMANCE_"))}
    command = [sys.executable, "-W", "error", "-m", "pytest", "-p", "no:cacheprovider", *arguments, str(folder)]
    ended = subprocess.run(command, cwd=folder, env=environment, check=False, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pytest.ini").write_text(CONFIGURED)
    return tmp_path


@pytest.mark.parametrize("arguments", [["--asyncio-mode=strict"], ["--asyncio-mode=auto", "-n2"]], ids=" ".join)
def test_the_example_passes_in_each_mode_and_in_parallel(tmp_path: Path, arguments: list[str]) -> None:
    shutil.copytree(EXAMPLE, folder := tmp_path / "example", ignore=shutil.ignore_patterns("__pycache__"))
    assert "7 passed" in run(folder, *arguments)


STATE = """
import pytest
from payments_async.sandbox import FaultKind, Fault

@pytest.mark.parametrize("turn", range(2))
@pytest.mark.payments_sandbox(payments=5)
def test_state(payments_sandbox, payments_faults, turn):
    assert payments_sandbox.requests == {} and payments_faults == []
    assert len(payments_sandbox.references()) == 5
    payments_sandbox.add_payments(3)
    payments_faults.append(Fault(kind=FaultKind.STATUS))

@pytest.mark.payments_sandbox(payments=1, rate_limit=3)
class TestInner:
    @pytest.mark.payments_sandbox(payments=2)
    def test_the_nearest_marker_wins(self, payments_sandbox):
        assert len(payments_sandbox.references()) == 2
        assert payments_sandbox._limit is not None

@pytest.mark.payments_sandbox(wrong=1)
@pytest.mark.xfail(raises=TypeError, strict=True)
def test_what_the_sandbox_does_not_know_is_refused(payments_sandbox):
    pass

NAMED = set()

@pytest.mark.parametrize("turn", range(2))
def test_the_url_and_the_credentials_are_those_of_the_session(payments_sandbox, turn):
    NAMED.add((payments_sandbox.url, payments_sandbox.client_id, payments_sandbox.client_secret))
    assert len(NAMED) == 1

def test_another_address_can_be_asked_for(request):
    request.node.add_marker(pytest.mark.payments_sandbox(client_id="mine", host="localhost"))
    other = request.getfixturevalue("payments_sandbox")
    assert other.client_id == "mine" and other.url not in {url for url, _, _ in NAMED}

@pytest.mark.asyncio
@pytest.mark.payments_sandbox(version="3.4", payments=4, seed=9)
async def test_the_marker_chooses_version_population_and_seed(payments_client):
    assert len([each async for each in payments_client.v3.payments.list_payments()]) == 4

@pytest.fixture(scope="session")
def seen():
    return []

@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("turn", range(2))
async def test_a_client_of_the_session_works_in_each_test(payments_sandbox, seen, turn):
    from payments_async import PaymentsClient
    if not seen:
        seen.append(PaymentsClient.from_env())
    await seen[0].server.get_server_info()
    if turn == 1:
        await seen[0].aclose()

def test_the_environment_is_left_as_it_was():
    import os
    assert "FORMANCE_URL" not in os.environ
"""


def test_each_test_has_a_state_of_its_own(folder: Path) -> None:
    (folder / "test_state.py").write_text(STATE)
    assert "10 passed, 1 xfailed" in run(folder)


UNUSED = """
import sys

def test_nothing():
    loaded = {name.removeprefix("payments_async") for name in sys.modules if name.partition(".")[0] == "payments_async"}
    assert loaded == {"", ".testing", ".testing.plugin", ".version"}
    assert not {"aiohttp", "attrs", "cattrs", "msgspec", "aioresponses", "authlib"} & set(sys.modules)
"""


def test_it_imports_nothing_when_it_is_not_used(folder: Path) -> None:
    (folder / "test_unused.py").write_text(UNUSED)
    assert "1 passed" in run(folder, "-p", "no:xdist", "-p", "no:anyio", "-p", "no:hypothesispytest")


def test_markers_are_known(folder: Path) -> None:
    assert "@pytest.mark.payments_sandbox(**options): " in run(folder, "--markers", "--strict-markers")


def test_without_pytest_asyncio_the_sandbox_still_works(folder: Path) -> None:
    (folder / "pytest.ini").write_text("[pytest]\n")
    (folder / "conftest.py").write_text("")
    (folder / "test_sync.py").write_text("def test_url(payments_sandbox):\n    assert payments_sandbox.url\n")
    assert "1 passed" in run(folder, "-p", "no:asyncio")
