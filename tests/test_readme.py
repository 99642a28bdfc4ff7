import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from textwrap import indent

import pytest

from payments_async.models.generated.operations import OPERATIONS
from payments_async.sandbox import Sandbox

README = (Path(__file__).parents[1] / "README.md").read_text()
BLOCKS = re.findall(r"^```python\n(.*?)^```", README, re.MULTILINE | re.DOTALL)

INSIDE_A_CLIENT = """
import asyncio
from payments_async import PaymentsClient

async def main():
    async with PaymentsClient.from_env() as client:
{}

asyncio.run(main())
"""


@pytest.fixture
async def serving(block: str) -> AsyncIterator[Sandbox]:
    """A sandbox of the version that a block is about; this file also runs alone, to try what is published."""
    async with Sandbox(version="3.4" if "client.v3" in block else "2.0.9", payments=250) as running:
        yield running


@pytest.mark.parametrize("block", BLOCKS)
async def test_each_python_block_runs(block: str, serving: Sandbox, tmp_path: Path) -> None:
    sandbox = serving
    program = block if "asyncio.run(" in block else INSIDE_A_CLIENT.format(indent(block, " " * 8))
    program = program.replace("https://acme.example.com", sandbox.url)
    program = program.replace("client-id", sandbox.client_id).replace("client-secret", sandbox.client_secret)
    environment = {
        **os.environ,
        "FORMANCE_URL": sandbox.url,
        "FORMANCE_CLIENT_ID": sandbox.client_id,
        "FORMANCE_CLIENT_SECRET": sandbox.client_secret,
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-W", "error", "-c", program),
        cwd=tmp_path,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    printed, errors = await process.communicate()
    assert (process.returncode, errors.decode()) == (0, "")
    assert printed or "print(" not in block


def test_table_of_operations_is_the_description() -> None:
    rows = re.findall(r"^\| `\w+\.(\w+)`(?: \((deprecated)\))? \| `(\w+) (\S+)` \|", README, re.MULTILINE)
    described = {(each.name, "deprecated" if each.deprecated else "", each.method, each.path) for each in OPERATIONS}
    assert len(rows) == len(described)
    assert set(rows) == described
