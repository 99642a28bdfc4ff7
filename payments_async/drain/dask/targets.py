"""Where the rows of a plan go: what tasks carry to the workers, which make the sinks from it."""

from __future__ import annotations

from typing import TypeAlias

import attrs

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


Target: TypeAlias = Tables | MadeByFunction
