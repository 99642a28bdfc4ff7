"""Installs what the interop tests are judged by: `python tests/interop/install.py FOLDER`.

Nothing is installed anywhere else, and nothing again that is there. A judge that cannot be installed is no error: its
tests find the reason in its place, and are skipped with it.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

PRISM = "@stoplight/prism-cli@5.14.2"
OFFICIAL_SDK = "formance-sdk-python==9.0.1"

# Where there is no network, this should be known soon.
NPM_INSTALL = "install --no-audit --no-fund --ignore-scripts --fetch-retries=1 --fetch-retry-mintimeout=1000"
PIP_INSTALL = "-m pip install --quiet --disable-pip-version-check --no-input --retries=1"

SECONDS = 300
"""How long one command may take."""

Commands = list[list[str | Path]]


def main(home: Path) -> None:
    prism, official_sdk = home / "prism", home / "official_sdk"
    npm = shutil.which("npm") or "npm"
    provide(PRISM, prism, [[npm, *NPM_INSTALL.split(), "--prefix", prism, PRISM]])
    python = official_sdk / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    provide(
        OFFICIAL_SDK,
        official_sdk,
        [[sys.executable, "-m", "venv", official_sdk], [python, *PIP_INSTALL.split(), OFFICIAL_SDK]],
    )


def provide(name: str, folder: Path, commands: Commands) -> None:
    """Run the commands and leave a note in the folder: `installed`, or `missing` with the reason."""
    installed, made_by = folder / "installed", f"{sys.version}\n{commands}"
    if installed.exists() and installed.read_text(encoding="utf-8") == made_by:
        return
    print(f"Installing {name} for the interop tests", flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if reason := failure(commands):
        print(f"It cannot be installed: {reason}", flush=True)
        (folder / "missing").write_text(reason, encoding="utf-8")
    else:
        installed.write_text(made_by, encoding="utf-8")


def failure(commands: Commands) -> str:
    """Why a command failed, empty if none did."""
    for command in commands:
        try:
            done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=SECONDS)
        except (OSError, subprocess.TimeoutExpired) as error:
            return str(error)
        if done.returncode:
            lines = [line for line in done.stderr.splitlines() if re.search(r"\berror\b", line, re.IGNORECASE)]
            return lines[0] if lines else f"{command[0]} ended with {done.returncode}"
    return ""


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
