"""A row that was read is written, however unusual it is; what no format can hold is an error that names the row."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from payments_async.drain import DrainError
from payments_async.drain.rows import time_text
from payments_async.wire.jsontext import integer_text
from tests.drain.sinks.targets import (
    BEGIN,
    Kind,
    commit,
    every_kind,
    expected,
    moved,
    opening,
    parquet,
    payment,
    payments,
)
from tests.sealed import assert_sealed

DEPTH = 700
LAST = datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-14)))
FIRST = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))


def nested(depth: int) -> Any:
    value: Any = 7
    for level in range(depth):
        value = {"in": value} if level % 2 else [value]
    return value


def as_text(path: Path, name: str) -> list[str]:
    """A column of a file, as text."""
    values: list[Any]
    match path.suffix:
        case ".jsonl":
            values = [json.loads(line, parse_int=str)[name] for line in path.read_bytes().splitlines()]
        case ".csv":
            values = [record[name] for record in csv.DictReader(io.StringIO(path.read_text(), newline=""))]
        case ".db":
            with closing(sqlite3.connect(path)) as database:
                values = [value for (value,) in database.execute(f"SELECT {name} FROM payments")]
        case _:
            values = parquet.read_table(path)[name].to_pylist()
    return [value if isinstance(value, str) else json.dumps(value) for value in values]


@every_kind
async def test_data_of_a_provider_may_be_nested_as_deeply_as_it_is_read(tmp_path: Path, kind: Kind) -> None:
    path = tmp_path / kind.name
    await kind.keep(path, [payment(1), payment(2, raw=nested(DEPTH))])
    assert [text.count("[") for text in as_text(path, "raw")] == [1, DEPTH // 2]


@every_kind
@pytest.mark.parametrize("digits", [4_301, 100_000])
async def test_amounts_are_written_to_their_last_digit(tmp_path: Path, kind: Kind, digits: int) -> None:
    path = tmp_path / kind.name
    amount = 1 - 10**digits
    await kind.keep(path, [payment(1, amount=amount, raw={"of": [amount]})])
    assert as_text(path, "amount") == [integer_text(amount)]
    (raw,) = as_text(path, "raw")
    assert integer_text(amount) in raw


@every_kind
@pytest.mark.parametrize("time", [FIRST, LAST], ids=["first", "last"])
async def test_times_are_written_up_to_the_ends_of_what_is_read(tmp_path: Path, kind: Kind, time: datetime) -> None:
    path = tmp_path / kind.name
    await kind.keep(path, [payment(1, created_at=time)], finish=False)
    sink, found = kind.make(path), list[tuple[str, ...]]()
    await sink.open(opening(sink, resume=True))
    await sink.recall(("id", "created_at"), found.append)
    await sink.aclose()
    assert found == [("00001", time_text(time))]
    assert datetime.fromisoformat(found[0][1]) == time


@every_kind
@pytest.mark.parametrize("raw", [{"x": object()}, "\ud800"], ids=["no JSON", "half a character"])
@pytest.mark.parametrize("before", [1, 250], ids=["few before it", "many before it"])
async def test_a_row_that_cannot_be_written_is_named_and_nothing_is_lost(
    tmp_path: Path, kind: Kind, raw: Any, before: int
) -> None:
    path = tmp_path / kind.name
    sink = kind.make(path)
    await sink.open(opening(sink))
    await commit(sink, [BEGIN])
    await commit(sink, [moved(0, payments(2))])
    rows = [payment(number, raw="canary") for number in range(2, 2 + before)]
    bad = [*rows, payment(2 + before, raw=[raw, "canary"]), payment(3 + before)]
    with pytest.raises(DrainError, match=f"the row with id '{2 + before:05}' cannot be written") as caught:
        await commit(sink, [moved(2, bad)])
    assert_sealed(caught.value, "canary")
    await commit(sink, [moved(2, payments(2, first=2), done=True)])
    await sink.finish()
    await sink.aclose()
    assert kind.read(path) == expected(payments(4))
