"""Judges from outside of this project, in the folder that INTEROP_HOME names; `install.py` puts them there."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OURS = ROOT / "openapi/payments.yaml"
PUBLISHED = ROOT.parent / "shared/reference/payments-v2.0.9.openapi.yaml"

SECONDS = 60.0
"""How long Prism may take to start."""


def judge(name: str) -> Path:
    """The folder of a judge; where it is not installed, skips the test that asks for it and says why."""
    if "INTEROP_HOME" not in os.environ:
        pytest.skip("INTEROP_HOME names no folder with Prism and the official SDK: run ./dev interop")
    folder = Path(os.environ["INTEROP_HOME"], name)
    missing = folder / "missing"
    if missing.exists():
        pytest.skip(f"{name} could not be installed: {missing.read_text(encoding='utf-8')}")
    return folder


@pytest.fixture(scope="session")
def official_python() -> Path:
    """The interpreter of an environment with the official SDK."""
    return judge("official_sdk") / ("Scripts" if sys.platform == "win32" else "bin") / "python"


@pytest.fixture(scope="session")
def prism(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of Prism serving our description."""
    with serving(OURS, tmp_path_factory.mktemp("prism") / "log") as url:
        yield url


@pytest.fixture(scope="session")
def published_prism(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of Prism serving the published description."""
    if not PUBLISHED.exists():
        pytest.skip("the published description is not beside this checkout")
    with serving(PUBLISHED, tmp_path_factory.mktemp("prism") / "log") as url:
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
    end = time.monotonic() + SECONDS
    while prism.poll() is None and time.monotonic() < end:
        _, listens, rest = log.read_text(encoding="utf-8").partition("Prism is listening on ")
        if listens and "\n" in rest:
            return rest.split()[0]
        time.sleep(0.05)
    pytest.fail(f"Prism does not listen:\n{log.read_text(encoding='utf-8')}")
