"""Where a drain's rows go: files, a database, or a function."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from payments_async.drain.sinks.each import Each
from payments_async.drain.sinks.files import CSV, JSONLines
from payments_async.drain.sinks.parquet import Parquet
from payments_async.drain.sinks.sink import Opening, Sink
from payments_async.drain.sinks.sqlite import SQLite

__all__ = ["CSV", "Each", "JSONLines", "Opening", "Parquet", "SQLite", "Sink", "sink_for"]

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


def sink_for(path: str | os.PathLike[str], format: str | None = None) -> Sink:  # noqa: A002  # its name everywhere
    """The sink for a file.

    Args:
        path: The file.
        format: `jsonl`, `csv`, `parquet` or `sqlite`; by default, it follows from the file's suffix.

    Raises:
        ValueError: there is no such format, or the suffix names none.
    """
    name = _SUFFIXES.get(Path(path).suffix.lower()) if format is None else format
    if name is None or name not in _FORMATS:
        asked = f"the format {format!r}" if format is not None else f"the suffix of {os.fspath(path)!r}"
        raise ValueError(f"{asked} is not known: the formats are {', '.join(_FORMATS)}")
    return _FORMATS[name](path)
