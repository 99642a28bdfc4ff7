"""File locks: only one process at a time writes to a target."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import BinaryIO, cast

from payments_async.drain.errors import DrainError
from payments_async.drain.private import private


def lock(path: Path, mode: str) -> BinaryIO:
    """Open a file without a buffer, and lock it until it is closed or the process ends.

    Args:
        path: The file.
        mode: How to open it, as for `open`. Only the mode `r+b` follows a symbolic link.

    Raises:
        DrainError: another process has locked it.
        OSError: it cannot be opened.
    """
    opener = None if mode == "r+b" else private
    file = cast("BinaryIO", open(path, mode, buffering=0, opener=opener))  # noqa: SIM115  # its user closes it
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
