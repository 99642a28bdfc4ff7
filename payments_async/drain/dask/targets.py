"""Where the rows of a plan go: what tasks carry to the workers, which make the sinks from it."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TypeAlias

import attrs

from payments_async.drain.dask.folder import FolderSink
from payments_async.drain.dask.named import check_named, named
from payments_async.drain.dask.plans import Job
from payments_async.drain.sinks import PostgreSQL, Sink
from payments_async.drain.sinks.dsn import has_password, name_of


def _check_dsn(_: object, __: attrs.Attribute[str], value: str) -> None:
    name_of(value)
    if has_password(value):
        raise ValueError(
            "the DSN has a password, which would travel to every worker: leave it out, and set PGPASSWORD or "
            "PGPASSFILE in the workers' environment"
        )


@attrs.frozen
class Tables:
    """A table of a PostgreSQL database for each job: a `PostgreSQL` sink on each worker.

    Attributes:
        dsn: The database, without a password: each worker takes it from its environment, as libpq does.
        schema: The schema of the tables.

    Raises:
        ValueError: the DSN is not one, or has a password.
    """

    dsn: str = attrs.field(validator=_check_dsn)
    schema: str = attrs.field(default="public", kw_only=True)

    def sink(self, job: Job) -> Sink:
        """The sink of a job."""
        return PostgreSQL(self.dsn, table=job.table, schema=self.schema)


def _as_text(path: str | os.PathLike[str]) -> str:
    return os.fspath(path)


def _check_absolute(_: object, __: attrs.Attribute[str], value: str) -> None:
    # Of any system: that of the workers may be another one than here.
    if not (PurePosixPath(value).is_absolute() or PureWindowsPath(value).is_absolute()):
        raise ValueError(f"the folder is {value!r}: give its whole path, which is the same on all workers")


@attrs.frozen
class Folder:
    """A folder of JSON Lines files for each job, on a file system that all workers share; needs no database.

    The rows of a job are in the files `*.jsonl` of the folder that has its table's name. Each of these files is
    complete; all rows are there once the drain is done. The log of commits, with the checkpoints, is in `_commits`
    there. A row that moves in its list while it is drained may be in two files.

    The file system must have hard links and show a new file to all workers at once, as local disks and NFS do, and
    object stores do not. The files are readable by their owner only, so all workers must run as the same user.

    Attributes:
        path: The path of the folder, which exists, as all workers know it.

    Raises:
        ValueError: the path is not absolute.
    """

    path: str = attrs.field(converter=_as_text, validator=_check_absolute)

    def sink(self, job: Job) -> Sink:
        """The sink of a job."""
        return FolderSink(Path(self.path) / job.table)


def _check_path(_: object, __: attrs.Attribute[str], value: str) -> None:
    check_named(value)


@attrs.frozen
class MadeByFunction:
    """What a function on the workers makes of a job.

    Attributes:
        path: Its import path.
    """

    path: str = attrs.field(validator=_check_path)

    def sink(self, job: Job) -> Sink:
        """The sink of a job."""
        sink: Sink = named(self.path, Sink, job)
        return sink


Target: TypeAlias = Tables | Folder | MadeByFunction
