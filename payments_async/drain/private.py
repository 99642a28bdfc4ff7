"""Files that only their owner can read, created exactly where they are asked for."""

from __future__ import annotations

import os

_NO_FOLLOW: int = getattr(os, "O_NOFOLLOW", 0)  # Windows has none


def private(path: str, flags: int) -> int:
    """An opener for `open`: it follows no symbolic link, and only the owner can read a file that it creates."""
    return os.open(path, flags | _NO_FOLLOW, 0o600)
