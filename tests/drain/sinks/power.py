"""A folder whose power can fail at any moment: what was not made sure of is lost, or not, as on a real disk."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


class PowerFailure(BaseException):
    """Nothing is done from now on: not even what would tidy up."""


class Disk:
    """A folder that knows what of it would survive.

    Args:
        folder: Where the files are.
        left: How many more operations there is power for; each fsync, link, rename and removal is two, as it may be
            done or not when the power fails.
    """

    def __init__(self, folder: Path, left: int) -> None:
        self.folder = folder
        self.left = left
        self._synced = {_inode(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        self._names = {_inode(path): _names(path) for path in (folder, *folder.rglob("*")) if path.is_dir()}
        self._held = list[int]()
        self._found = dict[int, Path]()

    def attach(self, patch: pytest.MonkeyPatch) -> None:
        """Watch over what is done to files, and let the power fail."""

        def fsync(descriptor: int) -> None:
            self._tick()
            path = Path(f"/proc/self/fd/{descriptor}").readlink()
            # What is made sure of is noted, which takes less time than to do it.
            if stat.S_ISDIR(os.fstat(descriptor).st_mode):
                self._names[_inode(path)] = _names(path)
            else:
                self._synced[_inode(path)] = path.read_bytes()
            self._tick()

        make = Path.mkdir

        def mkdir(path: Path, *args: Any, **kwargs: Any) -> None:
            make(path, *args, **kwargs)
            self._names.setdefault(_inode(path), {})

        patch.setattr("os.fsync", fsync)
        patch.setattr(Path, "mkdir", mkdir)
        patch.setattr("os.link", self._counted(os.link))
        patch.setattr(Path, "rename", self._counted(Path.rename))
        patch.setattr(Path, "replace", self._counted(Path.replace))
        patch.setattr(Path, "unlink", self._counted(Path.unlink))
        patch.setattr("shutil.rmtree", self._counted(shutil.rmtree))

    def _counted(self, done: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*args: Any, **kwargs: Any) -> Any:
            self._tick()
            # Held open, so that no other one gets the number of one that is removed.
            self._held += [os.open(path, os.O_RDONLY) for path in self.folder.rglob("*")]
            result = done(*args, **kwargs)
            self._tick()
            return result

        return counted

    def close(self) -> None:
        """Let go of files that are removed."""
        for descriptor in self._held:
            os.close(descriptor)
        self._held.clear()

    def _tick(self) -> None:
        self.left -= 1
        if self.left <= 0:
            raise PowerFailure

    def after(self, *, data: bool, names: bool, to: Path) -> None:
        """What is found when the power is back.

        Args:
            data: Whether bytes that were written have survived without an fsync.
            names: Whether names have, new ones and removals.
            to: Where to put it.
        """
        self._found = {_inode(path): path for path in (self.folder, *self.folder.rglob("*"))}
        self._restore(_inode(self.folder), to, data=data, names=names)

    def _restore(self, folder: int, to: Path, *, data: bool, names: bool) -> None:
        to.mkdir()
        found = _names(self._found[folder]) if names and folder in self._found else self._names[folder]
        for name, inode in found.items():
            if inode in self._names:
                self._restore(inode, to / name, data=data, names=names)
            elif data and inode in self._found:
                shutil.copy(self._found[inode], to / name)
            else:
                (to / name).write_bytes(self._synced.get(inode, b""))


def _inode(path: Path) -> int:
    return path.stat().st_ino


def _names(folder: Path) -> dict[str, int]:
    return {path.name: _inode(path) for path in folder.iterdir()} if folder.exists() else {}
