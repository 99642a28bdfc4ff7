"""DSNs of PostgreSQL: named without their password, refused without being shown, and servers that are not there."""

from __future__ import annotations

import copy
import pickle
import socket
import sys
from pathlib import Path

import pytest

from payments_async.drain import DrainError, PostgreSQL, sink_for
from payments_async.drain.sinks.dsn import has_password, name_of
from tests.drain.sinks.targets import opening
from tests.sealed import assert_sealed

DSN = "postgresql://me:canary@db.example:5433/treasury?sslmode=verify-full"


@pytest.mark.parametrize(
    ("dsn", "name"),
    [
        (DSN, "postgresql://me@db.example:5433/treasury"),
        ("postgres://db.example", "postgresql://db.example"),
        ("postgresql:///treasury?host=/run/postgresql&password=canary", "postgresql:///treasury"),
        ("postgresql://a,b:5433/t", "postgresql://a,b:5433/t"),
        ("postgresql://me:can%40ary@[::1]:5433/t", "postgresql://me@[::1]:5433/t"),
        ("postgresql://", "postgresql://"),
    ],
)
def test_a_database_is_named_without_its_password(dsn: str, name: str) -> None:
    assert name_of(dsn) == name
    assert PostgreSQL(dsn).database == name
    assert isinstance(sink_for(dsn), PostgreSQL)


@pytest.mark.parametrize(
    "dsn",
    [
        "mysql://me:canary@db.example/t",
        "host=db.example password=canary",
        "postgresql://me:can@canary@db.example/t",
        "postgresql://me:can/canary@db.example/t",
        "postgresql://me:can#canary@db.example/t",
        "postgresql://me:12?canary=1@db.example/t",
        "postgresql://me:can:ary@[db.example/t",
        "postgresql://me@db.example:canary/t",
        "postgresql://me@db.example/t?canary",
        "",
    ],
)
def test_what_is_no_dsn_is_refused_without_showing_it(dsn: str) -> None:
    with pytest.raises(ValueError, match=r"is not a URL such as postgresql://user@host:5432/database") as caught:
        PostgreSQL(dsn)
    assert "canary" not in str(caught.value)
    assert_sealed(caught.value, "canary")


@pytest.mark.parametrize(
    ("dsn", "has"),
    [
        (DSN, True),
        ("postgresql://me:@db.example/t", True),
        ("postgresql://db.example/t?password=x", True),
        ("postgresql://db.example/t?sslpassword=x", True),
        ("postgresql://me@db.example:5432/t?user=password", False),
        ("postgresql://db.example/t", False),
    ],
)
def test_a_password_is_found_wherever_a_dsn_has_it(dsn: str, *, has: bool) -> None:
    assert has_password(dsn) is has


def test_a_sink_does_not_show_its_dsn() -> None:
    sink = PostgreSQL(DSN)
    assert "canary" not in f"{sink!r} {sink} {vars(sink)}"
    for spread in (pickle.dumps, copy.copy):
        with pytest.raises(TypeError, match="its DSN may contain a password: create it anew") as caught:
            spread(sink)
        assert_sealed(caught.value, "canary")


@pytest.mark.parametrize("name", ["", "a\0b", "é" * 32])
def test_what_cannot_name_a_table_is_refused(name: str) -> None:
    assert PostgreSQL(DSN, table="é" * 31).table
    for wrong in ({"table": name}, {"schema": name}):
        with pytest.raises(ValueError, match="cannot name a table or a schema: give 1 to 63 bytes") as caught:
            PostgreSQL(DSN, **wrong)
        assert_sealed(caught.value, "canary")


def test_a_file_of_a_like_name_is_a_file() -> None:
    assert not isinstance(sink_for(Path("postgresql:/x.csv")), PostgreSQL)


@pytest.mark.parametrize("option", [{"format": "csv"}, {"spreadsheet": True}], ids=str)
def test_a_table_has_no_format(option: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="give no format, and no spreadsheet") as caught:
        sink_for(DSN, **option)  # type: ignore[arg-type]  # one of each type
    assert_sealed(caught.value, "canary")


async def test_a_server_that_is_not_there_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    sink = PostgreSQL(f"postgresql://me:canary@127.0.0.1:{port}/t")
    with pytest.raises(DrainError, match=rf"^postgresql://me@127.0.0.1:{port}/t: .*Connect call failed") as caught:
        await sink.open(opening(sink))
    assert_sealed(caught.value, "canary")
    await sink.aclose()


async def test_a_missing_extra_is_told_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    sink = PostgreSQL(DSN)
    with pytest.raises(DrainError, match="what the extra `postgres` needs: pip install asyncpg"):
        await sink.open(opening(sink))
    await sink.aclose()
