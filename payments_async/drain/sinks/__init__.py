"""Where a drain's rows go: files, a database, or a function."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from payments_async.drain.sinks.dsn import is_dsn
from payments_async.drain.sinks.each import Each
from payments_async.drain.sinks.files import CSV, JSONLines
from payments_async.drain.sinks.parquet import Parquet
from payments_async.drain.sinks.postgresql import PostgreSQL
from payments_async.drain.sinks.sink import Opening, Sink
from payments_async.drain.sinks.sqlite import SQLite
from payments_async.wire.hidden import hidden

__all__ = ["CSV", "Each", "JSONLines", "Opening", "Parquet", "PostgreSQL", "SQLite", "Sink", "sink_for"]

_FORMATS: dict[str, Callable[[str | os.PathLike[str]], Sink]] = {
    "jsonl": JSONLines,
    "csv": CSV,
    "parquet": Parquet,
    "sqlite": SQLite,
}
_SUFFIXES = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".parquet": "parquet",
    ".db": "sqlite",
    ".sqlite": "sqlite",
    ".sqlite3": "sqlite",
}


def sink_for(
    path: str | os.PathLike[str],
    format: str | None = None,  # noqa: A002  # its name everywhere
    *,
    spreadsheet: bool = False,
) -> Sink:
    """The sink for a file or a database.

    Args:
        path: The file, or the DSN of a PostgreSQL database: `postgresql://user@host/database`.
        format: `jsonl`, `csv`, `parquet` or `sqlite`; by default, it follows from the file's suffix.
        spreadsheet: Whether people open the file, which is CSV, in a spreadsheet.

    Raises:
        ValueError: there is no such format, the suffix names none, or a spreadsheet cannot open it.
    """
    if isinstance(path, str) and is_dsn(path):
        dsn = path = hidden(path)  # in this frame too
        if format is not None or spreadsheet:
            raise ValueError("rows go into a table of PostgreSQL as they are: give no format, and no spreadsheet")
        return PostgreSQL(dsn)
    name = _SUFFIXES.get(Path(path).suffix.lower()) if format is None else format
    if name is None or name not in _FORMATS:
        asked = f"the format {format!r}" if format is not None else f"the suffix of {os.fspath(path)!r}"
        raise ValueError(f"{asked} is not known: the formats are {', '.join(_FORMATS)}")
    if spreadsheet:
        if name != "csv":
            raise ValueError(f"only CSV is written for spreadsheets, not {name}")
        return CSV(path, spreadsheet=True)
    return _FORMATS[name](path)
