"""Programs of others that judge this project: `benchmarks/peers.py` installs them into the folder PEERS_HOME."""

import os
from pathlib import Path
from typing import NoReturn

import pytest

from benchmarks import peers


def judge(name: str) -> Path:
    """The folder of a judge; where it is not installed, the test that asks for it cannot run."""
    if "PEERS_HOME" not in os.environ:
        cannot_run("PEERS_HOME is not set: run ./dev interop or ./dev tests")
    folder = Path(os.environ["PEERS_HOME"], name)
    if reason := peers.missing(folder):
        cannot_run(f"{name} is not installed: {reason}")
    return folder


def cannot_run(reason: str) -> NoReturn:
    """Skip the test and say why; in CI, where nothing may be missing, fail it."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
