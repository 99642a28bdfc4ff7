"""Everything that is measured runs in a process of its own: the server, the contestants, and programs that end."""

import json
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs

ROOT = Path(__file__).parents[1]

SECONDS = 600
"""How long a process may take for one answer before it is killed."""


@attrs.frozen
class Took:
    """What a command took.

    Attributes:
        seconds: All times together.
        stall: The longest time in seconds that the loop was late, where calls were made at once.
        value: What the contestant's method gave last.
    """

    seconds: float
    stall: float
    value: Any


class Contestant:
    """A contestant's process, which carries out one command after the other."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def took(self, do: str, **how: Any) -> Took:
        """Have a command carried out; see `contestants/answering.py` for what there is to say."""
        assert self._process.stdin is not None
        print(json.dumps({"do": do, **how}), file=self._process.stdin, flush=True)
        return Took(**json.loads(_line(self._process)))


@contextmanager
def contending(name: str, url: str, *arguments: str, python: str | Path = sys.executable) -> Iterator[Contestant]:
    """A contestant, connected to a server."""
    with _running(python, "-m", f"benchmarks.contestants.{name}", url, *arguments) as process:
        yield Contestant(process)


@contextmanager
def serving(*, items: int, page_size: int = 100, latency: float = 0.0, encoding: str = "identity") -> Iterator[str]:
    """A page server; gives its URL."""
    options = {"items": items, "page-size": page_size, "latency": latency, "encoding": encoding}
    arguments = [f"--{name}={value}" for name, value in options.items()]
    with _running(sys.executable, "-m", "benchmarks.server", *arguments) as process:
        yield _line(process).strip()


@contextmanager
def sandboxing(payments: int, latency: float = 0.0) -> Iterator[str]:
    """A sandbox with so many payments, whose answers are delayed by so many seconds; gives its URL."""
    with _running(sys.executable, "-m", "benchmarks.sandbox", str(payments), str(latency)) as process:
        yield _line(process).strip()


def turns(measured: Mapping[str, Callable[[], Took]], rounds: int) -> dict[str, list[Took]]:
    """What each took, where they take turns round by round, after one round that does not count.

    Each round begins with another one, since what comes before leaves the machine as it is.
    """
    took: dict[str, list[Took]] = {name: [] for name in measured}
    order = deque(measured)
    for _ in range(1 + rounds):
        order.rotate()
        for name in order:
            took[name].append(measured[name]())
    return {name: each[1:] for name, each in took.items()}


def printed(*arguments: str, python: str | Path = sys.executable) -> Any:
    """The JSON that a program prints before it ends."""
    with _running(python, *arguments) as process:
        return json.loads(_line(process))


@contextmanager
def _running(*command: str | Path) -> Iterator[subprocess.Popen[str]]:
    """A process that ends when its standard input is closed."""
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        yield process


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    watchdog = threading.Timer(SECONDS, process.kill)
    watchdog.start()
    try:
        line = process.stdout.readline()
    finally:
        watchdog.cancel()
    if not line:
        raise RuntimeError(f"a process of the benchmark ended with {process.wait()} and no answer: {process.args!r}")
    return line
