"""The layout of every generated file."""

import subprocess
import sys

# Isolated from the project's own settings, which must not decide what is generated.
_RUFF = ("--isolated", "--no-cache", "--target-version", "py311", "--line-length", "120", "-")
_IMPORTS = (
    # Otherwise the working directory would decide which packages are one's own.
    *("--config", "src = []", "--config", 'lint.isort.known-first-party = ["payments_async"]'),
    # Otherwise an import of which little is used would stay as long as it was.
    *("--config", "lint.isort.split-on-trailing-comma = false"),
)


def formatted(source: str) -> str:
    """The module with only the imports it uses, and lines of 120 at most."""
    source = _ruff("check", "--quiet", "--fix", "--select", "F401,I", *_IMPORTS, source=source)
    return _ruff("format", source=source)


def _ruff(*arguments: str, source: str) -> str:
    command = [sys.executable, "-m", "ruff", *arguments, *_RUFF]
    return subprocess.run(command, input=source, capture_output=True, check=True, encoding="utf-8").stdout
