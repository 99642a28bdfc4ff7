"""An OpenID provider from npm, running on loopback for as long as the tests of this folder do."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

from tests.judges import judge

SCRIPT = Path(__file__).with_name("provider.mjs")


@attrs.frozen(kw_only=True)
class Provider:
    """A running OpenID provider and the one client that it knows.

    Attributes:
        url: Its root.
        lifetime: Seconds that its tokens live; it counts whole ones, so up to one less.
    """

    url: str
    client_id: str = "drain+1"
    client_secret: str = "s+%2B &=~"
    lifetime: int = 2


@pytest.fixture(scope="session")
def provider() -> Iterator[Provider]:
    home = judge("oidc_provider")
    wanted = Provider(url="")
    environment = {
        **os.environ,
        "CLIENT_ID": wanted.client_id,
        "CLIENT_SECRET": wanted.client_secret,
        "LIFETIME": str(wanted.lifetime),
    }
    # As text on the command line, the script finds its package from the working directory.
    with subprocess.Popen(
        ["node", "--input-type=module", "--eval", SCRIPT.read_text()],
        cwd=home,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        said: list[str] = []
        for line in process.stdout:
            said.append(line)
            if line.startswith("ready "):
                break
        else:
            pytest.fail("the provider did not start:\n" + "".join(said))
        yield attrs.evolve(wanted, url=said[-1].split()[1])
        process.stdin.close()
