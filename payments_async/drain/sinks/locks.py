"""Locks on files: one process at a time writes to a target."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import BinaryIO

from payments_async.drain.errors import DrainError


def lock(file: BinaryIO) -> BinaryIO:
    """The file, locked until it is closed or the process ends, however it ends.

    Raises:
        DrainError: another process has it.
    """
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415  # one system's only

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415  # one system's only

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        free = stands(file)  # unless the other has just removed it
    except (BlockingIOError, PermissionError):
        free = False
    if not free:
        file.close()
        raise DrainError(f"another drain is writing to {file.name}: let it end, or give another target")
    return file


def stands(file: BinaryIO) -> bool:
    """Whether an open file is still the one of its name."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), Path(file.name).stat())
    except FileNotFoundError:
        return False
