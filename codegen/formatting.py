"""Formats the generated files."""

import subprocess
import sys

# Without the project's own settings, so that the output does not depend on them.
_RUFF = ("--isolated", "--no-cache", "--target-version", "py311", "--line-length", "120", "-")
_IMPORTS = (
    # Otherwise the order of imports would depend on the working directory.
    *("--config", "src = []", "--config", 'lint.isort.known-first-party = ["payments_async"]'),
    # Otherwise an import would stay on many lines after unused names are removed.
    *("--config", "lint.isort.split-on-trailing-comma = false"),
)


def formatted(source: str) -> str:
    """The module without unused imports, and with lines of at most 120 characters."""
    source = _ruff("check", "--quiet", "--fix", "--select", "F401,I", *_IMPORTS, source=source)
    return _ruff("format", source=source)


def _ruff(*arguments: str, source: str) -> str:
    command = [sys.executable, "-m", "ruff", *arguments, *_RUFF]
    return subprocess.run(command, input=source, capture_output=True, check=True, encoding="utf-8").stdout
