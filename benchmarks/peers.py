"""The programs of others that this project is held against, each in a folder of its own.

`python benchmarks/peers.py HOME [NAME…]` installs those named, or all, into `HOME`. Nothing is installed anywhere
else, and nothing again that is there. Where npm or a registry cannot be reached, the peer's folder says so to whoever
needs it. Any other failure is an error, and in CI that is one too.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

DESCRIPTION = Path(__file__).parents[1] / "openapi/payments.yaml"

NPM = {
    "prism": "@stoplight/prism-cli@5.14.2",
    "oidc_provider": "oidc-provider@8.8.1",  # the last release line that supports Node 20
    "axe": "axe-core@4.14.1",
}
"""The package of each peer that npm installs."""
PIP = {
    "official_sdk": ["formance-sdk-python==9.0.1"],
    "httpx_pydantic": ["httpx==0.28.1", "pydantic==2.14.4"],
    "openapi_python_client": ["openapi-python-client==0.29.1"],
}
"""The requirements of each peer that uv installs, or pip where there is no uv."""

# Where there is no network, this should be known soon.
NPM_INSTALL = "install --no-audit --no-fund --ignore-scripts --fetch-retries=1 --fetch-retry-mintimeout=1000"
PIP_INSTALL = "-m pip install --quiet --disable-pip-version-check --no-input --retries=1"
UV_INSTALL = "pip install --quiet --python"
GENERATE = "generate --meta none --output-path"

SECONDS = 300
"""How long one command may take."""

_UNREACHABLE = re.compile(
    r"ENOTFOUND|EAI_AGAIN|ECONN(REFUSED|RESET|ABORTED)|E(NET|HOST)UNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT"  # npm
    r"|NewConnectionError|NameResolutionError|ConnectTimeoutError|ReadTimeoutError|ProxyError"  # pip
    r"|from versions: none"  # pip, which tells nothing else where no index answers
    r"|client error \(Connect\)"  # uv
)
"""What npm, pip and uv say where they reach no registry."""

Command = list[str | Path]


class UnreachableError(Exception):
    """A peer cannot be installed, because npm or a registry is not there."""


def main(home: Path, names: list[str]) -> None:
    with ThreadPoolExecutor() as at_once:
        for provided in [at_once.submit(provide, name, home / name) for name in names or [*NPM, *PIP]]:
            provided.result()


def interpreter(folder: Path) -> Path:
    """The Python of a peer's environment."""
    return _programs(folder) / "python"


def missing(folder: Path) -> str:
    """Why the peer of this folder is not there, empty if it is."""
    if (folder / "installed").exists():
        return ""
    reason = folder / "missing"
    return reason.read_text(encoding="utf-8") if reason.exists() else "nobody has tried to install it"


def provide(name: str, folder: Path) -> None:
    """Install a peer and leave a note in its folder: `installed`, or `missing` with the reason."""
    commands = list(_commands(name, folder))
    # Sessions have interpreters of their own, all of one installation, and share what is made by any of them.
    installed, made_by = folder / "installed", f"{sys.version}\n{commands}".replace(sys.executable, "python")
    if name == "openapi_python_client":
        made_by += DESCRIPTION.read_text(encoding="utf-8")
    if installed.exists() and installed.read_text(encoding="utf-8") == made_by:
        return
    print(f"Installing {name}\n", end="", flush=True)  # a line at once, beside other threads
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        _run(commands)
    except UnreachableError as error:
        if os.environ.get("CI"):
            raise
        print(f"It cannot be installed: {error}", flush=True)
        (folder / "missing").write_text(str(error), encoding="utf-8")
    else:
        installed.write_text(made_by, encoding="utf-8")


def _commands(name: str, folder: Path) -> Iterator[Command]:
    if name in NPM:
        yield [shutil.which("npm") or "npm", *NPM_INSTALL.split(), "--prefix", folder, NPM[name]]
        return
    uv = shutil.which("uv", path=Path(sys.executable).parent)
    if uv:
        yield [uv, "venv", "--quiet", "--python", sys.executable, folder]
        yield [uv, *UV_INSTALL.split(), interpreter(folder), *PIP[name]]
    else:
        yield [sys.executable, "-m", "venv", folder]
        yield [interpreter(folder), *PIP_INSTALL.split(), *PIP[name]]
    if name == "openapi_python_client":
        program = _programs(folder) / "openapi-python-client"
        yield [program, *GENERATE.split(), folder / "generated_client", "--path", DESCRIPTION]


def _programs(folder: Path) -> Path:
    return folder / ("Scripts" if sys.platform == "win32" else "bin")


def _run(commands: list[Command]) -> None:
    """Run the commands.

    Raises:
        UnreachableError: npm is not there, or no registry can be reached.
        SystemExit: a command failed for another reason.
    """
    for command in commands:
        try:
            done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=SECONDS)
        except (FileNotFoundError, subprocess.TimeoutExpired) as error:
            raise UnreachableError(str(error)) from None
        if done.returncode:
            lines = [line for line in done.stderr.splitlines() if re.search(r"\berror\b", line, re.IGNORECASE)]
            reason = lines[0] if lines else f"{command[0]} ended with {done.returncode}"
            if _UNREACHABLE.search(done.stderr):
                raise UnreachableError(reason)
            raise SystemExit(f"{' '.join(map(str, command))} failed:\n{done.stderr}")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), sys.argv[2:])
