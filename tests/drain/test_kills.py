"""A drain whose process is killed again and again, while rows come and go: no row is lost, none comes twice."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Literal

import pytest

from tests.drain.kills import Killed
from tests.drain.sinks.targets import references


@pytest.mark.parametrize(
    ("name", "kills", "collation"),
    [
        ("payments.jsonl", 4, "linguistic"),
        ("payments.db", 4, "bytes"),
        ("payments.csv", 2, "linguistic"),
        ("payments.parquet", 2, "bytes"),
        pytest.param("payments.jsonl", 50, "linguistic", marks=pytest.mark.long),
        pytest.param("payments.db", 50, "bytes", marks=pytest.mark.long),
        pytest.param("payments.csv", 20, "linguistic", marks=pytest.mark.long),
        pytest.param("payments.parquet", 20, "bytes", marks=pytest.mark.long),
    ],
)
async def test_a_killed_drain_goes_on_without_a_row_lost_or_doubled(
    tmp_path: Path, name: str, kills: int, collation: Literal["bytes", "linguistic"]
) -> None:
    target, killed = tmp_path / name, Killed(rows=min(1_000 * kills, 50_000))
    await killed.drain(str(target), kills, collation, seed=name)
    killed.judge(references(target))


@pytest.mark.parametrize("kills", [2, pytest.param(50, marks=pytest.mark.long)])
async def test_killed_drains_of_slices_lose_and_double_none_while_a_connector_is_reset(
    tmp_path: Path, kills: int
) -> None:
    target, killed = tmp_path / "payments.db", Killed(rows=min(1_000 * kills, 20_000))
    await killed.drain_slices(str(target), kills, seed="slices")
    with closing(sqlite3.connect(target)) as database:
        killed.judge(reference for (reference,) in database.execute("SELECT reference FROM payments"))
