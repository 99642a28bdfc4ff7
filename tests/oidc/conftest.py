"""An OpenID provider from npm, running on loopback for as long as the tests of this folder do."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

# Of the certified provider, the last release line that supports Node 20.
PACKAGE = "oidc-provider@8.8.1"
SCRIPT = Path(__file__).with_name("provider.mjs")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "interop: needs npm and its registry")


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
def provider_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the provider's package in it; kept for the next session where PEERS_HOME names its parent."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed")
    parent = Path(os.environ.get("PEERS_HOME") or tmp_path_factory.mktemp("interop"))
    parent.mkdir(parents=True, exist_ok=True)
    home = parent / PACKAGE.replace("@", "-")
    if not home.exists():
        # Made elsewhere and then renamed, so that sessions side by side never see half of it.
        place = Path(tempfile.mkdtemp(dir=parent))
        (place / "package.json").write_text('{"private": true}')
        quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error", "--fetch-retries=0"]
        command = [npm, "install", *quiet, "--fetch-timeout=30000", "--prefix", str(place), PACKAGE]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            shutil.rmtree(place)
            pytest.skip(f"npm cannot install {PACKAGE}: {' '.join(done.stderr.split())[:300]}")
        try:
            place.rename(home)
        except OSError:
            shutil.rmtree(place)
    return home


@pytest.fixture(scope="session")
def provider(provider_home: Path) -> Iterator[Provider]:
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
        cwd=provider_home,
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
