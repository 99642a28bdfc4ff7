"""What it takes to start: imports in fresh processes, their memory, and the first call."""

import subprocess
import sys
import time
from pathlib import Path

from benchmarks import peers
from benchmarks.comparison import Measurements
from benchmarks.processes import printed, serving
from benchmarks.sizes import Sizes

NOTHING = "pass"
AIOHTTP = "import aiohttp"
OURS = "from payments_async import PaymentsClient; PaymentsClient('http://localhost')"
OURS_TO_PAYMENTS = f"{OURS}.payments"
OFFICIAL = "from formance_sdk_python import SDK; SDK(server_url='http://localhost').payments.v1"

_PEAK = "\nprint(*(line for line in open('/proc/self/status') if line.startswith('VmHWM:')))"


def starts(sizes: Sizes, home: Path) -> Measurements:
    """Imports and their memory, each less that of an interpreter that does nothing; and the first two calls.

    Args:
        sizes: How much is measured.
        home: Where the peers are installed; the official SDK does not take part where it is missing.
    """
    here = Path(sys.executable)
    programs = {"aiohttp": (here, AIOHTTP), "ours": (here, OURS), "ours to payments": (here, OURS_TO_PAYMENTS)}
    folder = home / "official_sdk"
    if not peers.missing(folder):
        programs["official_sdk"] = peers.interpreter(folder), OFFICIAL
    measured: Measurements = {}
    for _ in range(1 + sizes.starts):
        for name, (python, program) in programs.items():
            nothing, memory_of_nothing = start(python, NOTHING)
            took, memory = start(python, program)
            measured.setdefault(f"import: {name}", []).append((took - nothing) * 1e3)
            measured.setdefault(f"memory of the import: {name}", []).append(memory - memory_of_nothing)
    return {name: values[1:] for name, values in measured.items()} | first_calls(sizes)


def start(python: Path, program: str) -> tuple[float, float]:
    """The seconds that a program takes in a process of its own, and the most memory that it has, in MiB."""
    started = time.perf_counter()
    done = subprocess.run([python, "-c", program + _PEAK], check=True, stdout=subprocess.PIPE, text=True)
    took = time.perf_counter() - started
    _, kibibytes, _ = done.stdout.split()
    return took, int(kibibytes) / 1024


def first_calls(sizes: Sizes) -> Measurements:
    with serving(items=100) as url:
        rounds = [printed("-m", "benchmarks.first_calls", url) for _ in range(sizes.starts)]
    first, second = zip(*rounds, strict=True)
    return {"call: first": list(first), "call: second": list(second)}
