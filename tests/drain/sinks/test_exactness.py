"""What goes into a sink is what others read out of it: to the last digit, character and microsecond."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments_async.models import Payment, PaymentAdjustment
from tests.drain.sinks.targets import (
    AT,
    KINDS,
    Kind,
    every_kind,
    expected,
    parquet,
    payment,
    payments,
    pyarrow,
    read_csv,
)
from tests.properties import examples

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    ["", "\x00", '"', "'", "\r\n", "\n", ",", "\u2028", "null", "=1+1", " a ", "\ufeff", "true", "01"]
)
AMOUNTS = st.integers(-(10**41), 10**41) | st.sampled_from(
    [0, 2**53 + 1, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 10**38 - 1, 10**38, -(10**38), 10**40, 9 * 10**60]
)
TIMES = st.datetimes(
    datetime(1, 1, 3),  # noqa: DTZ001  # hypothesis adds the time zone
    datetime(9999, 12, 29),  # noqa: DTZ001
    timezones=st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)
RAW = st.recursive(
    st.none() | st.booleans() | AMOUNTS | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(TEXTS, inside, max_size=3),
    max_leaves=6,
)
OBJECTS = st.dictionaries(TEXTS, RAW, max_size=3)
ADJUSTMENTS = st.builds(
    PaymentAdjustment, reference=TEXTS, created_at=TIMES, status=st.just("PENDING"), amount=AMOUNTS, raw=OBJECTS
)
PAYMENTS = st.builds(
    Payment,
    id=TEXTS,
    reference=TEXTS,
    source_account_id=TEXTS,
    destination_account_id=TEXTS,
    connector_id=TEXTS,
    provider=st.none() | st.sampled_from(["STRIPE", "SOME-NEW-ONE"]),
    type=st.just("PAY-IN"),
    status=st.just("SUCCEEDED"),
    initial_amount=AMOUNTS,
    amount=AMOUNTS,
    scheme=st.sampled_from(["visa", ""]),
    asset=TEXTS,
    created_at=TIMES,
    raw=OBJECTS,
    adjustments=st.lists(ADJUSTMENTS, max_size=2),
    metadata=st.dictionaries(TEXTS, TEXTS, max_size=3),
)


@examples(20)
@given(st.lists(PAYMENTS, max_size=6, unique_by=lambda row: row.id))
async def test_rows_are_read_back_as_they_were(rows: list[Payment]) -> None:
    for kind in KINDS:
        with TemporaryDirectory() as folder:
            path = Path(folder, kind.name)
            await kind.keep(path, rows[:3], rows[3:])
            assert kind.read(path) == [_without_provider(kind, row) for row in expected(rows)], kind.name


def _without_provider(kind: Kind, row: dict[str, Any]) -> dict[str, Any]:
    """CSV alone does not tell a missing text from an empty one."""
    return row | {"provider": ""} if kind.read is read_csv and row["provider"] is None else row


@every_kind
async def test_nothing_is_a_file_without_rows(tmp_path: Path, kind: Kind) -> None:
    path = tmp_path / kind.name
    await kind.keep(path)
    assert kind.read(path) == []
    assert path.exists()


@every_kind
async def test_rows_of_one_commit_keep_their_order(tmp_path: Path, kind: Kind) -> None:
    rows = payments(30)[::-1]
    await kind.keep(tmp_path / kind.name, rows[:20], rows[20:])
    assert kind.read(tmp_path / kind.name) == expected(rows)


@every_kind
@pytest.mark.parametrize("raw", [None, True, 7, "text", 1.5, 10**40, [1], Decimal("1.00000000000000000001")], ids=repr)
async def test_what_a_provider_sent_may_be_any_json(tmp_path: Path, kind: Kind, raw: Any) -> None:
    await kind.keep(tmp_path / kind.name, [payment(1, raw=raw), payment(2)])
    assert (tmp_path / kind.name).stat().st_size > 0


async def test_json_lines_are_what_they_say(tmp_path: Path) -> None:
    await KINDS[0].keep(tmp_path / "out.jsonl", [payment(1, amount=10**40, metadata={}, adjustments=[])])
    assert (tmp_path / "out.jsonl").read_bytes() == (
        b'{"id":"00001","reference":"r\\"1,\\n","source_account_id":"","destination_account_id":"\xc3\xa9\xe2\x80\xa8",'
        b'"connector_id":"c","provider":"STRIPE","type":"PAY-IN","status":"SUCCEEDED","initial_amount":1,'
        b'"amount":10000000000000000000000000000000000000000,"scheme":"visa","asset":"EUR/2",'
        b'"created_at":"2024-05-06T07:08:10.123456Z","raw":{"n":[1,null]},"adjustments":[],"metadata":{}}\n'
    )


async def test_csv_is_what_rfc_4180_says(tmp_path: Path) -> None:
    await KINDS[1].keep(tmp_path / "out.csv", [payment(1, amount=-(10**40), metadata={"a": 'b"'}, raw=None)])
    assert (tmp_path / "out.csv").read_bytes() == (
        b"id,reference,source_account_id,destination_account_id,connector_id,provider,type,status,initial_amount,amount,"
        b"scheme,asset,created_at,raw,adjustments,metadata\r\n"
        b'00001,"r""1,\n",,\xc3\xa9\xe2\x80\xa8,c,STRIPE,PAY-IN,SUCCEEDED,1,-10000000000000000000000000000000000000000,'
        b'visa,EUR/2,2024-05-06T07:08:10.123456Z,,[],"{""a"":""b\\""""}"\r\n'
    )


async def test_amounts_in_sqlite_are_text_of_one_type_and_sums_are_exact_to_64_bits(tmp_path: Path) -> None:
    path = tmp_path / "out.db"
    amounts = [2**62, 2**62 - 1, -7, 2**63, -(10**40), 0]
    await KINDS[2].keep(path, [payment(number, amount=each) for number, each in enumerate(amounts)])
    with closing(sqlite3.connect(path)) as database:
        found = database.execute("SELECT amount, typeof(amount), typeof(created_at), metadata FROM payments").fetchall()
        declared = database.execute("SELECT type FROM pragma_table_info('payments') WHERE name = 'amount'").fetchone()
        total = database.execute("SELECT SUM(amount) FROM payments WHERE id < '00003'").fetchone()
        least = database.execute("SELECT id FROM payments ORDER BY CAST(amount AS INTEGER) LIMIT 1").fetchone()
    assert declared == ("TEXT",)
    assert found == [(str(amount), "text", "text", '{"k":"v"}') for amount in amounts]
    assert total == (2**63 - 8,)
    assert least == ("00004",)


async def test_parquet_has_decimals_and_times_in_utc(tmp_path: Path) -> None:
    path = tmp_path / "out.parquet"
    late = AT.astimezone(timezone(timedelta(hours=5)))
    await KINDS[3].keep(path, [payment(1, amount=10**38 - 1)], [payment(2, amount=1 - 10**38, created_at=late)])
    table = parquet.read_table(path)
    assert table.schema.field("amount").type == pyarrow.decimal128(38, 0)
    assert table.schema.field("created_at").type == pyarrow.timestamp("us", tz="UTC")
    assert table.schema.field("metadata").type == pyarrow.string()
    assert table["amount"].to_pylist() == [Decimal(10**38 - 1), Decimal(1 - 10**38)]
    assert table["created_at"].to_pylist() == [AT + timedelta(seconds=1), AT.astimezone(UTC)]


async def test_parquet_has_text_in_a_column_where_any_part_has_a_longer_integer(tmp_path: Path) -> None:
    path = tmp_path / "out.parquet"
    await KINDS[3].keep(path, [payment(1, amount=-5)], [payment(2, amount=10**38)], [payment(3, amount=10**37)])
    table = parquet.read_table(path)
    assert table["amount"].to_pylist() == ["-5", str(10**38), str(10**37)]
    assert table.schema.field("initial_amount").type == pyarrow.decimal128(38, 0)
