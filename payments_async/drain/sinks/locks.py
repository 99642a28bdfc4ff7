"""File locks: only one process at a time writes to a target."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import BinaryIO

from payments_async.drain.errors import DrainError


def lock(file: BinaryIO) -> BinaryIO:
    """Lock the file until it is closed or the process ends, and return it.

    Raises:
        DrainError: another process has locked it.
    """
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415  # exists on one system only

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415  # exists on one system only

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        free = is_current(file)  # the other process may have just removed it
    except (BlockingIOError, PermissionError):
        free = False
    if not free:
        file.close()
        raise DrainError(f"another drain is writing to {file.name}: let it end, or give another target")
    return file


def is_current(file: BinaryIO) -> bool:
    """Whether the path of an open file still leads to this file."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), Path(file.name).stat())
    except FileNotFoundError:
        return False
