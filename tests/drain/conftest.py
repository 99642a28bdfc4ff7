"""The end of a test that waits for a drain which has ended, or which does not end."""

import signal
from collections.abc import Iterator
from typing import NoReturn

import pytest

_PATIENCE = 300
"""Seconds after which a test fails rather than hangs, with those of slow machines."""


def _fail(*_: object) -> NoReturn:
    pytest.fail(f"the test did not end within {_PATIENCE} s")


@pytest.fixture(autouse=True)
def _nothing_hangs() -> Iterator[None]:
    before = signal.signal(signal.SIGALRM, _fail)
    signal.alarm(_PATIENCE)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)
