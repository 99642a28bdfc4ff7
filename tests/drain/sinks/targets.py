"""What the tests of sinks share: rows to keep, steps to commit, and the readers that others would use."""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import attrs
import pytest

from payments_async.drain import (
    CSV,
    Checkpoint,
    Each,
    Identity,
    JSONLines,
    Opening,
    Parquet,
    Partition,
    Sink,
    SQLite,
    Step,
)
from payments_async.drain.rows import columns, plain
from payments_async.models import Payment

# They have no types to check against.
pyarrow: Any = import_module("pyarrow")
parquet: Any = import_module("pyarrow.parquet")

AT = datetime(2024, 5, 6, 7, 8, 9, 123456, tzinfo=UTC)
IDENTITY = Identity(
    server="https://a.example", resource="payments", listing="payments", shape="", query=None, format=""
)
Read = Callable[[Path], list[dict[str, Any]]]


def payment(number: int, **changes: Any) -> Payment:
    """A payment with a text in it that every format has to quote."""
    given: dict[str, Any] = {
        "id": f"{number:05}",
        "reference": f'r"{number},\n',
        "source_account_id": "",
        "destination_account_id": "é\u2028",
        "connector_id": "c",
        "provider": "STRIPE",
        "type": "PAY-IN",
        "status": "SUCCEEDED",
        "initial_amount": number,
        "amount": -number,
        "scheme": "visa",
        "asset": "EUR/2",
        "created_at": AT + timedelta(seconds=number),
        "raw": {"n": [number, None]},
        "metadata": {"k": "v"},
        **changes,
    }
    return Payment(**given)


def payments(count: int, first: int = 0) -> list[Payment]:
    return [payment(number) for number in range(first, first + count)]


def opening(
    sink: Sink, *, resume: bool = False, replace: bool = False, model: type = Payment, **identity: Any
) -> Opening:
    """What a drain of payments opens a sink for."""
    who = attrs.evolve(IDENTITY, **{"format": sink.format, **identity})
    return Opening(identity=who, model=model, key=("id",), resume=resume, replace=replace)


def at(items: int, *, number: int = 1, done: bool = False) -> Checkpoint:
    """Where a partition stands after so many items."""
    partition = Partition(number=number, strategy="keyset")
    return Checkpoint(partition=partition, key=f"{items:05}" if items else None, items=items, done=done)


BEGIN = Step(before=None, after=(at(0),))


def moved(first: int, rows: Sequence[Payment], *, done: bool = False) -> Step:
    """The step of the partition that these rows come with."""
    return Step(before=at(first), after=(at(first + len(rows), done=done),), rows=list(rows))


async def commit(sink: Sink[Any], steps: Sequence[Step]) -> None:
    """Commit steps as a drain does."""
    await sink.commit([await sink.prepared(step) for step in steps])


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    """The rows of a file of JSON Lines, as the standard library reads them."""
    return [json.loads(line) for line in path.read_bytes().split(b"\n") if line]


def read_csv(path: Path) -> list[dict[str, Any]]:
    """The records of a CSV file, each value as its column says."""
    with path.open(encoding="utf-8", newline="") as file:
        return [_typed(row, empty="") for row in csv.DictReader(file)]


def read_sqlite(path: Path) -> list[dict[str, Any]]:
    """The rows of the table `payments`."""
    with closing(sqlite3.connect(path)) as database:
        database.row_factory = sqlite3.Row
        return [_typed(dict(row), empty=None) for row in database.execute("SELECT * FROM payments ORDER BY rowid")]


def read_parquet(path: Path) -> list[dict[str, Any]]:
    """The rows of a Parquet file, times as they would stand in a row."""
    rows = parquet.read_table(path).to_pylist()
    times = {name for name, kind in columns(Payment).items() if kind == "time"}
    for row in rows:
        row.update({name: row[name].astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z" for name in times})
    return [_typed(row, empty=None) for row in rows]


def _typed(row: dict[str, Any], empty: str | None) -> dict[str, Any]:
    kinds = columns(Payment)
    read: dict[str, Callable[[Any], Any]] = {"integer": int, "json": json.loads}

    def value_of(name: str) -> Any:
        kind, value = kinds[name], row[name]
        if value is None or (value == empty and kind != "text"):
            return None
        return read.get(kind, str)(value)

    return {name: value_of(name) for name in row}


@dataclass(frozen=True)
class Kind:
    """A kind of sink that has a path.

    Attributes:
        make: Makes it.
        name: A name for its file.
        read: Reads the finished file.
    """

    make: Callable[[Path], JSONLines | CSV | SQLite | Parquet | Each]
    name: str
    read: Read

    def __str__(self) -> str:
        return self.name

    async def keep(self, path: Path, *rows: Sequence[Payment], finish: bool = True, **how: Any) -> None:
        """Keep these rows, each sequence in a commit of its own."""
        sink, kept = self.make(path), 0
        try:
            await sink.open(opening(sink, **how))
            await commit(sink, [BEGIN])
            for some in rows:
                await commit(sink, [moved(kept, some)])
                kept += len(some)
            if finish:
                await commit(sink, [Step(before=at(kept), after=(at(kept, done=True),))])
                await sink.finish()
        finally:
            await sink.aclose()


KINDS = [
    Kind(JSONLines, "out.jsonl", read_jsonl),
    Kind(CSV, "out.csv", read_csv),
    Kind(SQLite, "out.db", read_sqlite),
    Kind(Parquet, "out.parquet", read_parquet),
]


def references(path: Path) -> list[str]:
    """The references of the payments in a file, which is read as its suffix says."""
    kind = next(kind for kind in KINDS if Path(kind.name).suffix == path.suffix)
    return [row["reference"] for row in kind.read(path)]


every_kind = pytest.mark.parametrize("kind", KINDS, ids=str)
locked_kinds = pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.make is not SQLite], ids=str)


def expected(rows: Sequence[Payment]) -> list[dict[str, Any]]:
    """What these rows are read back as."""
    return [plain(row) for row in rows]


def content(folder: Path) -> dict[str, bytes]:
    """Each file of a folder and what is in it."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
