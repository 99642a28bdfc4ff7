"""The official SDK and Prism, which judge this project."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchmarks import peers
from tests.judges import cannot_run, judge
from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[2]
OURS = ROOT / "openapi/payments.yaml"
OURS_V3 = ROOT / "openapi/payments-v3.yaml"
PUBLISHED = ROOT.parent / "shared/reference/payments-v2.0.9.openapi.yaml"
PUBLISHED_V3 = ROOT.parent / "shared/reference/payments-v3.4.openapi.yaml"


@pytest.fixture(scope="session")
def official_python() -> Path:
    """The interpreter of an environment with the official SDK."""
    return peers.interpreter(judge("official_sdk"))


@pytest.fixture(scope="session")
def prism(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of Prism serving our description."""
    with serving(OURS, tmp_path_factory.mktemp("prism") / "log") as url:
        yield url


@pytest.fixture(scope="session")
def v3_prism(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of Prism serving our description of v3."""
    with serving(OURS_V3, tmp_path_factory.mktemp("prism") / "log") as url:
        yield url


@pytest.fixture(scope="session")
def published_prism(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of Prism serving the published description."""
    with serving_published(PUBLISHED, tmp_path_factory) as url:
        yield url


@pytest.fixture(scope="session")
def published_v3_prism(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of Prism serving the published description of v3."""
    with serving_published(PUBLISHED_V3, tmp_path_factory) as url:
        yield url


@contextmanager
def serving_published(description: Path, folders: pytest.TempPathFactory) -> Iterator[str]:
    """Prism serving a published description, without which the test that asks for it cannot run."""
    if not description.exists():
        cannot_run("the published description is not beside this checkout")
    with serving(description, folders.mktemp("prism") / "log") as url:
        yield url


@contextmanager
def serving(description: Path, log: Path) -> Iterator[str]:
    """Prism on a free loopback port, answering as a description says, the same every time; gives its URL."""
    program = judge("prism") / "node_modules/@stoplight/prism-cli/dist/index.js"
    with log.open("wb") as output:
        prism = subprocess.Popen(
            ["node", program, *["mock", "--errors", "--seed", "7", "--host", "127.0.0.1", "--port", "0"], description],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        yield address(prism, log)
    finally:
        prism.kill()
        prism.wait()


def address(prism: subprocess.Popen[bytes], log: Path) -> str:
    """Where Prism listens, once it does."""
    end = time.monotonic() + PATIENCE
    while prism.poll() is None and time.monotonic() < end:
        _, listens, rest = log.read_text(encoding="utf-8").partition("Prism is listening on ")
        if listens and "\n" in rest:
            return rest.split()[0]
        time.sleep(0.05)
    pytest.fail(f"Prism does not listen:\n{log.read_text(encoding='utf-8')}")
